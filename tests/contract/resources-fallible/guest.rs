// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Resources that cannot always be made.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::resources_fallible::api;
use bindings::exports::contract::resources_fallible::api as own;
use whit::String;

struct Component;

struct MyPort(u16);

impl own::GuestPort for MyPort {
    fn new(number: u16) -> Result<Self, String> {
        if number == 0 {
            Err("no port".into())
        } else {
            Ok(MyPort(number))
        }
    }
    fn number(&self) -> u16 {
        self.0
    }
    fn double(&self) -> Result<own::Port, u16> {
        let twice = self.0.checked_mul(2).ok_or(self.0)?;
        Ok(own::Port::new(MyPort(twice)))
    }
}

impl own::Guest for Component {
    type Port = MyPort;
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let Ok(port) = api::Port::new(80) else {
            return 99;
        };
        expect!(step, port.number() == 80);
        expect!(step, matches!(port.double(), Ok(it) if it.number() == 160));
        expect!(
            step,
            matches!(api::Port::new(0), Err(text) if text == "no port")
        );
        let Ok(last) = api::Port::new(40000) else {
            return 99;
        };
        expect!(step, matches!(last.double(), Err(40000)));
        0
    }
}

bindings::export!(Component with_types_in bindings);
