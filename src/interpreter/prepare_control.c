/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Translation of blocks, branches, calls and exceptions.
 *
 * Where control flow meets, values are in their homes and accumulators are
 * unknown. A block that nothing branches to is not such a place. */
#include "interpreter/prepare.h"

#include "base/memory.h"

static interp_label *label_at(interp_translator *t, uint32_t depth)
{
    return &t->labels[t->label_count - 1 - depth];
}

static const wasm_valtype *results_of(const interp_label *l)
{
    return l->results ? l->results : &l->single;
}

/* What a branch to the label carries. */
static uint32_t arity_of(const interp_label *l)
{
    return l->block == BLOCK_LOOP ? l->param_count : l->result_count;
}

static interp_label *push_label(interp_translator *t, interp_block block)
{
    if (mem_grow((void **)&t->labels, &t->label_capacity, t->label_count,
                 sizeof *t->labels, LIMIT_NESTING * 2, "blocks",
                 NULL) != WHIT_OK) {
        t->failed = true;
        static const interp_label none;
        if (!t->label_capacity)
            return NULL;
        t->label_count--;
        t->labels[t->label_count] = none;
    }
    interp_label *l = &t->labels[t->label_count++];
    *l = (interp_label){.block = (uint8_t)block,
                        .chain = NO_INDEX,
                        .catches = NO_INDEX,
                        .otherwise = NO_INDEX};
    return l;
}

static void set_types(interp_translator *t, interp_label *l,
                      wasm_blocktype type)
{
    if (type.index != WASM_NO_INDEX) {
        const wasm_functype *f = &t->wasm->types[type.index].func;
        l->params = f->params;
        l->results = f->results;
        l->param_count = f->param_count;
        l->result_count = f->result_count;
    } else if (type.type != WASM_BOTTOM) {
        l->single = type.type;
        l->result_count = 1;
    }
}

/* Fuel is charged at once for a run of instructions without a label. */
static void end_charge(interp_translator *t)
{
    if (t->fuel_field)
        interp_patch32(t, t->fuel_field, t->fuel);
    t->fuel_field = t->fuel = 0;
}

static void begin_charge(interp_translator *t)
{
    if (!t->config->fuel)
        return;
    end_charge(t);
    interp_origin_here(t);
    interp_emit(t, INTERP_FUEL);
    t->fuel_field = (uint32_t)t->size;
    interp_put32(t, 0);
}

static void check_epoch(interp_translator *t)
{
    if (!t->config->epoch)
        return;
    interp_origin_here(t);
    interp_emit(t, INTERP_EPOCH);
}

/* The branch field of an instruction that goes to a label. */
static void put_target(interp_translator *t, interp_label *l)
{
    uint32_t here = (uint32_t)t->size;
    if (l->block == BLOCK_LOOP) {
        interp_put32(t, l->start - here);
        return;
    }
    interp_put32(t, l->chain);
    l->chain = here;
    l->targeted = true;
}

static void patch_here(interp_translator *t, uint32_t field)
{
    interp_patch32(t, field, (uint32_t)t->size - field);
}

/* Everything that goes to the label goes here. */
static void bind(interp_translator *t, interp_label *l)
{
    interp_barrier(t);
    for (uint32_t at = l->chain; at != NO_INDEX && !t->failed;) {
        uint32_t next;
        memcpy(&next, t->code + at, sizeof next);
        patch_here(t, at);
        at = next;
    }
    interp_catch *catches = t->catches.items;
    for (uint32_t i = l->catches; i != NO_INDEX && !t->failed;) {
        uint32_t next = catches[i].target;
        catches[i].target = (uint32_t)t->size;
        i = next;
    }
}

/* Code that does not fall through: the rest of the block is skipped. */
static void stop(interp_translator *t)
{
    t->reachable = false;
    t->skipped = 0;
    end_charge(t);
}

