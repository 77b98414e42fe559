// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! What generated bindings call. Nothing here is meant to be written by hand.

#[cfg(not(all(feature = "allocator", target_arch = "wasm32")))]
use alloc::alloc::{alloc, realloc};
use alloc::alloc::{dealloc, Layout};
use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::{Cell, UnsafeCell};
use core::marker::PhantomData;
use core::mem::{align_of, size_of, ManuallyDrop, MaybeUninit};
use core::ptr;

/// Ends the instance: what came over the border cannot be.
#[cold]
pub fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("a value that its type does not have")
}

/// Memory for values that come in: what components export as `cabi_realloc`.
#[cfg(all(feature = "allocator", target_arch = "wasm32"))]
#[inline]
pub unsafe fn resize(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    unsafe { crate::heap::resize(old, old_size, align, size) }
}

/// Memory for values that come in: what components export as `cabi_realloc`.
#[cfg(not(all(feature = "allocator", target_arch = "wasm32")))]
pub unsafe fn resize(old: *mut u8, old_size: usize, align: usize, size: usize) -> *mut u8 {
    unsafe {
        if size == 0 {
            return align as *mut u8;
        }
        let made = if old_size == 0 {
            alloc(Layout::from_size_align_unchecked(size, align))
        } else {
            realloc(
                old,
                Layout::from_size_align_unchecked(old_size, align),
                size,
            )
        };
        if made.is_null() {
            trap();
        }
        made
    }
}

/// Frees what `resize` gave out.
#[inline]
pub unsafe fn free(block: *mut u8, size: usize, align: usize) {
    if size != 0 {
        unsafe { dealloc(block, Layout::from_size_align_unchecked(size, align)) }
    }
}

/// A string that came in.
#[inline]
pub unsafe fn string(block: i32, size: i32) -> String {
    unsafe { String::from_raw_parts(block as *mut u8, size as usize, size as usize) }
}

/// A list that came in whose elements lie in memory as Rust has them.
#[inline]
pub unsafe fn list<T>(block: i32, count: i32) -> Vec<T> {
    unsafe { Vec::from_raw_parts(block as *mut T, count as usize, count as usize) }
}

/// A character that came in.
#[inline]
pub unsafe fn character(value: i32) -> char {
    unsafe { char::from_u32_unchecked(value as u32) }
}

/// Room for values on their way through a function.
#[repr(C, align(8))]
pub struct Area<const SIZE: usize>(MaybeUninit<[u8; SIZE]>);

impl<const SIZE: usize> Area<SIZE> {
    #[inline]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(MaybeUninit::uninit())
    }

    #[inline]
    pub fn pointer(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// Reads at `base + offset`.
#[inline]
pub unsafe fn get<T>(base: *mut u8, offset: usize) -> T {
    unsafe { base.add(offset).cast::<T>().read() }
}

/// Writes at `base + offset`.
#[inline]
pub unsafe fn set<T>(base: *mut u8, offset: usize, value: T) {
    unsafe { base.add(offset).cast::<T>().write(value) }
}

/// Arrays that exist while a value crosses the border.
pub struct Arrays {
    last: Cell<*mut Block>,
}

#[repr(C, align(8))]
struct Block {
    before: *mut Block,
    size: usize,
}

impl Arrays {
    #[inline]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            last: Cell::new(ptr::null_mut()),
        }
    }

    /// Room for `count` elements of `size` bytes, aligned to 8.
    pub fn add(&self, count: usize, size: usize) -> *mut u8 {
        if count == 0 {
            return 8 as *mut u8;
        }
        let head = core::mem::size_of::<Block>();
        let Some(size) = count.checked_mul(size).and_then(|n| n.checked_add(head)) else {
            trap()
        };
        unsafe {
            let block = resize(ptr::null_mut(), 0, 8, size).cast::<Block>();
            block.write(Block {
                before: self.last.get(),
                size,
            });
            self.last.set(block);
            block.add(1).cast()
        }
    }
}

impl Drop for Arrays {
    #[inline]
    fn drop(&mut self) {
        let mut next = self.last.get();
        while !next.is_null() {
            unsafe {
                let Block { before, size } = next.read();
                free(next.cast(), size, 8);
                next = before;
            }
        }
    }
}

/// Borrowed handles, which have to be given up before the call is over.
pub struct Lent {
    values: Cell<Vec<Box<dyn Keep>>>,
}

trait Keep {}
impl<T> Keep for T {}

impl Lent {
    #[inline]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            values: Cell::new(Vec::new()),
        }
    }

    /// The reference is good as long as `self`, which generated code sees to.
    pub unsafe fn add<'a, T: 'static>(&self, value: T) -> &'a T {
        let kept = Box::into_raw(Box::new(value));
        let mut values = self.values.take();
        values.push(unsafe { Box::from_raw(kept) });
        self.values.set(values);
        unsafe { &*kept }
    }
}

