/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Deciding what is built, and the steps all kinds of input share. */
#include "toolchain/build.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/limits.h"
#include "platform/file.h"
#include "platform/process.h"
#include "toolchain/build_job.h"
#include "toolchain/componentize.h"
#include "toolchain/project.h"
#include "wasm/decode.h"

void tool_build_result_init(tool_build_result *self)
{
    *self = (tool_build_result){0};
    arena_init(&self->memory);
}

void tool_build_result_release(tool_build_result *self)
{
    for (size_t i = 0; i < self->count; i++) {
        buffer_release(&self->modules[i].linked);
        buffer_release(&self->modules[i].module);
        buffer_release(&self->modules[i].component);
        tool_shrink_stats_release(&self->modules[i].stats);
    }
    arena_release(&self->memory);
    *self = (tool_build_result){0};
}

/* The command as a shell would read it, for --verbose. */
static void say_command(tool_job *job, const tool_list *argv)
{
    if (!job->options->verbose)
        return;
    buffer text;
    buffer_init(&text);
    for (size_t i = 0; i < argv->count; i++) {
        const char *word = argv->items[i];
        bool plain = *word && !word[strcspn(word, " \t\n\"'\\$`*?;&|<>()[]{}")];
        buffer_printf(&text, plain ? "%s%s" : "%s'%s'", i ? " " : "", word);
    }
    tool_say(&job->options->progress, TOOL_SAY_DETAIL, buffer_string(&text));
    buffer_release(&text);
}

whit_status tool_job_run(tool_job *job, const tool_list *argv,
                         const tool_list *environment, buffer *output,
                         whit_error *error)
{
    TRY(tool_list_status(argv, error));
    if (environment)
        TRY(tool_list_status(environment, error));
    say_command(job, argv);
    process_spec spec = {.argv = argv->items,
                         .environment = environment ? environment->items : NULL,
                         .directory = job->directory,
                         .output = output ? PROCESS_CAPTURE : PROCESS_INHERIT,
                         .capture_limit = LIMIT_MODULE_BYTES,
                         .group = output != NULL};
    process_result result;
    process_result_init(&result);
    whit_status status = process_run(&spec, &result, error);
    if (status == WHIT_OK && output) {
        buffer_slice(output, buffer_view(&result.output));
        status = buffer_status(output, error);
    }
    if (status == WHIT_OK && (result.code || result.signal)) {
        const char *name = path_base(argv->items[0]);
        job->result->exit_code = result.signal ? 1 : result.code;
        if (result.signal)
            status = error_set(error, WHIT_TOOL, "%s was ended by signal %d",
                               name, result.signal);
        else
            status = error_set(error, WHIT_TOOL, "%s failed (exit code %d)",
                               name, result.code);
    }
    process_result_release(&result);
    return status;
}

/* Whether a custom section tells the world the module was made for. */
static bool has_world(slice module)
{
    static const char prefix[] = "component-type";
    wasm_module *decoded = NULL;
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    if (wasm_decode(module, &options, &decoded, NULL) != WHIT_OK)
        return false;
    bool found = false;
    for (uint32_t i = 0; i < decoded->custom_count; i++) {
        slice name = decoded->customs[i].name;
        found |= name.size >= sizeof prefix - 1 &&
                 !memcmp(name.data, prefix, sizeof prefix - 1);
    }
    wasm_module_free(decoded);
    return found;
}

/* The one place where the linked module becomes the written one. */
static whit_status build_finish(tool_job *job, tool_built *built,
                                whit_error *error)
{
    const tool_build_options *o = job->options;
    slice linked = buffer_view(&built->linked);
    bool shrink = o->release && !o->debug;
    if (shrink) {
        tool_shrink_options options = {.keep_customs = true,
                                       .drop_linker_exports = true};
        whit_status status =
            tool_shrink(linked, &options, &built->module, &built->stats, error);
        if (status != WHIT_OK) {
            error_prefix(error, "shrinking %s", built->name);
            return status;
        }
    } else {
        buffer_slice(&built->module, linked);
        TRY(buffer_status(&built->module, error));
    }
    slice module = buffer_view(&built->module);
    if (o->core || !has_world(module))
        return WHIT_OK;
    tool_componentize_options options = {
        .merge_versions = true,
        .shrink = shrink,
        .component = {.keep_customs = !shrink, .debug_names = !shrink}};
    whit_status status =
        tool_componentize(module, &options, &built->component, error);
    if (status != WHIT_OK)
        error_prefix(error, "%s as a component", built->name);
    return status;
}

static whit_status make_parent(tool_job *job, const char *path,
                               whit_error *error)
{
    size_t length = (size_t)(path_base(path) - path);
    if (!length)
        return WHIT_OK;
    char *parent = tool_text(job->memory, "%.*s", (int)length, path);
    TRY_ALLOC(parent, error);
    return file_make_directories(parent, error);
}

