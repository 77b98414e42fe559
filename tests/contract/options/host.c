/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Options. */
#define TOPIC contract_options
#include "../host.h"

GIVE(next, guest_option_u8_t, const guest_option_u8_t *x)
{
    if (x->is_some && x->val < UINT8_MAX)
        *result = (guest_option_u8_t){true, (uint8_t)(x->val + 1)};
    return WHIT_OK;
}

GIVE(echo, guest_option_string_t, const guest_option_string_t *x)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(echo_f32, guest_option_f32_t, const guest_option_f32_t *x)
{
    *result = *x;
    return WHIT_OK;
}

static void test(void)
{
    guest_option_u8_t byte;
    guest_option_string_t text;
    guest_option_f32_t f;
    OK(API(next)(W, &(guest_option_u8_t){true, 254}, &byte, E));
    CHECK(byte.is_some && byte.val == 255);
    OK(API(next)(W, &(guest_option_u8_t){true, 255}, &byte, E));
    CHECK(!byte.is_some);
    OK(API(next)(W, &(guest_option_u8_t){false, 7}, &byte, E));
    CHECK(!byte.is_some);
    OK(API(echo)(W, &(guest_option_string_t){true, TEXT("ü")}, &text, region,
                 E));
    CHECK(text.is_some && IS(text.val, "ü"));
    OK(API(echo)(W, &(guest_option_string_t){true, TEXT("")}, &text, region,
                 E));
    CHECK(text.is_some && text.val.len == 0);
    OK(API(echo)(W, &(guest_option_string_t){.is_some = false}, &text, region,
                 E));
    CHECK(!text.is_some);
    OK(API(echo_f32)(W, &(guest_option_f32_t){true, -0.5f}, &f, E));
    CHECK(f.is_some && f.val == -0.5f);
    OK(API(echo_f32)(W, &(guest_option_f32_t){.is_some = false}, &f, E));
    CHECK(!f.is_some);
}

static const struct guest_imports given = {.GIVEN = {next, echo, echo_f32}};

HOST(given, test)
