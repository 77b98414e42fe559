/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The stacks a context runs on: a fiber, which is the native stack, and the
 * guest's stack of slots. An engine keeps some that are not in use. */
#ifndef RUNTIME_STACK_H
#define RUNTIME_STACK_H

#include "runtime/store.h"

enum { STACKS_KEPT = 16 };

typedef struct rt_stack {
    fiber *fiber;
    rt_slot *values;
    size_t value_bytes;
    struct rt_stack *next; /* in the engine */
} rt_stack;

/* NULL when out of memory. */
rt_stack *stack_take(rt_engine *engine);
/* NULL is allowed. */
void stack_give(rt_engine *engine, rt_stack *self);
void stacks_free(rt_engine *engine);

#endif
