/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit wit`: checks WIT and prints it in one form. */
#include <stddef.h>
#include <string.h>

#include "base/memory.h"
#include "cli/command.h"
#include "cli/output.h"
#include "platform/file.h"
#include "toolchain/wit_files.h"
#include "toolchain/wit_json.h"
#include "wit/print.h"

struct options {
    const char *output;
    const char *folder;
    cli_list features;
    bool all_features;
    bool json;
    bool no_docs;
};

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, offsetof(struct options, output), "FILE",
     "Write there instead of standard output"},
    {"out-dir", 0, CLI_TEXT, offsetof(struct options, folder), "DIR",
     "Write a folder: the package, and what it depends on in deps/"},
    {"json", 'j', CLI_FLAG, offsetof(struct options, json), NULL,
     "Write JSON that describes everything"},
    {"features", 0, CLI_LIST, offsetof(struct options, features), "NAME,NAME",
     "Let these @unstable features take part"},
    {"all-features", 0, CLI_FLAG, offsetof(struct options, all_features), NULL,
     "Let all @unstable features take part"},
    {"no-docs", 0, CLI_FLAG, offsetof(struct options, no_docs), NULL,
     "Leave out the comments that document"},
    CLI_OPTIONS_END};

/* The names of --features, split at commas. */
typedef struct feature_list {
    slice *names;
    uint32_t count;
} feature_list;

static whit_status split_features(const cli_list *list, feature_list *out,
                                  whit_error *error)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += strlen(list->items[i]) + 1;
    *out = (feature_list){.names = mem_calloc(count + 1, sizeof(slice))};
    TRY_ALLOC(out->names, error);
    for (size_t i = 0; i < list->count; i++) {
        const char *at = list->items[i];
        while (*at) {
            size_t size = strcspn(at, ", ");
            if (size)
                out->names[out->count++] = slice_of(at, size);
            at += size + (at[size] != 0);
        }
    }
    return WHIT_OK;
}

/* "folder/ns:name@version.wit" without what a file system may not like. */
static whit_status dependency_path(const wit_set *set, uint32_t package,
                                   const char *folder, buffer *out,
                                   whit_error *error)
{
    buffer_clear(out);
    buffer_printf(out, "%s/deps/", folder);
    size_t start = out->size;
    wit_package_write(set, package, out);
    for (size_t i = start; i < out->size; i++)
        if (out->data[i] == ':' || out->data[i] == '/')
            out->data[i] = '-';
    buffer_text(out, ".wit");
    return buffer_string(out) ? WHIT_OK : error_memory(error);
}

static whit_status write_package(const wit_set *set, uint32_t package,
                                 const wit_print_options *how, const char *path,
                                 whit_error *error)
{
    buffer text;
    buffer_init(&text);
    whit_status status = wit_print_package(set, package, how, &text, error);
    if (status == WHIT_OK)
        status = file_write(path, buffer_view(&text), error);
    buffer_release(&text);
    return status;
}

static whit_status write_folder(const wit_set *set, uint32_t root,
                                const struct options *o, whit_error *error)
{
    wit_print_options how = {.no_docs = o->no_docs};
    buffer path;
    buffer_init(&path);
    buffer_printf(&path, "%s/deps", o->folder);
    const char *made = buffer_string(&path);
    if (set->package_count == 1)
        made = o->folder;
    whit_status status =
        made ? file_make_directories(made, error) : error_memory(error);
    for (uint32_t i = 0; i < set->package_count && status == WHIT_OK; i++) {
        if (i != root) {
            status = dependency_path(set, i, o->folder, &path, error);
        } else {
            slice name = set->packages[i].name;
            buffer_clear(&path);
            buffer_printf(&path, "%s/%.*s.wit", o->folder, SLICE_ARG(name));
            status = buffer_string(&path) ? WHIT_OK : error_memory(error);
        }
        if (status == WHIT_OK)
            status =
                write_package(set, i, &how, (const char *)path.data, error);
    }
    buffer_release(&path);
    return status;
}

static int write_all(const wit_set *set, uint32_t root, const struct options *o)
{
    whit_error error;
    if (o->folder) {
        if (write_folder(set, root, o, &error) != WHIT_OK)
            return cli_fail_error(o->folder, &error);
        return CLI_SUCCESS;
    }
    wit_print_options how = {.no_docs = o->no_docs};
    buffer out;
    buffer_init(&out);
    whit_status status = o->json ? wit_json_write(set, &out, &error)
                                 : wit_print_set(set, root, &how, &out, &error);
    if (status == WHIT_OK)
        status = cli_write(o->output, buffer_view(&out), &error);
    buffer_release(&out);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(o->output, &error);
}

static int load_all(wit_set *set, const cli_line *line,
                    const wit_resolve_options *how, uint32_t *root)
{
    static const char *const standard_input[] = {"-"};
    const char *const *paths =
        line->operand_count ? line->operands : standard_input;
    size_t count = line->operand_count ? line->operand_count : 1;
    int code = CLI_SUCCESS;
    buffer failed;
    buffer_init(&failed);
    for (size_t i = 0; i < count && !code; i++) {
        whit_error error;
        if (tool_wit_load(set, paths[i], how, NULL, root, &failed, &error) !=
            WHIT_OK) {
            const char *path = failed.size ? buffer_string(&failed) : paths[i];
            code = cli_fail_error(path ? path : paths[i], &error);
        }
    }
    buffer_release(&failed);
    return code;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    whit_error error;
    feature_list features;
    if (o->folder && (o->json || o->output)) {
        cli_error("--out-dir writes text files; it does not go together with "
                  "--json or --output");
        return CLI_USAGE;
    }
    if (split_features(&o->features, &features, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    wit_resolve_options how = {.features = features.names,
                               .feature_count = features.count,
                               .all_features = o->all_features};
    wit_set *set = wit_set_new();
    uint32_t root = WIT_NONE;
    int code =
        set ? load_all(set, line, &how, &root) : cli_fail("out of memory");
    if (!code)
        code = write_all(set, root, o);
    wit_set_free(set);
    mem_free(features.names);
    return code;
}

const cli_command command_wit = {
    .name = "wit",
    .summary = "Check WIT and print it in one form, or as JSON",
    .usage = "[FILE|DIR]...",
    .about =
        "Reads a package: a file, or a folder with its deps/. Several are "
        "read one after\nthe other, and the last one is printed with what it "
        "depends on. Without any,\nstandard input is read.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
