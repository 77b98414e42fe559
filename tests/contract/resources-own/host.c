/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Resources that change hands. */
#define TOPIC contract_resources_own
#include "../host.h"

static char names[64][32];
static size_t sizes[64];
static uint32_t made, alive_count, kept;
static bool keeps;

GIVE(constructor, OURS(thing_t), guest_string_t name)
{
    if (made == COUNT(names) || name.len > sizeof names[0])
        return WHIT_LIMIT;
    *result = made++;
    memcpy(names[*result], name.ptr, name.len);
    sizes[*result] = name.len;
    alive_count++;
    return WHIT_OK;
}

GIVE(name, guest_string_t, OURS(thing_t) self)
{
    *result = (guest_string_t){names[self], sizes[self]};
    return WHIT_OK;
}

static void drop_thing(void *env, OURS(thing_t) representation)
{
    alive_count--;
}

GIVE_NOTHING(keep, OURS(thing_t) x)
{
    if (keeps)
        drop_thing(env, kept);
    kept = x;
    keeps = true;
    return WHIT_OK;
}

GIVE_(take, OURS(option_own_thing_t))
{
    *result = (OURS(option_own_thing_t)){keeps, kept};
    keeps = false;
    return WHIT_OK;
}

GIVE(pass, OURS(thing_t), OURS(thing_t) x)
{
    *result = x;
    return WHIT_OK;
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

static void check_name(API(thing_t) thing, guest_string_t expected)
{
    guest_string_t out;
    OK(API(method_thing_name)(W, thing, &out, region, E));
    CHECK(same_text(out, expected));
}

static void test(void)
{
    API(thing_t) thing;
    API(option_own_thing_t) taken;
    uint32_t before = count_alive();
    OK(API(take)(W, &taken, E));
    CHECK(!taken.is_some);
    OK(API(constructor_thing)(W, TEXT("first"), &thing, E));
    check_name(thing, TEXT("first"));
    OK(API(keep)(W, thing, E));
    /* It was given away. */
    CHECK(API(thing_drop_own)(W, thing, E) != WHIT_OK);
    OK(API(constructor_thing)(W, TEXT("zwölf"), &thing, E));
    CHECK(count_alive() == before + 2);
    OK(API(keep)(W, thing, E));
    CHECK(count_alive() == before + 1);
    OK(API(take)(W, &taken, E));
    if (!CHECK(taken.is_some))
        return;
    OK(API(pass)(W, taken.val, &thing, E));
    check_name(thing, TEXT("zwölf"));
    OK(API(thing_drop_own)(W, thing, E));
    CHECK(count_alive() == before);
}

static const struct guest_imports given = {
    .GIVEN = {.drop_thing = drop_thing,
              .constructor_thing = constructor,
              .method_thing_name = name,
              .keep = keep,
              .take = take,
              .pass = pass,
              .alive = alive}};

HOST(given, test)
