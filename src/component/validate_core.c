/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of what core contributes: modules, their types, instances. */
#include "base/memory.h"
#include "component/validate_private.h"
#include "wasm/validate.h"

const component_core_extern *
component_check_core_find(const component_core_shape *shape, slice name)
{
    for (uint32_t i = 0; i < shape->export_count; i++)
        if (slice_equal(shape->exports[i].name, name))
            return &shape->exports[i];
    return NULL;
}

/* ---- Modules ---- */

static whit_status make_extern(checker *v, const wasm_module *module,
                               const wasm_type *const *types,
                               wasm_external_kind kind, uint32_t index,
                               component_core_extern *out)
{
    (void)v;
    out->kind = kind;
    switch (kind) {
    case WASM_EXTERN_FUNC:
        out->type = types[module->functions[index].type];
        break;
    case WASM_EXTERN_TABLE:
        out->table = module->tables[index];
        out->table.type = wasm_type_canonical(out->table.type, types);
        break;
    case WASM_EXTERN_MEMORY:
        out->memory = module->memories[index];
        break;
    case WASM_EXTERN_GLOBAL:
        out->global = module->globals[index];
        out->global.type = wasm_type_canonical(out->global.type, types);
        break;
    default:
        out->type = types[module->tags[index].type];
    }
    return WHIT_OK;
}

/* Imports of a module become single names in a component, so that two of the
 * same two names cannot be told apart. */
static whit_status check_imports_unique(checker *v,
                                        const component_core_extern *imports,
                                        uint32_t count)
{
    map seen;
    map_init(&seen);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; status == WHIT_OK && i < count; i++) {
        const component_core_extern *import = &imports[i];
        size_t size = import->module.size + import->name.size + 1;
        uint8_t *key = arena_alloc(v->arena, size + sizeof(uint32_t));
        if (!key) {
            status = error_memory(v->error);
            break;
        }
        uint32_t first = (uint32_t)import->module.size;
        memcpy(key, &first, sizeof first);
        if (import->module.size)
            memcpy(key + 4, import->module.data, import->module.size);
        key[4 + import->module.size] = ':';
        if (import->name.size)
            memcpy(key + 5 + import->module.size, import->name.data,
                   import->name.size);
        slice name = slice_of(key, size + 4);
        uint64_t other;
        if (map_get(&seen, name, &other))
            status = component_check_fail(
                v, "duplicate import name `%.*s:%.*s`",
                SLICE_ARG(import->module), SLICE_ARG(import->name));
        else
            status = map_set(&seen, name, i, v->error);
    }
    map_release(&seen);
    return status;
}

static whit_status make_shape(checker *v, const wasm_module *module,
                              component_core_shape *out)
{
    const wasm_type **types =
        arena_array(v->arena, module->type_count, sizeof *types);
    component_core_extern *imports =
        arena_array(v->arena, module->import_count, sizeof *imports);
    component_core_extern *exports =
        arena_array(v->arena, module->export_count, sizeof *exports);
    TRY_ALLOC(types, v->error);
    TRY_ALLOC(imports, v->error);
    TRY_ALLOC(exports, v->error);
    TRY(wasm_type_table_add(v->types, module, types, v->error));
    for (uint32_t i = 0; i < module->import_count; i++) {
        const wasm_import *import = &module->imports[i];
        imports[i].module = import->module;
        imports[i].name = import->name;
        TRY(make_extern(v, module, types, import->kind, import->index,
                        &imports[i]));
    }
    for (uint32_t i = 0; i < module->export_count; i++) {
        const wasm_export *export = &module->exports[i];
        exports[i].name = export->name;
        TRY(make_extern(v, module, types, export->kind, export->index,
                        &exports[i]));
    }
    *out = (component_core_shape){imports, module->import_count, exports,
                                  module->export_count};
    return check_imports_unique(v, imports, module->import_count);
}

whit_status component_check_core_module(checker *v,
                                        const component_core_module *module,
                                        const component_core_shape **out)
{
    whit_status status =
        wasm_validate(module->module, WASM_FEATURES_ALL, v->error);
    if (status != WHIT_OK) {
        if (!v->error)
            return status;
        if (v->error->position == WHIT_POSITION_OFFSET && module->bytes.size) {
            v->error->offset += v->current->offset;
        } else if (v->file->is_text) {
            v->error->position = WHIT_POSITION_LINE;
            v->error->line = v->current->line;
            v->error->column = v->current->column;
        }
        return status;
    }
    component_core_shape *shape = arena_zalloc(v->arena, sizeof *shape);
    TRY_ALLOC(shape, v->error);
    *out = shape;
    return make_shape(v, module->module, shape);
}

