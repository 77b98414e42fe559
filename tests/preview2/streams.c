/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Standard streams, pollables and clocks. Standard input is "0123456789" at
 * once and "abc" later, then ends. */
#include "guest.h"

static void clocks(void)
{
    uint64_t start = wasi_clocks_monotonic_clock_now();
    pollable_t soon = wasi_clocks_monotonic_clock_subscribe_duration(20000000);
    pollable_t past = wasi_clocks_monotonic_clock_subscribe_instant(1);
    pollable_t never =
        wasi_clocks_monotonic_clock_subscribe_duration(UINT64_MAX);
    CHECK(wasi_io_poll_method_pollable_ready(POLLABLE(past)));
    CHECK(!wasi_io_poll_method_pollable_ready(POLLABLE(never)));
    wasi_io_poll_borrow_pollable_t both[] = {POLLABLE(never), POLLABLE(soon)};
    wasi_io_poll_list_borrow_pollable_t list = {both, 2};
    command_list_u32_t ready;
    wasi_io_poll_poll(&list, &ready);
    CHECK(ready.len == 1 && ready.ptr[0] == 1);
    CHECK(wasi_clocks_monotonic_clock_now() - start >= 20000000);
    command_list_u32_free(&ready);
    both[0] = both[1] = POLLABLE(past);
    wasi_io_poll_poll(&list, &ready);
    CHECK(ready.len == 2 && ready.ptr[0] == 0 && ready.ptr[1] == 1);
    command_list_u32_free(&ready);
    CHECK(wasi_io_poll_method_pollable_ready(POLLABLE(soon)));
    drop_pollable(soon);
    drop_pollable(past);
    drop_pollable(never);
    wasi_clocks_wall_clock_datetime_t time;
    wasi_clocks_wall_clock_now(&time);
    CHECK(time.seconds > 1700000000 && time.nanoseconds < 1000000000);
    CHECK(wasi_clocks_monotonic_clock_resolution() > 0);
}

static void input(void)
{
    input_t in = wasi_cli_stdin_get_stdin();
    output_t out = wasi_cli_stdout_get_stdout();
    stream_error_t error;
    command_list_u8_t bytes;
    uint64_t size;
    CHECK(wasi_io_streams_method_input_stream_blocking_read(IN(in), 3, &bytes,
                                                            &error));
    CHECK(equal(bytes, "012"));
    command_list_u8_free(&bytes);
    CHECK(wasi_io_streams_method_input_stream_skip(IN(in), 2, &size, &error));
    CHECK(size == 2);
    CHECK(wasi_io_streams_method_input_stream_read(IN(in), 0, &bytes, &error));
    CHECK(bytes.len == 0);
    CHECK(wasi_io_streams_method_output_stream_splice(OUT(out), IN(in), 3,
                                                      &size, &error));
    CHECK(size == 3); /* 567 */
    CHECK(wasi_io_streams_method_output_stream_blocking_splice(
        OUT(out), IN(in), 100, &size, &error));
    CHECK(size == 2); /* 89 */
    /* Nothing is there now: reading gives nothing, a pollable is not ready. */
    CHECK(wasi_io_streams_method_input_stream_read(IN(in), 9, &bytes, &error));
    CHECK(bytes.len == 0);
    pollable_t readable = wasi_io_streams_method_input_stream_subscribe(IN(in));
    CHECK(!wasi_io_poll_method_pollable_ready(POLLABLE(readable)));
    say("?"); /* asks the test for more */
    block(readable);
    CHECK(wasi_io_streams_method_input_stream_blocking_skip(IN(in), 1, &size,
                                                            &error));
    CHECK(wasi_io_streams_method_input_stream_blocking_read(IN(in), 99, &bytes,
                                                            &error));
    CHECK(equal(bytes, "bc"));
    command_list_u8_free(&bytes);
    CHECK(!wasi_io_streams_method_input_stream_blocking_read(IN(in), 9, &bytes,
                                                             &error));
    CHECK(error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
    CHECK(!wasi_io_streams_method_output_stream_blocking_splice(
        OUT(out), IN(in), 9, &size, &error));
    CHECK(error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
    /* The pollable keeps what it needs of a stream that is dropped. */
    readable = wasi_io_streams_method_input_stream_subscribe(IN(in));
    drop_input(in);
    block(readable);
    drop_output(out);
}

static void output(void)
{
    output_t out = wasi_cli_stdout_get_stdout();
    stream_error_t error;
    uint64_t size;
    command_list_u8_t bytes = bytes_of("|written|");
    CHECK(wasi_io_streams_method_output_stream_check_write(OUT(out), &size,
                                                           &error));
    CHECK(size >= 9);
    CHECK(wasi_io_streams_method_output_stream_write(OUT(out), &bytes, &error));
    CHECK(wasi_io_streams_method_output_stream_flush(OUT(out), &error));
    block(wasi_io_streams_method_output_stream_subscribe(OUT(out)));
    CHECK(wasi_io_streams_method_output_stream_check_write(OUT(out), &size,
                                                           &error));
    CHECK(
        wasi_io_streams_method_output_stream_write_zeroes(OUT(out), 3, &error));
    CHECK(
        wasi_io_streams_method_output_stream_blocking_flush(OUT(out), &error));
    CHECK(wasi_io_streams_method_output_stream_blocking_write_zeroes_and_flush(
        OUT(out), 2, &error));
    CHECK(write_to(out, "|end\n"));
    drop_output(out);
}

bool exports_wasi_cli_run_run(void)
{
    wasi_cli_terminal_input_own_terminal_input_t terminal;
    clocks();
    CHECK(!wasi_cli_terminal_stdin_get_terminal_stdin(&terminal));
    input();
    output();
    command_list_u8_t bytes;
    wasi_random_random_get_random_bytes(100, &bytes);
    CHECK(bytes.len == 100);
    command_list_u8_free(&bytes);
    CHECK(wasi_random_random_get_random_u64() !=
          wasi_random_insecure_get_insecure_random_u64());
    return !failures;
}
