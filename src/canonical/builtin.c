/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The core functions of canonical definitions: resources, contexts, tasks,
 * threads, error contexts; others are in waitable.c and stream_guest.c. */
#include <string.h>

#include "base/memory.h"
#include "canonical/task.h"

typedef struct builtin {
    canon_definition definition;
    canon_builtin run;
    bool leaves; /* traps where the instance may not be left */
} builtin;

/* ---- Resources ---- */

static whit_status resource_new(const canon_definition *self,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error)
{
    (void)thread;
    const canon_handle handle = {.kind = CANON_HANDLE_RESOURCE,
                                 .own = true,
                                 .representation = slots[0].u32,
                                 .resource = self->resource};
    uint32_t index;
    TRY(canon_handles_add(&self->instance->handles, &handle, &index, error));
    slots[0].u32 = index;
    return WHIT_OK;
}

static const char *origin(const canon_resource *resource)
{
    const canon_instance *instance = resource->instance;
    return instance == instance->store->host ? "host-defined" : "guest-defined";
}

static whit_status get_resource(const canon_definition *self, uint32_t index,
                                canon_handle **out, whit_error *error)
{
    TRY(canon_handles_get(&self->instance->handles, index, out, error));
    if ((*out)->kind != CANON_HANDLE_RESOURCE)
        return canon_trap(error, "handle index %u is not a resource", index);
    if ((*out)->resource != self->resource)
        return canon_trap(error,
                          "handle index %u used with the wrong type, expected "
                          "%s resource but found a different %s resource",
                          index, origin(self->resource),
                          origin((*out)->resource));
    return WHIT_OK;
}

static whit_status resource_drop(const canon_definition *self,
                                 canon_thread *thread, rt_slot *slots,
                                 whit_error *error)
{
    (void)thread;
    canon_handle *found;
    uint32_t index = slots[0].u32;
    TRY(get_resource(self, index, &found, error));
    if (found->lends)
        return canon_trap(error, "cannot remove owned resource while borrowed");
    const canon_handle handle = *found;
    canon_handles_remove(&self->instance->handles, index);
    if (handle.own)
        return canon_resource_destroy(self->instance, handle.resource,
                                      handle.representation, error);
    if (handle.borrower)
        handle.borrower->borrows--;
    return WHIT_OK;
}

static whit_status resource_rep(const canon_definition *self,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error)
{
    (void)thread;
    canon_handle *handle;
    TRY(get_resource(self, slots[0].u32, &handle, error));
    slots[0].u32 = handle->representation;
    return WHIT_OK;
}

whit_status canon_host_drop(struct canon_store *store, uint32_t index,
                            whit_error *error)
{
    canon_handle *found;
    TRY(canon_handles_get(&store->host->handles, index, &found, error));
    if (found->kind != CANON_HANDLE_RESOURCE)
        return error_set(error, WHIT_ARGUMENT, "handle %u is not a resource",
                         index);
    if (found->lends)
        return error_set(error, WHIT_ARGUMENT,
                         "handle %u is lent to a call that has not ended",
                         index);
    const canon_handle handle = *found;
    canon_handles_remove(&store->host->handles, index);
    if (!handle.own) {
        if (handle.borrower)
            handle.borrower->borrows--;
        return WHIT_OK;
    }
    if (handle.resource->instance == store->host)
        return canon_resource_destroy(store->host, handle.resource,
                                      handle.representation, error);
    return canon_host_destroy(store, handle.resource, handle.representation,
                              error);
}

/* ---- Contexts and backpressure ---- */

static whit_status context_get(const canon_definition *self,
                               canon_thread *thread, rt_slot *slots,
                               whit_error *error)
{
    (void)error;
    slots[0].u64 = thread->storage[self->number];
    return WHIT_OK;
}

static whit_status context_set(const canon_definition *self,
                               canon_thread *thread, rt_slot *slots,
                               whit_error *error)
{
    (void)error;
    thread->storage[self->number] =
        self->value_type == WASM_I64 ? slots[0].u64 : slots[0].u32;
    return WHIT_OK;
}

