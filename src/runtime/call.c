/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls across the border between host and guest. */
#include <stdio.h>
#include <string.h>
#include "platform/fault.h"
#include "runtime/local.h"
#include "runtime/memory.h"
#include "runtime/operations.h"
#include "runtime/thread.h"

/* Native stack that a call from host to guest or back must find. */
enum { ROOM_BYTES = 96 * 1024 };

static void describe(rt_context *context, rt_trap *trap)
{
    const rt_store *store = context->store;
    const rt_config *config = &store->engine->config;
    size_t size = sizeof trap->detail;
    trap->detail[0] = 0;
    if (trap->code == RT_TRAP_STACK)
        snprintf(trap->detail, size,
                 "%u calls deep; the limits are %u calls (call_depth) and "
                 "%zu bytes (value_stack)",
                 context->depth, context->depth_limit, config->value_stack);
    else if (trap->code == RT_TRAP_GC_HEAP)
        snprintf(trap->detail, size, "the limit is %llu bytes (gc_heap_bytes)",
                 (unsigned long long)store->limits.gc_heap_bytes);
}

static void add_frames(rt_context *context)
{
    const rt_executor *executor = context->store->engine->executor;
    rt_trap *trap = &context->trap;
    trap->frame_count =
        context->activation
            ? executor->backtrace(context, trap->frames, LIMIT_BACKTRACE_FRAMES)
            : 0;
}

whit_status rt_trap_raise(rt_context *context, rt_trap_code code)
{
    context->trap.code = code;
    describe(context, &context->trap);
    add_frames(context);
    return WHIT_TRAP;
}

whit_status rt_trap_raise_element(rt_context *context, rt_trap_code code,
                                  uint64_t index)
{
    context->trap.code = code;
    snprintf(context->trap.detail, sizeof context->trap.detail, "%llu",
             (unsigned long long)index);
    add_frames(context);
    return WHIT_TRAP;
}

static bool has_room(const rt_context *context)
{
    uint8_t *low, *high;
    fiber_stack(context->fiber, &low, &high);
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return here >= (uintptr_t)low && here - (uintptr_t)low >= ROOM_BYTES;
}

/* Host functions. */

static whit_status host_result(rt_context *context, const rt_function *function,
                               whit_status status)
{
    rt_trap *trap = &context->trap;
    if (status == WHIT_EXCEPTION && context->exception == 0) {
        error_set(&context->error, WHIT_TRAP,
                  "the host function reports an exception without one");
        trap->code = RT_TRAP_NONE;
        status = WHIT_TRAP;
    }
    if (status != WHIT_TRAP)
        return status;
    if (trap->code == RT_TRAP_NONE) {
        trap->code = function->canonical ? RT_TRAP_CANONICAL : RT_TRAP_HOST;
        snprintf(trap->detail, sizeof trap->detail, "%.*s",
                 (int)sizeof trap->detail - 1, context->error.message);
        trap->frame_count = 0;
    }
    /* A guest that the host function called has left its frames. */
    if (trap->frame_count == 0)
        add_frames(context);
    return WHIT_TRAP;
}

whit_status rt_host_call(rt_context *context, rt_instance *caller,
                         rt_function *function, rt_slot *slots)
{
    rt_store *store = context->store;
    const wasm_functype *type = &function->header.type->func;
    size_t locals = store->local_count;
    if (UNLIKELY(!has_room(context)))
        return rt_trap_raise(context, RT_TRAP_STACK);
    if (UNLIKELY(!rt_local_push_values(store, type->params, type->param_count,
                                       slots)))
        return error_memory(&context->error);
    rt_caller self = {store, caller, context};
    context->trap.code = RT_TRAP_NONE;
    context->error.message[0] = 0;
    context->host_depth++;
    whit_status status =
        function->host(&self, function->env, slots, &context->error);
    context->host_depth--;
    store->local_count = locals;
    return LIKELY(status == WHIT_OK) ? status
                                     : host_result(context, function, status);
}

/* Guest functions. */

