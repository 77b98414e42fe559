/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading, writing and describing what is open. */
#include "wasi/system_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/limits.h"

#define SECOND 1000000000u
/* A pipe that polls as writable has room for this much. */
#define PIPE_ROOM 4096u

wasi_type wasi_type_of_mode(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFBLK:
        return WASI_TYPE_BLOCK_DEVICE;
    case S_IFCHR:
        return WASI_TYPE_CHARACTER_DEVICE;
    case S_IFDIR:
        return WASI_TYPE_DIRECTORY;
    case S_IFREG:
        return WASI_TYPE_REGULAR;
    case S_IFLNK:
        return WASI_TYPE_LINK;
    case S_IFSOCK:
        return WASI_TYPE_SOCKET_STREAM;
    case S_IFIFO:
        return WASI_TYPE_FIFO;
    default:
        return WASI_TYPE_UNKNOWN;
    }
}

/* Times before 1970 have no representation and become 0. */
static uint64_t nanoseconds(struct timespec time)
{
    if (time.tv_sec < 0)
        return 0;
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

void wasi_stat_of(const struct stat *st, wasi_stat *out)
{
    *out = (wasi_stat){
        .device = st->st_dev,
        .inode = st->st_ino,
        .type = wasi_type_of_mode(st->st_mode),
        .links = st->st_nlink,
        .size = st->st_size < 0 ? 0 : (uint64_t)st->st_size,
        .atim = nanoseconds(st->st_atim),
        .mtim = nanoseconds(st->st_mtim),
        .ctim = nanoseconds(st->st_ctim),
    };
}

static struct timespec time_convert(wasi_time_change change, uint64_t value)
{
    struct timespec time = {(time_t)(value / SECOND), (long)(value % SECOND)};
    if (change != WASI_TIME_SET)
        time = (struct timespec){0, change == WASI_TIME_NOW ? UTIME_NOW
                                                            : UTIME_OMIT};
    return time;
}

void wasi_times_convert(const wasi_times *times, struct timespec out[2])
{
    out[0] = time_convert(times->access, times->atim);
    out[1] = time_convert(times->modification, times->mtim);
}

/* Signals that a write may raise are held back while it runs; the error says
 * the same. */
typedef struct signal_guard {
    bool active;
    sigset_t before;
    sigset_t held;
} signal_guard;

static void guard_enter(signal_guard *self, const wasi_descriptor *file)
{
    struct rlimit limit;
    self->active =
        file->kind != WASI_KIND_FILE || (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                                         limit.rlim_cur != RLIM_INFINITY);
    if (!self->active)
        return;
    sigset_t pending;
    sigemptyset(&self->held);
    sigpending(&pending);
    if (!sigismember(&pending, SIGPIPE))
        sigaddset(&self->held, SIGPIPE);
    if (!sigismember(&pending, SIGXFSZ))
        sigaddset(&self->held, SIGXFSZ);
    pthread_sigmask(SIG_BLOCK, &self->held, &self->before);
}

/* Keeps errno. */
static void guard_leave(signal_guard *self, bool failed)
{
    if (!self->active)
        return;
    int error = errno;
    struct timespec none = {0, 0};
    if (failed && (error == EPIPE || error == EFBIG))
        while (sigtimedwait(&self->held, NULL, &none) < 0 && errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &self->before, NULL);
    errno = error;
}

wasi_error wasi_file_wait(int host, short events, const wasi_wait *wait)
{
    for (;;) {
        if (wasi_wait_interrupted(wait))
            return WASI_ERROR_INTR;
        struct pollfd item = {.fd = host, .events = events};
        int ready = poll(&item, 1, wait ? WASI_WAIT_SLICE : -1);
        if (ready > 0)
            return item.revents & POLLNVAL ? WASI_ERROR_BADF : WASI_OK;
        if (ready < 0 && errno != EINTR)
            return wasi_error_last();
    }
}

static bool file_waits(const wasi_descriptor *self)
{
    return self->kind == WASI_KIND_STREAM || self->kind == WASI_KIND_SOCKET;
}

wasi_error wasi_file_ready(wasi_descriptor *self, short events,
                           const wasi_wait *wait)
{
    if (!file_waits(self))
        return WASI_OK;
    if (!(atomic_load(&self->modes) & WASI_NONBLOCK))
        return wasi_file_wait(self->host, events, wait);
    struct pollfd item = {.fd = self->host, .events = events};
    return poll(&item, 1, 0) == 0 ? WASI_ERROR_AGAIN : WASI_OK;
}

static wasi_error file_check(const wasi_descriptor *self, unsigned access)
{
    if (self->kind == WASI_KIND_DIRECTORY)
        return WASI_ERROR_ISDIR;
    return (self->access & access) == access ? WASI_OK : WASI_ERROR_BADF;
}

static wasi_error input_read(wasi_descriptor *self, const struct iovec *vectors,
                             size_t count, size_t *size)
{
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < count; i++) {
        size_t left = self->input.size - self->position;
        size_t step = vectors[i].iov_len < left ? vectors[i].iov_len : left;
        if (!step)
            continue;
        memcpy(vectors[i].iov_base, self->input.data + self->position, step);
        self->position += step;
        *size += step;
    }
    pthread_mutex_unlock(&self->lock);
    return WASI_OK;
}

