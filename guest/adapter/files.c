/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The adapter for programs with files: all of preview 1. Files are read and
 * written at positions that the table keeps; there are no streams of files,
 * except to append. */
#include "directories.h"
#include "paths.h"
#include "poll.h"

static inline void prepare(void)
{
    (void)find(0);
}

static inline __attribute__((always_inline)) u32 ready(u32 fd, u32 writing,
                                                       u32 *pollable, u64 *size)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM) {
        if (writing != (f->handle != 0))
            return BADF;
        *pollable = f->handle ? output_subscribe(output(f->handle))
                              : input_subscribe(input());
        return SUCCESS;
    }
    if (writing) {
        *size = 1;
        return SUCCESS;
    }
    fs_stat(f->handle, RESULT);
    u64 all = RESULT_WIDE[3];
    *size = all > f->position ? all - f->position : 0;
    return outcome(8);
}

static u32 refusal(const file *f)
{
    return f->access & IS_DIRECTORY ? ISDIR : BADF;
}

static u32 read_at(const file *f, u64 position, const p1_iovec *list, u32 count,
                   u32 *out)
{
    *out = 0;
    if (!(f->access & READABLE))
        return refusal(f);
    u32 total = 0, error = SUCCESS;
    for (; count; count--, list++) {
        if (!list->size)
            continue;
        set_sink((u32)list->data);
        set_sink_size(list->size);
        fs_read(f->handle, list->size, position + total, RESULT);
        set_sink(0);
        error = outcome(4);
        if (error)
            break;
        total += RESULT[2];
        if (RESULT[2] < list->size)
            break;
    }
    *out = total;
    return total ? SUCCESS : error;
}

static u32 write_at(const file *f, u64 position, const p1_iovec *list,
                    u32 count, u32 *out)
{
    *out = 0;
    if (!(f->access & WRITABLE))
        return refusal(f);
    u32 total = 0, error = SUCCESS;
    for (; count; count--, list++) {
        if (!list->size)
            continue;
        fs_write(f->handle, list->data, list->size, position + total, RESULT);
        error = outcome(8);
        if (error)
            break;
        total += RESULT[2];
        if (RESULT[2] < list->size)
            break;
    }
    *out = total;
    return total ? SUCCESS : error;
}

static u32 append(file *f, const p1_iovec *list, u32 count, u32 *out)
{
    *out = 0;
    if (!(f->access & WRITABLE))
        return refusal(f);
    fs_append(f->handle, RESULT);
    u32 error = outcome(4);
    if (error)
        return error;
    u32 stream = RESULT[1];
    error = write_all(stream, list, count, out);
    drop_output(stream);
    if (*out) {
        fs_stat(f->handle, RESULT);
        if (!outcome(8))
            f->position = RESULT_WIDE[3];
    }
    return error;
}

EXPORT("fd_write")
u32 fd_write(u32 fd, const p1_iovec *list, u32 count, u32 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return f->handle ? write_all(output(f->handle), list, count, out)
                         : BADF;
    if (f->flags & APPEND)
        return append(f, list, count, out);
    u32 error = write_at(f, f->position, list, count, out);
    f->position += *out;
    return error;
}

EXPORT("fd_read")
u32 fd_read(u32 fd, const p1_iovec *list, u32 count, u32 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return f->handle ? BADF : read_some(list, count, out);
    u32 error = read_at(f, f->position, list, count, out);
    f->position += *out;
    return error;
}

EXPORT("fd_pread")
u32 fd_pread(u32 fd, const p1_iovec *list, u32 count, u64 from, u32 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    return f->kind == STREAM ? SPIPE : read_at(f, from, list, count, out);
}

EXPORT("fd_pwrite")
u32 fd_pwrite(u32 fd, const p1_iovec *list, u32 count, u64 at, u32 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    return f->kind == STREAM ? SPIPE : write_at(f, at, list, count, out);
}

static void let_go(const file *f)
{
    if (f->kind == STREAM)
        return;
    if (f->entries)
        drop_entries(f->entries);
    drop_descriptor(f->handle);
}

