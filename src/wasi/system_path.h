/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Operations on paths, relative to a directory that the guest holds. */
#ifndef WASI_SYSTEM_PATH_H
#define WASI_SYSTEM_PATH_H

#include "wasi/system_descriptor.h"
#include "wasi/system_file.h"

/* Every path is resolved beneath its directory (system_resolve.h). NOTDIR
 * when the descriptor is none, ROFS for whatever would change something under
 * a directory without MUTATE. Paths are bytes, as on the host; they need not
 * be UTF-8. A last component `.` or `..` names a directory that can be opened
 * and described, but not made, removed, renamed or linked. */

typedef struct wasi_open {
    bool follow; /* a link as the last component */
    bool create, exclusive, truncate, directory;
    bool read, write;
    unsigned modes; /* WASI_APPEND ... */
} wasi_open;

/* The new descriptor has no more access than its directory. Never blocks: a
 * FIFO without a writer opens at once, one without a reader fails with NXIO
 * for writing; a terminal does not become the controlling one. Devices and
 * FIFOs below a grant are granted with it; reads and writes on them wait, and
 * can be interrupted. */
wasi_error wasi_path_open(wasi_descriptor *directory, slice path,
                          const wasi_open *how,
                          wasi_descriptor **out) WHIT_MUST_CHECK;
wasi_error wasi_path_stat(wasi_descriptor *directory, slice path, bool follow,
                          wasi_stat *out) WHIT_MUST_CHECK;
wasi_error wasi_path_set_times(wasi_descriptor *directory, slice path,
                               bool follow,
                               const wasi_times *times) WHIT_MUST_CHECK;
wasi_error wasi_path_create_directory(wasi_descriptor *directory,
                                      slice path) WHIT_MUST_CHECK;
wasi_error wasi_path_remove_directory(wasi_descriptor *directory,
                                      slice path) WHIT_MUST_CHECK;
wasi_error wasi_path_unlink(wasi_descriptor *directory,
                            slice path) WHIT_MUST_CHECK;
/* Links are linked themselves, never followed. Both directories need MUTATE:
 * a second name is a second way to write. */
wasi_error wasi_path_link(wasi_descriptor *old_directory, slice old_path,
                          wasi_descriptor *new_directory,
                          slice new_path) WHIT_MUST_CHECK;
wasi_error wasi_path_rename(wasi_descriptor *old_directory, slice old_path,
                            wasi_descriptor *new_directory,
                            slice new_path) WHIT_MUST_CHECK;
/* An absolute target is refused (PERM); a relative one that points out of the
 * grant is made, and refused when it is followed. */
wasi_error wasi_path_symlink(slice target, wasi_descriptor *directory,
                             slice path) WHIT_MUST_CHECK;
/* The first `capacity` bytes of the link's text. */
wasi_error wasi_path_read_link(wasi_descriptor *directory, slice path,
                               void *out, size_t capacity,
                               size_t *size) WHIT_MUST_CHECK;

/* Listing. `next` of an entry is where a listing goes on behind it, 0 being
 * the start; it stays good when entries come and go, and in another call with
 * another buffer size. "." and ".." are listed, `..` with the inode of the
 * directory itself: what lies above is not the guest's to see. */
typedef struct wasi_entry {
    uint64_t next;
    uint64_t inode;
    wasi_type type;
    slice name; /* valid during the visit */
} wasi_entry;

/* Returns whether to go on. */
typedef bool wasi_entry_visit(void *context, const wasi_entry *entry);

wasi_error wasi_directory_list(wasi_descriptor *directory, uint64_t start,
                               wasi_entry_visit *visit,
                               void *context) WHIT_MUST_CHECK;

#endif
