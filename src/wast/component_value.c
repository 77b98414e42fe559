/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A script's component values against native memory (canonical/value.h). */
#include <string.h>

#include "component/shape.h"
#include "wast/component.h"

/* 64-bit pointers, as the host has them. */
static component_layout layout_of(const component_node *type)
{
    return type ? type->layout[1] : (component_layout){0, 1};
}

/* What kind of constant a primitive type takes. */
static wasm_const_kind kind_of(unsigned primitive)
{
    switch (primitive) {
    case COMPONENT_BOOL:
        return WASM_CONST_BOOL;
    case COMPONENT_S8:
        return WASM_CONST_S8;
    case COMPONENT_U8:
        return WASM_CONST_U8;
    case COMPONENT_S16:
        return WASM_CONST_S16;
    case COMPONENT_U16:
        return WASM_CONST_U16;
    case COMPONENT_S32:
        return WASM_CONST_S32;
    case COMPONENT_U32:
        return WASM_CONST_U32;
    case COMPONENT_S64:
        return WASM_CONST_S64;
    case COMPONENT_U64:
        return WASM_CONST_U64;
    case COMPONENT_F32:
        return WASM_CONST_F32;
    case COMPONENT_F64:
        return WASM_CONST_F64;
    case COMPONENT_CHAR:
        return WASM_CONST_CHAR;
    default:
        return WASM_CONST_STR;
    }
}

typedef struct native_list {
    uint8_t *data;
    uint64_t count;
} native_list;

/* ---- Variants of all kinds ---- */

/* The case that a constant names; the number of cases when there is none. */
static uint32_t case_of(const component_node *type, const wasm_const *value)
{
    if (type->kind == COMPONENT_TYPE_OPTION)
        return value->kind == WASM_CONST_OPTION ? value->alternative_count > 0
                                                : 2;
    if (type->kind == COMPONENT_TYPE_RESULT)
        return value->kind == WASM_CONST_RESULT ? !value->has_value : 2;
    uint32_t i = 0;
    while (i < type->member_count &&
           !slice_equal(type->members[i].name, value->text))
        i++;
    return value->kind == (type->kind == COMPONENT_TYPE_ENUM
                               ? WASM_CONST_ENUM
                               : WASM_CONST_VARIANT)
               ? i
               : type->member_count;
}

static bool flags_of(const component_node *type, const wasm_const *value,
                     uint32_t *out)
{
    *out = 0;
    for (uint32_t i = 0; i < value->alternative_count; i++) {
        uint32_t bit = 0;
        while (
            bit < type->member_count &&
            !slice_equal(type->members[bit].name, value->alternatives[i].text))
            bit++;
        if (bit == type->member_count)
            return false;
        *out |= 1u << bit;
    }
    return value->kind == WASM_CONST_FLAGS;
}

/* The constant for a member: by label in records, by place in tuples. */
static const wasm_const *part_of(const component_node *type,
                                 const wasm_const *value, uint32_t i)
{
    bool record = type->kind == COMPONENT_TYPE_RECORD;
    if (value->alternative_count != type->member_count ||
        value->kind != (record ? WASM_CONST_RECORD : WASM_CONST_TUPLE))
        return NULL;
    if (!record)
        return &value->alternatives[i];
    for (uint32_t j = 0; j < value->alternative_count; j++)
        if (slice_equal(value->alternatives[j].label, type->members[i].name))
            return &value->alternatives[j];
    return NULL;
}

/* ---- Writing ---- */

static whit_status misfit(whit_error *error)
{
    return error_set(error, WHIT_ARGUMENT,
                     "an argument is not of its parameter's type");
}

static whit_status write_elements(arena *room, const component_node *element,
                                  const wasm_const *value, uint8_t *out,
                                  whit_error *error)
{
    for (uint32_t i = 0; i < value->alternative_count; i++)
        TRY(wast_component_write(room, element, &value->alternatives[i],
                                 out + (size_t)i * layout_of(element).size,
                                 error));
    return WHIT_OK;
}

static whit_status write_list(arena *room, const component_node *element,
                              const wasm_const *value, uint8_t *out,
                              whit_error *error)
{
    native_list list = {NULL, value->alternative_count};
    if (value->kind != WASM_CONST_LIST)
        return misfit(error);
    list.data = arena_array(room, list.count, layout_of(element).size);
    TRY_ALLOC(list.data, error);
    memcpy(out, &list, sizeof list);
    return write_elements(room, element, value, list.data, error);
}

static whit_status write_primitive(const component_node *type,
                                   const wasm_const *value, uint8_t *out,
                                   whit_error *error)
{
    if (value->kind != kind_of(type->primitive))
        return misfit(error);
    if (type->primitive != COMPONENT_STRING) {
        memcpy(out, &value->value, layout_of(type).size);
        return WHIT_OK;
    }
    slice text = value->text;
    memcpy(out, &text, sizeof text);
    return WHIT_OK;
}

static whit_status write_members(arena *room, const component_node *type,
                                 const wasm_const *value, uint8_t *out,
                                 whit_error *error)
{
    for (uint32_t i = 0; i < type->member_count; i++) {
        const component_node *member = type->members[i].type;
        const wasm_const *part = part_of(type, value, i);
        if (!part)
            return misfit(error);
        TRY(wast_component_write(room, member, part,
                                 out + component_member_offset(type, i, 1),
                                 error));
    }
    return WHIT_OK;
}

