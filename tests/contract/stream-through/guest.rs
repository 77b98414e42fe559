// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! A stream that goes in and out.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::stream_through::api;
use bindings::exports::contract::stream_through::api as own;
use bindings::wit_stream;

struct Component;

impl own::Guest for Component {
    async fn add_one(mut data: whit::StreamReader<u8>) -> whit::StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        whit::spawn(async move {
            while let Some(byte) = data.next().await {
                if writer.write_one(byte.wrapping_add(1)).await.is_some() {
                    break;
                }
            }
        });
        reader
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let (mut writer, reader) = wit_stream::new();
        let out = api::add_one(reader).await;
        let write = async move { writer.write_all(alloc::vec![0, 1, 255]).await };
        let (rest, got) = contract::join(write, out.collect()).await;
        expect!(step, rest.is_empty() && got == [1, 2, 0]);
        0
    }
}

bindings::export!(Component with_types_in bindings);
