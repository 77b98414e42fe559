/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A small allocator and memory functions, linked into release builds. */

/* Every symbol is weak: a program that brings its own keeps its own, and the
 * object stands before libc so that libc's larger versions stay out.
 *
 * The heap is a row of chunks. A chunk begins 8 bytes before what the program
 * sees, which is 16-byte aligned:
 *
 *     before   size of the chunk below, valid while that one is free; while
 *              it is in use these 4 bytes belong to its contents
 *     head     own size, a multiple of 16, with the two flags
 *     next, back   the list of a free chunk; contents otherwise
 *
 * Two free chunks are never neighbours. A row ends with a chunk of size 0
 * that is in use. Free chunks are kept in bins of similar size, eight for
 * each power of two, with a bit for each bin that is not empty; allocation
 * takes from the first bin whose chunks are all large enough, so that malloc
 * and free need constant time. */

typedef __SIZE_TYPE__ size_t;
typedef __UINT32_TYPE__ u32;
typedef __UINT8_TYPE__ u8;

#define WEAK __attribute__((weak))
#define NO_MEMORY 48 /* WASI's number */
#define INVALID 28

enum { USED = 1, BELOW_USED = 2, FLAGS = 15, LEAST = 16 };

typedef struct chunk {
    u32 before;
    u32 head;
    struct chunk *next;
    struct chunk *back;
} chunk;

extern u8 __heap_base;
extern _Thread_local int errno;

static chunk *bins[208];
static u32 filled[7];
static u8 *heap_end; /* of the row that was added last; 0 before the first */

WEAK void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    return __builtin_memcpy(to, from, size);
}

WEAK void *memmove(void *to, const void *from, size_t size)
{
    return __builtin_memmove(to, from, size);
}

WEAK void *memset(void *to, int value, size_t size)
{
    return __builtin_memset(to, value, size);
}

/* Integers, because an offset may stand for a negative one. */
static chunk *at(void *place, u32 offset)
{
    return (chunk *)((size_t)place + offset);
}

static u32 size_of(const chunk *c)
{
    return c->head & ~(u32)FLAGS;
}

static u32 bin_of(u32 size)
{
    if (size < 128)
        return size >> 4;
    u32 power = 31 - (u32)__builtin_clz(size);
    return ((power - 6) << 3) | ((size >> (power - 3)) & 7);
}

__attribute__((noinline)) static void unlink(chunk *c)
{
    if (c->next)
        c->next->back = c->back;
    if (c->back) {
        c->back->next = c->next;
        return;
    }
    u32 bin = bin_of(size_of(c));
    bins[bin] = c->next;
    if (!c->next)
        filled[bin >> 5] &= ~(1u << (bin & 31));
}

/* Makes a chunk in use free and joins it with its free neighbours. */
__attribute__((noinline)) static void give_back(chunk *c)
{
    u32 size = size_of(c);
    chunk *above = at(c, size);
    if (!(c->head & BELOW_USED)) {
        size += c->before;
        c = at(c, -c->before);
        unlink(c);
    }
    if (!(above->head & USED)) {
        unlink(above);
        size += size_of(above);
        above = at(c, size);
    }
    c->head = size | BELOW_USED;
    above->before = size;
    above->head &= ~(u32)BELOW_USED;
    u32 bin = bin_of(size);
    c->back = 0;
    c->next = bins[bin];
    if (c->next)
        c->next->back = c;
    bins[bin] = c;
    filled[bin >> 5] |= 1u << (bin & 31);
}

/* Adds memory for a chunk of `size`; 0 when there is none. */
static int grow(u32 size)
{
    u8 *from = heap_end;
    chunk *c;
    u32 flags = BELOW_USED;
    if (!from) {
        from = (u8 *)(((size_t)&__heap_base + 15) & ~(size_t)15);
        heap_end = (u8 *)(__builtin_wasm_memory_size(0) << 16);
    } else {
        size_t pages = (size + 65535 + 32) >> 16;
        size_t old = __builtin_wasm_memory_grow(0, pages);
        if (old == (size_t)-1)
            return 0;
        u8 *start = (u8 *)(old << 16);
        heap_end = start + (pages << 16);
        if (start == from)
            flags = at(from -= 16, 8)->head & BELOW_USED;
        else
            from = start;
        /* Address 0 ends a memory of 4 GiB; its last page is not used. */
        if (!heap_end)
            heap_end -= 65536;
    }
    if ((size_t)(heap_end - from) < 64 || heap_end < from)
        return 1;
    c = at(from, 8);
    c->head = (u32)(heap_end - 16 - from) | USED | flags;
    at(heap_end, (u32)-8)->head = USED | BELOW_USED;
    give_back(c);
    return 1;
}

