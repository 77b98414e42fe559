/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of this folder share: stores, instances, functions. */
#ifndef CANONICAL_PRIVATE_H
#define CANONICAL_PRIVATE_H

#include "canonical/instance.h"
#include "component/flatten.h"

typedef struct canon_thread canon_thread;
typedef struct canon_task canon_task;
typedef struct canon_subtask canon_subtask;

/* ---- Items of index spaces (link.c) ---- */

/* A component with the instance that its outer aliases refer to. */
typedef struct canon_closure {
    const component *definition;
    canon_instance *outer; /* NULL: outermost */
    canon_component *component;
} canon_closure;

/* What a name of an instance stands for. Which member counts follows from the
 * sort; types other than resource types have none. */
typedef struct canon_item {
    component_sort sort;
    union {
        rt_extern core; /* CORE_FUNC .. CORE_TAG */
        rt_module *module;
        const struct canon_core_instance *core_instance; /* link.c */
        canon_function *function;
        canon_resource *resource; /* NULL: another type */
        const canon_closure *closure;
        const struct canon_exports *exports; /* INSTANCE */
    };
} canon_item;

typedef struct canon_export {
    slice name;
    canon_item item;
} canon_export;

/* An instance as others see it. */
typedef struct canon_exports {
    const canon_export *items;
    uint32_t count;
} canon_exports;

/* NULL: no such name. */
const canon_item *canon_exports_find(const canon_exports *self, slice name);

/* ---- Instances ---- */

struct canon_instance {
    canon_store *store;
    canon_instance *parent; /* that instantiated it; NULL: outermost */
    canon_handles handles;
    /* task.c; may_leave is also cleared while realloc and post-return run. */
    bool may_enter;
    bool may_leave;
    uint32_t backpressure;
    uint32_t waiting_to_enter;
    canon_thread *exclusive;
    canon_handles threads; /* object: canon_thread; kind: any but FREE */
    canon_thread *sync;    /* of the innermost task of sync type, or NULL */
    bool has_threads;      /* some built-in names threads by their index */
    /* link.c */
    canon_component *component;
    const component *definition;
    canon_instance *outer; /* whose index spaces outer aliases see */
    canon_item *items[COMPONENT_SORTS];
    uint32_t counts[COMPONENT_SORTS]; /* defined so far */
    canon_exports exports;
    struct canon_binding *bindings; /* a hash table, by component_resource */
    uint32_t binding_count, binding_capacity;
    arena arena;
    canon_instance *next; /* in the store */
};

/* What a resource of the instance's component stands for at run time; never
 * NULL for a component that validated. */
canon_resource *canon_instance_resource(const canon_instance *self,
                                        const component_resource *resource);

/* ---- Functions (task.c makes and calls them) ---- */

struct canon_function {
    const component_node *type; /* FUNC */
    canon_instance *resolver;   /* of the type */
    canon_tuple params;
    canon_tuple result;
    component_member result_member;
    bool scalar_params, scalar_result; /* scalar.c passes them */
    slice name; /* for messages: of the first export or import; may be empty */
    canon_instance *instance; /* that it was lifted in; NULL: the host's */
    /* Lifted. */
    rt_function *core;
    canon_options options;
    component_signature signature; /* LIFT */
    /* The host's. */
    canon_host_function host;
    void *env;
    unsigned flags;
    canon_function *next; /* in the store */
};

/* A canonical definition other than lift, with its operands resolved. */
typedef struct canon_definition {
    component_canon_kind kind;
    canon_instance *instance;
    canon_options options;
    canon_function *function; /* LOWER */
    canon_resource *resource; /* RESOURCE_* */
    /* STREAM_*, FUTURE_*: the STREAM or FUTURE node; TASK_RETURN: the result's
     * type or NULL. Resolved by `instance`. */
    const component_node *type;
    rt_table *table;            /* THREAD_NEW_INDIRECT, _SPAWN_INDIRECT */
    const wasm_type *core_type; /* of the threads' functions */
    wasm_valtype value_type;    /* CONTEXT_* */
    uint32_t number;            /* CONTEXT_* */
    bool is_async, cancellable;
} canon_definition;

/* Makes the core function of a definition (copied); `type` is canonical in
 * the engine. builtin.c, lower.c. */
whit_status canon_builtin_new(const canon_definition *definition,
                              const wasm_type *type, rt_function **out,
                              whit_error *error) WHIT_MUST_CHECK;

/* Completes a function that link.c allocated: params, result, signature. */
void canon_function_init(canon_function *self);

/* Calls the realloc of a side, as the specification's `reallocate`; pointers
 * into memory are stale afterwards. The range has not been checked. */
whit_status canon_reallocate(const canon_side *side, uint64_t old,
                             uint64_t old_size, uint64_t alignment,
                             uint64_t size, uint64_t *out,
                             whit_error *error) WHIT_MUST_CHECK;

/* For value.c: what lends and borrows count (task.c). */
whit_status canon_subtask_lend(canon_subtask *self, canon_instance *instance,
                               uint32_t handle,
                               whit_error *error) WHIT_MUST_CHECK;
