/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * TCP and UDP sockets that guests make. */
#include "wasi/system_socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include "wasi/system_file.h"

#define SECOND UINT64_C(1000000000)
enum { BACKLOG = 128 };

static int host_of(const wasi_socket *self)
{
    return self->descriptor->host;
}

/* Takes the host's descriptor over. */
static wasi_error socket_adopt(wasi_socket *self, int host)
{
    WASI_TRY(wasi_descriptor_new(host, true, WASI_KIND_SOCKET,
                                 WASI_READ | WASI_WRITE, WASI_RESOLVER_BEST,
                                 &self->descriptor));
    atomic_store(&self->descriptor->modes, WASI_NONBLOCK);
    return WASI_OK;
}

wasi_error wasi_socket_init(wasi_socket *self, wasi_network *network, bool v6,
                            bool datagrams)
{
    *self = (wasi_socket){.network = network,
                          .v6 = v6,
                          .datagrams = datagrams,
                          .backlog = BACKLOG};
    if (!wasi_network_enabled(network))
        return WASI_ERROR_ACCES;
    int type = datagrams ? SOCK_DGRAM : SOCK_STREAM;
    int host =
        socket(v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (host < 0)
        return wasi_error_last();
    WASI_TRY(socket_adopt(self, host));
    int only = 1;
    if (v6 &&
        setsockopt(host, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only) != 0)
        return wasi_error_last();
    return WASI_OK;
}

void wasi_socket_release(wasi_socket *self)
{
    wasi_descriptor_release(self->descriptor);
    self->descriptor = NULL;
}

/* INVAL for what can be no address of this socket. */
static wasi_error address_check(const wasi_socket *self,
                                const wasi_address *address, bool peer)
{
    if (address->v6 != self->v6 || wasi_address_is_mapped(address) ||
        wasi_address_is_multicast(address))
        return WASI_ERROR_INVAL;
    if (peer && (!address->port || wasi_address_is_unspecified(address)))
        return WASI_ERROR_INVAL;
    return WASI_OK;
}

static wasi_error peer_check(const wasi_socket *self, const wasi_address *peer)
{
    WASI_TRY(address_check(self, peer, true));
    return wasi_network_may_connect(self->network, peer) ? WASI_OK
                                                         : WASI_ERROR_ACCES;
}

static wasi_error socket_name(const wasi_socket *self, bool peer,
                              wasi_address *out)
{
    struct sockaddr_storage host = {0};
    socklen_t size = sizeof host;
    int failed =
        peer ? getpeername(host_of(self), (struct sockaddr *)&host, &size)
             : getsockname(host_of(self), (struct sockaddr *)&host, &size);
    if (failed)
        return wasi_error_last();
    return wasi_address_from_host(out, &host) ? WASI_OK
                                              : WASI_ERROR_AFNOSUPPORT;
}

/* UDP: whether everyone may send to where the socket is now. */
static void listens_update(wasi_socket *self)
{
    wasi_address local;
    self->listens = socket_name(self, false, &local) == WASI_OK &&
                    wasi_network_may_listen(self->network, &local);
}

wasi_error wasi_socket_bind(wasi_socket *self, const wasi_address *local)
{
    WASI_TRY(address_check(self, local, false));
    if (self->state != WASI_SOCKET_NEW)
        return WASI_ERROR_ISCONN;
    if (local->port && !wasi_network_may_listen(self->network, local))
        return WASI_ERROR_ACCES;
    /* A server that starts again gets its port again; the kernel asks it of
     * those that had the port before, too. */
    int reuse = !self->datagrams;
    if (setsockopt(host_of(self), SOL_SOCKET, SO_REUSEADDR, &reuse,
                   sizeof reuse) != 0)
        return wasi_error_last();
    struct sockaddr_storage host;
    unsigned size = wasi_address_to_host(local, &host);
    if (bind(host_of(self), (struct sockaddr *)&host, size) != 0)
        return errno == ENOBUFS        ? WASI_ERROR_ADDRINUSE
               : errno == EAFNOSUPPORT ? WASI_ERROR_INVAL
                                       : wasi_error_last();
    self->state = WASI_SOCKET_BOUND;
    if (self->datagrams)
        listens_update(self);
    return WASI_OK;
}

wasi_error wasi_socket_local(const wasi_socket *self, wasi_address *out)
{
    if (self->state == WASI_SOCKET_NEW || self->state == WASI_SOCKET_FAILED)
        return WASI_ERROR_NOTCONN;
    return socket_name(self, false, out);
}

wasi_error wasi_socket_peer(const wasi_socket *self, wasi_address *out)
{
    if (self->state != WASI_SOCKET_CONNECTED)
        return WASI_ERROR_NOTCONN;
    if (self->datagrams) {
        *out = self->peer;
        return WASI_OK;
    }
    return socket_name(self, true, out);
}

/* ---- TCP ---- */

wasi_error wasi_tcp_connect(wasi_socket *self, const wasi_address *to)
{
    WASI_TRY(address_check(self, to, true));
    if (self->state != WASI_SOCKET_NEW && self->state != WASI_SOCKET_BOUND)
        return WASI_ERROR_ISCONN;
    WASI_TRY(peer_check(self, to));
    struct sockaddr_storage host;
    unsigned size = wasi_address_to_host(to, &host);
    int failed;
    do
        failed = connect(host_of(self), (struct sockaddr *)&host, size);
    while (failed && errno == EINTR);
    if (failed && errno == EAFNOSUPPORT)
        return WASI_ERROR_INVAL;
    if (failed && (errno == EADDRNOTAVAIL || errno == EAGAIN))
        self->failure = WASI_ERROR_ADDRINUSE; /* no port is free here */
    else if (failed && errno != EINPROGRESS)
        self->failure = wasi_error_last();
    self->state = WASI_SOCKET_CONNECTING;
    return WASI_OK;
}

wasi_error wasi_tcp_connect_finish(wasi_socket *self)
{
    if (self->state != WASI_SOCKET_CONNECTING)
        return WASI_ERROR_NOTCONN;
    if (self->failure) {
        self->state = WASI_SOCKET_FAILED;
        return self->failure;
    }
    struct pollfd item = {.fd = host_of(self), .events = POLLOUT};
    if (poll(&item, 1, 0) <= 0)
        return WASI_ERROR_AGAIN;
    int code = 0;
    socklen_t size = sizeof code;
    if (getsockopt(host_of(self), SOL_SOCKET, SO_ERROR, &code, &size) != 0)
        code = errno;
    self->state = code ? WASI_SOCKET_FAILED : WASI_SOCKET_CONNECTED;
    return code ? wasi_error_host(code) : WASI_OK;
}

wasi_error wasi_tcp_listen(wasi_socket *self)
{
    if (self->state != WASI_SOCKET_NEW && self->state != WASI_SOCKET_BOUND)
        return WASI_ERROR_ISCONN;
    wasi_address local;
    WASI_TRY(socket_name(self, false, &local));
    if (!wasi_network_may_listen(self->network, &local))
        return WASI_ERROR_ACCES;
    if (listen(host_of(self), (int)self->backlog) != 0)
        return wasi_error_last();
    self->state = WASI_SOCKET_LISTENING;
    return WASI_OK;
}

wasi_error wasi_tcp_accept(wasi_socket *self, wasi_socket *out)
{
    *out = (wasi_socket){.network = self->network,
                         .v6 = self->v6,
                         .state = WASI_SOCKET_CONNECTED,
                         .backlog = BACKLOG};
    if (self->state != WASI_SOCKET_LISTENING)
        return WASI_ERROR_NOTCONN;
    int host;
    do /* a peer that gave up before it was accepted is none */
        host = accept4(host_of(self), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    while (host < 0 && (errno == EINTR || errno == ECONNABORTED));
    if (host < 0)
        return wasi_error_last();
    return socket_adopt(out, host);
}

wasi_error wasi_tcp_set_backlog(wasi_socket *self, uint64_t value)
{
    if (!value)
        return WASI_ERROR_INVAL;
    if (self->state == WASI_SOCKET_CONNECTING ||
        self->state == WASI_SOCKET_CONNECTED)
        return WASI_ERROR_ISCONN;
    self->backlog = value > INT16_MAX ? INT16_MAX : (uint32_t)value;
    if (self->state == WASI_SOCKET_LISTENING &&
        listen(host_of(self), (int)self->backlog) != 0)
        return wasi_error_last();
    return WASI_OK;
}

/* ---- UDP ---- */

wasi_error wasi_udp_connect(wasi_socket *self, const wasi_address *to)
{
    struct sockaddr_storage host = {.ss_family = AF_UNSPEC};
    unsigned size = sizeof(struct sockaddr);
    if (to) {
        WASI_TRY(peer_check(self, to));
        size = wasi_address_to_host(to, &host);
    } else if (self->state != WASI_SOCKET_CONNECTED) {
        return WASI_OK;
    }
    wasi_address local;
    WASI_TRY(socket_name(self, false, &local));
    if (connect(host_of(self), (struct sockaddr *)&host, size) != 0 &&
        (to || errno != EAFNOSUPPORT))
        return errno == EAFNOSUPPORT    ? WASI_ERROR_INVAL
               : errno == EADDRNOTAVAIL ? WASI_ERROR_ADDRINUSE
               : errno == EAGAIN        ? WASI_ERROR_ADDRINUSE
                                        : wasi_error_last();
    self->state = to ? WASI_SOCKET_CONNECTED : WASI_SOCKET_BOUND;
    if (to)
        self->peer = *to;
    return WASI_OK;
}

wasi_error wasi_udp_receive(wasi_socket *self, void *out, size_t capacity,
                            size_t *size, wasi_address *from)
{
    *size = 0;
    if (self->state == WASI_SOCKET_NEW)
        return WASI_ERROR_NOTCONN;
    for (;;) {
        struct sockaddr_storage host = {0};
        socklen_t host_size = sizeof host;
        ssize_t done = recvfrom(host_of(self), out, capacity, MSG_DONTWAIT,
                                (struct sockaddr *)&host, &host_size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return wasi_error_last();
        if (!wasi_address_from_host(from, &host))
            continue;
        /* Datagrams may have come before there was a peer. */
        if (self->state == WASI_SOCKET_CONNECTED
                ? !wasi_address_equal(from, &self->peer)
                : !self->listens &&
                      !wasi_network_may_connect(self->network, from))
            continue;
        *size = (size_t)done;
        return WASI_OK;
    }
}

wasi_error wasi_udp_send(wasi_socket *self, const void *bytes, size_t size,
                         const wasi_address *to)
{
    struct sockaddr_storage host;
    unsigned host_size = 0;
    if (self->state == WASI_SOCKET_CONNECTED) {
        if (to && !wasi_address_equal(to, &self->peer))
            return WASI_ERROR_INVAL;
    } else {
        if (!to)
            return WASI_ERROR_INVAL;
        WASI_TRY(peer_check(self, to));
        host_size = wasi_address_to_host(to, &host);
    }
    ssize_t done;
    do
        done = sendto(host_of(self), bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL,
                      host_size ? (struct sockaddr *)&host : NULL, host_size);
    while (done < 0 && errno == EINTR);
    if (done < 0)
        return wasi_error_last();
    if (self->state == WASI_SOCKET_NEW) {
        self->state = WASI_SOCKET_BOUND;
        listens_update(self);
    }
    return WASI_OK;
}

/* ---- Options ---- */

typedef struct option_place {
    int level, name;
    uint64_t unit; /* of the value, in what the host counts */
    uint64_t most; /* that the host takes */
} option_place;

static bool option_find(const wasi_socket *self, wasi_socket_option option,
                        option_place *out)
{
    static const option_place places[] = {
        [WASI_SOCKET_KEEP_ALIVE] = {SOL_SOCKET, SO_KEEPALIVE, 1, 1},
        [WASI_SOCKET_KEEP_IDLE] = {IPPROTO_TCP, TCP_KEEPIDLE, SECOND, 32767},
        [WASI_SOCKET_KEEP_INTERVAL] = {IPPROTO_TCP, TCP_KEEPINTVL, SECOND,
                                       32767},
        [WASI_SOCKET_KEEP_COUNT] = {IPPROTO_TCP, TCP_KEEPCNT, 1, 127},
        [WASI_SOCKET_HOP_LIMIT] = {IPPROTO_IP, IP_TTL, 1, 255},
        [WASI_SOCKET_RECEIVE_BUFFER] = {SOL_SOCKET, SO_RCVBUF, 1,
                                        INT32_MAX / 2},
        [WASI_SOCKET_SEND_BUFFER] = {SOL_SOCKET, SO_SNDBUF, 1, INT32_MAX / 2},
    };
    *out = places[option];
    if (option == WASI_SOCKET_HOP_LIMIT && self->v6) {
        out->level = IPPROTO_IPV6;
        out->name = IPV6_UNICAST_HOPS;
    }
    return !self->datagrams || option >= WASI_SOCKET_HOP_LIMIT;
}

static bool is_buffer(wasi_socket_option option)
{
    return option == WASI_SOCKET_RECEIVE_BUFFER ||
           option == WASI_SOCKET_SEND_BUFFER;
}

wasi_error wasi_socket_get(const wasi_socket *self, wasi_socket_option option,
                           uint64_t *value)
{
    option_place place;
    int host = 0;
    socklen_t size = sizeof host;
    *value = 0;
    if (!option_find(self, option, &place))
        return WASI_ERROR_NOTSUP;
    if (getsockopt(host_of(self), place.level, place.name, &host, &size) != 0)
        return wasi_error_last();
    if (host > 0)
        *value = (uint64_t)host * place.unit;
    if (is_buffer(option))
        *value /= 2; /* the kernel doubles what it is given */
    return WASI_OK;
}

wasi_error wasi_socket_set(wasi_socket *self, wasi_socket_option option,
                           uint64_t value)
{
    option_place place;
    if (!option_find(self, option, &place))
        return WASI_ERROR_NOTSUP;
    if (!value && option != WASI_SOCKET_KEEP_ALIVE)
        return WASI_ERROR_INVAL;
    uint64_t number = value / place.unit + (value % place.unit != 0);
    int host = (int)(number > place.most ? place.most : number);
    if (setsockopt(host_of(self), place.level, place.name, &host,
                   sizeof host) != 0)
        return wasi_error_last();
    return WASI_OK;
}
