/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rewriting of every live body, and moving functions into their callers:
 * those with one caller, and those no longer than the call. */
#include "base/leb128.h"
#include "base/limits.h"
#include "toolchain/shrink_module.h"

/* Bodies above this many bytes are only written in their shortest form. */
#define REWRITE_MAX (1u << 20)
/* A callee larger than this stays a function; so does a caller that would
 * grow past it. Engines compile one function at a time. */
#define INLINE_MAX (1u << 16)

static whit_status write_back(shrink_module *s, uint32_t function, body *b,
                              whit_error *error)
{
    body_bytes bytes;
    if (b->failed)
        return error_memory(error);
    TRY(body_write(b, &s->arena, &bytes, error));
    if (body_bytes_size(&bytes) <= body_bytes_size(&s->bodies[function]))
        s->bodies[function] = bytes;
    return WHIT_OK;
}

static bool is_defined(const shrink_module *s, uint32_t function)
{
    return s->live[SHRINK_FUNCTIONS][function] &&
           s->alias[function] == function &&
           !s->source->functions[function].imported;
}

/* Globals that hold one number for ever. */
typedef struct constants {
    body_ins *values;
    bool *known;
} constants;

static whit_status find_constants(shrink_module *s, constants *c,
                                  whit_error *error)
{
    uint32_t count = s->source->global_count;
    c->values = arena_array(&s->arena, count + 1, sizeof *c->values);
    c->known = arena_array(&s->arena, count + 1, sizeof *c->known);
    TRY_ALLOC(c->values, error);
    TRY_ALLOC(c->known, error);
    for (uint32_t n = 0; n < count; n++) {
        const wasm_global *global = &s->source->globals[n];
        if (global->imported)
            continue;
        wasm_reader reader = wasm_reader_new(global->init, 0);
        wasm_instruction end;
        c->values[n] = body_make(WASM_OP_NOP);
        wasm_next_instruction(&reader, &c->values[n].i);
        wasm_next_instruction(&reader, &end);
        uint16_t op = c->values[n].i.op;
        size_t size = 1 + leb128_size_s((int64_t)c->values[n].i.value);
        c->known[n] =
            (op == WASM_OP_I32_CONST || op == WASM_OP_I64_CONST) &&
            end.op == WASM_OP_END &&
            (size <= 2 || s->uses[SHRINK_GLOBALS][n] * (size - 2) < size + 3);
    }
    for (uint32_t n = 0; n < s->source->export_count; n++)
        if (s->source->exports[n].kind == WASM_EXTERN_GLOBAL &&
            s->source->globals[s->source->exports[n].index].mutable_)
            c->known[s->source->exports[n].index] = false;
    for (uint32_t f = 0; f < s->source->function_count; f++) {
        if (!is_defined(s, f))
            continue;
        wasm_reader reader = wasm_reader_new(s->bodies[f].code, 0);
        while (reader.cursor < reader.end) {
            wasm_instruction i;
            wasm_next_instruction(&reader, &i);
            if (i.op == WASM_OP_GLOBAL_SET)
                c->known[i.index] = false;
        }
    }
    return WHIT_OK;
}

static whit_status rewrite_one(shrink_module *s, uint32_t function,
                               const constants *c, whit_error *error)
{
    arena memory;
    arena_init(&memory);
    body b;
    whit_status status =
        body_read(&b, &memory, s->source, s->source->functions[function].type,
                  &s->bodies[function], error);
    if (status == WHIT_OK) {
        for (uint32_t n = 0; c && n < b.count; n++)
            if (b.code[n].i.op == WASM_OP_GLOBAL_GET &&
                c->known[b.code[n].i.index])
                b.code[n] = c->values[b.code[n].i.index];
        if (!s->options->keep_bodies &&
            s->bodies[function].code.size <= REWRITE_MAX)
            shrink_rewrite(&b);
        status = write_back(s, function, &b, error);
    }
    arena_release(&memory);
    return status;
}

whit_status shrink_rewrite_all(shrink_module *self, whit_error *error)
{
    constants c;
    TRY(find_constants(self, &c, error));
    for (uint32_t n = 0; n < self->source->function_count; n++)
        if (is_defined(self, n))
            TRY(rewrite_one(self, n, self->options->keep_bodies ? NULL : &c,
                            error));
    return WHIT_OK;
}

typedef enum inline_kind {
    INLINE_NO,
    INLINE_BODY,    /* the whole body, parameters as new locals */
    INLINE_OPERANDS /* what follows the reads of all parameters in order */
} inline_kind;

typedef struct inliner {
    shrink_module *shrink;
    uint8_t *kind; /* per function: inline_kind */
    bool *waits;   /* per function: its own body has calls to inline */
    body *caller;
    arena *arena;
    uint32_t *inlined; /* calls */
    whit_error *error;
} inliner;

