/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Passing values: the walk over a type, from one side to the other. */
#include "canonical/value_private.h"

#include <stdio.h>

void canon_walk_init(canon_walk *w, const canon_side *from,
                     const canon_side *to, canon_instance *resolver,
                     whit_error *error)
{
    const canon_options *source = from->options, *target = to->options;
    *w = (canon_walk){.from = from,
                      .to = to,
                      .from_base = canon_base(from),
                      .to_base = canon_base(to),
                      .resolver = resolver,
                      .error = error,
                      .room = LIMIT_CANON_HOST_BYTES};
    w->from_wide = !source || (source->memory && source->memory->is64);
    w->to_wide = !target || (target->memory && target->memory->is64);
}

whit_status canon_bad(canon_walk *w, const char *format, ...)
{
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (canon_is_host(w->from))
        return error_set(w->error, WHIT_ARGUMENT, "%s, given by the host",
                         message);
    return canon_trap(w->error, "%s", message);
}

/* ---- Ranges of memory ---- */

static const char *const noun[] = {
    [CANON_RANGE_TUPLE] = "pointer",
    [CANON_RANGE_LIST] = "list",
    [CANON_RANGE_STRING] = "string",
};

whit_status canon_check_source(canon_walk *w, uint64_t at, uint64_t size,
                               uint64_t align, canon_range range)
{
    if (canon_is_host(w->from))
        return WHIT_OK;
    uint64_t end = memory_size(w->from->options->memory);
    if (UNLIKELY(at & (align - 1)))
        return canon_trap(w->error,
                          "unaligned pointer: %#llx is no multiple of %u",
                          (unsigned long long)at, (unsigned)align);
    if (LIKELY(range_ok(at, size, end)))
        return WHIT_OK;
    bool to_host = canon_is_host(w->to);
    return canon_trap(w->error,
                      "%s%s: %llu bytes at %#llx, but the memory has %llu",
                      noun[range],
                      range == CANON_RANGE_TUPLE ? " out of bounds of memory"
                      : to_host ? " pointer/length out of bounds of memory"
                                : " content out-of-bounds",
                      (unsigned long long)size, (unsigned long long)at,
                      (unsigned long long)end);
}

/* A destination that the guest chose; `realloc` says how. */
static whit_status check_target(canon_walk *w, uint64_t at, uint64_t size,
                                uint64_t align, canon_range range,
                                bool reallocated)
{
    bool from_host = canon_is_host(w->from) && reallocated;
    uint64_t end = memory_size(w->to->options->memory);
    if (UNLIKELY(at & (align - 1)))
        return canon_trap(w->error, "%s: %#llx is no multiple of %u",
                          from_host ? "realloc return: result not aligned"
                                    : "unaligned pointer",
                          (unsigned long long)at, (unsigned)align);
    if (LIKELY(range_ok(at, size, end)))
        return WHIT_OK;
    return canon_trap(w->error,
                      "%s%s: %llu bytes at %#llx, but the memory has %llu",
                      from_host ? "" : noun[range],
                      from_host ? "realloc return: beyond end of memory"
                      : range == CANON_RANGE_TUPLE ? " out of bounds of memory"
                                                   : " content out-of-bounds",
                      (unsigned long long)size, (unsigned long long)at,
                      (unsigned long long)end);
}

whit_status canon_grow(canon_walk *w, uint64_t old, uint64_t old_size,
                       uint64_t align, uint64_t size, canon_range range,
                       uint64_t *out)
{
    TRY(canon_reallocate(w->to, old, old_size, align, size, out, w->error));
    w->from_base = canon_base(w->from);
    w->to_base = canon_base(w->to);
    return check_target(w, *out, size, align, range, true);
}

whit_status canon_allocate(canon_walk *w, uint64_t size, uint64_t align,
                           canon_range range, uint64_t *out)
{
    if (!canon_is_host(w->to))
        return canon_grow(w, 0, 0, align, size, range, out);
    *out = 0;
    if (!size)
        return WHIT_OK;
    if (UNLIKELY(size > w->room))
        return error_set(w->error, WHIT_LIMIT,
                         "strings and lists of more than %u bytes at once go "
                         "to the host",
                         LIMIT_CANON_HOST_BYTES);
    w->room -= size;
    void *data = arena_alloc(w->to->arena, size);
    TRY_ALLOC(data, w->error);
    *out = (uint64_t)(uintptr_t)data;
    return WHIT_OK;
}

