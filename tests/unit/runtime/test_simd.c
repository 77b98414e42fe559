/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * runtime/simd.h against what the specification says lane by lane. */
#include "../test.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "runtime/simd.h"

enum { ROUNDS = 2000 };

static uint64_t state = 0x2545f4914f6cdd1du;

static uint64_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Integer corners are frequent, so that saturation and wrapping happen. */
static rt_v128 random_vector(void)
{
    static const uint64_t corners[] = {0,
                                       UINT64_MAX,
                                       0x8080808080808080,
                                       0x7f7f7f7f7f7f7f7f,
                                       0x8000800080008000,
                                       0x7fff7fff7fff7fff,
                                       0x8000000080000000,
                                       0x7fffffff7fffffff,
                                       0x8000000000000000,
                                       0x7fffffffffffffff};
    rt_v128 v;
    for (int i = 0; i < 2; i++) {
        uint64_t pick = random_bits();
        v.u64x2[i] = pick % 4 == 0 ? corners[pick / 4 % 10] : random_bits();
    }
    return v;
}

static rt_v128 random_floats(bool f64)
{
    static const double corners[] = {
        0.0,       -0.0,  0.5,          -0.5,         1.5,           -2.5,
        1e10,      -1e10, 2147483647.0, 4294967295.0, -2147483649.0, INFINITY,
        -INFINITY, NAN,   8388607.5,    1e300};
    rt_v128 v = random_vector();
    for (int i = 0; i < 4; i++) {
        double corner = corners[random_bits() % 16];
        if (random_bits() % 3 == 0)
            continue;
        if (f64)
            v.f64x2[i & 1] = corner;
        else
            v.f32x4[i] = (float)corner;
    }
    return v;
}

