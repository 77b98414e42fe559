/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Standard output that nobody reads any more: the stream is dropped, and the
 * future says why. */
#include "guest.h"

static uint8_t block[100000];

static void guest(void)
{
    enum { PIPE = 2 };
    writer_t writer;
    uint8_t byte;
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t in;
    wasi_cli_stdin_read_via_stream(&in);
    read_some(in.f0, &byte, 1); /* now the reader is gone */
    stream_t reader = command_stream_u8_new(&writer);
    uint32_t future = wasi_cli_stdout_write_via_stream(reader);
    size_t sent = 0;
    command_waitable_status_t status;
    do {
        status = command_stream_u8_write_blocking(writer, block, sizeof block);
        sent += COUNT(status);
    } while (STATE(status) == COMPLETED && sent < 10 * sizeof block);
    failures += STATE(status) != DROPPED;
    failures += ANSWER(cli_stdout, future) != PIPE;
    command_stream_u8_drop_writable(writer);
}
