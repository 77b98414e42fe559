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
    HOLD;
    u32 total = 0, failed = 0;
    for (; count; count--, list++) {
        const u8 *data = list->data;
        for (u32 left = list->size; left;) {
            u32 size = left < 4096 ? left : 4096;
            stream_write(stream, data, size, LOW);
            failed = LOW_BYTES[0];
            if (failed)
                goto end;
            data += size;
            left -= size;
            total += size;
        }
    }
end:
    failed = failed ? LOW_BYTES[4] ? PIPE : IO : 0;
    GIVE_BACK;
    *out = total;
    return failed;
}

/* Up to the end of the first buffer that has room. */
static u32 read_some(const p1_iovec *list, u32 count, u32 *out)
{
    *out = 0;
    for (; count; count--, list++) {
        if (!list->size)
            continue;
        u32 stream = input();
        HOLD;
        set_sink((u32)list->data);
        set_sink_size(list->size);
        stream_read(stream, list->size, LOW);
        set_sink(0);
        u32 failed = LOW_BYTES[0];
        u32 size = LOW[2];
        /* Closed is the end, which is no error. */
        u32 error = failed && !LOW_BYTES[4] ? IO : SUCCESS;
        GIVE_BACK;
        if (!failed)
            *out = size;
        return error;
    }
    return SUCCESS;
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
