/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Cases that share core values of different types. */
#include "contract.h"

#define I(name) contract_variants_joined_api_##name
#define E(name) exports_contract_variants_joined_api_##name

typedef I(number_t) number;
typedef I(mixed_t) mixed;

void E(echo)(E(number_t) * x, E(number_t) * ret)
{
    *ret = *x;
}

void E(echo_mixed)(E(mixed_t) * x, E(mixed_t) * y, E(mixed_t) * ret)
{
    *ret = *x;
    E(mixed_free)(y);
}

uint64_t E(truncate)(E(number_t) * x)
{
    switch (x->tag) {
    case EXPORTS_CONTRACT_VARIANTS_JOINED_API_NUMBER_A:
        return (uint64_t)x->val.a;
    case EXPORTS_CONTRACT_VARIANTS_JOINED_API_NUMBER_B:
        return x->val.b;
    case EXPORTS_CONTRACT_VARIANTS_JOINED_API_NUMBER_C:
        return x->val.c;
    default:
        return (uint64_t)x->val.d;
    }
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    number numbers[] = {{0, {.a = 1.75f}},
                        {1, {.b = UINT32_MAX}},
                        {2, {.c = UINT64_MAX}},
                        {3, {.d = 1e15 + 0.5}}};
    number out;
    I(echo)(&numbers[0], &out);
    EXPECT(out.tag == 0 && out.val.a == 1.75f);
    I(echo)(&numbers[1], &out);
    EXPECT(out.tag == 1 && out.val.b == UINT32_MAX);
    I(echo)(&numbers[2], &out);
    EXPECT(out.tag == 2 && out.val.c == UINT64_MAX);
    I(echo)(&numbers[3], &out);
    EXPECT(out.tag == 3 && out.val.d == 1e15 + 0.5);
    EXPECT(I(truncate)(&numbers[0]) == 1);
    EXPECT(I(truncate)(&numbers[1]) == UINT32_MAX);
    EXPECT(I(truncate)(&numbers[3]) == 1000000000000000);
    mixed a = {0, {.a = {-2.5f, *TEXT("a")}}};
    mixed b = {1, {.b = {UINT64_MAX, -0.5, 255}}};
    mixed c = {2, {.c = {true, 8.25}}}, none = {2, {.c = {.is_some = false}}};
    mixed back;
    I(echo_mixed)(&a, &b, &back);
    EXPECT(back.tag == 0 && back.val.a.f0 == -2.5f && IS(back.val.a.f1, "a"));
    I(mixed_free)(&back);
    I(echo_mixed)(&b, &c, &back);
    EXPECT(back.tag == 1 && back.val.b.f0 == UINT64_MAX);
    EXPECT(back.val.b.f1 == -0.5 && back.val.b.f2 == 255);
    I(echo_mixed)(&c, &a, &back);
    EXPECT(back.tag == 2 && back.val.c.is_some && back.val.c.val == 8.25);
    I(echo_mixed)(&none, &a, &back);
    EXPECT(back.tag == 2 && !back.val.c.is_some);
    return 0;
}
