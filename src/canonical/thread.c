/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Threads of guests: waiting, resuming, blocking. */
#include "base/limits.h"
#include "base/memory.h"
#include "canonical/task.h"

void canon_thread_init(canon_thread *self, canon_task *task)
{
    *self = (canon_thread){.task = task, .phase = CANON_PHASE_START};
}

static canon_scheduler *scheduler_of(const canon_thread *self)
{
    return &self->task->instance->store->scheduler;
}

/* ---- Stacks ---- */

whit_status canon_stack_take(canon_store *store, rt_thread **out,
                             whit_error *error)
{
    canon_scheduler *scheduler = &store->scheduler;
    if (scheduler->threads >= LIMIT_CANON_STACKS)
        return canon_trap(error,
                          "more than %u threads are in the middle of something",
                          LIMIT_CANON_STACKS);
    if (scheduler->idle_count)
        *out = scheduler->idle[--scheduler->idle_count];
    else
        TRY(rt_thread_new(store->core, out, error));
    scheduler->threads++;
    return WHIT_OK;
}

void canon_stack_give(canon_store *store, rt_thread *stack)
{
    canon_scheduler *scheduler = &store->scheduler;
    scheduler->threads--;
    if (scheduler->idle_count < CANON_IDLE_STACKS && !stack->stack->busy)
        scheduler->idle[scheduler->idle_count++] = stack;
    else
        rt_thread_free(stack);
}

/* ---- Waiting ---- */

static bool has_backpressure(const canon_task *task)
{
    const canon_instance *instance = task->instance;
    return instance->backpressure > 0 ||
           (canon_task_needs_exclusive(task) && instance->exclusive);
}

bool canon_thread_ready(const canon_thread *self)
{
    const canon_instance *instance = self->task->instance;
    switch ((canon_wait)self->wait) {
    case CANON_WAIT_NONE:
        return false;
    case CANON_WAIT_READY:
        return true;
    case CANON_WAIT_ENTER:
        return !has_backpressure(self->task);
    case CANON_WAIT_EVENT:
        return ((const canon_waitable *)self->on)->pending;
    case CANON_WAIT_SET:
        return canon_set_pending(self->on);
    case CANON_WAIT_CALLBACK:
        return !instance->exclusive;
    case CANON_WAIT_CALLBACK_SET:
        return !instance->exclusive && canon_set_pending(self->on);
    case CANON_WAIT_SUBTASK:
        return canon_subtask_resolved(self->on);
    case CANON_WAIT_CALL:
        return ((const canon_host_call *)self->on)->finished;
    }
    return false;
}

void canon_thread_wait(canon_thread *self, canon_wait wait, void *on)
{
    canon_scheduler *scheduler = scheduler_of(self);
    self->wait = (uint8_t)wait;
    self->on = on;
    self->next = NULL;
    self->previous = scheduler->waiting_last;
    if (self->previous)
        self->previous->next = self;
    else
        scheduler->waiting_first = self;
    scheduler->waiting_last = self;
}

void canon_thread_stop_waiting(canon_thread *self)
{
    canon_scheduler *scheduler = scheduler_of(self);
    if (self->previous)
        self->previous->next = self->next;
    else
        scheduler->waiting_first = self->next;
    if (self->next)
        self->next->previous = self->previous;
    else
        scheduler->waiting_last = self->previous;
    self->next = self->previous = NULL;
    self->wait = CANON_WAIT_NONE;
}

/* ---- Resuming ---- */

/* Onto the thread's stack and back; true when the stack is empty again. When
 * the whole store waits, every stack up to the host is left in turn, and the
 * host comes back the same way. */
static bool switch_in(canon_thread *self, void (*body)(void *thread))
{
    canon_scheduler *scheduler = scheduler_of(self);
    rt_store *core = self->stack->store;
    bool done = body ? rt_thread_start(self->stack, body, self)
                     : rt_thread_resume(self->stack);
    while (!done && scheduler->blocking && core->context.fiber) {
        rt_thread_suspend(core);
        done = rt_thread_resume(self->stack);
    }
    return done;
}

static whit_status advance(canon_thread *self, whit_error *error)
{
    canon_store *store = self->task->instance->store;
    void (*body)(void *) = NULL;
    if (self->phase != CANON_PHASE_STACK) {
        TRY(canon_lift_begin(self, &body, error));
        if (!body)
            return WHIT_OK;
    }
    do {
        if (!self->stack)
            TRY(canon_stack_take(store, &self->stack, error));
        self->phase = CANON_PHASE_STACK;
        if (!switch_in(self, body))
            return WHIT_OK;
        canon_stack_give(store, self->stack);
        self->stack = NULL;
        if (self->status != WHIT_OK) {
            if (error && error != &store->scheduler.failure)
                *error = store->scheduler.failure;
            return self->status;
        }
        TRY(canon_lift_next(self, &body, error));
    } while (body);
    return WHIT_OK;
}

