// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Records.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::records::api;
use bindings::exports::contract::records::api as own;
use whit::{String, Vec};

struct Component;

impl own::Guest for Component {
    fn add(a: own::Point, b: own::Point) -> own::Point {
        own::Point {
            x: a.x + b.x,
            y: a.y + b.y,
        }
    }
    fn birthday(p: own::Person) -> own::Person {
        own::Person {
            age: p.age + 1,
            at: own::Point { x: 0, y: 0 },
            ..p
        }
    }
    fn names(p: Vec<own::Person>) -> Vec<String> {
        p.into_iter().map(|it| it.name).collect()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let point = |x, y| api::Point { x, y };
        expect!(step, api::add(point(1, -2), point(3, 1)) == point(4, -1));
        let person = api::Person {
            name: "Ann".into(),
            age: 41,
            at: point(5, 6),
            friends: alloc::vec!["Bo".into(), "Cy".into()],
        };
        let older = api::birthday(&person);
        expect!(step, older.age == 42 && older.at == point(0, 0));
        expect!(step, older.name == "Ann" && older.friends == person.friends);
        expect!(step, api::names(&[person, older]) == ["Ann", "Ann"]);
        0
    }
}

bindings::export!(Component with_types_in bindings);
