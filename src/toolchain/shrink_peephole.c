/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rewriting of neighbouring instructions.
 *
 * A body is written anew, instruction by instruction; after each one the
 * rules look at the tail of what was written, until none applies. A rule
 * that applies leaves the tail shorter in bytes, or of equal size and
 * nearer to a form that another rule shortens; so the work ends. */
#include <math.h>
#include "base/leb128.h"
#include "toolchain/shrink_body.h"

typedef struct tail {
    body *body;     /* types and arena; its code is what was written */
    uint32_t loops; /* open ones */
} tail;

/* The n-th instruction from the end, or NULL. */
static body_ins *at(const tail *t, uint32_t n)
{
    const body *b = t->body;
    return n < b->count ? &b->code[b->count - 1 - n] : NULL;
}

static bool is(const tail *t, uint32_t n, uint16_t op)
{
    const body_ins *ins = at(t, n);
    return ins && ins->i.op == op;
}

/* Whether the n-th from the end is i32.const or i64.const; its value. */
static bool constant(const tail *t, uint32_t n, int64_t *value)
{
    if (!is(t, n, WASM_OP_I32_CONST) && !is(t, n, WASM_OP_I64_CONST))
        return false;
    *value = (int64_t)at(t, n)->i.value;
    return true;
}

/* Removes `count` instructions of which the last is the n-th from the end. */
static bool cut(tail *t, uint32_t n, uint32_t count)
{
    body *b = t->body;
    body_ins *to = &b->code[b->count - n - count];
    memmove(to, to + count, n * sizeof *to);
    b->count -= count;
    return true;
}

static bool is_i32_compare(uint16_t op)
{
    return op >= WASM_OP_I32_EQ && op <= WASM_OP_I32_GE_U;
}

static bool is_i64_compare(uint16_t op)
{
    return op >= WASM_OP_I64_EQ && op <= WASM_OP_I64_GE_U;
}

/* Gives 0 or 1. */
static bool is_boolean(const tail *t, uint32_t n)
{
    const body_ins *ins = at(t, n);
    return ins &&
           ((ins->i.op >= WASM_OP_I32_EQZ && ins->i.op <= WASM_OP_F64_GE) ||
            ins->i.op == WASM_OP_REF_IS_NULL || ins->i.op == WASM_OP_REF_EQ ||
            ins->i.op == WASM_OP_REF_TEST ||
            ins->i.op == WASM_OP_REF_TEST_NULL);
}

/* Reads its last operand as true or false. */
static bool is_condition(const tail *t)
{
    return is(t, 0, WASM_OP_BR_IF) || is(t, 0, WASM_OP_IF) ||
           is(t, 0, WASM_OP_SELECT) || is(t, 0, WASM_OP_SELECT_T);
}

/* local.set x, local.get x -> local.tee x; and its relatives. */
static bool rule_local_pair(tail *t)
{
    body_ins *a = at(t, 1), *b = at(t, 0);
    if (!a || !body_is_local(a->i.op) || !body_is_local(b->i.op) ||
        a->i.index != b->i.index)
        return false;
    if (a->i.op == WASM_OP_LOCAL_SET && b->i.op == WASM_OP_LOCAL_GET) {
        a->i.op = WASM_OP_LOCAL_TEE;
        return cut(t, 0, 1);
    }
    if (a->i.op == WASM_OP_LOCAL_GET && b->i.op == WASM_OP_LOCAL_SET)
        return cut(t, 0, 2);
    if (a->i.op == WASM_OP_LOCAL_GET && b->i.op == WASM_OP_LOCAL_TEE)
        return cut(t, 0, 1);
    if (a->i.op == WASM_OP_LOCAL_TEE && b->i.op != WASM_OP_LOCAL_GET)
        return cut(t, 1, 1);
    return false;
}

