/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a core module to a component, with everything around it. */
#include "toolchain/componentize.h"

#include "base/memory.h"
#include "component/metadata.h"
#include "toolchain/adapter.h"
#include "toolchain/shrink.h"
#include "wasm/decode.h"

/* One run. */
typedef struct job {
    const tool_componentize_options *options;
    buffer hooked;         /* the module with task hooks */
    slice main;            /* what the module has become so far */
    bool merges;           /* worlds are in custom sections */
    buffer embedded;       /* the module with the world that was given */
    buffer linked;         /* the module with preview 1 */
    wasm_module **modules; /* the main one, then adapters as given */
    uint32_t count;
    buffer *trimmed;            /* adapters as they are used, the module last */
    component_new_module *made; /* the allocator, adapters; the main module */
    component_metadata metadata;
    wit_set *empty;
    const wit_set *set;
    uint32_t world;
    component_option_kind encoding;
} job;

static whit_status decode(slice bytes, wasm_module **out, whit_error *error)
{
    wasm_decode_options how = {.features = WASM_FEATURES_ALL};
    if (component_is(bytes))
        return error_set(error, WHIT_INVALID,
                         "this is a component; a core module is needed");
    return wasm_decode(bytes, &how, out, error);
}

static bool has_adapter(const job *self, const char *name)
{
    for (uint32_t i = 0; i < self->options->adapter_count; i++)
        if (slice_is(self->options->adapters[i].name, name))
            return true;
    return false;
}

/* ---- The world ---- */

/* A module without sections is of a world without anything. */
static whit_status empty_world(job *self, whit_error *error)
{
    wit_version version = {0};
    wit_about about = {.place.source = WIT_NONE};
    uint32_t package;
    self->empty = wit_set_new();
    TRY_ALLOC(self->empty, error);
    TRY(wit_set_add_package(self->empty, slice_text("root"),
                            slice_text("component"), &version, &package,
                            error));
    TRY(wit_set_add_world(self->empty, package, slice_text("root"), &about,
                          &self->world, error));
    self->set = self->empty;
    return wit_set_complete_world(self->empty, self->world, error);
}

static whit_status find_world(job *self, whit_error *error)
{
    self->encoding = self->options->encoding;
    if (!self->merges) {
        self->set = self->options->set;
        self->world = self->options->world;
        return WHIT_OK;
    }
    TRY(component_metadata_read((const wasm_module *const *)self->modules,
                                self->count, self->options->merge_versions,
                                &self->metadata, error));
    self->encoding = COMPONENT_OPTION_UTF8;
    if (self->metadata.world == WIT_NONE)
        return empty_world(self, error);
    self->set = self->metadata.set;
    self->world = self->metadata.world;
    self->encoding = self->metadata.encoding;
    return WHIT_OK;
}

/* ---- Modules ---- */

/* The module with the world that was given in place of its own, so that it
 * can be merged with those of adapters. */
static whit_status embed_world(job *self, slice module, whit_error *error)
{
    const tool_componentize_options *options = self->options;
    const wasm_module *decoded = self->modules[0];
    component_new_exports all = {.count = decoded->export_count,
                                 .used = mem_alloc(decoded->export_count + 1)};
    TRY_ALLOC(all.used, error);
    memset(all.used, 1, (size_t)all.count + 1);
    whit_status status =
        component_new_trim(module, &all, true, &self->embedded, error);
    mem_free(all.used);
    if (status != WHIT_OK)
        return status;
    buffer section;
    buffer_init(&section);
    buffer_uleb(&section, strlen(COMPONENT_TYPE_SECTION));
    buffer_text(&section, COMPONENT_TYPE_SECTION);
    status = component_metadata_encode(options->set, options->world,
                                       options->encoding, &section, error);
    buffer_put(&self->embedded, WASM_SECTION_CUSTOM);
    buffer_uleb(&self->embedded, section.size);
    buffer_slice(&self->embedded, buffer_view(&section));
    if (status == WHIT_OK)
        status = buffer_status(&self->embedded, error);
    buffer_release(&section);
    return status;
}

static whit_status replace_main(job *self, slice bytes, whit_error *error)
{
    wasm_module_free(self->modules[0]);
    self->modules[0] = NULL;
    self->main = bytes;
    return decode(bytes, &self->modules[0], error);
}

