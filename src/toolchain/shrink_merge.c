/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions with equal code become one. */
#include "base/map.h"
#include "base/memory.h"
#include "toolchain/shrink_module.h"

/* Bytes that are equal exactly when two functions are: type, locals, body
 * with every called function replaced by the one that stays for it. */
static void write_key(const shrink_module *s, uint32_t function, buffer *key)
{
    const body_bytes *bytes = &s->bodies[function];
    uint32_t type = s->source->functions[function].type;
    buffer_u32(key, s->type_alias[type]);
    buffer_uleb(key, bytes->group_count);
    for (uint32_t g = 0; g < bytes->group_count; g++) {
        buffer_u32(key, bytes->groups[g].count);
        buffer_u32(key, bytes->groups[g].type);
    }
    wasm_reader reader = wasm_reader_new(bytes->code, 0);
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        wasm_next_instruction(&reader, &i);
        shrink_space first, second;
        shrink_spaces(i.op, &first, &second);
        if (first == SHRINK_FUNCTIONS)
            i.index = s->alias[i.index];
        else if (first == SHRINK_TYPES)
            i.index = s->type_alias[i.index];
        wasm_write_instruction(key, &i);
    }
}

static bool is_candidate(const shrink_module *s, uint32_t function)
{
    return s->live[SHRINK_FUNCTIONS][function] &&
           !s->source->functions[function].imported &&
           s->alias[function] == function;
}

static whit_status merge_once(shrink_module *s, uint32_t *merged, bool *changed,
                              whit_error *error)
{
    map seen;
    map_init(&seen);
    arena keys;
    arena_init(&keys);
    buffer key;
    buffer_init(&key);
    whit_status status = WHIT_OK;
    *changed = false;
    for (uint32_t n = 0; n < s->source->function_count && status == WHIT_OK;
         n++) {
        if (!is_candidate(s, n))
            continue;
        buffer_clear(&key);
        write_key(s, n, &key);
        status = buffer_status(&key, error);
        uint64_t found;
        if (status == WHIT_OK && map_get(&seen, buffer_view(&key), &found)) {
            s->alias[n] = (uint32_t)found;
            ++*merged;
            *changed = true;
        } else if (status == WHIT_OK) {
            const void *copy = arena_dup(&keys, key.data, key.size);
            status = copy ? map_set(&seen, slice_of(copy, key.size), n, error)
                          : error_memory(error);
        }
    }
    buffer_release(&key);
    arena_release(&keys);
    map_release(&seen);
    return status;
}

/* The first import of the same module, name and type stays. */
static whit_status merge_imports(shrink_module *s, whit_error *error)
{
    map seen;
    map_init(&seen);
    arena keys;
    arena_init(&keys);
    whit_status status = WHIT_OK;
    for (uint32_t n = 0; n < s->source->import_count && status == WHIT_OK;
         n++) {
        const wasm_import *import = &s->source->imports[n];
        if (import->kind != WASM_EXTERN_FUNC)
            continue;
        buffer key;
        buffer_init(&key);
        buffer_u32(&key,
                   s->type_alias[s->source->functions[import->index].type]);
        buffer_uleb(&key, import->module.size);
        buffer_slice(&key, import->module);
        buffer_slice(&key, import->name);
        status = buffer_status(&key, error);
        void *copy = NULL;
        uint64_t found;
        if (status == WHIT_OK && !(copy = arena_dup(&keys, key.data, key.size)))
            status = error_memory(error);
        if (status == WHIT_OK) {
            slice text = slice_of(copy, key.size);
            if (map_get(&seen, text, &found))
                s->alias[import->index] = (uint32_t)found;
            else
                status = map_set(&seen, text, import->index, error);
        }
        buffer_release(&key);
    }
    arena_release(&keys);
    map_release(&seen);
    return status;
}

whit_status shrink_merge(shrink_module *self, uint32_t *merged,
                         whit_error *error)
{
    if (!self->options->keep_imports)
        TRY(merge_imports(self, error));
    /* Merging makes callers equal; chains of callers are seldom long. */
    bool changed = true;
    for (unsigned round = 0; changed && round < 16; round++) {
        TRY(merge_once(self, merged, &changed, error));
        for (uint32_t n = 0; n < self->source->function_count; n++)
            while (self->alias[n] != self->alias[self->alias[n]])
                self->alias[n] = self->alias[self->alias[n]];
    }
    return shrink_mark(self, error);
}
