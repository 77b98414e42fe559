/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit wit` and `whit component wit`: WIT from texts, binary packages and
 * components, as text, JSON or a binary package. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command_component.h"
#include "cli/output.h"
#include "cli/wit_input.h"
#include "component/decode.h"
#include "component/print.h"
#include "component/wit_encode.h"
#include "platform/file.h"
#include "toolchain/wit_json.h"
#include "wit/print.h"

/* A world that is to be turned round. */
struct turning {
    bool asked;
    const char *world;
    const char *name;
};

struct options {
    const char *output;
    const char *folder;
    cli_list features;
    struct turning importize, exportize;
    bool all_features, json, no_docs, binary, text;
};

#define AT(member) offsetof(struct options, member)

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, AT(output), "FILE",
     "Write there instead of standard output"},
    {"out-dir", 0, CLI_TEXT, AT(folder), "DIR",
     "Write a folder: the package, and what it depends on in deps/"},
    {"json", 'j', CLI_FLAG, AT(json), NULL,
     "Write JSON that describes everything"},
    {"wasm", 'w', CLI_FLAG, AT(binary), NULL, "Write a binary package"},
    {"wat", 't', CLI_FLAG, AT(text), NULL,
     "Write the text of a binary package"},
    {"no-docs", 0, CLI_FLAG, AT(no_docs), NULL,
     "Leave out the comments that document"},
    {NULL, 0, CLI_HEADING, 0, NULL, "Gates"},
    {"features", 0, CLI_LIST, AT(features), "NAME,NAME",
     "Let these @unstable features take part"},
    {"all-features", 0, CLI_FLAG, AT(all_features), NULL,
     "Let all @unstable features take part"},
    {NULL, 0, CLI_HEADING, 0, NULL, "Worlds from the other side"},
    {"importize", 0, CLI_FLAG, AT(importize.asked), NULL,
     "The world's exports become imports; its imports are left out"},
    {"importize-world", 0, CLI_TEXT, AT(importize.world), "NAME",
     "The same with this world of several"},
    {"importize-out-world-name", 0, CLI_TEXT, AT(importize.name), "NAME",
     "The new name of the world; by default the old one and -importized"},
    {"exportize", 0, CLI_FLAG, AT(exportize.asked), NULL,
     "The world's imports become exports; its exports are left out"},
    {"exportize-world", 0, CLI_TEXT, AT(exportize.world), "NAME",
     "The same with this world of several"},
    {"exportize-out-world-name", 0, CLI_TEXT, AT(exportize.name), "NAME",
     "The new name of the world; by default the old one and -exportized"},
    CLI_OPTIONS_END};

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

static whit_status write_binary(const wit_set *set, uint32_t root,
                                const struct options *o, buffer *out,
                                whit_error *error)
{
    component_file *file;
    buffer bytes;
    if (!o->text)
        return component_wit_package_encode(set, root, o->no_docs, out, error);
    buffer_init(&bytes);
    whit_status status =
        component_wit_package_encode(set, root, o->no_docs, &bytes, error);
    if (status == WHIT_OK)
        status = component_decode(buffer_view(&bytes), &file, error);
    if (status == WHIT_OK) {
        status = component_print(file, &(wasm_print_options){0}, out, error);
        component_file_free(file);
    }
    buffer_release(&bytes);
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
    whit_status status =
        o->binary || o->text ? write_binary(set, root, o, &out, &error)
        : o->json            ? wit_json_write(set, &out, &error)
                             : wit_print_set(set, root, &how, &out, &error);
    const char *about = status == WHIT_OK ? o->output : NULL;
    if (status == WHIT_OK)
        status = cli_write(o->output, buffer_view(&out), &error);
    buffer_release(&out);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(about, &error);
}

/* ---- Turning a world round ---- */

/* The new name, in the set. */
static whit_status turned_name(wit_set *set, uint32_t world,
                               const struct turning *how, const char *ending,
                               slice *out, whit_error *error)
{
    buffer name;
    buffer_init(&name);
    if (how->name)
        buffer_text(&name, how->name);
    else {
        buffer_slice(&name, set->worlds[world].name);
        buffer_text(&name, ending);
    }
    whit_status status = buffer_status(&name, error);
    if (status == WHIT_OK) {
        *out =
            slice_of(arena_dup(&set->memory, name.data, name.size), name.size);
        if (!out->data)
            status = error_memory(error);
    }
    buffer_release(&name);
    return status;
}

static int turn(cli_wit *wit, const struct turning *how, bool importize)
{
    uint32_t world;
    whit_error error;
    slice name;
    if (!how->asked && !how->world)
        return CLI_SUCCESS;
    int code = cli_wit_world(wit, NULL, how->world, &world);
    if (code)
        return code;
    whit_status status =
        turned_name(wit->set, world, how,
                    importize ? "-importized" : "-exportized", &name, &error);
    if (status == WHIT_OK)
        status = importize ? wit_set_importize(wit->set, world, name, &error)
                           : wit_set_exportize(wit->set, world, name, &error);
    wit->root = wit->set->worlds[world].package;
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(NULL, &error);
}

/* What does not go together; a message, or NULL. */
static const char *conflict(const struct options *o)
{
    bool importize = o->importize.asked || o->importize.world;
    bool exportize = o->exportize.asked || o->exportize.world;
    if (o->folder && (o->json || o->output || o->binary || o->text))
        return "--out-dir writes text files; it does not go together with "
               "--json, --wasm, --wat or --output";
    if (o->json + o->binary + o->text > 1)
        return "only one of --json, --wasm and --wat";
    if (importize && exportize)
        return "a world is turned round once: --importize or --exportize";
    if (o->binary && !o->output && isatty(STDOUT_FILENO))
        return "a binary package is nothing for a terminal; use -o FILE or -t";
    return NULL;
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    const char *wrong = conflict(o);
    if (wrong) {
        cli_error("%s", wrong);
        return CLI_USAGE;
    }
    cli_wit wit;
    int code = cli_wit_load(&wit, line->operands, line->operand_count,
                            &o->features, o->all_features);
    if (!code)
        code = turn(&wit, &o->importize, true);
    if (!code)
        code = turn(&wit, &o->exportize, false);
    if (!code)
        code = write_all(wit.set, wit.root, o);
    cli_wit_release(&wit);
    return code;
}

static const char about_text[] =
    "Reads a package: a file, a folder with its deps/, a binary package, or a "
    "component,\nwhose imports and exports become a world. Several are read "
    "one after the other,\nand the last one is printed with what it depends "
    "on. Without any, standard input\nis read.";

const cli_command command_wit = {
    .name = "wit",
    .summary = "Check WIT and print it in one form, as JSON or binary",
    .usage = "[FILE|DIR]...",
    .about = about_text,
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};

const cli_command command_component_wit = {
    .name = "component wit",
    .summary = "Print the WIT of a component or package",
    .usage = "[FILE|DIR]...",
    .about = about_text,
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