static whit_status backpressure_inc(const canon_definition *self,
                                    canon_thread *thread, rt_slot *slots,
                                    whit_error *error)
{
    (void)thread;
    (void)slots;
    if (++self->instance->backpressure == 1u << 16)
        return canon_trap(error, "backpressure counter overflow");
    return WHIT_OK;
}

static whit_status backpressure_dec(const canon_definition *self,
                                    canon_thread *thread, rt_slot *slots,
                                    whit_error *error)
{
    (void)thread;
    (void)slots;
    if (self->instance->backpressure == 0)
        return canon_trap(error, "backpressure counter underflow");
    self->instance->backpressure--;
    return WHIT_OK;
}

/* ---- Tasks ---- */

static whit_status check_async(const canon_task *task, const char *name,
                               whit_error *error)
{
    if (!task->function || !task->function->options.is_async)
        return canon_trap(error,
                          "%s called by a task that was not lifted with the "
                          "async option",
                          name);
    return WHIT_OK;
}

static whit_status task_return(const canon_definition *self,
                               canon_thread *thread, rt_slot *slots,
                               whit_error *error)
{
    canon_task *task = thread->task;
    TRY(check_async(task, "task.return", error));
    const canon_function *function = task->function;
    /* Without a memory of its own it lifts nothing that is in one. */
    if (!canon_type_equal(self->type, self->instance, function->type->element,
                          function->resolver) ||
        self->options.encoding != function->options.encoding ||
        (self->options.memory &&
         self->options.memory != function->options.memory))
        return canon_trap(error, "invalid `task.return` signature and/or "
                                 "options for current task");
    return canon_task_return(task, slots, error);
}

static whit_status task_cancel(const canon_definition *self,
                               canon_thread *thread, rt_slot *slots,
                               whit_error *error)
{
    (void)self;
    (void)slots;
    TRY(check_async(thread->task, "task.cancel", error));
    return canon_task_cancel(thread->task, error);
}

/* ---- Threads ---- */

void canon_thread_free(canon_thread *self)
{
    mem_free(self);
}

static whit_status thread_index(const canon_definition *self,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error)
{
    (void)self;
    (void)error;
    slots[0].u32 = thread->index;
    return WHIT_OK;
}

static whit_status thread_new(const canon_definition *self,
                              canon_thread *thread, rt_slot *slots,
                              whit_error *error)
{
    const rt_table *table = self->table;
    uint64_t index = table->is64 ? slots[0].u64 : slots[0].u32;
    if (index >= table->size)
        return canon_trap(error, "undefined element: table index %llu",
                          (unsigned long long)index);
    rt_ref ref = table->items[index];
    if (!ref)
        return canon_trap(error, "uninitialized element: table index %llu",
                          (unsigned long long)index);
    rt_function *function = (rt_function *)rt_ref_object(ref);
    if (function->header.type != self->core_type)
        return canon_trap(error, "indirect call type mismatch: the thread's "
                                 "function has another type");
    canon_task *task;
    TRY(canon_task_owner(thread->task, &task, error));
    canon_thread *made = mem_zalloc(sizeof *made);
    TRY_ALLOC(made, error);
    canon_thread_init(made, task);
    made->explicit_ = true;
    made->function = function;
    made->argument = slots[1];
    whit_status status = canon_task_register(task, made, error);
    if (status != WHIT_OK) {
        mem_free(made);
        return status;
    }
    slots[0].u32 = made->index;
    return WHIT_OK;
}

static whit_status get_thread(const canon_definition *self, uint32_t index,
                              canon_thread **out, whit_error *error)
{
    canon_handle *handle;
    if (canon_handles_get(&self->instance->threads, index, &handle, NULL) !=
        WHIT_OK)
        return canon_trap(error, "unknown thread index %u", index);
    *out = handle->object;
    return WHIT_OK;
}

static whit_status get_suspended(const canon_definition *self, uint32_t index,
                                 canon_thread **out, whit_error *error)
{
    TRY(get_thread(self, index, out, error));
    if ((*out)->running || (*out)->wait)
        return canon_trap(error, "cannot resume thread which is not suspended");
    return WHIT_OK;
}

