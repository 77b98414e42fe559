/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The verbs of `whit component`; command_component.c lists them. */
#ifndef CLI_COMMAND_COMPONENT_H
#define CLI_COMMAND_COMPONENT_H

#include "cli/command.h"
#include "component/component.h"

extern const cli_command command_component_embed;
extern const cli_command command_component_new;
extern const cli_command command_component_targets;
extern const cli_command command_component_unbundle;
extern const cli_command command_component_wit;

/* Every one of them, ended by NULL. Their names begin with "component ". */
extern const cli_command *const cli_component_commands[];
/* NULL when there is none. `verb` is "new", not "component new". */
const cli_command *cli_component_find(const char *verb);
/* The value of --encoding; NULL is UTF-8. False: the error was printed. */
bool cli_component_encoding(const char *name, component_option_kind *out);

#endif