EXPORT("fd_close") u32 fd_close(u32 fd)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    let_go(f);
    f->kind = FREE;
    return SUCCESS;
}

EXPORT("fd_renumber") u32 fd_renumber(u32 from, u32 to)
{
    file *source = find(from), *target = find(to);
    if (!source || !target)
        return BADF;
    if (source == target)
        return SUCCESS;
    let_go(target);
    copy(target, source, sizeof *target);
    source->kind = FREE;
    return SUCCESS;
}

static u32 seek(file *f, i64 offset, u32 whence, u64 *out)
{
    u64 base = 0;
    if (whence == 1) {
        base = f->position;
    } else if (whence == 2) {
        fs_stat(f->handle, RESULT);
        u32 error = outcome(8);
        if (error)
            return error;
        base = RESULT_WIDE[3];
    } else if (whence) {
        return INVAL;
    }
    i64 position = (i64)(base + (u64)offset);
    if (position < 0)
        return INVAL;
    *out = f->position = (u64)position;
    return SUCCESS;
}

EXPORT("fd_seek") u32 fd_seek(u32 fd, i64 offset, u32 whence, u64 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return SPIPE;
    if (f->access & IS_DIRECTORY)
        return ISDIR;
    return seek(f, offset, whence, out);
}

EXPORT("fd_tell") u32 fd_tell(u32 fd, u64 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return SPIPE;
    if (f->access & IS_DIRECTORY)
        return ISDIR;
    *out = f->position;
    return SUCCESS;
}

/* What the host grants; nothing is checked against it here. */
static inline u64 rights_of(u32 type, u32 access)
{
    if (type == TYPE_DIRECTORY)
        return RIGHTS_OF_PATHS | RIGHT_READDIR | RIGHT_FILESTAT_GET |
               RIGHT_SET_TIMES | RIGHT_SET_FLAGS | RIGHT_SYNC | RIGHT_DATASYNC;
    u64 rights = RIGHTS_OF_FILES;
    if (access & READABLE)
        rights |= RIGHTS_READING;
    if (access & WRITABLE)
        rights |= RIGHTS_WRITING | RIGHT_ALLOCATE | RIGHT_SET_SIZE;
    return rights;
}

static u32 file_fdstat(file *f, p1_fdstat *out)
{
    fs_get_type(f->handle, RESULT);
    u32 error = outcome(1);
    if (error)
        return error;
    u32 type = type_of(RESULT_BYTES[1]);
    u64 inheriting = 0;
    if (type == TYPE_DIRECTORY)
        inheriting = rights_of(type, 0) | rights_of(0, READABLE | WRITABLE);
    out->type = (u8)type;
    out->flags = (u16)f->flags;
    out->rights = rights_of(type, f->access) & ~f->denied;
    out->inheriting = inheriting & ~f->denied;
    return SUCCESS;
}

EXPORT("fd_fdstat_get") u32 fd_fdstat_get(u32 fd, p1_fdstat *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    return f->kind == STREAM ? stream_fdstat(f->handle, out)
                             : file_fdstat(f, out);
}

/* Appending is ours to do, and nothing blocks but the streams; the others are
 * decided when a file is opened. */
EXPORT("fd_fdstat_set_flags") u32 fd_fdstat_set_flags(u32 fd, u32 flags)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    u32 ours = APPEND | NONBLOCK;
    if ((f->flags ^ flags) & ~ours)
        return NOTSUP;
    f->flags = flags;
    return SUCCESS;
}

/* Rights were never more than advice, and hosts of 0.2 have none: what was
 * given up is remembered, so that it cannot be had again. */
EXPORT("fd_fdstat_set_rights")
u32 fd_fdstat_set_rights(u32 fd, u64 rights, u64 inheriting)
{
    (void)inheriting;
    file *f = find(fd);
    if (!f)
        return BADF;
    if (rights & f->denied)
        return NOTCAPABLE;
    f->denied = ~rights;
    if (!(rights & RIGHT_READ))
        f->access &= ~(u32)READABLE;
    if (!(rights & RIGHT_WRITE))
        f->access &= ~(u32)WRITABLE;
    return SUCCESS;
}

