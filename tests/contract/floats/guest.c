/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Numbers with fractions. */
#include "contract.h"

#define I(name) contract_floats_api_##name
#define E(name) exports_contract_floats_api_##name

float E(echo_f32)(float x)
{
    return x;
}

double E(echo_f64)(double x)
{
    return x;
}

double E(middle)(float a, double b)
{
    return (a + b) / 2;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    double infinite = __builtin_inf();
    EXPECT(I(echo_f32)(1.25f) == 1.25f);
    EXPECT(I(echo_f32)(-0.0f) == 0 && __builtin_signbit(I(echo_f32)(-0.0f)));
    EXPECT(I(echo_f32)(__builtin_inff()) == __builtin_inff());
    EXPECT(__builtin_isnan(I(echo_f32)(__builtin_nanf(""))));
    EXPECT(I(echo_f64)(-0.1) == -0.1);
    EXPECT(I(echo_f64)(-infinite) == -infinite);
    EXPECT(I(echo_f64)(5e-324) == 5e-324);
    EXPECT(__builtin_isnan(I(echo_f64)(__builtin_nan(""))));
    EXPECT(I(middle)(1.5f, 2.25) == 1.875);
    return 0;
}
