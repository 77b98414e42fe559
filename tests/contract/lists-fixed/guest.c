/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists whose length is part of the type. */
#include "contract.h"

#define I(name) contract_lists_fixed_api_##name
#define E(name) exports_contract_lists_fixed_api_##name

void E(reverse)(guest_array4_u32_t *x, guest_array4_u32_t *ret)
{
    for (int i = 0; i < 4; i++)
        ret->items[i] = x->items[3 - i];
}

void E(echo)(guest_list_array3_u8_t *x, guest_list_array3_u8_t *ret)
{
    *ret = *x;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    guest_array4_u32_t four = {{1, 2, 3, UINT32_MAX}}, back;
    I(reverse)(&four, &back);
    EXPECT(back.items[0] == UINT32_MAX && back.items[3] == 1);
    guest_array3_u8_t threes[] = {{{1, 2, 3}}, {{4, 5, 6}}};
    guest_list_array3_u8_t out;
    I(echo)(&(guest_list_array3_u8_t){threes, 2}, &out);
    EXPECT(out.len == 2 && out.ptr[1].items[0] == 4);
    guest_list_array3_u8_free(&out);
    return 0;
}
