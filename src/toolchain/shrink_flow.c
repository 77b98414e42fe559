/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rewriting of blocks and branches.
 *
 * Every function below looks at one label or one branch of an indexed body
 * and overwrites instructions in place (nop: gone); positions and heights
 * stay those of the index, so that a whole pass needs only one. */
#include "toolchain/shrink_body.h"

static const wasm_blocktype no_result = {WASM_NO_INDEX, WASM_BOTTOM};

static void erase(body *b, uint32_t at)
{
    b->code[at] = body_make(WASM_OP_NOP);
}

static uint16_t op_at(const body *b, uint32_t at)
{
    return b->code[at].i.op;
}

/* Values a branch to the label takes along. */
static uint32_t arity(const body *b, uint32_t label)
{
    const body_label *l = &b->labels[label];
    return l->op == WASM_OP_LOOP ? l->params : l->results;
}

static bool is_forward(const body *b, uint32_t label)
{
    return b->labels[label].op != WASM_OP_LOOP && !arity(b, label);
}

/* Where control that arrives at `at` with no operands really goes: past ends
 * and over else-arms. *outer, when not NULL, becomes the best label that
 * leads to the same place: one that costs nothing before one of a block. */
static uint32_t resolve(const body *b, uint32_t at, uint32_t *outer)
{
    for (;;) {
        const body_ins *ins = &b->code[at];
        const body_label *label = &b->labels[ins->label];
        if ((ins->i.op != WASM_OP_END && ins->i.op != WASM_OP_ELSE) ||
            label->results)
            return at;
        if (outer && label->op != WASM_OP_LOOP &&
            (label->op != WASM_OP_BLOCK || !ins->label ||
             b->labels[*outer].op == WASM_OP_BLOCK))
            *outer = ins->label;
        if (!ins->label)
            return at;
        at = ins->i.op == WASM_OP_ELSE ? label->end : at + 1;
    }
}

/* Where a branch to the label arrives, or WASM_NO_INDEX. */
static uint32_t target(const body *b, uint32_t label)
{
    return is_forward(b, label) ? resolve(b, b->labels[label].end, NULL)
                                : WASM_NO_INDEX;
}

/* Rule: a branch to a branch goes to the last one's target; of several
 * labels for one place, one is used. */
static bool retarget(const body *b, uint32_t *label)
{
    if (!is_forward(b, *label))
        return false;
    uint32_t to = *label;
    uint32_t at = resolve(b, b->labels[*label].end, &to);
    const body_ins *next = &b->code[at];
    if (next->i.op == WASM_OP_BR && !arity(b, next->i.index))
        to = next->i.index;
    else if (next->i.op == WASM_OP_RETURN && !b->labels[0].results)
        to = 0;
    if (to == *label)
        return false;
    *label = to;
    return true;
}

static bool retarget_all(body *b)
{
    bool changed = false;
    for (uint32_t n = 0; n < b->count; n++) {
        body_ins *ins = &b->code[n];
        if (ins->i.op == WASM_OP_BR || ins->i.op == WASM_OP_BR_IF) {
            changed |= retarget(b, &ins->i.index);
        } else if (ins->i.op == WASM_OP_BR_TABLE) {
            changed |= retarget(b, &ins->i.index);
            for (uint32_t l = 0; l < ins->i.label_count; l++)
                changed |= retarget(b, &ins->labels[l]);
            while (ins->i.label_count &&
                   ins->labels[ins->i.label_count - 1] == ins->i.index) {
                ins->i.label_count--;
                changed = true;
            }
        }
    }
    return changed;
}

/* Rule: a jump to where control goes anyway is left out; a jump to
 * `unreachable` is one. */
static bool simplify_jump(body *b, uint32_t at)
{
    body_ins *ins = &b->code[at];
    uint32_t label = ins->i.op == WASM_OP_RETURN ? 0 : ins->i.index;
    if (!is_forward(b, label)) {
        /* Values for the block's end, which comes next. */
        if (b->labels[label].op == WASM_OP_LOOP ||
            b->labels[label].end != at + 1 ||
            b->heights[at] != b->labels[label].results)
            return false;
        erase(b, at);
        return true;
    }
    uint32_t to = target(b, label);
    if (ins->i.op == WASM_OP_BR && op_at(b, to) == WASM_OP_UNREACHABLE) {
        *ins = body_make(WASM_OP_UNREACHABLE);
        return true;
    }
    if (b->heights[at] || resolve(b, at + 1, NULL) != to)
        return false;
    erase(b, at);
    return true;
}

/* Rules: a conditional branch to where control goes anyway; before a jump
 * that goes there too; over a jump. */
