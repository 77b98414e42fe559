/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waiting for many descriptors and times in one place. */
#ifndef WASI_SYSTEM_REACTOR_H
#define WASI_SYSTEM_REACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "wasi/system_error.h"

/* Guests wait without a thread: what they wait for is added to the reactor as
 * a waiter, and wasi_reactor_wait calls it back. An embedder with a loop of
 * its own watches wasi_reactor_descriptor for input, and then calls
 * wasi_reactor_wait with a timeout of 0.
 *
 * A reactor is used by one thread at a time. Waiters belong to whoever adds
 * them, and must not be moved or freed before they were called back or
 * removed; a descriptor must stay open as long. */
typedef struct wasi_reactor wasi_reactor;

#define WASI_NEVER UINT64_MAX

typedef struct wasi_waiter {
    int host;     /* a descriptor of the host, or -1 */
    short events; /* of poll(2): POLLIN, POLLOUT */
    uint64_t due; /* of the monotonic clock, or WASI_NEVER */
    /* Called once, when the first of them happened; it may add and remove
     * waiters, itself included. What cannot be watched, such as a regular
     * file, is ready at once. */
    void (*ready)(struct wasi_waiter *self);
    void *env; /* for `ready` */
    /* The reactor's; zero to begin with. */
    struct wasi_waiter *previous, *next; /* NULL: in no list */
    struct wasi_watch *watch;
    size_t timer; /* place in the heap + 1; 0: none */
} wasi_waiter;

wasi_error wasi_reactor_new(wasi_reactor **out) WHIT_MUST_CHECK;
/* NULL is allowed. Waiters that are left are forgotten. */
void wasi_reactor_free(wasi_reactor *self);
/* The waiter must not be in a reactor. One with neither descriptor nor time
 * is forgotten at once. */
wasi_error wasi_reactor_add(wasi_reactor *self,
                            wasi_waiter *waiter) WHIT_MUST_CHECK;
/* Does nothing for one that is not there. */
void wasi_reactor_remove(wasi_reactor *self, wasi_waiter *waiter);
/* How many waiters there are. */
size_t wasi_reactor_count(const wasi_reactor *self);
/* Readable when a waiter can be called back. Stays the same. */
int wasi_reactor_descriptor(const wasi_reactor *self);
/* Waits until at least one waiter is ready, but no longer than `timeout`
 * nanoseconds (WASI_NEVER: without end), and calls all back that are. TIMEDOUT
 * when there was none, INTR when interrupted. A reactor without waiters waits
 * all the same. */
wasi_error wasi_reactor_wait(wasi_reactor *self, uint64_t timeout,
                             const wasi_wait *wait) WHIT_MUST_CHECK;

#endif
