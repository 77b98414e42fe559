/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of control instructions. */
#include "wasm/validate_private.h"

static whit_status check_else(wasm_validator *v)
{
    validate_frame frame;
    if (v->frame->op != WASM_OP_IF)
        return wasm_validator_fail_malformed(
            v, "END opcode expected: else without if");
    TRY(wasm_validator_pop_frame(v, &frame));
    frame.op = WASM_OP_ELSE;
    return wasm_validator_enter(v, &frame);
}

static whit_status check_end(wasm_validator *v)
{
    validate_frame frame;
    TRY(wasm_validator_pop_frame(v, &frame));
    const wasm_valtype *results = wasm_frame_results(&frame);
    if (frame.op == WASM_OP_IF) {
        /* The missing `else` passes the parameters on. */
        if (frame.param_count != frame.result_count)
            return wasm_validator_fail(
                v,
                "type mismatch: if without else takes %u values and "
                "gives %u",
                frame.param_count, frame.result_count);
        for (uint32_t i = 0; i < frame.result_count; i++)
            if (!wasm_validator_matches(v, frame.params[i], results[i]))
                return wasm_validator_mismatch(v, frame.params[i], results[i]);
    }
    if (!v->frame_count)
        return WHIT_OK;
    return wasm_validator_push_types(v, results, frame.result_count);
}

static whit_status check_br(wasm_validator *v, uint32_t label)
{
    const wasm_valtype *types;
    uint32_t count;
    TRY(wasm_validator_label(v, label, &types, &count));
    TRY(wasm_validator_pop_types(v, types, count));
    wasm_validator_unreachable(v);
    return WHIT_OK;
}

static whit_status check_br_if(wasm_validator *v, uint32_t label)
{
    const wasm_valtype *types;
    uint32_t count;
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_label(v, label, &types, &count));
    TRY(wasm_validator_pop_types(v, types, count));
    return wasm_validator_push_types(v, types, count);
}

static whit_status check_br_table(wasm_validator *v, const wasm_instruction *i)
{
    const wasm_valtype *types;
    uint32_t arity, count, last = i->index;
    TRY(wasm_validator_pop(v, WASM_I32));
    TRY(wasm_validator_label(v, i->index, &types, &arity));
    TRY(wasm_validator_check_top(v, types, arity));
    const uint8_t *cursor = i->labels;
    for (uint32_t n = 0; n < i->label_count; n++) {
        uint32_t label = wasm_next_index(&cursor);
        if (label == last)
            continue;
        last = label;
        TRY(wasm_validator_label(v, label, &types, &count));
        if (count != arity)
            return wasm_validator_fail(
                v,
                "type mismatch: br_table label %u takes %u values, the "
                "default %u",
                label, count, arity);
        TRY(wasm_validator_check_top(v, types, count));
    }
    wasm_validator_unreachable(v);
    return WHIT_OK;
}

static whit_status check_return(wasm_validator *v)
{
    TRY(wasm_validator_pop_types(v, v->func->results, v->func->result_count));
    wasm_validator_unreachable(v);
    return WHIT_OK;
}

/* ---- Calls ---- */

static whit_status check_call(wasm_validator *v, const wasm_functype *func,
                              bool tail)
{
    TRY(wasm_validator_pop_types(v, func->params, func->param_count));
    if (!tail)
        return wasm_validator_push_types(v, func->results, func->result_count);
    TRY(wasm_validator_feature(v, WASM_FEATURE_TAIL_CALL, "tail call"));
    if (func->result_count != v->func->result_count)
        return wasm_validator_fail(
            v, "type mismatch: the callee gives %u results, this function %u",
            func->result_count, v->func->result_count);
    for (uint32_t i = 0; i < func->result_count; i++)
        if (!wasm_validator_matches(v, func->results[i], v->func->results[i]))
            return wasm_validator_mismatch(v, func->results[i],
                                           v->func->results[i]);
    wasm_validator_unreachable(v);
    return WHIT_OK;
}

static whit_status check_call_direct(wasm_validator *v, uint32_t function,
                                     bool tail)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, function, m->function_count, "function"));
    return check_call(v, &v->types[m->functions[function].type]->func, tail);
}

