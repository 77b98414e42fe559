/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The one door to the heap, so that tests can make any allocation fail. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include "base/error.h"

/* All return NULL on failure. Sizes of 0 give a pointer that may be freed. */
void *mem_alloc(size_t size);
void *mem_zalloc(size_t size);
void *mem_calloc(size_t count, size_t size); /* NULL on overflow */
void *mem_realloc(void *pointer, size_t size);
void *mem_dup(const void *data, size_t size);
char *mem_strdup(const char *text);
void mem_free(void *pointer);

/* Test hook: the n-th allocation from now (1 is the next) and every later one
 * fail; 0 switches the fault off. Counts the calling thread only. */
void mem_fail_after(uint64_t n);
/* Allocations made by the calling thread since mem_fail_after. */
uint64_t mem_count(void);

/* Makes room for one more item in a growing array: *items has *capacity items
 * of `item_size` bytes, `count` are used. Grows geometrically, never past
 * `limit` items, and then names the limit: `what` is the word in the
 * message. */
whit_status mem_grow(void **items, size_t *capacity, size_t count,
                     size_t item_size, size_t limit, const char *what,
                     whit_error *error) WHIT_MUST_CHECK;

#endif
