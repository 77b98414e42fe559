/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/component.h: the host's loop, and streams. */
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "api/completion.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "wasi/system.h"

static api_world *world_of(const whit_store *store)
{
    return RT_STORE(store)->upper;
}

api_world *api_world_find(const whit_store *store)
{
    return world_of(store);
}

static void release(api_world *self)
{
    if (atomic_fetch_sub_explicit(&self->references, 1, memory_order_acq_rel) !=
        1)
        return;
    for (api_answer *next, *a = self->answers; a; a = next) {
        next = a->next;
        api_answer_free(a);
    }
    if (self->event >= 0)
        close(self->event);
    pthread_mutex_destroy(&self->lock);
    mem_free(self);
}

/* ---- Answers ---- */

static void clear_event(wasi_waiter *waiter)
{
    api_world *self = waiter->env;
    uint64_t count;
    ssize_t size = read(self->event, &count, sizeof count);
    (void)size;
    /* Without memory for it, poll still takes answers up. */
    if (wasi_reactor_add(self->reactor, waiter) != WASI_OK)
        return;
}

static void signal_event(const api_world *self)
{
    uint64_t one = 1;
    ssize_t size = write(self->event, &one, sizeof one);
    (void)size;
}

void api_world_add(api_world *self, api_answer *answer)
{
    answer->world = self;
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
    pthread_mutex_lock(&self->lock);
    answer->next = self->answers;
    if (answer->next)
        answer->next->previous = answer;
    self->answers = answer;
    self->deferred++;
    pthread_mutex_unlock(&self->lock);
}

/* With the lock: it is about to be used. */
static void take_out(api_world *self, api_answer *answer)
{
    if (answer->previous)
        answer->previous->next = answer->next;
    else
        self->answers = answer->next;
    if (answer->next)
        answer->next->previous = answer->previous;
    self->deferred--;
}

void api_world_post(api_answer *answer)
{
    api_world *self = answer->world;
    void (*wake)(void *env) = NULL;
    void *env = NULL;
    pthread_mutex_lock(&self->lock);
    if (!self->closed) {
        answer->queued = self->queue;
        self->queue = answer;
        signal_event(self);
        wake = self->wake;
        env = self->wake_env;
    }
    pthread_mutex_unlock(&self->lock);
    if (wake)
        wake(env);
    release(self);
}

void api_world_finish(api_answer *answer)
{
    api_world *self = answer->world;
    pthread_mutex_lock(&self->lock);
    bool closed = self->closed;
    if (!closed)
        take_out(self, answer);
    pthread_mutex_unlock(&self->lock);
    if (!closed)
        api_answer_use(answer);
    release(self);
}

bool api_world_take(api_world *self)
{
    api_answer *ordered = NULL;
    pthread_mutex_lock(&self->lock);
    for (api_answer *next, *a = self->queue; a; a = next) {
        next = a->queued;
        a->queued = ordered;
        ordered = a;
        take_out(self, a);
    }
    self->queue = NULL;
    pthread_mutex_unlock(&self->lock);
    bool any = ordered != NULL;
    for (api_answer *next; ordered; ordered = next) {
        next = ordered->queued;
        api_answer_use(ordered);
    }
    return any;
}

/* ---- Reads and writes of streams ---- */

/* A read or write of the host that is under way. */
typedef struct api_copy {
    api_world *world;
    whit_copy_done done;
    void *env;
    struct api_copy *next, *previous; /* of the world */
} api_copy;

static void copy_free(api_copy *self)
{
    if (self->previous)
        self->previous->next = self->next;
    else
        self->world->copies = self->next;
    if (self->next)
        self->next->previous = self->previous;
    mem_free(self);
}

static void finish_copy(void *env, canon_copy_result result, uint32_t count)
{
    api_copy kept = *(api_copy *)env;
    copy_free(env);
    kept.done(kept.env, (whit_copy_result)result, count);
}

