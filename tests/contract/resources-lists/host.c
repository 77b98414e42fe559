/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources inside values. */
#define TOPIC contract_resources_lists
#include "../host.h"

static uint32_t alive_count;

/* A thing is its value. */
GIVE(constructor, OURS(thing_t), uint32_t value)
{
    *result = value;
    alive_count++;
    return WHIT_OK;
}

GIVE(value, uint32_t, OURS(thing_t) self)
{
    *result = self;
    return WHIT_OK;
}

GIVE(make, OURS(list_own_thing_t), uint32_t count)
{
    OURS(thing_t) *out = whit_host_call_alloc(call, count * sizeof *out + 1);
    for (uint32_t i = 0; i < count; i++)
        out[i] = i;
    alive_count += count;
    *result = (OURS(list_own_thing_t)){out, count};
    return WHIT_OK;
}

GIVE(take, guest_list_u32_t, OURS(list_own_thing_t) x)
{
    *result = (guest_list_u32_t){x.ptr, x.len};
    alive_count -= (uint32_t)x.len;
    return WHIT_OK;
}

GIVE(swap, OURS(pair_t), const OURS(pair_t) * x)
{
    *result = *x;
    if (x->b.is_some) {
        result->a = x->b.val;
        result->b.val = x->a;
    }
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

static uint32_t count_alive(void)
{
    uint32_t count = UINT32_MAX;
    OK(API(alive)(W, &count, E));
    return count;
}

static uint32_t value_of(API(thing_t) thing)
{
    uint32_t out = UINT32_MAX;
    OK(API(method_thing_value)(W, thing, &out, E));
    return out;
}

static void test(void)
{
    API(list_own_thing_t) things;
    API(pair_t) pair, out;
    guest_list_u32_t values;
    uint32_t before = count_alive();
    OK(API(make)(W, 5, &things, region, E));
    if (!CHECK(things.len == 5))
        return;
    CHECK(count_alive() == before + 5);
    for (uint32_t i = 0; i < 5; i++)
        CHECK(value_of(things.ptr[i]) == i);
    OK(API(take)(W, things, &values, region, E));
    CHECK(count_alive() == before);
    CHECK(values.len == 5 && values.ptr[0] == 0 && values.ptr[4] == 4);
    OK(API(make)(W, 0, &things, region, E));
    CHECK(things.len == 0);
    pair.b.is_some = true;
    OK(API(constructor_thing)(W, 1, &pair.a, E));
    OK(API(constructor_thing)(W, 2, &pair.b.val, E));
    OK(API(swap)(W, &pair, &out, E));
    CHECK(value_of(out.a) == 2 && out.b.is_some && value_of(out.b.val) == 1);
    OK(API(thing_drop_own)(W, out.b.val, E));
    pair = (API(pair_t)){out.a, {.is_some = false}};
    OK(API(swap)(W, &pair, &out, E));
    CHECK(value_of(out.a) == 2 && !out.b.is_some);
    OK(API(thing_drop_own)(W, out.a, E));
    CHECK(count_alive() == before);
}

static const struct guest_imports given = {
    .GIVEN = {.drop_thing = drop_thing,
              .constructor_thing = constructor,
              .method_thing_value = value,
              .make = make,
              .take = take,
              .swap = swap,
              .alive = alive}};

HOST(given, test)
