/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Adding functions to a set. */
#include "wit/wit.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "wit/name.h"
#include "wit/set_private.h"

static whit_status own_of(wit_set *self, wit_kind kind, wit_type resource,
                          wit_type *out, whit_error *error)
{
    wit_type_def handle = {
        .kind = kind, .element = resource, .about.place.source = WIT_NONE};
    return wit_set_add_type(self, &handle, out, error);
}

bool wit_function_short_constructor(const wit_set *self,
                                    const wit_function *function)
{
    if (function->kind != WIT_CONSTRUCTOR)
        return false;
    const wit_type_def *result = &self->types[function->result];
    return result->kind == WIT_OWN && result->element == function->resource;
}

/* "[method]r.f" and its like, in the arena. */
static whit_status spell(wit_set *self, wit_function *function,
                         whit_error *error)
{
    static const char *const prefixes[] = {[WIT_FREESTANDING] = "",
                                           [WIT_METHOD] = "[method]",
                                           [WIT_STATIC] = "[static]",
                                           [WIT_CONSTRUCTOR] = "[constructor]"};
    function->name = function->item_name;
    if (function->kind == WIT_FREESTANDING)
        return wit_label_check(function->item_name, error);
    slice resource = self->types[function->resource].name;
    buffer_clear(&self->key);
    buffer_text(&self->key, prefixes[function->kind]);
    buffer_slice(&self->key, resource);
    if (function->kind == WIT_CONSTRUCTOR) {
        function->item_name = resource;
    } else {
        TRY(wit_label_check(function->item_name, error));
        buffer_put(&self->key, '.');
        buffer_slice(&self->key, function->item_name);
    }
    TRY(buffer_status(&self->key, error));
    slice name = buffer_view(&self->key);
    name.data = arena_dup(&self->memory, name.data, name.size);
    TRY_ALLOC(name.data, error);
    function->name = name;
    return WHIT_OK;
}

/* Copies the parameters, with self in front for a method. */
static whit_status copy_params(wit_set *self, wit_function *function,
                               whit_error *error)
{
    uint32_t first = function->kind == WIT_METHOD;
    if (function->param_count > LIMIT_PARAMS - first)
        return error_set(error, WHIT_LIMIT, "more than %u parameters",
                         LIMIT_PARAMS - first);
    uint32_t count = function->param_count + first;
    wit_field *params = arena_array(&self->memory, count, sizeof *params);
    TRY_ALLOC(params, error);
    if (first) {
        params[0] = (wit_field){.name = slice_text("self"),
                                .place = function->about.place};
        TRY(own_of(self, WIT_BORROW, function->resource, &params[0].type,
                   error));
    }
    if (function->param_count)
        memcpy(params + first, function->params,
               function->param_count * sizeof *params);
    function->params = params;
    function->param_count = count;
    return WHIT_OK;
}

static bool is_value(const wit_set *self, wit_type type)
{
    return type < self->type_count &&
           self->types[wit_type_strip(self, type)].kind != WIT_RESOURCE;
}

static whit_status check_params(wit_set *self, const wit_function *function,
                                whit_error *error)
{
    uint32_t serial = self->functions++;
    for (uint32_t i = 0; i < function->param_count; i++) {
        const wit_field *param = &function->params[i];
        uint64_t value = i;
        bool taken = false;
        whit_status status = wit_label_check(param->name, error);
        if (status == WHIT_OK)
            status = wit_set_claim(self, SCOPE_PARAMS, serial, param->name,
                                   &value, &taken, error);
        if (status == WHIT_OK && taken)
            status = error_set(error, WHIT_INVALID,
                               "parameter '%.*s' is there twice%s",
                               SLICE_ARG(param->name),
                               value == 0 && function->kind == WIT_METHOD
                                   ? ": a method has self without saying so"
                                   : "");
        if (status == WHIT_OK && !is_value(self, param->type))
            status = error_set(error, WHIT_INVALID,
                               "parameter '%.*s' needs a type of values",
                               SLICE_ARG(param->name));
        if (status != WHIT_OK)
            return wit_place_error(self, param->place, status, error);
    }
    return WHIT_OK;
}

