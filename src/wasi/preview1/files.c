/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions on open descriptors. */
#include "wasi/preview1/call.h"

#include <string.h>

p1_errno wasi_p1_fd_advise(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *file;
    if (args[3].u32 > WASI_ADVICE_NO_REUSE)
        return P1_INVAL;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_ADVISE), &file));
    wasi_error error = wasi_file_advise(file, args[1].u64, args[2].u64,
                                        (wasi_advice)args[3].u32);
    wasi_descriptor_release(file);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_allocate(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *file;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_ALLOCATE), &file));
    wasi_error error = wasi_file_allocate(file, args[1].u64, args[2].u64);
    wasi_descriptor_release(file);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_close(p1_call *call, const rt_slot *args)
{
    return wasi_p1_errno(wasi_table_close(&call->system->table, args[0].u32));
}

static p1_errno file_sync(p1_call *call, uint32_t number, uint64_t right,
                          bool data_only)
{
    wasi_descriptor *file;
    P1_TRY(wasi_p1_descriptor(call, number, right, &file));
    wasi_error error = wasi_file_sync(file, data_only);
    wasi_descriptor_release(file);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_datasync(p1_call *call, const rt_slot *args)
{
    return file_sync(call, args[0].u32, P1_RIGHT(FD_DATASYNC), true);
}

p1_errno wasi_p1_fd_sync(p1_call *call, const rt_slot *args)
{
    return file_sync(call, args[0].u32, P1_RIGHT(FD_SYNC), false);
}

/* type 0, flags 2, rights 8, inheriting rights 16; 24 bytes */
p1_errno wasi_p1_fd_fdstat_get(p1_call *call, const rt_slot *args)
{
    uint8_t *out;
    wasi_descriptor *file;
    uint64_t base, inheriting;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, 0, &file));
    p1_errno bad = wasi_p1_bytes(call, args[1].u32, 24, &out);
    if (!bad) {
        wasi_p1_rights(file, &base, &inheriting);
        memset(out, 0, 24);
        out[0] = wasi_p1_filetype(file->type);
        wasi_p1_put16(out + 2, (uint16_t)atomic_load(&file->modes));
        wasi_p1_put64(out + 8, base);
        wasi_p1_put64(out + 16, inheriting);
    }
    wasi_descriptor_release(file);
    return bad;
}

p1_errno wasi_p1_fd_fdstat_set_flags(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *file;
    if (args[1].u32 & ~P1_FDFLAGS)
        return P1_INVAL;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_FDSTAT_SET_FLAGS),
                              &file));
    wasi_error error = wasi_file_set_modes(file, args[1].u32);
    wasi_descriptor_release(file);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_fdstat_set_rights(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *file;
    uint64_t base, inheriting;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, 0, &file));
    wasi_p1_rights(file, &base, &inheriting);
    bool more = args[1].u64 & ~base || args[2].u64 & ~inheriting;
    if (!more)
        wasi_p1_set_rights(file, args[1].u64, args[2].u64);
    wasi_descriptor_release(file);
    return more ? P1_NOTCAPABLE : P1_SUCCESS;
}

p1_errno wasi_p1_fd_filestat_get(p1_call *call, const rt_slot *args)
{
    uint8_t *out;
    wasi_descriptor *file;
    wasi_stat stat;
    P1_TRY(wasi_p1_bytes(call, args[1].u32, 64, &out));
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_FILESTAT_GET),
                              &file));
    wasi_error error = wasi_file_stat(file, &stat);
    wasi_descriptor_release(file);
    if (!error)
        wasi_p1_put_filestat(out, &stat);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_filestat_set_size(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *file;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_FILESTAT_SET_SIZE),
                              &file));
    wasi_error error = wasi_file_set_size(file, args[1].u64);
    wasi_descriptor_release(file);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_filestat_set_times(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *file;
    wasi_times times;
    P1_TRY(wasi_p1_times(args[1].u64, args[2].u64, args[3].u32, &times));
    P1_TRY(wasi_p1_descriptor(call, args[0].u32,
                              P1_RIGHT(FD_FILESTAT_SET_TIMES), &file));
    wasi_error error = wasi_file_set_times(file, &times);
    wasi_descriptor_release(file);
    return wasi_p1_errno(error);
}

