/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Command lines from tables. */
#include "cli/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "cli/output.h"

const cli_command *cli_command_find(const char *name)
{
    for (size_t i = 0; cli_commands[i]; i++)
        if (!strcmp(cli_commands[i]->name, name))
            return cli_commands[i];
    return NULL;
}

static bool is_end(const cli_option *option)
{
    return !option->name && option->kind != CLI_HEADING;
}

static const cli_option *find_long(const cli_command *command, const char *name,
                                   size_t size)
{
    for (const cli_option *o = command->options; !is_end(o); o++)
        if (o->name && strlen(o->name) == size && !memcmp(o->name, name, size))
            return o;
    return NULL;
}

static const cli_option *find_short(const cli_command *command, char letter)
{
    for (const cli_option *o = command->options; !is_end(o); o++)
        if (o->name && o->letter == letter)
            return o;
    return NULL;
}

/* The option that a mistyped name was probably meant to be, or NULL. */
static const char *nearest(const cli_command *command, const char *name,
                           size_t size)
{
    near_word near = near_new(slice_of(name, size));
    for (const cli_option *o = command->options; !is_end(o); o++)
        if (o->name)
            near_try(&near, slice_text(o->name));
    return near.best.size ? (const char *)near.best.data : NULL;
}

static bool parse_digits(const char **text, uint64_t *out)
{
    uint64_t value = 0;
    bool any = false;
    for (; (**text >= '0' && **text <= '9') || (any && **text == '_');
         ++*text) {
        if (**text == '_')
            continue;
        any = true;
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(**text - '0'), &value))
            return false;
    }
    *out = value;
    return any;
}

static bool scale(const char *suffix, cli_option_kind kind, uint64_t *value)
{
    static const struct {
        const char *suffix;
        cli_option_kind kind;
        uint64_t factor;
    } units[] = {
        {"", CLI_NUMBER, 1},
        {"", CLI_SIZE, 1},
        {"", CLI_DURATION, 1000000000u},
        {"K", CLI_SIZE, 1u << 10},
        {"k", CLI_SIZE, 1u << 10},
        {"KiB", CLI_SIZE, 1u << 10},
        {"M", CLI_SIZE, 1u << 20},
        {"m", CLI_SIZE, 1u << 20},
        {"MiB", CLI_SIZE, 1u << 20},
        {"G", CLI_SIZE, 1u << 30},
        {"g", CLI_SIZE, 1u << 30},
        {"GiB", CLI_SIZE, 1u << 30},
        {"ns", CLI_DURATION, 1},
        {"us", CLI_DURATION, 1000},
        {"ms", CLI_DURATION, 1000000},
        {"s", CLI_DURATION, 1000000000u},
        {"m", CLI_DURATION, 60000000000u},
        {"h", CLI_DURATION, 3600000000000u},
    };
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (units[i].kind == kind && !strcmp(units[i].suffix, suffix))
            return !__builtin_mul_overflow(*value, units[i].factor, value);
    return false;
}

static bool set_list(cli_list *list, const char *value)
{
    const char **items =
        mem_realloc(list->items, (list->count + 2) * sizeof *items);
    if (!items)
        return false;
    items[list->count++] = value;
    items[list->count] = NULL;
    list->items = items;
    return true;
}

static int set_switch(cli_switch *target, const cli_option *option,
                      const char *value)
{
    bool on = !value || !strcmp(value, "true");
    if (!on && strcmp(value, "false") != 0) {
        cli_error("--%s: \"%s\" is neither true nor false", option->name,
                  value);
        return CLI_USAGE;
    }
    *target = on ? CLI_ON : CLI_OFF;
    return 0;
}

static int set_option(const cli_line *line, const cli_option *option,
                      const char *value)
{
    void *target = (char *)line->options + option->offset;
    switch (option->kind) {
    case CLI_FLAG:
        *(bool *)target = true;
        return 0;
    case CLI_TEXT:
        *(const char **)target = value;
        return 0;
    case CLI_LIST:
        return set_list(target, value) ? 0 : cli_fail("out of memory");
    case CLI_OPTIONAL:
        return set_list(target, value ? value : "") ? 0
                                                    : cli_fail("out of memory");
    case CLI_SWITCH:
        return set_switch(target, option, value);
    default: {
        const char *rest = value;
        if (parse_digits(&rest, target) && scale(rest, option->kind, target))
            return 0;
        cli_error("--%s: \"%s\" is no %s", option->name, value,
                  option->kind == CLI_SIZE       ? "size (like 64M)"
                  : option->kind == CLI_DURATION ? "duration (like 5s)"
                                                 : "number");
        return CLI_USAGE;
    }
    }
}

static int unknown(const cli_line *line, const char *argument, const char *near)
{
    if (near)
        cli_error("unknown option %s; did you mean --%s?", argument, near);
    else
        cli_error("unknown option %s; see `whit %s --help`", argument,
                  line->command->name);
    return CLI_USAGE;
}

