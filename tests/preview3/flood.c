/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * More output than a pipe holds, by two streams one after the other, and an
 * exit before the host took it: all of it must come out, in order. */
#include "guest.h"

static uint8_t block[400000];

static void fill(uint8_t letter)
{
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = letter;
}

static void guest(void)
{
    writer_t writer;
    stream_t reader = command_stream_u8_new(&writer);
    uint32_t future = wasi_cli_stdout_write_via_stream(reader);
    fill('a');
    CHECK(write_all(writer, block, sizeof block) == sizeof block);
    command_stream_u8_drop_writable(writer);
    CHECK(ANSWER(cli_stdout, future) == OK);
    reader = command_stream_u8_new(&writer);
    wasi_cli_stdout_write_via_stream(reader);
    fill('b');
    CHECK(write_all(writer, block, sizeof block) == sizeof block);
    wasi_cli_exit_exit_with_code(failures ? 1 : 42);
}
