/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists of fixed length. */
#define TOPIC contract_lists_fixed
#include "../host.h"

GIVE(reverse, guest_array4_u32_t, const guest_array4_u32_t *x)
{
    for (size_t i = 0; i < 4; i++)
        result->items[i] = x->items[3 - i];
    return WHIT_OK;
}

GIVE(echo, guest_list_array3_u8_t, guest_list_array3_u8_t x)
{
    *result = x;
    return WHIT_OK;
}

static void test(void)
{
    const guest_array4_u32_t in = {{1, 2, 3, UINT32_MAX}};
    guest_array4_u32_t out;
    OK(API(reverse)(W, &in, &out, E));
    for (size_t i = 0; i < 4; i++)
        CHECK(out.items[i] == in.items[3 - i]);
    static const guest_array3_u8_t rows[] = {{{1, 2, 3}}, {{4, 5, 255}}};
    guest_list_array3_u8_t list;
    OK(API(echo)(W, (guest_list_array3_u8_t){rows, 2}, &list, region, E));
    CHECK(list.len == 2 && !memcmp(list.ptr, rows, sizeof rows));
    OK(API(echo)(W, (guest_list_array3_u8_t){NULL, 0}, &list, region, E));
    CHECK(list.len == 0);
}

static const struct guest_imports given = {.GIVEN = {reverse, echo}};

HOST(given, test)
