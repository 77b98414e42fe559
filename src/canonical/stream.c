/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures: moving elements from one end to the other. */
#include "canonical/stream_state.h"

#include "base/memory.h"

canon_shared *canon_shared_new(const component_node *type,
                               canon_instance *resolver)
{
    canon_shared *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->type = type;
    self->resolver = resolver;
    self->is_future = type->kind == COMPONENT_TYPE_FUTURE;
    return self;
}

void canon_shared_release(canon_shared *self)
{
    if (--self->ends == 0)
        mem_free(self);
}

static uint8_t kind_of(const canon_shared *shared, bool writes)
{
    if (shared->is_future)
        return writes ? CANON_HANDLE_FUTURE_WRITE : CANON_HANDLE_FUTURE_READ;
    return writes ? CANON_HANDLE_STREAM_WRITE : CANON_HANDLE_STREAM_READ;
}

whit_status canon_end_new(canon_instance *instance, canon_shared *shared,
                          bool writes, uint32_t *index, whit_error *error)
{
    canon_end *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->waitable.kind = kind_of(shared, writes);
    self->waitable.instance = instance;
    self->shared = shared;
    const canon_handle handle = {.kind = self->waitable.kind, .object = self};
    whit_status status =
        canon_handles_add(&instance->handles, &handle, index, error);
    if (status != WHIT_OK) {
        mem_free(self);
        return status;
    }
    self->waitable.index = *index;
    shared->ends++;
    return WHIT_OK;
}

whit_status canon_ends_new(canon_instance *instance, const component_node *type,
                           canon_instance *resolver, uint32_t *readable,
                           uint32_t *writable, whit_error *error)
{
    canon_shared *shared = canon_shared_new(type, resolver);
    TRY_ALLOC(shared, error);
    whit_status status =
        canon_end_new(instance, shared, false, readable, error);
    if (status != WHIT_OK) {
        mem_free(shared);
        return status;
    }
    status = canon_end_new(instance, shared, true, writable, error);
    if (status != WHIT_OK) {
        canon_end_discard(instance->handles.items[*readable].object);
        canon_handles_remove(&instance->handles, *readable);
    }
    return status;
}

void canon_end_discard(canon_waitable *waitable)
{
    canon_end *self = (canon_end *)waitable;
    canon_shared *shared = self->shared;
    if (shared->pending == self)
        shared->pending = NULL;
    if (shared->watching == self)
        shared->watching = NULL;
    canon_waitable_join(waitable, NULL);
    canon_shared_release(shared);
    mem_free(self);
}

/* ---- What became of an operation ---- */

static void settle_state(canon_end *self)
{
    if (self->result == CANON_COPY_DROPPED ||
        (self->shared->is_future && self->result == CANON_COPY_COMPLETED))
        self->state = CANON_COPY_DONE;
    else
        self->state = CANON_COPY_IDLE;
}

/* What the host is to hear. Its callbacks may start operations and drop ends,
 * so both ends are in order before the first of them is called. */
typedef struct notice {
    canon_copy_done done; /* NULL: a guest, which has an event */
    void *env;
    canon_copy_result result;
    uint32_t count;
} notice;

/* `reclaims`: the buffer stays pending until a guest takes the event, so that
 * more may be moved; the host's is done with. */
static notice end_operation(canon_end *self, canon_copy_result result,
                            bool reclaims)
{
    canon_shared *shared = self->shared;
    const notice out = {self->done, self->env, result, self->progress};
    self->result = (uint8_t)result;
    self->reclaims = reclaims;
    if (!self->done) {
        self->waitable.pending = true;
        return out;
    }
    if (shared->pending == self)
        shared->pending = NULL;
    self->done = NULL;
    settle_state(self);
    return out;
}

static void tell(const notice *self)
{
    if (self->done)
        self->done(self->env, self->result, self->count);
}

static void notify(canon_end *self, canon_copy_result result, bool reclaims)
{
    const notice heard = end_operation(self, result, reclaims);
    tell(&heard);
}

static void notify_both(canon_end *other, canon_end *self, bool reclaims)
{
    const notice first = end_operation(other, CANON_COPY_COMPLETED, reclaims);
    const notice second = end_operation(self, CANON_COPY_COMPLETED, false);
    tell(&first);
    tell(&second);
}

/* Tells the host, when it has no operation that would tell it. */
static void notify_watching(const canon_end *self)
{
    canon_end *other = self->shared->watching;
    if (other && other != self && !canon_end_copying(other))
        other->changed(other->changed_env);
}

canon_event canon_end_event(canon_waitable *waitable)
{
    static const uint8_t codes[] = {
        [CANON_HANDLE_STREAM_READ] = CANON_EVENT_STREAM_READ,
        [CANON_HANDLE_STREAM_WRITE] = CANON_EVENT_STREAM_WRITE,
        [CANON_HANDLE_FUTURE_READ] = CANON_EVENT_FUTURE_READ,
        [CANON_HANDLE_FUTURE_WRITE] = CANON_EVENT_FUTURE_WRITE,
    };
    canon_end *self = (canon_end *)waitable;
    canon_shared *shared = self->shared;
    bool gives_up = self->reclaims && shared->pending == self;
    if (gives_up)
        shared->pending = NULL;
    self->reclaims = false;
    settle_state(self);
    uint32_t payload = self->result;
    if (!shared->is_future)
        payload |= self->progress << 4;
    if (gives_up)
        notify_watching(self);
    return (canon_event){codes[waitable->kind], waitable->index, payload};
}

/* ---- Moving ---- */

