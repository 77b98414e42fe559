/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A hash map from byte strings to 64-bit values. Keys are borrowed. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include "base/error.h"
#include "base/slice.h"

struct map_entry;

/* Invariant: capacity is 0 or a power of two above count * 4 / 3. */
typedef struct map {
    struct map_entry *entries;
    size_t capacity;
    size_t count;
} map;

void map_init(map *self);
void map_release(map *self);
/* Sets or replaces. The key's bytes must outlive the map. */
whit_status map_set(map *self, slice key, uint64_t value,
                    whit_error *error) WHIT_MUST_CHECK;
bool map_get(const map *self, slice key, uint64_t *value);

#endif
