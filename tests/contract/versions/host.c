/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Packages with a version. */
#define TOPIC contract_versions
#include "../host.h"

GIVE_(version, uint32_t)
{
    *result = 10203;
    return WHIT_OK;
}

static void test(void)
{
    uint32_t out = 0;
    OK(API(version)(W, &out, E));
    CHECK(out == 10203);
}

static const struct guest_imports given = {.GIVEN = {version}};

HOST(given, test)
