/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:sockets: udp-socket. */
#include <poll.h>
#include <string.h>

#include "base/memory.h"
#include "wasi/preview3/socket.h"

enum { DATAGRAM = 65535 };

static whit_status self_get(p2_call *call, p2_socket **out)
{
    return wasi_p2_get(call, wasi_p2_self(call), P2_UDP_SOCKET, out);
}

static whit_status wait_for(p2_call *call, const p2_socket *self, short events)
{
    p2_interest interest = P2_HOST(self->socket.descriptor->host, events);
    return wasi_p2_wait(call, &interest, 1);
}

whit_status wasi_p3_udp_socket_create(p2_call *call)
{
    return wasi_p3_socket_create(call, P2_UDP_SOCKET);
}

whit_status wasi_p3_udp_socket_bind(p2_call *call)
{
    return wasi_p3_socket_bind(call, P2_UDP_SOCKET);
}

whit_status wasi_p3_udp_socket_connect(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_socket_address address;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_address to = wasi_p2_address_read(&in->address);
    P3_SOCKET_ANSWER((p3_result *)call->result,
                     wasi_udp_connect(&self->socket, &to));
    return WHIT_OK;
}

whit_status wasi_p3_udp_socket_disconnect(p2_call *call)
{
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_error error = WASI_ERROR_NOTCONN;
    if (self->socket.state == WASI_SOCKET_CONNECTED)
        error = wasi_udp_connect(&self->socket, NULL);
    P3_SOCKET_ANSWER((p3_result *)call->result, error);
    return WHIT_OK;
}

whit_status wasi_p3_udp_socket_send(p2_call *call)
{
    const struct {
        uint32_t self;
        p2_list data;
        p2_option_socket_address to;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_address to = wasi_p2_address_read(&in->to.value);
    wasi_error error =
        wasi_udp_send(&self->socket, in->data.data, in->data.length,
                      in->to.tag == P2_SOME ? &to : NULL);
    if (error == WASI_ERROR_AGAIN)
        return wait_for(call, self, POLLOUT);
    P3_SOCKET_ANSWER((p3_result *)call->result, error);
    return WHIT_OK;
}

/* The room of a datagram is kept only for what it has. */
static wasi_error receive(p2_call *call, p2_socket *self, p3_datagram *out)
{
    size_t size;
    wasi_address from;
    void *room = mem_alloc(DATAGRAM);
    if (!room)
        return WASI_ERROR_NOMEM;
    wasi_error error =
        wasi_udp_receive(&self->socket, room, DATAGRAM, &size, &from);
    void *bytes = error ? NULL : wasi_p2_alloc(call, size);
    if (bytes) {
        memcpy(bytes, room, size);
        out->data = (p2_list){bytes, size};
        wasi_p2_address_write(&from, &out->from);
    } else if (!error) {
        error = WASI_ERROR_NOMEM;
    }
    mem_free(room);
    return error;
}

whit_status wasi_p3_udp_socket_receive(p2_call *call)
{
    p3_result_datagram *out = call->result;
    p2_socket *self;
    p3_datagram datagram;
    TRY(self_get(call, &self));
    wasi_error error = receive(call, self, &datagram);
    if (error == WASI_ERROR_AGAIN)
        return wait_for(call, self, POLLIN);
    if (error == WASI_ERROR_NOMEM)
        return error_memory(call->error);
    P3_SOCKET_ANSWER(out, error);
    if (!error)
        out->ok = datagram;
    return WHIT_OK;
}

whit_status wasi_p3_udp_socket_get_local_address(p2_call *call)
{
    return wasi_p3_socket_address(call, P2_UDP_SOCKET, false);
}

whit_status wasi_p3_udp_socket_get_remote_address(p2_call *call)
{
    return wasi_p3_socket_address(call, P2_UDP_SOCKET, true);
}

whit_status wasi_p3_udp_socket_get_address_family(p2_call *call)
{
    return wasi_p2_socket_family(call, P2_UDP_SOCKET);
}

P3_SOCKET_OPTION(UDP, udp_socket, unicast_hop_limit, HOP_LIMIT, 1)
P3_SOCKET_OPTION(UDP, udp_socket, receive_buffer_size, RECEIVE_BUFFER, 8)
P3_SOCKET_OPTION(UDP, udp_socket, send_buffer_size, SEND_BUFFER, 8)
