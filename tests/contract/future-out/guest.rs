// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Futures as results.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::future_out::api;
use bindings::exports::contract::future_out::api as own;
use bindings::wit_future;
use whit::String;

struct Component;

impl own::Guest for Component {
    async fn later(x: u32) -> whit::FutureReader<u32> {
        let (writer, reader) = wit_future::new(|| 0);
        whit::spawn(async move {
            whit::yield_now().await;
            let _ = writer.write(x + 1).await;
        });
        reader
    }
    async fn echo(text: String) -> whit::FutureReader<String> {
        let (writer, reader) = wit_future::new(String::new);
        whit::spawn(async move {
            whit::yield_now().await;
            let _ = writer.write(text).await;
        });
        reader
    }
    async fn tick() -> whit::FutureReader<()> {
        let (writer, reader) = wit_future::new(|| ());
        whit::spawn(async move {
            whit::yield_now().await;
            let _ = writer.write(()).await;
        });
        reader
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        expect!(step, api::later(4).await.await == 5);
        expect!(step, api::echo("grüße".into()).await.await == "grüße");
        api::tick().await.await;
        drop(api::later(1).await);
        expect!(step, api::later(7).await.await == 8);
        0
    }
}

bindings::export!(Component with_types_in bindings);
