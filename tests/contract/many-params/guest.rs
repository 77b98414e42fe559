// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! More parameters than a call passes directly.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::many_params::api;
use bindings::exports::contract::many_params::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn sum(
        a: u8,
        b: u16,
        c: u32,
        d: u64,
        e: u8,
        f: u16,
        g: u32,
        h: u64,
        i: u8,
        j: u16,
        k: u32,
        l: u64,
        m: u8,
        n: u16,
        o: u32,
        p: u64,
        q: u8,
    ) -> u64 {
        let small = [a, e, i, m, q].iter().map(|&x| x as u64).sum::<u64>();
        let short = [b, f, j, n].iter().map(|&x| x as u64).sum::<u64>();
        let word = [c, g, k, o].iter().map(|&x| x as u64).sum::<u64>();
        small + short + word + d + h + l + p
    }
    fn join(
        a: String,
        b: String,
        c: String,
        d: String,
        e: String,
        f: String,
        g: String,
        h: String,
        i_: Option<String>,
    ) -> String {
        [a, b, c, d, e, f, g, h, i_.unwrap_or_default()].concat()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let sum = api::sum(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17);
        expect!(step, sum == 153);
        let all = api::join("a", "b", "c", "", "e", "f", "g", "h", Some("i"));
        expect!(step, all == "abcefghi");
        let all = api::join("a", "b", "c", "d", "e", "f", "g", "h", None);
        expect!(step, all == "abcdefgh");
        0
    }
}

bindings::export!(Component with_types_in bindings);
