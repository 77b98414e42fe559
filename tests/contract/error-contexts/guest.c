/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Error contexts. */
#include "contract.h"

#define I(name) contract_error_contexts_api_##name
#define E(name) exports_contract_error_contexts_api_##name

guest_error_context_t E(make)(guest_string_t *message)
{
    guest_error_context_t error = guest_error_context_new(message);
    guest_string_free(message);
    return error;
}

void E(explain)(guest_error_context_t x, guest_string_t *ret)
{
    guest_error_context_debug_message(x, ret);
    guest_error_context_drop(x);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    guest_string_t message;
    guest_error_context_t error = I(make)(TEXT("went wrong"));
    guest_error_context_debug_message(error, &message);
    EXPECT(IS(message, "went wrong"));
    guest_string_free(&message);
    guest_error_context_drop(error);
    error = guest_error_context_new(TEXT("mine"));
    I(explain)(error, &message);
    EXPECT(IS(message, "mine"));
    guest_string_free(&message);
    guest_error_context_drop(error);
    return 0;
}
