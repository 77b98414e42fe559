/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tasks and threads, and how calls run (CanonicalABI.md, "Concurrency",
 * "Tasks", "Subtask State").
 *
 * A call has two sides. The caller's is a canon_subtask when a guest called
 * and a canon_call when the host did; the callee's is a canon_task with its
 * threads. Values go from one to the other by canon_pass, once when the
 * callee starts and once when it returns.
 *
 * Where threads run:
 *  - the implicit thread of a task of sync type is `nested`: it runs on the
 *    stack of its caller. When it blocks, other threads of its instance run
 *    from within, until one of them makes it run again.
 *  - the others have stacks of their own (runtime/thread.h) while guest code
 *    is in the middle of something: not before they start, and not while a
 *    callback waits for its next event.
 *
 * A thread is running, waiting (in the store's list, with a condition) or
 * suspended. Whoever resumes a thread gets control back when it blocks or
 * ends; then goes on with the thread that it asked to switch to, if any.
 * A trap goes from the thread to whoever resumed it, ends everything up to
 * the host, and fails the host's call behind each task that it met. The
 * instances on its way stay closed: may_enter remains false.
 *
 * Stacks can be abandoned, so nothing on them owns heap memory that is not
 * in a list of the scheduler too. */
#ifndef CANONICAL_TASK_H
#define CANONICAL_TASK_H

#include "canonical/private.h"
#include "runtime/thread.h"

enum { CANON_SLOTS = COMPONENT_FLAT_PARAMS + 1 };

/* ---- Waitables ---- */

typedef struct canon_set canon_set;

/* A subtask or an end, as handles have them. */
typedef struct canon_waitable {
    uint8_t kind;     /* canon_handle_kind */
    bool pending;     /* an event is to be delivered */
    bool sync_waiter; /* a thread waits for it, not through a set */
    uint32_t index;   /* of the handle; 0: none */
    canon_instance *instance;
    canon_set *set;
    struct canon_waitable *next, *previous; /* in the set */
} canon_waitable;

struct canon_set {
    canon_waitable *first, *last;
    uint32_t waiting; /* threads */
};

typedef struct canon_event {
    uint32_t code, index, payload;
} canon_event;

enum {
    CANON_EVENT_NONE,
    CANON_EVENT_SUBTASK,
    CANON_EVENT_STREAM_READ,
    CANON_EVENT_STREAM_WRITE,
    CANON_EVENT_FUTURE_READ,
    CANON_EVENT_FUTURE_WRITE,
    CANON_EVENT_TASK_CANCELLED
};

#define CANON_BLOCKED UINT32_MAX

void canon_waitable_join(canon_waitable *self, canon_set *set);
/* There is one pending. */
canon_event canon_waitable_take(canon_waitable *self);
bool canon_set_pending(const canon_set *self);
canon_event canon_set_take(canon_set *self);
/* Traps when it is in a set. */
whit_status canon_waitable_check_sync(const canon_waitable *self,
                                      whit_error *error) WHIT_MUST_CHECK;
/* The thread waits until an event is pending. */
whit_status canon_waitable_wait(canon_waitable *self, canon_thread *thread,
                                whit_error *error) WHIT_MUST_CHECK;
/* Of an end (stream.c). */
canon_event canon_end_event(canon_waitable *self);
/* Without telling the other end. */
void canon_end_discard(canon_waitable *self);

/* ---- Threads ---- */

typedef enum canon_phase {
    CANON_PHASE_ENTER, /* waits until its instance takes it */
    CANON_PHASE_START, /* runs nothing yet */
    CANON_PHASE_STACK, /* its stack says where it is */
    CANON_PHASE_EVENT  /* a callback is to be called */
} canon_phase;

typedef enum canon_wait {
    CANON_WAIT_NONE,         /* running, or suspended */
    CANON_WAIT_READY,        /* yields */
    CANON_WAIT_ENTER,        /* until there is no backpressure */
    CANON_WAIT_EVENT,        /* of `on`, a waitable */
    CANON_WAIT_SET,          /* for an event of `on`, a set */
    CANON_WAIT_CALLBACK,     /* until no thread is exclusive */
    CANON_WAIT_CALLBACK_SET, /* the same, and an event of `on` */
    CANON_WAIT_SUBTASK,      /* until `on` is resolved */
    CANON_WAIT_CALL          /* until `on`, a host call, is finished */
} canon_wait;

struct canon_thread {
    canon_task *task;
    rt_thread *stack; /* or NULL */
    uint8_t phase;
    uint8_t wait;
    bool running;
    bool nested;
    bool cancellable;
    bool cancelled;  /* how it was resumed */
    bool explicit_;  /* made by thread.new-indirect: freed at its end */
    uint32_t index;  /* in instance->threads; 0: none */
    uint32_t packed; /* what the callback returned */
    void *on;
    const fiber *frame;    /* of a nested one: what its frame is on */
    canon_event event;     /* for the callback */
    uint64_t storage[2];   /* context.get */
    rt_function *function; /* explicit threads: what they run */
    rt_slot argument;
    whit_status status;                      /* of what ran on the stack */
    canon_thread *next, *previous;           /* waiting */
    canon_thread *task_next, *task_previous; /* of the task */
};

/* ---- Tasks ---- */

typedef enum canon_task_state {
    CANON_TASK_INITIAL,
    CANON_TASK_STARTED,
    CANON_TASK_PENDING_CANCEL,
    CANON_TASK_CANCEL_DELIVERED,
    CANON_TASK_RESOLVED
} canon_task_state;

struct canon_task {
    const canon_function *function; /* NULL: realloc, a destructor, ... */
    canon_instance *instance;
    uint8_t state;
    uint32_t borrows;
    canon_thread implicit;
    canon_thread *threads; /* registered ones */
    uint32_t thread_count;
    /* The caller's side; neither when it does not want to know any more. */
    canon_subtask *subtask;
    canon_call *call;
    canon_call *root; /* of the host, that this comes from; counted */
    /* Tasks of sync type live on the stack. One that makes threads has this
     * for them to belong to, which lives as long as they do. */
    canon_task *proxy;
    canon_task *next, *previous; /* in the scheduler */
};

/* ---- The caller's side ---- */

typedef enum canon_subtask_state {
    CANON_SUBTASK_STARTING,
    CANON_SUBTASK_STARTED,
    CANON_SUBTASK_RETURNED,
    CANON_SUBTASK_CANCELLED_BEFORE_STARTED,
    CANON_SUBTASK_CANCELLED_BEFORE_RETURNED
} canon_subtask_state;

typedef struct canon_lowered {
    canon_definition definition;
    bool related;                  /* the callee's instance and the caller's */
    component_signature signature; /* LOWER */
} canon_lowered;

typedef struct canon_lend {
    canon_instance *instance;
    uint32_t handle;
} canon_lend;

enum { CANON_LENDS = 4, CANON_ASYNC_SLOTS = COMPONENT_FLAT_ASYNC_PARAMS + 1 };

struct canon_subtask {
    canon_waitable waitable;
    uint8_t state;
    bool cancel_requested;
    bool delivered;               /* its resolution, so that lends are over */
    canon_task *callee;           /* while not resolved, if a guest's */
    canon_host_call *host;        /* the same for the host's */
    canon_call *root;             /* not counted: the task's is */
    const canon_lowered *lowered; /* NULL: the host calls */
    rt_slot *slots;               /* flat parameters */
    rt_slot kept[CANON_ASYNC_SLOTS];
    canon_lend first_lends[CANON_LENDS];
    canon_lend *lends; /* beyond the first; in the scheduler's list */
    uint32_t lend_count;
    size_t lend_capacity;
    canon_subtask *next, *previous;
};

struct canon_host_call {
    canon_subtask *subtask; /* NULL: the caller does not wait any more */
    canon_store *store;
    canon_instance *caller;
    canon_function *function;
    arena arena;
    void *arguments, *result;
    bool calling; /* the host's function has not returned */
    bool deferred, finished, cancelled;
    bool owned; /* gone when it is finished: nobody's frame has it */
    void (*cancel)(void *env);
    void *cancel_env;
    whit_status status; /* when finished */
    whit_error error;
    canon_task borrower; /* of handles lent to the host: they are counted */
    canon_host_call *next, *previous; /* in the scheduler */
    _Alignas(16) uint8_t room[256];   /* arguments, then the result */
};

struct canon_call {
    canon_store *store; /* NULL: freed before */
    canon_function *function;
    canon_call_state state;
    uint32_t references; /* tasks, and the host's */
    const void *arguments;
    void *result;
    arena *results; /* strings and lists of the result */
    arena arena;
    canon_subtask lender;
    canon_task *task; /* of async type, not resolved */
    rt_thread *stack; /* of sync type */
    whit_status status;
    whit_error *error; /* where a failure goes; NULL: own */
    whit_error own;
    canon_call *next, *previous;
};

/* ---- Entering instances (lift.c) ---- */

/* The specification's enter_from and leave_to; `caller` NULL: the host. */
/* Whether one is inside of the other, or they are the same: calls between
 * such instances trap. */
bool canon_related(const canon_instance *a, const canon_instance *b);
bool canon_may_enter(const canon_instance *self, const canon_instance *caller);
whit_status canon_enter(canon_instance *self, const canon_instance *caller,
                        whit_error *error) WHIT_MUST_CHECK;
void canon_leave(canon_instance *self, const canon_instance *caller);
/* Traps unless the instance may call out. */
whit_status canon_check_leave(const canon_instance *self,
                              whit_error *error) WHIT_MUST_CHECK;

/* Calls a core function; exceptions become traps. */
whit_status canon_core_call(canon_store *store, rt_function *function,
                            rt_slot *slots, whit_error *error) WHIT_MUST_CHECK;
/* The same as a task of sync type of the instance. */
whit_status canon_core_task(canon_instance *instance, rt_function *function,
                            rt_slot *slots, whit_error *error) WHIT_MUST_CHECK;
/* A lifted function of sync type, to its end. One of the two callers. */
whit_status canon_lift_sync(const canon_function *function,
                            canon_subtask *subtask, canon_call *call,
                            whit_error *error) WHIT_MUST_CHECK;
/* One of async type, until it blocks or ends. */
whit_status canon_lift_async(const canon_function *function,
                             canon_subtask *subtask, canon_call *call,
                             whit_error *error) WHIT_MUST_CHECK;
/* What a resource's last owner does; from `caller`. */
whit_status canon_resource_destroy(canon_instance *caller,
                                   const canon_resource *resource,
                                   uint32_t representation,
                                   whit_error *error) WHIT_MUST_CHECK;

/* ---- Numbers only (scalar.c) ---- */

/* Whether the other three can pass these types: numbers and booleans, few
 * enough to be flat on both sides. Little-endian hosts only, as elsewhere. */
bool canon_scalar_tuple(const canon_tuple *types);
void canon_scalar_pass(const canon_tuple *types, const rt_slot *from,
                       rt_slot *to);
void canon_scalar_to_guest(const canon_tuple *types, const void *native,
                           rt_slot *to);
void canon_scalar_to_host(const canon_tuple *types, const rt_slot *from,
                          void *native);

/* ---- Tasks (task.c) ---- */

/* Lowers the parameters into `slots` of the callee. */
whit_status canon_task_start(canon_task *self, rt_slot *slots,
                             whit_error *error) WHIT_MUST_CHECK;
/* Passes the result on; `slots` are as the callee's signature says. */
whit_status canon_task_return(canon_task *self, const rt_slot *slots,
                              whit_error *error) WHIT_MUST_CHECK;
whit_status canon_task_cancel(canon_task *self,
                              whit_error *error) WHIT_MUST_CHECK;
whit_status canon_task_request_cancel(canon_task *self,
                                      const canon_instance *caller,
                                      whit_error *error) WHIT_MUST_CHECK;
bool canon_task_deliver_cancel(canon_task *self, bool cancellable);
bool canon_task_needs_exclusive(const canon_task *self);
whit_status canon_task_register(canon_task *self, canon_thread *thread,
                                whit_error *error) WHIT_MUST_CHECK;
/* Traps when it is the last one and the task has not returned. */
whit_status canon_task_unregister(canon_task *self, canon_thread *thread,
                                  whit_error *error) WHIT_MUST_CHECK;
/* On the heap, in the scheduler's list. */
whit_status canon_task_new(canon_store *store, canon_task **out,
                           whit_error *error) WHIT_MUST_CHECK;
void canon_task_free(canon_task *self);
/* The task that new threads of `self` belong to. */
whit_status canon_task_owner(canon_task *self, canon_task **out,
                             whit_error *error) WHIT_MUST_CHECK;
/* Fails the call of the host that a task comes from. */
void canon_task_fail(canon_task *self, const whit_error *error);

void canon_subtask_init(canon_subtask *self, canon_instance *instance,
                        const canon_lowered *lowered, rt_slot *slots,
                        canon_call *root);
bool canon_subtask_resolved(const canon_subtask *self);
/* A change of state, which its caller may have to be told about. */
void canon_subtask_progress(canon_subtask *self, canon_subtask_state state);
/* Ends the lends. */
void canon_subtask_end_lends(canon_subtask *self);
static inline void canon_subtask_deliver(canon_subtask *self)
{
    self->delivered = true;
    if (UNLIKELY(self->lend_count))
        canon_subtask_end_lends(self);
}

void canon_call_retain(canon_call *self);
void canon_call_release(canon_call *self);
void canon_call_fail(canon_call *self, whit_status status,
                     const whit_error *error);

/* ---- Scheduling (thread.c) ---- */

static inline canon_scheduler *canon_scheduler_of(const canon_instance *self)
{
    return &self->store->scheduler;
}

bool canon_thread_ready(const canon_thread *self);
/* A running thread becomes a waiting one; canon_thread_block follows. */
void canon_thread_wait(canon_thread *self, canon_wait wait, void *on);
void canon_thread_stop_waiting(canon_thread *self);
/* Takes a suspended or waiting thread until it blocks or ends. When
 * `scheduler.blocking` is set afterwards the host must return. */
whit_status canon_thread_resume(canon_thread *self, bool cancelled,
                                whit_error *error) WHIT_MUST_CHECK;
/* The same for scheduler.blocked_thread. */
whit_status canon_thread_unblock(canon_store *store,
                                 whit_error *error) WHIT_MUST_CHECK;
/* Gives control away, `other` (or NULL) being next; the thread is waiting or
 * counts as suspended. Returns when it is resumed. */
whit_status canon_thread_block(canon_thread *self, bool cancellable,
                               canon_thread *other,
                               whit_error *error) WHIT_MUST_CHECK;
/* wait_until: canon_thread_wait and _block. */
whit_status canon_thread_wait_until(canon_thread *self, canon_wait wait,
                                    void *on, bool cancellable,
                                    whit_error *error) WHIT_MUST_CHECK;
/* Traps when a thread that blocked now could not go on, because a call of
 * sync type in its instance would have to wait. */
whit_status canon_thread_check_block(canon_thread *self,
                                     whit_error *error) WHIT_MUST_CHECK;
/* The whole store waits until the call is finished. */
whit_status canon_thread_block_store(canon_store *store, canon_host_call *call,
                                     whit_error *error) WHIT_MUST_CHECK;
void canon_thread_init(canon_thread *self, canon_task *task);
/* Frees an explicit one. */
void canon_thread_free(canon_thread *self);
whit_status canon_stack_take(canon_store *store, rt_thread **out,
                             whit_error *error) WHIT_MUST_CHECK;
void canon_stack_give(canon_store *store, rt_thread *stack);

/* ---- The host's part (call.c, host_call.c) ---- */

/* A function of the host, to its end: the guest waits on its stack. */
whit_status canon_host_call_run(const canon_lowered *lowered,
                                canon_thread *thread, rt_slot *slots,
                                whit_error *error) WHIT_MUST_CHECK;
/* One of async type that is called asynchronously: the subtask is resolved,
 * or the host has deferred the call. */
whit_status canon_host_call_start(const canon_lowered *lowered,
                                  canon_subtask *subtask,
                                  whit_error *error) WHIT_MUST_CHECK;
/* The guest asks for cancellation. */
void canon_host_call_request_cancel(canon_host_call *self);
void canon_host_call_free(canon_host_call *self);
/* canon_resource_destroy by the host, on a stack of its own. */
whit_status canon_host_destroy(canon_store *store,
                               const canon_resource *resource,
                               uint32_t representation,
                               whit_error *error) WHIT_MUST_CHECK;
bool canon_host_call_is_finished(const canon_host_call *self);
/* Its guest is gone: it lives on until the host finishes it. */
void canon_host_call_orphan(canon_host_call *self);
/* ---- What threads run (lift.c) ---- */

/* Before anything is on the thread's stack: what goes there, or NULL when the
 * thread has ended already. */
whit_status canon_lift_begin(canon_thread *self, void (**body)(void *thread),
                             whit_error *error) WHIT_MUST_CHECK;
/* When its stack is empty again: the same; NULL also when it waits. */
whit_status canon_lift_next(canon_thread *self, void (**body)(void *thread),
                            whit_error *error) WHIT_MUST_CHECK;

/* ---- Built-ins by kind (builtin.c, waitable.c, stream_guest.c) ---- */

typedef whit_status (*canon_builtin)(const canon_definition *self,
                                     canon_thread *thread, rt_slot *slots,
                                     whit_error *error);
/* NULL: none of theirs. */
canon_builtin canon_waitable_builtin(component_canon_kind kind);
canon_builtin canon_stream_builtin(component_canon_kind kind);

whit_status canon_lower_call(rt_caller *caller, void *env, rt_slot *slots,
                             whit_error *error);

/* An address in a slot. */
static inline uint64_t canon_address(const canon_options *options, rt_slot slot)
{
    return options->memory && options->memory->is64 ? slot.u64 : slot.u32;
}

#endif
