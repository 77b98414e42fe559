/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sets of names. */
#include "contract.h"

#define I(name) contract_flag_sets_api_##name
#define E(name) exports_contract_flag_sets_api_##name

E(small_t) E(invert_small)(E(small_t) x)
{
    return x ^ 7;
}

E(middle_t) E(invert_middle)(E(middle_t) x)
{
    return x ^ 0x3ff;
}

E(large_t) E(invert_large)(E(large_t) x)
{
    return ~x;
}

E(small_t) E(both)(E(small_t) a, E(small_t) b)
{
    return a & b;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(I(invert_small)(CONTRACT_FLAG_SETS_API_SMALL_A) ==
           (CONTRACT_FLAG_SETS_API_SMALL_B | CONTRACT_FLAG_SETS_API_SMALL_C));
    EXPECT(I(invert_middle)(CONTRACT_FLAG_SETS_API_MIDDLE_A9) == 0x1ff);
    EXPECT(I(invert_large)(CONTRACT_FLAG_SETS_API_LARGE_A31) == 0x7fffffff);
    EXPECT(I(invert_large)(0) == UINT32_MAX);
    EXPECT(I(both)(3, 6) == CONTRACT_FLAG_SETS_API_SMALL_B);
    return 0;
}
