/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the C harnesses share: a clock, and minimum and median of times. */

#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS_MAX = 1000 };

static inline uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline int by_time(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return a < b ? -1 : a > b;
}

/* Prints the line of the protocol: checksum, minimum, median. */
static inline void print_times(uint32_t sum, uint64_t *times, size_t count)
{
    qsort(times, count, sizeof times[0], by_time);
    printf("%08x %llu %llu\n", (unsigned)sum, (unsigned long long)times[0],
           (unsigned long long)times[count / 2]);
}

/* A count of rounds from the command line, within 1..ROUNDS_MAX. */
static inline size_t rounds_from(const char *text)
{
    unsigned long rounds = strtoul(text, NULL, 10);

    if (rounds < 1)
        return 1;
    return rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
}

#endif
