/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Paths that cannot leave the directory they are resolved in. */
#ifndef WASI_SYSTEM_RESOLVE_H
#define WASI_SYSTEM_RESOLVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/slice.h"
#include "wasi/system_error.h"

/* A path is resolved beneath a root: an open directory. `..` above it, an
 * absolute path, an absolute symbolic link and a magic link of the process
 * file system are refused with PERM (the kernel's own resolver says LOOP for
 * magic links), whatever other threads and processes rename or replace
 * meanwhile. Nothing on a process file system is reached from a root that is
 * not itself on one: /proc/self/mem and /proc/self/environ of the host are no
 * part of any grant.
 *
 * Two resolvers give the same answers:
 *   KERNEL  openat2 with RESOLVE_BENEATH, one system call
 *   WALK    one O_NOFOLLOW step per component, links expanded by hand;
 *           `..` returns to the directory the walk came from, by descriptor,
 *           so that a directory moved during the walk cannot be left upward
 * BEST is KERNEL where the kernel has it. Under KERNEL a path that loses
 * LIMIT_WASI_PATH_RETRIES races against renames is resolved by WALK. */
typedef enum wasi_resolver {
    WASI_RESOLVER_BEST,
    WASI_RESOLVER_KERNEL,
    WASI_RESOLVER_WALK
} wasi_resolver;

typedef struct wasi_root {
    int directory;   /* borrowed descriptor of the host */
    uint64_t device; /* its file system */
    wasi_resolver resolver;
} wasi_root;

/* Whether openat2 works here; asked of the kernel once per process. */
bool wasi_resolver_has_kernel(void);

/* A copy of a guest's path as text: refuses the empty path (NOENT), one that
 * contains NUL (INVAL), is longer than LIMIT_WASI_PATH_BYTES (NAMETOOLONG) or
 * absolute (PERM). Free with mem_free. */
wasi_error wasi_path_copy(slice path, char **copy) WHIT_MUST_CHECK;

/* Opens as open(2) would, beneath the root. O_NOFOLLOW concerns the last
 * component alone; O_CLOEXEC is added. The caller closes *descriptor. */
wasi_error wasi_resolve_open(const wasi_root *root, const char *path, int flags,
                             mode_t mode, int *descriptor) WHIT_MUST_CHECK;

/* The directory entry a path names, for operations on entries: those act on
 * (directory, name) and never follow a link in `name`. */
typedef struct wasi_place {
    int directory;    /* owned, O_PATH */
    const char *name; /* inside the path, no slash in it */
    bool slash;       /* the path ended in a slash */
    bool dots;        /* name is "." or ".."; exists, and is a directory */
} wasi_place;

/* Cuts `path` up in place; it must outlive the result. */
wasi_error wasi_resolve_place(const wasi_root *root, char *path,
                              wasi_place *place) WHIT_MUST_CHECK;
void wasi_place_release(wasi_place *self);

#endif
