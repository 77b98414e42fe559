// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Lists whose length is known.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::lists_fixed::api;
use bindings::exports::contract::lists_fixed::api as own;
use whit::Vec;

struct Component;

impl own::Guest for Component {
    fn reverse(mut x: [u32; 4]) -> [u32; 4] {
        x.reverse();
        x
    }
    fn echo(x: Vec<[u8; 3]>) -> Vec<[u8; 3]> {
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::reverse(&[1, 2, 3, 4]) == [4, 3, 2, 1]);
        let all = [[1, 2, 3], [4, 5, 6]];
        expect!(step, api::echo(&all) == all);
        0
    }
}

bindings::export!(Component with_types_in bindings);
