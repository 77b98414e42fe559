// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Results.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::results::api;
use bindings::exports::contract::results::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn divide(a: u32, b: u32) -> Result<u32, String> {
        a.checked_div(b).ok_or("division by zero".into())
    }
    fn accept(text: String) -> Result<String, u32> {
        if text == "ok" {
            Ok(text)
        } else {
            Err(text.len() as u32)
        }
    }
    fn echo(x: Result<u64, String>) -> Result<u64, String> {
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::divide(7, 2) == Ok(3));
        expect!(step, api::divide(7, 0) == Err("division by zero".into()));
        expect!(step, api::accept("ok") == Ok("ok".into()));
        expect!(step, api::accept("nöt") == Err(4));
        expect!(step, api::echo(Ok(1 << 50)) == Ok(1 << 50));
        expect!(step, api::echo(Err("e")) == Err("e".into()));
        0
    }
}

bindings::export!(Component with_types_in bindings);