static wasi_error output_write(wasi_descriptor *self,
                               const struct iovec *vectors, size_t count,
                               size_t *size)
{
    wasi_error error = WASI_OK;
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < count && !error; i++) {
        size_t step = vectors[i].iov_len;
        if (step > LIMIT_WASI_STREAM_BYTES - self->output->size)
            error = WASI_ERROR_NOSPC;
        else if (!buffer_reserve(self->output, step))
            error = WASI_ERROR_NOMEM;
        else if (step)
            buffer_append(self->output, vectors[i].iov_base, step);
        *size += error ? 0 : step;
    }
    pthread_mutex_unlock(&self->lock);
    return *size ? WASI_OK : error;
}

static wasi_error null_write(const struct iovec *vectors, size_t count,
                             size_t *size)
{
    for (size_t i = 0; i < count; i++)
        *size += vectors[i].iov_len;
    if (*size > INT32_MAX)
        *size = INT32_MAX;
    return WASI_OK;
}

wasi_error wasi_file_read(wasi_descriptor *self, const struct iovec *vectors,
                          size_t count, const wasi_wait *wait, size_t *size)
{
    *size = 0;
    WASI_TRY(file_check(self, WASI_READ));
    if (self->kind == WASI_KIND_NULL)
        return WASI_OK;
    if (self->kind == WASI_KIND_INPUT)
        return input_read(self, vectors, count, size);
    if (self->kind == WASI_KIND_SOCKET) {
        bool truncated;
        return wasi_socket_receive(self, vectors, count, false, false, wait,
                                   size, &truncated);
    }
    for (;;) {
        WASI_TRY(wasi_file_ready(self, POLLIN, wait));
        ssize_t done = readv(self->host, vectors, (int)count);
        if (done >= 0) {
            *size = (size_t)done;
            return WASI_OK;
        }
        bool again = errno == EAGAIN && file_waits(self) &&
                     !(atomic_load(&self->modes) & WASI_NONBLOCK);
        if (errno != EINTR && !again)
            return wasi_error_last();
    }
}

/* As much of the vectors as a pipe takes without blocking the host. */
static size_t vectors_clip(const struct iovec *vectors, size_t count,
                           struct iovec *first)
{
    for (size_t i = 0; i < count; i++) {
        if (!vectors[i].iov_len)
            continue;
        *first = vectors[i];
        if (first->iov_len > PIPE_ROOM)
            first->iov_len = PIPE_ROOM;
        return 1;
    }
    return 0;
}

wasi_error wasi_file_write(wasi_descriptor *self, const struct iovec *vectors,
                           size_t count, const wasi_wait *wait, size_t *size)
{
    *size = 0;
    WASI_TRY(file_check(self, WASI_WRITE));
    if (self->kind == WASI_KIND_NULL)
        return null_write(vectors, count, size);
    if (self->kind == WASI_KIND_OUTPUT)
        return output_write(self, vectors, count, size);
    if (self->kind == WASI_KIND_SOCKET)
        return wasi_socket_send(self, vectors, count, wait, size);
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += vectors[i].iov_len;
    struct iovec clipped;
    if (file_waits(self) && total > PIPE_ROOM) {
        count = vectors_clip(vectors, count, &clipped);
        vectors = &clipped;
    }
    for (;;) {
        WASI_TRY(wasi_file_ready(self, POLLOUT, wait));
        signal_guard guard;
        guard_enter(&guard, self);
        ssize_t done = writev(self->host, vectors, (int)count);
        guard_leave(&guard, done < 0);
        if (done >= 0) {
            *size = (size_t)done;
            return WASI_OK;
        }
        bool again = errno == EAGAIN && file_waits(self) &&
                     !(atomic_load(&self->modes) & WASI_NONBLOCK);
        if (errno != EINTR && !again)
            return wasi_error_last();
    }
}

