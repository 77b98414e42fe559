/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A growing hash table of strings: count words, look up, delete. */

#include "kernel.h"

typedef struct {
    const char *key; /* NULL: free */
    uint32_t size;
    uint32_t hash;
    uint32_t count;
} slot;

typedef struct {
    slot *slots;
    uint32_t capacity; /* a power of two */
    uint32_t used;
} table;

enum { WORDS = 6000, WORD_MAX = 14 };

static uint32_t hash_string(const char *text, uint32_t size)
{
    uint32_t hash = 2166136261u;

    for (uint32_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)text[i]) * 16777619u;
    return hash;
}

static slot *slot_find(const table *map, const char *key, uint32_t size,
                       uint32_t hash)
{
    for (uint32_t i = hash;; i++) {
        slot *at = &map->slots[i & (map->capacity - 1)];
        if (!at->key)
            return at;
        if (at->hash == hash && at->size == size && !memcmp(at->key, key, size))
            return at;
    }
}

static void table_init(table *map, uint32_t capacity)
{
    map->slots = kernel_alloc(capacity * sizeof *map->slots);
    memset(map->slots, 0, capacity * sizeof *map->slots);
    map->capacity = capacity;
    map->used = 0;
}

static void table_grow(table *map)
{
    table old = *map;

    table_init(map, old.capacity * 2);
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.slots[i].key) {
            slot *from = &old.slots[i];
            *slot_find(map, from->key, from->size, from->hash) = *from;
        }
    map->used = old.used;
}

static void table_add(table *map, const char *key, uint32_t size)
{
    uint32_t hash = hash_string(key, size);
    slot *at = slot_find(map, key, size, hash);

    if (!at->key) {
        *at = (slot){key, size, hash, 0};
        if (++map->used * 4 > map->capacity * 3) {
            table_grow(map);
            at = slot_find(map, key, size, hash);
        }
    }
    at->count++;
}

/* Removes a key; the run of slots behind it moves up to close the hole. */
static void table_remove(table *map, const char *key, uint32_t size)
{
    uint32_t mask = map->capacity - 1;
    slot *at = slot_find(map, key, size, hash_string(key, size));

    if (!at->key)
        return;
    map->used--;
    uint32_t hole = (uint32_t)(at - map->slots);
    for (uint32_t i = (hole + 1) & mask; map->slots[i].key;
         i = (i + 1) & mask) {
        uint32_t home = map->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            map->slots[hole] = map->slots[i];
            hole = i;
        }
    }
    map->slots[hole].key = NULL;
}

static uint32_t make_words(char *text, uint32_t *starts)
{
    uint32_t seed = 77, at = 0;

    for (uint32_t i = 0; i < WORDS; i++) {
        uint32_t size = 2 + kernel_random(&seed) % (WORD_MAX - 2);
        starts[i] = at;
        for (uint32_t k = 0; k < size; k++)
            text[at++] = (char)('a' + kernel_random(&seed) % 26);
    }
    return starts[WORDS] = at;
}

uint32_t run(uint32_t n)
{
    uint32_t seed = 5, sum = 1;

    kernel_reset();
    char *text = kernel_alloc((size_t)WORDS * WORD_MAX);
    uint32_t *starts = kernel_alloc((WORDS + 1) * sizeof *starts);
    make_words(text, starts);
    size_t mark = kernel_heap_used;
    for (uint32_t round = 0; round < n; round++) {
        table map;
        kernel_heap_used = mark;
        table_init(&map, 64);
        for (uint32_t i = 0; i < 3 * WORDS; i++) {
            uint32_t a = kernel_random(&seed) % WORDS;
            uint32_t word = a * (kernel_random(&seed) % 8 + 1) / 8;
            uint32_t size = starts[word + 1] - starts[word];
            if (i % 9 == 8)
                table_remove(&map, text + starts[word], size);
            else
                table_add(&map, text + starts[word], size);
        }
        sum = kernel_mix(sum, map.used);
        for (uint32_t i = 0; i < map.capacity; i++)
            if (map.slots[i].key)
                sum = kernel_mix(sum, map.slots[i].hash + map.slots[i].count);
    }
    return sum;
}
