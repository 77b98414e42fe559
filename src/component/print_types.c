/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The printer's types. */
#include <inttypes.h>

#include "base/limits.h"
#include "component/print_private.h"
#include "wasm/print.h"

/* ---- Core types ---- */

void component_put_core_valtype(component_printer *p, wasm_valtype type)
{
    char text[48];
    if (wasm_is_ref(type) && wasm_heap_is_index(wasm_heap(type))) {
        buffer_printf(p->out, "(ref %s%u)",
                      wasm_is_nullable(type) ? "null " : "", wasm_heap(type));
        return;
    }
    wasm_valtype_text(type, text, sizeof text);
    buffer_text(p->out, text);
}

static void put_core_valtypes(component_printer *p, const char *word,
                              const wasm_valtype *types, uint32_t count)
{
    if (!count)
        return;
    buffer_printf(p->out, " (%s", word);
    for (uint32_t i = 0; i < count; i++) {
        buffer_put(p->out, ' ');
        component_put_core_valtype(p, types[i]);
    }
    buffer_put(p->out, ')');
}

static void put_storage(component_printer *p, const wasm_field *field)
{
    buffer_put(p->out, ' ');
    if (field->mutable_)
        buffer_text(p->out, "(mut ");
    component_put_core_valtype(p, field->type);
    if (field->mutable_)
        buffer_put(p->out, ')');
}

static void put_composite(component_printer *p, const wasm_subtype *type)
{
    if (type->kind == WASM_COMP_FUNC) {
        buffer_text(p->out, "(func");
        put_core_valtypes(p, "param", type->func.params,
                          type->func.param_count);
        put_core_valtypes(p, "result", type->func.results,
                          type->func.result_count);
    } else if (type->kind == WASM_COMP_ARRAY) {
        buffer_text(p->out, "(array");
        put_storage(p, &type->fields[0]);
    } else {
        buffer_text(p->out, "(struct");
        for (uint32_t i = 0; i < type->field_count; i++) {
            buffer_text(p->out, " (field");
            put_storage(p, &type->fields[i]);
            buffer_put(p->out, ')');
        }
    }
    buffer_put(p->out, ')');
}

static void put_subtype(component_printer *p, const wasm_subtype *type)
{
    bool sub = !type->final || type->super != WASM_NO_INDEX;
    if (sub) {
        buffer_text(p->out, type->final ? "(sub final " : "(sub ");
        if (type->super != WASM_NO_INDEX)
            buffer_printf(p->out, "%u ", type->super);
    }
    put_composite(p, type);
    if (sub)
        buffer_put(p->out, ')');
}

static void put_limits(component_printer *p, const wasm_limits *limits)
{
    if (limits->is64)
        buffer_text(p->out, " i64");
    buffer_printf(p->out, " %" PRIu64, limits->min);
    if (limits->has_max)
        buffer_printf(p->out, " %" PRIu64, limits->max);
    if (limits->shared)
        buffer_text(p->out, " shared");
}

static void put_external(component_printer *p, const wasm_external *what)
{
    static const char *const words[] = {"func", "table", "memory", "global",
                                        "tag"};
    buffer_printf(p->out, " (%s", words[what->kind]);
    switch (what->kind) {
    case WASM_EXTERN_TABLE:
        put_limits(p, &what->table.limits);
        buffer_put(p->out, ' ');
        component_put_core_valtype(p, what->table.type);
        break;
    case WASM_EXTERN_MEMORY:
        put_limits(p, &what->memory.limits);
        break;
    case WASM_EXTERN_GLOBAL:
        buffer_text(p->out, what->global.mutable_ ? " (mut " : " ");
        component_put_core_valtype(p, what->global.type);
        if (what->global.mutable_)
            buffer_put(p->out, ')');
        break;
    default:
        buffer_printf(p->out, " (type %u)", what->type);
    }
    buffer_put(p->out, ')');
}

/* `rec`, or one type alone, which begins with `open` and has index *index. */
static void put_group(component_printer *p, const wasm_subtype *types,
                      uint32_t count, uint32_t *index)
{
    bool rec = count != 1 || types->rec_explicit;
    if (rec)
        buffer_text(p->out, "(rec");
    for (uint32_t i = 0; i < count; i++) {
        buffer_printf(p->out, "%s(type (;%u;) ", rec ? " " : "", (*index)++);
        put_subtype(p, &types[i]);
        buffer_put(p->out, ')');
    }
    if (rec)
        buffer_put(p->out, ')');
}

