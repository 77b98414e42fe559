/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists of bytes. */
#define TOPIC contract_bytes
#include "../host.h"

GIVE(reverse, guest_list_u8_t, guest_list_u8_t data)
{
    uint8_t *out = whit_host_call_alloc(call, data.len + 1);
    for (size_t i = 0; i < data.len; i++)
        out[i] = data.ptr[data.len - 1 - i];
    *result = (guest_list_u8_t){out, data.len};
    return WHIT_OK;
}

GIVE(make, guest_list_u8_t, uint32_t count)
{
    uint8_t *out = whit_host_call_alloc(call, count + 1);
    for (uint32_t i = 0; i < count; i++)
        out[i] = (uint8_t)i;
    *result = (guest_list_u8_t){out, count};
    return WHIT_OK;
}

GIVE(sum, uint64_t, guest_list_u8_t data)
{
    for (size_t i = 0; i < data.len; i++)
        *result += data.ptr[i];
    return WHIT_OK;
}

static void check_size(uint32_t size)
{
    guest_list_u8_t made, turned;
    uint64_t total, expected = 0;
    bool right = true;
    OK(API(make)(W, size, &made, region, E));
    CHECK(made.len == size);
    for (uint32_t i = 0; i < made.len; i++) {
        right &= made.ptr[i] == (uint8_t)i;
        expected += (uint8_t)i;
    }
    CHECK(right);
    OK(API(reverse)(W, made, &turned, region, E));
    CHECK(turned.len == size);
    for (uint32_t i = 0; i < turned.len; i++)
        right &= turned.ptr[i] == made.ptr[size - 1 - i];
    CHECK(right);
    OK(API(sum)(W, made, &total, E));
    CHECK(total == expected);
    whit_region_reset(region);
}

static void test(void)
{
    static const uint32_t sizes[] = {0, 1, 2, 255, 256, 65536, 300001};
    for (size_t i = 0; i < COUNT(sizes); i++)
        check_size(sizes[i]);
}

static const struct guest_imports given = {.GIVEN = {reverse, make, sum}};

HOST(given, test)
