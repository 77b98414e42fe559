/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the guests of WASI 0.2 share: short names, checks, output. Each is a
 * wasi:cli/command on what `whit bind c --freestanding` writes. */
#ifndef GUEST_H
#define GUEST_H

#include "command.h"

typedef wasi_io_streams_own_input_stream_t input_t;
typedef wasi_io_streams_own_output_stream_t output_t;
typedef wasi_io_poll_own_pollable_t pollable_t;
typedef wasi_io_streams_stream_error_t stream_error_t;

#define IN(x) wasi_io_streams_borrow_input_stream(x)
#define OUT(x) wasi_io_streams_borrow_output_stream(x)
#define POLLABLE(x) wasi_io_poll_borrow_pollable(x)
#define drop_input wasi_io_streams_input_stream_drop_own
#define drop_output wasi_io_streams_output_stream_drop_own
#define drop_pollable wasi_io_poll_pollable_drop_own

/* For names that are longer than a line. */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##b

static int failures;

static size_t text_length(const char *text)
{
    size_t size = 0;
    while (text[size])
        size++;
    return size;
}

static inline command_string_t string_of(const char *text)
{
    return (command_string_t){(uint8_t *)(uintptr_t)text, text_length(text)};
}

static command_list_u8_t bytes_of(const char *text)
{
    return (command_list_u8_t){(uint8_t *)(uintptr_t)text, text_length(text)};
}

/* Short texts only. */
static bool write_to(output_t output, const char *text)
{
    command_list_u8_t bytes = bytes_of(text);
    stream_error_t error;
    return wasi_io_streams_method_output_stream_blocking_write_and_flush(
        OUT(output), &bytes, &error);
}

static void say(const char *text)
{
    output_t output = wasi_cli_stdout_get_stdout();
    write_to(output, text);
    drop_output(output);
}

static void say_number(uint64_t value)
{
    char text[24];
    int at = 23;
    text[at] = 0;
    do
        text[--at] = (char)('0' + value % 10);
    while (value /= 10);
    say(text + at);
}

static inline void check(bool condition, int line, const char *what)
{
    if (condition)
        return;
    failures++;
    say("line ");
    say_number((uint64_t)line);
    say(": ");
    say(what);
    say("\n");
}

#define CHECK(condition) check((condition), __LINE__, #condition)
/* A call that fails with this code; `error` is the call's. */
#define FAILS(code, call) CHECK(!(call) && error == (code))

static inline void block(pollable_t pollable)
{
    wasi_io_poll_method_pollable_block(POLLABLE(pollable));
    drop_pollable(pollable);
}

static inline bool equal(command_list_u8_t bytes, const char *text)
{
    if (bytes.len != text_length(text))
        return false;
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] != (uint8_t)text[i])
            return false;
    return true;
}

#endif
