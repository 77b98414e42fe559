/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What a guest without a C library is linked with: whit_guest.c.
 *
 * For programs built with `clang --target=wasm32 -nostdlib` from what
 * `whit bind c --freestanding` writes. Everything is weak: a library linked
 * beside it takes precedence. */
#ifndef WHIT_GUEST_H
#define WHIT_GUEST_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Memory is 8-byte aligned. Sizes are rounded up to powers of two, and what is
 * freed serves the next request of its size. NULL when memory is exhausted. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *pointer, size_t size);
void free(void *pointer);

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);

#ifdef __cplusplus
}
#endif
#endif
