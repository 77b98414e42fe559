/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists in lists. */
#define TOPIC contract_lists_nested
#include "../host.h"

typedef guest_list_list_list_string_t deep;
typedef guest_list_list_string_t middle;

GIVE(flatten, guest_list_u16_t, guest_list_list_u16_t x)
{
    size_t size = 0;
    for (size_t i = 0; i < x.len; i++)
        size += x.ptr[i].len;
    uint16_t *out = whit_host_call_alloc(call, 2 * size + 1);
    *result = (guest_list_u16_t){out, size};
    for (size_t i = 0; i < x.len; i++)
        for (size_t k = 0; k < x.ptr[i].len; k++)
            *out++ = x.ptr[i].ptr[k];
    return WHIT_OK;
}

GIVE(echo, deep, deep x)
{
    *result = x;
    return WHIT_OK;
}

static void test(void)
{
    static const uint16_t numbers[] = {1, 2, 3, 65535};
    const guest_list_u16_t rows[] = {{numbers, 2}, {NULL, 0}, {numbers + 2, 2}};
    guest_list_u16_t flat;
    OK(API(flatten)(W, (guest_list_list_u16_t){rows, 3}, &flat, region, E));
    CHECK(flat.len == 4 && !memcmp(flat.ptr, numbers, sizeof numbers));
    OK(API(flatten)(W, (guest_list_list_u16_t){NULL, 0}, &flat, region, E));
    CHECK(flat.len == 0);
    const guest_string_t texts[] = {TEXT("one"), TEXT(""), TEXT("drei")};
    const guest_list_string_t inner[] = {
        {texts, 2}, {texts, 0}, {texts + 2, 1}};
    const middle outer[] = {{inner, 0}, {inner, 3}};
    deep out;
    OK(API(echo)(W, (deep){outer, 2}, &out, region, E));
    if (!CHECK(out.len == 2 && out.ptr[0].len == 0 && out.ptr[1].len == 3))
        return;
    CHECK(out.ptr[1].ptr[0].len == 2 && out.ptr[1].ptr[1].len == 0);
    CHECK(IS(out.ptr[1].ptr[0].ptr[0], "one"));
    CHECK(out.ptr[1].ptr[0].ptr[1].len == 0);
    CHECK(IS(out.ptr[1].ptr[2].ptr[0], "drei"));
}

static const struct guest_imports given = {.GIVEN = {flatten, echo}};

HOST(given, test)
