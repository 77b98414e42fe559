/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Trees of values and native memory (canonical/value.h). */
#include "api/component.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "component/flatten.h"
#include "component/shape.h"

typedef struct native_list {
    const void *data;
    uint64_t count;
} native_list;

static uint32_t size_of(const component_node *type)
{
    return type ? type->layout[1].size : 0;
}

static bool is_number(whit_kind kind)
{
    return kind == WHIT_F32 || kind == WHIT_F64 ||
           (kind >= WHIT_S8 && kind <= WHIT_U64);
}

/* ---- Writing native memory ---- */

typedef struct writer {
    bool copy;
    arena *arena;
    whit_error *error;
} writer;

static whit_status write_value(writer *w, const component_node *type,
                               const whit_val *val, uint8_t *out);

static whit_status misfit(writer *w, const component_node *type,
                          const whit_val *val)
{
    return error_set(w->error, WHIT_ARGUMENT,
                     "a value of kind %s is given where the type is %s",
                     whit_kind_text(val->kind),
                     whit_kind_text(whit_type_kind(API_TYPE(type))));
}

static whit_status keep(writer *w, const void **data, size_t size)
{
    if (!w->copy || !size)
        return WHIT_OK;
    *data = arena_dup(w->arena, *data, size);
    TRY_ALLOC(*data, w->error);
    return WHIT_OK;
}

static whit_status write_string(writer *w, const whit_val *val, uint8_t *out)
{
    native_list list = {val->string.data, val->string.size};
    /* A guest that has been entered could not be left in order any more. */
    if (!utf8_valid(slice_of(val->string.data, val->string.size)))
        return error_set(w->error, WHIT_ARGUMENT,
                         "a string is not UTF-8: bytes go in a list<u8>");
    TRY(keep(w, &list.data, val->string.size));
    memcpy(out, &list, sizeof list);
    return WHIT_OK;
}

static whit_status write_items(writer *w, const component_node *element,
                               const whit_val *val, uint8_t *out)
{
    for (size_t i = 0; i < val->list.count; i++)
        TRY(write_value(w, element, &val->list.items[i],
                        out + i * size_of(element)));
    return WHIT_OK;
}

/* Packed numbers of the element's kind, or a list. */
static whit_status write_list(writer *w, const component_node *type,
                              const component_node *element,
                              const whit_val *val, uint8_t *out)
{
    whit_kind kind = whit_type_kind(API_TYPE(element));
    native_list list;
    if (val->kind == WHIT_NUMBERS && is_number(kind) && val->index == kind) {
        list = (native_list){val->numbers.data, val->numbers.count};
        TRY(keep(w, &list.data, list.count * size_of(element)));
    } else if (val->kind == WHIT_LIST || val->kind == WHIT_MAP) {
        uint8_t *data =
            arena_array(w->arena, val->list.count, size_of(element));
        TRY_ALLOC(data, w->error);
        TRY(write_items(w, element, val, data));
        list = (native_list){data, val->list.count};
    } else {
        return misfit(w, type, val);
    }
    memcpy(out, &list, sizeof list);
    return WHIT_OK;
}

static whit_status write_fixed(writer *w, const component_node *type,
                               const whit_val *val, uint8_t *out)
{
    const component_node *element = type->element;
    whit_kind kind = whit_type_kind(API_TYPE(element));
    if (val->kind == WHIT_NUMBERS && is_number(kind) && val->index == kind &&
        val->numbers.count == type->length) {
        memcpy(out, val->numbers.data, size_of(type));
        return WHIT_OK;
    }
    if ((val->kind != WHIT_LIST && val->kind != WHIT_FIXED_LIST) ||
        val->list.count != type->length)
        return misfit(w, type, val);
    return write_items(w, element, val, out);
}

static whit_status write_members(writer *w, const component_node *type,
                                 const whit_val *val, uint8_t *out)
{
    if (val->list.count != type->member_count)
        return error_set(w->error, WHIT_ARGUMENT,
                         "a %s of %u parts is given %zu",
                         whit_kind_text(whit_type_kind(API_TYPE(type))),
                         type->member_count, val->list.count);
    for (uint32_t i = 0; i < type->member_count; i++)
        TRY(write_value(w, type->members[i].type, &val->list.items[i],
                        out + component_member_offset(type, i, 1)));
    return WHIT_OK;
}

