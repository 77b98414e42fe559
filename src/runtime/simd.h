/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What vector instructions compute (specification 3.0, section 4.3).
 *
 * simd_<text of the instruction, dots as underscores>. Operands come in the
 * instruction's order; lanes, shift counts and shuffle indices follow them.
 * Lanes are below the lane count. Relaxed instructions do what their strict
 * twin does, on every machine. Loads and stores take the address and need
 * no alignment. Lane 0 has the lowest address: little-endian machines. */
#ifndef RUNTIME_SIMD_H
#define RUNTIME_SIMD_H

#include "runtime/numeric.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif
#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif
#if defined(__SSE4_1__)
#include <smmintrin.h>
#endif

typedef int8_t simd_i8x16 __attribute__((vector_size(16)));
typedef uint8_t simd_u8x16 __attribute__((vector_size(16)));
typedef int16_t simd_i16x8 __attribute__((vector_size(16)));
typedef uint16_t simd_u16x8 __attribute__((vector_size(16)));
typedef int32_t simd_i32x4 __attribute__((vector_size(16)));
typedef uint32_t simd_u32x4 __attribute__((vector_size(16)));
typedef int64_t simd_i64x2 __attribute__((vector_size(16)));
typedef uint64_t simd_u64x2 __attribute__((vector_size(16)));
typedef float simd_f32x4 __attribute__((vector_size(16)));
typedef double simd_f64x2 __attribute__((vector_size(16)));
typedef int8_t simd_i8x8 __attribute__((vector_size(8)));
typedef uint8_t simd_u8x8 __attribute__((vector_size(8)));
typedef int16_t simd_i16x4 __attribute__((vector_size(8)));
typedef uint16_t simd_u16x4 __attribute__((vector_size(8)));
typedef int32_t simd_i32x2 __attribute__((vector_size(8)));
typedef uint32_t simd_u32x2 __attribute__((vector_size(8)));
typedef float simd_f32x2 __attribute__((vector_size(8)));

typedef union rt_v128 {
    simd_i8x16 i8x16;
    simd_u8x16 u8x16;
    simd_i16x8 i16x8;
    simd_u16x8 u16x8;
    simd_i32x4 i32x4;
    simd_u32x4 u32x4;
    simd_i64x2 i64x2;
    simd_u64x2 u64x2;
    simd_f32x4 f32x4;
    simd_f64x2 f64x2;
#if defined(__SSE2__)
    __m128i m;
    __m128 ms;
    __m128d md;
#endif
} rt_v128;

static inline rt_v128 simd_v128_load(const void *at)
{
    rt_v128 v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline void simd_v128_store(void *at, rt_v128 v)
{
    memcpy(at, &v, sizeof v);
}

/* Builders: the result's member, and an expression of a, b, c. */
#define SIMD_1(name, member, expression)          \
    static inline rt_v128 simd_##name(rt_v128 a)  \
    {                                             \
        return (rt_v128){.member = (expression)}; \
    }
#define SIMD_2(name, member, expression)                    \
    static inline rt_v128 simd_##name(rt_v128 a, rt_v128 b) \
    {                                                       \
        return (rt_v128){.member = (expression)};           \
    }
#define SIMD_3(name, member, expression)                               \
    static inline rt_v128 simd_##name(rt_v128 a, rt_v128 b, rt_v128 c) \
    {                                                                  \
        return (rt_v128){.member = (expression)};                      \
    }
/* The same lane by lane, for what has no vector form: x, y are lanes. */
#define SIMD_LANES_1(name, to, from, count, T, expression) \
    static inline rt_v128 simd_##name(rt_v128 a)           \
    {                                                      \
        rt_v128 out;                                       \
        for (int i = 0; i < count; i++) {                  \
            T x = a.from[i];                               \
            out.to[i] = (expression);                      \
        }                                                  \
        return out;                                        \
    }
#define SIMD_LANES_2(name, to, from, count, T, expression)  \
    static inline rt_v128 simd_##name(rt_v128 a, rt_v128 b) \
    {                                                       \
        rt_v128 out;                                        \
        for (int i = 0; i < count; i++) {                   \
            T x = a.from[i], y = b.from[i];                 \
            out.to[i] = (expression);                       \
        }                                                   \
        return out;                                         \
    }

/* Bits. */
SIMD_1(v128_not, u64x2, ~a.u64x2)
SIMD_2(v128_and, u64x2, a.u64x2 & b.u64x2)
SIMD_2(v128_andnot, u64x2, a.u64x2 & ~b.u64x2)
SIMD_2(v128_or, u64x2, a.u64x2 | b.u64x2)
SIMD_2(v128_xor, u64x2, a.u64x2 ^ b.u64x2)
SIMD_3(v128_bitselect, u64x2, (a.u64x2 & c.u64x2) | (b.u64x2 & ~c.u64x2))

static inline uint32_t simd_v128_any_true(rt_v128 a)
{
    return (a.u64x2[0] | a.u64x2[1]) != 0;
}

/* Splats, lanes. */
#define SIMD_SPLAT(shape, member, T, L)             \
    static inline rt_v128 simd_##shape##_splat(T x) \
    {                                               \
        simd_##member zero = {0};                   \
        return (rt_v128){.member = zero + (L)x};    \
    }
#define SIMD_EXTRACT(name, member, T)                     \
    static inline T simd_##name(rt_v128 a, unsigned lane) \
    {                                                     \
        return a.member[lane];                            \
    }
#define SIMD_REPLACE(shape, member, T, L)                             \
    static inline rt_v128 simd_##shape##_replace_lane(rt_v128 a, T x, \
                                                      unsigned lane)  \
    {                                                                 \
        a.member[lane] = (L)x;                                        \
        return a;                                                     \
    }