/* ---- Types ---- */

static whit_status check_core_valtype(checker *v, wasm_valtype type,
                                      const wasm_type *const *types,
                                      uint32_t count, wasm_valtype *out)
{
    *out = type;
    if (!wasm_is_ref(type) || !wasm_heap_is_index(wasm_heap(type)))
        return WHIT_OK;
    uint32_t index = wasm_heap(type);
    if (index >= count || !types[index])
        return component_check_fail(
            v, "core type index out of bounds: unknown type %u", index);
    *out = wasm_type_canonical(type, types);
    return WHIT_OK;
}

/* The types of a scope, with room for `extra` more. */
static whit_status types_of(checker *v, const check_scope *scope,
                            uint32_t extra, const wasm_type ***out)
{
    const check_list *list = &scope->items[COMPONENT_SORT_CORE_TYPE];
    const component_space_item *items = list->items;
    TRY(component_check_work(v, list->count));
    *out = mem_calloc(list->count + extra, sizeof **out);
    TRY_ALLOC(*out, v->error);
    for (size_t i = 0; i < list->count; i++)
        (*out)[i] = items[i].core_type;
    return WHIT_OK;
}

static whit_status intern_group(checker *v, const wasm_subtype *group,
                                uint32_t count, uint32_t first,
                                const wasm_type **types)
{
    whit_status status =
        wasm_type_table_group(v->types, group, first, count, types, v->error);
    if (status == WHIT_INVALID)
        return component_check_fail(
            v, "a core type mentions a type that is not in "
               "front of it: type index out of bounds");
    TRY(status);
    for (uint32_t i = 0; i < count; i++) {
        const wasm_type *type = types[first + i];
        if (type->super &&
            (type->super->final || type->super->kind != type->kind))
            return component_check_fail(
                v, "sub type %u does not match its super type", first + i);
    }
    return WHIT_OK;
}

static whit_status check_limits(checker *v, const wasm_limits *limits,
                                uint64_t most, const char *what)
{
    if (limits->has_max && limits->max < limits->min)
        return component_check_fail(
            v, "size minimum must not be greater than maximum");
    if (limits->min > most || (limits->has_max && limits->max > most))
        return component_check_fail(v, "%s size must be at most %llu", what,
                                    (unsigned long long)most);
    if (limits->shared && !limits->has_max)
        return component_check_fail(v, "shared memory must have a maximum");
    return WHIT_OK;
}

static whit_status resolve_extern(checker *v, const wasm_external *what,
                                  const wasm_type *const *types, uint32_t count,
                                  component_core_extern *out)
{
    out->kind = what->kind;
    switch (what->kind) {
    case WASM_EXTERN_TABLE:
        out->table = what->table;
        TRY(check_core_valtype(v, what->table.type, types, count,
                               &out->table.type));
        return check_limits(v, &what->table.limits,
                            what->table.limits.is64 ? UINT64_MAX : UINT32_MAX,
                            "table");
    case WASM_EXTERN_MEMORY:
        out->memory = what->memory;
        return check_limits(v, &what->memory.limits,
                            what->memory.limits.is64 ? LIMIT_MEMORY64_PAGES
                                                     : LIMIT_MEMORY32_PAGES,
                            "memory");
    case WASM_EXTERN_GLOBAL:
        out->global = what->global;
        return check_core_valtype(v, what->global.type, types, count,
                                  &out->global.type);
    default:
        if (what->type >= count || !types[what->type])
            return component_check_fail(
                v, "unknown type %u: type index out of bounds", what->type);
        out->type = types[what->type];
        if (out->type->kind != WASM_COMP_FUNC)
            return component_check_fail(
                v, "core type index %u is not a function type", what->type);
        return WHIT_OK;
    }
}

whit_status component_check_outer_scope(checker *v, uint32_t count,
                                        check_scope **out)
{
    *out = v->scope;
    for (uint32_t i = 0; i < count; i++) {
        if (!(*out)->outer)
            return component_check_fail(v, "invalid outer alias count of %u",
                                        count);
        *out = (*out)->outer;
    }
    return WHIT_OK;
}

