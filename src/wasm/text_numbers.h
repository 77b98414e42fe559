/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Number literals of the text format, independent of the locale. */
#ifndef WASM_TEXT_NUMBERS_H
#define WASM_TEXT_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buffer.h"
#include "base/slice.h"

/* Literals must have the syntax of a NAT, INT or FLOAT token; both return
 * false when the constant is out of range. */

/* Unsigned, or signed in two's complement, of 8 to 64 bits. */
bool wasm_text_integer(slice literal, unsigned bits, uint64_t *out);
/* The bits of the nearest float (`bits` 32 or 64), ties to even. */
bool wasm_text_float(slice literal, unsigned bits, uint64_t *out);

/* Appends the shortest decimal literal that reads back to the same bits;
 * NaNs keep their payload. */
void wasm_text_print_float(buffer *out, unsigned bits, uint64_t value);

#endif
