// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Functions without values.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::empty::api;
use bindings::exports::contract::empty::api as own;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Component;

static POKES: AtomicU32 = AtomicU32::new(0);

impl own::Guest for Component {
    fn poke() {
        POKES.fetch_add(1, Relaxed);
    }
    fn pokes() -> u32 {
        POKES.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let before = api::pokes();
        api::poke();
        api::poke();
        expect!(step, api::pokes() == before + 2);
        0
    }
}

bindings::export!(Component with_types_in bindings);
