/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources of both sides: constructor, methods, a static function. */
#define TOPIC contract_resources
#include "../host.h"

static uint32_t sums[64];
static uint32_t made, alive_count;

GIVE(constructor, OURS(counter_t), uint32_t start)
{
    if (made == COUNT(sums))
        return WHIT_LIMIT;
    *result = made++;
    sums[*result] = start;
    alive_count++;
    return WHIT_OK;
}

GIVE(add, uint32_t, OURS(counter_t) self, uint32_t x)
{
    *result = sums[self] += x;
    return WHIT_OK;
}

GIVE(get, uint32_t, OURS(counter_t) self)
{
    *result = sums[self];
    return WHIT_OK;
}

static void drop_counter(void *env, OURS(counter_t) representation)
{
    CHECK(sums[representation] != UINT32_MAX);
    sums[representation] = UINT32_MAX;
    alive_count--;
}

/* What is passed as own is the function's to end. */
GIVE(merge, OURS(counter_t), OURS(counter_t) a, OURS(counter_t) b)
{
    uint32_t sum = sums[a] + sums[b];
    drop_counter(env, a);
    drop_counter(env, b);
    return constructor(env, call, sum, result, error);
}

GIVE_(alive, uint32_t)
{
    *result = alive_count;
    return WHIT_OK;
}

static uint32_t count_alive(void)
{
    uint32_t count = UINT32_MAX;
    OK(API(alive)(W, &count, E));
    return count;
}

static void test(void)
{
    API(counter_t) a, b, sum;
    uint32_t value, before = count_alive();
    OK(API(constructor_counter)(W, 40, &a, E));
    OK(API(constructor_counter)(W, UINT32_MAX, &b, E));
    CHECK(a.handle != b.handle);
    CHECK(count_alive() == before + 2);
    OK(API(method_counter_add)(W, a, 2, &value, E));
    CHECK(value == 42);
    OK(API(method_counter_add)(W, b, 1, &value, E));
    CHECK(value == 0);
    OK(API(method_counter_get)(W, a, &value, E));
    CHECK(value == 42);
    OK(API(static_counter_merge)(W, a, b, &sum, E));
    OK(API(method_counter_get)(W, sum, &value, E));
    CHECK(value == 42);
    CHECK(count_alive() == before + 1);
    OK(API(counter_drop_own)(W, sum, E));
    CHECK(count_alive() == before);
    /* Handles that are gone are refused, and nothing breaks. */
    CHECK(API(counter_drop_own)(W, sum, E) != WHIT_OK);
    CHECK(API(counter_drop_own)(W, (API(counter_t)){12345}, E) != WHIT_OK);
}

static const struct guest_imports given = {
    .GIVEN = {.drop_counter = drop_counter,
              .constructor_counter = constructor,
              .method_counter_add = add,
              .method_counter_get = get,
              .static_counter_merge = merge,
              .alive = alive}};

HOST(given, test)
