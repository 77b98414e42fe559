/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Stores, and what they hold until they go. */
#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"
#include "canonical/private.h"

canon_instance *canon_instance_alloc(canon_store *store)
{
    canon_instance *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->store = store;
    self->may_enter = true;
    self->may_leave = true;
    canon_handles_init(&self->handles, &store->handles_left);
    canon_handles_init(&self->threads, &store->handles_left);
    arena_init(&self->arena);
    return self;
}

/* Waitable sets after what is in them. */
static void discard_handles(canon_instance *self)
{
    for (int sets = 0; sets < 2; sets++) {
        for (uint32_t i = 1; i < self->handles.count; i++) {
            canon_handle *handle = &self->handles.items[i];
            if (handle->kind != CANON_HANDLE_FREE &&
                (handle->kind == CANON_HANDLE_WAITABLE_SET) == sets)
                canon_handle_discard(self, handle);
        }
    }
}

static void instance_free(canon_instance *self)
{
    if (!self)
        return;
    canon_handles_release(&self->handles);
    canon_handles_release(&self->threads);
    canon_component_release(self->component);
    mem_free(self->bindings);
    arena_release(&self->arena);
    mem_free(self);
}

whit_status canon_store_around(rt_store *core, canon_store **out,
                               whit_error *error)
{
    canon_store *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->core = core;
    self->handles_left = core->limits.handles;
    canon_scheduler_init(&self->scheduler);
    self->host = canon_instance_alloc(self);
    if (!self->host) {
        mem_free(self);
        return error_memory(error);
    }
    *out = self;
    return WHIT_OK;
}

whit_status canon_store_new(rt_engine *engine, const rt_limits *limits,
                            canon_store **out, whit_error *error)
{
    rt_store *core;
    TRY(rt_store_new(engine, limits, &core, error));
    whit_status status = canon_store_around(core, out, error);
    if (status != WHIT_OK)
        rt_store_free(core);
    else
        (*out)->owns_core = true;
    return status;
}

static void resource_free(canon_resource *self)
{
    mem_free(self->name);
    mem_free(self);
}

void canon_store_free(canon_store *self)
{
    if (!self)
        return;
    while (self->endings) {
        canon_ending *ending = self->endings;
        self->endings = ending->next;
        ending->end(ending);
    }
    canon_scheduler_release(self);
    for (canon_instance *i = self->instances; i; i = i->next)
        discard_handles(i);
    discard_handles(self->host);
    if (self->owns_core)
        rt_store_free(self->core);
    for (canon_instance *next, *i = self->instances; i; i = next) {
        next = i->next;
        instance_free(i);
    }
    instance_free(self->host);
    for (canon_function *next, *f = self->functions; f; f = next) {
        next = f->next;
        mem_free(f);
    }
    for (canon_resource *next, *r = self->resources; r; r = next) {
        next = r->next;
        resource_free(r);
    }
    mem_free(self);
}

rt_store *canon_store_core(canon_store *self)
{
    return self->core;
}

whit_status canon_resource_new(canon_store *store, canon_resource **out,
                               whit_error *error)
{
    canon_resource *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->next = store->resources;
    store->resources = self;
    *out = self;
    return WHIT_OK;
}

whit_status canon_function_new(canon_instance *resolver,
                               const component_node *type, canon_function **out,
                               whit_error *error)
{
    canon_store *store = resolver->store;
    canon_function *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->type = type;
    self->resolver = resolver;
    self->next = store->functions;
    store->functions = self;
    *out = self;
    return WHIT_OK;
}

/* ---- Resource types of an instance ---- */

typedef struct canon_binding {
    const component_resource *resource;
    canon_resource *meaning;
} canon_binding;

static uint32_t place(const canon_instance *self,
                      const component_resource *resource)
{
    uint32_t mask = self->binding_capacity - 1;
    uint32_t i = (uint32_t)((uintptr_t)resource >> 4) & mask;
    while (self->bindings[i].resource && self->bindings[i].resource != resource)
        i = (i + 1) & mask;
    return i;
}

static whit_status make_room(canon_instance *self, whit_error *error)
{
    canon_binding *old = self->bindings;
    uint32_t capacity = self->binding_capacity;
    if (self->binding_count * 2 < capacity)
        return WHIT_OK;
    uint32_t larger = capacity ? capacity * 2 : 8;
    canon_binding *bindings = mem_calloc(larger, sizeof *bindings);
    TRY_ALLOC(bindings, error);
    self->bindings = bindings;
    self->binding_capacity = larger;
    for (uint32_t i = 0; i < capacity; i++)
        if (old[i].resource)
            bindings[place(self, old[i].resource)] = old[i];
    mem_free(old);
    return WHIT_OK;
}

whit_status canon_instance_bind(canon_instance *self,
                                const component_resource *resource,
                                canon_resource *meaning, whit_error *error)
{
    TRY(make_room(self, error));
    canon_binding *binding = &self->bindings[place(self, resource)];
    self->binding_count += !binding->resource;
    *binding = (canon_binding){resource, meaning};
    return WHIT_OK;
}

canon_resource *canon_instance_bound(const canon_instance *self,
                                     const component_resource *resource)
{
    if (!self->binding_capacity)
        return NULL;
    return self->bindings[place(self, resource)].meaning;
}

canon_resource *canon_instance_resource(const canon_instance *self,
                                        const component_resource *resource)
{
    canon_resource *meaning = canon_instance_bound(self, resource);
    while (!meaning && self->outer) {
        self = self->outer;
        meaning = canon_instance_bound(self, resource);
    }
    return meaning;
}