/* A dropped value without effects is not computed. */
static bool rule_drop(tail *t)
{
    if (!is(t, 0, WASM_OP_DROP) || t->body->count < 2)
        return false;
    body *b = t->body;
    if (is(t, 1, WASM_OP_LOCAL_TEE)) {
        at(t, 1)->i.op = WASM_OP_LOCAL_SET;
        return cut(t, 0, 1);
    }
    uint32_t pops, pushes;
    if (!body_is_pure(at(t, 1)) || !body_effect(b, at(t, 1), &pops, &pushes) ||
        pops > 1)
        goto whole;
    if (pops == 1)
        return cut(t, 1, 1);
    return cut(t, 0, 2);
whole:;
    uint32_t first = body_expression(b, b->code, b->count - 2);
    if (first == WASM_NO_INDEX)
        return false;
    for (uint32_t n = first; n < b->count - 1; n++)
        if (!body_is_pure(&b->code[n]))
            return false;
    b->count = first;
    return true;
}

/* x, const 0, eq -> x, eqz; and the spellings of it. */
static bool rule_compare_zero(tail *t)
{
    int64_t value;
    if (!constant(t, 1, &value))
        return false;
    body_ins *op = at(t, 0);
    bool is64 = is_i64_compare(op->i.op);
    if (!is64 && !is_i32_compare(op->i.op))
        return false;
    uint16_t base = is64 ? WASM_OP_I64_EQZ : WASM_OP_I32_EQZ;
    uint16_t which = op->i.op - base + WASM_OP_I32_EQZ;
    if ((value == 0 &&
         (which == WASM_OP_I32_EQ || which == WASM_OP_I32_LE_U)) ||
        (value == 1 && which == WASM_OP_I32_LT_U)) {
        op->i.op = base;
        return cut(t, 1, 1);
    }
    if (value == 0 && which == WASM_OP_I32_GT_U)
        return op->i.op = base + (WASM_OP_I32_NE - WASM_OP_I32_EQZ), true;
    if (value == 1 && which == WASM_OP_I32_GE_U) {
        at(t, 1)->i.value = 0;
        return op->i.op = base + (WASM_OP_I32_NE - WASM_OP_I32_EQZ), true;
    }
    return false;
}

/* compare, eqz -> the opposite comparison (of integers). */
static bool rule_invert(tail *t)
{
    static const uint8_t opposite[] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3};
    if (!is(t, 0, WASM_OP_I32_EQZ) || t->body->count < 2)
        return false;
    body_ins *a = at(t, 1);
    if (is_i32_compare(a->i.op))
        a->i.op = WASM_OP_I32_EQ + opposite[a->i.op - WASM_OP_I32_EQ];
    else if (is_i64_compare(a->i.op))
        a->i.op = WASM_OP_I64_EQ + opposite[a->i.op - WASM_OP_I64_EQ];
    else if (a->i.op == WASM_OP_I32_EQZ && is_boolean(t, 2))
        return cut(t, 0, 2);
    else
        return false;
    return cut(t, 0, 1);
}

/* Tests of what is a truth value already. */
static bool rule_condition(tail *t)
{
    int64_t value;
    if (!is_condition(t))
        return false;
    if (is(t, 1, WASM_OP_I32_EQZ) && is(t, 2, WASM_OP_I32_EQZ))
        return cut(t, 1, 2);
    if (is(t, 1, WASM_OP_I32_NE) && constant(t, 2, &value) && value == 0)
        return cut(t, 1, 2);
    return false;
}

/* bool, const 1, and -> bool; bool, const 1, xor -> bool, eqz; ... */
static bool rule_boolean(tail *t)
{
    int64_t value;
    if (!is_boolean(t, 2) || !is(t, 1, WASM_OP_I32_CONST))
        return false;
    body_ins *op = at(t, 0);
    constant(t, 1, &value);
    if ((value == 1 &&
         (op->i.op == WASM_OP_I32_AND || op->i.op == WASM_OP_I32_EQ)) ||
        (value == 0 && op->i.op == WASM_OP_I32_NE))
        return cut(t, 0, 2);
    if (value == 1 &&
        (op->i.op == WASM_OP_I32_XOR || op->i.op == WASM_OP_I32_NE)) {
        op->i.op = WASM_OP_I32_EQZ;
        return cut(t, 1, 1);
    }
    return false;
}

