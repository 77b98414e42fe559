/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The three encodings of strings: checking, measuring and moving text. */
#include "canonical/value_private.h"

/* Bytes or units that are looked at together while a text is ASCII. */
enum { RUN = 16 };

/* Loops are compiled for each encoding on its own. */
#define INLINE inline __attribute__((always_inline))

static bool ascii_run(const uint8_t *data)
{
    uint64_t a, b;
    memcpy(&a, data, 8);
    memcpy(&b, data + 8, 8);
    return !((a | b) & 0x8080808080808080u);
}

/* 16 units of UTF-16, all below `limit`, a power of 2. */
static bool low_run(const uint8_t *data, uint16_t limit)
{
    uint16_t units[RUN], all = 0;
    memcpy(units, data, sizeof units);
    for (int i = 0; i < RUN; i++)
        all |= units[i];
    return all < limit;
}

static uint16_t unit_at(const uint8_t *data, uint64_t index)
{
    uint16_t unit;
    memcpy(&unit, data + 2 * index, sizeof unit);
    return unit;
}

/* utf8_decode, which is too far away to be fast. */
static INLINE unsigned next_utf8(const uint8_t *data, uint64_t left,
                                 uint32_t *code)
{
    uint32_t first = data[0];
    if (first < 0x80) {
        *code = first;
        return 1;
    }
    if (left < 2 || (data[1] & 0xc0) != 0x80)
        return 0;
    uint32_t second = data[1] & 0x3f;
    if (first < 0xe0) {
        *code = (first & 0x1f) << 6 | second;
        return first >= 0xc2 ? 2 : 0;
    }
    if (left < 3 || (data[2] & 0xc0) != 0x80)
        return 0;
    uint32_t third = data[2] & 0x3f;
    if (first < 0xf0) {
        *code = (first & 0xf) << 12 | second << 6 | third;
        return *code >= 0x800 && (*code & 0xf800) != 0xd800 ? 3 : 0;
    }
    if (left < 4 || (data[3] & 0xc0) != 0x80 || first >= 0xf8)
        return 0;
    *code = (first & 7) << 18 | second << 12 | third << 6 | (data[3] & 0x3f);
    return *code - 0x10000 < 0x100000 ? 4 : 0;
}

/* ---- Checking ---- */

/* Whether the bytes are the beginning of a character. */
static bool is_prefix(const uint8_t *data, uint64_t size)
{
    uint8_t whole[4] = {0x80, 0x80, 0x80, 0x80};
    uint32_t code;
    if (size >= sizeof whole)
        return false;
    memcpy(whole, data, size);
    for (uint8_t second = 0x80; second < 0xc0; second += 0x10) {
        if (size == 1)
            whole[1] = second;
        if (next_utf8(whole, sizeof whole, &code) > size)
            return true;
    }
    return false;
}

uint64_t canon_utf8_check(const uint8_t *data, uint64_t size, bool *incomplete)
{
    uint64_t at = 0;
    uint32_t code;
    *incomplete = false;
    while (at < size) {
        if (data[at] < 0x80) {
            while (size - at >= RUN && ascii_run(data + at))
                at += RUN;
            while (at < size && data[at] < 0x80)
                at++;
            continue;
        }
        unsigned length = next_utf8(data + at, size - at, &code);
        if (UNLIKELY(!length)) {
            *incomplete = is_prefix(data + at, size - at);
            return at;
        }
        at += length;
    }
    return size;
}

uint64_t canon_utf16_check(const uint8_t *data, uint64_t units)
{
    uint64_t at = 0;
    while (at < units) {
        while (units - at >= RUN && low_run(data + 2 * at, 0x8000))
            at += RUN;
        if (at == units)
            break;
        uint16_t unit = unit_at(data, at);
        if ((unit & 0xf800) == 0xd800) {
            if (unit >= 0xdc00 || at + 1 == units ||
                (unit_at(data, at + 1) & 0xfc00) != 0xdc00)
                return at;
            at++;
        }
        at++;
    }
    return units;
}

bool canon_utf16_is_latin1(const uint8_t *data, uint64_t units)
{
    uint64_t at = 0;
    while (units - at >= RUN && low_run(data + 2 * at, 0x100))
        at += RUN;
    while (at < units && unit_at(data, at) < 0x100)
        at++;
    return at == units;
}

/* ---- Reading ---- */

/* The next character of a text that has one, and its units. */
static INLINE unsigned decode(const canon_reader *text, canon_code from,
                              uint32_t *code)
{
    if (from == CANON_CODE_LATIN1) {
        *code = text->data[0];
        return 1;
    }
    if (from == CANON_CODE_UTF8) {
        unsigned length = next_utf8(text->data, text->units, code);
        if (LIKELY(length != 0))
            return length;
        *code = 0xfffd;
        return 1;
    }
    uint32_t unit = unit_at(text->data, 0);
    *code = unit;
    if (LIKELY((unit & 0xf800) != 0xd800))
        return 1;
    uint32_t low = text->units > 1 ? unit_at(text->data, 1) : 0;
    bool pair = unit < 0xdc00 && (low & 0xfc00) == 0xdc00;
    *code = pair ? 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff)) : 0xfffd;
    return pair ? 2 : 1;
}

static INLINE void skip(canon_reader *text, canon_code from, uint64_t units)
{
    text->units -= units;
    text->data += from == CANON_CODE_UTF16 ? 2 * units : units;
}

