/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit print`. */
#include <stddef.h>

#include "cli/command.h"
#include "cli/module_input.h"
#include "component/print.h"
#include "wasm/print.h"

struct options {
    const char *output;
    bool fold;
    bool offsets;
    bool skeleton;
};

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct options, output), "FILE",
     "Write there instead of standard output"},
    {"fold-instructions", 'f', CLI_FLAG, offsetof(struct options, fold), NULL,
     "Nest instructions as expressions"},
    {"print-offsets", 'p', CLI_FLAG, offsetof(struct options, offsets), NULL,
     "Show the byte offset of each item and instruction"},
    {"skeleton", 0, CLI_FLAG, offsetof(struct options, skeleton), NULL,
     "Leave out the contents of functions, data and elements"},
    CLI_OPTIONS_END};

static int run(cli_line *line)
{
    const struct options *o = line->options;
    cli_module input;
    int code = cli_input_load(&input, line, WASM_FEATURES_ALL);
    if (!code) {
        wasm_print_options how = {o->fold, o->offsets, o->skeleton};
        buffer out;
        whit_error error;
        buffer_init(&out);
        whit_status status =
            input.component
                ? component_print(input.component, &how, &out, &error)
                : wasm_print(input.module, &how, &out, &error);
        code = cli_finish(input.file, o->output, status, &out, &error);
    }
    cli_module_release(&input);
    return code;
}

const cli_command command_print = {
    .name = "print",
    .summary = "Print a module or component in the text format",
    .usage = "[MODULE]",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
