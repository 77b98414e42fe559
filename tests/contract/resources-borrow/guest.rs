// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Borrowed handles.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::resources_borrow::api;
use bindings::exports::contract::resources_borrow::api as own;
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
    fn same(&self, other: own::ThingBorrow) -> bool {
        self.0 == other.get::<MyThing>().0
    }
}

impl own::Guest for Component {
    type Thing = MyThing;
    fn add(a: own::ThingBorrow, b: own::ThingBorrow) -> u32 {
        a.get::<MyThing>().0 + b.get::<MyThing>().0
    }
    fn sum(x: Vec<own::ThingBorrow>) -> u32 {
        x.iter().map(|it| it.get::<MyThing>().0).sum()
    }

    fn alive() -> u32 {
        ALIVE.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let before = api::alive();
        {
            let (a, b) = (api::Thing::new(3), api::Thing::new(4));
            expect!(step, api::add(&a, &b) == 7 && api::add(&a, &a) == 6);
            expect!(step, !a.same(&b) && a.same(&a));
            expect!(step, api::sum(&[&a, &b, &a]) == 10 && api::sum(&[]) == 0);
            expect!(step, a.value() == 3 && api::alive() == before + 2);
        }
        expect!(step, api::alive() == before);
        0
    }
}

bindings::export!(Component with_types_in bindings);
