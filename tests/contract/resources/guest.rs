// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Resources of both sides.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::resources::api;
use bindings::exports::contract::resources::api as own;
use core::cell::Cell;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Component;

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct MyCounter(Cell<u32>);

impl MyCounter {
    fn make(sum: Cell<u32>) -> Self {
        ALIVE.fetch_add(1, Relaxed);
        MyCounter(sum)
    }
}

impl Drop for MyCounter {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Relaxed);
    }
}

impl own::GuestCounter for MyCounter {
    fn new(start: u32) -> Self {
        MyCounter::make(Cell::new(start))
    }
    fn add(&self, x: u32) -> u32 {
        self.0.set(self.0.get() + x);
        self.0.get()
    }
    fn get(&self) -> u32 {
        self.0.get()
    }
    fn merge(a: own::Counter, b: own::Counter) -> own::Counter {
        let sum = a.get::<MyCounter>().get() + b.get::<MyCounter>().get();
        own::Counter::new(MyCounter::new(sum))
    }
}

impl own::Guest for Component {
    type Counter = MyCounter;
    fn alive() -> u32 {
        ALIVE.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let before = api::alive();
        let a = api::Counter::new(5);
        let b = api::Counter::new(100);
        expect!(step, a.add(2) == 7 && a.get() == 7 && b.get() == 100);
        expect!(step, api::alive() == before + 2);
        let sum = api::Counter::merge(a, b);
        expect!(step, sum.get() == 107);
        expect!(step, api::alive() == before + 1);
        drop(sum);
        expect!(step, api::alive() == before);
        0
    }
}

bindings::export!(Component with_types_in bindings);
