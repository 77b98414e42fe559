/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Asynchronous calls that fail. */
#define TOPIC contract_async_errors
#include "../host.h"

static void finish_maybe(job *it)
{
    guest_result_string_string_t out = {.is_err = !it->number};
    if (out.is_err)
        out.val.err = TEXT("no");
    else
        out.val.ok = TEXT("yes");
    API(maybe_complete)(it->completion, &out);
    free(it);
}

GIVE(maybe, guest_result_string_string_t, bool x)
{
    return later(call, finish_maybe, (job){.number = x});
}

GIVE(before, guest_option_u32_t, uint32_t x)
{
    *result = (guest_option_u32_t){x > 0, x - 1};
    return WHIT_OK;
}

static void test(void)
{
    guest_result_string_string_t text;
    guest_option_u32_t number;
    whit_call *call;
    OK(API(maybe)(W, true, &text, region, E));
    CHECK(!text.is_err);
    OK(API(maybe)(W, false, &text, region, E));
    CHECK(text.is_err && IS(text.val.err, "no"));
    OK(API(maybe_start)(W, &(struct API(maybe_args)){false}, &text, &call, E));
    CHECK(await_call(call) == WHIT_CALL_RETURNED);
    CHECK(text.is_err && IS(text.val.err, "no"));
    whit_call_free(call);
    OK(API(before)(W, 0, &number, E));
    CHECK(!number.is_some);
    OK(API(before)(W, UINT32_MAX, &number, E));
    CHECK(number.is_some && number.val == UINT32_MAX - 1);
}

static const struct guest_imports given = {.GIVEN = {maybe, before}};

HOST_LATER(given, test)