static bool same(rt_v128 a, rt_v128 b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Lanes expected: T the lane's type, x and y operands, in int64_t. */
#define LANES(name, to, from, count, T, expression)       \
    for (int round = 0; round < ROUNDS; round++) {        \
        rt_v128 a = random_vector(), b = random_vector(); \
        rt_v128 got = simd_##name(a, b), want;            \
        for (int i = 0; i < count; i++) {                 \
            int64_t x = (int64_t)a.from[i];               \
            int64_t y = (int64_t)b.from[i];               \
            (void)x;                                      \
            (void)y;                                      \
            want.to[i] = (T)(expression);                 \
        }                                                 \
        CHECK(same(got, want) || !#name);                 \
    }

static int64_t clamp(int64_t x, int64_t least, int64_t most)
{
    return x < least ? least : x > most ? most : x;
}

TEST(saturating_and_averaging){
    LANES(i8x16_add_sat_s, i8x16, i8x16, 16, int8_t, clamp(x + y, -128, 127))
        LANES(i8x16_add_sat_u, u8x16, u8x16, 16, uint8_t,
              clamp(x + y, 0, 255)) LANES(i8x16_sub_sat_s, i8x16, i8x16, 16,
                                          int8_t, clamp(x - y, -128, 127))
            LANES(i8x16_sub_sat_u, u8x16, u8x16, 16, uint8_t,
                  clamp(x - y, 0, 255)) LANES(i16x8_add_sat_s, i16x8, i16x8, 8,
                                              int16_t,
                                              clamp(x + y, -32768, 32767))
                LANES(i16x8_add_sat_u, u16x8, u16x8, 8, uint16_t,
                      clamp(x + y, 0, 65535)) LANES(i16x8_sub_sat_s, i16x8,
                                                    i16x8, 8, int16_t,
                                                    clamp(x - y, -32768, 32767))
                    LANES(i16x8_sub_sat_u, u16x8, u16x8, 8, uint16_t,
                          clamp(x - y, 0, 65535)) LANES(i8x16_avgr_u, u8x16,
                                                        u8x16, 16, uint8_t,
                                                        (x + y + 1) / 2)
                        LANES(i16x8_avgr_u, u16x8, u16x8, 8, uint16_t,
                              (x + y + 1) / 2)
                            LANES(i16x8_q15mulr_sat_s, i16x8, i16x8, 8, int16_t,
                                  clamp((x * y + 0x4000) >> 15, -32768, 32767))}

TEST(comparing_and_picking){
    LANES(i8x16_min_s, i8x16, i8x16, 16, int8_t,
          x < y ? x : y) LANES(i8x16_max_u, u8x16, u8x16, 16, uint8_t,
                               x > y ? x : y) LANES(i16x8_min_u, u16x8, u16x8,
                                                    8, uint16_t, x < y ? x : y)
        LANES(i16x8_max_s, i16x8, i16x8, 8, int16_t, x > y ? x : y)
            LANES(i32x4_min_u, u32x4, u32x4, 4, uint32_t, x < y ? x : y)
                LANES(i32x4_max_s, i32x4, i32x4, 4, int32_t, x > y ? x : y)
                    LANES(i8x16_lt_u, i8x16, u8x16, 16, int8_t, x < y ? -1 : 0)
                        LANES(i16x8_ge_s, i16x8, i16x8, 8, int16_t,
                              x >= y ? -1 : 0) LANES(i32x4_gt_u, i32x4, u32x4,
                                                     4, int32_t, x > y ? -1 : 0)
                            LANES(i64x2_le_s, i64x2, i64x2, 2, int64_t,
                                  x <= y ? -1 : 0)
                                LANES(i64x2_eq, i64x2, i64x2, 2, int64_t,
                                      x == y ? -1 : 0)}

TEST(multiplying)
{
    LANES(i32x4_mul, u32x4, u32x4, 4, uint32_t, (uint64_t)x *(uint64_t)y)
    LANES(i64x2_mul, u64x2, u64x2, 2, uint64_t, (uint64_t)x *(uint64_t)y)
    for (int round = 0; round < ROUNDS; round++) {
        rt_v128 a = random_vector(), b = random_vector();
        rt_v128 low_s = simd_i16x8_extmul_low_i8x16_s(a, b);
        rt_v128 high_u = simd_i32x4_extmul_high_i16x8_u(a, b);
        rt_v128 wide = simd_i64x2_extmul_high_i32x4_s(a, b);
        rt_v128 dot = simd_i32x4_dot_i16x8_s(a, b);
        for (int i = 0; i < 8; i++)
            CHECK_INT(low_s.i16x8[i], a.i8x16[i] * b.i8x16[i]);
        for (int i = 0; i < 4; i++)
            CHECK_INT(high_u.u32x4[i],
                      (uint32_t)a.u16x8[i + 4] * b.u16x8[i + 4]);
        for (int i = 0; i < 2; i++)
            CHECK_INT(wide.i64x2[i], (int64_t)a.i32x4[i + 2] * b.i32x4[i + 2]);
        for (int i = 0; i < 4; i++) {
            int64_t sum = (int64_t)a.i16x8[2 * i] * b.i16x8[2 * i] +
                          (int64_t)a.i16x8[2 * i + 1] * b.i16x8[2 * i + 1];
            CHECK_INT(dot.i32x4[i], (int32_t)(uint32_t)sum);
        }
    }
}

TEST(widening_and_narrowing)
{
    for (int round = 0; round < ROUNDS; round++) {
        rt_v128 a = random_vector(), b = random_vector();
        rt_v128 high_s = simd_i16x8_extend_high_i8x16_s(a);
        rt_v128 low_u = simd_i32x4_extend_low_i16x8_u(a);
        rt_v128 wide_s = simd_i64x2_extend_low_i32x4_s(a);
        rt_v128 pair_s = simd_i16x8_extadd_pairwise_i8x16_s(a);
        rt_v128 pair_u = simd_i32x4_extadd_pairwise_i16x8_u(a);
        rt_v128 narrow_s = simd_i8x16_narrow_i16x8_s(a, b);
        rt_v128 narrow_u = simd_i16x8_narrow_i32x4_u(a, b);
        for (int i = 0; i < 8; i++) {
            CHECK_INT(high_s.i16x8[i], a.i8x16[i + 8]);
            CHECK_INT(pair_s.i16x8[i], a.i8x16[2 * i] + a.i8x16[2 * i + 1]);
            CHECK_INT(narrow_s.i8x16[i], clamp(a.i16x8[i], -128, 127));
            CHECK_INT(narrow_s.i8x16[i + 8], clamp(b.i16x8[i], -128, 127));
        }
        for (int i = 0; i < 4; i++) {
            CHECK_INT(low_u.u32x4[i], a.u16x8[i]);
            CHECK_INT(pair_u.u32x4[i], a.u16x8[2 * i] + a.u16x8[2 * i + 1]);
            CHECK_INT(narrow_u.u16x8[i], clamp(a.i32x4[i], 0, 65535));
            CHECK_INT(narrow_u.u16x8[i + 4], clamp(b.i32x4[i], 0, 65535));
        }
        CHECK_INT(wide_s.i64x2[1], a.i32x4[1]);
    }
}

TEST(shifting)
{
    for (uint32_t count = 0; count < 70; count++) {
        rt_v128 a = random_vector();
        rt_v128 left = simd_i8x16_shl(a, count);
        rt_v128 right_s = simd_i16x8_shr_s(a, count);
        rt_v128 right_u = simd_i8x16_shr_u(a, count);
        rt_v128 wide = simd_i64x2_shr_s(a, count);
        for (int i = 0; i < 16; i++) {
            CHECK_INT(left.u8x16[i], (uint8_t)(a.u8x16[i] << (count & 7)));
            CHECK_INT(right_u.u8x16[i], a.u8x16[i] >> (count & 7));
        }
        for (int i = 0; i < 8; i++)
            CHECK_INT(right_s.i16x8[i], a.i16x8[i] >> (count & 15));
        for (int i = 0; i < 2; i++)
            CHECK_INT(wide.i64x2[i], a.i64x2[i] >> (count & 63));
    }
}

TEST(masks_and_tests)
{
    for (int round = 0; round < ROUNDS; round++) {
        rt_v128 a = random_vector();
        uint32_t m8 = 0, m16 = 0, m32 = 0, m64 = 0, all8 = 1;
        rt_v128 counts = simd_i8x16_popcnt(a), abs8 = simd_i8x16_abs(a);
        for (int i = 0; i < 16; i++) {
            m8 |= (uint32_t)(a.i8x16[i] < 0) << i;
            all8 &= a.i8x16[i] != 0;
            CHECK_INT(counts.u8x16[i], __builtin_popcount(a.u8x16[i]));
            CHECK_INT(abs8.u8x16[i], (uint8_t)abs(a.i8x16[i]));
        }
        for (int i = 0; i < 8; i++)
            m16 |= (uint32_t)(a.i16x8[i] < 0) << i;
        for (int i = 0; i < 4; i++)
            m32 |= (uint32_t)(a.i32x4[i] < 0) << i;
        for (int i = 0; i < 2; i++)
            m64 |= (uint32_t)(a.i64x2[i] < 0) << i;
        CHECK_INT(simd_i8x16_bitmask(a), m8);
        CHECK_INT(simd_i16x8_bitmask(a), m16);
        CHECK_INT(simd_i32x4_bitmask(a), m32);
        CHECK_INT(simd_i64x2_bitmask(a), m64);
        CHECK_INT(simd_i8x16_all_true(a), all8);
        CHECK_INT(simd_v128_any_true(a), (a.u64x2[0] | a.u64x2[1]) != 0);
    }
    CHECK_INT(simd_v128_any_true((rt_v128){.u64x2 = {0, 0}}), 0);
}

TEST(shuffling)
{
    for (int round = 0; round < ROUNDS; round++) {
        rt_v128 a = random_vector(), b = random_vector(), index;
        uint8_t lanes[16];
        for (int i = 0; i < 16; i++) {
            lanes[i] = random_bits() & 31;
            index.u8x16[i] =
                (uint8_t)(random_bits() & 3 ? lanes[i] : random_bits());
        }
        rt_v128 shuffled = simd_i8x16_shuffle(a, b, lanes);
        rt_v128 swizzled = simd_i8x16_swizzle(a, index);
        for (int i = 0; i < 16; i++) {
            CHECK_INT(shuffled.u8x16[i], lanes[i] < 16
                                             ? a.u8x16[lanes[i]]
                                             : b.u8x16[lanes[i] - 16]);
            CHECK_INT(swizzled.u8x16[i],
                      index.u8x16[i] < 16 ? a.u8x16[index.u8x16[i]] : 0);
        }
    }
}

static bool same_f32(float a, float b)
{
    if (a != a && b != b)
        return num_i32_reinterpret_f32(a) & 0x400000;
    return num_i32_reinterpret_f32(a) == num_i32_reinterpret_f32(b);
}

static bool same_f64(double a, double b)
{
    if (a != a && b != b)
        return num_i64_reinterpret_f64(a) & 0x8000000000000;
    return num_i64_reinterpret_f64(a) == num_i64_reinterpret_f64(b);
}

/* Each vector form does what the scalar form does in each lane. */
#define FLOATS_1(name)                                                   \
    for (int round = 0; round < ROUNDS; round++) {                       \
        rt_v128 a = random_floats(false), d = random_floats(true);       \
        rt_v128 got = simd_f32x4_##name(a), wide = simd_f64x2_##name(d); \
        for (int i = 0; i < 4; i++)                                      \
            CHECK(same_f32(got.f32x4[i], num_f32_##name(a.f32x4[i])));   \
        for (int i = 0; i < 2; i++)                                      \
            CHECK(same_f64(wide.f64x2[i], num_f64_##name(d.f64x2[i])));  \
    }
#define FLOATS_2(name)                                               \
    for (int round = 0; round < ROUNDS; round++) {                   \
        rt_v128 a = random_floats(false), b = random_floats(false);  \
        rt_v128 c = random_floats(true), d = random_floats(true);    \
        rt_v128 got = simd_f32x4_##name(a, b);                       \
        rt_v128 wide = simd_f64x2_##name(c, d);                      \
        for (int i = 0; i < 4; i++)                                  \
            CHECK(same_f32(got.f32x4[i],                             \
                           num_f32_##name(a.f32x4[i], b.f32x4[i]))); \
        for (int i = 0; i < 2; i++)                                  \
            CHECK(same_f64(wide.f64x2[i],                            \
                           num_f64_##name(c.f64x2[i], d.f64x2[i]))); \
    }

TEST(floats_are_the_scalar_ones){
    FLOATS_1(ceil) FLOATS_1(floor) FLOATS_1(trunc) FLOATS_1(nearest)
        FLOATS_1(sqrt) FLOATS_2(min) FLOATS_2(max) FLOATS_2(add) FLOATS_2(div)}

TEST(pseudo_minimum_prefers_the_first)
{
    rt_v128 a = {.f64x2 = {NAN, 0.0}}, b = {.f64x2 = {1.0, -0.0}};
    CHECK(isnan(simd_f64x2_pmin(a, b).f64x2[0]));
    CHECK(!signbit(simd_f64x2_pmin(a, b).f64x2[1]));
    CHECK(simd_f64x2_pmax(b, a).f64x2[0] == 1.0);
}

TEST(conversions_are_the_scalar_ones)
{
    for (int round = 0; round < ROUNDS; round++) {
        rt_v128 f = random_floats(false), d = random_floats(true);
        rt_v128 n = random_vector();
        rt_v128 s = simd_i32x4_trunc_sat_f32x4_s(f);
        rt_v128 u = simd_i32x4_trunc_sat_f32x4_u(f);
        rt_v128 ds = simd_i32x4_trunc_sat_f64x2_s_zero(d);
        rt_v128 du = simd_i32x4_trunc_sat_f64x2_u_zero(d);
        rt_v128 cs = simd_f32x4_convert_i32x4_s(n);
        rt_v128 cu = simd_f32x4_convert_i32x4_u(n);
        rt_v128 wide = simd_f64x2_convert_low_i32x4_u(n);
        for (int i = 0; i < 4; i++) {
            CHECK_INT(s.i32x4[i], num_i32_trunc_sat_f32_s(f.f32x4[i]));
            CHECK_INT(u.u32x4[i], num_i32_trunc_sat_f32_u(f.f32x4[i]));
            CHECK(cs.f32x4[i] == (float)n.i32x4[i]);
            CHECK(cu.f32x4[i] == (float)n.u32x4[i]);
        }
        for (int i = 0; i < 2; i++) {
            CHECK_INT(ds.i32x4[i], num_i32_trunc_sat_f64_s(d.f64x2[i]));
            CHECK_INT(du.u32x4[i], num_i32_trunc_sat_f64_u(d.f64x2[i]));
            CHECK_INT(ds.i32x4[i + 2] | du.i32x4[i + 2], 0);
            CHECK(wide.f64x2[i] == (double)n.u32x4[i]);
        }
        CHECK_INT(simd_f32x4_demote_f64x2_zero(d).u64x2[1], 0);
    }
}

TEST(relaxed_dot_products)
{
    for (int round = 0; round < ROUNDS; round++) {
        rt_v128 a = random_vector(), b = random_vector(), c = random_vector();
        b.u8x16 &= 0x7f;
        rt_v128 dot = simd_i16x8_relaxed_dot_i8x16_i7x16_s(a, b);
        rt_v128 sum = simd_i32x4_relaxed_dot_i8x16_i7x16_add_s(a, b, c);
        int32_t want[8];
        for (int i = 0; i < 8; i++) {
            want[i] = a.i8x16[2 * i] * b.i8x16[2 * i] +
                      a.i8x16[2 * i + 1] * b.i8x16[2 * i + 1];
            CHECK_INT(dot.i16x8[i], want[i]);
        }
        for (int i = 0; i < 4; i++)
            CHECK_INT(sum.u32x4[i], (uint32_t)want[2 * i] +
                                        (uint32_t)want[2 * i + 1] + c.u32x4[i]);
    }
}

TEST(memory_forms)
{
    uint8_t bytes[24];
    for (int i = 0; i < 24; i++)
        bytes[i] = (uint8_t)(0xf0 + i * 3);
    rt_v128 v = simd_v128_load8x8_s(bytes + 1);
    CHECK_INT(v.i16x8[0], (int8_t)bytes[1]);
    CHECK_INT(v.i16x8[7], (int8_t)bytes[8]);
    v = simd_v128_load16x4_u(bytes + 1);
    CHECK_INT(v.u32x4[3], bytes[7] | bytes[8] << 8);
    v = simd_v128_load32_splat(bytes + 3);
    CHECK_INT(v.u32x4[0], v.u32x4[3]);
    v = simd_v128_load64_zero(bytes);
    CHECK_INT(v.u64x2[1], 0);
    v = simd_v128_load16_lane(bytes, v, 6);
    CHECK_INT(v.u16x8[6], bytes[0] | bytes[1] << 8);
    simd_v128_store8_lane(bytes + 20, v, 12);
    CHECK_INT(bytes[20], bytes[0]);
}

TEST_MAIN(RUN(saturating_and_averaging) RUN(comparing_and_picking)
              RUN(multiplying) RUN(widening_and_narrowing) RUN(shifting)
                  RUN(masks_and_tests) RUN(shuffling)
                      RUN(floats_are_the_scalar_ones)
                          RUN(pseudo_minimum_prefers_the_first)
                              RUN(conversions_are_the_scalar_ones)
                                  RUN(relaxed_dot_products) RUN(memory_forms))
