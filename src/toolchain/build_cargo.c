/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Cargo packages: the user's cargo with our sysroot and profile, and the
 * artifacts its messages name. */
#include "toolchain/build_job.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/memory.h"
#include "platform/file.h"
#include "platform/process.h"

/* The rustflags that cargo would take from its configuration for the target.
 * Ours have to be added to them, because cargo uses one source only. */
typedef struct user_flags {
    tool_list flags;
    bool conditional; /* some stand under target.'cfg(...)' */
} user_flags;

static void add_words(tool_list *list, const char *text)
{
    for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
        size_t length = strcspn(text, " ");
        tool_list_addf(list, "%.*s", (int)length, text);
        text += length;
    }
}

/* A list of words or one string of them; false when there is neither. */
static bool add_json(tool_list *list, const json_t *value)
{
    if (json_is_string(value)) {
        add_words(list, json_string_value(value));
        return true;
    }
    if (!json_is_array(value))
        return false;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *word = json_string_value(json_array_get(value, i));
        if (word)
            tool_list_addf(list, "%s", word);
    }
    return true;
}

static const char *environment_name(tool_job *job)
{
    return job->options->target == TOOL_WASIP1
               ? "CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS"
               : "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
}

static void read_configuration(tool_job *job, const json_t *root,
                               user_flags *user)
{
    const char *triple = tool_target_triple(job->options->target);
    json_t *targets = json_object_get(root, "target");
    const char *key;
    json_t *value;
    json_object_foreach(targets, key, value)
    {
        if (strncmp(key, "cfg(", 4) == 0 && json_object_get(value, "rustflags"))
            user->conditional = true;
    }
    bool found =
        add_json(&user->flags, json_object_get(json_object_get(targets, triple),
                                               "rustflags"));
    const char *more = getenv(environment_name(job));
    if (more)
        add_words(&user->flags, more);
    if (found || more || user->conditional)
        return;
    more = getenv("CARGO_BUILD_RUSTFLAGS");
    (void)add_json(&user->flags, json_object_get(json_object_get(root, "build"),
                                                 "rustflags"));
    if (more)
        add_words(&user->flags, more);
}

/* Asking needs an unstable option of cargo; without an answer there is no
 * configuration to keep. */
static void ask_configuration(tool_job *job, const tool_rust *rust,
                              user_flags *user)
{
    const char *argv[] = {rust->cargo, "-Zunstable-options", "config",
                          "get",       "--format",           "json",
                          NULL};
    const char *environment[] = {"RUSTC_BOOTSTRAP=1", NULL};
    const char *answer =
        tool_ask(argv, environment, job->directory, job->memory);
    json_t *root = answer ? json_loads(answer, 0, NULL) : NULL;
    read_configuration(job, root, user);
    json_decref(root);
}

/* Words joined by the separator of CARGO_ENCODED_RUSTFLAGS. */
static const char *encode(tool_job *job, const char *before,
                          const tool_list *first, const tool_list *second)
{
    buffer text;
    buffer_init(&text);
    buffer_text(&text, before);
    const tool_list *lists[] = {first, second};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; lists[l] && i < lists[l]->count; i++)
            buffer_printf(&text, "%s%s", text.size ? "\x1f" : "",
                          lists[l]->items[i]);
    const char *all = buffer_string(&text);
    const char *copy =
        all ? tool_text(job->memory, "CARGO_ENCODED_RUSTFLAGS=%s", all) : NULL;
    buffer_release(&text);
    return copy;
}

/* target.T.rustflags=[...] for --config, which cargo joins with flags that
 * stand under conditions. TOML's literal strings take all but a quote. */
static const char *configure(tool_job *job, const tool_list *flags)
{
    const char *text = tool_text(job->memory, "target.%s.rustflags=[",
                                 tool_target_triple(job->options->target));
    for (size_t i = 0; text && i < flags->count; i++)
        text = tool_text(job->memory, "%s%s'''%s'''", text, i ? "," : "",
                         flags->items[i]);
    return text ? tool_text(job->memory, "%s]", text) : NULL;
}

static void add_flags(tool_job *job, const tool_rust_setup *setup,
                      tool_list *argv, tool_list *environment)
{
    const char *encoded = getenv("CARGO_ENCODED_RUSTFLAGS");
    const char *plain = getenv("RUSTFLAGS");
    user_flags user = {.conditional = false};
    tool_list_init(&user.flags, job->memory);
    if (encoded) {
        tool_list_add(environment, encode(job, encoded, NULL, &setup->flags));
        return;
    }
    if (plain) {
        add_words(&user.flags, plain);
    } else {
        ask_configuration(job, &setup->rust, &user);
        if (user.conditional) {
            tool_list_add(argv, "--config");
            tool_list_add(argv, configure(job, &setup->flags));
            return;
        }
    }
    if (user.flags.failed)
        environment->failed = true;
    tool_list_add(environment, encode(job, "", &user.flags, &setup->flags));
}

