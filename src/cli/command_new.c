/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit new`. */
#include <stddef.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/output.h"
#include "toolchain/new_project.h"

struct options {
    const char *language;
    const char *wit;
    const char *world;
};

static const cli_option options[] = {
    {"lang", 'l', CLI_TEXT, offsetof(struct options, language), "rust|c",
     "The language (default: rust)"},
    {"world", 'w', CLI_TEXT, offsetof(struct options, world), "NAME",
     "library (default) or command; with --wit, a world of it"},
    {"wit", 0, CLI_TEXT, offsetof(struct options, wit), "PATH",
     "A WIT file or folder, which is copied into the project"},
    CLI_OPTIONS_END};

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (line->operand_count != 1) {
        cli_error("new takes one operand: the folder to make");
        return CLI_USAGE;
    }
    const char *name = o->language ? o->language : "rust";
    tool_new_options wanted = {.path = line->operands[0],
                               .language = bind_language_find(name),
                               .wit = o->wit,
                               .world = o->world};
    if (!wanted.language) {
        cli_error("no projects in %s: there are rust and c", name);
        return CLI_USAGE;
    }
    whit_error error;
    if (tool_new_project(&wanted, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    printf("%s: ready for `whit build --release` in it\n", wanted.path);
    return CLI_SUCCESS;
}

const cli_command command_new = {
    .name = "new",
    .summary = "Make a project for a world",
    .usage = "FOLDER",
    .about = "Makes a folder with WIT, bindings and a source that implements "
             "the world; `whit build` and cargo build it as it is, without "
             "network. Bindings are made anew by `whit build` when the WIT "
             "has changed.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
