/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sockets that the embedder granted: accept, receive, send, shut down. */
#include "wasi/system_file.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

static wasi_error socket_check(const wasi_descriptor *self)
{
    return self->kind == WASI_KIND_SOCKET ? WASI_OK : WASI_ERROR_NOTSOCK;
}

/* After a call failed: OK to try again, once the socket is ready. */
static wasi_error socket_again(wasi_descriptor *self, short events,
                               const wasi_wait *wait)
{
    if (errno == EINTR)
        return WASI_OK;
    if ((errno != EAGAIN && errno != EWOULDBLOCK) ||
        atomic_load(&self->modes) & WASI_NONBLOCK)
        return wasi_error_last();
    return wasi_file_wait(self->host, events, wait);
}

wasi_error wasi_socket_accept(wasi_descriptor *self, unsigned modes,
                              const wasi_wait *wait, wasi_descriptor **out)
{
    *out = NULL;
    WASI_TRY(socket_check(self));
    if (modes & ~(unsigned)WASI_NONBLOCK)
        return WASI_ERROR_INVAL;
    int fd;
    do {
        WASI_TRY(wasi_file_ready(self, POLLIN, wait));
        fd = accept4(self->host, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            WASI_TRY(socket_again(self, POLLIN, wait));
    } while (fd < 0);
    WASI_TRY(wasi_descriptor_new(fd, true, WASI_KIND_SOCKET,
                                 WASI_READ | WASI_WRITE, self->root.resolver,
                                 out));
    atomic_store(&(*out)->modes, modes);
    return WASI_OK;
}

/* Fills one buffer. What has arrived before a failure is kept: the failure
 * is reported by the next receive. */
static wasi_error socket_fill(wasi_descriptor *self, struct iovec vector,
                              const wasi_wait *wait, size_t *size, bool *end)
{
    char *bytes = vector.iov_base;
    for (size_t used = 0; used < vector.iov_len && !*end;) {
        ssize_t done =
            recv(self->host, bytes + used, vector.iov_len - used, MSG_DONTWAIT);
        if (done > 0) {
            used += (size_t)done;
            *size += (size_t)done;
            continue;
        }
        wasi_error error =
            done == 0 ? WASI_OK : socket_again(self, POLLIN, wait);
        *end = done == 0 || (error && *size);
        if (error && !*end)
            return error;
    }
    return WASI_OK;
}

wasi_error wasi_socket_receive(wasi_descriptor *self,
                               const struct iovec *vectors, size_t count,
                               bool peek, bool all, const wasi_wait *wait,
                               size_t *size, bool *truncated)
{
    *size = 0;
    *truncated = false;
    WASI_TRY(socket_check(self));
    bool end = false;
    if (all && !peek && self->type == WASI_TYPE_SOCKET_STREAM) {
        for (size_t i = 0; i < count && !end; i++)
            WASI_TRY(socket_fill(self, vectors[i], wait, size, &end));
        return WASI_OK;
    }
    struct msghdr message = {.msg_iov = (struct iovec *)vectors,
                             .msg_iovlen = count};
    for (;;) {
        ssize_t done =
            recvmsg(self->host, &message, MSG_DONTWAIT | (peek ? MSG_PEEK : 0));
        if (done >= 0) {
            *size = (size_t)done;
            *truncated = message.msg_flags & MSG_TRUNC;
            return WASI_OK;
        }
        WASI_TRY(socket_again(self, POLLIN, wait));
    }
}

wasi_error wasi_socket_send(wasi_descriptor *self, const struct iovec *vectors,
                            size_t count, const wasi_wait *wait, size_t *size)
{
    *size = 0;
    WASI_TRY(socket_check(self));
    struct msghdr message = {.msg_iov = (struct iovec *)vectors,
                             .msg_iovlen = count};
    for (;;) {
        ssize_t done =
            sendmsg(self->host, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done >= 0) {
            *size = (size_t)done;
            return WASI_OK;
        }
        WASI_TRY(socket_again(self, POLLOUT, wait));
    }
}

wasi_error wasi_socket_shutdown(wasi_descriptor *self, bool read, bool write)
{
    WASI_TRY(socket_check(self));
    if (!read && !write)
        return WASI_ERROR_INVAL;
    int how = read && write ? SHUT_RDWR : read ? SHUT_RD : SHUT_WR;
    return shutdown(self->host, how) < 0 ? wasi_error_last() : WASI_OK;
}
