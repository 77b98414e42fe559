/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A heap and memory functions for guests without a C library. */
#include "whit_guest.h"

#define WEAK __attribute__((weak))

enum { LEAST = 4, CLASSES = 32 };

/* A chunk of 2^class bytes; what the program sees begins behind `class`. */
typedef struct chunk {
    size_t class;
    size_t padding;
    struct chunk *next; /* while it is free */
} chunk;

extern unsigned char __heap_base;

static chunk *lists[CLASSES];
static unsigned char *top; /* of what was ever handed out */

static size_t class_of(size_t size)
{
    size_t class = LEAST;
    while (((size_t)1 << class) < size)
        class++;
    return class;
}

static chunk *take_new(size_t size)
{
    if (!top)
        top = (unsigned char *)(((size_t)&__heap_base + 7) & ~(size_t)7);
    size_t end = __builtin_wasm_memory_size(0) << 16;
    size_t room = end - (size_t)top;
    if (room < size) {
        size_t pages = (size - room + 65535) >> 16;
        if (__builtin_wasm_memory_grow(0, pages) == (size_t)-1)
            return 0;
    }
    chunk *out = (chunk *)top;
    top += size;
    return out;
}

WEAK void *malloc(size_t size)
{
    if (size > (size_t)1 << 30)
        return 0;
    size_t class = class_of(size + 8);
    chunk *out = lists[class];
    if (out)
        lists[class] = out->next;
    else
        out = take_new((size_t)1 << class);
    if (!out)
        return 0;
    out->class = class;
    return (unsigned char *)out + 8;
}

WEAK void free(void *pointer)
{
    if (!pointer)
        return;
    chunk *it = (chunk *)((unsigned char *)pointer - 8);
    it->next = lists[it->class];
    lists[it->class] = it;
}

WEAK void *realloc(void *pointer, size_t size)
{
    if (!pointer)
        return malloc(size);
    chunk *it = (chunk *)((unsigned char *)pointer - 8);
    size_t room = ((size_t)1 << it->class) - 8;
    if (size <= room)
        return pointer;
    void *out = malloc(size);
    if (!out)
        return 0;
    memcpy(out, pointer, room);
    free(pointer);
    return out;
}

WEAK void *calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return 0;
    void *out = malloc(bytes);
    if (out)
        memset(out, 0, bytes);
    return out;
}

/* Loops, which must not become calls of themselves. */
#pragma clang optimize off
WEAK void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    return memmove(to, from, size);
}

WEAK void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    if (d < s)
        for (size_t i = 0; i < size; i++)
            d[i] = s[i];
    else
        while (size--)
            d[size] = s[size];
    return to;
}

WEAK void *memset(void *to, int value, size_t size)
{
    unsigned char *d = to;
    for (size_t i = 0; i < size; i++)
        d[i] = (unsigned char)value;
    return to;
}

WEAK size_t strlen(const char *text)
{
    size_t size = 0;
    while (text[size])
        size++;
    return size;
}
#pragma clang optimize on

WEAK int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}
