/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The set of features a decoder or validator accepts. */
#ifndef WASM_FEATURES_H
#define WASM_FEATURES_H

#include <stdint.h>

enum {
#define X(name, flag, what) WASM_FEATURE_BIT_##name,
#include "wasm/features.def"
#undef X
    WASM_FEATURE_COUNT
};

enum {
#define X(name, flag, what) WASM_FEATURE_##name = 1 << WASM_FEATURE_BIT_##name,
#include "wasm/features.def"
#undef X
    WASM_FEATURES_ALL = (1 << WASM_FEATURE_COUNT) - 1
};

typedef uint32_t wasm_features; /* bits WASM_FEATURE_ */

#endif
