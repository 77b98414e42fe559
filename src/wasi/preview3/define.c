/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The interfaces of WASI 0.3, from tables. */
#include "wasi/preview3/define.h"

#include "base/memory.h"

#define VERSION "@0.3.0"

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
                        .function = handler};                              \
        return handler(&call);                                             \
    }
#include "wasi/preview3/functions.def"
#undef F

/* Types that many signatures name. */
#define NEW_TIMESTAMP                                             \
    "variant { no-change, now, timestamp(record { seconds: s64, " \
    "nanoseconds: u32 }) }"
#define FILE_ERROR                                                        \
    "variant { access, already, bad-descriptor, busy, deadlock, quota, "  \
    "exist, file-too-large, illegal-byte-sequence, in-progress, "         \
    "interrupted, invalid, io, is-directory, loop, too-many-links, "      \
    "message-size, name-too-long, no-device, no-entry, no-lock, "         \
    "insufficient-memory, insufficient-space, not-directory, not-empty, " \
    "not-recoverable, unsupported, no-tty, no-such-device, overflow, "    \
    "not-permitted, pipe, read-only, invalid-seek, text-file-busy, "      \
    "cross-device, other(option<string>) }"
#define FILE_TYPE                                                 \
    "variant { block-device, character-device, directory, fifo, " \
    "symbolic-link, regular-file, socket, other(option<string>) }"
#define SOCKET_ERROR                                                \
    "variant { access-denied, not-supported, invalid-argument, "    \
    "out-of-memory, timeout, invalid-state, address-not-bindable, " \
    "address-in-use, remote-unreachable, connection-refused, "      \
    "connection-broken, connection-reset, connection-aborted, "     \
    "datagram-too-large, other(option<string>) }"
#define SOCKET_ADDRESS                                                   \
    "variant { ipv4(record { port: u16, address: tuple<u8, u8, u8, u8> " \
    "}), ipv6(record { port: u16, flow-info: u32, address: tuple<u16, "  \
    "u16, u16, u16, u16, u16, u16, u16>, scope-id: u32 }) }"
#define STDIO_ERROR "enum { io, illegal-byte-sequence, pipe }"
#define INSTANT "record { seconds: s64, nanoseconds: u32 }"

static const struct {
    p2_row row;
    unsigned flags;
    canon_host_function function;
} functions[] = {
#define F(interface, name, handler, flags, signature) \
    {{interface VERSION, name, signature}, flags, host_##handler},
#include "wasi/preview3/functions.def"
#undef F
};

/* Other types than those of 0.2, whatever stands behind them. */
static const canon_host_resource kinds[P2_KINDS] = {
    [P2_TERMINAL_INPUT] = {"terminal-input", wasi_p2_drop},
    [P2_TERMINAL_OUTPUT] = {"terminal-output", wasi_p2_drop},
    [P2_DESCRIPTOR] = {"descriptor", wasi_p2_drop},
    [P2_TCP_SOCKET] = {"tcp-socket", wasi_p2_drop},
    [P2_UDP_SOCKET] = {"udp-socket", wasi_p2_drop},
};

/* Interfaces that define a resource or use one. */
static const struct {
    const char *interface;
    p2_kind kind;
} resources[] = {
    {"wasi:cli/terminal-input" VERSION, P2_TERMINAL_INPUT},
    {"wasi:cli/terminal-output" VERSION, P2_TERMINAL_OUTPUT},
    {"wasi:cli/terminal-stdin" VERSION, P2_TERMINAL_INPUT},
    {"wasi:cli/terminal-stdout" VERSION, P2_TERMINAL_OUTPUT},
    {"wasi:cli/terminal-stderr" VERSION, P2_TERMINAL_OUTPUT},
    {"wasi:filesystem/types" VERSION, P2_DESCRIPTOR},
    {"wasi:filesystem/preopens" VERSION, P2_DESCRIPTOR},
    {"wasi:sockets/types" VERSION, P2_TCP_SOCKET},
    {"wasi:sockets/types" VERSION, P2_UDP_SOCKET},
};

/* Interfaces of types alone. */
static const char *const types[] = {
    "wasi:cli/types" VERSION,
    "wasi:clocks/types" VERSION,
};

size_t wasi_p3_rows(void)
{
    return COUNT_OF(functions);
}

const p2_row *wasi_p3_row(size_t i)
{
    return &functions[i].row;
}

static whit_status define_all(canon_linker *linker, p2_world *world,
                              whit_error *error)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        TRY_ALLOC(canon_linker_instance(linker, slice_text(types[i])), error);
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

static p3_world *world_find(const wasi_system *system)
{
    for (wasi_face *i = system->faces; i; i = i->next)
        if (i->kind == functions)
            return (p3_world *)(void *)i;
    return NULL;
}

p3_world *wasi_p3_world(const p2_call *call)
{
    return world_find(call->world->system);
}

static void world_free(wasi_face *face)
{
    p3_world *self = (p3_world *)(void *)face;
    buffer_release(&self->input);
    mem_free(self);
}

whit_status wasi_preview3_define(canon_linker *linker, wasi_system *system,
                                 whit_error *error)
{
    p2_world *base;
    TRY(wasi_p2_world_get(system, &base, error));
    if (!world_find(system)) {
        p3_world *world = mem_zalloc(sizeof *world);
        TRY_ALLOC(world, error);
        world->base = base;
        buffer_init(&world->input);
        world->face.kind = functions;
        world->face.free = world_free;
        wasi_system_add_face(system, &world->face);
    }
    return define_all(linker, base, error);
}
