/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Building the component around classified core modules.
 *
 * Definitions come in runs of one kind, because each run is a section:
 * imports; modules; the shim; what the main module imports; the main module;
 * adapters; what goes through the shim, and lifted functions; the fixup;
 * exports. */
#include "base/memory.h"
#include "component/new_private.h"

static slice number(new_maker *self, const char *digits, uint32_t base,
                    uint32_t i)
{
    uint8_t text[16];
    size_t size = 0;
    for (; i; i = (i - 1) / base)
        text[size++] = (uint8_t)digits[(i - 1) % base];
    void *copy = arena_dup(&self->memory, text, size);
    if (!copy)
        component_builder_fail(&self->builder, error_memory(self->error),
                               self->error);
    return slice_of(copy, copy ? size : 0);
}

void component_new_label_item(new_maker *self, component_sort sort,
                              uint32_t index, slice text)
{
    if (self->options->debug_names && text.size)
        component_builder_name(&self->builder, sort, index, text);
}

static slice module_label(const new_maker *self, const new_module *module)
{
    return module == &self->modules[0] ? slice_text("main")
                                       : module->given->name;
}

slice component_new_short_name(new_maker *self, uint32_t i)
{
    return number(self, "0123456789abcdefghijklmnopqrstuvwxyz", 36, i);
}

slice component_new_label(new_maker *self, uint32_t i)
{
    return number(self, "abcdefghijklmnopqrstuvwxyz", 26, i + 1);
}

uint32_t component_new_alias(new_maker *self, component_sort sort,
                             uint32_t instance, slice name)
{
    size_t size = name.size + 5;
    uint8_t *key = arena_alloc(&self->memory, size);
    uint64_t known = NEW_NONE;
    whit_status status = key ? WHIT_OK : error_memory(self->error);
    if (key) {
        key[0] = (uint8_t)sort;
        memcpy(key + 1, &instance, 4);
        if (name.size)
            memcpy(key + 5, name.data, name.size);
        if (map_get(&self->aliases, slice_of(key, size), &known))
            return (uint32_t)known;
        known = component_builder_alias(&self->builder, sort, instance, name);
        status =
            map_set(&self->aliases, slice_of(key, size), known, self->error);
    }
    if (status != WHIT_OK)
        component_builder_fail(&self->builder, status, self->error);
    return (uint32_t)known;
}

uint32_t component_new_module_alias(new_maker *self, component_sort sort,
                                    const new_module *module, slice name)
{
    return component_new_alias(self, sort, module->instance,
                               component_new_export_name(module, name));
}

uint32_t component_new_memory(new_maker *self)
{
    if (self->shim_memory)
        return component_new_alias(self, COMPONENT_SORT_CORE_MEMORY,
                                   self->shim_instance,
                                   slice_text(NEW_SHIM_MEMORY));
    return component_new_module_alias(self, COMPONENT_SORT_CORE_MEMORY,
                                      &self->modules[0],
                                      self->modules[0].memory);
}

uint32_t component_new_canon_options(new_maker *self, const new_module *module,
                                     unsigned needs,
                                     component_option_kind encoding,
                                     bool for_exports, component_option *out)
{
    uint32_t count = 0;
    if ((needs & WIT_NEEDS_ENCODING) && encoding != COMPONENT_OPTION_UTF8)
        out[count++] = (component_option){.kind = encoding};
    if (needs & WIT_NEEDS_MEMORY)
        out[count++] = (component_option){COMPONENT_OPTION_MEMORY,
                                          component_new_memory(self)};
    if (needs & WIT_NEEDS_REALLOC) {
        const new_module *from =
            for_exports ? module : component_new_allocator(self, module);
        out[count++] =
            (component_option){COMPONENT_OPTION_REALLOC,
                               component_new_module_alias(
                                   self, COMPONENT_SORT_CORE_FUNC, from,
                                   component_new_realloc(from, for_exports))};
    }
    return count;
}

/* ---- What is used of the world ---- */

