/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the functions of WASI 0.3 share. */
#ifndef WASI_PREVIEW3_WORLD_H
#define WASI_PREVIEW3_WORLD_H

#include "canonical/stream.h"
#include "wasi/preview2/world.h"
#include "wasi/preview3/preview3.h"

/* Resources, calls and their waiting are those of 0.2 (preview2/world.h):
 * functions get a p2_call, and their resources lie in the p2_world. The types
 * of the resources are others, so that no guest can mix them up. */

/* What lives until its store ends, at the latest: streams and futures of the
 * host. First member of each. */
typedef struct p3_link {
    struct p3_link *previous, *next;
    struct p3_store *owner;
    /* The store ends: gives everything back, without a word to the guest. */
    void (*end)(struct p3_link *self);
} p3_link;

typedef struct p3_store {
    canon_ending ending;
    struct p3_world *world;
    struct canon_store *store;
    p3_link *links;
    struct p3_store *next;
} p3_store;

typedef struct p3_world {
    wasi_face face;
    p2_world *base;
    p3_store *stores;
    buffer input; /* of standard input, read and not taken by a guest */
    bool seeded;
    uint64_t seed[2];
} p3_world;

/* Every function of functions.def; those of 0.2 once more. */
#define F(interface, name, handler, flags, signature) p2_function handler;
#include "wasi/preview3/functions.def"
#undef F

p3_world *wasi_p3_world(const p2_call *call);
/* Puts the link in the list of the caller's store. */
whit_status wasi_p3_link(p2_call *call, p3_link *link) WHIT_MUST_CHECK;
void wasi_p3_unlink(p3_link *link);

#endif
