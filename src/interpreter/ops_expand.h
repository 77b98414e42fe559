/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Expands ops.def to X(name, format), which the includer defines. */
/* No guard: included once for each use of the list. */
#define COMMUTATIVE(NAME, fn, T, R) INTERP_SHAPES_4(X, NAME, T)
#define BINARY(NAME, fn, T, R) INTERP_SHAPES_7(X, NAME, T)
#define TRAPPING(NAME, fn, T, R) INTERP_SHAPES_7(X, NAME, T)
#define COMPARE(NAME, fn, T)    \
    INTERP_SHAPES_4(X, NAME, T) \
    INTERP_BRANCH_4(X, BR_##NAME, T)
#define COMPARE_FLOAT(NAME, fn, T)   \
    INTERP_SHAPES_4(X, NAME, T)      \
    INTERP_BRANCH_4(X, BR_##NAME, T) \
    INTERP_BRANCH_4(X, BR_NOT_##NAME, T)
#define UNARY(NAME, fn, T, R)       \
    INTERP_RESULT(X, NAME##_S, "s") \
    INTERP_RESULT(X, NAME##_A, "")
#define TRUNCATE(NAME, fn, T, R) UNARY(NAME, fn, T, R)
#define LOAD(NAME, M, C, R)                 \
    INTERP_RESULT(X, NAME##_S, "si")        \
    INTERP_RESULT(X, NAME##_A, "i")         \
    INTERP_RESULT(X, NAME##_I, "i")         \
    INTERP_RESULT(X, NAME##_G, "sil")       \
    INTERP_RESULT(X, NAME##_SUM_SS, "ssi")  \
    INTERP_RESULT(X, NAME##_SUM_AS, "si")   \
    INTERP_RESULT(X, NAME##_SUM_SI, "sii")  \
    INTERP_RESULT(X, NAME##_SUM_AI, "ii")   \
    INTERP_RESULT(X, NAME##_MUL_SS, "sisi") \
    INTERP_RESULT(X, NAME##_MUL_AS, "isi")  \
    INTERP_RESULT(X, NAME##_MUL_SI, "siii") \
    INTERP_RESULT(X, NAME##_MUL_AI, "iii")
#define STORE(NAME, M, T)                       \
    X(NAME##_SS, "ssi")                         \
    X(NAME##_AS, "si")                          \
    X(NAME##_SI, "s" INTERP_IMM_##T "i")        \
    X(NAME##_AI, INTERP_IMM_##T "i")            \
    X(NAME##_SA, "si")                          \
    X(NAME##_IS, "si")                          \
    X(NAME##_IA, "i")                           \
    X(NAME##_G, "ssil")                         \
    X(NAME##_SUM_SS_S, "sssi")                  \
    X(NAME##_SUM_SS_I, "ss" INTERP_IMM_##T "i") \
    X(NAME##_SUM_AS_S, "ssi")                   \
    X(NAME##_SUM_AS_I, "s" INTERP_IMM_##T "i")  \
    X(NAME##_SUM_SI_S, "sisi")                  \
    X(NAME##_SUM_SI_I, "si" INTERP_IMM_##T "i") \
    X(NAME##_SUM_AI_S, "isi")                   \
    X(NAME##_SUM_AI_I, "i" INTERP_IMM_##T "i")
#define SELECT(NAME, A, B, imm)         \
    INTERP_RESULT(X, NAME##_S, imm "s") \
    INTERP_RESULT(X, NAME##_A, imm)
#define VECTOR_1(NAME, fn) X(NAME, "sd")
#define VECTOR_2(NAME, fn) X(NAME, "ssd")
#define VECTOR_3(NAME, fn) X(NAME, "sssd")
#define VECTOR_SHIFT(NAME, fn) X(NAME, "ssd")
#define VECTOR_SPLAT(NAME, fn, T) X(NAME, "sd")
#define VECTOR_TEST(NAME, fn) INTERP_RESULT(X, NAME, "s")
#define VECTOR_EXTRACT(NAME, fn, R) INTERP_RESULT(X, NAME, "si")
#define VECTOR_REPLACE(NAME, fn, T) X(NAME, "ssid")
#define VECTOR_LOAD(NAME, fn, bytes) \
    X(NAME, "sid")                   \
    X(NAME##_G, "sild")
#define VECTOR_LOAD_LANE(NAME, fn, bytes) X(NAME##_G, "ssilid")
#define VECTOR_STORE_LANE(NAME, fn, bytes) X(NAME##_G, "ssili")
#define ATOMIC_LOAD(NAME, M) X(NAME, "sil")
#define ATOMIC_STORE(NAME, M) X(NAME, "sil")
#define ATOMIC_RMW(NAME, M, builtin) X(NAME, "sil")
#define ATOMIC_XCHG(NAME, M) X(NAME, "sil")
#define ATOMIC_CMPXCHG(NAME, M) X(NAME, "sil")
#define SINGLE(NAME, format) X(NAME, format)
#define RESULT(NAME, format) INTERP_RESULT(X, NAME, format)
#include "interpreter/ops.def"
#include "interpreter/ops_undef.h"
