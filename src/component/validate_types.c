/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of type definitions. */
#include "base/memory.h"
#include "component/validate_private.h"

static bool is_value_type(const component_node *node)
{
    return node->kind == COMPONENT_TYPE_PRIMITIVE ||
           node->kind > COMPONENT_TYPE_ASYNC_FUNC;
}

whit_status component_check_valtype(checker *v, component_valtype type,
                                    const component_node **out)
{
    *out = NULL;
    if (type.primitive == COMPONENT_NO_TYPE)
        return WHIT_OK;
    if (type.primitive != COMPONENT_INDEXED) {
        *out = v->primitives[type.primitive];
        return WHIT_OK;
    }
    TRY(component_check_type(v, type.index, out));
    if (is_value_type(*out))
        return WHIT_OK;
    return component_check_fail(v, "type index %u is not a defined type",
                                type.index);
}

/* ---- Value types ---- */

static whit_status check_members(checker *v, const component_type *type,
                                 component_node *out)
{
    component_member *members =
        arena_array(v->arena, type->field_count, sizeof *members);
    TRY_ALLOC(members, v->error);
    for (uint32_t i = 0; i < type->field_count; i++) {
        members[i].name = type->fields[i].name;
        TRY(component_check_valtype(v, type->fields[i].type, &members[i].type));
    }
    out->members = members;
    out->member_count = type->field_count;
    return WHIT_OK;
}

static whit_status check_fields(checker *v, const component_type *type,
                                component_node *out)
{
    uint32_t count = type->field_count;
    switch (type->kind) {
    case COMPONENT_TYPE_RECORD:
        if (!count)
            return component_check_fail(
                v, "record type must have at least one field");
        TRY(component_check_labels(v, type->fields, count, "record", "field"));
        break;
    case COMPONENT_TYPE_VARIANT:
        if (!count)
            return component_check_fail(
                v, "variant type must have at least one case");
        TRY(component_check_labels(v, type->fields, count, "variant", "case"));
        break;
    case COMPONENT_TYPE_ENUM:
        if (!count)
            return component_check_fail(
                v, "enum type must have at least one variant");
        TRY(component_check_labels(v, type->fields, count, "enum", "tag"));
        break;
    case COMPONENT_TYPE_FLAGS:
        if (!count)
            return component_check_fail(v,
                                        "flags must have at least one entry");
        if (count > 32)
            return component_check_fail(v, "cannot have more than 32 flags");
        TRY(component_check_labels(v, type->fields, count, "", "flag"));
        break;
    default:
        if (!count)
            return component_check_fail(
                v, "tuple type must have at least one type");
    }
    return check_members(v, type, out);
}

static whit_status check_async(checker *v, const component_type *type,
                               component_node *out)
{
    TRY(component_check_valtype(v, type->element, &out->element));
    bool stream = type->kind == COMPONENT_TYPE_STREAM;
    if (!out->element)
        return WHIT_OK;
    if (out->element->has_borrow)
        return component_check_fail(v, "a %s cannot contain a `borrow` type",
                                    stream ? "stream" : "future");
    if (stream && out->element->kind == COMPONENT_TYPE_PRIMITIVE &&
        out->element->primitive == COMPONENT_CHAR)
        return component_check_fail(
            v, "`stream<char>` is not valid at this time; use "
               "`stream<u8>`");
    return WHIT_OK;
}

static whit_status check_map(checker *v, const component_type *type,
                             component_node *out)
{
    TRY(component_check_valtype(v, type->element, &out->element));
    TRY(component_check_valtype(v, type->other, &out->other));
    const component_node *key = out->element;
    if (key->kind == COMPONENT_TYPE_PRIMITIVE &&
        key->primitive != COMPONENT_F32 && key->primitive != COMPONENT_F64 &&
        key->primitive != COMPONENT_ERROR_CONTEXT)
        return WHIT_OK;
    return component_check_fail(v,
                                "a map's key must be bool, an integer, char or "
                                "string, not %s",
                                component_check_kind_text(key));
}

