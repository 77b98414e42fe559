/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation: scopes, and definitions in their order. */
#include "component/validate.h"

#include <stdio.h>

#include "base/memory.h"
#include "component/validate_private.h"

/* ---- Pieces ---- */

whit_status component_check_fail(checker *v, const char *format, ...)
{
    whit_error *error = v->error;
    if (!error)
        return WHIT_INVALID;
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const component_definition *d = v->current;
    if (v->file->is_text)
        return error_line(error, WHIT_INVALID, d->line, d->column, "%s",
                          message);
    return error_at(error, WHIT_INVALID, d->offset, "%s (%s section)", message,
                    component_definition_text(d->kind));
}

whit_status component_check_push(checker *v, check_list *list, const void *item,
                                 size_t size)
{
    TRY(mem_grow(&list->items, &list->room, list->count, size,
                 LIMIT_COMPONENT_ITEMS, "items", v->error));
    memcpy((uint8_t *)list->items + list->count++ * size, item, size);
    return WHIT_OK;
}

whit_status component_check_keep(checker *v, const check_list *list,
                                 size_t size, void *items, uint32_t *count)
{
    void *copy = arena_dup(v->arena, list->items, list->count * size);
    TRY_ALLOC(copy, v->error);
    memcpy(items, &copy, sizeof copy);
    *count = (uint32_t)list->count;
    return WHIT_OK;
}

whit_status component_check_work(checker *v, uint64_t steps)
{
    v->work += steps;
    if (LIKELY(v->work <= LIMIT_COMPONENT_WORK))
        return WHIT_OK;
    return error_set(v->error, WHIT_LIMIT,
                     "the component's types are too complex: comparing them "
                     "takes more than %u steps",
                     LIMIT_COMPONENT_WORK);
}

whit_status component_check_item(checker *v, const check_scope *scope,
                                 component_sort sort, uint32_t index,
                                 const component_space_item **out)
{
    const check_list *list = &scope->items[sort];
    const char *name = component_sort_text(sort);
    *out = NULL;
    if (index < list->count) {
        *out = (const component_space_item *)list->items + index;
        return WHIT_OK;
    }
    return component_check_fail(
        v, "unknown %s %u: %s index out of bounds, there are %zu", name, index,
        name, list->count);
}

whit_status component_check_add_item(checker *v, component_sort sort,
                                     const component_space_item *item)
{
    return component_check_push(v, &v->scope->items[sort], item, sizeof *item);
}

whit_status component_check_type(checker *v, uint32_t index,
                                 const component_node **out)
{
    const component_space_item *item = NULL;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_TYPE, index, &item));
    *out = item->type;
    return WHIT_OK;
}

void component_check_scope_open(checker *v, check_scope *scope,
                                check_scope_kind kind,
                                const component *concrete)
{
    memset(scope, 0, sizeof *scope);
    scope->outer = v->scope;
    scope->kind = kind;
    scope->component = concrete;
    map_init(&scope->import_visible);
    map_init(&scope->export_visible);
    component_check_names_init(&scope->import_names);
    component_check_names_init(&scope->export_names);
    v->scope = scope;
}

void component_check_scope_close(checker *v, check_scope *scope)
{
    for (int i = 0; i < COMPONENT_SORTS; i++)
        mem_free(scope->items[i].items);
    mem_free(scope->imports.items);
    mem_free(scope->exports.items);
    mem_free(scope->imported.items);
    mem_free(scope->defined.items);
    map_release(&scope->import_visible);
    map_release(&scope->export_visible);
    component_check_names_release(&scope->import_names);
    component_check_names_release(&scope->export_names);
    v->scope = scope->outer;
}

/* ---- Aliases ---- */

static whit_status alias_core_export(checker *v, const component_alias *alias)
{
    static const char *const words[] = {"func", "table", "memory", "global",
                                        "tag"};
    const component_space_item *instance;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_INSTANCE,
                             alias->instance, &instance));
    TRY(component_check_work(v, instance->shape->export_count));
    const component_core_extern *export =
        component_check_core_find(instance->shape, alias->name);
    if (!export)
        return component_check_fail(
            v, "core instance %u has no export named `%.*s`", alias->instance,
            SLICE_ARG(alias->name));
    if ((int)export->kind != (int)alias->sort)
        return component_check_fail(
            v, "export `%.*s` for core instance %u is not a %s",
            SLICE_ARG(alias->name), alias->instance, words[alias->sort]);
    component_space_item item = {.core = *export};
    return component_check_add_item(v, alias->sort, &item);
}

