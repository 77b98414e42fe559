/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tuples, also of lists. */
#define TOPIC contract_tuples
#include "../host.h"

typedef guest_tuple5_u8_u64_u8_f32_char32_t five;

GIVE(swap, guest_tuple2_string_u8_t, const guest_tuple2_u8_string_t *x)
{
    *result = (guest_tuple2_string_u8_t){x->f1, x->f0};
    return WHIT_OK;
}

GIVE(echo, five, const five *x)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(unzip, guest_tuple2_list_u32_list_string_t,
     guest_list_tuple2_u32_string_t x)
{
    uint32_t *numbers = whit_host_call_alloc(call, x.len * sizeof *numbers + 1);
    guest_string_t *texts =
        whit_host_call_alloc(call, x.len * sizeof *texts + 1);
    for (size_t i = 0; i < x.len; i++) {
        numbers[i] = x.ptr[i].f0;
        texts[i] = x.ptr[i].f1;
    }
    result->f0 = (guest_list_u32_t){numbers, x.len};
    result->f1 = (guest_list_string_t){texts, x.len};
    return WHIT_OK;
}

static void test(void)
{
    guest_tuple2_string_u8_t pair;
    five in = {255, UINT64_MAX, 1, -1.5f, 0x1f389}, out;
    guest_tuple2_list_u32_list_string_t lists;
    const guest_tuple2_u32_string_t items[] = {{1, TEXT("a")}, {2, TEXT("")}};
    OK(API(swap)(W, &(guest_tuple2_u8_string_t){9, TEXT("nine")}, &pair, region,
                 E));
    CHECK(pair.f1 == 9 && IS(pair.f0, "nine"));
    OK(API(echo)(W, &in, &out, E));
    CHECK(out.f0 == 255 && out.f1 == UINT64_MAX && out.f2 == 1);
    CHECK(out.f3 == -1.5f && out.f4 == 0x1f389);
    OK(API(unzip)(W, (guest_list_tuple2_u32_string_t){items, 2}, &lists, region,
                  E));
    CHECK(lists.f0.len == 2 && lists.f0.ptr[0] == 1 && lists.f0.ptr[1] == 2);
    CHECK(lists.f1.len == 2 && IS(lists.f1.ptr[0], "a"));
    CHECK(lists.f1.ptr[1].len == 0);
}

static const struct guest_imports given = {.GIVEN = {swap, echo, unzip}};

HOST(given, test)
