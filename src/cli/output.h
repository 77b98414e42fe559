/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the program prints, and reading and writing the files it is given. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include "base/buffer.h"
#include "cli/option.h"

/* "whit: error: ..." on standard error, red on a terminal. */
void cli_error(const char *format, ...) WHIT_PRINTF(1, 2);
void cli_note(const char *format, ...) WHIT_PRINTF(1, 2);
/* The same; returns CLI_FAILURE. */
int cli_fail(const char *format, ...) WHIT_PRINTF(1, 2);
/* An error of the library, with the file it is about (or NULL); returns
 * CLI_FAILURE. */
int cli_fail_error(const char *file, const whit_error *error);
/* Whether standard output (error) is a terminal that shows colours. */
bool cli_colours(bool standard_error);

/* A whole file, "-" being standard input. The caller's (mem_free). */
whit_status cli_read(const char *file, uint8_t **data, size_t *size,
                     whit_error *error) WHIT_MUST_CHECK;
/* To a file, whole or not at all; NULL or "-": standard output. */
whit_status cli_write(const char *file, slice data,
                      whit_error *error) WHIT_MUST_CHECK;

int cli_print_help(const cli_command *command);

#endif
