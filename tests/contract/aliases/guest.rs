// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Types under other names.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::aliases::api;
use bindings::exports::contract::aliases::api as own;

struct Component;

impl own::Guest for Component {
    fn find(x: own::Entries, name: own::Label) -> Option<own::Id> {
        x.iter().find(|it| it.name == name).map(|it| it.id)
    }
    fn names_of(x: own::Entries) -> own::Names {
        x.into_iter().map(|it| it.name).collect()
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        let entry = |id, name: &str| api::Entry {
            id,
            name: name.into(),
        };
        let all = [entry(1, "a"), entry(2, "b"), entry(3, "b")];
        expect!(step, api::find(&all, "b") == Some(2));
        expect!(step, api::find(&all, "c").is_none());
        expect!(step, api::names_of(&all) == ["a", "b", "b"]);
        expect!(step, api::names_of(&[]).is_empty());
        0
    }
}

bindings::export!(Component with_types_in bindings);
