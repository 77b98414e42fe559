/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:io: error and streams. */
#include <poll.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "wasi/preview2/stream.h"

/* Bytes that check-write permits, and that one blocking write may have. */
enum { WINDOW = 64 << 10, BLOCKING = 4096 };

whit_status wasi_p2_error_to_debug_string(p2_call *call)
{
    p2_error *self;
    p2_list *out = call->result;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_ERROR, &self));
    out->data = wasi_error_name(self->code);
    out->length = strlen(out->data);
    return WHIT_OK;
}

/* The error of a stream that failed; it is closed from now on. */
static whit_status stream_fail(p2_call *call, bool *closed,
                               const wasi_descriptor *descriptor,
                               wasi_error code, p2_stream_error *out)
{
    bool again = *closed;
    bool network = descriptor->kind == WASI_KIND_SOCKET;
    *closed = true;
    if (again || (network && code == WASI_ERROR_PIPE)) {
        out->tag = P2_CLOSED;
        return WHIT_OK;
    }
    p2_error *made = wasi_p2_object_new(P2_ERROR, sizeof *made, NULL);
    TRY_ALLOC(made, call->error);
    made->code = code;
    made->network = network;
    out->tag = P2_LAST_OPERATION_FAILED;
    return wasi_p2_give(call, &made->object, &out->error);
}

/* ---- Input ---- */

/* At least a byte, or nothing of a stream that is closed now. AGAIN: not
 * ready. `length` is not 0. */
static wasi_error input_read(p2_call *call, p2_input *self, uint64_t length,
                             p2_list *out)
{
    size_t size = length > LIMIT_WASI_CHUNK ? LIMIT_WASI_CHUNK : (size_t)length;
    p2_interest interest = wasi_p2_input_interest(self);
    if (!wasi_p2_interest_ready(&interest))
        return WASI_ERROR_AGAIN;
    void *bytes = wasi_p2_alloc(call, size);
    if (!bytes)
        return WASI_ERROR_NOMEM;
    struct iovec vector = {bytes, size};
    size_t done;
    if (self->positioned)
        WASI_TRY(wasi_file_read_at(self->descriptor, &vector, 1, self->offset,
                                   &done));
    else
        WASI_TRY(wasi_file_read_now(self->descriptor, bytes, size, &done));
    self->offset += done;
    self->closed = !done;
    *out = (p2_list){bytes, done};
    return WASI_OK;
}

/* For read and skip, blocking or not; `out` has no bytes when nothing is
 * there yet. False: the call waits, or `failure` was filled. */
static whit_status input_take(p2_call *call, bool blocking, p2_list *out,
                              bool *failed, p2_stream_error *failure)
{
    const struct {
        uint32_t self;
        uint64_t length;
    } *in = call->arguments;
    p2_input *self;
    *failed = false;
    *out = (p2_list){0};
    TRY(wasi_p2_get(call, in->self, P2_INPUT_STREAM, &self));
    wasi_error error = WASI_OK;
    if (!self->closed && in->length)
        error = input_read(call, self, in->length, out);
    if (error == WASI_ERROR_NOMEM)
        return error_memory(call->error);
    if (error == WASI_ERROR_AGAIN) {
        if (!blocking)
            return WHIT_OK;
        p2_interest interest = wasi_p2_input_interest(self);
        return wasi_p2_wait(call, &interest, 1);
    }
    *failed = error || self->closed;
    if (*failed)
        return stream_fail(call, &self->closed, self->descriptor, error,
                           failure);
    return WHIT_OK;
}

static whit_status read_stream(p2_call *call, bool blocking)
{
    p2_list bytes;
    bool failed;
    p2_stream_error failure = {0};
    TRY(input_take(call, blocking, &bytes, &failed, &failure));
    p2_stream_result_list *out = call->result;
    out->tag = failed ? P2_ERR : P2_OK;
    if (failed)
        out->error = failure;
    else
        out->ok = bytes;
    return WHIT_OK;
}

whit_status wasi_p2_input_stream_read(p2_call *call)
{
    return read_stream(call, false);
}

whit_status wasi_p2_input_stream_blocking_read(p2_call *call)
{
    return read_stream(call, true);
}

static whit_status skip_stream(p2_call *call, bool blocking)
{
    p2_list bytes;
    bool failed;
    p2_stream_error failure = {0};
    TRY(input_take(call, blocking, &bytes, &failed, &failure));
    p2_stream_result_u64 *out = call->result;
    out->tag = failed ? P2_ERR : P2_OK;
    if (failed)
        out->error = failure;
    else
        out->ok = bytes.length;
    return WHIT_OK;
}

