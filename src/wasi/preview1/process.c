/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Arguments, environment, clocks, random bytes, exit and signals. */
#include "wasi/preview1/call.h"

#include <string.h>

static p1_errno texts_sizes(p1_call *call, const wasi_texts *texts,
                            const rt_slot *args)
{
    uint8_t *count, *size;
    P1_TRY(wasi_p1_bytes(call, args[0].u32, 4, &count));
    P1_TRY(wasi_p1_bytes(call, args[1].u32, 4, &size));
    wasi_p1_put32(count, texts->count);
    wasi_p1_put32(size, (uint32_t)texts->bytes.size);
    return P1_SUCCESS;
}

/* The texts, and a list of their addresses. */
static p1_errno texts_get(p1_call *call, const wasi_texts *texts,
                          const rt_slot *args)
{
    uint8_t *list, *bytes;
    size_t size = texts->bytes.size;
    P1_TRY(wasi_p1_bytes(call, args[0].u32, (uint64_t)texts->count * 4, &list));
    P1_TRY(wasi_p1_bytes(call, args[1].u32, size, &bytes));
    if (size)
        memcpy(bytes, texts->bytes.data, size);
    const char *text = (const char *)texts->bytes.data;
    for (uint32_t i = 0; i < texts->count; i++) {
        size_t offset = (size_t)(text - (const char *)texts->bytes.data);
        wasi_p1_put32(list + 4 * (size_t)i, args[1].u32 + (uint32_t)offset);
        text += strlen(text) + 1;
    }
    return P1_SUCCESS;
}

p1_errno wasi_p1_args_get(p1_call *call, const rt_slot *args)
{
    return texts_get(call, &call->system->arguments, args);
}

p1_errno wasi_p1_args_sizes_get(p1_call *call, const rt_slot *args)
{
    return texts_sizes(call, &call->system->arguments, args);
}

p1_errno wasi_p1_environ_get(p1_call *call, const rt_slot *args)
{
    return texts_get(call, &call->system->environment, args);
}

p1_errno wasi_p1_environ_sizes_get(p1_call *call, const rt_slot *args)
{
    return texts_sizes(call, &call->system->environment, args);
}

p1_errno wasi_p1_clock_res_get(p1_call *call, const rt_slot *args)
{
    uint64_t time = 0;
    if (args[0].u32 > WASI_CLOCK_THREAD)
        return P1_INVAL;
    P1_TRY(
        wasi_p1_errno(wasi_clock_resolution((wasi_clock)args[0].u32, &time)));
    return wasi_p1_out64(call, args[1].u32, time);
}

p1_errno wasi_p1_clock_time_get(p1_call *call, const rt_slot *args)
{
    uint64_t time = 0;
    if (args[0].u32 > WASI_CLOCK_THREAD)
        return P1_INVAL;
    P1_TRY(wasi_p1_errno(wasi_clock_now((wasi_clock)args[0].u32, &time)));
    return wasi_p1_out64(call, args[2].u32, time);
}

p1_errno wasi_p1_random_get(p1_call *call, const rt_slot *args)
{
    uint8_t *out;
    P1_TRY(wasi_p1_bytes(call, args[0].u32, args[1].u32, &out));
    return wasi_p1_errno(wasi_random(out, args[1].u32, &call->wait));
}

p1_errno wasi_p1_sched_yield(p1_call *call, const rt_slot *args)
{
    (void)call, (void)args;
    wasi_yield();
    return P1_SUCCESS;
}

static p1_errno guest_exit(p1_call *call, uint32_t code, const char *how,
                           uint32_t detail)
{
    atomic_store(&call->system->exit_code, code);
    atomic_store(&call->system->exited, true);
    call->status = error_set(call->error, WHIT_EXIT, how, detail);
    return P1_SUCCESS;
}

p1_errno wasi_p1_proc_exit(p1_call *call, const rt_slot *args)
{
    return guest_exit(call, args[0].u32, "the guest exited with code %u",
                      args[0].u32);
}

/* What a signal does to a process that does not handle it; ending it is an
 * exit with the code a shell would show, 128 and the number. */
p1_errno wasi_p1_proc_raise(p1_call *call, const rt_slot *args)
{
    enum {
        LAST = 30,
        IGNORED = 1 << 0 | 1 << 13 | 1 << 16 | 1 << 17 | 1 << 22 | 1 << 27,
        STOPS = 1 << 18 | 1 << 19 | 1 << 20 | 1 << 21
    };
    uint32_t signal = args[0].u32;
    if (signal > LAST)
        return P1_INVAL;
    if (1u << signal & IGNORED)
        return P1_SUCCESS;
    if (1u << signal & STOPS)
        return P1_NOTSUP;
    return guest_exit(call, 128 + signal, "the guest raised signal %u", signal);
}
