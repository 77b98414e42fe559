/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures as the host sees them: one end in the host's hands,
 * the other in a guest's (CanonicalABI.md, "Stream State", "Future State").
 *
 * A handle is a number of the store's host instance. Reading and writing
 * lend a buffer in native layout until the callback says what became of it:
 * at once, from within the call, when the other end is waiting, or later,
 * while a guest runs or the store is polled. One operation per end at a time.
 * Callbacks may start new operations, but must not run guests. */
#ifndef CANONICAL_STREAM_H
#define CANONICAL_STREAM_H

#include "canonical/value.h"

struct canon_store;

/* Who keeps something for the operations of a store hears of its end: ends of
 * the host go with the store, without a callback. Called once, before anything
 * of the store is gone. */
typedef struct canon_ending {
    struct canon_ending *next; /* the store's */
    void (*end)(struct canon_ending *self);
} canon_ending;

void canon_store_at_end(struct canon_store *store, canon_ending *ending);

typedef enum canon_copy_result {
    CANON_COPY_COMPLETED,
    CANON_COPY_DROPPED, /* the other end is gone */
    CANON_COPY_CANCELLED
} canon_copy_result;

/* `count` elements were moved. Strings and lists that were read live in the
 * arena given with the read. */
typedef void (*canon_copy_done)(void *env, canon_copy_result result,
                                uint32_t count);

/* Makes a stream or future: the handle of the readable end, to be put in a
 * result or argument, which gives it away; and of the writable end. `type` is
 * a STREAM or FUTURE node, usually found in a function's type; `resolver` is
 * that of the function. */
whit_status canon_stream_new(struct canon_store *store,
                             const component_node *type,
                             struct canon_instance *resolver,
                             uint32_t *readable, uint32_t *writable,
                             whit_error *error) WHIT_MUST_CHECK;
/* Futures: count is 1. Reads of nothing and writes of nothing wait until the
 * other end is there. `elements` must stay until `done` is called. */
whit_status canon_stream_read(struct canon_store *store, uint32_t readable,
                              void *elements, uint32_t count, arena *arena,
                              canon_copy_done done, void *env,
                              whit_error *error) WHIT_MUST_CHECK;
whit_status canon_stream_write(struct canon_store *store, uint32_t writable,
                               const void *elements, uint32_t count,
                               canon_copy_done done, void *env,
                               whit_error *error) WHIT_MUST_CHECK;
/* Ends an operation: `done` is called with CANCELLED, or was called. */
void canon_stream_cancel(struct canon_store *store, uint32_t end);
/* Drops an end; an operation in flight is cancelled. A future's writable end
 * that never wrote: WHIT_ARGUMENT. */
whit_status canon_stream_drop(struct canon_store *store, uint32_t end,
                              whit_error *error) WHIT_MUST_CHECK;
/* `changed` is called when the other end gives an operation up, or is dropped,
 * while none is under way at this one. NULL: not any more. */
void canon_stream_watch(struct canon_store *store, uint32_t end,
                        void (*changed)(void *env), void *env);
/* The STREAM or FUTURE node of a handle; NULL: no such end. */
const component_node *canon_stream_type(struct canon_store *store,
                                        uint32_t end);

#endif
