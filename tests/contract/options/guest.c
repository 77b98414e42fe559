/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values that may be absent. */
#include "contract.h"

#define I(name) contract_options_api_##name
#define E(name) exports_contract_options_api_##name

bool E(next)(uint8_t *maybe_x, uint8_t *ret)
{
    if (!maybe_x || *maybe_x == 255)
        return false;
    *ret = *maybe_x + 1;
    return true;
}

bool E(echo)(guest_string_t *maybe_x, guest_string_t *ret)
{
    if (maybe_x)
        *ret = *maybe_x;
    return maybe_x != NULL;
}

bool E(echo_f32)(float *maybe_x, float *ret)
{
    if (maybe_x)
        *ret = *maybe_x;
    return maybe_x != NULL;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint8_t number = 41, next = 0;
    EXPECT(I(next)(&number, &next) && next == 42);
    number = 255;
    EXPECT(!I(next)(&number, &next));
    EXPECT(!I(next)(NULL, &next));
    guest_string_t s;
    EXPECT(I(echo)(TEXT("text"), &s) && IS(s, "text"));
    guest_string_free(&s);
    EXPECT(I(echo)(TEXT(""), &s) && s.len == 0);
    EXPECT(!I(echo)(NULL, &s));
    float half = 0.5f, out = 0;
    EXPECT(I(echo_f32)(&half, &out) && out == 0.5f);
    EXPECT(!I(echo_f32)(NULL, &out));
    return 0;
}