SIMD_SPLAT(i8x16, u8x16, uint32_t, uint8_t)
SIMD_SPLAT(i16x8, u16x8, uint32_t, uint16_t)
SIMD_SPLAT(i32x4, u32x4, uint32_t, uint32_t)
SIMD_SPLAT(i64x2, u64x2, uint64_t, uint64_t)
SIMD_EXTRACT(i8x16_extract_lane_s, i8x16, int32_t)
SIMD_EXTRACT(i8x16_extract_lane_u, u8x16, uint32_t)
SIMD_EXTRACT(i16x8_extract_lane_s, i16x8, int32_t)
SIMD_EXTRACT(i16x8_extract_lane_u, u16x8, uint32_t)
SIMD_EXTRACT(i32x4_extract_lane, u32x4, uint32_t)
SIMD_EXTRACT(i64x2_extract_lane, u64x2, uint64_t)
SIMD_EXTRACT(f32x4_extract_lane, f32x4, float)
SIMD_EXTRACT(f64x2_extract_lane, f64x2, double)
SIMD_REPLACE(i8x16, u8x16, uint32_t, uint8_t)
SIMD_REPLACE(i16x8, u16x8, uint32_t, uint16_t)
SIMD_REPLACE(i32x4, u32x4, uint32_t, uint32_t)
SIMD_REPLACE(i64x2, u64x2, uint64_t, uint64_t)
SIMD_REPLACE(f32x4, f32x4, float, float)
SIMD_REPLACE(f64x2, f64x2, double, double)

/* Bits pass unchanged, signalling NaNs too. */
static inline rt_v128 simd_f32x4_splat(float x)
{
    return (rt_v128){.f32x4 = {x, x, x, x}};
}

static inline rt_v128 simd_f64x2_splat(double x)
{
    return (rt_v128){.f64x2 = {x, x}};
}

static inline rt_v128 simd_i8x16_shuffle(rt_v128 a, rt_v128 b,
                                         const uint8_t lanes[16])
{
    uint8_t bytes[32];
    rt_v128 out;
    simd_v128_store(bytes, a);
    simd_v128_store(bytes + 16, b);
    for (int i = 0; i < 16; i++)
        out.u8x16[i] = bytes[lanes[i]];
    return out;
}

static inline rt_v128 simd_i8x16_swizzle(rt_v128 a, rt_v128 b)
{
#if defined(__SSSE3__)
    __m128i out_of_range = _mm_adds_epu8(b.m, _mm_set1_epi8(0x70));
    return (rt_v128){.m = _mm_shuffle_epi8(a.m, out_of_range)};
#else
    uint8_t bytes[16];
    rt_v128 out;
    simd_v128_store(bytes, a);
    for (int i = 0; i < 16; i++)
        out.u8x16[i] = bytes[b.u8x16[i] & 15];
    out.u8x16 &= (simd_u8x16)(b.u8x16 < 16);
    return out;
#endif
}

