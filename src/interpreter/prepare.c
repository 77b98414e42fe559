/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Translation: emission, the operand stack, and the walk over a body. */
#include "interpreter/prepare.h"

#include "base/memory.h"

/* No instruction but br_table is longer. */
#define LONGEST 64

static const uint8_t accumulator[] = {
    [CLASS_I32] = 0, [CLASS_I64] = 0,  [CLASS_F32] = 1,
    [CLASS_F64] = 2, [CLASS_V128] = 3, [CLASS_REF] = 0,
};

interp_class interp_class_of(wasm_valtype type)
{
    switch (type) {
    case WASM_I32:
    case WASM_I8:
    case WASM_I16:
        return CLASS_I32;
    case WASM_I64:
        return CLASS_I64;
    case WASM_F32:
        return CLASS_F32;
    case WASM_F64:
        return CLASS_F64;
    case WASM_V128:
        return CLASS_V128;
    }
    return CLASS_REF;
}

/* Emission. */

static void fail(interp_translator *t)
{
    t->failed = true;
    t->size = 0;
}

bool interp_reserve(interp_translator *t, size_t bytes)
{
    if (LIKELY(t->capacity - t->size >= bytes))
        return true;
    if (t->failed)
        t->size = 0;
    if (t->capacity >= bytes && t->failed)
        return true;
    size_t capacity = t->capacity * 2 + bytes;
    uint8_t *code =
        capacity < INT32_MAX ? mem_realloc(t->code, capacity) : NULL;
    if (!code) {
        fail(t);
        return t->capacity >= bytes;
    }
    t->code = code;
    t->capacity = capacity;
    return true;
}

void interp_put32(interp_translator *t, uint32_t value)
{
    memcpy(t->code + t->size, &value, sizeof value);
    t->size += sizeof value;
}

void interp_put64(interp_translator *t, uint64_t value)
{
    memcpy(t->code + t->size, &value, sizeof value);
    t->size += sizeof value;
}

void interp_patch32(interp_translator *t, uint32_t at, uint32_t value)
{
    if (!t->failed)
        memcpy(t->code + at, &value, sizeof value);
}

static void patch_op(interp_translator *t, uint32_t at, uint32_t op)
{
    if (!t->failed)
        memcpy(t->code + at, &t->handlers[op], sizeof t->handlers[op]);
}

void interp_emit(interp_translator *t, uint32_t op)
{
    interp_reserve(t, LONGEST);
    memcpy(t->code + t->size, &t->handlers[op], sizeof t->handlers[op]);
    t->size += sizeof t->handlers[op];
}

void *interp_append(interp_translator *t, interp_growing *list, size_t size)
{
    if (t->failed || mem_grow(&list->items, &list->capacity, list->count, size,
                              INT32_MAX, "translation", NULL) != WHIT_OK) {
        t->failed = true;
        return t->nowhere;
    }
    return (uint8_t *)list->items + size * list->count++;
}

void interp_origin_here(interp_translator *t)
{
    interp_origin *origin = interp_append(t, &t->origins, sizeof *origin);
    origin->code = (uint32_t)t->size;
    origin->wasm =
        t->body->offset + (uint32_t)(t->in.start - t->body->body.data);
}

/* The operand stack. */

interp_entry *interp_top(interp_translator *t, uint32_t depth)
{
    return &t->stack[t->height - 1 - depth];
}

int32_t interp_next_home(const interp_translator *t)
{
    if (!t->height)
        return t->stack_base;
    const interp_entry *top = &t->stack[t->height - 1];
    return top->home + (top->class == CLASS_V128 ? 16 : 8);
}

static uint32_t add_node(interp_translator *t, int32_t slot)
{
    interp_node *node = interp_append(t, &t->nodes, sizeof *node);
    node->slot = slot;
    node->next = t->top_node;
    return (uint32_t)t->nodes.count - 1;
}

