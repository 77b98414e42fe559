/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions that belong to no interface. */
#include "contract.h"

uint32_t exports_guest_guest_next(uint32_t x)
{
    return x + 1;
}

void exports_guest_guest_quote(guest_string_t *text, guest_string_t *ret)
{
    ret->len = text->len + 2;
    ret->ptr = malloc(ret->len);
    ret->ptr[0] = ret->ptr[ret->len - 1] = '"';
    memcpy(ret->ptr + 1, text->ptr, text->len);
    guest_string_free(text);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(guest_host_next(41) == 42);
    EXPECT(guest_host_next(UINT32_MAX) == 0);
    guest_string_t s;
    guest_host_quote(TEXT("x"), &s);
    EXPECT(IS(s, "\"x\""));
    guest_string_free(&s);
    return 0;
}