/* Comparisons. */
#define SIMD_COMPARE_SIGNED(shape)                  \
    SIMD_2(shape##_eq, shape, a.shape == b.shape)   \
    SIMD_2(shape##_ne, shape, a.shape != b.shape)   \
    SIMD_2(shape##_lt_s, shape, a.shape < b.shape)  \
    SIMD_2(shape##_gt_s, shape, a.shape > b.shape)  \
    SIMD_2(shape##_le_s, shape, a.shape <= b.shape) \
    SIMD_2(shape##_ge_s, shape, a.shape >= b.shape)
#define SIMD_COMPARE_UNSIGNED(shape, unsigned_)             \
    SIMD_2(shape##_lt_u, shape, a.unsigned_ < b.unsigned_)  \
    SIMD_2(shape##_gt_u, shape, a.unsigned_ > b.unsigned_)  \
    SIMD_2(shape##_le_u, shape, a.unsigned_ <= b.unsigned_) \
    SIMD_2(shape##_ge_u, shape, a.unsigned_ >= b.unsigned_)
#define SIMD_COMPARE_FLOAT(shape, mask)          \
    SIMD_2(shape##_eq, mask, a.shape == b.shape) \
    SIMD_2(shape##_ne, mask, a.shape != b.shape) \
    SIMD_2(shape##_lt, mask, a.shape < b.shape)  \
    SIMD_2(shape##_gt, mask, a.shape > b.shape)  \
    SIMD_2(shape##_le, mask, a.shape <= b.shape) \
    SIMD_2(shape##_ge, mask, a.shape >= b.shape)

SIMD_COMPARE_SIGNED(i8x16)
SIMD_COMPARE_SIGNED(i16x8)
SIMD_COMPARE_SIGNED(i32x4)
SIMD_COMPARE_SIGNED(i64x2)
SIMD_COMPARE_UNSIGNED(i8x16, u8x16)
SIMD_COMPARE_UNSIGNED(i16x8, u16x8)
SIMD_COMPARE_UNSIGNED(i32x4, u32x4)
SIMD_COMPARE_FLOAT(f32x4, i32x4)
SIMD_COMPARE_FLOAT(f64x2, i64x2)

/* Integer arithmetic that is the same for every shape. */
#define SIMD_INTEGER(shape, S, u, U, bits)                                \
    SIMD_1(shape##_neg, u, -a.u)                                          \
    SIMD_2(shape##_add, u, a.u + b.u)                                     \
    SIMD_2(shape##_sub, u, a.u - b.u)                                     \
    static inline rt_v128 simd_##shape##_abs(rt_v128 a)                   \
    {                                                                     \
        simd_##u sign = (simd_##u)(a.shape < 0);                          \
        return (rt_v128){.u = (a.u ^ sign) - sign};                       \
    }                                                                     \
    static inline rt_v128 simd_##shape##_shl(rt_v128 a, uint32_t count)   \
    {                                                                     \
        return (rt_v128){.u = a.u << (U)(count & (bits - 1))};            \
    }                                                                     \
    static inline rt_v128 simd_##shape##_shr_s(rt_v128 a, uint32_t count) \
    {                                                                     \
        return (rt_v128){.shape = a.shape >> (S)(count & (bits - 1))};    \
    }                                                                     \
    static inline rt_v128 simd_##shape##_shr_u(rt_v128 a, uint32_t count) \
    {                                                                     \
        return (rt_v128){.u = a.u >> (U)(count & (bits - 1))};            \
    }                                                                     \
    static inline uint32_t simd_##shape##_all_true(rt_v128 a)             \
    {                                                                     \
        rt_v128 zero = {.shape = a.shape == 0};                           \
        return !simd_v128_any_true(zero);                                 \
    }

SIMD_INTEGER(i8x16, int8_t, u8x16, uint8_t, 8)
SIMD_INTEGER(i16x8, int16_t, u16x8, uint16_t, 16)
SIMD_INTEGER(i32x4, int32_t, u32x4, uint32_t, 32)
SIMD_INTEGER(i64x2, int64_t, u64x2, uint64_t, 64)
SIMD_2(i16x8_mul, u16x8, a.u16x8 *b.u16x8)
SIMD_2(i32x4_mul, u32x4, a.u32x4 *b.u32x4)
SIMD_2(i64x2_mul, u64x2, a.u64x2 *b.u64x2)

/* Least and greatest, through a mask. */
#define SIMD_PICK(name, member, mask, op)                               \
    static inline rt_v128 simd_##name(rt_v128 a, rt_v128 b)             \
    {                                                                   \
        simd_##mask first = (simd_##mask)(a.member op b.member);        \
        return (rt_v128){.mask = (a.mask & first) | (b.mask & ~first)}; \
    }

SIMD_PICK(i8x16_min_s, i8x16, i8x16, <)
SIMD_PICK(i8x16_min_u, u8x16, i8x16, <)
SIMD_PICK(i8x16_max_s, i8x16, i8x16, >)
SIMD_PICK(i8x16_max_u, u8x16, i8x16, >)
SIMD_PICK(i16x8_min_s, i16x8, i16x8, <)
SIMD_PICK(i16x8_min_u, u16x8, i16x8, <)
SIMD_PICK(i16x8_max_s, i16x8, i16x8, >)
SIMD_PICK(i16x8_max_u, u16x8, i16x8, >)
SIMD_PICK(i32x4_min_s, i32x4, i32x4, <)
SIMD_PICK(i32x4_min_u, u32x4, i32x4, <)
SIMD_PICK(i32x4_max_s, i32x4, i32x4, >)
SIMD_PICK(i32x4_max_u, u32x4, i32x4, >)

static inline rt_v128 simd_i8x16_popcnt(rt_v128 a)
{
    simd_u8x16 x = a.u8x16;
    x -= (x >> (uint8_t)1) & 0x55;
    x = (x & 0x33) + ((x >> (uint8_t)2) & 0x33);
    return (rt_v128){.u8x16 = (x + (x >> (uint8_t)4)) & 0x0f};
}

static inline int32_t simd_clamp(int32_t x, int32_t least, int32_t most)
{
    return x < least ? least : x > most ? most : x;
}

#if defined(__SSE2__)
SIMD_2(i8x16_add_sat_s, m, _mm_adds_epi8(a.m, b.m))
SIMD_2(i8x16_add_sat_u, m, _mm_adds_epu8(a.m, b.m))
SIMD_2(i8x16_sub_sat_s, m, _mm_subs_epi8(a.m, b.m))
SIMD_2(i8x16_sub_sat_u, m, _mm_subs_epu8(a.m, b.m))
SIMD_2(i16x8_add_sat_s, m, _mm_adds_epi16(a.m, b.m))
SIMD_2(i16x8_add_sat_u, m, _mm_adds_epu16(a.m, b.m))
SIMD_2(i16x8_sub_sat_s, m, _mm_subs_epi16(a.m, b.m))
SIMD_2(i16x8_sub_sat_u, m, _mm_subs_epu16(a.m, b.m))
SIMD_2(i8x16_avgr_u, m, _mm_avg_epu8(a.m, b.m))
SIMD_2(i16x8_avgr_u, m, _mm_avg_epu16(a.m, b.m))
SIMD_2(i8x16_narrow_i16x8_s, m, _mm_packs_epi16(a.m, b.m))
SIMD_2(i8x16_narrow_i16x8_u, m, _mm_packus_epi16(a.m, b.m))
SIMD_2(i16x8_narrow_i32x4_s, m, _mm_packs_epi32(a.m, b.m))
SIMD_2(i32x4_dot_i16x8_s, m, _mm_madd_epi16(a.m, b.m))

static inline uint32_t simd_i8x16_bitmask(rt_v128 a)
{
    return (uint32_t)_mm_movemask_epi8(a.m);
}

static inline uint32_t simd_i16x8_bitmask(rt_v128 a)
{
    __m128i bytes = _mm_packs_epi16(a.m, _mm_setzero_si128());
    return (uint32_t)_mm_movemask_epi8(bytes);
}

static inline uint32_t simd_i32x4_bitmask(rt_v128 a)
{
    return (uint32_t)_mm_movemask_ps(a.ms);
}

static inline uint32_t simd_i64x2_bitmask(rt_v128 a)
{
    return (uint32_t)_mm_movemask_pd(a.md);
}
#else
SIMD_LANES_2(i8x16_add_sat_s, i8x16, i8x16, 16, int32_t,
             (int8_t)simd_clamp(x + y, INT8_MIN, INT8_MAX))
SIMD_LANES_2(i8x16_add_sat_u, u8x16, u8x16, 16, int32_t,
             (uint8_t)simd_clamp(x + y, 0, UINT8_MAX))
SIMD_LANES_2(i8x16_sub_sat_s, i8x16, i8x16, 16, int32_t,
             (int8_t)simd_clamp(x - y, INT8_MIN, INT8_MAX))
SIMD_LANES_2(i8x16_sub_sat_u, u8x16, u8x16, 16, int32_t,
             (uint8_t)simd_clamp(x - y, 0, UINT8_MAX))
SIMD_LANES_2(i16x8_add_sat_s, i16x8, i16x8, 8, int32_t,
             (int16_t)simd_clamp(x + y, INT16_MIN, INT16_MAX))
SIMD_LANES_2(i16x8_add_sat_u, u16x8, u16x8, 8, int32_t,
             (uint16_t)simd_clamp(x + y, 0, UINT16_MAX))
SIMD_LANES_2(i16x8_sub_sat_s, i16x8, i16x8, 8, int32_t,
             (int16_t)simd_clamp(x - y, INT16_MIN, INT16_MAX))
SIMD_LANES_2(i16x8_sub_sat_u, u16x8, u16x8, 8, int32_t,
             (uint16_t)simd_clamp(x - y, 0, UINT16_MAX))
SIMD_2(i8x16_avgr_u, u8x16,
       (a.u8x16 | b.u8x16) - ((a.u8x16 ^ b.u8x16) >> (uint8_t)1))
SIMD_2(i16x8_avgr_u, u16x8,
       (a.u16x8 | b.u16x8) - ((a.u16x8 ^ b.u16x8) >> (uint16_t)1))

#define SIMD_NARROW(name, to, T, from, half, least, most)             \
    static inline rt_v128 simd_##name(rt_v128 a, rt_v128 b)           \
    {                                                                 \
        rt_v128 out;                                                  \
        for (int i = 0; i < half; i++) {                              \
            out.to[i] = (T)simd_clamp(a.from[i], least, most);        \
            out.to[i + half] = (T)simd_clamp(b.from[i], least, most); \
        }                                                             \
        return out;                                                   \
    }
SIMD_NARROW(i8x16_narrow_i16x8_s, i8x16, int8_t, i16x8, 8, INT8_MIN, INT8_MAX)
SIMD_NARROW(i8x16_narrow_i16x8_u, u8x16, uint8_t, i16x8, 8, 0, UINT8_MAX)
SIMD_NARROW(i16x8_narrow_i32x4_s, i16x8, int16_t, i32x4, 4, INT16_MIN,
            INT16_MAX)

static inline rt_v128 simd_i32x4_dot_i16x8_s(rt_v128 a, rt_v128 b)
{
    rt_v128 out;
    for (int i = 0; i < 4; i++) {
        uint32_t low = (uint32_t)(a.i16x8[2 * i] * b.i16x8[2 * i]);
        uint32_t high = (uint32_t)(a.i16x8[2 * i + 1] * b.i16x8[2 * i + 1]);
        out.u32x4[i] = low + high;
    }
    return out;
}

#define SIMD_BITMASK(shape, count)                           \
    static inline uint32_t simd_##shape##_bitmask(rt_v128 a) \
    {                                                        \
        uint32_t mask = 0;                                   \
        for (int i = 0; i < count; i++)                      \
            mask |= (uint32_t)(a.shape[i] < 0) << i;         \
        return mask;                                         \
    }
SIMD_BITMASK(i8x16, 16)
SIMD_BITMASK(i16x8, 8)
SIMD_BITMASK(i32x4, 4)
SIMD_BITMASK(i64x2, 2)
#endif

#if defined(__SSE4_1__)
SIMD_2(i16x8_narrow_i32x4_u, m, _mm_packus_epi32(a.m, b.m))
#else
static inline rt_v128 simd_i16x8_narrow_i32x4_u(rt_v128 a, rt_v128 b)
{
    rt_v128 out;
    for (int i = 0; i < 4; i++) {
        out.u16x8[i] = (uint16_t)simd_clamp(a.i32x4[i], 0, UINT16_MAX);
        out.u16x8[i + 4] = (uint16_t)simd_clamp(b.i32x4[i], 0, UINT16_MAX);
    }
    return out;
}
#endif

/* Halves, widened. */
#define SIMD_LOW8(v) __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7)
#define SIMD_HIGH8(v) \
    __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15)
#define SIMD_LOW4(v) __builtin_shufflevector(v, v, 0, 1, 2, 3)
#define SIMD_HIGH4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7)
#define SIMD_LOW2(v) __builtin_shufflevector(v, v, 0, 1)
#define SIMD_HIGH2(v) __builtin_shufflevector(v, v, 2, 3)
#define SIMD_WIDEN(half, to) __builtin_convertvector(half, simd_##to)

#define SIMD_EXTEND(to, from, wide_s, wide_u, s, u, LOW, HIGH)                 \
    SIMD_1(to##_extend_low_##from##_s, wide_s, SIMD_WIDEN(LOW(a.s), wide_s))   \
    SIMD_1(to##_extend_high_##from##_s, wide_s, SIMD_WIDEN(HIGH(a.s), wide_s)) \
    SIMD_1(to##_extend_low_##from##_u, wide_u, SIMD_WIDEN(LOW(a.u), wide_u))   \
    SIMD_1(to##_extend_high_##from##_u, wide_u, SIMD_WIDEN(HIGH(a.u), wide_u)) \
    SIMD_2(to##_extmul_low_##from##_s, wide_u,                                 \
           simd_##to##_extend_low_##from##_s(a)                                \
               .wide_u *simd_##to##_extend_low_##from##_s(b)                   \
               .wide_u)                                                        \
    SIMD_2(to##_extmul_high_##from##_s, wide_u,                                \
           simd_##to##_extend_high_##from##_s(a)                               \
               .wide_u *simd_##to##_extend_high_##from##_s(b)                  \
               .wide_u)                                                        \
    SIMD_2(to##_extmul_low_##from##_u, wide_u,                                 \
           simd_##to##_extend_low_##from##_u(a)                                \
               .wide_u *simd_##to##_extend_low_##from##_u(b)                   \
               .wide_u)                                                        \
    SIMD_2(to##_extmul_high_##from##_u, wide_u,                                \
           simd_##to##_extend_high_##from##_u(a)                               \
               .wide_u *simd_##to##_extend_high_##from##_u(b)                  \
               .wide_u)

SIMD_EXTEND(i16x8, i8x16, i16x8, u16x8, i8x16, u8x16, SIMD_LOW8, SIMD_HIGH8)
SIMD_EXTEND(i32x4, i16x8, i32x4, u32x4, i16x8, u16x8, SIMD_LOW4, SIMD_HIGH4)
SIMD_EXTEND(i64x2, i32x4, i64x2, u64x2, i32x4, u32x4, SIMD_LOW2, SIMD_HIGH2)

/* Neighbours added: the upper one is shifted down, the lower one up and
 * down again. */
SIMD_1(i16x8_extadd_pairwise_i8x16_s, i16x8,
       (a.i16x8 >> (int16_t)8) +
           ((simd_i16x8)(a.u16x8 << (uint16_t)8) >> (int16_t)8))
SIMD_1(i16x8_extadd_pairwise_i8x16_u, u16x8,
       (a.u16x8 >> (uint16_t)8) + (a.u16x8 & 0xff))
SIMD_1(i32x4_extadd_pairwise_i16x8_s, i32x4,
       (a.i32x4 >> 16) + ((simd_i32x4)(a.u32x4 << 16) >> 16))
SIMD_1(i32x4_extadd_pairwise_i16x8_u, u32x4,
       (a.u32x4 >> 16) + (a.u32x4 & 0xffff))

static inline rt_v128 simd_i16x8_q15mulr_sat_s(rt_v128 a, rt_v128 b)
{
#if defined(__SSSE3__)
    __m128i product = _mm_mulhrs_epi16(a.m, b.m);
    __m128i wrapped = _mm_cmpeq_epi16(product, _mm_set1_epi16(INT16_MIN));
    return (rt_v128){.m = _mm_xor_si128(product, wrapped)};
#else
    rt_v128 out;
    for (int i = 0; i < 8; i++) {
        int32_t product = (a.i16x8[i] * b.i16x8[i] + 0x4000) >> 15;
        out.i16x8[i] = (int16_t)(product > INT16_MAX ? INT16_MAX : product);
    }
    return out;
#endif
}

/* Floats. */
#define SIMD_FLOAT(shape, bits, count, sign, SQRT)                          \
    SIMD_1(shape##_abs, bits, a.bits & ~(sign))                             \
    SIMD_1(shape##_neg, bits, a.bits ^ (sign))                              \
    SIMD_2(shape##_add, shape, a.shape + b.shape)                           \
    SIMD_2(shape##_sub, shape, a.shape - b.shape)                           \
    SIMD_2(shape##_mul, shape, a.shape *b.shape)                            \
    SIMD_2(shape##_div, shape, a.shape / b.shape)                           \
    SIMD_LANES_1(shape##_sqrt_lanes, shape, shape, count,                   \
                 __typeof__(a.shape[0]), SQRT(x))                           \
    /* Neither less nor greater: both zero, equal, or a NaN. */             \
    static inline rt_v128 simd_##shape##_least(                             \
        rt_v128 a, rt_v128 b, simd_##bits a_wins, simd_##bits b_wins,       \
        simd_##bits both)                                                   \
    {                                                                       \
        simd_##bits equal = (simd_##bits)(a.shape == b.shape);              \
        rt_v128 nan = {.shape = a.shape + b.shape};                         \
        return (rt_v128){.bits = (a.bits & a_wins) | (b.bits & b_wins) |    \
                                 (both & equal) |                           \
                                 (nan.bits & ~(a_wins | b_wins | equal))};  \
    }                                                                       \
    static inline rt_v128 simd_##shape##_min(rt_v128 a, rt_v128 b)          \
    {                                                                       \
        return simd_##shape##_least(a, b, (simd_##bits)(a.shape < b.shape), \
                                    (simd_##bits)(b.shape < a.shape),       \
                                    a.bits | b.bits);                       \
    }                                                                       \
    static inline rt_v128 simd_##shape##_max(rt_v128 a, rt_v128 b)          \
    {                                                                       \
        return simd_##shape##_least(a, b, (simd_##bits)(a.shape > b.shape), \
                                    (simd_##bits)(b.shape > a.shape),       \
                                    a.bits & b.bits);                       \
    }                                                                       \
    static inline rt_v128 simd_##shape##_pmin(rt_v128 a, rt_v128 b)         \
    {                                                                       \
        simd_##bits second = (simd_##bits)(b.shape < a.shape);              \
        return (rt_v128){.bits = (b.bits & second) | (a.bits & ~second)};   \
    }                                                                       \
    static inline rt_v128 simd_##shape##_pmax(rt_v128 a, rt_v128 b)         \
    {                                                                       \
        simd_##bits second = (simd_##bits)(a.shape < b.shape);              \
        return (rt_v128){.bits = (b.bits & second) | (a.bits & ~second)};   \
    }

SIMD_FLOAT(f32x4, u32x4, 4, 0x80000000u, num_f32_sqrt)
SIMD_FLOAT(f64x2, u64x2, 2, 0x8000000000000000u, num_f64_sqrt)

#if defined(__SSE2__)
SIMD_1(f32x4_sqrt, ms, _mm_sqrt_ps(a.ms))
SIMD_1(f64x2_sqrt, md, _mm_sqrt_pd(a.md))
#else
SIMD_1(f32x4_sqrt, f32x4, simd_f32x4_sqrt_lanes(a).f32x4)
SIMD_1(f64x2_sqrt, f64x2, simd_f64x2_sqrt_lanes(a).f64x2)
#endif

#if defined(__SSE4_1__)
#define SIMD_ROUND(name, how)                         \
    SIMD_1(f32x4_##name, ms, _mm_round_ps(a.ms, how)) \
    SIMD_1(f64x2_##name, md, _mm_round_pd(a.md, how))
SIMD_ROUND(ceil, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC)
SIMD_ROUND(floor, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)
SIMD_ROUND(trunc, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)
SIMD_ROUND(nearest, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#elif NUM_ROUNDS
#define SIMD_ROUND(name)                                                  \
    SIMD_LANES_1(f32x4_##name, f32x4, f32x4, 4, float, num_f32_##name(x)) \
    SIMD_LANES_1(f64x2_##name, f64x2, f64x2, 2, double, num_f64_##name(x))
SIMD_ROUND(ceil)
SIMD_ROUND(floor)
SIMD_ROUND(trunc)
SIMD_ROUND(nearest)
#else
/* As the scalar forms: adding and taking away `whole` rounds; values from
 * `whole` on stay, and NaNs become quiet. */
#define SIMD_ROUND(shape, bits, F, sign, quiet, whole, one)                    \
    static inline rt_v128 simd_##shape##_signed(rt_v128 a, rt_v128 b)          \
    {                                                                          \
        return (rt_v128){.bits = (a.bits & ~(sign)) | (b.bits & (sign))};      \
    }                                                                          \
    static inline rt_v128 simd_##shape##_nearest(rt_v128 a)                    \
    {                                                                          \
        rt_v128 size = {.bits = a.bits & ~(sign)};                             \
        simd_##bits small = (simd_##bits)(size.shape < (whole));               \
        rt_v128 near = {.shape = size.shape + (whole) - (whole)};              \
        simd_##bits nan = (simd_##bits)(size.shape != size.shape);             \
        rt_v128 out = {.bits = (near.bits & small) | (size.bits & ~small) |    \
                               (nan & (quiet))};                               \
        return simd_##shape##_signed(out, a);                                  \
    }                                                                          \
    static inline rt_v128 simd_##shape##_step(rt_v128 near, rt_v128 a,         \
                                              simd_##bits when, F step)        \
    {                                                                          \
        simd_##shape zero = {0};                                               \
        rt_v128 by = {.shape = zero + step};                                   \
        by.bits &= when;                                                       \
        near.shape += by.shape;                                                \
        return simd_##shape##_signed(near, a);                                 \
    }                                                                          \
    static inline rt_v128 simd_##shape##_ceil(rt_v128 a)                       \
    {                                                                          \
        rt_v128 near = simd_##shape##_nearest(a);                              \
        return simd_##shape##_step(near, a,                                    \
                                   (simd_##bits)(near.shape < a.shape), one);  \
    }                                                                          \
    static inline rt_v128 simd_##shape##_floor(rt_v128 a)                      \
    {                                                                          \
        rt_v128 near = simd_##shape##_nearest(a);                              \
        return simd_##shape##_step(near, a,                                    \
                                   (simd_##bits)(near.shape > a.shape), -one); \
    }                                                                          \
    static inline rt_v128 simd_##shape##_trunc(rt_v128 a)                      \
    {                                                                          \
        rt_v128 size = {.bits = a.bits & ~(sign)};                             \
        rt_v128 near = simd_##shape##_nearest(size);                           \
        return simd_##shape##_step(                                            \
            near, a, (simd_##bits)(near.shape > size.shape), -one);            \
    }
SIMD_ROUND(f32x4, u32x4, float, 0x80000000u, 0x400000u, 0x1p23f, 1.0f)
SIMD_ROUND(f64x2, u64x2, double, 0x8000000000000000u, 0x8000000000000u, 0x1p52,
           1.0)
#endif

/* Conversions. */
#if defined(__SSE2__)
static inline rt_v128 simd_i32x4_trunc_sat_f32x4_s(rt_v128 a)
{
    /* The machine gives 0x80000000 for what does not fit. */
    rt_v128 out = {.m = _mm_cvttps_epi32(a.ms)};
    out.i32x4 ^= (simd_i32x4)(a.f32x4 >= 0x1p31f);
    out.i32x4 &= (simd_i32x4)(a.f32x4 == a.f32x4);
    return out;
}
#else
SIMD_LANES_1(i32x4_trunc_sat_f32x4_s, i32x4, f32x4, 4, float,
             num_i32_trunc_sat_f32_s(x))
#endif
SIMD_LANES_1(i32x4_trunc_sat_f32x4_u, u32x4, f32x4, 4, float,
             num_i32_trunc_sat_f32_u(x))
SIMD_1(i32x4_trunc_sat_f64x2_s_zero, i32x4,
       ((simd_i32x4){num_i32_trunc_sat_f64_s(a.f64x2[0]),
                     num_i32_trunc_sat_f64_s(a.f64x2[1]), 0, 0}))
SIMD_1(i32x4_trunc_sat_f64x2_u_zero, u32x4,
       ((simd_u32x4){num_i32_trunc_sat_f64_u(a.f64x2[0]),
                     num_i32_trunc_sat_f64_u(a.f64x2[1]), 0, 0}))
SIMD_1(f32x4_convert_i32x4_s, f32x4, SIMD_WIDEN(a.i32x4, f32x4))
SIMD_1(f32x4_convert_i32x4_u, f32x4, SIMD_WIDEN(a.u32x4, f32x4))
SIMD_1(f64x2_convert_low_i32x4_s, f64x2, ((simd_f64x2){a.i32x4[0], a.i32x4[1]}))
SIMD_1(f64x2_convert_low_i32x4_u, f64x2, ((simd_f64x2){a.u32x4[0], a.u32x4[1]}))
SIMD_1(f32x4_demote_f64x2_zero, f32x4,
       ((simd_f32x4){(float)a.f64x2[0], (float)a.f64x2[1], 0, 0}))
SIMD_1(f64x2_promote_low_f32x4, f64x2, ((simd_f64x2){a.f32x4[0], a.f32x4[1]}))

/* Relaxed: the strict twin. Products and sums are rounded separately (two
 * functions, since compilers may fuse within an expression). */
SIMD_2(i8x16_relaxed_swizzle, u8x16, simd_i8x16_swizzle(a, b).u8x16)
SIMD_1(i32x4_relaxed_trunc_f32x4_s, i32x4,
       simd_i32x4_trunc_sat_f32x4_s(a).i32x4)
SIMD_1(i32x4_relaxed_trunc_f32x4_u, i32x4,
       simd_i32x4_trunc_sat_f32x4_u(a).i32x4)
SIMD_1(i32x4_relaxed_trunc_f64x2_s_zero, i32x4,
       simd_i32x4_trunc_sat_f64x2_s_zero(a).i32x4)
SIMD_1(i32x4_relaxed_trunc_f64x2_u_zero, i32x4,
       simd_i32x4_trunc_sat_f64x2_u_zero(a).i32x4)
SIMD_3(f32x4_relaxed_madd, f32x4, simd_f32x4_add(simd_f32x4_mul(a, b), c).f32x4)
SIMD_3(f32x4_relaxed_nmadd, f32x4,
       simd_f32x4_sub(c, simd_f32x4_mul(a, b)).f32x4)
SIMD_3(f64x2_relaxed_madd, f64x2, simd_f64x2_add(simd_f64x2_mul(a, b), c).f64x2)
SIMD_3(f64x2_relaxed_nmadd, f64x2,
       simd_f64x2_sub(c, simd_f64x2_mul(a, b)).f64x2)
SIMD_3(i8x16_relaxed_laneselect, u64x2, simd_v128_bitselect(a, b, c).u64x2)
SIMD_3(i16x8_relaxed_laneselect, u64x2, simd_v128_bitselect(a, b, c).u64x2)
SIMD_3(i32x4_relaxed_laneselect, u64x2, simd_v128_bitselect(a, b, c).u64x2)
SIMD_3(i64x2_relaxed_laneselect, u64x2, simd_v128_bitselect(a, b, c).u64x2)
SIMD_2(f32x4_relaxed_min, f32x4, simd_f32x4_min(a, b).f32x4)
SIMD_2(f32x4_relaxed_max, f32x4, simd_f32x4_max(a, b).f32x4)
SIMD_2(f64x2_relaxed_min, f64x2, simd_f64x2_min(a, b).f64x2)
SIMD_2(f64x2_relaxed_max, f64x2, simd_f64x2_max(a, b).f64x2)
SIMD_2(i16x8_relaxed_q15mulr_s, i16x8, simd_i16x8_q15mulr_sat_s(a, b).i16x8)

/* Signed times signed, sums wrap to 16 bits. */
static inline rt_v128 simd_i16x8_relaxed_dot_i8x16_i7x16_s(rt_v128 a, rt_v128 b)
{
    simd_u16x8 odd = (simd_u16x8)(a.i16x8 >> (int16_t)8) *
                     (simd_u16x8)(b.i16x8 >> (int16_t)8);
    rt_v128 x = {.u16x8 = a.u16x8 << (uint16_t)8};
    rt_v128 y = {.u16x8 = b.u16x8 << (uint16_t)8};
    simd_u16x8 even = (simd_u16x8)(x.i16x8 >> (int16_t)8) *
                      (simd_u16x8)(y.i16x8 >> (int16_t)8);
    return (rt_v128){.u16x8 = odd + even};
}

static inline rt_v128
simd_i32x4_relaxed_dot_i8x16_i7x16_add_s(rt_v128 a, rt_v128 b, rt_v128 c)
{
    rt_v128 dot = simd_i16x8_relaxed_dot_i8x16_i7x16_s(a, b);
    rt_v128 sum = simd_i32x4_extadd_pairwise_i16x8_s(dot);
    return (rt_v128){.u32x4 = sum.u32x4 + c.u32x4};
}

/* Memory. */
#define SIMD_LOAD_EXTEND(name, half, to)                   \
    static inline rt_v128 simd_v128_##name(const void *at) \
    {                                                      \
        simd_##half v;                                     \
        memcpy(&v, at, sizeof v);                          \
        return (rt_v128){.to = SIMD_WIDEN(v, to)};         \
    }
SIMD_LOAD_EXTEND(load8x8_s, i8x8, i16x8)
SIMD_LOAD_EXTEND(load8x8_u, u8x8, u16x8)
SIMD_LOAD_EXTEND(load16x4_s, i16x4, i32x4)
SIMD_LOAD_EXTEND(load16x4_u, u16x4, u32x4)
SIMD_LOAD_EXTEND(load32x2_s, i32x2, i64x2)
SIMD_LOAD_EXTEND(load32x2_u, u32x2, u64x2)

#define SIMD_LOAD_STORE(bits, shape, member, T)                          \
    static inline rt_v128 simd_v128_load##bits##_splat(const void *at)   \
    {                                                                    \
        T x;                                                             \
        memcpy(&x, at, sizeof x);                                        \
        return simd_##shape##_splat(x);                                  \
    }                                                                    \
    static inline rt_v128 simd_v128_load##bits##_lane(                   \
        const void *at, rt_v128 v, unsigned lane)                        \
    {                                                                    \
        T x;                                                             \
        memcpy(&x, at, sizeof x);                                        \
        v.member[lane] = x;                                              \
        return v;                                                        \
    }                                                                    \
    static inline void simd_v128_store##bits##_lane(void *at, rt_v128 v, \
                                                    unsigned lane)       \
    {                                                                    \
        T x = v.member[lane];                                            \
        memcpy(at, &x, sizeof x);                                        \
    }
SIMD_LOAD_STORE(8, i8x16, u8x16, uint8_t)
SIMD_LOAD_STORE(16, i16x8, u16x8, uint16_t)
SIMD_LOAD_STORE(32, i32x4, u32x4, uint32_t)
SIMD_LOAD_STORE(64, i64x2, u64x2, uint64_t)

static inline rt_v128 simd_v128_load32_zero(const void *at)
{
    uint32_t x;
    memcpy(&x, at, sizeof x);
    return (rt_v128){.u32x4 = {x, 0, 0, 0}};
}

static inline rt_v128 simd_v128_load64_zero(const void *at)
{
    uint64_t x;
    memcpy(&x, at, sizeof x);
    return (rt_v128){.u64x2 = {x, 0}};
}

#endif
