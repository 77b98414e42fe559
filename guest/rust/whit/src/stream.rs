// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Streams and futures whose elements have types.
//!
//! The two ends are made together by functions of the bindings
//! (`wit_stream::new`, `wit_future::new`). An end that is dropped is closed;
//! dropping a read or write that waits cancels it.

use alloc::vec::Vec;
use core::future::{Future, IntoFuture};
use core::pin::Pin;

use crate::abi::{Arrays, Given, Handle};
use crate::task::{self, BLOCKED};

/// The most elements of one copy.
const MOST: usize = (1 << 28) - 1;

/// In the low bits of what a copy answers.
const DROPPED: u32 = 1;

/// What generated code knows of the elements of a stream or future.
pub struct Elements<T: 'static> {
    /// Bytes of one element.
    pub size: usize,
    /// Rust has the elements in memory as they cross the border.
    pub plain: bool,
    pub lift: unsafe fn(*mut u8) -> T,
    pub lower: unsafe fn(&T, *mut u8, &Arrays, &Given),
}

/// The functions of one type of streams.
pub struct StreamOps<T: 'static> {
    pub new: unsafe extern "C" fn() -> u64,
    pub read: unsafe extern "C" fn(u32, *mut u8, usize) -> u32,
    pub write: unsafe extern "C" fn(u32, *const u8, usize) -> u32,
    pub cancel_read: unsafe extern "C" fn(u32) -> u32,
    pub cancel_write: unsafe extern "C" fn(u32) -> u32,
    pub drop_readable: unsafe extern "C" fn(u32),
    pub drop_writable: unsafe extern "C" fn(u32),
    pub elements: Elements<T>,
}

/// The functions of one type of futures.
pub struct FutureOps<T: 'static> {
    pub new: unsafe extern "C" fn() -> u64,
    pub read: unsafe extern "C" fn(u32, *mut u8) -> u32,
    pub write: unsafe extern "C" fn(u32, *const u8) -> u32,
    pub cancel_read: unsafe extern "C" fn(u32) -> u32,
    pub cancel_write: unsafe extern "C" fn(u32) -> u32,
    pub drop_readable: unsafe extern "C" fn(u32),
    pub drop_writable: unsafe extern "C" fn(u32),
    pub elements: Elements<T>,
}

/// How a read or write ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamResult {
    /// So many elements were copied.
    Complete(usize),
    /// The other end is closed.
    Dropped,
    /// The operation was cancelled.
    Cancelled,
}

impl StreamResult {
    fn of(code: u32) -> Self {
        match (code & 15, code >> 4) {
            (0, count) => Self::Complete(count as usize),
            (1, 0) => Self::Dropped,
            (_, 0) => Self::Cancelled,
            (_, count) => Self::Complete(count as usize),
        }
    }

    fn count(self) -> usize {
        match self {
            Self::Complete(count) => count,
            _ => 0,
        }
    }
}

/// A copy that is under way: dropping it cancels it.
struct Copying<F: FnOnce(u32)> {
    handle: u32,
    cancel: unsafe extern "C" fn(u32) -> u32,
    /// Gets the code of a copy that was cancelled.
    cancelled: Option<F>,
}

impl<F: FnOnce(u32)> Copying<F> {
    async fn finish(mut self, code: u32) -> u32 {
        let code = if code == BLOCKED {
            task::wait(self.handle).await
        } else {
            code
        };
        self.cancelled = None;
        code
    }
}

impl<F: FnOnce(u32)> Drop for Copying<F> {
    fn drop(&mut self) {
        if let Some(cancelled) = self.cancelled.take() {
            cancelled(unsafe { (self.cancel)(self.handle) });
        }
    }
}

/// Elements in the form in which they cross the border.
struct Lowered<T: 'static> {
    values: Vec<T>,
    base: *const u8,
    given: Given,
    /// How many handles were given before each element.
    marks: Vec<usize>,
    _arrays: Arrays,
}

impl<T> Lowered<T> {
    fn new(elements: &Elements<T>, values: Vec<T>) -> Self {
        let arrays = Arrays::new();
        let given = Given::new();
        let mut marks = Vec::new();
        let mut base = values.as_ptr().cast::<u8>();
        if !elements.plain {
            let room = arrays.add(values.len(), elements.size);
            for (i, value) in values.iter().enumerate() {
                marks.push(given.count());
                unsafe {
                    let at = room.add(i * elements.size);
                    (elements.lower)(value, at, &arrays, &given);
                }
            }
            base = room;
        }
        Self {
            values,
            base,
            given,
            marks,
            _arrays: arrays,
        }
    }

    /// What is left when the first ones are gone.
    fn rest(mut self, count: usize) -> Vec<T> {
        if let Some(&mark) = self.marks.get(count) {
            unsafe { self.given.undo(mark) }
        }
        self.values.drain(..count);
        self.values
    }
}