static void live_imports(new_maker *self, const new_module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const new_import *it = &module->imports[i];
        if (it->source != NEW_CANON || it->side != COMPONENT_WIT_IMPORT)
            continue;
        bool in_interface = it->item && it->item->kind == WIT_ITEM_INTERFACE;
        if (it->canon == COMPONENT_CANON_LOWER)
            component_wit_live_function(
                &self->live, in_interface ? it->item->index : WIT_NONE,
                it->function);
        else if (it->type != WIT_NONE)
            component_wit_live_type(&self->live, it->type);
        if (it->canon == COMPONENT_CANON_LOWER && !in_interface)
            self->import_index[it->item - self->world->imports] = 0;
    }
}

static slice renamed(const new_maker *self, slice name)
{
    for (uint32_t i = 0; i < self->options->rename_count; i++)
        if (slice_equal(self->options->renames[i].from, name))
            return self->options->renames[i].to;
    return name;
}

static uint32_t import_interface(new_maker *self, const wit_item *item)
{
    component_name name = component_wit_item_name(&self->scope, item);
    name.text = renamed(self, name.text);
    component_extern type = component_extern_of(
        COMPONENT_SORT_INSTANCE,
        component_wit_instance_type(&self->scope, COMPONENT_WIT_IMPORT,
                                    item->index, &self->live));
    uint32_t index = component_builder_import(&self->builder, &name, &type);
    component_new_label_item(self, COMPONENT_SORT_INSTANCE, index, name.text);
    if (!item->name.size ||
        component_wit_instance(&self->scope, COMPONENT_WIT_IMPORT,
                               item->index) == WIT_NONE)
        component_wit_place_instance(&self->scope, COMPONENT_WIT_IMPORT,
                                     item->index, index);
    return index;
}

static void build_imports(new_maker *self)
{
    for (uint32_t i = 0; i < self->world->import_count; i++) {
        const wit_item *item = &self->world->imports[i];
        uint32_t *index = &self->import_index[i];
        if (item->kind == WIT_ITEM_FUNCTION) {
            if (*index == NEW_NONE)
                continue;
            *index = component_wit_import(&self->scope, item, &self->live);
            component_new_label_item(self, COMPONENT_SORT_FUNC, *index,
                                     item->function->name);
        } else if (item->kind == WIT_ITEM_TYPE) {
            if (self->live.types[item->index])
                *index = component_wit_import(&self->scope, item, &self->live);
        } else if (component_wit_live_interface(&self->live, item->index)) {
            *index = import_interface(self, item);
        }
    }
}

/* ---- Core modules ---- */

static whit_status build_modules(new_maker *self)
{
    buffer *bytes = self->bytes;
    for (uint32_t i = 0; i < self->module_count; i++) {
        new_module *it = &self->modules[i];
        TRY(component_new_trim_module(it->wasm, it->used, it,
                                      self->options->keep_customs, &bytes[i],
                                      self->error));
        it->index = component_builder_core_bytes(&self->builder,
                                                 buffer_view(&bytes[i]));
        component_new_label_item(self, COMPONENT_SORT_CORE_MODULE, it->index,
                                 module_label(self, it));
    }
    bytes += self->module_count;
    if (component_new_has_shim(self)) {
        TRY(component_new_shim(self, &bytes[0]));
        self->shim_module = component_builder_core_bytes(
            &self->builder, buffer_view(&bytes[0]));
        component_new_label_item(self, COMPONENT_SORT_CORE_MODULE,
                                 self->shim_module, slice_text("shim"));
    }
    if (component_new_has_fixup(self)) {
        TRY(component_new_fixup(self, &bytes[1]));
        self->fixup_module = component_builder_core_bytes(
            &self->builder, buffer_view(&bytes[1]));
        component_new_label_item(self, COMPONENT_SORT_CORE_MODULE,
                                 self->fixup_module, slice_text("fixup"));
    }
    if (!component_new_has_shim(self))
        return WHIT_OK;
    self->shim_instance = component_builder_core_instantiate(
        &self->builder, self->shim_module, NULL, 0);
    component_new_label_item(self, COMPONENT_SORT_CORE_INSTANCE,
                             self->shim_instance, slice_text("shim"));
    return WHIT_OK;
}

