/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Arguments that travel in memory. */
#include "contract.h"

#define I(name) contract_many_params_api_##name
#define E(name) exports_contract_many_params_api_##name

uint64_t E(sum)(uint8_t a, uint16_t b, uint32_t c, uint64_t d, uint8_t e,
                uint16_t f, uint32_t g, uint64_t h, uint8_t i, uint16_t j,
                uint32_t k, uint64_t l, uint8_t m, uint16_t n, uint32_t o,
                uint64_t p, uint8_t q)
{
    return a + b + (uint64_t)c + d + e + f + g + h + i + j + k + l + m + n + o +
           p + q;
}

void E(join)(guest_string_t *a, guest_string_t *b, guest_string_t *c,
             guest_string_t *d, guest_string_t *e, guest_string_t *f,
             guest_string_t *g, guest_string_t *h, guest_string_t *maybe_i,
             guest_string_t *ret)
{
    guest_string_t *all[] = {a, b, c, d, e, f, g, h, maybe_i};
    size_t size = 0;
    for (size_t i = 0; i < 9; i++)
        size += all[i] ? all[i]->len : 0;
    ret->ptr = malloc(size);
    ret->len = 0;
    for (size_t i = 0; i < 9; i++) {
        if (!all[i])
            continue;
        memcpy(ret->ptr + ret->len, all[i]->ptr, all[i]->len);
        ret->len += all[i]->len;
        guest_string_free(all[i]);
    }
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(I(sum)(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17) ==
           153);
    EXPECT(I(sum)(0, 0, UINT32_MAX, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) ==
           4294967297);
    guest_string_t s;
    I(join)(TEXT("a"), TEXT("b"), TEXT("c"), TEXT("d"), TEXT("e"), TEXT("f"),
            TEXT("g"), TEXT("h"), TEXT("i"), &s);
    EXPECT(IS(s, "abcdefghi"));
    guest_string_free(&s);
    I(join)(TEXT("a"), TEXT(""), TEXT("c"), TEXT("d"), TEXT("e"), TEXT("f"),
            TEXT("g"), TEXT("h"), NULL, &s);
    EXPECT(IS(s, "acdefgh"));
    guest_string_free(&s);
    return 0;
}
