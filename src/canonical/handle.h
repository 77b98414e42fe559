/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The handles of a component instance (CanonicalABI.md, "Table State",
 * "Resource State", "Waitable State"): one table for resources, waitables,
 * waitable sets and error contexts. */
#ifndef CANONICAL_HANDLE_H
#define CANONICAL_HANDLE_H

#include "base/error.h"
#include "runtime/store.h"

struct canon_instance;
struct canon_task;

/* A resource type as instances share it: made when its definition, or the
 * host, is met. Belongs to the store. */
typedef struct canon_resource {
    /* That defined it; the store's host instance for the host's. */
    struct canon_instance *instance;
    rt_function *destructor;                /* of a guest, or NULL */
    const struct canon_host_resource *host; /* its definition, or NULL */
    /* Of the host, or NULL: the last owner is gone. */
    void (*drop)(void *env, uint32_t representation);
    void *env;
    char *name; /* for messages and signatures; may be NULL */
    struct canon_resource *next;
} canon_resource;

typedef enum canon_handle_kind {
    CANON_HANDLE_FREE,
    CANON_HANDLE_RESOURCE,
    CANON_HANDLE_SUBTASK,
    CANON_HANDLE_STREAM_READ, /* the four kinds of ends */
    CANON_HANDLE_STREAM_WRITE,
    CANON_HANDLE_FUTURE_READ,
    CANON_HANDLE_FUTURE_WRITE,
    CANON_HANDLE_WAITABLE_SET,
    CANON_HANDLE_ERROR_CONTEXT
} canon_handle_kind;

typedef struct canon_handle {
    uint8_t kind;
    bool own;       /* RESOURCE */
    uint32_t lends; /* RESOURCE */
    uint32_t representation;
    uint32_t next_free; /* FREE */
    union {
        canon_resource *resource;
        void *object; /* of the other kinds: owned by the handle */
    };
    struct canon_task *borrower; /* a borrowed RESOURCE: the task */
} canon_handle;

/* Numbers from 1; the one freed last is given out first, as the
 * specification's table does. */
typedef struct canon_handles {
    canon_handle *items;
    uint32_t count; /* numbers ever given out, and 0 */
    uint32_t capacity;
    uint32_t free;    /* 0: none */
    uint32_t *budget; /* the store's: how many more there may be */
} canon_handles;

void canon_handles_init(canon_handles *self, uint32_t *budget);
/* The objects behind them are freed by whoever owns the table. */
void canon_handles_release(canon_handles *self);
/* A pointer is valid until the next add. WHIT_TRAP when the table is full
 * (LIMIT_CANON_HANDLES), or the store has as many as it may. */
whit_status canon_handles_add(canon_handles *self, const canon_handle *handle,
                              uint32_t *index,
                              whit_error *error) WHIT_MUST_CHECK;
/* Traps with "unknown handle index N" when there is none. */
whit_status canon_handles_get(canon_handles *self, uint32_t index,
                              canon_handle **out,
                              whit_error *error) WHIT_MUST_CHECK;
void canon_handles_remove(canon_handles *self, uint32_t index);
/* A RESOURCE of that type; traps when the handle is anything else. */
whit_status canon_handles_resource(canon_handles *self, uint32_t index,
                                   const canon_resource *resource,
                                   canon_handle **out,
                                   whit_error *error) WHIT_MUST_CHECK;
/* "stream", ...: for messages. */
const char *canon_handle_kind_text(unsigned kind);

#endif
