// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Messages of errors.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::error_contexts::api;
use bindings::exports::contract::error_contexts::api as own;
use whit::abi::ErrorContext;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn make(message: String) -> ErrorContext {
        ErrorContext::new(&message)
    }
    fn explain(x: ErrorContext) -> String {
        x.debug_message()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        expect!(
            step,
            api::make("went wrong").debug_message() == "went wrong"
        );
        expect!(
            step,
            api::explain(ErrorContext::new("as well")) == "as well"
        );
        0
    }
}

bindings::export!(Component with_types_in bindings);
