/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Operations on an open descriptor. */
#ifndef WASI_SYSTEM_FILE_H
#define WASI_SYSTEM_FILE_H

#include <sys/types.h>
#include <sys/uio.h>
#include "wasi/system_descriptor.h"

/* Every operation checks the kind of its descriptor and its access: BADF
 * without READ or WRITE, ROFS without MUTATE, ISDIR on a directory, SPIPE on
 * what cannot seek, NOTDIR or NOTSOCK on what is neither. Transfers may be
 * short; 0 bytes read is the end. Waits ask `wait` whether to go on and fail
 * with INTR when not. A broken pipe and a file that grows past the host's
 * size limit are errors (PIPE, FBIG), never signals. */

typedef struct wasi_stat {
    uint64_t device;
    uint64_t inode;
    wasi_type type;
    uint64_t links;
    uint64_t size;
    uint64_t atim, mtim, ctim; /* nanoseconds since 1970 */
} wasi_stat;

/* How one time of a file changes. */
typedef enum wasi_time_change {
    WASI_TIME_KEEP,
    WASI_TIME_NOW,
    WASI_TIME_SET
} wasi_time_change;

typedef struct wasi_times {
    wasi_time_change access, modification;
    uint64_t atim, mtim; /* nanoseconds since 1970, for SET */
} wasi_times;

typedef enum wasi_whence {
    WASI_SEEK_START,
    WASI_SEEK_CURRENT,
    WASI_SEEK_END
} wasi_whence;

typedef enum wasi_advice {
    WASI_ADVICE_NORMAL,
    WASI_ADVICE_SEQUENTIAL,
    WASI_ADVICE_RANDOM,
    WASI_ADVICE_WILL_NEED,
    WASI_ADVICE_DONT_NEED,
    WASI_ADVICE_NO_REUSE
} wasi_advice;

/* For the other system files. */
wasi_type wasi_type_of_mode(mode_t mode);
struct stat;
void wasi_stat_of(const struct stat *st, wasi_stat *out);
struct timespec;
void wasi_times_convert(const wasi_times *times, struct timespec out[2]);
/* Waits until a transfer can start; AGAIN instead of a wait under NONBLOCK.
 * `events` are those of poll(2). */
wasi_error wasi_file_ready(wasi_descriptor *self, short events,
                           const wasi_wait *wait) WHIT_MUST_CHECK;
/* Waits for events on a host descriptor. */
wasi_error wasi_file_wait(int host, short events,
                          const wasi_wait *wait) WHIT_MUST_CHECK;

wasi_error wasi_file_read(wasi_descriptor *self, const struct iovec *vectors,
                          size_t count, const wasi_wait *wait,
                          size_t *size) WHIT_MUST_CHECK;
wasi_error wasi_file_write(wasi_descriptor *self, const struct iovec *vectors,
                           size_t count, const wasi_wait *wait,
                           size_t *size) WHIT_MUST_CHECK;
/* The same without a wait, whatever the modes say: AGAIN instead. */
wasi_error wasi_file_read_now(wasi_descriptor *self, void *out, size_t capacity,
                              size_t *size) WHIT_MUST_CHECK;
wasi_error wasi_file_write_now(wasi_descriptor *self, const void *bytes,
                               size_t count, size_t *size) WHIT_MUST_CHECK;
wasi_error wasi_file_read_at(wasi_descriptor *self, const struct iovec *vectors,
                             size_t count, uint64_t offset,
                             size_t *size) WHIT_MUST_CHECK;
wasi_error wasi_file_write_at(wasi_descriptor *self,
                              const struct iovec *vectors, size_t count,
                              uint64_t offset, size_t *size) WHIT_MUST_CHECK;
wasi_error wasi_file_seek(wasi_descriptor *self, int64_t offset,
                          wasi_whence whence,
                          uint64_t *position) WHIT_MUST_CHECK;
wasi_error wasi_file_stat(wasi_descriptor *self,
                          wasi_stat *out) WHIT_MUST_CHECK;
wasi_error wasi_file_set_size(wasi_descriptor *self,
                              uint64_t size) WHIT_MUST_CHECK;
wasi_error wasi_file_set_times(wasi_descriptor *self,
                               const wasi_times *times) WHIT_MUST_CHECK;
/* APPEND and NONBLOCK can change; INVAL for a change of the others. A stream
 * that is not owned (inherited) keeps its host modes: NONBLOCK holds for the
 * guest's view alone. */
wasi_error wasi_file_set_modes(wasi_descriptor *self,
                               unsigned modes) WHIT_MUST_CHECK;
wasi_error wasi_file_sync(wasi_descriptor *self,
                          bool data_only) WHIT_MUST_CHECK;
wasi_error wasi_file_allocate(wasi_descriptor *self, uint64_t offset,
                              uint64_t size) WHIT_MUST_CHECK;
wasi_error wasi_file_advise(wasi_descriptor *self, uint64_t offset,
                            uint64_t size, wasi_advice advice) WHIT_MUST_CHECK;

/* Sockets. `all` waits for the vectors to be full (streams, without `peek`);
 * what arrived before an error or the end is returned. */
wasi_error wasi_socket_accept(wasi_descriptor *self, unsigned modes,
                              const wasi_wait *wait,
                              wasi_descriptor **out) WHIT_MUST_CHECK;
wasi_error wasi_socket_receive(wasi_descriptor *self,
                               const struct iovec *vectors, size_t count,
                               bool peek, bool all, const wasi_wait *wait,
                               size_t *size, bool *truncated) WHIT_MUST_CHECK;
wasi_error wasi_socket_send(wasi_descriptor *self, const struct iovec *vectors,
                            size_t count, const wasi_wait *wait,
                            size_t *size) WHIT_MUST_CHECK;
wasi_error wasi_socket_shutdown(wasi_descriptor *self, bool read,
                                bool write) WHIT_MUST_CHECK;

#endif