static whit_status write_case(writer *w, const component_node *type,
                              const whit_val *val, uint8_t *out)
{
    uint32_t count = component_case_count(type);
    if (val->index >= count)
        return error_set(w->error, WHIT_ARGUMENT,
                         "case %u of a type with %u cases", val->index, count);
    memcpy(out, &val->index, component_discriminant_size(count));
    const component_node *payload = component_case_type(type, val->index);
    if (val->kind == WHIT_ENUM || !payload)
        return WHIT_OK;
    if (!val->payload)
        return error_set(w->error, WHIT_ARGUMENT,
                         "case %u takes a value, and none is given",
                         val->index);
    return write_value(w, payload, val->payload,
                       out + component_payload_offset(type, 1));
}

static whit_status write_value(writer *w, const component_node *type,
                               const whit_val *val, uint8_t *out)
{
    component_member members[2];
    component_node entry;
    switch (type->kind) {
    case COMPONENT_TYPE_LIST:
        return write_list(w, type, type->element, val, out);
    case COMPONENT_TYPE_MAP:
        entry = component_map_entry(type, members);
        return write_list(w, type, &entry, val, out);
    case COMPONENT_TYPE_FIXED_LIST:
        return write_fixed(w, type, val, out);
    default:
        break;
    }
    if (val->kind != whit_type_kind(API_TYPE(type)))
        return misfit(w, type, val);
    switch (val->kind) {
    case WHIT_STRING:
        return write_string(w, val, out);
    case WHIT_RECORD:
    case WHIT_TUPLE:
        return write_members(w, type, val, out);
    case WHIT_VARIANT:
    case WHIT_ENUM:
    case WHIT_OPTION:
    case WHIT_RESULT:
        return write_case(w, type, val, out);
    case WHIT_BOOL:
        *out = val->boolean;
        return WHIT_OK;
    case WHIT_CHAR:
        if (val->u32 >= 0x110000 || (val->u32 >= 0xd800 && val->u32 < 0xe000))
            return error_set(w->error, WHIT_ARGUMENT,
                             "0x%x is no Unicode scalar value", val->u32);
        memcpy(out, &val->u32, sizeof val->u32);
        return WHIT_OK;
    default: /* numbers and handles, in the low bytes of the union */
        memcpy(out, &val->u64, size_of(type));
        return WHIT_OK;
    }
}

whit_status api_val_write(const component_node *type, const whit_val *val,
                          bool copy, arena *room, void *out, whit_error *error)
{
    writer w = {copy, room, error};
    memset(out, 0, size_of(type));
    return write_value(&w, type, val, out);
}

whit_status api_arguments(const component_node *function, const whit_val *vals,
                          size_t count, bool copy, arena *room, void **out,
                          whit_error *error)
{
    if (count != function->member_count)
        return error_set(error, WHIT_ARGUMENT,
                         "%zu arguments for %u parameters", count,
                         function->member_count);
    canon_tuple tuple;
    canon_tuple_init(&tuple, function->members, function->member_count, NULL);
    uint8_t *native = arena_zalloc(room, tuple.layout[1].size + 1);
    TRY_ALLOC(native, error);
    for (uint32_t i = 0; i < function->member_count; i++) {
        const component_member *member = &function->members[i];
        whit_status status = api_val_write(
            member->type, &vals[i], copy, room,
            native + component_member_offset(function, i, 1), error);
        if (status != WHIT_OK)
            error_prefix(error, "argument %.*s", SLICE_ARG(member->name));
        TRY(status);
    }
    *out = native;
    return WHIT_OK;
}

/* ---- Reading native memory ---- */

/* Nodes of a tree come from an arena, or one by one from the heap; strings
 * and numbers are viewed in the first case and copied in the second. */
typedef struct reader {
    arena *arena; /* NULL: the heap */
    whit_error *error;
} reader;

static whit_status read_value(reader *r, const component_node *type,
                              const uint8_t *at, whit_val *out);

static whit_val *new_vals(reader *r, size_t count)
{
    return r->arena ? arena_array(r->arena, count, sizeof(whit_val))
                    : mem_calloc(count ? count : 1, sizeof(whit_val));
}

static whit_status view(reader *r, const void *data, size_t size,
                        const void **out)
{
    *out = r->arena ? data : mem_dup(data, size);
    if (!*out && !r->arena)
        return error_memory(r->error);
    return WHIT_OK;
}

static whit_status read_items(reader *r, const component_node *element,
                              const uint8_t *at, size_t count, whit_val *out)
{
    out->list.items = new_vals(r, count);
    TRY_ALLOC(out->list.items, r->error);
    for (; out->list.count < count; out->list.count++)
        TRY(read_value(r, element, at + out->list.count * size_of(element),
                       &out->list.items[out->list.count]));
    return WHIT_OK;
}

