/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Constant expressions of a validated module. */
#ifndef RUNTIME_CONSTANT_H
#define RUNTIME_CONSTANT_H

#include "base/slice.h"
#include "runtime/store.h"

/* Evaluates `expression` (which ends with `end`) with the functions and
 * globals that the instance has so far. The value takes one slot, v128 two.
 * Objects in it are not roots any more when this returns. */
whit_status rt_constant_evaluate(rt_instance *instance, slice expression,
                                 rt_slot out[2],
                                 whit_error *error) WHIT_MUST_CHECK;

#endif
