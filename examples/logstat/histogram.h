/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Percentiles of any number of values in a fixed amount of memory. */

/* Values up to 63 are counted one by one; above, each power of two is cut in
 * 32, so that a percentile is at most 1/32 above the true one. */

#ifndef LOGSTAT_HISTOGRAM_H
#define LOGSTAT_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_CUTS = 32, HISTOGRAM_BUCKETS = HISTOGRAM_CUTS * 60 };

typedef struct {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t total;
    uint64_t sum;
    uint64_t most;
} histogram;

void histogram_add(histogram *self, uint64_t value);

/* The value that `percent` percent of all values do not exceed; 0 if none. */
uint64_t histogram_percentile(const histogram *self, unsigned percent);

#endif
