/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * runtime/numeric.h against the C library and the specification's corners. */
#include "../test.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "runtime/numeric.h"

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint64_t random_bits(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static bool same_f32(float a, float b)
{
    if (a != a || b != b)
        return a != a && b != b;
    return num_i32_reinterpret_f32(a) == num_i32_reinterpret_f32(b);
}

static bool same_f64(double a, double b)
{
    if (a != a || b != b)
        return a != a && b != b;
    return num_i64_reinterpret_f64(a) == num_i64_reinterpret_f64(b);
}

static void check_rounding_f32(float x)
{
    CHECK(same_f32(num_f32_ceil(x), ceilf(x)));
    CHECK(same_f32(num_f32_floor(x), floorf(x)));
    CHECK(same_f32(num_f32_trunc(x), truncf(x)));
    CHECK(same_f32(num_f32_nearest(x), rintf(x)));
    CHECK(same_f32(num_f32_sqrt(x), sqrtf(x)));
}

static void check_rounding_f64(double x)
{
    CHECK(same_f64(num_f64_ceil(x), ceil(x)));
    CHECK(same_f64(num_f64_floor(x), floor(x)));
    CHECK(same_f64(num_f64_trunc(x), trunc(x)));
    CHECK(same_f64(num_f64_nearest(x), rint(x)));
    CHECK(same_f64(num_f64_sqrt(x), sqrt(x)));
}

TEST(rounding_is_that_of_the_c_library)
{
    static const double corners[] = {0.0,
                                     0.5,
                                     0.49999999999999994,
                                     1.0,
                                     1.5,
                                     2.5,
                                     3.5,
                                     1e10,
                                     8388607.5,
                                     8388608.0,
                                     8388609.0,
                                     4503599627370495.5,
                                     4503599627370496.0,
                                     0x1p53,
                                     1e308,
                                     INFINITY,
                                     NAN,
                                     5e-324};
    for (size_t i = 0; i < sizeof corners / sizeof *corners; i++) {
        check_rounding_f64(corners[i]);
        check_rounding_f64(-corners[i]);
        check_rounding_f32((float)corners[i]);
        check_rounding_f32(-(float)corners[i]);
    }
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = random_bits();
        check_rounding_f32(num_f32_reinterpret_i32((uint32_t)bits));
        check_rounding_f64(num_f64_reinterpret_i64(bits));
        check_rounding_f64((double)(int64_t)(bits >> 12) / 2);
        check_rounding_f32((float)(int32_t)(bits >> 38) / 4);
    }
}

TEST(rounding_makes_nans_quiet)
{
    uint32_t f32 = 0x7fa00000;
    uint64_t f64 = 0x7ff4000000000000;
    float (*ops32[])(float) = {num_f32_ceil, num_f32_floor, num_f32_trunc,
                               num_f32_nearest, num_f32_sqrt};
    double (*ops64[])(double) = {num_f64_ceil, num_f64_floor, num_f64_trunc,
                                 num_f64_nearest, num_f64_sqrt};
    for (int i = 0; i < 5; i++) {
        float a = ops32[i](num_f32_reinterpret_i32(f32));
        double b = ops64[i](num_f64_reinterpret_i64(f64));
        CHECK(num_i32_reinterpret_f32(a) & 0x400000);
        CHECK(num_i64_reinterpret_f64(b) & 0x8000000000000);
    }
}

TEST(sign_operations_keep_nans)
{
    float snan = num_f32_reinterpret_i32(0x7fa00001);
    CHECK_INT(num_i32_reinterpret_f32(num_f32_neg(snan)), 0xffa00001);
    CHECK_INT(num_i32_reinterpret_f32(num_f32_abs(num_f32_neg(snan))),
              0x7fa00001);
    CHECK_INT(num_i32_reinterpret_f32(num_f32_copysign(snan, -0.0f)),
              0xffa00001);
    double dnan = num_f64_reinterpret_i64(0x7ff0000000000001);
    CHECK_INT(num_i64_reinterpret_f64(num_f64_neg(dnan)),
              (int64_t)0xfff0000000000001);
}

TEST(min_and_max_know_zeroes_and_nans)
{
    CHECK(same_f32(num_f32_min(0.0f, -0.0f), -0.0f));
    CHECK(same_f32(num_f32_min(-0.0f, 0.0f), -0.0f));
    CHECK(same_f32(num_f32_max(-0.0f, 0.0f), 0.0f));
    CHECK(same_f64(num_f64_max(0.0, -0.0), 0.0));
    CHECK(same_f64(num_f64_min(1.0, 2.0), 1.0));
    CHECK(same_f64(num_f64_max(1.0, 2.0), 2.0));
    CHECK(isnan(num_f64_min(NAN, 1.0)) && isnan(num_f64_max(1.0, NAN)));
    float snan = num_f32_reinterpret_i32(0x7fa00000);
    CHECK(num_i32_reinterpret_f32(num_f32_min(snan, 1.0f)) & 0x400000);
}