static whit_status thread_resume_later(const canon_definition *self,
                                       canon_thread *thread, rt_slot *slots,
                                       whit_error *error)
{
    (void)thread;
    canon_thread *other = NULL;
    TRY(get_suspended(self, slots[0].u32, &other, error));
    canon_thread_wait(other, CANON_WAIT_READY, NULL);
    return WHIT_OK;
}

/* Suspends or yields; `other`, or NULL, goes on. */
static whit_status give_way(const canon_definition *self, canon_thread *thread,
                            canon_thread *other, bool yields, rt_slot *slots,
                            whit_error *error)
{
    thread->cancelled =
        canon_task_deliver_cancel(thread->task, self->cancellable);
    if (!thread->cancelled) {
        if (yields)
            canon_thread_wait(thread, CANON_WAIT_READY, NULL);
        TRY(canon_thread_block(thread, self->cancellable, other, error));
    }
    slots[0].u32 = thread->cancelled;
    return WHIT_OK;
}

static whit_status thread_suspend(const canon_definition *self,
                                  canon_thread *thread, rt_slot *slots,
                                  whit_error *error)
{
    return give_way(self, thread, NULL, false, slots, error);
}

static whit_status thread_yield(const canon_definition *self,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error)
{
    return give_way(self, thread, NULL, true, slots, error);
}

static whit_status thread_suspend_then_resume(const canon_definition *self,
                                              canon_thread *thread,
                                              rt_slot *slots, whit_error *error)
{
    canon_thread *other = NULL;
    TRY(get_suspended(self, slots[0].u32, &other, error));
    return give_way(self, thread, other, false, slots, error);
}

static whit_status thread_yield_then_resume(const canon_definition *self,
                                            canon_thread *thread,
                                            rt_slot *slots, whit_error *error)
{
    canon_thread *other = NULL;
    TRY(get_suspended(self, slots[0].u32, &other, error));
    return give_way(self, thread, other, true, slots, error);
}

static whit_status promote(const canon_definition *self, canon_thread *thread,
                           bool yields, rt_slot *slots, whit_error *error)
{
    canon_thread *other = NULL;
    TRY(get_thread(self, slots[0].u32, &other, error));
    if (!canon_thread_ready(other))
        other = NULL;
    return give_way(self, thread, other, yields, slots, error);
}

static whit_status thread_suspend_then_promote(const canon_definition *self,
                                               canon_thread *thread,
                                               rt_slot *slots,
                                               whit_error *error)
{
    return promote(self, thread, false, slots, error);
}

static whit_status thread_yield_then_promote(const canon_definition *self,
                                             canon_thread *thread,
                                             rt_slot *slots, whit_error *error)
{
    return promote(self, thread, true, slots, error);
}

/* ---- Error contexts ---- */

whit_status canon_error_context_add(canon_instance *to, slice message,
                                    uint32_t *index, whit_error *error)
{
    canon_error_context *made = mem_alloc(sizeof *made + message.size);
    TRY_ALLOC(made, error);
    char *copy = (char *)(made + 1);
    if (message.size)
        memcpy(copy, message.data, message.size);
    *made = (canon_error_context){1, slice_of(copy, message.size)};
    const canon_handle handle = {.kind = CANON_HANDLE_ERROR_CONTEXT,
                                 .object = made};
    whit_status status = canon_handles_add(&to->handles, &handle, index, error);
    if (status != WHIT_OK)
        mem_free(made);
    return status;
}

static whit_status error_context_new(const canon_definition *self,
                                     canon_thread *thread, rt_slot *slots,
                                     whit_error *error)
{
    (void)thread;
    const canon_side from = {.instance = self->instance,
                             .options = &self->options};
    arena text;
    slice message = {NULL, 0};
    arena_init(&text);
    uint64_t units = self->options.memory && self->options.memory->is64
                         ? slots[1].u64
                         : slots[1].u32;
    whit_status status =
        canon_load_string(&from, canon_address(&self->options, slots[0]), units,
                          &text, &message, error);
    if (status == WHIT_OK)
        status = canon_error_context_add(self->instance, message, &slots[0].u32,
                                         error);
    arena_release(&text);
    return status;
}

