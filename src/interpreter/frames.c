/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Walking frames: roots, backtraces, unwinding; and the calls that leave
 * the running instance. */
#include "interpreter/code.h"
#include "runtime/operations.h"
#include "wasm/instruction.h"

#include <string.h>

static const interp_header *header_of(const uint8_t *fp)
{
    return (const interp_header *)(const void *)fp;
}

/* One frame after the other, innermost first, through every activation. */
typedef struct walk {
    interp_activation *activation;
    const uint8_t *ip; /* inside of the instruction that is under way */
    uint8_t *fp;
} walk;

static walk walk_begin(const rt_context *context)
{
    walk w = {context->activation, NULL, NULL};
    if (w.activation) {
        w.ip = w.activation->ip;
        w.fp = w.activation->fp;
    }
    return w;
}

/* The code of the next frame, or NULL at the end. */
static const interp_code *walk_code(walk *w)
{
    while (w->activation) {
        if (w->fp && header_of(w->fp)->code)
            return header_of(w->fp)->code;
        if (w->fp && header_of(w->fp)->caller) {
            /* an adapter */
            w->ip = header_of(w->fp)->ret - 1;
            w->fp = header_of(w->fp)->caller;
            continue;
        }
        w->activation = w->activation->outer;
        if (w->activation) {
            w->ip = w->activation->ip;
            w->fp = w->activation->fp;
        }
    }
    return NULL;
}

static void walk_next(walk *w)
{
    const interp_header *h = header_of(w->fp);
    w->ip = h->ret - 1;
    w->fp = h->caller;
}

static void visit(rt_root_visitor *visitor, rt_ref ref)
{
    if (ref)
        visitor->ref(visitor, ref);
}

static void visit_temporaries(const interp_code *code, const walk *w,
                              rt_root_visitor *visitor)
{
    uint32_t position = (uint32_t)(w->ip - code->bytes);
    uint32_t low = 0, high = code->safepoint_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->safepoints[middle].end <= position)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == code->safepoint_count || code->safepoints[low].start > position)
        return;
    uint32_t node = code->safepoints[low].node;
    for (; node; node = code->nodes[node].next)
        visit(visitor, ((rt_slot *)(w->fp + code->nodes[node].slot))->ref);
}

void interp_visit_roots(rt_context *context, rt_root_visitor *visitor)
{
    walk w = walk_begin(context);
    const interp_code *code;
    while ((code = walk_code(&w))) {
        for (uint32_t i = 0; i < code->ref_count; i++)
            visit(visitor, ((rt_slot *)(w.fp + code->refs[i]))->ref);
        visit_temporaries(code, &w, visitor);
        walk_next(&w);
    }
}

static uint32_t origin_of(const interp_code *code, const uint8_t *ip)
{
    uint32_t position = (uint32_t)(ip - code->bytes);
    uint32_t low = 0, high = code->origin_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (code->origins[middle].code <= position)
            low = middle + 1;
        else
            high = middle;
    }
    const wasm_code *body = &code->module->wasm->functions[code->function].code;
    return low ? code->origins[low - 1].wasm : body->offset;
}

uint32_t interp_backtrace(rt_context *context, rt_frame *frames, uint32_t max)
{
    walk w = walk_begin(context);
    const interp_code *code;
    uint32_t count = 0;
    while (count < max && (code = walk_code(&w))) {
        frames[count++] =
            (rt_frame){code->module, code->function, origin_of(code, w.ip)};
        walk_next(&w);
    }
    return count;
}

whit_status interp_trap(rt_context *context, const uint8_t *ip, uint8_t *fp,
                        rt_trap_code code)
{
    interp_activation *activation = interp_active(context);
    activation->ip = ip;
    activation->fp = fp;
    return rt_trap_raise(context, code);
}

whit_status interp_trap_element(rt_context *context, const uint8_t *ip,
                                uint8_t *fp, rt_trap_code code, uint64_t index)
{
    interp_activation *activation = interp_active(context);
    activation->ip = ip;
    activation->fp = fp;
    return rt_trap_raise_element(context, code, index);
}

