// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Cases whose core types differ.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::variants_joined::api;
use bindings::exports::contract::variants_joined::api as own;

struct Component;

impl own::Guest for Component {
    fn echo(x: own::Number) -> own::Number {
        x
    }
    fn echo_mixed(x: own::Mixed, _: own::Mixed) -> own::Mixed {
        x
    }
    fn truncate(x: own::Number) -> u64 {
        match x {
            own::Number::A(x) => x as u64,
            own::Number::B(x) => x as u64,
            own::Number::C(x) => x,
            own::Number::D(x) => x as u64,
        }
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        use api::{Mixed, Number};
        for x in [
            Number::A(1.5),
            Number::B(7),
            Number::C(u64::MAX),
            Number::D(-2.5),
        ] {
            expect!(step, api::echo(x) == x);
        }
        for x in [
            Mixed::A((0.5, "text".into())),
            Mixed::B((1 << 40, 2.5, 255)),
            Mixed::C(Some(-1.0)),
            Mixed::C(None),
        ] {
            expect!(step, api::echo_mixed(&x, &x) == x);
        }
        expect!(step, api::truncate(Number::A(2.75)) == 2);
        expect!(step, api::truncate(Number::C(1 << 40)) == 1 << 40);
        0
    }
}

bindings::export!(Component with_types_in bindings);
