/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Subtyping: instances, components and modules may offer more and ask less;
 * all other types must be equal. */
#include "component/validate_private.h"

#include <inttypes.h>
#include <stdio.h>

const component_entity *component_entity_find(const component_entity *entities,
                                              uint32_t count, slice name)
{
    for (uint32_t i = 0; i < count; i++)
        if (slice_equal(entities[i].name, name))
            return &entities[i];
    return NULL;
}

const char *component_check_kind_text(const component_node *node)
{
    switch (node->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return component_primitive_text(node->primitive);
    case COMPONENT_TYPE_RESOURCE:
        return "resource";
    case COMPONENT_TYPE_FUNC:
        return "func";
    case COMPONENT_TYPE_COMPONENT:
        return "component";
    case COMPONENT_TYPE_INSTANCE:
        return "instance";
    case COMPONENT_TYPE_MAP:
        return "map";
    case COMPONENT_TYPE_FUTURE:
        return "future";
    case COMPONENT_TYPE_STREAM:
        return "stream";
    case COMPONENT_TYPE_FIXED_LIST:
        return "fixed-length list";
    case COMPONENT_TYPE_BORROW:
        return "borrow";
    case COMPONENT_TYPE_OWN:
        return "own";
    case COMPONENT_TYPE_RESULT:
        return "result";
    case COMPONENT_TYPE_OPTION:
        return "option";
    case COMPONENT_TYPE_ENUM:
        return "enum";
    case COMPONENT_TYPE_FLAGS:
        return "flags";
    case COMPONENT_TYPE_TUPLE:
        return "tuple";
    case COMPONENT_TYPE_LIST:
        return "list";
    case COMPONENT_TYPE_VARIANT:
        return "variant";
    default:
        return "record";
    }
}

/* Says where inside a type a mismatch lies. */
static whit_status inside(checker *v, whit_status status, const char *what,
                          slice name)
{
    if (status == WHIT_INVALID)
        error_prefix(v->error, "type mismatch in %s `%.*s`", what,
                     SLICE_ARG(name));
    return status;
}

static whit_status match_node(checker *v, const component_node *sub,
                              const component_node *super);

static whit_status match_optional(checker *v, const component_node *sub,
                                  const component_node *super, const char *what)
{
    if (!sub && !super)
        return WHIT_OK;
    if (!sub)
        return component_check_fail(v, "expected %s type, but found none",
                                    what);
    if (!super)
        return component_check_fail(v, "expected %s type to not be present",
                                    what);
    whit_status status = match_node(v, sub, super);
    if (status == WHIT_INVALID)
        error_prefix(v->error, "type mismatch in %s variant", what);
    return status;
}

/* ---- Value and function types ---- */

static whit_status match_member(checker *v, const component_node *of,
                                const component_member *sub,
                                const component_member *super, uint32_t index)
{
    static const char *const words[] = {"field", "case", "element"};
    int word = of->kind == COMPONENT_TYPE_VARIANT  ? 1
               : of->kind == COMPONENT_TYPE_RECORD ? 0
                                                   : 2;
    if (!slice_equal(sub->name, super->name)) {
        if (word == 2)
            return component_check_fail(
                v,
                "mismatch in %s elements: expected `%.*s`, "
                "found `%.*s`",
                component_check_kind_text(of), SLICE_ARG(super->name),
                SLICE_ARG(sub->name));
        return component_check_fail(
            v, "expected %s name%s `%.*s`, found `%.*s`", words[word],
            word ? "d" : "", SLICE_ARG(super->name), SLICE_ARG(sub->name));
    }
    if (!sub->type && !super->type)
        return WHIT_OK;
    if (!sub->type)
        return component_check_fail(
            v, "expected case `%.*s` to have a type, found none",
            SLICE_ARG(sub->name));
    if (!super->type)
        return component_check_fail(v, "expected case `%.*s` to have no type",
                                    SLICE_ARG(sub->name));
    whit_status status = match_node(v, sub->type, super->type);
    if (of->kind != COMPONENT_TYPE_TUPLE)
        return inside(v, status, word ? "variant case" : "record field",
                      sub->name);
    if (status == WHIT_INVALID)
        error_prefix(v->error, "type mismatch in tuple field %u", index);
    return status;
}