/* ---- Imports of core modules ---- */

/* The alias of what a definition works on, or of what the shim has. */
static void import_alias(new_maker *self, new_import *it)
{
    if (it->shim != NEW_NONE) {
        it->index = component_new_alias(
            self, COMPONENT_SORT_CORE_FUNC, self->shim_instance,
            component_new_short_name(self, it->shim + 1));
        return;
    }
    if (it->source == NEW_TLS)
        it->index = component_new_alias(
            self, COMPONENT_SORT_CORE_FUNC, self->shim_instance,
            slice_text(it->canon == COMPONENT_CANON_CONTEXT_GET
                           ? NEW_SHIM_TLS_GET
                           : NEW_SHIM_TLS_SET));
    if (it->source == NEW_MEMORY)
        it->index = component_new_memory(self);
    if (it->source == NEW_MAIN)
        it->index =
            component_new_module_alias(self, (component_sort)it->core->kind,
                                       &self->modules[it->adapter], it->name);
}

/* The function that is lowered. */
static uint32_t callee_of(new_maker *self, const new_import *it)
{
    uint32_t index = self->import_index[it->item - self->world->imports];
    if (it->item->kind == WIT_ITEM_FUNCTION)
        return index;
    return component_new_alias(self, COMPONENT_SORT_FUNC, index,
                               it->function->name);
}

static uint32_t resource_index(new_maker *self, const new_import *it)
{
    for (uint32_t i = 0; i < self->resource_count; i++)
        if (self->resources[i].item == it->item &&
            self->resources[i].type == it->type)
            return self->resources[i].index;
    return NEW_NONE;
}

static uint32_t unit_type(new_maker *self, const new_import *it)
{
    bool future = it->canon >= COMPONENT_CANON_FUTURE_NEW;
    component_type type = {.kind = future ? COMPONENT_TYPE_FUTURE
                                          : COMPONENT_TYPE_STREAM};
    return component_builder_shared_type(&self->builder, &type);
}

/* On which side the types of an import are: what the world itself exports
 * speaks of types that it imports. */
static component_wit_side side_of(const new_import *it)
{
    return it->item && it->item->kind == WIT_ITEM_INTERFACE
               ? it->side
               : COMPONENT_WIT_IMPORT;
}

static void import_operand(new_maker *self, new_import *it)
{
    if (it->source != NEW_CANON)
        return;
    if (it->canon == COMPONENT_CANON_LOWER)
        it->operand = callee_of(self, it);
    else if (it->is_unit)
        it->operand = unit_type(self, it);
    else if (it->type != WIT_NONE && it->side == COMPONENT_WIT_EXPORT &&
             self->set->types[it->type].kind == WIT_RESOURCE)
        it->operand = resource_index(self, it);
    else if (it->type != WIT_NONE)
        it->operand =
            component_wit_type_index(&self->scope, side_of(it), it->type);
    else if (it->canon == COMPONENT_CANON_TASK_RETURN &&
             it->function->result != WIT_NONE)
        component_wit_valtype(&self->scope, side_of(it), it->function->result);
}

static uint32_t thread_start_type(new_maker *self)
{
    static const wasm_valtype param = WASM_I32;
    wasm_subtype type = {.kind = WASM_COMP_FUNC,
                         .final = true,
                         .super = WASM_NO_INDEX,
                         .rec_count = 1,
                         .func = {.params = &param, .param_count = 1}};
    wasm_subtype *kept = arena_dup(&self->file->arena, &type, sizeof type);
    if (!kept)
        component_builder_fail(&self->builder, error_memory(self->error),
                               self->error);
    return component_builder_core_type(
        &self->builder,
        &(component_core_type){.types = kept, .type_count = kept ? 1 : 0});
}

