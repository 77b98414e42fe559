// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Names that languages have for themselves.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::names::api;
use bindings::exports::contract::names::api as own;

struct Component;

impl own::Guest for Component {
    fn switch(for_: own::Record, _: own::Enum, _: own::Choice, _: u32) -> own::Record {
        for_
    }
    fn r#else(r#while: u32, r#loop: u32) -> u32 {
        r#while + r#loop
    }
    fn r#move(x: own::Enum) -> own::Enum {
        match x {
            own::Enum::Class => own::Enum::Self_,
            own::Enum::Self_ => own::Enum::Static,
            own::Enum::Static => own::Enum::Default,
            own::Enum::Default => own::Enum::Class,
        }
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let record = api::Record {
            r#type: 1,
            int: 2,
            r#fn: 3,
            r#match: 4,
            r#struct: 5,
        };
        let same = api::switch(record, api::Enum::Self_, api::Choice::Return(1), 2);
        expect!(step, same == record);
        let same = api::switch(record, api::Enum::Static, api::Choice::Break, 2);
        expect!(step, same == record);
        expect!(step, api::r#else(2, 3) == 5);
        expect!(step, api::r#move(api::Enum::Class) == api::Enum::Self_);
        expect!(step, api::r#move(api::Enum::Default) == api::Enum::Class);
        0
    }
}

bindings::export!(Component with_types_in bindings);
