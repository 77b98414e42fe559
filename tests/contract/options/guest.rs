// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Options.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::options::api;
use bindings::exports::contract::options::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn next(x: Option<u8>) -> Option<u8> {
        x?.checked_add(1)
    }
    fn echo(x: Option<String>) -> Option<String> {
        x
    }
    fn echo_f32(x: Option<f32>) -> Option<f32> {
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::next(Some(1)) == Some(2));
        expect!(step, api::next(Some(255)).is_none());
        expect!(step, api::next(None).is_none());
        expect!(step, api::echo(Some("é")).as_deref() == Some("é"));
        expect!(step, api::echo(Some("")).as_deref() == Some(""));
        expect!(step, api::echo(None).is_none());
        expect!(step, api::echo_f32(Some(1.5)) == Some(1.5));
        expect!(step, api::echo_f32(None).is_none());
        0
    }
}

bindings::export!(Component with_types_in bindings);
