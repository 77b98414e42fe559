/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:filesystem: descriptors that are open. */
#include "wasi/preview3/filesystem.h"

#include "wasi/preview3/stream.h"

#define SECOND 1000000000u

/* The codes of 0.2 but for would-block, which was the second. */
p3_code wasi_p3_file_error(wasi_error error)
{
    enum { WOULD_BLOCK = 1, OTHER = 36 };
    uint8_t code = wasi_p2_file_error(error);
    if (code == WOULD_BLOCK)
        return (p3_code){.tag = OTHER};
    return (p3_code){.tag = code ? (uint8_t)(code - 1) : 0};
}

/* The types of 0.2 but for unknown, which was the first. */
p3_code wasi_p3_file_type(wasi_type type)
{
    enum { OTHER = 7 };
    uint8_t code = wasi_p2_file_type(type);
    return (p3_code){.tag = code ? (uint8_t)(code - 1) : OTHER};
}

void wasi_p3_file_encode(wasi_error error, void *out)
{
    P3_FILE_ANSWER((p3_result *)out, error);
}

/* The receiver of a method without other arguments. */
static whit_status self_get(p2_call *call, wasi_descriptor **out)
{
    return wasi_p2_descriptor_get(call, wasi_p2_self(call), out);
}

static whit_status answer(p2_call *call, wasi_error error)
{
    P3_FILE_ANSWER((p3_result *)call->result, error);
    return WHIT_OK;
}

/* ---- Streams ---- */

static wasi_error stream_check(const wasi_descriptor *self, unsigned access)
{
    if (self->kind == WASI_KIND_DIRECTORY)
        return WASI_ERROR_ISDIR;
    return self->access & access ? WASI_OK : WASI_ERROR_BADF;
}

whit_status wasi_p3_descriptor_read_via_stream(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t offset;
    } *in = call->arguments;
    p3_bytes bytes = {.offset = in->offset};
    TRY(self_get(call, &bytes.descriptor));
    return wasi_p3_bytes_read(call, &bytes, wasi_p3_file_encode,
                              stream_check(bytes.descriptor, WASI_READ));
}

whit_status wasi_p3_descriptor_write_via_stream(p2_call *call)
{
    const struct {
        uint32_t self, data;
        uint64_t offset;
    } *in = call->arguments;
    p3_bytes bytes = {.offset = in->offset};
    TRY(self_get(call, &bytes.descriptor));
    return wasi_p3_bytes_write(call, &bytes, in->data, wasi_p3_file_encode,
                               stream_check(bytes.descriptor, WASI_WRITE));
}

whit_status wasi_p3_descriptor_append_via_stream(p2_call *call)
{
    const p2_pair *in = call->arguments;
    p3_bytes bytes = {.append = true};
    TRY(self_get(call, &bytes.descriptor));
    return wasi_p3_bytes_write(call, &bytes, in->second, wasi_p3_file_encode,
                               stream_check(bytes.descriptor, WASI_WRITE));
}

/* ---- Content ---- */

whit_status wasi_p3_descriptor_advise(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t offset, length;
        uint8_t advice;
    } *in = call->arguments;
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    if (self->kind == WASI_KIND_DIRECTORY)
        return answer(call, WASI_ERROR_BADF);
    return answer(call, wasi_file_advise(self, in->offset, in->length,
                                         (wasi_advice)in->advice));
}

static whit_status sync_file(p2_call *call, bool data_only)
{
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    return answer(call, wasi_file_sync(self, data_only));
}

whit_status wasi_p3_descriptor_sync_data(p2_call *call)
{
    return sync_file(call, true);
}

whit_status wasi_p3_descriptor_sync(p2_call *call)
{
    return sync_file(call, false);
}

whit_status wasi_p3_descriptor_set_size(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t size;
    } *in = call->arguments;
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    return answer(call, wasi_file_set_size(self, in->size));
}

/* ---- Description ---- */

whit_status wasi_p3_descriptor_get_flags(p2_call *call)
{
    p3_result_u8 *out = call->result;
    p2_result_u8 flags = {0};
    p2_call inner = *call;
    inner.result = &flags;
    TRY(wasi_p2_descriptor_get_flags(&inner));
    out->ok = flags.ok;
    return WHIT_OK;
}

whit_status wasi_p3_descriptor_get_type(p2_call *call)
{
    p3_result_type *out = call->result;
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    out->ok = wasi_p3_file_type(self->type);
    return WHIT_OK;
}

static p3_option_instant instant(uint64_t time)
{
    return (p3_option_instant){
        P2_SOME, {(int64_t)(time / SECOND), (uint32_t)(time % SECOND)}};
}

void wasi_p3_stat_write(const wasi_stat *stat, p3_descriptor_stat *out)
{
    *out = (p3_descriptor_stat){
        .type = wasi_p3_file_type(stat->type),
        .link_count = stat->links,
        .size = stat->size,
        .accessed = instant(stat->atim),
        .modified = instant(stat->mtim),
        .changed = instant(stat->ctim),
    };
}

whit_status wasi_p3_descriptor_stat(p2_call *call)
{
    p3_result_stat *out = call->result;
    wasi_descriptor *self;
    wasi_stat stat;
    TRY(self_get(call, &self));
    P3_FILE_ANSWER(out, wasi_file_stat(self, &stat));
    if (out->tag == P2_OK)
        wasi_p3_stat_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p3_descriptor_metadata_hash(p2_call *call)
{
    p3_result_hash *out = call->result;
    wasi_descriptor *self;
    wasi_stat stat;
    TRY(self_get(call, &self));
    P3_FILE_ANSWER(out, wasi_file_stat(self, &stat));
    if (out->tag == P2_OK)
        wasi_p2_hash_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p3_descriptor_set_times(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_new_timestamp access, modification;
    } *in = call->arguments;
    wasi_descriptor *self;
    wasi_times times;
    TRY(self_get(call, &self));
    wasi_error error = wasi_p2_times(&in->access, &in->modification, &times);
    return answer(call, error ? error : wasi_file_set_times(self, &times));
}
