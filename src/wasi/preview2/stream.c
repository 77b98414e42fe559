/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sinks, and the objects behind streams. */
#include "wasi/preview2/stream.h"

#include <poll.h>
#include "base/memory.h"

static void input_release(p2_object *object)
{
    wasi_descriptor_release(((p2_input *)(void *)object)->descriptor);
}

static void output_release(p2_object *object)
{
    p2_output *self = (p2_output *)(void *)object;
    wasi_p2_sink_release(self->sink);
    wasi_descriptor_release(self->descriptor);
}

p2_input *wasi_p2_input_new(wasi_descriptor *descriptor, bool positioned,
                            uint64_t offset)
{
    p2_input *self = wasi_p2_object_new(P2_INPUT_STREAM, sizeof *self, NULL);
    if (!self)
        return NULL;
    self->object.release = input_release;
    self->descriptor = descriptor;
    wasi_descriptor_retain(descriptor);
    self->positioned = positioned;
    self->offset = offset;
    return self;
}

p2_output *wasi_p2_output_new(p2_sink *sink)
{
    p2_output *self = wasi_p2_object_new(P2_OUTPUT_STREAM, sizeof *self, NULL);
    if (!self)
        return NULL;
    self->object.release = output_release;
    self->sink = sink;
    sink->references++;
    self->descriptor = sink->descriptor;
    wasi_descriptor_retain(sink->descriptor);
    return self;
}

p2_output *wasi_p2_output_at(wasi_descriptor *descriptor, bool append,
                             uint64_t offset)
{
    p2_output *self = wasi_p2_object_new(P2_OUTPUT_STREAM, sizeof *self, NULL);
    if (!self)
        return NULL;
    self->object.release = output_release;
    self->descriptor = descriptor;
    wasi_descriptor_retain(descriptor);
    self->append = append;
    self->offset = offset;
    return self;
}

p2_sink *wasi_p2_sink_new(p2_world *world, wasi_descriptor *descriptor)
{
    p2_sink *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->references = 1;
    self->world = world;
    self->descriptor = descriptor;
    wasi_descriptor_retain(descriptor);
    buffer_init(&self->pending);
    return self;
}

void wasi_p2_sink_release(p2_sink *self)
{
    if (!self || --self->references)
        return;
    buffer_release(&self->pending);
    wasi_descriptor_release(self->descriptor);
    mem_free(self);
}

static void sink_empty(p2_sink *self)
{
    buffer_clear(&self->pending);
    self->sent = 0;
    if (!self->finish)
        return;
    self->finish = false;
    wasi_error error = wasi_socket_shutdown(self->descriptor, false, true);
    if (!self->error && error != WASI_ERROR_NOTCONN)
        self->error = error;
}

static void sink_unlink(p2_sink *self)
{
    if (self->previous)
        self->previous->next = self->next;
    else
        self->world->armed = self->next;
    if (self->next)
        self->next->previous = self->previous;
    self->previous = self->next = NULL;
    self->armed = false;
}

void wasi_p2_sink_disarm(p2_sink *self)
{
    if (!self->armed)
        return;
    wasi_reactor_remove(self->world->reactor, &self->waiter);
    sink_unlink(self);
    wasi_p2_sink_release(self);
}

static void sink_ready(wasi_waiter *waiter)
{
    p2_sink *self = waiter->env;
    sink_unlink(self);
    (void)wasi_p2_sink_drain(self);
    wasi_p2_sink_release(self);
}

/* When the reactor cannot take it, the next drain is when the guest asks. */
static void sink_arm(p2_sink *self)
{
    if (self->armed)
        return;
    self->waiter = (wasi_waiter){.host = self->descriptor->host,
                                 .events = POLLOUT,
                                 .due = WASI_NEVER,
                                 .ready = sink_ready,
                                 .env = self};
    if (wasi_reactor_add(self->world->reactor, &self->waiter) != WASI_OK)
        return;
    self->armed = true;
    self->references++;
    self->next = self->world->armed;
    if (self->next)
        self->next->previous = self;
    self->world->armed = self;
}

bool wasi_p2_sink_drain(p2_sink *self)
{
    while (self->sent < self->pending.size) {
        size_t size;
        wasi_error error = wasi_file_write_now(
            self->descriptor, self->pending.data + self->sent,
            self->pending.size - self->sent, &size);
        if (error == WASI_ERROR_AGAIN) {
            sink_arm(self);
            return false;
        }
        if (error) {
            self->error = error;
            self->sent = self->pending.size;
        } else {
            self->sent += size;
        }
    }
    if (self->pending.size || self->finish)
        sink_empty(self);
    wasi_p2_sink_disarm(self); /* the caller has another reference */
    return true;
}

void wasi_p2_sink_finish(p2_sink *self)
{
    self->finish = true;
    (void)wasi_p2_sink_drain(self);
}

p2_interest wasi_p2_input_interest(const p2_input *self)
{
    if (self->closed || self->positioned)
        return P2_NOW;
    return wasi_p2_descriptor_interest(self->descriptor, POLLIN);
}

bool wasi_p2_output_ready(const p2_output *self)
{
    return self->closed || !self->sink || wasi_p2_sink_drain(self->sink);
}

p2_interest wasi_p2_output_interest(const p2_output *self)
{
    if (wasi_p2_output_ready(self))
        return P2_NOW;
    return wasi_p2_descriptor_interest(self->descriptor, POLLOUT);
}