/* The state of one module type. */
typedef struct module_type {
    const wasm_type **types;
    size_t type_room;
    uint32_t type_count;
    check_list imports;
    check_list exports;
} module_type;

static whit_status add_types(checker *v, module_type *m,
                             const component_declarator *item)
{
    for (uint32_t i = 0; i < item->type_count; i++)
        TRY(mem_grow((void **)&m->types, &m->type_room, m->type_count + i,
                     sizeof *m->types, LIMIT_TYPES, "types", v->error));
    TRY(intern_group(v, item->types, item->type_count, m->type_count,
                     m->types));
    m->type_count += item->type_count;
    return WHIT_OK;
}

static whit_status add_alias(checker *v, module_type *m,
                             const component_declarator *item)
{
    const wasm_type *type = NULL;
    if (!item->outer) {
        if (item->index >= m->type_count)
            return component_check_fail(v, "core type index %u out of bounds",
                                        item->index);
        type = m->types[item->index];
    } else {
        check_scope *scope;
        const component_space_item *found = NULL;
        TRY(component_check_outer_scope(v, item->outer - 1, &scope));
        TRY(component_check_item(v, scope, COMPONENT_SORT_CORE_TYPE,
                                 item->index, &found));
        type = found->core_type;
        if (!type)
            return component_check_fail(
                v, "an alias in a core module type cannot refer "
                   "to a core module type");
    }
    TRY(mem_grow((void **)&m->types, &m->type_room, m->type_count,
                 sizeof *m->types, LIMIT_TYPES, "types", v->error));
    m->types[m->type_count++] = type;
    return WHIT_OK;
}

static whit_status add_declarator(checker *v, module_type *m,
                                  const component_declarator *item)
{
    component_core_extern what = {.module = item->module, .name = item->name};
    switch (item->kind) {
    case COMPONENT_DECLARATOR_TYPE:
        return add_types(v, m, item);
    case COMPONENT_DECLARATOR_ALIAS:
        return add_alias(v, m, item);
    case COMPONENT_DECLARATOR_IMPORT:
        TRY(resolve_extern(v, &item->what, m->types, m->type_count, &what));
        return component_check_push(v, &m->imports, &what, sizeof what);
    case COMPONENT_DECLARATOR_EXPORT:
        break;
    }
    TRY(resolve_extern(v, &item->what, m->types, m->type_count, &what));
    component_core_shape so_far = {.exports = m->exports.items,
                                   .export_count = (uint32_t)m->exports.count};
    TRY(component_check_work(v, so_far.export_count));
    if (component_check_core_find(&so_far, what.name))
        return component_check_fail(v, "export name `%.*s` already defined",
                                    SLICE_ARG(what.name));
    return component_check_push(v, &m->exports, &what, sizeof what);
}

static whit_status read_module_type(checker *v, module_type *m,
                                    const component_core_type *type,
                                    component_core_shape *out)
{
    for (uint32_t i = 0; i < type->declarator_count; i++)
        TRY(add_declarator(v, m, &type->declarators[i]));
    TRY(component_check_keep(v, &m->imports, sizeof *out->imports,
                             &out->imports, &out->import_count));
    TRY(component_check_keep(v, &m->exports, sizeof *out->exports,
                             &out->exports, &out->export_count));
    return check_imports_unique(v, out->imports, out->import_count);
}

static whit_status check_module_type(checker *v,
                                     const component_core_type *type)
{
    component_core_shape *shape = arena_zalloc(v->arena, sizeof *shape);
    TRY_ALLOC(shape, v->error);
    module_type m = {0};
    whit_status status = read_module_type(v, &m, type, shape);
    mem_free(m.types);
    mem_free(m.imports.items);
    mem_free(m.exports.items);
    TRY(status);
    component_space_item item = {.shape = shape};
    return component_check_add_item(v, COMPONENT_SORT_CORE_TYPE, &item);
}

