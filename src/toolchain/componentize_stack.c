/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Adapters made for wit-component's contract: a stack for them, and memory
 * where the main module has no allocator. */
#include "toolchain/componentize.h"

#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/instruction.h"
#include "wasm/names.h"

enum { PAGE = 65536 };

/* realloc(old, old_size, align, new_size): only new memory, a page:
 *     if (old | old_size | (new_size ^ PAGE)) trap
 *     page = memory.grow(1); if (page == -1) trap; page << 16 */
#define GROW_BODY                                                              \
    0x20, 0, 0x20, 1, 0x72, 0x20, 3, 0x41, 0x80, 0x80, 0x04, 0x73, 0x72, 0x04, \
        0x40, 0x00, 0x0b, 0x41, 1, 0x40, 0, 0x22, 0, 0x41, 0x7f, 0x46, 0x04,   \
        0x40, 0x00, 0x0b, 0x20, 0, 0x41, 16, 0x74, 0x0b
#define GROW_SIZE 36

static const uint8_t grow_body[] = {GROW_BODY};

static const uint8_t allocator[] = {
    0, 'a', 's', 'm', 1, 0, 0, 0,
    /* type */
    1, 9, 1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f,
    /* import */
    2, 15, 1, 3, 'e', 'n', 'v', 6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0, 0,
    /* function */
    3, 2, 1, 0,
    /* export */
    7, 40, 2, 12, 'c', 'a', 'b', 'i', '_', 'r', 'e', 'a', 'l', 'l', 'o', 'c', 0,
    0, 21, 'c', 'a', 'n', 'o', 'n', 'i', 'c', 'a', 'l', '_', 'a', 'b', 'i', '_',
    'r', 'e', 'a', 'l', 'l', 'o', 'c', 0, 0,
    /* code */
    10, GROW_SIZE + 3, 1, GROW_SIZE + 1, 0, GROW_BODY};

slice tool_adapter_allocator(void)
{
    return slice_of(allocator, sizeof allocator);
}

/* An adapter that gets a stack. */
typedef struct stacker {
    wasm_module *module;
    wasm_names names;
    uint32_t pointer; /* global, or WASM_NO_INDEX */
    uint32_t state;   /* global, or WASM_NO_INDEX */
    uint32_t realloc; /* function */
    uint32_t take;    /* function: takes the stack */
    bool lazy;
    whit_error *error;
} stacker;

static uint32_t find_global(const stacker *s, const char *name)
{
    const wasm_name *items = s->names.of[WASM_NAME_GLOBAL].items;
    for (uint32_t i = 0; i < s->names.of[WASM_NAME_GLOBAL].count; i++) {
        uint32_t index = items[i].index;
        if (!slice_is(items[i].text, name) || index >= s->module->global_count)
            continue;
        const wasm_global *global = &s->module->globals[index];
        if (global->mutable_ && global->type == WASM_I32 && !global->imported)
            return index;
    }
    return WASM_NO_INDEX;
}

static uint32_t find_realloc(const wasm_module *module)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        const wasm_import *it = &module->imports[i];
        if (it->kind == WASM_EXTERN_FUNC &&
            slice_is(it->module, "__main_module__") &&
            (slice_is(it->name, "cabi_realloc") ||
             slice_is(it->name, "canonical_abi_realloc")))
            return it->index;
    }
    return WASM_NO_INDEX;
}

/* Appends a type and a function of it; the index of the function. */
static whit_status add_function(stacker *s, const wasm_valtype *params,
                                uint32_t param_count, uint32_t result_count,
                                slice body, uint32_t *out)
{
    static const wasm_valtype i32 = WASM_I32;
    wasm_module *m = s->module;
    wasm_subtype *types =
        arena_array(&m->arena, m->type_count + 1, sizeof *types);
    wasm_function *functions =
        arena_array(&m->arena, m->function_count + 1, sizeof *functions);
    uint8_t *code = arena_dup(&m->arena, body.data, body.size);
    TRY_ALLOC(types, s->error);
    TRY_ALLOC(functions, s->error);
    TRY_ALLOC(code, s->error);
    if (m->type_count)
        memcpy(types, m->types, m->type_count * sizeof *types);
    if (m->function_count)
        memcpy(functions, m->functions, m->function_count * sizeof *functions);
    types[m->type_count] =
        (wasm_subtype){.kind = WASM_COMP_FUNC,
                       .final = true,
                       .super = WASM_NO_INDEX,
                       .rec_first = m->type_count,
                       .rec_count = 1,
                       .func = {params, &i32, param_count, result_count}};
    functions[m->function_count] = (wasm_function){
        .type = m->type_count, .code.body = slice_of(code, body.size)};
    m->types = types;
    m->type_count++;
    m->functions = functions;
    *out = m->function_count++;
    return WHIT_OK;
}

