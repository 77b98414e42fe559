/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Open addressing over an array of entries. */

#include "table.h"

#include <stdlib.h>
#include <string.h>

static const char OTHER[] = "(other)";

void table_init(table *self, size_t limit)
{
    *self = (table){.limit = limit};
}

void table_release(table *self)
{
    for (size_t i = 0; i < self->count; i++)
        free(self->entries[i].key);
    free(self->entries);
    free(self->slots);
    *self = (table){0};
}

static uint32_t hash_key(const char *key, size_t size)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)key[i]) * 16777619u;
    return hash;
}

/* The slot of the key, or the free one where it belongs. */
static uint32_t *slot_find(const table *self, const char *key, size_t size,
                           uint32_t hash)
{
    size_t mask = self->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &self->slots[i];
        if (!*slot)
            return slot;
        const entry *at = &self->entries[*slot - 1];
        if (at->hash == hash && at->size == size && !memcmp(at->key, key, size))
            return slot;
    }
}

static bool slots_grow(table *self)
{
    size_t count = self->slot_count ? self->slot_count * 2 : 64;
    uint32_t *slots = calloc(count, sizeof *slots);

    if (!slots)
        return false;
    for (size_t i = 0; i < self->count; i++) {
        size_t at = self->entries[i].hash & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(self->slots);
    self->slots = slots;
    self->slot_count = count;
    return true;
}

static bool entries_grow(table *self)
{
    size_t room = self->room ? self->room * 2 : 32;
    entry *entries = realloc(self->entries, room * sizeof *entries);

    if (!entries)
        return false;
    self->entries = entries;
    self->room = room;
    return true;
}

static entry *entry_new(table *self, const char *key, size_t size,
                        uint32_t hash)
{
    char *copy;

    if (self->count == self->room && !entries_grow(self))
        return NULL;
    copy = malloc(size + 1);
    if (!copy)
        return NULL;
    memcpy(copy, key, size);
    copy[size] = '\0';
    entry *self_entry = &self->entries[self->count++];
    *self_entry = (entry){.key = copy, .size = size, .hash = hash};
    return self_entry;
}

entry *table_entry(table *self, const char *key, size_t size)
{
    uint32_t hash = hash_key(key, size), *slot;
    entry *found;

    if (self->count * 4 >= self->slot_count * 3 && !slots_grow(self))
        return NULL;
    slot = slot_find(self, key, size, hash);
    if (!*slot && self->count >= self->limit) {
        key = OTHER;
        size = sizeof OTHER - 1;
        hash = hash_key(key, size);
        slot = slot_find(self, key, size, hash);
    }
    if (*slot)
        return &self->entries[*slot - 1];
    found = entry_new(self, key, size, hash);
    if (found)
        *slot = (uint32_t)self->count;
    return found;
}

static int by_requests(const void *left, const void *right)
{
    const entry *a = left, *b = right;

    if (a->requests != b->requests)
        return a->requests > b->requests ? -1 : 1;
    return strcmp(a->key, b->key);
}

void table_sort(table *self)
{
    if (self->count)
        qsort(self->entries, self->count, sizeof *self->entries, by_requests);
}
