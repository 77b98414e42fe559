/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tuples. */
#include "contract.h"

#define I(name) contract_tuples_api_##name
#define E(name) exports_contract_tuples_api_##name

typedef guest_tuple5_u8_u64_u8_f32_char32_t five;

void E(swap)(guest_tuple2_u8_string_t *x, guest_tuple2_string_u8_t *ret)
{
    *ret = (guest_tuple2_string_u8_t){x->f1, x->f0};
}

void E(echo)(five *x, five *ret)
{
    *ret = *x;
}

void E(unzip)(guest_list_tuple2_u32_string_t *x,
              guest_tuple2_list_u32_list_string_t *ret)
{
    ret->f0.len = ret->f1.len = x->len;
    ret->f0.ptr = malloc(x->len * sizeof *ret->f0.ptr);
    ret->f1.ptr = malloc(x->len * sizeof *ret->f1.ptr);
    for (size_t i = 0; i < x->len; i++) {
        ret->f0.ptr[i] = x->ptr[i].f0;
        ret->f1.ptr[i] = x->ptr[i].f1;
    }
    if (x->len)
        free(x->ptr);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    guest_tuple2_string_u8_t back;
    I(swap)(&(guest_tuple2_u8_string_t){255, *TEXT("x")}, &back);
    EXPECT(IS(back.f0, "x") && back.f1 == 255);
    guest_tuple2_string_u8_free(&back);
    five out;
    I(echo)(&(five){1, UINT64_MAX, 3, 0.5f, 0x1f389}, &out);
    EXPECT(out.f0 == 1 && out.f1 == UINT64_MAX && out.f2 == 3);
    EXPECT(out.f3 == 0.5f && out.f4 == 0x1f389);
    guest_tuple2_u32_string_t pairs[] = {{7, *TEXT("a")}, {8, *TEXT("b")}};
    guest_tuple2_list_u32_list_string_t lists;
    I(unzip)(&(guest_list_tuple2_u32_string_t){pairs, 2}, &lists);
    EXPECT(lists.f0.len == 2 && lists.f0.ptr[1] == 8);
    EXPECT(lists.f1.len == 2 && IS(lists.f1.ptr[0], "a"));
    guest_tuple2_list_u32_list_string_free(&lists);
    return 0;
}
