/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:filesystem: descriptors that are open. */
#include "wasi/preview2/filesystem.h"

#include <string.h>
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"

#define SECOND 1000000000u

uint8_t wasi_p2_file_error(wasi_error error)
{
    static const uint8_t codes[WASI_ERROR_COUNT] = {
#define X(name, code) [WASI_ERROR_##name] = (code) + 1,
#include "wasi/preview2/file_errors.def"
#undef X
    };
    enum { IO = 13 };
    return codes[error] ? (uint8_t)(codes[error] - 1) : IO;
}

uint8_t wasi_p2_file_type(wasi_type type)
{
    static const uint8_t types[] = {
        [WASI_TYPE_UNKNOWN] = 0,
        [WASI_TYPE_BLOCK_DEVICE] = 1,
        [WASI_TYPE_CHARACTER_DEVICE] = 2,
        [WASI_TYPE_DIRECTORY] = 3,
        [WASI_TYPE_FIFO] = 4,
        [WASI_TYPE_LINK] = 5,
        [WASI_TYPE_REGULAR] = 6,
        [WASI_TYPE_SOCKET_DATAGRAM] = 7,
        [WASI_TYPE_SOCKET_STREAM] = 7,
    };
    return types[type];
}

static void descriptor_release(p2_object *object)
{
    wasi_descriptor_release(((p2_descriptor *)(void *)object)->descriptor);
}

whit_status wasi_p2_descriptor_give(p2_call *call, wasi_descriptor *descriptor,
                                    uint32_t *representation)
{
    p2_descriptor *made = wasi_p2_object_new(P2_DESCRIPTOR, sizeof *made, NULL);
    if (!made) {
        wasi_descriptor_release(descriptor);
        return error_memory(call->error);
    }
    made->descriptor = descriptor;
    made->object.release = descriptor_release;
    return wasi_p2_give(call, &made->object, representation);
}

whit_status wasi_p2_descriptor_get(p2_call *call, uint32_t representation,
                                   wasi_descriptor **out)
{
    p2_descriptor *self;
    TRY(wasi_p2_get(call, representation, P2_DESCRIPTOR, &self));
    *out = self->descriptor;
    return WHIT_OK;
}

/* The receiver of a method without other arguments. */
static whit_status self_get(p2_call *call, wasi_descriptor **out)
{
    return wasi_p2_descriptor_get(call, wasi_p2_self(call), out);
}

/* ---- Streams ---- */

static wasi_error stream_check(const wasi_descriptor *self, unsigned access)
{
    if (self->kind == WASI_KIND_DIRECTORY)
        return WASI_ERROR_ISDIR;
    return self->access & access ? WASI_OK : WASI_ERROR_BADF;
}

whit_status wasi_p2_descriptor_read_via_stream(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t offset;
    } *in = call->arguments;
    p2_result_u32 *out = call->result;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    P2_FILE_ANSWER(out, stream_check(self, WASI_READ));
    if (out->tag == P2_ERR)
        return WHIT_OK;
    p2_input *made = wasi_p2_input_new(self, self->seekable, in->offset);
    TRY_ALLOC(made, call->error);
    return wasi_p2_give(call, &made->object, &out->ok);
}

static p2_output *output_new(p2_call *call, wasi_descriptor *self, bool append,
                             uint64_t offset)
{
    if (self->seekable)
        return wasi_p2_output_at(self, append, offset);
    p2_sink *sink = wasi_p2_sink_new(call->world, self);
    if (!sink)
        return NULL;
    p2_output *made = wasi_p2_output_new(sink);
    wasi_p2_sink_release(sink);
    return made;
}

static whit_status write_via_stream(p2_call *call, bool append, uint64_t offset)
{
    p2_result_u32 *out = call->result;
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    P2_FILE_ANSWER(out, stream_check(self, WASI_WRITE));
    if (out->tag == P2_ERR)
        return WHIT_OK;
    p2_output *made = output_new(call, self, append, offset);
    TRY_ALLOC(made, call->error);
    return wasi_p2_give(call, &made->object, &out->ok);
}

