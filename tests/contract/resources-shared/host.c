/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A resource of the host that an exported interface uses. */
#define TOPIC contract_resources_shared
#include "../host.h"

typedef guest_host_contract_resources_shared_types_token_t token;

static uint32_t values[64];
static uint32_t made, alive_count;

GIVE(constructor, token, uint32_t value)
{
    if (made == COUNT(values))
        return WHIT_LIMIT;
    values[ *result = made++] = value;
    alive_count++;
    return WHIT_OK;
}

GIVE(value, uint32_t, token self)
{
    *result = values[self];
    return WHIT_OK;
}

static void drop_token(void *env, token representation)
{
    values[representation] = 0;
    alive_count--;
}

GIVE(twice, token, token x)
{
    return constructor(env, call, 2 * values[x], result, error);
}

GIVE(spend, uint32_t, token x)
{
    *result = values[x];
    drop_token(env, x);
    return WHIT_OK;
}

static void test(void)
{
    token one, two = UINT32_MAX;
    uint32_t out;
    OK(constructor(NULL, NULL, 21, &one, E));
    OK(API(double)(W, one, &two, E));
    if (!CHECK(two < made && two != one))
        return;
    CHECK(values[two] == 42 && alive_count == 2);
    OK(API(spend)(W, two, &out, E));
    CHECK(out == 42 && alive_count == 1);
    OK(API(spend)(W, one, &out, E));
    CHECK(out == 21 && alive_count == 0);
}

static const struct guest_imports given = {
    .contract_resources_shared_types = {.drop_token = drop_token,
                                        .constructor_token = constructor,
                                        .method_token_value = value},
    .GIVEN = {.double_ = twice, .spend = spend}};

HOST(given, test)
