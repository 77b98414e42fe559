// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Flags of one, two and four bytes.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::flag_sets::api;
use bindings::exports::contract::flag_sets::api as own;

struct Component;

impl own::Guest for Component {
    fn invert_small(x: own::Small) -> own::Small {
        !x
    }
    fn invert_middle(x: own::Middle) -> own::Middle {
        !x
    }
    fn invert_large(x: own::Large) -> own::Large {
        !x
    }
    fn both(a: own::Small, b: own::Small) -> own::Small {
        a & b
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        use api::{Large, Middle, Small};
        expect!(step, api::invert_small(Small::A) == Small::B | Small::C);
        expect!(step, api::invert_small(Small::all()).is_empty());
        expect!(step, api::invert_middle(Middle::A9).bits() == 0x1ff);
        expect!(step, api::invert_large(Large::A31).bits() == 0x7fff_ffff);
        expect!(step, api::invert_large(Large::empty()) == Large::all());
        expect!(
            step,
            api::both(Small::A | Small::B, Small::B | Small::C) == Small::B
        );
        0
    }
}

bindings::export!(Component with_types_in bindings);
