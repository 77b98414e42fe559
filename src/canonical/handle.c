/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The handles of a component instance. */
#include "canonical/handle.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"
#include "canonical/private.h"

whit_status canon_trap(whit_error *error, const char *format, ...)
{
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    if (!error)
        return WHIT_TRAP;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(error, WHIT_TRAP, "%s", message);
}

void canon_handles_init(canon_handles *self, uint32_t *budget)
{
    *self = (canon_handles){.items = NULL, .budget = budget};
}

void canon_handles_release(canon_handles *self)
{
    mem_free(self->items);
    canon_handles_init(self, self->budget);
}

/* Room for one more number; the first of all is 1. */
static whit_status grow(canon_handles *self, whit_error *error)
{
    size_t capacity = self->capacity;
    void *items = self->items;
    if (self->count > LIMIT_CANON_HANDLES)
        return canon_trap(error,
                          "the handle table is full: an instance may have %u "
                          "handles",
                          LIMIT_CANON_HANDLES);
    TRY(mem_grow(&items, &capacity, self->count, sizeof *self->items,
                 (size_t)LIMIT_CANON_HANDLES + 1, "handles", error));
    self->items = items;
    self->capacity = (uint32_t)capacity;
    if (!self->count)
        self->items[self->count++] = (canon_handle){.kind = CANON_HANDLE_FREE};
    return WHIT_OK;
}

whit_status canon_handles_add(canon_handles *self, const canon_handle *handle,
                              uint32_t *index, whit_error *error)
{
    uint32_t at = self->free;
    if (UNLIKELY(!*self->budget))
        return canon_trap(error, "the store has as many handles as it may "
                                 "(the limit `handles`)");
    if (at) {
        self->free = self->items[at].next_free;
    } else {
        if (UNLIKELY(self->count == self->capacity))
            TRY(grow(self, error));
        at = self->count++;
    }
    --*self->budget;
    self->items[at] = *handle;
    *index = at;
    return WHIT_OK;
}

whit_status canon_handles_get(canon_handles *self, uint32_t index,
                              canon_handle **out, whit_error *error)
{
    *out = NULL;
    if (UNLIKELY(index >= self->count ||
                 self->items[index].kind == CANON_HANDLE_FREE))
        return canon_trap(error, "unknown handle index %u", index);
    *out = &self->items[index];
    return WHIT_OK;
}

void canon_handles_remove(canon_handles *self, uint32_t index)
{
    self->items[index] =
        (canon_handle){.kind = CANON_HANDLE_FREE, .next_free = self->free};
    self->free = index;
    ++*self->budget;
}

/* ---- Resources ---- */

static const char *origin(const canon_resource *resource)
{
    static const char host[] = "host-defined resource";
    static const char guest[] = "guest-defined resource";
    return resource->instance == resource->instance->store->host ? host : guest;
}

const char *canon_handle_kind_text(unsigned kind)
{
    static const char *const texts[] = {
        [CANON_HANDLE_FREE] = "nothing",
        [CANON_HANDLE_RESOURCE] = "resource",
        [CANON_HANDLE_SUBTASK] = "subtask",
        [CANON_HANDLE_STREAM_READ] = "stream",
        [CANON_HANDLE_STREAM_WRITE] = "stream",
        [CANON_HANDLE_FUTURE_READ] = "future",
        [CANON_HANDLE_FUTURE_WRITE] = "future",
        [CANON_HANDLE_WAITABLE_SET] = "waitable-set",
        [CANON_HANDLE_ERROR_CONTEXT] = "error-context",
    };
    return texts[kind];
}

whit_status canon_handles_resource(canon_handles *self, uint32_t index,
                                   const canon_resource *resource,
                                   canon_handle **out, whit_error *error)
{
    canon_handle *handle = NULL;
    TRY(canon_handles_get(self, index, &handle, error));
    if (UNLIKELY(handle->kind != CANON_HANDLE_RESOURCE))
        return canon_trap(error,
                          "handle index %u used with the wrong type, expected "
                          "%s but found %s",
                          index, origin(resource),
                          canon_handle_kind_text(handle->kind));
    if (UNLIKELY(handle->resource != resource))
        return canon_trap(
            error,
            "handle index %u used with the wrong type, expected "
            "%s but found %s%s",
            index, origin(resource),
            origin(resource) == origin(handle->resource) ? "a different " : "",
            origin(handle->resource));
    *out = handle;
    return WHIT_OK;
}
