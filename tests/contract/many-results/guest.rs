// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! More results than one core value.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::many_results::api;
use bindings::exports::contract::many_results::api as own;

struct Component;

impl own::Guest for Component {
    fn make(x: u8) -> own::Wide {
        own::Wide {
            a: x,
            b: x as u64 + 1,
            c: x as u16 + 2,
            d: x as f64 + 3.0,
            e: x as u32 + 4,
            f: alloc::format!("{x}"),
            g: x % 2 == 1,
            h: 'x',
        }
    }
    fn eight(first: u64) -> (u64, u64, u64, u64, u64, u64, u64, u64) {
        let at = |i| first + i;
        (at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7))
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let wide = api::make(41);
        expect!(step, wide.a == 41 && wide.b == 42 && wide.c == 43);
        expect!(step, wide.d == 44.0 && wide.e == 45 && wide.f == "41");
        expect!(step, wide.g && wide.h == 'x');
        expect!(step, api::eight(10) == (10, 11, 12, 13, 14, 15, 16, 17));
        0
    }
}

bindings::export!(Component with_types_in bindings);
