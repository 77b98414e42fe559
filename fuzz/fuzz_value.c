/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: values of random types on their way between two guests and
 * the host, in every form, encoding and width of memory. */
#include "values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int fuzz_seeds(uint64_t first, uint64_t count);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    values_check(slice_of(data, size));
    return 0;
}

int fuzz_seeds(uint64_t first, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        values_check_seed(first + i);
    values_release();
    return 0;
}
