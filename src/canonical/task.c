/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Both sides of a call: tasks, subtasks, what goes between them. */
#include "base/limits.h"
#include "base/memory.h"
#include "canonical/task.h"

/* ---- Tasks on the heap ---- */

whit_status canon_task_new(canon_store *store, canon_task **out,
                           whit_error *error)
{
    canon_scheduler *scheduler = &store->scheduler;
    if (scheduler->task_count >= LIMIT_CANON_TASKS)
        return canon_trap(error, "more than %u tasks that have not ended",
                          LIMIT_CANON_TASKS);
    canon_task *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->next = scheduler->tasks;
    if (self->next)
        self->next->previous = self;
    scheduler->tasks = self;
    scheduler->task_count++;
    *out = self;
    return WHIT_OK;
}

void canon_task_free(canon_task *self)
{
    canon_scheduler *scheduler = canon_scheduler_of(self->instance);
    if (self->previous)
        self->previous->next = self->next;
    else
        scheduler->tasks = self->next;
    if (self->next)
        self->next->previous = self->previous;
    if (self->root)
        canon_call_release(self->root);
    scheduler->task_count--;
    mem_free(self);
}

whit_status canon_task_owner(canon_task *self, canon_task **out,
                             whit_error *error)
{
    if (!self->implicit.nested) {
        *out = self;
        return WHIT_OK;
    }
    if (!self->proxy) {
        canon_task *proxy;
        TRY(canon_task_new(self->instance->store, &proxy, error));
        proxy->instance = self->instance;
        proxy->function = self->function;
        proxy->state = CANON_TASK_STARTED;
        proxy->thread_count = 1; /* the one of `self` */
        proxy->root = self->root;
        if (proxy->root)
            canon_call_retain(proxy->root);
        self->proxy = proxy;
    }
    *out = self->proxy;
    return WHIT_OK;
}

void canon_task_fail(canon_task *self, const whit_error *error)
{
    if (self->root)
        canon_call_fail(self->root, error ? error->code : WHIT_TRAP, error);
    if (self->subtask)
        self->subtask->callee = NULL;
    self->subtask = NULL;
}

bool canon_task_needs_exclusive(const canon_task *self)
{
    const canon_options *options = &self->function->options;
    return !options->is_async || options->callback;
}

/* ---- Threads of a task ---- */

whit_status canon_task_register(canon_task *self, canon_thread *thread,
                                whit_error *error)
{
    canon_instance *instance = self->instance;
    if (instance->has_threads) {
        const canon_handle handle = {.kind = CANON_HANDLE_SUBTASK,
                                     .object = thread};
        TRY(canon_handles_add(&instance->threads, &handle, &thread->index,
                              error));
    }
    thread->task_next = self->threads;
    thread->task_previous = NULL;
    if (self->threads)
        self->threads->task_previous = thread;
    self->threads = thread;
    self->thread_count++;
    return WHIT_OK;
}

whit_status canon_task_unregister(canon_task *self, canon_thread *thread,
                                  whit_error *error)
{
    if (thread->task_previous)
        thread->task_previous->task_next = thread->task_next;
    else
        self->threads = thread->task_next;
    if (thread->task_next)
        thread->task_next->task_previous = thread->task_previous;
    if (thread->index)
        canon_handles_remove(&self->instance->threads, thread->index);
    thread->index = 0;
    if (--self->thread_count == 0 && self->state != CANON_TASK_RESOLVED)
        return canon_trap(error, "the task ended without returning a value or "
                                 "acknowledging its cancellation");
    return WHIT_OK;
}

/* ---- Values ---- */

static canon_side host_side(canon_call *call)
{
    return (canon_side){
        .instance = call->store->host,
        .lender = &call->lender,
        .arena = call->results ? call->results : &call->arena,
    };
}

whit_status canon_task_start(canon_task *self, rt_slot *slots,
                             whit_error *error)
{
    const canon_function *function = self->function;
    self->state = CANON_TASK_STARTED;
    if (self->subtask)
        canon_subtask_progress(self->subtask, CANON_SUBTASK_STARTED);
    if (function->params.count == 0)
        return WHIT_OK;
    if (function->scalar_params && !self->subtask) {
        canon_scalar_to_guest(&function->params, self->call->arguments, slots);
        return WHIT_OK;
    }
    if (function->scalar_params &&
        !self->subtask->lowered->signature.params_in_memory) {
        canon_scalar_pass(&function->params, self->subtask->slots, slots);
        return WHIT_OK;
    }
    const canon_side to = {.instance = self->instance,
                           .options = &function->options,
                           .borrower = self};
    const canon_values destination = {
        .form =
            function->signature.params_in_memory ? CANON_INDIRECT : CANON_FLAT,
        .slots = slots};
    if (!self->subtask) {
        const canon_side from = host_side(self->call);
        const canon_values source = {
            .form = CANON_NATIVE,
            .native = (void *)(uintptr_t)self->call->arguments};
        return canon_pass(&function->params, &from, &source, &to, &destination,
                          error);
    }
    canon_subtask *subtask = self->subtask;
    const canon_lowered *lowered = subtask->lowered;
    const canon_side from = {.instance = subtask->waitable.instance,
                             .options = &lowered->definition.options,
                             .lender = subtask};
    const canon_values source = {.form = lowered->signature.params_in_memory
                                             ? CANON_INDIRECT
                                             : CANON_FLAT,
                                 .slots = subtask->slots};
    return canon_pass(&function->params, &from, &source, &to, &destination,
                      error);
}

