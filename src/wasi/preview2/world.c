/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources and waiting. */
#include "wasi/preview2/world.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include "base/limits.h"
#include "base/memory.h"
#include "wasi/preview2/define.h"
#include "wasi/preview2/stream.h"

enum { INDEX_BITS = 20, INDEX_MASK = (1 << INDEX_BITS) - 1 };

_Static_assert(LIMIT_WASI_RESOURCES <= 1 << INDEX_BITS,
               "a representation has room for every number");

/* A call that waits; lives in the call's arena. */
typedef struct p2_wait {
    p2_call call;
    struct p2_wait *previous, *next; /* in the world */
    wasi_waiter few[2];
    wasi_waiter *waiters; /* `few`, or of the arena */
    size_t count, room;
    bool again; /* it waits for something new */
} p2_wait;

/* ---- Resources ---- */

void *wasi_p2_object_new(p2_kind kind, size_t size, p2_object *parent)
{
    p2_object *self = mem_zalloc(size);
    if (!self)
        return NULL;
    self->kind = kind;
    self->references = 1;
    self->parent = parent;
    if (parent)
        wasi_p2_object_retain(parent);
    return self;
}

void wasi_p2_object_retain(p2_object *self)
{
    self->references++;
}

void wasi_p2_object_release(p2_object *self)
{
    while (self && !--self->references) {
        p2_object *parent = self->parent;
        if (self->release)
            self->release(self);
        mem_free(self);
        self = parent;
    }
}

whit_status wasi_p2_give(p2_call *call, p2_object *object,
                         uint32_t *representation)
{
    p2_world *world = call->world;
    uint32_t index = world->free - 1;
    if (!world->free) {
        whit_status status =
            mem_grow((void **)&world->entries, &world->room, world->count,
                     sizeof *world->entries, LIMIT_WASI_RESOURCES,
                     "WASI resources", call->error);
        if (status != WHIT_OK) {
            wasi_p2_object_release(object);
            return status;
        }
        index = (uint32_t)world->count++;
        world->entries[index] = (p2_entry){0};
    }
    p2_entry *entry = &world->entries[index];
    world->free = entry->next_free;
    entry->object = object;
    entry->generation++;
    *representation = entry->generation << INDEX_BITS | index;
    return WHIT_OK;
}

static p2_entry *entry_find(p2_world *world, uint32_t representation)
{
    uint32_t index = representation & INDEX_MASK;
    if (index >= world->count)
        return NULL;
    p2_entry *entry = &world->entries[index];
    bool same = entry->generation << INDEX_BITS ==
                (representation & ~(uint32_t)INDEX_MASK);
    return entry->object && same ? entry : NULL;
}

whit_status wasi_p2_get(p2_call *call, uint32_t representation, p2_kind kind,
                        void *out)
{
    p2_entry *entry = entry_find(call->world, representation);
    if (!entry || entry->object->kind != kind)
        return wasi_p2_trap(call, "this is no handle of the resource");
    *(void **)out = entry->object;
    return WHIT_OK;
}

void wasi_p2_drop(void *env, uint32_t representation)
{
    p2_world *world = env;
    p2_entry *entry = entry_find(world, representation);
    if (!entry)
        return;
    p2_object *object = entry->object;
    entry->object = NULL;
    entry->next_free = world->free;
    world->free = (representation & INDEX_MASK) + 1;
    wasi_p2_object_release(object);
}

/* ---- Calls ---- */

void *wasi_p2_alloc(p2_call *call, size_t size)
{
    return arena_alloc(canon_host_call_arena(call->host), size);
}

