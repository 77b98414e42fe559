/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tables. */
#include "runtime/table.h"

#include <inttypes.h>
#include <string.h>
#include "base/memory.h"
#include "runtime/memory.h"
#include "runtime/operations.h"

static bool has_room(const rt_store *store, uint64_t count)
{
    return store->table_elements <= store->limits.table_elements &&
           count <= store->limits.table_elements - store->table_elements;
}

static void fill(rt_ref *items, rt_ref value, uint64_t count)
{
    if (value == 0) {
        memset(items, 0, (size_t)count * sizeof *items);
        return;
    }
    for (uint64_t i = 0; i < count; i++)
        items[i] = value;
}

whit_status rt_table_new(rt_store *store, const wasm_limits *limits,
                         wasm_valtype type, rt_ref init, rt_table **out,
                         whit_error *error)
{
    if (limits->min > LIMIT_TABLE_ELEMENTS || !has_room(store, limits->min))
        return error_set(
            error, WHIT_LIMIT,
            "table limit reached: a table of %" PRIu64
            " elements does not fit, one may have %u and the store %" PRIu64
            " (table_elements)",
            limits->min, LIMIT_TABLE_ELEMENTS, store->limits.table_elements);
    rt_table *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->items = mem_calloc((size_t)limits->min, sizeof *self->items);
    if (!self->items) {
        mem_free(self);
        return error_memory(error);
    }
    self->size = self->capacity = limits->min;
    self->has_max = limits->has_max;
    self->max = limits->has_max ? limits->max
                : limits->is64  ? UINT64_MAX
                                : UINT32_MAX;
    self->is64 = limits->is64;
    self->type = type;
    if (init)
        fill(self->items, init, self->size);
    self->next = store->tables;
    store->tables = self;
    store->table_elements += self->size;
    *out = self;
    return WHIT_OK;
}

void rt_table_free(rt_store *store, rt_table *self)
{
    store->table_elements -= self->size;
    mem_free(self->items);
    mem_free(self);
}

static bool reserve(rt_table *self, uint64_t size)
{
    if (size <= self->capacity)
        return true;
    uint64_t wanted = self->capacity * 2 < size ? size : self->capacity * 2;
    rt_ref *grown =
        mem_realloc(self->items, (size_t)wanted * sizeof *self->items);
    if (!grown)
        return false;
    self->items = grown;
    self->capacity = wanted;
    return true;
}

int64_t rt_table_grow(rt_store *store, rt_table *table, uint64_t count,
                      rt_ref value)
{
    uint64_t old = table->size;
    if (count > table->max - old || count > LIMIT_TABLE_ELEMENTS - old ||
        !has_room(store, count) || !reserve(table, old + count))
        return -1;
    fill(table->items + old, value, count);
    table->size += count;
    store->table_elements += count;
    return (int64_t)old;
}

rt_trap_code rt_table_fill(rt_table *table, uint64_t at, rt_ref value,
                           uint64_t count)
{
    if (!range_ok(at, count, table->size))
        return RT_TRAP_TABLE_BOUNDS;
    fill(table->items + at, value, count);
    return RT_TRAP_NONE;
}

rt_trap_code rt_table_copy(rt_table *to, rt_table *from, uint64_t to_at,
                           uint64_t from_at, uint64_t count)
{
    if (!range_ok(to_at, count, to->size) ||
        !range_ok(from_at, count, from->size))
        return RT_TRAP_TABLE_BOUNDS;
    memmove(to->items + to_at, from->items + from_at,
            (size_t)count * sizeof *to->items);
    return RT_TRAP_NONE;
}

rt_trap_code rt_table_init(rt_instance *instance, uint32_t table, uint32_t elem,
                           uint64_t at, uint64_t from, uint64_t count)
{
    rt_table *to = instance->tables[table];
    const rt_elem *source = &instance->elems[elem];
    if (!range_ok(at, count, to->size) || !range_ok(from, count, source->count))
        return RT_TRAP_TABLE_BOUNDS;
    if (count)
        memcpy(to->items + at, source->items + from,
               (size_t)count * sizeof *to->items);
    return RT_TRAP_NONE;
}

void rt_elem_drop(rt_instance *instance, uint32_t elem)
{
    mem_free(instance->elems[elem].items);
    instance->elems[elem] = (rt_elem){NULL, 0};
}
