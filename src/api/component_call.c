/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/component.h: instances and calls. */
#include "api/component.h"
#include "base/memory.h"

whit_status whit_component_instantiate(whit_store *store, whit_component *what,
                                       const whit_imports *imports,
                                       whit_component_instance **out,
                                       whit_error *error)
{
    api_world *world;
    canon_instance *instance;
    TRY(api_world_of(store, imports, &world, error));
    TRY(canon_instantiate(world->canon, API_COMPONENT(what),
                          imports ? imports->linker : NULL, &instance, error));
    *out = (whit_component_instance *)(void *)instance;
    return WHIT_OK;
}

whit_component_func *
whit_component_instance_func(whit_component_instance *instance,
                             const char *name)
{
    return (whit_component_func *)(void *)canon_instance_function(
        API_INSTANCE(instance), slice_text(name));
}

static const component_node *type_of(const whit_component_func *func)
{
    return canon_function_type((const canon_function *)(const void *)func);
}

const whit_function_type *
whit_component_func_type(const whit_component_func *func)
{
    return API_FUNCTION_TYPE(type_of(func));
}

static whit_store *store_of(const whit_component_func *func)
{
    canon_store *store =
        canon_function_store((const canon_function *)(const void *)func);
    return (whit_store *)(void *)canon_store_core(store);
}

whit_status whit_stream_new(whit_component_func *func, const whit_type *type,
                            uint32_t *readable, uint32_t *writable,
                            whit_error *error)
{
    canon_function *function = API_FUNC(func);
    return canon_stream_new(canon_function_store(function), API_NODE(type),
                            canon_function_resolver(function), readable,
                            writable, error);
}

/* ---- Regions ---- */

whit_region *whit_region_new(void)
{
    whit_region *self = mem_zalloc(sizeof *self);
    if (self)
        arena_init(&self->arena);
    return self;
}

void whit_region_free(whit_region *region)
{
    if (!region)
        return;
    arena_release(&region->arena);
    mem_free(region);
}

void whit_region_reset(whit_region *region)
{
    arena_release(&region->arena);
    arena_init(&region->arena);
}

/* ---- Calls that block ---- */

bool whit_component_func_is(const whit_component_func *func,
                            const char *signature)
{
    buffer text;
    buffer_init(&text);
    canon_type_write(type_of(func), &text);
    bool same = !text.failed && slice_is(buffer_view(&text), signature);
    buffer_release(&text);
    return same;
}

whit_status whit_component_call_typed(whit_component_func *func,
                                      const void *arguments, void *result,
                                      whit_region *region, whit_error *error)
{
    canon_waiter waiter = api_world_waiter(api_world_find(store_of(func)));
    return canon_function_call(API_FUNC(func), arguments, result,
                               region ? &region->arena : NULL, &waiter, error);
}

static whit_status call_with(whit_component_func *func,
                             const whit_val *arguments, size_t count,
                             whit_val *result, whit_region *region,
                             whit_error *error)
{
    const component_node *type = type_of(func);
    uint32_t size = type->element ? type->element->layout[1].size : 0;
    void *native, *answer = arena_zalloc(&region->arena, size + 1);
    TRY_ALLOC(answer, error);
    TRY(api_arguments(type, arguments, count, false, &region->arena, &native,
                      error));
    TRY(whit_component_call_typed(func, native, answer, region, error));
    if (!type->element || !result)
        return WHIT_OK;
    return api_val_copy(type->element, answer, result, error);
}

whit_status whit_component_call(whit_component_func *func,
                                const whit_val *arguments, size_t count,
                                whit_val *result, whit_error *error)
{
    whit_region region;
    arena_init(&region.arena);
    whit_status status =
        call_with(func, arguments, count, result, &region, error);
    arena_release(&region.arena);
    return status;
}

/* ---- Calls in flight ---- */

struct whit_call {
    canon_call *canon;
    whit_store *store;
    const component_node *type;
    arena arena; /* of a call on values: arguments and result */
    void *result;
};

static whit_status start(whit_component_func *func, whit_call *self,
                         const void *arguments, whit_error *error)
{
    self->store = store_of(func);
    self->type = type_of(func);
    return canon_call_start(API_FUNC(func), arguments, self->result,
                            &self->canon, error);
}

static whit_status start_values(whit_component_func *func,
                                const whit_val *arguments, size_t count,
                                whit_call *self, whit_error *error)
{
    const component_node *type = type_of(func);
    uint32_t size = type->element ? type->element->layout[1].size : 0;
    void *native;
    self->result = arena_zalloc(&self->arena, size + 1);
    TRY_ALLOC(self->result, error);
    TRY(api_arguments(type, arguments, count, true, &self->arena, &native,
                      error));
    return start(func, self, native, error);
}

whit_status whit_call_start(whit_component_func *func,
                            const whit_val *arguments, size_t count,
                            whit_call **out, whit_error *error)
{
    whit_call *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    arena_init(&self->arena);
    whit_status status = start_values(func, arguments, count, self, error);
    if (status != WHIT_OK) {
        whit_call_free(self);
        return status;
    }
    *out = self;
    return WHIT_OK;
}

whit_status whit_call_start_typed(whit_component_func *func,
                                  const void *arguments, void *result,
                                  whit_call **out, whit_error *error)
{
    whit_call *self = mem_zalloc(sizeof *self);
    TRY_ALLOC(self, error);
    arena_init(&self->arena);
    self->result = result;
    whit_status status = start(func, self, arguments, error);
    if (status != WHIT_OK) {
        whit_call_free(self);
        return status;
    }
    *out = self;
    return WHIT_OK;
}

whit_call_state whit_call_poll(whit_call *call)
{
    if (canon_call_poll(call->canon) == CANON_CALL_RUNNING)
        whit_store_poll(call->store);
    return (whit_call_state)canon_call_poll(call->canon);
}

whit_status whit_call_result(whit_call *call, whit_val *result,
                             whit_error *error)
{
    if (canon_call_poll(call->canon) != CANON_CALL_RETURNED)
        return error_set(error, WHIT_ARGUMENT, "the call has not returned");
    if (!call->type->element)
        return error_set(error, WHIT_ARGUMENT, "the function has no result");
    return api_val_copy(call->type->element, call->result, result, error);
}

const whit_error *whit_call_error(const whit_call *call)
{
    return canon_call_error(call->canon);
}

void whit_call_cancel(whit_call *call)
{
    canon_call_cancel(call->canon);
}

void whit_call_free(whit_call *call)
{
    if (!call)
        return;
    if (call->canon)
        canon_call_free(call->canon);
    arena_release(&call->arena);
    mem_free(call);
}