static whit_status alias_export(checker *v, const component_alias *alias)
{
    const component_space_item *instance;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_INSTANCE,
                             alias->instance, &instance));
    const component_node *type = instance->type;
    TRY(component_check_work(v, type->export_count));
    const component_entity *export =
        component_entity_find(type->exports, type->export_count, alias->name);
    if (!export)
        return component_check_fail(v, "instance %u has no export named `%.*s`",
                                    alias->instance, SLICE_ARG(alias->name));
    if (export->sort != alias->sort)
        return component_check_fail(v,
                                    "export `%.*s` for instance %u is not a %s",
                                    SLICE_ARG(alias->name), alias->instance,
                                    alias->sort == COMPONENT_SORT_CORE_MODULE
                                        ? "module"
                                        : component_sort_text(alias->sort));
    component_space_item item = {.type = export->type, .shape = export->shape};
    return component_check_add_item(v, alias->sort, &item);
}

static whit_status alias_outer(checker *v, const component_alias *alias)
{
    check_scope *scope;
    const component_space_item *found;
    TRY(component_check_outer_scope(v, alias->instance, &scope));
    TRY(component_check_item(v, scope, alias->sort, alias->index, &found));
    component_space_item item = *found;
    bool crosses = false, is_free = false;
    for (const check_scope *s = v->scope; s != scope; s = s->outer)
        crosses |= s->kind == CHECK_COMPONENT;
    if (alias->sort == COMPONENT_SORT_TYPE && crosses)
        TRY(component_check_has_free(v, item.type, &is_free));
    if (is_free)
        return component_check_fail(
            v, "cannot alias outer type which transitively "
               "refers to resources not defined in the current "
               "component");
    return component_check_add_item(v, alias->sort, &item);
}

whit_status component_check_alias(checker *v, const component_alias *alias)
{
    component_sort sort = alias->sort;
    bool fits = sort == COMPONENT_SORT_TYPE ||
                (alias->target == COMPONENT_ALIAS_OUTER
                     ? sort == COMPONENT_SORT_CORE_TYPE
                     : sort == COMPONENT_SORT_INSTANCE &&
                           alias->target == COMPONENT_ALIAS_EXPORT);
    if (v->scope->kind != CHECK_COMPONENT && !fits)
        return component_check_fail(
            v, "aliases in component and instance types may only "
               "refer to types or instances");
    if (sort == COMPONENT_SORT_VALUE)
        return error_set(v->error, WHIT_UNSUPPORTED,
                         "component values are gated");
    switch (alias->target) {
    case COMPONENT_ALIAS_EXPORT:
        return alias_export(v, alias);
    case COMPONENT_ALIAS_CORE_EXPORT:
        return alias_core_export(v, alias);
    default:
        return alias_outer(v, alias);
    }
}

/* ---- Imports and exports ---- */

static whit_status item_entity(checker *v, component_sort sort, uint32_t index,
                               component_entity *out)
{
    const component_space_item *item = NULL;
    if (sort == COMPONENT_SORT_VALUE)
        return error_set(v->error, WHIT_UNSUPPORTED,
                         "component values are gated");
    TRY(component_check_item(v, v->scope, sort, index, &item));
    *out = (component_entity){.sort = sort};
    if (sort == COMPONENT_SORT_CORE_MODULE)
        out->shape = item->shape;
    else
        out->type = item->type;
    return WHIT_OK;
}

static whit_status export_entity(checker *v, const component_definition *d,
                                 component_entity *out)
{
    TRY(item_entity(v, d->external.sort, d->external.index, out));
    if (!d->external.has_type) {
        if (out->sort == COMPONENT_SORT_TYPE)
            TRY(component_check_node_alias(v, out->type, &out->type));
        return WHIT_OK;
    }
    component_entity ascribed;
    TRY(component_check_extern(v, &d->external.type, &ascribed));
    /* Any resource fits an abstract one. */
    if (ascribed.sort == COMPONENT_SORT_TYPE && !d->external.type.is_eq &&
        out->sort == COMPONENT_SORT_TYPE && out->type->resource) {
        *out = ascribed;
        return WHIT_OK;
    }
    whit_status status = component_check_match(v, out, &ascribed);
    if (status == WHIT_INVALID)
        error_prefix(v->error, "ascribed type of export is not compatible with "
                               "item's type");
    *out = ascribed;
    return status;
}

/* A resource without a name gets the first that it is known by outside, also
 * as a part of an instance. */
static void name_resources(const component_entity *entity)
{
    const component_node *type = entity->type;
    if (entity->sort == COMPONENT_SORT_TYPE && type->resource &&
        !type->resource->name.size)
        type->resource->name = entity->name;
    if (entity->sort != COMPONENT_SORT_INSTANCE)
        return;
    for (uint32_t i = 0; i < type->export_count; i++)
        if (type->exports[i].sort == COMPONENT_SORT_TYPE)
            name_resources(&type->exports[i]);
}

