/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Switching between the threads of a store. */
#include "runtime/thread.h"

#include "base/memory.h"
#include "platform/fault.h"

static void exchange(rt_store *store, rt_thread_state *state)
{
    rt_context *context = &store->context;
    rt_thread_state before = {
        context->stack,        context->stack_end,  context->stack_top,
        context->depth,        context->host_depth, context->activation,
        context->fiber,        store->locals,       store->local_count,
        store->local_capacity,
    };
    context->stack = state->stack;
    context->stack_end = state->stack_end;
    context->stack_top = state->stack_top;
    context->depth = state->depth;
    context->host_depth = state->host_depth;
    context->activation = state->activation;
    context->fiber = state->fiber;
    store->locals = state->locals;
    store->local_count = state->local_count;
    store->local_capacity = state->local_capacity;
    *state = before;
}

whit_status rt_thread_new(rt_store *store, rt_thread **out, whit_error *error)
{
    if (!fault_install())
        return error_set(error, WHIT_IO,
                         "the system refuses signal handlers or their stack");
    rt_thread *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->store = store;
    self->stack = rt_stack_take(store->engine);
    if (!self->stack) {
        mem_free(self);
        return error_memory(error);
    }
    rt_slot *values = self->stack->values;
    self->other.stack = values;
    self->other.stack_end = values + self->stack->value_bytes / sizeof(rt_slot);
    self->other.stack_top = values;
    self->other.fiber = self->stack->fiber;
    self->next = store->threads;
    if (self->next)
        self->next->previous = self;
    store->threads = self;
    *out = self;
    return WHIT_OK;
}

void rt_thread_free(rt_thread *self)
{
    if (!self)
        return;
    if (self->previous)
        self->previous->next = self->next;
    else
        self->store->threads = self->next;
    if (self->next)
        self->next->previous = self->previous;
    rt_stack_give(self->store->engine, self->stack);
    mem_free(self->other.locals);
    mem_free(self);
}

bool rt_thread_resume(rt_thread *self)
{
    rt_store *store = self->store;
    exchange(store, &self->other);
    rt_stack_enter(self->stack);
    exchange(store, &self->other);
    return !self->stack->busy;
}

bool rt_thread_start(rt_thread *self, void (*run)(void *argument),
                     void *argument)
{
    self->stack->run = run;
    self->stack->argument = argument;
    return rt_thread_resume(self);
}

void rt_thread_suspend(rt_store *store)
{
    fiber_suspend(store->context.fiber);
    /* Others have run: what they left is not this thread's. */
    store->context.trap.code = RT_TRAP_NONE;
    store->context.exception = 0;
}
