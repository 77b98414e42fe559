/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The network's rules, sockets that guests make, and the reactor. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "test.h"
#include "wasi/system.h"
#include "wasi/system_socket.h"

static wasi_address address(const char *text, uint16_t port)
{
    wasi_address out = {.port = port};
    if (inet_pton(AF_INET, text, out.bytes) == 1)
        return out;
    out.v6 = true;
    CHECK_INT(inet_pton(AF_INET6, text, out.bytes), 1);
    return out;
}

static wasi_network network;

static void allow(const char *rule)
{
    whit_error error = {0};
    CHECK_INT(wasi_network_allow(&network, slice_text(rule), &error), WHIT_OK);
}

static bool may_connect(const char *text, uint16_t port)
{
    wasi_address to = address(text, port);
    return wasi_network_may_connect(&network, &to);
}

static bool may_listen(const char *text, uint16_t port)
{
    wasi_address local = address(text, port);
    return wasi_network_may_listen(&network, &local);
}

/* ---- Rules ---- */

TEST(nothing_is_granted_at_first)
{
    wasi_network_init(&network);
    CHECK(!wasi_network_enabled(&network));
    CHECK(!may_connect("127.0.0.1", 80));
    CHECK(!may_listen("0.0.0.0", 0));
    wasi_socket socket;
    CHECK_INT(wasi_socket_init(&socket, &network, false, false),
              WASI_ERROR_ACCES);
    wasi_address *answers;
    size_t count;
    CHECK_INT(wasi_network_lookup(&network, slice_text("127.0.0.1"), &answers,
                                  &count),
              WASI_ERROR_ACCES);
    wasi_socket_release(&socket);
    wasi_network_release(&network);
}

TEST(everything)
{
    static const char *const rules[] = {"", "*"};
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        wasi_network_init(&network);
        allow(rules[i]);
        CHECK(may_connect("127.0.0.1", 80));
        CHECK(may_connect("::1", 80));
        CHECK(may_listen("0.0.0.0", 0));
        CHECK(may_listen("::", 80));
        wasi_network_release(&network);
    }
}

TEST(addresses_and_ports)
{
    wasi_network_init(&network);
    allow("10.1.2.3:80");
    allow("192.168.0.0/20");
    allow("[fd00::]/9:443");
    allow("fe80::1");
    allow("*:53");
    CHECK(may_connect("10.1.2.3", 80));
    CHECK(!may_connect("10.1.2.3", 81));
    CHECK(!may_connect("10.1.2.4", 80));
    CHECK(may_connect("192.168.15.255", 1));
    CHECK(!may_connect("192.168.16.0", 1));
    CHECK(may_connect("fd7f::9", 443));
    CHECK(!may_connect("fd80::9", 443));
    CHECK(!may_connect("fd7f::9", 80));
    CHECK(may_connect("fe80::1", 9));
    CHECK(may_connect("8.8.8.8", 53));
    CHECK(!may_connect("8.8.8.8", 54));
    /* The bytes of a v4 address are no beginning of a v6 one. */
    CHECK(!may_connect("0a01:0203::", 80));
    /* To connect is not to listen. */
    CHECK(!may_listen("10.1.2.3", 80));
    CHECK(!may_listen("0.0.0.0", 53));
    wasi_network_release(&network);
}

TEST(listening)
{
    wasi_network_init(&network);
    allow(":8080");
    allow("listen=127.0.0.1:*");
    allow("listen=[::1]:9");
    CHECK(may_listen("0.0.0.0", 8080));
    CHECK(may_listen("::", 8080));
    CHECK(!may_listen("0.0.0.0", 8081));
    CHECK(!may_listen("0.0.0.0", 0));
    CHECK(may_listen("127.0.0.1", 1234));
    CHECK(may_listen("127.0.0.1", 0));
    CHECK(may_listen("::1", 9));
    CHECK(!may_listen("::1", 10));
    CHECK(!may_connect("127.0.0.1", 8080));
    wasi_network_release(&network);
}