/* a, b, cond, eqz, select -> b, a, cond, select. */
static bool rule_select(tail *t)
{
    if ((!is(t, 0, WASM_OP_SELECT) && !is(t, 0, WASM_OP_SELECT_T)) ||
        !is(t, 1, WASM_OP_I32_EQZ) || t->body->count < 5)
        return false;
    body *b = t->body;
    uint32_t c = body_expression(b, b->code, b->count - 2);
    if (c == WASM_NO_INDEX || c < 2)
        return false;
    uint32_t second = body_expression(b, b->code, c - 1);
    if (second == WASM_NO_INDEX || !second)
        return false;
    uint32_t first = body_expression(b, b->code, second - 1);
    if (first == WASM_NO_INDEX)
        return false;
    for (uint32_t n = first; n < c; n++)
        if (!body_is_pure(&b->code[n]))
            return false;
    uint32_t size = c - first;
    body_ins *copy = arena_dup(b->arena, b->code + first, size * sizeof *copy);
    if (!copy)
        return false;
    uint32_t left = second - first, right = c - second;
    memcpy(b->code + first, copy + left, right * sizeof *copy);
    memcpy(b->code + first + right, copy, left * sizeof *copy);
    return cut(t, 1, 1);
}

static bool fold(uint16_t op, int64_t a, int64_t b, int64_t *out)
{
    uint64_t x = (uint64_t)a, y = (uint64_t)b;
    switch (op) {
    case WASM_OP_I32_ADD:
    case WASM_OP_I64_ADD:
        *out = (int64_t)(x + y);
        return true;
    case WASM_OP_I32_SUB:
    case WASM_OP_I64_SUB:
        *out = (int64_t)(x - y);
        return true;
    case WASM_OP_I32_MUL:
    case WASM_OP_I64_MUL:
        *out = (int64_t)(x * y);
        return true;
    case WASM_OP_I32_AND:
    case WASM_OP_I64_AND:
        *out = (int64_t)(x & y);
        return true;
    case WASM_OP_I32_OR:
    case WASM_OP_I64_OR:
        *out = (int64_t)(x | y);
        return true;
    case WASM_OP_I32_XOR:
    case WASM_OP_I64_XOR:
        *out = (int64_t)(x ^ y);
        return true;
    case WASM_OP_I32_SHL:
        *out = (int64_t)(x << (y & 31));
        return true;
    case WASM_OP_I64_SHL:
        *out = (int64_t)(x << (y & 63));
        return true;
    case WASM_OP_I32_SHR_U:
        *out = (int64_t)((uint32_t)x >> (y & 31));
        return true;
    case WASM_OP_I32_EQ:
        *out = (int32_t)a == (int32_t)b;
        return true;
    case WASM_OP_I32_NE:
        *out = (int32_t)a != (int32_t)b;
        return true;
    case WASM_OP_I32_LT_U:
        *out = (uint32_t)a < (uint32_t)b;
        return true;
    case WASM_OP_I32_GT_U:
        *out = (uint32_t)a > (uint32_t)b;
        return true;
    case WASM_OP_I32_LT_S:
        *out = (int32_t)a < (int32_t)b;
        return true;
    case WASM_OP_I32_GT_S:
        *out = (int32_t)a > (int32_t)b;
        return true;
    default:
        return false;
    }
}

/* const a, const b, op -> const c; const a, eqz -> const c. */
static bool rule_fold(tail *t)
{
    int64_t a, b, value;
    if (is(t, 0, WASM_OP_I32_EQZ) && is(t, 1, WASM_OP_I32_CONST)) {
        constant(t, 1, &a);
        at(t, 1)->i.value = (int32_t)a == 0;
        return cut(t, 0, 1);
    }
    if (!constant(t, 1, &b) || !constant(t, 2, &a) ||
        !fold(at(t, 0)->i.op, a, b, &value))
        return false;
    if (is(t, 2, WASM_OP_I32_CONST))
        value = (int32_t)value;
    if (leb128_size_s(value) > leb128_size_s(a) + leb128_size_s(b) + 2)
        return false;
    at(t, 2)->i.value = (uint64_t)value;
    return cut(t, 0, 2);
}