static whit_status return_to_guest(canon_subtask *subtask,
                                   const canon_function *function,
                                   const canon_side *from,
                                   const canon_values *source,
                                   whit_error *error)
{
    const canon_lowered *lowered = subtask->lowered;
    const component_signature *signature = &lowered->signature;
    const canon_tuple *types = &function->result;
    if (function->scalar_result && !signature->results_in_memory) {
        canon_scalar_pass(types, source->slots, subtask->slots);
    } else if (types->count) {
        const canon_side to = {.instance = subtask->waitable.instance,
                               .options = &lowered->definition.options};
        canon_values destination = {.form = CANON_FLAT,
                                    .slots = subtask->slots};
        if (signature->results_in_memory) {
            destination.form = CANON_OUT;
            destination.slots += signature->params.count - 1;
        }
        TRY(canon_pass(types, from, source, &to, &destination, error));
    }
    canon_subtask_progress(subtask, CANON_SUBTASK_RETURNED);
    return WHIT_OK;
}

static whit_status return_to_host(canon_call *call,
                                  const canon_function *function,
                                  const canon_side *from,
                                  const canon_values *source, whit_error *error)
{
    const canon_tuple *types = &function->result;
    if (function->scalar_result) {
        canon_scalar_to_host(types, source->slots, call->result);
    } else if (types->count) {
        canon_side to = host_side(call);
        to.lender = NULL;
        const canon_values destination = {.form = CANON_NATIVE,
                                          .native = call->result};
        TRY(canon_pass(types, from, source, &to, &destination, error));
    }
    if (call->state == CANON_CALL_RUNNING)
        call->state = CANON_CALL_RETURNED;
    call->task = NULL;
    canon_subtask_deliver(&call->lender);
    return WHIT_OK;
}

static whit_status check_resolves(const canon_task *self, whit_error *error)
{
    if (self->borrows)
        return canon_trap(error,
                          "borrow handles still remain at the end of the call");
    return WHIT_OK;
}

whit_status canon_task_return(canon_task *self, const rt_slot *slots,
                              whit_error *error)
{
    const canon_function *function = self->function;
    if (self->state == CANON_TASK_RESOLVED)
        return canon_trap(error, "the task has already returned a value or "
                                 "was cancelled");
    TRY(check_resolves(self, error));
    const canon_side from = {.instance = self->instance,
                             .options = &function->options};
    const canon_values source = {.form = function->signature.results_in_memory
                                             ? CANON_INDIRECT
                                             : CANON_FLAT,
                                 .slots = (rt_slot *)(uintptr_t)slots};
    if (self->subtask)
        TRY(return_to_guest(self->subtask, function, &from, &source, error));
    else if (self->call)
        TRY(return_to_host(self->call, function, &from, &source, error));
    self->subtask = NULL;
    self->call = NULL;
    self->state = CANON_TASK_RESOLVED;
    return WHIT_OK;
}

/* ---- Cancellation ---- */

whit_status canon_task_cancel(canon_task *self, whit_error *error)
{
    if (self->state != CANON_TASK_CANCEL_DELIVERED)
        return canon_trap(error, "the task was not asked to cancel, or has "
                                 "ended already");
    TRY(check_resolves(self, error));
    canon_subtask *subtask = self->subtask;
    if (subtask)
        canon_subtask_progress(subtask,
                               subtask->state == CANON_SUBTASK_STARTING
                                   ? CANON_SUBTASK_CANCELLED_BEFORE_STARTED
                                   : CANON_SUBTASK_CANCELLED_BEFORE_RETURNED);
    if (self->call) {
        if (self->call->state == CANON_CALL_RUNNING)
            self->call->state = CANON_CALL_CANCELLED;
        self->call->task = NULL;
        canon_subtask_deliver(&self->call->lender);
    }
    self->subtask = NULL;
    self->call = NULL;
    self->state = CANON_TASK_RESOLVED;
    return WHIT_OK;
}

