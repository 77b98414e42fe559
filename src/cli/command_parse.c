/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit parse`. */
#include <stddef.h>

#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "component/encode.h"
#include "wasm/encode.h"

#include <unistd.h>

struct options {
    const char *output;
};

static const cli_option options[] = {{"output", 'o', CLI_TEXT,
                                      offsetof(struct options, output), "FILE",
                                      "Write there instead of standard output"},
                                     CLI_OPTIONS_END};

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (!o->output && isatty(STDOUT_FILENO)) {
        cli_error("a binary module is nothing for a terminal; use -o FILE");
        return CLI_USAGE;
    }
    cli_module input;
    int code = cli_input_load(&input, line, WASM_FEATURES_ALL);
    if (!code) {
        buffer out;
        whit_error error;
        buffer_init(&out);
        whit_status status =
            input.component ? component_encode(input.component, &out, &error)
                            : wasm_encode(input.module, &out, &error);
        code = cli_finish(input.file, o->output, status, &out, &error);
    }
    cli_module_release(&input);
    return code;
}

const cli_command command_parse = {
    .name = "parse",
    .summary = "Turn a module or component in the text format into a binary",
    .usage = "[MODULE]",
    .about = "The module is not validated: `whit validate` does that.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
