/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From text to a module (specification 3.0, section 6). */
#ifndef WASM_TEXT_H
#define WASM_TEXT_H

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

/* Parses one module: `(module ...)` or its fields alone. Identifiers become
 * a name section (custom section "name"), (@custom), (@name) and
 * (@metadata.code.branch_hint) annotations their custom sections. Bodies
 * come out as bytes. Errors carry line and column. *out is the caller's, and
 * does not need `text` any more.
 *
 * A (@custom "name") with contents replaces the section that identifiers
 * give; one without contents says where it stands (it is last otherwise).
 * The same holds for the branch hint section. */
whit_status wasm_text_parse(slice text, wasm_module **out,
                            whit_error *error) WHIT_MUST_CHECK;

/* The same under a feature set. The only feature that changes the grammar is
 * MEMORY64: without it limits and offsets are 32-bit numbers. */
whit_status wasm_text_parse_as(slice text, wasm_features features,
                               wasm_module **out,
                               whit_error *error) WHIT_MUST_CHECK;

#endif
