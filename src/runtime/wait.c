/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waiting on addresses of shared memories (threads proposal): a table of
 * queues, found by the address. */
#include <errno.h>
#include <time.h>
#include "base/error.h"
#include "platform/clock.h"
#include "runtime/memory.h"
#include "runtime/operations.h"

enum { BUCKETS = 64, SECOND = 1000000000, LOOK_NS = 10000000 };

/* On the waiting thread's stack; linked while it waits. */
typedef struct waiter {
    const void *address;
    bool woken;
    pthread_cond_t changed;
    struct waiter *next;
} waiter;

/* First come, first woken. */
typedef struct bucket {
    pthread_mutex_t lock;
    waiter *first;
} bucket;

static bucket buckets[BUCKETS];
static pthread_once_t buckets_once = PTHREAD_ONCE_INIT;

static void buckets_init(void)
{
    for (int i = 0; i < BUCKETS; i++)
        pthread_mutex_init(&buckets[i].lock, NULL);
}

static bucket *bucket_of(const void *address)
{
    pthread_once(&buckets_once, buckets_init);
    uint64_t hash = (uint64_t)(uintptr_t)address * 0x9e3779b97f4a7c15u;
    return &buckets[hash >> 58];
}

static void append(bucket *self, waiter *one)
{
    waiter **link = &self->first;
    while (*link)
        link = &(*link)->next;
    *link = one;
}

static void drop(bucket *self, waiter *one)
{
    waiter **link = &self->first;
    while (*link && *link != one)
        link = &(*link)->next;
    if (*link)
        *link = one->next;
}

static bool interrupted(const rt_context *context)
{
    return atomic_load_explicit(context->epoch, memory_order_relaxed) >=
           context->deadline;
}

static uint64_t end_of(int64_t timeout)
{
    uint64_t now = clock_monotonic();
    if (timeout < 0 || (uint64_t)timeout > UINT64_MAX - now)
        return UINT64_MAX;
    return now + (uint64_t)timeout;
}

/* Waits until woken, timed out or interrupted; the lock is held. With a
 * deadline it looks at the epoch now and then, since ticks wake nobody. */
static rt_trap_code sleep_on(rt_context *context, bucket *queue, waiter *self,
                             int64_t timeout)
{
    uint64_t end = end_of(timeout);
    bool watches = context->deadline != UINT64_MAX;
    while (!self->woken) {
        if (watches && interrupted(context))
            return RT_TRAP_DEADLINE;
        uint64_t now = clock_monotonic();
        if (now >= end)
            return RT_TRAP_NONE;
        uint64_t until = watches && end - now > LOOK_NS ? now + LOOK_NS : end;
        if (until == UINT64_MAX) {
            pthread_cond_wait(&self->changed, &queue->lock);
            continue;
        }
        uint64_t seconds = until / SECOND;
        struct timespec when = {seconds > INT32_MAX ? INT32_MAX
                                                    : (time_t)seconds,
                                (long)(until % SECOND)};
        pthread_cond_timedwait(&self->changed, &queue->lock, &when);
    }
    return RT_TRAP_NONE;
}

static bool equals(const void *address, uint64_t expected, unsigned size)
{
    if (size == 4)
        return __atomic_load_n((const uint32_t *)address, __ATOMIC_SEQ_CST) ==
               (uint32_t)expected;
    return __atomic_load_n((const uint64_t *)address, __ATOMIC_SEQ_CST) ==
           expected;
}

static rt_trap_code check(const rt_memory *memory, uint64_t at, unsigned size)
{
    if (!range_ok(at, size, memory_size(memory)))
        return RT_TRAP_MEMORY_BOUNDS;
    return at % size ? RT_TRAP_UNALIGNED_ATOMIC : RT_TRAP_NONE;
}

static rt_trap_code wait(rt_context *context, rt_memory *memory, uint64_t at,
                         unsigned size, uint64_t expected, int64_t timeout,
                         uint32_t *result)
{
    rt_trap_code code = check(memory, at, size);
    if (code)
        return code;
    if (!memory->shared)
        return RT_TRAP_SHARED_EXPECTED;
    waiter self = {.address = memory->base + at};
    bucket *queue = bucket_of(self.address);
    pthread_mutex_lock(&queue->lock);
    if (!equals(self.address, expected, size)) {
        pthread_mutex_unlock(&queue->lock);
        *result = 1;
        return RT_TRAP_NONE;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self.changed, &attributes);
    pthread_condattr_destroy(&attributes);
    append(queue, &self);
    code = sleep_on(context, queue, &self, timeout);
    if (!self.woken)
        drop(queue, &self);
    *result = self.woken ? 0 : 2;
    pthread_mutex_unlock(&queue->lock);
    pthread_cond_destroy(&self.changed);
    return code;
}

rt_trap_code rt_memory_wait32(rt_context *context, rt_memory *memory,
                              uint64_t at, uint32_t expected, int64_t timeout,
                              uint32_t *result)
{
    return wait(context, memory, at, 4, expected, timeout, result);
}

rt_trap_code rt_memory_wait64(rt_context *context, rt_memory *memory,
                              uint64_t at, uint64_t expected, int64_t timeout,
                              uint32_t *result)
{
    return wait(context, memory, at, 8, expected, timeout, result);
}

rt_trap_code rt_memory_notify(rt_memory *memory, uint64_t at, uint32_t count,
                              uint32_t *woken)
{
    rt_trap_code code = check(memory, at, 4);
    *woken = 0;
    if (code || !memory->shared)
        return code;
    const void *address = memory->base + at;
    bucket *queue = bucket_of(address);
    pthread_mutex_lock(&queue->lock);
    for (waiter **link = &queue->first; *link && *woken < count;) {
        waiter *one = *link;
        if (one->address != address) {
            link = &one->next;
            continue;
        }
        *link = one->next;
        one->woken = true;
        pthread_cond_signal(&one->changed);
        ++*woken;
    }
    pthread_mutex_unlock(&queue->lock);
    return RT_TRAP_NONE;
}
