/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources with constructor, methods and a static function. */
#include "contract.h"

#define I(name) contract_resources_api_##name
#define E(name) exports_contract_resources_api_##name

struct E(counter_t) {
    uint32_t sum;
};

static uint32_t alive;

static E(own_counter_t) make(uint32_t sum)
{
    E(counter_t) *it = malloc(sizeof *it);
    it->sum = sum;
    alive++;
    return E(counter_new)(it);
}

void E(counter_destructor)(E(counter_t) * rep)
{
    alive--;
    free(rep);
}

E(own_counter_t) E(constructor_counter)(uint32_t start)
{
    return make(start);
}

uint32_t E(method_counter_add)(E(borrow_counter_t) self, uint32_t x)
{
    return self->sum += x;
}

uint32_t E(method_counter_get)(E(borrow_counter_t) self)
{
    return self->sum;
}

E(own_counter_t) E(static_counter_merge)(E(own_counter_t) a, E(own_counter_t) b)
{
    uint32_t sum = E(counter_rep)(a)->sum + E(counter_rep)(b)->sum;
    E(counter_drop_own)(a);
    E(counter_drop_own)(b);
    return make(sum);
}

uint32_t E(alive)(void)
{
    return alive;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t before = I(alive)();
    I(own_counter_t) a = I(constructor_counter)(40);
    I(own_counter_t) b = I(constructor_counter)(0);
    EXPECT(I(alive)() == before + 2);
    EXPECT(I(method_counter_add)(I(borrow_counter)(a), 2) == 42);
    EXPECT(I(method_counter_get)(I(borrow_counter)(a)) == 42);
    EXPECT(I(method_counter_add)(I(borrow_counter)(b), 1) == 1);
    I(own_counter_t) sum = I(static_counter_merge)(a, b);
    EXPECT(I(method_counter_get)(I(borrow_counter)(sum)) == 43);
    EXPECT(I(alive)() == before + 1);
    I(counter_drop_own)(sum);
    EXPECT(I(alive)() == before);
    return 0;
}
