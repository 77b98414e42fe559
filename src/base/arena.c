/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Memory with one lifetime. */
#include "base/arena.h"

#include <string.h>

#include "base/memory.h"

enum { BLOCK_MIN = 4096, BLOCK_MAX = 1 << 20, ALIGNMENT = 16 };

struct arena_block {
    struct arena_block *older;
    size_t size;
};

void arena_init(arena *self)
{
    memset(self, 0, sizeof *self);
}

void arena_release(arena *self)
{
    struct arena_block *block = self->blocks;
    while (block) {
        struct arena_block *older = block->older;
        mem_free(block);
        block = older;
    }
    arena_init(self);
}

static int add_block(arena *self, size_t size)
{
    /* Blocks grow with the arena, so that their number stays logarithmic. */
    size_t wanted = self->total < BLOCK_MIN ? BLOCK_MIN : self->total;
    if (wanted > BLOCK_MAX)
        wanted = BLOCK_MAX;
    size_t need = size + ALIGNMENT * 2;
    if (wanted < need)
        wanted = need;
    struct arena_block *block = mem_alloc(wanted);
    if (!block)
        return 0;
    block->older = self->blocks;
    block->size = wanted;
    self->blocks = block;
    self->total += wanted;
    self->next = (uint8_t *)block + ALIGNMENT;
    self->end = (uint8_t *)block + wanted;
    return 1;
}

void *arena_alloc(arena *self, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if ((size_t)(self->end - self->next) < size && !add_block(self, size))
        return NULL;
    void *result = self->next;
    if (!result && !add_block(self, size))
        return NULL;
    result = self->next;
    self->next += size;
    return result;
}

void *arena_zalloc(arena *self, size_t size)
{
    void *result = arena_alloc(self, size);
    return result ? memset(result, 0, size) : NULL;
}

void *arena_array(arena *self, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    return arena_zalloc(self, bytes);
}

void *arena_dup(arena *self, const void *data, size_t size)
{
    void *copy = arena_alloc(self, size);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}
