/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions of the world itself. */
#define TOPIC contract_world_functions
#include "../host.h"

GIVE(next, uint32_t, uint32_t x)
{
    *result = x + 1;
    return WHIT_OK;
}

GIVE(quote, guest_string_t, guest_string_t text)
{
    char *out = whit_host_call_alloc(call, text.len + 2);
    out[0] = out[text.len + 1] = '"';
    memcpy(out + 1, text.ptr, text.len);
    *result = (guest_string_t){out, text.len + 2};
    return WHIT_OK;
}

static void test(void)
{
    uint32_t number;
    guest_string_t text;
    OK(guest_guest_next(W, 41, &number, E));
    CHECK(number == 42);
    OK(guest_guest_quote(W, TEXT("ü"), &text, region, E));
    CHECK(IS(text, "\"ü\""));
    OK(guest_guest_quote(W, TEXT(""), &text, region, E));
    CHECK(IS(text, "\"\""));
}

static const struct guest_imports given = {.host_next = next,
                                           .host_quote = quote};

HOST(given, test)
