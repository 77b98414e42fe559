/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:sockets: network, ip-name-lookup, and what TCP and UDP share. */
#include <poll.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "wasi/preview2/socket.h"

uint8_t wasi_p2_socket_error(wasi_error error)
{
    static const uint8_t codes[WASI_ERROR_COUNT] = {
#define X(name, code) [WASI_ERROR_##name] = (code),
#include "wasi/preview2/socket_errors.def"
#undef X
    };
    return codes[error]; /* 0: unknown */
}

static void v6_read(uint8_t out[16], const uint16_t in[8])
{
    for (int i = 0; i < 8; i++) {
        out[2 * i] = (uint8_t)(in[i] >> 8);
        out[2 * i + 1] = (uint8_t)in[i];
    }
}

static void v6_write(uint16_t out[8], const uint8_t in[16])
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint16_t)(in[2 * i] << 8 | in[2 * i + 1]);
}

wasi_address wasi_p2_address_read(const p2_socket_address *in)
{
    wasi_address out = {.v6 = in->tag == P2_IPV6};
    if (!out.v6) {
        out.port = in->v4.port;
        memcpy(out.bytes, in->v4.address, 4);
        return out;
    }
    out.port = in->v6.port;
    out.flow = in->v6.flow_info;
    out.scope = in->v6.scope_id;
    v6_read(out.bytes, in->v6.address);
    return out;
}

void wasi_p2_address_write(const wasi_address *address, p2_socket_address *out)
{
    memset(out, 0, sizeof *out);
    out->tag = address->v6 ? P2_IPV6 : P2_IPV4;
    if (!address->v6) {
        out->v4.port = address->port;
        memcpy(out->v4.address, address->bytes, 4);
        return;
    }
    out->v6.port = address->port;
    out->v6.flow_info = address->flow;
    out->v6.scope_id = address->scope;
    v6_write(out->v6.address, address->bytes);
}

/* ---- network, instance-network ---- */

/* One network is like the other: the rules are the system's. */
whit_status wasi_p2_instance_network_instance_network(p2_call *call)
{
    p2_object *made = wasi_p2_object_new(P2_NETWORK, sizeof *made, NULL);
    TRY_ALLOC(made, call->error);
    return wasi_p2_give(call, made, call->result);
}

whit_status wasi_p2_network_network_error_code(p2_call *call)
{
    p2_option_code *out = call->result;
    p2_error *error;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_ERROR, &error));
    if (error->network)
        *out = (p2_option_code){P2_SOME, wasi_p2_socket_error(error->code)};
    return WHIT_OK;
}

static whit_status network_check(p2_call *call, uint32_t network)
{
    p2_object *found;
    return wasi_p2_get(call, network, P2_NETWORK, &found);
}

/* ---- ip-name-lookup ---- */

typedef struct p2_lookup {
    p2_object object;
    wasi_address *addresses;
    size_t count, at;
    wasi_error error; /* instead */
} p2_lookup;

static void lookup_release(p2_object *object)
{
    mem_free(((p2_lookup *)(void *)object)->addresses);
}

static uint8_t lookup_code(wasi_error error)
{
    enum { UNRESOLVABLE = 18, TEMPORARY, PERMANENT };
    return error == WASI_ERROR_NOENT   ? UNRESOLVABLE
           : error == WASI_ERROR_AGAIN ? TEMPORARY
           : error == WASI_ERROR_IO    ? PERMANENT
                                       : wasi_p2_socket_error(error);
}

whit_status wasi_p2_ip_name_lookup_resolve_addresses(p2_call *call)
{
    const struct {
        uint32_t network;
        p2_list name;
    } *in = call->arguments;
    p2_result_u32 *out = call->result;
    TRY(network_check(call, in->network));
    wasi_address *addresses;
    size_t count;
    wasi_error error = wasi_network_lookup(
        &call->world->system->network, slice_of(in->name.data, in->name.length),
        &addresses, &count);
    if (error == WASI_ERROR_ACCES || error == WASI_ERROR_INVAL) {
        P2_SOCKET_ANSWER(out, error);
        return WHIT_OK;
    }
    p2_lookup *made =
        wasi_p2_object_new(P2_RESOLVE_ADDRESS_STREAM, sizeof *made, NULL);
    if (!made) {
        mem_free(addresses);
        return error_memory(call->error);
    }
    made->object.release = lookup_release;
    made->addresses = addresses;
    made->count = count;
    made->error = error;
    return wasi_p2_give(call, &made->object, &out->ok);
}

