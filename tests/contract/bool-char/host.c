/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Truth values and characters, of all planes. */
#define TOPIC contract_bool_char
#include "../host.h"

GIVE(negate, bool, bool x)
{
    *result = !x;
    return WHIT_OK;
}

GIVE(echo, uint32_t, uint32_t x)
{
    *result = x;
    return WHIT_OK;
}

GIVE(next, uint32_t, uint32_t x)
{
    *result = x == 0xd7ff ? 0xe000 : x == 0x10ffff ? 0 : x + 1;
    return WHIT_OK;
}

static void test(void)
{
    static const uint32_t chars[] = {0,      'a',    0x7f,    0x80,    0xd7ff,
                                     0xe000, 0xffff, 0x10000, 0x10ffff};
    static const uint32_t behind[] = {1,      'b',     0x80,    0x81, 0xe000,
                                      0xe001, 0x10000, 0x10001, 0};
    bool no, yes;
    uint32_t c;
    OK(API(negate)(W, true, &no, E));
    OK(API(negate)(W, false, &yes, E));
    CHECK(!no && yes);
    for (size_t i = 0; i < COUNT(chars); i++) {
        OK(API(echo)(W, chars[i], &c, E));
        CHECK(c == chars[i]);
        OK(API(next)(W, chars[i], &c, E));
        CHECK(c == behind[i]);
    }
}

static const struct guest_imports given = {.GIVEN = {negate, echo, next}};

HOST(given, test)