TEST(what_is_no_rule)
{
    static const char *const wrong[] = {
        "a b",
        "host:",
        "host:70000",
        "host:-1",
        "host:8x",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4/33",
        "1.2.3.4/",
        "::1/129",
        "[::1",
        "[::1]80",
        "[name]:80",
        "name/8",
        "listen=name:80",
        "listen=1.2.3.4",
        ":",
        ".name",
        "a..b",
        "*name",
        "http://a/",
        "a:80:90",
        "::ffff:1.2.3.4",
        "[::ffff:1.2.3.4]:80",
        "999.1.1.1",
        "listen=",
        "-a",
        "a,b",
    };
    wasi_network_init(&network);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        whit_error error = {0};
        whit_status status =
            wasi_network_allow(&network, slice_text(wrong[i]), &error);
        if (status != WHIT_ARGUMENT)
            printf("taken: %s\n", wrong[i]);
        CHECK_INT(status, WHIT_ARGUMENT);
    }
    whit_error error = {0};
    CHECK_INT(wasi_network_allow(&network, slice_of("a\0b", 3), &error),
              WHIT_ARGUMENT);
    char text[600];
    memset(text, 'a', sizeof text);
    CHECK_INT(wasi_network_allow(&network, slice_of(text, sizeof text), &error),
              WHIT_ARGUMENT);
    wasi_network_release(&network);
}

/* Whatever a rule says, it does not grant what no part of it names. */
TEST(rules_of_random_letters)
{
    static const char letters[] = "1:.*/[]=f0a2listen,-% ";
    uint32_t random = 1;
    size_t taken = 0;
    for (int i = 0; i < 30000; i++) {
        char text[16];
        size_t size = 1 + (random >> 16) % (sizeof text - 1);
        for (size_t j = 0; j < size; j++) {
            random = random * 1664525 + 1013904223;
            text[j] = letters[(random >> 16) % (sizeof letters - 1)];
        }
        whit_error error;
        wasi_network_init(&network);
        if (wasi_network_allow(&network, slice_of(text, size), &error) ==
            WHIT_OK) {
            bool star = memchr(text, '*', size) != NULL;
            bool wide = memchr(text, '/', size) != NULL;
            taken++;
            CHECK(star || wide || !may_connect("77.66.55.44", 3333));
            CHECK(star || !may_listen("77.66.55.44", 3333));
        }
        wasi_network_release(&network);
    }
    CHECK(taken > 100);
}

TEST(lists_have_no_empty_rules)
{
    wasi_system *system;
    whit_error error = {0};
    CHECK_INT(wasi_system_new(&system, &error), WHIT_OK);
    CHECK_INT(wasi_system_allow_network(system, slice_text("a:80,"), &error),
              WHIT_ARGUMENT);
    CHECK_INT(wasi_system_allow_network(system, slice_text(",a"), &error),
              WHIT_ARGUMENT);
    CHECK_INT(wasi_system_allow_network(system, slice_text("a,,b"), &error),
              WHIT_ARGUMENT);
    wasi_address to = address("1.2.3.4", 5);
    CHECK(!wasi_network_may_connect(&system->network, &to));
    CHECK_INT(
        wasi_system_allow_network(system, slice_text("a,1.2.3.4:5"), &error),
        WHIT_OK);
    CHECK(wasi_network_may_connect(&system->network, &to));
    wasi_system_release(system);
}

/* ---- Names ---- */

static wasi_error lookup(const char *name, size_t *count)
{
    wasi_address *answers;
    wasi_error error =
        wasi_network_lookup(&network, slice_text(name), &answers, count);
    CHECK((error == WASI_OK) == (*count != 0));
    mem_free(answers);
    return error;
}

TEST(a_name_grants_what_its_lookup_gave)
{
    size_t count;
    wasi_network_init(&network);
    allow("localhost:80");
    CHECK(!may_connect("127.0.0.1", 80));
    CHECK_INT(lookup("example.invalid", &count), WASI_ERROR_ACCES);
    CHECK_INT(lookup("notlocalhost", &count), WASI_ERROR_ACCES);
    CHECK_INT(lookup("LocalHost.", &count), WASI_OK);
    CHECK(may_connect("127.0.0.1", 80));
    CHECK(!may_connect("127.0.0.1", 81));
    CHECK(!may_connect("127.0.0.2", 80));
    wasi_network_release(&network);
}

