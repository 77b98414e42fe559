// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Streams as results.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::stream_out::api;
use bindings::exports::contract::stream_out::api as own;
use bindings::wit_stream;
use whit::Vec;

struct Component;

impl own::Guest for Component {
    async fn count(count: u32) -> whit::StreamReader<u32> {
        let (mut writer, reader) = wit_stream::new();
        whit::spawn(async move {
            for i in 0..count {
                if writer.write_one(i).await.is_some() {
                    break;
                }
            }
        });
        reader
    }
    async fn zeroes() -> whit::StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        whit::spawn(async move { while writer.write_all(alloc::vec![0; 100]).await.is_empty() {} });
        reader
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let all = api::count(100).await.collect().await;
        expect!(step, all.len() == 100 && all[99] == 99);
        expect!(step, api::count(0).await.next().await.is_none());
        let mut zeroes = api::zeroes().await;
        let mut got = 0;
        while got < 1000 {
            let (_, some) = zeroes.read(Vec::with_capacity(64)).await;
            expect!(step, some.iter().all(|&x| x == 0));
            got += some.len();
        }
        drop(zeroes);
        expect!(step, api::count(2).await.collect().await == [0, 1]);
        0
    }
}

bindings::export!(Component with_types_in bindings);
