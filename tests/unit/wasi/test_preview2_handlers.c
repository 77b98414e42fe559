/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The functions of WASI 0.2 called without a guest in between: with handles
 * that no guest could have, and with memory that runs out. */
#include <unistd.h>

#include "../canonical/harness.h"
#include "base/limits.h"
#include "sandbox.h"
#include "wasi/preview2/define.h"
#include "wasi/preview2/types.h"

/* The guest does nothing but to make a call that the functions can use. */
static const char guest[] =
    "(component (import \"drive\" (func $drive))"
    " (core func $drive' (canon lower (func $drive)))"
    " (core module $m (import \"\" \"drive\" (func $drive))"
    "  (func (export \"run\") (call $drive)))"
    " (core instance $i (instantiate $m (with \"\" (instance"
    "  (export \"drive\" (func $drive'))))))"
    " (func (export \"run\") (canon lift (core func $i \"run\"))))";

typedef whit_status script(canon_host_call *host, whit_error *error);

static script *current;
static p2_world *world;

static whit_status drive(canon_host_call *host, void *env,
                         const void *arguments, void *result, whit_error *error)
{
    (void)env, (void)arguments, (void)result;
    return current(host, error);
}

/* Runs a script inside a call; what it returns. */
static whit_status play(script *what)
{
    current = what;
    canon_linker *linker = canon_linker_new();
    whit_error error = {0};
    CHECK(linker != NULL);
    CHECK_INT(canon_host_define(canon_linker_root(linker), slice_text("drive"),
                                "func()", 0, drive, NULL, &error),
              WHIT_OK);
    CHECK_INT(load(guest, linker), WHIT_OK);
    whit_status status = invoke("run", NULL, NULL);
    mem_fail_after(0);
    unload();
    canon_linker_free(linker);
    return status;
}

/* ---- Calling ---- */

static const void *arguments;
enum { RESULT_SIZE = 128 };
static void *result; /* of the last call */

static whit_status call(canon_host_call *host, whit_error *error,
                        p2_function *handler, const void *in)
{
    if (!result)
        result = calloc(1, RESULT_SIZE);
    p2_call c = {.world = world,
                 .host = host,
                 .error = error,
                 .arguments = in,
                 .result = result,
                 .function = handler};
    memset(result, 0, RESULT_SIZE);
    return handler(&c);
}

