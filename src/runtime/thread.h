/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Guests that can be suspended: threads of a store, each with stacks of its
 * own, of which one runs at a time.
 *
 * store->context is the state of the thread that runs: frames of guests hold
 * its address. Resuming a thread exchanges the volatile part of the context,
 * and the references in flight, with what the thread keeps; it goes back
 * when the thread suspends itself or ends. So `other` belongs to the thread
 * while it does not run, and to whoever resumed it while it does, and the
 * collector finds every frame by looking at the context and at each `other`.
 *
 * A suspended thread can be abandoned: its frames never run again, neither
 * the guest's nor those of host functions between them. A host function that
 * may suspend keeps what it owns where others can find and free it, never in
 * its frame alone. */
#ifndef RUNTIME_THREAD_H
#define RUNTIME_THREAD_H

#include "runtime/stack.h"

typedef struct rt_thread_state {
    rt_slot *stack, *stack_end, *stack_top;
    uint32_t depth, host_depth;
    void *activation;
    fiber *fiber;
    rt_ref *locals;
    size_t local_count, local_capacity;
} rt_thread_state;

typedef struct rt_thread {
    rt_store *store;
    rt_stack *stack;
    rt_thread_state other;
    struct rt_thread *next, *previous; /* all of the store */
} rt_thread;

/* Belongs to the store. Stacks come from the engine and go back there. */
whit_status rt_thread_new(rt_store *store, rt_thread **out,
                          whit_error *error) WHIT_MUST_CHECK;
/* NULL is allowed; not while it runs. */
void rt_thread_free(rt_thread *self);

/* Begins run(argument) on a thread that is new or done, or goes on behind
 * rt_thread_suspend. Returns when the thread suspends itself or `run` has
 * returned; true in the second case. Calls nest: threads resume threads. */
bool rt_thread_start(rt_thread *self, void (*run)(void *argument),
                     void *argument);
bool rt_thread_resume(rt_thread *self);
/* Suspends the thread that runs; it must have been started by the two
 * functions above, and by whoever calls this. */
void rt_thread_suspend(rt_store *store);

#endif