TEST(division_traps)
{
    int32_t i = 7;
    int64_t l = 7;
    CHECK_INT(num_i32_div_s(INT32_MIN, -1, &i), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i64_div_s(INT64_MIN, -1, &l), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i32_div_s(1, 0, &i), RT_TRAP_DIVIDE_BY_ZERO);
    CHECK_INT(num_i64_rem_s(1, 0, &l), RT_TRAP_DIVIDE_BY_ZERO);
    CHECK_INT(i + l, 14);
    CHECK_INT(num_i32_rem_s(INT32_MIN, -1, &i), RT_TRAP_NONE);
    CHECK_INT(num_i64_rem_s(INT64_MIN, -1, &l), RT_TRAP_NONE);
    CHECK_INT(i + l, 0);
    uint32_t u;
    CHECK_INT(num_i32_div_u(UINT32_MAX, 2, &u), RT_TRAP_NONE);
    CHECK_INT(u, INT32_MAX);
    CHECK_INT(num_i32_rem_u(5, 0, &u), RT_TRAP_DIVIDE_BY_ZERO);
}

TEST(bits_are_counted_and_turned)
{
    CHECK_INT(num_i32_clz(0), 32);
    CHECK_INT(num_i32_ctz(0), 32);
    CHECK_INT(num_i64_clz(1), 63);
    CHECK_INT(num_i64_ctz(0), 64);
    CHECK_INT(num_i32_rotl(0x80000001, 0), (int64_t)0x80000001);
    CHECK_INT(num_i32_rotl(0x80000001, 33), 3);
    CHECK_INT(num_i64_rotr(1, 65), INT64_MIN);
    CHECK_INT(num_i32_shl(1, 32), 1);
    CHECK_INT(num_i32_shr_s(INT32_MIN, 31), -1);
    CHECK_INT(num_i64_extend8_s(0x80), -128);
    for (int i = 0; i < 1000; i++) {
        uint64_t x = random_bits() & random_bits();
        CHECK_INT(num_i64_popcnt(x), __builtin_popcountll(x));
        CHECK_INT(num_i32_popcnt((uint32_t)x), __builtin_popcount((uint32_t)x));
    }
}

TEST(truncation_traps_at_its_borders)
{
    int32_t i;
    uint32_t u;
    int64_t l;
    uint64_t v;
    CHECK_INT(num_i32_trunc_f64_s(-2147483648.9, &i), RT_TRAP_NONE);
    CHECK_INT(i, INT32_MIN);
    CHECK_INT(num_i32_trunc_f64_s(-2147483649.0, &i), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i32_trunc_f64_s(2147483647.9, &i), RT_TRAP_NONE);
    CHECK_INT(num_i32_trunc_f32_s(2147483648.0f, &i), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i32_trunc_f32_s(-2147483648.0f, &i), RT_TRAP_NONE);
    CHECK_INT(num_i32_trunc_f64_u(4294967295.9, &u), RT_TRAP_NONE);
    CHECK_INT(u, UINT32_MAX);
    CHECK_INT(num_i32_trunc_f64_u(-0.9, &u), RT_TRAP_NONE);
    CHECK_INT(num_i32_trunc_f64_u(-1.0, &u), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i64_trunc_f64_s(-0x1p63, &l), RT_TRAP_NONE);
    CHECK_INT(num_i64_trunc_f64_s(0x1p63, &l), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i64_trunc_f32_u(0x1p64f, &v), RT_TRAP_INTEGER_OVERFLOW);
    CHECK_INT(num_i64_trunc_f64_u(NAN, &v), RT_TRAP_INVALID_CONVERSION);
    CHECK_INT(num_i32_trunc_sat_f32_s(NAN), 0);
    CHECK_INT(num_i32_trunc_sat_f32_s(INFINITY), INT32_MAX);
    CHECK_INT(num_i32_trunc_sat_f64_s(-1e300), INT32_MIN);
    CHECK_INT(num_i64_trunc_sat_f64_u(-5.0), 0);
    CHECK(num_i64_trunc_sat_f64_u(1e300) == UINT64_MAX);
}

TEST_MAIN(RUN(rounding_is_that_of_the_c_library) RUN(rounding_makes_nans_quiet)
              RUN(sign_operations_keep_nans)
                  RUN(min_and_max_know_zeroes_and_nans) RUN(division_traps)
                      RUN(bits_are_counted_and_turned)
                          RUN(truncation_traps_at_its_borders))