static whit_status check_handle(checker *v, const component_type *type,
                                component_node *out)
{
    TRY(component_check_type(v, type->index, &out->element));
    if (out->element->kind == COMPONENT_TYPE_RESOURCE)
        return WHIT_OK;
    return component_check_fail(v, "type index %u is not a resource type",
                                type->index);
}

static whit_status check_value_type(checker *v, const component_type *type,
                                    component_node *out)
{
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        out->primitive = type->element.primitive;
        return WHIT_OK;
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_OPTION:
        return component_check_valtype(v, type->element, &out->element);
    case COMPONENT_TYPE_FIXED_LIST:
        if (!type->length)
            return component_check_fail(
                v, "a fixed-length list must have at least one "
                   "element");
        out->length = type->length;
        return component_check_valtype(v, type->element, &out->element);
    case COMPONENT_TYPE_RESULT:
        TRY(component_check_valtype(v, type->element, &out->element));
        return component_check_valtype(v, type->other, &out->other);
    case COMPONENT_TYPE_MAP:
        return check_map(v, type, out);
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        return check_handle(v, type, out);
    case COMPONENT_TYPE_STREAM:
    case COMPONENT_TYPE_FUTURE:
        return check_async(v, type, out);
    default:
        return check_fields(v, type, out);
    }
}

/* ---- Functions, resources ---- */

static whit_status check_function(checker *v, const component_type *type,
                                  component_node *out)
{
    out->is_async = type->is_async;
    TRY(component_check_labels(v, type->fields, type->field_count, "function",
                               "parameter"));
    TRY(check_members(v, type, out));
    TRY(component_check_valtype(v, type->element, &out->element));
    if (out->element && out->element->has_borrow)
        return component_check_fail(
            v, "function result cannot contain a `borrow` type");
    return WHIT_OK;
}

static whit_status check_resource(checker *v, const component_type *type,
                                  const component_node **out)
{
    if (v->scope->kind != CHECK_COMPONENT)
        return component_check_fail(
            v, "resources can only be defined within a concrete "
               "component");
    if (type->rep != WASM_I32)
        return component_check_fail(
            v, "resources can only be represented by `i32`");
    component_resource *resource = NULL;
    TRY(component_check_resource_new(v, v->scope->component, &resource));
    resource->rep = type->rep;
    resource->has_destructor = type->has_destructor;
    resource->destructor = type->destructor;
    if (type->has_destructor) {
        const component_space_item *item = NULL;
        TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_FUNC,
                                 type->destructor, &item));
        const wasm_functype *func = &item->core.type->func;
        if (func->param_count != 1 || func->params[0] != type->rep ||
            func->result_count)
            return component_check_fail(
                v,
                "core function %u has wrong signature for a "
                "destructor: it must take the `i32` and "
                "return nothing",
                type->destructor);
    }
    TRY(component_check_push(v, &v->scope->defined, &resource,
                             sizeof(component_resource *)));
    return component_check_resource_node(v, resource, out);
}

/* ---- Component and instance types ---- */

whit_status component_check_scope_type(checker *v, const check_scope *scope,
                                       const component_node **out)
{
    component_node *node = NULL;
    TRY(component_check_node_new(v,
                                 scope->kind == CHECK_INSTANCE_TYPE
                                     ? COMPONENT_TYPE_INSTANCE
                                     : COMPONENT_TYPE_COMPONENT,
                                 &node));
    TRY(component_check_keep(v, &scope->imports, sizeof *node->imports,
                             &node->imports, &node->import_count));
    TRY(component_check_keep(v, &scope->exports, sizeof *node->exports,
                             &node->exports, &node->export_count));
    TRY(component_check_keep(v, &scope->imported, sizeof *node->imported,
                             &node->imported, &node->imported_count));
    TRY(component_check_keep(v, &scope->defined, sizeof *node->resources,
                             &node->resources, &node->resource_count));
    *out = node;
    return component_check_node_finish(v, node);
}