whit_status component_check_external(checker *v, const component_definition *d)
{
    check_scope *scope = v->scope;
    bool is_import = d->kind == COMPONENT_DEF_IMPORT;
    check_list *bound = is_import ? &scope->imported : &scope->defined;
    component_entity entity;
    TRY(d->external.has_item
            ? export_entity(v, d, &entity)
            : component_check_extern(v, &d->external.type, &entity));
    entity.name = d->external.name.text;
    entity.attributes = d->external.name.attributes;
    entity.attribute_count = d->external.name.attribute_count;
    bool fresh = d->external.has_type && !d->external.type.is_eq &&
                 entity.sort == COMPONENT_SORT_TYPE;
    if (fresh)
        TRY(component_check_push(v, bound, &entity.type->resource,
                                 sizeof(component_resource *)));
    if (entity.sort == COMPONENT_SORT_INSTANCE)
        TRY(component_check_open_instance(v, bound, &entity.type));
    TRY(component_check_name(
        v, is_import ? &scope->import_names : &scope->export_names, is_import,
        &d->external.name, &entity));
    TRY(component_check_visible(v, is_import, &entity));
    name_resources(&entity);
    TRY(component_check_push(v, is_import ? &scope->imports : &scope->exports,
                             &entity, sizeof entity));
    component_space_item item = {.type = entity.type, .shape = entity.shape};
    return component_check_add_item(v, entity.sort, &item);
}

/* ---- Instances ---- */

static whit_status read_bag(checker *v, const component_instance *instance,
                            check_names *names, component_entity *exports)
{
    for (uint32_t i = 0; i < instance->item_count; i++) {
        const component_item *item = &instance->items[i];
        TRY(item_entity(v, item->sort, item->index, &exports[i]));
        exports[i].name = item->name.text;
        exports[i].attributes = item->name.attributes;
        exports[i].attribute_count = item->name.attribute_count;
        /* A resource gets its name here, other types keep what they have. */
        if (item->sort == COMPONENT_SORT_TYPE && exports[i].type->resource)
            TRY(component_check_node_alias(v, exports[i].type,
                                           &exports[i].type));
        TRY(component_check_name(v, names, false, &item->name, &exports[i]));
    }
    return WHIT_OK;
}

static whit_status check_bag(checker *v, const component_instance *instance,
                             component_node *out)
{
    component_entity *exports =
        arena_array(v->arena, instance->item_count, sizeof *exports);
    TRY_ALLOC(exports, v->error);
    check_names names;
    component_check_names_init(&names);
    whit_status status = read_bag(v, instance, &names, exports);
    component_check_names_release(&names);
    out->exports = exports;
    out->export_count = instance->item_count;
    return status;
}

static whit_status read_arguments(checker *v,
                                  const component_instance *instance,
                                  component_entity *arguments)
{
    for (uint32_t i = 0; i < instance->item_count; i++) {
        const component_item *item = &instance->items[i];
        TRY(item_entity(v, item->sort, item->index, &arguments[i]));
        arguments[i].name = item->name.text;
        TRY(component_check_work(v, i));
        if (component_entity_find(arguments, i, item->name.text))
            return component_check_fail(
                v,
                "instantiation argument `%.*s` conflicts with "
                "previous argument `%.*s`",
                SLICE_ARG(item->name.text), SLICE_ARG(item->name.text));
    }
    return WHIT_OK;
}

static whit_status check_arguments(checker *v, const component_node *callee,
                                   const component_entity *arguments,
                                   uint32_t count)
{
    for (uint32_t i = 0; i < callee->import_count; i++) {
        const component_entity *import = &callee->imports[i];
        TRY(component_check_work(v, count));
        const component_entity *argument =
            component_entity_find(arguments, count, import->name);
        if (!argument)
            return component_check_fail(v, "missing import named `%.*s`",
                                        SLICE_ARG(import->name));
        whit_status status = component_check_match(v, argument, import);
        if (status == WHIT_INVALID)
            error_prefix(v->error,
                         "type mismatch for component instantiation argument "
                         "`%.*s`",
                         SLICE_ARG(import->name));
        TRY(status);
    }
    return WHIT_OK;
}

static whit_status bind_and_substitute(checker *v, const component_node *callee,
                                       const component_entity *arguments,
                                       uint32_t count, component_node *out)
{
    component_check_substitution(v);
    TRY(component_check_match_bind(v, callee->imported, callee->imported_count,
                                   callee->imports, callee->import_count,
                                   arguments, count, true));
    TRY(check_arguments(v, callee, arguments, count));
    TRY(component_check_freshen(v, callee->resources, callee->resource_count,
                                &v->scope->defined));
    component_node exports = {.kind = COMPONENT_TYPE_INSTANCE,
                              .exports = callee->exports,
                              .export_count = callee->export_count};
    const component_node *copy;
    exports.self = &exports;
    TRY(component_check_substitute(v, &exports, &copy));
    out->exports = copy->exports;
    out->export_count = copy->export_count;
    return WHIT_OK;
}