static whit_status check_call_indirect(wasm_validator *v,
                                       const wasm_instruction *i, bool tail)
{
    const wasm_module *m = v->module;
    const wasm_type *type;
    TRY(wasm_validator_index(v, i->index2, m->table_count, "table"));
    const wasm_table *table = &m->tables[i->index2];
    wasm_valtype element = wasm_validator_canonical(v, table->type);
    if (!wasm_validator_matches(v, element, WASM_FUNCREF))
        return wasm_validator_mismatch(v, element, WASM_FUNCREF);
    TRY(wasm_validator_type(v, i->index, WASM_COMP_FUNC, &type));
    TRY(wasm_validator_pop(v, wasm_validator_address(table->limits)));
    return check_call(v, &type->func, tail);
}

static whit_status check_call_ref(wasm_validator *v, uint32_t index, bool tail)
{
    const wasm_type *type;
    TRY(wasm_validator_type(v, index, WASM_COMP_FUNC, &type));
    TRY(wasm_validator_pop(v, wasm_ref(type->id, true)));
    return check_call(v, &type->func, tail);
}

/* ---- Exceptions ---- */

static whit_status tag_type(wasm_validator *v, uint32_t tag,
                            const wasm_functype **out)
{
    const wasm_module *m = v->module;
    TRY(wasm_validator_index(v, tag, m->tag_count, "tag"));
    *out = &v->types[m->tags[tag].type]->func;
    return WHIT_OK;
}

static whit_status check_throw(wasm_validator *v, uint32_t tag)
{
    const wasm_functype *type;
    TRY(wasm_validator_feature(v, WASM_FEATURE_EXCEPTIONS, "throw"));
    TRY(tag_type(v, tag, &type));
    TRY(wasm_validator_pop_types(v, type->params, type->param_count));
    wasm_validator_unreachable(v);
    return WHIT_OK;
}

static whit_status check_throw_ref(wasm_validator *v)
{
    TRY(wasm_validator_feature(v, WASM_FEATURE_EXCEPTIONS, "throw_ref"));
    TRY(wasm_validator_pop(v, WASM_EXNREF));
    wasm_validator_unreachable(v);
    return WHIT_OK;
}

/* What a catch clause passes must match what its label takes. */
static whit_status check_catch(wasm_validator *v, const wasm_catch *clause)
{
    static const wasm_functype nothing;
    const wasm_functype *tag = &nothing;
    const wasm_valtype *types;
    uint32_t count;
    if (clause->kind == WASM_CATCH || clause->kind == WASM_CATCH_REF)
        TRY(tag_type(v, clause->tag, &tag));
    bool with_ref =
        clause->kind == WASM_CATCH_REF || clause->kind == WASM_CATCH_ALL_REF;
    TRY(wasm_validator_label(v, clause->label, &types, &count));
    if (count != tag->param_count + with_ref)
        return wasm_validator_fail(
            v,
            "type mismatch: a catch clause passes %u values, its label "
            "takes %u",
            tag->param_count + with_ref, count);
    for (uint32_t i = 0; i < tag->param_count; i++)
        if (!wasm_validator_matches(v, tag->params[i], types[i]))
            return wasm_validator_mismatch(v, tag->params[i], types[i]);
    wasm_valtype exn = wasm_ref(WASM_HEAP_EXN, false);
    if (with_ref && !wasm_validator_matches(v, exn, types[count - 1]))
        return wasm_validator_mismatch(v, exn, types[count - 1]);
    return WHIT_OK;
}

static whit_status check_try_table(wasm_validator *v, const wasm_instruction *i)
{
    TRY(wasm_validator_feature(v, WASM_FEATURE_EXCEPTIONS, "try_table"));
    const uint8_t *cursor = i->catches;
    for (uint32_t n = 0; n < i->catch_count; n++) {
        wasm_catch clause = wasm_next_catch(&cursor);
        TRY(check_catch(v, &clause));
    }
    return wasm_validator_push_frame(v, WASM_OP_TRY_TABLE, &i->block);
}

/* ---- Branches on references ---- */

static whit_status check_br_on_null(wasm_validator *v, uint32_t label)
{
    const wasm_valtype *types;
    uint32_t count;
    wasm_valtype ref;
    TRY(wasm_validator_pop_ref(v, &ref));
    TRY(wasm_validator_label(v, label, &types, &count));
    TRY(wasm_validator_pop_types(v, types, count));
    TRY(wasm_validator_push_types(v, types, count));
    return wasm_validator_push(v, wasm_ref(wasm_heap(ref), false));
}

