/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a core module to a component: the steps. */
#include "component/new.h"

#include "base/limits.h"
#include "base/memory.h"
#include "component/decode.h"
#include "component/encode.h"
#include "component/new_private.h"
#include "component/validate.h"

static whit_status name_items(new_maker *self, const wit_item *items,
                              uint32_t count, new_item_name **out)
{
    *out = arena_array(&self->memory, count + 1, sizeof **out);
    TRY_ALLOC(*out, self->error);
    buffer text;
    buffer_init(&text);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; i < count && status == WHIT_OK; i++) {
        if (items[i].kind != WIT_ITEM_INTERFACE)
            continue;
        buffer_clear(&text);
        wit_item_track_write(self->set, &items[i], &text);
        size_t track = text.size;
        buffer_clear(&text);
        wit_item_write(self->set, &items[i], &text);
        status = buffer_status(&text, self->error);
        void *copy = arena_dup(&self->memory, text.data, text.size);
        if (!copy)
            status = error_memory(self->error);
        (*out)[i] =
            (new_item_name){slice_of(copy, text.size), slice_of(copy, track)};
    }
    buffer_release(&text);
    return status;
}

static whit_status prepare(new_maker *self, const component_new_module *main)
{
    const component_new_options *options = self->options;
    self->module_count = options->adapter_count + 1;
    self->modules =
        arena_array(&self->memory, self->module_count, sizeof *self->modules);
    TRY_ALLOC(self->modules, self->error);
    self->bytes =
        arena_array(&self->memory, self->module_count + 2, sizeof *self->bytes);
    TRY_ALLOC(self->bytes, self->error);
    TRY(name_items(self, self->world->imports, self->world->import_count,
                   &self->import_names));
    TRY(name_items(self, self->world->exports, self->world->export_count,
                   &self->export_names));
    for (uint32_t i = 0; i < self->module_count; i++) {
        const component_new_module *given =
            i ? &options->adapters[i - 1] : main;
        whit_status status = component_new_load(self, &self->modules[i], given);
        if (status != WHIT_OK && i)
            error_prefix(self->error, "adapter '%.*s'", SLICE_ARG(given->name));
        if (status != WHIT_OK)
            return status;
    }
    return WHIT_OK;
}

static whit_status classify(new_maker *self)
{
    TRY(component_new_exports_of(self));
    for (uint32_t i = 0; i < self->module_count; i++) {
        whit_status status = component_new_imports(self, i);
        if (status != WHIT_OK && i)
            error_prefix(self->error, "adapter '%.*s'",
                         SLICE_ARG(self->modules[i].given->name));
        if (status != WHIT_OK)
            return status;
    }
    return WHIT_OK;
}

static whit_status build(new_maker *self, buffer *out)
{
    self->import_index =
        arena_array(&self->memory, self->world->import_count + 1,
                    sizeof *self->import_index);
    TRY_ALLOC(self->import_index, self->error);
    for (uint32_t i = 0; i < self->world->import_count; i++)
        self->import_index[i] = NEW_NONE;
    TRY(component_wit_live_init(&self->live, self->set, self->error));
    TRY(component_wit_scope_init(&self->scope, self->set, self->error));
    self->file = component_file_new();
    TRY_ALLOC(self->file, self->error);
    component_builder_init(&self->builder, self->file,
                           COMPONENT_SCOPE_COMPONENT);
    component_wit_scope_begin(&self->scope, &self->builder);
    TRY(component_new_build(self));
    TRY(component_builder_finish(&self->builder, &self->file->root,
                                 self->error));
    return component_encode(self->file, out, self->error);
}

static void release(new_maker *self)
{
    component_builder_release(&self->builder);
    component_file_free(self->file);
    component_wit_scope_release(&self->scope);
    component_wit_live_release(&self->live);
    map_release(&self->aliases);
    for (uint32_t i = 0; self->modules && i < self->module_count; i++)
        component_new_unload(&self->modules[i]);
    for (uint32_t i = 0; self->bytes && i < self->module_count + 2; i++)
        buffer_release(&self->bytes[i]);
    arena_release(&self->memory);
}

/* The result has to be valid whatever the input was. */
static whit_status check(slice bytes, whit_error *error)
{
    component_file *file;
    TRY(component_decode(bytes, &file, error));
    whit_status status = component_validate(file, error);
    component_file_free(file);
    return status;
}

static void start(new_maker *self, const wit_set *set, uint32_t world,
                  const component_new_options *options, whit_error *error)
{
    *self = (new_maker){.options = options,
                        .set = set,
                        .world = &set->worlds[world],
                        .error = error};
    arena_init(&self->memory);
    map_init(&self->aliases);
}

whit_status component_new(const component_new_module *main, const wit_set *set,
                          uint32_t world, const component_new_options *options,
                          buffer *out, whit_error *error)
{
    whit_error ignored;
    new_maker self;
    start(&self, set, world, options, error ? error : &ignored);
    size_t begin = out->size;
    whit_status status = prepare(&self, main);
    if (status == WHIT_OK)
        status = classify(&self);
    if (status == WHIT_OK)
        status = component_new_plan(&self);
    if (status == WHIT_OK)
        status = build(&self, out);
    release(&self);
    if (status != WHIT_OK || options->skip_validation)
        return status;
    status = check(slice_of(out->data + begin, out->size - begin), self.error);
    if (status == WHIT_INVALID)
        error_prefix(self.error, "the component that was made is not valid");
    return status;
}

static bool is_main_module(slice name)
{
    return slice_is(name, "__main_module__");
}

/* What adapters import from the main module. */
static void use_main(new_maker *self)
{
    for (uint32_t m = 1; m < self->module_count; m++) {
        const wasm_module *wasm = self->modules[m].wasm;
        for (uint32_t i = 0; i < wasm->import_count; i++) {
            const wasm_import *it = &wasm->imports[i];
            if (is_main_module(it->module))
                component_new_use(&self->modules[0], it->name);
        }
    }
}

static whit_status copy_used(new_maker *self, new_module *module,
                             component_new_exports *out)
{
    out->count = module->wasm->export_count;
    for (uint32_t i = 0; i < out->count; i++)
        out->any = out->any || module->used[i];
    slice services[] = {module->realloc, module->import_realloc,
                        module->export_realloc};
    for (size_t i = 0; i < COUNT_OF(services); i++)
        component_new_use(module, services[i]);
    if (module == &self->modules[0]) {
        use_main(self);
        component_new_use(module, module->adapter_realloc);
        component_new_use(module, module->memory);
        component_new_use(module, module->initialize);
        component_new_use(module, slice_text("__indirect_function_table"));
    }
    out->used = mem_dup(module->used, (size_t)out->count + 1);
    return out->used ? WHIT_OK : error_memory(self->error);
}

whit_status component_new_used_exports(const component_new_module *main,
                                       const wit_set *set, uint32_t world,
                                       const component_new_options *options,
                                       uint32_t module,
                                       component_new_exports *out,
                                       whit_error *error)
{
    whit_error ignored;
    new_maker self;
    start(&self, set, world, options, error ? error : &ignored);
    *out = (component_new_exports){0};
    whit_status status = prepare(&self, main);
    if (status == WHIT_OK)
        status = component_new_exports_of(&self);
    if (status == WHIT_OK)
        status = component_new_imports(&self, 0);
    if (status == WHIT_OK)
        status = copy_used(&self, &self.modules[module], out);
    release(&self);
    return status;
}
