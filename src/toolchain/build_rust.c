/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calling rustc: choosing compiler, standard library and linker; single
 * files. */
#include "toolchain/build_job.h"

#include <stdlib.h>
#include <string.h>
#include "base/limits.h"
#include "platform/file.h"
#include "platform/process.h"
#include "toolchain/stdlib.h"

/* Release looks for the smallest module: a std built for that is worth the
 * wait even when the toolchain has one, as long as its sources are here. */
static bool wants_own_std(const tool_build_options *o, const tool_rust *rust)
{
    return !rust->has_std || (o->release && rust->source && rust->cargo);
}

static bool for_size(const tool_build_options *o)
{
    return o->release && (!o->opt_level || !strcmp(o->opt_level, "z") ||
                          !strcmp(o->opt_level, "s"));
}

static whit_status use_own_std(tool_job *job, tool_rust_setup *setup,
                               whit_error *error)
{
    const tool_build_options *o = job->options;
    tool_wasi wasi;
    bool wasip1 = o->target == TOOL_WASIP1;
    if (wasip1)
        TRY(tool_find_wasi(&setup->rust, job->memory, &wasi, error));
    tool_stdlib_options wanted = {.rust = &setup->rust,
                                  .target = o->target,
                                  .release = o->release,
                                  .wasi = wasip1 ? &wasi : NULL,
                                  .progress = &o->progress};
    const char *sysroot;
    TRY(tool_stdlib(&wanted, job->memory, &sysroot, error));
    tool_list_add(&setup->flags, "--sysroot");
    tool_list_add(&setup->flags, sysroot);
    setup->own_std = true;
    if (!o->release)
        return WHIT_OK;
    setup->bootstrap = true;
    tool_list_add(&setup->flags, "-Zunstable-options");
    tool_list_add(&setup->flags, "-Cpanic=immediate-abort");
    if (!wasip1 || o->small_malloc_off)
        return WHIT_OK;
    tool_clang clang;
    const char *object;
    if (tool_find_clang(job->memory, &clang, NULL) != WHIT_OK)
        return WHIT_OK; /* doctor tells what a clang would save */
    TRY(tool_guest_object(job, &clang, &object, error));
    tool_list_addf(&setup->flags, "-Zpre-link-args=%s", object);
    return WHIT_OK;
}

whit_status tool_rust_prepare(tool_job *job, tool_rust_setup *setup,
                              whit_error *error)
{
    const tool_build_options *o = job->options;
    *setup = (tool_rust_setup){0};
    tool_list_init(&setup->flags, job->memory);
    tool_rust_choice choice = {.rustc = o->rustc,
                               .toolchain = o->toolchain,
                               .directory = job->directory,
                               .target = o->target};
    TRY(tool_find_rust(&choice, job->memory, &setup->rust, error));
    const char *linker;
    TRY(tool_find_linker(&setup->rust, 0, job->memory, &linker, error));
    if (o->verbose)
        tool_say(&o->progress, TOOL_SAY_DETAIL,
                 tool_text(job->memory, "using %s %s, linker %s",
                           setup->rust.rustc, setup->rust.release, linker));
    if (wants_own_std(o, &setup->rust))
        TRY(use_own_std(job, setup, error));
    tool_list_addf(&setup->flags, "-Clinker=%s", linker);
    if (strncmp(path_base(linker), "rust-lld", 8) != 0)
        tool_list_add(&setup->flags, "-Clinker-flavor=wasm-ld");
    /* Saved 1 to 2.5 % of the two programs it was tried on, see
     * docs/internals/toolchain.md; LLVM's own value for z is 5. */
    if (for_size(o))
        tool_list_add(&setup->flags, "-Cllvm-args=-inline-threshold=25");
    tool_list_all(&setup->flags, o->rustc_args);
    for (size_t i = 0; o->link_args && o->link_args[i]; i++)
        tool_list_addf(&setup->flags, "-Clink-arg=%s", o->link_args[i]);
    return tool_list_status(&setup->flags, error);
}

/* "src/my-app.rs" is "my-app"; rustc wants a crate name of its own. */
static const char *stem_of(tool_job *job, const char *path)
{
    const char *base = path_base(path);
    size_t length = strlen(base) - strlen(path_extension(base));
    return tool_text(job->memory, "%.*s", (int)length, base);
}

static bool has_option(const char *const *items, const char *name)
{
    for (size_t i = 0; items && items[i]; i++)
        if (!strncmp(items[i], name, strlen(name)))
            return true;
    return false;
}

static void add_profile(tool_job *job, tool_list *argv)
{
    const tool_build_options *o = job->options;
    if (!o->release) {
        tool_list_addf(argv, "-Copt-level=%s",
                       o->opt_level ? o->opt_level : "0");
        tool_list_add(argv, "-Cdebuginfo=2");
        return;
    }
    tool_list_addf(argv, "-Copt-level=%s", o->opt_level ? o->opt_level : "z");
    tool_list_add(argv, "-Clto=fat");
    tool_list_add(argv, "-Ccodegen-units=1");
    if (o->debug)
        tool_list_add(argv, "-Cdebuginfo=2");
    else
        tool_list_add(argv, "-Cstrip=debuginfo");
}

static whit_status add_crate_type(tool_job *job, const char *path,
                                  tool_list *argv, whit_error *error)
{
    const tool_build_options *o = job->options;
    buffer source;
    buffer_init(&source);
    whit_status status = file_read(path, LIMIT_TEXT_BYTES, &source, error);
    tool_source_kind kind = tool_rust_source_kind(buffer_view(&source));
    buffer_release(&source);
    TRY(status);
    if (o->lib)
        kind = TOOL_SOURCE_LIBRARY;
    else if (o->bins)
        kind = TOOL_SOURCE_PROGRAM;
    if (kind != TOOL_SOURCE_DECLARED)
        tool_list_add(argv, kind == TOOL_SOURCE_PROGRAM
                                ? "--crate-type=bin"
                                : "--crate-type=cdylib");
    return WHIT_OK;
}

whit_status tool_build_rust_file(tool_job *job, const char *path,
                                 whit_error *error)
{
    const tool_build_options *o = job->options;
    tool_rust_setup setup;
    TRY(tool_rust_prepare(job, &setup, error));
    const char *stem = stem_of(job, path);
    char *linked = tool_text(job->memory, "%s/linked.wasm", job->work);
    char *output = stem ? tool_text(job->memory, "%s.wasm", stem) : NULL;
    if (!stem || !linked || !output)
        return error_memory(error);
    tool_list argv;
    tool_list_init(&argv, job->memory);
    tool_list_add(&argv, setup.rust.rustc);
    tool_list_add(&argv, path);
    if (!has_option(o->rustc_args, "--edition"))
        tool_list_add(&argv, "--edition=2021");
    tool_list_add(&argv, "--target");
    tool_list_add(&argv, tool_target_triple(o->target));
    TRY(add_crate_type(job, path, &argv, error));
    add_profile(job, &argv);
    tool_list_all(&argv, setup.flags.items);
    if (o->color)
        tool_list_addf(&argv, "--color=%s", o->color);
    tool_list_add(&argv, "-o");
    tool_list_add(&argv, linked);
    tool_list environment;
    tool_list_init(&environment, job->memory);
    if (setup.bootstrap)
        tool_list_add(&environment, "RUSTC_BOOTSTRAP=1");
    TRY(tool_job_run(job, &argv, &environment, NULL, error));
    return tool_job_finish(job, stem, linked, output, error);
}
