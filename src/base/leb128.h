/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * LEB128 integers as the core specification's binary format writes them. */
#ifndef BASE_LEB128_H
#define BASE_LEB128_H

#include <stddef.h>
#include <stdint.h>

#define LEB128_MAX 10 /* bytes of the longest 64-bit encoding */

/* Shortest encodings; return the number of bytes written. */
size_t leb128_write_u(uint8_t *out, uint64_t value);
size_t leb128_write_s(uint8_t *out, int64_t value);
size_t leb128_size_u(uint64_t value);
size_t leb128_size_s(int64_t value);

typedef enum leb128_result {
    LEB128_OK,
    LEB128_TRUNCATED, /* the bytes ended inside the integer */
    LEB128_TOO_LONG,  /* more bytes than ceil(bits / 7) */
    LEB128_TOO_LARGE  /* unused bits of the last byte are wrong */
} leb128_result;

/* Read an integer of `bits` bits at *cursor, which moves behind it on
 * success and stays on failure. */
leb128_result leb128_read_u(const uint8_t **cursor, const uint8_t *end,
                            unsigned bits, uint64_t *value);
leb128_result leb128_read_s(const uint8_t **cursor, const uint8_t *end,
                            unsigned bits, int64_t *value);
/* The sentence the specification's test suite uses for a failure. */
const char *leb128_text(leb128_result result);

#endif
