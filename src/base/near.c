/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Distance between words. */
#include "base/near.h"

enum { LONGEST = 48 }; /* longer words get no suggestion */

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

near_word near_new(slice wanted)
{
    unsigned most = wanted.size < 4 ? 1 : wanted.size < 8 ? 2 : 3;
    return (near_word){.wanted = wanted, .edits = most + 1};
}

/* Edits between two short words; a swap of neighbours counts as one. */
static unsigned distance(slice a, slice b)
{
    unsigned rows[3][LONGEST + 1];
    for (unsigned j = 0; j <= b.size; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.size; i++) {
        unsigned *now = rows[i % 3], *before = rows[(i - 1) % 3];
        const unsigned *earlier = rows[(i + 1) % 3];
        now[0] = i;
        for (unsigned j = 1; j <= b.size; j++) {
            uint8_t x = lower(a.data[i - 1]), y = lower(b.data[j - 1]);
            unsigned best = before[j - 1] + (x != y);
            if (before[j] + 1 < best)
                best = before[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && x == lower(b.data[j - 2]) &&
                lower(a.data[i - 2]) == y && earlier[j - 2] + 1 < best)
                best = earlier[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[a.size % 3][b.size];
}

void near_try(near_word *self, slice candidate)
{
    if (!candidate.size || candidate.size > LONGEST || !self->wanted.size ||
        self->wanted.size > LONGEST)
        return;
    unsigned edits = distance(self->wanted, candidate);
    if (edits < self->edits) {
        self->edits = edits;
        self->best = candidate;
    }
}

void near_suffix(const near_word *self, whit_error *error)
{
    if (self->best.size)
        error_suffix(error, "; did you mean '%.*s'?", SLICE_ARG(self->best));
}