whit_status tool_job_finish(tool_job *job, const char *name, const char *linked,
                            const char *output, whit_error *error)
{
    tool_build_result *result = job->result;
    tool_built *all = arena_array(job->memory, result->count + 1, sizeof *all);
    TRY_ALLOC(all, error);
    if (result->count)
        memcpy(all, result->modules, result->count * sizeof *all);
    result->modules = all;
    tool_built *built = &all[result->count++];
    buffer_init(&built->linked);
    buffer_init(&built->module);
    buffer_init(&built->component);
    built->name = name;
    built->output = job->options->output ? job->options->output : output;
    TRY(file_read(linked, LIMIT_MODULE_BYTES, &built->linked, error));
    TRY(build_finish(job, built, error));
    if (process_guard_signal())
        return error_set(error, WHIT_TOOL, "interrupted");
    if (!job->options->output)
        TRY(make_parent(job, built->output, error));
    const buffer *written =
        built->component.size ? &built->component : &built->module;
    return file_write(built->output, buffer_view(written), error);
}

static size_t count_inputs(const char *const *inputs)
{
    size_t count = 0;
    while (inputs && inputs[count])
        count++;
    return count;
}

static whit_status wrong_input(const char *path, whit_error *error)
{
    return error_set(error, WHIT_ARGUMENT,
                     "%s: not an input of build; it takes a cargo package "
                     "(its directory or Cargo.toml), one .rs file, or one or "
                     "more .c files",
                     path);
}

/* What the project says of itself, and its bindings. */
static whit_status prepare_project(tool_job *job, const char *directory,
                                   const char *manifest, tool_project *project,
                                   whit_error *error)
{
    const tool_build_options *o = job->options;
    TRY(tool_project_read(project, directory, manifest, job->memory, error));
    const char *target = project->target;
    bool unknown = target && strstr(target, "unknown");
    if (target && !unknown && !strstr(target, "wasip1"))
        return error_set(error, WHIT_ARGUMENT,
                         "%s: target is \"unknown\" or \"wasip1\", not \"%s\"",
                         manifest, target);
    if (target && !o->target_given) {
        tool_build_options *own = arena_dup(job->memory, o, sizeof *own);
        TRY_ALLOC(own, error);
        own->target = unknown ? TOOL_UNKNOWN : TOOL_WASIP1;
        job->options = own;
    }
    bind_options options = {.encoding = BIND_UTF8};
    return tool_project_bind(project,
                             manifest ? &bind_language_rust : &bind_language_c,
                             &options, job->memory, &o->progress, error);
}

/* The directory of a Cargo.toml, or, without one, the nearest that has it. */
static const char *package_directory(tool_job *job, const char *manifest)
{
    if (manifest) {
        size_t length = (size_t)(path_base(manifest) - manifest);
        return length
                   ? tool_text(job->memory, "%.*s", (int)length - 1, manifest)
                   : ".";
    }
    char *place = getcwd(NULL, 0);
    const char *found = NULL;
    for (char *end = place; end && !found; end = strrchr(place, '/')) {
        if (end != place)
            *end = 0;
        char *path = tool_text(job->memory, "%s/Cargo.toml", place);
        if (path && file_exists(path))
            found = tool_text(job->memory, "%s", place);
        if (!*place)
            break;
    }
    free(place);
    return found;
}

static whit_status build_package(tool_job *job, const char *manifest,
                                 whit_error *error)
{
    const char *directory = package_directory(job, manifest);
    if (directory) {
        tool_project project;
        const char *file =
            manifest ? manifest
                     : tool_text(job->memory, "%s/Cargo.toml", directory);
        TRY_ALLOC(file, error);
        TRY(prepare_project(job, directory, file, &project, error));
    }
    return tool_build_package(job, manifest, error);
}

typedef struct c_sources {
    tool_list paths;
    const char *folder;
    bool has_main;
} c_sources;

static bool add_c_source(void *context, const char *name)
{
    c_sources *self = context;
    if (!strcmp(path_extension(name), ".c"))
        tool_list_addf(&self->paths, "%s/%s", self->folder, name);
    self->has_main |= !strcmp(name, "main.c");
    return true;
}

