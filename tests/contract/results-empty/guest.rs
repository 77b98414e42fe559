// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Results without values.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::results_empty::api;
use bindings::exports::contract::results_empty::api as own;

struct Component;

impl own::Guest for Component {
    fn plain(x: bool) -> Result<(), ()> {
        x.then_some(()).ok_or(())
    }
    fn with_value(x: bool) -> Result<u8, ()> {
        x.then_some(7).ok_or(())
    }
    fn with_error(x: bool) -> Result<(), u8> {
        x.then_some(()).ok_or(8)
    }
    fn echo(x: Result<(), ()>) -> Result<(), ()> {
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::plain(true).is_ok() && api::plain(false).is_err());
        expect!(step, api::with_value(true) == Ok(7));
        expect!(step, api::with_value(false) == Err(()));
        expect!(step, api::with_error(true) == Ok(()));
        expect!(step, api::with_error(false) == Err(8));
        expect!(
            step,
            api::echo(Ok(())).is_ok() && api::echo(Err(())).is_err()
        );
        0
    }
}

bindings::export!(Component with_types_in bindings);
