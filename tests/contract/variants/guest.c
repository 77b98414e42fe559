/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * One of several cases. */
#include "contract.h"

#define I(name) contract_variants_api_##name
#define E(name) exports_contract_variants_api_##name

typedef I(shape_t) shape;

void E(echo)(E(shape_t) * x, E(shape_t) * ret)
{
    *ret = *x;
}

uint32_t E(number)(E(shape_t) * x)
{
    uint32_t tag = x->tag;
    E(shape_free)(x);
    return tag;
}

void E(filter)(E(list_shape_t) * x, E(list_shape_t) * ret)
{
    *ret = *x;
    ret->len = 0;
    for (size_t i = 0; i < x->len; i++)
        if (x->ptr[i].tag != EXPORTS_CONTRACT_VARIANTS_API_SHAPE_NONE)
            ret->ptr[ret->len++] = x->ptr[i];
    if (x->len && !ret->len)
        free(x->ptr);
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint8_t bytes[] = {9, 8};
    shape shapes[] = {
        {.tag = CONTRACT_VARIANTS_API_SHAPE_NONE},
        {CONTRACT_VARIANTS_API_SHAPE_CIRCLE, {.circle = 1.5f}},
        {CONTRACT_VARIANTS_API_SHAPE_BOX, {.box = {3, UINT32_MAX}}},
        {CONTRACT_VARIANTS_API_SHAPE_TEXT, {.text = *TEXT("text")}},
        {CONTRACT_VARIANTS_API_SHAPE_MANY, {.many = {bytes, 2}}}};
    shape out;
    for (uint32_t i = 0; i < 5; i++)
        EXPECT(I(number)(&shapes[i]) == i);
    I(echo)(&shapes[0], &out);
    EXPECT(out.tag == 0);
    I(echo)(&shapes[1], &out);
    EXPECT(out.tag == 1 && out.val.circle == 1.5f);
    I(echo)(&shapes[2], &out);
    EXPECT(out.tag == 2 && out.val.box.f0 == 3);
    EXPECT(out.val.box.f1 == UINT32_MAX);
    I(echo)(&shapes[3], &out);
    EXPECT(out.tag == 3 && IS(out.val.text, "text"));
    I(shape_free)(&out);
    I(echo)(&shapes[4], &out);
    EXPECT(out.tag == 4 && out.val.many.len == 2 && out.val.many.ptr[0] == 9);
    I(shape_free)(&out);
    I(list_shape_t) list;
    I(filter)(&(I(list_shape_t)){shapes, 5}, &list);
    EXPECT(list.len == 4 && list.ptr[0].tag == 1 && list.ptr[3].tag == 4);
    EXPECT(IS(list.ptr[2].val.text, "text"));
    I(list_shape_free)(&list);
    return 0;
}