/* x, const 0, add -> x; x, const -1, and -> x; ... */
static bool rule_identity(tail *t)
{
    int64_t value;
    if (!constant(t, 1, &value))
        return false;
    switch (at(t, 0)->i.op) {
    case WASM_OP_I32_ADD:
    case WASM_OP_I32_SUB:
    case WASM_OP_I32_OR:
    case WASM_OP_I32_XOR:
    case WASM_OP_I32_SHL:
    case WASM_OP_I32_SHR_S:
    case WASM_OP_I32_SHR_U:
    case WASM_OP_I64_ADD:
    case WASM_OP_I64_SUB:
    case WASM_OP_I64_OR:
    case WASM_OP_I64_XOR:
    case WASM_OP_I64_SHL:
    case WASM_OP_I64_SHR_S:
    case WASM_OP_I64_SHR_U:
        return value == 0 && cut(t, 0, 2);
    case WASM_OP_I32_AND:
    case WASM_OP_I64_AND:
        return value == -1 && cut(t, 0, 2);
    case WASM_OP_I32_MUL:
    case WASM_OP_I64_MUL:
        return value == 1 && cut(t, 0, 2);
    default:
        return false;
    }
}

/* The amount of an addition or subtraction, as what is added. */
static bool added(const tail *t, uint32_t n, bool is64, int64_t *value)
{
    uint16_t op = at(t, n)->i.op;
    if (!constant(t, n + 1, value))
        return false;
    if (op == (is64 ? WASM_OP_I64_ADD : WASM_OP_I32_ADD))
        return true;
    if (op != (is64 ? WASM_OP_I64_SUB : WASM_OP_I32_SUB))
        return false;
    uint64_t negated = 0 - (uint64_t)*value;
    *value = is64 ? (int64_t)negated : (int32_t)negated;
    return true;
}

/* const 64, add -> const -64, sub; x + a + b -> x + (a + b). */
static bool rule_add(tail *t)
{
    int64_t a, b;
    if (t->body->count < 2)
        return false;
    bool is64 = is(t, 1, WASM_OP_I64_CONST);
    if (!added(t, 0, is64, &b))
        return false;
    uint16_t add = is64 ? WASM_OP_I64_ADD : WASM_OP_I32_ADD;
    if (t->body->count > 4 && added(t, 2, is64, &a)) {
        uint64_t sum = (uint64_t)a + (uint64_t)b;
        int64_t value = is64 ? (int64_t)sum : (int32_t)sum;
        if (leb128_size_s(value) <= leb128_size_s(a) + leb128_size_s(b) + 2) {
            at(t, 3)->i.value = (uint64_t)value;
            at(t, 2)->i.op = add;
            return cut(t, 0, 2);
        }
    }
    uint64_t negated = 0 - (uint64_t)b;
    int64_t minus = is64 ? (int64_t)negated : (int32_t)negated;
    int64_t now = (int64_t)at(t, 1)->i.value;
    size_t as_add = leb128_size_s(b), as_sub = leb128_size_s(minus);
    if (leb128_size_s(now) <= (as_add < as_sub ? as_add : as_sub))
        return false;
    at(t, 1)->i.value = (uint64_t)(as_sub < as_add ? minus : b);
    at(t, 0)->i.op =
        as_sub < as_add ? (uint16_t)(add + 1) : add; /* sub follows add */
    return true;
}

/* x < 64 -> x <= 63, where the constant gets shorter. */
static bool rule_bound(tail *t)
{
    int64_t value;
    if (!constant(t, 1, &value))
        return false;
    body_ins *op = at(t, 0);
    bool is64 = is_i64_compare(op->i.op);
    if (!is64 && !is_i32_compare(op->i.op))
        return false;
    uint16_t base = is64 ? WASM_OP_I64_EQ : WASM_OP_I32_EQ;
    int64_t step = 0;
    uint16_t to = 0;
    switch (op->i.op - base + WASM_OP_I32_EQ) {
    case WASM_OP_I32_LT_S:
        to = WASM_OP_I32_LE_S, step = -1;
        break;
    case WASM_OP_I32_LT_U:
        to = WASM_OP_I32_LE_U, step = -1;
        break;
    case WASM_OP_I32_GE_S:
        to = WASM_OP_I32_GT_S, step = -1;
        break;
    case WASM_OP_I32_GE_U:
        to = WASM_OP_I32_GT_U, step = -1;
        break;
    case WASM_OP_I32_LE_S:
        to = WASM_OP_I32_LT_S, step = 1;
        break;
    case WASM_OP_I32_LE_U:
        to = WASM_OP_I32_LT_U, step = 1;
        break;
    case WASM_OP_I32_GT_S:
        to = WASM_OP_I32_GE_S, step = 1;
        break;
    case WASM_OP_I32_GT_U:
        to = WASM_OP_I32_GE_U, step = 1;
        break;
    default:
        return false;
    }
    /* Far from every wrap, as seen by both signs. */
    if (value > INT32_MAX - 2 || value < INT32_MIN + 2 ||
        (value >= -1 && value <= 1))
        return false;
    if (leb128_size_s(value + step) >= leb128_size_s(value))
        return false;
    at(t, 1)->i.value = (uint64_t)(value + step);
    op->i.op = (uint16_t)(to - WASM_OP_I32_EQ + base);
    return true;
}

