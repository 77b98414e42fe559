// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Variants.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::variants::api;
use bindings::exports::contract::variants::api as own;
use whit::Vec;

struct Component;

impl own::Guest for Component {
    fn echo(x: own::Shape) -> own::Shape {
        x
    }
    fn number(x: own::Shape) -> u32 {
        match x {
            own::Shape::None => 0,
            own::Shape::Circle(_) => 1,
            own::Shape::Box(_) => 2,
            own::Shape::Text(_) => 3,
            own::Shape::Many(_) => 4,
        }
    }
    fn filter(x: Vec<own::Shape>) -> Vec<own::Shape> {
        x.into_iter().filter(|it| *it != own::Shape::None).collect()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        use api::Shape;
        let all = [
            Shape::None,
            Shape::Circle(1.5),
            Shape::Box((3, 4)),
            Shape::Text("tëxt".into()),
            Shape::Many(alloc::vec![1, 2, 3]),
        ];
        for (i, shape) in all.iter().enumerate() {
            expect!(step, api::echo(shape) == *shape);
            expect!(step, api::number(shape) == i as u32);
        }
        expect!(step, api::filter(&all) == all[1..]);
        0
    }
}

bindings::export!(Component with_types_in bindings);
