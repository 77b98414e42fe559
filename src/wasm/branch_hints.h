/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The "metadata.code.branch_hint" custom section (code metadata
 * specification). */
#ifndef WASM_BRANCH_HINTS_H
#define WASM_BRANCH_HINTS_H

#include "base/error.h"
#include "wasm/module.h"

/* Checks the section of a validated module, when it has one: MALFORMED when
 * its bytes do not follow the format, INVALID when a hint lies at anything
 * but a br_if or an if. */
whit_status wasm_branch_hints_check(const wasm_module *module,
                                    whit_error *error) WHIT_MUST_CHECK;

#endif
