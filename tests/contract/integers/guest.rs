// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Whole numbers.
#![no_std]

mod bindings;
#[macro_use]
mod contract;

use bindings::contract::integers::api;
use bindings::exports::contract::integers::api as own;

struct Component;

impl own::Guest for Component {
    fn echo_u8(x: u8) -> u8 {
        x
    }
    fn echo_s8(x: i8) -> i8 {
        x
    }
    fn echo_u16(x: u16) -> u16 {
        x
    }
    fn echo_s16(x: i16) -> i16 {
        x
    }
    fn echo_u32(x: u32) -> u32 {
        x
    }
    fn echo_s32(x: i32) -> i32 {
        x
    }
    fn echo_u64(x: u64) -> u64 {
        x
    }
    fn echo_s64(x: i64) -> i64 {
        x
    }
    fn sum(a: u8, b: i8, c: u16, d: i16, e: u32, f: i32, g: u64, h: i64) -> u64 {
        let signed = b as i64 + d as i64 + f as i64;
        (a as u64 + c as u64 + e as u64)
            .wrapping_add(g)
            .wrapping_add(h as u64)
            .wrapping_add(signed as u64)
    }
}

impl bindings::Guest for Component {
    fn check() -> u32 {
        let mut step = 0;
        for x in [0, 1, u8::MIN, u8::MAX] {
            expect!(step, api::echo_u8(x) == x);
        }
        for x in [0, 1, i8::MIN, i8::MAX] {
            expect!(step, api::echo_s8(x) == x);
        }
        for x in [0, 1, u16::MIN, u16::MAX] {
            expect!(step, api::echo_u16(x) == x);
        }
        for x in [0, 1, i16::MIN, i16::MAX] {
            expect!(step, api::echo_s16(x) == x);
        }
        for x in [0, 1, u32::MIN, u32::MAX] {
            expect!(step, api::echo_u32(x) == x);
        }
        for x in [0, 1, i32::MIN, i32::MAX] {
            expect!(step, api::echo_s32(x) == x);
        }
        for x in [0, 1, u64::MIN, u64::MAX] {
            expect!(step, api::echo_u64(x) == x);
        }
        for x in [0, 1, i64::MIN, i64::MAX] {
            expect!(step, api::echo_s64(x) == x);
        }
        expect!(step, api::sum(1, -2, 3, -4, 5, -6, 7, -8) == -4_i64 as u64);
        0
    }
}

bindings::export!(Component with_types_in bindings);
