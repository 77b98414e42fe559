// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! The heap of the crate `whit`: blocks do not overlap, keep their contents,
//! are aligned, and come back.
#![no_std]
extern crate alloc;

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};

struct Block {
    at: *mut u8,
    layout: Layout,
    sign: u8,
}

fn fill(block: &Block) {
    unsafe { block.at.write_bytes(block.sign, block.layout.size()) }
}

fn is_whole(block: &Block) -> bool {
    (0..block.layout.size()).all(|i| unsafe { *block.at.add(i) == block.sign })
}

/// 0, or what was wrong.
#[no_mangle]
pub extern "C" fn check(rounds: u32) -> u32 {
    let mut blocks: Vec<Block> = Vec::new();
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as usize % below
    };
    for round in 0..rounds {
        if blocks.len() == 300 || (!blocks.is_empty() && random(3) == 0) {
            let mut block = blocks.swap_remove(random(blocks.len()));
            if !is_whole(&block) {
                return 1;
            }
            if random(2) == 0 {
                let size = 1 + random(5000);
                let kept = size.min(block.layout.size());
                block.at = unsafe { whit::Heap.realloc(block.at, block.layout, size) };
                block.layout = Layout::from_size_align(kept, block.layout.align()).unwrap();
                if !is_whole(&block) {
                    return 2;
                }
                block.layout = Layout::from_size_align(size, block.layout.align()).unwrap();
            }
            unsafe { whit::Heap.dealloc(block.at, block.layout) };
            continue;
        }
        let most = 1 << random(14);
        let size = 1 + random(most);
        let layout = Layout::from_size_align(size, 1 << random(9)).unwrap();
        let at = unsafe { whit::Heap.alloc(layout) };
        if at as usize % layout.align() != 0 {
            return 3;
        }
        let block = Block {
            at,
            layout,
            sign: round as u8,
        };
        fill(&block);
        blocks.push(block);
    }
    for block in &blocks {
        if !is_whole(block) {
            return 4;
        }
        unsafe { whit::Heap.dealloc(block.at, block.layout) };
    }
    0
}

/// Pages of memory after so many rounds in which everything is freed.
#[no_mangle]
pub extern "C" fn pages(rounds: u32) -> u32 {
    for round in 0..rounds {
        let mut grown: Vec<u32> = Vec::new();
        (0..5000).for_each(|i| grown.push(i + round));
        assert!(grown[4999] == 4999 + round);
    }
    core::arch::wasm32::memory_size(0) as u32
}
