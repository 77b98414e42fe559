/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures in the hands of the host. */
#include "base/limits.h"
#include "canonical/stream_state.h"

static canon_end *find(struct canon_store *store, uint32_t index)
{
    canon_handle *handle;
    if (canon_handles_get(&store->host->handles, index, &handle, NULL) !=
            WHIT_OK ||
        handle->kind < CANON_HANDLE_STREAM_READ ||
        handle->kind > CANON_HANDLE_FUTURE_WRITE)
        return NULL;
    return handle->object;
}

whit_status canon_stream_new(struct canon_store *store,
                             const component_node *type,
                             struct canon_instance *resolver,
                             uint32_t *readable, uint32_t *writable,
                             whit_error *error)
{
    return canon_ends_new(store->host, type, resolver, readable, writable,
                          error);
}

static whit_status copy(struct canon_store *store, uint32_t index, bool writes,
                        void *elements, uint32_t count, arena *memory,
                        canon_copy_done done, void *env, whit_error *error)
{
    canon_end *end = find(store, index);
    if (!end || canon_end_writes(end) != writes)
        return error_set(error, WHIT_ARGUMENT, "%u is not a %s end", index,
                         writes ? "writable" : "readable");
    if (end->state != CANON_COPY_IDLE)
        return error_set(error, WHIT_ARGUMENT,
                         end->state == CANON_COPY_DONE
                             ? "the stream or future at handle %u has ended"
                             : "an operation is under way at handle %u",
                         index);
    if (count > LIMIT_CANON_ELEMENTS)
        return error_set(error, WHIT_ARGUMENT,
                         "%u elements, but at most %u may be moved at once",
                         count, LIMIT_CANON_ELEMENTS);
    end->side = (canon_side){.instance = store->host, .arena = memory};
    end->address = (uintptr_t)elements;
    end->progress = 0;
    end->length = end->shared->is_future ? 1 : count;
    end->state = CANON_COPY_COPYING;
    end->done = done;
    end->env = env;
    whit_status status = canon_end_copy(end, error);
    if (status != WHIT_OK) { /* nothing was moved, and `done` is not called */
        end->state = CANON_COPY_IDLE;
        end->done = NULL;
    }
    return status;
}

whit_status canon_stream_read(struct canon_store *store, uint32_t readable,
                              void *elements, uint32_t count, arena *memory,
                              canon_copy_done done, void *env,
                              whit_error *error)
{
    return copy(store, readable, false, elements, count, memory, done, env,
                error);
}

whit_status canon_stream_write(struct canon_store *store, uint32_t writable,
                               const void *elements, uint32_t count,
                               canon_copy_done done, void *env,
                               whit_error *error)
{
    return copy(store, writable, true, (void *)(uintptr_t)elements, count, NULL,
                done, env, error);
}

void canon_stream_cancel(struct canon_store *store, uint32_t index)
{
    canon_end *end = find(store, index);
    if (end && end->state == CANON_COPY_COPYING)
        canon_end_cancel(end);
}

whit_status canon_stream_drop(struct canon_store *store, uint32_t index,
                              whit_error *error)
{
    canon_end *end = find(store, index);
    if (!end)
        return error_set(error, WHIT_ARGUMENT,
                         "%u is not an end of a stream or future", index);
    canon_stream_cancel(store, index);
    whit_status status = canon_end_drop(end, error);
    if (status == WHIT_TRAP && error)
        error->code = WHIT_ARGUMENT;
    return status == WHIT_TRAP ? WHIT_ARGUMENT : status;
}

void canon_stream_watch(struct canon_store *store, uint32_t index,
                        void (*changed)(void *env), void *env)
{
    canon_end *end = find(store, index);
    if (!end)
        return;
    end->changed = changed;
    end->changed_env = env;
    end->shared->watching = changed ? end : NULL;
}

void canon_store_at_end(struct canon_store *store, canon_ending *ending)
{
    ending->next = store->endings;
    store->endings = ending;
}

const component_node *canon_stream_type(struct canon_store *store, uint32_t end)
{
    const canon_end *found = find(store, end);
    return found ? found->shared->type : NULL;
}
