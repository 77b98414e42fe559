// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Functions of the world itself.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use whit::String;

struct Component;

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, bindings::host_next(41) == 42);
        expect!(step, bindings::host_quote("é") == "\"é\"");
        0
    }
    fn guest_next(x: u32) -> u32 {
        x + 1
    }
    fn guest_quote(text: String) -> String {
        alloc::format!("\"{text}\"")
    }
}

bindings::export!(Component with_types_in bindings);
