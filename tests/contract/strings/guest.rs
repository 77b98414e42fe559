// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Texts.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::strings::api;
use bindings::exports::contract::strings::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn echo(text: String) -> String {
        text
    }
    fn concat(a: String, b: String) -> String {
        a + &b
    }
    fn size(text: String) -> u32 {
        text.len() as u32
    }
    fn repeat(text: String, count: u32) -> String {
        text.repeat(count as usize)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::echo("grüße, 世界 🎉") == "grüße, 世界 🎉");
        expect!(step, api::echo("").is_empty());
        expect!(step, api::echo("a\0b") == "a\0b");
        expect!(step, api::concat("né", "e") == "née");
        expect!(step, api::size("🎉") == 4);
        expect!(step, api::size("") == 0);
        expect!(step, api::repeat("ab", 3) == "ababab");
        let long = api::repeat("0123456789", 10000);
        expect!(step, long.len() == 100000 && long.ends_with('9'));
        0
    }
}

bindings::export!(Component with_types_in bindings);
