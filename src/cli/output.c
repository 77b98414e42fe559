/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the program prints, and its files. */
#include "cli/output.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/memory.h"
#include "platform/file.h"

bool cli_colours(bool standard_error)
{
    const char *terminal = getenv("TERM");
    const char *never = getenv("NO_COLOR");
    return isatty(standard_error ? STDERR_FILENO : STDOUT_FILENO) && terminal &&
           strcmp(terminal, "dumb") != 0 && !(never && *never);
}

static void say(const char *word, const char *colour, const char *format,
                va_list arguments)
{
    if (cli_colours(true))
        fprintf(stderr, "\x1b[1mwhit: \x1b[%sm%s:\x1b[0m ", colour, word);
    else
        fprintf(stderr, "whit: %s: ", word);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void cli_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("error", "31", format, arguments);
    va_end(arguments);
}

void cli_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("note", "36", format, arguments);
    va_end(arguments);
}

int cli_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say("error", "31", format, arguments);
    va_end(arguments);
    return CLI_FAILURE;
}

int cli_fail_error(const char *file, const whit_error *error)
{
    char text[WHIT_MESSAGE_SIZE + 512];
    error_format(error, file, text, sizeof text);
    return cli_fail("%s", text);
}

whit_status cli_read(const char *file, uint8_t **data, size_t *size,
                     whit_error *error)
{
    buffer contents;
    buffer_init(&contents);
    whit_status status = file_read(file, LIMIT_MODULE_BYTES, &contents, error);
    if (status != WHIT_OK) {
        buffer_release(&contents);
        return status;
    }
    *data = buffer_take(&contents, size);
    return WHIT_OK;
}

whit_status cli_write(const char *file, slice data, whit_error *error)
{
    return file_write(file ? file : "-", data, error);
}

int cli_print_help(const cli_command *command)
{
    buffer text;
    buffer_init(&text);
    if (command)
        cli_help_command(command, &text);
    else
        cli_help_all(&text);
    whit_error error;
    whit_status status = buffer_status(&text, &error);
    if (status == WHIT_OK)
        status = cli_write(NULL, buffer_view(&text), &error);
    buffer_release(&text);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(NULL, &error);
}
