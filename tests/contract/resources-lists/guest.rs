// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Handles in lists and records.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::resources_lists::api;
use bindings::exports::contract::resources_lists::api as own;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use whit::Vec;

struct Component;

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct MyThing(u32);

impl MyThing {
    fn make(value: u32) -> Self {
        ALIVE.fetch_add(1, Relaxed);
        MyThing(value)
    }
}

impl Drop for MyThing {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Relaxed);
    }
}

impl own::GuestThing for MyThing {
    fn new(value: u32) -> Self {
        MyThing::make(value)
    }
    fn value(&self) -> u32 {
        self.0
    }
}

impl own::Guest for Component {
    type Thing = MyThing;
    fn make(count: u32) -> Vec<own::Thing> {
        (0..count)
            .map(|i| own::Thing::new(MyThing::make(i)))
            .collect()
    }
    fn take(x: Vec<own::Thing>) -> Vec<u32> {
        x.iter().map(|it| it.get::<MyThing>().0).collect()
    }
    fn swap(x: own::Pair) -> own::Pair {
        match x.b {
            Some(b) => own::Pair { a: b, b: Some(x.a) },
            None => x,
        }
    }

    fn alive() -> u32 {
        ALIVE.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let before = api::alive();
        let mut things = api::make(3);
        expect!(step, things.len() == 3 && things[2].value() == 2);
        expect!(step, api::alive() == before + 3);
        let last = things.pop();
        expect!(step, api::take(things) == [0, 1]);
        expect!(step, api::alive() == before + 1);
        let pair = api::swap(api::Pair {
            a: api::Thing::new(9),
            b: last,
        });
        expect!(step, pair.a.value() == 2);
        expect!(step, matches!(&pair.b, Some(it) if it.value() == 9));
        let alone = api::swap(api::Pair { a: pair.a, b: None });
        expect!(step, alone.a.value() == 2 && alone.b.is_none());
        drop((alone, pair.b));
        expect!(step, api::alive() == before);
        0
    }
}

bindings::export!(Component with_types_in bindings);
