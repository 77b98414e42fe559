/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * More output than a pipe holds, by two streams of one descriptor, then an
 * exit: all of it must come out, in order. */
#include "guest.h"

static uint8_t block_bytes[40000];

static void write_some(output_t out, uint8_t letter)
{
    stream_error_t error;
    uint64_t permit = 0;
    for (size_t i = 0; i < sizeof block_bytes; i++)
        block_bytes[i] = letter;
    for (size_t sent = 0; sent < sizeof block_bytes;) {
        CHECK(wasi_io_streams_method_output_stream_check_write(
            OUT(out), &permit, &error));
        if (!permit) {
            block(wasi_io_streams_method_output_stream_subscribe(OUT(out)));
            continue;
        }
        size_t left = sizeof block_bytes - sent;
        command_list_u8_t bytes = {block_bytes, left < permit ? left : permit};
        CHECK(wasi_io_streams_method_output_stream_write(OUT(out), &bytes,
                                                         &error));
        sent += bytes.len;
    }
}

bool exports_wasi_cli_run_run(void)
{
    output_t a = wasi_cli_stdout_get_stdout();
    output_t b = wasi_cli_stdout_get_stdout();
    for (int i = 0; i < 10; i++) {
        write_some(a, 'a');
        write_some(b, 'b');
    }
    wasi_cli_exit_exit_with_code(failures ? 1 : 42);
    return true;
}
