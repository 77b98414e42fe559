/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:sockets: tcp-socket. */
#include <poll.h>

#include "base/memory.h"
#include "wasi/preview2/define.h"
#include "wasi/preview3/socket.h"
#include "wasi/preview3/stream.h"

static whit_status self_get(p2_call *call, p2_socket **out)
{
    return wasi_p2_get(call, wasi_p2_self(call), P2_TCP_SOCKET, out);
}

static p2_interest interest_in(const p2_socket *self, short events)
{
    return P2_HOST(self->socket.descriptor->host, events);
}

whit_status wasi_p3_tcp_socket_create(p2_call *call)
{
    return wasi_p3_socket_create(call, P2_TCP_SOCKET);
}

whit_status wasi_p3_tcp_socket_bind(p2_call *call)
{
    return wasi_p3_socket_bind(call, P2_TCP_SOCKET);
}

whit_status wasi_p3_tcp_socket_connect(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_socket_address address;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_address address = wasi_p2_address_read(&in->address);
    wasi_error error = WASI_OK;
    if (!call->wait)
        error = wasi_tcp_connect(&self->socket, &address);
    if (!error)
        error = wasi_tcp_connect_finish(&self->socket);
    if (error == WASI_ERROR_AGAIN) {
        p2_interest interest = interest_in(self, POLLOUT);
        return wasi_p2_wait(call, &interest, 1);
    }
    P3_SOCKET_ANSWER((p3_result *)call->result, error);
    return WHIT_OK;
}

/* ---- Listening ---- */

/* Connections, as representations of sockets. */
typedef struct accept_source {
    p3_source source;
    p2_socket *listener; /* a reference */
    p2_call call;        /* what is needed to give resources */
    uint32_t accepted;
} accept_source;

/* Failures that concern one connection, not the listener. */
static bool is_transient(wasi_error error)
{
    return error == WASI_ERROR_NETDOWN || error == WASI_ERROR_NETUNREACH ||
           error == WASI_ERROR_HOSTUNREACH || error == WASI_ERROR_PROTO ||
           error == WASI_ERROR_NOPROTOOPT || error == WASI_ERROR_NOTSUP;
}

static wasi_error accept_one(accept_source *self, p2_socket *made)
{
    wasi_error error;
    do
        error = wasi_tcp_accept(&self->listener->socket, &made->socket);
    while (is_transient(error));
    if (error) {
        wasi_p2_object_release(&made->object);
        return error;
    }
    whit_error failure;
    self->call.error = &failure;
    return wasi_p2_give(&self->call, &made->object, &self->accepted) == WHIT_OK
               ? WASI_OK
               : WASI_ERROR_NOMEM;
}

static wasi_error accept_fill(p3_source *source)
{
    accept_source *self = (accept_source *)(void *)source;
    p2_socket *made;
    WASI_TRY(wasi_p2_socket_new(self->call.world, P2_TCP_SOCKET, &made));
    WASI_TRY(accept_one(self, made));
    source->elements = (const uint8_t *)&self->accepted;
    source->count = 1;
    return WASI_OK;
}

static p2_interest accept_interest(const p3_source *source)
{
    const accept_source *self = (const accept_source *)(const void *)source;
    return interest_in(self->listener, POLLIN);
}

static void accept_stop(p3_source *source)
{
    const accept_source *self = (const accept_source *)(const void *)source;
    if (source->count)
        wasi_p2_drop(self->call.world, self->accepted);
}

static void accept_release(p3_source *source)
{
    accept_source *self = (accept_source *)(void *)source;
    wasi_p2_object_release(&self->listener->object);
}

whit_status wasi_p3_tcp_socket_listen(p2_call *call)
{
    static const p3_producer producer = {
        sizeof(uint32_t), accept_fill,    accept_interest,
        accept_stop,      accept_release,
    };
    p3_result_u32 *out = call->result;
    p2_socket *self;
    TRY(self_get(call, &self));
    P3_SOCKET_ANSWER(out, wasi_tcp_listen(&self->socket));
    if (out->tag == P2_ERR)
        return WHIT_OK;
    accept_source *made = mem_zalloc(sizeof *made);
    TRY_ALLOC(made, call->error);
    made->source.producer = &producer;
    made->listener = self;
    made->call.world = call->world;
    wasi_p2_object_retain(&self->object);
    const component_node *result = canon_host_call_type(call->host)->element;
    return wasi_p3_source_start(call, &made->source, result->element, NULL,
                                &out->ok);
}

/* ---- Bytes ---- */

/* Whether the one stream for a direction may begin. */
static wasi_error stream_begin(const p2_socket *self, bool *begun)
{
    if (self->socket.state != WASI_SOCKET_CONNECTED || *begun)
        return WASI_ERROR_NOTCONN;
    *begun = true;
    return WASI_OK;
}

whit_status wasi_p3_tcp_socket_send(p2_call *call)
{
    const p2_pair *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    p3_bytes bytes = {.descriptor = self->socket.descriptor, .shuts = true};
    return wasi_p3_bytes_write(call, &bytes, in->second, wasi_p3_socket_encode,
                               stream_begin(self, &self->sends));
}

whit_status wasi_p3_tcp_socket_receive(p2_call *call)
{
    p2_socket *self;
    TRY(self_get(call, &self));
    p3_bytes bytes = {.descriptor = self->socket.descriptor, .shuts = true};
    return wasi_p3_bytes_read(call, &bytes, wasi_p3_socket_encode,
                              stream_begin(self, &self->receives));
}

/* ---- Properties ---- */

whit_status wasi_p3_tcp_socket_get_local_address(p2_call *call)
{
    return wasi_p3_socket_address(call, P2_TCP_SOCKET, false);
}

whit_status wasi_p3_tcp_socket_get_remote_address(p2_call *call)
{
    return wasi_p3_socket_address(call, P2_TCP_SOCKET, true);
}

whit_status wasi_p3_tcp_socket_get_is_listening(p2_call *call)
{
    p2_socket *self;
    TRY(self_get(call, &self));
    *(uint8_t *)call->result = self->socket.state == WASI_SOCKET_LISTENING;
    return WHIT_OK;
}

whit_status wasi_p3_tcp_socket_get_address_family(p2_call *call)
{
    return wasi_p2_socket_family(call, P2_TCP_SOCKET);
}

whit_status wasi_p3_tcp_socket_set_listen_backlog_size(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t value;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    P3_SOCKET_ANSWER((p3_result *)call->result,
                     wasi_tcp_set_backlog(&self->socket, in->value));
    return WHIT_OK;
}

P3_SOCKET_OPTION(TCP, tcp_socket, keep_alive_enabled, KEEP_ALIVE, 1)
P3_SOCKET_OPTION(TCP, tcp_socket, keep_alive_idle_time, KEEP_IDLE, 8)
P3_SOCKET_OPTION(TCP, tcp_socket, keep_alive_interval, KEEP_INTERVAL, 8)
P3_SOCKET_OPTION(TCP, tcp_socket, keep_alive_count, KEEP_COUNT, 4)
P3_SOCKET_OPTION(TCP, tcp_socket, hop_limit, HOP_LIMIT, 1)
P3_SOCKET_OPTION(TCP, tcp_socket, receive_buffer_size, RECEIVE_BUFFER, 8)
P3_SOCKET_OPTION(TCP, tcp_socket, send_buffer_size, SEND_BUFFER, 8)
