/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Texts. */
#include "contract.h"

#define I(name) contract_strings_api_##name
#define E(name) exports_contract_strings_api_##name

void E(echo)(guest_string_t *text, guest_string_t *ret)
{
    *ret = *text;
}

void E(concat)(guest_string_t *a, guest_string_t *b, guest_string_t *ret)
{
    ret->len = a->len + b->len;
    ret->ptr = malloc(ret->len);
    memcpy(ret->ptr, a->ptr, a->len);
    memcpy(ret->ptr + a->len, b->ptr, b->len);
    guest_string_free(a);
    guest_string_free(b);
}

uint32_t E(size)(guest_string_t *text)
{
    uint32_t size = text->len;
    guest_string_free(text);
    return size;
}

void E(repeat)(guest_string_t *text, uint32_t count, guest_string_t *ret)
{
    ret->len = text->len * count;
    ret->ptr = malloc(ret->len);
    for (size_t i = 0; i < ret->len; i++)
        ret->ptr[i] = text->ptr[i % text->len];
    guest_string_free(text);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    guest_string_t s;
    I(echo)(TEXT("grüße, 世界 🎉"), &s);
    EXPECT(IS(s, "grüße, 世界 🎉"));
    guest_string_free(&s);
    I(echo)(TEXT(""), &s);
    EXPECT(s.len == 0);
    I(echo)(TEXT("a\0b"), &s);
    EXPECT(IS(s, "a\0b"));
    guest_string_free(&s);
    I(concat)(TEXT("né"), TEXT("e"), &s);
    EXPECT(IS(s, "née"));
    guest_string_free(&s);
    EXPECT(I(size)(TEXT("🎉")) == 4);
    EXPECT(I(size)(TEXT("")) == 0);
    I(repeat)(TEXT("ab"), 3, &s);
    EXPECT(IS(s, "ababab"));
    guest_string_free(&s);
    I(repeat)(TEXT("0123456789"), 10000, &s);
    EXPECT(s.len == 100000 && s.ptr[99999] == '9');
    guest_string_free(&s);
    return 0;
}
