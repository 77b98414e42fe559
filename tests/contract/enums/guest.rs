// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Enumerations.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::enums::api;
use bindings::exports::contract::enums::api as own;
use whit::Vec;

struct Component;

impl own::Guest for Component {
    fn next(x: own::Color) -> own::Color {
        match x {
            own::Color::Red => own::Color::Green,
            own::Color::Green => own::Color::Blue,
            own::Color::Blue => own::Color::Red,
        }
    }
    fn reverse(mut x: Vec<own::Color>) -> Vec<own::Color> {
        x.reverse();
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        use api::Color::*;
        expect!(step, api::next(Red) == Green);
        expect!(step, api::next(Green) == Blue);
        expect!(step, api::next(Blue) == Red);
        expect!(step, api::reverse(&[Red, Red, Blue]) == [Blue, Red, Red]);
        expect!(step, api::reverse(&[]).is_empty());
        0
    }
}

bindings::export!(Component with_types_in bindings);
