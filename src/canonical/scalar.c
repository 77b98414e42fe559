/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Parameters and results that are numbers and booleans only, passed without
 * walking their types: the same as canon_pass, faster. */
#include <string.h>

#include "canonical/task.h"

/* Bytes in memory, by primitive; 0: not a scalar here. */
static const uint8_t sizes[] = {
    [COMPONENT_BOOL] = 1, [COMPONENT_S8] = 1,  [COMPONENT_U8] = 1,
    [COMPONENT_S16] = 2,  [COMPONENT_U16] = 2, [COMPONENT_S32] = 4,
    [COMPONENT_U32] = 4,  [COMPONENT_S64] = 8, [COMPONENT_U64] = 8,
    [COMPONENT_F32] = 4,  [COMPONENT_F64] = 8,
};

bool canon_scalar_tuple(const canon_tuple *types)
{
    if (types->count > COMPONENT_FLAT_PARAMS)
        return false;
    for (uint32_t i = 0; i < types->count; i++) {
        const component_node *type = types->members[i].type;
        if (type->kind != COMPONENT_TYPE_PRIMITIVE ||
            type->primitive >= COUNT_OF(sizes) || !sizes[type->primitive])
            return false;
    }
    return true;
}

static rt_slot normal(uint8_t primitive, rt_slot slot)
{
    switch (primitive) {
    case COMPONENT_BOOL:
        slot.u32 = slot.u32 != 0;
        break;
    case COMPONENT_S8:
        slot.i32 = (int8_t)slot.u32;
        break;
    case COMPONENT_U8:
        slot.u32 = (uint8_t)slot.u32;
        break;
    case COMPONENT_S16:
        slot.i32 = (int16_t)slot.u32;
        break;
    case COMPONENT_U16:
        slot.u32 = (uint16_t)slot.u32;
        break;
    default:
        break;
    }
    return slot;
}

void canon_scalar_pass(const canon_tuple *types, const rt_slot *from,
                       rt_slot *to)
{
    for (uint32_t i = 0; i < types->count; i++)
        to[i] = normal(types->members[i].type->primitive, from[i]);
}

static size_t place(size_t at, size_t size)
{
    return (at + size - 1) & ~(size - 1);
}

void canon_scalar_to_guest(const canon_tuple *types, const void *native,
                           rt_slot *to)
{
    const uint8_t *bytes = native;
    size_t at = 0;
    for (uint32_t i = 0; i < types->count; i++) {
        uint8_t primitive = types->members[i].type->primitive;
        size_t size = sizes[primitive];
        at = place(at, size);
        rt_slot slot = {.u64 = 0};
        if (LIKELY(size == 4)) {
            /* Whole slots are read soon: they are written whole. */
            uint32_t bits;
            memcpy(&bits, bytes + at, 4);
            slot.u64 = bits;
        } else if (size == 8) {
            memcpy(&slot, bytes + at, 8);
        } else {
            memcpy(&slot, bytes + at, size);
            slot = normal(primitive, slot);
        }
        to[i] = slot;
        at += size;
    }
}

void canon_scalar_to_host(const canon_tuple *types, const rt_slot *from,
                          void *native)
{
    uint8_t *bytes = native;
    size_t at = 0;
    for (uint32_t i = 0; i < types->count; i++) {
        uint8_t primitive = types->members[i].type->primitive;
        size_t size = sizes[primitive];
        at = place(at, size);
        if (LIKELY(size == 4)) {
            memcpy(bytes + at, &from[i], 4);
        } else if (size == 8) {
            memcpy(bytes + at, &from[i], 8);
        } else {
            rt_slot slot = normal(primitive, from[i]);
            memcpy(bytes + at, &slot, size);
        }
        at += size;
    }
}
