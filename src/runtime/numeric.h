/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What numeric instructions compute (specification 3.0, section 4.3).
 *
 * num_<text of the instruction, dots as underscores>. Plain ones return the
 * value; those that can trap return a trap code and store through `out`,
 * which stays untouched when they trap. NaNs: operands pass through the
 * machine's arithmetic, which makes them quiet; abs, neg and copysign change
 * the sign bit alone. Rounding mode is nearest-even, always. */
#ifndef RUNTIME_NUMERIC_H
#define RUNTIME_NUMERIC_H

#include <stdint.h>
#include <string.h>
#include "runtime/trap.h"

/* Where one machine instruction rounds to an integer. */
#if defined(__SSE4_1__) || defined(__aarch64__)
#define NUM_ROUNDS 1
#else
#define NUM_ROUNDS 0
#endif

static inline uint32_t num_i32_reinterpret_f32(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline uint64_t num_i64_reinterpret_f64(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline float num_f32_reinterpret_i32(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline double num_f64_reinterpret_i64(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Integers: I bits wide, S signed and U unsigned C type. */
#define NUM_COMPARE(name, type, op)                   \
    static inline uint32_t num_##name(type a, type b) \
    {                                                 \
        return a op b;                                \
    }
#define NUM_BINARY(name, type, expression)        \
    static inline type num_##name(type a, type b) \
    {                                             \
        return expression;                        \
    }
#define NUM_UNARY(name, result, type, expression) \
    static inline result num_##name(type a)       \
    {                                             \
        return expression;                        \
    }

#define NUM_INTEGER(i, S, U, bits)                                          \
    NUM_UNARY(i##_eqz, uint32_t, U, a == 0)                                 \
    NUM_COMPARE(i##_eq, U, ==)                                              \
    NUM_COMPARE(i##_ne, U, !=)                                              \
    NUM_COMPARE(i##_lt_s, S, <)                                             \
    NUM_COMPARE(i##_lt_u, U, <)                                             \
    NUM_COMPARE(i##_gt_s, S, >)                                             \
    NUM_COMPARE(i##_gt_u, U, >)                                             \
    NUM_COMPARE(i##_le_s, S, <=)                                            \
    NUM_COMPARE(i##_le_u, U, <=)                                            \
    NUM_COMPARE(i##_ge_s, S, >=)                                            \
    NUM_COMPARE(i##_ge_u, U, >=)                                            \
    NUM_BINARY(i##_add, U, a + b)                                           \
    NUM_BINARY(i##_sub, U, a - b)                                           \
    NUM_BINARY(i##_mul, U, a *b)                                            \
    NUM_BINARY(i##_and, U, a &b)                                            \
    NUM_BINARY(i##_or, U, a | b)                                            \
    NUM_BINARY(i##_xor, U, a ^ b)                                           \
    NUM_BINARY(i##_shl, U, a << (b & (bits - 1)))                           \
    NUM_BINARY(i##_shr_s, S, a >> (b & (bits - 1)))                         \
    NUM_BINARY(i##_shr_u, U, a >> (b & (bits - 1)))                         \
    NUM_BINARY(i##_rotl, U, a << (b & (bits - 1)) | a >> (-b & (bits - 1))) \
    NUM_BINARY(i##_rotr, U, a >> (b & (bits - 1)) | a << (-b & (bits - 1))) \
    NUM_UNARY(i##_extend8_s, S, S, (int8_t)a)                               \
    NUM_UNARY(i##_extend16_s, S, S, (int16_t)a)

NUM_INTEGER(i32, int32_t, uint32_t, 32)
NUM_INTEGER(i64, int64_t, uint64_t, 64)

NUM_UNARY(i32_clz, uint32_t, uint32_t, a ? (uint32_t)__builtin_clz(a) : 32)
NUM_UNARY(i32_ctz, uint32_t, uint32_t, a ? (uint32_t)__builtin_ctz(a) : 32)
NUM_UNARY(i64_clz, uint64_t, uint64_t, a ? (uint64_t)__builtin_clzll(a) : 64)
NUM_UNARY(i64_ctz, uint64_t, uint64_t, a ? (uint64_t)__builtin_ctzll(a) : 64)
NUM_UNARY(i64_extend32_s, int64_t, int64_t, (int32_t)a)
NUM_UNARY(i32_wrap_i64, uint32_t, uint64_t, (uint32_t)a)
NUM_UNARY(i64_extend_i32_s, int64_t, int32_t, a)
NUM_UNARY(i64_extend_i32_u, uint64_t, uint32_t, a)

/* Written out: without the instruction the builtin would be a call. */
static inline uint64_t num_i64_popcnt(uint64_t a)
{
#if defined(__POPCNT__) || defined(__aarch64__)
    return (uint64_t)__builtin_popcountll(a);
#else
    a -= a >> 1 & 0x5555555555555555u;
    a = (a & 0x3333333333333333u) + (a >> 2 & 0x3333333333333333u);
    a = (a + (a >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return a * 0x0101010101010101u >> 56;
#endif
}

static inline uint32_t num_i32_popcnt(uint32_t a)
{
    return (uint32_t)num_i64_popcnt(a);
}

#define NUM_DIVIDE(i, S, U, least)                               \
    static inline rt_trap_code num_##i##_div_s(S a, S b, S *out) \
    {                                                            \
        if (__builtin_expect(b == 0, 0))                         \
            return RT_TRAP_DIVIDE_BY_ZERO;                       \
        if (__builtin_expect(a == least && b == -1, 0))          \
            return RT_TRAP_INTEGER_OVERFLOW;                     \
        *out = a / b;                                            \
        return RT_TRAP_NONE;                                     \
    }                                                            \
    static inline rt_trap_code num_##i##_div_u(U a, U b, U *out) \
    {                                                            \
        if (__builtin_expect(b == 0, 0))                         \
            return RT_TRAP_DIVIDE_BY_ZERO;                       \
        *out = a / b;                                            \
        return RT_TRAP_NONE;                                     \
    }                                                            \
    static inline rt_trap_code num_##i##_rem_s(S a, S b, S *out) \
    {                                                            \
        if (__builtin_expect(b == 0, 0))                         \
            return RT_TRAP_DIVIDE_BY_ZERO;                       \
        *out = __builtin_expect(b == -1, 0) ? 0 : a % b;         \
        return RT_TRAP_NONE;                                     \
    }                                                            \
    static inline rt_trap_code num_##i##_rem_u(U a, U b, U *out) \
    {                                                            \
        if (__builtin_expect(b == 0, 0))                         \
            return RT_TRAP_DIVIDE_BY_ZERO;                       \
        *out = a % b;                                            \
        return RT_TRAP_NONE;                                     \
    }

NUM_DIVIDE(i32, int32_t, uint32_t, INT32_MIN)
NUM_DIVIDE(i64, int64_t, uint64_t, INT64_MIN)

/* Floats: F the C type, U the integer with its bits, `whole` the number
 * from which on every value is an integer. */
#define NUM_FLOAT(f, F, i, U, suffix, sign, quiet, whole)                   \
    NUM_COMPARE(f##_eq, F, ==)                                              \
    NUM_COMPARE(f##_ne, F, !=)                                              \
    NUM_COMPARE(f##_lt, F, <)                                               \
    NUM_COMPARE(f##_gt, F, >)                                               \
    NUM_COMPARE(f##_le, F, <=)                                              \
    NUM_COMPARE(f##_ge, F, >=)                                              \
    NUM_BINARY(f##_add, F, a + b)                                           \
    NUM_BINARY(f##_sub, F, a - b)                                           \
    NUM_BINARY(f##_mul, F, a *b)                                            \
    NUM_BINARY(f##_div, F, a / b)                                           \
    static inline F num_##f##_abs(F a)                                      \
    {                                                                       \
        U bits = num_##i##_reinterpret_##f(a) & ~(sign);                    \
        return num_##f##_reinterpret_##i(bits);                             \
    }                                                                       \
    static inline F num_##f##_neg(F a)                                      \
    {                                                                       \
        U bits = num_##i##_reinterpret_##f(a) ^ (sign);                     \
        return num_##f##_reinterpret_##i(bits);                             \
    }                                                                       \
    static inline F num_##f##_copysign(F a, F b)                            \
    {                                                                       \
        U bits = (num_##i##_reinterpret_##f(a) & ~(sign)) |                 \
                 (num_##i##_reinterpret_##f(b) & (sign));                   \
        return num_##f##_reinterpret_##i(bits);                             \
    }                                                                       \
    static inline F num_##f##_min(F a, F b)                                 \
    {                                                                       \
        if (a < b)                                                          \
            return a;                                                       \
        if (b < a)                                                          \
            return b;                                                       \
        if (a == b)                                                         \
            return num_##f##_reinterpret_##i(num_##i##_reinterpret_##f(a) | \
                                             num_##i##_reinterpret_##f(b)); \
        return a + b;                                                       \
    }                                                                       \
    static inline F num_##f##_max(F a, F b)                                 \
    {                                                                       \
        if (a > b)                                                          \
            return a;                                                       \
        if (b > a)                                                          \
            return b;                                                       \
        if (a == b)                                                         \
            return num_##f##_reinterpret_##i(num_##i##_reinterpret_##f(a) & \
                                             num_##i##_reinterpret_##f(b)); \
        return a + b;                                                       \
    }                                                                       \
    /* Large values are integers; NaNs become quiet. */                     \
    static inline F num_##f##_large(F a)                                    \
    {                                                                       \
        U bits = num_##i##_reinterpret_##f(a);                              \
        return num_##f##_reinterpret_##i(a != a ? bits | (quiet) : bits);   \
    }                                                                       \
    static inline F num_##f##_nearest(F a)                                  \
    {                                                                       \
        if (NUM_ROUNDS)                                                     \
            return __builtin_rint##suffix(a);                               \
        F size = num_##f##_abs(a);                                          \
        if (!(size < (whole)))                                              \
            return num_##f##_large(a);                                      \
        return num_##f##_copysign(size + (whole) - (whole), a);             \
    }                                                                       \
    static inline F num_##f##_ceil(F a)                                     \
    {                                                                       \
        if (NUM_ROUNDS)                                                     \
            return __builtin_ceil##suffix(a);                               \
        F near = num_##f##_nearest(a);                                      \
        return num_##f##_copysign(near + (F)(near < a), a);                 \
    }                                                                       \
    static inline F num_##f##_floor(F a)                                    \
    {                                                                       \
        if (NUM_ROUNDS)                                                     \
            return __builtin_floor##suffix(a);                              \
        F near = num_##f##_nearest(a);                                      \
        return num_##f##_copysign(near - (F)(near > a), a);                 \
    }                                                                       \
    static inline F num_##f##_trunc(F a)                                    \
    {                                                                       \
        if (NUM_ROUNDS)                                                     \
            return __builtin_trunc##suffix(a);                              \
        F size = num_##f##_abs(a);                                          \
        F near = num_##f##_nearest(size);                                   \
        return num_##f##_copysign(near - (F)(near > size), a);              \
    }

NUM_FLOAT(f32, float, i32, uint32_t, f, 0x80000000u, 0x400000u, 0x1p23f)
NUM_FLOAT(f64, double, i64, uint64_t, , 0x8000000000000000u, 0x8000000000000u,
          0x1p52)

/* The library's sqrt would look at errno. */
#if defined(__SSE2__)
#include <emmintrin.h>
static inline float num_f32_sqrt(float a)
{
    return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(a)));
}

static inline double num_f64_sqrt(double a)
{
    __m128d x = _mm_set_sd(a);
    return _mm_cvtsd_f64(_mm_sqrt_sd(x, x));
}
#elif defined(__aarch64__)
static inline float num_f32_sqrt(float a)
{
    float out;
    __asm__("fsqrt %s0, %s1" : "=w"(out) : "w"(a));
    return out;
}

static inline double num_f64_sqrt(double a)
{
    double out;
    __asm__("fsqrt %d0, %d1" : "=w"(out) : "w"(a));
    return out;
}
#else
NUM_UNARY(f32_sqrt, float, float, __builtin_sqrtf(a))
NUM_UNARY(f64_sqrt, double, double, __builtin_sqrt(a))
#endif

/* Truncations. `inside` is true when the truncated value fits; a NaN is
 * never inside. */
#define NUM_TRUNCATE(name, sat, I, F, inside, least, most) \
    static inline rt_trap_code num_##name(F a, I *out)     \
    {                                                      \
        if (__builtin_expect(!(inside), 0))                \
            return a != a ? RT_TRAP_INVALID_CONVERSION     \
                          : RT_TRAP_INTEGER_OVERFLOW;      \
        *out = (I)a;                                       \
        return RT_TRAP_NONE;                               \
    }                                                      \
    static inline I num_##sat(F a)                         \
    {                                                      \
        if (__builtin_expect(inside, 1))                   \
            return (I)a;                                   \
        return a != a ? 0 : a < 0 ? (least) : (most);      \
    }

NUM_TRUNCATE(i32_trunc_f32_s, i32_trunc_sat_f32_s, int32_t, float,
             a >= -0x1p31f && a < 0x1p31f, INT32_MIN, INT32_MAX)
NUM_TRUNCATE(i32_trunc_f32_u, i32_trunc_sat_f32_u, uint32_t, float,
             a > -1.0f && a < 0x1p32f, 0, UINT32_MAX)
NUM_TRUNCATE(i32_trunc_f64_s, i32_trunc_sat_f64_s, int32_t, double,
             a > -0x1.00000002p31 && a < 0x1p31, INT32_MIN, INT32_MAX)
NUM_TRUNCATE(i32_trunc_f64_u, i32_trunc_sat_f64_u, uint32_t, double,
             a > -1.0 && a < 0x1p32, 0, UINT32_MAX)
NUM_TRUNCATE(i64_trunc_f32_s, i64_trunc_sat_f32_s, int64_t, float,
             a >= -0x1p63f && a < 0x1p63f, INT64_MIN, INT64_MAX)
NUM_TRUNCATE(i64_trunc_f32_u, i64_trunc_sat_f32_u, uint64_t, float,
             a > -1.0f && a < 0x1p64f, 0, UINT64_MAX)
NUM_TRUNCATE(i64_trunc_f64_s, i64_trunc_sat_f64_s, int64_t, double,
             a >= -0x1p63 && a < 0x1p63, INT64_MIN, INT64_MAX)
NUM_TRUNCATE(i64_trunc_f64_u, i64_trunc_sat_f64_u, uint64_t, double,
             a > -1.0 && a < 0x1p64, 0, UINT64_MAX)

NUM_UNARY(f32_convert_i32_s, float, int32_t, (float)a)
NUM_UNARY(f32_convert_i32_u, float, uint32_t, (float)a)
NUM_UNARY(f32_convert_i64_s, float, int64_t, (float)a)
NUM_UNARY(f32_convert_i64_u, float, uint64_t, (float)a)
NUM_UNARY(f64_convert_i32_s, double, int32_t, (double)a)
NUM_UNARY(f64_convert_i32_u, double, uint32_t, (double)a)
NUM_UNARY(f64_convert_i64_s, double, int64_t, (double)a)
NUM_UNARY(f64_convert_i64_u, double, uint64_t, (double)a)
NUM_UNARY(f32_demote_f64, float, double, (float)a)
NUM_UNARY(f64_promote_f32, double, float, (double)a)

#endif
