// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Calls that have to wait before they begin.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::backpressure::api;
use bindings::exports::contract::backpressure::api as own;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use whit::task::Backpressure;

struct Component;

static STARTED: AtomicU32 = AtomicU32::new(0);
static mut HELD: Option<Backpressure> = None;

impl own::Guest for Component {
    fn hold(on: bool) {
        unsafe { HELD = on.then(Backpressure::new) }
    }
    async fn work(x: u32) -> u32 {
        STARTED.fetch_add(1, Relaxed);
        whit::yield_now().await;
        x * 2
    }
    fn started() -> u32 {
        STARTED.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let before = api::started();
        api::hold(true);
        let mut work = core::pin::pin!(api::work(4));
        expect!(step, contract::begin(&mut work).await.is_none());
        expect!(step, api::started() == before);
        api::hold(false);
        expect!(step, work.await == 8);
        expect!(step, api::started() == before + 1);
        expect!(step, api::work(1).await == 2);
        0
    }
}

bindings::export!(Component with_types_in bindings);
