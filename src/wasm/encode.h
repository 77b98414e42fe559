/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a module to bytes (specification 3.0, section 5). */
#ifndef WASM_ENCODE_H
#define WASM_ENCODE_H

#include "base/buffer.h"
#include "wasm/module.h"

/* Appends the binary form: shortest LEBs in sections, bodies as they are
 * (wasm_reencode_body shortens them), custom sections at their places. The
 * data count section is written when has_data_count. */
whit_status wasm_encode(const wasm_module *module, buffer *out,
                        whit_error *error) WHIT_MUST_CHECK;

/* Appends a body (or constant expression) that is known to be well-formed,
 * every integer in its shortest form. */
void wasm_reencode_body(slice body, buffer *out);

#endif
