/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:sockets: udp and udp-create-socket. */
#include <string.h>

#include "base/memory.h"
#include "wasi/preview2/socket.h"

enum { DATAGRAM = 65535, MANY = 16 };

whit_status wasi_p2_udp_create_socket_create_udp_socket(p2_call *call)
{
    return wasi_p2_socket_create(call, P2_UDP_SOCKET);
}

whit_status wasi_p2_udp_socket_start_bind(p2_call *call)
{
    return wasi_p2_socket_start_bind(call, P2_UDP_SOCKET);
}

whit_status wasi_p2_udp_socket_finish_bind(p2_call *call)
{
    return wasi_p2_socket_finish_bind(call, P2_UDP_SOCKET);
}

static whit_status stream_give(p2_call *call, p2_socket *socket, p2_kind kind,
                               uint32_t *representation)
{
    p2_datagrams *made =
        wasi_p2_object_new(kind, sizeof *made, &socket->object);
    TRY_ALLOC(made, call->error);
    made->socket = socket;
    return wasi_p2_give(call, &made->object, representation);
}

whit_status wasi_p2_udp_socket_stream(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_option_socket_address to;
    } *in = call->arguments;
    p2_result_pair *out = call->result;
    p2_socket *self;
    TRY(wasi_p2_get(call, in->self, P2_UDP_SOCKET, &self));
    wasi_address to = wasi_p2_address_read(&in->to.value);
    wasi_error error = WASI_ERROR_NOTCONN;
    if (self->socket.state != WASI_SOCKET_NEW && self->step == P2_STEP_NONE)
        error =
            wasi_udp_connect(&self->socket, in->to.tag == P2_SOME ? &to : NULL);
    P2_SOCKET_ANSWER(out, error);
    if (error)
        return WHIT_OK;
    TRY(stream_give(call, self, P2_INCOMING_DATAGRAM_STREAM, &out->ok.first));
    return stream_give(call, self, P2_OUTGOING_DATAGRAM_STREAM,
                       &out->ok.second);
}

whit_status wasi_p2_udp_socket_local_address(p2_call *call)
{
    return wasi_p2_socket_address(call, P2_UDP_SOCKET, false);
}

whit_status wasi_p2_udp_socket_remote_address(p2_call *call)
{
    return wasi_p2_socket_address(call, P2_UDP_SOCKET, true);
}

whit_status wasi_p2_udp_socket_address_family(p2_call *call)
{
    return wasi_p2_socket_family(call, P2_UDP_SOCKET);
}

#define UDP_OPTION(name, option, size)                                       \
    whit_status wasi_p2_udp_socket_##name(p2_call *call)                     \
    {                                                                        \
        return wasi_p2_socket_get(call, P2_UDP_SOCKET, WASI_SOCKET_##option, \
                                  size);                                     \
    }                                                                        \
    whit_status wasi_p2_udp_socket_set_##name(p2_call *call)                 \
    {                                                                        \
        return wasi_p2_socket_set(call, P2_UDP_SOCKET, WASI_SOCKET_##option, \
                                  size);                                     \
    }

UDP_OPTION(unicast_hop_limit, HOP_LIMIT, 1)
UDP_OPTION(receive_buffer_size, RECEIVE_BUFFER, 8)
UDP_OPTION(send_buffer_size, SEND_BUFFER, 8)

whit_status wasi_p2_udp_socket_subscribe(p2_call *call)
{
    return wasi_p2_socket_subscribe(call, P2_UDP_SOCKET);
}

/* ---- Datagrams ---- */

static wasi_error receive(p2_call *call, wasi_socket *socket, void *room,
                          p2_incoming_datagram *out)
{
    size_t size;
    wasi_address from;
    WASI_TRY(wasi_udp_receive(socket, room, DATAGRAM, &size, &from));
    void *bytes = wasi_p2_alloc(call, size);
    if (!bytes)
        return WASI_ERROR_NOMEM;
    memcpy(bytes, room, size);
    out->data = (p2_list){bytes, size};
    wasi_p2_address_write(&from, &out->from);
    return WASI_OK;
}

whit_status wasi_p2_incoming_datagram_stream_receive(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t most;
    } *in = call->arguments;
    p2_result_list *out = call->result;
    p2_datagrams *self;
    TRY(wasi_p2_get(call, in->self, P2_INCOMING_DATAGRAM_STREAM, &self));
    size_t most = in->most < MANY ? (size_t)in->most : MANY;
    p2_incoming_datagram *items = wasi_p2_alloc(call, most * sizeof *items);
    TRY_ALLOC(items, call->error);
    void *room = mem_alloc(DATAGRAM);
    TRY_ALLOC(room, call->error);
    size_t count = 0;
    wasi_error error = WASI_OK;
    while (count < most && !error) {
        error = receive(call, &self->socket->socket, room, &items[count]);
        count += error == WASI_OK;
    }
    mem_free(room);
    if (count || error == WASI_ERROR_AGAIN)
        error = WASI_OK;
    P2_SOCKET_ANSWER(out, error);
    if (!error)
        out->ok = (p2_list){items, count};
    return WHIT_OK;
}

static whit_status stream_subscribe(p2_call *call, p2_kind kind)
{
    p2_datagrams *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), kind, &self));
    return wasi_p2_subscribe(call, &self->object, call->result);
}

whit_status wasi_p2_incoming_datagram_stream_subscribe(p2_call *call)
{
    return stream_subscribe(call, P2_INCOMING_DATAGRAM_STREAM);
}

whit_status wasi_p2_outgoing_datagram_stream_subscribe(p2_call *call)
{
    return stream_subscribe(call, P2_OUTGOING_DATAGRAM_STREAM);
}

whit_status wasi_p2_outgoing_datagram_stream_check_send(p2_call *call)
{
    p2_result_u64 *out = call->result;
    p2_datagrams *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_OUTGOING_DATAGRAM_STREAM,
                    &self));
    self->permit = wasi_p2_ready(&self->object) ? MANY : 0;
    out->ok = self->permit;
    return WHIT_OK;
}

whit_status wasi_p2_outgoing_datagram_stream_send(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list datagrams;
    } *in = call->arguments;
    p2_result_u64 *out = call->result;
    const p2_outgoing_datagram *items = in->datagrams.data;
    p2_datagrams *self;
    TRY(wasi_p2_get(call, in->self, P2_OUTGOING_DATAGRAM_STREAM, &self));
    if (in->datagrams.length > self->permit)
        return wasi_p2_trap(call, "%zu datagrams where check-send permitted %u",
                            in->datagrams.length, (unsigned)self->permit);
    self->permit -= in->datagrams.length;
    size_t count = 0;
    wasi_error error = WASI_OK;
    for (; count < in->datagrams.length; count++) {
        const p2_outgoing_datagram *item = &items[count];
        wasi_address to = wasi_p2_address_read(&item->to.value);
        error = wasi_udp_send(&self->socket->socket, item->data.data,
                              item->data.length,
                              item->to.tag == P2_SOME ? &to : NULL);
        if (error)
            break;
    }
    if (count || error == WASI_ERROR_AGAIN)
        error = WASI_OK;
    P2_SOCKET_ANSWER(out, error);
    if (!error)
        out->ok = count;
    return WHIT_OK;
}