static whit_status read_list(reader *r, const component_node *element,
                             const uint8_t *at, size_t count, whit_val *out)
{
    whit_kind kind = whit_type_kind(API_TYPE(element));
    if (!is_number(kind))
        return read_items(r, element, at, count, out);
    const void *data;
    TRY(view(r, at, count * size_of(element), &data));
    out->kind = WHIT_NUMBERS;
    out->index = kind;
    out->numbers.data = data;
    out->numbers.count = count;
    return WHIT_OK;
}

static whit_status read_members(reader *r, const component_node *type,
                                const uint8_t *at, whit_val *out)
{
    out->list.items = new_vals(r, type->member_count);
    TRY_ALLOC(out->list.items, r->error);
    for (; out->list.count < type->member_count; out->list.count++) {
        uint32_t i = (uint32_t)out->list.count;
        TRY(read_value(r, type->members[i].type,
                       at + component_member_offset(type, i, 1),
                       &out->list.items[i]));
    }
    return WHIT_OK;
}

static whit_status read_case(reader *r, const component_node *type,
                             const uint8_t *at, whit_val *out)
{
    uint32_t count = component_case_count(type);
    memcpy(&out->index, at, component_discriminant_size(count));
    const component_node *payload = component_case_type(type, out->index);
    if (!payload)
        return WHIT_OK;
    out->payload = new_vals(r, 1);
    TRY_ALLOC(out->payload, r->error);
    return read_value(r, payload, at + component_payload_offset(type, 1),
                      out->payload);
}

static whit_status read_value(reader *r, const component_node *type,
                              const uint8_t *at, whit_val *out)
{
    component_member members[2];
    component_node entry;
    native_list list = {NULL, 0};
    memset(out, 0, sizeof *out);
    out->kind = whit_type_kind(API_TYPE(type));
    if (type->kind == COMPONENT_TYPE_LIST || type->kind == COMPONENT_TYPE_MAP ||
        out->kind == WHIT_STRING)
        memcpy(&list, at, sizeof list);
    switch (out->kind) {
    case WHIT_LIST:
        return read_list(r, type->element, list.data, list.count, out);
    case WHIT_FIXED_LIST:
        return read_list(r, type->element, at, type->length, out);
    case WHIT_MAP:
        entry = component_map_entry(type, members);
        return read_items(r, &entry, list.data, list.count, out);
    case WHIT_STRING: {
        const void *data;
        TRY(view(r, list.data, list.count, &data));
        out->string.data = data;
        out->string.size = list.count;
        return WHIT_OK;
    }
    case WHIT_RECORD:
    case WHIT_TUPLE:
        return read_members(r, type, at, out);
    case WHIT_VARIANT:
    case WHIT_ENUM:
    case WHIT_OPTION:
    case WHIT_RESULT:
        return read_case(r, type, at, out);
    case WHIT_BOOL:
        out->boolean = *at != 0;
        return WHIT_OK;
    default:
        memcpy(&out->u64, at, size_of(type));
        return WHIT_OK;
    }
}

whit_status api_val_view(const component_node *type, const void *native,
                         arena *room, whit_val *out, whit_error *error)
{
    reader r = {room, error};
    return read_value(&r, type, native, out);
}

whit_status api_val_copy(const component_node *type, const void *native,
                         whit_val *out, whit_error *error)
{
    reader r = {NULL, error};
    whit_status status = read_value(&r, type, native, out);
    if (status != WHIT_OK)
        whit_val_release(out);
    return status;
}

void whit_val_release(whit_val *val)
{
    switch (val->kind) {
    case WHIT_STRING:
        mem_free((void *)(uintptr_t)val->string.data);
        break;
    case WHIT_NUMBERS:
        mem_free((void *)(uintptr_t)val->numbers.data);
        break;
    case WHIT_LIST:
    case WHIT_FIXED_LIST:
    case WHIT_MAP:
    case WHIT_RECORD:
    case WHIT_TUPLE:
        for (size_t i = 0; i < val->list.count; i++)
            whit_val_release(&val->list.items[i]);
        mem_free(val->list.items);
        break;
    case WHIT_VARIANT:
    case WHIT_OPTION:
    case WHIT_RESULT:
        if (val->payload)
            whit_val_release(val->payload);
        mem_free(val->payload);
        break;
    default:
        break;
    }
    memset(val, 0, sizeof *val);
}

whit_status whit_val_from_typed(const whit_type *type, const void *typed,
                                whit_val *out, whit_error *error)
{
    return api_val_copy(API_NODE(type), typed, out, error);
}

whit_status whit_val_to_typed(const whit_type *type, const whit_val *val,
                              void *out, whit_region *region, whit_error *error)
{
    return api_val_write(API_NODE(type), val, false, &region->arena, out,
                         error);
}