/* Exceptions. */

static const interp_catch *find_catch(const interp_code *code,
                                      uint32_t position,
                                      const rt_instance *instance,
                                      const rt_exception *exception)
{
    for (uint32_t i = 0; i < code->try_count; i++) {
        const interp_try *range = &code->tries[i];
        if (position < range->start || position >= range->end)
            continue;
        for (uint32_t k = 0; k < range->count; k++) {
            const interp_catch *c = &code->catches[range->first + k];
            if (c->kind >= WASM_CATCH_ALL ||
                instance->tags[c->tag] == exception->tag)
                return c;
        }
    }
    return NULL;
}

bool interp_unwind(rt_context *context, interp_state *state)
{
    const rt_exception *exception =
        (const rt_exception *)rt_ref_object(context->exception);
    for (;;) {
        const interp_header *h = header_of(state->fp);
        const interp_code *code = h->code;
        if (!code && !h->caller)
            return false;
        if (!code) {
            state->instance = ((const interp_adapter *)h)->instance;
        } else {
            uint32_t position = (uint32_t)(state->ip - code->bytes);
            const interp_catch *c =
                find_catch(code, position, state->instance, exception);
            if (c) {
                rt_slot *to = (rt_slot *)(state->fp + c->slot);
                if (c->kind == WASM_CATCH || c->kind == WASM_CATCH_REF)
                    for (uint32_t i = 0; i < exception->header.length; i++)
                        *to++ = exception->values[i];
                if (c->kind == WASM_CATCH_REF || c->kind == WASM_CATCH_ALL_REF)
                    to->ref = context->exception;
                state->ip = code->bytes + c->target;
                context->exception = 0;
                return true;
            }
            context->depth--;
        }
        state->ip = h->ret - 1;
        state->fp = h->caller;
    }
}

/* Calls. */

/* Guests that the host function calls have their frames from `limit` on. */
static whit_status call_host(rt_context *context, rt_instance *instance,
                             rt_function *function, rt_slot *slots,
                             rt_slot *limit)
{
    context->stack_top = limit;
    return rt_host_call(context, instance, function, slots);
}

static uint8_t *frame_limit(const uint8_t *fp)
{
    const interp_code *code = header_of(fp)->code;
    return (uint8_t *)(uintptr_t)fp + code->frame_bytes;
}

/* The code to enter; and whether its frame fits at `fp`. */
static whit_status enterable(rt_context *context, const rt_function *function,
                             const uint8_t *fp, const interp_code **code)
{
    rt_instance *instance = function->instance;
    interp_activation *activation = interp_active(context);
    TRY(interp_prepare(instance->module, instance->checked, function->index,
                       code, &context->error));
    size_t room = (size_t)((uint8_t *)context->stack_end - fp);
    if ((uint8_t *)context->stack_end < fp || room < (*code)->frame_bytes ||
        context->depth >= context->depth_limit)
        return interp_trap(context, activation->ip, activation->fp,
                           RT_TRAP_STACK);
    return WHIT_OK;
}

static void enter(rt_context *context, interp_state *state, uint8_t *fp,
                  const interp_code *code, const uint8_t *ret, uint8_t *caller)
{
    interp_header *h = (interp_header *)(void *)fp;
    *h = (interp_header){ret, caller, code};
    context->depth++;
    state->fp = fp;
    state->ip = code->bytes;
}

/* Whether an adapter and `slots` more fit. */
static bool adapter_fits(const rt_context *context, const uint8_t *at,
                         uint32_t slots)
{
    size_t need = 8 * ((size_t)INTERP_ADAPTER_SLOTS + slots);
    return (uint8_t *)context->stack_end >= at &&
           (size_t)((uint8_t *)context->stack_end - at) >= need;
}

/* Puts an adapter at `at`, behind the parameters, which it copies above
 * itself. Returns the callee's frame pointer. */