static interp_entry *push(interp_translator *t, interp_kind kind,
                          interp_class class)
{
    if (t->height == t->stack_capacity &&
        mem_grow((void **)&t->stack, &t->stack_capacity, t->height,
                 sizeof *t->stack, LIMIT_OPERANDS * 2, "operand stack",
                 NULL) != WHIT_OK) {
        t->failed = true;
        t->height--; /* writes over the top: the result is not used */
    }
    int32_t home = interp_next_home(t);
    interp_entry *e = &t->stack[t->height++];
    e->kind = (uint8_t)kind;
    e->class = (uint8_t)class;
    e->home = e->slot = home;
    int32_t end = home + (class == CLASS_V128 ? 16 : 8);
    if (end > t->frame_end)
        t->frame_end = end;
    if (class == CLASS_REF) {
        e->node = t->top_node = add_node(t, home);
        t->lazy_refs += kind != KIND_TEMP;
    }
    return e;
}

void interp_push(interp_translator *t, interp_kind kind, interp_class class)
{
    push(t, kind, class);
}

void interp_push_const(interp_translator *t, interp_class class, uint64_t value)
{
    push(t, KIND_CONST, class)->value = value;
}

void interp_push_local(interp_translator *t, uint32_t local)
{
    interp_entry *e = push(t, KIND_LOCAL, t->local_classes[local]);
    e->slot = t->local_slots[local];
    e->local = local;
    e->previous = NO_INDEX;
    e->next = t->local_heads[local];
    if (e->next != NO_INDEX)
        t->stack[e->next].previous = t->height - 1;
    t->local_heads[local] = t->height - 1;
}

static void unlink_local(interp_translator *t, const interp_entry *e)
{
    if (e->previous == NO_INDEX)
        t->local_heads[e->local] = e->next;
    else
        t->stack[e->previous].next = e->next;
    if (e->next != NO_INDEX)
        t->stack[e->next].previous = e->previous;
}

void interp_push_types(interp_translator *t, const wasm_valtype *types,
                       uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        push(t, KIND_TEMP, interp_class_of(types[i]));
}

/* Takes the top entry off; it stays readable in `stack`. */
static interp_entry *remove_top(interp_translator *t)
{
    interp_entry *e = &t->stack[--t->height];
    if (t->flushed > t->height)
        t->flushed = t->height;
    if (e->kind == KIND_LOCAL)
        unlink_local(t, e);
    else if (e->kind == KIND_ACC)
        t->acc[accumulator[e->class]].entry = NO_INDEX;
    if (e->class == CLASS_REF) {
        t->lazy_refs -= e->kind != KIND_TEMP;
        if (!t->failed)
            t->top_node = ((interp_node *)t->nodes.items)[e->node].next;
    }
    return e;
}

interp_operand interp_pop(interp_translator *t)
{
    const interp_entry *e = remove_top(t);
    interp_operand o = {SHAPE_S, e->class, e->slot, e->home, e->value};
    unsigned a = accumulator[e->class];
    if (e->kind == KIND_ACC) {
        o.shape = SHAPE_A;
        o.slot = NO_SLOT;
    } else if (e->kind == KIND_CONST) {
        o.shape = SHAPE_I;
        o.slot = NO_SLOT;
    } else if (a < 3 && t->acc[a].slot == e->slot) {
        o.shape = SHAPE_A;
    }
    return o;
}

void interp_drop(interp_translator *t, uint32_t count)
{
    while (count--)
        remove_top(t);
}

/* Stores the entry that is only in an accumulator: its instruction becomes
 * the storing form. */
static void spill(interp_translator *t, unsigned which)
{
    interp_acc *a = &t->acc[which];
    if (a->entry == NO_INDEX)
        return;
    interp_entry *e = &t->stack[a->entry];
    patch_op(t, a->start, a->op + 1u);
    interp_patch32(t, a->field, (uint32_t)e->home);
    e->kind = KIND_TEMP;
    e->slot = e->home;
    t->lazy_refs -= e->class == CLASS_REF;
    a->entry = NO_INDEX;
    a->slot = e->home;
    interp_wrote(t, e->home, which);
}

void interp_wrote(interp_translator *t, int32_t slot, unsigned except)
{
    for (unsigned i = 0; i < 3; i++)
        if (i != except && t->acc[i].slot == slot)
            t->acc[i].slot = NO_SLOT;
}