bool canon_task_deliver_cancel(canon_task *self, bool cancellable)
{
    if (!cancellable || self->state != CANON_TASK_PENDING_CANCEL)
        return false;
    self->state = CANON_TASK_CANCEL_DELIVERED;
    return true;
}

static canon_thread *cancel_candidate(const canon_task *self)
{
    const canon_thread *exclusive = self->instance->exclusive;
    bool others = canon_task_needs_exclusive(self) && exclusive &&
                  exclusive != &self->implicit;
    canon_thread *found = NULL;
    /* The list begins with the newest. */
    for (canon_thread *t = self->threads; t; t = t->task_next) {
        if (t->cancellable && !t->running && !(others && t == &self->implicit))
            found = t;
    }
    return found;
}

whit_status canon_task_request_cancel(canon_task *self,
                                      const canon_instance *caller,
                                      whit_error *error)
{
    canon_instance *instance = self->instance;
    if (self->state == CANON_TASK_INITIAL) {
        self->state = CANON_TASK_CANCEL_DELIVERED;
        return canon_thread_resume(&self->implicit, true, error);
    }
    canon_thread *thread = cancel_candidate(self);
    if (!thread || !canon_may_enter(instance, caller)) {
        self->state = CANON_TASK_PENDING_CANCEL;
        return WHIT_OK;
    }
    self->state = CANON_TASK_CANCEL_DELIVERED;
    TRY(canon_enter(instance, caller, error));
    TRY(canon_thread_resume(thread, true, error));
    if (canon_scheduler_of(instance)->blocking)
        canon_scheduler_of(instance)->blocked_instance = instance;
    else
        canon_leave(instance, caller);
    return WHIT_OK;
}

/* ---- Subtasks ---- */

void canon_subtask_init(canon_subtask *self, canon_instance *instance,
                        const canon_lowered *lowered, rt_slot *slots,
                        canon_call *root)
{
    self->waitable =
        (canon_waitable){.kind = CANON_HANDLE_SUBTASK, .instance = instance};
    self->state = CANON_SUBTASK_STARTING;
    self->cancel_requested = false;
    self->delivered = false;
    self->callee = NULL;
    self->host = NULL;
    self->root = root;
    self->lowered = lowered;
    self->slots = slots;
    self->lends = NULL;
    self->lend_count = 0;
    self->lend_capacity = 0;
}

bool canon_subtask_resolved(const canon_subtask *self)
{
    return self->state >= CANON_SUBTASK_RETURNED;
}

void canon_subtask_progress(canon_subtask *self, canon_subtask_state state)
{
    self->state = (uint8_t)state;
    if (self->waitable.index)
        self->waitable.pending = true;
    if (canon_subtask_resolved(self)) {
        self->callee = NULL;
        self->host = NULL;
    }
}

whit_status canon_subtask_lend(canon_subtask *self, canon_instance *instance,
                               uint32_t handle, whit_error *error)
{
    canon_handle *lent;
    TRY(canon_handles_get(&instance->handles, handle, &lent, error));
    const canon_lend lend = {instance, handle};
    if (self->lend_count < CANON_LENDS) {
        self->first_lends[self->lend_count++] = lend;
        lent->lends++;
        return WHIT_OK;
    }
    bool first = !self->lends;
    TRY(mem_grow((void **)&self->lends, &self->lend_capacity,
                 self->lend_count - CANON_LENDS, sizeof *self->lends,
                 LIMIT_CANON_HANDLES, "handles lent to a call", error));
    if (first) {
        canon_scheduler *scheduler = canon_scheduler_of(instance);
        self->previous = NULL;
        self->next = scheduler->lenders;
        if (self->next)
            self->next->previous = self;
        scheduler->lenders = self;
    }
    self->lends[self->lend_count++ - CANON_LENDS] = lend;
    lent->lends++;
    return WHIT_OK;
}

void canon_task_borrow(canon_task *self)
{
    if (self)
        self->borrows++;
}

static void end_lend(const canon_lend *lend)
{
    canon_handle *handle;
    if (canon_handles_get(&lend->instance->handles, lend->handle, &handle,
                          NULL) == WHIT_OK)
        handle->lends--;
}

void canon_subtask_end_lends(canon_subtask *self)
{
    for (uint32_t i = 0; i < self->lend_count; i++)
        end_lend(i < CANON_LENDS ? &self->first_lends[i]
                                 : &self->lends[i - CANON_LENDS]);
    self->lend_count = 0;
    if (!self->lends)
        return;
    canon_scheduler *scheduler = canon_scheduler_of(self->waitable.instance);
    if (self->previous)
        self->previous->next = self->next;
    else
        scheduler->lenders = self->next;
    if (self->next)
        self->next->previous = self->previous;
    mem_free(self->lends);
    self->lends = NULL;
}