static whit_status write_case(arena *room, const component_node *type,
                              const wasm_const *value, uint8_t *out,
                              whit_error *error)
{
    uint32_t chosen = case_of(type, value);
    if (chosen >= component_case_count(type))
        return misfit(error);
    memcpy(out, &chosen,
           component_discriminant_size(component_case_count(type)));
    const component_node *payload = component_case_type(type, chosen);
    if (!payload != !value->alternative_count)
        return misfit(error);
    if (!payload)
        return WHIT_OK;
    return wast_component_write(room, payload, value->alternatives,
                                out + component_payload_offset(type, 1), error);
}

whit_status wast_component_write(arena *room, const component_node *type,
                                 const wasm_const *value, uint8_t *out,
                                 whit_error *error)
{
    component_member members[2];
    component_node pair;
    uint32_t bits;
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return write_primitive(type, value, out, error);
    case COMPONENT_TYPE_LIST:
        return write_list(room, type->element, value, out, error);
    case COMPONENT_TYPE_MAP:
        pair = component_map_entry(type, members);
        return write_list(room, &pair, value, out, error);
    case COMPONENT_TYPE_FIXED_LIST:
        if (value->kind != WASM_CONST_LIST ||
            value->alternative_count != type->length)
            return misfit(error);
        return write_elements(room, type->element, value, out, error);
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        return write_members(room, type, value, out, error);
    case COMPONENT_TYPE_FLAGS:
        if (!flags_of(type, value, &bits))
            return misfit(error);
        memcpy(out, &bits, layout_of(type).size);
        return WHIT_OK;
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        return write_case(room, type, value, out, error);
    default:
        return error_set(error, WHIT_UNSUPPORTED,
                         "scripts have no constants of handle types");
    }
}

/* ---- Matching ---- */

static bool match_elements(const component_node *element,
                           const wasm_const *pattern, const uint8_t *at)
{
    for (uint32_t i = 0; i < pattern->alternative_count; i++)
        if (!wast_component_matches(element, &pattern->alternatives[i],
                                    at + (size_t)i * layout_of(element).size))
            return false;
    return true;
}

static bool match_list(const component_node *element, const wasm_const *pattern,
                       const uint8_t *at)
{
    native_list list;
    memcpy(&list, at, sizeof list);
    return pattern->kind == WASM_CONST_LIST &&
           list.count == pattern->alternative_count &&
           match_elements(element, pattern, list.data);
}

static bool match_primitive(const component_node *type,
                            const wasm_const *pattern, const uint8_t *at)
{
    rt_slot bits = {.u64 = 0};
    if (pattern->kind != kind_of(type->primitive))
        return false;
    if (type->primitive == COMPONENT_STRING) {
        slice text;
        memcpy(&text, at, sizeof text);
        return slice_equal(text, pattern->text);
    }
    memcpy(&bits, at, layout_of(type).size);
    if (type->primitive == COMPONENT_F32)
        return wast_matches(NULL, pattern, WASM_F32, &bits);
    if (type->primitive == COMPONENT_F64)
        return wast_matches(NULL, pattern, WASM_F64, &bits);
    return memcmp(&bits, &pattern->value, layout_of(type).size) == 0;
}

static bool match_members(const component_node *type, const wasm_const *pattern,
                          const uint8_t *bytes)
{
    for (uint32_t i = 0; i < type->member_count; i++) {
        const component_node *member = type->members[i].type;
        const wasm_const *part = part_of(type, pattern, i);
        if (!part ||
            !wast_component_matches(
                member, part, bytes + component_member_offset(type, i, 1)))
            return false;
    }
    return true;
}

static bool match_case(const component_node *type, const wasm_const *pattern,
                       const uint8_t *at)
{
    uint32_t actual = 0, wanted = case_of(type, pattern);
    memcpy(&actual, at,
           component_discriminant_size(component_case_count(type)));
    if (actual != wanted)
        return false;
    const component_node *payload = component_case_type(type, actual);
    return !payload ||
           (pattern->alternative_count &&
            wast_component_matches(payload, pattern->alternatives,
                                   at + component_payload_offset(type, 1)));
}

bool wast_component_matches(const component_node *type,
                            const wasm_const *pattern, const uint8_t *at)
{
    component_member members[2];
    component_node pair;
    uint32_t bits = 0, wanted;
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return match_primitive(type, pattern, at);
    case COMPONENT_TYPE_LIST:
        return match_list(type->element, pattern, at);
    case COMPONENT_TYPE_MAP:
        pair = component_map_entry(type, members);
        return match_list(&pair, pattern, at);
    case COMPONENT_TYPE_FIXED_LIST:
        return pattern->kind == WASM_CONST_LIST &&
               pattern->alternative_count == type->length &&
               match_elements(type->element, pattern, at);
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        return match_members(type, pattern, at);
    case COMPONENT_TYPE_FLAGS:
        memcpy(&bits, at, layout_of(type).size);
        return flags_of(type, pattern, &wanted) && bits == wanted;
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        return match_case(type, pattern, at);
    default:
        return false;
    }
}
