/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Errors that say what is wrong. */
#include "contract.h"

#define I(name) contract_errors_api_##name
#define E(name) exports_contract_errors_api_##name

bool E(parse)(guest_string_t *text, uint32_t *ret, E(problem_t) * err)
{
    uint64_t number = 0;
    bool ok = text->len != 0;
    if (!ok) {
        err->tag = EXPORTS_CONTRACT_ERRORS_API_PROBLEM_MISSING;
        guest_string_dup(&err->val.missing, "number");
    }
    for (size_t i = 0; i < text->len && ok; i++) {
        if (text->ptr[i] < '0' || text->ptr[i] > '9') {
            *err = (E(problem_t)){EXPORTS_CONTRACT_ERRORS_API_PROBLEM_BAD,
                                  {.bad = {1, i + 1}}};
            ok = false;
        } else if (number <= UINT32_MAX) {
            number = 10 * number + text->ptr[i] - '0';
        }
    }
    if (ok && number > UINT32_MAX) {
        err->tag = EXPORTS_CONTRACT_ERRORS_API_PROBLEM_OTHER;
        ok = false;
    }
    guest_string_free(text);
    *ret = (uint32_t)number;
    return ok;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t number = 0;
    I(problem_t) problem;
    EXPECT(I(parse)(TEXT("4294967295"), &number, &problem));
    EXPECT(number == UINT32_MAX);
    EXPECT(!I(parse)(TEXT(""), &number, &problem) && problem.tag == 0);
    EXPECT(IS(problem.val.missing, "number"));
    I(problem_free)(&problem);
    EXPECT(!I(parse)(TEXT("12x4"), &number, &problem) && problem.tag == 1);
    EXPECT(problem.val.bad.line == 1 && problem.val.bad.column == 3);
    EXPECT(!I(parse)(TEXT("4294967296"), &number, &problem));
    EXPECT(problem.tag == 2);
    return 0;
}
