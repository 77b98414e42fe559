/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Stores, and the items that hosts put in them. */
#include "runtime/store.h"

#include <string.h>
#include "base/memory.h"
#include "runtime/heap.h"
#include "runtime/instance.h"
#include "runtime/local.h"
#include "runtime/memory.h"
#include "runtime/table.h"
#include "runtime/thread.h"

void rt_limits_init(rt_limits *self)
{
    *self = (rt_limits){
        .memory_bytes = SIZE_MAX > UINT32_MAX ? 16ull << 30 : 1ull << 30,
        .table_elements = 2ull * LIMIT_TABLE_ELEMENTS,
        .gc_heap_bytes = 512ull << 20,
        .call_depth = 65536,
        .instances = 100000,
        .handles = 1u << 20,
    };
}

whit_status rt_store_new(rt_engine *engine, const rt_limits *limits,
                         rt_store **out, whit_error *error)
{
    rt_store *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    if (limits)
        self->limits = *limits;
    else
        rt_limits_init(&self->limits);
    self->heap = rt_heap_new(self, self->limits.gc_heap_bytes);
    if (!self->heap) {
        mem_free(self);
        return error_memory(error);
    }
    rt_engine_retain(engine);
    self->engine = engine;
    self->context.store = self;
    self->context.epoch = &engine->epoch;
    self->context.deadline = UINT64_MAX;
    self->context.depth_limit = self->limits.call_depth;
    self->context.fuel = INT64_MAX;
    *out = self;
    return WHIT_OK;
}

#define FREE_LIST(type, list, free_item) \
    while (list) {                       \
        type *next_item = (list)->next;  \
        free_item;                       \
        (list) = next_item;              \
    }

static void function_free(rt_function *self)
{
    if (self->env_free)
        self->env_free(self->env);
    mem_free(self);
}

void rt_store_free(rt_store *self)
{
    if (!self)
        return;
    if (self->upper)
        self->upper_free(self->upper);
    rt_heap_free(self->heap);
    FREE_LIST(rt_instance, self->instances, rt_instance_free(self->instances))
    FREE_LIST(rt_memory, self->memories, rt_memory_free(self, self->memories))
    FREE_LIST(rt_table, self->tables, rt_table_free(self, self->tables))
    FREE_LIST(rt_global, self->globals, mem_free(self->globals))
    FREE_LIST(rt_tag, self->tags, mem_free(self->tags))
    FREE_LIST(rt_function, self->host_functions,
              function_free(self->host_functions))
    for (size_t i = 0; i < self->shared_count; i++)
        rt_memory_unshare(self->shared[i]);
    mem_free(self->shared);
    mem_free(self->roots);
    mem_free(self->locals);
    while (self->threads)
        rt_thread_free(self->threads);
    rt_engine_release(self->engine);
    mem_free(self);
}

void rt_store_set_deadline(rt_store *self, uint64_t ticks)
{
    uint64_t now =
        atomic_load_explicit(&self->engine->epoch, memory_order_relaxed);
    self->context.deadline =
        ticks > UINT64_MAX - now ? UINT64_MAX : now + ticks;
}

whit_status rt_function_new(rt_store *store, const wasm_type *type,
                            rt_host_function host, void *env,
                            void (*env_free)(void *env), rt_function **out,
                            whit_error *error)
{
    rt_function *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->header.kind = RT_OBJECT_FUNCTION;
    self->header.type = type;
    self->host = host;
    self->env = env;
    self->env_free = env_free;
    self->next = store->host_functions;
    store->host_functions = self;
    *out = self;
    return WHIT_OK;
}

whit_status rt_global_new(rt_store *store, wasm_valtype type, bool mutable_,
                          const rt_slot *value, rt_global **out,
                          whit_error *error)
{
    rt_global *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->type = type;
    self->mutable_ = mutable_;
    memcpy(self->value, value, wasm_slots(type) * sizeof *value);
    self->next = store->globals;
    store->globals = self;
    *out = self;
    return WHIT_OK;
}

whit_status rt_tag_new(rt_store *store, const wasm_type *type, rt_tag **out,
                       whit_error *error)
{
    rt_tag *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->type = type;
    self->next = store->tags;
    store->tags = self;
    *out = self;
    return WHIT_OK;
}

whit_status rt_root_add(rt_store *store, rt_ref ref, uint32_t *handle,
                        whit_error *error)
{
    *handle = 0;
    if (ref == 0)
        return WHIT_OK;
    if (store->root_free) {
        *handle = (uint32_t)(store->root_free >> 1);
        store->root_free = (size_t)store->roots[*handle];
        if (store->root_free == 1)
            store->root_free = 0;
    } else {
        if (store->root_count == 0)
            store->root_count = 1;
        TRY(mem_grow((void **)&store->roots, &store->root_capacity,
                     store->root_count, sizeof *store->roots, UINT32_MAX / 2,
                     "references held by the host", error));
        *handle = (uint32_t)store->root_count++;
    }
    store->roots[*handle] = ref;
    return WHIT_OK;
}

void rt_root_remove(rt_store *store, uint32_t handle)
{
    if (handle == 0)
        return;
    store->roots[handle] = store->root_free ? store->root_free : 1;
    store->root_free = (size_t)handle * 2 + 1;
}

bool rt_local_push(rt_store *store, rt_ref ref)
{
    if (ref == 0 || rt_ref_is_i31(ref) ||
        rt_ref_object(ref)->kind == RT_OBJECT_FUNCTION)
        return true;
    if (mem_grow((void **)&store->locals, &store->local_capacity,
                 store->local_count, sizeof *store->locals, SIZE_MAX / 64,
                 "references in flight", NULL) != WHIT_OK)
        return false;
    store->locals[store->local_count++] = ref;
    return true;
}

bool rt_local_push_values(rt_store *store, const wasm_valtype *types,
                          uint32_t count, const rt_slot *slots)
{
    for (uint32_t i = 0; i < count; i++) {
        if (wasm_is_ref(types[i]) && !rt_local_push(store, slots->ref))
            return false;
        slots += wasm_slots(types[i]);
    }
    return true;
}
