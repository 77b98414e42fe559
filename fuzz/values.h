/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Random types and values for passing between instances and the host.
 *
 * Each byte decides one thing; where the bytes end every choice is the first
 * and simplest. Equal inputs do the same. */
#ifndef FUZZ_VALUES_H
#define FUZZ_VALUES_H

#include "base/slice.h"

/* Makes types and values of the bytes, passes them from the host to a guest,
 * to a second one and back, and aborts unless what comes back is equal; then
 * lets the guests lie, and only asks that nothing but a trap comes of it. */
void values_check(slice choices);
/* The same with the bytes that a seed stands for. */
void values_check_seed(uint64_t seed);
/* Frees what the checks keep between them. */
void values_release(void);

#endif
