/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A package with a version. */
#include "contract.h"

#define I(name) contract_versions_api_##name
#define E(name) exports_contract_versions_api_##name

uint32_t E(version)(void)
{
    return 10203;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(I(version)() == 10203);
    return 0;
}