static void put_set(buffer *out, uint32_t global, uint32_t value)
{
    buffer_put(out, WASM_OP_I32_CONST);
    buffer_sleb(out, value);
    buffer_put(out, WASM_OP_GLOBAL_SET);
    buffer_uleb(out, global);
}

/* A page through the allocator, and the stack pointer at its end. The state
 * is 0 before, 1 while the allocator runs, which may come back here, and 2
 * afterwards. */
static void put_take(const stacker *s, buffer *out)
{
    if (s->lazy) {
        buffer_put(out, WASM_OP_GLOBAL_GET);
        buffer_uleb(out, s->state);
        buffer_put(out, WASM_OP_I32_EQZ);
        buffer_put(out, WASM_OP_IF);
        buffer_put(out, 0x40);
        put_set(out, s->state, 1);
    }
    static const uint8_t arguments[] = {0x41, 0,    0x41, 0,    0x41,
                                        8,    0x41, 0x80, 0x80, 0x04};
    buffer_append(out, arguments, sizeof arguments);
    buffer_put(out, WASM_OP_CALL);
    buffer_uleb(out, s->realloc);
    buffer_put(out, WASM_OP_I32_CONST);
    buffer_sleb(out, PAGE);
    buffer_put(out, WASM_OP_I32_ADD);
    buffer_put(out, WASM_OP_GLOBAL_SET);
    buffer_uleb(out, s->pointer);
    if (s->state != WASM_NO_INDEX)
        put_set(out, s->state, 2);
    if (s->lazy)
        buffer_put(out, WASM_OP_END);
    buffer_put(out, WASM_OP_END);
}

static whit_status add_take(stacker *s)
{
    buffer body;
    buffer_init(&body);
    put_take(s, &body);
    whit_status status = buffer_status(&body, s->error);
    if (status == WHIT_OK)
        status = add_function(s, NULL, 0, 0, buffer_view(&body), &s->take);
    buffer_release(&body);
    return status;
}

/* Puts a call in front of an exported function, once. */
static whit_status call_first(stacker *s, uint32_t function, uint8_t *done)
{
    wasm_function *it = &s->module->functions[function];
    if (it->imported || done[function])
        return WHIT_OK;
    done[function] = 1;
    buffer body;
    buffer_init(&body);
    buffer_put(&body, WASM_OP_CALL);
    buffer_uleb(&body, s->take);
    buffer_slice(&body, it->code.body);
    whit_status status = buffer_status(&body, s->error);
    uint8_t *kept = arena_dup(&s->module->arena, body.data, body.size);
    if (status == WHIT_OK && !kept)
        status = error_memory(s->error);
    it->code.body = slice_of(kept, body.size);
    buffer_release(&body);
    return status;
}

static whit_status call_everywhere(stacker *s)
{
    wasm_module *m = s->module;
    uint8_t *done = arena_zalloc(&m->arena, m->function_count);
    TRY_ALLOC(done, s->error);
    for (uint32_t i = 0; i < m->export_count; i++)
        if (m->exports[i].kind == WASM_EXTERN_FUNC)
            TRY(call_first(s, m->exports[i].index, done));
    return WHIT_OK;
}

static whit_status at_start(stacker *s)
{
    static const wasm_valtype params[] = {WASM_I32, WASM_I32, WASM_I32,
                                          WASM_I32};
    if (s->module->start != WASM_NO_INDEX)
        return error_set(s->error, WHIT_UNSUPPORTED,
                         "the adapter has a start function and needs a "
                         "stack: it cannot have both");
    TRY(add_function(s, params, 4, 1, slice_of(grow_body, sizeof grow_body),
                     &s->realloc));
    TRY(add_take(s));
    s->module->start = s->take;
    return WHIT_OK;
}

static whit_status stack(stacker *s, bool lazy, slice adapter, buffer *out)
{
    TRY(wasm_names_read(s->module, &s->module->arena, &s->names, s->error));
    s->pointer = find_global(s, "__stack_pointer");
    if (s->pointer == WASM_NO_INDEX || !s->module->memory_count) {
        buffer_slice(out, adapter);
        return buffer_status(out, s->error);
    }
    s->state = find_global(s, "allocation_state");
    s->realloc = find_realloc(s->module);
    s->lazy = lazy && s->state != WASM_NO_INDEX && s->realloc != WASM_NO_INDEX;
    if (!s->lazy) {
        TRY(at_start(s));
    } else {
        TRY(add_take(s));
        TRY(call_everywhere(s));
    }
    return wasm_encode(s->module, out, s->error);
}

whit_status tool_adapter_stack(slice adapter, bool lazy, buffer *out,
                               whit_error *error)
{
    wasm_decode_options how = {.features = WASM_FEATURES_ALL};
    stacker s = {.error = error};
    TRY(wasm_decode(adapter, &how, &s.module, error));
    whit_status status = stack(&s, lazy, adapter, out);
    wasm_module_free(s.module);
    return status;
}
