/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sets of flags in one, two and four bytes. */
#define TOPIC contract_flag_sets
#include "../host.h"

GIVE(invert_small, API(small_t), API(small_t) x)
{
    *result = (API(small_t))(~x & 7);
    return WHIT_OK;
}

GIVE(invert_middle, API(middle_t), API(middle_t) x)
{
    *result = (API(middle_t))(~x & 1023);
    return WHIT_OK;
}

GIVE(invert_large, API(large_t), API(large_t) x)
{
    *result = ~x;
    return WHIT_OK;
}

GIVE(both, API(small_t), API(small_t) a, API(small_t) b)
{
    *result = a & b;
    return WHIT_OK;
}

static void test(void)
{
    API(small_t) small;
    API(middle_t) middle;
    API(large_t) large;
    for (uint8_t i = 0; i < 8; i++) {
        OK(API(invert_small)(W, i, &small, E));
        CHECK(small == (i ^ 7));
        OK(API(both)(W, i, 5, &small, E));
        CHECK(small == (i & 5));
    }
    OK(API(invert_middle)(W, 0, &middle, E));
    CHECK(middle == 1023);
    OK(API(invert_middle)(W, 1u << 9, &middle, E));
    CHECK(middle == 511);
    OK(API(invert_large)(W, 0, &large, E));
    CHECK(large == UINT32_MAX);
    OK(API(invert_large)(W, 0x80000001, &large, E));
    CHECK(large == 0x7ffffffe);
}

static const struct guest_imports given = {
    .GIVEN = {invert_small, invert_middle, invert_large, both}};

HOST(given, test)