void interp_materialize(interp_translator *t, uint32_t index)
{
    interp_entry *e = &t->stack[index];
    switch (e->kind) {
    case KIND_TEMP:
        return;
    case KIND_ACC:
        spill(t, accumulator[e->class]);
        return;
    case KIND_CONST:
        interp_immediate(t, e->value, e->home);
        break;
    case KIND_LOCAL:
        unlink_local(t, e);
        interp_copy(t, e->class, e->slot, e->home);
        break;
    }
    e->kind = KIND_TEMP;
    e->slot = e->home;
    t->lazy_refs -= e->class == CLASS_REF;
}

void interp_materialize_top(interp_translator *t, uint32_t count)
{
    for (uint32_t i = t->height - count; i < t->height; i++)
        interp_materialize(t, i);
}

void interp_flush(interp_translator *t)
{
    for (uint32_t i = t->flushed; i < t->height; i++)
        if (t->stack[i].kind != KIND_CONST || t->stack[i].class == CLASS_REF)
            interp_materialize(t, i);
    t->flushed = t->height;
}

void interp_clobber(interp_translator *t)
{
    for (unsigned i = 0; i < 3; i++) {
        spill(t, i);
        t->acc[i].slot = NO_SLOT;
    }
}

void interp_barrier(interp_translator *t)
{
    interp_clobber(t);
    interp_take_back(t, (uint32_t)t->size);
    t->inc_end = 0;
}

void interp_take_back(interp_translator *t, uint32_t start)
{
    if (!t->failed)
        t->size = start;
    t->compare.end = t->recent.end = t->copy_end = t->temp_end = 0;
}

void interp_extend(interp_translator *t, uint32_t start, uint32_t op)
{
    interp_reserve(t, LONGEST);
    patch_op(t, start, op);
}

/* Moves. */

void interp_copy(interp_translator *t, interp_class class, int32_t from,
                 int32_t to)
{
    unsigned a = accumulator[class];
    static const uint16_t set[] = {INTERP_SET_I64, INTERP_SET_F32,
                                   INTERP_SET_F64};
    bool wide = class != CLASS_F32 && class != CLASS_V128;
    if (a < 3 && t->acc[a].slot == from && from != NO_SLOT) {
        interp_emit(t, set[a]);
    } else if (wide && t->copy_end == t->size && t->copy_end) {
        interp_extend(t, t->copy_start, INTERP_COPY2);
        interp_put32(t, (uint32_t)from);
        t->copy_end = 0;
    } else {
        uint32_t start = (uint32_t)t->size;
        interp_emit(t, wide                  ? INTERP_COPY
                       : class == CLASS_V128 ? INTERP_COPY_V128
                                             : INTERP_COPY_F32);
        interp_put32(t, (uint32_t)from);
        if (wide) {
            t->copy_start = start;
            t->copy_end = (uint32_t)t->size + 4;
        }
    }
    interp_put32(t, (uint32_t)to);
    interp_wrote(t, to, 3);
    if (class == CLASS_V128)
        interp_wrote(t, to + 8, 3);
}

void interp_immediate(interp_translator *t, uint64_t value, int32_t to)
{
    if (value <= UINT32_MAX) {
        interp_emit(t, INTERP_IMM32);
        interp_put32(t, (uint32_t)value);
    } else {
        interp_emit(t, INTERP_IMM64);
        interp_put64(t, value);
    }
    interp_put32(t, (uint32_t)to);
    interp_wrote(t, to, 3);
}

void interp_store(interp_translator *t, const interp_operand *o, int32_t to)
{
    static const uint16_t set[] = {INTERP_SET_I64, INTERP_SET_F32,
                                   INTERP_SET_F64};
    if (o->shape == SHAPE_I) {
        interp_immediate(t, o->value, to);
    } else if (o->shape == SHAPE_A) {
        unsigned a = accumulator[o->class];
        interp_emit(t, set[a]);
        interp_put32(t, (uint32_t)to);
        interp_wrote(t, to, a);
    } else {
        interp_copy(t, o->class, o->slot, to);
    }
}

