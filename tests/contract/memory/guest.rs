// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Calls that would exhaust memory if anything they bring were kept.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::memory::api;
use bindings::exports::contract::memory::api as own;
use whit::{String, Vec};

struct Component;

type Deep = Vec<(String, Option<Vec<String>>)>;

impl own::Guest for Component {
    fn echo(x: Vec<u8>) -> Vec<u8> {
        x
    }
    fn echo_deep(x: Deep) -> Deep {
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let data = alloc::vec![7_u8; 1 << 20];
        for _ in 0..300 {
            expect!(step, api::echo(&data).len() == 1 << 20);
        }
        let text = || String::from("0123456789").repeat(10_000);
        let deep: Deep = alloc::vec![(text(), Some(alloc::vec![text(), text()])), (text(), None)];
        for _ in 0..300 {
            expect!(step, api::echo_deep(&deep) == deep);
        }
        expect!(step, core::arch::wasm32::memory_size(0) < 1000);
        0
    }
}

bindings::export!(Component with_types_in bindings);
