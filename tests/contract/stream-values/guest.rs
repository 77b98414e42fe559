// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Streams of texts and records, and of nothing.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::stream_values::api;
use bindings::exports::contract::stream_values::api as own;
use bindings::wit_stream;
use whit::{String, Vec};

struct Component;

impl own::Guest for Component {
    async fn quote(mut texts: whit::StreamReader<String>) -> whit::StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        whit::spawn(async move {
            while let Some(text) = texts.next().await {
                let quoted = alloc::format!("\"{text}\"");
                if writer.write_one(quoted).await.is_some() {
                    break;
                }
            }
        });
        reader
    }
    async fn collect(items: whit::StreamReader<own::Item>) -> Vec<own::Item> {
        items.collect().await
    }
    async fn ticks(mut x: whit::StreamReader<()>) -> u32 {
        let mut count = 0;
        while x.next().await.is_some() {
            count += 1;
        }
        count
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let (mut writer, reader) = wit_stream::new();
        let out = api::quote(reader).await;
        let texts: Vec<String> = alloc::vec!["a".into(), "".into(), "世".into()];
        let write = async move { writer.write_all(texts).await };
        let (rest, got) = contract::join(write, out.collect()).await;
        expect!(step, rest.is_empty() && got == ["\"a\"", "\"\"", "\"世\""]);
        let (mut writer, reader) = wit_stream::new();
        let item = |name: &str, value| api::Item {
            name: name.into(),
            value,
        };
        let write = async move {
            let items = alloc::vec![item("one", 1), item("two", 2), item("three", 3)];
            writer.write_all(items).await.len()
        };
        let (rest, got) = contract::join(write, api::collect(reader)).await;
        expect!(
            step,
            rest == 0 && got == [item("one", 1), item("two", 2), item("three", 3)]
        );
        let (mut writer, reader) = wit_stream::new();
        let write = async move { writer.write_all(alloc::vec![(); 5]).await.len() };
        let (rest, ticks) = contract::join(write, api::ticks(reader)).await;
        expect!(step, rest == 0 && ticks == 5);
        0
    }
}

bindings::export!(Component with_types_in bindings);
