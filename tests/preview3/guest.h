/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the guests of WASI 0.3 share: short names, checks, output. Each is a
 * wasi:cli/command on what `whit bind c --freestanding` writes; `run` may
 * wait, since it is a task of its own stack. */
#ifndef GUEST_H
#define GUEST_H

#include "command.h"

/* For names that are longer than a line. */
#define JOIN(a, b) JOIN_(a, b)
#define JOIN_(a, b) a##b

/* The same future has a name in each interface; its value is the same type
 * in those of an error-code. */
#define FUTURE(interface, verb) \
    JOIN(wasi_##interface##_future_result_void_error_code_, verb)
#define RESULT(interface) wasi_##interface##_result_void_error_code_t

typedef command_stream_u8_t stream_t;
typedef command_stream_u8_writer_t writer_t;

#define STATE(status) COMMAND_WAITABLE_STATE(status)
#define COUNT(status) COMMAND_WAITABLE_COUNT(status)
#define BLOCKED COMMAND_WAITABLE_STATUS_BLOCKED
enum { COMPLETED, DROPPED, CANCELLED };

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

/* What a future of the interface says: -1 for ok, else the code's number. */
#define ANSWER(interface, future)                        \
    ({                                                   \
        RESULT(interface) value = {0};                   \
        uint32_t asked = (future);                       \
        FUTURE(interface, read_blocking)(asked, &value); \
        FUTURE(interface, drop_readable)(asked);         \
        value.is_err ? CODE_##interface(value) : -1;     \
    })
#define CODE_cli_stdin(value) (int)(value).val.err
#define CODE_cli_stdout(value) (int)(value).val.err
#define CODE_cli_stderr(value) (int)(value).val.err
#define CODE_filesystem_types(value) (int)(value).val.err.tag
#define CODE_sockets_types(value) (int)(value).val.err.tag
enum { OK = -1 };

/* All of it, or as far as the reader goes. */
static inline size_t write_all(writer_t writer, const uint8_t *bytes,
                               size_t size)
{
    size_t sent = 0;
    while (sent < size) {
        command_waitable_status_t status =
            command_stream_u8_write_blocking(writer, bytes + sent, size - sent);
        sent += COUNT(status);
        if (STATE(status) != COMPLETED)
            break;
    }
    return sent;
}

static inline size_t read_some(stream_t stream, uint8_t *out, size_t size)
{
    return COUNT(command_stream_u8_read_blocking(stream, out, size));
}

/* Until `size` bytes or the end. */
static inline size_t read_all(stream_t stream, uint8_t *out, size_t size)
{
    size_t got = 0;
    while (got < size) {
        command_waitable_status_t status =
            command_stream_u8_read_blocking(stream, out + got, size - got);
        got += COUNT(status);
        if (STATE(status) != COMPLETED)
            break;
    }
    return got;
}

/* The status of an operation that was begun. */
static inline command_waitable_status_t settle(command_waitable_status_t status,
                                               uint32_t waitable)
{
    if (status != BLOCKED)
        return status;
    command_event_t event;
    command_waitable_set_t set = command_waitable_set_new();
    command_waitable_join(waitable, set);
    command_waitable_set_wait(set, &event);
    command_waitable_join(waitable, 0);
    command_waitable_set_drop(set);
    return event.code;
}

static void say(const char *text)
{
    writer_t writer;
    stream_t reader = command_stream_u8_new(&writer);
    uint32_t future = wasi_cli_stdout_write_via_stream(reader);
    write_all(writer, (const uint8_t *)text, text_length(text));
    command_stream_u8_drop_writable(writer);
    if (ANSWER(cli_stdout, future) != OK)
        failures++;
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

static inline bool equal(const uint8_t *bytes, size_t size, const char *text)
{
    if (size != text_length(text))
        return false;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != (uint8_t)text[i])
            return false;
    return true;
}

/* The guest's own. */
static void guest(void);

command_callback_code_t exports_wasi_cli_run_run(void)
{
    guest();
    exports_wasi_cli_run_run_return(
        (command_result_void_void_t){failures != 0});
    return COMMAND_CALLBACK_CODE_EXIT;
}

command_callback_code_t
exports_wasi_cli_run_run_callback(command_event_t *event)
{
    (void)event;
    return COMMAND_CALLBACK_CODE_EXIT;
}

#endif
