/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What has nothing to do with descriptors: arguments, environment, clocks,
 * randomness, the end. */
#ifndef ADAPTER_SYSTEM_H
#define ADAPTER_SYSTEM_H

#include "memory.h"

typedef struct text {
    u8 *data;
    u32 size;
} text;

/* The strings of a list whose elements are `parts` strings each: what they
 * take when each has one more byte behind it. */
static u32 measure(const text *list, u32 count, u32 parts, u32 *count_out,
                   u32 *size_out)
{
    u32 size = 0;
    *count_out = count;
    for (count *= parts; count; count--)
        size += list++->size + 1;
    *size_out = size;
    return SUCCESS;
}

static u32 lay_out(const text *list, u32 count, u32 parts, u8 **starts, u8 *to)
{
    for (; count; count--) {
        *starts++ = to;
        u32 part = parts;
        do {
            copy(to, list->data, list->size);
            to += list++->size;
            *to++ = part == 2 ? '=' : 0;
        } while (--part);
    }
    return SUCCESS;
}

#define WITH_LIST(get, action, ...)              \
    do {                                         \
        u32 mark = heap_next();                  \
        HOLD;                                    \
        set_sink(HEAP);                          \
        get(LOW);                                \
        set_sink(0);                             \
        const text *list = (const text *)LOW[0]; \
        u32 count = LOW[1];                      \
        GIVE_BACK;                               \
        action(list, count, __VA_ARGS__);        \
        forget(mark);                            \
        return SUCCESS;                          \
    } while (0)

EXPORT("args_sizes_get") u32 args_sizes_get(u32 *count_out, u32 *size_out)
{
    WITH_LIST(get_arguments, measure, 1, count_out, size_out);
}

EXPORT("args_get") u32 args_get(u8 **starts, u8 *to)
{
    WITH_LIST(get_arguments, lay_out, 1, starts, to);
}

EXPORT("environ_sizes_get") u32 environ_sizes_get(u32 *count_out, u32 *size_out)
{
    WITH_LIST(get_environment, measure, 2, count_out, size_out);
}

EXPORT("environ_get") u32 environ_get(u8 **starts, u8 *to)
{
    WITH_LIST(get_environment, lay_out, 2, starts, to);
}

static inline __attribute__((always_inline)) u64 wall_time(void (*get)(void *))
{
    HOLD;
    get(LOW);
    u64 time = LOW_WIDE[0] * 1000000000 + LOW[2];
    GIVE_BACK;
    return time;
}

EXPORT("clock_time_get") u32 clock_time_get(u32 clock, u64 precision, u64 *out)
{
    (void)precision;
    if (clock > 1)
        return INVAL;
    *out = clock ? monotonic_now() : wall_time(wall_now);
    return SUCCESS;
}

EXPORT("clock_res_get") u32 clock_res_get(u32 clock, u64 *out)
{
    if (clock > 1)
        return INVAL;
    *out = clock ? monotonic_resolution() : wall_time(wall_resolution);
    return SUCCESS;
}

EXPORT("random_get") u32 random_get(u8 *to, u32 left)
{
    while (left) {
        u32 size = left;
        u32 *result = beside(to, &size);
        HOLD_AT(result);
        set_sink((u32)to);
        set_sink_size(size);
        get_random_bytes(size, result);
        set_sink(0);
        GIVE_BACK_AT(result);
        to += size;
        left -= size;
    }
    return SUCCESS;
}

/* Codes beyond failure and success came with 0.2.12; few hosts have them. */
EXPORT("proc_exit") void proc_exit(u32 code)
{
    exit_with(code != 0);
    __builtin_trap();
}

EXPORT("proc_raise") u32 proc_raise(u32 signal)
{
    (void)signal;
    return NOTSUP;
}

EXPORT("sched_yield") u32 sched_yield(void)
{
    return SUCCESS;
}

EXPORT("wasi:cli/run@0.2.0#run") u32 run(void)
{
    main_start();
    return 0;
}

#endif