void interp_begin_function(interp_translator *t)
{
    interp_label *l = push_label(t, BLOCK_FUNCTION);
    if (!l)
        return;
    l->results = t->type->results;
    l->result_count = t->type->result_count;
    l->base = t->stack_base;
    t->in.start = t->reader.cursor;
    t->reachable = true;
    int32_t locals = t->stack_base / 8 - INTERP_HEADER_SLOTS;
    if (locals) {
        uint32_t some = locals <= 2 ? 2 : locals <= 4 ? 4 : 8;
        interp_emit(t, locals > 8  ? INTERP_ENTER
                       : some == 2 ? INTERP_ENTER_2
                       : some == 4 ? INTERP_ENTER_4
                                   : INTERP_ENTER_8);
        interp_put32(t, INTERP_HEADER_SLOTS * 8);
        if (locals > 8)
            interp_put32(t, (uint32_t)locals);
        int32_t cleared = 8 * (INTERP_HEADER_SLOTS + (int32_t)some);
        if (t->frame_end < cleared)
            t->frame_end = cleared;
    }
    begin_charge(t);
    check_epoch(t);
}

/* Returns with the values on top, wherever they are. */
static void emit_return(interp_translator *t)
{
    const wasm_functype *f = t->type;
    uint32_t to = (uint32_t)-t->param_bytes;
    if (f->result_count == 0) {
        interp_emit(t, INTERP_RETURN_0);
        return;
    }
    if (f->result_count == 1 && f->results[0] != WASM_V128) {
        interp_operand o = interp_pop(t);
        if (o.shape == SHAPE_I) {
            interp_emit(t, INTERP_RETURN_I);
            interp_put64(t, o.value);
        } else if (o.shape == SHAPE_A) {
            interp_emit(t, o.class == CLASS_F32   ? INTERP_RETURN_F32
                           : o.class == CLASS_F64 ? INTERP_RETURN_F64
                                                  : INTERP_RETURN_A);
        } else {
            interp_emit(t, INTERP_RETURN_S);
            interp_put_operand(t, &o);
        }
        interp_put32(t, to);
        return;
    }
    interp_materialize_top(t, f->result_count);
    int32_t from = interp_top(t, f->result_count - 1)->home;
    interp_emit(t, INTERP_RETURN_N);
    interp_put32(t, (uint32_t)from);
    interp_put32(t, to);
    interp_put32(t, (uint32_t)(interp_next_home(t) - from) / 8);
}

/* Copies the values on top to where a label wants them; the entries stay.
 * Going up, no value is overwritten before it is read: each goes to its own
 * position or a lower one. */
static void move_values(interp_translator *t, int32_t to, uint32_t count)
{
    for (uint32_t i = t->height - count; i < t->height; i++) {
        const interp_entry *e = &t->stack[i];
        interp_operand o = {SHAPE_S, e->class, e->slot, e->home, e->value};
        if (e->kind == KIND_ACC)
            o.shape = SHAPE_A;
        else if (e->kind == KIND_CONST)
            o.shape = SHAPE_I;
        if (o.shape != SHAPE_S || o.slot != to)
            interp_store(t, &o, to);
        to += e->class == CLASS_V128 ? 16 : 8;
    }
}

/* A branch that is always taken. */
static void branch(interp_translator *t, uint32_t depth)
{
    interp_label *l = label_at(t, depth);
    if (l->block == BLOCK_FUNCTION) {
        emit_return(t);
    } else {
        uint32_t count = arity_of(l);
        if (count) {
            int32_t base = interp_top(t, count - 1)->home;
            if (base == l->base)
                interp_materialize_top(t, count);
            else
                move_values(t, l->base, count);
        }
        if (t->inc_end == t->size && t->inc_end)
            interp_extend(t, t->inc_start, t->inc_op + 1);
        else
            interp_emit(t, INTERP_BR);
        t->inc_end = 0;
        put_target(t, l);
    }
    stop(t);
}

