// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! What a component written in Rust needs besides the bindings that
//! `whit bind rust` generates: memory, panics, tasks, streams.
//!
//! Three features, all on by default: `allocator` and `panic` are for
//! programs with `#![no_std]`, `async` is for everything that waits.

#![no_std]

extern crate alloc;

pub use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};

pub mod abi;
mod flags;
#[cfg(all(feature = "allocator", target_arch = "wasm32"))]
mod heap;
mod resource;
#[cfg(feature = "async")]
pub mod stream;
#[cfg(feature = "async")]
pub mod task;

#[cfg(all(feature = "allocator", target_arch = "wasm32"))]
pub use heap::Heap;
#[cfg(feature = "async")]
pub use stream::{FutureReader, FutureWriter, StreamReader, StreamResult, StreamWriter};
#[cfg(feature = "async")]
pub use task::{block_on, spawn, yield_now};

#[cfg(all(feature = "allocator", target_arch = "wasm32"))]
#[global_allocator]
static HEAP: Heap = Heap;

#[cfg(all(feature = "panic", target_arch = "wasm32"))]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
