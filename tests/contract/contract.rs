// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//! What the guests in Rust share.
#![allow(dead_code, unused_macros)]

use core::future::{poll_fn, Future};
use core::pin::Pin;
use core::task::Poll;

/// In `check`: counts, and returns the number of the first that is false.
macro_rules! expect {
    ($step:ident, $condition:expr) => {
        $step += 1;
        if !$condition {
            return $step;
        }
    };
}

/// Begins to work on a future; none when it has to wait.
pub async fn begin<F: Future>(future: &mut Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        })
    })
    .await
}

/// Works on two futures until both are done.
pub async fn join<A: Future, B: Future>(a: A, b: B) -> (A::Output, B::Output) {
    let mut a = core::pin::pin!(a);
    let mut b = core::pin::pin!(b);
    let (mut x, mut y) = (None, None);
    poll_fn(move |context| {
        if x.is_none() {
            if let Poll::Ready(value) = a.as_mut().poll(context) {
                x = Some(value);
            }
        }
        if y.is_none() {
            if let Poll::Ready(value) = b.as_mut().poll(context) {
                y = Some(value);
            }
        }
        if x.is_some() && y.is_some() {
            Poll::Ready((x.take().unwrap(), y.take().unwrap()))
        } else {
            Poll::Pending
        }
    })
    .await
}
