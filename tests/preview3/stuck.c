/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waits for what never comes: a read that was cancelled holds nothing up. */
#include "guest.h"

static uint8_t bytes[16];

static void guest(void)
{
    wasi_cli_stdin_tuple2_stream_u8_future_result_void_error_code_t a;
    wasi_cli_stdin_read_via_stream(&a);
    CHECK(command_stream_u8_read(a.f0, bytes, 8) == BLOCKED);
    command_stream_u8_cancel_read(a.f0);
    wasi_clocks_monotonic_clock_wait_for_blocking(UINT64_MAX);
}