/* A wait that is given up when it begins, or before it would begin a second
 * time: another process may have been faster than the transfer. */
static bool wait_begins(void *context)
{
    return (*(unsigned *)context)++ > 0;
}

static wasi_error file_poll_now(const wasi_descriptor *self, short events,
                                unsigned *begun)
{
    struct pollfd item = {.fd = self->host, .events = events};
    *begun = self->kind == WASI_KIND_SOCKET;
    if (self->kind == WASI_KIND_STREAM && poll(&item, 1, 0) == 0)
        return WASI_ERROR_AGAIN;
    return WASI_OK;
}

wasi_error wasi_file_read_now(wasi_descriptor *self, void *out, size_t capacity,
                              size_t *size)
{
    unsigned begun;
    *size = 0;
    WASI_TRY(file_poll_now(self, POLLIN, &begun));
    wasi_wait wait = {wait_begins, &begun};
    struct iovec vector = {out, capacity};
    wasi_error error = wasi_file_read(self, &vector, 1, &wait, size);
    return error == WASI_ERROR_INTR ? WASI_ERROR_AGAIN : error;
}

wasi_error wasi_file_write_now(wasi_descriptor *self, const void *bytes,
                               size_t count, size_t *size)
{
    unsigned begun;
    *size = 0;
    WASI_TRY(file_poll_now(self, POLLOUT, &begun));
    wasi_wait wait = {wait_begins, &begun};
    struct iovec vector = {(void *)(uintptr_t)bytes, count};
    wasi_error error = wasi_file_write(self, &vector, 1, &wait, size);
    return error == WASI_ERROR_INTR ? WASI_ERROR_AGAIN : error;
}

static wasi_error offset_check(const wasi_descriptor *self, unsigned access,
                               uint64_t offset)
{
    WASI_TRY(file_check(self, access));
    if (!self->seekable)
        return WASI_ERROR_SPIPE;
    return offset > INT64_MAX ? WASI_ERROR_INVAL : WASI_OK;
}

wasi_error wasi_file_read_at(wasi_descriptor *self, const struct iovec *vectors,
                             size_t count, uint64_t offset, size_t *size)
{
    *size = 0;
    WASI_TRY(offset_check(self, WASI_READ, offset));
    ssize_t done;
    do
        done = preadv(self->host, vectors, (int)count, (off_t)offset);
    while (done < 0 && errno == EINTR);
    if (done < 0)
        return wasi_error_last();
    *size = (size_t)done;
    return WASI_OK;
}

wasi_error wasi_file_write_at(wasi_descriptor *self,
                              const struct iovec *vectors, size_t count,
                              uint64_t offset, size_t *size)
{
    *size = 0;
    WASI_TRY(offset_check(self, WASI_WRITE, offset));
    signal_guard guard;
    guard_enter(&guard, self);
    ssize_t done;
    do
        done = pwritev(self->host, vectors, (int)count, (off_t)offset);
    while (done < 0 && errno == EINTR);
    guard_leave(&guard, done < 0);
    if (done < 0)
        return wasi_error_last();
    *size = (size_t)done;
    return WASI_OK;
}

wasi_error wasi_file_seek(wasi_descriptor *self, int64_t offset,
                          wasi_whence whence, uint64_t *position)
{
    static const int host[] = {SEEK_SET, SEEK_CUR, SEEK_END};
    WASI_TRY(file_check(self, 0));
    if (!self->seekable)
        return WASI_ERROR_SPIPE;
    off_t result = lseek(self->host, offset, host[whence]);
    if (result < 0)
        return wasi_error_last();
    *position = (uint64_t)result;
    return WASI_OK;
}

wasi_error wasi_file_stat(wasi_descriptor *self, wasi_stat *out)
{
    struct stat st;
    *out = (wasi_stat){.type = self->type, .links = 1};
    if (self->host < 0)
        return WASI_OK;
    if (fstat(self->host, &st) != 0)
        return wasi_error_last();
    wasi_stat_of(&st, out);
    out->type = self->type;
    return WASI_OK;
}

