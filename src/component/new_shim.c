/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The two modules that let a core module have imports that need it.
 *
 * The shim exports a trampoline for each of them, which calls through the
 * table that the shim exports too. The fixup imports that table and the real
 * functions, and its element segment puts them there; its start function is
 * the main module's `_initialize`. */
#include "component/new_private.h"
#include "wasm/instruction.h"

enum { TABLE = 0x70, LIMITS_MIN = 0 };

/* Function types, each once. */
typedef struct type_list {
    wasm_functype *types;
    uint32_t count;
} type_list;

static bool same(const wasm_functype *a, const wasm_functype *b)
{
    return a->param_count == b->param_count &&
           a->result_count == b->result_count &&
           (!a->param_count || !memcmp(a->params, b->params,
                                       a->param_count * sizeof *a->params)) &&
           (!a->result_count || !memcmp(a->results, b->results,
                                        a->result_count * sizeof *a->results));
}

static uint32_t type_index(type_list *list, const wasm_functype *type)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (same(&list->types[i], type))
            return i;
    list->types[list->count] = *type;
    return list->count++;
}

static const wasm_valtype one_i32 = WASM_I32;

static wasm_functype shim_type(const new_maker *self, uint32_t i)
{
    const new_shim *shim = &self->shims[i];
    if (!shim->import)
        return (wasm_functype){.params = &one_i32, .param_count = 1};
    return *wasm_function_type(shim->module->wasm, shim->import->core->index);
}

static void put_valtypes(buffer *out, const wasm_valtype *types, uint32_t count)
{
    buffer_uleb(out, count);
    for (uint32_t i = 0; i < count; i++)
        buffer_put(out, (uint8_t)types[i]);
}

static void put_types(buffer *out, const type_list *list)
{
    buffer_uleb(out, list->count);
    for (uint32_t i = 0; i < list->count; i++) {
        buffer_put(out, WASM_COMP_FUNC);
        put_valtypes(out, list->types[i].params, list->types[i].param_count);
        put_valtypes(out, list->types[i].results, list->types[i].result_count);
    }
}

static void component_put_name(buffer *out, slice name)
{
    buffer_uleb(out, name.size);
    buffer_slice(out, name);
}

static void put_section(buffer *out, wasm_section_id id, buffer *payload)
{
    if (payload->failed)
        out->failed = true;
    buffer_put(out, (uint8_t)id);
    buffer_uleb(out, payload->size);
    buffer_slice(out, buffer_view(payload));
    buffer_clear(payload);
}

static void put_header(buffer *out)
{
    buffer_append(out, "\0asm\1\0\0\0", 8);
}

/* ---- The shim ---- */

static void put_shim_exports(new_maker *self, buffer *out)
{
    uint32_t count = self->shim_count;
    buffer_uleb(out, count + (count != 0) + self->shim_memory +
                         (self->tls ? 2u : 0));
    if (count) {
        component_put_name(out, component_new_short_name(self, 0));
        buffer_put(out, WASM_EXTERN_TABLE);
        buffer_uleb(out, 0);
    }
    for (uint32_t i = 0; i < count; i++) {
        component_put_name(out, component_new_short_name(self, i + 1));
        buffer_put(out, WASM_EXTERN_FUNC);
        buffer_uleb(out, i);
    }
    if (self->shim_memory) {
        component_put_name(out, slice_text(NEW_SHIM_MEMORY));
        buffer_put(out, WASM_EXTERN_MEMORY);
        buffer_uleb(out, 0);
    }
    if (!self->tls)
        return;
    component_put_name(out, slice_text(NEW_SHIM_TLS_GET));
    buffer_put(out, WASM_EXTERN_FUNC);
    buffer_uleb(out, count);
    component_put_name(out, slice_text(NEW_SHIM_TLS_SET));
    buffer_put(out, WASM_EXTERN_FUNC);
    buffer_uleb(out, count + 1);
}

static void put_body(buffer *out, buffer *body)
{
    if (body->failed)
        out->failed = true;
    buffer_uleb(out, body->size + 2);
    buffer_uleb(out, 0); /* locals */
    buffer_slice(out, buffer_view(body));
    buffer_put(out, WASM_OP_END);
    buffer_clear(body);
}

