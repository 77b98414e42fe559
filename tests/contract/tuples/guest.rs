// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Tuples.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::tuples::api;
use bindings::exports::contract::tuples::api as own;
use whit::{String, Vec};

struct Component;

impl own::Guest for Component {
    fn swap(x: (u8, String)) -> (String, u8) {
        (x.1, x.0)
    }
    fn echo(x: (u8, u64, u8, f32, char)) -> (u8, u64, u8, f32, char) {
        x
    }
    fn unzip(x: Vec<(u32, String)>) -> (Vec<u32>, Vec<String>) {
        x.into_iter().unzip()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::swap((1, "a")) == ("a".into(), 1));
        let all = (1, 1 << 60, 255, 0.5, '🎉');
        expect!(step, api::echo(all) == all);
        let pairs = [(1, "a".into()), (2, "b".into())];
        let (numbers, texts) = api::unzip(&pairs);
        expect!(step, numbers == [1, 2] && texts == ["a", "b"]);
        expect!(step, api::unzip(&[]).0.is_empty());
        0
    }
}

bindings::export!(Component with_types_in bindings);
