/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types at run time: whether two are the same, and how WIT writes them. */
#include "canonical/private.h"

/* ---- Equality ---- */

static bool equal(const component_node *a, canon_instance *ra,
                  const component_node *b, canon_instance *rb)
{
    if (a == b && (ra == rb || !a || !a->has_resource))
        return true;
    if (!a || !b || a->kind != b->kind || a->primitive != b->primitive ||
        a->is_async != b->is_async || a->length != b->length ||
        a->member_count != b->member_count ||
        a->has_resource != b->has_resource || a->size != b->size)
        return false;
    if (a->kind == COMPONENT_TYPE_RESOURCE)
        return canon_instance_resource(ra, a->resource) ==
               canon_instance_resource(rb, b->resource);
    if (a->kind == COMPONENT_TYPE_COMPONENT ||
        a->kind == COMPONENT_TYPE_INSTANCE)
        return false;
    if (!equal(a->element, ra, b->element, rb) ||
        !equal(a->other, ra, b->other, rb))
        return false;
    for (uint32_t i = 0; i < a->member_count; i++)
        if (!slice_equal(a->members[i].name, b->members[i].name) ||
            !equal(a->members[i].type, ra, b->members[i].type, rb))
            return false;
    return true;
}

bool canon_type_equal(const component_node *a, canon_instance *ra,
                      const component_node *b, canon_instance *rb)
{
    return equal(a, ra, b, rb);
}

bool canon_type_is_number(const component_node *type)
{
    return !type || (type->kind == COMPONENT_TYPE_PRIMITIVE &&
                     type->primitive >= COMPONENT_F64 &&
                     type->primitive <= COMPONENT_S8);
}

/* ---- Text ---- */

static void write_type(const component_node *type, buffer *out);

/* "name" or "name: type" or "name(type)", separated by commas. */
static void write_members(const component_node *type, const char *before,
                          const char *after, buffer *out)
{
    for (uint32_t i = 0; i < type->member_count; i++) {
        const component_member *member = &type->members[i];
        if (i)
            buffer_text(out, ", ");
        buffer_slice(out, member->name);
        if (!member->type)
            continue;
        if (member->name.size)
            buffer_text(out, before);
        write_type(member->type, out);
        buffer_text(out, after);
    }
}

static void write_braces(const char *word, const component_node *type,
                         const char *before, const char *after, buffer *out)
{
    buffer_text(out, word);
    buffer_text(out, " { ");
    write_members(type, before, after, out);
    buffer_text(out, " }");
}

/* "word<a, b>"; absent ones at the end are left out, others are "_". */
static void write_angles(const char *word, const component_node *first,
                         const component_node *second, buffer *out)
{
    buffer_text(out, word);
    if (!first && !second)
        return;
    buffer_text(out, "<");
    if (first)
        write_type(first, out);
    else
        buffer_text(out, "_");
    if (second) {
        buffer_text(out, ", ");
        write_type(second, out);
    }
    buffer_text(out, ">");
}

static void write_function(const component_node *type, buffer *out)
{
    buffer_text(out, type->is_async ? "async func(" : "func(");
    write_members(type, ": ", "", out);
    buffer_text(out, ")");
    if (!type->element)
        return;
    buffer_text(out, " -> ");
    write_type(type->element, out);
}

static void write_resource(const component_node *type, buffer *out)
{
    slice name = type->resource->name;
    buffer_slice(out, name.size ? name : slice_text("resource"));
}

static void write_type(const component_node *type, buffer *out)
{
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        buffer_text(out, component_primitive_text(type->primitive));
        return;
    case COMPONENT_TYPE_RESOURCE:
        write_resource(type, out);
        return;
    case COMPONENT_TYPE_FUNC:
        write_function(type, out);
        return;
    case COMPONENT_TYPE_RECORD:
        write_braces("record", type, ": ", "", out);
        return;
    case COMPONENT_TYPE_VARIANT:
        write_braces("variant", type, "(", ")", out);
        return;
    case COMPONENT_TYPE_ENUM:
        write_braces("enum", type, "", "", out);
        return;
    case COMPONENT_TYPE_FLAGS:
        write_braces("flags", type, "", "", out);
        return;
    case COMPONENT_TYPE_TUPLE:
        buffer_text(out, "tuple<");
        write_members(type, "", "", out);
        buffer_text(out, ">");
        return;
    case COMPONENT_TYPE_FIXED_LIST:
        buffer_text(out, "list<");
        write_type(type->element, out);
        buffer_printf(out, ", %u>", type->length);
        return;
    case COMPONENT_TYPE_LIST:
        write_angles("list", type->element, NULL, out);
        return;
    case COMPONENT_TYPE_MAP:
        write_angles("map", type->element, type->other, out);
        return;
    case COMPONENT_TYPE_OPTION:
        write_angles("option", type->element, NULL, out);
        return;
    case COMPONENT_TYPE_RESULT:
        write_angles("result", type->element, type->other, out);
        return;
    case COMPONENT_TYPE_STREAM:
        write_angles("stream", type->element, NULL, out);
        return;
    case COMPONENT_TYPE_FUTURE:
        write_angles("future", type->element, NULL, out);
        return;
    case COMPONENT_TYPE_OWN:
        write_angles("own", type->element, NULL, out);
        return;
    case COMPONENT_TYPE_BORROW:
        write_angles("borrow", type->element, NULL, out);
        return;
    case COMPONENT_TYPE_COMPONENT:
        buffer_text(out, "component");
        return;
    default:
        buffer_text(out, "instance");
    }
}

void canon_type_write(const component_node *type, buffer *out)
{
    if (type)
        write_type(type, out);
}
