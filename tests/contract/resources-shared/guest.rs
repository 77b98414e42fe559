// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! A resource of one interface that another one uses.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::resources_shared::api;
use bindings::contract::resources_shared::types;
use bindings::exports::contract::resources_shared::api as own;

struct Component;

impl own::Guest for Component {
    fn double(x: &types::Token) -> types::Token {
        types::Token::new(x.value() * 2)
    }
    fn spend(x: types::Token) -> u32 {
        x.value()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let token = types::Token::new(4);
        let double = api::double(&token);
        expect!(step, double.value() == 8);
        expect!(step, api::spend(double) == 8 && api::spend(token) == 4);
        0
    }
}

bindings::export!(Component with_types_in bindings);
