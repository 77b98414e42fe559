/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:io/poll and wasi:clocks. */
#include <poll.h>

#include "base/limits.h"
#include "wasi/preview2/socket.h"
#include "wasi/preview2/stream.h"

#define SECOND 1000000000u

/* Of its parent, or of a time. */
typedef struct p2_pollable {
    p2_object object;
    uint64_t due;
} p2_pollable;

p2_interest wasi_p2_interest(p2_object *object)
{
    switch (object->kind) {
    case P2_INPUT_STREAM:
        return wasi_p2_input_interest((p2_input *)(void *)object);
    case P2_OUTPUT_STREAM:
        return wasi_p2_output_interest((p2_output *)(void *)object);
    case P2_TCP_SOCKET:
    case P2_UDP_SOCKET:
    case P2_INCOMING_DATAGRAM_STREAM:
    case P2_OUTGOING_DATAGRAM_STREAM:
        return wasi_p2_socket_interest(object);
    case P2_POLLABLE:
        if (!object->parent)
            return P2_AT(((p2_pollable *)(void *)object)->due);
        return wasi_p2_interest(object->parent);
    default:
        return P2_NOW;
    }
}

bool wasi_p2_ready(p2_object *object)
{
    p2_interest interest = wasi_p2_interest(object);
    return wasi_p2_interest_ready(&interest);
}

whit_status wasi_p2_subscribe(p2_call *call, p2_object *object,
                              uint32_t *representation)
{
    p2_pollable *made = wasi_p2_object_new(P2_POLLABLE, sizeof *made, object);
    TRY_ALLOC(made, call->error);
    made->due = WASI_NEVER;
    return wasi_p2_give(call, &made->object, representation);
}

whit_status wasi_p2_pollable_ready(p2_call *call)
{
    p2_object *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_POLLABLE, &self));
    *(uint8_t *)call->result = wasi_p2_ready(self);
    return WHIT_OK;
}

whit_status wasi_p2_pollable_block(p2_call *call)
{
    p2_object *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_POLLABLE, &self));
    p2_interest interest = wasi_p2_interest(self);
    if (wasi_p2_interest_ready(&interest))
        return WHIT_OK;
    return wasi_p2_wait(call, &interest, 1);
}

/* The places of those that are ready; what each waits for to `interests`. */
static whit_status poll_look(p2_call *call, const p2_list *in,
                             p2_interest *interests, uint32_t *ready,
                             size_t *count)
{
    const uint32_t *handles = in->data;
    *count = 0;
    for (size_t i = 0; i < in->length; i++) {
        p2_object *pollable;
        TRY(wasi_p2_get(call, handles[i], P2_POLLABLE, &pollable));
        interests[i] = wasi_p2_interest(pollable);
        if (wasi_p2_interest_ready(&interests[i]))
            ready[(*count)++] = (uint32_t)i;
    }
    return WHIT_OK;
}

whit_status wasi_p2_poll_poll(p2_call *call)
{
    const p2_list *in = call->arguments;
    p2_list *out = call->result;
    if (!in->length || in->length > LIMIT_WASI_SUBSCRIPTIONS)
        return wasi_p2_trap(call, "poll of %zu pollables, not of 1 to %u",
                            in->length, LIMIT_WASI_SUBSCRIPTIONS);
    p2_interest *interests =
        wasi_p2_alloc(call, in->length * sizeof *interests);
    uint32_t *ready = wasi_p2_alloc(call, in->length * sizeof *ready);
    TRY_ALLOC(interests, call->error);
    TRY_ALLOC(ready, call->error);
    size_t count;
    TRY(poll_look(call, in, interests, ready, &count));
    if (!count)
        return wasi_p2_wait(call, interests, in->length);
    *out = (p2_list){ready, count};
    return WHIT_OK;
}

/* ---- Clocks ---- */

static whit_status clock_get(p2_call *call, wasi_clock clock, bool resolution,
                             uint64_t *out)
{
    wasi_error error = resolution ? wasi_clock_resolution(clock, out)
                                  : wasi_clock_now(clock, out);
    return error ? error_set(call->error, WHIT_IO, "clock: %s",
                             wasi_error_name(error))
                 : WHIT_OK;
}

whit_status wasi_p2_monotonic_clock_now(p2_call *call)
{
    return clock_get(call, WASI_CLOCK_MONOTONIC, false, call->result);
}

whit_status wasi_p2_monotonic_clock_resolution(p2_call *call)
{
    return clock_get(call, WASI_CLOCK_MONOTONIC, true, call->result);
}

static whit_status clock_subscribe(p2_call *call, uint64_t due)
{
    p2_pollable *made = wasi_p2_object_new(P2_POLLABLE, sizeof *made, NULL);
    TRY_ALLOC(made, call->error);
    made->due = due;
    return wasi_p2_give(call, &made->object, call->result);
}

whit_status wasi_p2_monotonic_clock_subscribe_instant(p2_call *call)
{
    return clock_subscribe(call, *(const uint64_t *)call->arguments);
}

whit_status wasi_p2_monotonic_clock_subscribe_duration(p2_call *call)
{
    uint64_t now;
    uint64_t duration = *(const uint64_t *)call->arguments;
    TRY(clock_get(call, WASI_CLOCK_MONOTONIC, false, &now));
    /* The last moment is for never. */
    return clock_subscribe(call, duration > WASI_NEVER - now ? WASI_NEVER
                                                             : now + duration);
}

static whit_status wall_clock(p2_call *call, bool resolution)
{
    uint64_t time;
    p2_datetime *out = call->result;
    TRY(clock_get(call, WASI_CLOCK_REALTIME, resolution, &time));
    out->seconds = time / SECOND;
    out->nanoseconds = (uint32_t)(time % SECOND);
    return WHIT_OK;
}

whit_status wasi_p2_wall_clock_now(p2_call *call)
{
    return wall_clock(call, false);
}

whit_status wasi_p2_wall_clock_resolution(p2_call *call)
{
    return wall_clock(call, true);
}

/* Guests live in UTC. */
whit_status wasi_p2_timezone_display(p2_call *call)
{
    struct {
        int32_t offset;
        p2_list name;
        uint8_t daylight_saving;
    } *out = call->result;
    out->name = (p2_list){"UTC", 3};
    return WHIT_OK;
}

whit_status wasi_p2_timezone_utc_offset(p2_call *call)
{
    *(int32_t *)call->result = 0;
    return WHIT_OK;
}
