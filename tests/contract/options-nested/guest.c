/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Options of options. */
#include "contract.h"

#define I(name) contract_options_nested_api_##name
#define E(name) exports_contract_options_nested_api_##name

uint64_t E(count)(guest_option_u32_t *maybe_x)
{
    if (!maybe_x)
        return 0;
    return maybe_x->is_some ? 2 + (uint64_t)maybe_x->val : 1;
}

bool E(echo)(guest_option_string_t *maybe_x, guest_option_string_t *ret)
{
    if (maybe_x)
        *ret = *maybe_x;
    return maybe_x != NULL;
}

void E(present)(guest_list_option_u32_t *x, guest_list_u32_t *ret)
{
    ret->ptr = malloc(x->len * sizeof *ret->ptr);
    ret->len = 0;
    for (size_t i = 0; i < x->len; i++)
        if (x->ptr[i].is_some)
            ret->ptr[ret->len++] = x->ptr[i].val;
    guest_list_option_u32_free(x);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    guest_option_u32_t none = {.is_some = false};
    guest_option_u32_t most = {true, UINT32_MAX};
    EXPECT(I(count)(NULL) == 0);
    EXPECT(I(count)(&none) == 1);
    EXPECT(I(count)(&most) == 4294967297);
    guest_option_string_t s = {true, *TEXT("x")}, out;
    EXPECT(I(echo)(&s, &out) && out.is_some && IS(out.val, "x"));
    guest_option_string_free(&out);
    s.is_some = false;
    EXPECT(I(echo)(&s, &out) && !out.is_some);
    EXPECT(!I(echo)(NULL, &out));
    guest_option_u32_t some[] = {most, none, {true, 0}};
    guest_list_u32_t list;
    I(present)(&(guest_list_option_u32_t){some, 3}, &list);
    EXPECT(list.len == 2 && list.ptr[0] == UINT32_MAX && list.ptr[1] == 0);
    guest_list_u32_free(&list);
    return 0;
}
