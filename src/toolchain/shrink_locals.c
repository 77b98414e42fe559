/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rewriting of locals: values that can stay on the operand stack, copies,
 * constants, and writes that nobody reads. */
#include "base/leb128.h"
#include "toolchain/shrink_body.h"

/* How far apart the two ends of a stack value may be; bounds the work. */
#define REACH 400u

typedef struct local_info {
    uint32_t gets;
    uint32_t sets; /* tees too */
    uint32_t first, last;
    uint32_t write; /* the last write so far, or WASM_NO_INDEX */
} local_info;

static void erase(body *b, uint32_t at)
{
    b->code[at] = body_make(WASM_OP_NOP);
}

static local_info *gather(const body *b)
{
    local_info *info = arena_array(b->arena, b->local_count + 1, sizeof *info);
    if (!info)
        return NULL;
    for (uint32_t n = 0; n < b->local_count; n++)
        info[n].first = info[n].write = WASM_NO_INDEX;
    for (uint32_t n = 0; n < b->count; n++) {
        if (!body_is_local(b->code[n].i.op))
            continue;
        local_info *x = &info[b->code[n].i.index];
        if (x->first == WASM_NO_INDEX)
            x->first = n;
        x->last = n;
        if (b->code[n].i.op == WASM_OP_LOCAL_GET)
            x->gets++;
        else
            x->sets++;
    }
    return info;
}

/* Where the code that surely runs after `at`, and only after it, ends. */
static uint32_t arm_end(const body *b, uint32_t at)
{
    const body_label *l = &b->labels[b->inside[at]];
    return l->middle > at ? l->middle : l->end;
}

static bool in_loop(const body *b, uint32_t at)
{
    for (uint32_t l = b->inside[at]; l; l = b->labels[l].parent)
        if (b->labels[l].op == WASM_OP_LOOP)
            return true;
    return false;
}

/* Rule: a write that nobody reads. */
static bool drop_unread(body *b, const local_info *info)
{
    bool changed = false;
    for (uint32_t n = 0; n < b->count; n++) {
        body_ins *ins = &b->code[n];
        if (!body_is_local(ins->i.op) || info[ins->i.index].gets)
            continue;
        *ins = body_make(ins->i.op == WASM_OP_LOCAL_SET ? WASM_OP_DROP
                                                        : WASM_OP_NOP);
        changed = true;
    }
    return changed;
}

static bool is_number(uint16_t op)
{
    return op >= WASM_OP_I32_CONST && op <= WASM_OP_F64_CONST;
}

/* Rule: a local that is zero anyway is not set to zero. */
static bool drop_zero(body *b, uint32_t at, const local_info *x)
{
    const body_ins *ins = &b->code[at];
    const body_ins *value = &b->code[at - 1];
    if (ins->i.index < b->param_count || x->first != at ||
        !is_number(value->i.op) || value->i.value || in_loop(b, at))
        return false;
    if (ins->i.op == WASM_OP_LOCAL_SET)
        erase(b, at - 1);
    erase(b, at);
    return true;
}

/* Only write, and every read comes after it. */
static bool is_single(const body *b, uint32_t at, const local_info *x)
{
    return x->sets == 1 && x->first == at && x->last <= arm_end(b, at);
}

static void replace_gets(body *b, uint32_t at, const local_info *x,
                         const body_ins *with)
{
    uint32_t local = b->code[at].i.index;
    for (uint32_t n = at + 1; n <= x->last; n++)
        if (b->code[n].i.op == WASM_OP_LOCAL_GET && b->code[n].i.index == local)
            b->code[n] = *with;
    if (b->code[at].i.op == WASM_OP_LOCAL_SET)
        erase(b, at - 1);
    erase(b, at);
}

/* Rule: a local that holds a constant, where the constant is shorter. */
static bool spread_constant(body *b, uint32_t at, const local_info *x)
{
    body_ins value = b->code[at - 1];
    if (value.i.op != WASM_OP_I32_CONST && value.i.op != WASM_OP_I64_CONST)
        return false;
    size_t size = 1 + leb128_size_s((int64_t)value.i.value);
    size_t definition = b->code[at].i.op == WASM_OP_LOCAL_SET ? size + 2 : 2;
    if (!is_single(b, at, x) || x->gets * size >= definition + 2 * x->gets)
        return false;
    replace_gets(b, at, x, &value);
    return true;
}

