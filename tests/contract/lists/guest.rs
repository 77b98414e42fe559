// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Lists of what lies in memory as it is, and of texts.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::lists::api;
use bindings::exports::contract::lists::api as own;
use whit::{String, Vec};

struct Component;

impl own::Guest for Component {
    fn echo_u32(x: Vec<u32>) -> Vec<u32> {
        x
    }
    fn echo_s64(x: Vec<i64>) -> Vec<i64> {
        x
    }
    fn echo_f64(x: Vec<f64>) -> Vec<f64> {
        x
    }
    fn echo_bool(x: Vec<bool>) -> Vec<bool> {
        x
    }
    fn echo_char(x: Vec<char>) -> Vec<char> {
        x
    }
    fn reverse(mut x: Vec<String>) -> Vec<String> {
        x.reverse();
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::echo_u32(&[1, u32::MAX]) == [1, u32::MAX]);
        expect!(step, api::echo_s64(&[i64::MIN, -1]) == [i64::MIN, -1]);
        expect!(step, api::echo_f64(&[0.5, -2.0]) == [0.5, -2.0]);
        expect!(
            step,
            api::echo_bool(&[true, false, true]) == [true, false, true]
        );
        expect!(
            step,
            api::echo_char(&['a', '世', '🎉']) == ['a', '世', '🎉']
        );
        expect!(step, api::echo_u32(&[]).is_empty());
        let texts: [String; 3] = ["a".into(), "".into(), "ccc".into()];
        expect!(step, api::reverse(&texts) == ["ccc", "", "a"]);
        expect!(step, api::reverse(&[]).is_empty());
        0
    }
}

bindings::export!(Component with_types_in bindings);
