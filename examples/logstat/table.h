/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A hash table of counters by name. */

/* Keys are copied and live as long as the table. Once `limit` keys are in,
 * new ones all count for the key "(other)", so hostile input cannot fill the
 * memory. */

#ifndef LOGSTAT_TABLE_H
#define LOGSTAT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *key;   /* NUL at the end, and perhaps inside */
    size_t size; /* bytes of the key */
    uint32_t hash;
    uint64_t requests;
    uint64_t errors; /* status 400 and up */
    uint64_t bytes;
} entry;

typedef struct {
    entry *entries; /* in order of arrival, until sorted */
    size_t count, room;
    uint32_t *slots;   /* index + 1 into entries; 0 is free */
    size_t slot_count; /* a power of two, or 0 */
    size_t limit;
} table;

void table_init(table *self, size_t limit);
void table_release(table *self);

/* The entry of a key, made if need be; NULL when memory is exhausted. Valid
 * until the next call. */
entry *table_entry(table *self, const char *key, size_t size);

/* Most requests first, then by key. No table_entry after this. */
void table_sort(table *self);

#endif