void interp_in_slot(interp_translator *t, interp_operand *o)
{
    if (o->slot == NO_SLOT) {
        interp_store(t, o, o->home);
        o->slot = o->home;
    }
    o->shape = SHAPE_S;
}

void interp_put_operand(interp_translator *t, const interp_operand *o)
{
    if (o->shape == SHAPE_S)
        interp_put32(t, (uint32_t)o->slot);
    else if (o->shape == SHAPE_I &&
             (o->class == CLASS_I32 || o->class == CLASS_F32))
        interp_put32(t, (uint32_t)o->value);
    else if (o->shape == SHAPE_I)
        interp_put64(t, o->value);
}

void interp_result(interp_translator *t, uint32_t start, uint32_t op,
                   interp_class class)
{
    unsigned which = accumulator[class];
    spill(t, which);
    interp_acc *a = &t->acc[which];
    a->field = (uint32_t)t->size;
    interp_put32(t, 0);
    a->end = (uint32_t)t->size;
    a->slot = NO_SLOT;
    a->start = start;
    a->op = (uint16_t)op;
    push(t, KIND_ACC, class);
    a->entry = t->height - 1;
}

void interp_result_slot(interp_translator *t, interp_class class)
{
    interp_entry *e = push(t, KIND_TEMP, class);
    t->temp_field = (uint32_t)t->size;
    t->temp_home = e->home;
    interp_put32(t, (uint32_t)e->home);
    t->temp_end = (uint32_t)t->size;
    interp_wrote(t, e->home, 3);
    if (class == CLASS_V128)
        interp_wrote(t, e->home + 8, 3);
}

/* The newest instruction adds a constant to a local and its result goes to
 * the same local: a shorter one does, perhaps together with its like before
 * it. */
static bool increment(interp_translator *t, int32_t slot)
{
    const interp_recent *r = &t->recent;
    if (r->end != t->size || !r->is_sum || r->is_product ||
        r->y.shape != SHAPE_I || r->x.slot != slot)
        return false;
    uint32_t start = r->start;
    uint64_t value = r->y.value;
    interp_take_back(t, start);
    if (t->inc_end == start && t->inc_end && t->inc_op == INTERP_I32_INC) {
        t->inc_op = INTERP_I32_INC2;
        interp_extend(t, t->inc_start, INTERP_I32_INC2);
    } else {
        t->inc_start = start;
        t->inc_op = INTERP_I32_INC;
        interp_emit(t, INTERP_I32_INC);
    }
    interp_put32(t, (uint32_t)slot);
    interp_put32(t, (uint32_t)value);
    t->inc_end = (uint32_t)t->size;
    return true;
}

void interp_local_set(interp_translator *t, uint32_t local, bool tee)
{
    interp_entry e = *remove_top(t);
    int32_t slot = t->local_slots[local];
    unsigned which = accumulator[e.class];
    bool same = e.kind == KIND_LOCAL && e.local == local;
    while (!same && t->local_heads[local] != NO_INDEX)
        interp_materialize(t, t->local_heads[local]);
    interp_operand o = {SHAPE_S, e.class, e.slot, e.home, e.value};
    if (same) {
        if (tee)
            interp_push_local(t, local);
        return;
    }
    if (e.kind == KIND_ACC) {
        interp_acc *a = &t->acc[which];
        if (a->end == t->size && increment(t, slot)) {
            /* done */
        } else if (a->end == t->size) {
            patch_op(t, a->start, a->op + 1u);
            interp_patch32(t, a->field, (uint32_t)slot);
        } else {
            o.shape = SHAPE_A;
            interp_store(t, &o, slot);
        }
        a->slot = slot;
        interp_wrote(t, slot, which);
    } else if (e.kind == KIND_CONST) {
        interp_immediate(t, e.value, slot);
    } else if (e.kind == KIND_TEMP && t->temp_end == t->size && t->temp_end &&
               t->temp_home == e.home) {
        interp_patch32(t, t->temp_field, (uint32_t)slot);
        t->temp_end = 0;
        interp_wrote(t, slot, 3);
        if (e.class == CLASS_V128)
            interp_wrote(t, slot + 8, 3);
    } else {
        interp_copy(t, e.class, e.slot, slot);
    }
    if (tee)
        interp_push_local(t, local);
}

