/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls without arguments and results. */
#include "contract.h"

#define I(name) contract_empty_api_##name
#define E(name) exports_contract_empty_api_##name

static uint32_t count;

void E(poke)(void)
{
    count++;
}

uint32_t E(pokes)(void)
{
    return count;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t before = I(pokes)();
    I(poke)();
    I(poke)();
    EXPECT(I(pokes)() == before + 2);
    return 0;
}
