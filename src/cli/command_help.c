/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit help`. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/command_component.h"
#include "cli/output.h"

static const cli_option options[] = {CLI_OPTIONS_END};

static int help_features(void)
{
    static const struct {
        const char *flag, *what;
    } features[] = {
#define X(name, flag, what) {flag, what},
#include "wasm/features.def"
#undef X
    };
    printf("Features, all on by default; --without NAME switches one off:\n");
    for (size_t i = 0; i < COUNT_OF(features); i++)
        printf("  %-14s %s\n", features[i].flag, features[i].what);
    return CLI_SUCCESS;
}

/* The command that one or two words name; NULL when there is none. */
static const cli_command *find(const char *name, const char *verb)
{
    const cli_command *command = cli_command_find(name);
    return command == &command_component && verb ? cli_component_find(verb)
                                                 : command;
}

/* For the shells' completion scripts and the manual: verbs, or verbs and
 * options of a verb. */
static int help_words(const char *name, const char *verb)
{
    if (!name) {
        for (size_t i = 0; cli_commands[i]; i++)
            puts(cli_commands[i]->name);
        return CLI_SUCCESS;
    }
    const cli_command *command = find(name, verb);
    if (!command)
        return CLI_USAGE;
    if (command == &command_component)
        for (size_t i = 0; cli_component_commands[i]; i++)
            puts(strrchr(cli_component_commands[i]->name, ' ') + 1);
    for (const cli_option *o = command->options;
         o->name || o->kind == CLI_HEADING; o++)
        if (o->name)
            printf("--%s\n", o->name);
    return CLI_SUCCESS;
}

static int run(cli_line *line)
{
    if (!line->operand_count)
        return cli_print_help(NULL);
    const char *topic = line->operands[0];
    if (slice_is(slice_text(topic), "features"))
        return help_features();
    if (slice_is(slice_text(topic), "words"))
        return help_words(line->operands[1],
                          line->operand_count > 2 ? line->operands[2] : NULL);
    const cli_command *command = find(topic, line->operands[1]);
    if (command)
        return cli_print_help(command);
    cli_error("no help on %s; `whit help` lists the commands", topic);
    return CLI_USAGE;
}

const cli_command command_help = {
    .name = "help",
    .summary = "Print help: on all, on a command, or on `features`",
    .usage = "[COMMAND | features]",
    .options = options,
    .options_size = 1,
    .run = run,
};
