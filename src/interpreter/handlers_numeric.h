/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Handlers of the numeric families, expanded from ops.def. */
/* No guard: included where handlers stand. */
#define BINARY_FORM(NAME, fn, T, R, A, oa, B, ob, od) \
    RESULT_FORMS(NAME, R, od, {                       \
        TYPE_##T a = GET_##A##_##T(oa);               \
        TYPE_##T b = GET_##B##_##T(ob);               \
        SET_##R(num_##fn(a, b));                      \
    })
#define BINARY_4(NAME, fn, T, R)                                  \
    BINARY_FORM(NAME##_SS, fn, T, R, S, 8, S, 12, 16)             \
    BINARY_FORM(NAME##_AS, fn, T, R, A, 8, S, 8, 12)              \
    BINARY_FORM(NAME##_SI, fn, T, R, S, 8, I, 12, 12 + WIDTH_##T) \
    BINARY_FORM(NAME##_AI, fn, T, R, A, 8, I, 8, 8 + WIDTH_##T)
#define BINARY_7(NAME, fn, T, R)                                             \
    BINARY_4(NAME, fn, T, R)                                                 \
    BINARY_FORM(NAME##_SA, fn, T, R, S, 8, A, 8, 12)                         \
    BINARY_FORM(NAME##_IS, fn, T, R, I, 8, S, 8 + WIDTH_##T, 12 + WIDTH_##T) \
    BINARY_FORM(NAME##_IA, fn, T, R, I, 8, A, 8, 8 + WIDTH_##T)

#define TRAPPING_FORM(NAME, fn, T, R, A, oa, B, ob, od) \
    RESULT_FORMS(NAME, R, od, {                         \
        TYPE_##T a = GET_##A##_##T(oa);                 \
        TYPE_##T b = GET_##B##_##T(ob);                 \
        TYPE_##R r;                                     \
        rt_trap_code code = num_##fn(a, b, (void *)&r); \
        if (UNLIKELY(code != RT_TRAP_NONE))             \
            TRAP(code);                                 \
        SET_##R(r);                                     \
    })

#define BRANCH_FORM(NAME, fn, T, A, oa, B, ob, od, NOT) \
    HANDLER(NAME)                                       \
    {                                                   \
        TYPE_##T a = GET_##A##_##T(oa);                 \
        TYPE_##T b = GET_##B##_##T(ob);                 \
        BRANCH_IF(NOT num_##fn(a, b), od);              \
    }
/* Two ends with a jump each, so that the machine predicts them apart. */
#define BRANCH_IF(condition, o)    \
    do {                           \
        if (condition) {           \
            ip += (o) + I32_AT(o); \
            DISPATCH();            \
        }                          \
        NEXT((o) + 4);             \
    } while (0)
#define BRANCH_4(NAME, fn, T, NOT)                                  \
    BRANCH_FORM(NAME##_SS, fn, T, S, 8, S, 12, 16, NOT)             \
    BRANCH_FORM(NAME##_AS, fn, T, A, 8, S, 8, 12, NOT)              \
    BRANCH_FORM(NAME##_SI, fn, T, S, 8, I, 12, 12 + WIDTH_##T, NOT) \
    BRANCH_FORM(NAME##_AI, fn, T, A, 8, I, 8, 8 + WIDTH_##T, NOT)

#define COMMUTATIVE(NAME, fn, T, R) BINARY_4(NAME, fn, T, R)
#define BINARY(NAME, fn, T, R) BINARY_7(NAME, fn, T, R)
#define TRAPPING(NAME, fn, T, R)                                               \
    TRAPPING_FORM(NAME##_SS, fn, T, R, S, 8, S, 12, 16)                        \
    TRAPPING_FORM(NAME##_AS, fn, T, R, A, 8, S, 8, 12)                         \
    TRAPPING_FORM(NAME##_SI, fn, T, R, S, 8, I, 12, 12 + WIDTH_##T)            \
    TRAPPING_FORM(NAME##_AI, fn, T, R, A, 8, I, 8, 8 + WIDTH_##T)              \
    TRAPPING_FORM(NAME##_SA, fn, T, R, S, 8, A, 8, 12)                         \
    TRAPPING_FORM(NAME##_IS, fn, T, R, I, 8, S, 8 + WIDTH_##T, 12 + WIDTH_##T) \
    TRAPPING_FORM(NAME##_IA, fn, T, R, I, 8, A, 8, 8 + WIDTH_##T)
#define COMPARE(NAME, fn, T)   \
    BINARY_4(NAME, fn, T, i32) \
    BRANCH_4(BR_##NAME, fn, T, )
#define COMPARE_FLOAT(NAME, fn, T) \
    BINARY_4(NAME, fn, T, i32)     \
    BRANCH_4(BR_##NAME, fn, T, )   \
    BRANCH_4(BR_NOT_##NAME, fn, T, !)
#define UNARY(NAME, fn, T, R)                                       \
    RESULT_FORMS(NAME##_S, R, 12, SET_##R(num_##fn(GET_S_##T(8)));) \
    RESULT_FORMS(NAME##_A, R, 8, SET_##R(num_##fn(GET_A_##T(8)));)
#define TRUNCATE_FORM(NAME, fn, T, R, A, o)                         \
    RESULT_FORMS(NAME, R, o, {                                      \
        TYPE_##R r;                                                 \
        rt_trap_code code = num_##fn(GET_##A##_##T(8), (void *)&r); \
        if (UNLIKELY(code != RT_TRAP_NONE))                         \
            TRAP(code);                                             \
        SET_##R(r);                                                 \
    })
#define TRUNCATE(NAME, fn, T, R)             \
    TRUNCATE_FORM(NAME##_S, fn, T, R, S, 12) \
    TRUNCATE_FORM(NAME##_A, fn, T, R, A, 8)

/* Memory: the fast forms rely on guard pages. */
#define MEM32(a, o) (mem + (uint64_t)(uint32_t)(a) + U32_AT(o))
#define KEEP_i32(v) LOADED(v)
#define KEEP_i64(v) LOADED(v)
#define KEEP_f32(v) LOADED_FLOAT(v)
#define KEEP_f64(v) LOADED_FLOAT(v)
#define LOAD_FORM(NAME, M, C, R, address, od) \
    RESULT_FORMS(NAME, R, od, {               \
        BEFORE_ACCESS();                      \
        M raw;                                \
        memcpy(&raw, address, sizeof raw);    \
        C value = (C)raw;                     \
        KEEP_##R(value);                      \
        SET_##R(value);                       \
    })
#define LOAD(NAME, M, C, R)                                                    \
    LOAD_FORM(NAME##_S, M, C, R, MEM32(SLOT(8).u32, 12), 16)                   \
    LOAD_FORM(NAME##_A, M, C, R, MEM32(acc, 8), 12)                            \
    LOAD_FORM(NAME##_I, M, C, R, MEM32(0, 8), 12)                              \
    LOAD_FORM(NAME##_SUM_SS, M, C, R, MEM32(SLOT(8).u32 + SLOT(12).u32, 16),   \
              20)                                                              \
    LOAD_FORM(NAME##_SUM_AS, M, C, R, MEM32(acc + SLOT(8).u32, 12), 16)        \
    LOAD_FORM(NAME##_SUM_SI, M, C, R, MEM32(SLOT(8).u32 + U32_AT(12), 16), 20) \
    LOAD_FORM(NAME##_SUM_AI, M, C, R, MEM32(acc + U32_AT(8), 12), 16)          \
    LOAD_FORM(NAME##_MUL_SS, M, C, R,                                          \
              MEM32(SLOT(8).u32 *U32_AT(12) + SLOT(16).u32, 20), 24)           \
    LOAD_FORM(NAME##_MUL_AS, M, C, R,                                          \
              MEM32((uint32_t)acc *U32_AT(8) + SLOT(12).u32, 16), 20)          \
    LOAD_FORM(NAME##_MUL_SI, M, C, R,                                          \
              MEM32(SLOT(8).u32 *U32_AT(12) + U32_AT(16), 20), 24)             \
    LOAD_FORM(NAME##_MUL_AI, M, C, R,                                          \
              MEM32((uint32_t)acc *U32_AT(8) + U32_AT(12), 16), 20)            \
    RESULT_FORMS(NAME##_G, R, 24, {                                            \
        const uint8_t *at = GENERAL(M);                                        \
        if (UNLIKELY(!at))                                                     \
            TRAP(RT_TRAP_MEMORY_BOUNDS);                                       \
        M raw;                                                                 \
        memcpy(&raw, at, sizeof raw);                                          \
        SET_##R((C)raw);                                                       \
    })
/* Any memory, checked: slot at 8, memory and width at `o`, offset. */
#define GENERAL_AT(o, size) \
    general_address(inst, SLOT_AT(8), U32_AT(o), U64_AT((o) + 4), size)
#define GENERAL(M) GENERAL_AT(12, sizeof(M))

#define STORE_FORM(NAME, M, T, address, V, ov, length) \
    HANDLER(NAME)                                      \
    {                                                  \
        BEFORE_ACCESS();                               \
        M value = (M)GET_##V##_##T(ov);                \
        memcpy(address, &value, sizeof value);         \
        STORED();                                      \
        NEXT(length);                                  \
    }
#define STORE_SUM(NAME, M, T, sum, o)                              \
    STORE_FORM(NAME##_S, M, T, MEM32(sum, (o) + 4), S, o, (o) + 8) \
    STORE_FORM(NAME##_I, M, T, MEM32(sum, (o) + WIDTH_##T), I, o,  \
               (o) + 4 + WIDTH_##T)
#define STORE(NAME, M, T)                                                  \
    STORE_FORM(NAME##_SS, M, T, MEM32(SLOT(8).u32, 16), S, 12, 20)         \
    STORE_FORM(NAME##_AS, M, T, MEM32(acc, 12), S, 8, 16)                  \
    STORE_FORM(NAME##_SI, M, T, MEM32(SLOT(8).u32, 12 + WIDTH_##T), I, 12, \
               16 + WIDTH_##T)                                             \
    STORE_FORM(NAME##_AI, M, T, MEM32(acc, 8 + WIDTH_##T), I, 8,           \
               12 + WIDTH_##T)                                             \
    STORE_FORM(NAME##_SA, M, T, MEM32(SLOT(8).u32, 12), A, 8, 16)          \
    STORE_FORM(NAME##_IS, M, T, MEM32(0, 12), S, 8, 16)                    \
    STORE_FORM(NAME##_IA, M, T, MEM32(0, 8), A, 8, 12)                     \
    STORE_SUM(NAME##_SUM_SS, M, T, SLOT(8).u32 + SLOT(12).u32, 16)         \
    STORE_SUM(NAME##_SUM_AS, M, T, acc + SLOT(8).u32, 12)                  \
    STORE_SUM(NAME##_SUM_SI, M, T, SLOT(8).u32 + U32_AT(12), 16)           \
    STORE_SUM(NAME##_SUM_AI, M, T, acc + U32_AT(8), 12)                    \
    HANDLER(NAME##_G)                                                      \
    {                                                                      \
        uint8_t *at = GENERAL_AT(16, sizeof(M));                           \
        if (UNLIKELY(!at))                                                 \
            TRAP(RT_TRAP_MEMORY_BOUNDS);                                   \
        M value = (M)GET_S_##T(12);                                        \
        memcpy(at, &value, sizeof value);                                  \
        NEXT(28);                                                          \
    }

/* Vectors. */
#define VECTOR_1(NAME, fn)              \
    HANDLER(NAME)                       \
    {                                   \
        PUT_V(12, simd_##fn(GET_V(8))); \
        NEXT(16);                       \
    }
#define VECTOR_2(NAME, fn)                         \
    HANDLER(NAME)                                  \
    {                                              \
        PUT_V(16, simd_##fn(GET_V(8), GET_V(12))); \
        NEXT(20);                                  \
    }
#define VECTOR_3(NAME, fn)                                    \
    HANDLER(NAME)                                             \
    {                                                         \
        PUT_V(20, simd_##fn(GET_V(8), GET_V(12), GET_V(16))); \
        NEXT(24);                                             \
    }
#define VECTOR_SHIFT(NAME, fn)                        \
    HANDLER(NAME)                                     \
    {                                                 \
        PUT_V(16, simd_##fn(GET_V(8), SLOT(12).u32)); \
        NEXT(20);                                     \
    }
#define VECTOR_SPLAT(NAME, fn, T)           \
    HANDLER(NAME)                           \
    {                                       \
        PUT_V(12, simd_##fn(GET_S_##T(8))); \
        NEXT(16);                           \
    }
#define VECTOR_TEST(NAME, fn) \
    RESULT_FORMS(NAME, i32, 12, SET_i32(simd_##fn(GET_V(8)));)
#define VECTOR_EXTRACT(NAME, fn, R) \
    RESULT_FORMS(NAME, R, 16, SET_##R(simd_##fn(GET_V(8), U32_AT(12)));)
#define VECTOR_REPLACE(NAME, fn, T)                                \
    HANDLER(NAME)                                                  \
    {                                                              \
        PUT_V(20, simd_##fn(GET_V(8), GET_S_##T(12), U32_AT(16))); \
        NEXT(24);                                                  \
    }
#define VECTOR_LOAD(NAME, fn, bytes)                   \
    HANDLER(NAME)                                      \
    {                                                  \
        BEFORE_ACCESS();                               \
        rt_v128 v = simd_##fn(MEM32(SLOT(8).u32, 12)); \
        LOADED_FLOAT(v.u64x2);                         \
        PUT_V(16, v);                                  \
        NEXT(20);                                      \
    }                                                  \
    HANDLER(NAME##_G)                                  \
    {                                                  \
        const uint8_t *at = GENERAL_AT(12, bytes);     \
        if (UNLIKELY(!at))                             \
            TRAP(RT_TRAP_MEMORY_BOUNDS);               \
        PUT_V(24, simd_##fn(at));                      \
        NEXT(28);                                      \
    }
#define VECTOR_LOAD_LANE(NAME, fn, bytes)                \
    HANDLER(NAME##_G)                                    \
    {                                                    \
        const uint8_t *at = GENERAL_AT(16, bytes);       \
        if (UNLIKELY(!at))                               \
            TRAP(RT_TRAP_MEMORY_BOUNDS);                 \
        PUT_V(32, simd_##fn(at, GET_V(12), U32_AT(28))); \
        NEXT(36);                                        \
    }
#define VECTOR_STORE_LANE(NAME, fn, bytes)    \
    HANDLER(NAME##_G)                         \
    {                                         \
        uint8_t *at = GENERAL_AT(16, bytes);  \
        if (UNLIKELY(!at))                    \
            TRAP(RT_TRAP_MEMORY_BOUNDS);      \
        simd_##fn(at, GET_V(12), U32_AT(28)); \
        NEXT(32);                             \
    }

/* Atomics, stack form. */
#define ATOMIC_FORM(NAME, M, ...)                                    \
    HANDLER(NAME)                                                    \
    {                                                                \
        rt_slot *s = SLOT_AT(8);                                     \
        rt_trap_code code;                                           \
        M *at = (M *)atomic_address(inst, s, U32_AT(12), U64_AT(16), \
                                    sizeof(M), &code);               \
        if (UNLIKELY(!at))                                           \
            TRAP(code);                                              \
        __VA_ARGS__;                                                 \
        NEXT_LOOP(24);                                               \
    }
#define ATOMIC_LOAD(NAME, M) \
    ATOMIC_FORM(NAME, M, s->u64 = __atomic_load_n(at, __ATOMIC_SEQ_CST))
#define ATOMIC_STORE(NAME, M) \
    ATOMIC_FORM(NAME, M, __atomic_store_n(at, (M)s[1].u64, __ATOMIC_SEQ_CST))
#define ATOMIC_RMW(NAME, M, builtin) \
    ATOMIC_FORM(NAME, M, s->u64 = builtin(at, (M)s[1].u64, __ATOMIC_SEQ_CST))
#define ATOMIC_XCHG(NAME, M) \
    ATOMIC_FORM(NAME, M,     \
                s->u64 =     \
                    __atomic_exchange_n(at, (M)s[1].u64, __ATOMIC_SEQ_CST))
/* A narrow comparison is of the whole operand: one that does not fit never
 * matches. */
#define ATOMIC_CMPXCHG(NAME, M)                                              \
    ATOMIC_FORM(NAME, M, {                                                   \
        M old = (M)s[1].u64;                                                 \
        if (wide_operand(#NAME[1], s + 1) != old)                            \
            old = __atomic_load_n(at, __ATOMIC_SEQ_CST);                     \
        else                                                                 \
            __atomic_compare_exchange_n(at, &old, (M)s[2].u64, false,        \
                                        __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
        s->u64 = old;                                                        \
    })

#define SELECT_INT(NAME, a_, b_, c_, od) \
    RESULT_FORMS(NAME, i64, od, acc = (uint32_t)(c_) ? (a_) : (b_);)
#define WIDTH_S 4
#define WIDTH_I 8
#define SELECT(NAME, A, B, imm)                                               \
    SELECT_INT(NAME##_S, GET_##A##_i64(8), GET_##B##_i64(8 + WIDTH_##A),      \
               SLOT(8 + WIDTH_##A + WIDTH_##B).u32,                           \
               12 + WIDTH_##A + WIDTH_##B)                                    \
    SELECT_INT(NAME##_A, GET_##A##_i64(8), GET_##B##_i64(8 + WIDTH_##A), acc, \
               8 + WIDTH_##A + WIDTH_##B)
#define SINGLE(NAME, format)
#define RESULT(NAME, format)
#include "interpreter/ops.def"
#include "interpreter/ops_undef.h"