whit_status component_check_core_type(checker *v,
                                      const component_core_type *type)
{
    if (type->is_module)
        return check_module_type(v, type);
    uint32_t first = (uint32_t)v->scope->items[COMPONENT_SORT_CORE_TYPE].count;
    const wasm_type **types;
    TRY(types_of(v, v->scope, type->type_count, &types));
    whit_status status =
        intern_group(v, type->types, type->type_count, first, types);
    for (uint32_t i = 0; status == WHIT_OK && i < type->type_count; i++) {
        component_space_item item = {.core_type = types[first + i]};
        status = component_check_add_item(v, COMPONENT_SORT_CORE_TYPE, &item);
    }
    mem_free(types);
    return status;
}

/* ---- Instances ---- */

static whit_status check_core_exports(checker *v,
                                      const component_instance *instance,
                                      component_core_shape *out)
{
    component_core_extern *exports =
        arena_array(v->arena, instance->item_count, sizeof *exports);
    TRY_ALLOC(exports, v->error);
    out->exports = exports;
    for (uint32_t i = 0; i < instance->item_count; i++) {
        const component_item *item = &instance->items[i];
        const component_space_item *found = NULL;
        TRY(component_check_item(v, v->scope, item->sort, item->index, &found));
        TRY(component_check_work(v, i));
        if (component_check_core_find(out, item->name.text))
            return component_check_fail(v, "export name `%.*s` already defined",
                                        SLICE_ARG(item->name.text));
        exports[i] = found->core;
        exports[i].module = slice_of(NULL, 0);
        exports[i].name = item->name.text;
        out->export_count = i + 1;
    }
    return WHIT_OK;
}

static const component_item *find_argument(const component_instance *instance,
                                           uint32_t count, slice name)
{
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(instance->items[i].name.text, name))
            return &instance->items[i];
    return NULL;
}

static whit_status check_core_import(checker *v,
                                     const component_instance *instance,
                                     const component_core_extern *import)
{
    const component_space_item *found = NULL;
    TRY(component_check_work(v, instance->item_count));
    const component_item *argument =
        find_argument(instance, instance->item_count, import->module);
    if (!argument)
        return component_check_fail(
            v,
            "missing module instantiation argument named "
            "`%.*s`",
            SLICE_ARG(import->module));
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_INSTANCE,
                             argument->index, &found));
    TRY(component_check_work(v, found->shape->export_count));
    const component_core_extern *export =
        component_check_core_find(found->shape, import->name);
    if (!export)
        return component_check_fail(
            v,
            "module instantiation argument `%.*s` does not "
            "export an item named `%.*s`",
            SLICE_ARG(import->module), SLICE_ARG(import->name));
    whit_status status = component_check_match_core(v, export, import);
    if (status == WHIT_INVALID)
        error_prefix(v->error,
                     "type mismatch for export `%.*s` of module instantiation "
                     "argument `%.*s`",
                     SLICE_ARG(import->name), SLICE_ARG(import->module));
    return status;
}

static whit_status check_core_instantiate(checker *v,
                                          const component_instance *instance,
                                          component_core_shape *out)
{
    const component_space_item *callee, *found;
    if (instance->callee >= v->scope->items[COMPONENT_SORT_CORE_MODULE].count)
        return component_check_fail(
            v, "unknown module %u: module index out of bounds",
            instance->callee);
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_MODULE,
                             instance->callee, &callee));
    const component_core_shape *module = callee->shape;
    for (uint32_t i = 0; i < instance->item_count; i++) {
        const component_item *item = &instance->items[i];
        TRY(component_check_item(v, v->scope, item->sort, item->index, &found));
        TRY(component_check_work(v, i));
        if (find_argument(instance, i, item->name.text))
            return component_check_fail(
                v,
                "duplicate module instantiation argument named "
                "`%.*s`",
                SLICE_ARG(item->name.text));
    }
    for (uint32_t i = 0; i < module->import_count; i++)
        TRY(check_core_import(v, instance, &module->imports[i]));
    out->exports = module->exports;
    out->export_count = module->export_count;
    return WHIT_OK;
}

whit_status component_check_core_instance(checker *v,
                                          const component_instance *instance)
{
    component_core_shape *shape = arena_zalloc(v->arena, sizeof *shape);
    TRY_ALLOC(shape, v->error);
    TRY(instance->is_exports ? check_core_exports(v, instance, shape)
                             : check_core_instantiate(v, instance, shape));
    component_space_item item = {.shape = shape};
    return component_check_add_item(v, COMPONENT_SORT_CORE_INSTANCE, &item);
}