static void put_declarator(component_printer *p,
                           const component_declarator *item, uint32_t *index)
{
    component_put_newline(p);
    switch (item->kind) {
    case COMPONENT_DECLARATOR_TYPE:
        put_group(p, item->types, item->type_count, index);
        return;
    case COMPONENT_DECLARATOR_ALIAS:
        buffer_printf(p->out, "(alias outer %u %u (type (;%u;)))", item->outer,
                      item->index, (*index)++);
        return;
    case COMPONENT_DECLARATOR_IMPORT:
        buffer_text(p->out, "(import ");
        wasm_string_write(item->module, true, p->out);
        buffer_put(p->out, ' ');
        break;
    case COMPONENT_DECLARATOR_EXPORT:
        buffer_text(p->out, "(export ");
        break;
    }
    wasm_string_write(item->name, true, p->out);
    put_external(p, &item->what);
    buffer_put(p->out, ')');
}

void component_put_core_type(component_printer *p,
                             const component_core_type *type)
{
    if (!type->is_module) {
        if (type->type_count == 1 && !type->types->rec_explicit) {
            buffer_text(p->out, "(core type");
            component_put_new(p, COMPONENT_SORT_CORE_TYPE);
            buffer_put(p->out, ' ');
            put_subtype(p, type->types);
        } else {
            buffer_text(p->out, "(core rec");
            for (uint32_t i = 0; i < type->type_count; i++) {
                buffer_text(p->out, " (type");
                component_put_new(p, COMPONENT_SORT_CORE_TYPE);
                buffer_put(p->out, ' ');
                put_subtype(p, &type->types[i]);
                buffer_put(p->out, ')');
            }
        }
        buffer_put(p->out, ')');
        return;
    }
    uint32_t index = 0;
    buffer_text(p->out, "(core type");
    component_put_new(p, COMPONENT_SORT_CORE_TYPE);
    buffer_text(p->out, " (module");
    p->indent++;
    for (uint32_t i = 0; i < type->declarator_count; i++)
        put_declarator(p, &type->declarators[i], &index);
    p->indent--;
    if (type->declarator_count)
        component_put_newline(p);
    buffer_text(p->out, "))");
}

/* ---- Types ---- */

void component_put_valtype(component_printer *p, component_valtype type)
{
    if (type.primitive == COMPONENT_INDEXED)
        component_put_index(p, COMPONENT_SORT_TYPE, type.index);
    else
        buffer_printf(p->out, " %s", component_primitive_text(type.primitive));
}

static void put_optional(component_printer *p, component_valtype type)
{
    if (type.primitive != COMPONENT_NO_TYPE)
        component_put_valtype(p, type);
}

static void put_fields(component_printer *p, const component_type *type,
                       const char *word)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        const component_field *field = &type->fields[i];
        buffer_put(p->out, ' ');
        if (*word)
            buffer_printf(p->out, "(%s ", word);
        wasm_string_write(field->name, true, p->out);
        put_optional(p, field->type);
        if (*word)
            buffer_put(p->out, ')');
    }
}

static void put_result(component_printer *p, const char *word,
                       component_valtype type)
{
    if (type.primitive == COMPONENT_NO_TYPE)
        return;
    buffer_printf(p->out, " (%s", word);
    component_put_valtype(p, type);
    buffer_put(p->out, ')');
}

static whit_status put_declarators(component_printer *p,
                                   const component_type *type)
{
    print_scope scope = {.has_names = false}, *outer = p->scope;
    p->scope = &scope;
    p->indent++;
    for (uint32_t i = 0; i < type->declarator_count; i++) {
        component_put_newline(p);
        TRY(component_put_definition(p, &type->declarators[i]));
    }
    p->indent--;
    if (type->declarator_count)
        component_put_newline(p);
    p->scope = outer;
    return WHIT_OK;
}