static whit_status new_copy(api_world *world, size_t count, whit_copy_done done,
                            void *env, api_copy **out, whit_error *error)
{
    if (count > LIMIT_CANON_ELEMENTS)
        return error_set(error, WHIT_LIMIT,
                         "a buffer of a stream has at most %u elements",
                         LIMIT_CANON_ELEMENTS);
    api_copy *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    *self = (api_copy){.world = world, .done = done, .env = env};
    self->next = world->copies;
    if (self->next)
        self->next->previous = self;
    world->copies = self;
    *out = self;
    return WHIT_OK;
}

/* ---- Making and freeing ---- */

/* Nobody can answer any more who has not begun to. */
static void close_world(api_world *self)
{
    uint32_t dropped = 0;
    pthread_mutex_lock(&self->lock);
    self->closed = true;
    self->queue = NULL;
    for (api_answer *a = self->answers; a; a = a->next)
        dropped +=
            api_answer_claim((whit_completion *)(uintptr_t)a->id) != NULL;
    pthread_mutex_unlock(&self->lock);
    for (; dropped; dropped--)
        release(self);
}

static void world_free(void *pointer)
{
    api_world *self = pointer;
    close_world(self);
    canon_store_free(self->canon);
    while (self->copies)
        copy_free(self->copies);
    if (self->reactor)
        wasi_reactor_remove(self->reactor, &self->waiter);
    wasi_reactor_free(self->own);
    wasi_system_release(self->system);
    release(self);
}

static whit_status find_reactor(api_world *self, wasi_system *system,
                                whit_error *error)
{
    if (system) {
        TRY(wasi_system_reactor(system, &self->reactor, error));
        wasi_system_retain(system);
        self->system = system;
    } else {
        if (wasi_reactor_new(&self->own) != WASI_OK)
            return error_set(error, WHIT_IO,
                             "no descriptor to wait with is "
                             "to be had");
        self->reactor = self->own;
    }
    self->waiter = (wasi_waiter){.host = self->event,
                                 .events = POLLIN,
                                 .due = WASI_NEVER,
                                 .ready = clear_event,
                                 .env = self};
    if (wasi_reactor_add(self->reactor, &self->waiter) != WASI_OK)
        return error_memory(error);
    return WHIT_OK;
}

static whit_status world_new(rt_store *store, wasi_system *system,
                             api_world **out, whit_error *error)
{
    api_world *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    atomic_init(&self->references, 1);
    pthread_mutex_init(&self->lock, NULL);
    self->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    whit_status status =
        self->event >= 0 ? canon_store_around(store, &self->canon, error)
                         : error_set(error, WHIT_IO, "no eventfd is to be had");
    if (status == WHIT_OK)
        status = find_reactor(self, system, error);
    if (status != WHIT_OK) {
        world_free(self);
        return status;
    }
    store->upper = self;
    store->upper_free = world_free;
    *out = self;
    return WHIT_OK;
}

whit_status api_world_of(whit_store *store, const whit_imports *imports,
                         api_world **out, whit_error *error)
{
    wasi_system *system = imports ? imports->system : NULL;
    api_world *self = world_of(store);
    if (!self)
        return world_new(RT_STORE(store), system, out, error);
    if (system && self->system != system)
        return error_set(error, WHIT_ARGUMENT,
                         "a store has one world of WASI: give it to the first "
                         "component that is instantiated");
    *out = self;
    return WHIT_OK;
}

/* ---- The loop ---- */

/* Waits for answers, clocks, descriptors: whether anything can come. */
static bool can_wait(api_world *self)
{
    pthread_mutex_lock(&self->lock);
    bool deferred = self->deferred != 0;
    pthread_mutex_unlock(&self->lock);
    return deferred || wasi_reactor_count(self->reactor) > 1;
}

static void react(api_world *self, uint64_t timeout)
{
    wasi_wait wait = {0};
    wasi_error ignored = wasi_reactor_wait(self->reactor, timeout, &wait);
    (void)ignored;
    api_world_take(self);
}

bool whit_store_poll(whit_store *store)
{
    api_world *self = world_of(store);
    if (!self)
        return false;
    react(self, 0);
    return canon_store_poll(self->canon);
}

