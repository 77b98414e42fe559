/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Clocks, waiting, random bytes. Times are in nanoseconds. */
#ifndef WASI_SYSTEM_CLOCK_H
#define WASI_SYSTEM_CLOCK_H

#include <stddef.h>
#include "wasi/system_descriptor.h"

typedef enum wasi_clock {
    WASI_CLOCK_REALTIME,  /* since 1970 */
    WASI_CLOCK_MONOTONIC, /* since some moment */
    WASI_CLOCK_PROCESS,   /* processor time, of the host process */
    WASI_CLOCK_THREAD     /* processor time, of the calling thread */
} wasi_clock;

wasi_error wasi_clock_now(wasi_clock clock, uint64_t *time) WHIT_MUST_CHECK;
wasi_error wasi_clock_resolution(wasi_clock clock,
                                 uint64_t *time) WHIT_MUST_CHECK;

/* Fills from the host's generator, in chunks between which `wait` is asked. */
wasi_error wasi_random(void *out, size_t size,
                       const wasi_wait *wait) WHIT_MUST_CHECK;
void wasi_yield(void);

typedef enum wasi_event {
    WASI_EVENT_CLOCK,
    WASI_EVENT_READ,
    WASI_EVENT_WRITE
} wasi_event;

/* One thing to wait for, and what became of it. Processor-time clocks cannot
 * be waited for (NOTSUP). Files and what lies in memory are always ready. */
typedef struct wasi_subscription {
    wasi_event event;
    wasi_clock clock;
    bool absolute; /* `timeout` is a time of the clock, not a duration */
    uint64_t timeout;
    wasi_descriptor *descriptor; /* borrowed; NULL: not open (BADF) */
    /* Results. */
    bool ready; /* happened, or failed with `error` */
    wasi_error error;
    bool hangup;
    uint64_t size; /* bytes that can be read, where that is known */
    uint64_t due;  /* internal: when a clock fires, monotonic */
} wasi_subscription;

/* Waits until at least one is ready. A failed subscription is ready. INVAL
 * for none at all, INTR when interrupted. */
wasi_error wasi_poll(wasi_subscription *items, size_t count,
                     const wasi_wait *wait) WHIT_MUST_CHECK;

#endif