/* ---- Numbers ---- */

static inline uint64_t read_number(const canon_walk *w, canon_cursor *in,
                                   unsigned size)
{
    if (in->slots)
        return (in->slots++)->u64;
    uint64_t value = 0;
    in->at = canon_align(in->at, size);
    memcpy(&value, canon_from(w, in->at), size);
    in->at += size;
    return value;
}

static inline void write_number(const canon_walk *w, canon_cursor *out,
                                unsigned size, uint64_t value)
{
    if (out->slots) {
        (out->slots++)->u64 = value;
        return;
    }
    out->at = canon_align(out->at, size);
    memcpy(canon_to(w, out->at), &value, size);
    out->at += size;
}

canon_pair canon_read_pair(const canon_walk *w, canon_cursor *in)
{
    canon_pair pair;
    unsigned size = w->from_wide ? 8 : 4;
    uint64_t mask = w->from_wide ? UINT64_MAX : UINT32_MAX;
    pair.pointer = read_number(w, in, size) & mask;
    pair.length = read_number(w, in, size) & mask;
    return pair;
}

void canon_write_pair(const canon_walk *w, canon_cursor *out, canon_pair pair)
{
    unsigned size = w->to_wide ? 8 : 4;
    write_number(w, out, size, pair.pointer);
    write_number(w, out, size, pair.length);
}

