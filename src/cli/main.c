/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The whit program: finds the verb and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "cli/command.h"
#include "cli/output.h"

const cli_command *const cli_commands[] = {
    &command_new,     &command_build, &command_run,
    &command_shrink,  &command_size,  &command_validate,
    &command_print,   &command_parse, &command_dump,
    &command_wast,    &command_wit,   &command_component,
    &command_compose, &command_bind,  &command_doctor,
    &command_help,    NULL,
};

static int unknown_command(const char *name)
{
    near_word near = near_new(slice_text(name));
    for (size_t i = 0; cli_commands[i]; i++)
        near_try(&near, slice_text(cli_commands[i]->name));
    if (near.best.size)
        cli_error("unknown command %s; did you mean %.*s?", name,
                  SLICE_ARG(near.best));
    else
        cli_error("unknown command %s; see `whit help`", name);
    return CLI_USAGE;
}

int main(int argc, char **argv)
{
    /* A reader that has seen enough is no reason to die without a word. */
    signal(SIGPIPE, SIG_IGN);
    if (argc < 2) {
        cli_print_help(NULL);
        return CLI_USAGE;
    }
    const char *name = argv[1];
    if (!strcmp(name, "--help") || !strcmp(name, "-h"))
        return cli_print_help(NULL);
    if (!strcmp(name, "--version") || !strcmp(name, "-V")) {
        printf("whit %s\n", WHIT_VERSION);
        return CLI_SUCCESS;
    }
    const cli_command *command = cli_command_find(name);
    if (!command)
        return unknown_command(name);
    return cli_dispatch(command, argc - 2, argv + 2);
}