whit_status wasi_p2_input_stream_skip(p2_call *call)
{
    return skip_stream(call, false);
}

whit_status wasi_p2_input_stream_blocking_skip(p2_call *call)
{
    return skip_stream(call, true);
}

whit_status wasi_p2_input_stream_subscribe(p2_call *call)
{
    p2_input *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_INPUT_STREAM, &self));
    return wasi_p2_subscribe(call, &self->object, call->result);
}

/* ---- Output ---- */

/* Where the next byte goes, of a stream over a file. */
static wasi_error output_place(const p2_output *self, uint64_t *offset)
{
    *offset = self->offset;
    if (!self->append)
        return WASI_OK;
    wasi_stat stat;
    WASI_TRY(wasi_file_stat(self->descriptor, &stat));
    *offset = stat.size;
    return WASI_OK;
}

static wasi_error output_file(p2_output *self, const uint8_t *bytes,
                              size_t size)
{
    while (size) {
        uint64_t offset;
        size_t done;
        struct iovec vector = {(void *)(uintptr_t)bytes, size};
        WASI_TRY(output_place(self, &offset));
        WASI_TRY(
            wasi_file_write_at(self->descriptor, &vector, 1, offset, &done));
        bytes += done;
        size -= done;
        self->offset += done;
    }
    return WASI_OK;
}

/* Writes, or keeps for later. */
static wasi_error output_write(p2_output *self, const void *bytes, size_t size)
{
    if (!self->sink)
        return output_file(self, bytes, size);
    buffer_append(&self->sink->pending, bytes, size);
    if (self->sink->pending.failed)
        return WASI_ERROR_NOMEM;
    (void)wasi_p2_sink_drain(self->sink);
    return self->sink->error;
}

static wasi_error output_zeroes(p2_output *self, uint64_t size)
{
    static const uint8_t zeroes[4096];
    wasi_error error = WASI_OK;
    while (size && !error) {
        size_t step = size < sizeof zeroes ? (size_t)size : sizeof zeroes;
        error = output_write(self, zeroes, step);
        size -= step;
    }
    return error;
}

static whit_status output_get(p2_call *call, p2_output **out)
{
    return wasi_p2_get(call, wasi_p2_self(call), P2_OUTPUT_STREAM, out);
}

/* A failure that was found meanwhile. */
static wasi_error output_error(const p2_output *self)
{
    return self->sink ? self->sink->error : WASI_OK;
}

static bool output_failed(const p2_output *self, wasi_error error)
{
    return self->closed || error || output_error(self);
}

static whit_status output_fail(p2_call *call, p2_output *self, wasi_error error,
                               p2_stream_error *out)
{
    if (error == WASI_ERROR_NOMEM)
        return error_memory(call->error);
    return stream_fail(call, &self->closed, self->descriptor,
                       error ? error : output_error(self), out);
}

/* For functions that answer result<_, stream-error>. */
static whit_status output_answer(p2_call *call, p2_output *self,
                                 wasi_error error)
{
    p2_stream_result *out = call->result;
    if (!output_failed(self, error))
        return WHIT_OK;
    out->tag = P2_ERR;
    return output_fail(call, self, error, &out->error);
}

static uint64_t output_permit(const p2_output *self)
{
    return wasi_p2_output_ready(self) ? WINDOW : 0;
}

whit_status wasi_p2_output_stream_check_write(p2_call *call)
{
    p2_output *self;
    p2_stream_result_u64 *out = call->result;
    TRY(output_get(call, &self));
    self->permit = output_permit(self);
    if (output_failed(self, WASI_OK)) {
        out->tag = P2_ERR;
        return output_fail(call, self, WASI_OK, &out->error);
    }
    out->ok = self->permit;
    return WHIT_OK;
}

static whit_status permit_use(p2_call *call, p2_output *self, uint64_t size)
{
    if (size > self->permit)
        return wasi_p2_trap(call,
                            "a write of %llu bytes where check-write permitted "
                            "%llu",
                            (unsigned long long)size,
                            (unsigned long long)self->permit);
    self->permit -= size;
    return WHIT_OK;
}

whit_status wasi_p2_output_stream_write(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list bytes;
    } *in = call->arguments;
    p2_output *self;
    TRY(output_get(call, &self));
    if (self->closed)
        return output_answer(call, self, WASI_OK);
    TRY(permit_use(call, self, in->bytes.length));
    return output_answer(call, self,
                         output_write(self, in->bytes.data, in->bytes.length));
}