/* A branch on a popped condition; the values below it stay. */
static void branch_if(interp_translator *t, uint32_t depth, interp_condition c,
                      bool sense)
{
    interp_label *l = label_at(t, depth);
    uint32_t count = arity_of(l);
    if (count && interp_top(t, count - 1)->home != l->base) {
        interp_branch_if(t, &c, !sense);
        uint32_t over = (uint32_t)t->size;
        interp_put32(t, 0);
        move_values(t, l->base, count);
        interp_emit(t, INTERP_BR);
        put_target(t, l);
        patch_here(t, over);
        interp_take_back(t, (uint32_t)t->size);
        t->inc_end = 0;
        return;
    }
    if (count) {
        /* The condition may be in the accumulator that a value leaves. */
        interp_materialize_top(t, count);
    }
    interp_branch_if(t, &c, sense);
    put_target(t, l);
}

static void br_table(interp_translator *t)
{
    interp_operand index = interp_pop(t);
    if (index.shape == SHAPE_I)
        interp_in_slot(t, &index);
    uint32_t count = t->in.label_count;
    uint32_t arity = arity_of(label_at(t, t->in.index));
    int32_t base = t->stack_base;
    interp_materialize_top(t, arity);
    if (arity)
        base = interp_top(t, arity - 1)->home;
    interp_emit(t,
                index.shape == SHAPE_A ? INTERP_BR_TABLE_A : INTERP_BR_TABLE_S);
    interp_put_operand(t, &index);
    interp_put32(t, count);
    if (!interp_reserve(t, 4 * ((size_t)count + 1)))
        return;
    uint32_t first = (uint32_t)t->size;
    const uint8_t *labels = t->in.labels;
    /* Branches that have to move values go through code behind the table. */
    for (uint32_t i = 0; i <= count; i++) {
        uint32_t depth = i < count ? wasm_next_index(&labels) : t->in.index;
        interp_label *l = label_at(t, depth);
        if (!arity || l->base == base)
            put_target(t, l);
        else
            interp_put32(t, 0);
    }
    labels = t->in.labels;
    for (uint32_t i = 0; i <= count && arity && !t->failed; i++) {
        uint32_t depth = i < count ? wasm_next_index(&labels) : t->in.index;
        interp_label *l = label_at(t, depth);
        if (l->base == base)
            continue;
        t->copy_end = 0;
        patch_here(t, first + 4 * i);
        move_values(t, l->base, arity);
        interp_emit(t, INTERP_BR);
        put_target(t, l);
    }
    stop(t);
}

/* Blocks. */

static interp_label *open_block(interp_translator *t, interp_block block)
{
    interp_label *l = push_label(t, block);
    if (t->failed)
        return l;
    set_types(t, l, t->in.block);
    interp_flush(t);
    if (block != BLOCK_BLOCK)
        interp_materialize_top(t, l->param_count);
    l->height = t->height - l->param_count;
    l->base = l->param_count ? t->stack[l->height].home : interp_next_home(t);
    return l;
}

static void open_if(interp_translator *t)
{
    /* The parameters go home before the condition is tested; what it reads
     * is not touched by that. */
    interp_condition c = interp_pop_condition(t);
    interp_label *l = push_label(t, BLOCK_IF);
    if (t->failed)
        return;
    set_types(t, l, t->in.block);
    interp_flush(t);
    interp_materialize_top(t, l->param_count);
    l->height = t->height - l->param_count;
    l->base = l->param_count ? t->stack[l->height].home : interp_next_home(t);
    interp_branch_if(t, &c, false);
    l->otherwise = (uint32_t)t->size;
    interp_put32(t, 0);
    begin_charge(t);
}

static void open_loop(interp_translator *t)
{
    interp_label *l = open_block(t, BLOCK_LOOP);
    if (t->failed)
        return;
    interp_barrier(t);
    end_charge(t);
    l->start = (uint32_t)t->size;
    begin_charge(t);
    check_epoch(t);
}

