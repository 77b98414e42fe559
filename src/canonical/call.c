/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls by the host, and the event loop (CanonicalABI.md, "Embedding
 * API"). */
#include <string.h>

#include "base/memory.h"
#include "canonical/task.h"

/* ---- Life ---- */

static void call_init(canon_call *self, canon_function *function,
                      const void *arguments, void *result)
{
    canon_store *store = function->resolver->store;
    self->store = store;
    self->function = function;
    self->state = CANON_CALL_RUNNING;
    self->references = 0;
    self->arguments = arguments;
    self->result = result;
    self->results = NULL;
    self->task = NULL;
    self->stack = NULL;
    self->status = WHIT_OK;
    self->error = &self->own;
    self->next = self->previous = NULL;
    arena_init(&self->arena);
    canon_subtask_init(&self->lender, store->host, NULL, NULL, NULL);
}

void canon_call_retain(canon_call *self)
{
    self->references++;
}

void canon_call_release(canon_call *self)
{
    if (--self->references)
        return;
    if (self->store) {
        if (self->previous)
            self->previous->next = self->next;
        else
            self->store->scheduler.calls = self->next;
        if (self->next)
            self->next->previous = self->previous;
    }
    arena_release(&self->arena);
    mem_free(self);
}

void canon_call_fail(canon_call *self, whit_status status,
                     const whit_error *error)
{
    if (self->state != CANON_CALL_RUNNING)
        return;
    self->state = CANON_CALL_FAILED;
    self->status = status;
    if (self->task)
        self->task->call = NULL;
    self->task = NULL;
    canon_subtask_deliver(&self->lender);
    if (self->error && error && error != self->error)
        *self->error = *error;
}

/* ---- Functions of sync type ---- */

static void sync_body(void *argument)
{
    canon_call *self = argument;
    canon_instance *instance = self->function->instance;
    whit_error *error = &self->store->scheduler.failure;
    self->status = canon_enter(instance, NULL, error);
    if (self->status == WHIT_OK)
        self->status = canon_lift_sync(self->function, NULL, self, error);
    if (self->status == WHIT_OK)
        canon_leave(instance, NULL);
}

static void sync_done(canon_call *self)
{
    canon_stack_give(self->store, self->stack);
    self->stack = NULL;
    if (self->status != WHIT_OK) {
        self->state = CANON_CALL_RUNNING;
        canon_call_fail(self, self->status, &self->store->scheduler.failure);
    }
}

/* Until the guest has returned, or the whole store waits. */
static void sync_go_on(canon_call *self, bool done)
{
    canon_scheduler *scheduler = &self->store->scheduler;
    rt_store *core = self->store->core;
    while (!done && core->context.fiber) {
        rt_thread_suspend(core);
        done = rt_thread_resume(self->stack);
    }
    if (done)
        sync_done(self);
    else
        scheduler->blocked_call = self;
}

static void sync_start(canon_call *self)
{
    whit_status status =
        canon_stack_take(self->store, &self->stack, self->error);
    if (status != WHIT_OK) {
        canon_call_fail(self, status, NULL);
        return;
    }
    sync_go_on(self, rt_thread_start(self->stack, sync_body, self));
}

/* ---- Functions of async type ---- */

/* After a thread was resumed by the host. */
static void leave(canon_instance *instance)
{
    canon_scheduler *scheduler = canon_scheduler_of(instance);
    if (scheduler->blocking)
        scheduler->blocked_instance = instance;
    else
        canon_leave(instance, NULL);
}

static whit_status host_resume(canon_thread *thread, whit_error *error)
{
    canon_instance *instance = thread->task->instance;
    TRY(canon_enter(instance, NULL, error));
    TRY(canon_thread_resume(thread, false, error));
    leave(instance);
    return WHIT_OK;
}

static void async_start(canon_call *self)
{
    canon_instance *instance = self->function->instance;
    whit_status status = canon_enter(instance, NULL, self->error);
    if (status == WHIT_OK)
        status = canon_lift_async(self->function, NULL, self, self->error);
    if (status == WHIT_OK)
        leave(instance);
    else
        canon_call_fail(self, status, NULL);
}

/* ---- The event loop ---- */

static whit_status unblock(canon_store *store, whit_error *error)
{
    canon_scheduler *scheduler = &store->scheduler;
    canon_call *call = scheduler->blocked_call;
    if (call) {
        scheduler->blocking = NULL;
        scheduler->blocked_call = NULL;
        sync_go_on(call, rt_thread_resume(call->stack));
        return WHIT_OK;
    }
    canon_instance *instance = scheduler->blocked_instance;
    scheduler->blocked_instance = NULL;
    TRY(canon_thread_unblock(store, error));
    leave(instance);
    return WHIT_OK;
}

/* Runs the thread that has been ready for longest. */
static whit_status tick(canon_store *store, bool *ran, whit_error *error)
{
    canon_scheduler *scheduler = &store->scheduler;
    *ran = false;
    if (store->core->context.fiber)
        return WHIT_OK;
    if (scheduler->blocking) {
        if (!canon_host_call_is_finished(scheduler->blocking))
            return WHIT_OK;
        *ran = true;
        return unblock(store, error);
    }
    for (canon_thread *t = scheduler->waiting_first; t; t = t->next) {
        if (!canon_thread_ready(t) || !canon_may_enter(t->task->instance, NULL))
            continue;
        *ran = true;
        return host_resume(t, error);
    }
    return WHIT_OK;
}

/* A guest may yield for ever: the host gets its turn all the same. */
enum { TICKS_PER_POLL = 4096 };

bool canon_store_poll(canon_store *self)
{
    whit_error error;
    bool ran = true;
    for (int i = 0; ran && i < TICKS_PER_POLL; i++) {
        /* The call that fails by it has been told. */
        whit_status status = tick(self, &ran, &error);
        (void)status;
    }
    return self->scheduler.waiting_first || self->scheduler.blocking;
}

uint32_t canon_store_pending(const canon_store *self)
{
    return self->scheduler.pending;
}

/* ---- The host's side ---- */

static void start(canon_call *self)
{
    if (self->store->scheduler.blocking)
        canon_call_fail(self,
                        error_set(self->error, WHIT_ARGUMENT,
                                  "the store waits for a call to the host to "
                                  "be finished: no other call can start"),
                        NULL);
    else if (!self->function->core)
        canon_call_fail(self,
                        error_set(self->error, WHIT_ARGUMENT,
                                  "the function is the host's own: call it "
                                  "without the component"),
                        NULL);
    else if (self->function->type->is_async)
        async_start(self);
    else
        sync_start(self);
}

static whit_status call_start(canon_function *function, const void *arguments,
                              void *result, arena *results, canon_call **out,
                              whit_error *error)
{
    canon_call *self = mem_alloc(sizeof *self);
    TRY_ALLOC(self, error);
    call_init(self, function, arguments, result);
    self->references = 1;
    self->results = results;
    canon_scheduler *scheduler = &self->store->scheduler;
    self->next = scheduler->calls;
    if (self->next)
        self->next->previous = self;
    scheduler->calls = self;
    *out = self;
    start(self);
    return WHIT_OK;
}

whit_status canon_call_start(canon_function *function, const void *arguments,
                             void *result, canon_call **out, whit_error *error)
{
    return call_start(function, arguments, result, NULL, out, error);
}

canon_call_state canon_call_poll(canon_call *self)
{
    if (self->state == CANON_CALL_RUNNING && self->store)
        canon_store_poll(self->store);
    return self->state;
}

const whit_error *canon_call_error(const canon_call *self)
{
    return self->error;
}

void canon_call_cancel(canon_call *self)
{
    canon_task *task = self->task;
    whit_error error;
    if (!task || self->store->core->context.fiber ||
        task->state > CANON_TASK_STARTED)
        return;
    if (self->store->scheduler.blocking) {
        /* Nothing can run now: the guest sees it when it looks. */
        if (task->state == CANON_TASK_STARTED)
            task->state = CANON_TASK_PENDING_CANCEL;
        return;
    }
    whit_status status = canon_task_request_cancel(task, NULL, &error);
    /* The thread that failed has told the call. */
    (void)status;
}

/* Nested threads that wait are gone with the frames that they are in. */
static void forget_nested(canon_scheduler *scheduler, const fiber *frame)
{
    for (canon_thread *next, *t = scheduler->waiting_first; t; t = next) {
        next = t->next;
        if (t->nested && t->frame == frame)
            canon_thread_stop_waiting(t);
    }
}

/* A guest that waits with everybody else is left where it is. */
static void abandon(canon_call *self)
{
    canon_scheduler *scheduler = &self->store->scheduler;
    if (!self->stack)
        return;
    if (scheduler->blocked_call == self) {
        canon_host_call *host = scheduler->blocking;
        scheduler->blocking = NULL;
        scheduler->blocked_call = NULL;
        scheduler->current = NULL;
        canon_host_call_orphan(host);
    }
    forget_nested(scheduler, self->stack->stack->fiber);
    canon_stack_give(self->store, self->stack);
    self->stack = NULL;
}

void canon_call_free(canon_call *self)
{
    if (!self)
        return;
    if (self->store) {
        canon_call_cancel(self);
        if (self->task)
            self->task->call = NULL;
        self->task = NULL;
        abandon(self);
        canon_subtask_deliver(&self->lender);
    }
    if (self->state == CANON_CALL_RUNNING)
        self->state = CANON_CALL_CANCELLED;
    canon_call_release(self);
}

/* ---- The whole of a call ---- */

static whit_status wait_for_host(canon_store *store, const canon_waiter *waiter,
                                 whit_error *error)
{
    if (store->scheduler.pending == 0)
        return canon_trap(error, "deadlock detected: event loop cannot make "
                                 "further progress");
    if (!waiter)
        return error_set(error, WHIT_ARGUMENT,
                         "the guest waits for the host, which has said nothing "
                         "of how to wait");
    return waiter->wait(waiter->env, error);
}

static whit_status run(canon_call *self, const canon_waiter *waiter,
                       whit_error *error)
{
    canon_store *store = self->store;
    int ticks = 0;
    while (self->state == CANON_CALL_RUNNING) {
        bool ran;
        TRY(tick(store, &ran, error));
        if (self->state != CANON_CALL_RUNNING)
            break;
        if (!ran || (++ticks % TICKS_PER_POLL == 0 && store->scheduler.pending))
            TRY(wait_for_host(store, waiter, error));
    }
    return WHIT_OK;
}

static whit_status call_async(canon_function *function, const void *arguments,
                              void *result, arena *memory,
                              const canon_waiter *waiter, whit_error *error)
{
    canon_call *call;
    TRY(call_start(function, arguments, result, memory, &call, error));
    whit_status status = run(call, waiter, error);
    if (status == WHIT_OK && call->state == CANON_CALL_FAILED) {
        status = call->status;
        if (error)
            *error = call->own;
    }
    canon_call_free(call);
    return status;
}

whit_status canon_function_call(canon_function *function, const void *arguments,
                                void *result, arena *memory,
                                const canon_waiter *waiter, whit_error *error)
{
    if (function->type->is_async)
        return call_async(function, arguments, result, memory, waiter, error);
    canon_call call;
    call_init(&call, function, arguments, result);
    call.results = memory;
    call.error = error;
    start(&call);
    whit_status status = WHIT_OK;
    if (UNLIKELY(call.stack)) {
        status = run(&call, waiter, error);
        abandon(&call);
    }
    if (status == WHIT_OK && call.state == CANON_CALL_FAILED)
        status = call.status;
    canon_subtask_deliver(&call.lender);
    arena_release(&call.arena);
    return status;
}

typedef struct destruction {
    canon_store *store;
    const canon_resource *resource;
    uint32_t representation;
    whit_status status;
} destruction;

static void destroy_body(void *argument)
{
    destruction *self = argument;
    self->status =
        canon_resource_destroy(NULL, self->resource, self->representation,
                               &self->store->scheduler.failure);
}

whit_status canon_host_destroy(canon_store *store,
                               const canon_resource *resource,
                               uint32_t representation, whit_error *error)
{
    destruction d = {store, resource, representation, WHIT_OK};
    rt_thread *stack;
    TRY(canon_stack_take(store, &stack, error));
    /* A destructor has nobody who would wait for it. */
    store->scheduler.starting++;
    rt_thread_start(stack, destroy_body, &d);
    store->scheduler.starting--;
    canon_stack_give(store, stack);
    if (d.status != WHIT_OK && error)
        *error = store->scheduler.failure;
    return d.status;
}

/* ---- Stores ---- */

void canon_scheduler_init(canon_scheduler *self)
{
    memset(self, 0, sizeof *self);
}

static void free_task(canon_task *task)
{
    for (canon_thread *next, *t = task->threads; t; t = next) {
        next = t->task_next;
        if (t->explicit_)
            mem_free(t);
    }
    canon_task_free(task);
}

void canon_scheduler_release(canon_store *store)
{
    canon_scheduler *self = &store->scheduler;
    while (self->host_calls) {
        canon_host_call *call = self->host_calls;
        call->subtask = NULL;
        call->owned = true;
        if (call->deferred && !call->finished)
            canon_host_call_request_cancel(call);
        if (self->host_calls == call)
            canon_host_call_free(call);
    }
    while (self->unused_calls) {
        canon_host_call *next = self->unused_calls->next;
        mem_free(self->unused_calls);
        self->unused_calls = next;
    }
    while (self->tasks)
        free_task(self->tasks);
    while (self->lenders) {
        canon_subtask *next = self->lenders->next;
        mem_free(self->lenders->lends);
        self->lenders->lends = NULL;
        self->lenders = next;
    }
    for (canon_call *next, *c = self->calls; c; c = next) {
        next = c->next;
        c->store = NULL;
        c->task = NULL;
        c->stack = NULL;
        if (c->state == CANON_CALL_RUNNING)
            c->state = CANON_CALL_CANCELLED;
    }
}
