/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Hash of a run of bytes. */
#include "base/slice.h"

uint64_t slice_hash(slice s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.size; i++)
        hash = (hash ^ s.data[i]) * 0x100000001b3u;
    return hash;
}
