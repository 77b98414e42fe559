// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Async functions in both directions.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::async_import_export::api;
use bindings::exports::contract::async_import_export::api as own;

struct Component;

impl own::Guest for Component {
    async fn double(x: u32) -> u32 {
        whit::yield_now().await;
        x * 2
    }
    async fn rest() {
        whit::yield_now().await
    }
    async fn next(x: u32) -> u32 {
        x + 1
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::double(21).await == 42);
        api::rest().await;
        expect!(step, api::next(1).await == 2);
        let (a, b) = contract::join(api::double(1), api::double(2)).await;
        expect!(step, a == 2 && b == 4);
        let mut sum = 0;
        for i in 0..20 {
            sum += api::double(i).await;
        }
        expect!(step, sum == 380);
        0
    }
}

bindings::export!(Component with_types_in bindings);
