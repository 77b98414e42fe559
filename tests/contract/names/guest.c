/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names that languages keep for themselves. */
#include "contract.h"

#define I(name) contract_names_api_##name
#define E(name) exports_contract_names_api_##name

void E(switch)(E(record_t) * for_, E(enum_t) func, E(choice_t) * ret_,
               uint32_t err_, E(record_t) * ret)
{
    (void)func;
    (void)ret_;
    (void)err_;
    *ret = *for_;
}

uint32_t E(else)(uint32_t while_, uint32_t loop)
{
    return while_ + loop;
}

E(enum_t) E(move)(E(enum_t) x)
{
    return (E(enum_t))((x + 1) % 4);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    I(record_t) record = {1, 2, 3, 4, 5}, out;
    I(choice_t) choice = {CONTRACT_NAMES_API_CHOICE_RETURN, {.return_ = 6}};
    I(switch)(&record, CONTRACT_NAMES_API_ENUM_SELF, &choice, 7, &out);
    EXPECT(!memcmp(&record, &out, sizeof out));
    EXPECT(I(else)(40, 2) == 42);
    EXPECT(I(move)(CONTRACT_NAMES_API_ENUM_DEFAULT) ==
           CONTRACT_NAMES_API_ENUM_CLASS);
    return 0;
}