static bool owns(const wit_set *self, wit_type type, wit_type resource)
{
    const wit_type_def *def = &self->types[wit_type_strip(self, type)];
    return def->kind == WIT_OWN &&
           wit_type_strip(self, def->element) == wit_type_strip(self, resource);
}

static whit_status check_result(wit_set *self, wit_function *function,
                                whit_error *error)
{
    if (function->kind == WIT_CONSTRUCTOR) {
        if (function->is_async)
            return error_set(error, WHIT_INVALID,
                             "a constructor cannot be async: use a static "
                             "function");
        if (function->result == WIT_NONE)
            return own_of(self, WIT_OWN, function->resource, &function->result,
                          error);
        const wit_type_def *result =
            is_value(self, function->result)
                ? &self->types[wit_type_strip(self, function->result)]
                : &self->types[WIT_BOOL];
        bool good =
            owns(self, function->result, function->resource) ||
            (result->kind == WIT_RESULT && result->element != WIT_NONE &&
             owns(self, result->element, function->resource));
        if (!good)
            return error_set(error, WHIT_INVALID,
                             "a constructor returns nothing or a result<%.*s>",
                             SLICE_ARG(self->types[function->resource].name));
    }
    if (function->result == WIT_NONE)
        return WHIT_OK;
    if (!is_value(self, function->result))
        return error_set(error, WHIT_INVALID,
                         "the result needs a type of values");
    if (self->types[function->result].has & WIT_HAS_BORROW)
        return error_set(error, WHIT_INVALID,
                         "the result of '%.*s' has a borrow, which ends with "
                         "the call: return the resource itself",
                         SLICE_ARG(function->item_name));
    return WHIT_OK;
}

static whit_status check_resource(const wit_set *self, wit_owner owner,
                                  const wit_function *function,
                                  whit_error *error)
{
    if (function->kind == WIT_FREESTANDING)
        return WHIT_OK;
    if (function->resource < self->type_count) {
        const wit_type_def *type = &self->types[function->resource];
        if (type->kind == WIT_RESOURCE && type->owner.kind == owner.kind &&
            type->owner.index == owner.index)
            return WHIT_OK;
    }
    return error_set(error, WHIT_INVALID,
                     "'%.*s' belongs to no resource of its interface or world",
                     SLICE_ARG(function->item_name));
}

static whit_status name_taken(const wit_set *self, const wit_function *function,
                              whit_error *error)
{
    if (function->kind == WIT_CONSTRUCTOR)
        return error_set(error, WHIT_INVALID,
                         "resource '%.*s' has a constructor already",
                         SLICE_ARG(function->item_name));
    if (function->kind == WIT_FREESTANDING)
        return error_set(error, WHIT_INVALID,
                         "the name '%.*s' is taken already",
                         SLICE_ARG(function->item_name));
    slice resource = self->types[function->resource].name;
    return error_set(error, WHIT_INVALID,
                     "resource '%.*s' cannot have another '%.*s': the name is "
                     "that of another function or of the resource",
                     SLICE_ARG(resource), SLICE_ARG(function->item_name));
}

static whit_status add_to_interface(wit_set *self, uint32_t interface,
                                    const wit_function *function,
                                    whit_error *error)
{
    wit_interface *owner = &self->interfaces[interface];
    uint64_t value = set_value(true, owner->function_count);
    bool taken;
    TRY(wit_set_claim(self, SCOPE_INTERFACE, interface, function->name, &value,
                      &taken, error));
    if (taken)
        return name_taken(self, function, error);
    TRY(wit_set_grow(self, &owner->functions, &owner->room[1],
                     owner->function_count, sizeof *owner->functions,
                     LIMIT_WIT_MEMBERS, "functions in an interface", error));
    ((wit_function *)owner->functions)[owner->function_count++] = *function;
    return WHIT_OK;
}

static whit_status add_to_world(wit_set *self, uint32_t world, bool exported,
                                const wit_function *function, whit_error *error)
{
    uint64_t value = 0;
    bool taken = false;
    if (function->kind == WIT_FREESTANDING)
        TRY(wit_set_claim_item(self, world, exported, function->name, error));
    else
        TRY(wit_set_claim(self, SCOPE_IMPORTS, world, function->name, &value,
                          &taken, error));
    if (taken)
        return name_taken(self, function, error);
    const wit_function *copy =
        arena_dup(&self->memory, function, sizeof *function);
    TRY_ALLOC(copy, error);
    wit_item item = {.kind = WIT_ITEM_FUNCTION,
                     .name = function->name,
                     .index = WIT_NONE,
                     .function = copy,
                     .about = function->about};
    return wit_set_push_item(self, world, exported, &item, error);
}