/* Which transfer: with the descriptor's offset, or at one that is given. */
typedef struct transfer {
    bool write;
    bool at;
    uint64_t offset;
    uint32_t vectors, count; /* the guest's list */
    uint32_t result;         /* address of the size */
} transfer;

static wasi_error transfer_run(p1_call *call, wasi_descriptor *file,
                               const transfer *how, const p1_vectors *vectors,
                               size_t *size)
{
    const struct iovec *items = vectors->items;
    if (how->at)
        return how->write ? wasi_file_write_at(file, items, vectors->count,
                                               how->offset, size)
                          : wasi_file_read_at(file, items, vectors->count,
                                              how->offset, size);
    return how->write
               ? wasi_file_write(file, items, vectors->count, &call->wait, size)
               : wasi_file_read(file, items, vectors->count, &call->wait, size);
}

static p1_errno transfer_do(p1_call *call, uint32_t number, const transfer *how)
{
    uint8_t *out;
    wasi_descriptor *file;
    p1_vectors vectors;
    uint64_t rights = how->write ? P1_RIGHT(FD_WRITE) : P1_RIGHT(FD_READ);
    if (how->at)
        rights |= P1_RIGHT(FD_SEEK);
    P1_TRY(wasi_p1_descriptor(call, number, rights, &file));
    /* The result's address is checked first: what was transferred must be
     * told. */
    p1_errno bad = wasi_p1_bytes(call, how->result, 4, &out);
    if (!bad)
        bad = wasi_p1_vectors(call, how->vectors, how->count, &vectors);
    if (!bad) {
        size_t size = 0;
        bad = wasi_p1_errno(transfer_run(call, file, how, &vectors, &size));
        if (!bad)
            wasi_p1_put32(out, (uint32_t)size);
        wasi_p1_vectors_release(&vectors);
    }
    wasi_descriptor_release(file);
    return bad;
}

p1_errno wasi_p1_fd_pread(p1_call *call, const rt_slot *args)
{
    transfer how = {false,       true,        args[3].u64,
                    args[1].u32, args[2].u32, args[4].u32};
    return transfer_do(call, args[0].u32, &how);
}

p1_errno wasi_p1_fd_pwrite(p1_call *call, const rt_slot *args)
{
    transfer how = {true,        true,        args[3].u64,
                    args[1].u32, args[2].u32, args[4].u32};
    return transfer_do(call, args[0].u32, &how);
}

p1_errno wasi_p1_fd_read(p1_call *call, const rt_slot *args)
{
    transfer how = {false, false, 0, args[1].u32, args[2].u32, args[3].u32};
    return transfer_do(call, args[0].u32, &how);
}

p1_errno wasi_p1_fd_write(p1_call *call, const rt_slot *args)
{
    transfer how = {true, false, 0, args[1].u32, args[2].u32, args[3].u32};
    return transfer_do(call, args[0].u32, &how);
}

/* A granted directory; BADF for everything else. */
static p1_errno preopen_get(p1_call *call, uint32_t number,
                            wasi_descriptor **out)
{
    P1_TRY(wasi_p1_descriptor(call, number, 0, out));
    if ((*out)->preopen)
        return P1_SUCCESS;
    wasi_descriptor_release(*out);
    return P1_BADF;
}

/* tag 0 (directory: 0), length of the name 4; 8 bytes */
p1_errno wasi_p1_fd_prestat_get(p1_call *call, const rt_slot *args)
{
    uint8_t *out;
    wasi_descriptor *directory;
    P1_TRY(preopen_get(call, args[0].u32, &directory));
    uint32_t size = (uint32_t)strlen(directory->preopen);
    wasi_descriptor_release(directory);
    P1_TRY(wasi_p1_bytes(call, args[1].u32, 8, &out));
    wasi_p1_put32(out, 0);
    wasi_p1_put32(out + 4, size);
    return P1_SUCCESS;
}

