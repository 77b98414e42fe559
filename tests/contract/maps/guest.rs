// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Maps.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::maps::api;
use bindings::exports::contract::maps::api as own;
use whit::BTreeMap;
use whit::String;

struct Component;

impl own::Guest for Component {
    fn echo(x: BTreeMap<String, u32>) -> BTreeMap<String, u32> {
        x
    }
    fn invert(x: BTreeMap<String, u32>) -> BTreeMap<u32, String> {
        x.into_iter().map(|(key, value)| (value, key)).collect()
    }
    fn sum(x: BTreeMap<u8, u64>) -> u64 {
        x.values().sum()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let map = BTreeMap::from([("a".into(), 1), ("b".into(), 2), ("".into(), 3)]);
        expect!(step, api::echo(&map) == map);
        expect!(step, api::echo(&BTreeMap::new()).is_empty());
        let inverse = api::invert(&map);
        expect!(
            step,
            inverse.len() == 3 && inverse[&2] == "b" && inverse[&3].is_empty()
        );
        let numbers = BTreeMap::from([(1, 1 << 40), (255, 5)]);
        expect!(step, api::sum(&numbers) == (1 << 40) + 5);
        0
    }
}

bindings::export!(Component with_types_in bindings);
