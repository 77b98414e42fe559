// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Futures as parameters.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::future_in::api;
use bindings::exports::contract::future_in::api as own;
use bindings::wit_future;
use whit::String;

struct Component;

impl own::Guest for Component {
    async fn quote(x: whit::FutureReader<String>) -> String {
        alloc::format!("\"{}\"", x.await)
    }
    async fn add(a: whit::FutureReader<u32>, b: whit::FutureReader<u32>) -> u32 {
        let (a, b) = contract::join(a.read(), b.read()).await;
        a + b
    }
    async fn ignore(x: whit::FutureReader<u32>) {
        drop(x)
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let (writer, reader) = wit_future::new(String::new);
        let (sent, got) = contract::join(writer.write("hé".into()), api::quote(reader)).await;
        expect!(step, sent.is_ok() && got == "\"hé\"");
        let (a, x) = wit_future::new(|| 0);
        let (b, y) = wit_future::new(|| 0);
        let writes = contract::join(a.write(3), b.write(4));
        let (_, sum) = contract::join(writes, api::add(x, y)).await;
        expect!(step, sum == 7);
        let (writer, reader) = wit_future::new(|| 0);
        api::ignore(reader).await;
        expect!(step, writer.write(6).await == Err(6));
        0
    }
}

bindings::export!(Component with_types_in bindings);