/* Whether RUN units are ASCII. */
static INLINE bool at_ascii(const canon_reader *text, canon_code from)
{
    if (text->units < RUN || text->data[0] >= 0x80)
        return false;
    return from == CANON_CODE_UTF16 ? low_run(text->data, 0x80)
                                    : ascii_run(text->data);
}

/* RUN units to bytes, where all fit; text and room may overlap. */
static INLINE void narrow(const canon_reader *text, canon_code from,
                          uint8_t *out)
{
    uint8_t bytes[RUN];
    if (from != CANON_CODE_UTF16) {
        memcpy(bytes, text->data, RUN);
    } else {
        uint16_t units[RUN];
        memcpy(units, text->data, sizeof units);
        for (int i = 0; i < RUN; i++)
            bytes[i] = (uint8_t)units[i];
    }
    memcpy(out, bytes, RUN);
}

static INLINE void widen(const uint8_t *data, uint8_t *out)
{
    uint8_t bytes[RUN];
    uint16_t units[RUN];
    memcpy(bytes, data, RUN);
    for (int i = 0; i < RUN; i++)
        units[i] = bytes[i];
    memcpy(out, units, sizeof units);
}

/* ---- Moving ---- */

static INLINE unsigned size_in_utf8(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

static INLINE void put_utf8(uint8_t *out, uint32_t code, unsigned size)
{
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (unsigned i = size - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(lead[size] | code);
}

/* `text` is a copy: bytes that are written could alias the original. */
static INLINE uint64_t to_utf8(canon_reader *original, canon_code from,
                               uint8_t *out, uint64_t room, uint32_t stop)
{
    canon_reader text = *original;
    uint64_t at = 0;
    uint32_t code = 0;
    while (text.units) {
        while (room - at >= RUN && at_ascii(&text, from)) {
            narrow(&text, from, out + at);
            at += RUN;
            skip(&text, from, RUN);
        }
        if (!text.units)
            break;
        unsigned length = decode(&text, from, &code);
        unsigned size = size_in_utf8(code);
        if (code >= stop || room - at < size)
            break;
        put_utf8(out + at, code, size);
        at += size;
        skip(&text, from, length);
    }
    *original = text;
    return at;
}

static INLINE uint64_t to_utf16(canon_reader *original, canon_code from,
                                uint8_t *out, uint64_t room)
{
    canon_reader text = *original;
    uint64_t at = 0;
    uint32_t code = 0;
    while (text.units) {
        while (from != CANON_CODE_UTF16 && room - at >= 2 * RUN &&
               at_ascii(&text, from)) {
            widen(text.data, out + at);
            at += 2 * RUN;
            skip(&text, from, RUN);
        }
        if (!text.units)
            break;
        unsigned length = decode(&text, from, &code);
        unsigned size = code < 0x10000 ? 2 : 4;
        uint16_t units[2] = {(uint16_t)code, 0};
        if (room - at < size)
            break;
        if (size == 4) {
            units[0] = (uint16_t)(0xd7c0 + (code >> 10));
            units[1] = (uint16_t)(0xdc00 | (code & 0x3ff));
        }
        memcpy(out + at, units, 2);
        if (size == 4)
            memcpy(out + at + 2, units + 1, 2);
        at += size;
        skip(&text, from, length);
    }
    *original = text;
    return at;
}

static INLINE uint64_t to_latin1(canon_reader *original, canon_code from,
                                 uint8_t *out, uint64_t room)
{
    canon_reader text = *original;
    uint64_t at = 0;
    uint32_t code = 0;
    while (text.units) {
        while (room - at >= RUN && at_ascii(&text, from)) {
            narrow(&text, from, out + at);
            at += RUN;
            skip(&text, from, RUN);
        }
        if (!text.units)
            break;
        unsigned length = decode(&text, from, &code);
        if (code > 0xff || at == room)
            break;
        out[at++] = (uint8_t)code;
        skip(&text, from, length);
    }
    *original = text;
    return at;
}

uint64_t canon_utf8_size(canon_reader text)
{
    canon_code from = text.code;
    uint64_t size = 0;
    uint32_t code = 0;
    while (text.units) {
        if (at_ascii(&text, from)) {
            size += RUN;
            skip(&text, from, RUN);
            continue;
        }
        skip(&text, from, decode(&text, from, &code));
        size += size_in_utf8(code);
    }
    return size;
}

uint64_t canon_to_utf8(canon_reader *text, uint8_t *out, uint64_t room,
                       uint32_t stop)
{
    switch (text->code) {
    case CANON_CODE_UTF8:
        return to_utf8(text, CANON_CODE_UTF8, out, room, stop);
    case CANON_CODE_UTF16:
        return to_utf8(text, CANON_CODE_UTF16, out, room, stop);
    default:
        return to_utf8(text, CANON_CODE_LATIN1, out, room, stop);
    }
}

uint64_t canon_to_utf16(canon_reader *text, uint8_t *out, uint64_t room)
{
    switch (text->code) {
    case CANON_CODE_UTF8:
        return to_utf16(text, CANON_CODE_UTF8, out, room);
    case CANON_CODE_UTF16:
        return to_utf16(text, CANON_CODE_UTF16, out, room);
    default:
        return to_utf16(text, CANON_CODE_LATIN1, out, room);
    }
}

uint64_t canon_to_latin1(canon_reader *text, uint8_t *out, uint64_t room)
{
    switch (text->code) {
    case CANON_CODE_UTF8:
        return to_latin1(text, CANON_CODE_UTF8, out, room);
    case CANON_CODE_UTF16:
        return to_latin1(text, CANON_CODE_UTF16, out, room);
    default:
        return to_latin1(text, CANON_CODE_LATIN1, out, room);
    }
}
