/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation: the operand stack, the control stack, and messages. */
#include "wasm/validate_private.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"

enum { TYPE_TEXT = 40 };

whit_status wasm_validator_fail(wasm_validator *v, const char *format, ...)
{
    char text[WHIT_MESSAGE_SIZE / 2];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_set(v->error, WHIT_INVALID, "%s", text);
}

whit_status wasm_validator_fail_malformed(wasm_validator *v, const char *text)
{
    return error_set(v->error, WHIT_MALFORMED, "%s", text);
}

/* Types in messages: canonical ids mean nothing to a reader, so that a
 * concrete type is shown by its first index in the module. */
static void type_text(const wasm_validator *v, wasm_valtype type, char *out)
{
    if (wasm_is_ref(type) && wasm_heap_is_index(wasm_heap(type))) {
        const wasm_type *wanted =
            wasm_type_table_get(v->table, wasm_heap(type));
        for (uint32_t i = 0; i < v->module->type_count; i++)
            if (v->types[i] == wanted) {
                type = wasm_ref(i, wasm_is_nullable(type));
                break;
            }
    }
    wasm_valtype_text(type, out, TYPE_TEXT);
}

whit_status wasm_validator_mismatch(wasm_validator *v, wasm_valtype found,
                                    wasm_valtype expected)
{
    char found_text[TYPE_TEXT], expected_text[TYPE_TEXT];
    type_text(v, found, found_text);
    type_text(v, expected, expected_text);
    return wasm_validator_fail(v, "type mismatch: expected %s, found %s",
                               expected_text, found_text);
}

bool wasm_validator_matches(const wasm_validator *v, wasm_valtype sub,
                            wasm_valtype super)
{
    return wasm_valtype_matches(v->table, sub, super);
}

/* ---- Operands ---- */

whit_status wasm_validator_grow(wasm_validator *v, uint32_t extra)
{
    size_t used = (size_t)(v->sp - v->stack);
    if (extra <= (size_t)(v->limit - v->sp))
        return WHIT_OK;
    if (used + extra > LIMIT_OPERANDS)
        return error_set(v->error, WHIT_LIMIT,
                         "too many operands: the limit is %u", LIMIT_OPERANDS);
    size_t wanted = (size_t)(v->limit - v->stack) * 2;
    if (wanted < used + extra)
        wanted = used + extra;
    if (wanted < 256)
        wanted = 256;
    if (wanted > LIMIT_OPERANDS)
        wanted = LIMIT_OPERANDS;
    size_t base = (size_t)(v->base - v->stack);
    wasm_valtype *grown = mem_realloc(v->stack, wanted * sizeof *grown);
    TRY_ALLOC(grown, v->error);
    v->stack = grown;
    v->base = grown + base;
    v->sp = grown + used;
    v->limit = grown + wanted;
    return WHIT_OK;
}

whit_status wasm_validator_pop_slow(wasm_validator *v, wasm_valtype expected)
{
    if (v->sp == v->base) {
        if (v->frame->unreachable)
            return WHIT_OK;
        char text[TYPE_TEXT];
        type_text(v, expected, text);
        return wasm_validator_fail(
            v, "type mismatch: expected %s, found an empty stack", text);
    }
    wasm_valtype found = v->sp[-1];
    if (!wasm_validator_matches(v, found, expected))
        return wasm_validator_mismatch(v, found, expected);
    v->sp--;
    return WHIT_OK;
}

whit_status wasm_validator_pop_any(wasm_validator *v, wasm_valtype *out)
{
    *out = WASM_BOTTOM;
    if (v->sp == v->base) {
        if (v->frame->unreachable)
            return WHIT_OK;
        return wasm_validator_fail(
            v, "type mismatch: expected a value, found an empty stack");
    }
    *out = *--v->sp;
    return WHIT_OK;
}

whit_status wasm_validator_pop_ref(wasm_validator *v, wasm_valtype *out)
{
    TRY(wasm_validator_pop_any(v, out));
    if (*out == WASM_BOTTOM)
        *out = wasm_ref(WASM_HEAP_BOTTOM, false);
    if (wasm_is_ref(*out))
        return WHIT_OK;
    char text[TYPE_TEXT];
    type_text(v, *out, text);
    return wasm_validator_fail(
        v, "type mismatch: expected a reference, found %s", text);
}

