/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit component VERB`: finds the verb and runs it. */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "cli/command_component.h"
#include "cli/output.h"

const cli_command *const cli_component_commands[] = {
    &command_component_new,      &command_component_embed,
    &command_component_wit,      &command_component_targets,
    &command_component_unbundle, NULL};

static const cli_option options[] = {CLI_OPTIONS_END};

static const char *verb_of(const cli_command *command)
{
    return command->name + sizeof "component " - 1;
}

const cli_command *cli_component_find(const char *verb)
{
    for (size_t i = 0; cli_component_commands[i]; i++)
        if (!strcmp(verb, verb_of(cli_component_commands[i])))
            return cli_component_commands[i];
    return NULL;
}

static int list(void)
{
    printf("whit component: %s\n\nUsage: whit component COMMAND ...\n\n",
           command_component.summary);
    for (size_t i = 0; cli_component_commands[i]; i++)
        printf("  %-10s %s\n", verb_of(cli_component_commands[i]),
               cli_component_commands[i]->summary);
    printf("\n`whit component COMMAND --help` says more.\n");
    return CLI_SUCCESS;
}

bool cli_component_encoding(const char *name, component_option_kind *out)
{
    static const struct {
        const char *name;
        component_option_kind encoding;
    } names[] = {{"utf8", COMPONENT_OPTION_UTF8},
                 {"utf16", COMPONENT_OPTION_UTF16},
                 {"compact-utf16", COMPONENT_OPTION_LATIN1_UTF16},
                 {"latin1+utf16", COMPONENT_OPTION_LATIN1_UTF16}};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (!strcmp(name ? name : "utf8", names[i].name)) {
            *out = names[i].encoding;
            return true;
        }
    cli_error("--encoding: \"%s\" is none of utf8, utf16 and compact-utf16",
              name);
    return false;
}

static int run(cli_line *line)
{
    if (!line->operand_count) {
        list();
        return CLI_USAGE;
    }
    const char *verb = line->operands[0];
    const cli_command *command = cli_component_find(verb);
    if (command)
        return cli_dispatch(command, (int)line->operand_count - 1,
                            (char **)line->operands + 1);
    near_word near = near_new(slice_text(verb));
    for (size_t i = 0; cli_component_commands[i]; i++)
        near_try(&near, slice_text(verb_of(cli_component_commands[i])));
    if (near.best.size)
        cli_error("unknown command component %s; did you mean %.*s?", verb,
                  SLICE_ARG(near.best));
    else
        cli_error("unknown command component %s; see `whit component`", verb);
    return CLI_USAGE;
}

const cli_command command_component = {
    .name = "component",
    .summary = "Make, embed, look into and check components",
    .usage = "COMMAND ...",
    .about = "The commands: new (a component of a core module), embed (a "
             "world in a core\nmodule), wit (the WIT of a component or "
             "package), targets (whether a component\nfits a world), "
             "unbundle (core modules as files). `whit "
             "component COMMAND --help` says more of each.",
    .options = options,
    .options_size = 1,
    .operands_end_options = true,
    .run = run,
};
