// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Interfaces that the world has inside.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::exports::cache;
use bindings::store;
use whit::String;

struct Component;

impl cache::Guest for Component {
    fn put(x: cache::Item) {
        store::put(&store::Item {
            key: x.key,
            value: x.value * 2,
        })
    }
    fn get(key: String) -> Option<u32> {
        store::get(&key)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let item = |key: &str, value| store::Item {
            key: key.into(),
            value,
        };
        store::put(&item("a", 1));
        store::put(&item("b", 2));
        store::put(&item("a", 3));
        expect!(
            step,
            store::get("a") == Some(3) && store::get("b") == Some(2)
        );
        expect!(step, store::get("c").is_none());
        0
    }
}

bindings::export!(Component with_types_in bindings);