whit_status wasi_p2_descriptor_write_via_stream(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t offset;
    } *in = call->arguments;
    return write_via_stream(call, false, in->offset);
}

whit_status wasi_p2_descriptor_append_via_stream(p2_call *call)
{
    return write_via_stream(call, true, 0);
}

/* ---- Content ---- */

whit_status wasi_p2_descriptor_read(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t length, offset;
    } *in = call->arguments;
    p2_result_read *out = call->result;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    size_t size =
        in->length > LIMIT_WASI_CHUNK ? LIMIT_WASI_CHUNK : (size_t)in->length;
    void *bytes = wasi_p2_alloc(call, size);
    TRY_ALLOC(bytes, call->error);
    size_t done;
    struct iovec vector = {bytes, size};
    P2_FILE_ANSWER(out, wasi_file_read_at(self, &vector, 1, in->offset, &done));
    if (out->tag == P2_OK)
        out->ok = (p2_read){{bytes, done}, size && !done};
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_write(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list bytes;
        uint64_t offset;
    } *in = call->arguments;
    p2_result_u64 *out = call->result;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    size_t done;
    struct iovec vector = {(void *)(uintptr_t)in->bytes.data, in->bytes.length};
    P2_FILE_ANSWER(out,
                   wasi_file_write_at(self, &vector, 1, in->offset, &done));
    if (out->tag == P2_OK)
        out->ok = done;
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_advise(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t offset, length;
        uint8_t advice;
    } *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    P2_FILE_ANSWER((p2_result *)call->result,
                   wasi_file_advise(self, in->offset, in->length,
                                    (wasi_advice)in->advice));
    return WHIT_OK;
}

static whit_status sync_file(p2_call *call, bool data_only)
{
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    P2_FILE_ANSWER((p2_result *)call->result, wasi_file_sync(self, data_only));
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_sync_data(p2_call *call)
{
    return sync_file(call, true);
}

whit_status wasi_p2_descriptor_sync(p2_call *call)
{
    return sync_file(call, false);
}

whit_status wasi_p2_descriptor_set_size(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t size;
    } *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    P2_FILE_ANSWER((p2_result *)call->result,
                   wasi_file_set_size(self, in->size));
    return WHIT_OK;
}

/* ---- Description ---- */

