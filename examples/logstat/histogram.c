/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Buckets with five significant bits. */

#include "histogram.h"

/* Bits of the value beyond the six that a bucket tells apart. */
static unsigned shift_of(uint64_t value)
{
    unsigned shift = 0;

    while (value >> shift >= 2 * HISTOGRAM_CUTS)
        shift++;
    return shift;
}

static unsigned bucket_of(uint64_t value)
{
    unsigned shift = shift_of(value);

    return shift * HISTOGRAM_CUTS + (unsigned)(value >> shift);
}

/* The largest value of a bucket. */
static uint64_t bucket_top(unsigned bucket)
{
    unsigned shift;

    if (bucket < 2 * HISTOGRAM_CUTS)
        return bucket;
    shift = bucket / HISTOGRAM_CUTS - 1;
    return ((uint64_t)(bucket - shift * HISTOGRAM_CUTS + 1) << shift) - 1;
}

void histogram_add(histogram *self, uint64_t value)
{
    unsigned bucket = bucket_of(value);

    if (bucket >= HISTOGRAM_BUCKETS)
        bucket = HISTOGRAM_BUCKETS - 1;
    self->counts[bucket]++;
    self->total++;
    self->sum += value;
    if (value > self->most)
        self->most = value;
}

uint64_t histogram_percentile(const histogram *self, unsigned percent)
{
    uint64_t wanted = (self->total * percent + 99) / 100, seen = 0;

    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += self->counts[i];
        if (seen && seen >= wanted) {
            uint64_t top = bucket_top(i);
            return top < self->most ? top : self->most;
        }
    }
    return self->most;
}
