/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Constructors and methods that fail. */
#define TOPIC contract_resources_fallible
#include "../host.h"

/* A port is its number. */
GIVE(constructor, OURS(result_own_port_string_t), uint16_t number)
{
    result->is_err = !number;
    if (number)
        result->val.ok = number;
    else
        result->val.err = TEXT("no port");
    return WHIT_OK;
}

GIVE(number, uint16_t, OURS(port_t) self)
{
    *result = (uint16_t)self;
    return WHIT_OK;
}

GIVE(twice, OURS(result_own_port_u16_t), OURS(port_t) self)
{
    result->is_err = self > 0x7fff;
    if (result->is_err)
        result->val.err = (uint16_t)self;
    else
        result->val.ok = 2 * self;
    return WHIT_OK;
}

static void test(void)
{
    API(result_own_port_string_t) made;
    API(result_own_port_u16_t) out;
    uint16_t n;
    OK(API(constructor_port)(W, 0, &made, region, E));
    CHECK(made.is_err && IS(made.val.err, "no port"));
    OK(API(constructor_port)(W, 0x7fff, &made, region, E));
    if (!CHECK(!made.is_err))
        return;
    OK(API(method_port_number)(W, made.val.ok, &n, E));
    CHECK(n == 0x7fff);
    OK(API(method_port_double)(W, made.val.ok, &out, E));
    if (!CHECK(!out.is_err))
        return;
    API(port_t) large = out.val.ok;
    OK(API(method_port_number)(W, large, &n, E));
    CHECK(n == 0xfffe);
    OK(API(method_port_double)(W, large, &out, E));
    CHECK(out.is_err && out.val.err == 0xfffe);
    OK(API(port_drop_own)(W, made.val.ok, E));
    OK(API(port_drop_own)(W, large, E));
}

static const struct guest_imports given = {
    .GIVEN = {.constructor_port = constructor,
              .method_port_number = number,
              .method_port_double = twice}};

HOST(given, test)
