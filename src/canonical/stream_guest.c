/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The built-ins of streams and futures. */
#include "base/limits.h"
#include "canonical/stream_state.h"

static whit_status new(const canon_definition *self, canon_thread *thread,
                       rt_slot *slots, whit_error *error)
{
    (void)thread;
    uint32_t readable, writable;
    TRY(canon_ends_new(self->instance, self->type, self->instance, &readable,
                       &writable, error));
    slots[0].u64 = readable | (uint64_t)writable << 32;
    return WHIT_OK;
}

/* The end that a built-in of this kind works with. */
static canon_handle_kind kind_of(component_canon_kind kind)
{
    switch (kind) {
    case COMPONENT_CANON_STREAM_READ:
    case COMPONENT_CANON_STREAM_CANCEL_READ:
    case COMPONENT_CANON_STREAM_DROP_READABLE:
        return CANON_HANDLE_STREAM_READ;
    case COMPONENT_CANON_FUTURE_READ:
    case COMPONENT_CANON_FUTURE_CANCEL_READ:
    case COMPONENT_CANON_FUTURE_DROP_READABLE:
        return CANON_HANDLE_FUTURE_READ;
    case COMPONENT_CANON_FUTURE_WRITE:
    case COMPONENT_CANON_FUTURE_CANCEL_WRITE:
    case COMPONENT_CANON_FUTURE_DROP_WRITABLE:
        return CANON_HANDLE_FUTURE_WRITE;
    default:
        return CANON_HANDLE_STREAM_WRITE;
    }
}

static const char *what_of(const canon_end *end)
{
    return end->shared->is_future ? "future" : "stream";
}

static whit_status get_end(const canon_definition *self, uint32_t index,
                           canon_end **out, whit_error *error)
{
    static const char *const names[] = {
        [CANON_HANDLE_STREAM_READ] = "the readable end of a stream",
        [CANON_HANDLE_STREAM_WRITE] = "the writable end of a stream",
        [CANON_HANDLE_FUTURE_READ] = "the readable end of a future",
        [CANON_HANDLE_FUTURE_WRITE] = "the writable end of a future",
    };
    canon_handle *handle;
    canon_handle_kind kind = kind_of(self->kind);
    TRY(canon_handles_get(&self->instance->handles, index, &handle, error));
    if (handle->kind != kind)
        return canon_trap(error, "handle index %u is not %s", index,
                          names[kind]);
    canon_end *end = handle->object;
    const canon_shared *shared = end->shared;
    if (!canon_type_equal(self->type, self->instance, shared->type,
                          shared->resolver))
        return canon_trap(error, "handle index %u is a %s of another type",
                          index, what_of(end));
    *out = end;
    return WHIT_OK;
}

static whit_status check_idle(const canon_end *end, whit_error *error)
{
    if (end->state == CANON_COPY_IDLE)
        return WHIT_OK;
    if (end->state != CANON_COPY_DONE)
        return canon_trap(error, "cannot have concurrent operations active on "
                                 "a future/stream");
    switch (end->waitable.kind) {
    case CANON_HANDLE_STREAM_READ:
        return canon_trap(error, "cannot read from stream after being notified "
                                 "that the writable end dropped");
    case CANON_HANDLE_STREAM_WRITE:
        return canon_trap(error, "cannot write to stream after being notified "
                                 "that the readable end dropped");
    case CANON_HANDLE_FUTURE_READ:
        return canon_trap(error, "cannot read from future after previous read "
                                 "succeeded");
    default:
        return canon_trap(error, "cannot write to future after previous write "
                                 "succeeded or readable end dropped");
    }
}

/* The event of an operation, or that it is not finished. */
static whit_status event_or_blocked(canon_end *end, canon_thread *thread,
                                    bool is_async, rt_slot *slots,
                                    whit_error *error)
{
    if (!end->waitable.pending && is_async) {
        slots[0].u32 = CANON_BLOCKED;
        return WHIT_OK;
    }
    if (!end->waitable.pending)
        TRY(canon_waitable_wait(&end->waitable, thread, error));
    slots[0].u32 = canon_waitable_take(&end->waitable).payload;
    return WHIT_OK;
}

static whit_status copy(const canon_definition *self, canon_thread *thread,
                        rt_slot *slots, whit_error *error)
{
    bool is_async = self->options.is_async;
    canon_end *end;
    if (!is_async)
        TRY(canon_thread_check_block(thread, error));
    TRY(get_end(self, slots[0].u32, &end, error));
    TRY(check_idle(end, error));
    if (!is_async)
        TRY(canon_waitable_check_sync(&end->waitable, error));
    const rt_memory *memory = self->options.memory;
    uint64_t count = 1;
    if (!end->shared->is_future)
        count = memory && memory->is64 ? slots[2].u64 : slots[2].u32;
    end->side =
        (canon_side){.instance = self->instance, .options = &self->options};
    end->address = canon_address(&self->options, slots[1]);
    TRY(canon_check_range(end->shared->type->element, &end->side, end->address,
                          count, error));
    end->progress = 0;
    end->length = (uint32_t)count;
    end->state = CANON_COPY_COPYING;
    TRY(canon_end_copy(end, error));
    return event_or_blocked(end, thread, is_async, slots, error);
}

static whit_status cancel(const canon_definition *self, canon_thread *thread,
                          rt_slot *slots, whit_error *error)
{
    canon_end *end;
    if (!self->is_async)
        TRY(canon_thread_check_block(thread, error));
    TRY(get_end(self, slots[0].u32, &end, error));
    if (end->state != CANON_COPY_COPYING || end->waitable.sync_waiter)
        return canon_trap(error, "%s has no operation to cancel", what_of(end));
    if (!self->is_async)
        TRY(canon_waitable_check_sync(&end->waitable, error));
    end->state = CANON_COPY_CANCELLING;
    if (!end->waitable.pending)
        canon_end_cancel(end);
    else if (!end->shared->is_future && end->result == CANON_COPY_COMPLETED)
        end->result = CANON_COPY_CANCELLED;
    return event_or_blocked(end, thread, self->is_async, slots, error);
}

static whit_status drop(const canon_definition *self, canon_thread *thread,
                        rt_slot *slots, whit_error *error)
{
    (void)thread;
    canon_end *end;
    TRY(get_end(self, slots[0].u32, &end, error));
    return canon_end_drop(end, error);
}

canon_builtin canon_stream_builtin(component_canon_kind kind)
{
    switch (kind) {
    case COMPONENT_CANON_STREAM_NEW:
    case COMPONENT_CANON_FUTURE_NEW:
        return new;
    case COMPONENT_CANON_STREAM_READ:
    case COMPONENT_CANON_STREAM_WRITE:
    case COMPONENT_CANON_FUTURE_READ:
    case COMPONENT_CANON_FUTURE_WRITE:
        return copy;
    case COMPONENT_CANON_STREAM_CANCEL_READ:
    case COMPONENT_CANON_STREAM_CANCEL_WRITE:
    case COMPONENT_CANON_FUTURE_CANCEL_READ:
    case COMPONENT_CANON_FUTURE_CANCEL_WRITE:
        return cancel;
    case COMPONENT_CANON_STREAM_DROP_READABLE:
    case COMPONENT_CANON_STREAM_DROP_WRITABLE:
    case COMPONENT_CANON_FUTURE_DROP_READABLE:
    case COMPONENT_CANON_FUTURE_DROP_WRITABLE:
        return drop;
    default:
        return NULL;
    }
}
