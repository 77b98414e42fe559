/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What a guest holds: descriptors, and the table that numbers them. */
#ifndef WASI_SYSTEM_DESCRIPTOR_H
#define WASI_SYSTEM_DESCRIPTOR_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/buffer.h"
#include "base/slice.h"
#include "wasi/system_error.h"
#include "wasi/system_resolve.h"

typedef enum wasi_kind {
    WASI_KIND_FILE,      /* regular file: never waits */
    WASI_KIND_DIRECTORY, /* the root of path operations */
    WASI_KIND_STREAM,    /* terminal, pipe, device: may wait */
    WASI_KIND_SOCKET,
    WASI_KIND_NULL,  /* reads nothing, swallows everything */
    WASI_KIND_INPUT, /* bytes in memory, to read */
    WASI_KIND_OUTPUT /* bytes in memory, written */
} wasi_kind;

/* Type of a file, as faces report it. */
typedef enum wasi_type {
    WASI_TYPE_UNKNOWN,
    WASI_TYPE_BLOCK_DEVICE,
    WASI_TYPE_CHARACTER_DEVICE,
    WASI_TYPE_DIRECTORY,
    WASI_TYPE_REGULAR,
    WASI_TYPE_SOCKET_DATAGRAM,
    WASI_TYPE_SOCKET_STREAM,
    WASI_TYPE_LINK,
    WASI_TYPE_FIFO
} wasi_type;

/* What the holder of a descriptor may do. MUTATE is the grant: without it
 * nothing below a directory is made, changed, renamed or removed, and no
 * file below it is opened for writing. */
enum { WASI_READ = 1, WASI_WRITE = 2, WASI_MUTATE = 4 };

/* Modes of a descriptor. */
enum {
    WASI_APPEND = 1,
    WASI_DSYNC = 2,
    WASI_NONBLOCK = 4,
    WASI_RSYNC = 8,
    WASI_SYNC = 16
};

/* Counted: a table entry is one reference, and so is every operation that is
 * under way, so that another thread may close or renumber meanwhile. `kind`,
 * `access`, `host`, `type` and `root` never change. */
typedef struct wasi_descriptor {
    atomic_uint references;
    wasi_kind kind;
    wasi_type type;
    unsigned access;
    bool owned;    /* `host` is closed with it */
    bool terminal; /* a stream that is a terminal */
    bool seekable;
    int host;             /* -1 for kinds in memory */
    wasi_root root;       /* directories */
    char *preopen;        /* guest's name of a granted directory, or NULL */
    atomic_uint modes;    /* WASI_APPEND ... */
    pthread_mutex_t lock; /* for `position`, `output` and listing */
    slice input;          /* borrowed from the system */
    buffer *output;       /* borrowed from the system */
    size_t position;
    /* For the face that made it; the system half does not look at them. */
    _Atomic uint64_t face[2];
} wasi_descriptor;

/* Takes the host's descriptor over when `owned`, on failure too. The kind is
 * found out, unless it is given for those in memory (host -1). */
wasi_error wasi_descriptor_new(int host, bool owned, wasi_kind kind,
                               unsigned access, wasi_resolver resolver,
                               wasi_descriptor **out) WHIT_MUST_CHECK;
void wasi_descriptor_retain(wasi_descriptor *self);
/* NULL is allowed. */
void wasi_descriptor_release(wasi_descriptor *self);

/* Numbers of descriptors, the lowest free one first, below
 * LIMIT_WASI_DESCRIPTORS. Safe to use from several threads. */
typedef struct wasi_table {
    pthread_mutex_t lock;
    wasi_descriptor **items; /* NULL where a number is free */
    size_t count;            /* numbers looked at: all above are free */
    size_t capacity;
    size_t limit; /* at most LIMIT_WASI_DESCRIPTORS */
} wasi_table;

void wasi_table_init(wasi_table *self);
void wasi_table_release(wasi_table *self);
/* Takes the reference over, on failure too. MFILE when the table is full. */
wasi_error wasi_table_add(wasi_table *self, wasi_descriptor *descriptor,
                          uint32_t *number) WHIT_MUST_CHECK;
/* A new reference; BADF when the number is free. */
wasi_error wasi_table_get(wasi_table *self, uint32_t number,
                          wasi_descriptor **out) WHIT_MUST_CHECK;
wasi_error wasi_table_close(wasi_table *self, uint32_t number) WHIT_MUST_CHECK;
/* Moves `from` to `to`, which must be open and is closed, in one step. */
wasi_error wasi_table_renumber(wasi_table *self, uint32_t from,
                               uint32_t to) WHIT_MUST_CHECK;

#endif
