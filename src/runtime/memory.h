/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Linear memories, as the rest of the runtime sees them.
 *
 * A guarded memory reserves 8 GiB and a margin, so that every sum of a
 * 32-bit address and a 32-bit offset lies in its reservation; pages beyond
 * its size have no access. An unguarded one reserves room to grow and moves
 * when that is used up, unless it is shared: then it reserves its maximum. */
#ifndef RUNTIME_MEMORY_H
#define RUNTIME_MEMORY_H

#include "runtime/store.h"

/* Undoes rt_memory_new: gives the address space and the accounting back. */
void rt_memory_free(rt_store *store, rt_memory *self);
/* Drops one store's reference to a shared memory. */
void rt_memory_unshare(rt_memory *self);
/* Whether an address lies in the reservation. Safe in signal context. */
bool rt_memory_holds(const rt_memory *self, const void *address);

static inline uint64_t memory_size(const rt_memory *self)
{
    return atomic_load_explicit(&self->size, memory_order_acquire);
}

static inline bool range_ok(uint64_t at, uint64_t count, uint64_t size)
{
    return at <= size && count <= size - at;
}

#endif
