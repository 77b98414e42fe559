/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Command lines from tables: a verb is a row, an option is a row; parsing,
 * --help, completions and man pages all derive from them. */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buffer.h"

typedef enum cli_option_kind {
    CLI_FLAG,     /* bool */
    CLI_TEXT,     /* const char * */
    CLI_NUMBER,   /* uint64_t: digits, underscores allowed */
    CLI_SIZE,     /* uint64_t bytes: 64K, 10M, 1G (powers of 1024) */
    CLI_DURATION, /* uint64_t ns: 250ms, 5s, 2m; plain: seconds */
    CLI_LIST,     /* cli_list: every use appends */
    CLI_OPTIONAL, /* cli_list: --name=VALUE appends it, --name an empty one */
    CLI_SWITCH,   /* cli_switch: --name, --name=true, --name=false */
    CLI_HEADING   /* no option: a line of --help */
} cli_option_kind;

typedef struct cli_list {
    const char **items; /* ended by NULL; NULL while empty */
    size_t count;
} cli_list;

typedef enum cli_switch { CLI_UNSET, CLI_ON, CLI_OFF } cli_switch;

typedef struct cli_option {
    const char *name; /* without "--" */
    char letter;      /* 0: none */
    cli_option_kind kind;
    size_t offset;        /* of the target in the verb's options struct */
    const char *argument; /* "FILE"; NULL for flags */
    const char *help;
} cli_option;

struct cli_line;

typedef struct cli_command {
    const char *name;
    const char *summary;       /* one line */
    const char *usage;         /* what follows "whit NAME [options]" */
    const char *about;         /* paragraphs of --help; may be NULL */
    const cli_option *options; /* ended by name NULL and kind FLAG */
    size_t options_size;       /* of the struct that targets lie in */
    /* Options behind the first operand belong to the operand. */
    bool operands_end_options;
    /* Returns the process's exit code. */
    int (*run)(struct cli_line *line);
} cli_command;

/* A parsed command line. */
typedef struct cli_line {
    const cli_command *command;
    void *options; /* zeroed, then filled */
    const char **operands;
    size_t operand_count;
} cli_line;

/* Every verb, in the order of `whit help`; ended by name NULL. */
extern const cli_command *const cli_commands[];
const cli_command *cli_command_find(const char *name);

/* Parses and runs one verb. */
int cli_dispatch(const cli_command *command, int argc, char **argv);

/* The text of `whit NAME --help`. */
void cli_help_command(const cli_command *command, buffer *out);
void cli_help_all(buffer *out);

/* Exit codes of whit itself; a guest's own code passes through `run`. */
enum {
    CLI_SUCCESS = 0,
    CLI_FAILURE = 1, /* the operation failed; a message says why */
    CLI_USAGE = 2,   /* the command line is wrong */
    CLI_TRAP = 134   /* the guest trapped, as an abort would be */
};

#endif
