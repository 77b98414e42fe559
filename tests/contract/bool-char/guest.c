/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Truth values and characters. */
#include "contract.h"

#define I(name) contract_bool_char_api_##name
#define E(name) exports_contract_bool_char_api_##name

bool E(negate)(bool x)
{
    return !x;
}

uint32_t E(echo)(uint32_t x)
{
    return x;
}

uint32_t E(next)(uint32_t x)
{
    return x == 0xd7ff ? 0xe000 : x == 0x10ffff ? 0 : x + 1;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(I(negate)(true) == false);
    EXPECT(I(negate)(false) == true);
    EXPECT(I(echo)('a') == 'a');
    EXPECT(I(echo)(0) == 0);
    EXPECT(I(echo)(0x10ffff) == 0x10ffff);
    EXPECT(I(next)(0xd7ff) == 0xe000);
    EXPECT(I(next)(0x10ffff) == 0);
    EXPECT(I(next)(0xe9) == 0xea);
    return 0;
}