p1_errno wasi_p1_fd_prestat_dir_name(p1_call *call, const rt_slot *args)
{
    uint8_t *out;
    wasi_descriptor *directory;
    P1_TRY(preopen_get(call, args[0].u32, &directory));
    size_t size = strlen(directory->preopen);
    p1_errno bad = size > args[2].u32
                       ? P1_NAMETOOLONG
                       : wasi_p1_bytes(call, args[1].u32, size, &out);
    if (!bad && size)
        memcpy(out, directory->preopen, size);
    wasi_descriptor_release(directory);
    return bad;
}

/* The guest's buffer; the last entry may be cut off, which fills it. */
typedef struct listing {
    uint8_t *out;
    size_t size;
    size_t used;
} listing;

static void listing_put(listing *self, const void *bytes, size_t size)
{
    size_t room = self->size - self->used;
    if (size > room)
        size = room;
    if (size)
        memcpy(self->out + self->used, bytes, size);
    self->used += size;
}

/* next 0, inode 8, length of the name 16, type 20; 24 bytes, then the name */
static bool listing_visit(void *context, const wasi_entry *entry)
{
    listing *self = context;
    uint8_t head[24] = {0};
    wasi_p1_put64(head, entry->next);
    wasi_p1_put64(head + 8, entry->inode);
    wasi_p1_put32(head + 16, (uint32_t)entry->name.size);
    head[20] = wasi_p1_filetype(entry->type);
    listing_put(self, head, sizeof head);
    listing_put(self, entry->name.data, entry->name.size);
    return self->used < self->size;
}

p1_errno wasi_p1_fd_readdir(p1_call *call, const rt_slot *args)
{
    listing list = {.size = args[2].u32};
    uint8_t *result;
    wasi_descriptor *directory;
    P1_TRY(wasi_p1_bytes(call, args[1].u32, list.size, &list.out));
    P1_TRY(wasi_p1_bytes(call, args[4].u32, 4, &result));
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_READDIR),
                              &directory));
    wasi_error error = WASI_OK;
    if (list.size)
        error =
            wasi_directory_list(directory, args[3].u64, listing_visit, &list);
    wasi_descriptor_release(directory);
    if (!error)
        wasi_p1_put32(result, (uint32_t)list.used);
    return wasi_p1_errno(error);
}

p1_errno wasi_p1_fd_renumber(p1_call *call, const rt_slot *args)
{
    return wasi_p1_errno(
        wasi_table_renumber(&call->system->table, args[0].u32, args[1].u32));
}

static p1_errno seek(p1_call *call, uint32_t number, int64_t offset,
                     wasi_whence whence, uint32_t result)
{
    wasi_descriptor *file;
    uint64_t position = 0;
    uint8_t *out;
    bool tell = !offset && whence == WASI_SEEK_CURRENT;
    P1_TRY(wasi_p1_descriptor(
        call, number, tell ? P1_RIGHT(FD_TELL) : P1_RIGHT(FD_SEEK), &file));
    p1_errno bad = wasi_p1_bytes(call, result, 8, &out);
    if (!bad)
        bad = wasi_p1_errno(wasi_file_seek(file, offset, whence, &position));
    if (!bad)
        wasi_p1_put64(out, position);
    wasi_descriptor_release(file);
    return bad;
}

p1_errno wasi_p1_fd_seek(p1_call *call, const rt_slot *args)
{
    if (args[2].u32 > WASI_SEEK_END)
        return P1_INVAL;
    return seek(call, args[0].u32, args[1].i64, (wasi_whence)args[2].u32,
                args[3].u32);
}

p1_errno wasi_p1_fd_tell(p1_call *call, const rt_slot *args)
{
    return seek(call, args[0].u32, 0, WASI_SEEK_CURRENT, args[1].u32);
}
