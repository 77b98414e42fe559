/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lowered functions: what a guest's import calls (CanonicalABI.md, "canon
 * lower"). */
#include <string.h>

#include "base/memory.h"
#include "canonical/task.h"

/* The caller's frame goes: whoever works for it must not tell it. */
static void forget(canon_subtask *subtask)
{
    if (subtask->callee)
        subtask->callee->subtask = NULL;
    if (subtask->host)
        subtask->host->subtask = NULL;
    canon_subtask_deliver(subtask);
}

static whit_status call_sync_type(const canon_lowered *self,
                                  canon_thread *thread, rt_slot *slots,
                                  whit_error *error)
{
    const canon_function *function = self->definition.function;
    canon_instance *instance = self->definition.instance;
    canon_subtask subtask;
    canon_subtask_init(&subtask, instance, self, slots, thread->task->root);
    TRY(canon_enter(function->instance, instance, error));
    whit_status status = canon_lift_sync(function, &subtask, NULL, error);
    canon_subtask_deliver(&subtask);
    if (status != WHIT_OK)
        return status;
    canon_leave(function->instance, instance);
    if (self->definition.options.is_async)
        slots[0].u32 = CANON_SUBTASK_RETURNED;
    return WHIT_OK;
}

static whit_status start(const canon_lowered *self, canon_subtask *subtask,
                         whit_error *error)
{
    const canon_function *function = self->definition.function;
    canon_instance *instance = self->definition.instance;
    TRY(canon_enter(function->instance, instance, error));
    TRY(canon_lift_async(function, subtask, NULL, error));
    canon_leave(function->instance, instance);
    return WHIT_OK;
}

/* Sync lowered, async type: waits until the callee has returned. */
static whit_status call_and_wait(const canon_lowered *self,
                                 canon_thread *thread, rt_slot *slots,
                                 whit_error *error)
{
    canon_subtask subtask;
    TRY(canon_thread_check_block(thread, error));
    canon_subtask_init(&subtask, self->definition.instance, self, slots,
                       thread->task->root);
    whit_status status = start(self, &subtask, error);
    if (status == WHIT_OK && !canon_subtask_resolved(&subtask))
        status = canon_thread_wait_until(thread, CANON_WAIT_SUBTASK, &subtask,
                                         false, error);
    forget(&subtask);
    return status;
}

/* A subtask that is not done with becomes a handle of its caller. */
static whit_status keep(canon_subtask *first, rt_slot *slots, whit_error *error)
{
    canon_instance *instance = first->waitable.instance;
    canon_subtask *subtask = mem_alloc(sizeof *subtask);
    if (!subtask) {
        forget(first);
        return error_memory(error);
    }
    *subtask = *first;
    const canon_handle handle = {.kind = CANON_HANDLE_SUBTASK,
                                 .object = subtask};
    whit_status status = canon_handles_add(&instance->handles, &handle,
                                           &subtask->waitable.index, error);
    if (status != WHIT_OK) {
        mem_free(subtask);
        forget(first);
        return status;
    }
    subtask->slots = subtask->kept;
    memcpy(subtask->kept, first->slots,
           first->lowered->signature.params.count * sizeof *slots);
    if (subtask->callee)
        subtask->callee->subtask = subtask;
    if (subtask->host)
        subtask->host->subtask = subtask;
    if (subtask->lends) {
        if (subtask->previous)
            subtask->previous->next = subtask;
        else
            canon_scheduler_of(instance)->lenders = subtask;
        if (subtask->next)
            subtask->next->previous = subtask;
    }
    slots[0].u32 = subtask->state | subtask->waitable.index << 4;
    return WHIT_OK;
}

static whit_status call_async(const canon_lowered *self, canon_thread *thread,
                              rt_slot *slots, whit_error *error)
{
    canon_subtask subtask;
    canon_subtask_init(&subtask, self->definition.instance, self, slots,
                       thread->task->root);
    whit_status status = self->definition.function->core
                             ? start(self, &subtask, error)
                             : canon_host_call_start(self, &subtask, error);
    if (status == WHIT_OK && !canon_subtask_resolved(&subtask))
        return keep(&subtask, slots, error);
    forget(&subtask);
    slots[0].u32 = subtask.state;
    return status;
}

whit_status canon_lower_call(rt_caller *caller, void *env, rt_slot *slots,
                             whit_error *error)
{
    (void)caller;
    const canon_lowered *self = env;
    canon_instance *instance = self->definition.instance;
    const canon_function *function = self->definition.function;
    canon_thread *thread = canon_scheduler_of(instance)->current;
    TRY(canon_check_leave(instance, error));
    if (UNLIKELY(self->related))
        return canon_trap(error, "cannot enter component instance");
    bool is_async = function->type->is_async;
    if (is_async && self->definition.options.is_async)
        return call_async(self, thread, slots, error);
    if (!function->core)
        return canon_host_call_run(self, thread, slots, error);
    if (is_async)
        return call_and_wait(self, thread, slots, error);
    return call_sync_type(self, thread, slots, error);
}
