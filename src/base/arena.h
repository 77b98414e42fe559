/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Memory with one lifetime: allocate freely, release all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

/* Invariant: `next` <= `end`; both NULL until the first allocation. */
typedef struct arena {
    struct arena_block *blocks; /* newest first */
    uint8_t *next;
    uint8_t *end;
    size_t total; /* bytes taken from the heap */
} arena;

void arena_init(arena *self);
void arena_release(arena *self);
/* 16-byte aligned, not cleared; NULL when the heap is exhausted. */
void *arena_alloc(arena *self, size_t size);
void *arena_zalloc(arena *self, size_t size);
/* NULL on overflow of count * size too; cleared. */
void *arena_array(arena *self, size_t count, size_t size);
void *arena_dup(arena *self, const void *data, size_t size);

#endif
