/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Answers of deferred host calls on their way to the store's thread; private
 * to this folder.
 *
 * A whit_completion is a number in disguise, never the same twice: using one
 * a second time, or when its store is gone, finds nothing. Behind it is an
 * api_answer, which belongs to its world. Using the token claims the answer
 * for the thread that does; it is then posted to the world, whose thread uses
 * it. Answers that nobody will use any more are freed with the world, which
 * is counted, since a thread may just hold one when the store is freed. */
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

typedef struct api_answer {
    uint64_t id;
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
    struct api_answer *queued;          /* the next in the world's queue */
    struct api_answer *next, *previous; /* all of the world */
    struct api_answer *same;            /* the next with that hash */
} api_answer;

/* Valid while the host function runs. */
struct whit_host_call {
    canon_host_call *canon;
    whit_completion *completion; /* after defer */
};

/* Gives a new answer its number, by which it is found until it is claimed. */
void api_answer_publish(api_answer *self);
/* NULL: used before, or its store is gone. */
api_answer *api_answer_claim(const whit_completion *token);
/* Finishes the call and frees the answer; on the store's thread. */
void api_answer_use(api_answer *self);
void api_answer_free(api_answer *self);

/* From any thread, with a claimed answer: hands it to the store. */
void api_world_post(api_answer *answer);
/* On the store's thread: uses it now. */
void api_world_finish(api_answer *answer);
void api_world_add(api_world *self, api_answer *answer);

#endif
