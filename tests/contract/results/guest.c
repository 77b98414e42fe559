/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values or errors. */
#include "contract.h"

#define I(name) contract_results_api_##name
#define E(name) exports_contract_results_api_##name

bool E(divide)(uint32_t a, uint32_t b, uint32_t *ret, guest_string_t *err)
{
    if (b) {
        *ret = a / b;
        return true;
    }
    guest_string_dup(err, "division by zero");
    return false;
}

bool E(accept)(guest_string_t *text, guest_string_t *ret, uint32_t *err)
{
    *err = text->len;
    if (IS(*text, "ok")) {
        *ret = *text;
        return true;
    }
    guest_string_free(text);
    return false;
}

bool E(echo)(guest_result_u64_string_t *x, uint64_t *ret, guest_string_t *err)
{
    if (x->is_err)
        *err = x->val.err;
    else
        *ret = x->val.ok;
    return !x->is_err;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t number = 0;
    guest_string_t s;
    EXPECT(I(divide)(7, 2, &number, &s) && number == 3);
    EXPECT(!I(divide)(7, 0, &number, &s) && IS(s, "division by zero"));
    guest_string_free(&s);
    EXPECT(I(accept)(TEXT("ok"), &s, &number) && IS(s, "ok"));
    guest_string_free(&s);
    EXPECT(!I(accept)(TEXT("no good"), &s, &number) && number == 7);
    uint64_t big = 0;
    guest_result_u64_string_t x = {.val.ok = UINT64_MAX};
    EXPECT(I(echo)(&x, &big, &s) && big == UINT64_MAX);
    x = (guest_result_u64_string_t){true, {.err = *TEXT("bad")}};
    EXPECT(!I(echo)(&x, &big, &s) && IS(s, "bad"));
    guest_string_free(&s);
    return 0;
}
