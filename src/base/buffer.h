/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Growing bytes. A failed growth is remembered: appends after it do nothing,
 * and buffer_status reports it, so that writers check once at the end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/error.h"
#include "base/slice.h"

/* Invariants: size <= capacity; `data` is NULL exactly when capacity is 0. */
typedef struct buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool failed;
} buffer;

void buffer_init(buffer *self);
void buffer_release(buffer *self);
/* Keeps the memory, forgets contents and failure. */
void buffer_clear(buffer *self);
/* Room for `extra` more bytes; false when the heap is exhausted. */
bool buffer_reserve(buffer *self, size_t extra);
void buffer_put(buffer *self, uint8_t byte);
void buffer_append(buffer *self, const void *data, size_t size);
void buffer_slice(buffer *self, slice s);
void buffer_text(buffer *self, const char *text);
void buffer_printf(buffer *self, const char *format, ...) WHIT_PRINTF(2, 3);
/* Little-endian integers. */
void buffer_u32(buffer *self, uint32_t value);
void buffer_u64(buffer *self, uint64_t value);
/* LEB128 in the shortest form. */
void buffer_uleb(buffer *self, uint64_t value);
void buffer_sleb(buffer *self, int64_t value);
/* A terminating NUL that size does not count; NULL after a failure. */
char *buffer_string(buffer *self);
/* Gives the bytes to the caller (mem_free) and leaves the buffer empty. */
uint8_t *buffer_take(buffer *self, size_t *size);
slice buffer_view(const buffer *self);
whit_status buffer_status(const buffer *self,
                          whit_error *error) WHIT_MUST_CHECK;

#endif
