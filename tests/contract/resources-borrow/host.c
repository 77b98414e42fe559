/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources that are lent. */
#define TOPIC contract_resources_borrow
#include "../host.h"

static uint32_t values[256];
static uint32_t made, alive_count;

GIVE(constructor, OURS(thing_t), uint32_t value)
{
    if (made == COUNT(values))
        return WHIT_LIMIT;
    values[ *result = made++] = value;
    alive_count++;
    return WHIT_OK;
}

GIVE(value, uint32_t, OURS(thing_t) self)
{
    *result = values[self];
    return WHIT_OK;
}

GIVE(same, bool, OURS(thing_t) self, OURS(thing_t) other)
{
    *result = values[self] == values[other];
    return WHIT_OK;
}

GIVE(add, uint32_t, OURS(thing_t) a, OURS(thing_t) b)
{
    *result = values[a] + values[b];
    return WHIT_OK;
}

GIVE(sum, uint32_t, OURS(list_borrow_thing_t) x)
{
    for (size_t i = 0; i < x.len; i++)
        *result += values[x.ptr[i]];
    return WHIT_OK;
}

GIVE_(alive, uint32_t)
{
    *result = alive_count;
    return WHIT_OK;
}

static void drop_thing(void *env, OURS(thing_t) representation)
{
    alive_count--;
}

static void test(void)
{
    API(thing_t) a, b, things[3];
    uint32_t out, before;
    bool equal;
    OK(API(alive)(W, &before, E));
    OK(API(constructor_thing)(W, 40, &a, E));
    OK(API(constructor_thing)(W, 2, &b, E));
    OK(API(method_thing_value)(W, a, &out, E));
    CHECK(out == 40);
    OK(API(method_thing_same)(W, a, b, &equal, E));
    CHECK(!equal);
    OK(API(method_thing_same)(W, a, a, &equal, E));
    CHECK(equal);
    OK(API(add)(W, a, b, &out, E));
    CHECK(out == 42);
    OK(API(add)(W, b, b, &out, E));
    CHECK(out == 4);
    things[0] = things[1] = a;
    things[2] = b;
    OK(API(sum)(W, (API(list_borrow_thing_t)){things, 3}, &out, E));
    CHECK(out == 82);
    OK(API(sum)(W, (API(list_borrow_thing_t)){NULL, 0}, &out, E));
    CHECK(out == 0);
    OK(API(thing_drop_own)(W, a, E));
    OK(API(thing_drop_own)(W, b, E));
    OK(API(alive)(W, &out, E));
    CHECK(out == before);
}

static const struct guest_imports given = {
    .GIVEN = {.drop_thing = drop_thing,
              .constructor_thing = constructor,
              .method_thing_value = value,
              .method_thing_same = same,
              .add = add,
              .sum = sum,
              .alive = alive}};

HOST(given, test)
