/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls of guests to functions of the host. */
#include <string.h>

#include "base/memory.h"
#include "canonical/task.h"

/* ---- Life ---- */

static canon_host_call *call_new(canon_store *store, canon_function *function,
                                 canon_instance *caller)
{
    canon_scheduler *scheduler = &store->scheduler;
    canon_host_call *self = scheduler->unused_calls;
    if (self)
        scheduler->unused_calls = self->next;
    else
        self = mem_alloc(sizeof *self);
    if (!self)
        return NULL;
    self->subtask = NULL;
    self->store = store;
    self->caller = caller;
    self->function = function;
    self->deferred = self->finished = self->cancelled = self->owned = false;
    self->calling = true;
    self->cancel = NULL;
    self->status = WHIT_OK;
    self->borrower.borrows = 0;
    arena_init(&self->arena);
    self->previous = NULL;
    self->next = scheduler->host_calls;
    if (self->next)
        self->next->previous = self;
    scheduler->host_calls = self;
    return self;
}

/* Handles that the host was lent for the call. */
static void end_borrows(canon_host_call *self)
{
    canon_handles *handles = &self->store->host->handles;
    for (uint32_t i = 1; i < handles->count && self->borrower.borrows; i++) {
        canon_handle *handle = &handles->items[i];
        if (handle->kind != CANON_HANDLE_RESOURCE ||
            handle->borrower != &self->borrower)
            continue;
        canon_handles_remove(handles, i);
        self->borrower.borrows--;
    }
}

void canon_host_call_free(canon_host_call *self)
{
    canon_scheduler *scheduler = &self->store->scheduler;
    if (self->borrower.borrows)
        end_borrows(self);
    if (self->deferred && !self->finished)
        scheduler->pending--;
    arena_release(&self->arena);
    if (self->previous)
        self->previous->next = self->next;
    else
        scheduler->host_calls = self->next;
    if (self->next)
        self->next->previous = self->previous;
    self->next = scheduler->unused_calls;
    scheduler->unused_calls = self;
}

/* ---- What the host may ask ---- */

arena *canon_host_call_arena(canon_host_call *self)
{
    return &self->arena;
}

struct canon_store *canon_host_call_store(canon_host_call *self)
{
    return self->store;
}

struct canon_instance *canon_host_call_caller(canon_host_call *self)
{
    return self->caller;
}

struct canon_instance *canon_host_call_resolver(const canon_host_call *self)
{
    return self->function->resolver;
}

const component_node *canon_host_call_type(const canon_host_call *self)
{
    return self->function->type;
}

canon_component *canon_host_call_component(const canon_host_call *self)
{
    return self->function->resolver->component;
}

/* ---- Calling ---- */

static uint32_t align16(uint32_t size)
{
    return (size + 15) & ~15u;
}

/* Finds room for arguments and result. */
static whit_status make_room(canon_host_call *self, whit_error *error)
{
    const component_layout *in = &self->function->params.layout[1];
    const component_layout *out = &self->function->result.layout[1];
    size_t result_at = align16(in->size);
    uint8_t *room = self->room;
    if (result_at + out->size > sizeof self->room) {
        room = arena_alloc(&self->arena, result_at + out->size);
        TRY_ALLOC(room, error);
    }
    self->arguments = room;
    self->result = room + result_at;
    memset(self->result, 0, out->size);
    return WHIT_OK;
}

static whit_status lift_arguments(canon_host_call *self, canon_subtask *subtask,
                                  whit_error *error)
{
    const canon_function *function = self->function;
    const canon_lowered *lowered = subtask->lowered;
    if (function->scalar_params && !lowered->signature.params_in_memory) {
        canon_scalar_to_host(&function->params, subtask->slots,
                             self->arguments);
        return WHIT_OK;
    }
    const canon_side from = {.instance = self->caller,
                             .options = &lowered->definition.options,
                             .lender = subtask};
    const canon_side to = {.instance = self->store->host,
                           .borrower = &self->borrower,
                           .arena = &self->arena,
                           .views = function->flags & CANON_HOST_VIEWS};
    const canon_values source = {.form = lowered->signature.params_in_memory
                                             ? CANON_INDIRECT
                                             : CANON_FLAT,
                                 .slots = subtask->slots};
    const canon_values destination = {.form = CANON_NATIVE,
                                      .native = self->arguments};
    return canon_pass(&function->params, &from, &source, &to, &destination,
                      error);
}

static whit_status lower_result(canon_host_call *self, canon_subtask *subtask,
                                whit_error *error)
{
    const canon_function *function = self->function;
    const canon_lowered *lowered = subtask->lowered;
    if (function->result.count == 0)
        return WHIT_OK;
    if (function->scalar_result && !lowered->signature.results_in_memory) {
        canon_scalar_to_guest(&function->result, self->result, subtask->slots);
        return WHIT_OK;
    }
    const canon_side from = {.instance = self->store->host};
    const canon_side to = {.instance = self->caller,
                           .options = &lowered->definition.options};
    const canon_values source = {.form = CANON_NATIVE, .native = self->result};
    canon_values destination = {.form = CANON_FLAT, .slots = subtask->slots};
    if (lowered->signature.results_in_memory) {
        destination.form = CANON_OUT;
        destination.slots += lowered->signature.params.count - 1;
    }
    return canon_pass(&function->result, &from, &source, &to, &destination,
                      error);
}