static uint32_t element_bytes(const canon_end *self)
{
    const component_node *element = self->shared->type->element;
    const canon_options *options = self->side.options;
    if (!element)
        return 0;
    bool wide = !options || (options->memory && options->memory->is64);
    return element->layout[wide].size;
}

static whit_status move(canon_end *a, canon_end *b, uint32_t count,
                        whit_error *error)
{
    canon_shared *shared = a->shared;
    canon_end *from = canon_end_writes(a) ? a : b;
    canon_end *to = from == a ? b : a;
    TRY(canon_pass_elements(shared->type->element, shared->resolver,
                            &from->side, from->address, &to->side, to->address,
                            count, error));
    from->progress += count;
    to->progress += count;
    from->address += (uint64_t)count * element_bytes(from);
    to->address += (uint64_t)count * element_bytes(to);
    return WHIT_OK;
}

static whit_status check_instances(const canon_end *self,
                                   const canon_end *other, whit_error *error)
{
    const canon_shared *shared = self->shared;
    const component_node *element = shared->type->element;
    canon_instance *instance = self->waitable.instance;
    if (instance != other->waitable.instance ||
        instance == instance->store->host || !element ||
        canon_type_is_number(element))
        return WHIT_OK;
    return canon_trap(error, "cannot read from and write to intra-component %s",
                      shared->is_future ? "future" : "stream");
}

static whit_status copy_stream(canon_end *self, canon_end *other,
                               whit_error *error)
{
    canon_shared *shared = self->shared;
    uint32_t mine = self->length - self->progress;
    uint32_t theirs = other->length - other->progress;
    if (theirs > 0) {
        if (mine > 0) {
            TRY(move(self, other, mine < theirs ? mine : theirs, error));
            notify_both(other, self, true);
        } else {
            notify(self, CANON_COPY_COMPLETED, false);
        }
        return WHIT_OK;
    }
    if (canon_end_writes(self) && self->length == 0 && other->length == 0) {
        notify(self, CANON_COPY_COMPLETED, false);
        return WHIT_OK;
    }
    shared->pending = self;
    notify(other, CANON_COPY_COMPLETED, false);
    return WHIT_OK;
}

whit_status canon_end_copy(canon_end *self, whit_error *error)
{
    canon_shared *shared = self->shared;
    canon_end *other = shared->pending;
    if (shared->dropped) {
        notify(self, CANON_COPY_DROPPED, false);
        return WHIT_OK;
    }
    if (!other) {
        shared->pending = self;
        return WHIT_OK;
    }
    TRY(check_instances(self, other, error));
    if (!shared->is_future)
        return copy_stream(self, other, error);
    TRY(move(self, other, 1, error));
    shared->pending = NULL;
    notify_both(other, self, false);
    return WHIT_OK;
}

void canon_end_cancel(canon_end *self)
{
    bool is_host = self->done != NULL;
    self->shared->pending = NULL;
    notify(self, CANON_COPY_CANCELLED, false);
    if (!is_host) /* whose callback may have dropped the end */
        notify_watching(self);
}

whit_status canon_end_drop(canon_end *self, whit_error *error)
{
    canon_shared *shared = self->shared;
    const char *what = shared->is_future ? "future" : "stream";
    if (canon_end_copying(self))
        return canon_trap(error, "cannot %s busy %s",
                          canon_end_writes(self) ? "drop" : "remove", what);
    if (shared->is_future && canon_end_writes(self) &&
        self->state != CANON_COPY_DONE)
        return canon_trap(error, "cannot drop future write end without first "
                                 "writing a value");
    canon_handles_remove(&self->waitable.instance->handles,
                         self->waitable.index);
    if (!shared->dropped) {
        canon_end *other = shared->pending;
        shared->dropped = true;
        shared->pending = NULL;
        if (other)
            notify(other, CANON_COPY_DROPPED, false);
        else
            notify_watching(self);
    }
    canon_end_discard(&self->waitable);
    return WHIT_OK;
}

/* ---- Ends on their way ---- */

whit_status canon_stream_lift(canon_instance *from, uint32_t index,
                              const component_node *type,
                              canon_instance *resolver, canon_shared **out,
                              whit_error *error)
{
    canon_handle *handle;
    bool is_future = type->kind == COMPONENT_TYPE_FUTURE;
    const char *what = is_future ? "future" : "stream";
    TRY(canon_handles_get(&from->handles, index, &handle, error));
    if (handle->kind !=
        (is_future ? CANON_HANDLE_FUTURE_READ : CANON_HANDLE_STREAM_READ))
        return canon_trap(error,
                          "handle index %u is not the readable end of a %s",
                          index, what);
    canon_end *end = handle->object;
    canon_shared *shared = end->shared;
    if (!canon_type_equal(type, resolver, shared->type, shared->resolver))
        return canon_trap(error, "handle index %u is a %s of another type",
                          index, what);
    if (end->state == CANON_COPY_DONE)
        return canon_trap(error, "cannot lift %s after %s", what,
                          is_future ? "previous read succeeded"
                                    : "being notified that the writable end "
                                      "dropped");
    if (end->state != CANON_COPY_IDLE)
        return canon_trap(error, "cannot remove busy %s", what);
    if (end->waitable.set)
        return canon_trap(error, "cannot lift %s while it's in a waitable set",
                          what);
    canon_handles_remove(&from->handles, index);
    mem_free(end);
    *out = shared;
    return WHIT_OK;
}

whit_status canon_stream_lower(canon_instance *to, canon_shared *shared,
                               uint32_t *index, whit_error *error)
{
    whit_status status = canon_end_new(to, shared, false, index, error);
    /* The count of the end that was lifted. */
    canon_shared_release(shared);
    return status;
}
