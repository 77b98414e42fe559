/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Whole files, directories and paths of the host, for the program. Guests
 * reach files through src/wasi only. */
#ifndef PLATFORM_FILE_H
#define PLATFORM_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/buffer.h"
#include "base/error.h"

/* Appends the contents; "-" is standard input. More than `limit` bytes is a
 * LIMIT error, a missing file NOT_FOUND, anything else IO. */
whit_status file_read(const char *path, size_t limit, buffer *out,
                      whit_error *error) WHIT_MUST_CHECK;

/* Replaces or makes the file in one step: the bytes go to a new name beside
 * it, which is renamed when they are all on it and removed when anything
 * fails, so that no reader sees a partial file. "-" is standard output, which
 * has no such step. An existing file keeps its permission bits. A file that
 * is not a regular one (/dev/null) is written in place. */
whit_status file_write(const char *path, slice bytes,
                       whit_error *error) WHIT_MUST_CHECK;

bool file_exists(const char *path);
bool file_is_directory(const char *path);
/* Nanoseconds since 1970, or -1 when there is no such file. */
int64_t file_mtime(const char *path);

/* The directory and all its parents; fine when they exist. */
whit_status file_make_directories(const char *path,
                                  whit_error *error) WHIT_MUST_CHECK;
/* A new private directory in $TMPDIR; its path replaces `path`'s contents and
 * ends with a NUL that size does not count. */
whit_status file_temporary_directory(const char *prefix, buffer *path,
                                     whit_error *error) WHIT_MUST_CHECK;
/* Removes a file or a directory with all in it; symbolic links are removed,
 * not followed. Fine when there is nothing. */
whit_status file_remove_tree(const char *path,
                             whit_error *error) WHIT_MUST_CHECK;

/* Calls `each` with the names in a directory, sorted bytewise, without "."
 * and "..". A false answer stops. A missing directory has no names. */
whit_status file_list(const char *path, bool (*each)(void *, const char *),
                      void *context, whit_error *error) WHIT_MUST_CHECK;

/* An exclusive advisory lock on a file that is made when missing, waited for.
 * Gone when the process ends. */
typedef struct file_lock {
    int descriptor;
} file_lock;

/* `waiting` is called once before the wait when another process has it. */
whit_status file_lock_take(file_lock *self, const char *path,
                           void (*waiting)(void *), void *context,
                           whit_error *error) WHIT_MUST_CHECK;
void file_lock_drop(file_lock *self);

/* Behind the last slash; the whole path when there is none. */
const char *path_base(const char *path);
/* From the last dot of the base on, "" when there is none. */
const char *path_extension(const char *path);

#endif
