/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Results of many core values. */
#define TOPIC contract_many_results
#include "../host.h"

typedef guest_tuple8_u64_u64_u64_u64_u64_u64_u64_u64_t eight_t;

GIVE(make, API(wide_t), uint8_t x)
{
    char *text = whit_host_call_alloc(call, 4);
    int size = snprintf(text, 4, "%u", x);
    *result = (API(wide_t)){.a = x,
                            .b = x + 1u,
                            .c = (uint16_t)(x + 2),
                            .d = x + 3.0,
                            .e = x + 4u,
                            .f = {text, (size_t)size},
                            .g = x % 2,
                            .h = 'x'};
    return WHIT_OK;
}

GIVE(eight, eight_t, uint64_t first)
{
    *result = (eight_t){first,     first + 1, first + 2, first + 3,
                        first + 4, first + 5, first + 6, first + 7};
    return WHIT_OK;
}

static void test(void)
{
    API(wide_t) wide;
    eight_t out;
    OK(API(make)(W, 255, &wide, region, E));
    CHECK(wide.a == 255 && wide.b == 256 && wide.c == 257 && wide.d == 258);
    CHECK(wide.e == 259 && IS(wide.f, "255") && wide.g && wide.h == 'x');
    OK(API(make)(W, 0, &wide, region, E));
    CHECK(wide.a == 0 && IS(wide.f, "0") && !wide.g);
    OK(API(eight)(W, 1ull << 40, &out, E));
    CHECK(out.f0 == 1ull << 40 && out.f1 == out.f0 + 1 && out.f4 == out.f0 + 4);
    CHECK(out.f7 == out.f0 + 7);
}

static const struct guest_imports given = {.GIVEN = {make, eight}};

HOST(given, test)