/* x, const 255, and, store8 -> x, store8. */
static bool rule_mask_store(tail *t)
{
    int64_t value;
    uint32_t bits;
    switch (at(t, 0)->i.op) {
    case WASM_OP_I32_STORE8:
    case WASM_OP_I64_STORE8:
        bits = 8;
        break;
    case WASM_OP_I32_STORE16:
    case WASM_OP_I64_STORE16:
        bits = 16;
        break;
    case WASM_OP_I64_STORE32:
        bits = 32;
        break;
    default:
        return false;
    }
    uint64_t mask = ((uint64_t)1 << bits) - 1;
    if ((is(t, 1, WASM_OP_I32_AND) || is(t, 1, WASM_OP_I64_AND)) &&
        constant(t, 2, &value) && ((uint64_t)value & mask) == mask)
        return cut(t, 1, 2);
    if (is(t, 1, WASM_OP_I32_EXTEND8_S) || is(t, 1, WASM_OP_I64_EXTEND8_S) ||
        (bits == 16 && (is(t, 1, WASM_OP_I32_EXTEND16_S) ||
                        is(t, 1, WASM_OP_I64_EXTEND16_S))))
        return cut(t, 1, 1);
    return false;
}

/* Wraps and extensions that an access does by itself. */
static bool rule_extend(tail *t)
{
    if (t->body->count < 2)
        return false;
    body_ins *a = at(t, 1), *b = at(t, 0);
    uint16_t to = 0;
    if (a->i.op == WASM_OP_I32_WRAP_I64) {
        if (b->i.op == WASM_OP_I32_STORE)
            to = WASM_OP_I64_STORE32;
        else if (b->i.op == WASM_OP_I32_STORE8)
            to = WASM_OP_I64_STORE8;
        else if (b->i.op == WASM_OP_I32_STORE16)
            to = WASM_OP_I64_STORE16;
        if (!to)
            return false;
        b->i.op = to;
        return cut(t, 1, 1);
    }
    if (b->i.op == WASM_OP_I32_WRAP_I64 &&
        (a->i.op == WASM_OP_I64_EXTEND_I32_S ||
         a->i.op == WASM_OP_I64_EXTEND_I32_U))
        return cut(t, 0, 2);
    if (b->i.op == WASM_OP_I64_EQZ && (a->i.op == WASM_OP_I64_EXTEND_I32_S ||
                                       a->i.op == WASM_OP_I64_EXTEND_I32_U)) {
        b->i.op = WASM_OP_I32_EQZ;
        return cut(t, 1, 1);
    }
    bool sign = b->i.op == WASM_OP_I64_EXTEND_I32_S;
    if (!sign && b->i.op != WASM_OP_I64_EXTEND_I32_U)
        return false;
    switch (a->i.op) {
    case WASM_OP_I32_LOAD:
        to = sign ? WASM_OP_I64_LOAD32_S : WASM_OP_I64_LOAD32_U;
        break;
    case WASM_OP_I32_LOAD8_U:
        to = WASM_OP_I64_LOAD8_U;
        break;
    case WASM_OP_I32_LOAD16_U:
        to = WASM_OP_I64_LOAD16_U;
        break;
    case WASM_OP_I32_LOAD8_S:
        to = sign ? WASM_OP_I64_LOAD8_S : 0;
        break;
    case WASM_OP_I32_LOAD16_S:
        to = sign ? WASM_OP_I64_LOAD16_S : 0;
        break;
    default:
        break;
    }
    if (!to)
        return false;
    a->i.op = to;
    return cut(t, 0, 1);
}

