/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Results that travel in memory. */
#include "contract.h"

#define I(name) contract_many_results_api_##name
#define E(name) exports_contract_many_results_api_##name

typedef guest_tuple8_u64_u64_u64_u64_u64_u64_u64_u64_t eight;

void E(make)(uint8_t x, E(wide_t) * ret)
{
    uint8_t digits[] = {(uint8_t)('0' + x / 100), (uint8_t)('0' + x / 10 % 10),
                        (uint8_t)('0' + x % 10)};
    size_t skip = x < 10 ? 2 : x < 100 ? 1 : 0;
    *ret = (E(wide_t)){.a = x,
                       .b = x + 1u,
                       .c = x + 2u,
                       .d = x + 3.0,
                       .e = x + 4u,
                       .g = x & 1,
                       .h = 'x'};
    guest_string_dup_n(&ret->f, (char *)digits + skip, 3 - skip);
}

void E(eight)(uint64_t first, eight *ret)
{
    *ret = (eight){first,     first + 1, first + 2, first + 3,
                   first + 4, first + 5, first + 6, first + 7};
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    I(wide_t) wide;
    I(make)(199, &wide);
    EXPECT(wide.a == 199 && wide.b == 200 && wide.c == 201);
    EXPECT(wide.d == 202 && wide.e == 203 && IS(wide.f, "199"));
    EXPECT(wide.g && wide.h == 'x');
    I(wide_free)(&wide);
    eight out;
    I(eight)(UINT64_MAX - 7, &out);
    EXPECT(out.f0 == UINT64_MAX - 7 && out.f7 == UINT64_MAX);
    return 0;
}
