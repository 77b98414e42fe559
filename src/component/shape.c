/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Where the parts of a value lie. */
#include "component/shape.h"

#include "component/flatten.h"

static uint32_t align_up(uint32_t at, uint32_t align)
{
    return (at + align - 1) & ~(align - 1);
}

uint32_t component_case_count(const component_node *type)
{
    bool two = type->kind == COMPONENT_TYPE_OPTION ||
               type->kind == COMPONENT_TYPE_RESULT;
    return two ? 2 : type->member_count;
}

const component_node *component_case_type(const component_node *type,
                                          uint32_t i)
{
    if (type->kind == COMPONENT_TYPE_OPTION)
        return i ? type->element : NULL;
    if (type->kind == COMPONENT_TYPE_RESULT)
        return i ? type->other : type->element;
    return type->members[i].type;
}

uint32_t component_payload_offset(const component_node *type, int wide)
{
    uint32_t count = component_case_count(type), align = 1;
    for (uint32_t i = 0; i < count; i++) {
        const component_node *payload = component_case_type(type, i);
        if (payload && payload->layout[wide].align > align)
            align = payload->layout[wide].align;
    }
    return align_up(component_discriminant_size(count), align);
}

uint32_t component_member_offset(const component_node *type, uint32_t i,
                                 int wide)
{
    uint32_t at = 0;
    for (uint32_t j = 0; j <= i; j++) {
        component_layout layout = type->members[j].type->layout[wide];
        at = align_up(at, layout.align);
        if (j < i)
            at += layout.size;
    }
    return at;
}

component_node component_map_entry(const component_node *map,
                                   component_member members[2])
{
    members[0] = (component_member){.type = map->element};
    members[1] = (component_member){.type = map->other};
    component_node entry = {
        .kind = COMPONENT_TYPE_TUPLE, .members = members, .member_count = 2};
    component_layout_of(&entry);
    return entry;
}
