/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Growing bytes. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/leb128.h"
#include "base/memory.h"

void buffer_init(buffer *self)
{
    memset(self, 0, sizeof *self);
}

void buffer_release(buffer *self)
{
    mem_free(self->data);
    buffer_init(self);
}

void buffer_clear(buffer *self)
{
    self->size = 0;
    self->failed = false;
}

bool buffer_reserve(buffer *self, size_t extra)
{
    if (self->failed)
        return false;
    if (LIKELY(self->capacity - self->size >= extra))
        return true;
    size_t need = self->size + extra;
    size_t wanted = self->capacity ? self->capacity * 2 : 256;
    if (wanted < need)
        wanted = need;
    uint8_t *data = need < extra ? NULL : mem_realloc(self->data, wanted);
    if (!data) {
        self->failed = true;
        return false;
    }
    self->data = data;
    self->capacity = wanted;
    return true;
}

void buffer_put(buffer *self, uint8_t byte)
{
    if (buffer_reserve(self, 1))
        self->data[self->size++] = byte;
}

void buffer_append(buffer *self, const void *data, size_t size)
{
    if (!size || !buffer_reserve(self, size))
        return;
    memcpy(self->data + self->size, data, size);
    self->size += size;
}

void buffer_slice(buffer *self, slice s)
{
    buffer_append(self, s.data, s.size);
}

void buffer_text(buffer *self, const char *text)
{
    buffer_append(self, text, strlen(text));
}

void buffer_printf(buffer *self, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length > 0 && buffer_reserve(self, (size_t)length + 1)) {
        vsnprintf((char *)self->data + self->size, (size_t)length + 1, format,
                  again);
        self->size += (size_t)length;
    }
    va_end(again);
}

void buffer_u32(buffer *self, uint32_t value)
{
    for (int shift = 0; shift < 32; shift += 8)
        buffer_put(self, (uint8_t)(value >> shift));
}

void buffer_u64(buffer *self, uint64_t value)
{
    for (int shift = 0; shift < 64; shift += 8)
        buffer_put(self, (uint8_t)(value >> shift));
}

void buffer_uleb(buffer *self, uint64_t value)
{
    uint8_t bytes[LEB128_MAX];
    buffer_append(self, bytes, leb128_write_u(bytes, value));
}

void buffer_sleb(buffer *self, int64_t value)
{
    uint8_t bytes[LEB128_MAX];
    buffer_append(self, bytes, leb128_write_s(bytes, value));
}

char *buffer_string(buffer *self)
{
    if (!buffer_reserve(self, 1))
        return NULL;
    self->data[self->size] = 0;
    return (char *)self->data;
}

uint8_t *buffer_take(buffer *self, size_t *size)
{
    uint8_t *data = self->data;
    *size = self->size;
    buffer_init(self);
    return data;
}

slice buffer_view(const buffer *self)
{
    return slice_of(self->data, self->size);
}

whit_status buffer_status(const buffer *self, whit_error *error)
{
    return self->failed ? error_memory(error) : WHIT_OK;
}