static void open_try(interp_translator *t)
{
    interp_label *l = open_block(t, BLOCK_TRY);
    if (t->failed)
        return;
    l->first_catch = (uint32_t)t->catches.count;
    l->catch_count = t->in.catch_count;
    const uint8_t *cursor = t->in.catches;
    for (uint32_t i = 0; i < t->in.catch_count && !t->failed; i++) {
        wasm_catch from = wasm_next_catch(&cursor);
        interp_label *to = label_at(t, from.label + 1);
        uint32_t index = (uint32_t)t->catches.count;
        interp_catch *c = interp_append(t, &t->catches, sizeof *c);
        c->kind = from.kind;
        c->tag = from.tag;
        c->slot = to->base;
        if (to->block == BLOCK_LOOP) {
            c->target = to->start;
        } else {
            c->target = to->catches;
            to->catches = index;
            to->targeted = true;
        }
    }
    /* What is still only in an accumulator was made outside. */
    interp_barrier(t);
    l->start = (uint32_t)t->size;
}

/* The stack as a block leaves it. */
static void leave_values(interp_translator *t, const interp_label *l)
{
    interp_drop(t, t->height - l->height);
    interp_push_types(t, results_of(l), l->result_count);
}

static void open_else(interp_translator *t)
{
    interp_label *l = label_at(t, 0);
    if (t->reachable) {
        interp_materialize_top(t, l->result_count);
        interp_emit(t, INTERP_BR);
        put_target(t, l);
    }
    end_charge(t);
    interp_barrier(t);
    if (!t->failed && l->otherwise != NO_INDEX)
        patch_here(t, l->otherwise);
    l->otherwise = NO_INDEX;
    l->block = BLOCK_ELSE;
    interp_drop(t, t->height - l->height);
    interp_push_types(t, l->params, l->param_count);
    t->flushed = t->height;
    t->reachable = true;
    begin_charge(t);
}

static void close_block(interp_translator *t)
{
    interp_label *l = label_at(t, 0);
    if (l->block == BLOCK_TRY && l->catch_count) {
        interp_barrier(t);
        interp_try *range = interp_append(t, &t->tries, sizeof *range);
        *range = (interp_try){l->start, (uint32_t)t->size, l->first_catch,
                              l->catch_count};
    }
    bool meets = l->targeted || l->otherwise != NO_INDEX;
    if (meets) {
        if (t->reachable)
            interp_materialize_top(t, l->result_count);
        end_charge(t);
        if (!t->failed && l->otherwise != NO_INDEX) {
            interp_barrier(t);
            patch_here(t, l->otherwise);
        }
        bind(t, l);
        leave_values(t, l);
        t->reachable = true;
    }
    bool function = l->block == BLOCK_FUNCTION;
    if (function && t->reachable)
        emit_return(t);
    else if (meets && !function)
        begin_charge(t);
    if (function)
        end_charge(t);
    t->label_count--;
}

void interp_skip(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
    case WASM_OP_TRY_TABLE:
        t->skipped++;
        break;
    case WASM_OP_ELSE:
        if (!t->skipped)
            open_else(t);
        break;
    case WASM_OP_END:
        if (t->skipped)
            t->skipped--;
        else
            close_block(t);
        break;
    }
}

/* Calls. */

/* Arguments go home and off the stack: the callee's frame begins behind
 * them, at the slot that is returned. */
static int32_t pass_arguments(interp_translator *t, const wasm_functype *f,
                              interp_safe *safe)
{
    interp_materialize_top(t, f->param_count);
    int32_t frame = interp_next_home(t);
    interp_drop(t, f->param_count);
    *safe = interp_safe_begin(t);
    interp_clobber(t);
    safe->start = (uint32_t)t->size;
    interp_origin_here(t);
    return frame;
}

static void end_call(interp_translator *t, const wasm_functype *f,
                     interp_safe safe)
{
    interp_safe_end(t, safe);
    interp_push_types(t, f->results, f->result_count);
}

static uint32_t imported_functions(const interp_translator *t)
{
    return t->wasm->imported[WASM_EXTERN_FUNC];
}