EXPORT("fd_filestat_get") u32 fd_filestat_get(u32 fd, p1_filestat *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return stream_filestat(f->handle, out);
    fs_stat(f->handle, RESULT);
    u32 error = take_stat(out);
    if (error)
        return error;
    fs_hash(f->handle, RESULT);
    return take_hash(out);
}

/* A verb of a descriptor that is no stream, whose result has nothing or an
 * error. */
#define ON_FILE(call)      \
    file *f = find(fd);    \
    if (!f)                \
        return BADF;       \
    if (f->kind == STREAM) \
        return INVAL;      \
    call;                  \
    return outcome(1)

EXPORT("fd_sync") u32 fd_sync(u32 fd)
{
    ON_FILE(fs_sync(f->handle, RESULT));
}

EXPORT("fd_datasync") u32 fd_datasync(u32 fd)
{
    ON_FILE(fs_sync_data(f->handle, RESULT));
}

EXPORT("fd_advise") u32 fd_advise(u32 fd, u64 from, u64 size, u32 advice)
{
    if (advice > 5)
        return INVAL;
    ON_FILE(fs_advise(f->handle, from, size, advice, RESULT));
}

EXPORT("fd_filestat_set_size") u32 fd_filestat_set_size(u32 fd, u64 size)
{
    ON_FILE(fs_set_size(f->handle, size, RESULT));
}

EXPORT("fd_allocate") u32 fd_allocate(u32 fd, u64 from, u64 size)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return SPIPE;
    if (!(f->access & WRITABLE))
        return refusal(f);
    fs_stat(f->handle, RESULT);
    u32 error = outcome(8);
    if (error || from + size <= RESULT_WIDE[3])
        return error;
    fs_set_size(f->handle, from + size, RESULT);
    return outcome(1);
}

EXPORT("fd_filestat_set_times")
u32 fd_filestat_set_times(u32 fd, u64 accessed, u64 modified, u32 flags)
{
    if (times_are_wrong(flags))
        return INVAL;
    ON_FILE(fs_set_times(f->handle, TIME(accessed, flags),
                         TIME(modified, flags >> 2), RESULT));
}

EXPORT("fd_prestat_get") u32 fd_prestat_get(u32 fd, p1_prestat *out)
{
    file *f = find(fd);
    if (!f || f->kind != PREOPENED)
        return BADF;
    out->tag = 0;
    out->name_size = f->path_size;
    return SUCCESS;
}

EXPORT("fd_prestat_dir_name") u32 fd_prestat_dir_name(u32 fd, u8 *to, u32 size)
{
    file *f = find(fd);
    if (!f || f->kind != PREOPENED)
        return BADF;
    if (size < f->path_size)
        return NAMETOOLONG;
    copy(to, f->path, f->path_size);
    return SUCCESS;
}

/* No descriptor of ours is a socket: preview 1 can only be given them, and
 * 0.2 gives none. */
static u32 no_socket(u32 fd)
{
    return find(fd) ? NOTSOCK : BADF;
}

EXPORT("sock_accept") u32 sock_accept(u32 fd, u32 flags, u32 *out)
{
    (void)flags, (void)out;
    return no_socket(fd);
}

EXPORT("sock_recv")
u32 sock_recv(u32 fd, const p1_iovec *list, u32 count, u32 flags, u32 *out,
              u16 *flags_out)
{
    (void)list, (void)count, (void)flags, (void)out, (void)flags_out;
    return no_socket(fd);
}

EXPORT("sock_send")
u32 sock_send(u32 fd, const p1_iovec *list, u32 count, u32 flags, u32 *out)
{
    (void)list, (void)count, (void)flags, (void)out;
    return no_socket(fd);
}

EXPORT("sock_shutdown") u32 sock_shutdown(u32 fd, u32 how)
{
    (void)how;
    return no_socket(fd);
}
