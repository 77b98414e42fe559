// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Options of options.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::options_nested::api;
use bindings::exports::contract::options_nested::api as own;
use whit::{String, Vec};

struct Component;

impl own::Guest for Component {
    fn count(x: Option<Option<u32>>) -> u64 {
        match x {
            None => 0,
            Some(None) => 1,
            Some(Some(x)) => 2 + x as u64,
        }
    }
    fn echo(x: Option<Option<String>>) -> Option<Option<String>> {
        x
    }
    fn present(x: Vec<Option<u32>>) -> Vec<u32> {
        x.into_iter().flatten().collect()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::count(None) == 0 && api::count(Some(None)) == 1);
        expect!(
            step,
            api::count(Some(Some(u32::MAX))) == 2 + u32::MAX as u64
        );
        expect!(step, api::echo(None).is_none());
        expect!(step, api::echo(Some(None)) == Some(None));
        expect!(step, api::echo(Some(Some("x"))) == Some(Some("x".into())));
        expect!(
            step,
            api::present(&[None, Some(0), Some(7), None]) == [0, 7]
        );
        0
    }
}

bindings::export!(Component with_types_in bindings);