static uint64_t canonical_f32(uint64_t bits)
{
    return (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
}

static uint64_t canonical_f64(uint64_t bits)
{
    return (bits & 0x7fffffffffffffff) > 0x7ff0000000000000 ? 0x7ff8000000000000
                                                            : bits;
}

static whit_status walk_char(canon_walk *w, canon_cursor *in, canon_cursor *out)
{
    uint32_t code = (uint32_t)read_number(w, in, 4);
    if (UNLIKELY(code >= 0x110000 || (code >= 0xd800 && code < 0xe000)))
        return canon_bad(w, "invalid `char` bit pattern %#x", code);
    write_number(w, out, 4, code);
    return WHIT_OK;
}

static whit_status walk_handle(canon_walk *w, const component_node *type,
                               canon_cursor *in, canon_cursor *out)
{
    uint32_t index = 0;
    TRY(canon_walk_handle(w, type, (uint32_t)read_number(w, in, 4), &index));
    write_number(w, out, 4, index);
    return WHIT_OK;
}

static inline void move(const canon_walk *w, canon_cursor *in,
                        canon_cursor *out, unsigned size, uint64_t mask)
{
    write_number(w, out, size, read_number(w, in, size) & mask);
}

static whit_status walk_primitive(canon_walk *w, const component_node *type,
                                  canon_cursor *in, canon_cursor *out)
{
    switch (type->primitive) {
    case COMPONENT_BOOL:
        write_number(w, out, 1, (uint32_t)read_number(w, in, 1) != 0);
        return WHIT_OK;
    case COMPONENT_U8:
        move(w, in, out, 1, 0xff);
        return WHIT_OK;
    case COMPONENT_S8:
        write_number(w, out, 1, (uint32_t)(int8_t)read_number(w, in, 1));
        return WHIT_OK;
    case COMPONENT_U16:
        move(w, in, out, 2, 0xffff);
        return WHIT_OK;
    case COMPONENT_S16:
        write_number(w, out, 2, (uint32_t)(int16_t)read_number(w, in, 2));
        return WHIT_OK;
    case COMPONENT_U32:
    case COMPONENT_S32:
        move(w, in, out, 4, UINT32_MAX);
        return WHIT_OK;
    case COMPONENT_U64:
    case COMPONENT_S64:
        move(w, in, out, 8, UINT64_MAX);
        return WHIT_OK;
    case COMPONENT_F32:
        write_number(w, out, 4, canonical_f32((uint32_t)read_number(w, in, 4)));
        return WHIT_OK;
    case COMPONENT_F64:
        write_number(w, out, 8, canonical_f64(read_number(w, in, 8)));
        return WHIT_OK;
    case COMPONENT_CHAR:
        return walk_char(w, in, out);
    case COMPONENT_STRING:
        return canon_walk_string(w, in, out);
    default: /* error-context */
        return walk_handle(w, type, in, out);
    }
}

/* ---- Compound types ---- */

static inline void align_cursor(canon_cursor *cursor,
                                const component_layout *layout)
{
    if (!cursor->slots)
        cursor->at = canon_align(cursor->at, layout->align);
}

static whit_status walk_record(canon_walk *w, const component_node *type,
                               canon_cursor *in, canon_cursor *out)
{
    const component_layout *source = &type->layout[w->from_wide];
    const component_layout *target = &type->layout[w->to_wide];
    align_cursor(in, source);
    align_cursor(out, target);
    for (uint32_t i = 0; i < type->member_count; i++)
        TRY(canon_walk_value(w, type->members[i].type, in, out));
    align_cursor(in, source);
    align_cursor(out, target);
    return WHIT_OK;
}

static whit_status walk_flags(canon_walk *w, const component_node *type,
                              canon_cursor *in, canon_cursor *out)
{
    uint32_t count = type->member_count;
    move(w, in, out, type->layout[0].size,
         count < 32 ? (1u << count) - 1 : UINT32_MAX);
    return WHIT_OK;
}

/* The payload's type, or NULL; false when there is no such case. */
static bool find_case(const component_node *type, uint32_t index,
                      const component_node **out)
{
    *out = NULL;
    switch (type->kind) {
    case COMPONENT_TYPE_OPTION:
        *out = index ? type->element : NULL;
        return index < 2;
    case COMPONENT_TYPE_RESULT:
        *out = index ? type->other : type->element;
        return index < 2;
    default:
        if (index >= type->member_count)
            return false;
        *out = type->members[index].type;
        return true;
    }
}

static whit_status walk_variant(canon_walk *w, const component_node *type,
                                canon_cursor *in, canon_cursor *out)
{
    const component_layout *source = &type->layout[w->from_wide];
    const component_layout *target = &type->layout[w->to_wide];
    align_cursor(in, source);
    align_cursor(out, target);
    canon_cursor after_in = *in, after_out = *out;
    uint32_t cases = type->kind == COMPONENT_TYPE_OPTION ||
                             type->kind == COMPONENT_TYPE_RESULT
                         ? 2
                         : type->member_count;
    unsigned tag = component_discriminant_size(cases);
    uint32_t index = (uint32_t)read_number(w, in, tag);
    const component_node *payload;
    if (UNLIKELY(!find_case(type, index, &payload)))
        return canon_bad(w,
                         "invalid variant discriminant %u: there are %u cases",
                         index, cases);
    write_number(w, out, tag, index);
    /* In memory the payload is aligned as its most demanding case is, and
     * that is how the variant is aligned. */
    align_cursor(in, source);
    align_cursor(out, target);
    if (payload)
        TRY(canon_walk_value(w, payload, in, out));
    if (after_out.slots)
        for (rt_slot *end = after_out.slots + type->flat_count;
             out->slots < end; out->slots++)
            out->slots->u64 = 0;
    else
        out->at = after_out.at + target->size;
    if (after_in.slots)
        in->slots = after_in.slots + type->flat_count;
    else
        in->at = after_in.at + source->size;
    return WHIT_OK;
}

static whit_status walk_fixed_list(canon_walk *w, const component_node *type,
                                   canon_cursor *in, canon_cursor *out)
{
    if (in->slots || out->slots) {
        for (uint32_t i = 0; i < type->length; i++)
            TRY(canon_walk_value(w, type->element, in, out));
        return WHIT_OK;
    }
    align_cursor(in, &type->layout[w->from_wide]);
    align_cursor(out, &type->layout[w->to_wide]);
    TRY(canon_walk_elements(w, type->element, in->at, out->at, type->length));
    in->at += type->layout[w->from_wide].size;
    out->at += type->layout[w->to_wide].size;
    return WHIT_OK;
}

whit_status canon_walk_value(canon_walk *w, const component_node *type,
                             canon_cursor *in, canon_cursor *out)
{
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return walk_primitive(w, type, in, out);
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        return walk_record(w, type, in, out);
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        return walk_variant(w, type, in, out);
    case COMPONENT_TYPE_FLAGS:
        return walk_flags(w, type, in, out);
    case COMPONENT_TYPE_FIXED_LIST:
        return walk_fixed_list(w, type, in, out);
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_MAP:
        return canon_walk_list(w, type, in, out);
    default: /* own, borrow, stream, future */
        return walk_handle(w, type, in, out);
    }
}

/* ---- Parameters and results ---- */

