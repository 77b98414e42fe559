/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Results without payloads. */
#include "contract.h"

#define I(name) contract_results_empty_api_##name
#define E(name) exports_contract_results_empty_api_##name

bool E(plain)(bool x)
{
    return x;
}

bool E(with_value)(bool x, uint8_t *ret)
{
    *ret = 7;
    return x;
}

bool E(with_error)(bool x, uint8_t *err)
{
    *err = 8;
    return x;
}

bool E(echo)(guest_result_void_void_t *x)
{
    return !x->is_err;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint8_t value = 0;
    EXPECT(I(plain)(true));
    EXPECT(!I(plain)(false));
    EXPECT(I(with_value)(true, &value) && value == 7);
    EXPECT(!I(with_value)(false, &value));
    EXPECT(I(with_error)(true, &value));
    EXPECT(!I(with_error)(false, &value) && value == 8);
    EXPECT(I(echo)(&(guest_result_void_void_t){false}));
    EXPECT(!I(echo)(&(guest_result_void_void_t){true}));
    return 0;
}
