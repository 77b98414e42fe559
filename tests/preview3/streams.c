/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Standard streams and clocks: what is read and not taken, cancelled, dropped
 * in every order. Finds 10 digits, says "?", finds "abc" and the end. */
#include "guest.h"

static wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t
open_input(void)
{
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t pair;
    wasi_cli_stdin_read_via_stream(&pair);
    return pair;
}

/* A stream that is dropped leaves the rest to the next. */
static void input_is_kept(void)
{
    uint8_t bytes[16];
    __typeof__(open_input()) a = open_input(), b;
    CHECK(equal(bytes, read_all(a.f0, bytes, 4), "0123"));
    command_stream_u8_drop_readable(a.f0);
    CHECK(ANSWER(cli_stdin, a.f1) == OK);
    b = open_input();
    CHECK(equal(bytes, read_all(b.f0, bytes, 6), "456789"));
    /* The future goes first: nobody hears how it ended. */
    FUTURE(cli_stdin, drop_readable)(b.f1);
    command_stream_u8_drop_readable(b.f0);
}

static void reads_are_cancelled(void)
{
    uint8_t bytes[16];
    __typeof__(open_input()) a = open_input();
    CHECK(command_stream_u8_read(a.f0, bytes, sizeof bytes) == BLOCKED);
    wasi_clocks_monotonic_clock_wait_for_blocking(1000000);
    command_waitable_status_t status = command_stream_u8_cancel_read(a.f0);
    CHECK(STATE(status) == CANCELLED && COUNT(status) == 0);
    /* Once more, and it goes on where it was. */
    CHECK(command_stream_u8_read(a.f0, bytes, 0) == BLOCKED);
    status = command_stream_u8_cancel_read(a.f0);
    CHECK(STATE(status) == CANCELLED && COUNT(status) == 0);
    command_waitable_status_t read = command_stream_u8_read(a.f0, bytes, 3);
    CHECK(read == BLOCKED);
    say("?");
    read = settle(read, a.f0);
    CHECK(equal(bytes, COUNT(read), "abc"));
    CHECK(STATE(command_stream_u8_read_blocking(a.f0, bytes, 3)) == DROPPED);
    CHECK(ANSWER(cli_stdin, a.f1) == OK);
    command_stream_u8_drop_readable(a.f0);
    a = open_input(); /* the end stays the end */
    CHECK(STATE(command_stream_u8_read_blocking(a.f0, bytes, 3)) == DROPPED);
    command_stream_u8_drop_readable(a.f0);
    CHECK(ANSWER(cli_stdin, a.f1) == OK);
}

static void waits_are_cancelled(void)
{
    uint64_t now = wasi_clocks_monotonic_clock_now();
    command_subtask_status_t wait =
        wasi_clocks_monotonic_clock_wait_for(UINT64_MAX);
    CHECK(COMMAND_SUBTASK_STATE(wait) == COMMAND_SUBTASK_STARTED);
    CHECK(COMMAND_SUBTASK_STATE(command_subtask_cancel(COMMAND_SUBTASK_HANDLE(
              wait))) == COMMAND_SUBTASK_RETURNED_CANCELLED);
    command_subtask_drop(COMMAND_SUBTASK_HANDLE(wait));
    wait = wasi_clocks_monotonic_clock_wait_until(now);
    CHECK(COMMAND_SUBTASK_STATE(wait) == COMMAND_SUBTASK_RETURNED);
    wasi_clocks_monotonic_clock_wait_until_blocking(now + 2000000);
    CHECK(wasi_clocks_monotonic_clock_now() >= now + 2000000);
    wasi_clocks_system_clock_instant_t instant;
    wasi_clocks_system_clock_now(&instant);
    CHECK(instant.seconds > 1600000000 && instant.nanoseconds < 1000000000);
    CHECK(wasi_clocks_system_clock_get_resolution() > 0);
}

static void output_in_every_order(void)
{
    writer_t writer;
    stream_t reader = command_stream_u8_new(&writer);
    uint32_t future = wasi_cli_stdout_write_via_stream(reader);
    /* Nobody asks how it ended; what was written comes out. */
    FUTURE(cli_stdout, drop_readable)(future);
    CHECK(write_all(writer, (const uint8_t *)"|one", 4) == 4);
    CHECK(COUNT(command_stream_u8_write_blocking(writer, NULL, 0)) == 0);
    command_stream_u8_drop_writable(writer);
    /* A writer that is gone before anything was written. */
    reader = command_stream_u8_new(&writer);
    command_stream_u8_drop_writable(writer);
    CHECK(ANSWER(cli_stdout, wasi_cli_stdout_write_via_stream(reader)) == OK);
    say("|end");
}

static void guest(void)
{
    uint64_t a[2], b[2];
    command_tuple2_u64_u64_t seed;
    input_is_kept();
    waits_are_cancelled();
    reads_are_cancelled();
    output_in_every_order();
    wasi_random_insecure_seed_get_insecure_seed(&seed);
    a[0] = seed.f0, a[1] = seed.f1;
    wasi_random_insecure_seed_get_insecure_seed(&seed);
    b[0] = seed.f0, b[1] = seed.f1;
    CHECK(a[0] == b[0] && a[1] == b[1]);
}
