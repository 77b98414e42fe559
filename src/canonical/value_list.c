/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists and maps: many values of one type, at once where bits may be
 * copied. */
#include "canonical/value_private.h"

/* ---- Elements whose bits are copied ---- */

/* Whether every bit pattern is a value, and the same value on each side. */
static bool is_plain(const component_node *type)
{
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return type->primitive >= COMPONENT_U64 &&
               type->primitive <= COMPONENT_S8;
    case COMPONENT_TYPE_FIXED_LIST:
        return is_plain(type->element);
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE: {
        uint32_t size = 0;
        for (uint32_t i = 0; i < type->member_count; i++) {
            if (!is_plain(type->members[i].type))
                return false;
            size += type->members[i].type->layout[0].size;
        }
        /* What lies between fields belongs to nobody else. */
        return size == type->layout[0].size;
    }
    default:
        return false;
    }
}

static bool is_primitive(const component_node *type, uint8_t primitive)
{
    return type->kind == COMPONENT_TYPE_PRIMITIVE &&
           type->primitive == primitive;
}

static void canonicalise_f32(uint8_t *data, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, data + 4 * i, 4);
        bits = (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
        memcpy(data + 4 * i, &bits, 4);
    }
}

static void canonicalise_f64(uint8_t *data, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bits;
        memcpy(&bits, data + 8 * i, 8);
        bits = (bits & 0x7fffffffffffffff) > 0x7ff0000000000000
                   ? 0x7ff8000000000000
                   : bits;
        memcpy(data + 8 * i, &bits, 8);
    }
}

static void canonicalise_bool(uint8_t *data, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        data[i] = data[i] != 0;
}

static whit_status check_chars(canon_walk *w, const uint8_t *data,
                               uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint32_t code;
        memcpy(&code, data + 4 * i, 4);
        if (UNLIKELY(code >= 0x110000 || (code >= 0xd800 && code < 0xe000)))
            return canon_bad(w, "invalid `char` bit pattern %#x", code);
    }
    return WHIT_OK;
}

/* Copies elements as one and mends them where they are now. False: the
 * elements must be walked. */
static bool copy_elements(canon_walk *w, const component_node *type,
                          uint64_t source, uint64_t destination, uint64_t count,
                          whit_status *status)
{
    bool f32 = is_primitive(type, COMPONENT_F32);
    bool f64 = is_primitive(type, COMPONENT_F64);
    bool boolean = is_primitive(type, COMPONENT_BOOL);
    bool character = is_primitive(type, COMPONENT_CHAR);
    uint8_t *out = canon_to(w, destination);
    if (!f32 && !f64 && !boolean && !character && !is_plain(type))
        return false;
    memmove(out, canon_from(w, source), count * type->layout[0].size);
    if (f32)
        canonicalise_f32(out, count);
    else if (f64)
        canonicalise_f64(out, count);
    else if (boolean)
        canonicalise_bool(out, count);
    *status = character ? check_chars(w, out, count) : WHIT_OK;
    return true;
}

whit_status canon_walk_elements(canon_walk *w, const component_node *type,
                                uint64_t source, uint64_t destination,
                                uint64_t count)
{
    whit_status status;
    if (!count)
        return WHIT_OK;
    if (copy_elements(w, type, source, destination, count, &status))
        return status;
    canon_cursor in = {NULL, source}, out = {NULL, destination};
    for (uint64_t i = 0; i < count; i++)
        TRY(canon_walk_value(w, type, &in, &out));
    return WHIT_OK;
}

/* ---- Lists ---- */

/* A list's element; of a map, the pair of key and value. */
static component_layout element_layout(const component_node *type, bool wide)
{
    component_layout first = type->element->layout[wide];
    if (type->kind == COMPONENT_TYPE_LIST)
        return first;
    component_layout second = type->other->layout[wide];
    uint32_t align = first.align > second.align ? first.align : second.align;
    uint64_t size = canon_align(first.size, second.align) + second.size;
    return (component_layout){(uint32_t)canon_align(size, align), align};
}

/* Whether the host may look at the elements where they are. */
static bool is_view(const canon_walk *w, const component_node *type)
{
    return w->to->views && canon_is_host(w->to) &&
           type->kind == COMPONENT_TYPE_LIST &&
           type->element->kind == COMPONENT_TYPE_PRIMITIVE &&
           is_plain(type->element);
}

static whit_status walk_pairs(canon_walk *w, const component_node *type,
                              canon_cursor *in, canon_cursor *out,
                              uint64_t count)
{
    component_layout source = element_layout(type, w->from_wide);
    component_layout target = element_layout(type, w->to_wide);
    for (uint64_t i = 0; i < count; i++) {
        TRY(canon_walk_value(w, type->element, in, out));
        TRY(canon_walk_value(w, type->other, in, out));
        in->at = canon_align(in->at, source.align);
        out->at = canon_align(out->at, target.align);
    }
    return WHIT_OK;
}

whit_status canon_walk_list(canon_walk *w, const component_node *type,
                            canon_cursor *in, canon_cursor *out)
{
    component_layout source = element_layout(type, w->from_wide);
    component_layout target = element_layout(type, w->to_wide);
    canon_pair list = canon_read_pair(w, in), result = {0, list.length};
    if (UNLIKELY(list.length > LIMIT_CANON_BYTES / source.size))
        return canon_bad(w,
                         "list content out-of-bounds: %llu elements of %u "
                         "bytes, but a list has at most %u bytes",
                         (unsigned long long)list.length, source.size,
                         LIMIT_CANON_BYTES);
    TRY(canon_check_source(w, list.pointer, list.length * source.size,
                           source.align, CANON_RANGE_LIST));
    if (is_view(w, type)) {
        result.pointer = w->from_base + list.pointer;
        canon_write_pair(w, out, result);
        return WHIT_OK;
    }
    TRY(canon_allocate(w, list.length * target.size, target.align,
                       CANON_RANGE_LIST, &result.pointer));
    if (type->kind == COMPONENT_TYPE_LIST) {
        TRY(canon_walk_elements(w, type->element, list.pointer, result.pointer,
                                list.length));
    } else {
        canon_cursor from = {NULL, list.pointer}, to = {NULL, result.pointer};
        TRY(walk_pairs(w, type, &from, &to, list.length));
    }
    canon_write_pair(w, out, result);
    return WHIT_OK;
}
