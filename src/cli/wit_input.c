/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading WIT operands. */
#include "cli/wit_input.h"

#include <string.h>

#include "base/memory.h"
#include "cli/output.h"
#include "component/metadata.h"
#include "component/text.h"
#include "component/validate.h"
#include "component/wit_decode.h"
#include "platform/file.h"
#include "toolchain/wit_files.h"
#include "wasm/decode.h"
#include "wit/resolve.h"

/* The names of --features, split at commas. */
static whit_status split_features(const cli_list *list,
                                  wit_resolve_options *out, whit_error *error)
{
    size_t size = 0;
    for (size_t i = 0; i < list->count; i++)
        size += strlen(list->items[i]) + 1;
    slice *names = mem_calloc(size + 1, sizeof(slice));
    TRY_ALLOC(names, error);
    for (size_t i = 0; i < list->count; i++) {
        const char *at = list->items[i];
        while (*at) {
            size_t word = strcspn(at, ", ");
            if (word)
                names[out->feature_count++] = slice_of(at, word);
            at += word + (at[word] != 0);
        }
    }
    out->features = names;
    return WHIT_OK;
}

static whit_status read_text_component(cli_wit *self, slice text,
                                       whit_error *error)
{
    component_file *file;
    TRY(component_text_parse(text, &file, error));
    whit_status status = component_validate(file, error);
    if (status == WHIT_OK)
        status = component_wit_decode_file(self->set, file, &self->root, error);
    component_file_free(file);
    return status;
}

static whit_status read_module(cli_wit *self, slice bytes, whit_error *error)
{
    static const wasm_decode_options all = {WASM_FEATURES_ALL, false};
    wasm_module *module;
    component_metadata metadata;
    TRY(wasm_decode(bytes, &all, &module, error));
    const wasm_module *modules[] = {module};
    whit_status status =
        component_metadata_read(modules, 1, false, &metadata, error);
    wasm_module_free(module);
    TRY(status);
    if (metadata.world == WIT_NONE) {
        component_metadata_release(&metadata);
        return error_set(error, WHIT_NOT_FOUND,
                         "a core module without a section '%s': there is no "
                         "WIT in it",
                         COMPONENT_TYPE_SECTION);
    }
    wit_set_free(self->set);
    self->set = metadata.set;
    self->root = metadata.set->worlds[metadata.world].package;
    return WHIT_OK;
}

static whit_status read_text(cli_wit *self, const char *path, slice text,
                             const wit_resolve_options *how, whit_error *error)
{
    wit_source source = {slice_text(path), text, 0};
    return wit_resolve(self->set, &source, 1, how, &self->root, error);
}

/* A file; what is in it says what it is. */
static whit_status read_file(cli_wit *self, const char *path,
                             const wit_resolve_options *how, whit_error *error)
{
    uint8_t *data;
    size_t size;
    whit_status status;
    TRY(cli_read(path, &data, &size, error));
    slice bytes = slice_of(data, size);
    if (component_is(bytes))
        status = component_wit_decode(self->set, bytes, &self->root, error);
    else if (wasm_is_module(bytes))
        status = read_module(self, bytes, error);
    else if (component_is_text(bytes))
        status = read_text_component(self, bytes, error);
    else
        status = read_text(self, path, bytes, how, error);
    mem_free(data);
    return status;
}

static int load_one(cli_wit *self, const char *path,
                    const wit_resolve_options *how)
{
    whit_error error;
    int code = CLI_SUCCESS;
    if (!file_is_directory(path))
        return read_file(self, path, how, &error) == WHIT_OK
                   ? code
                   : cli_fail_error(path, &error);
    buffer failed;
    buffer_init(&failed);
    if (tool_wit_load(self->set, path, how, component_wit_decode, &self->root,
                      &failed, &error) != WHIT_OK) {
        const char *file = failed.size ? buffer_string(&failed) : path;
        code = cli_fail_error(file ? file : path, &error);
    }
    buffer_release(&failed);
    return code;
}

int cli_wit_load(cli_wit *self, const char *const *paths, size_t count,
                 const cli_list *features, bool all_features)
{
    static const char *const standard_input[] = {"-"};
    wit_resolve_options how = {.all_features = all_features};
    whit_error error;
    *self = (cli_wit){.set = wit_set_new(), .root = WIT_NONE};
    if (!self->set)
        return cli_fail("out of memory");
    if (split_features(features, &how, &error) != WHIT_OK)
        return cli_fail_error(NULL, &error);
    if (!count) {
        paths = standard_input;
        count = 1;
    }
    int code = CLI_SUCCESS;
    for (size_t i = 0; i < count && !code; i++)
        code = load_one(self, paths[i], &how);
    mem_free((void *)how.features);
    return code;
}

void cli_wit_release(cli_wit *self)
{
    wit_set_free(self->set);
    self->set = NULL;
}

int cli_wit_world(cli_wit *self, const char *path, const char *name,
                  uint32_t *world)
{
    whit_error error;
    if (wit_select_world(self->set, self->root, slice_text(name ? name : ""),
                         world, &error) != WHIT_OK)
        return cli_fail_error(path, &error);
    return CLI_SUCCESS;
}
