/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lifted functions: entering an instance, and what a call of one runs
 * (CanonicalABI.md, "canon lift"). */
#include "base/memory.h"
#include "canonical/task.h"

enum { CALLBACK_EXIT, CALLBACK_YIELD, CALLBACK_WAIT };

void canon_function_init(canon_function *self)
{
    const component_node *type = self->type;
    const rt_memory *memory = self->options.memory;
    self->result_member = (component_member){.type = type->element};
    canon_tuple_init(&self->params, type->members, type->member_count,
                     self->resolver);
    canon_tuple_init(&self->result, &self->result_member, type->element ? 1 : 0,
                     self->resolver);
    self->scalar_params = canon_scalar_tuple(&self->params);
    self->scalar_result = canon_scalar_tuple(&self->result);
    if (self->core)
        component_flatten_function(
            type, COMPONENT_FLAT_LIFT, self->options.is_async,
            self->options.callback != NULL,
            memory && memory->is64 ? WASM_I64 : WASM_I32, &self->signature);
}

/* ---- Entering ---- */

static bool is_inside(const canon_instance *self, const canon_instance *of)
{
    for (; of; of = of->parent)
        if (of == self)
            return true;
    return false;
}

bool canon_related(const canon_instance *a, const canon_instance *b)
{
    return is_inside(a, b) || is_inside(b, a);
}

bool canon_may_enter(const canon_instance *self, const canon_instance *caller)
{
    for (; self && !is_inside(self, caller); self = self->parent)
        if (!self->may_enter)
            return false;
    return true;
}

whit_status canon_enter(canon_instance *self, const canon_instance *caller,
                        whit_error *error)
{
    if (!canon_may_enter(self, caller))
        return canon_trap(error, "cannot enter component instance");
    for (; self && !is_inside(self, caller); self = self->parent)
        self->may_enter = false;
    return WHIT_OK;
}

void canon_leave(canon_instance *self, const canon_instance *caller)
{
    for (; self && !is_inside(self, caller); self = self->parent)
        self->may_enter = true;
}

whit_status canon_check_leave(const canon_instance *self, whit_error *error)
{
    if (UNLIKELY(!self->may_leave))
        return canon_trap(error, "cannot leave component instance");
    return WHIT_OK;
}

/* ---- Core calls, and tasks of sync type ---- */

whit_status canon_core_call(canon_store *store, rt_function *function,
                            rt_slot *slots, whit_error *error)
{
    whit_status status = rt_call(store->core, function, slots, error);
    if (UNLIKELY(status == WHIT_EXCEPTION))
        return canon_trap(error, "uncaught exception");
    return status;
}

typedef struct nesting {
    canon_task task;
    canon_thread *current, *sync; /* before */
} nesting;

static whit_status nest(nesting *self, canon_instance *instance,
                        const canon_function *function, whit_error *error)
{
    canon_scheduler *scheduler = canon_scheduler_of(instance);
    canon_task *task = &self->task;
    canon_thread *thread = &task->implicit;
    /* Only what a task of sync type uses: this is in the way of every call. */
    task->function = function;
    task->instance = instance;
    task->state = CANON_TASK_STARTED;
    task->borrows = 0;
    task->threads = NULL;
    task->thread_count = 0;
    task->subtask = NULL;
    task->call = task->root = NULL;
    task->proxy = NULL;
    thread->task = task;
    thread->stack = NULL;
    thread->phase = CANON_PHASE_STACK;
    thread->wait = CANON_WAIT_NONE;
    thread->running = thread->nested = true;
    thread->cancellable = thread->cancelled = thread->explicit_ = false;
    thread->index = 0;
    thread->storage[0] = thread->storage[1] = 0;
    thread->frame = instance->store->core->context.fiber;
    self->current = scheduler->current;
    self->sync = instance->sync;
    if (instance->has_threads)
        TRY(canon_task_register(task, &task->implicit, error));
    scheduler->current = &task->implicit;
    instance->sync = &task->implicit;
    return WHIT_OK;
}

static void unnest(nesting *self, whit_status status)
{
    canon_task *task = &self->task;
    canon_scheduler *scheduler = canon_scheduler_of(task->instance);
    scheduler->current = self->current;
    task->instance->sync = self->sync;
    if (UNLIKELY(task->implicit.wait)) /* it trapped while it did */
        canon_thread_stop_waiting(&task->implicit);
    if (task->implicit.index)
        canon_handles_remove(&task->instance->threads, task->implicit.index);
    canon_task *proxy = task->proxy;
    if (!proxy || status != WHIT_OK)
        return;
    proxy->state = CANON_TASK_RESOLVED;
    if (--proxy->thread_count == 0)
        canon_task_free(proxy);
}

whit_status canon_core_task(canon_instance *instance, rt_function *function,
                            rt_slot *slots, whit_error *error)
{
    nesting n;
    TRY(nest(&n, instance, NULL, error));
    whit_status status =
        canon_core_call(instance->store, function, slots, error);
    unnest(&n, status);
    return status;
}

