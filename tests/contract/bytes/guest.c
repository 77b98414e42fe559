/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists of bytes. */
#include "contract.h"

#define I(name) contract_bytes_api_##name
#define E(name) exports_contract_bytes_api_##name

void E(reverse)(guest_list_u8_t *data, guest_list_u8_t *ret)
{
    for (size_t i = 0; i < data->len / 2; i++) {
        uint8_t byte = data->ptr[i];
        data->ptr[i] = data->ptr[data->len - 1 - i];
        data->ptr[data->len - 1 - i] = byte;
    }
    *ret = *data;
}

void E(make)(uint32_t count, guest_list_u8_t *ret)
{
    ret->ptr = malloc(count);
    ret->len = count;
    for (uint32_t i = 0; i < count; i++)
        ret->ptr[i] = (uint8_t)i;
}

uint64_t E(sum)(guest_list_u8_t *data)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < data->len; i++)
        sum += data->ptr[i];
    guest_list_u8_free(data);
    return sum;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint8_t some[] = {1, 2, 255};
    guest_list_u8_t out;
    I(reverse)(&(guest_list_u8_t){some, 3}, &out);
    EXPECT(out.len == 3 && out.ptr[0] == 255 && out.ptr[2] == 1);
    guest_list_u8_free(&out);
    I(reverse)(&(guest_list_u8_t){NULL, 0}, &out);
    EXPECT(out.len == 0);
    I(make)(70000, &out);
    EXPECT(out.len == 70000 && out.ptr[69999] == 111);
    EXPECT(I(sum)(&out) == 8916936);
    guest_list_u8_free(&out);
    EXPECT(I(sum)(&(guest_list_u8_t){some, 3}) == 258);
    return 0;
}
