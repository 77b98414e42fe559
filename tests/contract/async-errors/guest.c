/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Asynchronous calls that fail. */
#include "contract.h"

#define I(name) contract_async_errors_api_##name
#define E(name) exports_contract_async_errors_api_##name

guest_callback_code_t E(maybe)(bool x)
{
    guest_context_set_0((void *)(uintptr_t)x);
    return GUEST_CALLBACK_CODE_YIELD;
}

guest_callback_code_t E(maybe_callback)(guest_event_t *event)
{
    guest_result_string_string_t out = {.is_err = !guest_context_get_0()};
    (void)event;
    if (out.is_err)
        guest_string_set(&out.val.err, "no");
    else
        guest_string_set(&out.val.ok, "yes");
    E(maybe_return)(out);
    return GUEST_CALLBACK_CODE_EXIT;
}

guest_callback_code_t E(before)(uint32_t x)
{
    E(before_return)((guest_option_u32_t){x != 0, x - 1});
    return GUEST_CALLBACK_CODE_EXIT;
}

static uint32_t check(void)
{
    uint32_t step = 0;
    guest_string_t ok, error;
    EXPECT(I(maybe_blocking)(true, &ok, &error) && IS(ok, "yes"));
    guest_string_free(&ok);
    EXPECT(!I(maybe_blocking)(false, &ok, &error) && IS(error, "no"));
    guest_string_free(&error);
    guest_result_string_string_t result;
    guest_subtask_status_t status = I(maybe)(false, &result);
    EXPECT(guest_subtask_await(status) == GUEST_SUBTASK_RETURNED);
    EXPECT(result.is_err && IS(result.val.err, "no"));
    guest_result_string_string_free(&result);
    uint32_t number = 0;
    EXPECT(I(before_blocking)(7, &number) && number == 6);
    EXPECT(!I(before_blocking)(0, &number));
    guest_option_u32_t option;
    EXPECT(I(before)(1, &option) == GUEST_SUBTASK_RETURNED);
    EXPECT(option.is_some && option.val == 0);
    return 0;
}

guest_callback_code_t exports_guest_check(void)
{
    exports_guest_check_return(check());
    return GUEST_CALLBACK_CODE_EXIT;
}