static void call(interp_translator *t)
{
    uint32_t index = t->in.index;
    const wasm_functype *f = wasm_function_type(t->wasm, index);
    interp_safe safe;
    int32_t frame = pass_arguments(t, f, &safe);
    if (index < imported_functions(t)) {
        interp_emit(t, INTERP_CALL_IMPORT);
        interp_put32(t, index);
    } else {
        _Atomic(void *) *cell =
            &t->module->code[t->checked][index - imported_functions(t)];
        interp_emit(t, INTERP_CALL);
        interp_put64(t, (uint64_t)(uintptr_t)cell);
    }
    interp_put32(t, (uint32_t)frame);
    end_call(t, f, safe);
}

/* The callee of an indirect call stays in the slot it was in, which lies
 * above the arguments: it is read before the frame is made. */
static void call_indirect(interp_translator *t)
{
    const wasm_functype *f = &t->wasm->types[t->in.index].func;
    bool is64 = t->wasm->tables[t->in.index2].limits.is64;
    interp_operand index = interp_pop(t);
    if (index.shape == SHAPE_I || is64)
        interp_in_slot(t, &index);
    interp_safe safe;
    int32_t frame = pass_arguments(t, f, &safe);
    interp_emit(t, is64                     ? INTERP_CALL_INDIRECT_64
                   : index.shape == SHAPE_A ? INTERP_CALL_INDIRECT_A
                                            : INTERP_CALL_INDIRECT_S);
    interp_put_operand(t, &index);
    interp_put32(t, t->in.index2);
    interp_put32(t, t->in.index);
    interp_put32(t, imported_functions(t));
    interp_put32(t, (uint32_t)frame);
    end_call(t, f, safe);
}

static interp_operand pop_callee(interp_translator *t)
{
    if (interp_top(t, 0)->kind == KIND_ACC)
        interp_materialize(t, t->height - 1);
    interp_operand o = interp_pop(t);
    interp_in_slot(t, &o);
    return o;
}

static void call_ref(interp_translator *t)
{
    const wasm_functype *f = &t->wasm->types[t->in.index].func;
    interp_operand callee = pop_callee(t);
    interp_safe safe;
    int32_t frame = pass_arguments(t, f, &safe);
    interp_emit(t, INTERP_CALL_REF);
    interp_put_operand(t, &callee);
    interp_put32(t, imported_functions(t));
    interp_put32(t, (uint32_t)frame);
    end_call(t, f, safe);
}

/* Arguments of tail calls stay on the stack while the callee is found. */
static uint32_t tail_arguments(interp_translator *t, const wasm_functype *f)
{
    interp_materialize_top(t, f->param_count);
    interp_safe safe = interp_safe_begin(t);
    interp_drop(t, f->param_count);
    (void)safe;
    interp_origin_here(t);
    return (uint32_t)interp_next_home(t);
}

static void return_call(interp_translator *t)
{
    const wasm_functype *f = wasm_function_type(t->wasm, t->in.index);
    uint32_t from = tail_arguments(t, f);
    interp_emit(t, INTERP_RETURN_CALL);
    interp_put32(t, t->in.index);
    interp_put32(t, from);
    stop(t);
}

static void return_call_indirect(interp_translator *t)
{
    const wasm_functype *f = &t->wasm->types[t->in.index].func;
    bool is64 = t->wasm->tables[t->in.index2].limits.is64;
    interp_operand index = pop_callee(t);
    uint32_t from = tail_arguments(t, f);
    interp_emit(t, is64 ? INTERP_RETURN_CALL_INDIRECT_64
                        : INTERP_RETURN_CALL_INDIRECT);
    interp_put_operand(t, &index);
    interp_put32(t, t->in.index2);
    interp_put32(t, t->in.index);
    interp_put32(t, from);
    stop(t);
}

static void return_call_ref(interp_translator *t)
{
    const wasm_functype *f = &t->wasm->types[t->in.index].func;
    interp_operand callee = pop_callee(t);
    uint32_t from = tail_arguments(t, f);
    interp_emit(t, INTERP_RETURN_CALL_REF);
    interp_put_operand(t, &callee);
    interp_put32(t, from);
    stop(t);
}

