/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Integers of every width. */
#include "contract.h"

#define I(name) contract_integers_api_##name
#define E(name) exports_contract_integers_api_##name

uint8_t E(echo_u8)(uint8_t x)
{
    return x;
}

int8_t E(echo_s8)(int8_t x)
{
    return x;
}

uint16_t E(echo_u16)(uint16_t x)
{
    return x;
}

int16_t E(echo_s16)(int16_t x)
{
    return x;
}

uint32_t E(echo_u32)(uint32_t x)
{
    return x;
}

int32_t E(echo_s32)(int32_t x)
{
    return x;
}

uint64_t E(echo_u64)(uint64_t x)
{
    return x;
}

int64_t E(echo_s64)(int64_t x)
{
    return x;
}

uint64_t E(sum)(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e,
                int32_t f, uint64_t g, int64_t h)
{
    return a + (uint64_t)b + c + (uint64_t)d + e + (uint64_t)f + g +
           (uint64_t)h;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    EXPECT(I(echo_u8)(0) == 0);
    EXPECT(I(echo_u8)(1) == 1);
    EXPECT(I(echo_u8)(255) == 255);
    EXPECT(I(echo_s8)(-128) == -128);
    EXPECT(I(echo_s8)(-1) == -1);
    EXPECT(I(echo_s8)(127) == 127);
    EXPECT(I(echo_u16)(0) == 0);
    EXPECT(I(echo_u16)(65535) == 65535);
    EXPECT(I(echo_s16)(-32768) == -32768);
    EXPECT(I(echo_s16)(-1) == -1);
    EXPECT(I(echo_s16)(32767) == 32767);
    EXPECT(I(echo_u32)(0) == 0);
    EXPECT(I(echo_u32)(4294967295u) == 4294967295u);
    EXPECT(I(echo_s32)(INT32_MIN) == INT32_MIN);
    EXPECT(I(echo_s32)(-1) == -1);
    EXPECT(I(echo_s32)(INT32_MAX) == INT32_MAX);
    EXPECT(I(echo_u64)(0) == 0);
    EXPECT(I(echo_u64)(UINT64_MAX) == UINT64_MAX);
    EXPECT(I(echo_s64)(INT64_MIN) == INT64_MIN);
    EXPECT(I(echo_s64)(-1) == -1);
    EXPECT(I(echo_s64)(INT64_MAX) == INT64_MAX);
    EXPECT(I(sum)(255, -128, 65535, -32768, 4294967295u, -1, UINT64_MAX, 5) ==
           4295000192);
    return 0;
}
