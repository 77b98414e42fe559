/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Descriptors of programs that have more than the three streams.
 *
 * The table lies in a page and is made when a descriptor is first used: the
 * streams, then what the host preopened. It grows by moving, so a pointer to
 * an entry is good until the next one is added. In front of the entries is
 * room for results of any size. */
#ifndef ADAPTER_TABLE_H
#define ADAPTER_TABLE_H

#include "streams.h"

enum { FREE, STREAM, OPENED, PREOPENED };
/* As wasi:filesystem's flags of descriptors have it. */
enum { READABLE = 1, WRITABLE = 2, IS_DIRECTORY = 128 /* ours */ };
enum { RESULT_SIZE = 112, FIRST_CAPACITY = 100 };

typedef struct file {
    u32 kind;
    u32 handle;  /* of a descriptor; the number of a stream */
    u32 entries; /* a directory's stream of entries, or 0 */
    u32 flags;   /* preview 1's */
    u32 access;  /* READABLE ... */
    u32 padding;
    u64 denied; /* rights that were given up */
    u64 position;
    u64 next_entry; /* what `entries` gives next, as a cookie */
    const u8 *path; /* preopened */
    u32 path_size;
} file;

GLOBAL(table)
GLOBAL(table_capacity)

/* Room for one result. */
#define RESULT ((u32 *)table())
#define RESULT_BYTES ((u8 *)table())
#define RESULT_WIDE ((u64 *)table())

static inline file *entry(u32 fd)
{
    return (file *)(table() + RESULT_SIZE) + fd;
}

static u32 enlarge(u32 capacity)
{
    u32 old = table(), old_capacity = table_capacity();
    u32 size = RESULT_SIZE + capacity * (u32)sizeof(file);
    u8 *made = take(size, 8);
    if (!made)
        return NOMEM;
    __builtin_memset(made, 0, size);
    if (old)
        copy(made, (void *)old, RESULT_SIZE + old_capacity * (u32)sizeof(file));
    set_table((u32)made);
    set_table_capacity(capacity);
    return SUCCESS;
}

/* The lowest free one, as POSIX has it; 0 when there is no memory. */
static file *add(u32 kind, u32 handle, u32 *number)
{
    u32 fd = 0;
    while (fd < table_capacity() && entry(fd)->kind)
        fd++;
    if (fd == table_capacity() && enlarge(fd * 2))
        return 0;
    file *f = entry(fd);
    __builtin_memset(f, 0, sizeof *f);
    f->kind = kind;
    f->handle = handle;
    *number = fd;
    return f;
}

typedef struct preopen {
    u32 handle;
    const u8 *path;
    u32 path_size;
} preopen;

static u32 fill_table(void)
{
    u32 error = enlarge(FIRST_CAPACITY);
    if (error)
        return error;
    for (u32 n = 0; n < 3; n++) {
        entry(n)->kind = STREAM;
        entry(n)->handle = n;
    }
    set_sink(HEAP);
    get_directories(RESULT);
    set_sink(0);
    const preopen *from = (const preopen *)RESULT[0];
    u32 count = RESULT[1];
    while (3 + count > table_capacity())
        if (enlarge(table_capacity() * 2))
            return NOMEM;
    for (file *f = entry(3); count; count--, f++, from++) {
        f->kind = PREOPENED;
        f->handle = from->handle;
        f->access = IS_DIRECTORY;
        f->path = from->path;
        f->path_size = from->path_size;
    }
    return SUCCESS;
}

/* NULL: there is no such descriptor. */
static file *find(u32 fd)
{
    if (!table() && fill_table())
        __builtin_trap();
    if (fd >= table_capacity() || !entry(fd)->kind)
        return 0;
    return entry(fd);
}

static u32 errno_of(u32 code)
{
    /* In the order of wasi:filesystem's error-code, eight at a time. */
    u64 row = 0;
    switch (code >> 3) {
    case 0: /* access .. exist */
        row = 0x1413100a08070602;
        break;
    case 1: /* file-too-large .. loop */
        row = 0x201f1d1c1b1a1916;
        break;
    case 2: /* too-many-links .. insufficient-memory, -space */
        row = 0x33302e2c2b252322;
        break;
    case 3: /* not-directory .. not-permitted */
        row = 0x3f3d3c3b3a383736;
        break;
    case 4: /* pipe .. cross-device */
        row = 0x4b4a464540;
        break;
    }
    return (u32)(row >> (code & 7) * 8) & 0xff;
}

/* What RESULT holds, whose payload begins at `payload`. */
static u32 outcome(u32 payload)
{
    const u8 *result = RESULT_BYTES;
    return result[0] ? errno_of(result[payload]) : SUCCESS;
}

/* Preview 1's types from those of wasi:filesystem, four bits each. */
static inline u32 type_of(u32 type)
{
    return 0x64703210 >> type * 4 & 15;
}

#endif
