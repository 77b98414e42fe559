/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A guest that puts the allocator under random load and checks every byte.
 * Ends with exit code 0 and "heap ok", or says what went wrong. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS = 3000, STEPS = 200000 };

typedef struct block {
    unsigned char *data;
    size_t size;
    unsigned char fill;
} block;

static block blocks[BLOCKS];
static uint32_t state = 12345;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void fail(const char *what)
{
    printf("heap: %s\n", what);
    exit(1);
}

static void check(const block *b, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (b->data[i] != b->fill)
            fail("contents changed");
}

static void take(block *b, void *data, size_t size)
{
    if (!data)
        fail("no memory");
    if ((uintptr_t)data % 16)
        fail("not aligned to 16");
    b->data = data;
    b->size = size;
    b->fill = (unsigned char)next();
    memset(data, b->fill, size);
}

static void *cleared(size_t size)
{
    unsigned char *data = calloc(size, 1);
    for (size_t i = 0; data && i < size; i++)
        if (data[i])
            fail("calloc did not clear");
    return data;
}

static void *aligned(size_t size)
{
    size_t alignment = (size_t)16 << next() % 9;
    void *data = NULL;
    if (next() & 1)
        data = aligned_alloc(alignment, size);
    else if (posix_memalign(&data, alignment, size))
        fail("posix_memalign");
    if ((uintptr_t)data % alignment)
        fail("not aligned as asked");
    return data;
}

static void step(block *b, size_t size)
{
    unsigned what = next() % 5;
    if (b->data && what != 2) {
        check(b, b->size);
        free(b->data);
        *b = (block){0};
    } else if (what == 2) {
        void *data = realloc(b->data, size);
        if (!data)
            fail("realloc");
        b->data = data;
        check(b, size < b->size ? size : b->size);
        take(b, data, size);
    } else {
        take(b,
             what == 3   ? cleared(size)
             : what == 4 ? aligned(size)
                         : malloc(size),
             size);
    }
}

static void limits(void)
{
    volatile size_t huge = SIZE_MAX;
    /* Through pointers, because clang believes that malloc leaves errno alone
     * and leaves out allocations that nobody uses. */
    void *(*volatile allocate)(size_t) = malloc;
    void *(*volatile clear)(size_t, size_t) = calloc;
    errno = 0;
    if (allocate(huge) || errno != ENOMEM)
        fail("malloc of everything");
    errno = 0;
    if (clear(huge / 2, 3) || errno != ENOMEM)
        fail("calloc that overflows");
    void *data = NULL;
    if (posix_memalign(&data, 3, 8) != EINVAL || data)
        fail("posix_memalign to 3");
    free(NULL);
    size_t before = (size_t)sbrk(0);
    for (int i = 0; i < 1000; i++) {
        void *place = allocate(300000);
        if (!place)
            fail("no memory for a loop");
        memset(place, 1, 300000);
        free(place);
    }
    if ((size_t)sbrk(0) - before > 400000)
        fail("freed memory is not used again");
}

int main(void)
{
    for (unsigned i = 0; i < STEPS; i++) {
        size_t size = next() % 8 ? next() % 200 : next() % 20000;
        step(&blocks[next() % BLOCKS], size);
        if (i % 50000 == 25000)
            sbrk(65536); /* a stranger's page between ours */
    }
    for (unsigned i = 0; i < BLOCKS; i++) {
        check(&blocks[i], blocks[i].size);
        free(blocks[i].data);
    }
    limits();
    puts("heap ok");
    return 0;
}
