/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The memory functions a compiler may call behind a kernel's back. */

#include "kernel.h"

#ifdef __wasm__
/* Compiled with -fno-builtin, or these loops would become calls of
 * themselves. */
void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;

    while (size--)
        *out++ = *in++;
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    uint8_t *out = to;

    while (size--)
        *out++ = (uint8_t)byte;
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const uint8_t *a = left;
    const uint8_t *b = right;

    for (; size; size--, a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}
#endif
