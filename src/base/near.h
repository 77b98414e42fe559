/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The known word nearest to one that is not known, for messages. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/error.h"
#include "base/slice.h"

/* Words are borrowed. The case of letters makes no difference. */
typedef struct near_word {
    slice wanted;
    slice best;     /* empty while nothing is near */
    unsigned edits; /* from wanted to best; before, the first too many */
} near_word;

near_word near_new(slice wanted);
void near_try(near_word *self, slice candidate);
/* Adds "; did you mean 'x'?" when there is something to add. */
void near_suffix(const near_word *self, whit_error *error);

#endif