static whit_status match_members(checker *v, const component_node *sub,
                                 const component_node *super)
{
    if (sub->member_count != super->member_count)
        return component_check_fail(
            v, "expected %u %s, found %u", super->member_count,
            super->kind == COMPONENT_TYPE_TUPLE    ? "types"
            : super->kind == COMPONENT_TYPE_RECORD ? "fields"
                                                   : "cases",
            sub->member_count);
    TRY(component_check_work(v, sub->member_count));
    for (uint32_t i = 0; i < sub->member_count; i++)
        TRY(match_member(v, super, &sub->members[i], &super->members[i], i));
    return WHIT_OK;
}

static whit_status match_function(checker *v, const component_node *sub,
                                  const component_node *super)
{
    if (sub->is_async != super->is_async)
        return component_check_fail(v,
                                    "expected %s function, found %s function",
                                    super->is_async ? "an async" : "a sync",
                                    sub->is_async ? "an async" : "a sync");
    if (sub->member_count != super->member_count)
        return component_check_fail(v, "expected %u parameters, found %u",
                                    super->member_count, sub->member_count);
    for (uint32_t i = 0; i < sub->member_count; i++) {
        const component_member *a = &sub->members[i], *b = &super->members[i];
        if (!slice_equal(a->name, b->name))
            return component_check_fail(
                v, "expected parameter named `%.*s`, found `%.*s`",
                SLICE_ARG(b->name), SLICE_ARG(a->name));
        TRY(inside(v, match_node(v, a->type, b->type), "function parameter",
                   a->name));
    }
    if (!sub->element != !super->element)
        return component_check_fail(v, "expected %s result, found %s",
                                    super->element ? "a" : "no",
                                    sub->element ? "one" : "none");
    if (!sub->element)
        return WHIT_OK;
    whit_status status = match_node(v, sub->element, super->element);
    if (status == WHIT_INVALID)
        error_prefix(v->error, "type mismatch with result type");
    return status;
}

static whit_status match_resource(checker *v, const component_node *sub,
                                  const component_node *super)
{
    if (check_resolve(sub->resource) == check_resolve(super->resource))
        return WHIT_OK;
    return component_check_fail(v, "resource types are not the same");
}

/* ---- Instances and components ---- */

static whit_status match_exports(checker *v, const component_node *sub,
                                 const component_node *super)
{
    for (uint32_t i = 0; i < super->export_count; i++) {
        const component_entity *wanted = &super->exports[i];
        TRY(component_check_work(v, sub->export_count));
        const component_entity *found = component_entity_find(
            sub->exports, sub->export_count, wanted->name);
        if (!found)
            return component_check_fail(v, "missing expected export `%.*s`",
                                        SLICE_ARG(wanted->name));
        TRY(inside(v, component_check_match(v, found, wanted),
                   sub->kind == COMPONENT_TYPE_INSTANCE ? "instance export"
                                                        : "component export",
                   wanted->name));
    }
    return WHIT_OK;
}

static whit_status match_instance(checker *v, const component_node *sub,
                                  const component_node *super)
{
    size_t mark = v->undo.count;
    whit_status status = component_check_match_bind(
        v, super->resources, super->resource_count, super->exports,
        super->export_count, sub->exports, sub->export_count, false);
    if (status == WHIT_OK)
        status = match_exports(v, sub, super);
    component_check_unbind(v, mark);
    return status;
}

static whit_status match_imports(checker *v, const component_node *sub,
                                 const component_node *super)
{
    for (uint32_t i = 0; i < sub->import_count; i++) {
        const component_entity *wanted = &sub->imports[i];
        TRY(component_check_work(v, super->import_count));
        const component_entity *found = component_entity_find(
            super->imports, super->import_count, wanted->name);
        if (!found)
            return component_check_fail(v, "missing expected import `%.*s`",
                                        SLICE_ARG(wanted->name));
        TRY(inside(v, component_check_match(v, found, wanted),
                   "component import", wanted->name));
    }
    return WHIT_OK;
}

