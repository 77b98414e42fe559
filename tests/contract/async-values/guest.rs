// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Values of async functions.
#![no_std]
extern crate alloc;

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::async_values::api;
use bindings::exports::contract::async_values::api as own;
use whit::String;

struct Component;

impl own::Guest for Component {
    async fn twice(x: own::Pair) -> own::Pair {
        whit::yield_now().await;
        own::Pair {
            a: x.a.repeat(2),
            b: x.b.repeat(2),
        }
    }
    async fn size(text: String) -> Result<u32, own::Problem> {
        whit::yield_now().await;
        match text.len() as u32 {
            0 => Err(own::Problem::Empty),
            size if size > 8 => Err(own::Problem::Long(size)),
            size => Ok(size),
        }
    }
    async fn sum(a: u32, b: u64, c: u8, d: Option<u32>, e: u16) -> u64 {
        whit::yield_now().await;
        a as u64 + b + c as u64 + d.unwrap_or(0) as u64 + e as u64
    }
}

impl bindings::Guest for Component {
    async fn check() -> u32 {
        let mut step = 0;
        let pair = api::Pair {
            a: "ab".into(),
            b: alloc::vec![1, 2],
        };
        let twice = api::twice(pair).await;
        expect!(step, twice.a == "abab" && twice.b == [1, 2, 1, 2]);
        expect!(step, api::size("four".into()).await == Ok(4));
        expect!(step, api::size("".into()).await == Err(api::Problem::Empty));
        let long = api::size("123456789".into()).await;
        expect!(step, long == Err(api::Problem::Long(9)));
        expect!(
            step,
            api::sum(1, 1 << 40, 3, Some(4), 5).await == (1 << 40) + 13
        );
        expect!(step, api::sum(1, 2, 3, None, 5).await == 11);
        0
    }
}

bindings::export!(Component with_types_in bindings);
