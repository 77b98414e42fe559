/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Futures, sources and sinks: machines that go on when the guest does, or the
 * reactor says that the host can. Callbacks only set the next step, so that a
 * guest that takes everything at once does not deepen the stack. */
#include "wasi/preview3/stream.h"

#include "base/limits.h"
#include "base/memory.h"

static struct canon_store *store_of(const p3_link *link)
{
    return link->owner->store;
}

static whit_status end_new(p2_call *call, const component_node *type,
                           uint32_t *readable, uint32_t *writable)
{
    return canon_stream_new(canon_host_call_store(call->host), type,
                            canon_host_call_resolver(call->host), readable,
                            writable, call->error);
}

/* Nothing can be done about an end that cannot be dropped; the store has it
 * until it goes. */
static void end_drop(const p3_link *link, uint32_t end)
{
    whit_error error;
    if (canon_stream_drop(store_of(link), end, &error) != WHIT_OK)
        return;
}

/* ---- Futures ---- */

static void future_end(p3_link *link)
{
    mem_free(link);
}

whit_status wasi_p3_future_new(p2_call *call, const component_node *type,
                               p3_encode *encode, uint32_t *readable,
                               p3_future **out)
{
    p3_future *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, call->error);
    self->encode = encode;
    self->link.end = future_end;
    whit_status status = wasi_p3_link(call, &self->link);
    if (status != WHIT_OK) {
        mem_free(self);
        return status;
    }
    *out = self;
    return end_new(call, type, readable, &self->end);
}

static void future_done(void *env, canon_copy_result result, uint32_t count)
{
    p3_future *self = env;
    (void)result, (void)count;
    end_drop(&self->link, self->end);
    wasi_p3_unlink(&self->link);
    mem_free(self);
}

void wasi_p3_future_resolve(p3_future *self, wasi_error error)
{
    whit_error failure;
    self->encode(error, self->answer);
    /* When the guest's memory cannot be written it hears nothing any more. */
    if (canon_stream_write(store_of(&self->link), self->end, self->answer, 1,
                           future_done, self, &failure) != WHIT_OK)
        return;
}

/* ---- Waiting ---- */

static wasi_reactor *reactor_of(const p3_link *link)
{
    return link->owner->world->base->reactor;
}

static wasi_error waiter_arm(const p3_link *link, wasi_waiter *waiter,
                             const p2_interest *interest, void *env,
                             void (*ready)(wasi_waiter *waiter))
{
    *waiter = (wasi_waiter){.host = interest->host,
                            .events = interest->events,
                            .due = interest->now ? 0 : interest->due,
                            .ready = ready,
                            .env = env};
    return wasi_reactor_add(reactor_of(link), waiter);
}

/* ---- Sources ---- */

static void source_run(p3_source *self);

static void source_go(p3_source *self, p3_step step)
{
    self->step = step;
    source_run(self);
}

static void source_disarm(p3_source *self)
{
    if (self->armed)
        wasi_reactor_remove(reactor_of(&self->link), &self->waiter);
    self->armed = false;
}

/* The guest gave its read up, or dropped the stream. */
static void source_changed(void *env)
{
    p3_source *self = env;
    if (!self->armed)
        return;
    source_disarm(self);
    source_go(self, P3_PROBE);
}

static void source_ready(wasi_waiter *waiter)
{
    p3_source *self = waiter->env;
    self->armed = false;
    source_go(self, P3_PROBE);
}

static void source_probed(void *env, canon_copy_result result, uint32_t count)
{
    p3_source *self = env;
    (void)count;
    self->stopped = result == CANON_COPY_DROPPED;
    source_go(self, self->stopped ? P3_END : P3_FILL);
}

static void source_gave(void *env, canon_copy_result result, uint32_t count)
{
    p3_source *self = env;
    self->elements += count * self->producer->element_size;
    self->count -= count;
    self->stopped = result == CANON_COPY_DROPPED;
    source_go(self, self->stopped ? P3_END : self->count ? P3_GIVE : P3_PROBE);
}

static void source_write(p3_source *self, uint32_t count, canon_copy_done done)
{
    whit_error error;
    if (canon_stream_write(store_of(&self->link), self->end, self->elements,
                           count, done, self, &error) == WHIT_OK)
        return;
    self->error = WASI_ERROR_IO;
    self->step = P3_END;
}

static void source_fill(p3_source *self)
{
    self->count = 0;
    self->error = self->producer->fill(self);
    if (self->error == WASI_ERROR_AGAIN) {
        p2_interest interest = self->producer->interest(self);
        self->error = waiter_arm(&self->link, &self->waiter, &interest, self,
                                 source_ready);
        self->armed = self->error == WASI_OK;
        if (self->armed)
            return;
    }
    self->step = self->error || !self->count ? P3_END : P3_GIVE;
}

static void source_release(p3_source *self)
{
    self->producer->release(self);
    mem_free(self);
}

static void source_end(p3_source *self)
{
    if (self->producer->stop && (self->stopped || self->count))
        self->producer->stop(self);
    end_drop(&self->link, self->end);
    if (self->future)
        wasi_p3_future_resolve(self->future, self->error);
    wasi_p3_unlink(&self->link);
    source_release(self);
}

