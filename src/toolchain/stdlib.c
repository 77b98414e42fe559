/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Driving cargo's build-std over an empty crate and keeping the rlibs. */
#include "toolchain/stdlib.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "platform/file.h"
#include "platform/process.h"

/* Flags that make a std which user crates then have to be compiled with, and
 * settings that only matter inside of it. Part of the cache key. */
static const char *const release_settings[] = {
    "CARGO_PROFILE_RELEASE_OPT_LEVEL=z", "CARGO_PROFILE_RELEASE_DEBUG=false",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1", "CARGO_PROFILE_RELEASE_LTO=off",
    NULL};
static const char release_flags[] = "-Zunstable-options\x1f"
                                    "-Cpanic=immediate-abort\x1f"
                                    "-Cembed-bitcode=yes";
static const char release_features[] = "-Zbuild-std-features=optimize_for_size";

static const char *const dev_settings[] = {
    "CARGO_PROFILE_RELEASE_OPT_LEVEL=2", "CARGO_PROFILE_RELEASE_DEBUG=false",
    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16", "CARGO_PROFILE_RELEASE_LTO=off",
    NULL};
static const char dev_flags[] = "-Cembed-bitcode=no";
static const char dev_features[] = "-Zbuild-std-features=";

static const char manifest[] = "[package]\n"
                               "name = \"whit-std\"\n"
                               "version = \"0.0.0\"\n"
                               "edition = \"2021\"\n"
                               "[lib]\n"
                               "path = \"lib.rs\"\n"
                               "[profile.release]\n"
                               "panic = \"abort\"\n"
                               "[workspace]\n";

/* One standard library in the making; `work` is removed in the end. */
typedef struct job {
    const tool_stdlib_options *options;
    arena *memory;
    const char *cache;
    const char *about;
    const char *final;
    const char *work;
    int crates; /* compiled so far */
} job;

const char *tool_cache(arena *memory)
{
    const char *place = getenv("WHIT_CACHE");
    if (place && *place)
        return tool_text(memory, "%s", place);
    place = getenv("XDG_CACHE_HOME");
    if (place && *place == '/')
        return tool_text(memory, "%s/whit", place);
    place = getenv("HOME");
    return place && *place ? tool_text(memory, "%s/.cache/whit", place) : NULL;
}

static whit_status name_job(job *j, whit_error *error)
{
    const tool_stdlib_options *o = j->options;
    j->cache = tool_cache(j->memory);
    if (!j->cache)
        return error_set(error, WHIT_IO,
                         "no place for the cache: set WHIT_CACHE or HOME");
    const char *const *settings = o->release ? release_settings : dev_settings;
    char *text =
        tool_text(j->memory, "%s\nsource %s\nflags %s\n%s\nwasi-libc %s\n",
                  o->rust->identity, o->rust->source,
                  o->release ? release_flags : dev_flags,
                  o->release ? release_features : dev_features,
                  o->wasi ? o->wasi->lib : "none");
    for (size_t i = 0; text && settings[i]; i++)
        text = tool_text(j->memory, "%s%s\n", text, settings[i]);
    TRY_ALLOC(text, error);
    j->about = text;
    j->final =
        tool_text(j->memory, "%s/rust/%s-%s-%s-%016" PRIx64, j->cache,
                  o->rust->release, tool_target_triple(o->target),
                  o->release ? "release" : "dev", slice_hash(slice_text(text)));
    TRY_ALLOC(j->final, error);
    return WHIT_OK;
}

static whit_status write_text(job *j, const char *name, const char *text,
                              whit_error *error)
{
    char *path = tool_text(j->memory, "%s/%s", j->work, name);
    TRY_ALLOC(path, error);
    TRY_ALLOC(text, error);
    return file_write(path, slice_text(text), error);
}

/* TOML's basic string. */
static const char *quoted(arena *memory, const char *text)
{
    char *out = arena_alloc(memory, strlen(text) * 2 + 3);
    if (!out)
        return NULL;
    size_t used = 0;
    out[used++] = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            out[used++] = '\\';
        out[used++] = *text;
    }
    out[used++] = '"';
    out[used] = 0;
    return out;
}

/* Distributions ship the few crates that std depends on beside it; then no
 * network is needed, and none is used. */
