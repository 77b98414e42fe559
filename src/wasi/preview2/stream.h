/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams of bytes over descriptors. */
#ifndef WASI_PREVIEW2_STREAM_H
#define WASI_PREVIEW2_STREAM_H

#include "wasi/preview2/types.h"
#include "wasi/preview2/world.h"

/* wasi:io/error: what failed, and whose codes say how. */
typedef struct p2_error {
    p2_object object;
    wasi_error code;
    bool network;
} p2_error;

typedef struct p2_input {
    p2_object object;
    wasi_descriptor *descriptor;
    bool positioned; /* reads at `offset`, not where the descriptor is */
    uint64_t offset;
    bool closed;
} p2_input;

/* Where bytes wait that a descriptor does not take yet. All output streams of
 * a descriptor share it, so that what they write stays in order. A sink with
 * something in it keeps itself alive and goes on writing whenever the reactor
 * runs. */
typedef struct p2_sink {
    uint32_t references;
    p2_world *world;
    wasi_descriptor *descriptor;
    buffer pending;
    size_t sent; /* of it */
    wasi_error error;
    bool finish; /* shut down for writing when all is sent */
    bool armed;  /* the reactor knows the waiter, a reference */
    wasi_waiter waiter;
    struct p2_sink *previous, *next; /* armed ones of the world */
} p2_sink;

typedef struct p2_output {
    p2_object object;
    p2_sink *sink; /* or NULL: `descriptor` at `offset` */
    wasi_descriptor *descriptor;
    bool append;
    uint64_t offset;
    uint64_t permit; /* bytes that may be written now */
    bool closed;
} p2_output;

/* NULL: no memory. All take a reference of their own to what they are
 * given. */
p2_input *wasi_p2_input_new(wasi_descriptor *descriptor, bool positioned,
                            uint64_t offset);
p2_output *wasi_p2_output_new(p2_sink *sink);
p2_output *wasi_p2_output_at(wasi_descriptor *descriptor, bool append,
                             uint64_t offset);
p2_sink *wasi_p2_sink_new(p2_world *world, wasi_descriptor *descriptor);
/* NULL is allowed. */
void wasi_p2_sink_release(p2_sink *self);
/* Writes what can be written without a wait; true when nothing is left. */
bool wasi_p2_sink_drain(p2_sink *self);
/* Gives up what is pending. */
void wasi_p2_sink_disarm(p2_sink *self);
/* Shuts the socket down for writing behind what is pending. */
void wasi_p2_sink_finish(p2_sink *self);

p2_interest wasi_p2_input_interest(const p2_input *self);
p2_interest wasi_p2_output_interest(const p2_output *self);
bool wasi_p2_output_ready(const p2_output *self);

#endif
