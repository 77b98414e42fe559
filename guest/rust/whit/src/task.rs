// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! Tasks: what runs between two answers to the host.
//!
//! An async export makes a task and polls it. A task that cannot go on leaves
//! its set of waitables to the host, which calls back when something happened
//! to one of them. A future that waits for a waitable puts it into the set of
//! the task that polls it, and takes it out again when it is dropped.
//!
//! Wakers that others hold (a channel between two tasks) work too: the host
//! knows nothing of them, so a task whose waker is held elsewhere asks to be
//! called again instead of waiting.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};

use crate::abi::trap;

#[link(wasm_import_module = "$root")]
extern "C" {
    #[link_name = "[waitable-set-new]"]
    fn waitable_set_new() -> u32;
    #[link_name = "[waitable-set-wait]"]
    fn waitable_set_wait(set: u32, event: *mut u32) -> u32;
    #[link_name = "[waitable-set-poll]"]
    fn waitable_set_poll(set: u32, event: *mut u32) -> u32;
    #[link_name = "[waitable-set-drop]"]
    fn waitable_set_drop(set: u32);
    #[link_name = "[waitable-join]"]
    fn waitable_join(waitable: u32, set: u32);
    #[link_name = "[subtask-cancel]"]
    fn subtask_cancel(subtask: u32) -> u32;
    #[link_name = "[subtask-drop]"]
    fn subtask_drop(subtask: u32);
    #[link_name = "[context-get-0]"]
    fn context_get() -> *mut u8;
    #[link_name = "[context-set-0]"]
    fn context_set(task: *mut u8);
    #[link_name = "[backpressure-inc]"]
    fn backpressure_inc();
    #[link_name = "[backpressure-dec]"]
    fn backpressure_dec();
}

#[link(wasm_import_module = "[export]$root")]
extern "C" {
    #[link_name = "[task-cancel]"]
    fn task_cancel();
}

const EVENT_NONE: u32 = 0;
const EVENT_TASK_CANCELLED: u32 = 6;

const EXIT: i32 = 0;
const YIELD: i32 = 1;
const WAIT: i32 = 2;

const RETURNED: u32 = 2;

/// What a read, a write or a cancellation answers when it is not done yet.
pub const BLOCKED: u32 = u32::MAX;

type Work = Pin<Box<dyn Future<Output = ()>>>;

struct Task {
    work: Vec<Work>,
    /// Came while the others were polled.
    spawned: Vec<Work>,
    /// 0 before the first wait.
    set: u32,
    waits: Vec<*mut Entry>,
    woken: Rc<Cell<bool>>,
}

/// A waitable in the set of a task.
struct Entry {
    task: *mut Task,
    waitable: u32,
    answer: Option<u32>,
    waker: Waker,
}

static mut CURRENT: *mut Task = ptr::null_mut();

static WAKER: RawWakerVTable = RawWakerVTable::new(
    |data| unsafe {
        Rc::increment_strong_count(data.cast::<Cell<bool>>());
        RawWaker::new(data, &WAKER)
    },
    |data| unsafe { Rc::from_raw(data.cast::<Cell<bool>>()).set(true) },
    |data| unsafe { (*data.cast::<Cell<bool>>()).set(true) },
    |data| unsafe { drop(Rc::from_raw(data.cast::<Cell<bool>>())) },
);

impl Task {
    fn new(work: Work) -> Self {
        Self {
            work: alloc::vec![work],
            spawned: Vec::new(),
            set: 0,
            waits: Vec::new(),
            woken: Rc::new(Cell::new(false)),
        }
    }

    fn set(&mut self) -> u32 {
        if self.set == 0 {
            self.set = unsafe { waitable_set_new() };
        }
        self.set
    }

    /// Runs until nothing goes on. True: everything is done.
    unsafe fn poll(this: *mut Task) -> bool {
        unsafe {
            let before = CURRENT;
            CURRENT = this;
            let woken = (*this).woken.clone();
            woken.set(false);
            let waker = Waker::from_raw(RawWaker::new(Rc::into_raw(woken).cast(), &WAKER));
            let mut work = core::mem::take(&mut (*this).work);
            loop {
                let mut context = Context::from_waker(&waker);
                work.retain_mut(|it| it.as_mut().poll(&mut context).is_pending());
                if (*this).spawned.is_empty() {
                    break;
                }
                work.append(&mut (*this).spawned);
            }
            let done = work.is_empty();
            (*this).work = work;
            CURRENT = before;
            done
        }
    }

    /// Whether a waker lies somewhere that no event will reach.
    fn is_watched(&self) -> bool {
        let data = Rc::as_ptr(&self.woken).cast::<()>();
        let ours = |it: &&*mut Entry| unsafe { (***it).waker.data() == data };
        Rc::strong_count(&self.woken) > 1 + self.waits.iter().filter(ours).count()
    }

    fn deliver(&mut self, waitable: u32, answer: u32) {
        for &entry in &self.waits {
            unsafe {
                if (*entry).waitable == waitable {
                    (*entry).answer = Some(answer);
                    (*entry).waker.wake_by_ref();
                }
            }
        }
    }

