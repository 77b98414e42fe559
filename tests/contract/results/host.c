/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Results with values of both kinds. */
#define TOPIC contract_results
#include "../host.h"

GIVE(divide, guest_result_u32_string_t, uint32_t a, uint32_t b)
{
    if (b)
        result->val.ok = a / b;
    else
        *result = (guest_result_u32_string_t){
            true, {.err = TEXT("division by zero")}};
    return WHIT_OK;
}

GIVE(accept, guest_result_string_u32_t, guest_string_t text)
{
    result->is_err = !IS(text, "ok");
    if (result->is_err)
        result->val.err = (uint32_t)text.len;
    else
        result->val.ok = text;
    return WHIT_OK;
}

GIVE(echo, guest_result_u64_string_t, const guest_result_u64_string_t *x)
{
    *result = *x;
    return WHIT_OK;
}

static void test(void)
{
    guest_result_u32_string_t number;
    guest_result_string_u32_t text;
    guest_result_u64_string_t same;
    OK(API(divide)(W, 42, 5, &number, region, E));
    CHECK(!number.is_err && number.val.ok == 8);
    OK(API(divide)(W, 42, 0, &number, region, E));
    CHECK(number.is_err && IS(number.val.err, "division by zero"));
    OK(API(accept)(W, TEXT("ok"), &text, region, E));
    CHECK(!text.is_err && IS(text.val.ok, "ok"));
    OK(API(accept)(W, TEXT("öde"), &text, region, E));
    CHECK(text.is_err && text.val.err == 4);
    OK(API(echo)(W, &(guest_result_u64_string_t){.val.ok = UINT64_MAX}, &same,
                 region, E));
    CHECK(!same.is_err && same.val.ok == UINT64_MAX);
    OK(API(echo)(W, &(guest_result_u64_string_t){true, {.err = TEXT("e")}},
                 &same, region, E));
    CHECK(same.is_err && IS(same.val.err, "e"));
}

static const struct guest_imports given = {.GIVEN = {divide, accept, echo}};

HOST(given, test)
