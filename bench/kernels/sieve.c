/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sieve of Eratosthenes up to 1,000,000, n times, with a shifting start. */

#include "kernel.h"

enum { LIMIT = 1000000 };

uint32_t run(uint32_t n)
{
    kernel_reset();
    uint8_t *composite = kernel_alloc(LIMIT + 1);
    uint32_t sum = 1;

    for (uint32_t round = 0; round < n; round++) {
        uint32_t count = 0, last = 0;
        memset(composite, 0, LIMIT + 1);
        for (uint32_t i = 2; i <= LIMIT; i++) {
            if (composite[i])
                continue;
            count++;
            last = i;
            for (uint64_t j = (uint64_t)i * i; j <= LIMIT; j += i)
                composite[j] = 1;
        }
        sum = kernel_mix(kernel_mix(sum, count), last + round);
    }
    return sum;
}
