/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Everything that comes in is freed. */
#include "contract.h"

#define I(name) contract_memory_api_##name
#define E(name) exports_contract_memory_api_##name

typedef guest_tuple2_string_option_list_string_t pair;
typedef guest_list_tuple2_string_option_list_string_t pairs;

void E(echo)(guest_list_u8_t *x, guest_list_u8_t *ret)
{
    *ret = *x;
}

void E(echo_deep)(pairs *x, pairs *ret)
{
    *ret = *x;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    static uint8_t bytes[10000];
    guest_string_t names[] = {*TEXT("a"), *TEXT("bb"), *TEXT("")};
    pair some[] = {{*TEXT("x"), {true, {names, 3}}},
                   {*TEXT("y"), {.is_some = false}}};
    size_t pages = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        guest_list_u8_t out;
        bytes[9999] = (uint8_t)i;
        I(echo)(&(guest_list_u8_t){bytes, 10000}, &out);
        EXPECT(out.len == 10000 && out.ptr[9999] == (uint8_t)i);
        guest_list_u8_free(&out);
        pairs deep;
        I(echo_deep)(&(pairs){some, 2}, &deep);
        EXPECT(deep.len == 2 && IS(deep.ptr[0].f1.val.ptr[1], "bb"));
        guest_list_tuple2_string_option_list_string_free(&deep);
        if (i == 10)
            pages = __builtin_wasm_memory_size(0);
    }
    EXPECT(__builtin_wasm_memory_size(0) == pages);
    return 0;
}