static uint32_t reference_count(const shrink_module *s, uint32_t f)
{
    return s->uses[SHRINK_FUNCTIONS][f] - s->calls[f];
}

/* Straight code after one local.get of each parameter in order: then the
 * operands of the call are where that code wants them. */
static bool is_operand_code(const shrink_module *s, uint32_t f, uint32_t *size)
{
    uint32_t type = s->source->functions[f].type, next = 0;
    uint32_t params = s->source->types[type].func.param_count;
    const uint8_t *start = NULL;
    wasm_reader reader = wasm_reader_new(s->bodies[f].code, 0);
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        wasm_next_instruction(&reader, &i);
        if (next < params) {
            if (i.op == WASM_OP_UNREACHABLE && !next) {
                next = params;
                start = i.start;
                continue;
            }
            if (i.op != WASM_OP_LOCAL_GET || i.index != next++)
                return false;
            continue;
        }
        if (!start)
            start = i.start;
        if (i.op == WASM_OP_END) {
            *size = (uint32_t)(i.start - start);
            return reader.cursor == reader.end;
        }
        uint8_t kind = wasm_opcodes[i.op].immediates;
        if (body_is_local(i.op) || body_is_opening(i.op) ||
            kind == WASM_IMM_LABEL || kind == WASM_IMM_LABELS ||
            kind == WASM_IMM_CAST || i.op == WASM_OP_RETURN ||
            i.op == WASM_OP_RETURN_CALL ||
            i.op == WASM_OP_RETURN_CALL_INDIRECT ||
            i.op == WASM_OP_RETURN_CALL_REF ||
            (i.op == WASM_OP_CALL && i.index == f))
            return false;
    }
    return false;
}

static bool has_tail_call(const shrink_module *s, uint32_t f)
{
    wasm_reader reader = wasm_reader_new(s->bodies[f].code, 0);
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        wasm_next_instruction(&reader, &i);
        if (i.op == WASM_OP_RETURN_CALL ||
            i.op == WASM_OP_RETURN_CALL_INDIRECT ||
            i.op == WASM_OP_RETURN_CALL_REF ||
            (i.op == WASM_OP_CALL && i.index == f))
            return true;
    }
    return false;
}

static inline_kind choose(const shrink_module *s, uint32_t f)
{
    uint32_t size, calls = s->calls[f];
    const wasm_functype *type = wasm_function_type(s->source, f);
    if (!is_defined(s, f) || !calls)
        return INLINE_NO;
    uint64_t whole = body_bytes_size(&s->bodies[f]) + 1;
    if (!s->bodies[f].group_count && is_operand_code(s, f, &size) &&
        (size <= 2 ||
         (!reference_count(s, f) && (uint64_t)calls * (size - 2) < whole)))
        return INLINE_OPERANDS;
    if (calls == 1 && !reference_count(s, f) && type->result_count < 2 &&
        s->bodies[f].code.size <= INLINE_MAX && !has_tail_call(s, f))
        return INLINE_BODY;
    return INLINE_NO;
}

static bool is_inlined_call(const inliner *in, const wasm_instruction *i)
{
    return i->op == WASM_OP_CALL &&
           in->kind[in->shrink->alias[i->index]] != INLINE_NO;
}

/* Moves each operand of the call in front of the local.set of its
 * parameter; false when an operand is not a plain expression. */
static bool spread_operands(inliner *in, uint32_t first_local, uint32_t params)
{
    body *b = in->caller;
    uint32_t end = b->count;
    uint32_t *starts = arena_array(in->arena, params + 1, sizeof *starts);
    if (!starts)
        return false;
    starts[params] = end;
    for (uint32_t n = params; n-- > 0;) {
        if (!starts[n + 1])
            return false;
        starts[n] = body_expression(b, b->code, starts[n + 1] - 1);
        if (starts[n] == WASM_NO_INDEX)
            return false;
    }
    uint32_t size = end - starts[0];
    body_ins *copy =
        arena_dup(in->arena, b->code + starts[0], size * sizeof *copy);
    if (!copy)
        return false;
    uint32_t base = starts[0];
    b->count = base;
    for (uint32_t n = 0; n < params; n++) {
        for (uint32_t at = starts[n]; at < starts[n + 1]; at++)
            body_push(b, &copy[at - base]);
        body_ins set = body_make(WASM_OP_LOCAL_SET);
        set.i.index = first_local + n;
        body_push(b, &set);
    }
    return true;
}

static void push_op_index(body *b, uint16_t op, uint32_t index)
{
    body_ins ins = body_make(op);
    ins.i.index = index;
    body_push(b, &ins);
}

