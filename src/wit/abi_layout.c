/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sizes, alignments, flat types and core signatures of the canonical ABI. */
#include "wit/abi_layout.h"

#include "base/limits.h"

enum { MORE = WIT_MAX_FLAT + 1 };

static const struct {
    uint8_t size;
    uint8_t flat;
} scalars[WIT_PRIMITIVES] = {
    [WIT_BOOL] = {1, WIT_CORE_I32},
    [WIT_S8] = {1, WIT_CORE_I32},
    [WIT_U8] = {1, WIT_CORE_I32},
    [WIT_S16] = {2, WIT_CORE_I32},
    [WIT_U16] = {2, WIT_CORE_I32},
    [WIT_S32] = {4, WIT_CORE_I32},
    [WIT_U32] = {4, WIT_CORE_I32},
    [WIT_S64] = {8, WIT_CORE_I64},
    [WIT_U64] = {8, WIT_CORE_I64},
    [WIT_F32] = {4, WIT_CORE_F32},
    [WIT_F64] = {8, WIT_CORE_F64},
    [WIT_CHAR] = {4, WIT_CORE_I32},
    [WIT_ERROR_CONTEXT] = {4, WIT_CORE_I32},
};

wit_core wit_core_join(wit_core a, wit_core b)
{
    if (a == b)
        return a;
    if ((a == WIT_CORE_I32 && b == WIT_CORE_F32) ||
        (a == WIT_CORE_F32 && b == WIT_CORE_I32))
        return WIT_CORE_I32;
    return WIT_CORE_I64;
}

static uint64_t align_to(uint64_t offset, unsigned alignment)
{
    return (offset + alignment - 1) & ~(uint64_t)(alignment - 1);
}

wit_layout_walk wit_walk_start(const wit_set *set, unsigned pointer)
{
    return (wit_layout_walk){.set = set, .pointer = pointer, .alignment = 1};
}

uint64_t wit_walk_next(wit_layout_walk *self, wit_type type)
{
    const wit_layout *it = wit_layout_of(self->set, type, self->pointer);
    uint64_t offset = align_to(self->size, it->alignment);
    self->size = offset + it->size;
    if (it->alignment > self->alignment)
        self->alignment = it->alignment;
    return offset;
}

void wit_walk_end(wit_layout_walk *self)
{
    self->size = align_to(self->size, self->alignment);
}

/* Flat types up to WIT_MAX_FLAT, and a count that stops one above. */
typedef struct flat_list {
    uint8_t items[WIT_MAX_FLAT];
    unsigned count;
} flat_list;

static void flat_push(flat_list *self, uint8_t core)
{
    if (self->count < WIT_MAX_FLAT)
        self->items[self->count] = core;
    if (self->count < MORE)
        self->count++;
}

static void flat_append(flat_list *self, const wit_layout *layout)
{
    for (unsigned i = 0; i < layout->flat_count; i++)
        flat_push(self, i < WIT_MAX_FLAT ? layout->flat[i] : WIT_CORE_I32);
}

static void flat_join(flat_list *self, const wit_layout *layout)
{
    for (unsigned i = 0; i < layout->flat_count && i < WIT_MAX_FLAT; i++) {
        if (i < self->count)
            self->items[i] = (uint8_t)wit_core_join((wit_core)self->items[i],
                                                    (wit_core)layout->flat[i]);
        else
            flat_push(self, layout->flat[i]);
    }
    if (layout->flat_count == MORE)
        self->count = MORE;
}

uint32_t wit_case_count(const wit_type_def *type)
{
    switch (type->kind) {
    case WIT_VARIANT:
    case WIT_ENUM:
        return type->field_count;
    case WIT_OPTION:
    case WIT_RESULT:
        return 2;
    default:
        return 0;
    }
}

wit_type wit_case_type(const wit_type_def *type, uint32_t index)
{
    if (type->kind == WIT_OPTION)
        return index ? type->element : WIT_NONE;
    if (type->kind == WIT_RESULT)
        return index ? type->other : type->element;
    return type->fields[index].type;
}

