// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! A heap of power-of-two blocks: one list of free blocks for each size, and
//! memory nobody had yet behind them.
//!
//! A block is aligned to its own size, so that every layout is served by the
//! smallest block that is as large as its size and its alignment. What lies
//! between the end of the used memory and the next aligned place goes to the
//! lists of smaller blocks. Blocks are neither split nor joined: a program
//! that frees what it took gets the same blocks again, in constant time.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::ptr;

/// The allocator. There is one heap, whatever the number of values.
pub struct Heap;

/// By the logarithm of the size.
static mut FREE: [*mut u8; 32] = [ptr::null_mut(); 32];
/// Where unused memory begins; 0 before the first block.
static mut NEXT: usize = 0;

extern "C" {
    static __heap_base: u8;
}

/// A block holds at least a pointer, and a size is never 0 here.
#[inline(always)]
fn class_of(layout: Layout) -> u32 {
    let most = (layout.size() - 1) | (layout.align() - 1) | 3;
    usize::BITS - most.leading_zeros()
}

#[inline(always)]
unsafe fn list(class: u32) -> *mut *mut u8 {
    unsafe { (&raw mut FREE).cast::<*mut u8>().add(class as usize) }
}

#[inline(always)]
unsafe fn push(block: *mut u8, class: u32) {
    unsafe {
        let list = list(class);
        block.cast::<*mut u8>().write(*list);
        *list = block;
    }
}

/// Takes a block from behind all others.
#[inline(always)]
unsafe fn extend(class: u32) -> *mut u8 {
    unsafe {
        let size = 1usize << class;
        let mut next = NEXT;
        if next == 0 {
            next = &raw const __heap_base as usize;
        }
        let last = (((next - 1) | (size - 1)) + 1).wrapping_add(size - 1);
        if last < next {
            return ptr::null_mut();
        }
        let pages = (last >> 16) + 1;
        let have = memory_size(0);
        if pages > have && memory_grow(0, pages - have) == usize::MAX {
            return ptr::null_mut();
        }
        while next & (size - 1) != 0 {
            let gap = next.trailing_zeros();
            push(next as *mut u8, gap);
            next += 1 << gap;
        }
        NEXT = next + size;
        next as *mut u8
    }
}

#[inline(never)]
unsafe fn take(class: u32) -> *mut u8 {
    unsafe {
        let list = list(class);
        let block = *list;
        if block.is_null() {
            return extend(class);
        }
        *list = block.cast::<*mut u8>().read();
        block
    }
}

unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { take(class_of(layout)) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { push(block, class_of(layout)) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe {
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            let (old, new) = (class_of(layout), class_of(wanted));
            if old == new {
                return block;
            }
            let moved = take(new);
            if !moved.is_null() {
                let kept = if size < layout.size() {
                    size
                } else {
                    layout.size()
                };
                ptr::copy_nonoverlapping(block, moved, kept);
                push(block, old);
            }
            moved
        }
    }
}