interp_safe interp_safe_begin(interp_translator *t)
{
    for (uint32_t i = t->height; t->lazy_refs && i--;)
        if (t->stack[i].class == CLASS_REF)
            interp_materialize(t, i);
    return (interp_safe){t->top_node, (uint32_t)t->size};
}

void interp_safe_end(interp_translator *t, interp_safe safe)
{
    if (!safe.node)
        return;
    interp_safepoint *s = interp_append(t, &t->safepoints, sizeof *s);
    s->start = safe.start;
    s->end = (uint32_t)t->size;
    s->node = safe.node;
}

void interp_stack_form(interp_translator *t, uint32_t op, uint32_t count)
{
    interp_materialize_top(t, count);
    interp_safe safe = interp_safe_begin(t);
    interp_drop(t, count);
    interp_clobber(t);
    safe.start = (uint32_t)t->size;
    interp_origin_here(t);
    interp_emit(t, op);
    interp_put32(t, (uint32_t)interp_next_home(t));
    /* Wider fields follow, but a position inside is enough. */
    interp_safe_end(t, safe);
}

/* The walk. */

static void add_local(interp_translator *t, wasm_valtype type, int32_t *slot)
{
    uint32_t i = t->local_count++;
    t->local_slots[i] = *slot;
    t->local_classes[i] = (uint8_t)interp_class_of(type);
    t->local_heads[i] = NO_INDEX;
    if (wasm_is_ref(type))
        *(int32_t *)interp_append(t, &t->refs, sizeof(int32_t)) = *slot;
    *slot += (int32_t)wasm_slots(type) * 8;
}

static void make_locals(interp_translator *t)
{
    size_t count = t->type->param_count + (size_t)t->body->local_count;
    t->local_slots = mem_calloc(count, sizeof *t->local_slots);
    t->local_classes = mem_calloc(count, sizeof *t->local_classes);
    t->local_heads = mem_calloc(count, sizeof *t->local_heads);
    if (!t->local_slots || !t->local_classes || !t->local_heads) {
        t->failed = true;
        return;
    }
    for (uint32_t i = 0; i < t->type->param_count; i++)
        t->param_bytes += (int32_t)wasm_slots(t->type->params[i]) * 8;
    int32_t slot = -t->param_bytes;
    for (uint32_t i = 0; i < t->type->param_count; i++)
        add_local(t, t->type->params[i], &slot);
    slot = INTERP_HEADER_SLOTS * 8;
    for (uint32_t g = 0; g < t->body->local_group_count; g++)
        for (uint32_t i = 0; i < t->body->locals[g].count; i++)
            add_local(t, t->body->locals[g].type, &slot);
    t->stack_base = t->frame_end = slot;
}

/* Each instruction on its own: all its results are in their homes, and none
 * that follows can join it or change it. */
static void separate(interp_translator *t)
{
    for (uint32_t i = t->flushed; i < t->height; i++)
        interp_materialize(t, i);
    t->flushed = t->height;
    interp_barrier(t);
}

static void translate_instruction(interp_translator *t)
{
    if (t->fuel_field)
        t->fuel++;
    if (!interp_numeric(t) && !interp_control(t))
        interp_object(t);
    if (t->config->plain && t->reachable && !t->failed)
        separate(t);
}

static void translate(interp_translator *t)
{
    /* Room that even failing emission needs, and node 0. */
    t->code = mem_alloc(4096);
    t->capacity = t->code ? 4096 : 0;
    t->failed = !t->code;
    interp_append(t, &t->nodes, sizeof(interp_node));
    if (mem_grow((void **)&t->stack, &t->stack_capacity, 0, sizeof *t->stack,
                 LIMIT_OPERANDS, "operand stack", NULL) != WHIT_OK)
        t->failed = true;
    make_locals(t);
    if (t->failed)
        return;
    interp_begin_function(t);
    while (!t->failed && t->label_count) {
        wasm_next_instruction(&t->reader, &t->in);
        if (t->reachable)
            translate_instruction(t);
        else
            interp_skip(t);
    }
}

