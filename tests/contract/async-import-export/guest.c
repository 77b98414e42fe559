/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls that take their time. */
#include "contract.h"

#define I(name) contract_async_import_export_api_##name
#define E(name) exports_contract_async_import_export_api_##name

guest_callback_code_t E(double)(uint32_t x)
{
    guest_context_set_0((void *)(uintptr_t)x);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(double_callback)(guest_event_t *event)
{
    (void)event;
    E(double_return)(2 * (uint32_t)(uintptr_t)guest_context_get_0());
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(rest)(void)
{
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(rest_callback)(guest_event_t *event)
{
    (void)event;
    E(rest_return)();
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(next)(uint32_t x)
{
    E(next_return)(x + 1);
    return GUEST_CALLBACK_CODE_EXIT;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    uint32_t a = 0, b = 0;
    EXPECT(I(double_blocking)(21) == 42);
    guest_subtask_status_t first = I(double)(100, &a);
    guest_subtask_status_t second = I(double)(200, &b);
    EXPECT(GUEST_SUBTASK_STATE(first) == GUEST_SUBTASK_STARTED);
    EXPECT(guest_subtask_await(second) == GUEST_SUBTASK_RETURNED);
    EXPECT(guest_subtask_await(first) == GUEST_SUBTASK_RETURNED);
    EXPECT(a == 200 && b == 400);
    EXPECT(I(next)(1, &a) == GUEST_SUBTASK_RETURNED && a == 2);
    EXPECT(I(next_blocking)(UINT32_MAX) == 0);
    I(rest_blocking)();
    EXPECT(guest_subtask_await(I(rest)()) == GUEST_SUBTASK_RETURNED);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