/* Goes on with a thread, and those that it hands control to. */
static whit_status go_on(canon_scheduler *scheduler, canon_thread *thread,
                         canon_thread *before, whit_error *error)
{
    for (;;) {
        canon_task *task = thread->task;
        whit_status status = advance(thread, error);
        if (status != WHIT_OK) {
            scheduler->current = before;
            canon_task_fail(task, error);
            return status;
        }
        if (scheduler->blocking) {
            scheduler->blocked_thread = thread;
            return WHIT_OK;
        }
        scheduler->current = before;
        thread = scheduler->switch_to;
        scheduler->switch_to = NULL;
        if (!thread)
            return WHIT_OK;
        if (thread->wait)
            canon_thread_stop_waiting(thread);
        thread->running = true;
        thread->cancelled = thread->cancellable = false;
        if (thread->nested)
            return WHIT_OK;
        scheduler->current = thread;
    }
}

whit_status canon_thread_resume(canon_thread *self, bool cancelled,
                                whit_error *error)
{
    canon_scheduler *scheduler = scheduler_of(self);
    canon_thread *before = scheduler->current;
    if (self->wait)
        canon_thread_stop_waiting(self);
    self->running = true;
    self->cancelled = cancelled;
    self->cancellable = false;
    /* Its frame is below on this stack, and looks whether it runs. */
    if (self->nested)
        return WHIT_OK;
    scheduler->current = self;
    return go_on(scheduler, self, before, error);
}

whit_status canon_thread_unblock(canon_store *store, whit_error *error)
{
    canon_scheduler *scheduler = &store->scheduler;
    canon_thread *thread = scheduler->blocked_thread;
    scheduler->blocking = NULL;
    scheduler->blocked_thread = NULL;
    return go_on(scheduler, thread, NULL, error);
}

/* ---- Blocking ---- */

/* Whether a thread may run inside of a call of sync type: one that has not
 * entered its instance, or needs it for itself, may not. */
static bool fits(const canon_thread *self)
{
    return self->phase != CANON_PHASE_ENTER &&
           (self->nested || self->explicit_ ||
            !canon_task_needs_exclusive(self->task));
}

/* The thread that a call of sync type in an instance runs while it waits. */
static canon_thread *candidate(const canon_instance *instance)
{
    canon_thread *t = canon_scheduler_of(instance)->waiting_first;
    for (; t; t = t->next) {
        if (t->task->instance == instance && fits(t) && canon_thread_ready(t))
            return t;
    }
    return NULL;
}

static whit_status trap_blocked(const canon_thread *self, whit_error *error)
{
    /* The same to the specification; with others that wait it is more
     * helpful to know that none of them could go on. */
    const canon_scheduler *scheduler = scheduler_of(self);
    if (scheduler->waiting_first &&
        (scheduler->waiting_first != self || self->next))
        return canon_trap(error, "deadlock detected: event loop cannot make "
                                 "further progress");
    return canon_trap(error,
                      "cannot block a synchronous task before returning");
}

whit_status canon_thread_check_block(canon_thread *self, whit_error *error)
{
    const canon_instance *instance = self->task->instance;
    if (!instance->sync || candidate(instance))
        return WHIT_OK;
    return canon_trap(error,
                      "cannot block a synchronous task before returning");
}

static whit_status block_nested(canon_thread *self, canon_thread *other,
                                whit_error *error)
{
    while (!self->running) {
        canon_thread *next = other ? other : candidate(self->task->instance);
        other = NULL;
        if (!next)
            return trap_blocked(self, error);
        TRY(canon_thread_resume(next, false, error));
    }
    return WHIT_OK;
}

whit_status canon_thread_block(canon_thread *self, bool cancellable,
                               canon_thread *other, whit_error *error)
{
    self->cancellable = cancellable;
    self->running = false;
    if (self->nested)
        return block_nested(self, other, error);
    scheduler_of(self)->switch_to = other;
    rt_thread_suspend(self->stack->store);
    return WHIT_OK;
}

whit_status canon_thread_wait_until(canon_thread *self, canon_wait wait,
                                    void *on, bool cancellable,
                                    whit_error *error)
{
    if (canon_task_deliver_cancel(self->task, cancellable)) {
        self->cancelled = true;
        return WHIT_OK;
    }
    self->cancelled = false;
    canon_thread_wait(self, wait, on);
    return canon_thread_block(self, cancellable, NULL, error);
}

whit_status canon_thread_block_store(canon_store *store, canon_host_call *call,
                                     whit_error *error)
{
    canon_scheduler *scheduler = &store->scheduler;
    if (scheduler->starting)
        return canon_trap(error, "a start function cannot wait for the host");
    scheduler->blocking = call;
    rt_thread_suspend(store->core);
    return WHIT_OK;
}
