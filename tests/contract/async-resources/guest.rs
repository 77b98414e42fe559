// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Async methods.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::async_resources::api;
use bindings::exports::contract::async_resources::api as own;
use whit::{String, Vec};

struct Component;

struct MyFile(String);

impl own::GuestFile for MyFile {
    fn new(name: String) -> Self {
        MyFile(name)
    }
    async fn read(&self) -> Vec<u8> {
        whit::yield_now().await;
        self.0.as_bytes().into()
    }
    async fn open(name: String) -> Result<own::File, String> {
        whit::yield_now().await;
        if name.is_empty() {
            Err("empty".into())
        } else {
            Ok(own::File::new(MyFile(name)))
        }
    }
}

impl own::Guest for Component {
    type File = MyFile;
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let file = api::File::new("name");
        expect!(step, file.read().await == b"name");
        expect!(step, api::File::open("".into()).await.is_err());
        let Ok(other) = api::File::open("héllo".into()).await else {
            return 99;
        };
        expect!(step, other.read().await == "héllo".as_bytes());
        0
    }
}

bindings::export!(Component with_types_in bindings);
