/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions without parameters or result. */
#define TOPIC contract_empty
#include "../host.h"

static uint32_t count;

static whit_status poke(void *env, whit_host_call *call, whit_error *error)
{
    count++;
    return WHIT_OK;
}

GIVE_(pokes, uint32_t)
{
    *result = count;
    return WHIT_OK;
}

static void test(void)
{
    uint32_t before, after;
    OK(API(pokes)(W, &before, E));
    OK(API(poke)(W, E));
    OK(API(poke)(W, E));
    OK(API(pokes)(W, &after, E));
    CHECK(after == before + 2);
}

static const struct guest_imports given = {.GIVEN = {poke, pokes}};

HOST(given, test)
