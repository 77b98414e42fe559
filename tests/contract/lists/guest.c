/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists of numbers and texts. */
#include "contract.h"

#define I(name) contract_lists_api_##name
#define E(name) exports_contract_lists_api_##name

void E(echo_u32)(guest_list_u32_t *x, guest_list_u32_t *ret)
{
    *ret = *x;
}

void E(echo_s64)(guest_list_s64_t *x, guest_list_s64_t *ret)
{
    *ret = *x;
}

void E(echo_f64)(guest_list_f64_t *x, guest_list_f64_t *ret)
{
    *ret = *x;
}

void E(echo_bool)(guest_list_bool_t *x, guest_list_bool_t *ret)
{
    *ret = *x;
}

void E(echo_char)(guest_list_char32_t *x, guest_list_char32_t *ret)
{
    *ret = *x;
}

void E(reverse)(guest_list_string_t *x, guest_list_string_t *ret)
{
    ret->len = x->len;
    ret->ptr = malloc(x->len * sizeof *x->ptr);
    for (size_t i = 0; i < x->len; i++)
        ret->ptr[i] = x->ptr[x->len - 1 - i];
    if (x->len)
        free(x->ptr);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t some_u32[] = {0, 7, UINT32_MAX};
    guest_list_u32_t out_u32;
    I(echo_u32)(&(guest_list_u32_t){some_u32, 3}, &out_u32);
    EXPECT(out_u32.len == 3);
    EXPECT(!memcmp(out_u32.ptr, some_u32, sizeof some_u32));
    guest_list_u32_free(&out_u32);
    int64_t some_s64[] = {INT64_MIN, -1, 3};
    guest_list_s64_t out_s64;
    I(echo_s64)(&(guest_list_s64_t){some_s64, 3}, &out_s64);
    EXPECT(out_s64.len == 3);
    EXPECT(!memcmp(out_s64.ptr, some_s64, sizeof some_s64));
    guest_list_s64_free(&out_s64);
    double some_f64[] = {-0.5, 1e300, 3};
    guest_list_f64_t out_f64;
    I(echo_f64)(&(guest_list_f64_t){some_f64, 3}, &out_f64);
    EXPECT(out_f64.len == 3);
    EXPECT(!memcmp(out_f64.ptr, some_f64, sizeof some_f64));
    guest_list_f64_free(&out_f64);
    bool some_bool[] = {true, false, true};
    guest_list_bool_t out_bool;
    I(echo_bool)(&(guest_list_bool_t){some_bool, 3}, &out_bool);
    EXPECT(out_bool.len == 3);
    EXPECT(!memcmp(out_bool.ptr, some_bool, sizeof some_bool));
    guest_list_bool_free(&out_bool);
    uint32_t some_char[] = {0, 0x10ffff, 3};
    guest_list_char32_t out_char;
    I(echo_char)(&(guest_list_char32_t){some_char, 3}, &out_char);
    EXPECT(out_char.len == 3);
    EXPECT(!memcmp(out_char.ptr, some_char, sizeof some_char));
    guest_list_char32_free(&out_char);
    guest_string_t texts[] = {*TEXT("a"), *TEXT(""), *TEXT("ccc")};
    guest_list_string_t out;
    I(reverse)(&(guest_list_string_t){texts, 3}, &out);
    EXPECT(out.len == 3 && IS(out.ptr[0], "ccc") && out.ptr[1].len == 0);
    EXPECT(IS(out.ptr[2], "a"));
    guest_list_string_free(&out);
    I(reverse)(&(guest_list_string_t){NULL, 0}, &out);
    EXPECT(out.len == 0);
    return 0;
}
