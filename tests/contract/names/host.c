/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names that C has for itself. */
#define TOPIC contract_names
#include "../host.h"

GIVE(change, API(record_t), const API(record_t) * for_, API(enum_t) func,
     const API(choice_t) * ret, uint32_t err)
{
    *result = *for_;
    return WHIT_OK;
}

GIVE(other, uint32_t, uint32_t while_, uint32_t loop)
{
    *result = while_ + loop;
    return WHIT_OK;
}

GIVE(move, API(enum_t), API(enum_t) x)
{
    *result = (API(enum_t))((x + 1) % 4);
    return WHIT_OK;
}

static void test(void)
{
    const API(record_t) in = {1, 2, 3, 4, UINT32_MAX};
    API(record_t) out;
    uint32_t sum;
    API(enum_t) next;
    OK(API(switch)(W, &in, 2, &(API(choice_t)){0, {.return_ = 7}}, 9, &out, E));
    CHECK(!memcmp(&in, &out, sizeof in));
    OK(API(switch)(W, &in, 0, &(API(choice_t)){.tag = 1}, 0, &out, E));
    CHECK(!memcmp(&in, &out, sizeof in));
    OK(API(else)(W, 40, 2, &sum, E));
    CHECK(sum == 42);
    for (uint8_t i = 0; i < 4; i++) {
        OK(API(move)(W, i, &next, E));
        CHECK(next == (i + 1) % 4);
    }
}

static const struct guest_imports given = {.GIVEN = {change, other, move}};

HOST(given, test)
