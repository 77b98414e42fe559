/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * poll_oneoff: waiting for several things at once. */
#include "wasi/preview1/call.h"

#include <string.h>
#include "base/limits.h"
#include "base/memory.h"

/* Subscription: userdata 0, kind 8, then for a clock: id 16, timeout 24,
 * precision 32, flags 40, and for a descriptor: number 16; 48 bytes.
 * Event: userdata 0, errno 8, kind 10, size 16, flags 24; 32 bytes. */
enum { SUBSCRIPTION = 48, EVENT = 32, ABSOLUTE = 1, HANGUP = 1 };

/* What has no place in a wasi_subscription. */
typedef struct extra {
    uint64_t userdata;
    p1_errno failed; /* found before the wait */
    uint8_t event;
} extra;

static p1_errno subscription_read(p1_call *call, const uint8_t *in,
                                  wasi_subscription *item, extra *more)
{
    more->userdata = wasi_p1_get64(in);
    uint32_t number = wasi_p1_get32(in + 16);
    if (in[8] > WASI_EVENT_WRITE)
        return P1_INVAL;
    more->event = in[8];
    item->event = (wasi_event)in[8];
    if (item->event == WASI_EVENT_CLOCK) {
        item->clock = (wasi_clock)number;
        item->timeout = wasi_p1_get64(in + 24);
        item->absolute = wasi_p1_get16(in + 40) & ABSOLUTE;
        if (number > WASI_CLOCK_THREAD)
            more->failed = P1_INVAL;
        return P1_SUCCESS;
    }
    uint64_t rights = P1_RIGHT(POLL_FD_READWRITE);
    rights |=
        item->event == WASI_EVENT_READ ? P1_RIGHT(FD_READ) : P1_RIGHT(FD_WRITE);
    more->failed = wasi_p1_descriptor(call, number, rights, &item->descriptor);
    return P1_SUCCESS;
}

static void event_write(uint8_t *out, const wasi_subscription *item,
                        const extra *more)
{
    p1_errno failed = more->failed ? more->failed : wasi_p1_errno(item->error);
    memset(out, 0, EVENT);
    wasi_p1_put64(out, more->userdata);
    wasi_p1_put16(out + 8, (uint16_t)failed);
    out[10] = more->event;
    wasi_p1_put64(out + 16, item->size);
    wasi_p1_put16(out + 24, item->hangup ? HANGUP : 0);
}

static p1_errno poll_run(p1_call *call, const uint8_t *in, uint8_t *out,
                         uint8_t *result, uint32_t count,
                         wasi_subscription *items, extra *more)
{
    bool failed = false;
    for (uint32_t i = 0; i < count; i++) {
        P1_TRY(subscription_read(call, in + (size_t)i * SUBSCRIPTION, &items[i],
                                 &more[i]));
        failed |= more[i].failed != P1_SUCCESS;
    }
    /* One that failed has happened: the others are looked at, not awaited.
     * The system half does so for a descriptor that is not there. */
    for (uint32_t i = 0; i < count && failed; i++)
        if (more[i].failed)
            items[i] = (wasi_subscription){.event = WASI_EVENT_READ};
    P1_TRY(wasi_p1_errno(wasi_poll(items, count, &call->wait)));
    uint32_t events = 0;
    for (uint32_t i = 0; i < count; i++)
        if (items[i].ready)
            event_write(out + (size_t)EVENT * events++, &items[i], &more[i]);
    wasi_p1_put32(result, events);
    return P1_SUCCESS;
}

p1_errno wasi_p1_poll_oneoff(p1_call *call, const rt_slot *args)
{
    uint8_t *in, *out, *result;
    uint32_t count = args[2].u32;
    if (!count || count > LIMIT_WASI_SUBSCRIPTIONS)
        return P1_INVAL;
    P1_TRY(
        wasi_p1_bytes(call, args[0].u32, (uint64_t)count * SUBSCRIPTION, &in));
    P1_TRY(wasi_p1_bytes(call, args[1].u32, (uint64_t)count * EVENT, &out));
    P1_TRY(wasi_p1_bytes(call, args[3].u32, 4, &result));
    wasi_subscription *items = mem_calloc(count, sizeof *items);
    extra *more = mem_calloc(count, sizeof *more);
    p1_errno bad = P1_NOMEM;
    if (items && more)
        bad = poll_run(call, in, out, result, count, items, more);
    for (uint32_t i = 0; items && i < count; i++)
        wasi_descriptor_release(items[i].descriptor);
    mem_free(items);
    mem_free(more);
    return bad;
}