    /// Takes all events that are there.
    fn collect(&mut self) {
        let mut event = [0; 2];
        while self.set != 0
            && unsafe { waitable_set_poll(self.set, event.as_mut_ptr()) } != EVENT_NONE
        {
            self.deliver(event[0], event[1]);
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.work.clear();
        self.spawned.clear();
        for &entry in &self.waits {
            unsafe {
                waitable_join((*entry).waitable, 0);
                (*entry).task = ptr::null_mut();
            }
        }
        if self.set != 0 {
            unsafe { waitable_set_drop(self.set) }
        }
    }
}

/// Polls a task and tells the host what to do with it.
unsafe fn run(task: *mut Task) -> i32 {
    unsafe {
        if Task::poll(task) {
            context_set(ptr::null_mut());
            drop(Box::from_raw(task));
            return EXIT;
        }
        context_set(task.cast());
        if (*task).woken.get() || (*task).is_watched() {
            YIELD
        } else {
            WAIT | ((*task).set() << 4) as i32
        }
    }
}

/// What an async export does: the future ends by handing over the result.
pub fn start(work: impl Future<Output = ()> + 'static) -> i32 {
    unsafe { run(Box::into_raw(Box::new(Task::new(Box::pin(work))))) }
}

/// What the host calls for a task that waits.
pub unsafe fn callback(event: i32, waitable: i32, answer: i32) -> i32 {
    unsafe {
        let task = context_get().cast::<Task>();
        match event as u32 {
            EVENT_NONE => (*task).collect(),
            EVENT_TASK_CANCELLED => {
                context_set(ptr::null_mut());
                let before = CURRENT;
                CURRENT = task;
                (*task).work.clear();
                CURRENT = before;
                task_cancel();
                return run(task);
            }
            _ => (*task).deliver(waitable as u32, answer as u32),
        }
        run(task)
    }
}

/// Runs a future to its end while the host waits: for exports that are not
/// async.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut result = None;
    let work: Pin<Box<dyn Future<Output = ()> + '_>> =
        Box::pin(async { result = Some(future.await) });
    // The task is gone before what the future borrows.
    let work =
        unsafe { core::mem::transmute::<Pin<Box<dyn Future<Output = ()> + '_>>, Work>(work) };
    let mut task = Task::new(work);
    while !unsafe { Task::poll(&mut task) } {
        if task.woken.get() {
            task.collect();
            continue;
        }
        let mut event = [0; 2];
        unsafe { waitable_set_wait(task.set(), event.as_mut_ptr()) };
        task.deliver(event[0], event[1]);
    }
    drop(task);
    match result {
        Some(result) => result,
        None => trap(),
    }
}

/// Runs a future beside the present task, which is over when both are.
pub fn spawn(work: impl Future<Output = ()> + 'static) {
    unsafe {
        if CURRENT.is_null() {
            trap();
        }
        (*CURRENT).spawned.push(Box::pin(work));
    }
}

pub(crate) fn has_current() -> bool {
    unsafe { !CURRENT.is_null() }
}

/// Lets others run.
pub async fn yield_now() {
    let mut done = false;
    core::future::poll_fn(move |context| {
        if core::mem::replace(&mut done, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

/// While one of these lives, no new tasks are started in this instance.
pub struct Backpressure(());

impl Backpressure {
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        unsafe { backpressure_inc() };
        Self(())
    }
}

impl Drop for Backpressure {
    fn drop(&mut self) {
        unsafe { backpressure_dec() }
    }
}

/// Waits for the next event of a waitable.
pub(crate) fn wait(waitable: u32) -> Wait {
    Wait {
        waitable,
        entry: ptr::null_mut(),
    }
}

pub(crate) struct Wait {
    waitable: u32,
    entry: *mut Entry,
}

impl Wait {
    unsafe fn leave(&mut self) {
        unsafe {
            let entry = Box::from_raw(self.entry);
            self.entry = ptr::null_mut();
            if !entry.task.is_null() {
                waitable_join(entry.waitable, 0);
                (*entry.task).waits.retain(|&it| !ptr::eq(it, &*entry));
            }
        }
    }

    unsafe fn join(&mut self, waker: &Waker) {
        unsafe {
            if CURRENT.is_null() {
                trap();
            }
            self.entry = Box::into_raw(Box::new(Entry {
                task: CURRENT,
                waitable: self.waitable,
                answer: None,
                waker: waker.clone(),
            }));
            waitable_join(self.waitable, (*CURRENT).set());
            (*CURRENT).waits.push(self.entry);
        }
    }
}

impl Future for Wait {
    type Output = u32;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<u32> {
        unsafe {
            if !self.entry.is_null() {
                if let Some(answer) = (*self.entry).answer {
                    self.leave();
                    return Poll::Ready(answer);
                }
                if (*self.entry).task == CURRENT {
                    (*self.entry).waker.clone_from(context.waker());
                    return Poll::Pending;
                }
                self.leave();
            }
            self.join(context.waker());
            Poll::Pending
        }
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if !self.entry.is_null() {
            unsafe { self.leave() }
        }
    }
}

/// A call of an async import. Dropping it cancels the call.
pub struct Call<F: FnOnce() -> T, T> {
    state: u32,
    subtask: u32,
    result: Option<F>,
}

/// `status` is what the import answered; `result` takes the result when it is
/// there.
#[inline]
pub fn call<F: FnOnce() -> T, T>(status: i32, result: F) -> Call<F, T> {
    Call {
        state: status as u32 & 15,
        subtask: status as u32 >> 4,
        result: Some(result),
    }
}

impl<F: FnOnce() -> T, T> Call<F, T> {
    pub async fn finish(mut self) -> T {
        while self.state < RETURNED {
            self.state = wait(self.subtask).await;
        }
        match self.result.take() {
            Some(result) if self.state == RETURNED => result(),
            _ => trap(),
        }
    }
}

impl<F: FnOnce() -> T, T> Drop for Call<F, T> {
    fn drop(&mut self) {
        if self.subtask == 0 {
            return;
        }
        unsafe {
            if self.state < RETURNED {
                self.state = subtask_cancel(self.subtask);
            }
            subtask_drop(self.subtask);
        }
        if self.state == RETURNED {
            if let Some(result) = self.result.take() {
                drop(result());
            }
        }
    }
}