whit_status wasi_p2_resolve_address_stream_resolve_next_address(p2_call *call)
{
    p2_result_ip_address *out = call->result;
    p2_lookup *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_RESOLVE_ADDRESS_STREAM,
                    &self));
    if (self->error) {
        out->tag = P2_ERR;
        out->error = lookup_code(self->error);
        return WHIT_OK;
    }
    if (self->at == self->count)
        return WHIT_OK;
    const wasi_address *address = &self->addresses[self->at++];
    out->ok.tag = P2_SOME;
    out->ok.value.tag = address->v6 ? P2_IPV6 : P2_IPV4;
    if (address->v6)
        v6_write(out->ok.value.v6, address->bytes);
    else
        memcpy(out->ok.value.v4, address->bytes, 4);
    return WHIT_OK;
}

whit_status wasi_p2_resolve_address_stream_subscribe(p2_call *call)
{
    p2_lookup *self;
    TRY(wasi_p2_get(call, wasi_p2_self(call), P2_RESOLVE_ADDRESS_STREAM,
                    &self));
    return wasi_p2_subscribe(call, &self->object, call->result);
}

/* ---- Sockets ---- */

static void socket_release(p2_object *object)
{
    p2_socket *self = (p2_socket *)(void *)object;
    self->world->sockets--;
    wasi_p2_sink_release(self->sink);
    wasi_socket_release(&self->socket);
}

wasi_error wasi_p2_socket_new(p2_world *world, p2_kind kind, p2_socket **out)
{
    *out = NULL;
    if (world->sockets >= LIMIT_WASI_SOCKETS)
        return WASI_ERROR_MFILE;
    p2_socket *self = wasi_p2_object_new(kind, sizeof *self, NULL);
    if (!self)
        return WASI_ERROR_NOMEM;
    world->sockets++;
    self->world = world;
    self->object.release = socket_release;
    *out = self;
    return WASI_OK;
}

whit_status wasi_p2_socket_create(p2_call *call, p2_kind kind)
{
    bool v6 = *(const uint8_t *)call->arguments == P2_IPV6;
    p2_result_u32 *out = call->result;
    p2_socket *made;
    wasi_error error = wasi_p2_socket_new(call->world, kind, &made);
    if (!error)
        error = wasi_socket_init(&made->socket, &call->world->system->network,
                                 v6, kind == P2_UDP_SOCKET);
    P2_SOCKET_ANSWER(out, error);
    if (!error)
        return wasi_p2_give(call, &made->object, &out->ok);
    if (made)
        wasi_p2_object_release(&made->object);
    return WHIT_OK;
}

p2_interest wasi_p2_socket_interest(p2_object *object)
{
    if (object->kind == P2_INCOMING_DATAGRAM_STREAM ||
        object->kind == P2_OUTGOING_DATAGRAM_STREAM) {
        const p2_datagrams *stream = (p2_datagrams *)(void *)object;
        bool in = object->kind == P2_INCOMING_DATAGRAM_STREAM;
        return P2_HOST(stream->socket->socket.descriptor->host,
                       in ? POLLIN : POLLOUT);
    }
    const p2_socket *self = (p2_socket *)(void *)object;
    const wasi_socket *socket = &self->socket;
    if (socket->state == WASI_SOCKET_CONNECTING && !socket->failure)
        return P2_HOST(socket->descriptor->host, POLLOUT);
    if (socket->state == WASI_SOCKET_LISTENING && self->step == P2_STEP_NONE)
        return P2_HOST(socket->descriptor->host, POLLIN);
    return P2_NOW;
}

static whit_status self_get(p2_call *call, p2_kind kind, p2_socket **out)
{
    return wasi_p2_get(call, wasi_p2_self(call), kind, out);
}

