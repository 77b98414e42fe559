/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * UTF-8 as RFC 3629 defines it: no surrogates, no overlong forms. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"

bool utf8_valid(slice text);
/* Bytes written to out (1 to 4), or 0 when `code` is no scalar value. */
unsigned utf8_encode(uint32_t code, uint8_t out[4]);
/* Bytes read (1 to 4), or 0 when the text does not begin with a character. */
unsigned utf8_decode(slice text, uint32_t *code);

#endif