static void throw_tag(interp_translator *t)
{
    const wasm_functype *f =
        &t->wasm->types[t->wasm->tags[t->in.index].type].func;
    interp_materialize_top(t, f->param_count);
    interp_safe safe = interp_safe_begin(t);
    interp_drop(t, f->param_count);
    interp_clobber(t);
    safe.start = (uint32_t)t->size;
    interp_origin_here(t);
    interp_emit(t, INTERP_THROW);
    interp_put32(t, t->in.index);
    interp_put32(t, (uint32_t)interp_next_home(t));
    interp_safe_end(t, safe);
    stop(t);
}

static void throw_ref(interp_translator *t)
{
    interp_operand o = pop_callee(t);
    interp_clobber(t);
    interp_origin_here(t);
    interp_emit(t, INTERP_THROW_REF);
    interp_put_operand(t, &o);
    stop(t);
}

/* Branches on references. The reference stays in its place while the test
 * reads it there. */
static interp_condition null_test(interp_translator *t)
{
    uint32_t top = t->height - 1;
    if (t->stack[top].kind == KIND_CONST || t->stack[top].kind == KIND_ACC)
        interp_materialize(t, top);
    interp_operand o = {SHAPE_S, CLASS_REF, t->stack[top].slot, 0, 0};
    return (interp_condition){WASM_OP_I64_EQZ, false, o, o};
}

static void br_on_null(interp_translator *t, bool on_null)
{
    interp_condition c = null_test(t);
    if (on_null) {
        /* The label does not get the reference; its copy is pushed again. */
        interp_entry e = *interp_top(t, 0);
        interp_drop(t, 1);
        branch_if(t, t->in.index, c, true);
        if (e.kind == KIND_LOCAL)
            interp_push_local(t, e.local);
        else
            interp_push(t, KIND_TEMP, CLASS_REF);
    } else {
        branch_if(t, t->in.index, c, false);
        interp_drop(t, 1);
    }
}

static void br_on_cast(interp_translator *t, bool fail)
{
    uint32_t top = t->height - 1;
    if (t->stack[top].kind != KIND_LOCAL)
        interp_materialize(t, top);
    wasm_valtype to = wasm_type_canonical(t->in.cast_to, t->module->types);
    uint32_t start;
    if (wasm_heap_is_index(wasm_heap(to))) {
        const wasm_type *type = t->module->types[wasm_heap(t->in.cast_to)];
        start = (uint32_t)t->size;
        interp_emit(t, INTERP_REF_TEST_TYPE);
        interp_put32(t, (uint32_t)t->stack[top].slot);
        interp_put32(t, wasm_is_nullable(to));
        interp_put64(t, (uint64_t)(uintptr_t)type);
        interp_result(t, start, INTERP_REF_TEST_TYPE, CLASS_I32);
    } else {
        start = (uint32_t)t->size;
        interp_emit(t, INTERP_REF_TEST);
        interp_put32(t, (uint32_t)t->stack[top].slot);
        interp_put32(t, to);
        interp_result(t, start, INTERP_REF_TEST, CLASS_I32);
    }
    interp_condition c = interp_pop_condition(t);
    branch_if(t, t->in.index, c, !fail);
}