static whit_status check_instantiate(checker *v,
                                     const component_instance *instance,
                                     component_node *out)
{
    const component_space_item *callee;
    uint32_t count = instance->item_count;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_COMPONENT,
                             instance->callee, &callee));
    component_entity *arguments =
        arena_array(v->arena, count, sizeof *arguments);
    TRY_ALLOC(arguments, v->error);
    TRY(read_arguments(v, instance, arguments));
    size_t mark = v->undo.count;
    whit_status status =
        bind_and_substitute(v, callee->type, arguments, count, out);
    component_check_unbind(v, mark);
    return status;
}

static whit_status check_instance(checker *v,
                                  const component_instance *instance)
{
    component_node *node = NULL;
    TRY(component_check_node_new(v, COMPONENT_TYPE_INSTANCE, &node));
    TRY(instance->is_exports ? check_bag(v, instance, node)
                             : check_instantiate(v, instance, node));
    TRY(component_check_node_finish(v, node));
    component_space_item item = {.type = node};
    return component_check_add_item(v, COMPONENT_SORT_INSTANCE, &item);
}

/* ---- Components ---- */

static whit_status check_component(checker *v, component *c);

static whit_status check_nested(checker *v, component *nested)
{
    TRY(check_component(v, nested));
    component_space_item item = {.type = nested->info->type};
    return component_check_add_item(v, COMPONENT_SORT_COMPONENT, &item);
}

static whit_status check_definition(checker *v, const component_definition *d)
{
    component_space_item item = {.shape = NULL};
    v->current = d;
    switch (d->kind) {
    case COMPONENT_DEF_CUSTOM:
        return WHIT_OK;
    case COMPONENT_DEF_CORE_MODULE:
        TRY(component_check_core_module(v, &d->core_module, &item.shape));
        return component_check_add_item(v, COMPONENT_SORT_CORE_MODULE, &item);
    case COMPONENT_DEF_CORE_INSTANCE:
        return component_check_core_instance(v, &d->instance);
    case COMPONENT_DEF_CORE_TYPE:
        return component_check_core_type(v, d->core_type);
    case COMPONENT_DEF_COMPONENT:
        return check_nested(v, d->component);
    case COMPONENT_DEF_INSTANCE:
        return check_instance(v, &d->instance);
    case COMPONENT_DEF_ALIAS:
        return component_check_alias(v, &d->alias);
    case COMPONENT_DEF_TYPE:
        return component_check_define_type(v, d->type);
    case COMPONENT_DEF_CANON:
        return component_check_canon(v, d->canon);
    case COMPONENT_DEF_IMPORT:
    case COMPONENT_DEF_EXPORT:
        return component_check_external(v, d);
    default:
        return error_set(v->error, WHIT_UNSUPPORTED,
                         "component values and start definitions are gated: "
                         "the specification has not settled them");
    }
}

static whit_status keep_info(checker *v, const check_scope *scope, component *c)
{
    component_info *info = arena_zalloc(v->arena, sizeof *info);
    TRY_ALLOC(info, v->error);
    for (int i = 0; i < COMPONENT_SORTS; i++)
        TRY(component_check_keep(v, &scope->items[i],
                                 sizeof(component_space_item), &info->items[i],
                                 &info->counts[i]));
    TRY(component_check_scope_type(v, scope, &info->type));
    c->info = info;
    return WHIT_OK;
}

static whit_status check_component(checker *v, component *c)
{
    /* Scopes are large, and components nest. */
    check_scope *scope = mem_alloc(sizeof *scope);
    const component_definition *current = v->current;
    TRY_ALLOC(scope, v->error);
    component_check_scope_open(v, scope, CHECK_COMPONENT, c);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; status == WHIT_OK && i < c->definition_count; i++)
        status = check_definition(v, &c->definitions[i]);
    v->current = current;
    if (status == WHIT_OK)
        status = keep_info(v, scope, c);
    component_check_scope_close(v, scope);
    mem_free(scope);
    return status;
}

whit_status component_validate(component_file *file, whit_error *error)
{
    static const component_definition whole = {
        .kind = COMPONENT_DEF_COMPONENT, .line = 1, .column = 1};
    if (!file->types)
        file->types = wasm_type_table_new();
    TRY_ALLOC(file->types, error);
    checker v = {.file = file,
                 .arena = &file->arena,
                 .types = file->types,
                 .error = error,
                 .current = &whole};
    whit_status status = component_check_primitives(&v);
    if (status == WHIT_OK)
        status = check_component(&v, &file->root);
    mem_free(v.undo.items);
    return status;
}
