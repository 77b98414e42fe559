/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Results without values. */
#define TOPIC contract_results_empty
#include "../host.h"

GIVE(plain, guest_result_void_void_t, bool x)
{
    result->is_err = !x;
    return WHIT_OK;
}

GIVE(with_value, guest_result_u8_void_t, bool x)
{
    result->is_err = !x;
    if (x)
        result->val.ok = 7;
    return WHIT_OK;
}

GIVE(with_error, guest_result_void_u8_t, bool x)
{
    result->is_err = !x;
    if (!x)
        result->val.err = 8;
    return WHIT_OK;
}

GIVE(echo, guest_result_void_void_t, const guest_result_void_void_t *x)
{
    *result = *x;
    return WHIT_OK;
}

static void test(void)
{
    guest_result_void_void_t plain_out;
    guest_result_u8_void_t value;
    guest_result_void_u8_t problem;
    for (int i = 0; i < 2; i++) {
        bool ok = i;
        OK(API(plain)(W, ok, &plain_out, E));
        CHECK(plain_out.is_err == !ok);
        OK(API(with_value)(W, ok, &value, E));
        CHECK(value.is_err == !ok && (!ok || value.val.ok == 7));
        OK(API(with_error)(W, ok, &problem, E));
        CHECK(problem.is_err == !ok && (ok || problem.val.err == 8));
        OK(API(echo)(W, &(guest_result_void_void_t){!ok}, &plain_out, E));
        CHECK(plain_out.is_err == !ok);
    }
}

static const struct guest_imports given = {
    .GIVEN = {plain, with_value, with_error, echo}};

HOST(given, test)
