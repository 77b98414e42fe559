/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Records of one field. */
#define TOPIC contract_records_one
#include "../host.h"

GIVE(twice, API(meters_t), const API(meters_t) * x)
{
    result->value = 2 * x->value;
    return WHIT_OK;
}

GIVE(echo, API(wrapped_t), const API(wrapped_t) * x)
{
    *result = *x;
    return WHIT_OK;
}

GIVE(toggle, API(flag_t), const API(flag_t) * x)
{
    result->on = !x->on;
    return WHIT_OK;
}

static void test(void)
{
    API(meters_t) meters;
    API(wrapped_t) wrapped;
    API(flag_t) flag;
    OK(API(double)(W, &(API(meters_t)){-1.25}, &meters, E));
    CHECK(meters.value == -2.5);
    OK(API(echo)(W, &(API(wrapped_t)){{1e300}}, &wrapped, E));
    CHECK(wrapped.inner.value == 1e300);
    OK(API(toggle)(W, &(API(flag_t)){true}, &flag, E));
    CHECK(!flag.on);
    OK(API(toggle)(W, &(API(flag_t)){false}, &flag, E));
    CHECK(flag.on);
}

static const struct guest_imports given = {.GIVEN = {twice, echo, toggle}};

HOST(given, test)
