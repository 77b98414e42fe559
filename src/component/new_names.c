/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names between core modules. Nobody else sees them, so they are as short as
 * can be, and what stands in the shim or in another module is taken from
 * there directly. With custom sections kept, modules keep their names. */
#include "component/new_private.h"

/* Names of the instances that a module imports from. */
enum { FROM_BAG, FROM_SHIM, FROM_MODULES };

slice component_new_export_name(const new_module *module, slice name)
{
    uint64_t index;
    return map_get(&module->exports, name, &index) ? module->export_names[index]
                                                   : name;
}

static whit_status name_exports(new_maker *self, new_module *module)
{
    const wasm_module *wasm = module->wasm;
    module->export_names = arena_array(&self->memory, wasm->export_count + 1,
                                       sizeof *module->export_names);
    TRY_ALLOC(module->export_names, self->error);
    uint32_t count = 0;
    for (uint32_t i = 0; i < wasm->export_count; i++)
        module->export_names[i] =
            self->options->keep_customs || !module->used[i]
                ? wasm->exports[i].name
                : component_new_short_name(self, count++);
    return WHIT_OK;
}

static void name_short(new_maker *self, new_import *it, uint32_t *count)
{
    const new_module *main = &self->modules[0];
    uint32_t from = FROM_BAG;
    it->direct = NEW_DIRECT_SHIM;
    if (it->shim != NEW_NONE) {
        it->field = component_new_short_name(self, it->shim + 1);
    } else if (it->source == NEW_TLS) {
        it->field = slice_text(it->canon == COMPONENT_CANON_CONTEXT_GET
                                   ? NEW_SHIM_TLS_GET
                                   : NEW_SHIM_TLS_SET);
    } else if (it->source == NEW_MEMORY && self->shim_memory) {
        it->field = slice_text(NEW_SHIM_MEMORY);
    } else if (it->source == NEW_MEMORY) {
        it->direct = 0;
        it->field = component_new_export_name(main, main->memory);
    } else if (it->source == NEW_MAIN) {
        it->direct = it->adapter;
        it->field =
            component_new_export_name(&self->modules[it->adapter], it->name);
    } else {
        it->direct = NEW_NONE;
        it->field = component_new_short_name(self, (*count)++);
    }
    if (it->direct == NEW_DIRECT_SHIM)
        from = FROM_SHIM;
    else if (it->direct != NEW_NONE)
        from = FROM_MODULES + it->direct;
    it->from = component_new_short_name(self, from);
}

/* Whether the main module's own instance answers all imports that have the
 * module name of this one. */
static bool main_answers(const new_maker *self, const new_module *module,
                         const new_import *first)
{
    if (module == &self->modules[0])
        return false;
    for (uint32_t i = 0; i < module->import_count; i++) {
        const new_import *it = &module->imports[i];
        bool direct = it->source == NEW_MAIN && !it->adapter &&
                      slice_equal(it->name, it->core->name);
        if (!slice_equal(it->core->module, first->core->module) || direct)
            continue;
        if (it->source != NEW_MEMORY || self->shim_memory ||
            !slice_equal(self->modules[0].memory, it->core->name))
            return false;
    }
    return true;
}

/* An earlier import of the same name. */
static bool is_repeated(const new_module *module, uint32_t i)
{
    const wasm_import *it = module->imports[i].core;
    for (uint32_t k = 0; k < i; k++)
        if (slice_equal(module->imports[k].core->name, it->name) &&
            slice_equal(module->imports[k].core->module, it->module))
            return true;
    return false;
}

static whit_status name_long(new_maker *self, const new_module *module,
                             uint32_t i)
{
    new_import *it = &module->imports[i];
    it->from = it->core->module;
    it->field = it->core->name;
    it->direct = main_answers(self, module, it) ? 0 : NEW_NONE;
    if (it->direct == NEW_NONE && is_repeated(module, i)) {
        buffer text;
        buffer_init(&text);
        buffer_slice(&text, it->core->name);
        buffer_printf(&text, " %u", i);
        void *copy = arena_dup(&self->memory, text.data, text.size);
        it->field = slice_of(copy, copy ? text.size : 0);
        buffer_release(&text);
        TRY_ALLOC(copy, self->error);
    }
    return WHIT_OK;
}

whit_status component_new_names(new_maker *self)
{
    for (uint32_t m = 0; m < self->module_count; m++)
        TRY(name_exports(self, &self->modules[m]));
    for (uint32_t m = 0; m < self->module_count; m++) {
        new_module *module = &self->modules[m];
        uint32_t count = 0;
        for (uint32_t i = 0; i < module->import_count; i++) {
            if (self->options->keep_customs)
                TRY(name_long(self, module, i));
            else
                name_short(self, &module->imports[i], &count);
        }
    }
    return WHIT_OK;
}
