/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * More parameters than fit into core values. */
#define TOPIC contract_many_params
#include "../host.h"

GIVE(sum, uint64_t, uint8_t a, uint16_t b, uint32_t c, uint64_t d, uint8_t e,
     uint16_t f, uint32_t g, uint64_t h, uint8_t i, uint16_t j, uint32_t k,
     uint64_t l, uint8_t m, uint16_t n, uint32_t o, uint64_t p, uint8_t q)
{
    *result = a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q;
    return WHIT_OK;
}

GIVE(join, guest_string_t, guest_string_t a, guest_string_t b, guest_string_t c,
     guest_string_t d, guest_string_t e, guest_string_t f, guest_string_t g,
     guest_string_t h, const guest_option_string_t *i)
{
    const guest_string_t all[] = {a, b, c, d, e, f, g, h, i->val};
    size_t size = 0, count = i->is_some ? 9 : 8;
    for (size_t k = 0; k < count; k++)
        size += all[k].len;
    char *out = whit_host_call_alloc(call, size + 1);
    *result = (guest_string_t){out, size};
    for (size_t k = 0; k < count; k++) {
        memcpy(out, all[k].ptr, all[k].len);
        out += all[k].len;
    }
    return WHIT_OK;
}

static void test(void)
{
    uint64_t total;
    guest_string_t text;
    OK(API(sum)(W, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
                &total, E));
    CHECK(total == 153);
    OK(API(sum)(W, 255, 65535, UINT32_MAX, 0, 255, 65535, UINT32_MAX, 0, 0, 0,
                0, 1ull << 60, 0, 0, 0, 0, 255, &total, E));
    CHECK(total == 3 * 255 + 2 * 65535 + 2ull * UINT32_MAX + (1ull << 60));
    OK(API(join)(W, TEXT("a"), TEXT("b"), TEXT(""), TEXT("d"), TEXT("e"),
                 TEXT("f"), TEXT("g"), TEXT("ü"),
                 &(guest_option_string_t){true, TEXT("!")}, &text, region, E));
    CHECK(IS(text, "abdefgü!"));
    OK(API(join)(W, TEXT("a"), TEXT(""), TEXT(""), TEXT(""), TEXT(""), TEXT(""),
                 TEXT(""), TEXT("h"),
                 &(guest_option_string_t){.is_some = false}, &text, region, E));
    CHECK(IS(text, "ah"));
}

static const struct guest_imports given = {.GIVEN = {sum, join}};

HOST(given, test)