TEST(addresses_are_their_own_answers)
{
    size_t count;
    wasi_network_init(&network);
    allow("10.0.0.1");
    CHECK_INT(lookup("1.2.3.4", &count), WASI_OK);
    CHECK_INT(count, 1);
    CHECK_INT(lookup("::1", &count), WASI_OK);
    CHECK(!may_connect("1.2.3.4", 1)); /* which grants nothing */
    CHECK(!may_connect("::1", 1));
    CHECK_INT(lookup("::ffff:1.2.3.4", &count), WASI_ERROR_INVAL);
    CHECK_INT(lookup("", &count), WASI_ERROR_INVAL);
    CHECK_INT(lookup("a b", &count), WASI_ERROR_INVAL);
    CHECK_INT(lookup("\xc3\xa4.de", &count), WASI_ERROR_INVAL);
    CHECK_INT(lookup("a.example", &count), WASI_ERROR_ACCES);
    wasi_network_release(&network);
}

/* The name of this machine often has an address of the loopback network, as
 * an answer of a hostile server might. */
TEST(a_name_does_not_grant_the_machine_itself)
{
    size_t count;
    wasi_address *answers;
    char name[256] = "";
    wasi_network_init(&network);
    gethostname(name, sizeof name - 1);
    allow(name);
    wasi_error error =
        wasi_network_lookup(&network, slice_text(name), &answers, &count);
    for (size_t i = 0; i < count; i++)
        CHECK(answers[i].v6 || answers[i].bytes[0] != 127);
    CHECK(error != WASI_ERROR_ACCES || !*name);
    CHECK(!may_connect("127.0.0.1", 80) || !strcmp(name, "localhost"));
    mem_free(answers);
    wasi_network_release(&network);
}

TEST(addresses_of_several_forms)
{
    wasi_address a = address("::ffff:1.2.3.4", 0);
    CHECK(wasi_address_is_mapped(&a));
    a = address("::1.2.3.4", 0);
    CHECK(wasi_address_is_mapped(&a));
    a = address("::1", 0);
    CHECK(!wasi_address_is_mapped(&a));
    a = address("::", 0);
    CHECK(!wasi_address_is_mapped(&a));
    CHECK(wasi_address_is_unspecified(&a));
    a = address("224.0.0.1", 0);
    CHECK(wasi_address_is_multicast(&a));
    a = address("255.255.255.255", 0);
    CHECK(wasi_address_is_multicast(&a));
    a = address("ff02::1", 0);
    CHECK(wasi_address_is_multicast(&a));
    a = address("fe80::1", 7);
    a.scope = 3;
    a.flow = 5;
    struct sockaddr_storage host;
    wasi_address back;
    CHECK_INT(wasi_address_to_host(&a, &host), sizeof(struct sockaddr_in6));
    CHECK(wasi_address_from_host(&back, &host));
    CHECK(wasi_address_equal(&a, &back));
    CHECK_INT(back.flow, 5);
    host.ss_family = AF_UNIX;
    CHECK(!wasi_address_from_host(&back, &host));
}

/* ---- TCP ---- */

static void wait_for(const wasi_socket *socket, short events)
{
    struct pollfd item = {.fd = socket->descriptor->host, .events = events};
    CHECK_INT(poll(&item, 1, 5000), 1);
}

/* A listening socket on a port of the system's choice. */
static wasi_address listener_open(wasi_socket *listener)
{
    wasi_address local = address("127.0.0.1", 0);
    CHECK_INT(wasi_socket_init(listener, &network, false, false), WASI_OK);
    CHECK_INT(wasi_socket_local(listener, &local), WASI_ERROR_NOTCONN);
    CHECK_INT(wasi_socket_bind(listener, &local), WASI_OK);
    CHECK_INT(wasi_socket_bind(listener, &local), WASI_ERROR_ISCONN);
    CHECK_INT(wasi_tcp_listen(listener), WASI_OK);
    CHECK_INT(wasi_tcp_listen(listener), WASI_ERROR_ISCONN);
    CHECK_INT(wasi_socket_local(listener, &local), WASI_OK);
    CHECK(local.port != 0);
    return local;
}