/* Per local of the callee: whether a read may come before every write of
 * the same call, so that it must find zero. Parameters do not ask. */
static bool *find_zero_reads(inliner *in, const body *callee)
{
    uint32_t *first =
        arena_array(in->arena, callee->local_count + 1, sizeof *first);
    bool *zero = arena_zalloc(in->arena, callee->local_count + 1);
    if (!first || !zero)
        return NULL;
    for (uint32_t n = 0; n < callee->count; n++) {
        const body_ins *ins = &callee->code[n];
        if (!body_is_local(ins->i.op) || ins->i.index < callee->param_count)
            continue;
        uint32_t *at = &first[ins->i.index];
        if (!*at) {
            *at = n + 1;
            zero[ins->i.index] = ins->i.op == WASM_OP_LOCAL_GET;
        }
        const body_label *l = &callee->labels[callee->inside[*at - 1]];
        zero[ins->i.index] |= n > (l->middle > *at - 1 ? l->middle : l->end);
    }
    return zero;
}

static uint16_t zero_op(wasm_valtype type)
{
    switch (type) {
    case WASM_I32:
        return WASM_OP_I32_CONST;
    case WASM_I64:
        return WASM_OP_I64_CONST;
    case WASM_F32:
        return WASM_OP_F32_CONST;
    case WASM_F64:
        return WASM_OP_F64_CONST;
    default:
        return WASM_OP_NOP;
    }
}

/* Clears the locals that the callee expects to be zero, as a second run of
 * the same code would find them used. */
static void clear_locals(inliner *in, const body *callee, const bool *zero,
                         uint32_t first_local)
{
    for (uint32_t n = callee->param_count; n < callee->local_count; n++) {
        if (!zero[n])
            continue;
        body_ins value = body_make(zero_op(callee->locals[n]));
        body_push(in->caller, &value);
        push_op_index(in->caller, WASM_OP_LOCAL_SET, first_local + n);
    }
}

/* Locals and labels of the callee become new ones of the caller. */
static void push_callee(inliner *in, const body *callee, uint32_t first_local,
                        uint32_t first_label)
{
    for (uint32_t n = 0; n + 1 < callee->count; n++) {
        body_ins ins = callee->code[n];
        if (body_is_local(ins.i.op))
            ins.i.index += first_local;
        if (ins.i.op == WASM_OP_RETURN) {
            ins = body_make(WASM_OP_BR);
            ins.i.index = first_label;
        } else if (body_is_branch(&ins.i) || ins.i.op == WASM_OP_BR_TABLE) {
            ins.i.index += first_label;
        }
        if (ins.i.op == WASM_OP_BR_TABLE)
            for (uint32_t l = 0; l < ins.i.label_count; l++)
                ins.labels[l] += first_label;
        if (ins.i.op == WASM_OP_TRY_TABLE)
            for (uint32_t l = 0; l < ins.i.catch_count; l++)
                ins.catches[l].label += first_label;
        if (body_is_opening(ins.i.op) || ins.i.op == WASM_OP_ELSE ||
            ins.i.op == WASM_OP_END)
            ins.label += first_label;
        body_push(in->caller, &ins);
    }
}

static whit_status push_body(inliner *in, uint32_t f, bool loop, bool *done)
{
    shrink_module *s = in->shrink;
    body *caller = in->caller;
    body callee;
    TRY(body_read(&callee, in->arena, s->source, s->source->functions[f].type,
                  &s->bodies[f], in->error));
    if (!body_index(&callee))
        return error_memory(in->error);
    uint32_t first_local = caller->local_count;
    *done = false;
    if (callee.local_count + first_local > LIMIT_LOCALS / 2)
        return WHIT_OK;
    const bool *zero = find_zero_reads(in, &callee);
    TRY_ALLOC(zero, in->error);
    for (uint32_t n = callee.param_count; loop && n < callee.local_count; n++)
        if (zero[n] && zero_op(callee.locals[n]) == WASM_OP_NOP)
            return WHIT_OK;
    *done = true;
    for (uint32_t n = 0; n < callee.local_count; n++)
        body_add_local(caller, callee.locals[n]);
    if (!spread_operands(in, first_local, callee.param_count))
        for (uint32_t n = callee.param_count; n-- > 0;)
            push_op_index(caller, WASM_OP_LOCAL_SET, first_local + n);
    if (loop)
        clear_locals(in, &callee, zero, first_local);
    uint32_t first_label = caller->label_count;
    caller->label_count += callee.label_count;
    body_ins block = body_make(WASM_OP_BLOCK);
    const wasm_functype *type = wasm_function_type(s->source, f);
    block.i.block.index = WASM_NO_INDEX;
    block.i.block.type =
        type->result_count ? type->results[0] : (wasm_valtype)WASM_BOTTOM;
    block.label = first_label;
    body_push(caller, &block);
    push_callee(in, &callee, first_local, first_label);
    block = body_make(WASM_OP_END);
    block.label = first_label;
    body_push(caller, &block);
    return WHIT_OK;
}

