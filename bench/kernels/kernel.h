/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What every kernel needs and no C library gives: memory, numbers, sums. */

/* A kernel is one C file with `uint32_t run(uint32_t n)`: work proportional to
 * n (or as the file says), and a checksum of everything it computed. It imports
 * nothing, so each engine runs the same module; compiled natively the same file
 * must give the same checksum. Two calls with equal n give equal sums: `run`
 * starts with kernel_reset() and keeps no other state. run(0) is quick. */

#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define KERNEL_RUN __attribute__((export_name("run")))
void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
#else
#include <string.h>
#define KERNEL_RUN
#endif

/* Keeps a function a function, so that a kernel about calls is about calls. */
#define KERNEL_NOINLINE __attribute__((noinline))

KERNEL_RUN uint32_t run(uint32_t n);

/* Memory: a bump allocator over one static block, 16-byte aligned. */
enum { KERNEL_HEAP_BYTES = 12 << 20 };

static _Alignas(16) uint8_t kernel_heap[KERNEL_HEAP_BYTES];
static size_t kernel_heap_used;

static inline void kernel_reset(void)
{
    kernel_heap_used = 0;
}

static inline void *kernel_alloc(size_t size)
{
    size_t at = kernel_heap_used;

    size = (size + 15) & ~(size_t)15;
    if (size > KERNEL_HEAP_BYTES - at)
        __builtin_trap();
    kernel_heap_used = at + size;
    return kernel_heap + at;
}

/* Numbers: xorshift32; the state is never 0. */
static inline uint32_t kernel_random(uint32_t *state)
{
    uint32_t x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

/* Sums: order matters, so a swapped result shows. */
static inline uint32_t kernel_mix(uint32_t sum, uint32_t value)
{
    sum ^= value;
    sum *= 0x01000193u;
    return sum ^ (sum >> 15);
}

static inline uint32_t kernel_mix_double(uint32_t sum, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return kernel_mix(kernel_mix(sum, (uint32_t)bits), (uint32_t)(bits >> 32));
}

#endif
