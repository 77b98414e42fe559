/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading directories. A cookie is the number of an entry: 0 is ".", 1 is
 * "..", then come the host's, which gives them one after the other. A cookie
 * that is not the next one starts again. */
#ifndef ADAPTER_DIRECTORIES_H
#define ADAPTER_DIRECTORIES_H

#include "table.h"

typedef struct listing {
    u8 *to; /* what is left of the guest's buffer */
    u32 room;
} listing;

/* As much as fits; whether that was all. */
#define PUT(data, length)                             \
    do {                                              \
        u32 part = (length) < room ? (length) : room; \
        copy(to, data, part);                         \
        to += part;                                   \
        room -= part;                                 \
    } while (0)

static u32 begin(file *f)
{
    if (f->entries)
        drop_entries(f->entries);
    f->entries = 0;
    fs_read_directory(f->handle, RESULT);
    u32 error = outcome(4);
    if (error)
        return error;
    f->entries = RESULT[1];
    f->next_entry = 2;
    return SUCCESS;
}

/* Leaves the entry in RESULT: [1] is 0 at the end; type, name and size are in
 * [2], [3] and [4]. */
static u32 advance(file *f)
{
    set_sink(HEAP);
    read_entry(f->entries, RESULT);
    set_sink(0);
    f->next_entry++;
    return outcome(4);
}

static u32 go_to(file *f, u64 cookie)
{
    if (cookie < 2)
        cookie = 2;
    if (!f->entries || f->next_entry != cookie) {
        u32 error = begin(f);
        if (error)
            return error;
    }
    while (f->next_entry < cookie) {
        u32 mark = heap_next();
        u32 error = advance(f);
        forget(mark);
        if (error)
            return error;
        if (!(u8)RESULT[1])
            break;
    }
    return SUCCESS;
}

EXPORT("fd_readdir")
u32 fd_readdir(u32 fd, u8 *to, u32 room, u64 cookie, u32 *out)
{
    file *f = find(fd);
    if (!f)
        return BADF;
    if (f->kind == STREAM)
        return NOTDIR;
    u32 error = go_to(f, cookie);
    if (error)
        return error;
    const u8 *start = to;
    while (room) {
        u32 mark = heap_next();
        const u8 *name = (const u8 *)table();
        u32 size = (u32)cookie + 1, type = TYPE_DIRECTORY;
        /* Two dots where the names of the first two entries are read. */
        u32 here = cookie < 2;
        if (here) {
            fs_hash(f->handle, RESULT);
        } else {
            error = advance(f);
            if (error || !(u8)RESULT[1]) {
                forget(mark);
                break;
            }
            type = type_of((u8)RESULT[2]);
            name = (const u8 *)RESULT[3];
            size = RESULT[4];
            fs_hash_at(f->handle, 0, name, size, RESULT);
        }
        p1_dirent *head = take(sizeof *head, 8);
        if (!head)
            return NOMEM;
        head->next = ++cookie;
        head->inode = RESULT_BYTES[0] ? 0 : RESULT_WIDE[1];
        head->name_size = size;
        head->type = type;
        if (here)
            RESULT[0] = 0x2e2e;
        u32 fits = room >= sizeof *head + size;
        PUT(head, sizeof *head);
        PUT(name, size);
        forget(mark);
        /* Half an entry is read again, from the start. */
        if (!fits)
            f->next_entry = 0;
    }
    *out = (u32)(to - start);
    return error;
}

#endif