void canon_tuple_init(canon_tuple *self, const component_member *members,
                      uint32_t count, canon_instance *resolver)
{
    *self = (canon_tuple){members, count, {{0, 1}, {0, 1}}, resolver};
    for (int wide = 0; wide < 2; wide++) {
        uint64_t size = 0, align = 1;
        for (uint32_t i = 0; i < count; i++) {
            const component_layout *part = &members[i].type->layout[wide];
            size = canon_align(size, part->align) + part->size;
            if (part->align > align)
                align = part->align;
        }
        size = canon_align(size, align);
        /* More than UINT32_MAX is never in memory: canon_pass refuses it. */
        self->layout[wide].size =
            size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
        self->layout[wide].align = (uint32_t)align;
    }
}

static uint64_t slot_pointer(const rt_slot *slot, bool wide)
{
    return wide ? slot->u64 : slot->u32;
}

static whit_status open_source(canon_walk *w, const canon_tuple *types,
                               const canon_values *source, canon_cursor *in)
{
    const component_layout *layout = &types->layout[w->from_wide];
    *in = (canon_cursor){NULL, 0};
    switch (source->form) {
    case CANON_FLAT:
        in->slots = source->slots;
        return WHIT_OK;
    case CANON_NATIVE:
        in->at = (uint64_t)(uintptr_t)source->native;
        return WHIT_OK;
    default:
        in->at = slot_pointer(source->slots, w->from_wide);
        return canon_check_source(w, in->at, layout->size, layout->align,
                                  CANON_RANGE_TUPLE);
    }
}

static whit_status open_target(canon_walk *w, const canon_tuple *types,
                               const canon_values *target, canon_cursor *out)
{
    const component_layout *layout = &types->layout[w->to_wide];
    *out = (canon_cursor){NULL, 0};
    switch (target->form) {
    case CANON_FLAT:
        out->slots = target->slots;
        return WHIT_OK;
    case CANON_NATIVE:
        out->at = (uint64_t)(uintptr_t)target->native;
        return WHIT_OK;
    case CANON_INDIRECT:
        TRY(canon_allocate(w, layout->size, layout->align, CANON_RANGE_TUPLE,
                           &out->at));
        target->slots[0].u64 = out->at;
        return WHIT_OK;
    default:
        out->at = slot_pointer(target->slots, w->to_wide);
        return check_target(w, out->at, layout->size, layout->align,
                            CANON_RANGE_TUPLE, false);
    }
}

whit_status canon_pass(const canon_tuple *types, const canon_side *from,
                       const canon_values *source, const canon_side *to,
                       const canon_values *destination, whit_error *error)
{
    canon_walk w;
    canon_cursor in, out;
    canon_walk_init(&w, from, to, types->resolver, error);
    if (UNLIKELY(types->layout[1].size == UINT32_MAX))
        return error_set(error, WHIT_LIMIT,
                         "parameters take 4 GiB of memory or more");
    TRY(open_source(&w, types, source, &in));
    TRY(open_target(&w, types, destination, &out));
    for (uint32_t i = 0; i < types->count; i++)
        TRY(canon_walk_value(&w, types->members[i].type, &in, &out));
    return WHIT_OK;
}

/* ---- Elements of streams ---- */

whit_status canon_pass_elements(const component_node *type,
                                canon_instance *resolver,
                                const canon_side *from, uint64_t source,
                                const canon_side *to, uint64_t destination,
                                uint32_t count, whit_error *error)
{
    canon_walk w;
    if (!type || !count)
        return WHIT_OK;
    canon_walk_init(&w, from, to, resolver, error);
    return canon_walk_elements(&w, type, source, destination, count);
}

whit_status canon_check_range(const component_node *type,
                              const canon_side *side, uint64_t address,
                              uint64_t count, whit_error *error)
{
    canon_walk w;
    static const canon_side host = {.options = NULL};
    canon_walk_init(&w, side, &host, NULL, error);
    if (count > LIMIT_CANON_ELEMENTS)
        return canon_bad(&w,
                         "%llu elements, but at most %u may be read or "
                         "written at once",
                         (unsigned long long)count, LIMIT_CANON_ELEMENTS);
    if (!type || !count)
        return WHIT_OK;
    const component_layout *layout = &type->layout[w.from_wide];
    return canon_check_source(&w, address, count * layout->size, layout->align,
                              CANON_RANGE_LIST);
}
