/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit doctor`. */
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/output.h"
#include "toolchain/doctor.h"

struct options {
    bool json;
};

static const cli_option options[] = {
    {"json", 0, CLI_FLAG, offsetof(struct options, json), NULL, "Print JSON"},
    CLI_OPTIONS_END};

static void print_finding(const tool_finding *f)
{
    static const struct {
        const char *sign, *colour;
    } signs[] = {
        [TOOL_FOUND] = {"ok", "32"},
        [TOOL_MISSING] = {"missing", "31"},
        [TOOL_ADVISED] = {"advised", "33"},
        [TOOL_NOTED] = {"note", "36"},
    };
    bool colours = cli_colours(false);
    if (colours)
        printf("\x1b[%sm%-8s\x1b[0m", signs[f->state].colour,
               signs[f->state].sign);
    else
        printf("%-8s", signs[f->state].sign);
    printf(" %-20s %s", f->name, f->path ? f->path : "");
    if (f->detail)
        printf("%s%s", f->path ? "  " : "", f->detail);
    putchar('\n');
    if (f->why && f->state != TOOL_FOUND)
        printf("%29s for: %s\n", "", f->why);
    if (f->apt)
        printf("%29s try: %s\n", "", f->apt);
    if (f->rustup)
        printf("%29s %s %s\n", "", f->apt ? " or:" : "try:", f->rustup);
}

static int print_json(const tool_findings *findings)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < findings->count; i++) {
        const tool_finding *f = &findings->items[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:s?}", "name",
                            f->name, "state", tool_finding_state_text(f->state),
                            "path", f->path, "detail", f->detail, "why", f->why,
                            "apt", f->apt, "rustup", f->rustup));
    }
    json_t *all = json_pack("{s:b, s:b, s:o}", "rust", findings->rust, "c",
                            findings->c, "findings", list);
    char *text = all ? json_dumps(all, JSON_INDENT(2)) : NULL;
    if (text)
        puts(text);
    free(text);
    json_decref(all);
    return text ? CLI_SUCCESS : cli_fail("out of memory");
}

static void print_all(const tool_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        print_finding(&findings->items[i]);
    printf("\nRust %s be built, C %s be built.\n",
           findings->rust ? "can" : "cannot", findings->c ? "can" : "cannot");
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    arena memory;
    arena_init(&memory);
    tool_findings findings;
    whit_error error;
    int code;
    if (tool_doctor(&memory, &findings, &error) != WHIT_OK) {
        code = cli_fail_error(NULL, &error);
    } else {
        code = CLI_SUCCESS;
        if (o->json)
            code = print_json(&findings);
        else
            print_all(&findings);
        if (!findings.rust && !findings.c)
            code = CLI_FAILURE;
    }
    arena_release(&memory);
    return code;
}

const cli_command command_doctor = {
    .name = "doctor",
    .summary = "Show which tools `whit build` finds, and what is missing",
    .usage = "",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
