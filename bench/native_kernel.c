/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Times a kernel compiled to native code: native N K prints
 * "checksum min-ns median-ns" of K calls of run(N). */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernels/kernel.h"

enum { ROUNDS_MAX = 1000 };

static unsigned long long now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000000000u +
           (unsigned long long)now.tv_nsec;
}

static int by_time(const void *left, const void *right)
{
    unsigned long long a = *(const unsigned long long *)left;
    unsigned long long b = *(const unsigned long long *)right;

    return a < b ? -1 : a > b;
}

int main(int count, char **arguments)
{
    static unsigned long long times[ROUNDS_MAX];

    if (count != 3) {
        fprintf(stderr, "usage: %s N K\n", arguments[0]);
        return 2;
    }
    uint32_t n = (uint32_t)strtoul(arguments[1], NULL, 10);
    unsigned long rounds = strtoul(arguments[2], NULL, 10);
    uint32_t sum = 0;

    if (rounds < 1 || rounds > ROUNDS_MAX)
        rounds = 1;
    for (unsigned long i = 0; i < rounds; i++) {
        unsigned long long start = now_ns();
        uint32_t got = run(n);
        times[i] = now_ns() - start;
        if (i && got != sum) {
            fprintf(stderr, "two calls gave two checksums\n");
            return 1;
        }
        sum = got;
    }
    qsort(times, rounds, sizeof times[0], by_time);
    printf("%08x %llu %llu\n", sum, times[0], times[rounds / 2]);
    return 0;
}
