/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rust's legacy mangling and C++ names that are nothing but nested. */
#include "toolchain/demangle_legacy.h"
#include "base/utf8.h"

#define PARTS_MAX 64u

typedef struct parts {
    slice items[PARTS_MAX];
    unsigned count;
    bool rust; /* the last part was a hash, and is not in the list */
} parts;

static bool is_hash(slice s)
{
    if (s.size != 17 || s.data[0] != 'h')
        return false;
    for (size_t n = 1; n < s.size; n++)
        if (!strchr("0123456789abcdef", s.data[n]) || !s.data[n])
            return false;
    return true;
}

/* <decimal length><bytes> at *cursor. */
static bool read_part(const uint8_t **cursor, const uint8_t *end, slice *out)
{
    const uint8_t *at = *cursor;
    size_t size = 0;
    while (at < end && *at >= '0' && *at <= '9' && size < 100000)
        size = size * 10 + (size_t)(*at++ - '0');
    if (!size || size > (size_t)(end - at))
        return false;
    *out = slice_of(at, size);
    *cursor = at + size;
    return true;
}

/* _ZN {part} E ..., and _Z part ... for plain C++ functions. */
static bool read_parts(slice symbol, parts *out)
{
    out->count = 0;
    out->rust = false;
    if (symbol.size < 4 || memcmp(symbol.data, "_Z", 2) != 0)
        return false;
    const uint8_t *at = symbol.data + 2, *end = symbol.data + symbol.size;
    if (*at != 'N') {
        out->count = 1;
        return read_part(&at, end, &out->items[0]);
    }
    at++;
    if (at < end && *at == 'K')
        at++; /* a const member function */
    while (at < end && *at != 'E') {
        if (out->count == PARTS_MAX ||
            !read_part(&at, end, &out->items[out->count]))
            return false;
        out->count++;
    }
    if (at == end || !out->count)
        return false;
    if (out->count > 1 && is_hash(out->items[out->count - 1])) {
        out->rust = true;
        out->count--;
    }
    return true;
}

static const char *escape_text(slice name)
{
    static const struct {
        const char *name, *text;
    } escapes[] = {{"SP", "@"}, {"BP", "*"}, {"RF", "&"}, {"LT", "<"},
                   {"GT", ">"}, {"LP", "("}, {"RP", ")"}, {"C", ","}};
    for (size_t n = 0; n < sizeof escapes / sizeof *escapes; n++)
        if (slice_is(name, escapes[n].name))
            return escapes[n].text;
    return NULL;
}

/* $name$ at `at`; returns the bytes it takes, 0 when it is none. */
static size_t put_escape(slice rest, buffer *out)
{
    const uint8_t *close =
        rest.size > 2 ? memchr(rest.data + 1, '$', rest.size - 1) : NULL;
    if (!close)
        return 0;
    slice name = slice_of(rest.data + 1, (size_t)(close - rest.data) - 1);
    const char *text = escape_text(name);
    if (text) {
        buffer_text(out, text);
        return name.size + 2;
    }
    if (name.size < 2 || name.size > 7 || name.data[0] != 'u')
        return 0;
    uint32_t code = 0;
    for (size_t n = 1; n < name.size; n++) {
        const char *digits = "0123456789abcdef";
        const char *digit = strchr(digits, name.data[n]);
        if (!digit || !*digit)
            return 0;
        code = code * 16 + (uint32_t)(digit - digits);
    }
    uint8_t bytes[4];
    unsigned size = utf8_encode(code, bytes);
    buffer_append(out, bytes, size);
    return size ? name.size + 2 : 0;
}

static void put_part(slice part, buffer *out)
{
    size_t n = part.size > 1 && part.data[0] == '_' && part.data[1] == '$';
    while (n < part.size) {
        size_t taken = 0;
        slice rest = slice_of(part.data + n, part.size - n);
        if (part.data[n] == '$')
            taken = put_escape(rest, out);
        else if (rest.size > 1 && !memcmp(rest.data, "..", 2))
            buffer_text(out, "::"), taken = 2;
        if (!taken)
            buffer_put(out, part.data[n]), taken = 1;
        n += taken;
    }
}

bool demangle_legacy(slice symbol, buffer *out)
{
    parts all;
    if (!read_parts(symbol, &all)) {
        /* "a::b::h0123456789abcdef", as linkers demangle. */
        if (symbol.size < 20 ||
            memcmp(symbol.data + symbol.size - 19, "::", 2) != 0 ||
            !is_hash(slice_of(symbol.data + symbol.size - 17, 17)))
            return false;
        buffer_append(out, symbol.data, symbol.size - 19);
        return true;
    }
    for (unsigned n = 0; n < all.count; n++) {
        if (n)
            buffer_text(out, "::");
        put_part(all.items[n], out);
    }
    return true;
}

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

/* The first path of a readable name: the word before the first "::",
 * wherever brackets and references put it. */
static bool first_crate(slice name, buffer *out)
{
    for (size_t n = 0; n < name.size;) {
        size_t start = n;
        while (n < name.size && is_word(name.data[n]))
            n++;
        if (n > start && n + 2 <= name.size &&
            !memcmp(name.data + n, "::", 2)) {
            buffer_append(out, name.data + start, n - start);
            return true;
        }
        n += n == start;
    }
    return false;
}

bool demangle_legacy_crate(slice symbol, buffer *out)
{
    parts all;
    bool mangled = read_parts(symbol, &all);
    if (mangled && !all.rust)
        return false;
    buffer name;
    buffer_init(&name);
    bool found =
        demangle_legacy(symbol, &name) && first_crate(buffer_view(&name), out);
    buffer_release(&name);
    return found;
}