/// Results of a sync export until the host has read them. One per function is
/// enough: an instance is not entered between a call and its post-return.
pub struct Kept<T, const SIZE: usize> {
    area: UnsafeCell<Area<SIZE>>,
    value: UnsafeCell<MaybeUninit<T>>,
}

unsafe impl<T, const SIZE: usize> Sync for Kept<T, SIZE> {}

impl<T, const SIZE: usize> Kept<T, SIZE> {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            area: UnsafeCell::new(Area::new()),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        }
    }

    /// Where the host will read.
    #[inline]
    pub unsafe fn area(&self) -> *mut u8 {
        self.area.get().cast()
    }

    #[inline]
    pub unsafe fn keep(&self, value: T) -> &T {
        unsafe { (*self.value.get()).write(value) }
    }

    #[inline]
    pub unsafe fn drop(&self) {
        unsafe { (*self.value.get()).assume_init_drop() }
    }
}

/// The same for a string or a list of plain values.
#[repr(C)]
pub struct KeptList<T> {
    area: UnsafeCell<[usize; 2]>,
    capacity: UnsafeCell<usize>,
    element: PhantomData<T>,
}

unsafe impl<T> Sync for KeptList<T> {}

impl<T> KeptList<T> {
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            area: UnsafeCell::new([0; 2]),
            capacity: UnsafeCell::new(0),
            element: PhantomData,
        }
    }

    /// Where the host finds the list.
    #[inline]
    pub unsafe fn keep(&self, list: Vec<T>) -> i32 {
        let list = ManuallyDrop::new(list);
        unsafe {
            *self.capacity.get() = list.capacity();
            *self.area.get() = [list.as_ptr() as usize, list.len()];
        }
        self.area.get() as i32
    }

    #[inline]
    pub unsafe fn drop(&self) {
        unsafe {
            let block = (*self.area.get())[0] as *mut u8;
            free(
                block,
                *self.capacity.get() * size_of::<T>(),
                align_of::<T>(),
            );
        }
    }
}

/// An index of the instance's table of handles; 0 when it was given away.
#[repr(transparent)]
#[derive(Debug)]
pub struct Handle(Cell<u32>);

impl Handle {
    #[inline]
    pub const fn new(index: u32) -> Self {
        Self(Cell::new(index))
    }

    #[inline]
    pub fn get(&self) -> u32 {
        self.0.get()
    }

    /// Gives the handle away: nothing is dropped any more.
    #[inline]
    pub fn take(&self) -> u32 {
        self.0.replace(0)
    }
}

/// Handles that go with a value to another place, which may not take it.
pub struct Given {
    handles: Cell<Vec<(*const Handle, u32)>>,
}

impl Given {
    #[inline]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self {
            handles: Cell::new(Vec::new()),
        }
    }

    /// Gives a handle away until further notice.
    pub fn add(&self, handle: &Handle) -> u32 {
        let index = handle.take();
        let mut handles = self.handles.take();
        handles.push((handle, index));
        self.handles.set(handles);
        index
    }

    #[cfg(feature = "async")]
    /// How many handles were given.
    pub(crate) fn count(&self) -> usize {
        let handles = self.handles.take();
        let count = handles.len();
        self.handles.set(handles);
        count
    }

    #[cfg(feature = "async")]
    /// Takes all but the first handles back, which must still be where they
    /// were.
    pub(crate) unsafe fn undo(&self, first: usize) {
        let handles = self.handles.take();
        for (handle, index) in &handles[first..] {
            unsafe { (**handle).0.set(*index) };
        }
        self.handles.set(handles);
    }
}

/// What went wrong, for people to read.
#[derive(Debug)]
pub struct ErrorContext {
    handle: Handle,
}

#[link(wasm_import_module = "$root")]
extern "C" {
    #[link_name = "[error-context-new-utf8]"]
    fn error_context_new(text: *const u8, size: usize) -> u32;
    #[link_name = "[error-context-debug-message-utf8]"]
    fn error_context_message(context: u32, result: *mut usize);
    #[link_name = "[error-context-drop]"]
    fn error_context_drop(context: u32);
}

impl ErrorContext {
    pub fn new(message: &str) -> Self {
        let index = unsafe { error_context_new(message.as_ptr(), message.len()) };
        Self {
            handle: Handle::new(index),
        }
    }

    pub fn debug_message(&self) -> String {
        let mut result = [0; 2];
        unsafe {
            error_context_message(self.handle.get(), result.as_mut_ptr());
            string(result[0] as i32, result[1] as i32)
        }
    }

    #[doc(hidden)]
    pub unsafe fn _from_handle(index: u32) -> Self {
        Self {
            handle: Handle::new(index),
        }
    }

    #[doc(hidden)]
    pub fn _handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for ErrorContext {
    fn drop(&mut self) {
        let index = self.handle.get();
        if index != 0 {
            unsafe { error_context_drop(index) }
        }
    }
}
