/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Between the public handles of components and what is behind them; private
 * to this folder.
 *
 * whit_type and whit_function_type are component_node, whit_component is
 * canon_component, whit_component_instance is canon_instance,
 * whit_component_func is canon_function, whit_host_call is canon_host_call,
 * whit_wasi is wasi_system. A whit_store gets what components need, an
 * api_world, when the first of them is instantiated. */
#ifndef API_COMPONENT_H
#define API_COMPONENT_H

#include <pthread.h>
#include <whit/component.h>
#include "api/api.h"
#include "canonical/instance.h"
#include "wasi/system_reactor.h"

struct whit_region {
    arena arena;
};

struct wasi_system;

struct whit_imports {
    canon_linker *linker;
    struct api_definition *definitions; /* environments of host functions */
    struct wasi_system *system;         /* NULL: no WASI; counted */
};

/* The part of a store that components need. */
typedef struct api_world {
    atomic_uint references; /* the store's, and one for each answer */
    canon_store *canon;
    struct wasi_system *system; /* counted; its reactor is the store's */
    wasi_reactor *own;          /* when there is no system */
    wasi_reactor *reactor;
    /* Answers come from any thread and are taken up by poll. */
    pthread_mutex_t lock;
    bool closed; /* the store is gone */
    struct api_answer *queue;
    struct api_answer *answers; /* all that are not used yet */
    struct api_copy *copies;    /* reads and writes of streams */
    uint32_t deferred;          /* how many of them the guests wait for */
    int event;          /* eventfd, readable while the queue is not empty */
    wasi_waiter waiter; /* for `event`, in the reactor */
    void (*wake)(void *env);
    void *wake_env;
} api_world;

#define API_NODE(p) ((const component_node *)(const void *)(p))
#define API_TYPE(p) ((const whit_type *)(const void *)(p))
#define API_FUNCTION_TYPE(p) ((const whit_function_type *)(const void *)(p))
#define API_COMPONENT(p) ((canon_component *)(void *)(p))
#define API_INSTANCE(p) ((canon_instance *)(void *)(p))
#define API_FUNC(p) ((canon_function *)(void *)(p))
#define API_HOST_CALL(p) ((canon_host_call *)(void *)(p))

/* Makes it when the store has none; `imports` may be NULL. */
whit_status api_world_of(whit_store *store, const whit_imports *imports,
                         api_world **out, whit_error *error) WHIT_MUST_CHECK;
/* NULL: the store has none. */
api_world *api_world_find(const whit_store *store);
/* Takes up answers; returns whether there were any. */
bool api_world_take(api_world *self);
/* A waiter for calls that block. */
canon_waiter api_world_waiter(api_world *self);

/* Trees of values as a struct of parameters. Lists go to the arena; with
 * `copy`, strings and packed numbers too. */
whit_status api_arguments(const component_node *function, const whit_val *vals,
                          size_t count, bool copy, arena *room, void **out,
                          whit_error *error) WHIT_MUST_CHECK;
/* One value; `out` has the size of the type. */
whit_status api_val_write(const component_node *type, const whit_val *val,
                          bool copy, arena *room, void *out,
                          whit_error *error) WHIT_MUST_CHECK;
/* A tree in the arena over native memory, which it points into. */
whit_status api_val_view(const component_node *type, const void *native,
                         arena *room, whit_val *out,
                         whit_error *error) WHIT_MUST_CHECK;
/* A tree on the heap, for whit_val_release. */
whit_status api_val_copy(const component_node *type, const void *native,
                         whit_val *out, whit_error *error) WHIT_MUST_CHECK;

#endif
