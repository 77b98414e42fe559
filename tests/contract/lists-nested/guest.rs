// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Lists of lists.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::lists_nested::api;
use bindings::exports::contract::lists_nested::api as own;
use whit::{String, Vec};

struct Component;

impl own::Guest for Component {
    fn flatten(x: Vec<Vec<u16>>) -> Vec<u16> {
        x.concat()
    }
    fn echo(x: Vec<Vec<Vec<String>>>) -> Vec<Vec<Vec<String>>> {
        x
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let lists = [alloc::vec![1, 2], Vec::new(), alloc::vec![65535]];
        expect!(step, api::flatten(&lists) == [1, 2, 65535]);
        expect!(step, api::flatten(&[]).is_empty());
        let text = |it: &str| String::from(it);
        let deep = [
            alloc::vec![alloc::vec![text("a"), text("")], Vec::new()],
            Vec::new(),
            alloc::vec![alloc::vec![text("世")]],
        ];
        expect!(step, api::echo(&deep) == deep);
        0
    }
}

bindings::export!(Component with_types_in bindings);