/* `handler(in)`; the script ends when it fails. */
#define CALL(handler, ...)                                    \
    do {                                                      \
        arguments = &(__VA_ARGS__);                           \
        TRY(call(host, error, wasi_p2_##handler, arguments)); \
    } while (0)

#define OK_RESULT(type) (((type *)result)->ok)

typedef struct self_u64 {
    uint32_t self;
    uint64_t value;
} self_u64;

typedef struct self_path {
    uint32_t self;
    uint8_t flags;
    p2_list path;
    uint8_t open_flags;
    uint8_t access;
} self_path;

static p2_list text(const char *of)
{
    return (p2_list){of, strlen(of)};
}

/* Whether the last call answered with an error, of memory that ran out. */
static bool answered(void)
{
    return ((p2_result *)result)->tag == P2_OK;
}

/* ---- Scripts ---- */

static uint32_t made[32]; /* handles of every kind */
static size_t made_count;

static void keep(uint32_t handle)
{
    CHECK(made_count < COUNT_OF(made));
    made[made_count++] = handle;
}

static whit_status files(canon_host_call *host, whit_error *error)
{
    uint32_t none = 0;
    CALL(preopens_get_directories, none);
    const p2_list *list = (const p2_list *)result;
    if (!list->length)
        return WHIT_OK;
    uint32_t root = *(const uint32_t *)list->data;
    keep(root);
    self_path path = {root, 0, text("file.txt"), 0, 3};
    CALL(descriptor_open_at, path);
    if (!answered())
        return error_memory(error);
    uint32_t file = OK_RESULT(p2_result_u32);
    keep(file);
    self_u64 at = {file, 0};
    CALL(descriptor_read_via_stream, at);
    if (!answered())
        return error_memory(error);
    uint32_t input = OK_RESULT(p2_result_u32);
    keep(input);
    CALL(descriptor_append_via_stream, file);
    if (!answered())
        return error_memory(error);
    uint32_t output = OK_RESULT(p2_result_u32);
    keep(output);
    CALL(output_stream_check_write, output);
    struct {
        uint32_t self;
        p2_list bytes;
    } write = {output, text("more")};
    CALL(output_stream_write, write);
    CALL(output_stream_subscribe, output);
    keep(*(uint32_t *)result);
    CALL(descriptor_read_directory, root);
    if (!answered())
        return error_memory(error);
    uint32_t listing = OK_RESULT(p2_result_u32);
    keep(listing);
    CALL(directory_entry_stream_read_directory_entry, listing);
    CALL(descriptor_stat, file);
    CALL(descriptor_metadata_hash, file);
    CALL(input_stream_read, (self_u64){input, 9});
    return WHIT_OK;
}

static whit_status streams(canon_host_call *host, whit_error *error)
{
    uint32_t none = 0;
    CALL(stdin_get_stdin, none);
    uint32_t input = *(uint32_t *)result;
    keep(input);
    CALL(stdout_get_stdout, none);
    uint32_t output = *(uint32_t *)result;
    keep(output);
    CALL(stderr_get_stderr, none);
    keep(*(uint32_t *)result);
    struct {
        uint32_t self, source;
        uint64_t length;
    } splice = {output, input, 5};
    CALL(output_stream_splice, splice);
    CALL(input_stream_skip, (self_u64){input, 3});
    CALL(environment_get_arguments, none);
    CALL(environment_get_environment, none);
    CALL(monotonic_clock_subscribe_duration, (uint64_t){1});
    uint32_t timer = *(uint32_t *)result;
    keep(timer);
    p2_list timers = {&timer, 1};
    do
        CALL(pollable_ready, timer);
    while (!*(uint8_t *)result);
    CALL(poll_poll, timers);
    CALL(random_get_random_bytes, (uint64_t){99});
    return WHIT_OK;
}

static whit_status sockets(canon_host_call *host, whit_error *error)
{
    uint32_t none = 0;
    uint8_t v4 = P2_IPV4;
    CALL(instance_network_instance_network, none);
    uint32_t network = *(uint32_t *)result;
    keep(network);
    CALL(tcp_create_socket_create_tcp_socket, v4);
    if (!answered())
        return error_memory(error);
    uint32_t tcp = OK_RESULT(p2_result_u32);
    keep(tcp);
    struct {
        uint32_t self, network;
        p2_socket_address address;
    } bind = {tcp, network, {.tag = P2_IPV4, .v4.address = {127, 0, 0, 1}}};
    CALL(tcp_socket_start_bind, bind);
    CALL(tcp_socket_finish_bind, tcp);
    CALL(tcp_socket_start_listen, tcp);
    CALL(tcp_socket_finish_listen, tcp);
    CALL(tcp_socket_local_address, tcp);
    if (!answered())
        return error_memory(error);
    bind.address = OK_RESULT(p2_result_socket_address);
    CALL(tcp_create_socket_create_tcp_socket, v4);
    if (!answered())
        return error_memory(error);
    uint32_t client = bind.self = OK_RESULT(p2_result_u32);
    keep(client);
    CALL(tcp_socket_start_connect, bind);
    CALL(tcp_socket_finish_connect, client);
    if (answered()) {
        p2_pair pair = OK_RESULT(p2_result_pair);
        keep(pair.first);
        keep(pair.second);
        CALL(tcp_socket_accept, tcp);
    }
    CALL(udp_create_socket_create_udp_socket, v4);
    if (!answered())
        return error_memory(error);
    uint32_t udp = bind.self = OK_RESULT(p2_result_u32);
    keep(udp);
    bind.address.v4.port = 0;
    CALL(udp_socket_start_bind, bind);
    CALL(udp_socket_finish_bind, udp);
    struct {
        uint32_t self;
        p2_option_socket_address to;
    } stream = {udp, {0}};
    CALL(udp_socket_stream, stream);
    if (!answered())
        return error_memory(error);
    p2_pair pair = OK_RESULT(p2_result_pair);
    keep(pair.first);
    keep(pair.second);
    CALL(incoming_datagram_stream_receive, (self_u64){pair.first, 4});
    struct {
        uint32_t network;
        p2_list name;
    } lookup = {network, text("127.0.0.1")};
    CALL(ip_name_lookup_resolve_addresses, lookup);
    if (!answered())
        return error_memory(error);
    keep(OK_RESULT(p2_result_u32));
    return WHIT_OK;
}

/* ---- Worlds ---- */

static sandbox box;

static void world_open(void)
{
    whit_error error = {0};
    made_count = 0;
    CHECK_INT(wasi_system_allow_network(box.system, slice_text("*"), &error),
              WHIT_OK);
    CHECK_INT(wasi_system_add_argument(box.system, slice_text("a\xff"), &error),
              WHIT_OK);
    CHECK_INT(
        wasi_system_stream_input(box.system, slice_text("0123456789"), &error),
        WHIT_OK);
    CHECK_INT(wasi_system_stream_capture(box.system, 1, &error), WHIT_OK);
    CHECK_INT(wasi_p2_world_get(box.system, &world, &error), WHIT_OK);
}

static uint64_t fail_at, allocations;
static script *inner;

static whit_status with_faults(canon_host_call *host, whit_error *error)
{
    mem_fail_after(fail_at);
    whit_status status = inner(host, error);
    allocations = mem_count();
    mem_fail_after(0);
    return status;
}

static void run_out(script *what)
{
    bool done = false;
    inner = what;
    for (fail_at = 1; fail_at < 500 && !done; fail_at++) {
        sandbox_open(&box, WASI_RESOLVER_BEST);
        world_open();
        whit_status status = play(with_faults);
        CHECK(status == WHIT_OK || status == WHIT_OUT_OF_MEMORY);
        /* A few answers to the guest say it, too. */
        done = status == WHIT_OK && allocations < fail_at;
        sandbox_close(&box);
    }
    CHECK(done);
}

TEST(memory_runs_out_of_files)
{
    run_out(files);
}

TEST(memory_runs_out_of_streams)
{
    run_out(streams);
}

TEST(memory_runs_out_of_sockets)
{
    run_out(sockets);
}

/* ---- Handles that no guest has ---- */

#define F(interface, name, handler, flags, signature) \
    {#handler, wasi_p2_##handler},
static const struct {
    const char *name;
    p2_function *function;
} functions[] = {
#include "wasi/preview2/functions.def"
};
#undef F

/* Those whose first argument is something else than a handle. */
static bool has_no_handle(const char *name)
{
    return strstr(name, "random_bytes") || !strcmp(name, "poll_poll");
}

static whit_status forge(canon_host_call *host, whit_error *error)
{
    whit_status status;
    TRY(files(host, error));
    TRY(streams(host, error));
    TRY(sockets(host, error));
    uint32_t guesses[COUNT_OF(made) * 3 + 4] = {0, 1, UINT32_MAX, 1u << 20};
    size_t count = 4;
    for (size_t i = 0; i < made_count; i++) {
        guesses[count++] = made[i];
        guesses[count++] = made[i] + (1u << 20); /* used again, it would be */
        guesses[count++] = made[i] & 0xfffff;
    }
    size_t traps = 0;
    for (size_t f = 0; f < COUNT_OF(functions); f++) {
        if (has_no_handle(functions[f].name))
            continue;
        for (size_t i = 0; i < count; i++) {
            uint64_t in[16] = {guesses[i]};
            whit_error ignored = {0};
            status = call(host, &ignored, functions[f].function, in);
            CHECK(status == WHIT_OK || status == WHIT_TRAP ||
                  status == WHIT_EXIT);
            traps += status == WHIT_TRAP;
        }
    }
    CHECK(traps > 1000);
    CHECK(made_count > 15);
    /* Dropped twice, and used afterwards. */
    for (size_t i = 0; i < count; i++)
        wasi_p2_drop(world, guesses[i]);
    for (size_t i = 0; i < count; i++)
        wasi_p2_drop(world, guesses[i]);
    for (size_t i = 0; i < made_count; i++) {
        uint64_t in[16] = {made[i]};
        whit_error ignored = {0};
        CHECK_INT(call(host, &ignored, wasi_p2_pollable_ready, in), WHIT_TRAP);
        CHECK_INT(call(host, &ignored, wasi_p2_input_stream_subscribe, in),
                  WHIT_TRAP);
    }
    return WHIT_OK;
}

TEST(forged_handles_trap)
{
    sandbox_open(&box, WASI_RESOLVER_BEST);
    world_open();
    CHECK_INT(play(forge), WHIT_OK);
    CHECK_TEXT(failure.message, "");
    sandbox_close(&box);
}

static whit_status many(canon_host_call *host, whit_error *error)
{
    uint32_t none = 0, first = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        CALL(stdin_get_stdin, none);
        uint32_t handle = *(uint32_t *)result;
        CHECK(i == 0 || handle != first);
        first = i ? first : handle;
        wasi_p2_drop(world, handle);
        if (i % 4096 == 4095)
            first = 0; /* by then the number comes again */
    }
    CHECK_INT(world->count, 1);
    return WHIT_OK;
}

/* A number that was dropped is not given out again soon. */
TEST(numbers_are_not_reused)
{
    sandbox_open(&box, WASI_RESOLVER_BEST);
    world_open();
    CHECK_INT(play(many), WHIT_OK);
    sandbox_close(&box);
}

static whit_status sockets_until_full(canon_host_call *host, whit_error *error)
{
    uint8_t v4 = P2_IPV4;
    for (uint32_t i = 0; i <= LIMIT_WASI_SOCKETS; i++) {
        CALL(udp_create_socket_create_udp_socket, v4);
        if (!answered())
            break;
    }
    CHECK(!answered());
    CHECK_INT(((p2_result_u32 *)result)->error, 10);
    return WHIT_OK;
}

TEST(sockets_have_a_limit)
{
    sandbox_open(&box, WASI_RESOLVER_BEST);
    world_open();
    CHECK_INT(play(sockets_until_full), WHIT_OK);
    sandbox_close(&box);
}

TEST_MAIN(RUN(memory_runs_out_of_files) RUN(memory_runs_out_of_streams)
              RUN(memory_runs_out_of_sockets) RUN(forged_handles_trap)
                  RUN(numbers_are_not_reused) RUN(sockets_have_a_limit))
