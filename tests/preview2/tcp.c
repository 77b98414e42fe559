/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * TCP with itself: the states of a socket, and more bytes than buffers hold. */
#include "network.h"

enum { TOTAL = 3000000 };

typedef struct connection {
    tcp_t socket;
    input_t in;
    output_t out;
} connection;

static network_t network;
static error_t error;

static tcp_t listener_open(address_t *at)
{
    tcp_t listener;
    address_t any = v4(127, 0, 0, 1, 0);
    CHECK(create_tcp(V4, &listener, &error));
    CHECK(tcp(address_family)(TCP(listener)) == V4);
    FAILS(CODE(INVALID_STATE), tcp(local_address)(TCP(listener), at, &error));
    FAILS(CODE(INVALID_STATE), tcp(start_listen)(TCP(listener), &error));
    FAILS(CODE(NOT_IN_PROGRESS), tcp(finish_bind)(TCP(listener), &error));
    CHECK(tcp(start_bind)(TCP(listener), NETWORK(network), &any, &error));
    FAILS(CODE(INVALID_STATE), tcp(local_address)(TCP(listener), at, &error));
    FAILS(CODE(INVALID_STATE), tcp(start_listen)(TCP(listener), &error));
    block(tcp(subscribe)(TCP(listener)));
    CHECK(tcp(finish_bind)(TCP(listener), &error));
    FAILS(CODE(NOT_IN_PROGRESS), tcp(finish_bind)(TCP(listener), &error));
    FAILS(CODE(INVALID_STATE),
          tcp(start_bind)(TCP(listener), NETWORK(network), &any, &error));
    CHECK(tcp(local_address)(TCP(listener), at, &error));
    CHECK(at->val.ipv4.port != 0);
    FAILS(CODE(NOT_IN_PROGRESS), tcp(finish_listen)(TCP(listener), &error));
    CHECK(tcp(start_listen)(TCP(listener), &error));
    CHECK(!tcp(is_listening)(TCP(listener)));
    CHECK(tcp(finish_listen)(TCP(listener), &error));
    CHECK(tcp(is_listening)(TCP(listener)));
    return listener;
}

static bool accept(tcp_t listener, connection *out)
{
    wasi_sockets_tcp_tuple3_own_tcp_socket_own_input_stream_own_output_stream_t
        made;
    if (!tcp(accept)(TCP(listener), &made, &error))
        return false;
    *out = (connection){made.f0, made.f1, made.f2};
    return true;
}

static bool finish_connect(connection *out)
{
    wasi_sockets_tcp_tuple2_own_input_stream_own_output_stream_t made;
    if (!tcp(finish_connect)(TCP(out->socket), &made, &error))
        return false;
    out->in = made.f0;
    out->out = made.f1;
    return true;
}

static void connect(tcp_t listener, const address_t *at, connection *client,
                    connection *server)
{
    FAILS(CODE(WOULD_BLOCK), accept(listener, server));
    pollable_t incoming = tcp(subscribe)(TCP(listener));
    CHECK(!wasi_io_poll_method_pollable_ready(POLLABLE(incoming)));
    CHECK(create_tcp(V4, &client->socket, &error));
    FAILS(CODE(NOT_IN_PROGRESS), finish_connect(client));
    FAILS(CODE(INVALID_STATE), accept(client->socket, server));
    CHECK(
        tcp(start_connect)(TCP(client->socket), NETWORK(network), at, &error));
    FAILS(
        CODE(INVALID_STATE),
        tcp(start_connect)(TCP(client->socket), NETWORK(network), at, &error));
    block(tcp(subscribe)(TCP(client->socket)));
    CHECK(finish_connect(client));
    FAILS(CODE(NOT_IN_PROGRESS), finish_connect(client));
    block(incoming);
    CHECK(accept(listener, server));
    address_t peer;
    CHECK(tcp(remote_address)(TCP(client->socket), &peer, &error));
    CHECK(peer.val.ipv4.port == at->val.ipv4.port);
    CHECK(tcp(remote_address)(TCP(server->socket), &peer, &error));
    FAILS(CODE(INVALID_STATE),
          tcp(remote_address)(TCP(listener), &peer, &error));
}

static uint8_t chunk[65536];
static uint64_t sent, received;
static bool ended;

static void send_some(connection *from)
{
    stream_error_t failure;
    uint64_t permit;
    while (sent < TOTAL) {
        CHECK(wasi_io_streams_method_output_stream_check_write(
            OUT(from->out), &permit, &failure));
        if (!permit)
            return;
        if (permit > sizeof chunk)
            permit = sizeof chunk;
        if (permit > TOTAL - sent)
            permit = TOTAL - sent;
        for (uint64_t i = 0; i < permit; i++)
            chunk[i] = (uint8_t)((sent + i) * 7 >> 3);
        command_list_u8_t bytes = {chunk, permit};
        CHECK(wasi_io_streams_method_output_stream_write(OUT(from->out), &bytes,
                                                         &failure));
        sent += permit;
    }
    CHECK(tcp(shutdown)(TCP(from->socket), WASI_SOCKETS_TCP_SHUTDOWN_TYPE_SEND,
                        &error));
    sent++;
}