static void put_trampoline(buffer *out, uint32_t slot, uint32_t params,
                           uint32_t type, buffer *body)
{
    for (uint32_t i = 0; i < params; i++) {
        buffer_put(body, WASM_OP_LOCAL_GET);
        buffer_uleb(body, i);
    }
    buffer_put(body, WASM_OP_I32_CONST);
    buffer_sleb(body, slot);
    buffer_put(body, WASM_OP_CALL_INDIRECT);
    buffer_uleb(body, type);
    buffer_uleb(body, 0);
    put_body(out, body);
}

static void put_limits(buffer *out, const wasm_limits *limits)
{
    buffer_put(out, (uint8_t)(limits->has_max | limits->shared << 1 |
                              limits->is64 << 2));
    buffer_uleb(out, limits->min);
    if (limits->has_max)
        buffer_uleb(out, limits->max);
}

static void put_shim_memory(new_maker *self, buffer *out, buffer *payload)
{
    const wasm_module *main = self->modules[0].wasm;
    for (uint32_t i = 0; i < main->import_count; i++) {
        if (main->imports[i].kind != WASM_EXTERN_MEMORY)
            continue;
        buffer_uleb(payload, 1);
        put_limits(payload, &main->memories[main->imports[i].index].limits);
        put_section(out, WASM_SECTION_MEMORY, payload);
        return;
    }
}

static void put_shim_global(new_maker *self, buffer *out, buffer *payload)
{
    bool wide = self->tls->core_type == WASM_I64;
    buffer_uleb(payload, 1);
    buffer_put(payload, (uint8_t)self->tls->core_type);
    buffer_put(payload, 1); /* mutable */
    buffer_put(payload, wide ? WASM_OP_I64_CONST : WASM_OP_I32_CONST);
    buffer_put(payload, 0);
    buffer_put(payload, WASM_OP_END);
    put_section(out, WASM_SECTION_GLOBAL, payload);
}

static void put_tls_bodies(buffer *out, buffer *body)
{
    buffer_put(body, WASM_OP_GLOBAL_GET);
    buffer_put(body, 0);
    put_body(out, body);
    buffer_put(body, WASM_OP_LOCAL_GET);
    buffer_put(body, 0);
    buffer_put(body, WASM_OP_GLOBAL_SET);
    buffer_put(body, 0);
    put_body(out, body);
}

/* `indices` are the types of the shim's functions. */
static void put_shim(new_maker *self, const type_list *list,
                     const uint32_t *indices, uint32_t count, buffer *out)
{
    buffer payload, body;
    buffer_init(&payload);
    buffer_init(&body);
    put_header(out);
    if (count) {
        put_types(&payload, list);
        put_section(out, WASM_SECTION_TYPE, &payload);
        buffer_uleb(&payload, count);
        for (uint32_t i = 0; i < count; i++)
            buffer_uleb(&payload, indices[i]);
        put_section(out, WASM_SECTION_FUNCTION, &payload);
    }
    if (self->shim_count) {
        buffer_uleb(&payload, 1);
        buffer_put(&payload, TABLE);
        buffer_put(&payload, LIMITS_MIN);
        buffer_uleb(&payload, self->shim_count);
        put_section(out, WASM_SECTION_TABLE, &payload);
    }
    if (self->shim_memory)
        put_shim_memory(self, out, &payload);
    if (self->tls)
        put_shim_global(self, out, &payload);
    put_shim_exports(self, &payload);
    put_section(out, WASM_SECTION_EXPORT, &payload);
    if (count) {
        buffer_uleb(&payload, count);
        for (uint32_t i = 0; i < self->shim_count; i++)
            put_trampoline(&payload, i, list->types[indices[i]].param_count,
                           indices[i], &body);
        if (self->tls)
            put_tls_bodies(&payload, &body);
        put_section(out, WASM_SECTION_CODE, &payload);
    }
    buffer_release(&payload);
    buffer_release(&body);
}

