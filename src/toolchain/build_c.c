/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * C files: clang to objects, wasm-ld to a module. */
#include "toolchain/build_job.h"

#include <string.h>
#include "platform/file.h"
#include "platform/process.h"

/* clang says "wasm32-wasip1" since 18 and warns of "wasm32-wasi" since 22. */
const char *tool_clang_target(const tool_clang *clang, tool_target target)
{
    if (target == TOOL_UNKNOWN)
        return "--target=wasm32-unknown-unknown";
    return clang->major >= 18 ? "--target=wasm32-wasip1"
                              : "--target=wasm32-wasi";
}

typedef struct c_build {
    tool_job *job;
    tool_clang clang;
    tool_wasi wasi;
    tool_list compile; /* words every file is compiled with */
    tool_list objects;
    tool_list link; /* words of the user's that are the linker's */
} c_build;

/* What the driver of clang would hand to the linker goes there. */
static void sort_user_words(c_build *b)
{
    const char *const *words = b->job->options->clang_args;
    for (size_t i = 0; words && words[i]; i++) {
        const char *word = words[i];
        if (!strncmp(word, "-Wl,", 4)) {
            for (word += 4; *word;) {
                size_t length = strcspn(word, ",");
                tool_list_addf(&b->link, "%.*s", (int)length, word);
                word += length + (word[length] == ',');
            }
        } else if (!strncmp(word, "-l", 2) || !strncmp(word, "-L", 2)) {
            tool_list_add(&b->link, word);
            if (!word[2] && words[i + 1])
                tool_list_add(&b->link, words[++i]);
        } else {
            tool_list_add(&b->compile, word);
        }
    }
    tool_list_all(&b->link, b->job->options->link_args);
}

static void prepare_compile(c_build *b, size_t files)
{
    const tool_build_options *o = b->job->options;
    tool_list *c = &b->compile;
    tool_list_add(c, b->clang.path);
    tool_list_add(c, tool_clang_target(&b->clang, o->target));
    tool_list_add(c, "-c");
    tool_list_addf(c, "-O%s",
                   o->opt_level ? o->opt_level
                   : o->release ? "z"
                                : "1");
    if (!o->release || o->debug)
        tool_list_add(c, "-g");
    if (o->release && files > 1)
        tool_list_add(c, "-flto");
    tool_list_add(c, "-nostdlibinc");
    if (o->target == TOOL_WASIP1) {
        tool_list_add(c, "-idirafter");
        tool_list_add(c, b->wasi.include);
    } else {
        tool_list_add(c, "-ffreestanding");
    }
    if (o->color)
        tool_list_add(c, !strcmp(o->color, "never") ? "-fno-color-diagnostics"
                         : !strcmp(o->color, "always")
                             ? "-fcolor-diagnostics"
                             : "-fdiagnostics-color=auto");
    sort_user_words(b);
}

static whit_status compile(c_build *b, const char *path, size_t index,
                           whit_error *error)
{
    tool_job *job = b->job;
    char *object = tool_text(job->memory, "%s/%zu.o", job->work, index);
    tool_list argv;
    tool_list_init(&argv, job->memory);
    tool_list_all(&argv, b->compile.items);
    tool_list_add(&argv, path);
    tool_list_add(&argv, "-o");
    tool_list_add(&argv, object);
    tool_list_add(&b->objects, object);
    return tool_job_run(job, &argv, NULL, NULL, error);
}

