/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit shrink`. */
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "toolchain/shrink.h"
#include "wasm/encode.h"

struct options {
    const char *output;
    cli_list keep_exports;
    bool keep_names, keep_customs, drop_linker_exports, quiet;
};

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct options, output), "FILE",
     "Write there instead of standard output"},
    {"keep-names", 'g', CLI_FLAG, offsetof(struct options, keep_names), NULL,
     "Keep the names of functions"},
    {"keep-customs", 0, CLI_FLAG, offsetof(struct options, keep_customs), NULL,
     "Keep custom sections that refer to no code"},
    {"drop-linker-exports", 0, CLI_FLAG,
     offsetof(struct options, drop_linker_exports), NULL,
     "Drop what linkers export for themselves, as `whit build` does"},
    {"keep-export", 0, CLI_LIST, offsetof(struct options, keep_exports), "NAME",
     "But not this one"},
    {"quiet", 'q', CLI_FLAG, offsetof(struct options, quiet), NULL,
     "Do not say what was won"},
    CLI_OPTIONS_END};

static void report(const tool_shrink_stats *stats)
{
    fprintf(stderr, "%llu -> %llu bytes\n", (unsigned long long)stats->before,
            (unsigned long long)stats->after);
    for (int i = 0; i < TOOL_SHRINK_GROUPS; i++)
        if (stats->saved[i])
            fprintf(stderr, "%10lld  %s\n", (long long)-stats->saved[i],
                    tool_shrink_group_text((tool_shrink_group)i));
}

static int shrink(const struct options *o, const cli_module *input)
{
    buffer bytes, out;
    whit_error error;
    tool_shrink_stats stats = {0};
    tool_shrink_options wanted = {
        .keep_names = o->keep_names,
        .keep_customs = o->keep_customs,
        .drop_linker_exports = o->drop_linker_exports,
        .keep_exports = o->keep_exports.items,
        .keep_export_count = (unsigned)o->keep_exports.count,
    };
    buffer_init(&bytes);
    buffer_init(&out);
    slice source = slice_of(input->bytes, input->size);
    whit_status status = WHIT_OK;
    /* Text becomes bytes first. */
    if (input->size && input->bytes[0] != 0) {
        status = wasm_encode(input->module, &bytes, &error);
        source = buffer_view(&bytes);
    }
    if (status == WHIT_OK)
        status = tool_shrink(source, &wanted, &out, &stats, &error);
    int code = cli_finish(input->file, o->output, status, &out, &error);
    if (!code && !o->quiet)
        report(&stats);
    tool_shrink_stats_release(&stats);
    buffer_release(&bytes);
    return code;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (!o->output && isatty(STDOUT_FILENO)) {
        cli_error("a binary module is nothing for a terminal; use -o FILE");
        return CLI_USAGE;
    }
    cli_module input;
    int code = cli_module_load(&input, line, WASM_FEATURES_ALL);
    if (!code)
        code = shrink(o, &input);
    cli_module_release(&input);
    return code;
}

const cli_command command_shrink = {
    .name = "shrink",
    .summary = "Make a module smaller without changing what it does",
    .usage = "[MODULE]",
    .about = "What no export, start function or segment reaches goes, equal "
             "functions become one, bodies are rewritten where that saves "
             "bytes, and what is used most gets the short numbers. The "
             "result is never larger. `whit build --release` does this by "
             "itself.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
