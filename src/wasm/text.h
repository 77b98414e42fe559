/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From text to a module (specification 3.0, section 6). */
#ifndef WASM_TEXT_H
#define WASM_TEXT_H

#include "base/error.h"
#include "wasm/module.h"

/* Parses one module: `(module ...)` or its fields alone. Identifiers become
 * a name section (custom section "name"), (@custom), (@name) and
 * (@metadata.code.branch_hint) annotations their custom sections. Bodies
 * come out as bytes. Errors carry line and column. *out is the caller's. */
whit_status wasm_text_parse(slice text, wasm_module **out,
                            whit_error *error) WHIT_MUST_CHECK;

#endif