/* A project in C: with src/main.c it is a program, else a library. */
static whit_status build_c_project(tool_job *job, const char *directory,
                                   whit_error *error)
{
    tool_project project;
    TRY(prepare_project(job, directory, NULL, &project, error));
    c_sources sources = {.has_main = false};
    tool_list_init(&sources.paths, job->memory);
    static const char *const folders[] = {"src", "bindings"};
    for (size_t i = 0; i < 2; i++) {
        sources.folder = tool_text(job->memory, "%s/%s", directory, folders[i]);
        TRY_ALLOC(sources.folder, error);
        TRY(file_list(sources.folder, add_c_source, &sources, error));
    }
    tool_list words;
    tool_list_init(&words, job->memory);
    tool_list_addf(&words, "-I%s/bindings", directory);
    tool_list_all(&words, job->options->clang_args);
    TRY(tool_list_status(&words, error));
    TRY(tool_list_status(&sources.paths, error));
    tool_build_options *own = arena_dup(job->memory, job->options, sizeof *own);
    char *here = getcwd(NULL, 0);
    const char *base =
        path_base(!strcmp(directory, ".") && here ? here : directory);
    job->name = tool_text(job->memory, "%s", base);
    free(here);
    TRY_ALLOC(own, error);
    TRY_ALLOC(job->name, error);
    own->clang_args = words.items;
    own->lib = own->lib || !sources.has_main;
    if (!own->output)
        own->output =
            tool_text(job->memory, "%s/%s.wasm", directory, job->name);
    job->options = own;
    return tool_build_c(job, sources.paths.items, error);
}

static whit_status build_directory(tool_job *job, const char *path,
                                   whit_error *error)
{
    char *manifest = tool_text(job->memory, "%s/Cargo.toml", path);
    TRY_ALLOC(manifest, error);
    if (file_exists(manifest))
        return build_package(job, manifest, error);
    if (tool_project_is_c(path, job->memory))
        return build_c_project(job, path, error);
    return error_set(error, WHIT_NOT_FOUND,
                     "%s: no Cargo.toml in this directory, and no wit/ with "
                     "src/*.c",
                     path);
}

static whit_status check_c_inputs(const char *const *inputs, whit_error *error)
{
    for (size_t i = 0; inputs[i]; i++) {
        const char *extension = path_extension(inputs[i]);
        if (!file_exists(inputs[i]))
            return error_set(error, WHIT_NOT_FOUND, "%s: no such file",
                             inputs[i]);
        if (strcmp(extension, ".c") != 0)
            return error_set(error, WHIT_ARGUMENT,
                             "%s and %s cannot be built together: only .c "
                             "files can be several",
                             inputs[0], inputs[i]);
    }
    return WHIT_OK;
}

static whit_status choose(tool_job *job, whit_error *error)
{
    const tool_build_options *o = job->options;
    size_t count = count_inputs(o->inputs);
    if (o->manifest_path) {
        if (count)
            return error_set(error, WHIT_ARGUMENT,
                             "%s: --manifest-path already says what to build",
                             o->inputs[0]);
        if (!file_exists(o->manifest_path))
            return error_set(error, WHIT_NOT_FOUND, "%s: no such file",
                             o->manifest_path);
        return build_package(job, o->manifest_path, error);
    }
    if (!count && tool_project_is_c(".", job->memory) &&
        !file_exists("Cargo.toml"))
        return build_c_project(job, ".", error);
    if (!count)
        return build_package(job, NULL, error);
    const char *path = o->inputs[0];
    const char *extension = path_extension(path);
    if (!file_exists(path))
        return error_set(error, WHIT_NOT_FOUND, "%s: no such file", path);
    if (!file_is_directory(path) && !strcmp(extension, ".c")) {
        TRY(check_c_inputs(o->inputs, error));
        return tool_build_c(job, o->inputs, error);
    }
    bool package =
        file_is_directory(path) || !strcmp(path_base(path), "Cargo.toml");
    if (!package && strcmp(extension, ".rs") != 0)
        return wrong_input(path, error);
    if (count > 1)
        return error_set(error, WHIT_ARGUMENT,
                         "%s and %s cannot be built together: only .c files "
                         "can be several",
                         path, o->inputs[1]);
    if (!package)
        return tool_build_rust_file(job, path, error);
    if (file_is_directory(path))
        return build_directory(job, path, error);
    return build_package(job, path, error);
}

whit_status tool_build(const tool_build_options *options,
                       tool_build_result *result, whit_error *error)
{
    tool_job job = {
        .options = options, .result = result, .memory = &result->memory};
    buffer work;
    buffer_init(&work);
    process_guard();
    whit_status status = file_temporary_directory("whit", &work, error);
    if (status == WHIT_OK) {
        job.work = (char *)work.data;
        status = choose(&job, error);
        whit_status removed =
            file_remove_tree(job.work, status == WHIT_OK ? error : NULL);
        if (status == WHIT_OK)
            status = removed;
    }
    result->signal = process_guard_signal();
    process_unguard();
    buffer_release(&work);
    if (result->signal && status != WHIT_OK) {
        result->exit_code = 128 + result->signal;
        status = error_set(error, WHIT_TOOL, "interrupted");
    }
    return status;
}