/* One argument that begins with '-'. *at moves on when a value follows. */
static int parse_option(cli_line *line, int argc, char **argv, int *at)
{
    const char *argument = argv[*at];
    const char *value = NULL;
    const cli_option *option;
    if (argument[1] == '-') {
        const char *equals = strchr(argument, '=');
        size_t size =
            equals ? (size_t)(equals - argument - 2) : strlen(argument + 2);
        option = find_long(line->command, argument + 2, size);
        if (!option)
            return unknown(line, argument,
                           nearest(line->command, argument + 2, size));
        value = equals ? equals + 1 : NULL;
    } else {
        option = find_short(line->command, argument[1]);
        if (!option)
            return unknown(line, argument, NULL);
        if (argument[2])
            value = argument + 2 + (argument[2] == '=');
    }
    if (option->kind == CLI_FLAG && value) {
        cli_error("--%s takes no value", option->name);
        return CLI_USAGE;
    }
    bool alone = option->kind == CLI_FLAG || option->kind == CLI_SWITCH ||
                 option->kind == CLI_OPTIONAL;
    if (!alone && !value) {
        if (*at + 1 == argc) {
            cli_error("--%s needs %s", option->name, option->argument);
            return CLI_USAGE;
        }
        value = argv[++*at];
    }
    return set_option(line, option, value);
}

static int parse(cli_line *line, int argc, char **argv, bool *help)
{
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        const char *argument = argv[i];
        if (only_operands || argument[0] != '-' || !argument[1]) {
            line->operands[line->operand_count++] = argument;
            only_operands |= line->command->operands_end_options;
        } else if (!strcmp(argument, "--")) {
            only_operands = true;
        } else if (!strcmp(argument, "--help") || !strcmp(argument, "-h")) {
            *help = true;
            return 0;
        } else {
            int code = parse_option(line, argc, argv, &i);
            if (code)
                return code;
        }
    }
    return 0;
}

static void release(cli_line *line)
{
    for (const cli_option *o = line->command->options;
         line->options && !is_end(o); o++)
        if (o->kind == CLI_LIST || o->kind == CLI_OPTIONAL)
            mem_free(((cli_list *)((char *)line->options + o->offset))->items);
    mem_free(line->options);
    mem_free(line->operands);
}

int cli_dispatch(const cli_command *command, int argc, char **argv)
{
    cli_line line = {.command = command};
    line.options = mem_zalloc(command->options_size);
    line.operands = mem_calloc((size_t)argc + 1, sizeof *line.operands);
    int code;
    if (!line.options || !line.operands) {
        code = cli_fail("out of memory");
    } else {
        bool help = false;
        code = parse(&line, argc, argv, &help);
        if (!code && help)
            code = cli_print_help(command);
        else if (!code)
            code = command->run(&line);
    }
    release(&line);
    return code;
}

enum { HELP_COLUMN = 30, HELP_WIDTH = 79 };

/* Text wrapped between two columns; what is there already ends at the first.
 * Where lines end in the text does not matter; an empty line stays. */
static void wrap(buffer *out, const char *text, size_t column)
{
    size_t at = column;
    bool first = true; /* in its line */
    while (*text) {
        size_t word = strcspn(text, " \n");
        if (!first && at + 1 + word > HELP_WIDTH) {
            buffer_printf(out, "\n%*s", (int)column, "");
            at = column;
        } else if (!first) {
            buffer_put(out, ' ');
            at++;
        }
        buffer_append(out, text, word);
        at += word;
        text += word;
        first = text[0] == '\n' && text[1] == '\n';
        if (first) {
            buffer_printf(out, "\n\n%*s", (int)column, "");
            at = column;
            text++;
        }
        text += *text != 0;
    }
    buffer_put(out, '\n');
}

static void help_option(const cli_option *option, buffer *out)
{
    char left[80];
    char letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    bool optional = option->kind == CLI_OPTIONAL;
    int size =
        snprintf(left, sizeof left, "  %s--%s%s%s%s", letter, option->name,
                 optional           ? "[="
                 : option->argument ? " "
                                    : "",
                 option->argument ? option->argument : "", optional ? "]" : "");
    buffer_text(out, left);
    if (size >= HELP_COLUMN - 1) {
        buffer_put(out, '\n');
        size = 0;
    }
    buffer_printf(out, "%*s", HELP_COLUMN - size, "");
    wrap(out, option->help, HELP_COLUMN);
}

void cli_help_command(const cli_command *command, buffer *out)
{
    buffer_printf(out, "whit %s: %s\n\nUsage: whit %s [options]%s%s\n",
                  command->name, command->summary, command->name,
                  *command->usage ? " " : "", command->usage);
    if (command->about) {
        buffer_put(out, '\n');
        wrap(out, command->about, 0);
    }
    buffer_text(out, "\nOptions:\n");
    for (const cli_option *o = command->options; !is_end(o); o++) {
        if (o->kind == CLI_HEADING)
            buffer_printf(out, "\n%s:\n", o->help);
        else
            help_option(o, out);
    }
    static const cli_option help = {"help", 'h',  CLI_FLAG,
                                    0,      NULL, "Print this text"};
    help_option(&help, out);
}

void cli_help_all(buffer *out)
{
    buffer_text(out, "whit: from Rust or C source to a small WebAssembly "
                     "module, and running it\n\n"
                     "Usage: whit COMMAND [options] ...\n\nCommands:\n");
    for (size_t i = 0; cli_commands[i]; i++)
        buffer_printf(out, "  %-10s %s\n", cli_commands[i]->name,
                      cli_commands[i]->summary);
    buffer_text(out,
                "\n`whit COMMAND --help` says more about each.\n\n"
                "Exit codes: 0 success; 1 the operation failed; 2 the "
                "command line is wrong;\n134 the guest trapped; `whit run` "
                "otherwise passes on the guest's own code.\n");
}
