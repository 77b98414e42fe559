/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Translation of what computes: numbers, vectors, memory access. Which
 * shape of a family is chosen depends on where the operands are. */
#include "interpreter/prepare.h"

typedef enum numeric_family {
    FAMILY_NONE,
    FAMILY_COMMUTATIVE,
    FAMILY_BINARY,
    FAMILY_TRAPPING,
    FAMILY_COMPARE,
    FAMILY_COMPARE_FLOAT,
    FAMILY_UNARY,
    FAMILY_TRUNCATE,
    FAMILY_LOAD,
    FAMILY_STORE,
    FAMILY_VECTOR,  /* `operands` slots, a vector */
    FAMILY_EXTRACT, /* a vector, perhaps a lane; a number */
    FAMILY_REPLACE, /* a vector, a number, a lane; a vector */
    FAMILY_VECTOR_LOAD,
    FAMILY_LANE_LOAD,
    FAMILY_LANE_STORE,
    FAMILY_ATOMIC /* stack form, `operands` */
} numeric_family;

typedef struct numeric {
    uint8_t family;
    uint8_t operands;
    uint8_t result;  /* interp_class */
    uint16_t op;     /* the family's first */
    uint16_t branch; /* COMPARE: the first branch */
} numeric;

#define CLASS_i32 CLASS_I32
#define CLASS_i64 CLASS_I64
#define CLASS_f32 CLASS_F32
#define CLASS_f64 CLASS_F64
#define NO_CLASS 0xff

