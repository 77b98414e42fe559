/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Variants, alone and in lists. */
#define TOPIC contract_variants
#include "../host.h"

GIVE(echo, API(shape_t), const API(shape_t) * x)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(number, uint32_t, const API(shape_t) * x)
{
    *result = x->tag;
    return WHIT_OK;
}

GIVE(filter, API(list_shape_t), API(list_shape_t) x)
{
    API(shape_t) *out = whit_host_call_alloc(call, x.len * sizeof *out + 1);
    size_t size = 0;
    for (size_t i = 0; i < x.len; i++)
        if (x.ptr[i].tag)
            out[size++] = x.ptr[i];
    *result = (API(list_shape_t)){out, size};
    return WHIT_OK;
}

static bool same(const API(shape_t) * a, const API(shape_t) * b)
{
    if (a->tag != b->tag)
        return false;
    switch (a->tag) {
    case 1:
        return a->val.circle == b->val.circle;
    case 2:
        return a->val.box.f0 == b->val.box.f0 && a->val.box.f1 == b->val.box.f1;
    case 3:
        return same_text(a->val.text, b->val.text);
    case 4:
        return a->val.many.len == b->val.many.len &&
               !memcmp(a->val.many.ptr, b->val.many.ptr, a->val.many.len);
    default:
        return true;
    }
}

static void test(void)
{
    static const uint8_t bytes[] = {1, 2, 255};
    const API(shape_t) shapes[] = {{.tag = 0},
                                   {1, {.circle = 0.5f}},
                                   {2, {.box = {1, UINT32_MAX}}},
                                   {3, {.text = TEXT("drei")}},
                                   {4, {.many = {bytes, 3}}}};
    API(shape_t) out;
    API(list_shape_t) list;
    uint32_t number_out;
    for (uint32_t i = 0; i < 5; i++) {
        OK(API(echo)(W, &shapes[i], &out, region, E));
        CHECK(same(&shapes[i], &out));
        OK(API(number)(W, &shapes[i], &number_out, E));
        CHECK(number_out == i);
    }
    OK(API(filter)(W, (API(list_shape_t)){shapes, 5}, &list, region, E));
    if (CHECK(list.len == 4))
        for (size_t i = 0; i < 4; i++)
            CHECK(same(&shapes[i + 1], &list.ptr[i]));
    OK(API(filter)(W, (API(list_shape_t)){shapes, 1}, &list, region, E));
    CHECK(list.len == 0);
}

static const struct guest_imports given = {.GIVEN = {echo, number, filter}};

HOST(given, test)
