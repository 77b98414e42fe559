// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Calls that are cancelled.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::cancel::api;
use bindings::exports::contract::cancel::api as own;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Component;

static CANCELLED: AtomicU32 = AtomicU32::new(0);

struct Count;

impl Drop for Count {
    fn drop(&mut self) {
        CANCELLED.fetch_add(1, Relaxed);
    }
}

impl own::Guest for Component {
    async fn forever() {
        let _count = Count;
        core::future::pending().await
    }
    fn cancelled() -> u32 {
        CANCELLED.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let before = api::cancelled();
        {
            let mut call = core::pin::pin!(api::forever());
            expect!(step, contract::begin(&mut call).await.is_none());
            expect!(step, api::cancelled() == before);
        }
        expect!(step, api::cancelled() == before + 1);
        0
    }
}

bindings::export!(Component with_types_in bindings);