static whit_status check_declarator(checker *v, const component_definition *d)
{
    v->current = d;
    switch (d->kind) {
    case COMPONENT_DEF_CORE_TYPE:
        return component_check_core_type(v, d->core_type);
    case COMPONENT_DEF_TYPE:
        return component_check_define_type(v, d->type);
    case COMPONENT_DEF_ALIAS:
        return component_check_alias(v, &d->alias);
    default:
        return component_check_external(v, d);
    }
}

static whit_status check_declarators(checker *v, const component_type *type,
                                     const component_node **out)
{
    check_scope scope;
    const component_definition *current = v->current;
    component_check_scope_open(v, &scope,
                               type->kind == COMPONENT_TYPE_INSTANCE
                                   ? CHECK_INSTANCE_TYPE
                                   : CHECK_COMPONENT_TYPE,
                               NULL);
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; status == WHIT_OK && i < type->declarator_count; i++)
        status = check_declarator(v, &type->declarators[i]);
    v->current = current;
    if (status == WHIT_OK)
        status = component_check_scope_type(v, &scope, out);
    component_check_scope_close(v, &scope);
    return status;
}

whit_status component_check_define_type(checker *v, const component_type *type)
{
    component_space_item item = {.shape = NULL};
    component_node *node = NULL;
    switch (type->kind) {
    case COMPONENT_TYPE_RESOURCE:
        TRY(check_resource(v, type, &item.type));
        break;
    case COMPONENT_TYPE_COMPONENT:
    case COMPONENT_TYPE_INSTANCE:
        TRY(check_declarators(v, type, &item.type));
        break;
    default:
        TRY(component_check_node_new(v, type->kind, &node));
        TRY(type->kind == COMPONENT_TYPE_FUNC
                ? check_function(v, type, node)
                : check_value_type(v, type, node));
        TRY(component_check_node_finish(v, node));
        item.type = node;
    }
    return component_check_add_item(v, COMPONENT_SORT_TYPE, &item);
}

/* ---- What imports and exports declare ---- */

static whit_status check_extern_type(checker *v, const component_extern *type,
                                     component_type_kind kind, const char *noun,
                                     component_entity *out)
{
    TRY(component_check_type(v, type->index, &out->type));
    if (out->type->kind == kind)
        return WHIT_OK;
    return component_check_fail(v, "type index %u is not %s type", type->index,
                                noun);
}

whit_status component_check_extern(checker *v, const component_extern *type,
                                   component_entity *out)
{
    *out = (component_entity){.sort = type->sort};
    const component_space_item *item = NULL;
    component_resource *resource = NULL;
    const component_node *node = NULL;
    switch (type->sort) {
    case COMPONENT_SORT_CORE_MODULE:
        TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_TYPE,
                                 type->index, &item));
        out->shape = item->shape;
        if (!out->shape)
            return component_check_fail(
                v, "core type index %u is not a module type", type->index);
        return WHIT_OK;
    case COMPONENT_SORT_FUNC:
        return check_extern_type(v, type, COMPONENT_TYPE_FUNC, "a function",
                                 out);
    case COMPONENT_SORT_COMPONENT:
        return check_extern_type(v, type, COMPONENT_TYPE_COMPONENT,
                                 "a component", out);
    case COMPONENT_SORT_INSTANCE:
        return check_extern_type(v, type, COMPONENT_TYPE_INSTANCE,
                                 "an instance", out);
    case COMPONENT_SORT_TYPE:
        if (type->is_eq) {
            TRY(component_check_type(v, type->index, &node));
            return component_check_node_alias(v, node, &out->type);
        }
        TRY(component_check_resource_new(v, NULL, &resource));
        return component_check_resource_node(v, resource, &out->type);
    default:
        return error_set(v->error, WHIT_UNSUPPORTED,
                         "component values are gated: the specification has "
                         "not settled them");
    }
}