static whit_status prepare_link(c_build *b, tool_list *argv, whit_error *error)
{
    tool_job *job = b->job;
    const tool_build_options *o = job->options;
    const char *linker;
    TRY(tool_find_linker(NULL, b->clang.major, job->memory, &linker, error));
    tool_list_add(argv, linker);
    if (!strncmp(path_base(linker), "rust-lld", 8)) {
        tool_list_add(argv, "-flavor");
        tool_list_add(argv, "wasm");
    }
    tool_list_add(argv, "-m");
    tool_list_add(argv, "wasm32");
    if (o->release) {
        tool_list_add(argv, "-O2");
        tool_list_add(argv, "--gc-sections");
        if (!o->debug)
            tool_list_add(argv, "--strip-debug");
    }
    if (o->color && strcmp(o->color, "auto") != 0)
        tool_list_addf(argv, "--color-diagnostics=%s", o->color);
    if (o->target == TOOL_UNKNOWN)
        tool_list_add(argv, "--no-entry");
    else if (o->lib)
        tool_list_add(argv, "--entry=_initialize");
    return WHIT_OK;
}

static whit_status link_all(c_build *b, const char *linked, whit_error *error)
{
    tool_job *job = b->job;
    const tool_build_options *o = job->options;
    bool wasip1 = o->target == TOOL_WASIP1;
    tool_list argv;
    tool_list_init(&argv, job->memory);
    TRY(prepare_link(b, &argv, error));
    if (wasip1) {
        tool_list_addf(&argv, "-L%s", b->wasi.lib);
        tool_list_addf(&argv, "%s/crt1-%s.o", b->wasi.lib,
                       o->lib ? "reactor" : "command");
        if (o->release && !o->small_malloc_off) {
            const char *object;
            TRY(tool_guest_object(job, &b->clang, &object, error));
            tool_list_add(&argv, object);
        }
    }
    tool_list_all(&argv, b->objects.items);
    tool_list_all(&argv, b->link.items);
    if (wasip1)
        tool_list_add(&argv, "-lc");
    if (b->clang.builtins)
        tool_list_add(&argv, b->clang.builtins);
    tool_list_add(&argv, "-o");
    tool_list_add(&argv, linked);
    return tool_job_run(job, &argv, NULL, NULL, error);
}

static whit_status find_tools(c_build *b, whit_error *error)
{
    tool_job *job = b->job;
    TRY(tool_find_clang(job->memory, &b->clang, error));
    if (job->options->target == TOOL_UNKNOWN)
        return WHIT_OK;
    TRY(tool_find_wasi(NULL, job->memory, &b->wasi, error));
    if (!b->wasi.include)
        return error_set(error, WHIT_MISSING_TOOL,
                         "%s: no C headers belong to this wasi-libc: apt "
                         "install wasi-libc",
                         b->wasi.lib);
    if (!b->clang.builtins)
        return error_set(error, WHIT_MISSING_TOOL,
                         "%s has no compiler-rt for wasm32: apt install "
                         "libclang-rt-%d-dev-wasm32",
                         b->clang.path, b->clang.major);
    return WHIT_OK;
}

whit_status tool_build_c(tool_job *job, const char *const *paths,
                         whit_error *error)
{
    c_build b = {.job = job};
    tool_list_init(&b.compile, job->memory);
    tool_list_init(&b.objects, job->memory);
    tool_list_init(&b.link, job->memory);
    TRY(find_tools(&b, error));
    size_t count = 0;
    while (paths[count])
        count++;
    prepare_compile(&b, count);
    for (size_t i = 0; i < count; i++) {
        if (process_guard_signal())
            return error_set(error, WHIT_TOOL, "interrupted");
        TRY(compile(&b, paths[i], i, error));
    }
    TRY(tool_list_status(&b.objects, error));
    TRY(tool_list_status(&b.link, error));
    const char *base = path_base(paths[0]);
    size_t length = strlen(base) - strlen(path_extension(base));
    const char *name = job->name
                           ? job->name
                           : tool_text(job->memory, "%.*s", (int)length, base);
    char *output = tool_text(job->memory, "%.*s.wasm", (int)length, base);
    char *linked = tool_text(job->memory, "%s/linked.wasm", job->work);
    if (!name || !output || !linked)
        return error_memory(error);
    TRY(link_all(&b, linked, error));
    return tool_job_finish(job, name, linked, output, error);
}