/* x, const 31, and, shl -> x, shl: shifts take the amount modulo width. */
static bool rule_shift(tail *t)
{
    int64_t value;
    uint16_t op = at(t, 0)->i.op;
    bool is32 = op >= WASM_OP_I32_SHL && op <= WASM_OP_I32_ROTR;
    bool is64 = op >= WASM_OP_I64_SHL && op <= WASM_OP_I64_ROTR;
    if ((!is32 && !is64) || !constant(t, 2, &value))
        return false;
    int64_t mask = is32 ? 31 : 63;
    return is(t, 1, is32 ? WASM_OP_I32_AND : WASM_OP_I64_AND) &&
           (value & mask) == mask && cut(t, 1, 2);
}

/* const 1, br_if -> br; const 0, br_if -> nothing; const c, select. */
static bool rule_decided(tail *t)
{
    int64_t value;
    if (!is(t, 1, WASM_OP_I32_CONST) || !is(t, 0, WASM_OP_BR_IF))
        return false;
    constant(t, 1, &value);
    if (!value)
        return cut(t, 0, 2);
    at(t, 0)->i.op = WASM_OP_BR;
    return cut(t, 1, 1);
}

/* f64.const 2.0 -> i32.const 2, f64.convert_i32_s, and f32 in between; not
 * in loops, where the conversion would be repeated. */
static bool rule_float(tail *t)
{
    body_ins *ins = at(t, 0);
    bool is64 = ins->i.op == WASM_OP_F64_CONST;
    if (t->loops || (!is64 && ins->i.op != WASM_OP_F32_CONST))
        return false;
    double value;
    if (is64) {
        memcpy(&value, &ins->i.value, sizeof value);
    } else {
        uint32_t bits = (uint32_t)ins->i.value;
        float narrow;
        memcpy(&narrow, &bits, sizeof narrow);
        value = (double)narrow;
    }
    if (!isfinite(value) || (value == 0 && signbit(value)))
        return false;
    body_ins convert =
        body_make(is64 ? WASM_OP_F64_CONVERT_I32_S : WASM_OP_F32_CONVERT_I32_S);
    if (value == floor(value) && fabs(value) < 1e9 &&
        leb128_size_s((int64_t)value) < (is64 ? 7 : 3)) {
        *ins = body_i32((int32_t)value);
        body_push(t->body, &convert);
        return true;
    }
    float narrow = (float)value;
    if (!is64 || (double)narrow != value)
        return false;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    *ins = body_make(WASM_OP_F32_CONST);
    ins->i.value = bits;
    convert = body_make(WASM_OP_F64_PROMOTE_F32);
    body_push(t->body, &convert);
    return true;
}

typedef bool (*rule)(tail *t);

static const rule rules[] = {
    rule_local_pair, rule_drop,    rule_compare_zero, rule_invert,
    rule_condition,  rule_boolean, rule_select,       rule_fold,
    rule_identity,   rule_add,     rule_bound,        rule_mask_store,
    rule_extend,     rule_shift,   rule_decided,      rule_float};

static bool apply_one(tail *t)
{
    for (size_t n = 0; n < COUNT_OF(rules); n++)
        if (t->body->count && rules[n](t))
            return true;
    return false;
}

bool shrink_peephole(body *self)
{
    if (!body_index(self))
        return false;
    uint32_t count = self->count;
    const body_ins *source = body_swap(self, count);
    if (!source)
        return false;
    tail t = {self, 0};
    bool changed = false;
    for (uint32_t n = 0; n < count && !self->failed; n++) {
        const body_ins *ins = &source[n];
        if (self->labels[ins->label].op == WASM_OP_LOOP) {
            t.loops += ins->i.op == WASM_OP_LOOP;
            t.loops -= ins->i.op == WASM_OP_END;
        }
        body_push(self, ins);
        while (!self->failed && apply_one(&t))
            changed = true;
    }
    return changed;
}
