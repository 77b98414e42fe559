/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Core signatures of lift, lower, task.return and post-return. */
#include "wit/abi_layout.h"

static uint8_t pointer_core(unsigned pointer)
{
    return pointer == 8 ? WIT_CORE_I64 : WIT_CORE_I32;
}

static void push_param(wit_signature *self, uint8_t core)
{
    self->params[self->param_count++] = core;
}

/* The flat parameters, or a pointer when there are more than `most`. */
static void put_params(wit_signature *self, const wit_set *set,
                       const wit_field *params, uint32_t count, unsigned most,
                       unsigned pointer)
{
    unsigned flat = 0;
    wit_layout_walk walk = wit_walk_start(set, pointer);
    for (uint32_t i = 0; i < count; i++) {
        const wit_layout *layout = wit_layout_of(set, params[i].type, pointer);
        for (unsigned j = 0; j < layout->flat_count && flat <= most; j++) {
            if (flat < most)
                self->params[flat] = layout->flat[j];
            flat++;
        }
        wit_walk_next(&walk, params[i].type);
    }
    if (flat <= most) {
        self->param_count = (uint8_t)flat;
        return;
    }
    wit_walk_end(&walk);
    self->params_indirect = true;
    self->param_size = walk.size;
    self->param_alignment = (uint8_t)walk.alignment;
    push_param(self, pointer_core(pointer));
}

static void result_in_memory(wit_signature *self, const wit_set *set,
                             wit_type result, unsigned pointer)
{
    const wit_layout *layout = wit_layout_of(set, result, pointer);
    self->result_indirect = true;
    self->result_size = layout->size;
    self->result_alignment = layout->alignment;
}

static unsigned flat_results(const wit_set *self, const wit_function *function,
                             unsigned pointer)
{
    return function->result == WIT_NONE
               ? 0
               : wit_layout_of(self, function->result, pointer)->flat_count;
}

static void direct_result(wit_signature *self, const wit_set *set,
                          wit_type result, unsigned pointer)
{
    self->results[self->result_count++] =
        wit_layout_of(set, result, pointer)->flat[0];
}

void wit_signature_lower(const wit_set *self, const wit_function *function,
                         wit_abi abi, unsigned pointer, wit_signature *out)
{
    bool sync = abi == WIT_ABI_SYNC;
    unsigned results = flat_results(self, function, pointer);
    *out = (wit_signature){0};
    put_params(out, self, function->params, function->param_count,
               sync ? WIT_MAX_FLAT_PARAMS : WIT_MAX_FLAT_ASYNC_PARAMS, pointer);
    if (sync && results && results <= WIT_MAX_FLAT_RESULTS) {
        direct_result(out, self, function->result, pointer);
    } else if (results) {
        result_in_memory(out, self, function->result, pointer);
        push_param(out, pointer_core(pointer));
    }
    if (!sync)
        out->results[out->result_count++] = WIT_CORE_I32;
}

void wit_signature_lift(const wit_set *self, const wit_function *function,
                        wit_abi abi, unsigned pointer, wit_signature *out)
{
    unsigned results = flat_results(self, function, pointer);
    *out = (wit_signature){0};
    put_params(out, self, function->params, function->param_count,
               WIT_MAX_FLAT_PARAMS, pointer);
    if (abi == WIT_ABI_ASYNC) {
        out->results[out->result_count++] = WIT_CORE_I32;
    } else if (abi == WIT_ABI_SYNC && results > WIT_MAX_FLAT_RESULTS) {
        result_in_memory(out, self, function->result, pointer);
        out->results[out->result_count++] = pointer_core(pointer);
    } else if (abi == WIT_ABI_SYNC && results) {
        direct_result(out, self, function->result, pointer);
    }
}

void wit_signature_task_return(const wit_set *self,
                               const wit_function *function, unsigned pointer,
                               wit_signature *out)
{
    wit_field result = {.type = function->result};
    *out = (wit_signature){0};
    put_params(out, self, &result, function->result != WIT_NONE,
               WIT_MAX_FLAT_PARAMS, pointer);
}

void wit_signature_post_return(const wit_set *self,
                               const wit_function *function, unsigned pointer,
                               wit_signature *out)
{
    wit_signature lift;
    wit_signature_lift(self, function, WIT_ABI_SYNC, pointer, &lift);
    *out = (wit_signature){0};
    for (unsigned i = 0; i < lift.result_count; i++)
        push_param(out, lift.results[i]);
}

static bool params_have(const wit_set *self, const wit_function *function,
                        unsigned bits)
{
    for (uint32_t i = 0; i < function->param_count; i++)
        if (self->types[function->params[i].type].has & bits)
            return true;
    return false;
}

static bool result_has(const wit_set *self, const wit_function *function,
                       unsigned bits)
{
    return function->result != WIT_NONE &&
           (self->types[function->result].has & bits);
}

/* Strings need an encoding; it costs nothing to say so for lists as well. */
static unsigned needs(bool memory, bool realloc, bool encoding)
{
    return (memory || realloc ? WIT_NEEDS_MEMORY : 0) |
           (realloc ? WIT_NEEDS_REALLOC : 0) |
           (encoding ? WIT_NEEDS_ENCODING : 0);
}

unsigned wit_needs_of_lower(const wit_set *self, const wit_function *function,
                            wit_abi abi)
{
    wit_signature it;
    wit_signature_lower(self, function, abi, 4, &it);
    bool out = params_have(self, function, WIT_HAS_MEMORY);
    bool in = result_has(self, function, WIT_HAS_MEMORY);
    return needs(it.params_indirect || it.result_indirect || out, in,
                 out || in);
}

unsigned wit_needs_of_lift(const wit_set *self, const wit_function *function,
                           wit_abi abi)
{
    wit_signature it;
    wit_signature_lift(self, function, abi, 4, &it);
    bool in = params_have(self, function, WIT_HAS_MEMORY);
    bool out = result_has(self, function, WIT_HAS_MEMORY);
    if (abi != WIT_ABI_SYNC) {
        wit_signature back;
        wit_signature_task_return(self, function, 4, &back);
        out = out || back.params_indirect;
    }
    return needs(it.result_indirect || out, in || it.params_indirect,
                 in || result_has(self, function, WIT_HAS_MEMORY));
}
