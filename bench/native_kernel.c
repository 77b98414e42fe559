/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Times a kernel compiled to native code: NAME.native N K prints
 * "checksum min-ns median-ns" of K calls of run(N). */

#include "kernels/kernel.h"
#include "timing.h"

int main(int count, char **arguments)
{
    static uint64_t times[ROUNDS_MAX];
    uint32_t sum = 0;

    if (count != 3) {
        fprintf(stderr, "usage: %s N K\n", arguments[0]);
        return 2;
    }
    uint32_t n = (uint32_t)strtoul(arguments[1], NULL, 10);
    size_t rounds = rounds_from(arguments[2]);

    for (size_t i = 0; i < rounds; i++) {
        uint64_t start = now_ns();
        uint32_t got = run(n);
        times[i] = now_ns() - start;
        if (i && got != sum) {
            fprintf(stderr, "two calls gave two checksums\n");
            return 1;
        }
        sum = got;
    }
    print_times(sum, times, rounds);
    return 0;
}