static void add_named(tool_list *argv, const char *option,
                      const char *const *names)
{
    for (size_t i = 0; names && names[i]; i++) {
        tool_list_add(argv, option);
        tool_list_add(argv, names[i]);
    }
}

static void add_selection(const tool_build_options *o, tool_list *argv)
{
    if (o->lib)
        tool_list_add(argv, "--lib");
    if (o->bins)
        tool_list_add(argv, "--bins");
    add_named(argv, "--package", o->packages);
    add_named(argv, "--bin", o->bin);
    add_named(argv, "--example", o->example);
    add_named(argv, "--features", o->features);
    if (o->all_features)
        tool_list_add(argv, "--all-features");
    if (o->no_default_features)
        tool_list_add(argv, "--no-default-features");
    if (o->jobs) {
        tool_list_add(argv, "--jobs");
        tool_list_add(argv, o->jobs);
    }
    if (o->locked)
        tool_list_add(argv, "--locked");
    if (o->offline)
        tool_list_add(argv, "--offline");
    if (o->frozen)
        tool_list_add(argv, "--frozen");
    if (o->verbose)
        tool_list_add(argv, "--verbose");
    if (o->quiet)
        tool_list_add(argv, "--quiet");
    if (o->color) {
        tool_list_add(argv, "--color");
        tool_list_add(argv, o->color);
    }
}

/* Cargo reads these before the package's own profile. */
static void add_profile(tool_job *job, tool_list *environment)
{
    const tool_build_options *o = job->options;
    if (o->release) {
        tool_list_addf(environment, "CARGO_PROFILE_RELEASE_OPT_LEVEL=%s",
                       o->opt_level ? o->opt_level : "z");
        tool_list_add(environment, "CARGO_PROFILE_RELEASE_LTO=fat");
        tool_list_add(environment, "CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1");
        tool_list_addf(environment, "CARGO_PROFILE_RELEASE_DEBUG=%s",
                       o->debug ? "2" : "false");
        tool_list_addf(environment, "CARGO_PROFILE_RELEASE_STRIP=%s",
                       o->debug ? "none" : "debuginfo");
    } else if (o->opt_level) {
        tool_list_addf(environment, "CARGO_PROFILE_DEV_OPT_LEVEL=%s",
                       o->opt_level);
    }
}