static const numeric numerics[WASM_OP_COUNT] = {
#define ROW(NAME, family, n, result, op, branch) \
    [WASM_OP_##NAME] = {FAMILY_##family, n, result, op, branch},
#define COMMUTATIVE(NAME, fn, T, R) \
    ROW(NAME, COMMUTATIVE, 2, CLASS_##R, INTERP_##NAME##_SS, 0)
#define BINARY(NAME, fn, T, R) \
    ROW(NAME, BINARY, 2, CLASS_##R, INTERP_##NAME##_SS, 0)
#define TRAPPING(NAME, fn, T, R) \
    ROW(NAME, TRAPPING, 2, CLASS_##R, INTERP_##NAME##_SS, 0)
#define COMPARE(NAME, fn, T) \
    ROW(NAME, COMPARE, 2, CLASS_I32, INTERP_##NAME##_SS, INTERP_BR_##NAME##_SS)
#define COMPARE_FLOAT(NAME, fn, T)                             \
    ROW(NAME, COMPARE_FLOAT, 2, CLASS_I32, INTERP_##NAME##_SS, \
        INTERP_BR_##NAME##_SS)
#define UNARY(NAME, fn, T, R) \
    ROW(NAME, UNARY, 1, CLASS_##R, INTERP_##NAME##_S, 0)
#define TRUNCATE(NAME, fn, T, R) \
    ROW(NAME, TRUNCATE, 1, CLASS_##R, INTERP_##NAME##_S, 0)
#define LOAD(NAME, M, C, R) ROW(NAME, LOAD, 1, CLASS_##R, INTERP_##NAME##_S, 0)
#define STORE(NAME, M, T) ROW(NAME, STORE, 2, CLASS_##T, INTERP_##NAME##_SS, 0)
#define SELECT(NAME, A, B, imm)
#define VECTOR_1(NAME, fn) ROW(NAME, VECTOR, 1, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_2(NAME, fn) ROW(NAME, VECTOR, 2, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_3(NAME, fn) ROW(NAME, VECTOR, 3, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_SHIFT(NAME, fn) \
    ROW(NAME, VECTOR, 2, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_SPLAT(NAME, fn, T) \
    ROW(NAME, VECTOR, 1, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_TEST(NAME, fn) ROW(NAME, EXTRACT, 1, CLASS_I32, INTERP_##NAME, 0)
#define VECTOR_EXTRACT(NAME, fn, R) \
    ROW(NAME, EXTRACT, 2, CLASS_##R, INTERP_##NAME, 0)
#define VECTOR_REPLACE(NAME, fn, T) \
    ROW(NAME, REPLACE, 2, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_LOAD(NAME, fn, bytes) \
    ROW(NAME, VECTOR_LOAD, 1, CLASS_V128, INTERP_##NAME, 0)
#define VECTOR_LOAD_LANE(NAME, fn, bytes) \
    ROW(NAME, LANE_LOAD, 2, CLASS_V128, INTERP_##NAME##_G, 0)
#define VECTOR_STORE_LANE(NAME, fn, bytes) \
    ROW(NAME, LANE_STORE, 2, NO_CLASS, INTERP_##NAME##_G, 0)
#define ATOMIC_LOAD(NAME, M) ROW(NAME, ATOMIC, 1, 0, INTERP_##NAME, 0)
#define ATOMIC_STORE(NAME, M) ROW(NAME, ATOMIC, 2, NO_CLASS, INTERP_##NAME, 0)
#define ATOMIC_RMW(NAME, M, builtin) ROW(NAME, ATOMIC, 2, 0, INTERP_##NAME, 0)
#define ATOMIC_XCHG(NAME, M) ROW(NAME, ATOMIC, 2, 0, INTERP_##NAME, 0)
#define ATOMIC_CMPXCHG(NAME, M) ROW(NAME, ATOMIC, 3, 0, INTERP_##NAME, 0)
#define SINGLE(NAME, format)
#define RESULT(NAME, format)
#include "interpreter/ops.def"
#include "interpreter/ops_undef.h"
};

static bool is_float(uint32_t op)
{
    return numerics[op].family == FAMILY_COMPARE_FLOAT;
}

/* The comparison with operands exchanged: lt and gt, le and ge. The tables
 * follow the order of opcodes: eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s
 * ge_u, and eq ne lt gt le ge. */
static uint32_t first_compare(uint32_t op)
{
    return op >= WASM_OP_F64_EQ   ? WASM_OP_F64_EQ
           : op >= WASM_OP_F32_EQ ? WASM_OP_F32_EQ
           : op >= WASM_OP_I64_EQ ? WASM_OP_I64_EQ
                                  : WASM_OP_I32_EQ;
}

static uint32_t exchanged(uint32_t op)
{
    static const uint8_t integer[] = {0, 1, 4, 5, 2, 3, 8, 9, 6, 7};
    static const uint8_t floating[] = {0, 1, 3, 2, 5, 4};
    uint32_t first = first_compare(op);
    return first + (is_float(op) ? floating : integer)[op - first];
}

/* Of integers only: what is true when `op` is false. */
static uint32_t inverse(uint32_t op)
{
    static const uint8_t integer[] = {1, 0, 8, 9, 6, 7, 4, 5, 2, 3};
    uint32_t first = first_compare(op);
    return first + integer[op - first];
}

/* Brings two operands into a shape that the family has. Shapes of four put
 * the accumulator first and the immediate last, by exchanging. */
static uint32_t shape_of(interp_translator *t, interp_operand *a,
                         interp_operand *b, bool four, bool *exchange)
{
    static const uint8_t shapes[3][3] = {
        [SHAPE_S] = {SHAPE_SS, SHAPE_SA, SHAPE_SI},
        [SHAPE_A] = {SHAPE_AS, SHAPE_AS, SHAPE_AI},
        [SHAPE_I] = {SHAPE_IS, SHAPE_IA, SHAPE_SI},
    };
    if (a->shape == SHAPE_I && b->shape == SHAPE_I)
        interp_in_slot(t, a);
    if (a->shape == SHAPE_A && b->shape == SHAPE_A)
        b->shape = SHAPE_S; /* the same slot, mirrored */
    *exchange = four && (a->shape == SHAPE_I ||
                         (a->shape == SHAPE_S && b->shape == SHAPE_A));
    if (*exchange) {
        interp_operand o = *a;
        *a = *b;
        *b = o;
    }
    return shapes[a->shape][b->shape];
}

/* Sums and products that others may take over. */
static void remember(interp_translator *t, uint32_t op, uint32_t start,
                     int32_t before, interp_operand a, interp_operand b)
{
    interp_recent r = {.start = start,
                       .end = (uint32_t)t->size,
                       .acc_slot = before,
                       .x = a,
                       .y = b};
    if (op == WASM_OP_I32_ADD) {
        r.is_sum = true;
    } else if (op == WASM_OP_I32_MUL && b.shape == SHAPE_I) {
        r.is_product = true;
        r.factor = (uint32_t)b.value;
    } else if (op == WASM_OP_I32_SHL && b.shape == SHAPE_I) {
        r.is_product = true;
        r.factor = 1u << (b.value & 31);
    } else if (op == WASM_OP_F64_MUL && b.shape == SHAPE_S) {
        r.is_product = true;
    } else {
        return;
    }
    t->recent = r;
}

/* The newest instruction's value is the top entry or the one below, and
 * nothing was emitted since. */
static bool is_recent(const interp_translator *t, uint32_t depth,
                      interp_class class)
{
    return t->recent.end == t->size && t->recent.end && t->height > depth &&
           t->stack[t->height - 1 - depth].class == class &&
           t->acc[class == CLASS_F64 ? 2 : 0].entry == t->height - 1 - depth;
}

/* Takes back what made the accumulator's entry, which was popped. */
static interp_recent take_recent(interp_translator *t, unsigned acc)
{
    interp_recent r = t->recent;
    interp_take_back(t, r.start);
    t->acc[acc].slot = r.acc_slot;
    return r;
}

static void binary(interp_translator *t, const numeric *n, uint32_t op,
                   interp_operand a, interp_operand b)
{
    bool compare =
        n->family == FAMILY_COMPARE || n->family == FAMILY_COMPARE_FLOAT;
    bool exchange;
    uint32_t shape = shape_of(
        t, &a, &b, compare || n->family == FAMILY_COMMUTATIVE, &exchange);
    if (compare && exchange) {
        op = exchanged(op);
        n = &numerics[op];
    }
    if (n->family == FAMILY_TRAPPING)
        interp_origin_here(t);
    uint32_t start = (uint32_t)t->size;
    uint32_t code = n->op + 2 * shape;
    interp_emit(t, code);
    interp_put_operand(t, &a);
    interp_put_operand(t, &b);
    unsigned acc = n->result == CLASS_F64 ? 2 : 0;
    int32_t before = t->acc[acc].slot;
    if (t->acc[acc].entry != NO_INDEX)
        before = t->stack[t->acc[acc].entry].home; /* spilled by the next */
    interp_result(t, start, code, n->result);
    t->recent.end = 0;
    remember(t, op, start, before, a, b);
    if (compare) {
        /* When no branch takes it over the slots may change; `end` tells. */
        t->compare = (interp_compare){
            start, (uint32_t)t->size, (uint16_t)op, false, before, a, b};
    }
}

/* Emits an instruction whose shapes are S and A, with D forms. */
static void unary(interp_translator *t, uint32_t op, interp_class result,
                  interp_operand *a)
{
    if (a->shape == SHAPE_I)
        interp_in_slot(t, a);
    uint32_t start = (uint32_t)t->size;
    op += a->shape == SHAPE_A ? 2 : 0;
    interp_emit(t, op);
    interp_put_operand(t, a);
    interp_result(t, start, op, result);
}

bool interp_is_compare(const interp_translator *t)
{
    return t->height && t->compare.end == t->size && t->compare.end &&
           t->stack[t->height - 1].kind == KIND_ACC &&
           t->acc[0].entry == t->height - 1;
}

/* Takes back the newest comparison. */
static interp_compare take_compare(interp_translator *t)
{
    interp_compare c = t->compare;
    interp_drop(t, 1);
    interp_take_back(t, c.start);
    t->acc[0].slot = c.acc_slot;
    return c;
}

/* eqz: of a comparison it becomes part of the condition. */
static void zero_test(interp_translator *t, uint32_t op)
{
    bool joined = op == WASM_OP_I32_EQZ && interp_is_compare(t);
    if (joined && numerics[t->compare.op].family == FAMILY_COMPARE &&
        !t->compare.inverted) {
        interp_compare c = take_compare(t);
        uint32_t other = inverse(c.op);
        binary(t, &numerics[other], other, c.a, c.b);
        return;
    }
    interp_compare c = t->compare;
    int32_t before = t->acc[0].slot;
    uint32_t size = (uint32_t)t->size;
    interp_operand a = interp_pop(t);
    if (t->acc[0].entry != NO_INDEX)
        before = t->stack[t->acc[0].entry].home;
    if (a.shape == SHAPE_I) {
        interp_in_slot(t, &a);
        size = (uint32_t)t->size;
    }
    unary(t, numerics[op].op, CLASS_I32, &a);
    if (joined) {
        c.inverted = !c.inverted;
        c.end = (uint32_t)t->size;
        t->compare = c;
    } else {
        t->compare = (interp_compare){
            size, (uint32_t)t->size, (uint16_t)op, false, before, a, a};
    }
}

interp_condition interp_pop_condition(interp_translator *t)
{
    if (interp_is_compare(t)) {
        interp_compare c = take_compare(t);
        return (interp_condition){c.op, c.inverted, c.a, c.b};
    }
    interp_operand a = interp_pop(t);
    bool wide = a.class == CLASS_I64 || a.class == CLASS_REF;
    return (interp_condition){wide ? WASM_OP_I64_EQZ : WASM_OP_I32_EQZ, true, a,
                              a};
}

/* A branch on what the newest instruction, an INC, made. */
static bool branch_on_increment(interp_translator *t, const interp_condition *c,
                                bool holds)
{
    uint32_t op = c->op, extra;
    if (t->inc_end != t->size || !t->inc_end || c->a.shape != SHAPE_A ||
        c->a.class != CLASS_I32)
        return false;
    if (!holds && numerics[op].family == FAMILY_COMPARE)
        op = inverse(op);
    switch (op) {
    case WASM_OP_I32_EQZ:
        if (holds)
            return false;
        interp_extend(t, t->inc_start, t->inc_op + 2);
        return true;
    case WASM_OP_I32_NE:
        extra = 3;
        break;
    case WASM_OP_I32_LT_S:
        extra = 5;
        break;
    case WASM_OP_I32_LT_U:
        extra = 7;
        break;
    default:
        return false;
    }
    if (c->b.shape == SHAPE_A)
        return false;
    interp_extend(t, t->inc_start, t->inc_op + extra + (c->b.shape == SHAPE_I));
    interp_put_operand(t, &c->b);
    return true;
}

void interp_branch_if(interp_translator *t, interp_condition *c, bool sense)
{
    bool holds = sense != c->inverted;
    bool joined = branch_on_increment(t, c, holds);
    t->inc_end = 0;
    if (joined)
        return;
    if (c->op == WASM_OP_I32_EQZ || c->op == WASM_OP_I64_EQZ) {
        uint32_t op =
            c->op == WASM_OP_I64_EQZ ? INTERP_BR_NZ64_S : INTERP_BR_NZ32_S;
        if (c->a.shape == SHAPE_I)
            interp_in_slot(t, &c->a);
        interp_emit(t, op + (holds ? 2 : 0) + (c->a.shape == SHAPE_A));
        interp_put_operand(t, &c->a);
        return;
    }
    /* The operands have their final order since the comparison was made. */
    static const uint8_t shapes[3][3] = {
        [SHAPE_S] = {SHAPE_SS, 0, SHAPE_SI},
        [SHAPE_A] = {SHAPE_AS, 0, SHAPE_AI},
    };
    uint32_t shape = shapes[c->a.shape][c->b.shape];
    if (is_float(c->op))
        interp_emit(t, numerics[c->op].branch + shape + (holds ? 0 : 4));
    else
        interp_emit(t, numerics[holds ? c->op : inverse(c->op)].branch + shape);
    interp_put_operand(t, &c->a);
    interp_put_operand(t, &c->b);
}

/* Memory. */

static bool is_fast(const interp_translator *t)
{
    return !t->checked && !t->in.memarg.memory &&
           !t->wasm->memories[0].limits.is64;
}

static void put_memory(interp_translator *t)
{
    uint32_t memory = t->in.memarg.memory;
    interp_put32(t, memory << 1 | t->wasm->memories[memory].limits.is64);
    interp_put64(t, t->in.memarg.offset);
}

/* Adds a constant address to the offset when that fits. */
static bool folds(const interp_translator *t, const interp_operand *address,
                  uint32_t *offset)
{
    uint64_t sum = t->in.memarg.offset + (uint32_t)address->value;
    *offset = (uint32_t)sum;
    return address->shape == SHAPE_I && sum <= UINT32_MAX;
}

static uint32_t sum_shape(const interp_recent *r)
{
    return (r->y.shape == SHAPE_I ? 2 : 0) + (r->x.shape == SHAPE_A);
}

/* The fields of a sum, with its factor if it has one. */
static void put_sum(interp_translator *t, const interp_recent *r)
{
    interp_put_operand(t, &r->x);
    if (r->is_product)
        interp_put32(t, r->factor);
    interp_put_operand(t, &r->y);
}

/* A load whose address was just computed as a sum. */
static bool load_sum(interp_translator *t, const numeric *n)
{
    if (!is_fast(t) || !is_recent(t, 0, CLASS_I32) || !t->recent.is_sum)
        return false;
    interp_drop(t, 1);
    interp_recent r = take_recent(t, 0);
    uint32_t op = n->op + (r.is_product ? 16 : 8) + 2 * sum_shape(&r);
    interp_origin_here(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    put_sum(t, &r);
    interp_put32(t, (uint32_t)t->in.memarg.offset);
    interp_result(t, start, op, n->result);
    return true;
}

/* A store of what is in a slot or constant to such an address. */
static bool store_sum(interp_translator *t, const numeric *n)
{
    if (!is_fast(t) || !is_recent(t, 1, CLASS_I32) || !t->recent.is_sum ||
        t->recent.is_product || interp_top(t, 0)->kind == KIND_ACC)
        return false;
    interp_operand value = interp_pop(t);
    interp_drop(t, 1);
    interp_recent r = take_recent(t, 0);
    if (value.shape == SHAPE_A)
        value.shape = SHAPE_S;
    interp_origin_here(t);
    interp_emit(t, n->op + 8 + 2 * sum_shape(&r) + (value.shape == SHAPE_I));
    put_sum(t, &r);
    interp_put_operand(t, &value);
    interp_put32(t, (uint32_t)t->in.memarg.offset);
    return true;
}

static void load(interp_translator *t, const numeric *n)
{
    uint32_t offset;
    if (load_sum(t, n))
        return;
    if (!is_fast(t) && interp_top(t, 0)->kind == KIND_ACC)
        interp_materialize(t, t->height - 1);
    interp_operand a = interp_pop(t);
    if (!is_fast(t)) {
        interp_in_slot(t, &a);
        interp_origin_here(t);
        uint32_t start = (uint32_t)t->size;
        interp_emit(t, n->op + 6);
        interp_put_operand(t, &a);
        put_memory(t);
        interp_result(t, start, n->op + 6, n->result);
        return;
    }
    uint32_t op = n->op + 4;
    if (!folds(t, &a, &offset)) {
        offset = (uint32_t)t->in.memarg.offset;
        if (a.shape == SHAPE_I)
            interp_in_slot(t, &a);
        op = n->op + (a.shape == SHAPE_A ? 2 : 0);
    }
    interp_origin_here(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    if (a.shape == SHAPE_S)
        interp_put_operand(t, &a);
    interp_put32(t, offset);
    interp_result(t, start, op, n->result);
}

static void store(interp_translator *t, const numeric *n)
{
    if (store_sum(t, n))
        return;
    /* Both may be in accumulators, of different classes. */
    if (interp_top(t, 1)->kind == KIND_ACC)
        if (interp_top(t, 0)->kind == KIND_ACC || !is_fast(t))
            interp_materialize(t, t->height - 2);
    if (!is_fast(t) && interp_top(t, 0)->kind == KIND_ACC)
        interp_materialize(t, t->height - 1);
    interp_operand value = interp_pop(t);
    interp_operand address = interp_pop(t);
    if (!is_fast(t)) {
        interp_in_slot(t, &value);
        interp_in_slot(t, &address);
        interp_origin_here(t);
        interp_emit(t, n->op + 7);
        interp_put_operand(t, &address);
        interp_put_operand(t, &value);
        put_memory(t);
        return;
    }
    uint32_t offset = (uint32_t)t->in.memarg.offset, sum;
    if (value.shape == SHAPE_I || !folds(t, &address, &sum)) {
        if (address.shape == SHAPE_I)
            interp_in_slot(t, &address);
    } else {
        offset = sum;
    }
    if (address.shape == SHAPE_A && value.shape == SHAPE_A) {
        if (value.slot == NO_SLOT)
            address.shape = SHAPE_S;
        else
            value.shape = SHAPE_S;
    }
    static const uint8_t shapes[3][3] = {
        [SHAPE_S] = {SHAPE_SS, SHAPE_SA, SHAPE_SI},
        [SHAPE_A] = {SHAPE_AS, 0, SHAPE_AI},
        [SHAPE_I] = {SHAPE_IS, SHAPE_IA, 0},
    };
    interp_origin_here(t);
    interp_emit(t, n->op + shapes[address.shape][value.shape]);
    if (address.shape == SHAPE_S)
        interp_put_operand(t, &address);
    interp_put_operand(t, &value);
    interp_put32(t, offset);
}

/* Vectors read slots only. */

static interp_operand pop_slot(interp_translator *t)
{
    interp_materialize(t, t->height - 1);
    interp_operand o = interp_pop(t);
    o.shape = SHAPE_S;
    return o;
}

/* The newest entry into a slot, but a local stays where it is. */
static interp_operand pop_read(interp_translator *t)
{
    if (interp_top(t, 0)->kind != KIND_LOCAL)
        return pop_slot(t);
    interp_operand o = interp_pop(t);
    o.shape = SHAPE_S;
    return o;
}

static void vector(interp_translator *t, const numeric *n)
{
    interp_operand o[3];
    for (unsigned i = n->operands; i--;)
        o[i] = pop_read(t);
    interp_emit(t, n->op);
    for (unsigned i = 0; i < n->operands; i++)
        interp_put_operand(t, &o[i]);
    if (n->family == FAMILY_REPLACE)
        interp_put32(t, t->in.lane);
    interp_result_slot(t, CLASS_V128);
}

static void extract(interp_translator *t, const numeric *n)
{
    interp_operand a = pop_read(t);
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, n->op);
    interp_put_operand(t, &a);
    if (n->operands == 2)
        interp_put32(t, t->in.lane);
    interp_result(t, start, n->op, n->result);
}

static void vector_memory(interp_translator *t, const numeric *n)
{
    interp_operand value = {0};
    if (n->operands == 2)
        value = pop_read(t);
    interp_operand address = pop_read(t);
    bool fast = n->family == FAMILY_VECTOR_LOAD && is_fast(t);
    interp_origin_here(t);
    interp_emit(t, n->op + (n->family == FAMILY_VECTOR_LOAD && !fast));
    interp_put_operand(t, &address);
    if (n->operands == 2)
        interp_put_operand(t, &value);
    if (fast)
        interp_put32(t, (uint32_t)t->in.memarg.offset);
    else
        put_memory(t);
    if (n->family != FAMILY_VECTOR_LOAD)
        interp_put32(t, t->in.lane);
    if (n->result != NO_CLASS)
        interp_result_slot(t, CLASS_V128);
}

static void vector_store(interp_translator *t)
{
    interp_operand value = pop_read(t);
    interp_operand address = pop_read(t);
    bool fast = is_fast(t);
    interp_origin_here(t);
    interp_emit(t, fast ? INTERP_V128_STORE : INTERP_V128_STORE_G);
    interp_put_operand(t, &address);
    interp_put_operand(t, &value);
    if (fast)
        interp_put32(t, (uint32_t)t->in.memarg.offset);
    else
        put_memory(t);
}

static void vector_immediate(interp_translator *t)
{
    uint64_t half[2];
    memcpy(half, t->in.bytes, sizeof half);
    if (t->in.op == WASM_OP_V128_CONST) {
        interp_emit(t, INTERP_IMM128);
        interp_put64(t, half[0]);
        interp_put64(t, half[1]);
        interp_result_slot(t, CLASS_V128);
        return;
    }
    interp_operand b = pop_read(t), a = pop_read(t);
    interp_emit(t, INTERP_I8X16_SHUFFLE);
    interp_put_operand(t, &a);
    interp_put_operand(t, &b);
    interp_result_slot(t, CLASS_V128);
    interp_put64(t, half[0]);
    interp_put64(t, half[1]);
    t->temp_end = (uint32_t)t->size;
}

static void atomic(interp_translator *t, uint32_t op, uint32_t operands,
                   bool result)
{
    interp_class class =
        wasm_opcodes[t->in.op].text[1] == '6' ? CLASS_I64 : CLASS_I32;
    interp_stack_form(t, op, operands);
    put_memory(t);
    if (result)
        interp_push(t, KIND_TEMP, class);
}

static bool special(interp_translator *t)
{
    switch (t->in.op) {
    case WASM_OP_V128_STORE:
        vector_store(t);
        return true;
    case WASM_OP_V128_CONST:
    case WASM_OP_I8X16_SHUFFLE:
        vector_immediate(t);
        return true;
    case WASM_OP_MEMORY_ATOMIC_NOTIFY:
        atomic(t, INTERP_MEMORY_ATOMIC_NOTIFY, 2, true);
        return true;
    case WASM_OP_MEMORY_ATOMIC_WAIT32:
        atomic(t, INTERP_MEMORY_ATOMIC_WAIT32, 3, true);
        return true;
    case WASM_OP_MEMORY_ATOMIC_WAIT64:
        atomic(t, INTERP_MEMORY_ATOMIC_WAIT64, 3, true);
        return true;
    case WASM_OP_ATOMIC_FENCE:
        interp_emit(t, INTERP_ATOMIC_FENCE);
        return true;
    case WASM_OP_I32_CONST:
        interp_push_const(t, CLASS_I32, (uint32_t)t->in.value);
        return true;
    case WASM_OP_I64_CONST:
        interp_push_const(t, CLASS_I64, t->in.value);
        return true;
    case WASM_OP_F32_CONST:
        interp_push_const(t, CLASS_F32, (uint32_t)t->in.value);
        return true;
    case WASM_OP_F64_CONST:
        interp_push_const(t, CLASS_F64, t->in.value);
        return true;
    case WASM_OP_I32_EQZ:
    case WASM_OP_I64_EQZ:
        zero_test(t, t->in.op);
        return true;
    case WASM_OP_REF_IS_NULL:
        zero_test(t, WASM_OP_I64_EQZ);
        return true;
    }
    return false;
}

/* x * factor + y. The product is one of the two on top. */
static bool multiply_add(interp_translator *t)
{
    uint32_t depth = is_recent(t, 0, CLASS_I32) ? 0 : 1;
    if (!t->recent.is_product || t->recent.is_sum ||
        !is_recent(t, depth, CLASS_I32) ||
        interp_top(t, 1 - depth)->kind == KIND_ACC)
        return false;
    interp_operand b = interp_pop(t), a = interp_pop(t);
    interp_operand y = depth ? b : a;
    interp_recent r = take_recent(t, 0);
    if (y.shape == SHAPE_A)
        y.shape = SHAPE_S;
    uint32_t op =
        y.shape == SHAPE_I ? INTERP_I32_MULADD_SI : INTERP_I32_MULADD_SS;
    op += r.x.shape == SHAPE_A ? 2 : 0;
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put_operand(t, &r.x);
    interp_put32(t, r.factor);
    interp_put_operand(t, &y);
    interp_result(t, start, op, CLASS_I32);
    r.end = (uint32_t)t->size;
    r.is_sum = true;
    r.y = y;
    t->recent = r;
    return true;
}

/* x * y + z, and z - x * y. */
static bool multiply_add_double(interp_translator *t, bool minus)
{
    uint32_t depth = is_recent(t, 0, CLASS_F64) ? 0 : 1;
    if (!t->recent.is_product || t->recent.x.class != CLASS_F64 ||
        !is_recent(t, depth, CLASS_F64) || (minus && depth))
        return false;
    interp_kind other = (interp_kind)interp_top(t, 1 - depth)->kind;
    if (other == KIND_ACC || other == KIND_CONST)
        return false;
    interp_operand b = interp_pop(t), a = interp_pop(t);
    interp_operand z = depth ? b : a;
    interp_recent r = take_recent(t, 2);
    z.shape = SHAPE_S;
    uint32_t op = minus ? INTERP_F64_NMULADD_SS : INTERP_F64_MULADD_SS;
    op += r.x.shape == SHAPE_A ? 2 : 0;
    uint32_t start = (uint32_t)t->size;
    interp_emit(t, op);
    interp_put_operand(t, &r.x);
    interp_put_operand(t, &r.y);
    interp_put_operand(t, &z);
    interp_result(t, start, op, CLASS_F64);
    return true;
}

static void two_operands(interp_translator *t, const numeric *n, uint32_t op)
{
    if ((op == WASM_OP_I32_ADD && multiply_add(t)) ||
        (op == WASM_OP_F64_ADD && multiply_add_double(t, false)) ||
        (op == WASM_OP_F64_SUB && multiply_add_double(t, true)))
        return;
    interp_operand b = interp_pop(t);
    interp_operand a = interp_pop(t);
    if (b.shape == SHAPE_I &&
        (op == WASM_OP_I32_SUB || op == WASM_OP_I64_SUB)) {
        op = op == WASM_OP_I32_SUB ? WASM_OP_I32_ADD : WASM_OP_I64_ADD;
        n = &numerics[op];
        b.value = op == WASM_OP_I32_ADD ? (uint32_t)-b.value : -b.value;
    }
    binary(t, n, op, a, b);
}

bool interp_numeric(interp_translator *t)
{
    const numeric *n = &numerics[t->in.op];
    if (t->in.op == WASM_OP_REF_EQ) {
        two_operands(t, &numerics[WASM_OP_I64_EQ], WASM_OP_I64_EQ);
        return true;
    }
    if (special(t))
        return true;
    switch ((numeric_family)n->family) {
    case FAMILY_NONE:
        return false;
    case FAMILY_COMMUTATIVE:
    case FAMILY_BINARY:
    case FAMILY_TRAPPING:
    case FAMILY_COMPARE:
    case FAMILY_COMPARE_FLOAT:
        two_operands(t, n, t->in.op);
        break;
    case FAMILY_UNARY:
    case FAMILY_TRUNCATE: {
        interp_operand a = interp_pop(t);
        if (a.shape == SHAPE_I)
            interp_in_slot(t, &a);
        if (n->family == FAMILY_TRUNCATE)
            interp_origin_here(t);
        unary(t, n->op, n->result, &a);
        break;
    }
    case FAMILY_LOAD:
        load(t, n);
        break;
    case FAMILY_STORE:
        store(t, n);
        break;
    case FAMILY_VECTOR:
    case FAMILY_REPLACE:
        vector(t, n);
        break;
    case FAMILY_EXTRACT:
        extract(t, n);
        break;
    case FAMILY_VECTOR_LOAD:
    case FAMILY_LANE_LOAD:
    case FAMILY_LANE_STORE:
        vector_memory(t, n);
        break;
    case FAMILY_ATOMIC:
        atomic(t, n->op, n->operands, n->result != NO_CLASS);
        break;
    }
    return true;
}
