/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * LEB128 integers. */
#include "base/leb128.h"

size_t leb128_write_u(uint8_t *out, uint64_t value)
{
    size_t n = 0;
    while (value > 0x7f) {
        out[n++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    out[n++] = (uint8_t)value;
    return n;
}

size_t leb128_write_s(uint8_t *out, int64_t value)
{
    size_t n = 0;
    for (;;) {
        uint8_t byte = value & 0x7f;
        value >>= 7;
        if ((value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40))) {
            out[n++] = byte;
            return n;
        }
        out[n++] = byte | 0x80;
    }
}

size_t leb128_size_u(uint64_t value)
{
    uint8_t bytes[LEB128_MAX];
    return leb128_write_u(bytes, value);
}

size_t leb128_size_s(int64_t value)
{
    uint8_t bytes[LEB128_MAX];
    return leb128_write_s(bytes, value);
}

leb128_result leb128_read_u(const uint8_t **cursor, const uint8_t *end,
                            unsigned bits, uint64_t *value)
{
    const uint8_t *p = *cursor;
    uint64_t result = 0;
    for (unsigned shift = 0; shift < bits; shift += 7) {
        if (p == end)
            return LEB128_TRUNCATED;
        uint8_t byte = *p++;
        unsigned left = bits - shift;
        result |= (uint64_t)(byte & 0x7f) << shift;
        if (left < 7 && (byte & 0x7f) >> left)
            return byte & 0x80 ? LEB128_TOO_LONG : LEB128_TOO_LARGE;
        if (!(byte & 0x80)) {
            *cursor = p;
            *value = result;
            return LEB128_OK;
        }
    }
    return LEB128_TOO_LONG;
}

leb128_result leb128_read_s(const uint8_t **cursor, const uint8_t *end,
                            unsigned bits, int64_t *value)
{
    const uint8_t *p = *cursor;
    uint64_t result = 0;
    for (unsigned shift = 0; shift < bits; shift += 7) {
        if (p == end)
            return LEB128_TRUNCATED;
        uint8_t byte = *p++;
        unsigned left = bits - shift;
        result |= (uint64_t)(byte & 0x7f) << shift;
        if (byte & 0x80)
            continue;
        if (left < 7) {
            /* The bits above the sign bit must all equal it. */
            uint8_t rest = (uint8_t)((byte & 0x7f) >> (left - 1));
            if (rest != 0 && rest != (0x7f >> (left - 1)))
                return LEB128_TOO_LARGE;
        }
        if (shift + 7 < 64 && (byte & 0x40))
            result |= ~(uint64_t)0 << (shift + 7);
        *cursor = p;
        *value = (int64_t)result;
        return LEB128_OK;
    }
    return LEB128_TOO_LONG;
}

const char *leb128_text(leb128_result result)
{
    switch (result) {
    case LEB128_OK:
        return "ok";
    case LEB128_TRUNCATED:
        return "unexpected end";
    case LEB128_TOO_LONG:
        return "integer representation too long";
    case LEB128_TOO_LARGE:
        return "integer too large";
    }
    return "";
}
