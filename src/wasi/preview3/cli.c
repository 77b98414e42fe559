/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:cli: standard streams; wasi:clocks; a seed. The rest is that
 * of 0.2. */
#include <poll.h>
#include <string.h>

#include "base/memory.h"
#include "wasi/preview2/stream.h"
#include "wasi/preview3/stream.h"

#define SECOND 1000000000u

/* ---- Standard streams ---- */

static void stdio_encode(wasi_error error, void *out)
{
    enum { IO, ILLEGAL_BYTE_SEQUENCE, PIPE };
    *(p2_result *)out = (p2_result){
        error ? P2_ERR : P2_OK,
        error == WASI_ERROR_ILSEQ  ? ILLEGAL_BYTE_SEQUENCE
        : error == WASI_ERROR_PIPE ? PIPE
                                   : IO,
    };
}

static whit_status standard(p2_call *call, uint32_t number,
                            wasi_descriptor **out)
{
    return wasi_table_get(&call->world->system->table, number, out) == WASI_OK
               ? WHIT_OK
               : wasi_p2_trap(call, "a standard stream is closed");
}

whit_status wasi_p3_stdin_read_via_stream(p2_call *call)
{
    p3_bytes bytes = {.standard = true};
    TRY(standard(call, 0, &bytes.descriptor));
    whit_status status =
        wasi_p3_bytes_read(call, &bytes, stdio_encode, WASI_OK);
    wasi_descriptor_release(bytes.descriptor);
    return status;
}

/* Through the sink that 0.2 has, which keeps the order between both, and what
 * it has when the guest exits. */
typedef struct output {
    p3_sink sink;
    p2_sink *target;
} output;

static p2_sink *target_of(const p3_sink *sink)
{
    return ((const output *)(const void *)sink)->target;
}

static wasi_error output_put(p3_sink *sink, const uint8_t *bytes, size_t size,
                             size_t *done)
{
    p2_sink *target = target_of(sink);
    buffer_append(&target->pending, bytes, size);
    if (target->pending.failed)
        return WASI_ERROR_NOMEM;
    *done = size;
    (void)wasi_p2_sink_drain(target);
    return target->error;
}

static wasi_error output_finish(p3_sink *sink)
{
    p2_sink *target = target_of(sink);
    return wasi_p2_sink_drain(target) ? target->error : WASI_ERROR_AGAIN;
}

static p2_interest output_interest(const p3_sink *sink)
{
    return wasi_p2_descriptor_interest(target_of(sink)->descriptor, POLLOUT);
}

static void output_release(p3_sink *sink)
{
    wasi_p2_sink_release(target_of(sink));
}

static whit_status target_get(p2_call *call, uint32_t number, p2_sink **out)
{
    p2_sink **sink = &call->world->sinks[number - 1];
    if (!*sink) {
        wasi_descriptor *descriptor;
        TRY(standard(call, number, &descriptor));
        *sink = wasi_p2_sink_new(call->world, descriptor);
        wasi_descriptor_release(descriptor);
        TRY_ALLOC(*sink, call->error);
    }
    *out = *sink;
    return WHIT_OK;
}

static whit_status output_write(p2_call *call, uint32_t number)
{
    static const p3_consumer consumer = {
        output_put, output_finish, output_interest, output_release, true,
    };
    uint32_t data = *(const uint32_t *)call->arguments;
    p2_sink *target = NULL;
    p3_future *future;
    TRY(target_get(call, number, &target));
    TRY(wasi_p3_future_new(call, canon_host_call_type(call->host)->element,
                           stdio_encode, call->result, &future));
    if (target->error)
        return wasi_p3_sink_failed(call, data, future, target->error);
    output *made = mem_zalloc(sizeof *made);
    TRY_ALLOC(made, call->error);
    made->sink.consumer = &consumer;
    made->target = target;
    target->references++;
    return wasi_p3_sink_start(call, &made->sink, data, future);
}

whit_status wasi_p3_stdout_write_via_stream(p2_call *call)
{
    return output_write(call, 1);
}

whit_status wasi_p3_stderr_write_via_stream(p2_call *call)
{
    return output_write(call, 2);
}

/* ---- Clocks ---- */

static whit_status clock_answer(p2_call *call, wasi_error error)
{
    return error ? error_set(call->error, WHIT_IO, "clock: %s",
                             wasi_error_name(error))
                 : WHIT_OK;
}

/* Called once more when it is time. */
static whit_status wait_until(p2_call *call, uint64_t due)
{
    if (call->wait)
        return WHIT_OK;
    p2_interest interest = P2_AT(due);
    return wasi_p2_wait(call, &interest, 1);
}

whit_status wasi_p3_monotonic_clock_wait_until(p2_call *call)
{
    uint64_t now;
    uint64_t due = *(const uint64_t *)call->arguments;
    TRY(clock_answer(call, wasi_clock_now(WASI_CLOCK_MONOTONIC, &now)));
    return due <= now ? WHIT_OK : wait_until(call, due);
}

whit_status wasi_p3_monotonic_clock_wait_for(p2_call *call)
{
    uint64_t now;
    uint64_t duration = *(const uint64_t *)call->arguments;
    TRY(clock_answer(call, wasi_clock_now(WASI_CLOCK_MONOTONIC, &now)));
    /* The last moment is for never. */
    return wait_until(call, duration > WASI_NEVER - now ? WASI_NEVER
                                                        : now + duration);
}

whit_status wasi_p3_system_clock_now(p2_call *call)
{
    uint64_t time;
    TRY(clock_answer(call, wasi_clock_now(WASI_CLOCK_REALTIME, &time)));
    *(p3_instant *)call->result =
        (p3_instant){(int64_t)(time / SECOND), (uint32_t)(time % SECOND)};
    return WHIT_OK;
}

whit_status wasi_p3_system_clock_get_resolution(p2_call *call)
{
    return clock_answer(
        call, wasi_clock_resolution(WASI_CLOCK_REALTIME, call->result));
}

/* Guests live in UTC. */
whit_status wasi_p3_timezone_iana_id(p2_call *call)
{
    struct {
        uint8_t tag;
        p2_list name;
    } *out = call->result;
    out->tag = P2_SOME;
    out->name = (p2_list){"UTC", 3};
    return WHIT_OK;
}

whit_status wasi_p3_timezone_utc_offset(p2_call *call)
{
    struct {
        uint8_t tag;
        int64_t offset;
    } *out = call->result;
    out->tag = P2_SOME;
    out->offset = 0;
    return WHIT_OK;
}

whit_status wasi_p3_timezone_to_debug_string(p2_call *call)
{
    *(p2_list *)call->result = (p2_list){"UTC", 3};
    return WHIT_OK;
}

/* ---- Random ---- */

/* The same whenever it is asked for. */
whit_status wasi_p3_insecure_seed_get_insecure_seed(p2_call *call)
{
    p3_world *world = wasi_p3_world(call);
    if (!world->seeded) {
        p2_call inner = *call;
        inner.result = world->seed;
        TRY(wasi_p2_insecure_seed_insecure_seed(&inner));
        world->seeded = true;
    }
    memcpy(call->result, world->seed, sizeof world->seed);
    return WHIT_OK;
}
