/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams of the bytes of a descriptor. */
#include <poll.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "wasi/preview3/stream.h"

/* ---- From a descriptor ---- */

typedef struct byte_source {
    p3_source source;
    p3_bytes bytes;
    uint8_t chunk[LIMIT_WASI_CHUNK];
} byte_source;

static buffer *kept_input(const p3_source *self)
{
    return &self->link.owner->world->input;
}

/* What another stream read of standard input and no guest took. */
static bool source_take_kept(byte_source *self, size_t *size)
{
    buffer *kept = kept_input(&self->source);
    if (!self->bytes.standard || !kept->size)
        return false;
    *size = kept->size < LIMIT_WASI_CHUNK ? kept->size : LIMIT_WASI_CHUNK;
    memcpy(self->chunk, kept->data, *size);
    memmove(kept->data, kept->data + *size, kept->size - *size);
    kept->size -= *size;
    return true;
}

static wasi_error source_read(byte_source *self, size_t *size)
{
    wasi_descriptor *descriptor = self->bytes.descriptor;
    *size = 0;
    if (source_take_kept(self, size))
        return WASI_OK;
    if (self->bytes.standard || !descriptor->seekable)
        return wasi_file_read_now(descriptor, self->chunk, LIMIT_WASI_CHUNK,
                                  size);
    struct iovec vector = {self->chunk, LIMIT_WASI_CHUNK};
    WASI_TRY(
        wasi_file_read_at(descriptor, &vector, 1, self->bytes.offset, size));
    self->bytes.offset += *size;
    return WASI_OK;
}

static wasi_error source_fill(p3_source *source)
{
    byte_source *self = (byte_source *)(void *)source;
    size_t size;
    WASI_TRY(source_read(self, &size));
    source->elements = self->chunk;
    source->count = (uint32_t)size;
    return WASI_OK;
}

static p2_interest source_interest(const p3_source *source)
{
    const byte_source *self = (const byte_source *)(const void *)source;
    return wasi_p2_descriptor_interest(self->bytes.descriptor, POLLIN);
}

static void source_stop(p3_source *source)
{
    byte_source *self = (byte_source *)(void *)source;
    if (self->bytes.standard && source->count) {
        /* In front of what is there: it was read before. */
        buffer *kept = kept_input(source);
        size_t old = kept->size;
        buffer_append(kept, source->elements, source->count);
        if (!kept->failed) {
            memmove(kept->data + source->count, kept->data, old);
            memcpy(kept->data, source->elements, source->count);
        }
    }
    if (!self->bytes.shuts)
        return;
    /* A connection that is gone already needs no end. */
    wasi_error ignored =
        wasi_socket_shutdown(self->bytes.descriptor, true, false);
    (void)ignored;
}

static void source_release(p3_source *source)
{
    wasi_descriptor_release(((byte_source *)(void *)source)->bytes.descriptor);
}

/* The two members of a tuple<stream<T>, future<U>> that a function returns. */
static const component_node *result_member(const p2_call *call, uint32_t i)
{
    return canon_host_call_type(call->host)->element->members[i].type;
}

whit_status wasi_p3_bytes_read(p2_call *call, const p3_bytes *bytes,
                               p3_encode *encode, wasi_error refusal)
{
    static const p3_producer producer = {
        1, source_fill, source_interest, source_stop, source_release,
    };
    p3_stream_and_result *out = call->result;
    p3_future *future;
    const component_node *type = result_member(call, 0);
    TRY(wasi_p3_future_new(call, result_member(call, 1), encode, &out->second,
                           &future));
    if (refusal)
        return wasi_p3_source_failed(call, type, future, refusal, &out->first);
    byte_source *made = mem_alloc(sizeof *made);
    TRY_ALLOC(made, call->error);
    made->source = (p3_source){.producer = &producer};
    made->bytes = *bytes;
    wasi_descriptor_retain(bytes->descriptor);
    return wasi_p3_source_start(call, &made->source, type, future, &out->first);
}

/* ---- To a descriptor ---- */

typedef struct byte_sink {
    p3_sink sink;
    p3_bytes bytes;
} byte_sink;

static wasi_error sink_put(p3_sink *sink, const uint8_t *bytes, size_t size,
                           size_t *done)
{
    byte_sink *self = (byte_sink *)(void *)sink;
    wasi_descriptor *descriptor = self->bytes.descriptor;
    if (!descriptor->seekable)
        return wasi_file_write_now(descriptor, bytes, size, done);
    if (self->bytes.append) {
        wasi_stat stat;
        WASI_TRY(wasi_file_stat(descriptor, &stat));
        self->bytes.offset = stat.size;
    }
    struct iovec vector = {(void *)(uintptr_t)bytes, size};
    WASI_TRY(
        wasi_file_write_at(descriptor, &vector, 1, self->bytes.offset, done));
    self->bytes.offset += *done;
    return WASI_OK;
}

static wasi_error sink_finish(p3_sink *sink)
{
    const byte_sink *self = (const byte_sink *)(void *)sink;
    if (!self->bytes.shuts)
        return WASI_OK;
    wasi_error error =
        wasi_socket_shutdown(self->bytes.descriptor, false, true);
    return error == WASI_ERROR_NOTCONN ? WASI_OK : error;
}

static p2_interest sink_interest(const p3_sink *sink)
{
    const byte_sink *self = (const byte_sink *)(const void *)sink;
    return wasi_p2_descriptor_interest(self->bytes.descriptor, POLLOUT);
}

static void sink_release(p3_sink *sink)
{
    wasi_descriptor_release(((byte_sink *)(void *)sink)->bytes.descriptor);
}

whit_status wasi_p3_bytes_write(p2_call *call, const p3_bytes *bytes,
                                uint32_t data, p3_encode *encode,
                                wasi_error refusal)
{
    static const p3_consumer consumer = {
        sink_put, sink_finish, sink_interest, sink_release, false,
    };
    p3_future *future;
    TRY(wasi_p3_future_new(call, canon_host_call_type(call->host)->element,
                           encode, call->result, &future));
    if (refusal)
        return wasi_p3_sink_failed(call, data, future, refusal);
    byte_sink *made = mem_zalloc(sizeof *made);
    TRY_ALLOC(made, call->error);
    made->sink.consumer = &consumer;
    made->bytes = *bytes;
    wasi_descriptor_retain(bytes->descriptor);
    return wasi_p3_sink_start(call, &made->sink, data, future);
}