/// The end of a stream that elements are written to.
#[derive(Debug)]
pub struct StreamWriter<T: 'static> {
    handle: Handle,
    /// The other end is closed, and must not be asked again.
    done: bool,
    ops: &'static StreamOps<T>,
}

/// The end of a stream that elements are read from.
#[derive(Debug)]
pub struct StreamReader<T: 'static> {
    handle: Handle,
    /// The other end is closed, and must not be asked again.
    done: bool,
    ops: &'static StreamOps<T>,
}

impl<T> core::fmt::Debug for StreamOps<T> {
    fn fmt(&self, out: &mut core::fmt::Formatter) -> core::fmt::Result {
        out.write_str("StreamOps")
    }
}

impl<T> core::fmt::Debug for FutureOps<T> {
    fn fmt(&self, out: &mut core::fmt::Formatter) -> core::fmt::Result {
        out.write_str("FutureOps")
    }
}

/// Both ends of a new stream.
pub fn stream<T>(ops: &'static StreamOps<T>) -> (StreamWriter<T>, StreamReader<T>) {
    let ends = unsafe { (ops.new)() };
    let writer = Handle::new((ends >> 32) as u32);
    let reader = Handle::new(ends as u32);
    (
        StreamWriter {
            handle: writer,
            done: false,
            ops,
        },
        StreamReader {
            handle: reader,
            done: false,
            ops,
        },
    )
}

impl<T> StreamWriter<T> {
    /// Writes some of the elements; the others come back.
    pub async fn write(&mut self, values: Vec<T>) -> (StreamResult, Vec<T>) {
        if self.done {
            return (StreamResult::Dropped, values);
        }
        let ops = self.ops;
        let count = values.len().min(MOST);
        let lowered = Lowered::new(&ops.elements, values);
        let handle = self.handle.get();
        let code = unsafe { (ops.write)(handle, lowered.base, count) };
        let copying = Copying {
            handle,
            cancel: ops.cancel_write,
            cancelled: (code == BLOCKED).then_some(|_| ()),
        };
        let code = copying.finish(code).await;
        self.done = code & 15 == DROPPED;
        let result = StreamResult::of(code);
        (result, lowered.rest(result.count()))
    }

    /// Writes all elements. What comes back nobody wants: the other end is
    /// closed.
    pub async fn write_all(&mut self, mut values: Vec<T>) -> Vec<T> {
        while !values.is_empty() {
            let (result, rest) = self.write(values).await;
            values = rest;
            if !matches!(result, StreamResult::Complete(_)) {
                break;
            }
        }
        values
    }

    /// Writes one element, which comes back when the other end is closed.
    pub async fn write_one(&mut self, value: T) -> Option<T> {
        self.write_all(alloc::vec![value]).await.pop()
    }
}

impl<T> Drop for StreamWriter<T> {
    fn drop(&mut self) {
        let handle = self.handle.get();
        if handle != 0 {
            unsafe { (self.ops.drop_writable)(handle) }
        }
    }
}

impl<T> StreamReader<T> {
    #[doc(hidden)]
    pub unsafe fn _from_handle(handle: u32, ops: &'static StreamOps<T>) -> Self {
        Self {
            handle: Handle::new(handle),
            done: false,
            ops,
        }
    }

    #[doc(hidden)]
    pub fn _handle(&self) -> &Handle {
        &self.handle
    }

    /// Reads as many elements as there is room behind those in `values`.
    pub async fn read(&mut self, values: Vec<T>) -> (StreamResult, Vec<T>) {
        let room = (values.capacity() - values.len()).min(MOST);
        self.read_some(values, room).await
    }

    async fn read_some(&mut self, mut values: Vec<T>, room: usize) -> (StreamResult, Vec<T>) {
        if self.done {
            return (StreamResult::Dropped, values);
        }
        let ops = self.ops;
        let elements = &ops.elements;
        let arrays = Arrays::new();
        let base = if elements.plain {
            values.spare_capacity_mut().as_mut_ptr().cast()
        } else {
            arrays.add(room, elements.size)
        };
        let handle = self.handle.get();
        let code = unsafe { (ops.read)(handle, base, room) };
        let drop_all = |code: u32| {
            for i in 0..(code >> 4) as usize {
                drop(unsafe { (elements.lift)(base.add(i * elements.size)) });
            }
        };
        let copying = Copying {
            handle,
            cancel: ops.cancel_read,
            cancelled: (code == BLOCKED).then_some(drop_all),
        };
        let code = copying.finish(code).await;
        self.done = code & 15 == DROPPED;
        let result = StreamResult::of(code);
        unsafe {
            if elements.plain {
                values.set_len(values.len() + result.count());
            } else {
                for i in 0..result.count() {
                    values.push((elements.lift)(base.add(i * elements.size)));
                }
            }
        }
        (result, values)
    }

