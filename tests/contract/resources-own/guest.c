/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources that change hands. */
#include "contract.h"

#define I(name) contract_resources_own_api_##name
#define E(name) exports_contract_resources_own_api_##name

struct E(thing_t) {
    guest_string_t name;
};

static uint32_t alive;
static E(own_thing_t) kept;

void E(thing_destructor)(E(thing_t) * rep)
{
    alive--;
    guest_string_free(&rep->name);
    free(rep);
}

E(own_thing_t) E(constructor_thing)(guest_string_t *name)
{
    E(thing_t) *it = malloc(sizeof *it);
    it->name = *name;
    alive++;
    return E(thing_new)(it);
}

void E(method_thing_name)(E(borrow_thing_t) self, guest_string_t *ret)
{
    guest_string_dup_n(ret, (char *)self->name.ptr, self->name.len);
}

void E(keep)(E(own_thing_t) x)
{
    if (kept.__handle)
        E(thing_drop_own)(kept);
    kept = x;
}

bool E(take)(E(own_thing_t) * ret)
{
    *ret = kept;
    kept.__handle = 0;
    return ret->__handle;
}

E(own_thing_t) E(pass)(E(own_thing_t) x)
{
    return x;
}

uint32_t E(alive)(void)
{
    return alive;
}

static bool has_name(I(own_thing_t) x, guest_string_t *name)
{
    guest_string_t it;
    I(method_thing_name)(I(borrow_thing)(x), &it);
    bool same = it.len == name->len && !memcmp(it.ptr, name->ptr, it.len);
    guest_string_free(&it);
    return same;
}

uint32_t exports_guest_check(void)
{
    uint32_t step = 0;
    uint32_t before = I(alive)();
    I(own_thing_t) x;
    EXPECT(!I(take)(&x));
    I(keep)(I(constructor_thing)(TEXT("first")));
    EXPECT(I(alive)() == before + 1);
    I(keep)(I(constructor_thing)(TEXT("second")));
    EXPECT(I(alive)() == before + 1);
    EXPECT(I(take)(&x) && has_name(x, TEXT("second")));
    EXPECT(!I(take)(&(I(own_thing_t)){0}));
    x = I(pass)(x);
    EXPECT(has_name(x, TEXT("second")));
    I(thing_drop_own)(x);
    EXPECT(I(alive)() == before);
    return 0;
}