whit_status wit_set_add_function(wit_set *self, wit_owner owner, bool exported,
                                 const wit_function *function,
                                 whit_error *error)
{
    wit_function copy = *function;
    if (copy.kind == WIT_FREESTANDING)
        copy.resource = WIT_NONE;
    TRY(check_resource(self, owner, &copy, error));
    TRY(spell(self, &copy, error));
    TRY(check_result(self, &copy, error));
    TRY(copy_params(self, &copy, error));
    TRY(check_params(self, &copy, error));
    if (owner.kind == WIT_OWNER_INTERFACE)
        return add_to_interface(self, owner.index, &copy, error);
    return add_to_world(self, owner.index,
                        exported && copy.kind == WIT_FREESTANDING, &copy,
                        error);
}

/* Functions of resources by resource, whose order is that of their indexes,
 * then the free ones; otherwise as they were. */
typedef struct function_rank {
    wit_type resource;
    uint32_t at;
} function_rank;

static int compare_ranks(const void *a, const void *b)
{
    const function_rank *x = a, *y = b;
    if (x->resource != y->resource)
        return x->resource < y->resource ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

whit_status wit_set_complete_interface(wit_set *self, uint32_t interface,
                                       whit_error *error)
{
    wit_interface *owner = &self->interfaces[interface];
    uint32_t count = owner->function_count;
    function_rank *ranks = mem_calloc(count + 1, sizeof *ranks);
    wit_function *sorted = arena_array(&self->memory, count, sizeof *sorted);
    if (!ranks || !sorted) {
        mem_free(ranks);
        return error_memory(error);
    }
    for (uint32_t i = 0; i < count; i++)
        ranks[i] = (function_rank){owner->functions[i].resource, i};
    qsort(ranks, count, sizeof *ranks, compare_ranks);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = owner->functions[ranks[i].at];
    mem_free(ranks);
    owner->functions = sorted;
    owner->room[1] = count;
    return WHIT_OK;
}

typedef struct stream_list {
    wit_type *items;
    size_t count;
    size_t capacity;
} stream_list;

/* Parts first. Only parts with streams are entered, so the work is bounded by
 * what is found times the depth. */
static whit_status find_streams(const wit_set *self, wit_type type,
                                stream_list *list, whit_error *error)
{
    if (type == WIT_NONE)
        return WHIT_OK;
    const wit_type_def *def = &self->types[type];
    if (!(def->has & (WIT_HAS_STREAM | WIT_HAS_FUTURE)))
        return WHIT_OK;
    for (uint32_t i = 0; i < def->field_count; i++)
        TRY(find_streams(self, def->fields[i].type, list, error));
    if (def->kind == WIT_MAP)
        TRY(find_streams(self, def->other, list, error));
    TRY(find_streams(self, def->element, list, error));
    if (def->kind == WIT_RESULT)
        TRY(find_streams(self, def->other, list, error));
    if (def->kind != WIT_STREAM && def->kind != WIT_FUTURE)
        return WHIT_OK;
    void *items = list->items;
    whit_status status = mem_grow(&items, &list->capacity, list->count,
                                  sizeof *list->items, LIMIT_WIT_STREAMS,
                                  "streams and futures in one function", error);
    list->items = items;
    if (status == WHIT_OK)
        list->items[list->count++] = type;
    return status;
}

whit_status wit_function_streams(const wit_set *self,
                                 const wit_function *function, wit_type **out,
                                 uint32_t *count, whit_error *error)
{
    stream_list list = {0};
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; i < function->param_count && status == WHIT_OK; i++)
        status = find_streams(self, function->params[i].type, &list, error);
    if (status == WHIT_OK)
        status = find_streams(self, function->result, &list, error);
    if (status != WHIT_OK) {
        mem_free(list.items);
        return status;
    }
    *out = list.items;
    *count = (uint32_t)list.count;
    return WHIT_OK;
}
