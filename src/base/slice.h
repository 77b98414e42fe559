/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A borrowed run of bytes. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct slice {
    const uint8_t *data; /* may be NULL when size is 0 */
    size_t size;
} slice;

static inline slice slice_of(const void *data, size_t size)
{
    return (slice){(const uint8_t *)data, size};
}

static inline slice slice_text(const char *text)
{
    return slice_of(text, strlen(text));
}

static inline bool slice_equal(slice a, slice b)
{
    return a.size == b.size && (!a.size || !memcmp(a.data, b.data, a.size));
}

static inline bool slice_is(slice a, const char *text)
{
    return slice_equal(a, slice_text(text));
}

static inline bool slice_starts(slice a, const char *with)
{
    size_t size = strlen(with);
    return a.size >= size && (!size || !memcmp(a.data, with, size));
}

/* Takes the prefix off when it is there. */
static inline bool slice_take(slice *a, const char *prefix)
{
    if (!slice_starts(*a, prefix))
        return false;
    *a = slice_of(a->data + strlen(prefix), a->size - strlen(prefix));
    return true;
}

static inline bool slice_take_end(slice *a, const char *suffix)
{
    size_t size = strlen(suffix);
    if (a->size < size ||
        !slice_is(slice_of(a->data + a->size - size, size), suffix))
        return false;
    a->size -= size;
    return true;
}

/* For printf: "%.*s" with SLICE_ARG(s). */
#define SLICE_ARG(s) (int)(s).size, (const char *)(s).data

/* FNV-1a, 64 bits. */
uint64_t slice_hash(slice s);

#endif
