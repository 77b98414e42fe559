/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Prints arguments and environment, a line each. */
#include "guest.h"

static void print(const command_string_t *text)
{
    output_t out = wasi_cli_stdout_get_stdout();
    stream_error_t error;
    command_list_u8_t bytes = {text->ptr, text->len};
    CHECK(wasi_io_streams_method_output_stream_blocking_write_and_flush(
        OUT(out), &bytes, &error));
    drop_output(out);
}

bool exports_wasi_cli_run_run(void)
{
    command_list_string_t arguments;
    command_list_tuple2_string_string_t variables;
    wasi_cli_environment_get_arguments(&arguments);
    for (size_t i = 1; i < arguments.len; i++) {
        print(&arguments.ptr[i]);
        say("\n");
    }
    wasi_cli_environment_get_environment(&variables);
    for (size_t i = 0; i < variables.len; i++) {
        print(&variables.ptr[i].f0);
        say(" is ");
        print(&variables.ptr[i].f1);
        say("\n");
    }
    command_list_string_free(&arguments);
    command_list_tuple2_string_string_free(&variables);
    command_string_t cwd;
    CHECK(!wasi_cli_environment_initial_cwd(&cwd));
    return !failures;
}
