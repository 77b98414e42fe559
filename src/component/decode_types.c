/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The decoder's types, names and aliases. */
#include "component/decode_private.h"

#include "base/leb128.h"

enum {
    CORE_SUB_PREFIX = 0x00,
    CORE_SUB = 0x50,
    CORE_MODULE = 0x50, /* where a core type is defined */
    RESULT_ONE = 0x00,
    RESULT_NAMED = 0x01
};

whit_status component_decode_valtype(component_decoder *d,
                                     component_valtype *out)
{
    int64_t value;
    const uint8_t *start = d->reader.cursor;
    leb128_result result =
        leb128_read_s(&d->reader.cursor, d->reader.end, 33, &value);
    if (result != LEB128_OK)
        return error_at(d->error, WHIT_MALFORMED,
                        wasm_reader_offset(&d->reader), "%s",
                        leb128_text(result));
    out->primitive = COMPONENT_INDEXED;
    out->index = (uint32_t)value;
    if (value >= 0)
        return WHIT_OK;
    *out = (component_valtype){(uint8_t)(value & 0x7f), 0};
    if (value >= -64 && component_primitive_text(out->primitive))
        return WHIT_OK;
    d->reader.cursor = start + 1;
    return component_decode_fail_byte(d, *start, "component value type");
}

static whit_status read_optional(component_decoder *d, component_valtype *out)
{
    uint8_t byte;
    *out = (component_valtype){COMPONENT_NO_TYPE, 0};
    TRY(component_decode_byte(d, &byte));
    if (byte > 1)
        return component_decode_fail_byte(d, byte,
                                          "optional component value type");
    return byte ? component_decode_valtype(d, out) : WHIT_OK;
}

whit_status component_decode_resultlist(component_decoder *d,
                                        component_valtype *out)
{
    uint8_t byte;
    *out = (component_valtype){COMPONENT_NO_TYPE, 0};
    TRY(component_decode_byte(d, &byte));
    if (byte == RESULT_ONE)
        return component_decode_valtype(d, out);
    if (byte != RESULT_NAMED)
        return component_decode_fail_byte(d, byte,
                                          "component function results");
    TRY(component_decode_byte(d, &byte));
    return byte ? component_decode_fail_byte(d, byte, "number of results")
                : WHIT_OK;
}

/* ---- Core types ---- */

static whit_status read_group(component_decoder *d, const wasm_subtype **types,
                              uint32_t *count)
{
    const uint8_t *cursor = d->reader.cursor;
    if (cursor + 1 < d->reader.end && cursor[0] == CORE_SUB_PREFIX &&
        cursor[1] == CORE_SUB)
        d->reader.cursor++;
    wasm_subtype *group = NULL;
    TRY(wasm_read_group(&d->reader, d->arena, &group, count, d->error));
    *types = group;
    return WHIT_OK;
}

static whit_status read_core_alias(component_decoder *d,
                                   component_declarator *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    if (byte != 0x10)
        return component_decode_fail_byte(d, byte, "outer alias kind");
    TRY(component_decode_byte(d, &byte));
    if (byte != 0x01)
        return component_decode_fail_byte(d, byte, "outer alias target");
    TRY(component_decode_u32(d, &out->outer));
    return component_decode_u32(d, &out->index);
}

static whit_status read_declarator(component_decoder *d,
                                   component_declarator *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    if (byte > COMPONENT_DECLARATOR_EXPORT)
        return component_decode_fail_byte(d, byte, "type definition");
    out->kind = byte;
    switch (out->kind) {
    case COMPONENT_DECLARATOR_IMPORT:
        TRY(component_decode_name(d, &out->module));
        break;
    case COMPONENT_DECLARATOR_TYPE:
        if (d->reader.cursor < d->reader.end &&
            *d->reader.cursor == CORE_MODULE)
            return error_at(d->error, WHIT_INVALID,
                            wasm_reader_offset(&d->reader),
                            "a core module type in a core module type; write "
                            "a non-final sub type as 0x00 0x50");
        return read_group(d, &out->types, &out->type_count);
    case COMPONENT_DECLARATOR_ALIAS:
        return read_core_alias(d, out);
    case COMPONENT_DECLARATOR_EXPORT:
        break;
    }
    TRY(component_decode_name(d, &out->name));
    return wasm_read_external(&d->reader, &out->what, d->error);
}

static whit_status read_module_type(component_decoder *d,
                                    component_core_type *out)
{
    component_declarator *items;
    out->is_module = true;
    TRY(component_decode_vector(d, sizeof *items, "declarators", &items,
                                &out->declarator_count));
    out->declarators = items;
    for (uint32_t i = 0; i < out->declarator_count; i++)
        TRY(read_declarator(d, &items[i]));
    return WHIT_OK;
}

