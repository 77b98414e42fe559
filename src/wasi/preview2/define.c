/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The interfaces of WASI 0.2, from tables. */
#include <string.h>

#include "base/memory.h"
#include "wasi/preview2/define.h"
#include "wasi/preview2/stream.h"

#define VERSION "@0.2.12"

#define F(interface, name, handler, flags, signature)                      \
    static whit_status host_##handler(canon_host_call *host, void *env,    \
                                      const void *arguments, void *result, \
                                      whit_error *error)                   \
    {                                                                      \
        p2_call call = {.world = env,                                      \
                        .host = host,                                      \
                        .error = error,                                    \
                        .arguments = arguments,                            \
                        .result = result,                                  \
                        .function = wasi_p2_##handler};                    \
        return wasi_p2_##handler(&call);                                   \
    }
#include "wasi/preview2/functions.def"
#undef F

/* Types that many signatures name. */
#define FILE_ERROR                                                          \
    "enum { access, would-block, already, bad-descriptor, busy, deadlock, " \
    "quota, exist, file-too-large, illegal-byte-sequence, in-progress, "    \
    "interrupted, invalid, io, is-directory, loop, too-many-links, "        \
    "message-size, name-too-long, no-device, no-entry, no-lock, "           \
    "insufficient-memory, insufficient-space, not-directory, not-empty, "   \
    "not-recoverable, unsupported, no-tty, no-such-device, overflow, "      \
    "not-permitted, pipe, read-only, invalid-seek, text-file-busy, "        \
    "cross-device }"
#define SOCKET_ERROR                                                       \
    "enum { unknown, access-denied, not-supported, invalid-argument, "     \
    "out-of-memory, timeout, concurrency-conflict, not-in-progress, "      \
    "would-block, invalid-state, new-socket-limit, address-not-bindable, " \
    "address-in-use, remote-unreachable, connection-refused, "             \
    "connection-reset, connection-aborted, datagram-too-large, "           \
    "name-unresolvable, temporary-resolver-failure, "                      \
    "permanent-resolver-failure }"
#define SOCKET_ADDRESS                                                       \
    "variant { ipv4(record { port: u16, address: tuple<u8, u8, u8, u8> }), " \
    "ipv6(record { port: u16, flow-info: u32, address: tuple<u16, u16, "     \
    "u16, u16, u16, u16, u16, u16>, scope-id: u32 }) }"

enum { VIEWS = CANON_HOST_VIEWS };

static const struct {
    p2_row row;
    unsigned flags;
    canon_host_function function;
} functions[] = {
#define F(interface, name, handler, flags, signature) \
    {{interface VERSION, name, signature}, flags, host_##handler},
#include "wasi/preview2/functions.def"
#undef F
};

static const canon_host_resource kinds[P2_KINDS] = {
#define K(kind, name) [P2_##kind] = {name, wasi_p2_drop},
    K(ERROR, "error") K(POLLABLE, "pollable") K(INPUT_STREAM, "input-stream")
        K(OUTPUT_STREAM, "output-stream") K(TERMINAL_INPUT, "terminal-input")
            K(TERMINAL_OUTPUT, "terminal-output") K(DESCRIPTOR, "descriptor")
                K(DIRECTORY_ENTRY_STREAM, "directory-entry-stream") K(
                    NETWORK, "network") K(RESOLVE_ADDRESS_STREAM,
                                          "resolve-address-stream")
                    K(TCP_SOCKET, "tcp-socket") K(UDP_SOCKET, "udp-socket") K(
                        INCOMING_DATAGRAM_STREAM, "incoming-datagram-stream")
                        K(OUTGOING_DATAGRAM_STREAM, "outgoing-datagram-stream")
#undef K
};

static const struct {
    const char *interface;
    p2_kind kind;
} resources[] = {
#define R(interface, kind) {interface VERSION, P2_##kind},
#include "wasi/preview2/resources.def"
#undef R
};

size_t wasi_p2_rows(void)
{
    return COUNT_OF(functions);
}

const p2_row *wasi_p2_row(size_t i)
{
    return &functions[i].row;
}

static whit_status define_all(canon_linker *linker, p2_world *world,
                              whit_error *error)
{
    for (size_t i = 0; i < COUNT_OF(resources); i++) {
        canon_host_instance *instance =
            canon_linker_instance(linker, slice_text(resources[i].interface));
        TRY_ALLOC(instance, error);
        const canon_host_resource *kind = &kinds[resources[i].kind];
        TRY(canon_host_define_resource(instance, slice_text(kind->name), kind,
                                       world, error));
    }
    for (size_t i = 0; i < COUNT_OF(functions); i++) {
        const p2_row *row = &functions[i].row;
        canon_host_instance *instance =
            canon_linker_instance(linker, slice_text(row->interface));
        TRY_ALLOC(instance, error);
        TRY(canon_host_define(instance, slice_text(row->name), row->signature,
                              functions[i].flags, functions[i].function, world,
                              error));
    }
    return WHIT_OK;
}

whit_status wasi_p2_world_get(wasi_system *system, p2_world **out,
                              whit_error *error)
{
    for (wasi_face *i = system->faces; i; i = i->next) {
        if (i->kind != functions)
            continue;
        *out = (p2_world *)(void *)i;
        return WHIT_OK;
    }
    wasi_reactor *reactor;
    TRY(wasi_system_reactor(system, &reactor, error));
    p2_world *world = mem_zalloc(sizeof *world);
    TRY_ALLOC(world, error);
    world->system = system;
    world->reactor = reactor;
    world->face.kind = functions;
    world->face.free = wasi_p2_world_free;
    wasi_system_add_face(system, &world->face);
    *out = world;
    return WHIT_OK;
}

whit_status wasi_preview2_define(canon_linker *linker, wasi_system *system,
                                 whit_error *error)
{
    p2_world *world = NULL;
    TRY(wasi_p2_world_get(system, &world, error));
    return define_all(linker, world, error);
}

/* Until `due`, a time of the monotonic clock. */
static bool sink_flush(p2_sink *sink, uint64_t due)
{
    while (sink && !wasi_p2_sink_drain(sink)) {
        wasi_subscription items[2] = {
            {.event = WASI_EVENT_WRITE, .descriptor = sink->descriptor},
            {.event = WASI_EVENT_CLOCK,
             .clock = WASI_CLOCK_MONOTONIC,
             .absolute = true,
             .timeout = due}};
        if (wasi_poll(items, 2, NULL) != WASI_OK || items[1].ready)
            return wasi_p2_sink_drain(sink);
    }
    return true;
}

bool wasi_preview2_flush(wasi_system *system, uint64_t timeout)
{
    bool done = true;
    uint64_t now, due = WASI_NEVER;
    if (wasi_clock_now(WASI_CLOCK_MONOTONIC, &now) == WASI_OK &&
        timeout < WASI_NEVER - now)
        due = now + timeout;
    for (wasi_face *i = system->faces; i; i = i->next) {
        if (i->kind != functions)
            continue;
        p2_world *world = (p2_world *)(void *)i;
        for (size_t j = 0; j < COUNT_OF(world->sinks); j++)
            done = sink_flush(world->sinks[j], due) && done;
    }
    return done;
}