whit_status wasi_p2_socket_start_bind(p2_call *call, p2_kind kind)
{
    const struct {
        uint32_t self, network;
        p2_socket_address address;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, kind, &self));
    TRY(network_check(call, in->network));
    wasi_address address = wasi_p2_address_read(&in->address);
    wasi_error error = wasi_socket_bind(&self->socket, &address);
    if (!error)
        self->step = P2_STEP_BIND;
    P2_SOCKET_ANSWER((p2_result *)call->result, error);
    return WHIT_OK;
}

/* What was started is done already; it is only to be asked for. */
static whit_status step_finish(p2_call *call, p2_kind kind, p2_step step)
{
    enum { NOT_IN_PROGRESS = 7 };
    p2_result *out = call->result;
    p2_socket *self;
    TRY(self_get(call, kind, &self));
    bool started = self->step == step;
    *out = started ? (p2_result){0} : (p2_result){P2_ERR, NOT_IN_PROGRESS};
    if (started)
        self->step = P2_STEP_NONE;
    return WHIT_OK;
}

whit_status wasi_p2_socket_finish_bind(p2_call *call, p2_kind kind)
{
    return step_finish(call, kind, P2_STEP_BIND);
}

whit_status wasi_p2_tcp_socket_finish_listen(p2_call *call)
{
    return step_finish(call, P2_TCP_SOCKET, P2_STEP_LISTEN);
}

whit_status wasi_p2_socket_address(p2_call *call, p2_kind kind, bool peer)
{
    p2_result_socket_address *out = call->result;
    p2_socket *self;
    wasi_address address;
    TRY(self_get(call, kind, &self));
    wasi_error error = WASI_ERROR_NOTCONN;
    if (self->step != P2_STEP_BIND)
        error = peer ? wasi_socket_peer(&self->socket, &address)
                     : wasi_socket_local(&self->socket, &address);
    P2_SOCKET_ANSWER(out, error);
    if (!error)
        wasi_p2_address_write(&address, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p2_socket_family(p2_call *call, p2_kind kind)
{
    p2_socket *self;
    TRY(self_get(call, kind, &self));
    *(uint8_t *)call->result = self->socket.v6 ? P2_IPV6 : P2_IPV4;
    return WHIT_OK;
}

whit_status wasi_p2_socket_subscribe(p2_call *call, p2_kind kind)
{
    p2_socket *self;
    TRY(self_get(call, kind, &self));
    return wasi_p2_subscribe(call, &self->object, call->result);
}

whit_status wasi_p2_socket_get(p2_call *call, p2_kind kind,
                               wasi_socket_option option, size_t size)
{
    p2_socket *self;
    uint64_t value;
    TRY(self_get(call, kind, &self));
    wasi_error error = wasi_socket_get(&self->socket, option, &value);
    if (size == 8) {
        p2_result_u64 *out = call->result;
        P2_SOCKET_ANSWER(out, error);
        out->ok = error ? out->ok : value;
    } else if (size == 4) {
        p2_result_u32 *out = call->result;
        P2_SOCKET_ANSWER(out, error);
        out->ok = error ? out->ok : (uint32_t)value;
    } else {
        p2_result_u8 *out = call->result;
        P2_SOCKET_ANSWER(out, error);
        out->ok = error ? out->ok : (uint8_t)value;
    }
    return WHIT_OK;
}

whit_status wasi_p2_socket_set(p2_call *call, p2_kind kind,
                               wasi_socket_option option, size_t size)
{
    const struct {
        uint32_t self;
        uint8_t value;
    } *in8 = call->arguments;
    const p2_pair *in32 = call->arguments;
    const struct {
        uint32_t self;
        uint64_t value;
    } *in64 = call->arguments;
    p2_socket *self;
    TRY(self_get(call, kind, &self));
    uint64_t value = size == 8   ? in64->value
                     : size == 4 ? in32->second
                                 : in8->value;
    P2_SOCKET_ANSWER((p2_result *)call->result,
                     wasi_socket_set(&self->socket, option, value));
    return WHIT_OK;
}