static whit_status write_crate(job *j, bool vendored, whit_error *error)
{
    TRY(write_text(j, "Cargo.toml", manifest, error));
    TRY(write_text(j, "lib.rs", "#![no_std]\n", error));
    if (!vendored)
        return WHIT_OK;
    char *config = tool_text(j->memory, "%s/.cargo", j->work);
    TRY_ALLOC(config, error);
    TRY(file_make_directories(config, error));
    char *vendor =
        tool_text(j->memory, "%s/library/vendor", j->options->rust->source);
    TRY_ALLOC(vendor, error);
    const char *directory = quoted(j->memory, vendor);
    TRY_ALLOC(directory, error);
    return write_text(j, ".cargo/config.toml",
                      tool_text(j->memory,
                                "[source.crates-io]\n"
                                "replace-with = \"std-vendor\"\n"
                                "[source.std-vendor]\n"
                                "directory = %s\n"
                                "[net]\n"
                                "offline = true\n",
                                directory),
                      error);
}

static void on_cargo_line(void *context, slice line)
{
    static const char word[] = "   Compiling ";
    job *j = context;
    if (line.size < sizeof word || memcmp(line.data, word, sizeof word - 1))
        return;
    const char *name = (const char *)line.data + sizeof word - 1;
    size_t length = line.size - (sizeof word - 1);
    const char *end = memchr(name, ' ', length);
    j->crates++;
    tool_say(j->options->progress, TOOL_SAY_TICK,
             tool_text(j->memory, "standard library: crate %d, %.*s", j->crates,
                       (int)(end ? end - name : (long)length), name));
}

/* The user's own settings of cargo must not reach this build. */
static void clean_environment(tool_list *environment)
{
    static const char *const without[] = {"RUSTFLAGS",
                                          "CARGO_BUILD_RUSTFLAGS",
                                          "RUSTC_WRAPPER",
                                          "RUSTC_WORKSPACE_WRAPPER",
                                          "CARGO_BUILD_TARGET",
                                          "CARGO_MAKEFLAGS",
                                          "CARGO_BUILD_RUSTC_WRAPPER",
                                          "MAKEFLAGS",
                                          "RUSTUP_TOOLCHAIN",
                                          NULL};
    tool_list_all(environment, without);
}

static whit_status run_cargo(job *j, whit_error *error)
{
    const tool_stdlib_options *o = j->options;
    char *vendor = tool_text(j->memory, "%s/library/vendor", o->rust->source);
    TRY_ALLOC(vendor, error);
    bool vendored = file_is_directory(vendor);
    TRY(write_crate(j, vendored, error));
    tool_list environment;
    tool_list_init(&environment, j->memory);
    clean_environment(&environment);
    tool_list_all(&environment, o->release ? release_settings : dev_settings);
    tool_list_addf(&environment, "RUSTC=%s", o->rust->rustc);
    tool_list_add(&environment, "RUSTC_BOOTSTRAP=1");
    tool_list_addf(&environment, "CARGO_ENCODED_RUSTFLAGS=%s",
                   o->release ? release_flags : dev_flags);
    tool_list_addf(&environment, "CARGO_TARGET_DIR=%s/target", j->work);
    tool_list_add(&environment, "CARGO_TERM_COLOR=never");
    tool_list_add(&environment, "CARGO_INCREMENTAL=0");
    if (vendored)
        tool_list_addf(&environment, "CARGO_HOME=%s/home", j->work);
    TRY(tool_list_status(&environment, error));
    const char *argv[] = {o->rust->cargo,
                          "build",
                          "--release",
                          "--target",
                          tool_target_triple(o->target),
                          "-Zbuild-std=std,panic_abort,proc_macro",
                          o->release ? release_features : dev_features,
                          NULL};
    process_spec spec = {.argv = argv,
                         .environment = environment.items,
                         .directory = j->work,
                         .output = PROCESS_NULL,
                         .error = PROCESS_CAPTURE,
                         .group = true,
                         .on_error_line = on_cargo_line,
                         .context = j};
    process_result result;
    process_result_init(&result);
    whit_status status = process_run(&spec, &result, error);
    if (status == WHIT_OK && (result.code || result.signal)) {
        if (!process_guard_signal())
            tool_say(o->progress, TOOL_SAY_OUTPUT,
                     buffer_string(&result.error));
        status = error_set(error, WHIT_TOOL,
                           "building the Rust standard library with %s %s "
                           "failed",
                           o->rust->rustc, o->rust->release);
    }
    process_result_release(&result);
    return status;
}

