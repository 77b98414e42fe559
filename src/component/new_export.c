/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Which exports of core modules are functions of the world, and which serve
 * them. */
#include "base/memory.h"
#include "base/near.h"
#include "component/new_private.h"

const wasm_functype *component_new_export_type(const new_module *module,
                                               slice name)
{
    uint64_t index;
    if (!map_get(&module->exports, name, &index))
        return NULL;
    const wasm_export *export = &module->wasm->exports[index];
    return export->kind == WASM_EXTERN_FUNC
               ? wasm_function_type(module->wasm, export->index)
               : NULL;
}

void component_new_use(new_module *module, slice name)
{
    uint64_t index;
    if (name.size && map_get(&module->exports, name, &index))
        module->used[index] = 1;
}

slice component_new_realloc(const new_module *module, bool for_exports)
{
    slice own = for_exports ? module->export_realloc : module->import_realloc;
    return own.size ? own : module->realloc;
}

/* The module's own name of the export that has this one. */
static slice own_name(const new_module *module, slice name)
{
    uint64_t index;
    return map_get(&module->exports, name, &index)
               ? module->wasm->exports[index].name
               : slice_of(NULL, 0);
}

/* ---- Functions ---- */

typedef struct search {
    new_maker *self;
    uint32_t module;
    const wit_item *interface; /* NULL: the world */
    const wit_function *function;
    buffer name;
} search;

static slice spell(search *s, wit_naming naming, wit_abi abi,
                   wit_core_part part)
{
    buffer_clear(&s->name);
    wit_core_export_write(s->self->set, s->interface, s->function, naming, abi,
                          part, &s->name);
    return buffer_view(&s->name);
}

static whit_status fail_part(search *s, slice function, const char *what)
{
    return error_set(s->self->error, WHIT_INVALID,
                     "export '%.*s' has no %s: '%.*s' is missing",
                     SLICE_ARG(function), what,
                     SLICE_ARG(buffer_view(&s->name)));
}

static whit_status check_post_return(search *s, wit_naming naming,
                                     new_lift *out)
{
    const new_module *module = &s->self->modules[s->module];
    slice name = spell(s, naming, WIT_ABI_SYNC, WIT_CORE_POST_RETURN);
    const wasm_functype *type = component_new_export_type(module, name);
    if (!type)
        return buffer_status(&s->name, s->self->error);
    wit_signature want;
    wit_signature_post_return(s->self->set, s->function, 4, &want);
    out->post_return = own_name(module, name);
    return component_new_check_type(s->self, type, &want, "export", name,
                                    s->function);
}

/* Tries one spelling. */
static whit_status try_export(search *s, wit_naming naming, wit_abi abi,
                              bool *found, new_lift *out)
{
    new_maker *self = s->self;
    const new_module *module = &self->modules[s->module];
    slice name = spell(s, naming, abi, WIT_CORE_FUNCTION);
    const wasm_functype *type = component_new_export_type(module, name);
    if (!type)
        return buffer_status(&s->name, self->error);
    wit_signature want;
    wit_signature_lift(self->set, s->function, abi, 4, &want);
    *found = true;
    out->module = s->module;
    out->abi = abi;
    out->name = own_name(module, name);
    TRY(component_new_check_type(self, type, &want, "export", name,
                                 s->function));
    if (abi == WIT_ABI_SYNC)
        return check_post_return(s, naming, out);
    if (abi != WIT_ABI_ASYNC)
        return WHIT_OK;
    name = spell(s, naming, abi, WIT_CORE_CALLBACK);
    type = component_new_export_type(module, name);
    if (!type)
        return fail_part(s, out->name, "callback");
    out->callback = own_name(module, name);
    return component_new_check_text(self, type, "iii:i", slice_of(NULL, 0),
                                    name);
}

