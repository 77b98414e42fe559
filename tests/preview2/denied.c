/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The network where nothing is granted; with an argument, where only port 1
 * of 127.0.0.1 is. */
#include "network.h"

static network_t network;
static error_t error;

static void nothing(void)
{
    tcp_t socket;
    udp_t datagrams;
    wasi_sockets_ip_name_lookup_own_resolve_address_stream_t found;
    command_string_t name = string_of("localhost");
    FAILS(CODE(ACCESS_DENIED), create_tcp(V4, &socket, &error));
    FAILS(CODE(ACCESS_DENIED), create_tcp(V6, &socket, &error));
    FAILS(CODE(ACCESS_DENIED), create_udp(V4, &datagrams, &error));
    FAILS(CODE(ACCESS_DENIED), wasi_sockets_ip_name_lookup_resolve_addresses(
                                   NETWORK(network), &name, &found, &error));
}

static void little(void)
{
    tcp_t socket;
    wasi_sockets_ip_name_lookup_own_resolve_address_stream_t found;
    command_string_t name = string_of("localhost");
    FAILS(CODE(ACCESS_DENIED), wasi_sockets_ip_name_lookup_resolve_addresses(
                                   NETWORK(network), &name, &found, &error));
    address_t at = v4(127, 0, 0, 1, 2);
    CHECK(create_tcp(V4, &socket, &error));
    FAILS(CODE(ACCESS_DENIED),
          tcp(start_connect)(TCP(socket), NETWORK(network), &at, &error));
    FAILS(CODE(ACCESS_DENIED),
          tcp(start_bind)(TCP(socket), NETWORK(network), &at, &error));
    at = v4(127, 0, 0, 1, 0);
    CHECK(tcp(start_bind)(TCP(socket), NETWORK(network), &at, &error));
    CHECK(tcp(finish_bind)(TCP(socket), &error));
    FAILS(CODE(ACCESS_DENIED), tcp(start_listen)(TCP(socket), &error));
    at = v4(127, 0, 0, 1, 1);
    CHECK(tcp(start_connect)(TCP(socket), NETWORK(network), &at, &error));
    drop_tcp(socket);
}

bool exports_wasi_cli_run_run(void)
{
    command_list_string_t arguments;
    wasi_cli_environment_get_arguments(&arguments);
    network = wasi_sockets_instance_network_instance_network();
    if (arguments.len > 1)
        little();
    else
        nothing();
    say(failures ? "bad\n" : "good\n");
    return !failures;
}
