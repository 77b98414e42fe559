/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * wasi:sockets: ip-name-lookup, and what TCP and UDP share. */
#include <string.h>

#include "base/memory.h"
#include "wasi/preview3/socket.h"

p3_code wasi_p3_socket_error(wasi_error error)
{
    static const uint8_t codes[WASI_ERROR_COUNT] = {
#define X(name, code) [WASI_ERROR_##name] = (code) + 1,
#include "wasi/preview3/socket_errors.def"
#undef X
    };
    enum { OTHER = 14 };
    return (p3_code){.tag = codes[error] ? (uint8_t)(codes[error] - 1) : OTHER};
}

void wasi_p3_socket_encode(wasi_error error, void *out)
{
    P3_SOCKET_ANSWER((p3_result *)out, error);
}

/* ---- ip-name-lookup ---- */

static uint8_t lookup_code(wasi_error error)
{
    enum { ACCESS, INVALID, UNRESOLVABLE, TEMPORARY, PERMANENT, OTHER };
    return error == WASI_ERROR_ACCES   ? ACCESS
           : error == WASI_ERROR_INVAL ? INVALID
           : error == WASI_ERROR_NOENT ? UNRESOLVABLE
           : error == WASI_ERROR_AGAIN ? TEMPORARY
           : error == WASI_ERROR_IO    ? PERMANENT
                                       : OTHER;
}

static p2_ip_address ip_of(const wasi_address *address)
{
    p2_socket_address whole;
    p2_ip_address out = {.tag = address->v6 ? P2_IPV6 : P2_IPV4};
    wasi_p2_address_write(address, &whole);
    if (address->v6)
        memcpy(out.v6, whole.v6.address, sizeof out.v6);
    else
        memcpy(out.v4, whole.v4.address, sizeof out.v4);
    return out;
}

whit_status wasi_p3_ip_name_lookup_resolve_addresses(p2_call *call)
{
    const p2_list *in = call->arguments;
    p3_result_list *out = call->result;
    wasi_address *found;
    size_t count;
    wasi_error error =
        wasi_network_lookup(&call->world->system->network,
                            slice_of(in->data, in->length), &found, &count);
    if (error) {
        out->tag = P2_ERR;
        out->error = (p3_code){.tag = lookup_code(error)};
        return WHIT_OK;
    }
    p2_ip_address *items = wasi_p2_alloc(call, count * sizeof *items);
    for (size_t i = 0; items && i < count; i++)
        items[i] = ip_of(&found[i]);
    mem_free(found);
    TRY_ALLOC(items, call->error);
    out->ok = (p2_list){items, count};
    return WHIT_OK;
}

/* ---- Sockets ---- */

static whit_status self_get(p2_call *call, p2_kind kind, p2_socket **out)
{
    return wasi_p2_get(call, wasi_p2_self(call), kind, out);
}

whit_status wasi_p3_socket_create(p2_call *call, p2_kind kind)
{
    p3_result_u32 *out = call->result;
    uint8_t family = *(const uint8_t *)call->arguments;
    p2_socket *made = NULL;
    wasi_error error = wasi_p2_socket_new(call->world, kind, &made);
    if (!error)
        error = wasi_socket_init(&made->socket, &call->world->system->network,
                                 family == P2_IPV6, kind == P2_UDP_SOCKET);
    P3_SOCKET_ANSWER(out, error);
    if (!error)
        return wasi_p2_give(call, &made->object, &out->ok);
    if (made)
        wasi_p2_object_release(&made->object);
    return WHIT_OK;
}

whit_status wasi_p3_socket_bind(p2_call *call, p2_kind kind)
{
    const struct {
        uint32_t self;
        p2_socket_address address;
    } *in = call->arguments;
    p2_socket *self;
    TRY(self_get(call, kind, &self));
    wasi_address address = wasi_p2_address_read(&in->address);
    P3_SOCKET_ANSWER((p3_result *)call->result,
                     wasi_socket_bind(&self->socket, &address));
    return WHIT_OK;
}

whit_status wasi_p3_socket_address(p2_call *call, p2_kind kind, bool peer)
{
    p3_result_socket_address *out = call->result;
    p2_socket *self;
    wasi_address address;
    TRY(self_get(call, kind, &self));
    wasi_error error = peer ? wasi_socket_peer(&self->socket, &address)
                            : wasi_socket_local(&self->socket, &address);
    P3_SOCKET_ANSWER(out, error);
    if (!error)
        wasi_p2_address_write(&address, &out->ok);
    return WHIT_OK;
}

whit_status wasi_p3_socket_get(p2_call *call, p2_kind kind,
                               wasi_socket_option option, size_t size)
{
    p2_socket *self;
    uint64_t value;
    TRY(self_get(call, kind, &self));
    wasi_error error = wasi_socket_get(&self->socket, option, &value);
    P3_SOCKET_ANSWER((p3_result *)call->result, error);
    if (error)
        return WHIT_OK;
    if (size == 8)
        ((p3_result_u64 *)call->result)->ok = value;
    else if (size == 4)
        ((p3_result_u32 *)call->result)->ok = (uint32_t)value;
    else
        ((p3_result_u8 *)call->result)->ok = (uint8_t)value;
    return WHIT_OK;
}

whit_status wasi_p3_socket_set(p2_call *call, p2_kind kind,
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
    P3_SOCKET_ANSWER((p3_result *)call->result,
                     wasi_socket_set(&self->socket, option, value));
    return WHIT_OK;
}