static whit_status match_component(checker *v, const component_node *sub,
                                   const component_node *super)
{
    size_t mark = v->undo.count;
    whit_status status = component_check_match_bind(
        v, sub->imported, sub->imported_count, sub->imports, sub->import_count,
        super->imports, super->import_count, false);
    if (status == WHIT_OK)
        status = match_imports(v, sub, super);
    if (status == WHIT_OK)
        status = component_check_match_bind(
            v, super->resources, super->resource_count, super->exports,
            super->export_count, sub->exports, sub->export_count, false);
    if (status == WHIT_OK)
        status = match_exports(v, sub, super);
    component_check_unbind(v, mark);
    return status;
}

static whit_status bind_entities(checker *v, uint32_t stamp,
                                 const component_entity *pattern,
                                 uint32_t count, const component_entity *actual,
                                 uint32_t actual_count, bool replace)
{
    TRY(component_check_work(v, count));
    for (uint32_t i = 0; i < count; i++) {
        component_sort sort = pattern[i].sort;
        if (sort != COMPONENT_SORT_TYPE && sort != COMPONENT_SORT_INSTANCE)
            continue;
        TRY(component_check_work(v, actual_count));
        const component_entity *found =
            component_entity_find(actual, actual_count, pattern[i].name);
        if (!found || found->sort != sort)
            continue;
        const component_node *node = pattern[i].type;
        if (sort == COMPONENT_SORT_INSTANCE) {
            TRY(bind_entities(v, stamp, node->exports, node->export_count,
                              found->type->exports, found->type->export_count,
                              replace));
            continue;
        }
        if (replace)
            component_check_node_replace(v, node, found->type);
        if (!node->resource || !found->type->resource ||
            node->resource->stamp != stamp)
            continue;
        node->resource->stamp = 0;
        TRY(component_check_bind(v, node->resource,
                                 check_resolve(found->type->resource)));
    }
    return WHIT_OK;
}

whit_status component_check_match_bind(
    checker *v, component_resource *const *bound, uint32_t bound_count,
    const component_entity *pattern, uint32_t count,
    const component_entity *actual, uint32_t actual_count, bool replace)
{
    if (!replace && !bound_count)
        return WHIT_OK;
    uint32_t stamp = ++v->stamps;
    TRY(component_check_work(v, bound_count));
    for (uint32_t i = 0; i < bound_count; i++)
        bound[i]->stamp = stamp;
    return bind_entities(v, stamp, pattern, count, actual, actual_count,
                         replace);
}

/* ---- All types ---- */

static whit_status expected(checker *v, const component_node *sub,
                            const component_node *super)
{
    bool primitives = sub->kind == COMPONENT_TYPE_PRIMITIVE &&
                      super->kind == COMPONENT_TYPE_PRIMITIVE;
    return component_check_fail(
        v,
        primitives ? "expected primitive `%s` found primitive "
                     "`%s`"
                   : "expected %s, found %s",
        component_check_kind_text(super), component_check_kind_text(sub));
}

static whit_status match_node(checker *v, const component_node *sub,
                              const component_node *super)
{
    if (sub == super && !sub->has_resource)
        return WHIT_OK;
    TRY(component_check_work(v, 1));
    if (sub->kind != super->kind || sub->primitive != super->primitive)
        return expected(v, sub, super);
    switch (sub->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return WHIT_OK;
    case COMPONENT_TYPE_RESOURCE:
        return match_resource(v, sub, super);
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        return match_resource(v, sub->element, super->element);
    case COMPONENT_TYPE_FUNC:
        return match_function(v, sub, super);
    case COMPONENT_TYPE_COMPONENT:
        return match_component(v, sub, super);
    case COMPONENT_TYPE_INSTANCE:
        return match_instance(v, sub, super);
    case COMPONENT_TYPE_FIXED_LIST:
        if (sub->length != super->length)
            return component_check_fail(
                v, "expected a list of length %u, found %u", super->length,
                sub->length);
        return match_node(v, sub->element, super->element);
    case COMPONENT_TYPE_MAP:
        TRY(match_node(v, sub->element, super->element));
        return match_node(v, sub->other, super->other);
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_OPTION:
        return match_node(v, sub->element, super->element);
    case COMPONENT_TYPE_STREAM:
    case COMPONENT_TYPE_FUTURE:
        return match_optional(v, sub->element, super->element, "element");
    case COMPONENT_TYPE_RESULT:
        TRY(match_optional(v, sub->element, super->element, "ok"));
        return match_optional(v, sub->other, super->other, "err");
    default:
        return match_members(v, sub, super);
    }
}

