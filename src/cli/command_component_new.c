/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit component new`: a component from a core module. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command_component.h"
#include "cli/module_input.h"
#include "cli/output.h"
#include "component/decode.h"
#include "component/print.h"
#include "component/wit_decode.h"
#include "toolchain/componentize.h"
#include "toolchain/wit_files.h"
#include "wasm/encode.h"
#include "wasm/text.h"

struct options {
    const char *output, *wit, *world, *encoding;
    cli_list adapters, import_names;
    bool skip_validation, reject_legacy_names, realloc_via_memory_grow, text;
    bool keep_customs, shrink;
    cli_switch validate, merge, debug_names;
};

#define AT(member) offsetof(struct options, member)

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, AT(output), "FILE",
     "Write there instead of standard output"},
    {"wat", 't', CLI_FLAG, AT(text), NULL, "Write the text format"},
    {NULL, 0, CLI_HEADING, 0, NULL, "The world"},
    {"wit", 0, CLI_TEXT, AT(wit), "FILE|DIR",
     "Take the world from there, not from the module's custom sections"},
    {"world", 'w', CLI_TEXT, AT(world), "NAME", "This world of --wit"},
    {"encoding", 0, CLI_TEXT, AT(encoding), "NAME",
     "With --wit: strings are utf8 (default), utf16 or compact-utf16"},
    {"import-name", 0, CLI_LIST, AT(import_names), "OLD=NEW",
     "Import the interface OLD under the name NEW"},
    {"merge-imports-based-on-semver", 0, CLI_SWITCH, AT(merge), NULL,
     "Import compatible versions of an interface once (default true)"},
    {NULL, 0, CLI_HEADING, 0, NULL, "Modules"},
    {"adapt", 0, CLI_LIST, AT(adapters), "[NAME=]FILE",
     "A module that answers the imports from NAME, by default FILE up to its "
     "first dot. Preview 1 needs none"},
    {"realloc-via-memory-grow", 0, CLI_FLAG, AT(realloc_via_memory_grow), NULL,
     "Adapters take memory by memory.grow, not from the module's allocator"},
    {"reject-legacy-names", 0, CLI_FLAG, AT(reject_legacy_names), NULL,
     "Accept only names that begin with cm32p2"},
    {"shrink", 's', CLI_FLAG, AT(shrink), NULL,
     "Make the module smaller, as `whit shrink` does"},
    {"keep-customs", 'g', CLI_FLAG, AT(keep_customs), NULL,
     "Keep custom sections of the module: names, debug information"},
    {"debug-names", 0, CLI_SWITCH, AT(debug_names), NULL,
     "Also name what the component defines (default false)"},
    {NULL, 0, CLI_HEADING, 0, NULL, "Checks"},
    {"skip-validation", 0, CLI_FLAG, AT(skip_validation), NULL,
     "Do not validate the result"},
    {"validate", 0, CLI_SWITCH, AT(validate), NULL,
     "Validate the result (default true)"},
    CLI_OPTIONS_END};

/* A core module file as bytes, whether it is text or binary; the caller's
 * (mem_free). */
static whit_status read_module(const char *file, uint8_t **data, size_t *size,
                               whit_error *error)
{
    TRY(cli_read(file, data, size, error));
    slice source = slice_of(*data, *size);
    if (!source.size || source.data[0] == 0)
        return WHIT_OK;
    wasm_module *module = NULL;
    buffer bytes;
    buffer_init(&bytes);
    whit_status status = wasm_text_parse(source, &module, error);
    if (status == WHIT_OK)
        status = wasm_encode(module, &bytes, error);
    wasm_module_free(module);
    mem_free(*data);
    *data = status == WHIT_OK ? buffer_take(&bytes, size) : NULL;
    buffer_release(&bytes);
    return status;
}

/* ---- The world ---- */

static int load_world(const struct options *o, wit_set *set, uint32_t *world)
{
    wit_resolve_options how = {.all_features = true};
    whit_error error;
    uint32_t root = WIT_NONE;
    buffer failed;
    buffer_init(&failed);
    whit_status status = tool_wit_load(set, o->wit, &how, component_wit_decode,
                                       &root, &failed, &error);
    int code = CLI_SUCCESS;
    if (status != WHIT_OK) {
        const char *file = failed.size ? buffer_string(&failed) : o->wit;
        code = cli_fail_error(file, &error);
    } else if (wit_select_world(set, root, slice_text(o->world ? o->world : ""),
                                world, &error) != WHIT_OK) {
        code = cli_fail_error(o->wit, &error);
    }
    buffer_release(&failed);
    return code;
}

/* ---- Adapters and names ---- */

/* "NAME=FILE", or a file whose name up to the first dot is the name. */
static const char *adapter_name(const char *text, slice *name)
{
    const char *equals = strchr(text, '=');
    if (equals) {
        *name = slice_of(text, (size_t)(equals - text));
        return equals + 1;
    }
    const char *base = strrchr(text, '/');
    base = base ? base + 1 : text;
    *name = slice_of(base, strcspn(base, "."));
    return text;
}

static int load_adapters(const struct options *o,
                         tool_componentize_adapter *adapters)
{
    for (size_t i = 0; i < o->adapters.count; i++) {
        const char *file =
            adapter_name(o->adapters.items[i], &adapters[i].name);
        uint8_t *data = NULL;
        size_t size = 0;
        whit_error error;
        whit_status status = read_module(file, &data, &size, &error);
        adapters[i].bytes = slice_of(data, data ? size : 0);
        if (status != WHIT_OK)
            return cli_fail_error(file, &error);
    }
    return CLI_SUCCESS;
}

static int load_names(const struct options *o, wit_rename *names)
{
    for (size_t i = 0; i < o->import_names.count; i++) {
        const char *text = o->import_names.items[i];
        const char *equals = strchr(text, '=');
        if (!equals) {
            cli_error("--import-name %s: OLD=NEW is expected", text);
            return CLI_USAGE;
        }
        names[i] = (wit_rename){slice_of(text, (size_t)(equals - text)),
                                slice_text(equals + 1)};
    }
    return CLI_SUCCESS;
}

/* ---- Output ---- */

static whit_status to_text(buffer *bytes, buffer *out, whit_error *error)
{
    wasm_print_options how = {0};
    component_file *file;
    TRY(component_decode(buffer_view(bytes), &file, error));
    whit_status status = component_print(file, &how, out, error);
    component_file_free(file);
    return status;
}

static int make(const struct options *o, const char *file, slice module,
                const tool_componentize_options *how)
{
    buffer bytes, text;
    whit_error error;
    buffer_init(&bytes);
    buffer_init(&text);
    whit_status status = tool_componentize(module, how, &bytes, &error);
    if (status == WHIT_OK && o->text)
        status = to_text(&bytes, &text, &error);
    int code =
        cli_finish(file, o->output, status, o->text ? &text : &bytes, &error);
    buffer_release(&text);
    buffer_release(&bytes);
    return code;
}

static int prepare(const struct options *o, wit_set **set,
                   tool_componentize_options *how,
                   tool_componentize_adapter *adapters, wit_rename *names)
{
    how->adapters = adapters;
    how->adapter_count = (uint32_t)o->adapters.count;
    how->realloc_via_memory_grow = o->realloc_via_memory_grow;
    how->shrink = o->shrink;
    how->merge_versions = o->merge != CLI_OFF;
    how->component = (component_new_options){
        .renames = names,
        .rename_count = (uint32_t)o->import_names.count,
        .reject_legacy_names = o->reject_legacy_names,
        .keep_customs = o->keep_customs || o->debug_names == CLI_ON,
        .debug_names = o->debug_names == CLI_ON,
        .skip_validation = o->skip_validation || o->validate == CLI_OFF};
    int code = load_adapters(o, adapters);
    if (!code)
        code = load_names(o, names);
    if (code || !o->wit)
        return code;
    *set = wit_set_new();
    if (!*set)
        return cli_fail("out of memory");
    how->set = *set;
    return load_world(o, *set, &how->world);
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    tool_componentize_options how = {0};
    if (!cli_component_encoding(o->encoding, &how.encoding))
        return CLI_USAGE;
    if (line->operand_count > 1) {
        cli_error("one module at a time, not %s too", line->operands[1]);
        return CLI_USAGE;
    }
    if (!o->output && !o->text && isatty(STDOUT_FILENO)) {
        cli_error("a binary component is nothing for a terminal; use -o FILE "
                  "or -t");
        return CLI_USAGE;
    }
    const char *file = line->operand_count ? line->operands[0] : "-";
    tool_componentize_adapter *adapters =
        mem_calloc(o->adapters.count + 1, sizeof *adapters);
    wit_rename *names = mem_calloc(o->import_names.count + 1, sizeof *names);
    wit_set *set = NULL;
    uint8_t *data = NULL;
    size_t size = 0;
    whit_error error;
    int code = adapters && names ? prepare(o, &set, &how, adapters, names)
                                 : cli_fail("out of memory");
    if (!code && read_module(file, &data, &size, &error) != WHIT_OK)
        code = cli_fail_error(file, &error);
    if (!code)
        code = make(o, file, slice_of(data, size), &how);
    for (size_t i = 0; adapters && i < o->adapters.count; i++)
        mem_free((void *)adapters[i].bytes.data);
    mem_free(adapters);
    mem_free(names);
    mem_free(data);
    wit_set_free(set);
    return code;
}

const cli_command command_component_new = {
    .name = "component new",
    .summary = "Make a component of a core module",
    .usage = "[MODULE]",
    .about =
        "The module says in custom sections which world it was made for, as "
        "what bindings\ngenerators emit does, or --wit says it. What the "
        "module does not use is not\nimported. Programs of WASI preview 1 "
        "become programs of WASI 0.2.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