whit_status wasi_p2_output_stream_write_zeroes(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t length;
    } *in = call->arguments;
    p2_output *self;
    TRY(output_get(call, &self));
    if (self->closed)
        return output_answer(call, self, WASI_OK);
    TRY(permit_use(call, self, in->length));
    return output_answer(call, self, output_zeroes(self, in->length));
}

/* Waits until nothing is pending. */
static whit_status output_finish(p2_call *call, p2_output *self,
                                 wasi_error error)
{
    if (!error && !wasi_p2_output_ready(self)) {
        p2_interest interest = wasi_p2_output_interest(self);
        return wasi_p2_wait(call, &interest, 1);
    }
    return output_answer(call, self, error);
}

static whit_status blocking_check(p2_call *call, uint64_t size)
{
    if (size > BLOCKING)
        return wasi_p2_trap(call,
                            "a blocking write of %llu bytes, more than %d",
                            (unsigned long long)size, BLOCKING);
    return WHIT_OK;
}

/* What is made again after a wait has written already. */
whit_status wasi_p2_output_stream_blocking_write_and_flush(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list bytes;
    } *in = call->arguments;
    p2_output *self;
    TRY(output_get(call, &self));
    TRY(blocking_check(call, in->bytes.length));
    wasi_error error = WASI_OK;
    if (!call->wait && !output_failed(self, WASI_OK))
        error = output_write(self, in->bytes.data, in->bytes.length);
    return output_finish(call, self, error);
}

whit_status wasi_p2_output_stream_blocking_write_zeroes_and_flush(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t length;
    } *in = call->arguments;
    p2_output *self;
    TRY(output_get(call, &self));
    TRY(blocking_check(call, in->length));
    wasi_error error = WASI_OK;
    if (!call->wait && !output_failed(self, WASI_OK))
        error = output_zeroes(self, in->length);
    return output_finish(call, self, error);
}

/* What was written is on its way already. */
whit_status wasi_p2_output_stream_flush(p2_call *call)
{
    p2_output *self;
    TRY(output_get(call, &self));
    (void)wasi_p2_output_ready(self);
    return output_answer(call, self, WASI_OK);
}

whit_status wasi_p2_output_stream_blocking_flush(p2_call *call)
{
    p2_output *self;
    TRY(output_get(call, &self));
    return output_finish(call, self, WASI_OK);
}

whit_status wasi_p2_output_stream_subscribe(p2_call *call)
{
    p2_output *self;
    TRY(output_get(call, &self));
    return wasi_p2_subscribe(call, &self->object, call->result);
}

/* ---- Both ---- */

typedef struct splice_arguments {
    uint32_t self, source;
    uint64_t length;
} splice_arguments;

/* An end of the source is an end of the splice; its failure is reported as
 * that of the output. */
static whit_status splice_move(p2_call *call, p2_output *self, p2_input *source,
                               uint64_t length, bool *again)
{
    p2_stream_result_u64 *out = call->result;
    p2_list bytes = {0};
    wasi_error error = WASI_OK;
    bool from_source = false;
    uint64_t most = output_permit(self);
    *again = !most;
    if (most && length && !source->closed && !output_failed(self, WASI_OK)) {
        error = input_read(call, source, length < most ? length : most, &bytes);
        *again = error == WASI_ERROR_AGAIN;
        from_source = error != WASI_OK;
        if (!error && bytes.length)
            error = output_write(self, bytes.data, bytes.length);
    }
    if (*again)
        return WHIT_OK;
    bool ended = source->closed && !bytes.length;
    if (output_failed(self, error) || ended) {
        out->tag = P2_ERR;
        if (error == WASI_ERROR_NOMEM)
            return error_memory(call->error);
        if (ended || from_source)
            return stream_fail(call, &source->closed, source->descriptor, error,
                               &out->error);
        return output_fail(call, self, error, &out->error);
    }
    out->ok = bytes.length;
    return WHIT_OK;
}

static whit_status splice(p2_call *call, bool blocking)
{
    const splice_arguments *in = call->arguments;
    p2_output *self;
    p2_input *source;
    bool again;
    TRY(output_get(call, &self));
    TRY(wasi_p2_get(call, in->source, P2_INPUT_STREAM, &source));
    TRY(splice_move(call, self, source, in->length, &again));
    if (!again || !blocking)
        return WHIT_OK;
    p2_interest interest = wasi_p2_output_ready(self)
                               ? wasi_p2_input_interest(source)
                               : wasi_p2_output_interest(self);
    return wasi_p2_wait(call, &interest, 1);
}

whit_status wasi_p2_output_stream_splice(p2_call *call)
{
    return splice(call, false);
}

whit_status wasi_p2_output_stream_blocking_splice(p2_call *call)
{
    return splice(call, true);
}