/* ---- Core ---- */

static bool limits_match(const wasm_limits *sub, const wasm_limits *super)
{
    return sub->is64 == super->is64 && sub->min >= super->min &&
           (!super->has_max || (sub->has_max && sub->max <= super->max));
}

static void put_limits(const wasm_limits *limits, char *out, size_t size)
{
    int used = snprintf(out, size, "%" PRIu64, limits->min);
    if (limits->has_max && used > 0 && (size_t)used < size)
        snprintf(out + used, size - (size_t)used, " %" PRIu64, limits->max);
}

static whit_status limits_fail(checker *v, const char *what,
                               const wasm_limits *sub, const wasm_limits *super)
{
    char a[48], b[48];
    put_limits(super, a, sizeof a);
    put_limits(sub, b, sizeof b);
    return component_check_fail(
        v, "mismatch in %s limits: expected %s, found %s", what, a, b);
}

static void put_types(const wasm_valtype *types, uint32_t count,
                      const char *word, buffer *out)
{
    if (!count)
        return;
    buffer_printf(out, " (%s", word);
    for (uint32_t i = 0; i < count && i < 20; i++) {
        char text[48];
        wasm_valtype_text(types[i], text, sizeof text);
        buffer_printf(out, " %s", text);
    }
    buffer_text(out, ")");
}

static void put_function(const wasm_type *type, buffer *out)
{
    buffer_text(out, "(func");
    put_types(type->func.params, type->func.param_count, "param", out);
    put_types(type->func.results, type->func.result_count, "result", out);
    buffer_text(out, ")");
}

static whit_status function_fail(checker *v, const wasm_type *sub,
                                 const wasm_type *super)
{
    buffer text;
    buffer_init(&text);
    buffer_text(&text, "expected: ");
    put_function(super, &text);
    buffer_text(&text, ", found: ");
    put_function(sub, &text);
    const char *message = buffer_string(&text);
    whit_status status = message ? component_check_fail(v, "%s", message)
                                 : error_memory(v->error);
    buffer_release(&text);
    return status;
}

static whit_status match_global(checker *v, const wasm_global *sub,
                                const wasm_global *super)
{
    char a[48], b[48];
    bool equal = sub->mutable_ == super->mutable_ &&
                 wasm_valtype_matches(v->types, sub->type, super->type) &&
                 (!sub->mutable_ ||
                  wasm_valtype_matches(v->types, super->type, sub->type));
    if (equal)
        return WHIT_OK;
    wasm_valtype_text(super->type, a, sizeof a);
    wasm_valtype_text(sub->type, b, sizeof b);
    return component_check_fail(v, "expected global type %s%s, found %s%s",
                                super->mutable_ ? "mut " : "", a,
                                sub->mutable_ ? "mut " : "", b);
}

static whit_status match_table(checker *v, const wasm_table *sub,
                               const wasm_table *super)
{
    char a[48], b[48];
    if (!wasm_valtype_matches(v->types, sub->type, super->type) ||
        !wasm_valtype_matches(v->types, super->type, sub->type)) {
        wasm_valtype_text(super->type, a, sizeof a);
        wasm_valtype_text(sub->type, b, sizeof b);
        return component_check_fail(
            v, "expected table element type %s, found %s", a, b);
    }
    return limits_match(&sub->limits, &super->limits)
               ? WHIT_OK
               : limits_fail(v, "table", &sub->limits, &super->limits);
}

