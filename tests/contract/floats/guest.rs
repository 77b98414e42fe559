// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Floating-point numbers.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::floats::api;
use bindings::exports::contract::floats::api as own;

struct Component;

impl own::Guest for Component {
    fn echo_f32(x: f32) -> f32 {
        x
    }
    fn echo_f64(x: f64) -> f64 {
        x
    }
    fn middle(a: f32, b: f64) -> f64 {
        (a as f64 + b) / 2.0
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        for x in [0.0, -0.0, 1.5, f32::MIN, f32::MAX, f32::INFINITY, 1e-45] {
            expect!(step, api::echo_f32(x).to_bits() == x.to_bits());
        }
        for x in [
            0.0,
            -0.0,
            1.5,
            f64::MIN,
            f64::MAX,
            f64::NEG_INFINITY,
            5e-324,
        ] {
            expect!(step, api::echo_f64(x).to_bits() == x.to_bits());
        }
        expect!(step, api::echo_f32(f32::NAN).is_nan());
        expect!(step, api::echo_f64(f64::NAN).is_nan());
        expect!(step, api::middle(1.5, 2.5) == 2.0);
        0
    }
}

bindings::export!(Component with_types_in bindings);