whit_status component_new_shim(new_maker *self, buffer *out)
{
    uint32_t count = self->shim_count + (self->tls ? 2u : 0);
    type_list list = {
        .types = arena_array(&self->memory, count + 1, sizeof *list.types)};
    uint32_t *indices = arena_array(&self->memory, count + 1, sizeof *indices);
    TRY_ALLOC(list.types, self->error);
    TRY_ALLOC(indices, self->error);
    for (uint32_t i = 0; i < self->shim_count; i++) {
        wasm_functype type = shim_type(self, i);
        indices[i] = type_index(&list, &type);
    }
    if (self->tls) {
        const wasm_valtype *base = &self->tls->core_type;
        indices[count - 2] = type_index(
            &list, &(wasm_functype){.results = base, .result_count = 1});
        indices[count - 1] = type_index(
            &list, &(wasm_functype){.params = base, .param_count = 1});
    }
    put_shim(self, &list, indices, count, out);
    return buffer_status(out, self->error);
}

/* ---- The fixup ---- */

static void put_import(buffer *out, slice module, slice name,
                       wasm_external_kind kind)
{
    component_put_name(out, module);
    component_put_name(out, name);
    buffer_put(out, (uint8_t)kind);
}

static void put_fixup_imports(new_maker *self, const uint32_t *indices,
                              bool starts, buffer *out)
{
    uint32_t count = self->shim_count;
    slice none = component_new_short_name(self, 0);
    slice shim = component_new_short_name(self, 1);
    buffer_uleb(out, count + (count != 0) + starts);
    for (uint32_t i = 0; i < count + starts; i++) {
        put_import(out, none, component_new_short_name(self, i),
                   WASM_EXTERN_FUNC);
        buffer_uleb(out, indices[i]);
    }
    if (!count)
        return;
    put_import(out, shim, none, WASM_EXTERN_TABLE);
    buffer_put(out, TABLE);
    buffer_put(out, LIMITS_MIN);
    buffer_uleb(out, count);
}

static void put_elements(const new_maker *self, buffer *out)
{
    buffer_uleb(out, 1);
    buffer_uleb(out, 0); /* active, table 0, function indices */
    buffer_put(out, WASM_OP_I32_CONST);
    buffer_sleb(out, 0);
    buffer_put(out, WASM_OP_END);
    buffer_uleb(out, self->shim_count);
    for (uint32_t i = 0; i < self->shim_count; i++)
        buffer_uleb(out, i);
}

bool component_new_has_shim(const new_maker *self)
{
    return self->shim_count || self->shim_memory || self->tls;
}

bool component_new_has_fixup(const new_maker *self)
{
    return self->shim_count || self->modules[0].initialize.size;
}

whit_status component_new_fixup(new_maker *self, buffer *out)
{
    bool starts = self->modules[0].initialize.size != 0;
    uint32_t count = self->shim_count + starts;
    type_list list = {
        .types = arena_array(&self->memory, count + 1, sizeof *list.types)};
    uint32_t *indices = arena_array(&self->memory, count + 1, sizeof *indices);
    TRY_ALLOC(list.types, self->error);
    TRY_ALLOC(indices, self->error);
    for (uint32_t i = 0; i < self->shim_count; i++) {
        wasm_functype type = shim_type(self, i);
        indices[i] = type_index(&list, &type);
    }
    if (starts)
        indices[count - 1] =
            type_index(&list, &(wasm_functype){.params = NULL});
    buffer payload;
    buffer_init(&payload);
    put_header(out);
    put_types(&payload, &list);
    put_section(out, WASM_SECTION_TYPE, &payload);
    put_fixup_imports(self, indices, starts, &payload);
    put_section(out, WASM_SECTION_IMPORT, &payload);
    if (starts) {
        buffer_uleb(&payload, count - 1);
        put_section(out, WASM_SECTION_START, &payload);
    }
    if (self->shim_count) {
        put_elements(self, &payload);
        put_section(out, WASM_SECTION_ELEMENT, &payload);
    }
    buffer_release(&payload);
    return buffer_status(out, self->error);
}
