/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:filesystem: paths and listings. */
#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "wasi/preview3/filesystem.h"
#include "wasi/preview3/stream.h"

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

static whit_status answer(p2_call *call, wasi_error error)
{
    P3_FILE_ANSWER((p3_result *)call->result, error);
    return WHIT_OK;
}

/* ---- One path ---- */

static whit_status path_change(p2_call *call,
                               wasi_error change(wasi_descriptor *directory,
                                                 slice path))
{
    const path_arguments *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    return answer(call, change(self, path_of(&in->path)));
}

whit_status wasi_p3_descriptor_create_directory_at(p2_call *call)
{
    return path_change(call, wasi_path_create_directory);
}

/* A link with a slash behind it is what it points to: outside, perhaps. */
static wasi_error directory_remove(wasi_descriptor *directory, slice path)
{
    wasi_stat stat;
    wasi_error error = wasi_path_remove_directory(directory, path);
    if (error == WASI_ERROR_NOTDIR && path.data[path.size - 1] == '/' &&
        wasi_path_stat(directory, path, true, &stat) == WASI_ERROR_PERM)
        return WASI_ERROR_PERM;
    return error;
}

whit_status wasi_p3_descriptor_remove_directory_at(p2_call *call)
{
    return path_change(call, directory_remove);
}

whit_status wasi_p3_descriptor_unlink_file_at(p2_call *call)
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

whit_status wasi_p3_descriptor_stat_at(p2_call *call)
{
    p3_result_stat *out = call->result;
    wasi_stat stat;
    wasi_error error;
    TRY(stat_at(call, &stat, &error));
    P3_FILE_ANSWER(out, error);
    if (!error)
        wasi_p3_stat_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p3_descriptor_metadata_hash_at(p2_call *call)
{
    p3_result_hash *out = call->result;
    wasi_stat stat;
    wasi_error error;
    TRY(stat_at(call, &stat, &error));
    P3_FILE_ANSWER(out, error);
    if (!error)
        wasi_p2_hash_write(&stat, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p3_descriptor_set_times_at(p2_call *call)
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
    return answer(call, error);
}

/* Names of the host are bytes; those that are no text have no form here. */
static wasi_error text_check(const void *bytes, size_t size)
{
    return utf8_valid(slice_of(bytes, size)) ? WASI_OK : WASI_ERROR_ILSEQ;
}

whit_status wasi_p3_descriptor_readlink_at(p2_call *call)
{
    const path_arguments *in = call->arguments;
    p3_result_list *out = call->result;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    char *text = wasi_p2_alloc(call, LIMIT_WASI_PATH_BYTES + 1);
    TRY_ALLOC(text, call->error);
    size_t size = 0;
    wasi_error error = wasi_path_read_link(self, path_of(&in->path), text,
                                           LIMIT_WASI_PATH_BYTES + 1, &size);
    if (!error)
        error = text_check(text, size);
    P3_FILE_ANSWER(out, error);
    if (!error)
        out->ok = (p2_list){text, size};
    return WHIT_OK;
}

/* ---- Two paths ---- */

whit_status wasi_p3_descriptor_link_at(p2_call *call)
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
    return answer(call, error);
}

whit_status wasi_p3_descriptor_rename_at(p2_call *call)
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
    return answer(call, wasi_path_rename(self, path_of(&in->old_path), other,
                                         path_of(&in->new_path)));
}

whit_status wasi_p3_descriptor_symlink_at(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list target, path;
    } *in = call->arguments;
    wasi_descriptor *self;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    return answer(call, wasi_path_symlink(path_of(&in->target), self,
                                          path_of(&in->path)));
}

/* ---- Opening ---- */