static void import_canon(new_maker *self, const new_module *module,
                         new_import *it)
{
    if (it->source != NEW_CANON)
        return;
    component_option options[8];
    component_canon canon = {.kind = it->canon,
                             .callee = it->operand,
                             .type = it->operand,
                             .number = it->number,
                             .core_type = it->core_type,
                             .is_async = it->is_async,
                             .cancellable = it->cancellable,
                             .options = options};
    if (it->canon == COMPONENT_CANON_WAITABLE_SET_WAIT ||
        it->canon == COMPONENT_CANON_WAITABLE_SET_POLL) {
        canon.memory = component_new_memory(self);
    } else {
        canon.option_count = component_new_canon_options(
            self, module, it->needs, it->encoding, false, options);
        /* Where there is no operand for it, it is an option. */
        const char *operands = component_canon_operands(it->canon);
        if (it->is_async && !(operands && strchr(operands, 'a')))
            options[canon.option_count++] =
                (component_option){.kind = COMPONENT_OPTION_ASYNC};
    }
    if (it->canon == COMPONENT_CANON_TASK_RETURN)
        canon.result = it->function->result == WIT_NONE
                           ? (component_valtype){COMPONENT_NO_TYPE, 0}
                           : component_wit_valtype(&self->scope, side_of(it),
                                                   it->function->result);
    if (it->canon == COMPONENT_CANON_THREAD_NEW_INDIRECT) {
        canon.type = thread_start_type(self);
        canon.table = component_new_module_alias(
            self, COMPONENT_SORT_CORE_TABLE, &self->modules[0],
            slice_text("__indirect_function_table"));
    }
    it->index = component_builder_canon(&self->builder, &canon);
}

/* ---- Instances of core modules ---- */

static bool is_first(const new_module *module, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (slice_equal(module->imports[k].from, module->imports[i].from))
            return false;
    return true;
}

static uint32_t make_bag(new_maker *self, const new_module *module,
                         uint32_t first, component_item *items)
{
    uint32_t count = 0;
    for (uint32_t i = first; i < module->import_count; i++) {
        const new_import *it = &module->imports[i];
        if (slice_equal(it->from, module->imports[first].from))
            items[count++] =
                (component_item){.name = component_name_of(it->field),
                                 .sort = (component_sort)it->core->kind,
                                 .index = it->index};
    }
    return component_builder_core_exports(&self->builder, items, count);
}

static uint32_t argument(new_maker *self, const new_module *module,
                         uint32_t first, component_item *items)
{
    uint32_t direct = module->imports[first].direct;
    if (direct == NEW_DIRECT_SHIM)
        return self->shim_instance;
    if (direct != NEW_NONE)
        return self->modules[direct].instance;
    return make_bag(self, module, first, items);
}

static whit_status build_instance(new_maker *self, new_module *module)
{
    uint32_t imports = module->import_count, count = 0;
    component_item *items =
        arena_array(&self->memory, imports + 1, sizeof *items);
    component_item *arguments =
        arena_array(&self->memory, imports + 1, sizeof *arguments);
    TRY_ALLOC(items, self->error);
    TRY_ALLOC(arguments, self->error);
    /* Three runs of definitions: aliases, types, canonical ones. */
    for (uint32_t step = 0; step < 3; step++)
        for (uint32_t i = 0; i < imports; i++) {
            new_import *it = &module->imports[i];
            if (step == 0 && it->direct == NEW_NONE)
                import_alias(self, it);
            if (it->shim != NEW_NONE)
                continue;
            if (step == 1)
                import_operand(self, it);
            if (step == 2)
                import_canon(self, module, it);
        }
    for (uint32_t i = 0; i < imports; i++) {
        if (!is_first(module, i))
            continue;
        arguments[count++] =
            (component_item){.name = component_name_of(module->imports[i].from),
                             .sort = COMPONENT_SORT_CORE_INSTANCE,
                             .index = argument(self, module, i, items)};
    }
    module->instance = component_builder_core_instantiate(
        &self->builder, module->index, arguments, count);
    component_new_label_item(self, COMPONENT_SORT_CORE_INSTANCE,
                             module->instance, module_label(self, module));
    return WHIT_OK;
}

/* ---- What goes through the shim ---- */