/* In signal context. */
static bool claim(void *data, void *address, void *machine)
{
    rt_context *context = data;
    rt_store *store = context->store;
    rt_trap_code code = RT_TRAP_NONE;
    if (context->host_depth)
        return false;
    if (fiber_is_guard(context->fiber, address))
        code = RT_TRAP_STACK;
    for (rt_memory *m = store->memories; m && !code; m = m->next) {
        if (rt_memory_holds(m, address))
            code = RT_TRAP_MEMORY_BOUNDS;
    }
    for (size_t i = 0; i < store->shared_count && !code; i++) {
        if (rt_memory_holds(store->shared[i], address))
            code = RT_TRAP_MEMORY_BOUNDS;
    }
    if (code == RT_TRAP_NONE)
        return false;
    store->engine->executor->fault(context, machine);
    context->trap.code = code;
    context->trap.detail[0] = 0;
    add_frames(context);
    return true;
}

/* What a call that ends early has to put back. */
typedef struct saved_state {
    rt_slot *stack_top;
    void *activation;
    uint32_t depth;
    uint32_t host_depth;
} saved_state;

static whit_status run_guest(rt_context *context, rt_function *function,
                             rt_slot *slots)
{
    const saved_state saved = {context->stack_top, context->activation,
                               context->depth, context->host_depth};
    fault_scope scope = {.claim = claim, .data = context};
    whit_status status;
    if (sigsetjmp(scope.jump, 0) == 0) {
        fault_enter(&scope);
        context->host_depth = 0;
        status =
            context->store->engine->executor->call(context, function, slots);
        fault_leave(&scope);
    } else {
        status = WHIT_TRAP;
    }
    context->stack_top = saved.stack_top;
    context->activation = saved.activation;
    context->depth = saved.depth;
    context->host_depth = saved.host_depth;
    return status;
}

static whit_status run(rt_context *context, rt_function *function,
                       rt_slot *slots)
{
    rt_store *store = context->store;
    const wasm_functype *type = &function->header.type->func;
    size_t locals = store->local_count;
    if (!rt_local_push_values(store, type->params, type->param_count, slots))
        return error_memory(&context->error);
    whit_status status = function->host
                             ? rt_host_call(context, NULL, function, slots)
                             : run_guest(context, function, slots);
    store->local_count = locals;
    /* A host function keeps the results it got until it returns. */
    if (status == WHIT_OK && context->host_depth &&
        !rt_local_push_values(store, type->results, type->result_count, slots))
        return error_memory(&context->error);
    return status;
}

typedef struct fiber_call {
    rt_context *context;
    rt_function *function;
    rt_slot *slots;
    whit_status status;
} fiber_call;

static void run_on_fiber(void *argument)
{
    fiber_call *call = argument;
    call->status = run(call->context, call->function, call->slots);
}

static whit_status run_outermost(rt_context *context, rt_function *function,
                                 rt_slot *slots)
{
    rt_store *store = context->store;
    if (!store->main)
        TRY(rt_thread_new(store, &store->main, &context->error));
    else if (!fault_install())
        return error_set(&context->error, WHIT_IO,
                         "the system refuses signal handlers or their stack");
    fiber_call call = {context, function, slots, WHIT_OK};
    rt_thread_start(store->main, run_on_fiber, &call);
    return call.status;
}

static whit_status trap_error(const rt_trap *trap, whit_error *error)
{
    buffer text;
    buffer_init(&text);
    rt_trap_format(trap, &text);
    const char *string = buffer_string(&text);
    error_set(error, WHIT_TRAP, "%s",
              string ? string : rt_trap_text(trap->code));
    buffer_release(&text);
    return WHIT_TRAP;
}

whit_status rt_call(rt_store *store, rt_function *function, rt_slot *slots,
                    whit_error *error)
{
    rt_context *context = &store->context;
    whit_status status;
    context->trap.code = RT_TRAP_NONE;
    context->trap.frame_count = 0;
    context->exception = 0;
    if (!context->fiber)
        status = run_outermost(context, function, slots);
    else if (has_room(context))
        status = run(context, function, slots);
    else
        status = rt_trap_raise(context, RT_TRAP_STACK);
    if (status == WHIT_OK)
        return WHIT_OK;
    if (status == WHIT_TRAP)
        return trap_error(&context->trap, error);
    if (status == WHIT_EXCEPTION)
        return error_set(error, WHIT_EXCEPTION, "uncaught exception");
    if (error && error != &context->error) {
        *error = context->error;
        error->code = status;
    }
    return status;
}
