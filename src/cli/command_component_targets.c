/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit component targets`: whether a component fits a world. */
#include <stddef.h>

#include "cli/command_component.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "cli/wit_input.h"
#include "component/targets.h"
#include "component/validate.h"

struct options {
    const char *world;
    cli_list features;
    bool all_features;
};

static const cli_option options[] = {
    {"world", 'w', CLI_TEXT, offsetof(struct options, world), "NAME",
     "This world; needed when the package has several"},
    {"features", 0, CLI_LIST, offsetof(struct options, features), "NAME,NAME",
     "Let these @unstable features take part"},
    {"all-features", 0, CLI_FLAG, offsetof(struct options, all_features), NULL,
     "Let all @unstable features take part"},
    CLI_OPTIONS_END};

static int check(const cli_module *input, const cli_wit *wit, uint32_t world)
{
    whit_error error;
    if (!input->component)
        return cli_fail("%s: a core module, where a component is needed; "
                        "`whit component new` makes one",
                        input->file);
    whit_status status = component_validate(input->component, &error);
    if (status == WHIT_OK)
        status = component_targets(input->component, wit->set, world, &error);
    return status == WHIT_OK ? CLI_SUCCESS
                             : cli_fail_error(input->file, &error);
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (line->operand_count < 1 || line->operand_count > 2) {
        cli_error("usage: whit component targets WIT [COMPONENT]");
        return CLI_USAGE;
    }
    cli_line rest = *line;
    rest.operands++;
    rest.operand_count--;
    cli_wit wit;
    cli_module input = {0};
    uint32_t world;
    int code =
        cli_wit_load(&wit, line->operands, 1, &o->features, o->all_features);
    if (!code)
        code = cli_wit_world(&wit, line->operands[0], o->world, &world);
    if (!code)
        code = cli_input_load(&input, &rest, WASM_FEATURES_ALL);
    if (!code)
        code = check(&input, &wit, world);
    cli_module_release(&input);
    cli_wit_release(&wit);
    return code;
}

const cli_command command_component_targets = {
    .name = "component targets",
    .summary = "Check whether a component fits a world",
    .usage = "WIT [COMPONENT]",
    .about = "It fits when it imports only what the world imports, exports "
             "all that the world\nexports, and the types agree. Without "
             "COMPONENT, standard input is read.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
