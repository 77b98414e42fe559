/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Answers of deferred host calls on their way to the store's thread; private
 * to this folder.
 *
 * A completion outlives its store when the store is freed first: then using
 * it only frees it. The world that they share is counted for that reason. */
#ifndef API_COMPLETION_H
#define API_COMPLETION_H

#include "api/component.h"
#include "component/shape.h"
#include "wasi/system.h"

typedef enum api_outcome {
    API_ANSWERED,
    API_CANCELLED,
    API_FAILED
} api_outcome;

struct whit_completion {
    api_world *world;
    canon_host_call *call;
    void *result;               /* the call's */
    canon_component *component; /* counted: it has the type */
    const component_node *type; /* of the result; NULL: none */
    size_t size;
    void *answer; /* in the arena, with all that it points to */
    arena arena;
    api_outcome outcome;
    whit_error error; /* FAILED */
    void (*cancelled)(void *env);
    void *env;
    whit_completion *next; /* in the world's queue */
};

/* From any thread: hands it to the store, whose thread uses it. */
void api_world_post(whit_completion *completion);
/* On the store's thread: uses it now. */
void api_world_finish(whit_completion *completion);
/* Finishes the call and frees the completion. */
void api_completion_use(whit_completion *self);
void api_completion_free(whit_completion *self);

#endif
