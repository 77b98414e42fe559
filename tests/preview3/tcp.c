/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * TCP and UDP on the machine itself: streams with backpressure, ends dropped
 * in every order, cancelled waits, failures by the future. */
#include "guest.h"

#define TCP(x) wasi_sockets_types_borrow_tcp_socket(x)
#define UDP(x) wasi_sockets_types_borrow_udp_socket(x)
#define METHOD(name) JOIN(wasi_sockets_types_method_tcp_socket_, name)
#define drop_socket wasi_sockets_types_tcp_socket_drop_own
#define ACCEPT(verb) JOIN(wasi_sockets_types_stream_own_tcp_socket_, verb)
enum { INVALID_STATE = 5, CONNECTION_REFUSED = 9 };

#define RECEIVED(t)                                 \
    JOIN(wasi_sockets_types_result_tuple2_list_u8_, \
         ip_socket_address_error_code_##t)

typedef wasi_sockets_types_own_tcp_socket_t tcp_t;
typedef wasi_sockets_types_ip_socket_address_t address_t;
typedef wasi_sockets_types_tuple2_stream_u8_future_result_void_error_code_t
    reading_t;

static wasi_sockets_types_error_code_t error;
static uint8_t block[100000];

static address_t local(void)
{
    address_t address = {.tag = 0};
    address.val.ipv4.address.f0 = 127;
    address.val.ipv4.address.f3 = 1;
    return address;
}

static tcp_t listener(stream_t *accept, address_t *address)
{
    tcp_t made = {0};
    *address = local();
    CHECK(wasi_sockets_types_static_tcp_socket_create(0, &made, &error));
    CHECK(METHOD(bind)(TCP(made), address, &error));
    CHECK(METHOD(listen)(TCP(made), accept, &error));
    CHECK(METHOD(get_local_address)(TCP(made), address, &error));
    return made;
}

static tcp_t connect_to(const address_t *address)
{
    tcp_t made = {0};
    CHECK(wasi_sockets_types_static_tcp_socket_create(0, &made, &error));
    CHECK(METHOD(connect_blocking)(TCP(made), address, &error));
    return made;
}

static reading_t receive(tcp_t socket)
{
    reading_t pair;
    METHOD(receive)(TCP(socket), &pair);
    return pair;
}

/* Nobody reads: at some point nothing more is taken. Then all of it comes. */
static void backpressure(tcp_t from, tcp_t to)
{
    writer_t writer;
    stream_t data = command_stream_u8_new(&writer);
    uint32_t future = METHOD(send)(TCP(from), data);
    size_t sent = 0, got = 0;
    command_waitable_status_t status;
    for (;;) {
        status = command_stream_u8_write(writer, block, sizeof block);
        if (status == BLOCKED) {
            wasi_clocks_monotonic_clock_wait_for_blocking(20000000);
            status = command_stream_u8_cancel_write(writer);
            sent += COUNT(status);
            if (STATE(status) == CANCELLED && COUNT(status) == 0)
                break;
            continue;
        }
        sent += COUNT(status);
        CHECK(STATE(status) == COMPLETED && sent < 1u << 28);
        if (failures)
            return;
    }
    command_stream_u8_drop_writable(writer);
    reading_t pair = receive(to);
    do {
        status = command_stream_u8_read_blocking(pair.f0, block, sizeof block);
        got += COUNT(status);
    } while (STATE(status) == COMPLETED);
    CHECK(got == sent);
    CHECK(ANSWER(sockets_types, future) == OK);
    CHECK(ANSWER(sockets_types, pair.f1) == OK);
    command_stream_u8_drop_readable(pair.f0);
    pair = receive(to); /* had its stream */
    CHECK(STATE(command_stream_u8_read_blocking(pair.f0, block, 1)) == DROPPED);
    CHECK(ANSWER(sockets_types, pair.f1) == INVALID_STATE);
    command_stream_u8_drop_readable(pair.f0);
}

static void streams(void)
{
    stream_t accept;
    address_t address;
    tcp_t server = listener(&accept, &address), accepted = {0};
    /* An accept that is cancelled is no accept. */
    CHECK(ACCEPT(read)(accept, &accepted, 1) == BLOCKED);
    CHECK(STATE(ACCEPT(cancel_read)(accept)) == CANCELLED);
    tcp_t client = connect_to(&address);
    CHECK(COUNT(ACCEPT(read_blocking)(accept, &accepted, 1)) == 1);
    backpressure(client, accepted);
    /* The listener goes first, then its stream. */
    drop_socket(server);
    CHECK(ACCEPT(read)(accept, &server, 1) == BLOCKED);
    CHECK(STATE(ACCEPT(cancel_read)(accept)) == CANCELLED);
    ACCEPT(drop_readable)(accept);
    /* The sockets before their streams. */
    reading_t pair = receive(client);
    writer_t writer;
    uint32_t future =
        METHOD(send)(TCP(accepted), command_stream_u8_new(&writer));
    drop_socket(client);
    drop_socket(accepted);
    CHECK(write_all(writer, (const uint8_t *)"late", 4) == 4);
    CHECK(equal(block, read_all(pair.f0, block, 4), "late"));
    command_stream_u8_drop_writable(writer);
    CHECK(read_some(pair.f0, block, 1) == 0);
    command_stream_u8_drop_readable(pair.f0);
    CHECK(ANSWER(sockets_types, pair.f1) == OK);
    CHECK(ANSWER(sockets_types, future) == OK);
    client = (tcp_t){0};
    CHECK(wasi_sockets_types_static_tcp_socket_create(0, &client, &error));
    CHECK(!METHOD(connect_blocking)(TCP(client), &address, &error) &&
          error.tag == CONNECTION_REFUSED);
    drop_socket(client);
}

static void datagrams(void)
{
    wasi_sockets_types_own_udp_socket_t a = {0}, b = {0};
    address_t address = local(), from;
    wasi_sockets_types_tuple2_list_u8_ip_socket_address_t got;
    CHECK(wasi_sockets_types_static_udp_socket_create(0, &a, &error));
    CHECK(wasi_sockets_types_static_udp_socket_create(0, &b, &error));
    CHECK(wasi_sockets_types_method_udp_socket_bind(UDP(a), &address, &error));
    CHECK(wasi_sockets_types_method_udp_socket_get_local_address(
        UDP(a), &address, &error));
    /* A receive that waits, cancelled; the next one gets the datagram. */
    static RECEIVED(t) result;
    command_subtask_status_t wait =
        wasi_sockets_types_method_udp_socket_receive(UDP(a), &result);
    CHECK(COMMAND_SUBTASK_STATE(wait) == COMMAND_SUBTASK_STARTED);
    CHECK(COMMAND_SUBTASK_STATE(command_subtask_cancel(COMMAND_SUBTASK_HANDLE(
              wait))) == COMMAND_SUBTASK_RETURNED_CANCELLED);
    command_subtask_drop(COMMAND_SUBTASK_HANDLE(wait));
    CHECK(
        wasi_sockets_types_method_udp_socket_connect(UDP(b), &address, &error));
    CHECK(wasi_sockets_types_method_udp_socket_get_local_address(UDP(b), &from,
                                                                 &error));
    command_list_u8_t data = {(uint8_t *)(uintptr_t)"ping", 4};
    CHECK(wasi_sockets_types_method_udp_socket_send_blocking(UDP(b), &data,
                                                             NULL, &error));
    CHECK(wasi_sockets_types_method_udp_socket_receive_blocking(UDP(a), &got,
                                                                &error));
    CHECK(equal(got.f0.ptr, got.f0.len, "ping"));
    CHECK(got.f1.val.ipv4.port == from.val.ipv4.port);
    CHECK(wasi_sockets_types_method_udp_socket_disconnect(UDP(b), &error));
    CHECK(!wasi_sockets_types_method_udp_socket_disconnect(UDP(b), &error) &&
          error.tag == INVALID_STATE);
    wasi_sockets_types_udp_socket_drop_own(a);
    wasi_sockets_types_udp_socket_drop_own(b);
}

static void guest(void)
{
    streams();
    datagrams();
    command_string_t name = string_of("localhost");
    wasi_sockets_ip_name_lookup_list_ip_address_t found;
    wasi_sockets_ip_name_lookup_error_code_t failed;
    CHECK(wasi_sockets_ip_name_lookup_resolve_addresses_blocking(&name, &found,
                                                                 &failed));
    CHECK(found.len > 0);
    say(failures ? "bad" : "good");
}
