// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Async functions that may fail.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::async_errors::api;
use bindings::exports::contract::async_errors::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    async fn maybe(x: bool) -> Result<String, String> {
        whit::yield_now().await;
        if x {
            Ok("yes".into())
        } else {
            Err("no".into())
        }
    }
    async fn before(x: u32) -> Option<u32> {
        x.checked_sub(1)
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::maybe(true).await.is_ok());
        expect!(step, api::maybe(false).await == Err("no".into()));
        expect!(step, api::before(0).await.is_none());
        expect!(step, api::before(9).await == Some(8));
        0
    }
}

bindings::export!(Component with_types_in bindings);