wasi_error wasi_file_set_size(wasi_descriptor *self, uint64_t size)
{
    WASI_TRY(file_check(self, 0));
    if (self->kind != WASI_KIND_FILE)
        return WASI_ERROR_INVAL;
    if (!(self->access & WASI_MUTATE))
        return WASI_ERROR_ROFS;
    WASI_TRY(file_check(self, WASI_WRITE));
    if (size > INT64_MAX)
        return WASI_ERROR_FBIG;
    signal_guard guard;
    guard_enter(&guard, self);
    int done;
    do
        done = ftruncate(self->host, (off_t)size);
    while (done < 0 && errno == EINTR);
    guard_leave(&guard, done < 0);
    return done < 0 ? wasi_error_last() : WASI_OK;
}

wasi_error wasi_file_set_times(wasi_descriptor *self, const wasi_times *times)
{
    if (self->host < 0)
        return WASI_ERROR_INVAL;
    if (!(self->access & WASI_MUTATE))
        return WASI_ERROR_ROFS;
    struct timespec host[2];
    wasi_times_convert(times, host);
    return futimens(self->host, host) < 0 ? wasi_error_last() : WASI_OK;
}

wasi_error wasi_file_set_modes(wasi_descriptor *self, unsigned modes)
{
    const unsigned changeable = WASI_APPEND | WASI_NONBLOCK;
    if ((atomic_load(&self->modes) ^ modes) & ~changeable)
        return WASI_ERROR_INVAL;
    if (self->kind == WASI_KIND_FILE && self->owned) {
        int host = fcntl(self->host, F_GETFL);
        if (host < 0)
            return wasi_error_last();
        host = modes & WASI_APPEND ? host | O_APPEND : host & ~O_APPEND;
        if (fcntl(self->host, F_SETFL, host) < 0)
            return wasi_error_last();
    }
    atomic_store(&self->modes, modes);
    return WASI_OK;
}

wasi_error wasi_file_sync(wasi_descriptor *self, bool data_only)
{
    if (self->kind != WASI_KIND_FILE && self->kind != WASI_KIND_DIRECTORY)
        return WASI_ERROR_INVAL;
    int done;
    do
        done = data_only ? fdatasync(self->host) : fsync(self->host);
    while (done < 0 && errno == EINTR);
    return done < 0 ? wasi_error_last() : WASI_OK;
}

wasi_error wasi_file_allocate(wasi_descriptor *self, uint64_t offset,
                              uint64_t size)
{
    WASI_TRY(file_check(self, 0));
    if (self->kind != WASI_KIND_FILE)
        return WASI_ERROR_SPIPE;
    if (!(self->access & WASI_MUTATE))
        return WASI_ERROR_ROFS;
    WASI_TRY(file_check(self, WASI_WRITE));
    if (!size)
        return WASI_ERROR_INVAL;
    if (offset > INT64_MAX || size > INT64_MAX - offset)
        return WASI_ERROR_FBIG;
#if defined(__linux__)
    signal_guard guard;
    guard_enter(&guard, self);
    int done;
    do
        done = fallocate(self->host, 0, (off_t)offset, (off_t)size);
    while (done < 0 && errno == EINTR);
    guard_leave(&guard, done < 0);
    return done < 0 ? wasi_error_last() : WASI_OK;
#else
    return WASI_ERROR_NOTSUP;
#endif
}

wasi_error wasi_file_advise(wasi_descriptor *self, uint64_t offset,
                            uint64_t size, wasi_advice advice)
{
    WASI_TRY(file_check(self, 0));
    if (!self->seekable)
        return WASI_ERROR_SPIPE;
    if (offset > INT64_MAX || size > INT64_MAX)
        return WASI_ERROR_INVAL;
#if defined(POSIX_FADV_NORMAL)
    static const int host[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL,
                               POSIX_FADV_RANDOM,   POSIX_FADV_WILLNEED,
                               POSIX_FADV_DONTNEED, POSIX_FADV_NOREUSE};
    return wasi_error_host(
        posix_fadvise(self->host, (off_t)offset, (off_t)size, host[advice]));
#else
    (void)advice;
    return WASI_OK;
#endif
}