static void receive_some(connection *to)
{
    stream_error_t failure;
    command_list_u8_t bytes;
    if (!wasi_io_streams_method_input_stream_read(IN(to->in), sizeof chunk,
                                                  &bytes, &failure)) {
        CHECK(failure.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
        ended = true;
        return;
    }
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] != (uint8_t)((received + i) * 7 >> 3))
            failures++;
    received += bytes.len;
    command_list_u8_free(&bytes);
}

static void transfer(connection *from, connection *to)
{
    pollable_t writable =
        wasi_io_streams_method_output_stream_subscribe(OUT(from->out));
    pollable_t readable =
        wasi_io_streams_method_input_stream_subscribe(IN(to->in));
    while (!ended && !failures) {
        wasi_io_poll_borrow_pollable_t both[] = {POLLABLE(readable),
                                                 POLLABLE(writable)};
        wasi_io_poll_list_borrow_pollable_t list = {both,
                                                    sent <= TOTAL ? 2 : 1};
        command_list_u32_t ready;
        wasi_io_poll_poll(&list, &ready);
        CHECK(ready.len > 0);
        for (size_t i = 0; i < ready.len; i++)
            if (ready.ptr[i])
                send_some(from);
            else
                receive_some(to);
        command_list_u32_free(&ready);
    }
    CHECK(received == TOTAL);
    drop_pollable(writable);
    drop_pollable(readable);
}

static void options(tcp_t socket)
{
    uint64_t number;
    uint8_t small;
    bool on;
    CHECK(tcp(set_keep_alive_enabled)(TCP(socket), true, &error));
    CHECK(tcp(keep_alive_enabled)(TCP(socket), &on, &error) && on);
    CHECK(tcp(set_keep_alive_idle_time)(TCP(socket), 1, &error));
    CHECK(tcp(keep_alive_idle_time)(TCP(socket), &number, &error));
    CHECK(number == 1000000000);
    FAILS(CODE(INVALID_ARGUMENT),
          tcp(set_keep_alive_count)(TCP(socket), 0, &error));
    CHECK(tcp(set_hop_limit)(TCP(socket), 42, &error));
    CHECK(tcp(hop_limit)(TCP(socket), &small, &error) && small == 42);
    FAILS(CODE(INVALID_ARGUMENT), tcp(set_hop_limit)(TCP(socket), 0, &error));
    CHECK(tcp(set_send_buffer_size)(TCP(socket), 30000, &error));
    CHECK(tcp(send_buffer_size)(TCP(socket), &number, &error));
    CHECK(number == 30000);
    FAILS(CODE(INVALID_ARGUMENT),
          tcp(set_listen_backlog_size)(TCP(socket), 0, &error));
}

static void wrong_addresses(void)
{
    tcp_t socket;
    CHECK(create_tcp(V4, &socket, &error));
    address_t wrong[] = {v4(0, 0, 0, 0, 80),
                         v4(127, 0, 0, 1, 0),
                         v4(224, 0, 0, 1, 80),
                         {.tag = WASI_SOCKETS_NETWORK_IP_SOCKET_ADDRESS_IPV6}};
    for (size_t i = 0; i < 4; i++)
        FAILS(CODE(INVALID_ARGUMENT),
              tcp(start_connect)(TCP(socket), NETWORK(network), &wrong[i],
                                 &error));
    options(socket);
    drop_tcp(socket);
}

static void refused(const address_t *at)
{
    connection client;
    CHECK(create_tcp(V4, &client.socket, &error));
    CHECK(tcp(start_connect)(TCP(client.socket), NETWORK(network), at, &error));
    block(tcp(subscribe)(TCP(client.socket)));
    FAILS(CODE(CONNECTION_REFUSED), finish_connect(&client));
    FAILS(CODE(INVALID_STATE),
          tcp(start_connect)(TCP(client.socket), NETWORK(network), at, &error));
    FAILS(CODE(INVALID_STATE),
          tcp(shutdown)(TCP(client.socket), WASI_SOCKETS_TCP_SHUTDOWN_TYPE_BOTH,
                        &error));
    drop_tcp(client.socket);
}

bool exports_wasi_cli_run_run(void)
{
    connection client, server;
    address_t at;
    network = wasi_sockets_instance_network_instance_network();
    wrong_addresses();
    tcp_t listener = listener_open(&at);
    connect(listener, &at, &client, &server);
    drop_tcp(listener);
    refused(&at);
    transfer(&client, &server);
    /* Streams live on without their socket, pollables without streams. */
    drop_tcp(server.socket);
    drop_tcp(client.socket);
    CHECK(write_to(server.out, "bye"));
    pollable_t left =
        wasi_io_streams_method_input_stream_subscribe(IN(client.in));
    command_list_u8_t bytes;
    stream_error_t failure;
    CHECK(wasi_io_streams_method_input_stream_blocking_read(IN(client.in), 9,
                                                            &bytes, &failure));
    CHECK(equal(bytes, "bye"));
    command_list_u8_free(&bytes);
    drop_input(server.in);
    drop_output(server.out);
    drop_input(client.in);
    block(left); /* the end has come */
    drop_output(client.out);
    wasi_sockets_network_network_drop_own(network);
    say(failures ? "bad\n" : "good\n");
    return !failures;
}
