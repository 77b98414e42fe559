/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * UDP with itself, and names. */
#include "network.h"

typedef wasi_sockets_udp_own_incoming_datagram_stream_t incoming_t;
typedef wasi_sockets_udp_own_outgoing_datagram_stream_t outgoing_t;
#define INCOMING(x) wasi_sockets_udp_borrow_incoming_datagram_stream(x)
#define OUTGOING(x) wasi_sockets_udp_borrow_outgoing_datagram_stream(x)
#define incoming(name) wasi_sockets_udp_method_incoming_datagram_stream_##name
#define outgoing(name) wasi_sockets_udp_method_outgoing_datagram_stream_##name

#define STREAMS                                                \
    JOIN(wasi_sockets_udp_tuple2_own_incoming_datagram_stream, \
         _own_outgoing_datagram_stream_t)
#define NEXT_ADDRESS                                                \
    JOIN(wasi_sockets_ip_name_lookup_method_resolve_address_stream, \
         _resolve_next_address)

static network_t network;
static error_t error;

static void streams(udp_t socket, const address_t *peer, incoming_t *in,
                    outgoing_t *out)
{
    STREAMS
    made;
    CHECK(udp(stream)(UDP(socket), (address_t *)peer, &made, &error));
    *in = made.f0;
    *out = made.f1;
}

static udp_t open(address_t *at)
{
    udp_t socket;
    address_t any = v4(127, 0, 0, 1, 0);
    STREAMS
    none;
    CHECK(create_udp(V4, &socket, &error));
    FAILS(CODE(INVALID_STATE), udp(stream)(UDP(socket), NULL, &none, &error));
    CHECK(udp(start_bind)(UDP(socket), NETWORK(network), &any, &error));
    CHECK(udp(finish_bind)(UDP(socket), &error));
    CHECK(udp(local_address)(UDP(socket), at, &error));
    return socket;
}

static bool send(outgoing_t out, const char *text, const address_t *to,
                 uint64_t *count)
{
    wasi_sockets_udp_outgoing_datagram_t item = {.data = bytes_of(text)};
    item.remote_address.is_some = to != NULL;
    if (to)
        item.remote_address.val = *to;
    wasi_sockets_udp_list_outgoing_datagram_t list = {&item, 1};
    uint64_t permit;
    CHECK(outgoing(check_send)(OUTGOING(out), &permit, &error));
    CHECK(permit > 0);
    return outgoing(send)(OUTGOING(out), &list, count, &error);
}

static void names(void)
{
    wasi_sockets_ip_name_lookup_own_resolve_address_stream_t found;
    wasi_sockets_ip_name_lookup_option_ip_address_t answer;
    command_string_t name = string_of("localhost");
    CHECK(wasi_sockets_ip_name_lookup_resolve_addresses(NETWORK(network), &name,
                                                        &found, &error));
    block(wasi_sockets_ip_name_lookup_method_resolve_address_stream_subscribe(
        wasi_sockets_ip_name_lookup_borrow_resolve_address_stream(found)));
    int count = 0;
    for (;; count++) {
        CHECK(NEXT_ADDRESS(
            wasi_sockets_ip_name_lookup_borrow_resolve_address_stream(found),
            &answer, &error));
        if (!answer.is_some)
            break;
    }
    CHECK(count > 0);
    wasi_sockets_ip_name_lookup_resolve_address_stream_drop_own(found);
    name = string_of("no name");
    FAILS(CODE(INVALID_ARGUMENT), wasi_sockets_ip_name_lookup_resolve_addresses(
                                      NETWORK(network), &name, &found, &error));
}

bool exports_wasi_cli_run_run(void)
{
    address_t at_a, at_b, peer;
    incoming_t in_a, in_b;
    outgoing_t out_a, out_b;
    uint64_t count;
    wasi_sockets_udp_list_incoming_datagram_t got;
    network = wasi_sockets_instance_network_instance_network();
    udp_t a = open(&at_a), b = open(&at_b);
    streams(a, NULL, &in_a, &out_a);
    streams(b, NULL, &in_b, &out_b);
    CHECK(incoming(receive)(INCOMING(in_b), 9, &got, &error));
    CHECK(got.len == 0);
    wasi_sockets_udp_list_incoming_datagram_free(&got);
    FAILS(CODE(INVALID_ARGUMENT), send(out_a, "one", NULL, &count));
    CHECK(send(out_a, "one", &at_b, &count) && count == 1);
    CHECK(send(out_a, "", &at_b, &count) && count == 1);
    block(incoming(subscribe)(INCOMING(in_b)));
    CHECK(incoming(receive)(INCOMING(in_b), 9, &got, &error));
    CHECK(got.len == 2 && equal(got.ptr[0].data, "one"));
    CHECK(got.ptr[1].data.len == 0);
    CHECK(got.ptr[0].remote_address.val.ipv4.port == at_a.val.ipv4.port);
    wasi_sockets_udp_list_incoming_datagram_free(&got);
    /* With a peer. */
    wasi_sockets_udp_incoming_datagram_stream_drop_own(in_a);
    wasi_sockets_udp_outgoing_datagram_stream_drop_own(out_a);
    FAILS(CODE(INVALID_STATE), udp(remote_address)(UDP(a), &peer, &error));
    streams(a, &at_b, &in_a, &out_a);
    CHECK(udp(remote_address)(UDP(a), &peer, &error));
    CHECK(send(out_a, "two", NULL, &count) && count == 1);
    FAILS(CODE(INVALID_ARGUMENT), send(out_a, "two", &at_a, &count));
    /* Streams keep their socket. */
    drop_udp(a);
    drop_udp(b);
    block(incoming(subscribe)(INCOMING(in_b)));
    CHECK(incoming(receive)(INCOMING(in_b), 9, &got, &error));
    CHECK(got.len == 1 && equal(got.ptr[0].data, "two"));
    wasi_sockets_udp_list_incoming_datagram_free(&got);
    wasi_sockets_udp_incoming_datagram_stream_drop_own(in_a);
    wasi_sockets_udp_outgoing_datagram_stream_drop_own(out_a);
    wasi_sockets_udp_incoming_datagram_stream_drop_own(in_b);
    wasi_sockets_udp_outgoing_datagram_stream_drop_own(out_b);
    names();
    wasi_sockets_network_network_drop_own(network);
    say(failures ? "bad\n" : "good\n");
    return !failures;
}
