/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit validate`. */
#include <stddef.h>

#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "component/validate.h"
#include "wasm/branch_hints.h"
#include "wasm/validate.h"

struct options {
    cli_list without;
    bool quiet;
};

static const cli_option options[] = {
    {"without", 0, CLI_LIST, offsetof(struct options, without), "FEATURE",
     "Switch features off (see `whit help features`)"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct options, quiet), NULL,
     "Say nothing about warnings"},
    CLI_OPTIONS_END};

static int run(cli_line *line)
{
    const struct options *o = line->options;
    wasm_features features;
    if (!cli_features(&o->without, &features))
        return CLI_USAGE;
    cli_module input;
    int code = cli_input_load(&input, line, features);
    whit_error error;
    if (!code && input.component) {
        if (component_validate(input.component, &error) != WHIT_OK)
            code = cli_fail_error(input.file, &error);
        cli_module_release(&input);
        return code;
    }
    if (!code && wasm_validate(input.module, features, &error) != WHIT_OK)
        code = cli_fail_error(input.file, &error);
    /* Wrong hints change nothing a program does. */
    if (!code && !o->quiet &&
        wasm_branch_hints_check(input.module, &error) != WHIT_OK) {
        char text[WHIT_MESSAGE_SIZE + 64];
        error_format(&error, input.file, text, sizeof text);
        cli_note("%s", text);
    }
    cli_module_release(&input);
    return code;
}

const cli_command command_validate = {
    .name = "validate",
    .summary = "Check that a module or component is valid",
    .usage = "[MODULE]",
    .about = "MODULE is binary or text, or standard input; a component "
             "is validated with all that is in it. Nothing is "
             "printed when it is valid; otherwise the position, the section "
             "and the item are.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
