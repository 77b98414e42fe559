// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Streams as parameters.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::stream_in::api;
use bindings::exports::contract::stream_in::api as own;
use bindings::wit_stream;
use whit::Vec;

struct Component;

impl own::Guest for Component {
    async fn sum(mut data: whit::StreamReader<u8>) -> u64 {
        let mut sum = 0;
        while let Some(x) = data.next().await {
            sum += x as u64;
        }
        sum
    }
    async fn first(mut data: whit::StreamReader<u8>, count: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        while bytes.len() < count as usize {
            match data.next().await {
                Some(byte) => bytes.push(byte),
                None => break,
            }
        }
        bytes
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let (mut writer, reader) = wit_stream::new();
        let write = async move {
            let rest = writer.write_all(alloc::vec![1; 1000]).await;
            rest.len() + writer.write_all(alloc::vec![2, 3]).await.len()
        };
        let (rest, sum) = contract::join(write, api::sum(reader)).await;
        expect!(step, rest == 0 && sum == 1005);
        let (mut writer, reader) = wit_stream::new();
        let write = async move { writer.write_all(alloc::vec![5, 6, 7, 8]).await };
        let (rest, first) = contract::join(write, api::first(reader, 2)).await;
        expect!(step, first == [5, 6] && rest == [7, 8]);
        let (writer, reader) = wit_stream::new();
        drop(writer);
        expect!(step, api::sum(reader).await == 0);
        0
    }
}

bindings::export!(Component with_types_in bindings);
