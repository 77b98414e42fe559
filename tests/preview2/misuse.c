/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What traps; the first argument says which. */
#include "guest.h"

bool exports_wasi_cli_run_run(void)
{
    command_list_string_t arguments;
    output_t out = wasi_cli_stdout_get_stdout();
    stream_error_t error;
    uint64_t size;
    command_list_u8_t bytes = bytes_of("x");
    wasi_cli_environment_get_arguments(&arguments);
    switch (arguments.len > 1 ? arguments.ptr[1].ptr[0] : 0) {
    case 'a': /* a write that nothing permitted */
        wasi_io_streams_method_output_stream_write(OUT(out), &bytes, &error);
        break;
    case 'b': /* the permit is used up */
        wasi_io_streams_method_output_stream_check_write(OUT(out), &size,
                                                         &error);
        wasi_io_streams_method_output_stream_write_zeroes(OUT(out), size,
                                                          &error);
        wasi_io_streams_method_output_stream_write(OUT(out), &bytes, &error);
        break;
    case 'c': { /* a blocking write that is too long */
        static uint8_t many[4097];
        bytes = (command_list_u8_t){many, sizeof many};
        wasi_io_streams_method_output_stream_blocking_write_and_flush(
            OUT(out), &bytes, &error);
        break;
    }
    case 'd': { /* nothing to wait for */
        wasi_io_poll_list_borrow_pollable_t none = {NULL, 0};
        command_list_u32_t ready;
        wasi_io_poll_poll(&none, &ready);
        break;
    }
    case 'e': /* a handle of another kind */
        wasi_io_poll_method_pollable_block(
            (wasi_io_poll_borrow_pollable_t){out.__handle});
        break;
    case 'f': /* a handle that is gone */
        drop_output(out);
        drop_output(out);
        break;
    case 'g': /* never */
        block(wasi_clocks_monotonic_clock_subscribe_duration(UINT64_MAX));
        break;
    case 'h': { /* an hour */
        block(wasi_clocks_monotonic_clock_subscribe_duration(3600000000000));
        break;
    }
    case 'i': { /* failure */
        command_result_void_void_t failure = {.is_err = true};
        wasi_cli_exit_exit(&failure);
        break;
    }
    case 'j': { /* more bytes than a list has */
        wasi_random_random_get_random_bytes(UINT64_C(1) << 40, &bytes);
        break;
    }
    default:
        return false;
    }
    say("still here\n");
    return true;
}