static whit_status fail_missing(search *s)
{
    new_maker *self = s->self;
    const new_module *main = &self->modules[0];
    slice name = spell(s, WIT_NAMES_LEGACY, WIT_ABI_SYNC, WIT_CORE_FUNCTION);
    if (self->options->reject_legacy_names)
        name = spell(s, WIT_NAMES_CM32P2, WIT_ABI_SYNC, WIT_CORE_FUNCTION);
    whit_status status = error_set(
        self->error, WHIT_INVALID,
        "the world exports the function '%.*s', but the module has no export "
        "'%.*s'",
        SLICE_ARG(s->function->name), SLICE_ARG(name));
    near_word near = near_new(name);
    for (uint32_t i = 0; i < main->wasm->export_count; i++)
        if (main->wasm->exports[i].kind == WASM_EXTERN_FUNC)
            near_try(&near, main->wasm->exports[i].name);
    near_suffix(&near, self->error);
    return status;
}

static whit_status find_export(search *s, new_lift *out)
{
    static const wit_abi abis[] = {WIT_ABI_SYNC, WIT_ABI_ASYNC,
                                   WIT_ABI_ASYNC_STACKFUL};
    bool legacy = !s->self->options->reject_legacy_names;
    for (s->module = 0; s->module < s->self->module_count; s->module++) {
        bool found = false;
        TRY(try_export(s, WIT_NAMES_CM32P2, WIT_ABI_SYNC, &found, out));
        for (size_t i = 0; i < COUNT_OF(abis) && legacy && !found; i++)
            TRY(try_export(s, WIT_NAMES_LEGACY, abis[i], &found, out));
        if (found)
            return WHIT_OK;
    }
    return fail_missing(s);
}

static whit_status add_lift(new_maker *self, const wit_item *item,
                            const wit_function *function)
{
    bool in_interface = item->kind == WIT_ITEM_INTERFACE;
    search s = {.self = self,
                .interface = in_interface ? item : NULL,
                .function = function};
    new_lift *out = &self->lifts[self->lift_count++];
    out->item = item;
    out->function = function;
    buffer_init(&s.name);
    whit_status status = find_export(&s, out);
    buffer_release(&s.name);
    if (status != WHIT_OK)
        return status;
    new_module *module = &self->modules[out->module];
    component_new_use(module, out->name);
    component_new_use(module, out->callback);
    component_new_use(module, out->post_return);
    unsigned needs = wit_needs_of_lift(self->set, function, out->abi);
    if (needs & WIT_NEEDS_REALLOC)
        component_new_use(module, component_new_realloc(module, true));
    return WHIT_OK;
}

/* ---- Resources ---- */

static whit_status find_destructor(new_maker *self, new_resource *out)
{
    whit_status status = WHIT_OK;
    buffer name;
    buffer_init(&name);
    for (uint32_t i = 0; i < self->module_count; i++)
        for (int naming = WIT_NAMES_LEGACY; naming <= WIT_NAMES_CM32P2;
             naming++) {
            if (naming == WIT_NAMES_LEGACY &&
                self->options->reject_legacy_names)
                continue;
            buffer_clear(&name);
            wit_core_destructor_write(self->set, out->item, out->type,
                                      (wit_naming)naming, &name);
            slice view = buffer_view(&name);
            const wasm_functype *type =
                component_new_export_type(&self->modules[i], view);
            if (!type || out->module != NEW_NONE || status != WHIT_OK)
                continue;
            out->module = i;
            out->destructor = own_name(&self->modules[i], view);
            component_new_use(&self->modules[i], out->destructor);
            status = component_new_check_text(self, type,
                                              "i:", slice_of(NULL, 0), view);
        }
    if (status == WHIT_OK)
        status = buffer_status(&name, self->error);
    buffer_release(&name);
    return status;
}

static whit_status add_interface(new_maker *self, const wit_item *item)
{
    const wit_interface *it = &self->set->interfaces[item->index];
    for (uint32_t i = 0; i < it->function_count; i++)
        TRY(add_lift(self, item, &it->functions[i]));
    for (uint32_t i = 0; i < it->type_count; i++) {
        if (self->set->types[it->types[i]].kind != WIT_RESOURCE)
            continue;
        new_resource *out = &self->resources[self->resource_count++];
        *out = (new_resource){.item = item,
                              .type = it->types[i],
                              .module = NEW_NONE,
                              .shim = NEW_NONE};
        TRY(find_destructor(self, out));
    }
    return WHIT_OK;
}