static uint8_t *adapt(uint8_t *at, const uint8_t *ret, uint8_t *caller,
                      rt_instance *instance, const wasm_type *type,
                      const uint8_t *params)
{
    uint8_t *copy = at + 8 * INTERP_ADAPTER_SLOTS;
    memmove(copy, params, 8 * (size_t)type->param_slots);
    interp_adapter *adapter = (interp_adapter *)(void *)at;
    *adapter = (interp_adapter){
        {ret, caller, NULL}, instance, type->param_slots, type->result_slots};
    return copy + 8 * (size_t)type->param_slots;
}

whit_status interp_call_function(rt_context *context, interp_state *state,
                                 rt_function *function, uint8_t *next)
{
    interp_activation *activation = interp_active(context);
    const wasm_type *type = function->header.type;
    activation->ip = state->ip - 1;
    activation->fp = state->fp;
    if (function->host)
        return call_host(context, state->instance, function,
                         (rt_slot *)(next - 8 * (size_t)type->param_slots),
                         (rt_slot *)frame_limit(state->fp));
    const interp_code *code;
    if (function->instance == state->instance) {
        TRY(enterable(context, function, next, &code));
        enter(context, state, next, code, state->ip, state->fp);
        return WHIT_OK;
    }
    if (!adapter_fits(context, next, type->param_slots))
        return interp_trap(context, activation->ip, activation->fp,
                           RT_TRAP_STACK);
    uint8_t *fp = next + 8 * ((size_t)INTERP_ADAPTER_SLOTS + type->param_slots);
    TRY(enterable(context, function, fp, &code));
    adapt(next, state->ip, state->fp, state->instance, type,
          next - 8 * (size_t)type->param_slots);
    enter(context, state, fp, code, (const uint8_t *)&activation->cross_stub,
          next);
    state->instance = function->instance;
    return WHIT_OK;
}

/* A host function at the end of a guest one: its results are returned. */
static whit_status tail_call_host(rt_context *context, interp_state *state,
                                  rt_function *function, uint8_t *from)
{
    const interp_header *h = header_of(state->fp);
    const wasm_type *type = function->header.type;
    TRY(call_host(context, state->instance, function, (rt_slot *)from,
                  (rt_slot *)frame_limit(state->fp) + type->param_slots +
                      type->result_slots));
    const uint8_t *ret = h->ret;
    uint8_t *caller = h->caller;
    memmove(state->fp - 8 * (size_t)h->code->param_slots, from,
            8 * (size_t)type->result_slots);
    context->depth--;
    state->ip = ret;
    state->fp = caller;
    return WHIT_OK;
}

/* The frame of the caller gives way: its parameters' place becomes that of
 * the callee's parameters. Between instances an adapter stays below, one
 * for any number of calls. */
whit_status interp_tail_call(rt_context *context, interp_state *state,
                             rt_function *function, const uint8_t *from)
{
    interp_activation *activation = interp_active(context);
    const wasm_type *type = function->header.type;
    interp_header h = *header_of(state->fp);
    uint8_t *base = state->fp - 8 * (size_t)h.code->param_slots;
    size_t params = 8 * (size_t)type->param_slots;
    activation->ip = state->ip;
    activation->fp = state->fp;
    if (function->host)
        return tail_call_host(context, state, function,
                              (uint8_t *)(uintptr_t)from);
    bool adapts = function->instance != state->instance &&
                  h.ret != (const uint8_t *)&activation->cross_stub;
    uint8_t *fp = base + params;
    if (adapts) {
        if (!adapter_fits(context, fp, type->param_slots))
            return interp_trap(context, activation->ip, activation->fp,
                               RT_TRAP_STACK);
        fp += 8 * (size_t)INTERP_ADAPTER_SLOTS + params;
    }
    const interp_code *code;
    context->depth--;
    whit_status status = enterable(context, function, fp, &code);
    if (status != WHIT_OK) {
        context->depth++;
        return status;
    }
    if (adapts) {
        uint8_t *at = base + params;
        adapt(at, h.ret, h.caller, state->instance, type, from);
        h.ret = (const uint8_t *)&activation->cross_stub;
        h.caller = at;
    } else {
        memmove(base, from, params);
    }
    enter(context, state, fp, code, h.ret, h.caller);
    state->instance = function->instance;
    return WHIT_OK;
}
