/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/component.h: answers that come later. */
#include "api/completion.h"
#include "base/memory.h"

/* ---- Numbers ---- */

enum { BUCKETS = 256 };

static struct {
    pthread_mutex_t lock;
    uint64_t last;
    api_answer *buckets[BUCKETS];
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

void api_answer_publish(api_answer *self)
{
    pthread_mutex_lock(&table.lock);
    self->id = ++table.last;
    api_answer **bucket = &table.buckets[self->id % BUCKETS];
    self->same = *bucket;
    *bucket = self;
    pthread_mutex_unlock(&table.lock);
}

static api_answer *claim(uint64_t id)
{
    api_answer *found = NULL;
    pthread_mutex_lock(&table.lock);
    api_answer **at = &table.buckets[id % BUCKETS];
    while (*at && (*at)->id != id)
        at = &(*at)->same;
    if (*at) {
        found = *at;
        *at = found->same;
    }
    pthread_mutex_unlock(&table.lock);
    return found;
}

api_answer *api_answer_claim(const whit_completion *token)
{
    return claim((uintptr_t)token);
}

/* ---- Answers ---- */

static void on_cancel(void *env)
{
    api_answer *self = env;
    if (self->cancelled)
        self->cancelled(self->env);
}

void api_answer_free(api_answer *self)
{
    canon_component_release(self->component);
    arena_release(&self->arena);
    mem_free(self);
}

static api_answer *answer_new(canon_host_call *call)
{
    api_answer *self = mem_zalloc(sizeof *self);
    if (!self)
        return NULL;
    arena_init(&self->arena);
    self->call = call;
    self->type = canon_host_call_type(call)->element;
    self->size = self->type ? self->type->layout[1].size : 0;
    self->component = canon_host_call_component(call);
    canon_component_retain(self->component);
    self->answer = arena_zalloc(&self->arena, self->size + 1);
    if (self->answer)
        return self;
    api_answer_free(self);
    return NULL;
}

whit_completion *whit_host_call_defer(whit_host_call *call,
                                      void (*cancelled)(void *env), void *env)
{
    api_world *world = api_world_find(whit_host_call_store(call));
    if (call->completion)
        return NULL;
    api_answer *self = answer_new(call->canon);
    if (!self)
        return NULL;
    self->cancelled = cancelled;
    self->env = env;
    self->result = canon_host_call_defer(call->canon, on_cancel, self);
    api_world_add(world, self);
    api_answer_publish(self);
    call->completion = (whit_completion *)(uintptr_t)self->id;
    return call->completion;
}

void api_answer_use(api_answer *self)
{
    switch (self->outcome) {
    case API_ANSWERED:
        if (self->size)
            memcpy(self->result, self->answer, self->size);
        canon_host_call_finish(self->call);
        break;
    case API_CANCELLED:
        canon_host_call_cancelled(self->call);
        break;
    case API_FAILED:
        canon_host_call_fail(self->call, &self->error);
        break;
    }
    api_answer_free(self);
}

/* ---- What the host calls ---- */

whit_status whit_complete(whit_completion *completion, const whit_val *value)
{
    api_answer *self = api_answer_claim(completion);
    whit_status status = WHIT_OK;
    if (!self)
        return WHIT_NOT_FOUND;
    if (self->type && value)
        status = api_val_write(self->type, value, true, &self->arena,
                               self->answer, &self->error);
    else if (self->type)
        status = error_set(&self->error, WHIT_ARGUMENT,
                           "a host function answered without a result");
    self->outcome = status == WHIT_OK ? API_ANSWERED : API_FAILED;
    self->error.code = WHIT_TRAP;
    api_world_post(self);
    return status;
}

whit_status whit_complete_typed(whit_completion *completion, const void *result)
{
    api_answer *self = api_answer_claim(completion);
    if (!self)
        return WHIT_NOT_FOUND;
    if (self->size)
        memcpy(self->answer, result, self->size);
    self->outcome = API_ANSWERED;
    api_world_finish(self);
    return WHIT_OK;
}

whit_status whit_complete_error(whit_completion *completion,
                                const char *message)
{
    api_answer *self = api_answer_claim(completion);
    if (!self)
        return WHIT_NOT_FOUND;
    self->outcome = API_FAILED;
    error_set(&self->error, WHIT_TRAP, "%s", message);
    api_world_post(self);
    return WHIT_OK;
}

whit_status whit_complete_cancelled(whit_completion *completion)
{
    api_answer *self = api_answer_claim(completion);
    if (!self)
        return WHIT_NOT_FOUND;
    self->outcome = API_CANCELLED;
    api_world_post(self);
    return WHIT_OK;
}
