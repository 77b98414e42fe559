/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Ends while standard input stays open and says nothing: a read that was
 * cancelled, one whose stream is gone, one that nobody will hear of. */
#include "guest.h"

static uint8_t bytes[16];

static void guest(void)
{
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t a, b, c;
    wasi_cli_stdin_read_via_stream(&a);
    wasi_cli_stdin_read_via_stream(&b);
    wasi_cli_stdin_read_via_stream(&c);
    CHECK(command_stream_u8_read(a.f0, bytes, 8) == BLOCKED);
    command_stream_u8_cancel_read(a.f0);
    CHECK(command_stream_u8_read(b.f0, bytes, 8) == BLOCKED);
    command_stream_u8_cancel_read(b.f0);
    command_stream_u8_drop_readable(b.f0);
    CHECK(ANSWER(cli_stdin, b.f1) == OK);
    CHECK(command_stream_u8_read(c.f0, bytes, 8) == BLOCKED);
    say("good");
}
