/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the functions of WASI 0.2 share: calls, resources, waiting. */
#ifndef WASI_PREVIEW2_WORLD_H
#define WASI_PREVIEW2_WORLD_H

#include "wasi/preview2/preview2.h"

/* ---- Resources ---- */

typedef enum p2_kind {
    P2_ERROR,
    P2_POLLABLE,
    P2_INPUT_STREAM,
    P2_OUTPUT_STREAM,
    P2_TERMINAL_INPUT,
    P2_TERMINAL_OUTPUT,
    P2_DESCRIPTOR,
    P2_DIRECTORY_ENTRY_STREAM,
    P2_NETWORK,
    P2_RESOLVE_ADDRESS_STREAM,
    P2_TCP_SOCKET,
    P2_UDP_SOCKET,
    P2_INCOMING_DATAGRAM_STREAM,
    P2_OUTGOING_DATAGRAM_STREAM,
    P2_KINDS
} p2_kind;

/* The head of every resource. A guest's handle is one reference, and so is
 * every child: what a child needs of its parent stays until the last of them
 * goes, in whatever order the guest drops them. */
typedef struct p2_object {
    p2_kind kind;
    uint32_t references;
    struct p2_object *parent; /* a reference, or NULL */
    /* Releases what the object holds, not the object; may be NULL. */
    void (*release)(struct p2_object *self);
} p2_object;

typedef struct p2_entry {
    p2_object *object; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
} p2_entry;

/* Representations are the number of an entry and how often it was used, so
 * that one that is stale is known, whoever kept it. */
typedef struct p2_world {
    wasi_face face;
    wasi_system *system;
    wasi_reactor *reactor;
    p2_entry *entries;
    size_t count, room;
    uint32_t free; /* + 1; 0: none */
    uint32_t sockets;
    struct p2_wait *waits;
    struct p2_sink *sinks[2]; /* standard output and error, or NULL */
    struct p2_sink *armed;    /* those that wait for their descriptors */
} p2_world;

/* Zeroed but for the head; the size is that of the whole. NULL: no memory. */
void *wasi_p2_object_new(p2_kind kind, size_t size, p2_object *parent);
void wasi_p2_object_retain(p2_object *self);
/* NULL is allowed. */
void wasi_p2_object_release(p2_object *self);

/* ---- Calls ---- */

typedef struct p2_call {
    p2_world *world;
    canon_host_call *host;
    whit_error *error;
    const void *arguments;
    void *result;
    whit_status (*function)(struct p2_call *call);
    /* NULL at first. A call that had to wait is made again, with the same
     * arguments, when what it waited for happened. */
    struct p2_wait *wait;
} p2_call;

/* Every function of functions.def. */
typedef whit_status p2_function(p2_call *call);
#define F(interface, name, handler, flags, signature) \
    p2_function wasi_p2_##handler;
#include "wasi/preview2/functions.def"
#undef F

/* Gives the object, one reference, to the guest. On failure it is gone. */
whit_status wasi_p2_give(p2_call *call, p2_object *object,
                         uint32_t *representation) WHIT_MUST_CHECK;
/* Borrows; a trap when there is no such resource. */
whit_status wasi_p2_get(p2_call *call, uint32_t representation, p2_kind kind,
                        void *out) WHIT_MUST_CHECK;
/* Memory until the call is finished; NULL when there is none. */
void *wasi_p2_alloc(p2_call *call, size_t size);
whit_status wasi_p2_trap(p2_call *call, const char *format, ...)
    WHIT_PRINTF(2, 3);

/* ---- Waiting ---- */

/* What must happen before trying again makes sense. */
typedef struct p2_interest {
    bool now;     /* nothing: it is so already */
    int host;     /* or -1 */
    short events; /* of poll(2) */
    uint64_t due; /* monotonic, or WASI_NEVER */
} p2_interest;

#define P2_NOW ((p2_interest){.now = true, .host = -1, .due = WASI_NEVER})
#define P2_AT(time) ((p2_interest){.host = -1, .due = (time)})
#define P2_HOST(fd, what) \
    ((p2_interest){.host = (fd), .events = (what), .due = WASI_NEVER})

/* Of a descriptor: files and what lies in memory are always ready. */
p2_interest wasi_p2_descriptor_interest(const wasi_descriptor *descriptor,
                                        short events);
bool wasi_p2_interest_ready(const p2_interest *interest);
/* What the pollable of an object waits for. */
p2_interest wasi_p2_interest(p2_object *object);
bool wasi_p2_ready(p2_object *object);
/* A pollable of the object, given to the guest. */
whit_status wasi_p2_subscribe(p2_call *call, p2_object *object,
                              uint32_t *representation) WHIT_MUST_CHECK;
/* The call is made again when one of them happened. To be returned. */
whit_status wasi_p2_wait(p2_call *call, const p2_interest *interests,
                         size_t count) WHIT_MUST_CHECK;

/* For functions whose only argument is a handle. */
static inline uint32_t wasi_p2_self(const p2_call *call)
{
    return *(const uint32_t *)call->arguments;
}

#endif
