/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources inside values. */
#include "contract.h"

#define I(name) contract_resources_lists_api_##name
#define E(name) exports_contract_resources_lists_api_##name

struct E(thing_t) {
    uint32_t value;
};

static uint32_t alive;

void E(thing_destructor)(E(thing_t) * rep)
{
    alive--;
    free(rep);
}

E(own_thing_t) E(constructor_thing)(uint32_t value)
{
    E(thing_t) *it = malloc(sizeof *it);
    it->value = value;
    alive++;
    return E(thing_new)(it);
}

uint32_t E(method_thing_value)(E(borrow_thing_t) self)
{
    return self->value;
}

uint32_t E(alive)(void)
{
    return alive;
}

void E(make)(uint32_t count, E(list_own_thing_t) * ret)
{
    ret->len = count;
    ret->ptr = malloc(count * sizeof *ret->ptr);
    for (uint32_t i = 0; i < count; i++)
        ret->ptr[i] = E(constructor_thing)(i);
}

void E(take)(E(list_own_thing_t) * x, guest_list_u32_t *ret)
{
    ret->len = x->len;
    ret->ptr = malloc(x->len * sizeof *ret->ptr);
    for (size_t i = 0; i < x->len; i++)
        ret->ptr[i] = E(thing_rep)(x->ptr[i])->value;
    E(list_own_thing_free)(x);
}

void E(swap)(E(pair_t) * x, E(pair_t) * ret)
{
    *ret = *x;
    if (!x->b.is_some)
        return;
    ret->a = x->b.val;
    ret->b.val = x->a;
}

static uint32_t value(I(own_thing_t) x)
{
    return I(method_thing_value)(I(borrow_thing)(x));
}

typedef I(pair_t) two;

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t before = I(alive)();
    I(list_own_thing_t) things;
    I(make)(3, &things);
    EXPECT(things.len == 3 && value(things.ptr[0]) == 0);
    EXPECT(value(things.ptr[2]) == 2 && I(alive)() == before + 3);
    guest_list_u32_t values;
    I(take)(&things, &values);
    EXPECT(I(alive)() == before);
    EXPECT(values.len == 3 && values.ptr[1] == 1);
    guest_list_u32_free(&values);
    two pair = {I(constructor_thing)(1), {true, I(constructor_thing)(2)}}, out;
    I(swap)(&pair, &out);
    EXPECT(value(out.a) == 2 && out.b.is_some && value(out.b.val) == 1);
    I(pair_free)(&out);
    EXPECT(I(alive)() == before);
    pair = (two){I(constructor_thing)(3), {.is_some = false}};
    I(swap)(&pair, &out);
    EXPECT(value(out.a) == 3 && !out.b.is_some);
    I(pair_free)(&out);
    EXPECT(I(alive)() == before);
    return 0;
}
