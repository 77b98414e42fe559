/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Time and chance. */
#include "wasi/system_clock.h"

#include <errno.h>
#include <sched.h>
#include <sys/random.h>
#include <time.h>
#include "base/limits.h"

#define SECOND 1000000000u

static clockid_t clock_host(wasi_clock clock)
{
    switch (clock) {
    case WASI_CLOCK_MONOTONIC:
        return CLOCK_MONOTONIC;
    case WASI_CLOCK_PROCESS:
        return CLOCK_PROCESS_CPUTIME_ID;
    case WASI_CLOCK_THREAD:
        return CLOCK_THREAD_CPUTIME_ID;
    default:
        return CLOCK_REALTIME;
    }
}

static uint64_t nanoseconds(struct timespec time)
{
    return time.tv_sec < 0
               ? 0
               : (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

wasi_error wasi_clock_now(wasi_clock clock, uint64_t *time)
{
    struct timespec now;
    if (clock_gettime(clock_host(clock), &now) != 0)
        return wasi_error_last();
    *time = nanoseconds(now);
    return WASI_OK;
}

wasi_error wasi_clock_resolution(wasi_clock clock, uint64_t *time)
{
    struct timespec resolution;
    if (clock_getres(clock_host(clock), &resolution) != 0)
        return wasi_error_last();
    *time = nanoseconds(resolution);
    return WASI_OK;
}

wasi_error wasi_random(void *out, size_t size, const wasi_wait *wait)
{
    uint8_t *bytes = out;
    while (size) {
        size_t chunk =
            size < LIMIT_WASI_RANDOM_CHUNK ? size : LIMIT_WASI_RANDOM_CHUNK;
        ssize_t done = getrandom(bytes, chunk, 0);
        if (done < 0 && errno != EINTR)
            return wasi_error_last();
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        }
        if (size && wasi_wait_interrupted(wait))
            return WASI_ERROR_INTR;
    }
    return WASI_OK;
}

void wasi_yield(void)
{
    sched_yield();
}
