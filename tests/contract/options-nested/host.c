/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Options in options and lists. */
#define TOPIC contract_options_nested
#include "../host.h"

typedef guest_option_option_u32_t two;
typedef guest_option_option_string_t two_texts;

GIVE(count, uint64_t, const two *x)
{
    *result = !x->is_some ? 0 : !x->val.is_some ? 1 : 2 + (uint64_t)x->val.val;
    return WHIT_OK;
}

GIVE(echo, two_texts, const two_texts *x)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(present, guest_list_u32_t, guest_list_option_u32_t x)
{
    uint32_t *out = whit_host_call_alloc(call, 4 * x.len + 1);
    size_t size = 0;
    for (size_t i = 0; i < x.len; i++)
        if (x.ptr[i].is_some)
            out[size++] = x.ptr[i].val;
    *result = (guest_list_u32_t){out, size};
    return WHIT_OK;
}

static void test(void)
{
    uint64_t n;
    two_texts text;
    guest_list_u32_t list;
    OK(API(count)(W, &(two){.is_some = false}, &n, E));
    CHECK(n == 0);
    OK(API(count)(W, &(two){.is_some = true}, &n, E));
    CHECK(n == 1);
    OK(API(count)(W, &(two){true, {true, UINT32_MAX}}, &n, E));
    CHECK(n == 2 + (uint64_t)UINT32_MAX);
    OK(API(echo)(W, &(two_texts){.is_some = false}, &text, region, E));
    CHECK(!text.is_some);
    OK(API(echo)(W, &(two_texts){.is_some = true}, &text, region, E));
    CHECK(text.is_some && !text.val.is_some);
    OK(API(echo)(W, &(two_texts){true, {true, TEXT("x")}}, &text, region, E));
    CHECK(text.is_some && text.val.is_some && IS(text.val.val, "x"));
    const guest_option_u32_t items[] = {{true, 1}, {false, 2}, {true, 3}};
    OK(API(present)(W, (guest_list_option_u32_t){items, 3}, &list, region, E));
    CHECK(list.len == 2 && list.ptr[0] == 1 && list.ptr[1] == 3);
    OK(API(present)(W, (guest_list_option_u32_t){NULL, 0}, &list, region, E));
    CHECK(list.len == 0);
}

static const struct guest_imports given = {.GIVEN = {count, echo, present}};

HOST(given, test)