/* Shortens a chunk in use to `need` when the rest can stand alone. */
__attribute__((noinline)) static void trim(chunk *c, u32 need)
{
    u32 rest = size_of(c) - need;
    if (!rest)
        return;
    c->head -= rest;
    chunk *r = at(c, need);
    r->head = rest | USED | BELOW_USED;
    give_back(r);
}

/* The chunk size for contents of `size`; 0 when that is too much. */
static u32 need_of(size_t size)
{
    if (size > 0xfff00000)
        return 0;
    return size <= LEAST - 4 ? LEAST : (u32)((size + 4 + 15) & ~(size_t)15);
}

static chunk *take(u32 need)
{
    u32 large = need;
    if (need >= 128)
        large += (1u << (28 - (u32)__builtin_clz(need))) - 1;
    u32 first = bin_of(large);
    u32 word = first >> 5;
    u32 bits = filled[word] & (~0u << (first & 31));
    while (!bits) {
        if (++word == sizeof filled / sizeof *filled)
            return 0;
        bits = filled[word];
    }
    chunk *c = bins[(word << 5) + (u32)__builtin_ctz(bits)];
    unlink(c);
    c->head |= USED;
    at(c, size_of(c))->head |= BELOW_USED;
    trim(c, need);
    return c;
}

__attribute__((noinline)) static void *allocate(size_t size)
{
    u32 need = need_of(size);
    while (need) {
        chunk *c = take(need);
        if (c)
            return &c->next;
        /* Enough for the rounding up that choosing a bin does. */
        if (!grow(need + (need >> 3)))
            break;
    }
    errno = NO_MEMORY;
    return 0;
}

WEAK void *malloc(size_t size)
{
    return allocate(size);
}

WEAK void free(void *place)
{
    if (place)
        give_back(at(place, (u32)-8));
}

WEAK void *calloc(size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        total = ~(size_t)0;
    void *place = allocate(total);
    if (place)
        __builtin_memset(place, 0, total);
    return place;
}

WEAK void *realloc(void *place, size_t size)
{
    if (!place)
        return allocate(size);
    chunk *c = at(place, (u32)-8);
    u32 old = size_of(c);
    u32 need = need_of(size);
    chunk *above = at(c, old);
    if (need && old < need && !(above->head & USED) &&
        size_of(above) >= need - old) {
        unlink(above);
        c->head += size_of(above);
        at(c, size_of(c))->head |= BELOW_USED;
    }
    if (need && size_of(c) >= need) {
        trim(c, need);
        return place;
    }
    void *moved = allocate(size);
    if (moved) {
        __builtin_memcpy(moved, place, old - 4);
        give_back(c);
    }
    return moved;
}

__attribute__((noinline)) static void *allocate_aligned(size_t alignment,
                                                        size_t size)
{
    if (alignment <= 16)
        return allocate(size);
    size_t total;
    if (__builtin_add_overflow(size, alignment, &total))
        total = ~(size_t)0;
    u8 *place = allocate(total);
    if (!place)
        return 0;
    u32 gap = (u32)(-(size_t)place & (alignment - 1));
    chunk *c = at(place, (u32)-8);
    if (gap) {
        chunk *below = c;
        c = at(c, gap);
        c->head = (size_of(below) - gap) | USED | BELOW_USED;
        below->head -= size_of(c);
        give_back(below);
    }
    trim(c, need_of(size));
    return &c->next;
}

WEAK void *aligned_alloc(size_t alignment, size_t size)
{
    return allocate_aligned(alignment, size);
}

WEAK void *memalign(size_t alignment, size_t size)
{
    return allocate_aligned(alignment, size);
}

WEAK int posix_memalign(void **place, size_t alignment, size_t size)
{
    if (alignment < sizeof(void *) || alignment & (alignment - 1))
        return INVALID;
    int before = errno;
    void *found = allocate_aligned(alignment, size);
    errno = before;
    if (!found)
        return NO_MEMORY;
    *place = found;
    return 0;
}

WEAK size_t malloc_usable_size(void *place)
{
    return place ? size_of(at(place, (u32)-8)) - 4 : 0;
}

WEAK void *__libc_malloc(size_t size)
{
    return allocate(size);
}

WEAK void *__libc_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

WEAK void __libc_free(void *place)
{
    free(place);
}
