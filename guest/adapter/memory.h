/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Where the adapter keeps things: in the guest's memory, as there is no other.
 *
 * Nothing is reserved before it is needed, and most programs need nothing:
 * variables are WebAssembly globals, results of 16 bytes borrow the lowest
 * addresses of the guest and put back what was there, and lists go right to
 * the guest's buffer where it has one. What is left (tables, the strings of
 * the environment, names) lives in pages that memory.grow gives. */
#ifndef ADAPTER_MEMORY_H
#define ADAPTER_MEMORY_H

#include "imports.h"

/* A variable outside of memory, 0 at first, with verbs to read and set it.
 * Assembly, because the compiler would read half of one or choose between two
 * by address, which WebAssembly cannot. */
#define GLOBAL(name)                                                        \
    __asm__(".globl " #name "\n.globaltype " #name ", i32\n" #name ":\n");  \
    static inline u32 name(void)                                            \
    {                                                                       \
        u32 value;                                                          \
        __asm__ volatile("global.get " #name "\n\tlocal.set %0"             \
                         : "=r"(value));                                    \
        return value;                                                       \
    }                                                                       \
    static inline void set_##name(u32 value)                                \
    {                                                                       \
        __asm__ volatile("local.get %0\n\tglobal.set " #name ::"r"(value)); \
    }

/* Results of at most 16 bytes, between HOLD and GIVE_BACK in one scope. What
 * lies there may be a guest's, so that it must not see a difference. */
#define LOW ((u32 *)16)
#define LOW_BYTES ((u8 *)16)
#define LOW_WIDE ((u64 *)16)
#define HOLD HOLD_AT(LOW)
#define GIVE_BACK GIVE_BACK_AT(LOW)
#define HOLD_AT(result)                    \
    u64 held_first = ((u64 *)(result))[0]; \
    u64 held_second = ((u64 *)(result))[1]
#define GIVE_BACK_AT(result)                \
    do {                                    \
        ((u64 *)(result))[0] = held_first;  \
        ((u64 *)(result))[1] = held_second; \
    } while (0)

/* Where the result goes when the host fills the guest's buffer, of whose size
 * at most `size` bytes can then be filled: they must not overlap. */
static inline u32 *beside(const u8 *buffer, u32 *size)
{
    if ((u32)buffer >= 32)
        return LOW;
    if (*size > 32768)
        *size = 32768;
    return (u32 *)65520;
}

/* The pages: the last row of neighbours, and how far it is used. */
GLOBAL(heap_start)
GLOBAL(heap_next)
GLOBAL(heap_end)
/* Where the next list of the host goes: 0 while the adapter waits for none,
 * HEAP, or a buffer of `sink_size` bytes. */
GLOBAL(sink)
GLOBAL(sink_size)
enum { HEAP = 1 };

static inline void copy(void *to, const void *from, u32 size)
{
    __builtin_memcpy(to, from, size);
}

/* 0 when there is no memory. */
static void *take(u32 size, u32 align)
{
    u32 at = (heap_next() + align - 1) & -align;
    if ((u64)at + size > heap_end()) {
        u32 pages = (u32)(((u64)size + 65535) >> 16);
        u32 old = __builtin_wasm_memory_grow(0, pages);
        if (old == -1u)
            return 0;
        old <<= 16;
        if (old != heap_end() || !heap_end())
            set_heap_start(at = old);
        set_heap_end(old + (pages << 16));
    }
    set_heap_next(at + size);
    return (void *)at;
}

/* Forgets what was taken since heap_next was `mark`. */
static inline void forget(u32 mark)
{
    set_heap_next(mark > heap_start() ? mark : heap_start());
}

/* What the host calls to place strings and lists. A main module whose
 * allocator this replaces has its own calls answered by it. */
EXPORT("cabi_import_realloc")
void *adapter_realloc(void *old, u32 old_size, u32 align, u32 size)
{
    if (!sink())
        return main_realloc(old, old_size, align, size);
    if (!size)
        return (void *)align;
    if (sink() != HEAP) {
        if (size > sink_size())
            __builtin_trap();
        return (void *)sink();
    }
    void *at = take(size, align);
    if (!at)
        __builtin_trap();
    copy(at, old, old_size);
    return at;
}

/* What memory.size is to say to the guest: its allocator may take all that is
 * there when it is first asked, and pages that it did not ask for are not its
 * own. Linking puts this in place of the guest's memory.size. */
EXPORT("memory_size") u32 memory_size(void)
{
    u32 pages = __builtin_wasm_memory_size(0);
    return heap_end() && pages == heap_end() >> 16 ? heap_start() >> 16 : pages;
}

#endif
