/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Valid modules out of arbitrary bytes, biased towards what the interpreter's
 * translator fuses and folds.
 *
 * Each byte decides one thing; where the bytes end every choice is the first
 * and simplest, so that shorter and smaller inputs make smaller modules, which
 * is how cases are shrunk. Equal inputs make equal modules.
 *
 * Every module ends: functions and loops without a counter call function 0,
 * which traps once GENERATE_BUDGET is used up. */
#ifndef FUZZ_GENERATE_H
#define FUZZ_GENERATE_H

#include "base/buffer.h"

enum {
    GENERATE_BUDGET = 0, /* global: calls of function 0 that are left */
    GENERATE_NAN = 1     /* global: set once a NaN was seen */
};

/* Appends a binary. With `watch`, code behind each instruction that makes a
 * float looks for NaNs, the bits of which the specification leaves open. */
void generate_module(slice choices, bool watch, buffer *out);
/* The input that a seed stands for. */
void generate_choices(uint64_t seed, buffer *out);

#endif
