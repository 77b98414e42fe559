/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What runs guest functions: the interpreter, later native code. The runtime
 * calls it through this struct and knows nothing else of it. */
#ifndef RUNTIME_EXECUTOR_H
#define RUNTIME_EXECUTOR_H

#include "base/error.h"
#include "runtime/trap.h"
#include "runtime/value.h"

struct rt_context;
struct rt_function;

/* Called for each place that holds a reference. */
typedef struct rt_root_visitor {
    void (*ref)(struct rt_root_visitor *self, rt_ref ref);
} rt_root_visitor;

typedef struct rt_executor {
    const char *name;
    /* Runs a guest function to its end on the calling stack, which has been
     * checked for room and is inside a fault scope. `slots` hold the parameters
     * and then the results. Returns WHIT_OK, WHIT_TRAP (context->trap is
     * filled, backtrace too), WHIT_EXCEPTION (context->exception) or what a
     * host function returned (context->error). Calls nest when host functions
     * call guests. */
    whit_status (*call)(struct rt_context *context,
                        struct rt_function *function, rt_slot *slots);
    /* Every reference in frames of this context, precisely. */
    void (*visit_roots)(struct rt_context *context, rt_root_visitor *visitor);
    /* The guest frames now active, innermost first. */
    uint32_t (*backtrace)(struct rt_context *context, rt_frame *frames,
                          uint32_t max);
    /* In signal context: a fault in guest code (never in a host function);
     * keeps what the backtrace needs from the machine context. Still in
     * signal context the runtime then calls `backtrace`, and longjmps out
     * of `call`'s frames into rt_call, which restores `activation`,
     * `stack_top` and `depth`. Both may only read and write the context. */
    void (*fault)(struct rt_context *context, void *machine);
    /* Frees what `call` keeps in rt_module.code. */
    void (*code_free)(void *code);
} rt_executor;

#endif