bool whit_store_wait(whit_store *store, int64_t nanoseconds)
{
    api_world *self = world_of(store);
    if (!self || !can_wait(self))
        return false;
    react(self, nanoseconds < 0 ? WASI_NEVER : (uint64_t)nanoseconds);
    return true;
}

int whit_store_descriptor(whit_store *store)
{
    api_world *self = world_of(store);
    return self ? wasi_reactor_descriptor(self->reactor) : -1;
}

void whit_store_set_wake(whit_store *store, void (*wake)(void *env), void *env)
{
    api_world *self = world_of(store);
    if (!self)
        return;
    pthread_mutex_lock(&self->lock);
    self->wake = wake;
    self->wake_env = env;
    pthread_mutex_unlock(&self->lock);
}

static whit_status wait_for_host(void *env, whit_error *error)
{
    api_world *self = env;
    if (!can_wait(self))
        return error_set(error, WHIT_TRAP,
                         "deadlock: the guest waits for what never comes");
    react(self, WASI_NEVER);
    return WHIT_OK;
}

canon_waiter api_world_waiter(api_world *self)
{
    return (canon_waiter){wait_for_host, self};
}

/* ---- Handles ---- */

static whit_status need(const whit_store *store, api_world **out,
                        whit_error *error)
{
    *out = world_of(store);
    if (*out)
        return WHIT_OK;
    return error_set(error, WHIT_ARGUMENT,
                     "the store has no component, and so no handles");
}

whit_status whit_resource_drop(whit_store *store, uint32_t handle,
                               whit_error *error)
{
    api_world *self;
    TRY(need(store, &self, error));
    return canon_host_drop(self->canon, handle, error);
}

whit_status whit_error_context_new(whit_store *store, const char *message,
                                   size_t size, uint32_t *handle,
                                   whit_error *error)
{
    api_world *self;
    TRY(need(store, &self, error));
    if (!utf8_valid(slice_of(message, size)))
        return error_set(error, WHIT_ARGUMENT,
                         "the message of an error context must be UTF-8");
    return canon_host_error_new(self->canon, slice_of(message, size), handle,
                                error);
}

whit_status whit_error_context_message(whit_store *store, uint32_t handle,
                                       whit_name *out, whit_error *error)
{
    api_world *self;
    slice message;
    TRY(need(store, &self, error));
    TRY(canon_host_error_message(self->canon, handle, &message, error));
    *out = (whit_name){(const char *)message.data, message.size};
    return WHIT_OK;
}

whit_status whit_error_context_drop(whit_store *store, uint32_t handle,
                                    whit_error *error)
{
    api_world *self;
    TRY(need(store, &self, error));
    return canon_host_error_drop(self->canon, handle, error);
}

whit_status whit_stream_read(whit_store *store, uint32_t readable,
                             void *elements, size_t count, whit_region *region,
                             whit_copy_done done, void *env, whit_error *error)
{
    api_world *self;
    api_copy *kept = NULL;
    TRY(need(store, &self, error));
    TRY(new_copy(self, count, done, env, &kept, error));
    whit_status status = canon_stream_read(
        self->canon, readable, elements, (uint32_t)count,
        region ? &region->arena : NULL, finish_copy, kept, error);
    if (status != WHIT_OK)
        copy_free(kept);
    return status;
}

whit_status whit_stream_write(whit_store *store, uint32_t writable,
                              const void *elements, size_t count,
                              whit_copy_done done, void *env, whit_error *error)
{
    api_world *self;
    api_copy *kept = NULL;
    TRY(need(store, &self, error));
    TRY(new_copy(self, count, done, env, &kept, error));
    whit_status status =
        canon_stream_write(self->canon, writable, elements, (uint32_t)count,
                           finish_copy, kept, error);
    if (status != WHIT_OK)
        copy_free(kept);
    return status;
}

void whit_stream_cancel(whit_store *store, uint32_t end)
{
    api_world *self = world_of(store);
    if (self)
        canon_stream_cancel(self->canon, end);
}

whit_status whit_stream_drop(whit_store *store, uint32_t end, whit_error *error)
{
    api_world *self;
    TRY(need(store, &self, error));
    return canon_stream_drop(self->canon, end, error);
}
