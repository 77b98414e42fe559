/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a component to text, and the object dump. */
#ifndef COMPONENT_PRINT_H
#define COMPONENT_PRINT_H

#include "base/buffer.h"
#include "component/component.h"
#include "wasm/print.h"

/* Appends text that component_text_parse reads back to an equal component:
 * one definition a line, without sugar. The component need not be valid. */
whit_status component_print(const component_file *file,
                            const wasm_print_options *options, buffer *out,
                            whit_error *error) WHIT_MUST_CHECK;

/* Appends an account of a binary: offset, bytes, meaning; the definitions of
 * components one by one, core modules as wasm_dump shows them. Damaged
 * input is dumped up to the damage, then the error is returned. */
whit_status component_dump(slice bytes, buffer *out,
                           whit_error *error) WHIT_MUST_CHECK;

#endif
