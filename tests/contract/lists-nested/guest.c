/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists of lists. */
#include "contract.h"

#define I(name) contract_lists_nested_api_##name
#define E(name) exports_contract_lists_nested_api_##name

void E(flatten)(guest_list_list_u16_t *x, guest_list_u16_t *ret)
{
    size_t count = 0;
    for (size_t i = 0; i < x->len; i++)
        count += x->ptr[i].len;
    ret->ptr = malloc(count * sizeof *ret->ptr);
    ret->len = 0;
    for (size_t i = 0; i < x->len; i++)
        for (size_t j = 0; j < x->ptr[i].len; j++)
            ret->ptr[ret->len++] = x->ptr[i].ptr[j];
    guest_list_list_u16_free(x);
}

void E(echo)(guest_list_list_list_string_t *x,
             guest_list_list_list_string_t *ret)
{
    *ret = *x;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint16_t a[] = {1, 2}, b[] = {65535};
    guest_list_u16_t lists[] = {{a, 2}, {NULL, 0}, {b, 1}};
    guest_list_u16_t flat;
    I(flatten)(&(guest_list_list_u16_t){lists, 3}, &flat);
    EXPECT(flat.len == 3 && flat.ptr[1] == 2 && flat.ptr[2] == 65535);
    guest_list_u16_free(&flat);
    guest_string_t texts[] = {*TEXT("x"), *TEXT("yy")};
    guest_list_string_t inner[] = {{texts, 2}, {NULL, 0}};
    guest_list_list_string_t middle[] = {{NULL, 0}, {inner, 2}};
    guest_list_list_list_string_t out;
    I(echo)(&(guest_list_list_list_string_t){middle, 2}, &out);
    EXPECT(out.len == 2 && out.ptr[0].len == 0 && out.ptr[1].len == 2);
    EXPECT(out.ptr[1].ptr[0].len == 2 && out.ptr[1].ptr[1].len == 0);
    EXPECT(IS(out.ptr[1].ptr[0].ptr[1], "yy"));
    guest_list_list_list_string_free(&out);
    return 0;
}
