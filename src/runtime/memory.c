/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Linear memories. */
#include "runtime/memory.h"

#include <inttypes.h>
#include <string.h>
#include "base/memory.h"
#include "platform/memory_map.h"
#include "runtime/operations.h"

/* Highest address + highest offset + widest access, rounded up. */
#define GUARDED_BYTES ((8ull << 30) + WASM_PAGE_SIZE)
/* Room to grow that an unguarded memory asks for. */
#define GROWTH_BYTES (SIZE_MAX > UINT32_MAX ? 1ull << 30 : 16ull << 20)

static uint64_t most_pages(const wasm_limits *limits)
{
    uint64_t most = limits->is64 ? LIMIT_MEMORY64_PAGES : LIMIT_MEMORY32_PAGES;
    return limits->has_max && limits->max < most ? limits->max : most;
}

static void *reserve_exactly(rt_memory *self, uint64_t bytes)
{
    if (bytes == 0)
        bytes = WASM_PAGE_SIZE;
    if (bytes > SIZE_MAX)
        return NULL;
    void *base = pages_reserve((size_t)bytes);
    if (base)
        self->reserved = (size_t)bytes;
    return base;
}

static uint64_t most_bytes(const rt_memory *self)
{
    return self->max_pages >= UINT64_MAX / WASM_PAGE_SIZE
               ? UINT64_MAX
               : self->max_pages * WASM_PAGE_SIZE;
}

/* Sets `guarded` and `reserved`; NULL when there is no address space. */
static void *reserve(rt_memory *self, bool guard, uint64_t bytes)
{
    void *base = NULL;
    if (guard && !self->is64 && SIZE_MAX > UINT32_MAX)
        base = reserve_exactly(self, GUARDED_BYTES);
    self->guarded = base != NULL;
    if (base)
        return base;
    uint64_t most = most_bytes(self);
    if (self->shared)
        return reserve_exactly(self, most);
    uint64_t wanted = bytes + bytes / 2;
    if (wanted < GROWTH_BYTES)
        wanted = GROWTH_BYTES;
    if (wanted > most)
        wanted = most;
    base = reserve_exactly(self, wanted);
    return base ? base : reserve_exactly(self, bytes);
}

static whit_status memory_map(rt_memory *self, bool guard, uint64_t bytes,
                              whit_error *error)
{
    self->base = reserve(self, guard, bytes);
    if (!self->base)
        return error_set(error, WHIT_OUT_OF_MEMORY,
                         "no address space for a %smemory of %" PRIu64
                         " to %" PRIu64 " pages",
                         self->shared ? "shared " : "", bytes / WASM_PAGE_SIZE,
                         self->max_pages);
    if (!pages_commit(self->base, (size_t)bytes))
        return error_set(error, WHIT_OUT_OF_MEMORY,
                         "the system has no %" PRIu64 " bytes for a memory",
                         bytes);
    atomic_store_explicit(&self->size, bytes, memory_order_release);
    return WHIT_OK;
}

static void memory_release(rt_memory *self)
{
    pages_release(self->base, self->reserved);
    pthread_mutex_destroy(&self->grow_lock);
    mem_free(self);
}

static bool has_room(const rt_store *store, uint64_t pages)
{
    uint64_t left = store->limits.memory_bytes > store->memory_bytes
                        ? store->limits.memory_bytes - store->memory_bytes
                        : 0;
    return pages <= left / WASM_PAGE_SIZE;
}

static whit_status keep_shared(rt_store *store, rt_memory *memory,
                               whit_error *error)
{
    TRY(mem_grow((void **)&store->shared, &store->shared_capacity,
                 store->shared_count, sizeof *store->shared, SIZE_MAX / 64,
                 "shared memories", error));
    store->shared[store->shared_count++] = memory;
    return WHIT_OK;
}

whit_status rt_memory_new(rt_store *store, const wasm_limits *limits,
                          rt_memory **out, whit_error *error)
{
    if (!has_room(store, limits->min))
        return error_set(error, WHIT_LIMIT,
                         "memory limit reached: a memory of %" PRIu64
                         " pages does not fit, the store may use %" PRIu64
                         " bytes (memory_bytes) and uses %" PRIu64,
                         limits->min, store->limits.memory_bytes,
                         store->memory_bytes);
    rt_memory *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    pthread_mutex_init(&self->grow_lock, NULL);
    atomic_init(&self->references, 1);
    self->is64 = limits->is64;
    self->shared = limits->shared;
    self->has_max = limits->has_max;
    self->max_pages = most_pages(limits);
    uint64_t bytes = limits->min * WASM_PAGE_SIZE;
    whit_status status =
        memory_map(self, store->engine->config.guard_pages, bytes, error);
    if (status == WHIT_OK && self->shared)
        status = keep_shared(store, self, error);
    if (status != WHIT_OK) {
        memory_release(self);
        return status;
    }
    if (!self->shared) {
        self->next = store->memories;
        store->memories = self;
    }
    store->memory_bytes += bytes;
    *out = self;
    return WHIT_OK;
}