static whit_status get_error_context(canon_instance *instance, uint32_t index,
                                     canon_error_context **out,
                                     whit_error *error)
{
    canon_handle *handle;
    TRY(canon_handles_get(&instance->handles, index, &handle, error));
    if (handle->kind != CANON_HANDLE_ERROR_CONTEXT)
        return canon_trap(error, "handle index %u is not an error context",
                          index);
    *out = handle->object;
    return WHIT_OK;
}

static whit_status error_context_message(const canon_definition *self,
                                         canon_thread *thread, rt_slot *slots,
                                         whit_error *error)
{
    (void)thread;
    canon_error_context *context = NULL;
    TRY(get_error_context(self->instance, slots[0].u32, &context, error));
    const canon_side to = {.instance = self->instance,
                           .options = &self->options};
    return canon_store_string(&to, context->message,
                              canon_address(&self->options, slots[1]), error);
}

static void error_context_release(canon_error_context *self)
{
    if (--self->references == 0)
        mem_free(self);
}

static whit_status error_context_drop(const canon_definition *self,
                                      canon_thread *thread, rt_slot *slots,
                                      whit_error *error)
{
    (void)thread;
    canon_error_context *context = NULL;
    TRY(get_error_context(self->instance, slots[0].u32, &context, error));
    canon_handles_remove(&self->instance->handles, slots[0].u32);
    error_context_release(context);
    return WHIT_OK;
}

/* The host's own. */

whit_status canon_host_error_new(canon_store *store, slice message,
                                 uint32_t *out, whit_error *error)
{
    return canon_error_context_add(store->host, message, out, error);
}

/* What the host asks for wrongly is no trap. */
static whit_status find_error_context(canon_store *store, uint32_t index,
                                      canon_error_context **out,
                                      whit_error *error)
{
    whit_status status = get_error_context(store->host, index, out, error);
    if (status == WHIT_TRAP && error)
        error->code = WHIT_ARGUMENT;
    return status == WHIT_TRAP ? WHIT_ARGUMENT : status;
}

whit_status canon_host_error_message(canon_store *store, uint32_t index,
                                     slice *out, whit_error *error)
{
    canon_error_context *context = NULL;
    TRY(find_error_context(store, index, &context, error));
    *out = context->message;
    return WHIT_OK;
}

whit_status canon_host_error_drop(canon_store *store, uint32_t index,
                                  whit_error *error)
{
    canon_error_context *context = NULL;
    TRY(find_error_context(store, index, &context, error));
    canon_handles_remove(&store->host->handles, index);
    error_context_release(context);
    return WHIT_OK;
}

/* ---- Making them ---- */

static canon_builtin builtin_of(component_canon_kind kind)
{
    switch (kind) {
    case COMPONENT_CANON_RESOURCE_NEW:
        return resource_new;
    case COMPONENT_CANON_RESOURCE_DROP:
        return resource_drop;
    case COMPONENT_CANON_RESOURCE_REP:
        return resource_rep;
    case COMPONENT_CANON_CONTEXT_GET:
        return context_get;
    case COMPONENT_CANON_CONTEXT_SET:
        return context_set;
    case COMPONENT_CANON_BACKPRESSURE_INC:
        return backpressure_inc;
    case COMPONENT_CANON_BACKPRESSURE_DEC:
        return backpressure_dec;
    case COMPONENT_CANON_TASK_RETURN:
        return task_return;
    case COMPONENT_CANON_TASK_CANCEL:
        return task_cancel;
    case COMPONENT_CANON_THREAD_INDEX:
        return thread_index;
    case COMPONENT_CANON_THREAD_NEW_INDIRECT:
        return thread_new;
    case COMPONENT_CANON_THREAD_RESUME_LATER:
        return thread_resume_later;
    case COMPONENT_CANON_THREAD_SUSPEND:
        return thread_suspend;
    case COMPONENT_CANON_THREAD_YIELD:
        return thread_yield;
    case COMPONENT_CANON_THREAD_SUSPEND_THEN_RESUME:
        return thread_suspend_then_resume;
    case COMPONENT_CANON_THREAD_YIELD_THEN_RESUME:
        return thread_yield_then_resume;
    case COMPONENT_CANON_THREAD_SUSPEND_THEN_PROMOTE:
        return thread_suspend_then_promote;
    case COMPONENT_CANON_THREAD_YIELD_THEN_PROMOTE:
        return thread_yield_then_promote;
    case COMPONENT_CANON_ERROR_CONTEXT_NEW:
        return error_context_new;
    case COMPONENT_CANON_ERROR_CONTEXT_DEBUG_MESSAGE:
        return error_context_message;
    case COMPONENT_CANON_ERROR_CONTEXT_DROP:
        return error_context_drop;
    default:
        break;
    }
    canon_builtin found = canon_waitable_builtin(kind);
    return found ? found : canon_stream_builtin(kind);
}

