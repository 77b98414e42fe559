/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sockets that guests make: TCP and UDP, within what the network grants. */
#ifndef WASI_SYSTEM_SOCKET_H
#define WASI_SYSTEM_SOCKET_H

#include "wasi/system_descriptor.h"
#include "wasi/system_network.h"

/* Nothing here waits: what is not ready says AGAIN, and the socket's
 * descriptor (`descriptor->host`) can be watched by a reactor. Bytes of a
 * connection move by wasi_file_read and wasi_file_write on the descriptor,
 * which is NONBLOCK.
 *
 * Failures with one meaning each:
 *   ACCES    the network does not grant it
 *   INVAL    an address or number that can never be right: of the other
 *            family, mapped, multicast, or unspecified where a peer is meant
 *   ISCONN   too late for that: bound, connected or listening already
 *   NOTCONN  too early: not bound, not connected, not listening
 * and those of the host. */

typedef enum wasi_socket_state {
    WASI_SOCKET_NEW,
    WASI_SOCKET_BOUND,
    WASI_SOCKET_CONNECTING,
    WASI_SOCKET_CONNECTED, /* UDP: has a peer */
    WASI_SOCKET_LISTENING,
    WASI_SOCKET_FAILED /* connecting did: of no use any more */
} wasi_socket_state;

/* For TCP and UDP. The network must outlive it. */
typedef struct wasi_socket {
    wasi_network *network;
    wasi_descriptor *descriptor;
    wasi_socket_state state;
    bool v6, datagrams;
    bool listens;      /* UDP: may hear from everyone */
    wasi_address peer; /* UDP: with CONNECTED */
    uint32_t backlog;
    wasi_error failure; /* TCP: of connecting, not reported yet */
} wasi_socket;

/* Without any rule: ACCES. */
wasi_error wasi_socket_init(wasi_socket *self, wasi_network *network, bool v6,
                            bool datagrams) WHIT_MUST_CHECK;
void wasi_socket_release(wasi_socket *self);

/* A port other than 0 needs a rule to listen there. */
wasi_error wasi_socket_bind(wasi_socket *self,
                            const wasi_address *local) WHIT_MUST_CHECK;
wasi_error wasi_socket_local(const wasi_socket *self,
                             wasi_address *out) WHIT_MUST_CHECK;
wasi_error wasi_socket_peer(const wasi_socket *self,
                            wasi_address *out) WHIT_MUST_CHECK;

/* TCP. Begins; wasi_tcp_connect_finish says how it went, even when that is
 * known at once. */
wasi_error wasi_tcp_connect(wasi_socket *self,
                            const wasi_address *to) WHIT_MUST_CHECK;
wasi_error wasi_tcp_connect_finish(wasi_socket *self) WHIT_MUST_CHECK;
/* A socket that is not bound is bound to a port of the system's choice. */
wasi_error wasi_tcp_listen(wasi_socket *self) WHIT_MUST_CHECK;
wasi_error wasi_tcp_accept(wasi_socket *self, wasi_socket *out) WHIT_MUST_CHECK;
wasi_error wasi_tcp_set_backlog(wasi_socket *self,
                                uint64_t value) WHIT_MUST_CHECK;

/* UDP. Sets the only peer, or none with NULL. */
wasi_error wasi_udp_connect(wasi_socket *self,
                            const wasi_address *to) WHIT_MUST_CHECK;
/* Datagrams of senders that nothing grants are dropped, unless the socket is
 * bound to where the guest may listen. What does not fit is cut off. */
wasi_error wasi_udp_receive(wasi_socket *self, void *out, size_t capacity,
                            size_t *size, wasi_address *from) WHIT_MUST_CHECK;
/* `to` may be NULL with a peer, and must be the peer then. MSGSIZE for a
 * datagram that is too large. Binds a socket that is not bound. */
wasi_error wasi_udp_send(wasi_socket *self, const void *bytes, size_t size,
                         const wasi_address *to) WHIT_MUST_CHECK;

typedef enum wasi_socket_option {
    WASI_SOCKET_KEEP_ALIVE, /* 0 or 1 */
    WASI_SOCKET_KEEP_IDLE,  /* nanoseconds; the host counts seconds */
    WASI_SOCKET_KEEP_INTERVAL,
    WASI_SOCKET_KEEP_COUNT,
    WASI_SOCKET_HOP_LIMIT,      /* 1..255 */
    WASI_SOCKET_RECEIVE_BUFFER, /* bytes */
    WASI_SOCKET_SEND_BUFFER
} wasi_socket_option;

wasi_error wasi_socket_get(const wasi_socket *self, wasi_socket_option option,
                           uint64_t *value) WHIT_MUST_CHECK;
/* INVAL for 0, but for KEEP_ALIVE; values the host does not take are brought
 * into its range. */
wasi_error wasi_socket_set(wasi_socket *self, wasi_socket_option option,
                           uint64_t value) WHIT_MUST_CHECK;

#endif