TEST(tcp_connects_and_talks)
{
    wasi_socket listener, client, server;
    wasi_address peer;
    char text[8] = "";
    size_t size;
    wasi_network_init(&network);
    allow("*");
    wasi_address local = listener_open(&listener);
    CHECK_INT(wasi_tcp_accept(&listener, &server), WASI_ERROR_AGAIN);
    CHECK_INT(wasi_socket_init(&client, &network, false, false), WASI_OK);
    CHECK_INT(wasi_tcp_connect_finish(&client), WASI_ERROR_NOTCONN);
    CHECK_INT(wasi_socket_peer(&client, &peer), WASI_ERROR_NOTCONN);
    CHECK_INT(wasi_tcp_accept(&client, &server), WASI_ERROR_NOTCONN);
    CHECK_INT(wasi_tcp_connect(&client, &local), WASI_OK);
    CHECK_INT(wasi_tcp_connect(&client, &local), WASI_ERROR_ISCONN);
    wait_for(&client, POLLOUT);
    CHECK_INT(wasi_tcp_connect_finish(&client), WASI_OK);
    CHECK_INT(wasi_tcp_connect_finish(&client), WASI_ERROR_NOTCONN);
    wait_for(&listener, POLLIN);
    CHECK_INT(wasi_tcp_accept(&listener, &server), WASI_OK);
    CHECK_INT(wasi_socket_peer(&client, &peer), WASI_OK);
    CHECK(wasi_address_equal(&peer, &local));
    CHECK_INT(wasi_file_read_now(server.descriptor, text, sizeof text, &size),
              WASI_ERROR_AGAIN);
    CHECK_INT(wasi_file_write_now(client.descriptor, "hello", 5, &size),
              WASI_OK);
    CHECK_INT(size, 5);
    wait_for(&server, POLLIN);
    CHECK_INT(wasi_file_read_now(server.descriptor, text, sizeof text, &size),
              WASI_OK);
    CHECK_TEXT(text, "hello");
    CHECK_INT(wasi_socket_shutdown(client.descriptor, false, true), WASI_OK);
    wait_for(&server, POLLIN);
    CHECK_INT(wasi_file_read_now(server.descriptor, text, sizeof text, &size),
              WASI_OK);
    CHECK_INT(size, 0);
    CHECK_INT(wasi_file_write_now(client.descriptor, "x", 1, &size),
              WASI_ERROR_PIPE);
    wasi_socket_release(&server);
    wasi_socket_release(&client);
    wasi_socket_release(&listener);
    wasi_network_release(&network);
}

/* The side that closes first keeps the port for a while: a server that starts
 * again gets it all the same. */
TEST(a_port_comes_again)
{
    wasi_socket listener, client, server;
    char byte;
    size_t size;
    wasi_network_init(&network);
    allow("*");
    wasi_address local = listener_open(&listener);
    CHECK_INT(wasi_socket_init(&client, &network, false, false), WASI_OK);
    CHECK_INT(wasi_tcp_connect(&client, &local), WASI_OK);
    wait_for(&listener, POLLIN);
    CHECK_INT(wasi_tcp_accept(&listener, &server), WASI_OK);
    wasi_socket_release(&server);
    wasi_socket_release(&listener);
    wait_for(&client, POLLIN);
    CHECK_INT(wasi_file_read_now(client.descriptor, &byte, 1, &size), WASI_OK);
    wasi_socket_release(&client);
    CHECK_INT(wasi_socket_init(&listener, &network, false, false), WASI_OK);
    CHECK_INT(wasi_socket_bind(&listener, &local), WASI_OK);
    CHECK_INT(wasi_tcp_listen(&listener), WASI_OK);
    wasi_socket_release(&listener);
    wasi_network_release(&network);
}

TEST(tcp_is_refused)
{
    wasi_socket listener, client;
    wasi_network_init(&network);
    allow("*");
    wasi_address local = listener_open(&listener);
    wasi_socket_release(&listener);
    CHECK_INT(wasi_socket_init(&client, &network, false, false), WASI_OK);
    CHECK_INT(wasi_tcp_connect(&client, &local), WASI_OK);
    wait_for(&client, POLLOUT);
    CHECK_INT(wasi_tcp_connect_finish(&client), WASI_ERROR_CONNREFUSED);
    CHECK_INT(wasi_tcp_connect(&client, &local), WASI_ERROR_ISCONN);
    CHECK_INT(wasi_tcp_listen(&client), WASI_ERROR_ISCONN);
    wasi_socket_release(&client);
    wasi_network_release(&network);
}

