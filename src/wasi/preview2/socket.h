/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of wasi:sockets share. */
#ifndef WASI_PREVIEW2_SOCKET_H
#define WASI_PREVIEW2_SOCKET_H

#include "wasi/preview2/stream.h"
#include "wasi/system_socket.h"

/* What was started and not finished, besides connecting. */
typedef enum p2_step { P2_STEP_NONE, P2_STEP_BIND, P2_STEP_LISTEN } p2_step;

/* TCP_SOCKET and UDP_SOCKET. */
typedef struct p2_socket {
    p2_object object;
    p2_world *world; /* which counts sockets */
    wasi_socket socket;
    p2_step step;
    p2_sink *sink;        /* of a connection */
    bool sends, receives; /* 0.3: had its one stream for that */
} p2_socket;

/* INCOMING_ and OUTGOING_DATAGRAM_STREAM; the parent is the socket. */
typedef struct p2_datagrams {
    p2_object object;
    p2_socket *socket;
    uint64_t permit; /* datagrams that may be sent now */
} p2_datagrams;

/* The number of a wasi:sockets error-code. */
uint8_t wasi_p2_socket_error(wasi_error error);
/* Fills tag and error of a result<T, error-code>. */
#define P2_SOCKET_ANSWER(out, failure)                         \
    do {                                                       \
        wasi_error answer_error = (failure);                   \
        (out)->tag = answer_error ? P2_ERR : P2_OK;            \
        if (answer_error)                                      \
            (out)->error = wasi_p2_socket_error(answer_error); \
    } while (0)

wasi_address wasi_p2_address_read(const p2_socket_address *in);
void wasi_p2_address_write(const wasi_address *address, p2_socket_address *out);

/* A socket that counts in the world; MFILE when there are too many. The
 * socket inside is the caller's to make. */
wasi_error wasi_p2_socket_new(p2_world *world, p2_kind kind,
                              p2_socket **out) WHIT_MUST_CHECK;
whit_status wasi_p2_socket_create(p2_call *call, p2_kind kind) WHIT_MUST_CHECK;
/* Those of a socket or a datagram stream. */
p2_interest wasi_p2_socket_interest(p2_object *object);

/* What TCP and UDP sockets have in common; the receiver is the first
 * argument. */
whit_status wasi_p2_socket_start_bind(p2_call *call,
                                      p2_kind kind) WHIT_MUST_CHECK;
whit_status wasi_p2_socket_finish_bind(p2_call *call,
                                       p2_kind kind) WHIT_MUST_CHECK;
whit_status wasi_p2_socket_address(p2_call *call, p2_kind kind,
                                   bool peer) WHIT_MUST_CHECK;
whit_status wasi_p2_socket_family(p2_call *call, p2_kind kind) WHIT_MUST_CHECK;
whit_status wasi_p2_socket_subscribe(p2_call *call,
                                     p2_kind kind) WHIT_MUST_CHECK;
/* An option as a number of `size` bytes. */
whit_status wasi_p2_socket_get(p2_call *call, p2_kind kind,
                               wasi_socket_option option,
                               size_t size) WHIT_MUST_CHECK;
whit_status wasi_p2_socket_set(p2_call *call, p2_kind kind,
                               wasi_socket_option option,
                               size_t size) WHIT_MUST_CHECK;

#endif
