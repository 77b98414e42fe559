/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lists of every width. */
#define TOPIC contract_lists
#include "../host.h"

#define ECHO(name, type)     \
    GIVE(name, type, type x) \
    {                        \
        *result = x;         \
        return WHIT_OK;      \
    }

ECHO(echo_u32, guest_list_u32_t)
ECHO(echo_s64, guest_list_s64_t)
ECHO(echo_f64, guest_list_f64_t)
ECHO(echo_bool, guest_list_bool_t)
ECHO(echo_char, guest_list_char32_t)

GIVE(reverse, guest_list_string_t, guest_list_string_t x)
{
    guest_string_t *out = whit_host_call_alloc(call, x.len * sizeof *out + 1);
    for (size_t i = 0; i < x.len; i++)
        out[i] = x.ptr[x.len - 1 - i];
    *result = (guest_list_string_t){out, x.len};
    return WHIT_OK;
}

#define CHECK_ECHO(name, list, type, ...)                               \
    do {                                                                \
        static const type items[] = {__VA_ARGS__};                      \
        list out;                                                       \
        for (size_t n = 0; n <= COUNT(items); n++) {                    \
            OK(API(echo_##name)(W, (list){items, n}, &out, region, E)); \
            CHECK(out.len == n);                                        \
            CHECK(!n || !memcmp(out.ptr, items, n * sizeof(type)));     \
        }                                                               \
    } while (0)

static void test(void)
{
    CHECK_ECHO(u32, guest_list_u32_t, uint32_t, 0, 1, UINT32_MAX);
    CHECK_ECHO(s64, guest_list_s64_t, int64_t, INT64_MIN, -1, INT64_MAX);
    CHECK_ECHO(f64, guest_list_f64_t, double, 0.1, -1e300);
    CHECK_ECHO(bool, guest_list_bool_t, bool, true, false, true, true);
    CHECK_ECHO(char, guest_list_char32_t, uint32_t, 'a', 0x10ffff, 0xd7ff);
    const guest_string_t texts[] = {TEXT("a"), TEXT(""), TEXT("🎉")};
    guest_list_string_t out;
    OK(API(reverse)(W, (guest_list_string_t){texts, 3}, &out, region, E));
    CHECK(out.len == 3 && IS(out.ptr[0], "🎉") && IS(out.ptr[2], "a"));
    CHECK(out.len == 3 && out.ptr[1].len == 0);
}

static const struct guest_imports given = {
    .GIVEN = {echo_u32, echo_s64, echo_f64, echo_bool, echo_char, reverse}};

HOST(given, test)