void rt_memory_free(rt_store *store, rt_memory *self)
{
    store->memory_bytes -= memory_size(self);
    memory_release(self);
}

whit_status rt_store_share_memory(rt_store *store, rt_memory *memory,
                                  whit_error *error)
{
    for (size_t i = 0; i < store->shared_count; i++) {
        if (store->shared[i] == memory)
            return WHIT_OK;
    }
    TRY(keep_shared(store, memory, error));
    atomic_fetch_add_explicit(&memory->references, 1, memory_order_relaxed);
    return WHIT_OK;
}

void rt_memory_unshare(rt_memory *self)
{
    if (atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) ==
        1)
        memory_release(self);
}

bool rt_memory_holds(const rt_memory *self, const void *address)
{
    uintptr_t at = (uintptr_t)address, base = (uintptr_t)self->base;
    return at >= base && at - base < self->reserved;
}

/* A larger reservation with the same contents. */
static bool move(rt_memory *self, uint64_t bytes)
{
    rt_memory moved = {.max_pages = self->max_pages, .is64 = self->is64};
    uint8_t *base = reserve(&moved, false, bytes);
    if (!base)
        return false;
    if (!pages_commit(base, (size_t)bytes)) {
        pages_release(base, moved.reserved);
        return false;
    }
    memcpy(base, self->base, (size_t)memory_size(self));
    pages_release(self->base, self->reserved);
    self->base = base;
    self->reserved = moved.reserved;
    return true;
}

static int64_t grow_locked(rt_store *store, rt_memory *self, uint64_t pages)
{
    uint64_t size = memory_size(self), old = size / WASM_PAGE_SIZE;
    if (pages == 0)
        return (int64_t)old;
    if (pages > self->max_pages - old || !has_room(store, pages))
        return -1;
    uint64_t bytes = size + pages * WASM_PAGE_SIZE;
    if (bytes <= self->reserved) {
        if (!pages_commit(self->base + size, (size_t)(bytes - size)))
            return -1;
    } else if (self->shared || self->guarded || bytes > SIZE_MAX ||
               !move(self, bytes)) {
        return -1;
    }
    atomic_store_explicit(&self->size, bytes, memory_order_release);
    store->memory_bytes += bytes - size;
    return (int64_t)old;
}

int64_t rt_memory_grow(rt_store *store, rt_memory *memory, uint64_t pages)
{
    pthread_mutex_lock(&memory->grow_lock);
    int64_t old = grow_locked(store, memory, pages);
    pthread_mutex_unlock(&memory->grow_lock);
    return old;
}

rt_trap_code rt_memory_fill(rt_memory *memory, uint64_t at, uint8_t value,
                            uint64_t count)
{
    if (!range_ok(at, count, memory_size(memory)))
        return RT_TRAP_MEMORY_BOUNDS;
    memset(memory->base + at, value, (size_t)count);
    return RT_TRAP_NONE;
}

rt_trap_code rt_memory_copy(rt_memory *to, rt_memory *from, uint64_t to_at,
                            uint64_t from_at, uint64_t count)
{
    if (!range_ok(to_at, count, memory_size(to)) ||
        !range_ok(from_at, count, memory_size(from)))
        return RT_TRAP_MEMORY_BOUNDS;
    memmove(to->base + to_at, from->base + from_at, (size_t)count);
    return RT_TRAP_NONE;
}

rt_trap_code rt_memory_init(rt_instance *instance, uint32_t memory,
                            uint32_t data, uint64_t at, uint64_t from,
                            uint64_t count)
{
    rt_memory *to = instance->memories[memory];
    slice bytes = instance->datas[data];
    if (!range_ok(at, count, memory_size(to)) ||
        !range_ok(from, count, bytes.size))
        return RT_TRAP_MEMORY_BOUNDS;
    if (count)
        memcpy(to->base + at, bytes.data + from, (size_t)count);
    return RT_TRAP_NONE;
}

void rt_data_drop(rt_instance *instance, uint32_t data)
{
    instance->datas[data] = (slice){NULL, 0};
}
