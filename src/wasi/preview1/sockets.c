/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions on sockets. */
#include "wasi/preview1/call.h"

p1_errno wasi_p1_sock_accept(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *socket, *made;
    uint8_t *result;
    uint32_t number;
    if (args[1].u32 & ~P1_FDFLAGS)
        return P1_INVAL;
    P1_TRY(wasi_p1_bytes(call, args[2].u32, 4, &result));
    P1_TRY(
        wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(SOCK_ACCEPT), &socket));
    wasi_error error =
        wasi_socket_accept(socket, args[1].u32, &call->wait, &made);
    wasi_descriptor_release(socket);
    P1_TRY(wasi_p1_errno(error));
    P1_TRY(wasi_p1_errno(wasi_table_add(&call->system->table, made, &number)));
    wasi_p1_put32(result, number);
    return P1_SUCCESS;
}

p1_errno wasi_p1_sock_recv(p1_call *call, const rt_slot *args)
{
    enum { PEEK = 1, WAIT_ALL = 2, TRUNCATED = 1 };
    wasi_descriptor *socket;
    p1_vectors vectors;
    uint8_t *result, *flags;
    if (args[3].u32 & ~(uint32_t)(PEEK | WAIT_ALL))
        return P1_INVAL;
    P1_TRY(wasi_p1_bytes(call, args[4].u32, 4, &result));
    P1_TRY(wasi_p1_bytes(call, args[5].u32, 2, &flags));
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_READ), &socket));
    p1_errno bad = wasi_p1_vectors(call, args[1].u32, args[2].u32, &vectors);
    if (!bad) {
        size_t size;
        bool truncated;
        bad = wasi_p1_errno(wasi_socket_receive(
            socket, vectors.items, vectors.count, args[3].u32 & PEEK,
            args[3].u32 & WAIT_ALL, &call->wait, &size, &truncated));
        if (!bad) {
            wasi_p1_put32(result, (uint32_t)size);
            wasi_p1_put16(flags, truncated ? TRUNCATED : 0);
        }
        wasi_p1_vectors_release(&vectors);
    }
    wasi_descriptor_release(socket);
    return bad;
}

p1_errno wasi_p1_sock_send(p1_call *call, const rt_slot *args)
{
    wasi_descriptor *socket;
    p1_vectors vectors;
    uint8_t *result;
    if (args[3].u32)
        return P1_INVAL;
    P1_TRY(wasi_p1_bytes(call, args[4].u32, 4, &result));
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(FD_WRITE), &socket));
    p1_errno bad = wasi_p1_vectors(call, args[1].u32, args[2].u32, &vectors);
    if (!bad) {
        size_t size;
        bad = wasi_p1_errno(wasi_socket_send(
            socket, vectors.items, vectors.count, &call->wait, &size));
        if (!bad)
            wasi_p1_put32(result, (uint32_t)size);
        wasi_p1_vectors_release(&vectors);
    }
    wasi_descriptor_release(socket);
    return bad;
}

p1_errno wasi_p1_sock_shutdown(p1_call *call, const rt_slot *args)
{
    enum { READ = 1, WRITE = 2 };
    wasi_descriptor *socket;
    if (args[1].u32 & ~(uint32_t)(READ | WRITE))
        return P1_INVAL;
    P1_TRY(wasi_p1_descriptor(call, args[0].u32, P1_RIGHT(SOCK_SHUTDOWN),
                              &socket));
    wasi_error error =
        wasi_socket_shutdown(socket, args[1].u32 & READ, args[1].u32 & WRITE);
    wasi_descriptor_release(socket);
    return wasi_p1_errno(error);
}
