/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Everything that takes a path. Paths are the host's to judge. */
#ifndef ADAPTER_PATHS_H
#define ADAPTER_PATHS_H

#include "table.h"

/* Moves the stat in RESULT out, but for the inode. */
static u32 take_stat(p1_filestat *out)
{
    u32 error = outcome(8);
    if (error)
        return error;
    const u64 *from = RESULT_WIDE;
    out->device = 1;
    out->inode = 0;
    out->type = type_of(RESULT_BYTES[8]);
    out->links = from[2];
    out->size = from[3];
    u64 *time = &out->accessed;
    for (u32 n = 4; n < 13; n += 3)
        *time++ = (u8)from[n] ? from[n + 1] * 1000000000 + (u32)from[n + 2] : 0;
    return SUCCESS;
}

/* The hash in RESULT stands for the inode, which 0.2 does not tell. */
static u32 take_hash(p1_filestat *out)
{
    u32 error = outcome(8);
    if (!error)
        out->inode = RESULT_WIDE[1];
    return error;
}

/* Flags of times: bit 0 says the time is given, bit 1 that it is now. */
static inline u32 times_are_wrong(u32 flags)
{
    return flags & flags >> 1 & 5;
}

#define TIME(time, flags)                                      \
    ((flags) & 1 ? 2 : (flags) >> 1 & 1), (time) / 1000000000, \
        (u32)((time) % 1000000000)

/* A directory's entry, or the error instead: pages are above all of them. */
static u32 place(u32 fd)
{
    file *f = find(fd);
    return !f ? BADF : f->kind == STREAM ? NOTDIR : (u32)f;
}

#define DIRECTORY(name, fd)       \
    u32 name##_place = place(fd); \
    if (name##_place < 256)       \
        return name##_place;      \
    file *name = (file *)name##_place

enum { OPEN_DIRECTORY = 2 };

/* The descriptor flags of 0.2. */
static u32 flags_of(u64 rights, u32 flags)
{
    u32 wanted = 0;
    if (rights & (RIGHT_READ | RIGHT_READDIR))
        wanted |= READABLE;
    if (rights & (RIGHT_WRITE | RIGHT_ALLOCATE | RIGHT_SET_SIZE))
        wanted |= WRITABLE;
    if (flags & SYNC)
        wanted |= 4;
    if (flags & DSYNC)
        wanted |= 8;
    if (flags & RSYNC)
        wanted |= 16;
    return wanted;
}

EXPORT("path_open")
u32 path_open(u32 fd, u32 follow, const u8 *path, u32 size, u32 how, u64 rights,
              u64 inheriting, u32 flags, u32 *out)
{
    (void)inheriting;
    DIRECTORY(at, fd);
    fs_open_at(at->handle, follow & 1, path, size, how, flags_of(rights, flags),
               RESULT);
    u32 error = outcome(4);
    if (error)
        return error;
    u32 handle = RESULT[1];
    file *f = add(OPENED, handle, out);
    if (!f) {
        drop_descriptor(handle);
        return NOMEM;
    }
    f->flags = flags;
    /* What may be one all the same is the host's to tell. */
    f->access = how & OPEN_DIRECTORY ? IS_DIRECTORY : flags_of(rights, 0);
    return SUCCESS;
}

EXPORT("path_create_directory")
u32 path_create_directory(u32 fd, const u8 *path, u32 size)
{
    DIRECTORY(at, fd);
    fs_create_directory_at(at->handle, path, size, RESULT);
    return outcome(1);
}

EXPORT("path_remove_directory")
u32 path_remove_directory(u32 fd, const u8 *path, u32 size)
{
    DIRECTORY(at, fd);
    fs_remove_directory_at(at->handle, path, size, RESULT);
    return outcome(1);
}

EXPORT("path_unlink_file")
u32 path_unlink_file(u32 fd, const u8 *path, u32 size)
{
    DIRECTORY(at, fd);
    fs_unlink_file_at(at->handle, path, size, RESULT);
    return outcome(1);
}

EXPORT("path_filestat_get")
u32 path_filestat_get(u32 fd, u32 follow, const u8 *path, u32 size,
                      p1_filestat *out)
{
    DIRECTORY(at, fd);
    fs_stat_at(at->handle, follow & 1, path, size, RESULT);
    u32 error = take_stat(out);
    if (error)
        return error;
    fs_hash_at(at->handle, follow & 1, path, size, RESULT);
    return take_hash(out);
}

EXPORT("path_filestat_set_times")
u32 path_filestat_set_times(u32 fd, u32 follow, const u8 *path, u32 size,
                            u64 accessed, u64 modified, u32 flags)
{
    DIRECTORY(at, fd);
    if (times_are_wrong(flags))
        return INVAL;
    fs_set_times_at(at->handle, follow & 1, path, size, TIME(accessed, flags),
                    TIME(modified, flags >> 2), RESULT);
    return outcome(1);
}

EXPORT("path_link")
u32 path_link(u32 fd, u32 follow, const u8 *path, u32 size, u32 to_fd,
              const u8 *to_path, u32 to_size)
{
    DIRECTORY(at, fd);
    DIRECTORY(to, to_fd);
    fs_link_at(at->handle, follow & 1, path, size, to->handle, to_path, to_size,
               RESULT);
    return outcome(1);
}

EXPORT("path_rename")
u32 path_rename(u32 fd, const u8 *path, u32 size, u32 to_fd, const u8 *to_path,
                u32 to_size)
{
    DIRECTORY(at, fd);
    DIRECTORY(to, to_fd);
    fs_rename_at(at->handle, path, size, to->handle, to_path, to_size, RESULT);
    return outcome(1);
}

EXPORT("path_symlink")
u32 path_symlink(const u8 *target, u32 target_size, u32 fd, const u8 *path,
                 u32 size)
{
    DIRECTORY(at, fd);
    fs_symlink_at(at->handle, target, target_size, path, size, RESULT);
    return outcome(1);
}

EXPORT("path_readlink")
u32 path_readlink(u32 fd, const u8 *path, u32 size, u8 *to, u32 room, u32 *out)
{
    DIRECTORY(at, fd);
    u32 mark = heap_next();
    set_sink(HEAP);
    fs_readlink_at(at->handle, path, size, RESULT);
    set_sink(0);
    u32 error = outcome(4);
    if (!error) {
        u32 used = RESULT[2] < room ? RESULT[2] : room;
        copy(to, (const u8 *)RESULT[1], used);
        *out = used;
    }
    forget(mark);
    return error;
}

#endif