/* Rule: a copy of a local that does not change while the copy is read. */
static bool spread_copy(body *b, uint32_t at, const local_info *x,
                        const local_info *info)
{
    body_ins value = b->code[at - 1];
    if (value.i.op != WASM_OP_LOCAL_GET || !is_single(b, at, x) ||
        b->locals[value.i.index] != b->locals[b->code[at].i.index])
        return false;
    uint32_t end = x->last;
    for (uint32_t l = b->inside[end]; l && b->labels[l].start > at;
         l = b->labels[l].parent)
        if (b->labels[l].op == WASM_OP_LOOP)
            end = b->labels[l].end;
    if (info[value.i.index].sets) {
        if (end - at > 16 * REACH)
            return false;
        for (uint32_t n = at + 1; n <= end; n++)
            if (b->code[n].i.index == value.i.index &&
                (b->code[n].i.op == WASM_OP_LOCAL_SET ||
                 b->code[n].i.op == WASM_OP_LOCAL_TEE))
                return false;
    }
    replace_gets(b, at, x, &value);
    return true;
}

static bool single_writes(body *b, const local_info *info)
{
    bool changed = false;
    for (uint32_t n = 1; n < b->count; n++) {
        const body_ins *ins = &b->code[n];
        if (ins->i.op != WASM_OP_LOCAL_SET && ins->i.op != WASM_OP_LOCAL_TEE)
            continue;
        const local_info *x = &info[ins->i.index];
        /* A copy changes the counts of its source: the next round sees
         * them; what matters until then is only ever too cautious. */
        changed |= drop_zero(b, n, x) || spread_constant(b, n, x) ||
                   spread_copy(b, n, x, info);
    }
    return changed;
}

/* Operands an instruction needs, a branch's values included. */
static bool needs(const body *b, const body_ins *ins, uint32_t *count)
{
    uint32_t pushes;
    if (body_is_opening(ins->i.op)) {
        *count = b->labels[ins->label].params + (ins->i.op == WASM_OP_IF);
        return true;
    }
    if (ins->i.op == WASM_OP_BR_IF) {
        const body_label *l = &b->labels[ins->i.index];
        *count = 1 + (l->op == WASM_OP_LOOP ? l->params : l->results);
        return true;
    }
    return body_effect(b, ins, count, &pushes);
}

/* Whether a value put on the stack at `set` is still there, on top, at
 * `get`, and nothing between takes it. */
static bool can_stay(const body *b, uint32_t set, uint32_t get)
{
    uint32_t level = b->inside[set], base = b->heights[set] - 1, count;
    if (get - set > REACH || b->inside[get] != level || get > arm_end(b, set) ||
        b->heights[get] != base)
        return false;
    for (uint32_t n = set + 1; n < get; n++) {
        const body_ins *ins = &b->code[n];
        if (b->inside[n] != level || ins->i.op == WASM_OP_NOP)
            continue;
        if (!needs(b, ins, &count) || b->heights[n] < base + count)
            return false;
    }
    return true;
}

/* Rule: set x ... get x -> the value waits on the stack; a tee when x is
 * read again. */
static bool keep_on_stack(body *b, local_info *info)
{
    bool changed = false;
    for (uint32_t n = 0; n < b->count; n++) {
        body_ins *ins = &b->code[n];
        if (!body_is_local(ins->i.op))
            continue;
        local_info *x = &info[ins->i.index];
        if (ins->i.op != WASM_OP_LOCAL_GET) {
            x->write = n;
            continue;
        }
        uint32_t set = x->write;
        if (set == WASM_NO_INDEX || b->code[set].i.op != WASM_OP_LOCAL_SET ||
            !can_stay(b, set, n))
            continue;
        if (x->gets == 1 && x->sets == 1)
            erase(b, set);
        else
            b->code[set].i.op = WASM_OP_LOCAL_TEE;
        erase(b, n);
        x->gets--;
        for (uint32_t at = set + 1; at <= n; at++)
            b->heights[at] += b->inside[at] == b->inside[set];
        changed = true;
    }
    return changed;
}

bool shrink_locals(body *self)
{
    bool changed = false;
    local_info *info;
    if (body_index(self) && (info = gather(self)))
        changed |= drop_unread(self, info);
    if (body_index(self) && (info = gather(self)))
        changed |= single_writes(self, info);
    if (body_index(self) && (info = gather(self)))
        changed |= keep_on_stack(self, info);
    return changed;
}

void shrink_rewrite(body *self)
{
    /* Each round only shortens; the bound is for hostile nests of blocks
     * that give up one level per round. */
    for (unsigned round = 0; round < 24; round++) {
        bool changed = shrink_peephole(self);
        changed |= shrink_flow(self);
        changed |= shrink_locals(self);
        if (!changed || self->failed)
            break;
    }
    body_index(self);
}