whit_status wasi_p2_trap(p2_call *call, const char *format, ...)
{
    char text[WHIT_MESSAGE_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return error_set(call->error, WHIT_TRAP, "%s", text);
}

/* ---- Waiting ---- */

p2_interest wasi_p2_descriptor_interest(const wasi_descriptor *descriptor,
                                        short events)
{
    bool waits = descriptor->kind == WASI_KIND_STREAM ||
                 descriptor->kind == WASI_KIND_SOCKET;
    return waits ? P2_HOST(descriptor->host, events) : P2_NOW;
}

bool wasi_p2_interest_ready(const p2_interest *interest)
{
    if (interest->now)
        return true;
    struct pollfd item = {.fd = interest->host, .events = interest->events};
    if (interest->host >= 0 && poll(&item, 1, 0) != 0)
        return true;
    uint64_t now;
    return interest->due != WASI_NEVER &&
           (wasi_clock_now(WASI_CLOCK_MONOTONIC, &now) != WASI_OK ||
            interest->due <= now);
}

static void wait_disarm(p2_wait *self)
{
    for (size_t i = 0; i < self->count; i++)
        wasi_reactor_remove(self->call.world->reactor, &self->waiters[i]);
    self->count = 0;
}

static void wait_unlink(p2_wait *self)
{
    wait_disarm(self);
    if (self->previous)
        self->previous->next = self->next;
    else
        self->call.world->waits = self->next;
    if (self->next)
        self->next->previous = self->previous;
}

static void wait_cancel(void *env)
{
    p2_wait *self = env;
    wait_unlink(self);
    canon_host_call_cancelled(self->call.host);
}

static void wait_again(wasi_waiter *waiter)
{
    p2_wait *self = waiter->env;
    whit_error error = {0};
    wait_disarm(self);
    self->again = false;
    self->call.error = &error;
    whit_status status = self->call.function(&self->call);
    if (status == WHIT_OK && self->again)
        return;
    wait_unlink(self);
    if (status == WHIT_OK)
        canon_host_call_finish(self->call.host);
    else
        canon_host_call_fail(self->call.host, &error);
}

/* A zeroed place in the call's arena; deferring comes last, since nothing may
 * fail after it. */
static whit_status wait_new(p2_call *call, p2_wait **out)
{
    p2_wait *self = wasi_p2_alloc(call, sizeof *self);
    TRY_ALLOC(self, call->error);
    *self = (p2_wait){.call = *call, .again = true};
    self->waiters = self->few;
    self->room = COUNT_OF(self->few);
    self->call.wait = self;
    *out = self;
    return WHIT_OK;
}

static whit_status wait_room(p2_wait *self, p2_call *call, size_t count)
{
    if (count <= self->room)
        return WHIT_OK;
    wasi_waiter *made =
        arena_array(canon_host_call_arena(call->host), count, sizeof *made);
    TRY_ALLOC(made, call->error);
    self->waiters = made;
    self->room = count;
    return WHIT_OK;
}

static whit_status wait_arm(p2_wait *self, p2_call *call,
                            const p2_interest *interests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const p2_interest *interest = &interests[i];
        self->waiters[i] = (wasi_waiter){
            .host = interest->host,
            .events = interest->events,
            .due = interest->now ? 0 : interest->due,
            .ready = wait_again,
            .env = self,
        };
        wasi_error error =
            wasi_reactor_add(call->world->reactor, &self->waiters[i]);
        if (error) {
            wait_disarm(self);
            return error == WASI_ERROR_NOMEM
                       ? error_memory(call->error)
                       : error_set(call->error, WHIT_IO, "cannot wait: %s",
                                   wasi_error_name(error));
        }
        self->count = i + 1;
    }
    return WHIT_OK;
}

whit_status wasi_p2_wait(p2_call *call, const p2_interest *interests,
                         size_t count)
{
    p2_wait *self = call->wait;
    if (!self)
        TRY(wait_new(call, &self));
    TRY(wait_room(self, call, count));
    TRY(wait_arm(self, call, interests, count));
    self->again = true;
    if (call->wait)
        return WHIT_OK;
    self->next = call->world->waits;
    if (self->next)
        self->next->previous = self;
    call->world->waits = self;
    self->call.result = canon_host_call_defer(call->host, wait_cancel, self);
    return WHIT_OK;
}

/* ---- The world ---- */

void wasi_p2_world_free(wasi_face *face)
{
    p2_world *self = (p2_world *)(void *)face;
    while (self->waits)
        wait_unlink(self->waits);
    for (size_t i = 0; i < self->count; i++)
        wasi_p2_object_release(self->entries[i].object);
    for (size_t i = 0; i < COUNT_OF(self->sinks); i++)
        wasi_p2_sink_release(self->sinks[i]);
    while (self->armed)
        wasi_p2_sink_disarm(self->armed);
    mem_free(self->entries);
    mem_free(self);
}
