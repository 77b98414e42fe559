/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The verbs. To add one: a file command_<verb>.c that defines its row, a line
 * here, and a place in main.c's list. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/option.h"

extern const cli_command command_bind;
extern const cli_command command_build;
extern const cli_command command_component;
extern const cli_command command_compose;
extern const cli_command command_doctor;
extern const cli_command command_dump;
extern const cli_command command_help;
extern const cli_command command_new;
extern const cli_command command_parse;
extern const cli_command command_print;
extern const cli_command command_run;
extern const cli_command command_shrink;
extern const cli_command command_size;
extern const cli_command command_validate;
extern const cli_command command_wast;
extern const cli_command command_wit;

#define CLI_OPTIONS_END {NULL, 0, CLI_FLAG, 0, NULL, NULL}

#endif
