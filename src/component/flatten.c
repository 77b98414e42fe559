/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Flat types and layout of values. */
#include "component/flatten.h"

#include "base/limits.h"

static void put(component_flat *out, wasm_valtype type)
{
    if (out->count < COMPONENT_FLAT_MAX)
        out->types[out->count++] = type;
}

static wasm_valtype join(wasm_valtype a, wasm_valtype b)
{
    if (a == b)
        return a;
    if ((a == WASM_I32 && b == WASM_F32) || (a == WASM_F32 && b == WASM_I32))
        return WASM_I32;
    return WASM_I64;
}

/* Adds a case to the payload that the cases in front of it share. */
static void join_case(const component_node *type, wasm_valtype pointer,
                      component_flat *payload)
{
    component_flat own = {.count = 0};
    if (!type)
        return;
    component_flatten(type, pointer, &own);
    for (uint32_t i = 0; i < own.count; i++) {
        if (i < payload->count)
            payload->types[i] = join(payload->types[i], own.types[i]);
        else
            put(payload, own.types[i]);
    }
}

static void flatten_cases(const component_node *type, wasm_valtype pointer,
                          component_flat *out)
{
    component_flat payload = {.count = 0};
    switch (type->kind) {
    case COMPONENT_TYPE_OPTION:
        join_case(type->element, pointer, &payload);
        break;
    case COMPONENT_TYPE_RESULT:
        join_case(type->element, pointer, &payload);
        join_case(type->other, pointer, &payload);
        break;
    default:
        for (uint32_t i = 0; i < type->member_count; i++)
            join_case(type->members[i].type, pointer, &payload);
    }
    put(out, WASM_I32);
    for (uint32_t i = 0; i < payload.count; i++)
        put(out, payload.types[i]);
}

static void flatten_primitive(uint8_t primitive, wasm_valtype pointer,
                              component_flat *out)
{
    switch (primitive) {
    case COMPONENT_S64:
    case COMPONENT_U64:
        put(out, WASM_I64);
        break;
    case COMPONENT_F32:
        put(out, WASM_F32);
        break;
    case COMPONENT_F64:
        put(out, WASM_F64);
        break;
    case COMPONENT_STRING:
        put(out, pointer);
        put(out, pointer);
        break;
    default:
        put(out, WASM_I32);
    }
}

void component_flatten(const component_node *type, wasm_valtype pointer,
                       component_flat *out)
{
    switch (type->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        flatten_primitive(type->primitive, pointer, out);
        break;
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        for (uint32_t i = 0;
             i < type->member_count && out->count < COMPONENT_FLAT_MAX; i++)
            component_flatten(type->members[i].type, pointer, out);
        break;
    case COMPONENT_TYPE_FIXED_LIST:
        for (uint32_t i = 0;
             i < type->length && out->count < COMPONENT_FLAT_MAX; i++)
            component_flatten(type->element, pointer, out);
        break;
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        flatten_cases(type, pointer, out);
        break;
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_MAP:
        put(out, pointer);
        put(out, pointer);
        break;
    default:
        put(out, WASM_I32);
    }
}

void component_flatten_function(const component_node *function,
                                component_flat_context context, bool is_async,
                                bool has_callback, wasm_valtype pointer,
                                component_signature *out)
{
    bool lift = context == COMPONENT_FLAT_LIFT;
    uint32_t most =
        is_async && !lift ? COMPONENT_FLAT_ASYNC_PARAMS : COMPONENT_FLAT_PARAMS;
    *out = (component_signature){.params.count = 0};
    for (uint32_t i = 0; i < function->member_count; i++)
        component_flatten(function->members[i].type, pointer, &out->params);
    if (function->element)
        component_flatten(function->element, pointer, &out->results);
    if (out->params.count > most) {
        out->params_in_memory = true;
        out->params.count = 0;
        put(&out->params, pointer);
    }
    if (!is_async) {
        out->results_in_memory = out->results.count > COMPONENT_FLAT_RESULTS;
        if (!out->results_in_memory)
            return;
        out->results.count = 0;
        put(lift ? &out->results : &out->params, pointer);
        return;
    }
    /* A lifted function gives its results to task.return. */
    out->results_in_memory = lift ? out->results.count > COMPONENT_FLAT_PARAMS
                                  : out->results.count != 0;
    out->results.count = 0;
    if (!lift && out->results_in_memory)
        put(&out->params, pointer);
    if (!lift || has_callback)
        put(&out->results, WASM_I32);
}

/* ---- Layout ---- */

uint32_t component_discriminant_size(uint32_t cases)
{
    return cases <= 0x100 ? 1 : cases <= 0x10000 ? 2 : 4;
}

typedef struct wide_layout {
    uint64_t size;
    uint64_t align;
} wide_layout;

