/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Integers at the edges of their ranges. */
#define TOPIC contract_integers
#include "../host.h"

#define ECHO(name, type)     \
    GIVE(name, type, type x) \
    {                        \
        *result = x;         \
        return WHIT_OK;      \
    }

ECHO(echo_u8, uint8_t)
ECHO(echo_s8, int8_t)
ECHO(echo_u16, uint16_t)
ECHO(echo_s16, int16_t)
ECHO(echo_u32, uint32_t)
ECHO(echo_s32, int32_t)
ECHO(echo_u64, uint64_t)
ECHO(echo_s64, int64_t)

GIVE(sum, uint64_t, uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e,
     int32_t f, uint64_t g, int64_t h)
{
    *result =
        a + (uint64_t)b + c + (uint64_t)d + e + (uint64_t)f + g + (uint64_t)h;
    return WHIT_OK;
}

#define CHECK_ECHO(name, type, ...)                  \
    do {                                             \
        const type in[] = {__VA_ARGS__};             \
        for (size_t i = 0; i < COUNT(in); i++) {     \
            type out = 0;                            \
            OK(API(echo_##name)(W, in[i], &out, E)); \
            CHECK(out == in[i]);                     \
        }                                            \
    } while (0)

static void test(void)
{
    uint64_t total;
    CHECK_ECHO(u8, uint8_t, 0, 1, 127, 128, UINT8_MAX);
    CHECK_ECHO(s8, int8_t, INT8_MIN, -1, 0, 1, INT8_MAX);
    CHECK_ECHO(u16, uint16_t, 0, 256, 32768, UINT16_MAX);
    CHECK_ECHO(s16, int16_t, INT16_MIN, -1, 0, INT16_MAX);
    CHECK_ECHO(u32, uint32_t, 0, 0x80000000, UINT32_MAX);
    CHECK_ECHO(s32, int32_t, INT32_MIN, -1, 0, INT32_MAX);
    CHECK_ECHO(u64, uint64_t, 0, 0x8000000000000000, UINT64_MAX);
    CHECK_ECHO(s64, int64_t, INT64_MIN, -1, 0, INT64_MAX);
    OK(API(sum)(W, 1, 2, 3, 4, 5, 6, 7, 8, &total, E));
    CHECK(total == 36);
    OK(API(sum)(W, 255, -128, 65535, -32768, UINT32_MAX, INT32_MIN, UINT64_MAX,
                INT64_MIN, &total, E));
    CHECK(total == (uint64_t)255 - 128u + 65535u - 32768u + UINT32_MAX +
                       (uint64_t)INT32_MIN + UINT64_MAX + (uint64_t)INT64_MIN);
}

static const struct guest_imports given = {
    .GIVEN = {echo_u8, echo_s8, echo_u16, echo_s16, echo_u32, echo_s32,
              echo_u64, echo_s64, sum}};

HOST(given, test)