/* Starts a call; `out` is also set when that fails. */
static whit_status begin(const canon_lowered *lowered, canon_subtask *subtask,
                         canon_host_call **out, whit_error *error)
{
    canon_function *function = lowered->definition.function;
    canon_instance *caller = lowered->definition.instance;
    canon_host_call *self = call_new(caller->store, function, caller);
    *out = self;
    TRY_ALLOC(self, error);
    TRY(make_room(self, error));
    if (function->params.count)
        TRY(lift_arguments(self, subtask, error));
    subtask->state = CANON_SUBTASK_STARTED;
    self->subtask = subtask;
    TRY(function->host(self, function->env, self->arguments,
                       function->result.count ? self->result : NULL, error));
    self->calling = false;
    return WHIT_OK;
}

bool canon_host_call_is_finished(const canon_host_call *self)
{
    return self->finished;
}

static whit_status outcome(const canon_host_call *self, whit_error *error)
{
    if (self->status != WHIT_OK && error)
        *error = self->error;
    return self->status;
}

void canon_host_call_orphan(canon_host_call *self)
{
    self->subtask = NULL;
    self->owned = true;
    canon_host_call_request_cancel(self);
}

static whit_status wait(canon_host_call *self, canon_thread *thread,
                        canon_subtask *subtask, whit_error *error)
{
    whit_status status;
    subtask->host = self;
    if (self->function->type->is_async)
        status = canon_thread_wait_until(thread, CANON_WAIT_CALL, self, false,
                                         error);
    else
        status = canon_thread_block_store(self->store, self, error);
    subtask->host = NULL;
    return status;
}

whit_status canon_host_call_run(const canon_lowered *lowered,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error)
{
    canon_host_call *self;
    canon_subtask subtask;
    canon_subtask_init(&subtask, lowered->definition.instance, lowered, slots,
                       thread->task->root);
    whit_status status = begin(lowered, &subtask, &self, error);
    if (status == WHIT_OK && self->deferred && !self->finished)
        status = wait(self, thread, &subtask, error);
    if (self && self->deferred && !self->finished) {
        canon_subtask_deliver(&subtask);
        canon_host_call_orphan(self);
        return status;
    }
    if (status == WHIT_OK)
        status = outcome(self, error);
    if (status == WHIT_OK && self->cancelled)
        status = canon_trap(error, "the host cancelled a call that the guest "
                                   "waits for");
    if (status == WHIT_OK && !self->deferred)
        status = lower_result(self, &subtask, error);
    canon_subtask_deliver(&subtask);
    if (self)
        canon_host_call_free(self);
    if (status == WHIT_OK && lowered->definition.options.is_async)
        slots[0].u32 = CANON_SUBTASK_RETURNED;
    return status;
}

/* Tells the subtask of a call that is finished. */
static whit_status settle(canon_host_call *self, canon_subtask *subtask,
                          whit_error *error)
{
    TRY(outcome(self, error));
    if (!self->deferred)
        TRY(lower_result(self, subtask, error));
    canon_subtask_progress(
        subtask, self->cancelled ? CANON_SUBTASK_CANCELLED_BEFORE_RETURNED
                                 : CANON_SUBTASK_RETURNED);
    return WHIT_OK;
}

whit_status canon_host_call_start(const canon_lowered *lowered,
                                  canon_subtask *subtask, whit_error *error)
{
    canon_host_call *self;
    whit_status status = begin(lowered, subtask, &self, error);
    if (self && self->deferred && !self->finished) {
        self->owned = true;
        self->calling = false;
        if (status != WHIT_OK) {
            canon_host_call_orphan(self);
            return status;
        }
        subtask->host = self;
        return WHIT_OK;
    }
    if (status == WHIT_OK)
        status = settle(self, subtask, error);
    if (self)
        canon_host_call_free(self);
    return status;
}

/* ---- Answers that come later ---- */

void *canon_host_call_defer(canon_host_call *self, void (*cancel)(void *env),
                            void *env)
{
    if (!self->deferred)
        self->store->scheduler.pending++;
    self->deferred = true;
    self->cancel = cancel;
    self->cancel_env = env;
    return self->result;
}

void canon_host_call_request_cancel(canon_host_call *self)
{
    void (*cancel)(void *env) = self->cancel;
    self->cancel = NULL;
    if (cancel)
        cancel(self->cancel_env);
}

static void finish(canon_host_call *self)
{
    canon_store *store = self->store;
    canon_subtask *subtask = self->subtask;
    if (self->finished)
        return;
    self->finished = true;
    if (self->deferred)
        store->scheduler.pending--;
    /* At once, whether or not the guest can go on: what the result points to
     * is the host's, and lives no longer than this call. */
    if (self->deferred && subtask && !self->cancelled &&
        self->status == WHIT_OK)
        self->status = lower_result(self, subtask, &self->error);
    if (self->calling || !self->owned)
        return;
    if (subtask) {
        whit_error error = {.code = WHIT_OK};
        subtask->host = NULL;
        if (settle(self, subtask, &error) != WHIT_OK) {
            /* As if the guest had trapped. */
            self->caller->may_enter = false;
            if (subtask->root)
                canon_call_fail(subtask->root, error.code, &error);
        }
    }
    canon_host_call_free(self);
}

void canon_host_call_finish(canon_host_call *self)
{
    finish(self);
}

void canon_host_call_cancelled(canon_host_call *self)
{
    self->cancelled = true;
    finish(self);
}

void canon_host_call_fail(canon_host_call *self, const whit_error *error)
{
    if (!self->finished) {
        self->error = *error;
        self->status = error->code == WHIT_OK ? WHIT_TRAP : error->code;
    }
    finish(self);
}