static bool is_among(const char *const *names, const char *name)
{
    for (size_t i = 0; names && names[i]; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* Cargo builds a package's library with its programs; the module of a library
 * that was not asked for is no result. */
static bool is_wanted(const tool_build_options *o, const json_t *target)
{
    const char *name = json_string_value(json_object_get(target, "name"));
    const char *kind =
        json_string_value(json_array_get(json_object_get(target, "kind"), 0));
    bool choice =
        o->lib || o->bins || (o->bin && *o->bin) || (o->example && *o->example);
    if (!name || !kind || !choice)
        return name && kind;
    if (!strcmp(kind, "bin"))
        return o->bins || is_among(o->bin, name);
    if (!strcmp(kind, "example"))
        return is_among(o->example, name);
    return o->lib;
}

/* The .wasm files among the artifacts, each once. */
static void take_message(tool_job *job, const json_t *message,
                         tool_list *artifacts)
{
    const char *reason = json_string_value(json_object_get(message, "reason"));
    if (!reason || strcmp(reason, "compiler-artifact") != 0 ||
        !is_wanted(job->options, json_object_get(message, "target")))
        return;
    json_t *files = json_object_get(message, "filenames");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const char *file = json_string_value(json_array_get(files, i));
        if (!file || strcmp(path_extension(file), ".wasm") != 0)
            continue;
        bool seen = false;
        for (size_t k = 0; k < artifacts->count; k++)
            seen |= !strcmp(artifacts->items[k], file);
        if (!seen)
            tool_list_add(artifacts, tool_text(job->memory, "%s", file));
    }
}

static void take_messages(tool_job *job, slice text, tool_list *artifacts)
{
    while (text.size) {
        const uint8_t *end = memchr(text.data, '\n', text.size);
        size_t length = end ? (size_t)(end - text.data) : text.size;
        if (length && *text.data == '{') {
            json_t *message =
                json_loadb((const char *)text.data, length, 0, NULL);
            take_message(job, message, artifacts);
            json_decref(message);
        }
        length += end != NULL;
        text.data += length;
        text.size -= length;
    }
}

/* target/wasm32-wasip1/release/x.wasm goes to target/whit/release/x.wasm. */
static const char *output_of(tool_job *job, const char *artifact,
                             const char *name)
{
    const tool_build_options *o = job->options;
    char *middle =
        tool_text(job->memory, "/%s/", tool_target_triple(o->target));
    const char *found = NULL;
    for (const char *p = artifact; middle && (p = strstr(p, middle)); p++)
        found = p;
    if (!found)
        return tool_text(job->memory, "%s.wasm", name);
    return tool_text(job->memory, "%.*s/whit/%s/%s.wasm",
                     (int)(found - artifact), artifact,
                     o->release ? "release" : "dev", name);
}

static whit_status finish_all(tool_job *job, const tool_list *artifacts,
                              whit_error *error)
{
    const tool_build_options *o = job->options;
    TRY(tool_list_status(artifacts, error));
    if (!artifacts->count)
        return error_set(error, WHIT_ARGUMENT,
                         "the package has nothing that becomes a module: it "
                         "needs a program (src/main.rs) or crate-type = "
                         "[\"cdylib\"] under [lib] in Cargo.toml");
    if (artifacts->count > 1 && o->output)
        return error_set(error, WHIT_ARGUMENT,
                         "the package makes %zu modules, but -o names one "
                         "file: choose with --bin, --example or --lib",
                         artifacts->count);
    for (size_t i = 0; i < artifacts->count; i++) {
        const char *artifact = artifacts->items[i];
        const char *base = path_base(artifact);
        const char *name =
            tool_text(job->memory, "%.*s", (int)strlen(base) - 5, base);
        TRY_ALLOC(name, error);
        const char *output = output_of(job, artifact, name);
        TRY_ALLOC(output, error);
        TRY(tool_job_finish(job, name, artifact, output, error));
    }
    return WHIT_OK;
}

/* A path the user gave, seen from where cargo runs. */
static const char *absolute(tool_job *job, const char *path)
{
    if (*path == '/' || !job->directory)
        return path;
    char *here = getcwd(NULL, 0);
    const char *all = here ? tool_text(job->memory, "%s/%s", here, path) : NULL;
    free(here);
    return all;
}

static whit_status run_cargo(tool_job *job, const char *manifest,
                             const tool_rust_setup *setup, buffer *messages,
                             whit_error *error)
{
    const tool_build_options *o = job->options;
    tool_list argv, environment;
    tool_list_init(&argv, job->memory);
    tool_list_init(&environment, job->memory);
    tool_list_add(&argv, setup->rust.cargo);
    tool_list_add(&argv, "build");
    tool_list_add(&argv, "--message-format=json-render-diagnostics");
    tool_list_add(&argv, "--target");
    tool_list_add(&argv, tool_target_triple(o->target));
    if (o->release)
        tool_list_add(&argv, "--release");
    if (manifest) {
        tool_list_add(&argv, "--manifest-path");
        tool_list_add(&argv, absolute(job, manifest));
    }
    if (o->target_dir) {
        tool_list_add(&argv, "--target-dir");
        tool_list_add(&argv, absolute(job, o->target_dir));
    }
    add_selection(o, &argv);
    add_flags(job, setup, &argv, &environment);
    tool_list_all(&argv, o->cargo_args);
    add_profile(job, &environment);
    tool_list_addf(&environment, "RUSTC=%s", setup->rust.rustc);
    if (setup->bootstrap)
        tool_list_add(&environment, "RUSTC_BOOTSTRAP=1");
    return tool_job_run(job, &argv, &environment, messages, error);
}

whit_status tool_build_package(tool_job *job, const char *manifest,
                               whit_error *error)
{
    json_set_alloc_funcs(mem_alloc, mem_free);
    /* A package that was named is built as if from its own directory, where
     * its .cargo/config.toml and rust-toolchain.toml are. */
    if (manifest && !job->options->manifest_path) {
        size_t length = (size_t)(path_base(manifest) - manifest);
        if (length) {
            job->directory =
                tool_text(job->memory, "%.*s", (int)length, manifest);
            TRY_ALLOC(job->directory, error);
        }
    }
    tool_rust_setup setup;
    TRY(tool_rust_prepare(job, &setup, error));
    if (!setup.rust.cargo)
        return error_set(error, WHIT_MISSING_TOOL,
                         "%s has no cargo: apt install cargo-web (rustup "
                         "toolchains always have one)",
                         setup.rust.rustc);
    buffer messages;
    buffer_init(&messages);
    tool_list artifacts;
    tool_list_init(&artifacts, job->memory);
    whit_status status = run_cargo(job, manifest, &setup, &messages, error);
    if (status == WHIT_OK)
        take_messages(job, buffer_view(&messages), &artifacts);
    buffer_release(&messages);
    TRY(status);
    return finish_all(job, &artifacts, error);
}