void canon_task_borrow(canon_task *self);

/* For value.c: a readable end leaves an instance (lift_async_value) and comes
 * to one (stream.c). */
typedef struct canon_shared canon_shared; /* a stream or future, both ends */
whit_status canon_stream_lift(canon_instance *from, uint32_t index,
                              const component_node *type,
                              canon_instance *resolver, canon_shared **out,
                              whit_error *error) WHIT_MUST_CHECK;
whit_status canon_stream_lower(canon_instance *to, canon_shared *shared,
                               uint32_t *index,
                               whit_error *error) WHIT_MUST_CHECK;

/* Error contexts are counted: several handles may have the same. */
typedef struct canon_error_context {
    uint32_t references;
    slice message;
} canon_error_context;
/* A new one in an instance's table. */
whit_status canon_error_context_add(canon_instance *to, slice message,
                                    uint32_t *index,
                                    whit_error *error) WHIT_MUST_CHECK;

/* A trap of the canonical ABI: `return canon_trap(error, "...")`. */
whit_status canon_trap(whit_error *error, const char *format, ...)
    WHIT_PRINTF(2, 3);

/* ---- Linking (link.c, linker.c, component.c) ---- */

/* The prepared module of a definition. */
rt_module *canon_component_module(const canon_component *self,
                                  const wasm_module *wasm);
rt_engine *canon_component_engine(const canon_component *self);
const component *canon_component_root(const canon_component *self);

/* What the host gives for an import of the outermost component. */
whit_status canon_linker_resolve(const canon_linker *self,
                                 canon_instance *importer,
                                 const component_entity *import,
                                 canon_item *out,
                                 whit_error *error) WHIT_MUST_CHECK;
/* Notes that a resource of the component's types stands for this one. */
whit_status canon_instance_bind(canon_instance *self,
                                const component_resource *resource,
                                canon_resource *meaning,
                                whit_error *error) WHIT_MUST_CHECK;
/* NULL: not bound (yet). */
canon_resource *canon_instance_bound(const canon_instance *self,
                                     const component_resource *resource);
/* Allocated in the store, complete but for what kind of function it is. */
whit_status canon_function_new(canon_instance *resolver,
                               const component_node *type, canon_function **out,
                               whit_error *error) WHIT_MUST_CHECK;
whit_status canon_resource_new(canon_store *store, canon_resource **out,
                               whit_error *error) WHIT_MUST_CHECK;
canon_instance *canon_instance_alloc(canon_store *store);
/* Whether "ns:p/i@1.2.3" may serve who asks for "ns:p/i@1.2.0". */
bool canon_name_satisfies(slice offered, slice wanted);
/* rt_instance_new as a task of the instance, since start functions may call
 * what is lowered (task.c). */
whit_status canon_core_start(canon_instance *self, rt_module *module,
                             const rt_extern *imports, uint32_t import_count,
                             rt_instance **out,
                             whit_error *error) WHIT_MUST_CHECK;

/* ---- Stores ---- */

/* What runs and what waits in a store (task.h). */
enum { CANON_IDLE_STACKS = 8 };

typedef struct canon_scheduler {
    canon_thread *waiting_first, *waiting_last; /* oldest first */
    canon_thread *current;                      /* NULL: the host runs */
    canon_thread *switch_to; /* what the thread that blocks asks for next */
    /* A call of sync type that the whole store waits for, and what the host
     * resumes after it: a thread, or a call whose guest it is. */
    canon_host_call *blocking;
    canon_thread *blocked_thread;
    canon_instance *blocked_instance; /* that the host had entered */
    canon_call *blocked_call;
    uint32_t starting;  /* start functions that run now */
    whit_error failure; /* of the thread that has just ended */
    uint32_t pending;   /* canon_store_pending */
    uint32_t threads;   /* that have a stack */
    struct rt_thread *idle[CANON_IDLE_STACKS];
    uint32_t idle_count;
    canon_task *tasks; /* all that outlive their callers */
    uint32_t task_count;
    canon_call *calls;      /* of the host, all that are not on its stack */
    canon_subtask *lenders; /* those with heap memory */
    canon_host_call *host_calls; /* all that are in use */
    canon_host_call *unused_calls;
} canon_scheduler;

void canon_scheduler_init(canon_scheduler *self);
/* Abandons every task and thread of the store, so that nothing is left. */
void canon_scheduler_release(canon_store *store);

struct canon_store {
    rt_store *core;
    bool owns_core;
    canon_instance *host;      /* handles of the host */
    canon_instance *instances; /* all but `host` */
    uint32_t instance_count;
    canon_resource *resources;
    canon_function *functions;
    canon_ending *endings;
    uint32_t handles_left; /* of core->limits.handles */
    canon_scheduler scheduler;
};

/* Frees what a handle holds, when its table goes (stream.c, task.c). */
void canon_handle_discard(canon_instance *instance, canon_handle *handle);

#endif