whit_status canon_core_start(canon_instance *self, rt_module *module,
                             const rt_extern *imports, uint32_t import_count,
                             rt_instance **out, whit_error *error)
{
    canon_store *store = self->store;
    nesting n;
    TRY(nest(&n, self, NULL, error));
    store->scheduler.starting++;
    whit_status status =
        rt_instance_new(store->core, module, imports, import_count, out, error);
    store->scheduler.starting--;
    unnest(&n, status);
    return status;
}

whit_status canon_reallocate(const canon_side *side, uint64_t old,
                             uint64_t old_size, uint64_t alignment,
                             uint64_t size, uint64_t *out, whit_error *error)
{
    canon_instance *instance = side->instance;
    const canon_options *options = side->options;
    rt_slot slots[4] = {
        {.u64 = old}, {.u64 = old_size}, {.u64 = alignment}, {.u64 = size}};
    if (!options->realloc)
        return canon_trap(error, "the guest's function has no realloc option");
    instance->may_leave = false;
    TRY(canon_core_task(instance, options->realloc, slots, error));
    instance->may_leave = true;
    *out = canon_address(options, slots[0]);
    return WHIT_OK;
}

whit_status canon_resource_destroy(canon_instance *caller,
                                   const canon_resource *resource,
                                   uint32_t representation, whit_error *error)
{
    canon_instance *instance = resource->instance;
    if (instance == instance->store->host) {
        if (resource->drop)
            resource->drop(resource->env, representation);
        return WHIT_OK;
    }
    TRY(canon_enter(instance, caller, error));
    if (resource->destructor) {
        rt_slot slots[1] = {{.u64 = representation}};
        TRY(canon_core_task(instance, resource->destructor, slots, error));
    }
    canon_leave(instance, caller);
    return WHIT_OK;
}

/* A function lifted without `async`. */
static whit_status run_sync(canon_task *task, whit_error *error)
{
    const canon_function *function = task->function;
    canon_instance *instance = task->instance;
    rt_slot slots[CANON_SLOTS];
    canon_call *call = task->call;
    if (call && function->scalar_params && function->scalar_result) {
        task->state = CANON_TASK_STARTED;
        canon_scalar_to_guest(&function->params, call->arguments, slots);
        TRY(canon_core_call(instance->store, function->core, slots, error));
        call = task->call; /* NULL: the host has let go of it */
        if (LIKELY(call)) {
            canon_scalar_to_host(&function->result, slots, call->result);
            call->state = CANON_CALL_RETURNED;
            call->task = NULL;
        }
        task->call = NULL;
        task->state = CANON_TASK_RESOLVED;
    } else {
        TRY(canon_task_start(task, slots, error));
        TRY(canon_core_call(instance->store, function->core, slots, error));
        TRY(canon_task_return(task, slots, error));
    }
    if (!function->options.post_return)
        return WHIT_OK;
    instance->may_leave = false;
    TRY(canon_core_call(instance->store, function->options.post_return, slots,
                        error));
    instance->may_leave = true;
    return WHIT_OK;
}

whit_status canon_lift_sync(const canon_function *function,
                            canon_subtask *subtask, canon_call *call,
                            whit_error *error)
{
    nesting n;
    TRY(nest(&n, function->instance, function, error));
    n.task.subtask = subtask;
    n.task.call = call;
    n.task.root = subtask ? subtask->root : call->references ? call : NULL;
    whit_status status = run_sync(&n.task, error);
    unnest(&n, status);
    return status;
}

/* ---- Tasks of async type ---- */

/* A thread that keeps others out and could go on is given the time to do so,
 * so that the new task can start: nothing says when ready threads run. */
static whit_status let_exclusive_run(canon_instance *instance,
                                     whit_error *error)
{
    canon_thread *thread = instance->exclusive;
    if (!thread || !canon_thread_ready(thread))
        return WHIT_OK;
    return canon_thread_resume(thread, false, error);
}

whit_status canon_lift_async(const canon_function *function,
                             canon_subtask *subtask, canon_call *call,
                             whit_error *error)
{
    canon_instance *instance = function->instance;
    canon_task *task;
    TRY(canon_task_new(instance->store, &task, error));
    task->function = function;
    task->instance = instance;
    task->subtask = subtask;
    task->call = call;
    task->root = subtask ? subtask->root : call;
    if (task->root)
        canon_call_retain(task->root);
    if (subtask)
        subtask->callee = task;
    else
        call->task = task;
    canon_thread *thread = &task->implicit;
    canon_thread_init(thread, task);
    if (instance->waiting_to_enter == 0) {
        TRY(let_exclusive_run(instance, error));
        thread->wait = CANON_WAIT_ENTER;
        bool enters = canon_thread_ready(thread);
        thread->wait = CANON_WAIT_NONE;
        if (enters)
            return canon_thread_resume(thread, false, error);
    }
    instance->waiting_to_enter++;
    thread->phase = CANON_PHASE_ENTER;
    thread->cancellable = true;
    canon_thread_wait(thread, CANON_WAIT_ENTER, NULL);
    return WHIT_OK;
}