static void source_run(p3_source *self)
{
    if (self->running)
        return;
    self->running = true;
    while (self->step != P3_REST) {
        p3_step step = self->step;
        self->step = P3_REST;
        if (step == P3_END) {
            source_end(self);
            return;
        }
        if (step == P3_PROBE)
            source_write(self, 0, source_probed);
        else if (step == P3_FILL)
            source_fill(self);
        else
            source_write(self, self->count, source_gave);
    }
    self->running = false;
}

static void source_store_end(p3_link *link)
{
    p3_source *self = (p3_source *)(void *)link;
    source_disarm(self);
    if (self->producer->stop && self->count)
        self->producer->stop(self);
    source_release(self);
}

whit_status wasi_p3_source_start(p2_call *call, p3_source *self,
                                 const component_node *type, p3_future *future,
                                 uint32_t *readable)
{
    self->future = future;
    self->link.end = source_store_end;
    whit_status status = end_new(call, type, readable, &self->end);
    if (status == WHIT_OK)
        status = wasi_p3_link(call, &self->link);
    if (status != WHIT_OK) {
        source_release(self);
        return status;
    }
    canon_stream_watch(store_of(&self->link), self->end, source_changed, self);
    source_go(self, P3_PROBE);
    return WHIT_OK;
}

whit_status wasi_p3_source_failed(p2_call *call, const component_node *type,
                                  p3_future *future, wasi_error error,
                                  uint32_t *readable)
{
    uint32_t writable;
    TRY(end_new(call, type, readable, &writable));
    end_drop(&future->link, writable);
    wasi_p3_future_resolve(future, error);
    return WHIT_OK;
}

/* ---- Sinks ---- */

static void sink_run(p3_sink *self);

static void sink_ready(wasi_waiter *waiter)
{
    p3_sink *self = waiter->env;
    self->armed = false;
    self->step = self->at < self->count ? P3_PUT : P3_FINISH;
    sink_run(self);
}

static void sink_wait(p3_sink *self)
{
    p2_interest interest = self->consumer->interest(self);
    self->error =
        waiter_arm(&self->link, &self->waiter, &interest, self, sink_ready);
    self->armed = self->error == WASI_OK;
    if (!self->armed)
        self->step = P3_END;
}

static void sink_took(void *env, canon_copy_result result, uint32_t count)
{
    p3_sink *self = env;
    self->closed = result == CANON_COPY_DROPPED;
    self->at = 0;
    self->count = count;
    self->step = P3_PUT;
    sink_run(self);
}

static void sink_take(p3_sink *self)
{
    whit_error error;
    if (canon_stream_read(store_of(&self->link), self->end, self->chunk,
                          LIMIT_WASI_CHUNK, NULL, sink_took, self,
                          &error) == WHIT_OK)
        return;
    self->error = WASI_ERROR_IO;
    self->step = P3_END;
}

static void sink_put(p3_sink *self)
{
    while (self->at < self->count && !self->error) {
        size_t done = 0;
        self->error = self->consumer->put(self, self->chunk + self->at,
                                          self->count - self->at, &done);
        self->at += done;
    }
    if (self->error == WASI_ERROR_AGAIN) {
        sink_wait(self);
        return;
    }
    bool finishes = self->closed || self->consumer->buffers;
    self->step = self->error ? P3_END : finishes ? P3_FINISH : P3_TAKE;
}

static void sink_finish(p3_sink *self)
{
    self->error = self->consumer->finish(self);
    if (self->error == WASI_ERROR_AGAIN)
        sink_wait(self);
    else
        self->step = self->error || self->closed ? P3_END : P3_TAKE;
}

static void sink_release(p3_sink *self)
{
    self->consumer->release(self);
    mem_free(self->chunk);
    mem_free(self);
}

static void sink_end(p3_sink *self)
{
    end_drop(&self->link, self->end);
    wasi_p3_future_resolve(self->future, self->error);
    wasi_p3_unlink(&self->link);
    sink_release(self);
}

static void sink_run(p3_sink *self)
{
    if (self->running)
        return;
    self->running = true;
    while (self->step != P3_REST) {
        p3_step step = self->step;
        self->step = P3_REST;
        if (step == P3_END) {
            sink_end(self);
            return;
        }
        if (step == P3_TAKE)
            sink_take(self);
        else if (step == P3_PUT)
            sink_put(self);
        else
            sink_finish(self);
    }
    self->running = false;
}

static void sink_store_end(p3_link *link)
{
    p3_sink *self = (p3_sink *)(void *)link;
    if (self->armed)
        wasi_reactor_remove(reactor_of(link), &self->waiter);
    sink_release(self);
}

whit_status wasi_p3_sink_start(p2_call *call, p3_sink *self, uint32_t data,
                               p3_future *future)
{
    self->future = future;
    self->end = data;
    self->link.end = sink_store_end;
    self->chunk = mem_alloc(LIMIT_WASI_CHUNK);
    whit_status status = self->chunk ? wasi_p3_link(call, &self->link)
                                     : error_memory(call->error);
    if (status != WHIT_OK) {
        sink_release(self);
        return status;
    }
    self->step = P3_TAKE;
    sink_run(self);
    return WHIT_OK;
}

whit_status wasi_p3_sink_failed(p2_call *call, uint32_t data, p3_future *future,
                                wasi_error error)
{
    TRY(canon_stream_drop(canon_host_call_store(call->host), data,
                          call->error));
    wasi_p3_future_resolve(future, error);
    return WHIT_OK;
}
