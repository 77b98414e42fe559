/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures: what both ends share, and the ends (CanonicalABI.md,
 * "Buffer State", "Stream State", "Future State").
 *
 * An end is a waitable in the hands of a guest, or one of the host's, which
 * has a callback instead of events. An operation under way has its buffer in
 * its end; the end that came first is the shared `pending`. */
#ifndef CANONICAL_STREAM_STATE_H
#define CANONICAL_STREAM_STATE_H

#include "canonical/task.h"

typedef enum canon_copy_state {
    CANON_COPY_IDLE,
    CANON_COPY_COPYING,
    CANON_COPY_CANCELLING,
    CANON_COPY_DONE
} canon_copy_state;

typedef struct canon_end canon_end;

struct canon_shared {
    const component_node *type; /* STREAM or FUTURE */
    canon_instance *resolver;
    bool is_future;
    bool dropped;  /* one of the ends */
    uint32_t ends; /* that exist, or are on their way */
    canon_end *pending;
    canon_end *watching; /* of the host, with `changed`; or NULL */
};

struct canon_end {
    canon_waitable waitable; /* kind says which end it is */
    uint8_t state;
    uint8_t result; /* canon_copy_result of the event or callback */
    bool reclaims;  /* `pending` until the event is delivered */
    canon_shared *shared;
    /* The buffer; options NULL: the host's. */
    canon_side side;
    uint64_t address;
    uint32_t progress, length; /* elements */
    canon_copy_done done;      /* the host's */
    void *env;
    void (*changed)(void *env); /* the host's, or NULL */
    void *changed_env;
};

static inline bool canon_end_writes(const canon_end *self)
{
    return self->waitable.kind == CANON_HANDLE_STREAM_WRITE ||
           self->waitable.kind == CANON_HANDLE_FUTURE_WRITE;
}

static inline bool canon_end_copying(const canon_end *self)
{
    return self->state == CANON_COPY_COPYING ||
           self->state == CANON_COPY_CANCELLING;
}

canon_shared *canon_shared_new(const component_node *type,
                               canon_instance *resolver);
void canon_shared_release(canon_shared *self); /* one end is gone */
/* Adds an end to the handles of an instance. */
whit_status canon_end_new(canon_instance *instance, canon_shared *shared,
                          bool writes, uint32_t *index,
                          whit_error *error) WHIT_MUST_CHECK;
/* Both ends; the readable one's handle is the smaller. */
whit_status canon_ends_new(canon_instance *instance, const component_node *type,
                           canon_instance *resolver, uint32_t *readable,
                           uint32_t *writable,
                           whit_error *error) WHIT_MUST_CHECK;
/* The buffer is set and the state COPYING. */
whit_status canon_end_copy(canon_end *self, whit_error *error) WHIT_MUST_CHECK;
/* The operation that is pending ends, without an event so far. */
void canon_end_cancel(canon_end *self);
/* Frees it: the other end hears of it. */
whit_status canon_end_drop(canon_end *self, whit_error *error) WHIT_MUST_CHECK;

#endif