/* On the thread's stack. */

static whit_status run_async(canon_thread *thread, whit_error *error)
{
    canon_task *task = thread->task;
    const canon_function *function = task->function;
    if (!function->options.is_async)
        return run_sync(task, error);
    rt_slot slots[CANON_SLOTS];
    TRY(canon_task_start(task, slots, error));
    TRY(canon_core_call(task->instance->store, function->core, slots, error));
    thread->packed = slots[0].u32;
    return WHIT_OK;
}

static void lift_body(void *argument)
{
    canon_thread *thread = argument;
    canon_store *store = thread->task->instance->store;
    thread->status = run_async(thread, &store->scheduler.failure);
}

static void event_body(void *argument)
{
    canon_thread *thread = argument;
    const canon_task *task = thread->task;
    canon_store *store = task->instance->store;
    rt_slot slots[3] = {{.u64 = thread->event.code},
                        {.u64 = thread->event.index},
                        {.u64 = thread->event.payload}};
    thread->status = canon_core_call(store, task->function->options.callback,
                                     slots, &store->scheduler.failure);
    thread->packed = slots[0].u32;
}

static void explicit_body(void *argument)
{
    canon_thread *thread = argument;
    canon_store *store = thread->task->instance->store;
    rt_slot slots[1] = {thread->argument};
    thread->status = canon_core_call(store, thread->function, slots,
                                     &store->scheduler.failure);
}

/* Between. */

static void take_event(canon_thread *self)
{
    canon_set *set = self->on;
    if (set)
        set->waiting--;
    if (self->cancelled)
        self->event = (canon_event){CANON_EVENT_TASK_CANCELLED, 0, 0};
    else if (set)
        self->event = canon_set_take(set);
    else
        self->event = (canon_event){CANON_EVENT_NONE, 0, 0};
    self->on = NULL;
}

whit_status canon_lift_begin(canon_thread *self, void (**body)(void *thread),
                             whit_error *error)
{
    canon_task *task = self->task;
    canon_instance *instance = task->instance;
    *body = NULL;
    if (self->explicit_) {
        *body = explicit_body;
        return WHIT_OK;
    }
    if (self->phase == CANON_PHASE_EVENT) {
        take_event(self);
        instance->exclusive = self;
        *body = event_body;
        return WHIT_OK;
    }
    if (self->phase == CANON_PHASE_ENTER) {
        instance->waiting_to_enter--;
        if (self->cancelled) {
            TRY(canon_task_cancel(task, error));
            canon_task_free(task);
            return WHIT_OK;
        }
    }
    if (canon_task_needs_exclusive(task))
        instance->exclusive = self;
    *body = lift_body;
    return canon_task_register(task, self, error);
}

static whit_status end_thread(canon_thread *self, whit_error *error)
{
    canon_task *task = self->task;
    TRY(canon_task_unregister(task, self, error));
    if (self->explicit_)
        canon_thread_free(self);
    else if (canon_task_needs_exclusive(task))
        task->instance->exclusive = NULL;
    if (task->thread_count == 0)
        canon_task_free(task);
    return WHIT_OK;
}

whit_status canon_lift_next(canon_thread *self, void (**body)(void *thread),
                            whit_error *error)
{
    canon_task *task = self->task;
    canon_instance *instance = task->instance;
    *body = NULL;
    if (self->explicit_ || !task->function->options.callback)
        return end_thread(self, error);
    uint32_t code = self->packed & 0xf;
    if (code == CALLBACK_EXIT)
        return end_thread(self, error);
    if (code > CALLBACK_WAIT)
        return canon_trap(error, "unsupported callback code: %u", code);
    instance->exclusive = NULL;
    self->on = NULL;
    if (code == CALLBACK_WAIT) {
        canon_handle *handle;
        TRY(canon_handles_get(&instance->handles, self->packed >> 4, &handle,
                              error));
        if (handle->kind != CANON_HANDLE_WAITABLE_SET)
            return canon_trap(error, "handle %u is not a waitable set",
                              self->packed >> 4);
        self->on = handle->object;
        ((canon_set *)self->on)->waiting++;
    }
    self->phase = CANON_PHASE_EVENT;
    self->cancelled = canon_task_deliver_cancel(task, true);
    if (self->cancelled || (self->on && canon_set_pending(self->on))) {
        take_event(self);
        instance->exclusive = self;
        *body = event_body;
        return WHIT_OK;
    }
    self->running = false;
    self->cancellable = true;
    canon_thread_wait(self,
                      self->on ? CANON_WAIT_CALLBACK_SET : CANON_WAIT_CALLBACK,
                      self->on);
    return WHIT_OK;
}
