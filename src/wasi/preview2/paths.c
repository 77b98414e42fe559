/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:filesystem: paths and listings. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "wasi/preview2/filesystem.h"

enum { SYMLINK_FOLLOW = 1 };

static slice path_of(const p2_list *path)
{
    return slice_of(path->data, path->length);
}

typedef struct path_arguments {
    uint32_t self;
    p2_list path;
} path_arguments;

typedef struct flags_path_arguments {
    uint32_t self;
    uint8_t flags;
    p2_list path;
} flags_path_arguments;

/* ---- One path ---- */

static whit_status path_change(p2_call *call,
                               wasi_error change(wasi_descriptor *directory,
                                                 slice path))
{
    const path_arguments *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    P2_FILE_ANSWER((p2_result *)call->result, change(self, path_of(&in->path)));
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_create_directory_at(p2_call *call)
{
    return path_change(call, wasi_path_create_directory);
}

whit_status wasi_p2_descriptor_remove_directory_at(p2_call *call)
{
    return path_change(call, wasi_path_remove_directory);
}

whit_status wasi_p2_descriptor_unlink_file_at(p2_call *call)
{
    return path_change(call, wasi_path_unlink);
}

static whit_status stat_at(p2_call *call, wasi_stat *stat, wasi_error *error)
{
    const flags_path_arguments *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    *error = wasi_path_stat(self, path_of(&in->path),
                            in->flags & SYMLINK_FOLLOW, stat);
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_stat_at(p2_call *call)
{
    p2_result_stat *out = call->result;
    wasi_stat stat;
    wasi_error error;
    TRY(stat_at(call, &stat, &error));
    P2_FILE_ANSWER(out, error);
    if (!error)
        wasi_p2_stat_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_metadata_hash_at(p2_call *call)
{
    p2_result_hash *out = call->result;
    wasi_stat stat;
    wasi_error error;
    TRY(stat_at(call, &stat, &error));
    P2_FILE_ANSWER(out, error);
    if (!error)
        wasi_p2_hash_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_set_times_at(p2_call *call)
{
    const struct {
        uint32_t self;
        uint8_t flags;
        p2_list path;
        p2_new_timestamp access, modification;
    } *in = call->arguments;
    wasi_descriptor *self;
    wasi_times times;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    wasi_error error = wasi_p2_times(&in->access, &in->modification, &times);
    if (!error)
        error = wasi_path_set_times(self, path_of(&in->path),
                                    in->flags & SYMLINK_FOLLOW, &times);
    P2_FILE_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}

/* Names of the host are bytes; those that are no text have no form here. */
static wasi_error text_check(const void *bytes, size_t size)
{
    return utf8_valid(slice_of(bytes, size)) ? WASI_OK : WASI_ERROR_ILSEQ;
}

whit_status wasi_p2_descriptor_readlink_at(p2_call *call)
{
    const path_arguments *in = call->arguments;
    p2_result_list *out = call->result;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    char *text = wasi_p2_alloc(call, LIMIT_WASI_PATH_BYTES + 1);
    TRY_ALLOC(text, call->error);
    size_t size = 0;
    wasi_error error = wasi_path_read_link(self, path_of(&in->path), text,
                                           LIMIT_WASI_PATH_BYTES + 1, &size);
    if (!error)
        error = text_check(text, size);
    P2_FILE_ANSWER(out, error);
    if (!error)
        out->ok = (p2_list){text, size};
    return WHIT_OK;
}

/* ---- Two paths ---- */

whit_status wasi_p2_descriptor_link_at(p2_call *call)
{
    const struct {
        uint32_t self;
        uint8_t flags;
        p2_list old_path;
        uint32_t new_descriptor;
        p2_list new_path;
    } *in = call->arguments;
    wasi_descriptor *self, *other;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    TRY(wasi_p2_descriptor_get(call, in->new_descriptor, &other));
    wasi_error error = WASI_ERROR_INVAL; /* what a link names is not linked */
    if (!(in->flags & SYMLINK_FOLLOW))
        error = wasi_path_link(self, path_of(&in->old_path), other,
                               path_of(&in->new_path));
    P2_FILE_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_rename_at(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list old_path;
        uint32_t new_descriptor;
        p2_list new_path;
    } *in = call->arguments;
    wasi_descriptor *self, *other;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    TRY(wasi_p2_descriptor_get(call, in->new_descriptor, &other));
    P2_FILE_ANSWER((p2_result *)call->result,
                   wasi_path_rename(self, path_of(&in->old_path), other,
                                    path_of(&in->new_path)));
    return WHIT_OK;
}

whit_status wasi_p2_descriptor_symlink_at(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list target, path;
    } *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    P2_FILE_ANSWER(
        (p2_result *)call->result,
        wasi_path_symlink(path_of(&in->target), self, path_of(&in->path)));
    return WHIT_OK;
}

/* ---- Opening ---- */

whit_status wasi_p2_descriptor_open_at(p2_call *call)
{
    enum { CREATE = 1, DIRECTORY = 2, EXCLUSIVE = 4, TRUNCATE = 8 };
    enum { READ = 1, WRITE = 2, SYNC = 4, DSYNC = 8, RSYNC = 16, MUTATE = 32 };
    const struct {
        uint32_t self;
        uint8_t path_flags;
        p2_list path;
        uint8_t open_flags;
        uint8_t flags;
    } *in = call->arguments;
    p2_result_u32 *out = call->result;
    wasi_descriptor *self, *made;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    wasi_open how = {
        .follow = in->path_flags & SYMLINK_FOLLOW,
        .create = in->open_flags & CREATE,
        .exclusive = in->open_flags & EXCLUSIVE,
        .truncate = in->open_flags & TRUNCATE,
        .directory = in->open_flags & DIRECTORY,
        .read = in->flags & READ,
        .write = in->flags & WRITE,
        .modes = (in->flags & SYNC ? WASI_SYNC : 0u) |
                 (in->flags & DSYNC ? WASI_DSYNC : 0u) |
                 (in->flags & RSYNC ? WASI_RSYNC : 0u),
    };
    wasi_error error = WASI_OK;
    if (in->flags & MUTATE && !(self->access & WASI_MUTATE))
        error = WASI_ERROR_ROFS;
    if (!error)
        error = wasi_path_open(self, path_of(&in->path), &how, &made);
    P2_FILE_ANSWER(out, error);
    return error ? WHIT_OK : wasi_p2_descriptor_give(call, made, &out->ok);
}

/* ---- Listing ---- */

/* Entries are read some at a time: the type's byte, the name's size as
 * little-endian 32 bits, the name. */
typedef struct p2_listing {
    p2_object object; /* the parent is the directory */
    wasi_descriptor *descriptor;
    buffer entries;
    size_t position;
    uint64_t next;
    unsigned count;
    bool end;
} p2_listing;

static void listing_release(p2_object *object)
{
    buffer_release(&((p2_listing *)(void *)object)->entries);
}

whit_status wasi_p2_descriptor_read_directory(p2_call *call)
{
    p2_result_u32 *out = call->result;
    p2_descriptor *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_DESCRIPTOR, &self));
    P2_FILE_ANSWER(out, self->descriptor->kind == WASI_KIND_DIRECTORY
                            ? WASI_OK
                            : WASI_ERROR_NOTDIR);
    if (out->tag == P2_ERR)
        return WHIT_OK;
    p2_listing *made = wasi_p2_object_new(P2_DIRECTORY_ENTRY_STREAM,
                                          sizeof *made, &self->object);
    TRY_ALLOC(made, call->error);
    made->object.release = listing_release;
    made->descriptor = self->descriptor;
    buffer_init(&made->entries);
    return wasi_p2_give(call, &made->object, &out->ok);
}

static bool listing_visit(void *context, const wasi_entry *entry)
{
    enum { BATCH = 256 };
    p2_listing *self = context;
    self->next = entry->next;
    if (!slice_is(entry->name, ".") && !slice_is(entry->name, "..")) {
        buffer_put(&self->entries, wasi_p2_file_type(entry->type));
        buffer_u32(&self->entries, (uint32_t)entry->name.size);
        buffer_slice(&self->entries, entry->name);
    }
    self->end = false;
    return ++self->count < BATCH;
}

static wasi_error listing_fill(p2_listing *self)
{
    buffer_clear(&self->entries);
    self->position = 0;
    self->count = 0;
    self->end = true; /* when nothing is visited */
    WASI_TRY(
        wasi_directory_list(self->descriptor, self->next, listing_visit, self));
    return self->entries.failed ? WASI_ERROR_NOMEM : WASI_OK;
}

static wasi_error listing_next(p2_call *call, p2_listing *self,
                               p2_option_entry *out)
{
    enum { HEAD = 5 };
    while (self->position == self->entries.size && !self->end)
        WASI_TRY(listing_fill(self));
    if (self->end && self->position == self->entries.size)
        return WASI_OK;
    const uint8_t *at = self->entries.data + self->position;
    uint32_t size = at[1] | (uint32_t)at[2] << 8 | (uint32_t)at[3] << 16 |
                    (uint32_t)at[4] << 24;
    self->position += HEAD + size;
    WASI_TRY(text_check(at + HEAD, size));
    void *name = wasi_p2_alloc(call, size);
    if (!name)
        return WASI_ERROR_NOMEM;
    memcpy(name, at + HEAD, size);
    out->tag = P2_SOME;
    out->value.type = *at;
    out->value.name = (p2_list){name, size};
    return WASI_OK;
}

whit_status wasi_p2_directory_entry_stream_read_directory_entry(p2_call *call)
{
    p2_result_entry *out = call->result;
    p2_listing *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_DIRECTORY_ENTRY_STREAM,
                    &self));
    p2_option_entry entry = {0};
    wasi_error error = listing_next(call, self, &entry);
    if (error == WASI_ERROR_NOMEM)
        return error_memory(call->error);
    P2_FILE_ANSWER(out, error);
    if (!error)
        out->ok = entry;
    return WHIT_OK;
}
