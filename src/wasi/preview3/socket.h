/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of wasi:sockets share. */
#ifndef WASI_PREVIEW3_SOCKET_H
#define WASI_PREVIEW3_SOCKET_H

#include "wasi/preview2/socket.h"
#include "wasi/preview3/types.h"
#include "wasi/preview3/world.h"

p3_code wasi_p3_socket_error(wasi_error error);
/* Fills tag and error of a result<T, error-code>. */
#define P3_SOCKET_ANSWER(out, failure)                         \
    do {                                                       \
        wasi_error answer_error = (failure);                   \
        (out)->tag = answer_error ? P2_ERR : P2_OK;            \
        if (answer_error)                                      \
            (out)->error = wasi_p3_socket_error(answer_error); \
    } while (0)

/* A p3_encode. */
void wasi_p3_socket_encode(wasi_error error, void *out);

/* What TCP and UDP sockets have in common; the receiver is the first
 * argument. */
whit_status wasi_p3_socket_create(p2_call *call, p2_kind kind) WHIT_MUST_CHECK;
whit_status wasi_p3_socket_bind(p2_call *call, p2_kind kind) WHIT_MUST_CHECK;
whit_status wasi_p3_socket_address(p2_call *call, p2_kind kind,
                                   bool peer) WHIT_MUST_CHECK;
/* An option as a number of `size` bytes. */
whit_status wasi_p3_socket_get(p2_call *call, p2_kind kind,
                               wasi_socket_option option,
                               size_t size) WHIT_MUST_CHECK;
whit_status wasi_p3_socket_set(p2_call *call, p2_kind kind,
                               wasi_socket_option option,
                               size_t size) WHIT_MUST_CHECK;

#define P3_SOCKET_OPTION(kind, prefix, name, option, size)       \
    whit_status wasi_p3_##prefix##_get_##name(p2_call *call)     \
    {                                                            \
        return wasi_p3_socket_get(call, P2_##kind##_SOCKET,      \
                                  WASI_SOCKET_##option, (size)); \
    }                                                            \
    whit_status wasi_p3_##prefix##_set_##name(p2_call *call)     \
    {                                                            \
        return wasi_p3_socket_set(call, P2_##kind##_SOCKET,      \
                                  WASI_SOCKET_##option, (size)); \
    }

#endif