static void put_value_type(component_printer *p, const component_type *type)
{
    switch (type->kind) {
    case COMPONENT_TYPE_RECORD:
        buffer_text(p->out, "record");
        put_fields(p, type, "field");
        break;
    case COMPONENT_TYPE_VARIANT:
        buffer_text(p->out, "variant");
        put_fields(p, type, "case");
        break;
    case COMPONENT_TYPE_FLAGS:
        buffer_text(p->out, "flags");
        put_fields(p, type, "");
        break;
    case COMPONENT_TYPE_ENUM:
        buffer_text(p->out, "enum");
        put_fields(p, type, "");
        break;
    case COMPONENT_TYPE_TUPLE:
        buffer_text(p->out, "tuple");
        for (uint32_t i = 0; i < type->field_count; i++)
            component_put_valtype(p, type->fields[i].type);
        break;
    case COMPONENT_TYPE_FIXED_LIST:
        buffer_text(p->out, "list");
        component_put_valtype(p, type->element);
        buffer_printf(p->out, " %u", type->length);
        break;
    case COMPONENT_TYPE_MAP:
        buffer_text(p->out, "map");
        component_put_valtype(p, type->element);
        component_put_valtype(p, type->other);
        break;
    case COMPONENT_TYPE_RESULT:
        buffer_text(p->out, "result");
        put_optional(p, type->element);
        put_result(p, "error", type->other);
        break;
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        buffer_text(p->out,
                    type->kind == COMPONENT_TYPE_OWN ? "own" : "borrow");
        component_put_index(p, COMPONENT_SORT_TYPE, type->index);
        break;
    case COMPONENT_TYPE_STREAM:
        buffer_text(p->out, "stream");
        put_optional(p, type->element);
        break;
    case COMPONENT_TYPE_FUTURE:
        buffer_text(p->out, "future");
        put_optional(p, type->element);
        break;
    default:
        buffer_text(p->out,
                    type->kind == COMPONENT_TYPE_LIST ? "list" : "option");
        component_put_valtype(p, type->element);
    }
}

whit_status component_put_type(component_printer *p, const component_type *type)
{
    buffer_text(p->out, "(type");
    component_put_new(p, COMPONENT_SORT_TYPE);
    if (type->kind == COMPONENT_TYPE_PRIMITIVE) {
        component_put_valtype(p, type->element);
        buffer_put(p->out, ')');
        return WHIT_OK;
    }
    buffer_text(p->out, " (");
    switch (type->kind) {
    case COMPONENT_TYPE_RESOURCE:
        buffer_text(p->out, "resource (rep ");
        component_put_core_valtype(p, type->rep);
        buffer_put(p->out, ')');
        if (type->has_destructor) {
            buffer_text(p->out, " (dtor (core func");
            component_put_index(p, COMPONENT_SORT_CORE_FUNC, type->destructor);
            buffer_text(p->out, "))");
        }
        break;
    case COMPONENT_TYPE_FUNC:
        buffer_text(p->out, type->is_async ? "func async" : "func");
        put_fields(p, type, "param");
        put_result(p, "result", type->element);
        break;
    case COMPONENT_TYPE_COMPONENT:
    case COMPONENT_TYPE_INSTANCE:
        buffer_text(p->out, type->kind == COMPONENT_TYPE_COMPONENT
                                ? "component"
                                : "instance");
        TRY(put_declarators(p, type));
        break;
    default:
        put_value_type(p, type);
    }
    buffer_text(p->out, "))");
    return WHIT_OK;
}

/* ---- What imports and exports declare ---- */

void component_put_extern(component_printer *p, const component_extern *type,
                          bool is_new)
{
    buffer_printf(p->out, " (%s", component_sort_text(type->sort));
    if (is_new)
        component_put_new(p, type->sort);
    bool is_type = type->sort == COMPONENT_SORT_TYPE;
    if (!is_type && type->sort != COMPONENT_SORT_VALUE) {
        buffer_text(p->out, " (type");
        component_put_index(p,
                            type->sort == COMPONENT_SORT_CORE_MODULE
                                ? COMPONENT_SORT_CORE_TYPE
                                : COMPONENT_SORT_TYPE,
                            type->index);
        buffer_put(p->out, ')');
    } else if (type->is_eq) {
        buffer_text(p->out, " (eq");
        component_put_index(p, type->sort, type->index);
        buffer_put(p->out, ')');
    } else if (is_type) {
        buffer_text(p->out, " (sub resource)");
    } else {
        component_put_valtype(p, type->value);
    }
    buffer_put(p->out, ')');
}

void component_put_alias(component_printer *p, const component_alias *alias)
{
    static const char *const words[] = {"export", "core export", "outer"};
    buffer_printf(p->out, "(alias %s", words[alias->target]);
    if (alias->target == COMPONENT_ALIAS_OUTER) {
        buffer_printf(p->out, " %u %u", alias->instance, alias->index);
    } else {
        component_put_index(p,
                            alias->target == COMPONENT_ALIAS_EXPORT
                                ? COMPONENT_SORT_INSTANCE
                                : COMPONENT_SORT_CORE_INSTANCE,
                            alias->instance);
        buffer_put(p->out, ' ');
        wasm_string_write(alias->name, true, p->out);
    }
    buffer_printf(p->out, " (%s", component_sort_text(alias->sort));
    component_put_new(p, alias->sort);
    buffer_text(p->out, "))");
}
