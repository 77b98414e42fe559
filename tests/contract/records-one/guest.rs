// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Records that are one core value.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::records_one::api;
use bindings::exports::contract::records_one::api as own;

struct Component;

impl own::Guest for Component {
    fn double(x: own::Meters) -> own::Meters {
        own::Meters {
            value: x.value * 2.0,
        }
    }
    fn echo(x: own::Wrapped) -> own::Wrapped {
        x
    }
    fn toggle(x: own::Flag) -> own::Flag {
        own::Flag { on: !x.on }
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::double(api::Meters { value: 1.5 }).value == 3.0);
        let inner = api::Meters { value: 2.5 };
        expect!(step, api::echo(api::Wrapped { inner }).inner == inner);
        expect!(step, api::toggle(api::Flag { on: false }).on);
        expect!(step, !api::toggle(api::Flag { on: true }).on);
        0
    }
}

bindings::export!(Component with_types_in bindings);
