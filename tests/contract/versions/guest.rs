// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Packages with versions.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::versions::api;
use bindings::exports::contract::versions::api as own;

struct Component;

impl own::Guest for Component {
    fn version() -> u32 {
        10203
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::version() == 10203);
        0
    }
}

bindings::export!(Component with_types_in bindings);
