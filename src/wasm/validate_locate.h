/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Says in an error which item of which section it is about. */
#ifndef WASM_VALIDATE_LOCATE_H
#define WASM_VALIDATE_LOCATE_H

#include "base/error.h"
#include "wasm/module.h"

/* Adds the section, the item's number and its name (of the name section, or
 * an import or export) behind the message, and the item's byte offset, or
 * line and column in a module from text, when the error has no position yet.
 * `index` is in the index space; WASM_NO_INDEX: the section alone. Out of
 * memory and other failures that are not the module's stay as they are. */
void wasm_locate(const wasm_module *module, wasm_section_id section,
                 uint32_t index, whit_error *error);

#endif
