// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Streams of handles.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::stream_resources::api;
use bindings::exports::contract::stream_resources::api as own;
use bindings::wit_stream;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};

struct Component;

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct MyThing(u32);

impl MyThing {
    fn make(value: u32) -> Self {
        ALIVE.fetch_add(1, Relaxed);
        MyThing(value)
    }
}

impl Drop for MyThing {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Relaxed);
    }
}

impl own::GuestThing for MyThing {
    fn new(value: u32) -> Self {
        MyThing::make(value)
    }
    fn value(&self) -> u32 {
        self.0
    }
}

impl own::Guest for Component {
    type Thing = MyThing;
    async fn make(count: u32) -> whit::StreamReader<own::Thing> {
        let (mut writer, reader) = wit_stream::new();
        whit::spawn(async move {
            for i in 0..count {
                let thing = own::Thing::new(MyThing::make(i));
                if writer.write_one(thing).await.is_some() {
                    break;
                }
            }
        });
        reader
    }
    async fn take(mut x: whit::StreamReader<own::Thing>) -> u32 {
        let mut sum = 0;
        while let Some(thing) = x.next().await {
            sum += thing.get::<MyThing>().0;
        }
        sum
    }

    fn alive() -> u32 {
        ALIVE.load(Relaxed)
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let before = api::alive();
        let things = api::make(4).await.collect().await;
        expect!(step, things.len() == 4 && things[3].value() == 3);
        expect!(step, api::alive() == before + 4);
        let (mut writer, reader) = wit_stream::new();
        let write = async move { writer.write_all(things).await.len() };
        let (rest, sum) = contract::join(write, api::take(reader)).await;
        expect!(step, rest == 0 && sum == 6);
        expect!(step, api::alive() == before);
        0
    }
}

bindings::export!(Component with_types_in bindings);
