// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Errors with what belongs to them.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::errors::api;
use bindings::exports::contract::errors::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn parse(text: String) -> Result<u32, own::Problem> {
        if text.is_empty() {
            return Err(own::Problem::Missing("number".into()));
        }
        if let Some(at) = text.chars().position(|c| !c.is_ascii_digit()) {
            return Err(own::Problem::Bad(own::Place {
                line: 1,
                column: at as u32 + 1,
            }));
        }
        text.parse().map_err(|_| own::Problem::Other)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::parse("4294967295") == Ok(u32::MAX));
        expect!(
            step,
            api::parse("") == Err(api::Problem::Missing("number".into()))
        );
        let place = api::Place { line: 1, column: 3 };
        expect!(step, api::parse("12x") == Err(api::Problem::Bad(place)));
        expect!(step, api::parse("4294967296") == Err(api::Problem::Other));
        0
    }
}

bindings::export!(Component with_types_in bindings);
