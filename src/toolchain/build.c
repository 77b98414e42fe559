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

/* The one place where the linked module becomes the written one. */
static whit_status build_finish(tool_job *job, tool_built *built,
                                whit_error *error)
{
    const tool_build_options *o = job->options;
    slice linked = buffer_view(&built->linked);
    if (o->release && !o->debug) {
        tool_shrink_options options = {.keep_customs = true,
                                       .drop_linker_exports = true};
        whit_status status =
            tool_shrink(linked, &options, &built->module, &built->stats, error);
        if (status != WHIT_OK)
            error_prefix(error, "shrinking %s", built->name);
        return status;
    }
    buffer_slice(&built->module, linked);
    return buffer_status(&built->module, error);
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
    built->name = name;
    built->output = job->options->output ? job->options->output : output;
    TRY(file_read(linked, LIMIT_MODULE_BYTES, &built->linked, error));
    TRY(build_finish(job, built, error));
    if (process_guard_signal())
        return error_set(error, WHIT_TOOL, "interrupted");
    if (!job->options->output)
        TRY(make_parent(job, built->output, error));
    return file_write(built->output, buffer_view(&built->module), error);
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

static whit_status build_directory(tool_job *job, const char *path,
                                   whit_error *error)
{
    char *manifest = tool_text(job->memory, "%s/Cargo.toml", path);
    TRY_ALLOC(manifest, error);
    if (!file_exists(manifest))
        return error_set(error, WHIT_NOT_FOUND,
                         "%s: no Cargo.toml in this directory", path);
    return tool_build_package(job, manifest, error);
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
        return tool_build_package(job, o->manifest_path, error);
    }
    if (!count)
        return tool_build_package(job, NULL, error);
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
    return tool_build_package(job, path, error);
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