static void late_aliases(new_maker *self)
{
    for (uint32_t i = 0; i < self->shim_count; i++) {
        new_shim *shim = &self->shims[i];
        if (!shim->import)
            continue;
        if (shim->import->source == NEW_ADAPTER) {
            shim->import->index = component_new_module_alias(
                self, COMPONENT_SORT_CORE_FUNC,
                &self->modules[shim->import->adapter],
                shim->import->core->name);
            continue;
        }
        component_option ignored[8];
        component_new_canon_options(self, shim->module, shim->import->needs,
                                    shim->import->encoding, false, ignored);
    }
    for (uint32_t i = 0; i < self->resource_count; i++) {
        const new_resource *it = &self->resources[i];
        if (it->module != NEW_NONE)
            component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC,
                                       &self->modules[it->module],
                                       it->destructor);
    }
    if (self->modules[0].initialize.size)
        component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC,
                                   &self->modules[0],
                                   self->modules[0].initialize);
}

static void late_operands(new_maker *self)
{
    for (uint32_t i = 0; i < self->shim_count; i++)
        if (self->shims[i].import)
            import_operand(self, self->shims[i].import);
}

static void late_canons(new_maker *self)
{
    for (uint32_t i = 0; i < self->shim_count; i++)
        if (self->shims[i].import)
            import_canon(self, self->shims[i].module, self->shims[i].import);
}

static uint32_t late_function(new_maker *self, uint32_t i)
{
    if (i == self->shim_count)
        return component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC,
                                          &self->modules[0],
                                          self->modules[0].initialize);
    if (self->shims[i].import)
        return self->shims[i].import->index;
    for (uint32_t k = 0; k < self->resource_count; k++) {
        const new_resource *it = &self->resources[k];
        if (it->shim == i)
            return component_new_module_alias(self, COMPONENT_SORT_CORE_FUNC,
                                              &self->modules[it->module],
                                              it->destructor);
    }
    return NEW_NONE;
}

static whit_status build_fixup(new_maker *self)
{
    if (!component_new_has_fixup(self))
        return WHIT_OK;
    uint32_t count = self->shim_count + (self->modules[0].initialize.size != 0);
    component_item *items = arena_array(&self->memory, count, sizeof *items);
    TRY_ALLOC(items, self->error);
    for (uint32_t i = 0; i < count; i++)
        items[i] = (component_item){
            .name = component_name_of(component_new_short_name(self, i)),
            .sort = COMPONENT_SORT_CORE_FUNC,
            .index = late_function(self, i)};
    component_item arguments[2] = {
        {.name = component_name_of(component_new_short_name(self, 0)),
         .sort = COMPONENT_SORT_CORE_INSTANCE,
         .index = component_builder_core_exports(&self->builder, items, count)},
        {.name = component_name_of(component_new_short_name(self, 1)),
         .sort = COMPONENT_SORT_CORE_INSTANCE,
         .index = self->shim_instance}};
    component_builder_core_instantiate(&self->builder, self->fixup_module,
                                       arguments, self->shim_count ? 2 : 1);
    return WHIT_OK;
}

/* ---- All of it ---- */

static whit_status build_exports(new_maker *self)
{
    late_aliases(self);
    component_new_lift_aliases(self);
    if (!self->early_resources)
        component_new_resources(self);
    late_operands(self);
    uint32_t first = 0, count = self->world->export_count;
    uint32_t end = component_new_run_end(self, first);
    component_new_run_types(self, first, end);
    late_canons(self);
    component_new_run_lifts(self, first, end);
    TRY(build_fixup(self));
    component_new_run_exports(self, first, end);
    while ((first = end) < count) {
        end = component_new_run_end(self, first);
        component_new_run_types(self, first, end);
        component_new_run_lifts(self, first, end);
        component_new_run_exports(self, first, end);
    }
    return WHIT_OK;
}

whit_status component_new_build(new_maker *self)
{
    for (uint32_t i = 0; i < self->module_count; i++)
        live_imports(self, &self->modules[i]);
    component_new_live_exports(self);
    build_imports(self);
    TRY(component_new_names(self));
    TRY(build_modules(self));
    component_new_place_exports(self);
    if (self->early_resources)
        component_new_resources(self);
    for (uint32_t i = 0; i < self->module_count; i++)
        TRY(build_instance(self, &self->modules[i]));
    return build_exports(self);
}
