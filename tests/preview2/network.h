/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Short names for guests that use the network. */
#ifndef NETWORK_H
#define NETWORK_H

#include "guest.h"

typedef wasi_sockets_network_own_network_t network_t;
typedef wasi_sockets_network_error_code_t error_t;
typedef wasi_sockets_network_ip_socket_address_t address_t;
typedef wasi_sockets_tcp_own_tcp_socket_t tcp_t;
typedef wasi_sockets_udp_own_udp_socket_t udp_t;

#define CODE(name) WASI_SOCKETS_NETWORK_ERROR_CODE_##name
#define V4 WASI_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV4
#define V6 WASI_SOCKETS_NETWORK_IP_ADDRESS_FAMILY_IPV6
#define NETWORK(x) wasi_sockets_network_borrow_network(x)
#define TCP(x) wasi_sockets_tcp_borrow_tcp_socket(x)
#define UDP(x) wasi_sockets_udp_borrow_udp_socket(x)
#define tcp(name) wasi_sockets_tcp_method_tcp_socket_##name
#define udp(name) wasi_sockets_udp_method_udp_socket_##name
#define drop_tcp wasi_sockets_tcp_tcp_socket_drop_own
#define drop_udp wasi_sockets_udp_udp_socket_drop_own
#define create_tcp wasi_sockets_tcp_create_socket_create_tcp_socket
#define create_udp wasi_sockets_udp_create_socket_create_udp_socket

static inline address_t v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d,
                           uint16_t port)
{
    address_t out = {.tag = WASI_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV4};
    out.val.ipv4.port = port;
    out.val.ipv4.address.f0 = a;
    out.val.ipv4.address.f1 = b;
    out.val.ipv4.address.f2 = c;
    out.val.ipv4.address.f3 = d;
    return out;
}

#endif
