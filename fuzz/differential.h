/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Runs generated modules in every mode of the interpreter side by side. All
 * must agree on results, traps with their places, globals and memories after
 * each call; the plain mode, which fuses nothing, is the one to go by. */
#ifndef FUZZ_DIFFERENTIAL_H
#define FUZZ_DIFFERENTIAL_H

#include "base/buffer.h"
#include "runtime/store.h"

enum {
    MODE_PLAIN,
    MODE_FUSED,
    MODE_BOUNDS, /* explicit bounds checks */
    MODE_FUEL,   /* fuel and epoch counted, collecting at every allocation */
    MODES
};

typedef struct differential {
    rt_engine *engines[MODES];
    unsigned engine_cases; /* with these engines */
    uint64_t cases, calls, traps, exceptions;
    uint64_t nans; /* cases that differ, but saw NaNs */
    char message[256];
} differential;

void differential_init(differential *self);
void differential_release(differential *self);
/* Whether the modes agree on the module that these choices make; if not,
 * `message` says on what. */
bool differential_agree(differential *self, slice choices);
/* The shortest choices found on which they still differ. */
void differential_shrink(differential *self, slice choices, buffer *out);
/* Appends the module's text. */
void differential_print(slice choices, buffer *out);

#endif
