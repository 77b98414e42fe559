/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Some thousand random types and values; fuzz_value goes further. */
#include "test.h"

#include "values.h"

TEST(random_values_come_back)
{
    for (uint64_t seed = 1; seed <= 3000; seed++)
        values_check_seed(seed);
    values_release();
}

TEST(nothing_is_a_value_too)
{
    values_check(slice_of(NULL, 0));
    values_release();
}

TEST_MAIN(RUN(random_values_come_back) RUN(nothing_is_a_value_too))
