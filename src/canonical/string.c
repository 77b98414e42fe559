/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Strings between sides, with the calls of realloc that the specification
 * makes for each pair of encodings (CanonicalABI.md, "Storing"). */
#include "canonical/value_private.h"

/* A string that was checked where it lies. */
typedef struct text {
    uint64_t at;
    uint64_t units;
    canon_code code;
    bool varies; /* its side has latin1+utf16 */
} text;

static uint64_t unit_size(canon_code code)
{
    return code == CANON_CODE_UTF16 ? 2 : 1;
}

static uint64_t utf16_tag(bool wide)
{
    return wide ? 1ull << 63 : 1ull << 31;
}

/* ---- Lifting ---- */

static whit_status check_text(canon_walk *w, const text *s)
{
    const uint8_t *data = canon_from(w, s->at);
    bool incomplete;
    uint64_t good = s->units;
    if (s->code == CANON_CODE_UTF8) {
        good = canon_utf8_check(data, s->units, &incomplete);
        if (UNLIKELY(good < s->units))
            return canon_bad(w, "%s from index %llu of a string",
                             incomplete ? "incomplete utf-8 byte sequence"
                                        : "invalid utf-8 sequence",
                             (unsigned long long)good);
    } else if (s->code == CANON_CODE_UTF16) {
        good = canon_utf16_check(data, s->units);
        if (UNLIKELY(good < s->units))
            return canon_bad(w,
                             "unpaired surrogate found at unit %llu of a "
                             "utf-16 string",
                             (unsigned long long)good);
    }
    return WHIT_OK;
}

static whit_status lift(canon_walk *w, canon_pair pair, text *s)
{
    uint64_t tag = utf16_tag(w->from_wide);
    *s = (text){pair.pointer, pair.length, CANON_CODE_UTF8, false};
    uint64_t align = 1;
    if (!canon_is_host(w->from)) {
        canon_encoding encoding = w->from->options->encoding;
        if (encoding == CANON_UTF16)
            s->code = CANON_CODE_UTF16;
        if (encoding == CANON_LATIN1_UTF16) {
            s->varies = true;
            s->code = pair.length & tag ? CANON_CODE_UTF16 : CANON_CODE_LATIN1;
            s->units = pair.length & ~tag;
        }
        align = encoding == CANON_UTF8 ? 1 : 2;
    }
    if (UNLIKELY(s->units > LIMIT_CANON_BYTES / unit_size(s->code)))
        return canon_bad(w,
                         "string content out-of-bounds: %llu units, but a "
                         "string has at most %u bytes",
                         (unsigned long long)s->units, LIMIT_CANON_BYTES);
    TRY(canon_check_source(w, s->at, s->units * unit_size(s->code), align,
                           CANON_RANGE_STRING));
    return check_text(w, s);
}

/* The source from its `units_left`-last unit on, at its address of now. */
static canon_reader reader(const canon_walk *w, const text *s,
                           uint64_t units_left)
{
    uint64_t skipped = (s->units - units_left) * unit_size(s->code);
    return (canon_reader){canon_from(w, s->at + skipped), units_left, s->code};
}

/* ---- Lowering ---- */

static whit_status store_copy(canon_walk *w, const text *s, uint64_t align,
                              canon_pair *out)
{
    uint64_t size = s->units * unit_size(s->code);
    TRY(canon_allocate(w, size, align, CANON_RANGE_STRING, &out->pointer));
    if (size)
        memmove(canon_to(w, out->pointer), canon_from(w, s->at), size);
    out->length = s->units;
    return WHIT_OK;
}

static whit_status shrink(canon_walk *w, uint64_t worst, uint64_t align,
                          uint64_t size, canon_pair *out)
{
    if (size == worst)
        return WHIT_OK;
    return canon_grow(w, out->pointer, worst, align, size, CANON_RANGE_STRING,
                      &out->pointer);
}

static whit_status store_utf8(canon_walk *w, const text *s, canon_pair *out)
{
    uint64_t worst = s->units * (s->code == CANON_CODE_UTF16 ? 3 : 2);
    TRY(canon_allocate(w, s->units, 1, CANON_RANGE_STRING, &out->pointer));
    canon_reader rest = reader(w, s, s->units);
    uint64_t done =
        canon_to_utf8(&rest, canon_to(w, out->pointer), s->units, 0x80);
    out->length = s->units;
    if (!rest.units)
        return WHIT_OK;
    TRY(canon_grow(w, out->pointer, s->units, 1, worst, CANON_RANGE_STRING,
                   &out->pointer));
    rest = reader(w, s, rest.units);
    done += canon_to_utf8(&rest, canon_to(w, out->pointer + done), worst - done,
                          UINT32_MAX);
    out->length = done;
    return shrink(w, worst, 1, done, out);
}

static whit_status store_utf16(canon_walk *w, const text *s, canon_pair *out)
{
    uint64_t worst = 2 * s->units;
    TRY(canon_allocate(w, worst, 2, CANON_RANGE_STRING, &out->pointer));
    canon_reader rest = reader(w, s, s->units);
    uint64_t size = canon_to_utf16(&rest, canon_to(w, out->pointer), worst);
    out->length = size / 2;
    return shrink(w, worst, 2, size, out);
}