TEST(tcp_keeps_to_the_rules)
{
    wasi_socket socket;
    wasi_network_init(&network);
    allow("127.0.0.1:1");
    allow("listen=127.0.0.1:2");
    CHECK_INT(wasi_socket_init(&socket, &network, false, false), WASI_OK);
    wasi_address a = address("127.0.0.1", 2);
    CHECK_INT(wasi_tcp_connect(&socket, &a), WASI_ERROR_ACCES);
    a = address("127.0.0.2", 1);
    CHECK_INT(wasi_tcp_connect(&socket, &a), WASI_ERROR_ACCES);
    a = address("127.0.0.1", 1);
    CHECK_INT(wasi_socket_bind(&socket, &a), WASI_ERROR_ACCES);
    a = address("0.0.0.0", 2);
    CHECK_INT(wasi_socket_bind(&socket, &a), WASI_ERROR_ACCES);
    /* A port of the system's choice may be used to connect, not to listen. */
    a = address("127.0.0.1", 0);
    CHECK_INT(wasi_socket_bind(&socket, &a), WASI_OK);
    CHECK_INT(wasi_tcp_listen(&socket), WASI_ERROR_ACCES);
    wasi_socket_release(&socket);
    wasi_network_release(&network);
}

TEST(addresses_that_cannot_be)
{
    wasi_socket v4, v6;
    wasi_network_init(&network);
    allow("*");
    CHECK_INT(wasi_socket_init(&v4, &network, false, false), WASI_OK);
    wasi_address a = address("0.0.0.0", 80);
    CHECK_INT(wasi_tcp_connect(&v4, &a), WASI_ERROR_INVAL);
    a = address("127.0.0.1", 0);
    CHECK_INT(wasi_tcp_connect(&v4, &a), WASI_ERROR_INVAL);
    a = address("224.0.0.1", 80);
    CHECK_INT(wasi_tcp_connect(&v4, &a), WASI_ERROR_INVAL);
    CHECK_INT(wasi_socket_bind(&v4, &a), WASI_ERROR_INVAL);
    a = address("255.255.255.255", 80);
    CHECK_INT(wasi_tcp_connect(&v4, &a), WASI_ERROR_INVAL);
    a = address("::1", 80);
    CHECK_INT(wasi_tcp_connect(&v4, &a), WASI_ERROR_INVAL);
    CHECK_INT(wasi_socket_bind(&v4, &a), WASI_ERROR_INVAL);
    wasi_socket_release(&v4);
    if (wasi_socket_init(&v6, &network, true, false) == WASI_OK) {
        a = address("::ffff:127.0.0.1", 80);
        CHECK_INT(wasi_tcp_connect(&v6, &a), WASI_ERROR_INVAL);
        CHECK_INT(wasi_socket_bind(&v6, &a), WASI_ERROR_INVAL);
        a = address("::127.0.0.1", 80);
        CHECK_INT(wasi_tcp_connect(&v6, &a), WASI_ERROR_INVAL);
    }
    wasi_socket_release(&v6);
    wasi_network_release(&network);
}

