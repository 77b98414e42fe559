/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From bytes to a module (specification 3.0, section 5). */
#ifndef WASM_DECODE_H
#define WASM_DECODE_H

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

typedef struct wasm_decode_options {
    wasm_features features;
    bool copy; /* keep a copy of the bytes instead of borrowing them */
} wasm_decode_options;

/* Checks everything the specification calls malformed in sections; bodies
 * are only delimited (validation reads them). *out is the caller's
 * (wasm_module_free); nothing is allocated on failure. */
whit_status wasm_decode(slice bytes, const wasm_decode_options *options,
                        wasm_module **out, whit_error *error) WHIT_MUST_CHECK;

/* Whether the bytes begin with "\0asm" and the version of a core module. */
bool wasm_is_module(slice bytes);

#endif
