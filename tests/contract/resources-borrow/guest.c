/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources that are lent. */
#include "contract.h"

#define I(name) contract_resources_borrow_api_##name
#define E(name) exports_contract_resources_borrow_api_##name

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

bool E(method_thing_same)(E(borrow_thing_t) self, E(borrow_thing_t) other)
{
    return self->value == other->value;
}

uint32_t E(add)(E(borrow_thing_t) a, E(borrow_thing_t) b)
{
    return a->value + b->value;
}

uint32_t E(sum)(E(list_borrow_thing_t) * x)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < x->len; i++)
        sum += x->ptr[i]->value;
    if (x->len)
        free(x->ptr);
    return sum;
}

uint32_t E(alive)(void)
{
    return alive;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t before = I(alive)();
    I(own_thing_t) a = I(constructor_thing)(40), b = I(constructor_thing)(2);
    I(borrow_thing_t) both[] = {I(borrow_thing)(a), I(borrow_thing)(b)};
    EXPECT(I(add)(both[0], both[1]) == 42);
    EXPECT(I(add)(both[0], both[0]) == 80);
    EXPECT(!I(method_thing_same)(both[0], both[1]));
    EXPECT(I(method_thing_same)(both[1], both[1]));
    EXPECT(I(sum)(&(I(list_borrow_thing_t)){both, 2}) == 42);
    EXPECT(I(sum)(&(I(list_borrow_thing_t)){NULL, 0}) == 0);
    EXPECT(I(method_thing_value)(both[0]) == 40);
    EXPECT(I(alive)() == before + 2);
    I(thing_drop_own)(a);
    I(thing_drop_own)(b);
    EXPECT(I(alive)() == before);
    return 0;
}