typedef struct mover {
    job *job;
    const char *from;
    const char *to;
    whit_status status;
    whit_error *error;
} mover;

static bool move_rlib(void *context, const char *name)
{
    mover *m = context;
    if (strcmp(path_extension(name), ".rlib") != 0 ||
        !strncmp(name, "libwhit_std-", 12))
        return true;
    char *from = tool_text(m->job->memory, "%s/%s", m->from, name);
    char *to = tool_text(m->job->memory, "%s/%s", m->to, name);
    if (!from || !to)
        m->status = error_memory(m->error);
    else if (rename(from, to) < 0)
        m->status = error_set(m->error, WHIT_IO, "cannot move %s", from);
    return m->status == WHIT_OK;
}

/* Lays out work/sysroot and gives it its final name. */
static whit_status assemble(job *j, whit_error *error)
{
    const tool_stdlib_options *o = j->options;
    const char *triple = tool_target_triple(o->target);
    char *sysroot = tool_text(j->memory, "%s/sysroot", j->work);
    char *from =
        tool_text(j->memory, "%s/target/%s/release/deps", j->work, triple);
    char *to =
        tool_text(j->memory, "%s/sysroot/lib/rustlib/%s/lib", j->work, triple);
    if (!sysroot || !from || !to)
        return error_memory(error);
    TRY(file_make_directories(to, error));
    mover m = {j, from, to, WHIT_OK, error};
    TRY(file_list(from, move_rlib, &m, error));
    TRY(m.status);
    if (o->wasi) {
        char *link = tool_text(j->memory, "%s/self-contained", to);
        TRY_ALLOC(link, error);
        if (symlink(o->wasi->lib, link) < 0)
            return error_set(error, WHIT_IO, "cannot make %s", link);
    }
    TRY(write_text(j, "sysroot/about", j->about, error));
    if (rename(sysroot, j->final) < 0)
        return error_set(error, WHIT_IO, "cannot make %s", j->final);
    return WHIT_OK;
}

static whit_status build(job *j, whit_error *error)
{
    const tool_stdlib_options *o = j->options;
    char *work = tool_text(j->memory, "%s/rust/work.XXXXXX", j->cache);
    TRY_ALLOC(work, error);
    if (!mkdtemp(work))
        return error_set(error, WHIT_IO, "cannot make a directory in %s",
                         j->cache);
    j->work = work;
    tool_say(o->progress, TOOL_SAY_STEP,
             tool_text(j->memory,
                       "building the Rust %s standard library for %s (%s), "
                       "once",
                       o->rust->release, tool_target_triple(o->target),
                       o->release ? "release" : "dev"));
    whit_status status = run_cargo(j, error);
    tool_say(o->progress, TOOL_SAY_OUTPUT, ""); /* ends the line of a tick */
    if (status == WHIT_OK)
        status = assemble(j, error);
    whit_status removed =
        file_remove_tree(work, status == WHIT_OK ? error : NULL);
    return status != WHIT_OK ? status : removed;
}

static void on_wait(void *context)
{
    job *j = context;
    tool_say(j->options->progress, TOOL_SAY_STEP,
             "waiting for another whit that builds a standard library");
}

whit_status tool_stdlib(const tool_stdlib_options *options, arena *memory,
                        const char **sysroot, whit_error *error)
{
    job j = {.options = options, .memory = memory};
    TRY(name_job(&j, error));
    *sysroot = j.final;
    if (file_is_directory(j.final))
        return WHIT_OK;
    char *parent = tool_text(memory, "%s/rust", j.cache);
    char *lock_path = tool_text(memory, "%s/rust/lock", j.cache);
    if (!parent || !lock_path)
        return error_memory(error);
    TRY(file_make_directories(parent, error));
    file_lock lock;
    TRY(file_lock_take(&lock, lock_path, on_wait, &j, error));
    whit_status status = WHIT_OK;
    if (!file_is_directory(j.final))
        status = build(&j, error);
    file_lock_drop(&lock);
    return status;
}