whit_status component_decode_core_type(component_decoder *d,
                                       const component_core_type **out)
{
    component_core_type *type = arena_zalloc(d->arena, sizeof *type);
    TRY_ALLOC(type, d->error);
    *out = type;
    if (d->reader.cursor < d->reader.end && *d->reader.cursor == CORE_MODULE) {
        d->reader.cursor++;
        return read_module_type(d, type);
    }
    return read_group(d, &type->types, &type->type_count);
}

/* ---- Types ---- */

static whit_status read_fields(component_decoder *d, component_type *out)
{
    component_field *fields;
    bool has_name = out->kind != COMPONENT_TYPE_TUPLE;
    TRY(component_decode_vector(d, sizeof *fields, "fields", &fields,
                                &out->field_count));
    out->fields = fields;
    for (uint32_t i = 0; i < out->field_count; i++) {
        if (has_name)
            TRY(component_decode_name(d, &fields[i].name));
        uint8_t zero = 0;
        switch (out->kind) {
        case COMPONENT_TYPE_FLAGS:
        case COMPONENT_TYPE_ENUM:
            break;
        case COMPONENT_TYPE_VARIANT:
            TRY(read_optional(d, &fields[i].type));
            TRY(component_decode_byte(d, &zero));
            if (zero)
                return component_decode_fail_byte(d, zero,
                                                  "zero byte required");
            break;
        default:
            TRY(component_decode_valtype(d, &fields[i].type));
        }
    }
    return WHIT_OK;
}

static whit_status read_function(component_decoder *d, component_type *out)
{
    TRY(read_fields(d, out));
    return component_decode_resultlist(d, &out->element);
}

static whit_status read_resource(component_decoder *d, component_type *out)
{
    TRY(wasm_read_valtype(&d->reader, &out->rep, d->error));
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    if (byte > 1)
        return component_decode_fail_byte(d, byte, "optional destructor");
    out->has_destructor = byte;
    return byte ? component_decode_u32(d, &out->destructor) : WHIT_OK;
}

static whit_status read_type_declarator(component_decoder *d, bool is_component,
                                        component_definition *out)
{
    uint8_t byte;
    out->offset = wasm_reader_offset(&d->reader);
    TRY(component_decode_byte(d, &byte));
    switch (byte) {
    case 0x00:
        out->kind = COMPONENT_DEF_CORE_TYPE;
        return component_decode_core_type(d, &out->core_type);
    case 0x01:
        out->kind = COMPONENT_DEF_TYPE;
        return component_decode_type(d, &out->type);
    case 0x02:
        out->kind = COMPONENT_DEF_ALIAS;
        return component_decode_alias(d, &out->alias);
    case 0x03:
    case 0x04:
        if (byte == 0x03 && !is_component)
            break;
        out->kind = byte == 0x03 ? COMPONENT_DEF_IMPORT : COMPONENT_DEF_EXPORT;
        TRY(component_decode_component_name(d, &out->external.name));
        out->external.has_type = true;
        TRY(component_decode_extern(d, &out->external.type));
        out->external.sort = out->external.type.sort;
        return WHIT_OK;
    }
    return component_decode_fail_byte(d, byte,
                                      "component or instance type declaration");
}

static whit_status read_declarators(component_decoder *d, component_type *out)
{
    component_definition *items;
    TRY(component_decode_enter(d));
    TRY(component_decode_vector(d, sizeof *items, "declarators", &items,
                                &out->declarator_count));
    out->declarators = items;
    for (uint32_t i = 0; i < out->declarator_count; i++)
        TRY(read_type_declarator(d, out->kind == COMPONENT_TYPE_COMPONENT,
                                 &items[i]));
    d->depth--;
    return WHIT_OK;
}

static whit_status read_type(component_decoder *d, uint8_t byte,
                             component_type *out)
{
    out->kind = byte;
    switch (byte) {
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_TUPLE:
    case COMPONENT_TYPE_FLAGS:
    case COMPONENT_TYPE_ENUM:
        return read_fields(d, out);
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_OPTION:
        return component_decode_valtype(d, &out->element);
    case COMPONENT_TYPE_FIXED_LIST:
        TRY(component_decode_valtype(d, &out->element));
        return component_decode_u32(d, &out->length);
    case COMPONENT_TYPE_MAP:
        TRY(component_decode_valtype(d, &out->element));
        return component_decode_valtype(d, &out->other);
    case COMPONENT_TYPE_RESULT:
        TRY(read_optional(d, &out->element));
        return read_optional(d, &out->other);
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        return component_decode_u32(d, &out->index);
    case COMPONENT_TYPE_STREAM:
    case COMPONENT_TYPE_FUTURE:
        return read_optional(d, &out->element);
    case COMPONENT_TYPE_ASYNC_FUNC:
        out->kind = COMPONENT_TYPE_FUNC;
        out->is_async = true;
        return read_function(d, out);
    case COMPONENT_TYPE_FUNC:
        return read_function(d, out);
    case COMPONENT_TYPE_COMPONENT:
    case COMPONENT_TYPE_INSTANCE:
        return read_declarators(d, out);
    case COMPONENT_TYPE_RESOURCE:
        return read_resource(d, out);
    }
    if (!component_primitive_text(byte))
        return component_decode_fail_byte(d, byte, "component defined type");
    out->kind = COMPONENT_TYPE_PRIMITIVE;
    out->element.primitive = byte;
    return WHIT_OK;
}

