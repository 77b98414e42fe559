/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Address space through mmap. */
#include "platform/memory_map.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

size_t pages_size(void)
{
    static size_t size;
    /* Racing threads store the same value. */
    size_t known = __atomic_load_n(&size, __ATOMIC_RELAXED);
    if (!known) {
        known = (size_t)sysconf(_SC_PAGESIZE);
        __atomic_store_n(&size, known, __ATOMIC_RELAXED);
    }
    return known;
}

/* 0 when the rounded size does not fit. */
static size_t round_up(size_t size)
{
    size_t page = pages_size();
    size_t rounded = (size + page - 1) & ~(page - 1);
    return rounded < size ? 0 : rounded;
}

void *pages_reserve(size_t size)
{
    size = round_up(size);
    if (!size)
        return NULL;
    void *address = mmap(NULL, size, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return address == MAP_FAILED ? NULL : address;
}

bool pages_commit(void *address, size_t size)
{
    return size == 0 ||
           mprotect(address, round_up(size), PROT_READ | PROT_WRITE) == 0;
}

bool pages_protect_none(void *address, size_t size)
{
    return size == 0 || mprotect(address, round_up(size), PROT_NONE) == 0;
}

void pages_reset(void *address, size_t size)
{
    size = round_up(size);
    if (!size)
        return;
#if defined(__linux__)
    /* Here the advice is a promise: private anonymous pages read as zero. */
    if (madvise(address, size, MADV_DONTNEED) == 0)
        return;
#endif
    void *fresh = mmap(address, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (fresh != MAP_FAILED)
        return;
    for (size_t i = 0; i < size; i++)
        ((volatile uint8_t *)address)[i] = 0;
}

void pages_release(void *address, size_t size)
{
    if (address)
        munmap(address, round_up(size));
}
