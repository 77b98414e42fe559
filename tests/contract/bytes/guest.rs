// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Lists of bytes.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::bytes::api;
use bindings::exports::contract::bytes::api as own;
use whit::Vec;

struct Component;

impl own::Guest for Component {
    fn reverse(mut data: Vec<u8>) -> Vec<u8> {
        data.reverse();
        data
    }
    fn make(count: u32) -> Vec<u8> {
        (0..count).map(|i| i as u8).collect()
    }
    fn sum(data: Vec<u8>) -> u64 {
        data.iter().map(|&x| x as u64).sum()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::reverse(&[1, 2, 3]) == [3, 2, 1]);
        expect!(step, api::reverse(&[]).is_empty());
        let made = api::make(100_000);
        expect!(step, made.len() == 100_000 && made[257] == 1);
        expect!(step, api::sum(&made) == 390 * 32640 + 12720);
        expect!(step, api::sum(&[]) == 0);
        0
    }
}

bindings::export!(Component with_types_in bindings);
