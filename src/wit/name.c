/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The rules for names. */
#include "wit/name.h"

static const char *const keywords[WIT_KEYWORD_COUNT] = {
#define X(name, text) text,
#include "wit/keywords.def"
#undef X
};

static bool is_lower(uint8_t c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static uint8_t lower(uint8_t c)
{
    return is_upper(c) ? (uint8_t)(c + ('a' - 'A')) : c;
}

/* What is wrong with a name, or NULL. */
static const char *fault(slice name, bool upper_allowed)
{
    bool has_lower = false, has_upper = false, empty = true;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        if (c == '-') {
            if (empty)
                return "a hyphen stands between two words";
            has_lower = has_upper = false;
            empty = true;
            continue;
        }
        if (!is_lower(c) && !is_upper(c) && !is_digit(c))
            return "only letters, digits and hyphens belong in a name";
        if (i == 0 && is_digit(c))
            return "a name begins with a letter";
        has_lower = has_lower || is_lower(c);
        has_upper = has_upper || is_upper(c);
        if (has_lower && has_upper)
            return "a word is either all lower case or all upper case";
        if (has_upper && !upper_allowed)
            return "names of packages have no upper-case letters";
        empty = false;
    }
    if (!name.size)
        return "a name has at least one letter";
    return empty ? "a hyphen stands between two words" : NULL;
}

static whit_status check(slice name, bool upper_allowed, whit_error *error)
{
    const char *what = fault(name, upper_allowed);
    if (!what)
        return WHIT_OK;
    return error_set(error, WHIT_MALFORMED, "'%.*s' is no kebab-case name: %s",
                     name.size < 64 ? (int)name.size : 64,
                     (const char *)name.data, what);
}

whit_status wit_label_check(slice name, whit_error *error)
{
    return check(name, true, error);
}

whit_status wit_words_check(slice name, whit_error *error)
{
    return check(name, false, error);
}

wit_keyword wit_keyword_find(slice word)
{
    for (int i = 0; i < WIT_KEYWORD_COUNT; i++)
        if (slice_is(word, keywords[i]))
            return (wit_keyword)i;
    return WIT_KEYWORD_NONE;
}

const char *wit_keyword_text(wit_keyword keyword)
{
    return keywords[keyword];
}

static bool same_folded(slice a, slice b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

void wit_name_fold(slice name, buffer *out)
{
    if (slice_take(&name, "[method]") || slice_take(&name, "[static]")) {
        const uint8_t *dot = memchr(name.data, '.', name.size);
        size_t first = dot ? (size_t)(dot - name.data) : name.size;
        slice a = slice_of(name.data, first);
        if (dot && same_folded(a, slice_of(dot + 1, name.size - first - 1)))
            name = a;
    }
    for (size_t i = 0; i < name.size; i++)
        buffer_put(out, lower(name.data[i]));
}
