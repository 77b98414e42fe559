/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The one door to the heap. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static _Thread_local uint64_t fail_after;
static _Thread_local uint64_t counted;

static int must_fail(void)
{
    counted++;
    return UNLIKELY(fail_after != 0 && counted >= fail_after);
}

void mem_fail_after(uint64_t n)
{
    fail_after = n;
    counted = 0;
}

uint64_t mem_count(void)
{
    return counted;
}

void *mem_alloc(size_t size)
{
    return must_fail() ? NULL : malloc(size ? size : 1);
}

void *mem_zalloc(size_t size)
{
    return must_fail() ? NULL : calloc(1, size ? size : 1);
}

void *mem_calloc(size_t count, size_t size)
{
    if (must_fail())
        return NULL;
    return calloc(count ? count : 1, size ? size : 1);
}

void *mem_realloc(void *pointer, size_t size)
{
    return must_fail() ? NULL : realloc(pointer, size ? size : 1);
}

void *mem_dup(const void *data, size_t size)
{
    void *copy = mem_alloc(size);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}

char *mem_strdup(const char *text)
{
    return mem_dup(text, strlen(text) + 1);
}

void mem_free(void *pointer)
{
    free(pointer);
}

whit_status mem_grow(void **items, size_t *capacity, size_t count,
                     size_t item_size, size_t limit, const char *what,
                     whit_error *error)
{
    if (LIKELY(count < *capacity))
        return WHIT_OK;
    if (count >= limit)
        return error_set(error, WHIT_LIMIT, "too many %s: the limit is %zu",
                         what, limit);
    size_t wanted = *capacity ? *capacity * 2 : 8;
    if (wanted > limit)
        wanted = limit;
    void *grown = mem_realloc(*items, wanted * item_size);
    TRY_ALLOC(grown, error);
    *items = grown;
    *capacity = wanted;
    return WHIT_OK;
}
