/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Worlds, and what goes when a store ends. */
#include "wasi/preview3/world.h"

#include "base/memory.h"
#include "wasi/preview3/define.h"

static void links_end(p3_store *self)
{
    while (self->links) {
        p3_link *link = self->links;
        wasi_p3_unlink(link);
        link->end(link);
    }
}

static void store_end(canon_ending *ending)
{
    p3_store *self = (p3_store *)(void *)ending;
    p3_store **at = &self->world->stores;
    while (*at != self)
        at = &(*at)->next;
    *at = self->next;
    links_end(self);
    mem_free(self);
}

static whit_status store_get(p2_call *call, p3_store **out)
{
    p3_world *world = wasi_p3_world(call);
    struct canon_store *store = canon_host_call_store(call->host);
    for (p3_store *i = world->stores; i; i = i->next) {
        if (i->store != store)
            continue;
        *out = i;
        return WHIT_OK;
    }
    p3_store *made = mem_zalloc(sizeof *made);
    TRY_ALLOC(made, call->error);
    made->world = world;
    made->store = store;
    made->ending.end = store_end;
    made->next = world->stores;
    world->stores = made;
    canon_store_at_end(store, &made->ending);
    *out = made;
    return WHIT_OK;
}

whit_status wasi_p3_link(p2_call *call, p3_link *link)
{
    p3_store *store = NULL;
    TRY(store_get(call, &store));
    link->owner = store;
    link->previous = NULL;
    link->next = store->links;
    if (link->next)
        link->next->previous = link;
    store->links = link;
    return WHIT_OK;
}

void wasi_p3_unlink(p3_link *link)
{
    if (link->previous)
        link->previous->next = link->next;
    else
        link->owner->links = link->next;
    if (link->next)
        link->next->previous = link->previous;
    link->previous = link->next = NULL;
}
