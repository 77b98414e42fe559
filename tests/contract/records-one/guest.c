/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Records that travel as one core value. */
#include "contract.h"

#define I(name) contract_records_one_api_##name
#define E(name) exports_contract_records_one_api_##name

void E(double)(E(meters_t) * x, E(meters_t) * ret)
{
    ret->value = 2 * x->value;
}

void E(echo)(E(wrapped_t) * x, E(wrapped_t) * ret)
{
    *ret = *x;
}

void E(toggle)(E(flag_t) * x, E(flag_t) * ret)
{
    ret->on = !x->on;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    I(meters_t) length;
    I(double)(&(I(meters_t)){1.25}, &length);
    EXPECT(length.value == 2.5);
    I(wrapped_t) out;
    I(echo)(&(I(wrapped_t)){{-7.5}}, &out);
    EXPECT(out.inner.value == -7.5);
    I(flag_t) flag;
    I(toggle)(&(I(flag_t)){true}, &flag);
    EXPECT(!flag.on);
    return 0;
}
