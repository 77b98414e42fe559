/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures between guests and what the host reads and writes. */
#ifndef WASI_PREVIEW3_STREAM_H
#define WASI_PREVIEW3_STREAM_H

#include "wasi/preview3/types.h"
#include "wasi/preview3/world.h"

/* ---- Futures: how a stream ended ---- */

/* Writes a result<_, error-code>, at most P3_ANSWER bytes. */
typedef void p3_encode(wasi_error error, void *out);
enum { P3_ANSWER = sizeof(p3_result) };

typedef struct p3_future {
    p3_link link;
    uint32_t end; /* the writable one */
    p3_encode *encode;
    _Alignas(16) uint8_t answer[P3_ANSWER];
} p3_future;

/* `type` is a FUTURE of the function's type; `readable` is for the guest. */
whit_status wasi_p3_future_new(p2_call *call, const component_node *type,
                               p3_encode *encode, uint32_t *readable,
                               p3_future **out) WHIT_MUST_CHECK;
/* Once; the future is gone for the caller. */
void wasi_p3_future_resolve(p3_future *self, wasi_error error);

/* ---- Sources: what guests read ---- */

typedef struct p3_source p3_source;

typedef struct p3_producer {
    size_t element_size;
    /* Sets elements and count, which stay until the next call: none is the
     * end. AGAIN: not without a wait. Called only while the guest reads. */
    wasi_error (*fill)(p3_source *self);
    /* After AGAIN. */
    p2_interest (*interest)(const p3_source *self);
    /* The guest wants no more; `elements` and `count` are what it did not
     * take. May be NULL. */
    void (*stop)(p3_source *self);
    /* Gives back what the producer has, not `self`. */
    void (*release)(p3_source *self);
} p3_producer;

typedef enum p3_step {
    P3_REST,  /* until something happens */
    P3_PROBE, /* wait for the guest: a write of nothing */
    P3_FILL,
    P3_GIVE,
    P3_TAKE,
    P3_PUT,
    P3_FINISH,
    P3_END
} p3_step;

struct p3_source {
    p3_link link;
    const p3_producer *producer;
    uint32_t end; /* the writable one */
    p3_future *future;
    p3_step step;
    bool running;
    bool stopped; /* by the guest */
    bool armed;
    wasi_waiter waiter;
    wasi_error error;
    const uint8_t *elements;
    uint32_t count;
};

/* Begins with a source that is zeroed but for the producer and what is the
 * producer's; it owns itself from now on, on failure too. `future` may be
 * NULL; `readable` is for the guest. */
whit_status wasi_p3_source_start(p2_call *call, p3_source *self,
                                 const component_node *type, p3_future *future,
                                 uint32_t *readable) WHIT_MUST_CHECK;
/* A stream that has ended, and how. */
whit_status wasi_p3_source_failed(p2_call *call, const component_node *type,
                                  p3_future *future, wasi_error error,
                                  uint32_t *readable) WHIT_MUST_CHECK;

/* ---- Sinks: what guests write ---- */

typedef struct p3_sink p3_sink;

typedef struct p3_consumer {
    /* Takes some bytes, at least one. AGAIN: not without a wait. */
    wasi_error (*put)(p3_sink *self, const uint8_t *bytes, size_t size,
                      size_t *done);
    /* After the last one, and with `buffers` after each chunk. AGAIN: not
     * yet. */
    wasi_error (*finish)(p3_sink *self);
    p2_interest (*interest)(const p3_sink *self);
    void (*release)(p3_sink *self);
    bool buffers;
} p3_consumer;

struct p3_sink {
    p3_link link;
    const p3_consumer *consumer;
    uint32_t end; /* the readable one */
    p3_future *future;
    p3_step step;
    bool running;
    bool closed; /* by the guest */
    bool armed;
    wasi_waiter waiter;
    wasi_error error;
    uint8_t *chunk;
    size_t count, at;
};

/* As wasi_p3_source_start; `data` is what the guest gave. */
whit_status wasi_p3_sink_start(p2_call *call, p3_sink *self, uint32_t data,
                               p3_future *future) WHIT_MUST_CHECK;
/* Drops what the guest gave, and says why. */
whit_status wasi_p3_sink_failed(p2_call *call, uint32_t data, p3_future *future,
                                wasi_error error) WHIT_MUST_CHECK;

/* ---- Bytes of descriptors ---- */

/* Those that are seekable are read and written from `offset` on, the others
 * where they are. `shuts`: shut down at the end (sockets). Reading standard
 * input, what a guest did not take is kept for the next. */
typedef struct p3_bytes {
    wasi_descriptor *descriptor; /* borrowed */
    uint64_t offset;
    bool append, shuts, standard;
} p3_bytes;

/* For functions whose result is the future, or a tuple of stream and future;
 * a `refusal` is what the future says without anything having been read. */
whit_status wasi_p3_bytes_read(p2_call *call, const p3_bytes *bytes,
                               p3_encode *encode,
                               wasi_error refusal) WHIT_MUST_CHECK;
whit_status wasi_p3_bytes_write(p2_call *call, const p3_bytes *bytes,
                                uint32_t data, p3_encode *encode,
                                wasi_error refusal) WHIT_MUST_CHECK;

#endif
