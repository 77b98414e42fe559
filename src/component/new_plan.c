/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What goes through the shim, and what modules have to give for it. */
#include "base/memory.h"
#include "component/new_private.h"

static whit_status fail_service(new_maker *self, const new_import *import,
                                const char *what)
{
    return error_set(
        self->error, WHIT_INVALID, "import '%.*s' from '%.*s' needs %s",
        SLICE_ARG(import->core->name), SLICE_ARG(import->core->module), what);
}

static whit_status plan_memory(new_maker *self, const new_import *import)
{
    new_module *main = &self->modules[0];
    if (self->shim_memory)
        return WHIT_OK;
    if (!main->memory.size)
        return fail_service(self, import,
                            "memory: the module has to export it as "
                            "'memory'");
    component_new_use(main, main->memory);
    return WHIT_OK;
}

/* Whose allocator serves an import of this module. */
new_module *component_new_allocator(new_maker *self, const new_module *module)
{
    if (!component_new_realloc(module, false).size && module->given->name.size)
        return &self->modules[0];
    return &self->modules[module - self->modules];
}

static whit_status plan_realloc(new_maker *self, const new_module *module,
                                const new_import *import)
{
    new_module *from = component_new_allocator(self, module);
    slice name = component_new_realloc(from, false);
    if (!name.size)
        return fail_service(self, import,
                            "an allocator: the module has to export "
                            "'cabi_realloc' with type (i32, i32, i32, i32) -> "
                            "(i32)");
    component_new_use(from, name);
    return WHIT_OK;
}

static whit_status plan_table(new_maker *self, const new_import *import)
{
    static const char name[] = "__indirect_function_table";
    new_module *main = &self->modules[0];
    uint64_t index;
    if (!map_get(&main->exports, slice_text(name), &index) ||
        main->wasm->exports[index].kind != WASM_EXTERN_TABLE)
        return fail_service(self, import,
                            "the table of functions: the module has to "
                            "export '__indirect_function_table'");
    main->used[index] = 1;
    return WHIT_OK;
}

static whit_status plan_import(new_maker *self, uint32_t module,
                               new_import *import)
{
    const new_module *it = &self->modules[module];
    bool late = import->source == NEW_ADAPTER;
    if (import->source == NEW_MEMORY && module)
        TRY(plan_memory(self, import));
    if (import->needs & WIT_NEEDS_MEMORY) {
        TRY(plan_memory(self, import));
        late = late || (!module && !self->shim_memory);
    }
    if (import->needs & WIT_NEEDS_REALLOC) {
        TRY(plan_realloc(self, it, import));
        late = late || !module || component_new_allocator(self, it) == it;
    }
    if (import->source == NEW_CANON &&
        import->canon == COMPONENT_CANON_THREAD_NEW_INDIRECT) {
        TRY(plan_table(self, import));
        late = late || !module;
    }
    if (late)
        import->shim = self->shim_count++;
    return WHIT_OK;
}

/* Whether it speaks of types that the component itself defines. */
static bool of_exports(const new_import *import)
{
    return import->source == NEW_CANON && import->shim == NEW_NONE &&
           import->side == COMPONENT_WIT_EXPORT && import->item &&
           import->item->kind == WIT_ITEM_INTERFACE &&
           (import->type != WIT_NONE || import->function);
}

static bool uses_slot_1(const new_maker *self)
{
    for (uint32_t m = 0; m < self->module_count; m++)
        for (uint32_t i = 0; i < self->modules[m].import_count; i++) {
            const new_import *it = &self->modules[m].imports[i];
            if (it->source != NEW_CANON)
                continue;
            bool context = it->canon == COMPONENT_CANON_CONTEXT_GET ||
                           it->canon == COMPONENT_CANON_CONTEXT_SET;
            if (it->canon == COMPONENT_CANON_THREAD_NEW_INDIRECT ||
                (context && it->number == 1))
                return true;
        }
    return false;
}

/* Thread-local storage is in the context where there are threads, otherwise
 * in a global of the shim. */
static whit_status plan_tls(new_maker *self)
{
    bool in_context = uses_slot_1(self);
    for (uint32_t m = 0; m < self->module_count; m++)
        for (uint32_t i = 0; i < self->modules[m].import_count; i++) {
            new_import *it = &self->modules[m].imports[i];
            if (it->source != NEW_TLS)
                continue;
            if (in_context) {
                it->source = NEW_CANON;
                continue;
            }
            if (self->tls && self->tls->core_type != it->core_type)
                return error_set(self->error, WHIT_INVALID,
                                 "'__wasm_get_tls_base' and "
                                 "'__wasm_set_tls_base' have different "
                                 "types");
            self->tls = it;
        }
    return WHIT_OK;
}

static whit_status plan_lift(new_maker *self, const new_lift *lift)
{
    new_module *module = &self->modules[lift->module];
    new_module *main = &self->modules[0];
    unsigned needs = wit_needs_of_lift(self->set, lift->function, lift->abi);
    if ((needs & WIT_NEEDS_MEMORY) && !self->shim_memory) {
        if (!main->memory.size)
            return error_set(self->error, WHIT_INVALID,
                             "export '%.*s' needs memory: the module has to "
                             "export it as 'memory'",
                             SLICE_ARG(lift->name));
        component_new_use(main, main->memory);
    }
    if (!(needs & WIT_NEEDS_REALLOC))
        return WHIT_OK;
    slice realloc = component_new_realloc(module, true);
    if (!realloc.size)
        return error_set(self->error, WHIT_INVALID,
                         "export '%.*s' needs an allocator: the module has to "
                         "export 'cabi_realloc' with type (i32, i32, i32, i32) "
                         "-> (i32)",
                         SLICE_ARG(lift->name));
    component_new_use(module, realloc);
    return WHIT_OK;
}

whit_status component_new_plan(new_maker *self)
{
    self->shim_memory = self->modules[0].imports_memory;
    TRY(plan_tls(self));
    for (uint32_t m = 0; m < self->module_count; m++)
        for (uint32_t i = 0; i < self->modules[m].import_count; i++) {
            new_import *it = &self->modules[m].imports[i];
            TRY(plan_import(self, m, it));
            self->early_resources = self->early_resources || of_exports(it);
        }
    for (uint32_t i = 0; i < self->lift_count; i++)
        TRY(plan_lift(self, &self->lifts[i]));
    for (uint32_t i = 0; i < self->resource_count; i++)
        if (self->early_resources && self->resources[i].module != NEW_NONE)
            self->resources[i].shim = self->shim_count++;
    component_new_use(&self->modules[0], self->modules[0].initialize);
    if (!self->shim_count)
        return WHIT_OK;
    self->shims =
        arena_array(&self->memory, self->shim_count, sizeof *self->shims);
    TRY_ALLOC(self->shims, self->error);
    for (uint32_t m = 0; m < self->module_count; m++)
        for (uint32_t i = 0; i < self->modules[m].import_count; i++) {
            new_import *it = &self->modules[m].imports[i];
            if (it->shim != NEW_NONE)
                self->shims[it->shim] = (new_shim){it, &self->modules[m]};
        }
    return WHIT_OK;
}
