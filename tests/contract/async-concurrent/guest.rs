// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Calls that are under way at the same time.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::async_concurrent::api;
use bindings::exports::contract::async_concurrent::api as own;
use bindings::wit_future;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Component;

static WAITING: AtomicU32 = AtomicU32::new(0);

impl own::Guest for Component {
    async fn wait(id: u32, until: whit::FutureReader<()>) -> u32 {
        WAITING.fetch_add(1, Relaxed);
        until.await;
        WAITING.fetch_sub(1, Relaxed);
        id
    }
    fn waiting() -> u32 {
        WAITING.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let (one, until_one) = wit_future::new(|| ());
        let (two, until_two) = wit_future::new(|| ());
        let before = api::waiting();
        let mut a = core::pin::pin!(api::wait(7, until_one));
        let mut b = core::pin::pin!(api::wait(8, until_two));
        expect!(step, contract::begin(&mut a).await.is_none());
        expect!(step, contract::begin(&mut b).await.is_none());
        expect!(step, api::waiting() == before + 2);
        let (sent, got) = contract::join(two.write(()), b).await;
        expect!(step, sent.is_ok() && got == 8);
        expect!(step, api::waiting() == before + 1);
        let (sent, got) = contract::join(one.write(()), a).await;
        expect!(step, sent.is_ok() && got == 7);
        expect!(step, api::waiting() == before);
        0
    }
}

bindings::export!(Component with_types_in bindings);
