/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names without values. */
#include "contract.h"

#define I(name) contract_enums_api_##name
#define E(name) exports_contract_enums_api_##name

E(color_t) E(next)(E(color_t) x)
{
    return (E(color_t))((x + 1) % 3);
}

void E(reverse)(E(list_color_t) * x, E(list_color_t) * ret)
{
    for (size_t i = 0; i < x->len / 2; i++) {
        E(color_t) color = x->ptr[i];
        x->ptr[i] = x->ptr[x->len - 1 - i];
        x->ptr[x->len - 1 - i] = color;
    }
    *ret = *x;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(I(next)(CONTRACT_ENUMS_API_COLOR_RED) ==
           CONTRACT_ENUMS_API_COLOR_GREEN);
    EXPECT(I(next)(CONTRACT_ENUMS_API_COLOR_BLUE) ==
           CONTRACT_ENUMS_API_COLOR_RED);
    I(color_t) colors[] = {0, 1, 1, 2};
    I(list_color_t) out;
    I(reverse)(&(I(list_color_t)){colors, 4}, &out);
    EXPECT(out.len == 4 && out.ptr[0] == 2 && out.ptr[3] == 0);
    I(list_color_free)(&out);
    return 0;
}