static void select_value(interp_translator *t)
{
    interp_class class = (interp_class)interp_top(t, 1)->class;
    bool vector = class == CLASS_V128;
    bool integer = !vector && class != CLASS_F32 && class != CLASS_F64;
    for (uint32_t i = 1; i <= 2; i++) {
        interp_kind kind = (interp_kind)interp_top(t, i)->kind;
        if (kind == KIND_ACC || (kind == KIND_CONST && !integer))
            interp_materialize(t, t->height - 1 - i);
    }
    if (vector && interp_top(t, 0)->kind == KIND_ACC)
        interp_materialize(t, t->height - 1);
    interp_operand c = interp_pop(t), b = interp_pop(t), a = interp_pop(t);
    if (c.shape == SHAPE_I || vector)
        interp_in_slot(t, &c);
    if (a.shape == SHAPE_A)
        a.shape = SHAPE_S;
    if (b.shape == SHAPE_A)
        b.shape = SHAPE_S;
    uint32_t op =
        class == CLASS_F32   ? INTERP_SELECT_F32_S
        : class == CLASS_F64 ? INTERP_SELECT_F64_S
        : vector             ? INTERP_SELECT_V128
        : a.shape == SHAPE_I
            ? (b.shape == SHAPE_I ? INTERP_SELECT_II_S : INTERP_SELECT_IS_S)
            : (b.shape == SHAPE_I ? INTERP_SELECT_SI_S : INTERP_SELECT_SS_S);
    op += c.shape == SHAPE_A ? 2 : 0;
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    a.class = b.class = CLASS_I64; /* the width of immediates */
    interp_put_operand(t, &a);
    interp_put_operand(t, &b);
    interp_put_operand(t, &c);
    if (vector)
        interp_result_slot(t, class);
    else
        interp_result(t, start, op, class);
}

static void br_if(interp_translator *t)
{
    interp_condition c = interp_pop_condition(t);
    branch_if(t, t->in.index, c, true);
}

static bool control_flow(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_NOP:
        break;
    case WASM_OP_UNREACHABLE:
        interp_origin_here(t);
        interp_emit(t, INTERP_UNREACHABLE);
        stop(t);
        break;
    case WASM_OP_BLOCK:
        open_block(t, BLOCK_BLOCK);
        break;
    case WASM_OP_LOOP:
        open_loop(t);
        break;
    case WASM_OP_IF:
        open_if(t);
        break;
    case WASM_OP_ELSE:
        open_else(t);
        break;
    case WASM_OP_TRY_TABLE:
        open_try(t);
        break;
    case WASM_OP_END:
        close_block(t);
        break;
    case WASM_OP_BR:
        branch(t, t->in.index);
        break;
    case WASM_OP_BR_IF:
        br_if(t);
        break;
    case WASM_OP_BR_TABLE:
        br_table(t);
        break;
    case WASM_OP_RETURN:
        emit_return(t);
        stop(t);
        break;
    default:
        return false;
    }
    return true;
}

static bool call_or_throw(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_CALL:
        call(t);
        break;
    case WASM_OP_CALL_INDIRECT:
        call_indirect(t);
        break;
    case WASM_OP_CALL_REF:
        call_ref(t);
        break;
    case WASM_OP_RETURN_CALL:
        return_call(t);
        break;
    case WASM_OP_RETURN_CALL_INDIRECT:
        return_call_indirect(t);
        break;
    case WASM_OP_RETURN_CALL_REF:
        return_call_ref(t);
        break;
    case WASM_OP_THROW:
        throw_tag(t);
        break;
    case WASM_OP_THROW_REF:
        throw_ref(t);
        break;
    case WASM_OP_BR_ON_NULL:
        br_on_null(t, true);
        break;
    case WASM_OP_BR_ON_NON_NULL:
        br_on_null(t, false);
        break;
    case WASM_OP_BR_ON_CAST:
        br_on_cast(t, false);
        break;
    case WASM_OP_BR_ON_CAST_FAIL:
        br_on_cast(t, true);
        break;
    default:
        return false;
    }
    return true;
}

bool interp_control(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_DROP:
        interp_drop(t, 1);
        break;
    case WASM_OP_SELECT:
    case WASM_OP_SELECT_T:
        select_value(t);
        break;
    case WASM_OP_LOCAL_GET:
        interp_push_local(t, t->in.index);
        break;
    case WASM_OP_LOCAL_SET:
        interp_local_set(t, t->in.index, false);
        break;
    case WASM_OP_LOCAL_TEE:
        interp_local_set(t, t->in.index, true);
        break;
    default:
        return control_flow(t) || call_or_throw(t);
    }
    return true;
}
