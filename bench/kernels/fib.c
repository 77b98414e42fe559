/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fibonacci and Ackermann numbers by recursion: calls and little else. */

#include "kernel.h"

static KERNEL_NOINLINE uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static KERNEL_NOINLINE uint32_t ackermann(uint32_t m, uint32_t n)
{
    if (!m)
        return n + 1;
    if (!n)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

uint32_t run(uint32_t n)
{
    uint32_t sum = 1;

    for (uint32_t round = 0; round < n; round++) {
        sum = kernel_mix(sum, fibonacci(20 + round % 3));
        sum = kernel_mix(sum, ackermann(2, 30 + round % 5));
    }
    return sum;
}
