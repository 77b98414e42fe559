/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The three streams that every program has. */
#ifndef ADAPTER_STREAMS_H
#define ADAPTER_STREAMS_H

#include "memory.h"

/* Handles, from the first use on. */
GLOBAL(stdin_stream)
GLOBAL(stdout_stream)
GLOBAL(stderr_stream)
/* Two bits for each: whether it is known if it is a terminal, and if so. */
GLOBAL(terminals)

static u32 input(void)
{
    if (!stdin_stream())
        set_stdin_stream(get_stdin());
    return stdin_stream();
}

static u32 output(u32 number)
{
    if (number == 1) {
        if (!stdout_stream())
            set_stdout_stream(get_stdout());
        return stdout_stream();
    }
    if (!stderr_stream())
        set_stderr_stream(get_stderr());
    return stderr_stream();
}

/* The error resource of a failure is left alone: a stream fails once and is
 * closed from then on. */
static u32 write_all(u32 stream, const p1_iovec *list, u32 count, u32 *out)
{
    u32 total = 0, error = SUCCESS;
    for (; count && !error; count--, list++) {
        const u8 *data = list->data;
        for (u32 left = list->size; left && !error;) {
            u32 size = left < 4096 ? left : 4096;
            /* Inside, because the data may be where the result comes. */
            HOLD;
            stream_write(stream, data, size, LOW);
            if (LOW_BYTES[0])
                error = LOW_BYTES[4] ? PIPE : IO;
            else
                total += size;
            GIVE_BACK;
            data += size;
            left -= size;
        }
    }
    *out = total;
    return error;
}

/* At most what the first buffer that has room takes. */
static u32 read_some(const p1_iovec *list, u32 count, u32 *out)
{
    *out = 0;
    while (count && !list->size)
        list++, count--;
    if (!count)
        return SUCCESS;
    u32 stream = input(), size = list->size;
    u32 *result = beside(list->data, &size);
    HOLD_AT(result);
    set_sink((u32)list->data);
    set_sink_size(size);
    stream_read(stream, size, result);
    set_sink(0);
    u32 failed = (u8)result[0], closed = (u8)result[1], got = result[2];
    GIVE_BACK_AT(result);
    if (!failed)
        *out = got;
    /* Closed is the end, which is no error. */
    return failed && !closed ? IO : SUCCESS;
}

static u32 stream_type(u32 number)
{
    u32 shift = number * 2;
    if (!(terminals() >> shift & 1)) {
        HOLD;
        if (number == 0)
            get_terminal_stdin(LOW);
        else if (number == 1)
            get_terminal_stdout(LOW);
        else
            get_terminal_stderr(LOW);
        set_terminals(terminals() | (1u | (u32)LOW_BYTES[0] << 1) << shift);
        GIVE_BACK;
    }
    return terminals() >> shift & 2 ? TYPE_CHARACTER_DEVICE : TYPE_UNKNOWN;
}

static u32 stream_fdstat(u32 number, p1_fdstat *out)
{
    out->type = (u8)stream_type(number);
    out->flags = 0;
    out->rights = number ? RIGHTS_WRITING : RIGHTS_READING;
    out->inheriting = 0;
    return SUCCESS;
}

static u32 stream_filestat(u32 number, p1_filestat *out)
{
    __builtin_memset(out, 0, sizeof *out);
    out->type = stream_type(number);
    return SUCCESS;
}

#endif