static whit_status load_main(job *self, slice module, whit_error *error)
{
    self->main = module;
    TRY(decode(module, &self->modules[0], error));
    bool link = tool_adapter_wanted(self->modules[0]) &&
                !has_adapter(self, TOOL_ADAPTER_NAME);
    self->merges = !self->options->set || link || self->options->adapter_count;
    if (self->options->set && self->merges) {
        TRY(embed_world(self, module, error));
        TRY(replace_main(self, buffer_view(&self->embedded), error));
    }
    if (!link)
        return WHIT_OK;
    TRY(tool_adapter_link(self->main, &self->linked, error));
    return replace_main(self, buffer_view(&self->linked), error);
}

static whit_status load(job *self, slice module, whit_error *error)
{
    self->count = 1;
    TRY(load_main(self, module, error));
    for (uint32_t i = 0; i < self->options->adapter_count; i++) {
        const tool_componentize_adapter *it = &self->options->adapters[i];
        whit_status status =
            decode(it->bytes, &self->modules[self->count], error);
        if (status != WHIT_OK) {
            error_prefix(error, "adapter '%.*s'", SLICE_ARG(it->name));
            return status;
        }
        self->count++;
    }
    return WHIT_OK;
}

static bool exports_allocator(const wasm_module *module)
{
    return wasm_module_export(module, slice_text("cabi_realloc")) ||
           wasm_module_export(module, slice_text("canonical_abi_realloc")) ||
           wasm_module_export(module, slice_text("cabi_realloc_adapter"));
}

/* Its own code may have no use for it, the functions around it have. */
static bool imports_memory(const wasm_module *module)
{
    return module->imported[WASM_EXTERN_MEMORY] != 0;
}

static bool imports_allocator(const wasm_module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const wasm_import *it = &module->imports[i];
        if (slice_is(it->module, "__main_module__") &&
            (slice_is(it->name, "cabi_realloc") ||
             slice_is(it->name, "canonical_abi_realloc")))
            return true;
    }
    return false;
}

/* An adapter with only what is used of it, and with a stack. */
static whit_status trim_adapter(job *self, slice bytes,
                                const component_new_exports *used, bool lazy,
                                buffer *out, whit_error *error)
{
    buffer fewer, stacked;
    buffer_init(&fewer);
    buffer_init(&stacked);
    tool_shrink_options how = {.keep_names =
                                   self->options->component.keep_customs};
    whit_status status = component_new_trim(bytes, used, true, &fewer, error);
    if (status == WHIT_OK)
        status = tool_adapter_stack(buffer_view(&fewer), lazy, &stacked, error);
    if (status == WHIT_OK)
        status = tool_shrink(buffer_view(&stacked), &how, out, NULL, error);
    buffer_release(&fewer);
    buffer_release(&stacked);
    return status;
}

static whit_status add_adapter(job *self, uint32_t i,
                               const component_new_module *main,
                               const component_new_options *given,
                               uint32_t *count, whit_error *error)
{
    const tool_componentize_adapter *it = &self->options->adapters[i];
    bool grow = self->options->realloc_via_memory_grow ||
                !exports_allocator(self->modules[0]);
    component_new_exports used;
    TRY(component_new_used_exports(main, self->set, self->world, given, i + 1,
                                   &used, error));
    whit_status status = WHIT_OK;
    if (used.any)
        status = trim_adapter(self, it->bytes, &used, !grow, &self->trimmed[i],
                              error);
    mem_free(used.used);
    if (status != WHIT_OK || !used.any)
        return status;
    component_new_module made = {.name = it->name,
                                 .bytes = buffer_view(&self->trimmed[i]),
                                 .encoding = self->encoding};
    wasm_module *module;
    TRY(decode(made.bytes, &module, error));
    bool wants = grow && imports_allocator(module);
    wasm_module_free(module);
    /* The allocator stands in front of all. */
    if (wants && !self->made[0].bytes.size)
        self->made[0] =
            (component_new_module){.name = slice_text("__main_module__"),
                                   .bytes = tool_adapter_allocator(),
                                   .encoding = self->encoding};
    self->made[1 + (*count)++] = made;
    return WHIT_OK;
}

/* The main module with only what is used of it. */
static whit_status trim_main(job *self, component_new_module *main,
                             const component_new_options *given,
                             whit_error *error)
{
    buffer *out = &self->trimmed[self->options->adapter_count];
    tool_shrink_options how = {.keep_names = given->keep_customs,
                               .keep_customs = given->keep_customs,
                               .keep_imports =
                                   imports_memory(self->modules[0])};
    component_new_exports used;
    buffer fewer;
    buffer_init(&fewer);
    TRY(component_new_used_exports(main, self->set, self->world, given, 0,
                                   &used, error));
    whit_status status = component_new_trim(main->bytes, &used,
                                            given->keep_customs, &fewer, error);
    mem_free(used.used);
    if (status == WHIT_OK)
        status = tool_shrink(buffer_view(&fewer), &how, out, NULL, error);
    buffer_release(&fewer);
    main->bytes = buffer_view(out);
    return status;
}

