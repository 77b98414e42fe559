/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What calls bring is given back. */
#define TOPIC contract_memory
#include "../host.h"

typedef guest_list_tuple2_string_option_list_string_t deep;
typedef guest_tuple2_string_option_list_string_t row;

GIVE(echo, guest_list_u8_t, guest_list_u8_t x)
{
    *result = x;
    return WHIT_OK;
}

GIVE(echo_deep, deep, deep x)
{
    *result = x;
    return WHIT_OK;
}

static void test(void)
{
    static uint8_t bytes[1 << 20];
    guest_list_u8_t out;
    deep same;
    const guest_string_t texts[] = {TEXT("one"), TEXT("two")};
    const row rows[] = {{TEXT("a"), {true, {texts, 2}}},
                        {TEXT("b"), {.is_some = false}},
                        {TEXT(""), {true, {NULL, 0}}}};
    memset(bytes, 'x', sizeof bytes);
    bool right = true;
    /* Together more than a guest may have. */
    for (int i = 0; i < 300 && right; i++) {
        whit_region_reset(region);
        right = API(echo)(W, (guest_list_u8_t){bytes, sizeof bytes}, &out,
                          region, E) == WHIT_OK &&
                out.len == sizeof bytes && out.ptr[out.len - 1] == 'x';
    }
    CHECK(right);
    for (int i = 0; i < 5000 && right; i++) {
        whit_region_reset(region);
        right =
            API(echo_deep)(W, (deep){rows, 3}, &same, region, E) == WHIT_OK &&
            same.len == 3;
    }
    if (!CHECK(right))
        return;
    CHECK(IS(same.ptr[0].f0, "a") && same.ptr[0].f1.is_some);
    CHECK(same.ptr[0].f1.val.len == 2);
    CHECK(IS(same.ptr[0].f1.val.ptr[1], "two"));
    CHECK(IS(same.ptr[1].f0, "b") && !same.ptr[1].f1.is_some);
    CHECK(same.ptr[2].f1.is_some && same.ptr[2].f1.val.len == 0);
}

static const struct guest_imports given = {.GIVEN = {echo, echo_deep}};

HOST(given, test)
