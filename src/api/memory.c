/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/memory.h. */
#include "api/api.h"

#include "runtime/operations.h"

#define RT_MEMORY(p) ((rt_memory *)(void *)(p))
#define RT_TABLE(p) ((rt_table *)(void *)(p))
#define RT_GLOBAL(p) ((rt_global *)(void *)(p))

whit_status whit_memory_new(whit_store *store, uint64_t min, uint64_t max,
                            whit_memory **out, whit_error *error)
{
    wasm_limits limits = {.min = min, .max = max, .has_max = true};
    if (min > max || max > LIMIT_MEMORY32_PAGES)
        return error_set(error, WHIT_ARGUMENT,
                         "a memory needs min <= max <= %u pages",
                         LIMIT_MEMORY32_PAGES);
    rt_memory *memory;
    TRY(rt_memory_new(RT_STORE(store), &limits, &memory, error));
    *out = (whit_memory *)(void *)memory;
    return WHIT_OK;
}

uint8_t *whit_memory_data(whit_memory *memory)
{
    return RT_MEMORY(memory)->base;
}

size_t whit_memory_size(const whit_memory *memory)
{
    return (size_t)atomic_load_explicit(&RT_MEMORY(memory)->size,
                                        memory_order_acquire);
}

whit_status whit_memory_grow(whit_store *store, whit_memory *memory,
                             uint64_t pages, whit_error *error)
{
    if (rt_memory_grow(RT_STORE(store), RT_MEMORY(memory), pages) >= 0)
        return WHIT_OK;
    return error_set(error, WHIT_LIMIT,
                     "the memory cannot grow by %llu pages: its maximum or "
                     "the store's memory_bytes is reached",
                     (unsigned long long)pages);
}

static whit_status check(const whit_memory *memory, uint64_t at, size_t size,
                         whit_error *error)
{
    size_t have = whit_memory_size(memory);
    if (at <= have && size <= have - at)
        return WHIT_OK;
    return error_set(error, WHIT_ARGUMENT,
                     "%zu bytes at %llu are outside of a memory of %zu", size,
                     (unsigned long long)at, have);
}

whit_status whit_memory_read(const whit_memory *memory, uint64_t at, void *out,
                             size_t size, whit_error *error)
{
    TRY(check(memory, at, size, error));
    if (size)
        memcpy(out, RT_MEMORY(memory)->base + at, size);
    return WHIT_OK;
}

whit_status whit_memory_write(whit_memory *memory, uint64_t at,
                              const void *data, size_t size, whit_error *error)
{
    TRY(check(memory, at, size, error));
    if (size)
        memcpy(RT_MEMORY(memory)->base + at, data, size);
    return WHIT_OK;
}

uint64_t whit_table_size(const whit_table *table)
{
    return RT_TABLE(table)->size;
}

static whit_status check_index(const whit_table *table, uint64_t at,
                               whit_error *error)
{
    if (at < RT_TABLE(table)->size)
        return WHIT_OK;
    return error_set(
        error, WHIT_ARGUMENT, "element %llu is outside of a table of %llu",
        (unsigned long long)at, (unsigned long long)RT_TABLE(table)->size);
}

whit_status whit_table_get(whit_store *store, const whit_table *table,
                           uint64_t at, whit_val *out, whit_error *error)
{
    TRY(check_index(table, at, error));
    rt_slot slot = {.ref = RT_TABLE(table)->items[at]};
    return api_val_from_slots(RT_STORE(store), RT_TABLE(table)->type, &slot,
                              out, error);
}

whit_status whit_table_set(whit_store *store, whit_table *table, uint64_t at,
                           const whit_val *value, whit_error *error)
{
    TRY(check_index(table, at, error));
    rt_slot slot;
    TRY(api_val_to_slots(RT_STORE(store), value, RT_TABLE(table)->type, &slot,
                         error));
    RT_TABLE(table)->items[at] = slot.ref;
    return WHIT_OK;
}

static wasm_valtype type_of(whit_kind kind)
{
    static const wasm_valtype types[] = {
        WASM_I32,     WASM_I64,       WASM_F32,    WASM_F64,    WASM_V128,
        WASM_FUNCREF, WASM_EXTERNREF, WASM_EXNREF, WASM_ANYREF,
    };
    return types[kind];
}

whit_status whit_global_new(whit_store *store, const whit_val *value,
                            bool is_mutable, whit_global **out,
                            whit_error *error)
{
    rt_slot slots[2] = {{.u64 = 0}, {.u64 = 0}};
    wasm_valtype type = type_of(value->kind);
    TRY(api_val_to_slots(RT_STORE(store), value, type, slots, error));
    rt_global *global;
    TRY(rt_global_new(RT_STORE(store), type, is_mutable, slots, &global,
                      error));
    *out = (whit_global *)(void *)global;
    return WHIT_OK;
}

whit_status whit_global_get(whit_store *store, const whit_global *global,
                            whit_val *out, whit_error *error)
{
    return api_val_from_slots(RT_STORE(store), RT_GLOBAL(global)->type,
                              RT_GLOBAL(global)->value, out, error);
}

whit_status whit_global_set(whit_store *store, whit_global *global,
                            const whit_val *value, whit_error *error)
{
    rt_global *self = RT_GLOBAL(global);
    if (!self->mutable_)
        return error_set(error, WHIT_ARGUMENT, "the global is immutable");
    rt_slot slots[2] = {{.u64 = 0}, {.u64 = 0}};
    TRY(api_val_to_slots(RT_STORE(store), value, self->type, slots, error));
    memcpy(self->value, slots, sizeof slots);
    return WHIT_OK;
}
