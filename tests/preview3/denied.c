/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Without a grant there is no network. */
#include "guest.h"

static void guest(void)
{
    enum { ACCESS_DENIED = 0 };
    wasi_sockets_types_error_code_t error = {.tag = 99};
    wasi_sockets_types_own_tcp_socket_t tcp;
    wasi_sockets_types_own_udp_socket_t udp;
    CHECK(!wasi_sockets_types_static_tcp_socket_create(0, &tcp, &error) &&
          error.tag == ACCESS_DENIED);
    error.tag = 99;
    CHECK(!wasi_sockets_types_static_udp_socket_create(1, &udp, &error) &&
          error.tag == ACCESS_DENIED);
    command_string_t name = string_of("localhost");
    wasi_sockets_ip_name_lookup_list_ip_address_t found;
    wasi_sockets_ip_name_lookup_error_code_t failed = {.tag = 99};
    CHECK(!wasi_sockets_ip_name_lookup_resolve_addresses_blocking(&name, &found,
                                                                  &failed) &&
          failed.tag == ACCESS_DENIED);
    say(failures ? "bad" : "good");
}
