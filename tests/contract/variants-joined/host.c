/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Cases that share core values. */
#define TOPIC contract_variants_joined
#include "../host.h"

GIVE(echo, API(number_t), const API(number_t) * x)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(echo_mixed, API(mixed_t), const API(mixed_t) * x, const API(mixed_t) * y)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(truncate_, uint64_t, const API(number_t) * x)
{
    *result = x->tag == 0   ? (uint64_t)x->val.a
              : x->tag == 1 ? x->val.b
              : x->tag == 2 ? x->val.c
                            : (uint64_t)x->val.d;
    return WHIT_OK;
}

static void test(void)
{
    const API(number_t) a = {0, {.a = 2.75f}}, b = {1, {.b = UINT32_MAX}},
                        c = {2, {.c = UINT64_MAX}}, d = {3, {.d = 1e15 + 0.5}};
    API(number_t) out;
    uint64_t whole;
    OK(API(echo)(W, &a, &out, E));
    CHECK(out.tag == 0 && out.val.a == 2.75f);
    OK(API(echo)(W, &b, &out, E));
    CHECK(out.tag == 1 && out.val.b == UINT32_MAX);
    OK(API(echo)(W, &c, &out, E));
    CHECK(out.tag == 2 && out.val.c == UINT64_MAX);
    OK(API(echo)(W, &d, &out, E));
    CHECK(out.tag == 3 && out.val.d == 1e15 + 0.5);
    OK(API(truncate)(W, &a, &whole, E));
    CHECK(whole == 2);
    OK(API(truncate)(W, &b, &whole, E));
    CHECK(whole == UINT32_MAX);
    OK(API(truncate)(W, &c, &whole, E));
    CHECK(whole == UINT64_MAX);
    OK(API(truncate)(W, &d, &whole, E));
    CHECK(whole == 1000000000000000);
    const API(mixed_t) x = {0, {.a = {-1.5f, TEXT("x")}}},
                       y = {1, {.b = {UINT64_MAX, 0.25, 255}}},
                       z = {2, {.c = {true, 5e-324}}}, n = {.tag = 2};
    API(mixed_t) mixed;
    OK(API(echo_mixed)(W, &x, &y, &mixed, region, E));
    CHECK(mixed.tag == 0 && mixed.val.a.f0 == -1.5f);
    CHECK(IS(mixed.val.a.f1, "x"));
    OK(API(echo_mixed)(W, &y, &z, &mixed, region, E));
    CHECK(mixed.tag == 1 && mixed.val.b.f0 == UINT64_MAX);
    CHECK(mixed.val.b.f1 == 0.25 && mixed.val.b.f2 == 255);
    OK(API(echo_mixed)(W, &z, &x, &mixed, region, E));
    CHECK(mixed.tag == 2 && mixed.val.c.is_some && mixed.val.c.val == 5e-324);
    OK(API(echo_mixed)(W, &n, &n, &mixed, region, E));
    CHECK(mixed.tag == 2 && !mixed.val.c.is_some);
}

static const struct guest_imports given = {
    .GIVEN = {echo, echo_mixed, truncate_}};

HOST(given, test)