whit_status component_check_match_core(checker *v,
                                       const component_core_extern *sub,
                                       const component_core_extern *super)
{
    static const char *const words[] = {"func", "table", "memory", "global",
                                        "tag"};
    TRY(component_check_work(v, 1));
    if (sub->kind != super->kind)
        return component_check_fail(v, "expected %s, found %s",
                                    words[super->kind], words[sub->kind]);
    switch (sub->kind) {
    case WASM_EXTERN_FUNC:
        return wasm_type_is_sub(sub->type, super->type)
                   ? WHIT_OK
                   : function_fail(v, sub->type, super->type);
    case WASM_EXTERN_TABLE:
        return match_table(v, &sub->table, &super->table);
    case WASM_EXTERN_MEMORY:
        if (sub->memory.limits.shared != super->memory.limits.shared)
            return component_check_fail(
                v, "mismatch in the shared flag for memories");
        return limits_match(&sub->memory.limits, &super->memory.limits)
                   ? WHIT_OK
                   : limits_fail(v, "memory", &sub->memory.limits,
                                 &super->memory.limits);
    case WASM_EXTERN_GLOBAL:
        return match_global(v, &sub->global, &super->global);
    default:
        return sub->type == super->type
                   ? WHIT_OK
                   : function_fail(v, sub->type, super->type);
    }
}

static const component_core_extern *
find_import(const component_core_shape *shape,
            const component_core_extern *wanted)
{
    for (uint32_t i = 0; i < shape->import_count; i++)
        if (slice_equal(shape->imports[i].module, wanted->module) &&
            slice_equal(shape->imports[i].name, wanted->name))
            return &shape->imports[i];
    return NULL;
}

static whit_status match_module(checker *v, const component_core_shape *sub,
                                const component_core_shape *super)
{
    for (uint32_t i = 0; i < sub->import_count; i++) {
        const component_core_extern *wanted = &sub->imports[i];
        TRY(component_check_work(v, super->import_count));
        const component_core_extern *found = find_import(super, wanted);
        if (!found)
            return component_check_fail(
                v, "missing expected import `%.*s::%.*s`",
                SLICE_ARG(wanted->module), SLICE_ARG(wanted->name));
        whit_status status = component_check_match_core(v, found, wanted);
        if (status == WHIT_INVALID)
            error_prefix(v->error, "type mismatch in import `%.*s::%.*s`",
                         SLICE_ARG(wanted->module), SLICE_ARG(wanted->name));
        TRY(status);
    }
    for (uint32_t i = 0; i < super->export_count; i++) {
        const component_core_extern *wanted = &super->exports[i];
        TRY(component_check_work(v, sub->export_count));
        const component_core_extern *found =
            component_check_core_find(sub, wanted->name);
        if (!found)
            return component_check_fail(v, "missing expected export `%.*s`",
                                        SLICE_ARG(wanted->name));
        TRY(inside(v, component_check_match_core(v, found, wanted), "export",
                   wanted->name));
    }
    return WHIT_OK;
}

/* ---- Entities ---- */

static const char *entity_text(const component_entity *entity)
{
    if (entity->sort == COMPONENT_SORT_CORE_MODULE)
        return "module";
    return component_sort_text(entity->sort);
}

whit_status component_check_match(checker *v, const component_entity *sub,
                                  const component_entity *super)
{
    if (sub->sort != super->sort)
        return component_check_fail(v, "expected %s, found %s",
                                    entity_text(super), entity_text(sub));
    if (sub->sort == COMPONENT_SORT_CORE_MODULE)
        return match_module(v, sub->shape, super->shape);
    bool is_resource = sub->type->resource != NULL;
    if (sub->sort == COMPONENT_SORT_TYPE &&
        is_resource != (super->type->resource != NULL))
        return component_check_fail(
            v, is_resource ? "expected defined type, found resource"
                           : "expected resource, found defined "
                             "type");
    return match_node(v, sub->type, super->type);
}