static whit_status call(rt_caller *caller, void *env, rt_slot *slots,
                        whit_error *error)
{
    (void)caller;
    const builtin *self = env;
    canon_instance *instance = self->definition.instance;
    if (self->leaves)
        TRY(canon_check_leave(instance, error));
    return self->run(&self->definition, canon_scheduler_of(instance)->current,
                     slots, error);
}

static whit_status lowered_new(const canon_definition *definition,
                               const wasm_type *type, rt_function **out,
                               whit_error *error)
{
    canon_lowered *self = mem_alloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->definition = *definition;
    self->related =
        definition->function->core &&
        canon_related(definition->instance, definition->function->instance);
    const rt_memory *memory = definition->options.memory;
    component_flatten_function(definition->function->type, COMPONENT_FLAT_LOWER,
                               definition->options.is_async, false,
                               memory && memory->is64 ? WASM_I64 : WASM_I32,
                               &self->signature);
    whit_status status =
        rt_function_new(definition->instance->store->core, type,
                        canon_lower_call, self, mem_free, out, error);
    if (status == WHIT_OK)
        (*out)->canonical = true;
    else
        mem_free(self);
    return status;
}

whit_status canon_builtin_new(const canon_definition *definition,
                              const wasm_type *type, rt_function **out,
                              whit_error *error)
{
    component_canon_kind kind = definition->kind;
    if (kind == COMPONENT_CANON_LOWER)
        return lowered_new(definition, type, out, error);
    canon_builtin run = builtin_of(kind);
    if (!run)
        return error_set(error, WHIT_UNSUPPORTED,
                         "threads that run at the same time (thread.spawn-ref, "
                         "spawn-indirect, available-parallelism) are not "
                         "supported");
    builtin *self = mem_alloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->definition = *definition;
    self->run = run;
    self->leaves = kind != COMPONENT_CANON_RESOURCE_REP &&
                   kind != COMPONENT_CANON_CONTEXT_GET &&
                   kind != COMPONENT_CANON_CONTEXT_SET &&
                   kind != COMPONENT_CANON_BACKPRESSURE_INC &&
                   kind != COMPONENT_CANON_BACKPRESSURE_DEC;
    if (kind == COMPONENT_CANON_THREAD_INDEX ||
        kind == COMPONENT_CANON_THREAD_NEW_INDIRECT)
        definition->instance->has_threads = true;
    whit_status status =
        rt_function_new(definition->instance->store->core, type, call, self,
                        mem_free, out, error);
    if (status == WHIT_OK)
        (*out)->canonical = true;
    else
        mem_free(self);
    return status;
}

void canon_handle_discard(canon_instance *instance, canon_handle *handle)
{
    const canon_instance *host = instance->store->host;
    switch ((canon_handle_kind)handle->kind) {
    case CANON_HANDLE_RESOURCE: {
        const canon_resource *resource = handle->resource;
        if (handle->own && resource->instance == host && resource->drop)
            resource->drop(resource->env, handle->representation);
        break;
    }
    case CANON_HANDLE_ERROR_CONTEXT:
        error_context_release(handle->object);
        break;
    case CANON_HANDLE_STREAM_READ:
    case CANON_HANDLE_STREAM_WRITE:
    case CANON_HANDLE_FUTURE_READ:
    case CANON_HANDLE_FUTURE_WRITE:
        canon_end_discard(handle->object);
        break;
    case CANON_HANDLE_SUBTASK:
    case CANON_HANDLE_WAITABLE_SET:
        mem_free(handle->object);
        break;
    case CANON_HANDLE_FREE:
        break;
    }
}
