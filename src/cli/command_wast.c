/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit wast`. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "wast/wast.h"

struct options {
    bool explicit_bounds;
    bool plain;
    bool verbose;
    cli_list without;
};

static const cli_option options[] = {
    {"explicit-bounds", 0, CLI_FLAG, offsetof(struct options, explicit_bounds),
     NULL, "Check every memory access instead of using guard pages"},
    {"plain", 0, CLI_FLAG, offsetof(struct options, plain), NULL,
     "Translate each instruction on its own, fusing none"},
    {"without", 0, CLI_LIST, offsetof(struct options, without), "FEATURE",
     "Switch features off (see `whit help features`)"},
    {"verbose", 'v', CLI_FLAG, offsetof(struct options, verbose), NULL,
     "A line for each file"},
    CLI_OPTIONS_END};

static void failure(void *file, uint32_t line, uint32_t column,
                    const char *message)
{
    fprintf(stderr, "%s:%u:%u: %s\n", (const char *)file, line, column,
            message);
}

/* Scripts of a proposal assert what was true of the specification that the
 * proposal was written against: some of what is valid today was not. */
static const struct {
    const char *folder;
    wasm_features without;
} proposals[] = {
    {"proposals/threads/", WASM_FEATURE_MULTI_MEMORY |
                               WASM_FEATURE_MULTI_TABLE |
                               WASM_FEATURE_MEMORY64},
};

static rt_config config_for(const char *file, const rt_config *config)
{
    rt_config own = *config;
    for (size_t i = 0; i < COUNT_OF(proposals); i++)
        if (strstr(file, proposals[i].folder))
            own.features &= ~proposals[i].without;
    return own;
}

/* Adds to the totals; a file that cannot be read or parsed is a failure. */
static void run_file(const char *file, const rt_config *config, bool verbose,
                     wast_report *total)
{
    uint8_t *data = NULL;
    size_t size;
    whit_error error;
    wast_report report = {.failure = failure, .self = (void *)(uintptr_t)file};
    rt_config own = config_for(file, config);
    whit_status status = cli_read(file, &data, &size, &error);
    if (status == WHIT_OK)
        status = wast_run(slice_of(data, size), &own, &report, &error);
    if (status != WHIT_OK) {
        cli_fail_error(file, &error);
        report.failed++;
    }
    if (verbose)
        printf("%s: %" PRIu64 " passed, %" PRIu64 " failed\n", file,
               report.passed, report.failed);
    total->passed += report.passed;
    total->failed += report.failed;
    mem_free(data);
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    if (!line->operand_count) {
        cli_error("which scripts? see `whit wast --help`");
        return CLI_USAGE;
    }
    rt_config config;
    rt_config_init(&config);
    config.guard_pages = !o->explicit_bounds;
    config.plain = o->plain;
    if (!cli_features(&o->without, &config.features))
        return CLI_USAGE;
    wast_report total = {0};
    for (size_t i = 0; i < line->operand_count; i++)
        run_file(line->operands[i], &config, o->verbose, &total);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", total.passed,
           total.failed);
    return total.failed ? CLI_FAILURE : CLI_SUCCESS;
}

const cli_command command_wast = {
    .name = "wast",
    .summary = "Run specification test scripts",
    .usage = "FILE...",
    .about = "Every command of every script counts; failures are named with "
             "file, line and column on standard error. Scripts below "
             "proposals/threads run without the features that came after "
             "that proposal's specification. The last line is \"N passed, M "
             "failed\".",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