whit_status wasi_p2_descriptor_get_flags(p2_call *call)
{
    static const struct {
        unsigned ours, theirs;
    } access[] = {{WASI_READ, 1}, {WASI_WRITE, 2}, {WASI_MUTATE, 32}},
      modes[] = {{WASI_SYNC, 4}, {WASI_DSYNC, 8}, {WASI_RSYNC, 16}};
    p2_result_u8 *out = call->result;
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    unsigned flags = 0, set = atomic_load(&self->modes);
    for (size_t i = 0; i < COUNT_OF(access); i++) {
        flags |= self->access & access[i].ours ? access[i].theirs : 0;
        flags |= set & modes[i].ours ? modes[i].theirs : 0;
    }
    if (self->kind != WASI_KIND_DIRECTORY)
        flags &= ~32u;
    out->ok = (uint8_t)flags;
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_get_type(p2_call *call)
{
    p2_result_u8 *out = call->result;
    wasi_descriptor *self;
    TRY(self_get(call, &self));
    out->ok = wasi_p2_file_type(self->type);
    return WHIT_OK;
}

static p2_option_datetime datetime(uint64_t time)
{
    return (p2_option_datetime){P2_SOME,
                                {time / SECOND, (uint32_t)(time % SECOND)}};
}

void wasi_p2_stat_write(const wasi_stat *stat, p2_descriptor_stat *out)
{
    *out = (p2_descriptor_stat){
        .type = wasi_p2_file_type(stat->type),
        .link_count = stat->links,
        .size = stat->size,
        .accessed = datetime(stat->atim),
        .modified = datetime(stat->mtim),
        .changed = datetime(stat->ctim),
    };
}

whit_status wasi_p2_descriptor_stat(p2_call *call)
{
    p2_result_stat *out = call->result;
    wasi_descriptor *self;
    wasi_stat stat;
    TRY(self_get(call, &self));
    P2_FILE_ANSWER(out, wasi_file_stat(self, &stat));
    if (out->tag == P2_OK)
        wasi_p2_stat_write(&stat, &out->ok);
    return WHIT_OK;
}

/* Distinct inputs give distinct results: what names a file, and nothing that
 * changes with it. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

void wasi_p2_hash_write(const wasi_stat *stat, p2_hash *out)
{
    out->lower = mix(stat->inode + 1);
    out->upper = mix(stat->device ^ UINT64_C(0x9e3779b97f4a7c15));
}

whit_status wasi_p2_descriptor_metadata_hash(p2_call *call)
{
    p2_result_hash *out = call->result;
    wasi_descriptor *self;
    wasi_stat stat;
    TRY(self_get(call, &self));
    P2_FILE_ANSWER(out, wasi_file_stat(self, &stat));
    if (out->tag == P2_OK)
        wasi_p2_hash_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_is_same_object(p2_call *call)
{
    const p2_pair *in = call->arguments;
    wasi_descriptor *a, *b;
    wasi_stat of_a, of_b;
    TRY(wasi_p2_descriptor_get(call, in->first, &a));
    TRY(wasi_p2_descriptor_get(call, in->second, &b));
    *(uint8_t *)call->result = wasi_file_stat(a, &of_a) == WASI_OK &&
                               wasi_file_stat(b, &of_b) == WASI_OK &&
                               of_a.device == of_b.device &&
                               of_a.inode == of_b.inode;
    return WHIT_OK;
}

static wasi_error time_read(const p2_new_timestamp *in,
                            wasi_time_change *change, uint64_t *time)
{
    *change = in->tag == P2_TIMESTAMP  ? WASI_TIME_SET
              : in->tag == P2_TIME_NOW ? WASI_TIME_NOW
                                       : WASI_TIME_KEEP;
    if (*change != WASI_TIME_SET)
        return WASI_OK;
    if (in->value.nanoseconds >= SECOND ||
        in->value.seconds >= UINT64_MAX / SECOND)
        return WASI_ERROR_INVAL;
    *time = in->value.seconds * SECOND + in->value.nanoseconds;
    return WASI_OK;
}

wasi_error wasi_p2_times(const p2_new_timestamp *access,
                         const p2_new_timestamp *modification, wasi_times *out)
{
    *out = (wasi_times){0};
    WASI_TRY(time_read(access, &out->access, &out->atim));
    return time_read(modification, &out->modification, &out->mtim);
}

whit_status wasi_p2_descriptor_set_times(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_new_timestamp access, modification;
    } *in = call->arguments;
    wasi_descriptor *self;
    wasi_times times;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    wasi_error error = wasi_p2_times(&in->access, &in->modification, &times);
    if (!error)
        error = wasi_file_set_times(self, &times);
    P2_FILE_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}

whit_status wasi_p2_types_filesystem_error_code(p2_call *call)
{
    p2_option_code *out = call->result;
    p2_error *error;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_ERROR, &error));
    if (!error->network)
        *out = (p2_option_code){P2_SOME, wasi_p2_file_error(error->code)};
    return WHIT_OK;
}

/* ---- Preopens ---- */

whit_status wasi_p2_preopens_get_directories(p2_call *call)
{
    struct {
        uint32_t descriptor;
        p2_list name;
    } *items;
    p2_list *out = call->result;
    wasi_table *table = &call->world->system->table;
    items =
        wasi_p2_alloc(call, call->world->system->preopen_count * sizeof *items);
    TRY_ALLOC(items, call->error);
    out->data = items;
    for (uint32_t i = 0;
         i < table->count && out->length < call->world->system->preopen_count;
         i++) {
        wasi_descriptor *found;
        if (wasi_table_get(table, i, &found) != WASI_OK)
            continue;
        if (!found->preopen) {
            wasi_descriptor_release(found);
            continue;
        }
        items->name = (p2_list){found->preopen, strlen(found->preopen)};
        if (!utf8_valid(slice_text(found->preopen)))
            items->name.length = 0; /* has no form here */
        TRY(wasi_p2_descriptor_give(call, found, &items->descriptor));
        items++;
        out->length++;
    }
    return WHIT_OK;
}
