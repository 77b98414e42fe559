/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Waitables, waitable sets and subtasks, and their built-ins
 * (CanonicalABI.md, "Waitable State", "Subtask State"). */
#include "base/memory.h"
#include "canonical/task.h"

void canon_waitable_join(canon_waitable *self, canon_set *set)
{
    canon_set *old = self->set;
    if (old) {
        if (self->previous)
            self->previous->next = self->next;
        else
            old->first = self->next;
        if (self->next)
            self->next->previous = self->previous;
        else
            old->last = self->previous;
    }
    self->set = set;
    if (!set)
        return;
    self->next = NULL;
    self->previous = set->last;
    if (set->last)
        set->last->next = self;
    else
        set->first = self;
    set->last = self;
}

canon_event canon_waitable_take(canon_waitable *self)
{
    self->pending = false;
    if (self->kind != CANON_HANDLE_SUBTASK)
        return canon_end_event(self);
    canon_subtask *subtask = (canon_subtask *)self;
    if (canon_subtask_resolved(subtask))
        canon_subtask_deliver(subtask);
    return (canon_event){CANON_EVENT_SUBTASK, self->index, subtask->state};
}

bool canon_set_pending(const canon_set *self)
{
    for (const canon_waitable *w = self->first; w; w = w->next)
        if (w->pending)
            return true;
    return false;
}

canon_event canon_set_take(canon_set *self)
{
    canon_waitable *w = self->first;
    while (!w->pending)
        w = w->next;
    /* The others come first next time. */
    canon_waitable_join(w, self);
    return canon_waitable_take(w);
}

/* ---- Built-ins ---- */

static whit_status set_new(const canon_definition *self, canon_thread *thread,
                           rt_slot *slots, whit_error *error)
{
    (void)thread;
    canon_set *set = mem_zalloc(sizeof *set);
    TRY_ALLOC(set, error);
    const canon_handle handle = {.kind = CANON_HANDLE_WAITABLE_SET,
                                 .object = set};
    whit_status status = canon_handles_add(&self->instance->handles, &handle,
                                           &slots[0].u32, error);
    if (status != WHIT_OK)
        mem_free(set);
    return status;
}

static whit_status get_set(const canon_definition *self, uint32_t index,
                           canon_set **out, whit_error *error)
{
    canon_handle *handle;
    TRY(canon_handles_get(&self->instance->handles, index, &handle, error));
    if (handle->kind != CANON_HANDLE_WAITABLE_SET)
        return canon_trap(error, "handle index %u is not a waitable set",
                          index);
    *out = handle->object;
    return WHIT_OK;
}

/* Writes the payload of an event and returns its code. */
static whit_status store_event(const canon_definition *self,
                               const canon_event *event, rt_slot *slots,
                               whit_error *error)
{
    const rt_memory *memory = self->options.memory;
    uint64_t address = canon_address(&self->options, slots[1]);
    const uint32_t words[2] = {event->index, event->payload};
    uint64_t size = atomic_load_explicit(
        &((rt_memory *)(uintptr_t)memory)->size, memory_order_relaxed);
    if (address % 4)
        return canon_trap(error, "unaligned pointer");
    if (address > size || size - address < sizeof words)
        return canon_trap(error, "event out of bounds of memory");
    for (unsigned i = 0; i < 8; i++)
        memory->base[address + i] = (uint8_t)(words[i / 4] >> i % 4 * 8);
    slots[0].u32 = event->code;
    return WHIT_OK;
}

static whit_status set_wait(const canon_definition *self, canon_thread *thread,
                            rt_slot *slots, whit_error *error)
{
    canon_set *set = NULL;
    TRY(canon_thread_check_block(thread, error));
    TRY(get_set(self, slots[0].u32, &set, error));
    set->waiting++;
    thread->cancelled =
        canon_task_deliver_cancel(thread->task, self->cancellable);
    if (!thread->cancelled && !canon_set_pending(set))
        TRY(canon_thread_wait_until(thread, CANON_WAIT_SET, set,
                                    self->cancellable, error));
    set->waiting--;
    canon_event event = {CANON_EVENT_TASK_CANCELLED, 0, 0};
    if (!thread->cancelled)
        event = canon_set_take(set);
    return store_event(self, &event, slots, error);
}

static whit_status set_poll(const canon_definition *self, canon_thread *thread,
                            rt_slot *slots, whit_error *error)
{
    canon_set *set = NULL;
    canon_event event = {CANON_EVENT_NONE, 0, 0};
    TRY(get_set(self, slots[0].u32, &set, error));
    if (canon_task_deliver_cancel(thread->task, self->cancellable))
        event.code = CANON_EVENT_TASK_CANCELLED;
    else if (canon_set_pending(set))
        event = canon_set_take(set);
    return store_event(self, &event, slots, error);
}

