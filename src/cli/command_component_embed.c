/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit component embed`: puts a world into a core module. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "cli/command_component.h"
#include "cli/output.h"
#include "cli/wit_input.h"
#include "component/metadata.h"
#include "toolchain/wit_dummy.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/print.h"
#include "wasm/text.h"

struct options {
    const char *output, *world, *encoding, *dummy_names;
    cli_list features;
    bool all_features, dummy, only_custom, callback, stackful, text;
};

#define AT(member) offsetof(struct options, member)

static const cli_option options[] = {
    {"output", 'o', CLI_TEXT, AT(output), "FILE",
     "Write there instead of standard output"},
    {"wat", 't', CLI_FLAG, AT(text), NULL, "Write the text format"},
    {NULL, 0, CLI_HEADING, 0, NULL, "The world"},
    {"world", 'w', CLI_TEXT, AT(world), "NAME",
     "This one; needed when the package has several"},
    {"encoding", 0, CLI_TEXT, AT(encoding), "NAME",
     "Strings are utf8 (default), utf16 or compact-utf16"},
    {"features", 0, CLI_LIST, AT(features), "NAME,NAME",
     "Let these @unstable features take part"},
    {"all-features", 0, CLI_FLAG, AT(all_features), NULL,
     "Let all @unstable features take part"},
    {NULL, 0, CLI_HEADING, 0, NULL, "The module"},
    {"dummy", 0, CLI_FLAG, AT(dummy), NULL,
     "Make a module that fits the world and only traps"},
    {"dummy-names", 0, CLI_TEXT, AT(dummy_names), "NAMES",
     "The same, with legacy names (default) or standard32 ones"},
    {"async-callback", 0, CLI_FLAG, AT(callback), NULL,
     "With --dummy: async functions have callbacks"},
    {"async-stackful", 0, CLI_FLAG, AT(stackful), NULL,
     "With --dummy: async functions block"},
    {"only-custom", 0, CLI_FLAG, AT(only_custom), NULL,
     "No module: write the custom section alone, in an empty one"},
    CLI_OPTIONS_END};

static bool find_naming(const char *name, wit_naming *out)
{
    *out = WIT_NAMES_LEGACY;
    if (!name || !strcmp(name, "legacy"))
        return true;
    *out = WIT_NAMES_CM32P2;
    if (!strcmp(name, "standard32"))
        return true;
    cli_error("--dummy-names: \"%s\" is neither legacy nor standard32", name);
    return false;
}

static whit_status encode_text(slice text, buffer *out, whit_error *error)
{
    wasm_module *module = NULL;
    TRY(wasm_text_parse(text, &module, error));
    whit_status status = wasm_encode(module, out, error);
    wasm_module_free(module);
    return status;
}

static whit_status make_dummy(const struct options *o, const cli_wit *wit,
                              uint32_t world, wit_naming naming, buffer *out,
                              whit_error *error)
{
    wit_abi abi = o->callback   ? WIT_ABI_ASYNC
                  : o->stackful ? WIT_ABI_ASYNC_STACKFUL
                                : WIT_ABI_SYNC;
    buffer text;
    buffer_init(&text);
    whit_status status =
        tool_wit_dummy(wit->set, world, naming, abi, &text, error);
    if (status == WHIT_OK)
        status = encode_text(buffer_view(&text), out, error);
    buffer_release(&text);
    return status;
}

static whit_status read_module(const char *file, buffer *out, whit_error *error)
{
    uint8_t *data;
    size_t size;
    whit_status status = WHIT_OK;
    TRY(cli_read(file, &data, &size, error));
    slice bytes = slice_of(data, size);
    if (component_is(bytes))
        status = error_set(error, WHIT_INVALID,
                           "a component: worlds are for core modules");
    else if (size && !data[0])
        buffer_slice(out, bytes);
    else
        status = encode_text(bytes, out, error);
    mem_free(data);
    return status;
}

static whit_status append_section(const cli_wit *wit, uint32_t world,
                                  component_option_kind encoding, buffer *out,
                                  whit_error *error)
{
    static const char name[] = COMPONENT_TYPE_SECTION;
    buffer payload, section;
    buffer_init(&payload);
    buffer_init(&section);
    whit_status status =
        component_metadata_encode(wit->set, world, encoding, &payload, error);
    buffer_uleb(&section, sizeof name - 1);
    buffer_text(&section, name);
    buffer_slice(&section, buffer_view(&payload));
    buffer_put(out, 0);
    buffer_uleb(out, section.size);
    buffer_slice(out, buffer_view(&section));
    if (status == WHIT_OK)
        status = buffer_status(&section, error);
    buffer_release(&payload);
    buffer_release(&section);
    return status == WHIT_OK ? buffer_status(out, error) : status;
}

/* The text of a module's bytes in their place. */
static whit_status to_text(buffer *out, whit_error *error)
{
    static const wasm_decode_options all = {WASM_FEATURES_ALL, false};
    wasm_module *module;
    buffer text;
    TRY(wasm_decode(buffer_view(out), &all, &module, error));
    buffer_init(&text);
    whit_status status =
        wasm_print(module, &(wasm_print_options){0}, &text, error);
    wasm_module_free(module);
    buffer_release(out);
    *out = text;
    return status;
}

static int embed(const struct options *o, const cli_wit *wit, uint32_t world,
                 const char *file)
{
    static const uint8_t empty[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    component_option_kind encoding;
    wit_naming naming;
    whit_error error;
    buffer out;
    if (!cli_component_encoding(o->encoding, &encoding) ||
        !find_naming(o->dummy_names, &naming))
        return CLI_USAGE;
    buffer_init(&out);
    whit_status status = WHIT_OK;
    if (o->only_custom)
        buffer_append(&out, empty, sizeof empty);
    else if (o->dummy || o->dummy_names)
        status = make_dummy(o, wit, world, naming, &out, &error);
    else
        status = read_module(file, &out, &error);
    const char *about = status == WHIT_OK ? NULL : file;
    if (status == WHIT_OK)
        status = append_section(wit, world, encoding, &out, &error);
    if (status == WHIT_OK && o->text)
        status = to_text(&out, &error);
    if (status == WHIT_OK)
        status = cli_write(o->output, buffer_view(&out), &error);
    buffer_release(&out);
    return status == WHIT_OK ? CLI_SUCCESS : cli_fail_error(about, &error);
}

static int run(cli_line *line)
{
    const struct options *o = line->options;
    bool made = o->only_custom || o->dummy || o->dummy_names;
    if (!line->operand_count || line->operand_count > (made ? 1u : 2u)) {
        cli_error(line->operand_count && made
                      ? "with --dummy or --only-custom there is no module to "
                        "read"
                      : "usage: whit component embed WIT [MODULE]");
        return CLI_USAGE;
    }
    if (!o->output && !o->text && isatty(STDOUT_FILENO)) {
        cli_error("a binary module is nothing for a terminal; use -o FILE or "
                  "-t");
        return CLI_USAGE;
    }
    cli_wit wit;
    uint32_t world;
    int code =
        cli_wit_load(&wit, line->operands, 1, &o->features, o->all_features);
    if (!code)
        code = cli_wit_world(&wit, line->operands[0], o->world, &world);
    if (!code)
        code = embed(o, &wit, world,
                     line->operand_count > 1 ? line->operands[1] : "-");
    cli_wit_release(&wit);
    return code;
}

const cli_command command_component_embed = {
    .name = "component embed",
    .summary = "Put a world into a core module",
    .usage = "WIT [MODULE]",
    .about = "The world is kept in a custom section, where `whit component "
             "new` and other\ntools find it. WIT is a file, a folder with its "
             "deps/, a binary package or a\ncomponent. Without MODULE, "
             "standard input is read.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
