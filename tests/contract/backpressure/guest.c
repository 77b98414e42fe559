/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls that have to wait before they start. */
#include "contract.h"

#define I(name) contract_backpressure_api_##name
#define E(name) exports_contract_backpressure_api_##name

static uint32_t started;

void E(hold)(bool on)
{
    if (on)
        guest_backpressure_inc();
    else
        guest_backpressure_dec();
}

guest_callback_code_t E(work)(uint32_t x)
{
    started++;
    E(work_return)(2 * x);
    return GUEST_CALLBACK_CODE_EXIT;
}

uint32_t E(started)(void)
{
    return started;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    uint32_t result = 0;
    I(hold)(true);
    guest_subtask_status_t call = I(work)(21, &result);
    EXPECT(GUEST_SUBTASK_STATE(call) < GUEST_SUBTASK_RETURNED);
    I(hold)(false);
    EXPECT(guest_subtask_await(call) == GUEST_SUBTASK_RETURNED);
    EXPECT(result == 42);
    EXPECT(I(work_blocking)(1) == 2);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
