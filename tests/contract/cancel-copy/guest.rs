// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Reads and writes that are taken back.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::cancel_copy::api;
use bindings::exports::contract::cancel_copy::api as own;
use bindings::{wit_future, wit_stream};
use whit::Vec;

struct Component;

impl own::Guest for Component {
    async fn read_not(mut x: whit::StreamReader<u8>) -> whit::StreamReader<u8> {
        {
            let mut read = core::pin::pin!(x.read(Vec::with_capacity(4)));
            assert!(contract::begin(&mut read).await.is_none());
        }
        x
    }
    async fn wait_not(mut x: whit::FutureReader<u32>) -> whit::FutureReader<u32> {
        {
            let mut read = core::pin::pin!(x.wait());
            assert!(contract::begin(&mut read).await.is_none());
        }
        x
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let (mut writer, reader) = wit_stream::new();
        let mut reader = api::read_not(reader).await;
        let (rest, got) = contract::join(writer.write_one(7), reader.next()).await;
        expect!(step, rest.is_none() && got == Some(7));
        {
            let mut write = core::pin::pin!(writer.write_one(8));
            expect!(step, contract::begin(&mut write).await.is_none());
        }
        let (rest, got) = contract::join(writer.write_one(9), reader.next()).await;
        expect!(step, rest.is_none() && got == Some(9));
        let (writer, reader) = wit_future::new(|| 0);
        let reader = api::wait_not(reader).await;
        let (sent, got) = contract::join(writer.write(5), reader.read()).await;
        expect!(step, sent.is_ok() && got == 5);
        0
    }
}

bindings::export!(Component with_types_in bindings);