static void *lay(uint8_t **to, const interp_growing *list, size_t size)
{
    void *at = *to;
    if (list->count)
        memcpy(at, list->items, list->count * size);
    *to += list->count * size;
    return at;
}

static interp_code *finish(interp_translator *t, uint32_t function)
{
    size_t code_size = (t->size + 7) & ~(size_t)7;
    size_t total = sizeof(interp_code) + code_size +
                   t->origins.count * sizeof(interp_origin) +
                   t->safepoints.count * sizeof(interp_safepoint) +
                   t->nodes.count * sizeof(interp_node) +
                   t->tries.count * sizeof(interp_try) +
                   t->catches.count * sizeof(interp_catch) +
                   t->refs.count * sizeof(int32_t);
    interp_code *code = mem_alloc(total);
    if (!code)
        return NULL;
    uint8_t *at = code->bytes + code_size;
    *code = (interp_code){
        .frame_bytes = (uint32_t)t->frame_end,
        .param_slots = (uint32_t)t->param_bytes / 8,
        .size = (uint32_t)t->size,
        .function = function,
        .module = t->module,
        .origins = lay(&at, &t->origins, sizeof(interp_origin)),
        .safepoints = lay(&at, &t->safepoints, sizeof(interp_safepoint)),
        .nodes = lay(&at, &t->nodes, sizeof(interp_node)),
        .tries = lay(&at, &t->tries, sizeof(interp_try)),
        .catches = lay(&at, &t->catches, sizeof(interp_catch)),
        .refs = lay(&at, &t->refs, sizeof(int32_t)),
        .origin_count = (uint32_t)t->origins.count,
        .safepoint_count = (uint32_t)t->safepoints.count,
        .try_count = (uint32_t)t->tries.count,
        .ref_count = (uint32_t)t->refs.count,
    };
    memcpy(code->bytes, t->code, t->size);
    return code;
}

static void release(interp_translator *t)
{
    mem_free(t->code);
    mem_free(t->stack);
    mem_free(t->labels);
    mem_free(t->local_slots);
    mem_free(t->local_classes);
    mem_free(t->local_heads);
    mem_free(t->origins.items);
    mem_free(t->safepoints.items);
    mem_free(t->nodes.items);
    mem_free(t->tries.items);
    mem_free(t->catches.items);
    mem_free(t->refs.items);
}

static whit_status make(rt_module *module, bool checked, uint32_t function,
                        interp_code **out, whit_error *error)
{
    const wasm_function *f = &module->wasm->functions[function];
    interp_translator t = {
        .wasm = module->wasm,
        .module = module,
        .config = &module->engine->config,
        .handlers = interp_handlers(),
        .checked = checked,
        .reader = wasm_reader_new(f->code.body, f->code.offset),
        .body = &f->code,
        .type = &module->wasm->types[f->type].func,
    };
    for (unsigned i = 0; i < 3; i++)
        t.acc[i] = (interp_acc){.slot = NO_SLOT, .entry = NO_INDEX};
    translate(&t);
    *out = t.failed ? NULL : finish(&t, function);
    release(&t);
    TRY_ALLOC(*out, error);
    return WHIT_OK;
}

whit_status interp_prepare(rt_module *module, bool checked, uint32_t function,
                           const interp_code **out, whit_error *error)
{
    uint32_t defined = function - module->wasm->imported[WASM_EXTERN_FUNC];
    _Atomic(void *) *cell = &module->code[checked][defined];
    *out = atomic_load_explicit(cell, memory_order_acquire);
    if (*out)
        return WHIT_OK;
    pthread_mutex_lock(&module->code_lock);
    whit_status status = WHIT_OK;
    *out = atomic_load_explicit(cell, memory_order_relaxed);
    if (!*out) {
        interp_code *made = NULL;
        status = make(module, checked, function, &made, error);
        *out = made;
        if (made)
            atomic_store_explicit(cell, made, memory_order_release);
    }
    pthread_mutex_unlock(&module->code_lock);
    return status;
}