unsigned wit_discriminant_size(uint32_t cases)
{
    return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

unsigned wit_flags_size(uint32_t flags)
{
    return flags <= 8 ? 1 : flags <= 16 ? 2 : 4;
}

uint32_t wit_payload_offset(const wit_set *self, const wit_type_def *type,
                            unsigned pointer)
{
    uint32_t cases = wit_case_count(type);
    unsigned alignment = 1;
    for (uint32_t i = 0; i < cases; i++) {
        wit_type it = wit_case_type(type, i);
        if (it != WIT_NONE &&
            wit_layout_of(self, it, pointer)->alignment > alignment)
            alignment = wit_layout_of(self, it, pointer)->alignment;
    }
    return (uint32_t)align_to(wit_discriminant_size(cases), alignment);
}

/* Writes a layout whose flat types are known. */
static bool finish(wit_layout *out, uint64_t size, unsigned alignment,
                   const flat_list *flat)
{
    if (size >= LIMIT_WIT_VALUE_BYTES)
        return false;
    *out = (wit_layout){.size = (uint32_t)size,
                        .alignment = (uint8_t)alignment,
                        .flat_count = (uint8_t)flat->count};
    memcpy(out->flat, flat->items, sizeof out->flat);
    return true;
}

static bool compute_record(const wit_set *self, const wit_type_def *type,
                           unsigned pointer, wit_layout *out)
{
    flat_list flat = {0};
    wit_layout_walk walk = wit_walk_start(self, pointer);
    for (uint32_t i = 0; i < type->field_count; i++) {
        wit_walk_next(&walk, type->fields[i].type);
        flat_append(&flat, wit_layout_of(self, type->fields[i].type, pointer));
    }
    wit_walk_end(&walk);
    return finish(out, walk.size, walk.alignment, &flat);
}

static bool compute_variant(const wit_set *self, const wit_type_def *type,
                            unsigned pointer, wit_layout *out)
{
    uint32_t cases = wit_case_count(type);
    unsigned alignment = wit_discriminant_size(cases);
    uint64_t largest = 0;
    flat_list payload = {0}, flat = {0};
    for (uint32_t i = 0; i < cases; i++) {
        wit_type it = wit_case_type(type, i);
        if (it == WIT_NONE)
            continue;
        const wit_layout *layout = wit_layout_of(self, it, pointer);
        if (layout->alignment > alignment)
            alignment = layout->alignment;
        if (layout->size > largest)
            largest = layout->size;
        flat_join(&payload, layout);
    }
    flat_push(&flat, WIT_CORE_I32);
    for (unsigned i = 0; i < payload.count; i++)
        flat_push(&flat, i < WIT_MAX_FLAT ? payload.items[i] : WIT_CORE_I32);
    uint64_t size = wit_payload_offset(self, type, pointer) + largest;
    return finish(out, align_to(size, alignment), alignment, &flat);
}

static bool compute_fixed(const wit_set *self, const wit_type_def *type,
                          unsigned pointer, wit_layout *out)
{
    const wit_layout *element = wit_layout_of(self, type->element, pointer);
    flat_list flat = {0};
    for (uint32_t i = 0; i < type->length && flat.count < MORE; i++)
        flat_append(&flat, element);
    return finish(out, (uint64_t)element->size * type->length,
                  element->alignment, &flat);
}

bool wit_layout_compute(const wit_set *self, const wit_type_def *type,
                        unsigned pointer, wit_layout *out)
{
    flat_list flat = {0};
    uint8_t word = pointer == 8 ? WIT_CORE_I64 : WIT_CORE_I32;
    switch (type->kind) {
    case WIT_RESOURCE:
        *out = (wit_layout){0};
        return true;
    case WIT_ALIAS:
        *out = *wit_layout_of(self, type->element, pointer);
        return true;
    case WIT_RECORD:
    case WIT_TUPLE:
        return compute_record(self, type, pointer, out);
    case WIT_VARIANT:
    case WIT_ENUM:
    case WIT_OPTION:
    case WIT_RESULT:
        return compute_variant(self, type, pointer, out);
    case WIT_FIXED_LIST:
        return compute_fixed(self, type, pointer, out);
    case WIT_FLAGS: {
        unsigned size = wit_flags_size(type->field_count);
        flat_push(&flat, WIT_CORE_I32);
        return finish(out, size, size, &flat);
    }
    case WIT_STRING:
    case WIT_LIST:
    case WIT_MAP:
        flat_push(&flat, word);
        flat_push(&flat, word);
        return finish(out, pointer * 2, pointer, &flat);
    case WIT_OWN:
    case WIT_BORROW:
    case WIT_STREAM:
    case WIT_FUTURE:
        flat_push(&flat, WIT_CORE_I32);
        return finish(out, 4, 4, &flat);
    default:
        flat_push(&flat, scalars[type->kind].flat);
        return finish(out, scalars[type->kind].size, scalars[type->kind].size,
                      &flat);
    }
}
