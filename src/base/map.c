/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A hash map from byte strings to 64-bit values: open addressing. */
#include "base/map.h"

#include "base/memory.h"

struct map_entry {
    slice key;
    uint64_t hash;
    uint64_t value;
    bool used;
};

void map_init(map *self)
{
    memset(self, 0, sizeof *self);
}

void map_release(map *self)
{
    mem_free(self->entries);
    map_init(self);
}

static struct map_entry *find(const map *self, slice key, uint64_t hash)
{
    size_t mask = self->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct map_entry *entry = &self->entries[i];
        if (!entry->used ||
            (entry->hash == hash && slice_equal(entry->key, key)))
            return entry;
    }
}

static whit_status grow(map *self, whit_error *error)
{
    map bigger = {.capacity = self->capacity ? self->capacity * 2 : 16,
                  .count = self->count};
    bigger.entries = mem_calloc(bigger.capacity, sizeof *bigger.entries);
    TRY_ALLOC(bigger.entries, error);
    for (size_t i = 0; i < self->capacity; i++) {
        struct map_entry *entry = &self->entries[i];
        if (entry->used)
            *find(&bigger, entry->key, entry->hash) = *entry;
    }
    mem_free(self->entries);
    *self = bigger;
    return WHIT_OK;
}

whit_status map_set(map *self, slice key, uint64_t value, whit_error *error)
{
    if ((self->count + 1) * 4 > self->capacity * 3)
        TRY(grow(self, error));
    uint64_t hash = slice_hash(key);
    struct map_entry *entry = find(self, key, hash);
    if (!entry->used)
        self->count++;
    *entry = (struct map_entry){key, hash, value, true};
    return WHIT_OK;
}

bool map_get(const map *self, slice key, uint64_t *value)
{
    if (!self->capacity)
        return false;
    struct map_entry *entry = find(self, key, slice_hash(key));
    if (entry->used)
        *value = entry->value;
    return entry->used;
}
