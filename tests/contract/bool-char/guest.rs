// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Truth and characters.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::bool_char::api;
use bindings::exports::contract::bool_char::api as own;

struct Component;

impl own::Guest for Component {
    fn negate(x: bool) -> bool {
        !x
    }
    fn echo(x: char) -> char {
        x
    }
    fn next(x: char) -> char {
        match x {
            '\u{d7ff}' => '\u{e000}',
            char::MAX => '\0',
            _ => char::from_u32(x as u32 + 1).unwrap(),
        }
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::negate(false) && !api::negate(true));
        for x in [
            'a',
            '\0',
            'é',
            '世',
            '🎉',
            char::MAX,
            '\u{d7ff}',
            '\u{e000}',
        ] {
            expect!(step, api::echo(x) == x);
        }
        expect!(step, api::next('a') == 'b');
        expect!(step, api::next('\u{d7ff}') == '\u{e000}');
        expect!(step, api::next(char::MAX) == '\0');
        0
    }
}

bindings::export!(Component with_types_in bindings);