static bool simplify_br_if(body *b, uint32_t at)
{
    body_ins *ins = &b->code[at];
    uint32_t to = target(b, ins->i.index);
    if (to == WASM_NO_INDEX || b->heights[at] != 1)
        return false;
    if (resolve(b, at + 1, NULL) == to) {
        *ins = body_make(WASM_OP_DROP);
        return true;
    }
    const body_ins *next = &b->code[at + 1];
    if (next->i.op != WASM_OP_BR && next->i.op != WASM_OP_RETURN)
        return false;
    uint32_t other = next->i.op == WASM_OP_RETURN ? 0 : next->i.index;
    if (arity(b, other))
        return false;
    if (target(b, other) == to) {
        *ins = body_make(WASM_OP_DROP);
        return true;
    }
    if (resolve(b, at + 2, NULL) != to)
        return false;
    ins->i.index = other;
    ins->eqz = true;
    erase(b, at + 1);
    return true;
}

/* Rule: block P cond br_if A end -> P cond eqz if A end. */
static bool block_to_if(body *b, uint32_t l)
{
    const body_label *label = &b->labels[l];
    uint32_t at = label->first_ref;
    if (label->refs != 1 || label->params || label->results ||
        op_at(b, at) != WASM_OP_BR_IF || b->inside[at] != l ||
        b->heights[at] != 1)
        return false;
    erase(b, label->start);
    body_ins *ins = &b->code[at];
    *ins = body_make(WASM_OP_IF);
    ins->i.block = no_result;
    ins->label = l;
    ins->eqz = true;
    return true;
}

/* Rule: block P cond if A br end B end -> P cond if A else B end. */
static bool block_to_else(body *b, uint32_t l, uint32_t *alias)
{
    const body_label *label = &b->labels[l];
    if (!label->refs || label->params || label->results)
        return false;
    uint32_t i = b->inside[label->first_ref];
    if (op_at(b, label->first_ref) == WASM_OP_TRY_TABLE)
        return false;
    while (i && b->labels[i].parent != l && i != l)
        i = b->labels[i].parent;
    const body_label *inner = &b->labels[i];
    if (!i || i == l || inner->op != WASM_OP_IF || inner->middle ||
        inner->results || inner->params || inner->refs ||
        b->heights[inner->start] != 1)
        return false;
    uint32_t last = inner->end - 1;
    if (op_at(b, last) != WASM_OP_BR || b->code[last].i.index != l ||
        b->heights[last] || b->inside[last] != i)
        return false;
    erase(b, label->start);
    erase(b, last);
    b->code[inner->end].i.op = WASM_OP_ELSE;
    b->code[label->end].label = i;
    alias[l] = i;
    return true;
}

static void erase_range(body *b, uint32_t from, uint32_t to)
{
    while (from < to)
        erase(b, from++);
}

/* Rule: an if whose condition is a constant. */
static bool decided_if(body *b, const body_label *l, uint32_t number)
{
    if (!l->start || op_at(b, l->start - 1) != WASM_OP_I32_CONST)
        return false;
    bool truth = (uint32_t)b->code[l->start - 1].i.value != 0;
    erase(b, l->start - 1);
    if (!truth && !l->middle) {
        erase_range(b, l->start, l->end + 1);
        return true;
    }
    b->code[l->start].i.op = WASM_OP_BLOCK;
    b->labels[number].op = WASM_OP_BLOCK;
    if (truth && l->middle)
        erase_range(b, l->middle, l->end);
    else if (!truth)
        erase_range(b, l->start + 1, l->middle + 1);
    return true;
}

/* Rule: if br L end -> br_if L, for either arm. */
static bool if_to_br_if(body *b, const body_label *l, uint32_t number)
{
    if (l->refs || l->params)
        return false;
    uint32_t then_end = l->middle ? l->middle : l->end;
    uint32_t jump = 0;
    bool inverted = false;
    if (then_end == l->start + 2) {
        jump = l->start + 1;
    } else if (l->middle && l->end == l->middle + 2) {
        jump = l->middle + 1;
        inverted = true;
    }
    if (!jump ||
        (op_at(b, jump) != WASM_OP_BR && op_at(b, jump) != WASM_OP_RETURN))
        return false;
    uint32_t to = op_at(b, jump) == WASM_OP_BR ? b->code[jump].i.index : 0;
    if (arity(b, to) || to == number)
        return false;
    body_ins *ins = &b->code[l->start];
    bool eqz = ins->eqz != inverted;
    *ins = body_make(WASM_OP_BR_IF);
    ins->i.index = to;
    ins->eqz = eqz;
    erase(b, jump);
    if (l->middle)
        erase(b, l->middle);
    erase(b, l->end);
    return true;
}

/* Rules: empty arms; an else behind an arm that never ends; constants. */
static bool simplify_if(body *b, uint32_t number)
{
    const body_label *l = &b->labels[number];
    if (op_at(b, l->start) != WASM_OP_IF)
        return false;
    if (if_to_br_if(b, l, number) || decided_if(b, l, number))
        return true;
    if (!l->middle) {
        if (l->end != l->start + 1 || l->params)
            return false;
        b->code[l->start] = body_make(WASM_OP_DROP);
        erase(b, l->end);
        return true;
    }
    if (l->end == l->middle + 1 && !l->params && !l->results) {
        erase(b, l->middle);
        return true;
    }
    if (l->middle == l->start + 1 && !l->params && !l->results) {
        b->code[l->start].eqz = !b->code[l->start].eqz;
        erase(b, l->middle);
        return true;
    }
    if (!l->refs && !l->params && body_is_jump(op_at(b, l->middle - 1))) {
        b->code[l->start].i.block = no_result;
        b->code[l->middle].i.op = WASM_OP_END;
        erase(b, l->end);
        return true;
    }
    return false;
}