/* The types a label takes, whose last must be a reference. */
static whit_status ref_label(wasm_validator *v, uint32_t label,
                             const wasm_valtype **types, uint32_t *count)
{
    TRY(wasm_validator_label(v, label, types, count));
    if (!*count || !wasm_is_ref((*types)[*count - 1]))
        return wasm_validator_fail(
            v, "type mismatch: label %u takes no reference", label);
    return WHIT_OK;
}

static whit_status check_br_on_non_null(wasm_validator *v, uint32_t label)
{
    const wasm_valtype *types;
    uint32_t count;
    TRY(ref_label(v, label, &types, &count));
    count--;
    TRY(wasm_validator_pop(v, wasm_ref(wasm_heap(types[count]), true)));
    TRY(wasm_validator_pop_types(v, types, count));
    return wasm_validator_push_types(v, types, count);
}

static whit_status check_br_on_cast(wasm_validator *v,
                                    const wasm_instruction *i)
{
    const wasm_valtype *types;
    uint32_t count;
    wasm_valtype from = 0, to = 0;
    TRY(wasm_validator_feature(v, WASM_FEATURE_GC, "br_on_cast"));
    TRY(wasm_validator_valtype(v, i->cast_from, &from));
    TRY(wasm_validator_valtype(v, i->cast_to, &to));
    if (!wasm_validator_matches(v, to, from))
        return wasm_validator_mismatch(v, to, from);
    /* What is left of `from` when the cast fails. */
    wasm_valtype rest = from;
    if (wasm_is_nullable(to))
        rest = wasm_ref(wasm_heap(from), false);
    bool on_fail = i->op == WASM_OP_BR_ON_CAST_FAIL;
    TRY(ref_label(v, i->index, &types, &count));
    count--;
    wasm_valtype taken = on_fail ? rest : to;
    if (!wasm_validator_matches(v, taken, types[count]))
        return wasm_validator_mismatch(v, taken, types[count]);
    TRY(wasm_validator_pop(v, from));
    TRY(wasm_validator_pop_types(v, types, count));
    TRY(wasm_validator_push_types(v, types, count));
    return wasm_validator_push(v, on_fail ? to : rest);
}

whit_status wasm_validator_control(wasm_validator *v, const wasm_instruction *i)
{
    switch (i->op) {
    case WASM_OP_UNREACHABLE:
        wasm_validator_unreachable(v);
        return WHIT_OK;
    case WASM_OP_NOP:
        return WHIT_OK;
    case WASM_OP_IF:
        TRY(wasm_validator_pop(v, WASM_I32));
        return wasm_validator_push_frame(v, WASM_OP_IF, &i->block);
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
        return wasm_validator_push_frame(v, (uint8_t)i->op, &i->block);
    case WASM_OP_TRY_TABLE:
        return check_try_table(v, i);
    case WASM_OP_ELSE:
        return check_else(v);
    case WASM_OP_END:
        return check_end(v);
    case WASM_OP_BR:
        return check_br(v, i->index);
    case WASM_OP_BR_IF:
        return check_br_if(v, i->index);
    case WASM_OP_BR_TABLE:
        return check_br_table(v, i);
    case WASM_OP_RETURN:
        return check_return(v);
    case WASM_OP_CALL:
    case WASM_OP_RETURN_CALL:
        return check_call_direct(v, i->index, i->op == WASM_OP_RETURN_CALL);
    case WASM_OP_CALL_INDIRECT:
    case WASM_OP_RETURN_CALL_INDIRECT:
        return check_call_indirect(v, i, i->op == WASM_OP_RETURN_CALL_INDIRECT);
    case WASM_OP_CALL_REF:
    case WASM_OP_RETURN_CALL_REF:
        return check_call_ref(v, i->index, i->op == WASM_OP_RETURN_CALL_REF);
    case WASM_OP_THROW:
        return check_throw(v, i->index);
    case WASM_OP_THROW_REF:
        return check_throw_ref(v);
    case WASM_OP_BR_ON_NULL:
        return check_br_on_null(v, i->index);
    case WASM_OP_BR_ON_NON_NULL:
        return check_br_on_non_null(v, i->index);
    case WASM_OP_BR_ON_CAST:
    case WASM_OP_BR_ON_CAST_FAIL:
        return check_br_on_cast(v, i);
    }
    return wasm_validator_op(v, i);
}
