/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The three encodings of strings: checking, measuring and moving text. */
#include "base/utf8.h"
#include "canonical/value_private.h"

/* Bytes or units that are looked at together while a text is ASCII. */
enum { RUN = 16 };

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
        if (utf8_decode(slice_of(whole, sizeof whole), &code) > size)
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
        unsigned length = utf8_decode(slice_of(data + at, size - at), &code);
        if (!length) {
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
static unsigned decode(const canon_reader *text, uint32_t *code)
{
    unsigned length = 1;
    if (text->code == CANON_CODE_LATIN1) {
        *code = text->data[0];
    } else if (text->code == CANON_CODE_UTF8) {
        length = utf8_decode(slice_of(text->data, text->units), code);
        if (!length) {
            *code = 0xfffd;
            length = 1;
        }
    } else {
        uint32_t unit = unit_at(text->data, 0);
        *code = unit;
        if ((unit & 0xf800) == 0xd800) {
            uint32_t low = text->units > 1 ? unit_at(text->data, 1) : 0;
            bool pair = unit < 0xdc00 && (low & 0xfc00) == 0xdc00;
            *code = pair ? 0x10000 + ((unit & 0x3ff) << 10 | (low & 0x3ff))
                         : 0xfffd;
            length = pair ? 2 : 1;
        }
    }
    return length;
}

static void skip(canon_reader *text, uint64_t units)
{
    text->units -= units;
    text->data += text->code == CANON_CODE_UTF16 ? 2 * units : units;
}

/* Whether RUN units are ASCII. */
static bool at_ascii(const canon_reader *text)
{
    if (text->units < RUN)
        return false;
    return text->code == CANON_CODE_UTF16 ? low_run(text->data, 0x80)
                                          : ascii_run(text->data);
}

/* RUN units to bytes, where all fit. */
static void narrow(const canon_reader *text, uint8_t *out)
{
    uint8_t bytes[RUN];
    if (text->code != CANON_CODE_UTF16) {
        memcpy(bytes, text->data, RUN);
    } else {
        uint16_t units[RUN];
        memcpy(units, text->data, sizeof units);
        for (int i = 0; i < RUN; i++)
            bytes[i] = (uint8_t)units[i];
    }
    memcpy(out, bytes, RUN);
}

static void widen(const uint8_t *data, uint8_t *out)
{
    uint16_t units[RUN];
    for (int i = 0; i < RUN; i++)
        units[i] = data[i];
    memcpy(out, units, sizeof units);
}

/* ---- Moving ---- */

static unsigned size_in_utf8(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

uint64_t canon_utf8_size(canon_reader text)
{
    uint64_t size = 0;
    uint32_t code;
    while (text.units) {
        if (at_ascii(&text)) {
            size += RUN;
            skip(&text, RUN);
            continue;
        }
        skip(&text, decode(&text, &code));
        size += size_in_utf8(code);
    }
    return size;
}

uint64_t canon_to_utf8(canon_reader *text, uint8_t *out, uint64_t room,
                       uint32_t stop)
{
    uint64_t at = 0;
    uint32_t code;
    while (text->units) {
        if (room - at >= RUN && at_ascii(text)) {
            narrow(text, out + at);
            at += RUN;
            skip(text, RUN);
            continue;
        }
        unsigned length = decode(text, &code);
        if (code >= stop || room - at < size_in_utf8(code))
            break;
        uint8_t bytes[4];
        unsigned size = utf8_encode(code, bytes);
        memcpy(out + at, bytes, size);
        at += size;
        skip(text, length);
    }
    return at;
}

uint64_t canon_to_utf16(canon_reader *text, uint8_t *out, uint64_t room)
{
    uint64_t at = 0;
    uint32_t code;
    while (text->units) {
        if (room - at >= 2 * RUN && text->code != CANON_CODE_UTF16 &&
            at_ascii(text)) {
            widen(text->data, out + at);
            at += 2 * RUN;
            skip(text, RUN);
            continue;
        }
        unsigned length = decode(text, &code);
        uint16_t units[2] = {(uint16_t)code, 0};
        unsigned size = code < 0x10000 ? 2 : 4;
        if (room - at < size)
            break;
        if (size == 4) {
            units[0] = (uint16_t)(0xd7c0 + (code >> 10));
            units[1] = (uint16_t)(0xdc00 | (code & 0x3ff));
        }
        memcpy(out + at, units, size);
        at += size;
        skip(text, length);
    }
    return at;
}

uint64_t canon_to_latin1(canon_reader *text, uint8_t *out, uint64_t room)
{
    uint64_t at = 0;
    uint32_t code;
    while (text->units) {
        if (room - at >= RUN && at_ascii(text)) {
            narrow(text, out + at);
            at += RUN;
            skip(text, RUN);
            continue;
        }
        unsigned length = decode(text, &code);
        if (code > 0xff || at == room)
            break;
        out[at++] = (uint8_t)code;
        skip(text, length);
    }
    return at;
}
