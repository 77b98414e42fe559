/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Errors that carry values. */
#define TOPIC contract_errors
#include "../host.h"

static whit_status fail(API(result_u32_problem_t) * result,
                        API(problem_t) problem)
{
    *result = (API(result_u32_problem_t)){.is_err = true, .val.err = problem};
    return WHIT_OK;
}

GIVE(parse, API(result_u32_problem_t), guest_string_t text)
{
    uint64_t number = 0;
    if (!text.len)
        return fail(result, (API(problem_t)){0, {.missing = TEXT("number")}});
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return fail(
                result,
                (API(problem_t)){
                    1, {.bad = {.line = 1, .column = (uint32_t)i + 1}}});
    for (size_t i = 0; i < text.len; i++) {
        number = 10 * number + (uint64_t)(text.ptr[i] - '0');
        if (number > UINT32_MAX)
            return fail(result, (API(problem_t)){.tag = 2});
    }
    result->val.ok = (uint32_t)number;
    return WHIT_OK;
}

static API(result_u32_problem_t) guest_parse(guest_string_t text)
{
    API(result_u32_problem_t) out = {.val.ok = 99};
    OK(API(parse)(W, text, &out, region, E));
    return out;
}

static void test(void)
{
    API(result_u32_problem_t) out = guest_parse(TEXT("4294967295"));
    CHECK(!out.is_err && out.val.ok == UINT32_MAX);
    out = guest_parse(TEXT("007"));
    CHECK(!out.is_err && out.val.ok == 7);
    out = guest_parse(TEXT(""));
    CHECK(out.is_err && out.val.err.tag == 0);
    CHECK(IS(out.val.err.val.missing, "number"));
    out = guest_parse(TEXT("12x"));
    CHECK(out.is_err && out.val.err.tag == 1);
    CHECK(out.val.err.val.bad.line == 1 && out.val.err.val.bad.column == 3);
    out = guest_parse(TEXT("4294967296"));
    CHECK(out.is_err && out.val.err.tag == 2);
}

static const struct guest_imports given = {.GIVEN = {parse}};

HOST(given, test)
