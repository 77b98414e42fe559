/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit dump`. */
#include <stddef.h>

#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "component/encode.h"
#include "component/print.h"
#include "wasm/encode.h"
#include "wasm/print.h"

struct options {
    const char *output;
};

static const cli_option options[] = {{"output", 'o', CLI_TEXT,
                                      offsetof(struct options, output), "FILE",
                                      "Write there instead of standard output"},
                                     CLI_OPTIONS_END};

/* Damaged input is dumped up to the damage: what was understood is printed
 * first, then the error. */
static int dump(const struct options *o, const char *file, slice bytes)
{
    buffer out;
    whit_error error, later;
    buffer_init(&out);
    whit_status status =
        component_is(bytes) ? component_dump(bytes, &out, &error)
                            : wasm_dump(bytes, WASM_FEATURES_ALL, &out, &error);
    int code = cli_finish(file, o->output, WHIT_OK, &out, &later);
    if (!code && status != WHIT_OK)
        code = cli_fail_error(file, &error);
    return code;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    cli_module input;
    int code = cli_module_read(&input, line);
    if (!code && input.size && input.bytes[0] == 0) {
        code = dump(o, input.file, slice_of(input.bytes, input.size));
    } else if (!code) {
        /* Text has no bytes yet: dump what it stands for. */
        cli_module_release(&input);
        code = cli_input_load(&input, line, WASM_FEATURES_ALL);
        buffer bytes;
        whit_error error;
        buffer_init(&bytes);
        if (!code &&
            (input.component
                 ? component_encode(input.component, &bytes, &error)
                 : wasm_encode(input.module, &bytes, &error)) != WHIT_OK)
            code = cli_fail_error(input.file, &error);
        if (!code)
            code = dump(o, input.file, buffer_view(&bytes));
        buffer_release(&bytes);
    }
    cli_module_release(&input);
    return code;
}

const cli_command command_dump = {
    .name = "dump",
    .summary = "Show every byte of a binary with its meaning",
    .usage = "[MODULE]",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