    /// The next element; none when the other end is closed.
    pub async fn next(&mut self) -> Option<T> {
        loop {
            let (result, mut values) = self.read_some(Vec::with_capacity(1), 1).await;
            match result {
                StreamResult::Complete(0) => continue,
                _ => return values.pop(),
            }
        }
    }

    /// All elements until the other end is closed.
    pub async fn collect(mut self) -> Vec<T> {
        let mut values = Vec::new();
        loop {
            if values.capacity() - values.len() < 16 {
                values.reserve(64);
            }
            let (result, more) = self.read(values).await;
            values = more;
            if !matches!(result, StreamResult::Complete(_)) {
                return values;
            }
        }
    }
}

impl<T> Drop for StreamReader<T> {
    fn drop(&mut self) {
        let handle = self.handle.get();
        if handle != 0 {
            unsafe { (self.ops.drop_readable)(handle) }
        }
    }
}

/// The end of a future that takes its value. A value has to be written: when
/// the writer is dropped without, it is the one that `default` makes.
#[derive(Debug)]
pub struct FutureWriter<T: 'static> {
    handle: Handle,
    ops: &'static FutureOps<T>,
    default: fn() -> T,
}

/// The end of a future that gives its value.
#[derive(Debug)]
pub struct FutureReader<T: 'static> {
    handle: Handle,
    ops: &'static FutureOps<T>,
}

/// Both ends of a new future.
pub fn future<T>(
    ops: &'static FutureOps<T>,
    default: fn() -> T,
) -> (FutureWriter<T>, FutureReader<T>) {
    let ends = unsafe { (ops.new)() };
    let writer = Handle::new((ends >> 32) as u32);
    let reader = Handle::new(ends as u32);
    (
        FutureWriter {
            handle: writer,
            ops,
            default,
        },
        FutureReader {
            handle: reader,
            ops,
        },
    )
}

/// Writes the value of a future and closes its end.
async fn write_future<T>(handle: u32, ops: &'static FutureOps<T>, value: T) -> Result<(), T> {
    struct Close(u32, unsafe extern "C" fn(u32));
    impl Drop for Close {
        fn drop(&mut self) {
            unsafe { (self.1)(self.0) }
        }
    }
    let _close = Close(handle, ops.drop_writable);
    let lowered = Lowered::new(&ops.elements, alloc::vec![value]);
    let code = unsafe { (ops.write)(handle, lowered.base) };
    let copying = Copying {
        handle,
        cancel: ops.cancel_write,
        cancelled: (code == BLOCKED).then_some(|_| ()),
    };
    let taken = copying.finish(code).await & 15 == 0;
    match lowered.rest(taken as usize).pop() {
        Some(value) => Err(value),
        None => Ok(()),
    }
}

impl<T> FutureWriter<T> {
    /// Writes the value, which comes back when the other end is closed.
    pub async fn write(self, value: T) -> Result<(), T> {
        write_future(self.handle.take(), self.ops, value).await
    }
}

impl<T> Drop for FutureWriter<T> {
    fn drop(&mut self) {
        let handle = self.handle.take();
        // Outside of tasks nobody could wait for the reader.
        if handle != 0 && task::has_current() {
            let (ops, default) = (self.ops, self.default);
            task::spawn(async move {
                let _ = write_future(handle, ops, default()).await;
            });
        }
    }
}

impl<T> FutureReader<T> {
    #[doc(hidden)]
    pub unsafe fn _from_handle(handle: u32, ops: &'static FutureOps<T>) -> Self {
        Self {
            handle: Handle::new(handle),
            ops,
        }
    }

    #[doc(hidden)]
    pub fn _handle(&self) -> &Handle {
        &self.handle
    }

    /// Waits for the value. `future.await` is the same.
    pub async fn read(mut self) -> T {
        self.wait().await
    }

    /// Waits for the value. This may be given up and begun again, until there
    /// was a value: there is no second one.
    pub async fn wait(&mut self) -> T {
        let ops = self.ops;
        let elements = &ops.elements;
        let arrays = Arrays::new();
        let base = arrays.add(1, elements.size.max(1));
        let handle = self.handle.get();
        let code = unsafe { (ops.read)(handle, base) };
        let drop_it = |code: u32| {
            if code & 15 == 0 {
                drop(unsafe { (elements.lift)(base) });
            }
        };
        let copying = Copying {
            handle,
            cancel: ops.cancel_read,
            cancelled: (code == BLOCKED).then_some(drop_it),
        };
        copying.finish(code).await;
        unsafe { (elements.lift)(base) }
    }
}

impl<T> IntoFuture for FutureReader<T> {
    type Output = T;
    type IntoFuture = Pin<alloc::boxed::Box<dyn Future<Output = T>>>;

    fn into_future(self) -> Self::IntoFuture {
        alloc::boxed::Box::pin(self.read())
    }
}

impl<T> Drop for FutureReader<T> {
    fn drop(&mut self) {
        let handle = self.handle.get();
        if handle != 0 {
            unsafe { (self.ops.drop_readable)(handle) }
        }
    }
}