whit_status wasi_p3_descriptor_open_at(p2_call *call)
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
    p3_result_u32 *out = call->result;
    wasi_descriptor *self, *made;
    TRY(wasi_p2_descriptor_get(call, in->self, &self));
    wasi_open how = {
        .follow = in->path_flags & SYMLINK_FOLLOW,
        .create = in->open_flags & CREATE,
        .exclusive = in->open_flags & EXCLUSIVE,
        .truncate = in->open_flags & TRUNCATE,
        .directory = in->open_flags & DIRECTORY,
        .read = in->flags & READ || !(in->flags & WRITE),
        .write = in->flags & WRITE || in->open_flags & CREATE,
        .modes = (in->flags & SYNC ? WASI_SYNC : 0u) |
                 (in->flags & DSYNC ? WASI_DSYNC : 0u) |
                 (in->flags & RSYNC ? WASI_RSYNC : 0u),
    };
    wasi_error error = WASI_OK;
    if (in->flags & MUTATE && !(self->access & WASI_MUTATE))
        error = WASI_ERROR_ROFS;
    if (!error)
        error = wasi_path_open(self, path_of(&in->path), &how, &made);
    P3_FILE_ANSWER(out, error);
    if (error)
        return WHIT_OK;
    /* Who did not ask for it cannot change what is in the directory. */
    if (made->kind == WASI_KIND_DIRECTORY && !(in->flags & MUTATE))
        made->access &= ~(unsigned)WASI_MUTATE;
    return wasi_p2_descriptor_give(call, made, &out->ok);
}

/* ---- Listing ---- */

enum { BATCH = 64 };

/* Some entries at a time; their names lie in `names`, one behind the other. */
typedef struct entry_source {
    p3_source source;
    wasi_descriptor *directory;
    uint64_t next;
    bool visited;
    wasi_error failure;
    buffer names;
    p3_entry entries[BATCH];
} entry_source;

static bool entry_visit(void *context, const wasi_entry *entry)
{
    entry_source *self = context;
    uint32_t *count = &self->source.count;
    self->visited = true;
    self->next = entry->next;
    if (slice_is(entry->name, ".") || slice_is(entry->name, ".."))
        return true;
    self->failure = text_check(entry->name.data, entry->name.size);
    if (self->failure)
        return false;
    buffer_slice(&self->names, entry->name);
    self->entries[(*count)++] = (p3_entry){
        wasi_p3_file_type(entry->type),
        {NULL, entry->name.size},
    };
    return *count < BATCH;
}

static wasi_error entries_fill(p3_source *source)
{
    entry_source *self = (entry_source *)(void *)source;
    wasi_error error = self->failure;
    buffer_clear(&self->names);
    do {
        self->visited = false;
        if (!error)
            error = wasi_directory_list(self->directory, self->next,
                                        entry_visit, self);
    } while (!error && !self->failure && !source->count && self->visited);
    if (self->names.failed)
        return WASI_ERROR_NOMEM;
    /* What comes before a failure is given first. */
    if (!source->count)
        return error ? error : self->failure;
    if (error)
        self->failure = error;
    const uint8_t *name = self->names.data;
    for (uint32_t i = 0; i < source->count; i++) {
        self->entries[i].name.data = name;
        name += self->entries[i].name.length;
    }
    source->elements = (const uint8_t *)self->entries;
    return WASI_OK;
}

static p2_interest entries_interest(const p3_source *source)
{
    (void)source;
    return P2_NOW;
}

static void entries_release(p3_source *source)
{
    entry_source *self = (entry_source *)(void *)source;
    wasi_descriptor_release(self->directory);
    buffer_release(&self->names);
}

whit_status wasi_p3_descriptor_read_directory(p2_call *call)
{
    static const p3_producer producer = {
        sizeof(p3_entry), entries_fill, entries_interest, NULL, entries_release,
    };
    p3_stream_and_result *out = call->result;
    const component_member *types =
        canon_host_call_type(call->host)->element->members;
    wasi_descriptor *self;
    p3_future *future;
    TRY(wasi_p2_descriptor_get(call, wasi_p2_self(call), &self));
    TRY(wasi_p3_future_new(call, types[1].type, wasi_p3_file_encode,
                           &out->second, &future));
    if (self->kind != WASI_KIND_DIRECTORY)
        return wasi_p3_source_failed(call, types[0].type, future,
                                     WASI_ERROR_NOTDIR, &out->first);
    entry_source *made = mem_zalloc(sizeof *made);
    TRY_ALLOC(made, call->error);
    made->source.producer = &producer;
    made->directory = self;
    wasi_descriptor_retain(self);
    buffer_init(&made->names);
    return wasi_p3_source_start(call, &made->source, types[0].type, future,
                                &out->first);
}
