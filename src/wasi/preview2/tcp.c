/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:sockets: tcp and tcp-create-socket. */
#include "base/memory.h"
#include "wasi/preview2/socket.h"

whit_status wasi_p2_tcp_create_socket_create_tcp_socket(p2_call *call)
{
    return wasi_p2_socket_create(call, P2_TCP_SOCKET);
}

whit_status wasi_p2_tcp_socket_start_bind(p2_call *call)
{
    return wasi_p2_socket_start_bind(call, P2_TCP_SOCKET);
}

whit_status wasi_p2_tcp_socket_finish_bind(p2_call *call)
{
    return wasi_p2_socket_finish_bind(call, P2_TCP_SOCKET);
}

static whit_status self_get(p2_call *call, p2_socket **out)
{
    return wasi_p2_get(call, wasi_p2_self(call), P2_TCP_SOCKET, out);
}

whit_status wasi_p2_tcp_socket_start_connect(p2_call *call)
{
    const struct {
        uint32_t self, network;
        p2_socket_address address;
    } *in = call->arguments;
    p2_socket *self;
    p2_object *network;
    TRY(self_get(call, &self));
    TRY(wasi_p2_get(call, in->network, P2_NETWORK, &network));
    wasi_address address = wasi_p2_address_read(&in->address);
    wasi_error error = WASI_ERROR_ISCONN;
    if (self->step == P2_STEP_NONE)
        error = wasi_tcp_connect(&self->socket, &address);
    P2_SOCKET_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}

/* The two streams of a connection, given to the guest. */
static whit_status streams_give(p2_call *call, p2_socket *self, uint32_t *input,
                                uint32_t *output)
{
    self->sink = wasi_p2_sink_new(call->world, self->socket.descriptor);
    TRY_ALLOC(self->sink, call->error);
    p2_input *in = wasi_p2_input_new(self->socket.descriptor, false, 0);
    TRY_ALLOC(in, call->error);
    TRY(wasi_p2_give(call, &in->object, input));
    p2_output *out = wasi_p2_output_new(self->sink);
    TRY_ALLOC(out, call->error);
    return wasi_p2_give(call, &out->object, output);
}

whit_status wasi_p2_tcp_socket_finish_connect(p2_call *call)
{
    enum { NOT_IN_PROGRESS = 7 };
    p2_result_pair *out = call->result;
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_error error = wasi_tcp_connect_finish(&self->socket);
    P2_SOCKET_ANSWER(out, error);
    if (error == WASI_ERROR_NOTCONN)
        out->error = NOT_IN_PROGRESS;
    if (error)
        return WHIT_OK;
    return streams_give(call, self, &out->ok.first, &out->ok.second);
}

whit_status wasi_p2_tcp_socket_start_listen(p2_call *call)
{
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_error error = WASI_ERROR_NOTCONN;
    if (self->socket.state == WASI_SOCKET_BOUND && self->step == P2_STEP_NONE)
        error = wasi_tcp_listen(&self->socket);
    if (!error)
        self->step = P2_STEP_LISTEN;
    P2_SOCKET_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}

whit_status wasi_p2_tcp_socket_accept(p2_call *call)
{
    p2_result_accepted *out = call->result;
    p2_socket *self, *made = NULL;
    TRY(self_get(call, &self));
    wasi_error error = WASI_ERROR_NOTCONN;
    if (self->step == P2_STEP_NONE)
        error = wasi_p2_socket_new(call->world, P2_TCP_SOCKET, &made);
    if (!error)
        error = wasi_tcp_accept(&self->socket, &made->socket);
    P2_SOCKET_ANSWER(out, error);
    if (error) {
        if (made)
            wasi_p2_object_release(&made->object);
        return WHIT_OK;
    }
    whit_status status =
        streams_give(call, made, &out->ok.input, &out->ok.output);
    if (status != WHIT_OK) {
        wasi_p2_object_release(&made->object);
        return status;
    }
    return wasi_p2_give(call, &made->object, &out->ok.socket);
}

whit_status wasi_p2_tcp_socket_local_address(p2_call *call)
{
    return wasi_p2_socket_address(call, P2_TCP_SOCKET, false);
}

whit_status wasi_p2_tcp_socket_remote_address(p2_call *call)
{
    return wasi_p2_socket_address(call, P2_TCP_SOCKET, true);
}

whit_status wasi_p2_tcp_socket_is_listening(p2_call *call)
{
    p2_socket *self;
    TRY(self_get(call, &self));
    *(uint8_t *)call->result = self->socket.state == WASI_SOCKET_LISTENING &&
                               self->step == P2_STEP_NONE;
    return WHIT_OK;
}

whit_status wasi_p2_tcp_socket_address_family(p2_call *call)
{
    return wasi_p2_socket_family(call, P2_TCP_SOCKET);
}

whit_status wasi_p2_tcp_socket_set_listen_backlog_size(p2_call *call)
{
    const struct {
        uint32_t self;
        uint64_t value;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    P2_SOCKET_ANSWER((p2_result *)call->result,
                     wasi_tcp_set_backlog(&self->socket, in->value));
    return WHIT_OK;
}

#define TCP_OPTION(name, option, size)                                       \
    whit_status wasi_p2_tcp_socket_##name(p2_call *call)                     \
    {                                                                        \
        return wasi_p2_socket_get(call, P2_TCP_SOCKET, WASI_SOCKET_##option, \
                                  size);                                     \
    }                                                                        \
    whit_status wasi_p2_tcp_socket_set_##name(p2_call *call)                 \
    {                                                                        \
        return wasi_p2_socket_set(call, P2_TCP_SOCKET, WASI_SOCKET_##option, \
                                  size);                                     \
    }

TCP_OPTION(keep_alive_enabled, KEEP_ALIVE, 1)
TCP_OPTION(keep_alive_idle_time, KEEP_IDLE, 8)
TCP_OPTION(keep_alive_interval, KEEP_INTERVAL, 8)
TCP_OPTION(keep_alive_count, KEEP_COUNT, 4)
TCP_OPTION(hop_limit, HOP_LIMIT, 1)
TCP_OPTION(receive_buffer_size, RECEIVE_BUFFER, 8)
TCP_OPTION(send_buffer_size, SEND_BUFFER, 8)

whit_status wasi_p2_tcp_socket_subscribe(p2_call *call)
{
    return wasi_p2_socket_subscribe(call, P2_TCP_SOCKET);
}

whit_status wasi_p2_tcp_socket_shutdown(p2_call *call)
{
    enum { RECEIVE, SEND, BOTH };
    const struct {
        uint32_t self;
        uint8_t how;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, &self));
    wasi_error error = WASI_OK;
    if (self->socket.state != WASI_SOCKET_CONNECTED)
        error = WASI_ERROR_NOTCONN;
    if (!error && in->how != SEND)
        error = wasi_socket_shutdown(self->socket.descriptor, true, false);
    if (!error && in->how != RECEIVE)
        wasi_p2_sink_finish(self->sink);
    P2_SOCKET_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}