static uint64_t align_to(uint64_t at, uint64_t align)
{
    return (at + align - 1) / align * align;
}

static void add_field(const component_node *type, int wide, wide_layout *out)
{
    const component_layout *own = &type->layout[wide];
    out->size = align_to(out->size, own->align) + own->size;
    if (own->align > out->align)
        out->align = own->align;
}

static void add_case(const component_node *type, int wide, wide_layout *out)
{
    if (!type)
        return;
    if (type->layout[wide].size > out->size)
        out->size = type->layout[wide].size;
    if (type->layout[wide].align > out->align)
        out->align = type->layout[wide].align;
}

static wide_layout with_cases(const component_node *self, int wide,
                              uint32_t count)
{
    wide_layout payload = {0, 1};
    uint64_t tag = component_discriminant_size(count);
    add_case(self->element, wide, &payload);
    add_case(self->other, wide, &payload);
    for (uint32_t i = 0; i < self->member_count; i++)
        add_case(self->members[i].type, wide, &payload);
    uint64_t align = payload.align > tag ? payload.align : tag;
    uint64_t size = align_to(tag, payload.align) + payload.size;
    return (wide_layout){align_to(size, align), align};
}

static wide_layout of_primitive(uint8_t primitive, uint64_t pointer)
{
    switch (primitive) {
    case COMPONENT_BOOL:
    case COMPONENT_S8:
    case COMPONENT_U8:
        return (wide_layout){1, 1};
    case COMPONENT_S16:
    case COMPONENT_U16:
        return (wide_layout){2, 2};
    case COMPONENT_S64:
    case COMPONENT_U64:
    case COMPONENT_F64:
        return (wide_layout){8, 8};
    case COMPONENT_STRING:
        return (wide_layout){2 * pointer, pointer};
    default:
        return (wide_layout){4, 4};
    }
}

static wide_layout layout_of(const component_node *self, int wide)
{
    uint64_t pointer = wide ? 8 : 4;
    wide_layout out = {0, 1};
    switch (self->kind) {
    case COMPONENT_TYPE_PRIMITIVE:
        return of_primitive(self->primitive, pointer);
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        for (uint32_t i = 0; i < self->member_count; i++)
            add_field(self->members[i].type, wide, &out);
        out.size = align_to(out.size, out.align);
        return out;
    case COMPONENT_TYPE_FIXED_LIST:
        add_field(self->element, wide, &out);
        out.size *= self->length;
        return out;
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        return with_cases(self, wide, 2);
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_ENUM:
        return with_cases(self, wide, self->member_count);
    case COMPONENT_TYPE_FLAGS:
        out.size = self->member_count <= 8    ? 1
                   : self->member_count <= 16 ? 2
                                              : 4;
        return (wide_layout){out.size, out.size};
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_MAP:
        return (wide_layout){2 * pointer, pointer};
    default:
        return (wide_layout){4, 4};
    }
}

static uint32_t flat_payload(const component_node *self)
{
    uint32_t most = 0;
    if (self->element)
        most = self->element->flat_count;
    if (self->other && self->other->flat_count > most)
        most = self->other->flat_count;
    for (uint32_t i = 0; i < self->member_count; i++) {
        const component_node *type = self->members[i].type;
        if (type && type->flat_count > most)
            most = type->flat_count;
    }
    return most;
}

/* What component_flatten would count. */
static uint8_t flat_count(const component_node *self)
{
    uint64_t count = 0;
    switch (self->kind) {
    case COMPONENT_TYPE_RECORD:
    case COMPONENT_TYPE_TUPLE:
        for (uint32_t i = 0; i < self->member_count; i++)
            count += self->members[i].type->flat_count;
        break;
    case COMPONENT_TYPE_FIXED_LIST:
        count = (uint64_t)self->length * self->element->flat_count;
        break;
    case COMPONENT_TYPE_VARIANT:
    case COMPONENT_TYPE_OPTION:
    case COMPONENT_TYPE_RESULT:
        count = 1 + flat_payload(self);
        break;
    case COMPONENT_TYPE_LIST:
    case COMPONENT_TYPE_MAP:
        count = 2;
        break;
    default:
        count = self->primitive == COMPONENT_STRING ? 2 : 1;
    }
    return (uint8_t)(count < COMPONENT_FLAT_MAX ? count : COMPONENT_FLAT_MAX);
}

bool component_layout_of(component_node *self)
{
    for (int wide = 1; wide >= 0; wide--) {
        wide_layout layout = layout_of(self, wide);
        if (layout.size >= LIMIT_COMPONENT_VALUE_BYTES)
            return false;
        self->layout[wide] =
            (component_layout){(uint32_t)layout.size, (uint32_t)layout.align};
    }
    self->flat_count = flat_count(self);
    return true;
}
