/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Floats: zeroes of both signs, infinities, numbers that are none. */
#define TOPIC contract_floats
#include "../host.h"

#include <math.h>

GIVE(echo_f32, float, float x)
{
    *result = x;
    return WHIT_OK;
}

GIVE(echo_f64, double, double x)
{
    *result = x;
    return WHIT_OK;
}

GIVE(middle, double, float a, double b)
{
    *result = ((double)a + b) / 2;
    return WHIT_OK;
}

static void test(void)
{
    static const float small[] = {0,      -0.0f,    1.5f,     -3.4e38f,
                                  1e-45f, INFINITY, -INFINITY};
    static const double large[] = {0,      -0.0,     0.1,      1.7e308,
                                   5e-324, INFINITY, -INFINITY};
    float f;
    double d;
    for (size_t i = 0; i < COUNT(small); i++) {
        OK(API(echo_f32)(W, small[i], &f, E));
        CHECK(!memcmp(&f, &small[i], sizeof f));
    }
    for (size_t i = 0; i < COUNT(large); i++) {
        OK(API(echo_f64)(W, large[i], &d, E));
        CHECK(!memcmp(&d, &large[i], sizeof d));
    }
    OK(API(echo_f32)(W, NAN, &f, E));
    CHECK(isnan(f));
    OK(API(echo_f64)(W, (double)NAN, &d, E));
    CHECK(isnan(d));
    OK(API(middle)(W, 1.0f, 2.0, &d, E));
    CHECK(d == 1.5);
    OK(API(middle)(W, 0.1f, 0.3, &d, E));
    CHECK(d == ((double)0.1f + 0.3) / 2);
}

static const struct guest_imports given = {
    .GIVEN = {echo_f32, echo_f64, middle}};

HOST(given, test)
