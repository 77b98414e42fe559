/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the guests in C share. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include "guest.h"
#include "whit_guest.h"

/* In `check`: counts, and returns the number of the first that is false. */
#define EXPECT(condition) \
    do {                  \
        step++;           \
        if (!(condition)) \
            return step;  \
    } while (0)

/* A string that is not freed, from a literal. */
#define TEXT(literal) \
    (&(guest_string_t){(uint8_t *)(literal), sizeof(literal) - 1})
#define IS(string, literal)                 \
    ((string).len == sizeof(literal) - 1 && \
     !memcmp((string).ptr, literal, sizeof(literal) - 1))

#endif
