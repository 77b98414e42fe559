/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components that are ready to run, their instances, and calls into them
 * (CanonicalABI.md, "Component Instances", "Embedding API").
 *
 * A canon_component is a validated component with its core modules prepared
 * for an engine: counted, shared by threads. A canon_store holds instances;
 * like the rt_store that it owns, it is used by one thread at a time. */
#ifndef CANONICAL_INSTANCE_H
#define CANONICAL_INSTANCE_H

#include "canonical/host.h"
#include "canonical/stream.h"

typedef struct canon_component canon_component;
typedef struct canon_store canon_store;
typedef struct canon_instance canon_instance;
typedef struct canon_function canon_function;
typedef struct canon_call canon_call;

/* Takes over the file, and `bytes` (mem_free) when it was decoded from heap
 * memory, on failure too; validates what has not been validated. */
whit_status canon_component_new(rt_engine *engine, component_file *file,
                                void *bytes, canon_component **out,
                                whit_error *error) WHIT_MUST_CHECK;
void canon_component_retain(canon_component *self);
/* NULL is allowed. */
void canon_component_release(canon_component *self);
/* The component's type: COMPONENT, with imports and exports. */
const component_node *canon_component_type(const canon_component *self);

whit_status canon_store_new(rt_engine *engine, const rt_limits *limits,
                            canon_store **out,
                            whit_error *error) WHIT_MUST_CHECK;
/* The same around a core store, which must outlive it and is not freed. */
whit_status canon_store_around(rt_store *core, canon_store **out,
                               whit_error *error) WHIT_MUST_CHECK;
/* NULL is allowed. First whoever asked for it hears of the end
 * (canon_store_at_end); then tasks that still run are abandoned, deferred host
 * calls are told through their cancel function and are gone, and resources of
 * the host that guests still own are dropped. */
void canon_store_free(canon_store *self);
rt_store *canon_store_core(canon_store *self);

/* Instantiates with imports from the linker, which may be NULL when there
 * are none. UNLINKABLE names the import that is missing or does not fit.
 * Runs start functions of core modules. The instance belongs to the store. */
whit_status canon_instantiate(canon_store *store, canon_component *component,
                              const canon_linker *linker, canon_instance **out,
                              whit_error *error) WHIT_MUST_CHECK;

/* An exported function: "run", or "ns:p/i@1.0.0#f" for one of an exported
 * instance; a version that satisfies is enough. NULL: none. */
canon_function *canon_instance_function(canon_instance *self, slice name);
/* FUNC; its types are resolved by canon_function_resolver. */
const component_node *canon_function_type(const canon_function *self);
canon_instance *canon_function_resolver(const canon_function *self);
canon_store *canon_function_store(const canon_function *self);

/* ---- Calls by the host ---- */

typedef enum canon_call_state {
    CANON_CALL_RUNNING,
    CANON_CALL_RETURNED, /* the result is there; the task may still run */
    CANON_CALL_CANCELLED,
    CANON_CALL_FAILED /* `error`; WHIT_TRAP, WHIT_EXIT, ... */
} canon_call_state;

/* Starts a call: lifts nothing yet that the guest does not take. `arguments`
 * is a native struct of the parameters and must live until the callee has
 * started, `result` room for a native result and must live until the call is
 * freed; strings and lists in it lie in the call's arena. The guest runs
 * until it returns or waits. A failure to start is a failure of the call. */
whit_status canon_call_start(canon_function *function, const void *arguments,
                             void *result, canon_call **out,
                             whit_error *error) WHIT_MUST_CHECK;
canon_call_state canon_call_poll(canon_call *self);
/* After FAILED. */
const whit_error *canon_call_error(const canon_call *self);
/* Asks for cancellation; poll says what came of it. */
void canon_call_cancel(canon_call *self);
/* Runs post-return where there is one; a call that still runs is cancelled
 * and abandoned. */
void canon_call_free(canon_call *self);

/* The whole of a call whose guest never waits for the host: no heap memory
 * when no strings or lists come back. The results' strings and lists go to
 * `arena`. A guest that does wait without anything else to run: WHIT_TRAP,
 * "deadlock"; with deferred host calls pending, `wait` is called to let them
 * finish (NULL: an error says so). */
typedef struct canon_waiter {
    /* Blocks until some deferred call could be finished. */
    whit_status (*wait)(void *env, whit_error *error);
    void *env;
} canon_waiter;
whit_status canon_function_call(canon_function *function, const void *arguments,
                                void *result, arena *arena,
                                const canon_waiter *waiter,
                                whit_error *error) WHIT_MUST_CHECK;

/* Runs every thread that is ready, until none is. True when something is
 * left that waits: for a deferred host call, a stream of the host, or for
 * ever. */
bool canon_store_poll(canon_store *self);
/* Deferred host calls and operations on streams by the host, not finished. */
uint32_t canon_store_pending(const canon_store *self);

#endif
