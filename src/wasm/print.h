/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a module to text (specification 3.0, section 6), and the object
 * dump. */
#ifndef WASM_PRINT_H
#define WASM_PRINT_H

#include "base/buffer.h"
#include "wasm/features.h"
#include "wasm/module.h"

typedef struct wasm_print_options {
    bool fold;     /* folded expressions instead of one per line */
    bool offsets;  /* a (;@offset;) comment before each item and line */
    bool skeleton; /* bodies, data and element contents as "..." */
} wasm_print_options;

/* Appends text that wasm_text_parse reads back to an equal module, names and
 * custom sections included. The module must be well-formed; it need not be
 * valid. */
whit_status wasm_print(const wasm_module *module,
                       const wasm_print_options *options, buffer *out,
                       whit_error *error) WHIT_MUST_CHECK;

/* Appends the bytes as a quoted string of the text format; `is_text`: what is
 * not ASCII stays as it is. */
void wasm_string_write(slice bytes, bool is_text, buffer *out);

/* Appends a byte-by-byte account of a binary: offset, bytes, meaning.
 * Damaged input is dumped up to the damage, then the error is returned. */
whit_status wasm_dump(slice bytes, wasm_features features, buffer *out,
                      whit_error *error) WHIT_MUST_CHECK;

#endif