TEST(options)
{
    wasi_socket tcp, udp;
    uint64_t value;
    wasi_network_init(&network);
    allow("*");
    CHECK_INT(wasi_socket_init(&tcp, &network, false, false), WASI_OK);
    CHECK_INT(wasi_socket_init(&udp, &network, false, true), WASI_OK);
    static const struct {
        wasi_socket_option option;
        uint64_t set, get;
    } cases[] = {
        {WASI_SOCKET_KEEP_ALIVE, 1, 1},
        {WASI_SOCKET_KEEP_IDLE, 1, 1000000000},
        {WASI_SOCKET_KEEP_IDLE, UINT64_MAX, 32767000000000},
        {WASI_SOCKET_KEEP_INTERVAL, 5000000001, 6000000000},
        {WASI_SOCKET_KEEP_COUNT, 7, 7},
        {WASI_SOCKET_HOP_LIMIT, 42, 42},
        {WASI_SOCKET_RECEIVE_BUFFER, 30000, 30000},
        {WASI_SOCKET_SEND_BUFFER, 30000, 30000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(wasi_socket_set(&tcp, cases[i].option, cases[i].set),
                  WASI_OK);
        CHECK_INT(wasi_socket_get(&tcp, cases[i].option, &value), WASI_OK);
        CHECK_INT(value, cases[i].get);
        if (cases[i].option != WASI_SOCKET_KEEP_ALIVE)
            CHECK_INT(wasi_socket_set(&tcp, cases[i].option, 0),
                      WASI_ERROR_INVAL);
    }
    CHECK_INT(wasi_socket_get(&udp, WASI_SOCKET_KEEP_IDLE, &value),
              WASI_ERROR_NOTSUP);
    CHECK_INT(wasi_socket_set(&udp, WASI_SOCKET_HOP_LIMIT, 3), WASI_OK);
    CHECK_INT(wasi_tcp_set_backlog(&tcp, 0), WASI_ERROR_INVAL);
    CHECK_INT(wasi_tcp_set_backlog(&tcp, UINT64_MAX), WASI_OK);
    wasi_socket_release(&udp);
    wasi_socket_release(&tcp);
    wasi_network_release(&network);
}

/* ---- UDP ---- */

static wasi_address udp_open(wasi_socket *socket)
{
    wasi_address local = address("127.0.0.1", 0);
    CHECK_INT(wasi_socket_init(socket, &network, false, true), WASI_OK);
    CHECK_INT(wasi_socket_bind(socket, &local), WASI_OK);
    CHECK_INT(wasi_socket_local(socket, &local), WASI_OK);
    return local;
}

TEST(udp_sends_and_receives)
{
    wasi_socket a, b;
    wasi_address from;
    char text[8] = "";
    size_t size;
    wasi_network_init(&network);
    allow("*");
    wasi_address at_a = udp_open(&a), at_b = udp_open(&b);
    CHECK_INT(wasi_udp_receive(&b, text, sizeof text, &size, &from),
              WASI_ERROR_AGAIN);
    CHECK_INT(wasi_udp_send(&a, "hello", 5, NULL), WASI_ERROR_INVAL);
    CHECK_INT(wasi_udp_send(&a, "hello", 5, &at_b), WASI_OK);
    wait_for(&b, POLLIN);
    CHECK_INT(wasi_udp_receive(&b, text, sizeof text, &size, &from), WASI_OK);
    CHECK_TEXT(text, "hello");
    CHECK(wasi_address_equal(&from, &at_a));
    /* A peer is the only one to talk to. */
    CHECK_INT(wasi_socket_peer(&a, &from), WASI_ERROR_NOTCONN);
    CHECK_INT(wasi_udp_connect(&a, &at_b), WASI_OK);
    CHECK_INT(wasi_socket_peer(&a, &from), WASI_OK);
    CHECK(wasi_address_equal(&from, &at_b));
    CHECK_INT(wasi_udp_send(&a, "x", 1, NULL), WASI_OK);
    CHECK_INT(wasi_udp_send(&a, "x", 1, &at_a), WASI_ERROR_INVAL);
    static char large[70000];
    CHECK_INT(wasi_udp_send(&a, large, sizeof large, NULL), WASI_ERROR_MSGSIZE);
    CHECK_INT(wasi_udp_connect(&a, NULL), WASI_OK);
    CHECK_INT(wasi_socket_peer(&a, &from), WASI_ERROR_NOTCONN);
    CHECK_INT(wasi_udp_send(&a, "x", 1, NULL), WASI_ERROR_INVAL);
    wasi_socket_release(&a);
    wasi_socket_release(&b);
    wasi_network_release(&network);
}

/* Who is not granted is not heard, unless the guest may listen. */
TEST(udp_keeps_to_the_rules)
{
    wasi_socket guest;
    wasi_address from;
    char text[8] = "";
    size_t size;
    wasi_network_init(&network);
    allow("127.0.0.2:*");
    wasi_address local = udp_open(&guest);
    struct sockaddr_storage host;
    unsigned host_size = wasi_address_to_host(&local, &host);
    int stranger = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    CHECK_INT(sendto(stranger, "no", 2, 0, (struct sockaddr *)&host, host_size),
              2);
    wait_for(&guest, POLLIN);
    CHECK_INT(wasi_udp_receive(&guest, text, sizeof text, &size, &from),
              WASI_ERROR_AGAIN);
    wasi_address to = address("127.0.0.1", 9);
    CHECK_INT(wasi_udp_send(&guest, "x", 1, &to), WASI_ERROR_ACCES);
    CHECK_INT(wasi_udp_connect(&guest, &to), WASI_ERROR_ACCES);
    wasi_socket_release(&guest);
    allow("listen=127.0.0.1:*");
    local = udp_open(&guest);
    host_size = wasi_address_to_host(&local, &host);
    CHECK_INT(
        sendto(stranger, "yes", 3, 0, (struct sockaddr *)&host, host_size), 3);
    wait_for(&guest, POLLIN);
    CHECK_INT(wasi_udp_receive(&guest, text, sizeof text, &size, &from),
              WASI_OK);
    CHECK_TEXT(text, "yes");
    close(stranger);
    wasi_socket_release(&guest);
    wasi_network_release(&network);
}

/* ---- The reactor ---- */

static wasi_reactor *reactor;
static int called;
static wasi_waiter *last;
static wasi_waiter *to_remove;

static void note(wasi_waiter *waiter)
{
    called++;
    last = waiter;
    if (to_remove)
        wasi_reactor_remove(reactor, to_remove);
}

static wasi_waiter waiter_of(int host, short events, uint64_t due)
{
    return (wasi_waiter){
        .host = host, .events = events, .due = due, .ready = note};
}

static void reactor_open(void)
{
    CHECK_INT(wasi_reactor_new(&reactor), WASI_OK);
    called = 0;
    last = to_remove = NULL;
}

static uint64_t now(void)
{
    uint64_t time = 0;
    CHECK_INT(wasi_clock_now(WASI_CLOCK_MONOTONIC, &time), WASI_OK);
    return time;
}

TEST(clocks_fire_in_order)
{
    reactor_open();
    wasi_waiter waiters[20];
    uint64_t start = now();
    for (uint64_t i = 0; i < COUNT_OF(waiters); i++) {
        waiters[i] = waiter_of(-1, 0, start + i * 7 % 20 * 1000000);
        CHECK_INT(wasi_reactor_add(reactor, &waiters[i]), WASI_OK);
    }
    CHECK_INT(wasi_reactor_count(reactor), 20);
    wasi_reactor_remove(reactor, &waiters[5]);
    wasi_reactor_remove(reactor, &waiters[5]);
    CHECK_INT(wasi_reactor_count(reactor), 19);
    uint64_t before = 0;
    while (wasi_reactor_count(reactor)) {
        CHECK_INT(wasi_reactor_wait(reactor, WASI_NEVER, NULL), WASI_OK);
        CHECK(last->due >= before);
        CHECK(last->due <= now());
        before = last->due;
    }
    CHECK_INT(called, 19);
    CHECK_INT(wasi_reactor_wait(reactor, 0, NULL), WASI_ERROR_TIMEDOUT);
    CHECK_INT(wasi_reactor_wait(reactor, 1000, NULL), WASI_ERROR_TIMEDOUT);
    wasi_reactor_free(reactor);
}

TEST(descriptors_are_shared)
{
    int ends[2];
    reactor_open();
    CHECK_INT(pipe(ends), 0);
    wasi_waiter read_a = waiter_of(ends[0], POLLIN, WASI_NEVER);
    wasi_waiter read_b = waiter_of(ends[0], POLLIN, now() + 60000000000u);
    wasi_waiter write_a = waiter_of(ends[1], POLLOUT, WASI_NEVER);
    CHECK_INT(wasi_reactor_add(reactor, &read_a), WASI_OK);
    CHECK_INT(wasi_reactor_add(reactor, &read_b), WASI_OK);
    CHECK_INT(wasi_reactor_wait(reactor, 0, NULL), WASI_ERROR_TIMEDOUT);
    struct pollfd item = {.fd = wasi_reactor_descriptor(reactor),
                          .events = POLLIN};
    CHECK_INT(poll(&item, 1, 0), 0);
    CHECK_INT(wasi_reactor_add(reactor, &write_a), WASI_OK);
    CHECK_INT(poll(&item, 1, 1000), 1);
    CHECK_INT(wasi_reactor_wait(reactor, 0, NULL), WASI_OK);
    CHECK(called == 1 && last == &write_a);
    CHECK_INT(write(ends[1], "x", 1), 1);
    CHECK_INT(poll(&item, 1, 1000), 1);
    CHECK_INT(wasi_reactor_wait(reactor, WASI_NEVER, NULL), WASI_OK);
    CHECK_INT(called, 3);
    CHECK_INT(wasi_reactor_count(reactor), 0);
    CHECK_INT(poll(&item, 1, 0), 0);
    /* One of two that are ready removes the other. */
    CHECK_INT(wasi_reactor_add(reactor, &read_a), WASI_OK);
    CHECK_INT(wasi_reactor_add(reactor, &read_b), WASI_OK);
    to_remove = &read_b;
    CHECK_INT(wasi_reactor_wait(reactor, WASI_NEVER, NULL), WASI_OK);
    CHECK_INT(called, 4);
    CHECK_INT(wasi_reactor_count(reactor), 0);
    /* The end of the other side is an event. */
    to_remove = NULL;
    close(ends[0]);
    CHECK_INT(wasi_reactor_add(reactor, &write_a), WASI_OK);
    CHECK_INT(wasi_reactor_wait(reactor, WASI_NEVER, NULL), WASI_OK);
    CHECK_INT(called, 5);
    close(ends[1]);
    wasi_reactor_free(reactor);
}

static bool interrupt(void *context)
{
    return ++*(int *)context == 3;
}

TEST(files_are_ready_and_waits_end)
{
    reactor_open();
    int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    wasi_waiter waiter = waiter_of(file, POLLIN, WASI_NEVER);
    CHECK_INT(wasi_reactor_add(reactor, &waiter), WASI_OK);
    struct pollfd item = {.fd = wasi_reactor_descriptor(reactor),
                          .events = POLLIN};
    CHECK_INT(poll(&item, 1, 1000), 1);
    CHECK_INT(wasi_reactor_wait(reactor, WASI_NEVER, NULL), WASI_OK);
    CHECK_INT(called, 1);
    int asked = 0;
    wasi_wait wait = {interrupt, &asked};
    CHECK_INT(wasi_reactor_wait(reactor, WASI_NEVER, &wait), WASI_ERROR_INTR);
    CHECK_INT(asked, 3);
    close(file);
    waiter = waiter_of(file, POLLIN, now());
    CHECK_INT(wasi_reactor_add(reactor, &waiter), WASI_ERROR_BADF);
    CHECK_INT(wasi_reactor_count(reactor), 0);
    wasi_reactor_free(reactor);
}

TEST(memory_runs_out)
{
    whit_error error;
    for (uint64_t n = 1; n < 40; n++) {
        mem_fail_after(n);
        wasi_network_init(&network);
        whit_status status =
            wasi_network_allow(&network, slice_text("localhost"), &error);
        CHECK(status == WHIT_OK || status == WHIT_OUT_OF_MEMORY);
        wasi_address *answers;
        size_t count;
        wasi_error failure = wasi_network_lookup(
            &network, slice_text("localhost"), &answers, &count);
        CHECK(failure == WASI_OK || failure == WASI_ERROR_NOMEM ||
              failure == WASI_ERROR_ACCES);
        wasi_socket socket;
        failure = wasi_socket_init(&socket, &network, false, true);
        CHECK(failure == WASI_OK || failure == WASI_ERROR_NOMEM ||
              failure == WASI_ERROR_ACCES);
        if (wasi_reactor_new(&reactor) == WASI_OK) {
            wasi_waiter waiters[12];
            for (size_t i = 0; i < COUNT_OF(waiters); i++) {
                waiters[i] = waiter_of(i % 2 ? 1 : -1, POLLOUT, i);
                failure = wasi_reactor_add(reactor, &waiters[i]);
                CHECK(failure == WASI_OK || failure == WASI_ERROR_NOMEM);
            }
            failure = wasi_reactor_wait(reactor, 0, NULL);
            wasi_reactor_free(reactor);
        }
        mem_free(answers);
        wasi_socket_release(&socket);
        wasi_network_release(&network);
    }
    mem_fail_after(0);
}

TEST_MAIN(
    RUN(nothing_is_granted_at_first) RUN(everything) RUN(addresses_and_ports)
        RUN(listening) RUN(what_is_no_rule) RUN(rules_of_random_letters) RUN(
            lists_have_no_empty_rules) RUN(a_name_grants_what_its_lookup_gave)
            RUN(addresses_are_their_own_answers)
                RUN(a_name_does_not_grant_the_machine_itself) RUN(
                    addresses_of_several_forms) RUN(tcp_connects_and_talks)
                    RUN(a_port_comes_again) RUN(tcp_is_refused) RUN(
                        tcp_keeps_to_the_rules) RUN(addresses_that_cannot_be)
                        RUN(options) RUN(udp_sends_and_receives)
                            RUN(udp_keeps_to_the_rules)
                                RUN(clocks_fire_in_order)
                                    RUN(descriptors_are_shared)
                                        RUN(files_are_ready_and_waits_end)
                                            RUN(memory_runs_out))