static whit_status set_drop(const canon_definition *self, canon_thread *thread,
                            rt_slot *slots, whit_error *error)
{
    (void)thread;
    canon_set *set = NULL;
    TRY(get_set(self, slots[0].u32, &set, error));
    if (set->first)
        return canon_trap(error, "cannot drop waitable set with waitables");
    if (set->waiting)
        return canon_trap(error, "cannot drop waitable set with waiters");
    canon_handles_remove(&self->instance->handles, slots[0].u32);
    mem_free(set);
    return WHIT_OK;
}

static whit_status join(const canon_definition *self, canon_thread *thread,
                        rt_slot *slots, whit_error *error)
{
    (void)thread;
    canon_handle *handle;
    TRY(canon_handles_get(&self->instance->handles, slots[0].u32, &handle,
                          error));
    if (handle->kind < CANON_HANDLE_SUBTASK ||
        handle->kind > CANON_HANDLE_FUTURE_WRITE)
        return canon_trap(error, "handle index %u is not a waitable",
                          slots[0].u32);
    canon_waitable *waitable = handle->object;
    if (waitable->sync_waiter)
        return canon_trap(error, "waitable cannot be used synchronously while "
                                 "added to a waitable set");
    canon_set *set = NULL;
    if (slots[1].u32)
        TRY(get_set(self, slots[1].u32, &set, error));
    canon_waitable_join(waitable, set);
    return WHIT_OK;
}

whit_status canon_waitable_check_sync(const canon_waitable *self,
                                      whit_error *error)
{
    if (self->set)
        return canon_trap(error, "waitable cannot be used synchronously while "
                                 "added to a waitable set");
    return WHIT_OK;
}

whit_status canon_waitable_wait(canon_waitable *self, canon_thread *thread,
                                whit_error *error)
{
    self->sync_waiter = true;
    TRY(canon_thread_wait_until(thread, CANON_WAIT_EVENT, self, false, error));
    self->sync_waiter = false;
    return WHIT_OK;
}

static whit_status get_subtask(const canon_definition *self, uint32_t index,
                               canon_subtask **out, whit_error *error)
{
    canon_handle *handle;
    TRY(canon_handles_get(&self->instance->handles, index, &handle, error));
    if (handle->kind != CANON_HANDLE_SUBTASK)
        return canon_trap(error, "handle index %u is not a subtask", index);
    *out = handle->object;
    return WHIT_OK;
}

static whit_status request_cancel(canon_subtask *subtask, whit_error *error)
{
    subtask->cancel_requested = true;
    if (subtask->callee)
        return canon_task_request_cancel(subtask->callee,
                                         subtask->waitable.instance, error);
    if (subtask->host)
        canon_host_call_request_cancel(subtask->host);
    return WHIT_OK;
}

static whit_status subtask_cancel(const canon_definition *self,
                                  canon_thread *thread, rt_slot *slots,
                                  whit_error *error)
{
    canon_subtask *subtask = NULL;
    if (!self->is_async)
        TRY(canon_thread_check_block(thread, error));
    TRY(get_subtask(self, slots[0].u32, &subtask, error));
    if (subtask->delivered)
        return canon_trap(error, "`subtask.cancel` called after terminal "
                                 "status delivered");
    if (subtask->cancel_requested)
        return canon_trap(error, "`subtask.cancel` called twice");
    if (!self->is_async)
        TRY(canon_waitable_check_sync(&subtask->waitable, error));
    if (!canon_subtask_resolved(subtask)) {
        TRY(request_cancel(subtask, error));
        if (!canon_subtask_resolved(subtask) && self->is_async) {
            slots[0].u32 = CANON_BLOCKED;
            return WHIT_OK;
        }
        /* Events before the last one are of no interest any more. */
        while (!canon_subtask_resolved(subtask)) {
            subtask->waitable.pending = false;
            TRY(canon_waitable_wait(&subtask->waitable, thread, error));
        }
    }
    slots[0].u32 = canon_waitable_take(&subtask->waitable).payload;
    return WHIT_OK;
}

static whit_status subtask_drop(const canon_definition *self,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error)
{
    (void)thread;
    canon_subtask *subtask = NULL;
    TRY(get_subtask(self, slots[0].u32, &subtask, error));
    if (!subtask->delivered)
        return canon_trap(error, "cannot drop a subtask which has not yet "
                                 "resolved");
    canon_waitable_join(&subtask->waitable, NULL);
    canon_handles_remove(&self->instance->handles, slots[0].u32);
    mem_free(subtask);
    return WHIT_OK;
}

canon_builtin canon_waitable_builtin(component_canon_kind kind)
{
    switch (kind) {
    case COMPONENT_CANON_WAITABLE_SET_NEW:
        return set_new;
    case COMPONENT_CANON_WAITABLE_SET_WAIT:
        return set_wait;
    case COMPONENT_CANON_WAITABLE_SET_POLL:
        return set_poll;
    case COMPONENT_CANON_WAITABLE_SET_DROP:
        return set_drop;
    case COMPONENT_CANON_WAITABLE_JOIN:
        return join;
    case COMPONENT_CANON_SUBTASK_CANCEL:
        return subtask_cancel;
    case COMPONENT_CANON_SUBTASK_DROP:
        return subtask_drop;
    default:
        return NULL;
    }
}
