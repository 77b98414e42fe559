// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Handles that change hands.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::resources_own::api;
use bindings::exports::contract::resources_own::api as own;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use whit::String;

struct Component;

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct MyThing(String);

impl MyThing {
    fn make(name: String) -> Self {
        ALIVE.fetch_add(1, Relaxed);
        MyThing(name)
    }
}

impl Drop for MyThing {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Relaxed);
    }
}

static mut KEPT: Option<own::Thing> = None;

impl own::GuestThing for MyThing {
    fn new(name: String) -> Self {
        MyThing::make(name)
    }
    fn name(&self) -> String {
        self.0.clone()
    }
}

impl own::Guest for Component {
    type Thing = MyThing;
    fn keep(x: own::Thing) {
        unsafe { KEPT = Some(x) }
    }
    fn take() -> Option<own::Thing> {
        unsafe { (*(&raw mut KEPT)).take() }
    }
    fn pass(x: own::Thing) -> own::Thing {
        x
    }

    fn alive() -> u32 {
        ALIVE.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let before = api::alive();
        expect!(step, api::take().is_none());
        api::keep(api::Thing::new("first"));
        expect!(step, api::alive() == before + 1);
        api::keep(api::Thing::new("second"));
        expect!(step, api::alive() == before + 1);
        let Some(thing) = api::take() else {
            return 99;
        };
        expect!(step, thing.name() == "second" && api::take().is_none());
        let same = api::pass(thing);
        expect!(step, same.name() == "second" && api::alive() == before + 1);
        drop(same);
        expect!(step, api::alive() == before);
        0
    }
}

bindings::export!(Component with_types_in bindings);
