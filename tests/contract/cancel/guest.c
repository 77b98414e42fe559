/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Calls that are cancelled. */
#include "contract.h"

#define I(name) contract_cancel_api_##name
#define E(name) exports_contract_cancel_api_##name

static uint32_t cancelled;

guest_callback_code_t E(forever)(void)
{
    guest_waitable_set_t set = guest_waitable_set_new();
    guest_context_set_0((void *)(uintptr_t)set);
    return GUEST_CALLBACK_CODE_WAIT(set);
}

guest_callback_code_t E(forever_callback)(guest_event_t *event)
{
    if (event->event != GUEST_EVENT_CANCEL)
        __builtin_trap();
    guest_waitable_set_drop((uint32_t)(uintptr_t)guest_context_get_0());
    cancelled++;
    guest_task_cancel();
    return GUEST_CALLBACK_CODE_EXIT;
}

uint32_t E(cancelled)(void)
{
    return cancelled;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    uint32_t before = I(cancelled)();
    guest_subtask_status_t status = I(forever)();
    guest_subtask_t subtask = GUEST_SUBTASK_HANDLE(status);
    EXPECT(GUEST_SUBTASK_STATE(status) == GUEST_SUBTASK_STARTED && subtask);
    status = guest_subtask_cancel(subtask);
    EXPECT(GUEST_SUBTASK_STATE(status) == GUEST_SUBTASK_RETURNED_CANCELLED);
    guest_subtask_drop(subtask);
    EXPECT(I(cancelled)() == before + 1);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