/* Bytes become units where they lie. */
static void inflate(uint8_t *data, uint64_t count)
{
    for (uint64_t i = count; i-- > 0;) {
        data[2 * i] = data[i];
        data[2 * i + 1] = 0;
    }
}

static whit_status store_latin1_or_utf16(canon_walk *w, const text *s,
                                         canon_pair *out)
{
    uint64_t worst = 2 * s->units;
    TRY(canon_allocate(w, s->units, 2, CANON_RANGE_STRING, &out->pointer));
    canon_reader rest = reader(w, s, s->units);
    uint64_t done = canon_to_latin1(&rest, canon_to(w, out->pointer), s->units);
    out->length = done;
    if (!rest.units)
        return shrink(w, s->units, 2, done, out);
    TRY(canon_grow(w, out->pointer, s->units, 2, worst, CANON_RANGE_STRING,
                   &out->pointer));
    inflate(canon_to(w, out->pointer), done);
    rest = reader(w, s, rest.units);
    uint64_t size = 2 * done;
    size +=
        canon_to_utf16(&rest, canon_to(w, out->pointer + size), worst - size);
    out->length = size / 2 | utf16_tag(w->to_wide);
    return shrink(w, worst, 2, size, out);
}

static whit_status store_probably_utf16(canon_walk *w, const text *s,
                                        canon_pair *out)
{
    TRY(store_copy(w, s, 2, out));
    uint8_t *data = canon_to(w, out->pointer);
    if (!canon_utf16_is_latin1(data, s->units)) {
        out->length |= utf16_tag(w->to_wide);
        return WHIT_OK;
    }
    for (uint64_t i = 0; i < s->units; i++)
        data[i] = data[2 * i];
    return canon_grow(w, out->pointer, 2 * s->units, 1, s->units,
                      CANON_RANGE_STRING, &out->pointer);
}

static whit_status store_to_host(canon_walk *w, const text *s, canon_pair *out)
{
    if (w->to->views && s->code == CANON_CODE_UTF8) {
        *out = (canon_pair){w->from_base + s->at, s->units};
        return WHIT_OK;
    }
    if (s->code == CANON_CODE_UTF8)
        return store_copy(w, s, 1, out);
    canon_reader rest = reader(w, s, s->units);
    uint64_t size = canon_utf8_size(rest);
    TRY(canon_allocate(w, size, 1, CANON_RANGE_STRING, &out->pointer));
    out->length =
        canon_to_utf8(&rest, canon_to(w, out->pointer), size, UINT32_MAX);
    return WHIT_OK;
}

static whit_status lower(canon_walk *w, const text *s, canon_pair *out)
{
    if (canon_is_host(w->to))
        return store_to_host(w, s, out);
    switch (w->to->options->encoding) {
    case CANON_UTF8:
        return s->code == CANON_CODE_UTF8 ? store_copy(w, s, 1, out)
                                          : store_utf8(w, s, out);
    case CANON_UTF16:
        return s->code == CANON_CODE_UTF16 ? store_copy(w, s, 2, out)
                                           : store_utf16(w, s, out);
    default:
        if (!s->varies)
            return store_latin1_or_utf16(w, s, out);
        return s->code == CANON_CODE_LATIN1 ? store_copy(w, s, 2, out)
                                            : store_probably_utf16(w, s, out);
    }
}

whit_status canon_walk_string(canon_walk *w, canon_cursor *in,
                              canon_cursor *out)
{
    text s;
    canon_pair result;
    TRY(lift(w, canon_read_pair(w, in), &s));
    TRY(lower(w, &s, &result));
    canon_write_pair(w, out, result);
    return WHIT_OK;
}

/* ---- Strings on their own ---- */

whit_status canon_load_string(const canon_side *from, uint64_t address,
                              uint64_t tagged_units, arena *room, slice *out,
                              whit_error *error)
{
    canon_side host = {.arena = room};
    canon_walk w;
    canon_pair result;
    text s;
    canon_walk_init(&w, from, &host, NULL, error);
    TRY(lift(&w, (canon_pair){address, tagged_units}, &s));
    TRY(lower(&w, &s, &result));
    *out = slice_of((const void *)(uintptr_t)result.pointer, result.length);
    return WHIT_OK;
}

whit_status canon_store_string(const canon_side *to, slice value,
                               uint64_t address, whit_error *error)
{
    canon_side host = {.arena = NULL};
    canon_walk w, own;
    canon_cursor at = {NULL, address};
    canon_pair result;
    text s;
    canon_walk_init(&own, to, &host, NULL, error);
    uint64_t pointer = own.from_wide ? 8 : 4;
    TRY(canon_check_source(&own, address, 2 * pointer, pointer,
                           CANON_RANGE_TUPLE));
    canon_walk_init(&w, &host, to, NULL, error);
    TRY(lift(&w, (canon_pair){(uint64_t)(uintptr_t)value.data, value.size},
             &s));
    TRY(lower(&w, &s, &result));
    canon_write_pair(&w, &at, result);
    return WHIT_OK;
}
