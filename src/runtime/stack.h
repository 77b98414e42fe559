/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The stacks a thread runs on: a fiber, which is the native stack, and the
 * guest's stack of slots. An engine keeps some that are not in use.
 *
 * The fiber is started once and then loops: it runs what it is given and
 * parks itself until the next time. */
#ifndef RUNTIME_STACK_H
#define RUNTIME_STACK_H

#include "runtime/store.h"

enum { STACKS_KEPT = 16 };

typedef struct rt_stack {
    fiber *fiber;
    rt_slot *values;
    size_t value_bytes;
    void (*run)(void *argument);
    void *argument;
    bool begun;            /* the fiber */
    bool busy;             /* inside of `run` */
    struct rt_stack *next; /* in the engine */
} rt_stack;

/* NULL when out of memory. */
rt_stack *rt_stack_take(rt_engine *engine);
/* Runs `run`, or goes on with it when the stack is busy, until it returns or
 * the fiber is suspended. */
void rt_stack_enter(rt_stack *self);
/* NULL is allowed. A busy one is never used again. */
void rt_stack_give(rt_engine *engine, rt_stack *self);
void rt_stacks_free(rt_engine *engine);

#endif