static bool adapters_import(const job *self, slice name)
{
    for (uint32_t m = 1; m < self->count; m++)
        for (uint32_t i = 0; i < self->modules[m]->import_count; i++) {
            const wasm_import *it = &self->modules[m]->imports[i];
            if (slice_is(it->module, "__main_module__") &&
                slice_equal(it->name, name))
                return true;
        }
    return slice_is(name, "cabi_realloc_adapter");
}

/* What adapters call is no task of its own. */
static whit_status hook_main(job *self, component_new_module *main,
                             const component_new_options *given,
                             whit_error *error)
{
    component_new_exports used;
    if (!tool_task_hooks_wanted(self->modules[0]))
        return WHIT_OK;
    TRY(component_new_used_exports(main, self->set, self->world, given, 0,
                                   &used, error));
    for (uint32_t i = 0; i < used.count; i++)
        if (adapters_import(self, self->modules[0]->exports[i].name))
            used.used[i] = 0;
    whit_status status =
        tool_task_hooks(main->bytes, &used, &self->hooked, error);
    mem_free(used.used);
    if (status == WHIT_OK)
        main->bytes = buffer_view(&self->hooked);
    return status;
}

static whit_status add_adapters(job *self, component_new_module *main,
                                uint32_t *count, whit_error *error)
{
    uint32_t given_count = self->options->adapter_count;
    component_new_module *given = mem_calloc(given_count + 1, sizeof *given);
    TRY_ALLOC(given, error);
    for (uint32_t i = 0; i < given_count; i++)
        given[i] =
            (component_new_module){.name = self->options->adapters[i].name,
                                   .bytes = self->options->adapters[i].bytes,
                                   .encoding = self->encoding};
    component_new_options options = self->options->component;
    options.adapters = given;
    options.adapter_count = given_count;
    whit_status status = hook_main(self, main, &options, error);
    if (self->options->shrink && status == WHIT_OK)
        status = trim_main(self, main, &options, error);
    for (uint32_t i = 0; i < given_count && status == WHIT_OK; i++)
        status = add_adapter(self, i, main, &options, count, error);
    mem_free(given);
    return status;
}

static whit_status prepare(job *self, whit_error *error)
{
    uint32_t adapters = self->options->adapter_count;
    self->modules = mem_calloc(adapters + 1, sizeof *self->modules);
    TRY_ALLOC(self->modules, error);
    self->trimmed = mem_calloc(adapters + 1, sizeof *self->trimmed);
    TRY_ALLOC(self->trimmed, error);
    self->made = mem_calloc(adapters + 1, sizeof *self->made);
    TRY_ALLOC(self->made, error);
    return WHIT_OK;
}

static whit_status make(job *self, slice module, buffer *out, whit_error *error)
{
    TRY(prepare(self, error));
    TRY(load(self, module, error));
    TRY(find_world(self, error));
    uint32_t count = 0;
    component_new_module main = {.bytes = self->main,
                                 .encoding = self->encoding};
    TRY(add_adapters(self, &main, &count, error));
    component_new_options options = self->options->component;
    bool allocator = self->made[0].bytes.size != 0;
    options.adapters = self->made + !allocator;
    options.adapter_count = count + allocator;
    return component_new(&main, self->set, self->world, &options, out, error);
}

static void release(job *self)
{
    for (uint32_t i = 0; self->modules && i < self->count; i++)
        wasm_module_free(self->modules[i]);
    for (uint32_t i = 0; self->trimmed && i <= self->options->adapter_count;
         i++)
        buffer_release(&self->trimmed[i]);
    component_metadata_release(&self->metadata);
    wit_set_free(self->empty);
    mem_free(self->modules);
    mem_free(self->trimmed);
    mem_free(self->made);
    buffer_release(&self->linked);
    buffer_release(&self->hooked);
    buffer_release(&self->embedded);
}

whit_status tool_componentize(slice module,
                              const tool_componentize_options *options,
                              buffer *out, whit_error *error)
{
    job self = {.options = options};
    buffer_init(&self.linked);
    buffer_init(&self.hooked);
    buffer_init(&self.embedded);
    whit_status status = make(&self, module, out, error);
    release(&self);
    return status;
}