static void push_operand_code(inliner *in, uint32_t f)
{
    shrink_module *s = in->shrink;
    uint32_t params = wasm_function_type(s->source, f)->param_count;
    wasm_reader reader = wasm_reader_new(s->bodies[f].code, 0);
    while (reader.cursor < reader.end) {
        body_ins ins = body_make(WASM_OP_NOP);
        wasm_next_instruction(&reader, &ins.i);
        if (ins.i.op == WASM_OP_UNREACHABLE)
            params = 0;
        if (params)
            params--;
        else if (reader.cursor < reader.end)
            body_push(in->caller, &ins);
    }
}

static whit_status inline_calls(inliner *in, uint32_t function, bool *changed)
{
    body *b = in->caller;
    if (!body_index(b))
        return error_memory(in->error);
    uint32_t count = b->count, loops = 0;
    const body_ins *source = body_swap(b, count);
    if (!source)
        return error_memory(in->error);
    for (uint32_t n = 0; n < count && !b->failed; n++) {
        const body_ins *ins = &source[n];
        /* New labels have no entry in the old index. */
        if (ins->i.op == WASM_OP_LOOP ||
            (ins->i.op == WASM_OP_END &&
             b->labels[ins->label].op == WASM_OP_LOOP))
            loops += ins->i.op == WASM_OP_LOOP ? 1u : ~0u;
        bool done = false;
        if (is_inlined_call(in, &ins->i)) {
            uint32_t f = in->shrink->alias[ins->i.index];
            if (f == function || in->waits[f]) {
                done = false;
            } else if (in->kind[f] == INLINE_OPERANDS) {
                push_operand_code(in, f);
                done = true;
            } else {
                TRY(push_body(in, f, loops > 0, &done));
            }
        }
        if (done) {
            *changed = true;
            ++*in->inlined;
        } else {
            body_push(b, ins);
        }
    }
    return b->failed ? error_memory(in->error) : WHIT_OK;
}

static whit_status inline_into(inliner *in, uint32_t function, bool *changed)
{
    shrink_module *s = in->shrink;
    arena memory;
    arena_init(&memory);
    body b;
    bool here = false;
    in->caller = &b;
    in->arena = &memory;
    whit_status status =
        body_read(&b, &memory, s->source, s->source->functions[function].type,
                  &s->bodies[function], in->error);
    if (status == WHIT_OK)
        status = inline_calls(in, function, &here);
    if (status == WHIT_OK && here) {
        shrink_rewrite(&b);
        body_bytes bytes;
        status = b.failed ? error_memory(in->error)
                          : body_write(&b, &s->arena, &bytes, in->error);
        if (status == WHIT_OK)
            s->bodies[function] = bytes;
        *changed = true;
    }
    arena_release(&memory);
    return status;
}

static void find_waiting(inliner *in, bool *has_calls)
{
    const shrink_module *s = in->shrink;
    for (uint32_t f = 0; f < s->source->function_count; f++) {
        in->waits[f] = false;
        if (!is_defined(s, f) || s->bodies[f].code.size > INLINE_MAX)
            continue;
        wasm_reader reader = wasm_reader_new(s->bodies[f].code, 0);
        while (reader.cursor < reader.end && !in->waits[f]) {
            wasm_instruction i;
            wasm_next_instruction(&reader, &i);
            in->waits[f] = is_inlined_call(in, &i);
        }
        *has_calls |= in->waits[f];
    }
}

whit_status shrink_inline(shrink_module *self, uint32_t *inlined,
                          whit_error *error)
{
    uint32_t count = self->source->function_count;
    inliner in = {.shrink = self, .inlined = inlined, .error = error};
    in.kind = arena_zalloc(&self->arena, count + 1);
    in.waits = arena_zalloc(&self->arena, count + 1);
    bool *ready = arena_zalloc(&self->arena, count + 1);
    TRY_ALLOC(in.kind, error);
    TRY_ALLOC(in.waits, error);
    TRY_ALLOC(ready, error);
    bool changed = true;
    for (unsigned round = 0; changed && round < 40; round++) {
        changed = false;
        TRY(shrink_mark(self, error));
        for (uint32_t f = 0; f < count; f++)
            in.kind[f] = choose(self, f);
        bool has_calls = false;
        find_waiting(&in, &has_calls);
        memcpy(ready, in.waits, count);
        for (uint32_t f = 0; has_calls && f < count; f++)
            if (ready[f])
                TRY(inline_into(&in, f, &changed));
    }
    return shrink_mark(self, error);
}