/* ---- What serves ---- */

static slice first_export(const new_module *module, wasm_external_kind kind,
                          const char *const *names)
{
    for (; *names; names++) {
        uint64_t index;
        if (map_get(&module->exports, slice_text(*names), &index) &&
            module->wasm->exports[index].kind == kind)
            return module->wasm->exports[index].name;
    }
    return slice_of(NULL, 0);
}

static whit_status check_service(new_maker *self, const new_module *module,
                                 slice name, const char *type)
{
    if (!name.size)
        return WHIT_OK;
    return component_new_check_text(self,
                                    component_new_export_type(module, name),
                                    type, slice_of(NULL, 0), name);
}

static whit_status find_services(new_maker *self, new_module *module)
{
    static const char *const memories[] = {"cm32p2_memory", "memory", NULL};
    static const char *const reallocs[] = {"cm32p2_realloc", "cabi_realloc",
                                           "canonical_abi_realloc", NULL};
    static const char *const imports[] = {"cabi_import_realloc", NULL};
    static const char *const exports[] = {"cabi_export_realloc", NULL};
    static const char *const adapters[] = {"cabi_realloc_adapter", NULL};
    static const char *const starts[] = {"cm32p2_initialize", "_initialize",
                                         NULL};
    static const char *const none[] = {NULL, NULL};
    bool legacy = !self->options->reject_legacy_names;
    const char *const standard[3][2] = {
        {memories[0]}, {reallocs[0]}, {starts[0]}};
    module->memory = first_export(module, WASM_EXTERN_MEMORY,
                                  legacy ? memories : standard[0]);
    module->realloc =
        first_export(module, WASM_EXTERN_FUNC, legacy ? reallocs : standard[1]);
    module->initialize =
        first_export(module, WASM_EXTERN_FUNC, legacy ? starts : standard[2]);
    module->import_realloc =
        first_export(module, WASM_EXTERN_FUNC, legacy ? imports : none);
    module->export_realloc =
        first_export(module, WASM_EXTERN_FUNC, legacy ? exports : none);
    module->adapter_realloc =
        first_export(module, WASM_EXTERN_FUNC, legacy ? adapters : none);
    TRY(check_service(self, module, module->realloc, "iiii:i"));
    TRY(check_service(self, module, module->import_realloc, "iiii:i"));
    TRY(check_service(self, module, module->export_realloc, "iiii:i"));
    return check_service(self, module, module->initialize, ":");
}

static uint32_t count_functions(const new_maker *self, uint32_t *resources)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->world->export_count; i++) {
        const wit_item *item = &self->world->exports[i];
        if (item->kind == WIT_ITEM_FUNCTION) {
            count++;
            continue;
        }
        count += self->set->interfaces[item->index].function_count;
        *resources += self->set->interfaces[item->index].type_count;
    }
    return count;
}

whit_status component_new_exports_of(new_maker *self)
{
    for (uint32_t i = 0; i < self->module_count; i++)
        TRY(find_services(self, &self->modules[i]));
    uint32_t resources = 0;
    uint32_t functions = count_functions(self, &resources);
    self->lifts = arena_array(&self->memory, functions, sizeof *self->lifts);
    TRY_ALLOC(self->lifts, self->error);
    self->resources =
        arena_array(&self->memory, resources, sizeof *self->resources);
    TRY_ALLOC(self->resources, self->error);
    for (uint32_t i = 0; i < self->world->export_count; i++) {
        const wit_item *item = &self->world->exports[i];
        if (item->kind == WIT_ITEM_FUNCTION)
            TRY(add_lift(self, item, item->function));
        else
            TRY(add_interface(self, item));
    }
    return WHIT_OK;
}
