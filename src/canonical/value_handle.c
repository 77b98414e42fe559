/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values that are handles: from one instance's table to another's. */
#include "canonical/value_private.h"

/* ---- Resources ---- */

/* The host names the resources that it defined by their representation. */
static bool is_own_resource(const canon_side *side,
                            const canon_resource *resource)
{
    return canon_is_host(side) && resource->instance == side->instance;
}

/* An owned handle that may leave its table. */
static whit_status check_owned(canon_walk *w, uint32_t index,
                               const canon_resource *resource,
                               uint32_t *representation)
{
    canon_handle *handle = NULL;
    TRY(canon_handles_resource(&w->from->instance->handles, index, resource,
                               &handle, w->error));
    if (UNLIKELY(handle->lends))
        return canon_trap(w->error,
                          "cannot remove owned resource while borrowed: "
                          "handle index %u",
                          index);
    if (UNLIKELY(!handle->own))
        return canon_trap(w->error,
                          "cannot lift own resource from a borrow: handle "
                          "index %u",
                          index);
    *representation = handle->representation;
    return WHIT_OK;
}

static whit_status walk_own(canon_walk *w, canon_resource *resource,
                            uint32_t in, uint32_t *out)
{
    canon_instance *from = w->from->instance, *to = w->to->instance;
    bool leaves = !is_own_resource(w->from, resource);
    bool arrives = !is_own_resource(w->to, resource);
    uint32_t representation = in;
    if (leaves)
        TRY(check_owned(w, in, resource, &representation));
    *out = representation;
    /* The new handle comes first, so that a failure leaves the old owner;
     * in the same table the old number is used again, which never fails. */
    if (leaves && from == to)
        canon_handles_remove(&from->handles, in);
    if (arrives) {
        canon_handle handle = {.kind = CANON_HANDLE_RESOURCE,
                               .own = true,
                               .representation = representation,
                               .resource = resource};
        TRY(canon_handles_add(&to->handles, &handle, out, w->error));
    }
    if (leaves && from != to)
        canon_handles_remove(&from->handles, in);
    return WHIT_OK;
}

static whit_status lower_borrow(canon_walk *w, canon_resource *resource,
                                uint32_t representation, uint32_t *out)
{
    canon_instance *to = w->to->instance;
    *out = representation;
    if (resource->instance == to)
        return WHIT_OK;
    canon_handle handle = {.kind = CANON_HANDLE_RESOURCE,
                           .representation = representation,
                           .resource = resource,
                           .borrower = w->to->borrower};
    TRY(canon_handles_add(&to->handles, &handle, out, w->error));
    canon_task_borrow(w->to->borrower);
    return WHIT_OK;
}

static whit_status walk_borrow(canon_walk *w, canon_resource *resource,
                               uint32_t in, uint32_t *out)
{
    uint32_t representation = in;
    canon_handle *handle = NULL;
    if (!is_own_resource(w->from, resource)) {
        TRY(canon_handles_resource(&w->from->instance->handles, in, resource,
                                   &handle, w->error));
        representation = handle->representation;
        if (w->from->lender)
            TRY(canon_subtask_lend(w->from->lender, w->from->instance, in,
                                   w->error));
    }
    return lower_borrow(w, resource, representation, out);
}

/* ---- Streams, futures, error contexts ---- */

static whit_status walk_stream(canon_walk *w, const component_node *type,
                               uint32_t in, uint32_t *out)
{
    canon_shared *shared = NULL;
    TRY(canon_stream_lift(w->from->instance, in, type, w->resolver, &shared,
                          w->error));
    return canon_stream_lower(w->to->instance, shared, out, w->error);
}

static whit_status walk_error_context(canon_walk *w, uint32_t in, uint32_t *out)
{
    canon_handle *handle = NULL;
    TRY(canon_handles_get(&w->from->instance->handles, in, &handle, w->error));
    if (handle->kind != CANON_HANDLE_ERROR_CONTEXT)
        return canon_trap(w->error,
                          "handle index %u used with the wrong type, expected "
                          "error-context but found %s",
                          in, canon_handle_kind_text(handle->kind));
    canon_handle copy = *handle;
    canon_error_context *context = copy.object;
    TRY(canon_handles_add(&w->to->instance->handles, &copy, out, w->error));
    context->references++;
    return WHIT_OK;
}

whit_status canon_walk_handle(canon_walk *w, const component_node *type,
                              uint32_t in, uint32_t *out)
{
    if (type->kind == COMPONENT_TYPE_PRIMITIVE)
        return walk_error_context(w, in, out);
    if (type->kind == COMPONENT_TYPE_STREAM ||
        type->kind == COMPONENT_TYPE_FUTURE)
        return walk_stream(w, type, in, out);
    canon_resource *resource =
        canon_instance_resource(w->resolver, type->element->resource);
    return type->kind == COMPONENT_TYPE_OWN ? walk_own(w, resource, in, out)
                                            : walk_borrow(w, resource, in, out);
}
