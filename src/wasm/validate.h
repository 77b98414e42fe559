/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation (specification 3.0, section 3 and appendix 7.3). */
#ifndef WASM_VALIDATE_H
#define WASM_VALIDATE_H

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

/* Validates the whole module, all bodies included, and sets `validated`.
 * Errors carry the byte offset, the section and the item's name. Malformed
 * bytes inside bodies give WHIT_MALFORMED. */
whit_status wasm_validate(wasm_module *module, wasm_features features,
                          whit_error *error) WHIT_MUST_CHECK;

#endif
