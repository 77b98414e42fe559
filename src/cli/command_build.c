/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit build`. */
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "platform/file.h"
#include "toolchain/build.h"
#include "toolchain/size.h"

struct options {
    const char *output;
    const char *target;
    const char *manifest_path;
    const char *opt_level;
    const char *rustc;
    const char *toolchain;
    const char *target_dir;
    const char *jobs;
    const char *color;
    const char *html;
    cli_list packages, bin, example, features;
    cli_list cargo_args, rustc_args, clang_args, link_args;
    bool release, dev, core, debug, libc_malloc;
    bool lib, bins, all_features, no_default_features;
    bool locked, offline, frozen, verbose, quiet, no_report;
};

#define AT(member) offsetof(struct options, member)
#define FLAG(name, letter, member, help) \
    {name, letter, CLI_FLAG, AT(member), NULL, help}
#define TEXT(name, letter, member, argument, help) \
    {name, letter, CLI_TEXT, AT(member), argument, help}
#define LIST(name, letter, member, argument, help) \
    {name, letter, CLI_LIST, AT(member), argument, help}
#define HEADING(text) {NULL, 0, CLI_HEADING, 0, NULL, text}

static const cli_option options[] = {
    TEXT("output", 'o', output, "FILE", "Where the module goes"),
    FLAG("release", 'r', release,
         "As small as it gets: names and debug information go"),
    FLAG("dev", 0, dev, "Quick to build, names kept (the default)"),
    FLAG("core", 0, core, "Make a core module where a component would be made"),
    TEXT("target", 't', target, "wasip1|unknown",
         "With the system interface (default), or with nothing"),
    TEXT("html", 0, html, "FILE",
         "Write a treemap of the module, with names that release drops"),
    FLAG("no-report", 0, no_report, "Do not print where the bytes went"),
    HEADING("What to build"),
    TEXT("manifest-path", 0, manifest_path, "FILE",
         "The package's "
         "Cargo.toml"),
    LIST("package", 'p', packages, "NAME", "Package of the workspace"),
    FLAG("lib", 0, lib, "Build a library: only exports, no main"),
    FLAG("bins", 0, bins, "Build the programs"),
    LIST("bin", 0, bin, "NAME", "Build this program"),
    LIST("example", 0, example, "NAME", "Build this example"),
    LIST("features", 'F', features, "LIST", "Cargo features"),
    FLAG("all-features", 0, all_features, "All cargo features"),
    FLAG("no-default-features", 0, no_default_features,
         "Without the default cargo features"),
    HEADING("How"),
    TEXT("opt-level", 0, opt_level, "0|1|2|3|s|z",
         "Instead of z for release and the profile's for dev"),
    FLAG("debug", 'g', debug, "Keep debug information in release too"),
    FLAG("libc-malloc", 0, libc_malloc,
         "Keep libc's allocator in release instead of the small one"),
    TEXT("rustc", 0, rustc, "PROGRAM", "Use this compiler"),
    TEXT("toolchain", 0, toolchain, "NAME", "Use this rustup toolchain"),
    TEXT("target-dir", 0, target_dir, "DIR", "Cargo's directory for output"),
    TEXT("jobs", 'j', jobs, "N", "Parallel jobs"),
    FLAG("locked", 0, locked, "Cargo.lock must not change"),
    FLAG("offline", 0, offline, "Do not touch the network"),
    FLAG("frozen", 0, frozen, "Both of the above"),
    TEXT("color", 0, color, "WHEN", "auto, always or never"),
    FLAG("verbose", 'v', verbose, "Show the commands"),
    FLAG("quiet", 'q', quiet, "Show errors only"),
    LIST("cargo-arg", 0, cargo_args, "ARG", "Pass on to cargo"),
    LIST("rustc-arg", 0, rustc_args, "ARG", "Pass on to rustc"),
    LIST("clang-arg", 0, clang_args, "ARG", "Pass on to clang"),
    LIST("link-arg", 0, link_args, "ARG", "Pass on to wasm-ld"),
    CLI_OPTIONS_END};

/* Progress on standard error: a tick is overwritten by what follows. */
struct progress {
    bool verbose, quiet, terminal, ticking;
};

static void say(void *context, tool_saying kind, const char *text)
{
    struct progress *p = context;
    if (p->ticking)
        fputs("\r\x1b[K", stderr);
    p->ticking = false;
    switch (kind) {
    case TOOL_SAY_OUTPUT:
        fputs(text, stderr);
        return;
    case TOOL_SAY_DETAIL:
        if (p->verbose)
            fprintf(stderr, "  %s\n", text);
        return;
    case TOOL_SAY_TICK:
        p->ticking = p->terminal && !p->quiet;
        if (p->ticking)
            fprintf(stderr, "  %s", text);
        return;
    case TOOL_SAY_STEP:
        if (!p->quiet)
            fprintf(stderr, "whit: %s\n", text);
        return;
    }
}

static bool parse_target(const char *text, tool_target *out)
{
    static const struct {
        const char *name;
        tool_target target;
    } names[] = {
        {"wasip1", TOOL_WASIP1},
        {"wasm32-wasip1", TOOL_WASIP1},
        {"wasm32-wasi", TOOL_WASIP1},
        {"unknown", TOOL_UNKNOWN},
        {"wasm32-unknown-unknown", TOOL_UNKNOWN},
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!strcmp(names[i].name, text)) {
            *out = names[i].target;
            return true;
        }
    }
    cli_error("unknown target %s: wasip1 or unknown", text);
    return false;
}

/* What needs no tool to be seen as wrong. */
static int check(const struct options *o, const cli_line *line,
                 tool_build_options *wanted)
{
    if (o->release && o->dev) {
        cli_error("--release and --dev exclude each other");
        return CLI_USAGE;
    }
    if (o->target && !parse_target(o->target, &wanted->target))
        return CLI_USAGE;
    wanted->target_given = o->target != NULL;
    const char *level = o->opt_level;
    if (level && (!*level || level[1] || !strchr("0123sz", *level))) {
        cli_error("--opt-level is 0, 1, 2, 3, s or z, not \"%s\"", level);
        return CLI_USAGE;
    }
    if (line->operand_count || o->manifest_path)
        return CLI_SUCCESS;
    char place[PATH_MAX + 16];
    if (file_is_directory("wit") && file_is_directory("src"))
        return CLI_SUCCESS;
    if (!getcwd(place, PATH_MAX))
        return cli_fail("the current directory is gone");
    char *slash;
    do {
        size_t end = strlen(place);
        memcpy(place + end, "/Cargo.toml", sizeof "/Cargo.toml");
        if (file_exists(place))
            return CLI_SUCCESS;
        place[end] = 0;
        slash = strrchr(place, '/');
        if (slash)
            *slash = 0;
    } while (slash);
    return cli_fail("no Cargo.toml here or above: name a package, a .rs file "
                    "or .c files");
}

static tool_build_options translate(const struct options *o,
                                    const cli_line *line)
{
    return (tool_build_options){
        .inputs = line->operands,
        .manifest_path = o->manifest_path,
        .output = o->output,
        .core = o->core,
        .release = o->release,
        .opt_level = o->opt_level,
        .debug = o->debug,
        .small_malloc_off = o->libc_malloc,
        .rustc = o->rustc,
        .toolchain = o->toolchain,
        .lib = o->lib,
        .bins = o->bins,
        .packages = o->packages.items,
        .bin = o->bin.items,
        .example = o->example.items,
        .features = o->features.items,
        .all_features = o->all_features,
        .no_default_features = o->no_default_features,
        .target_dir = o->target_dir,
        .jobs = o->jobs,
        .locked = o->locked,
        .offline = o->offline,
        .frozen = o->frozen,
        .verbose = o->verbose,
        .quiet = o->quiet,
        .color = o->color,
        .cargo_args = o->cargo_args.items,
        .rustc_args = o->rustc_args.items,
        .clang_args = o->clang_args.items,
        .link_args = o->link_args.items,
    };
}

/* The account of a module with names from before they were dropped, beside
 * that of what the linker made. */
static whit_status treemap(const tool_built *built, buffer *out,
                           whit_error *error)
{
    tool_size_names names;
    tool_size *before = NULL, *after = NULL;
    slice linked = buffer_view(&built->linked);
    TRY(tool_size_names_init(&names, linked, built->stats.map,
                             built->stats.map_count, error));
    whit_status status =
        tool_size_new(buffer_view(&built->module), &names, &after, error);
    if (status == WHIT_OK)
        status = tool_size_new(linked, NULL, &before, error);
    if (status == WHIT_OK)
        status = tool_size_compare(after, before, error);
    tool_size_style style = {.title = built->name};
    if (status == WHIT_OK)
        status = tool_size_html(after, &style, out, error);
    tool_size_free(before);
    tool_size_free(after);
    tool_size_names_release(&names);
    return status;
}

static int write_treemap(const char *file, const tool_build_result *result)
{
    buffer page;
    whit_error error;
    buffer_init(&page);
    if (result->count != 1) {
        cli_error("--html shows one module, and %zu were built", result->count);
        return CLI_USAGE;
    }
    whit_status status = treemap(&result->modules[0], &page, &error);
    return cli_finish(result->modules[0].output, file, status, &page, &error);
}

/* Where the bytes of each module are. */
static int report(const struct options *o, const tool_build_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        const tool_built *built = &result->modules[i];
        if (o->quiet || !strcmp(built->output, "-"))
            continue;
        buffer text;
        whit_error error;
        buffer_init(&text);
        whit_status status = tool_size_summary(
            built->output, buffer_view(&built->linked),
            buffer_view(&built->module), &built->stats, &text, &error);
        if (built->component.size)
            buffer_printf(&text, "component: %zu B\n", built->component.size);
        if (status == WHIT_OK)
            status = buffer_status(&text, &error);
        if (status == WHIT_OK)
            fwrite(text.data, 1, text.size, stdout);
        buffer_release(&text);
        if (status != WHIT_OK)
            return cli_fail_error(built->output, &error);
    }
    return CLI_SUCCESS;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    tool_build_options wanted = translate(o, line);
    int code = check(o, line, &wanted);
    if (code != CLI_SUCCESS)
        return code;
    struct progress progress = {o->verbose, o->quiet, isatty(STDERR_FILENO),
                                false};
    wanted.progress = (tool_progress){say, &progress};
    tool_build_result result;
    whit_error error;
    tool_build_result_init(&result);
    whit_status status = tool_build(&wanted, &result, &error);
    say(&progress, TOOL_SAY_OUTPUT, "");
    if (status != WHIT_OK) {
        cli_fail_error(NULL, &error);
        code = result.signal ? 128 + result.signal : CLI_FAILURE;
    } else if (!o->no_report) {
        code = report(o, &result);
    }
    if (!code && o->html)
        code = write_treemap(o->html, &result);
    tool_build_result_release(&result);
    return code;
}

const cli_command command_build = {
    .name = "build",
    .summary = "Build Rust or C source into a small module or component",
    .usage = "[PACKAGE | FILE.rs | FILE.c...]",
    .about = "Drives the rustc, cargo and clang that are installed, "
             "unchanged; `whit doctor` shows which. Where the standard "
             "library must be built for the target, that happens once and "
             "is cached. Without operands it builds the package around the "
             "current directory.\n\n"
             "A project with a folder wit/ gets its bindings from it, and "
             "what says in a section for which world it was made becomes a "
             "component.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
