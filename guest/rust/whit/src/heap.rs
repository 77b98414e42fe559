// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! A heap of power-of-two blocks: one list of free blocks for each size, and
//! memory nobody had yet behind them.
//!
//! A block is aligned to its own size, so that every layout is served by the
//! smallest block that is as large as its size and its alignment. What lies
//! between the end of the used memory and the next aligned place goes to the
//! lists of smaller blocks. Blocks are neither split nor joined: a program
//! that frees what it took gets the same blocks again, in constant time. When
//! memory cannot grow, the instance ends.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size, unreachable};
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

/// The list of the blocks for a layout, whose size is never 0 here. A block
/// holds at least a pointer.
#[inline(never)]
unsafe fn list(size: usize, align: usize) -> *mut *mut u8 {
    let class = usize::BITS - ((size - 1) | (align - 1) | 3).leading_zeros();
    unsafe { (&raw mut FREE).cast::<*mut u8>().add(class as usize) }
}

/// The functions of this file are the smaller for not being inlined.
#[inline(never)]
unsafe fn give(block: *mut u8, size: usize, align: usize) {
    unsafe {
        let list = list(size, align);
        block.cast::<*mut u8>().write(*list);
        *list = block;
    }
}

#[inline(never)]
unsafe fn take(size: usize, align: usize) -> *mut u8 {
    unsafe {
        let list = list(size, align);
        let block = *list;
        if !block.is_null() {
            *list = block.cast::<*mut u8>().read();
            return block;
        }
        let class = (list as usize - &raw mut FREE as usize) >> 2;
        let size = 1usize << class;
        let mut next = NEXT.max(&raw const __heap_base as usize);
        let start = (next + (size - 1)) & size.wrapping_neg();
        NEXT = start + size;
        let pages = NEXT >> 16;
        let have = memory_size(0);
        if pages >= have && memory_grow(0, pages - have + 1) == usize::MAX {
            unreachable();
        }
        while next != start {
            let gap = next & next.wrapping_neg();
            give(next as *mut u8, gap, gap);
            next += gap;
        }
        start as *mut u8
    }
}

/// What `cabi_realloc` is with this heap: a block that shrinks stays where it
/// is, because a block may be freed as a smaller one.
#[inline(always)]
pub(crate) unsafe fn resize(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    unsafe {
        if size <= old_size {
            return (old as usize).max(align) as *mut u8;
        }
        let made = take(size, align);
        if old_size != 0 {
            ptr::copy_nonoverlapping(old, made, old_size);
            give(old, old_size, align);
        }
        made
    }
}

/// Callers need not look for null.
#[inline(always)]
unsafe fn known(block: *mut u8) -> *mut u8 {
    unsafe { core::hint::assert_unchecked(!block.is_null()) };
    block
}

unsafe impl GlobalAlloc for Heap {
    #[inline(always)]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { known(take(layout.size(), layout.align())) }
    }

    #[inline(always)]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { give(block, layout.size(), layout.align()) }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        unsafe { known(resize(block, layout.size(), layout.align(), size)) }
    }
}