/* Rule: cond eqz if A else B end -> cond if B else A end. */
static bool swap_arms(body *b, uint32_t number)
{
    const body_label *l = &b->labels[number];
    if (op_at(b, l->start) != WASM_OP_IF || !l->middle || !l->start ||
        op_at(b, l->start - 1) != WASM_OP_I32_EQZ)
        return false;
    uint32_t left = l->middle - l->start - 1;
    uint32_t right = l->end - l->middle - 1;
    body_ins *from = &b->code[l->start + 1];
    body_ins *copy = arena_dup(b->arena, from, left * sizeof *copy);
    if (!copy)
        return false;
    body_ins middle = b->code[l->middle];
    memmove(from, from + left + 1, right * sizeof *copy);
    from[right] = middle;
    memcpy(from + right + 1, copy, left * sizeof *copy);
    erase(b, l->start - 1);
    return true;
}

static uint32_t label_alias(const uint32_t *alias, uint32_t label)
{
    while (alias[label] != label)
        label = alias[label];
    return label;
}

static void apply_aliases(body *b, const uint32_t *alias)
{
    for (uint32_t n = 0; n < b->count; n++) {
        body_ins *ins = &b->code[n];
        if (body_is_branch(&ins->i) || ins->i.op == WASM_OP_BR_TABLE)
            ins->i.index = label_alias(alias, ins->i.index);
        if (ins->i.op == WASM_OP_BR_TABLE)
            for (uint32_t l = 0; l < ins->i.label_count; l++)
                ins->labels[l] = label_alias(alias, ins->labels[l]);
        if (ins->i.op == WASM_OP_TRY_TABLE)
            for (uint32_t l = 0; l < ins->i.catch_count; l++)
                ins->catches[l].label =
                    label_alias(alias, ins->catches[l].label);
    }
}

static bool simplify_branches(body *b)
{
    bool changed = false;
    for (uint32_t n = 0; n + 1 < b->count; n++) {
        uint16_t op = op_at(b, n);
        if (op == WASM_OP_BR || op == WASM_OP_RETURN)
            changed |= simplify_jump(b, n);
        else if (op == WASM_OP_BR_IF)
            changed |= simplify_br_if(b, n);
    }
    return changed;
}

/* A block or loop that no branch names. */
static bool unused_label(body *b, uint32_t number)
{
    const body_label *l = &b->labels[number];
    if (l->refs || (l->op != WASM_OP_BLOCK && l->op != WASM_OP_LOOP))
        return false;
    erase(b, l->start);
    erase(b, l->end);
    return true;
}

/* One step per label; a rule reads only what no other rule of the same
 * label's family has overwritten: labels that were rewritten are skipped
 * because their first or last instruction is no longer theirs. */
static bool untouched(const body *b, uint32_t number)
{
    const body_label *l = &b->labels[number];
    return op_at(b, l->start) == l->op && b->code[l->start].label == number &&
           op_at(b, l->end) == WASM_OP_END && b->code[l->end].label == number;
}

static bool each_label(body *b, bool (*step)(body *, uint32_t))
{
    bool changed = false;
    /* From the inside out: inner labels have higher numbers, and a step
     * moves nothing but what is inside of its label. */
    for (uint32_t l = b->label_count; l-- > 1;)
        if (b->labels[l].end && untouched(b, l))
            changed |= step(b, l);
    return changed;
}

static bool else_blocks(body *b)
{
    bool changed = false;
    uint32_t *alias = arena_array(b->arena, b->label_count, sizeof *alias);
    if (!alias) {
        b->failed = true;
        return false;
    }
    for (uint32_t l = 0; l < b->label_count; l++)
        alias[l] = l;
    for (uint32_t l = 1; l < b->label_count; l++)
        if (b->labels[l].end && b->labels[l].op == WASM_OP_BLOCK &&
            untouched(b, l))
            changed |= block_to_else(b, l, alias);
    if (changed)
        apply_aliases(b, alias);
    return changed;
}

static bool block_step(body *b, uint32_t number)
{
    return b->labels[number].op == WASM_OP_BLOCK && block_to_if(b, number);
}

static bool if_step(body *b, uint32_t number)
{
    return b->labels[number].op == WASM_OP_IF && simplify_if(b, number);
}

static bool swap_step(body *b, uint32_t number)
{
    return b->labels[number].op == WASM_OP_IF && swap_arms(b, number);
}

bool shrink_flow(body *self)
{
    bool changed = body_index(self) && retarget_all(self);
    changed |= body_index(self) && simplify_branches(self);
    changed |= body_index(self) && each_label(self, unused_label);
    changed |= body_index(self) && each_label(self, block_step);
    changed |= body_index(self) && else_blocks(self);
    changed |= body_index(self) && each_label(self, if_step);
    changed |= body_index(self) && each_label(self, swap_step);
    return changed;
}