whit_status wasm_validator_pop_types(wasm_validator *v,
                                     const wasm_valtype *types, uint32_t count)
{
    while (count--)
        TRY(wasm_validator_pop(v, types[count]));
    return WHIT_OK;
}

whit_status wasm_validator_push_types(wasm_validator *v,
                                      const wasm_valtype *types, uint32_t count)
{
    TRY(wasm_validator_grow(v, count));
    for (uint32_t i = 0; i < count; i++)
        *v->sp++ = types[i];
    return WHIT_OK;
}

whit_status wasm_validator_check_top(wasm_validator *v,
                                     const wasm_valtype *types, uint32_t count)
{
    wasm_valtype *sp = v->sp;
    whit_status status = wasm_validator_pop_types(v, types, count);
    v->sp = sp;
    return status;
}

/* ---- Frames ---- */

whit_status wasm_validator_enter(wasm_validator *v, const validate_frame *frame)
{
    TRY(mem_grow((void **)&v->frames, &v->frame_room, v->frame_count,
                 sizeof *v->frames, LIMIT_NESTING, "nested blocks", v->error));
    v->frame = &v->frames[v->frame_count++];
    *v->frame = *frame;
    v->frame->unreachable = false;
    v->frame->height = (uint32_t)(v->sp - v->stack);
    v->frame->init_height = v->init_count;
    v->base = v->sp;
    return wasm_validator_push_types(v, frame->params, frame->param_count);
}

whit_status wasm_validator_push_frame(wasm_validator *v, uint8_t op,
                                      const wasm_blocktype *type)
{
    validate_frame frame = {.op = op};
    if (type->index != WASM_NO_INDEX) {
        const wasm_type *func;
        TRY(wasm_validator_type(v, type->index, WASM_COMP_FUNC, &func));
        frame.params = func->func.params;
        frame.param_count = func->func.param_count;
        frame.results = func->func.results;
        frame.result_count = func->func.result_count;
    } else if (type->type != WASM_BOTTOM) {
        TRY(wasm_validator_valtype(v, type->type, &frame.single));
        frame.result_count = 1;
    }
    TRY(wasm_validator_pop_types(v, frame.params, frame.param_count));
    return wasm_validator_enter(v, &frame);
}

static void undo_inits(wasm_validator *v, uint32_t height)
{
    while (v->init_count > height) {
        uint32_t local = v->inits[--v->init_count];
        v->init_bits[local / 64] &= ~((uint64_t)1 << local % 64);
    }
}

whit_status wasm_validator_pop_frame(wasm_validator *v, validate_frame *out)
{
    validate_frame *frame = v->frame;
    TRY(wasm_validator_pop_types(v, wasm_frame_results(frame),
                                 frame->result_count));
    if (v->sp != v->base)
        return wasm_validator_fail(
            v,
            "type mismatch: %zu values remain on the stack at the end of "
            "the block",
            (size_t)(v->sp - v->base));
    undo_inits(v, frame->init_height);
    *out = *frame;
    v->frame_count--;
    v->frame = v->frame_count ? &v->frames[v->frame_count - 1] : NULL;
    v->base = v->stack + (v->frame ? v->frame->height : 0);
    return WHIT_OK;
}

void wasm_validator_unreachable(wasm_validator *v)
{
    v->sp = v->base;
    v->frame->unreachable = true;
}

whit_status wasm_validator_label(wasm_validator *v, uint32_t label,
                                 const wasm_valtype **types, uint32_t *count)
{
    if (label >= v->frame_count)
        return wasm_validator_fail(v,
                                   "unknown label %u: %zu blocks are open here",
                                   label, v->frame_count);
    const validate_frame *frame = &v->frames[v->frame_count - 1 - label];
    bool loop = frame->op == WASM_OP_LOOP;
    *types = loop ? frame->params : wasm_frame_results(frame);
    *count = loop ? frame->param_count : frame->result_count;
    return WHIT_OK;
}