whit_status component_decode_type(component_decoder *d,
                                  const component_type **out)
{
    component_type *type = arena_zalloc(d->arena, sizeof *type);
    TRY_ALLOC(type, d->error);
    *out = type;
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    return read_type(d, byte, type);
}

/* ---- What imports and exports declare ---- */

static whit_status read_bound(component_decoder *d, component_extern *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    bool is_type = out->sort == COMPONENT_SORT_TYPE;
    if (byte > 1)
        return component_decode_fail_byte(
            d, byte, is_type ? "type bound" : "value bound");
    out->is_eq = byte == 0;
    if (out->is_eq)
        return component_decode_u32(d, &out->index);
    return is_type ? WHIT_OK : component_decode_valtype(d, &out->value);
}

whit_status component_decode_extern(component_decoder *d, component_extern *out)
{
    TRY(component_decode_sort(d, "component external kind", &out->sort));
    switch (out->sort) {
    case COMPONENT_SORT_TYPE:
    case COMPONENT_SORT_VALUE:
        return read_bound(d, out);
    case COMPONENT_SORT_CORE_MODULE:
    case COMPONENT_SORT_FUNC:
    case COMPONENT_SORT_COMPONENT:
    case COMPONENT_SORT_INSTANCE:
        return component_decode_u32(d, &out->index);
    default:
        return component_decode_fail_byte(d, component_sort_byte(out->sort),
                                          "component external kind");
    }
}

whit_status component_decode_component_name(component_decoder *d,
                                            component_name *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    if (byte > 2)
        return component_decode_fail_byte(d, byte, "component name");
    TRY(component_decode_name(d, &out->text));
    if (byte < 2)
        return WHIT_OK;
    component_attribute *items;
    TRY(component_decode_vector(d, sizeof *items, "attributes", &items,
                                &out->attribute_count));
    out->attributes = items;
    for (uint32_t i = 0; i < out->attribute_count; i++) {
        TRY(component_decode_byte(d, &byte));
        if (byte > COMPONENT_EXTERNAL_ID)
            return component_decode_fail_byte(d, byte, "name option");
        items[i].kind = byte;
        TRY(component_decode_name(d, &items[i].text));
    }
    return WHIT_OK;
}

whit_status component_decode_sort(component_decoder *d, const char *what,
                                  component_sort *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    component_sort first = COMPONENT_SORT_FUNC, end = COMPONENT_SORTS;
    if (!byte) {
        TRY(component_decode_byte(d, &byte));
        first = COMPONENT_SORT_CORE_FUNC;
        end = COMPONENT_SORT_FUNC;
    }
    for (component_sort sort = first; sort < end; sort++) {
        if (component_sort_byte(sort) == byte) {
            *out = sort;
            return WHIT_OK;
        }
    }
    return component_decode_fail_byte(d, byte, what);
}

whit_status component_decode_alias(component_decoder *d, component_alias *out)
{
    uint8_t byte;
    TRY(component_decode_sort(d, "component outer alias kind", &out->sort));
    TRY(component_decode_byte(d, &byte));
    if (byte > COMPONENT_ALIAS_OUTER)
        return component_decode_fail_byte(d, byte, "alias");
    out->target = byte;
    switch (out->target) {
    case COMPONENT_ALIAS_EXPORT:
        if (component_sort_is_core(out->sort) &&
            out->sort != COMPONENT_SORT_CORE_MODULE)
            return component_decode_fail_byte(d, component_sort_byte(out->sort),
                                              "component external kind");
        break;
    case COMPONENT_ALIAS_CORE_EXPORT:
        if (out->sort > COMPONENT_SORT_CORE_TAG)
            return component_decode_fail_byte(d, component_sort_byte(out->sort),
                                              "core external kind");
        break;
    case COMPONENT_ALIAS_OUTER:
        if (out->sort != COMPONENT_SORT_CORE_MODULE &&
            out->sort != COMPONENT_SORT_CORE_TYPE &&
            out->sort != COMPONENT_SORT_COMPONENT &&
            out->sort != COMPONENT_SORT_TYPE)
            return component_decode_fail_byte(d, component_sort_byte(out->sort),
                                              "component outer alias kind");
        TRY(component_decode_u32(d, &out->instance));
        return component_decode_u32(d, &out->index);
    }
    TRY(component_decode_u32(d, &out->instance));
    return component_decode_name(d, &out->name);
}
