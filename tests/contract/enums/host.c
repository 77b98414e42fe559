/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Enums, alone and in lists. */
#define TOPIC contract_enums
#include "../host.h"

GIVE(next, API(color_t), API(color_t) x)
{
    *result = (API(color_t))((x + 1) % 3);
    return WHIT_OK;
}

GIVE(reverse, API(list_color_t), API(list_color_t) x)
{
    API(color_t) *out = whit_host_call_alloc(call, x.len + 1);
    for (size_t i = 0; i < x.len; i++)
        out[i] = x.ptr[x.len - 1 - i];
    *result = (API(list_color_t)){out, x.len};
    return WHIT_OK;
}

static void test(void)
{
    static const API(color_t) colors[] = {0, 1, 2, 1, 1};
    API(color_t) color;
    API(list_color_t) out;
    for (uint8_t i = 0; i < 3; i++) {
        OK(API(next)(W, i, &color, E));
        CHECK(color == (i + 1) % 3);
    }
    OK(API(reverse)(W, (API(list_color_t)){colors, 5}, &out, region, E));
    CHECK(out.len == 5 && !memcmp(out.ptr, (uint8_t[]){1, 1, 2, 1, 0}, 5));
    OK(API(reverse)(W, (API(list_color_t)){NULL, 0}, &out, region, E));
    CHECK(out.len == 0);
}

static const struct guest_imports given = {.GIVEN = {next, reverse}};

HOST(given, test)
