/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Semantic Versioning 2.0. */
#include "wit/version.h"

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_part(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-';
}

/* A number without needless zeros, at `*at`; moves behind it. */
static bool number(slice text, size_t *at, uint64_t *out)
{
    size_t start = *at, i = start;
    uint64_t value = 0;
    for (; i < text.size && is_digit(text.data[i]); i++) {
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (i == start || (i - start > 1 && text.data[start] == '0'))
        return false;
    *at = i;
    *out = value;
    return true;
}

/* Parts with dots between them, up to a '+' or the end. */
static bool parts(slice text, size_t *at, bool numbers_plain, slice *out)
{
    size_t i = *at, start = i, part = i;
    bool digits = true;
    for (;; i++) {
        bool more = i < text.size && is_part(text.data[i]);
        if (more) {
            digits = digits && is_digit(text.data[i]);
            continue;
        }
        if (i == part ||
            (numbers_plain && digits && i - part > 1 && text.data[part] == '0'))
            return false;
        if (i == text.size || text.data[i] != '.')
            break;
        part = i + 1;
        digits = true;
    }
    *out = slice_of(text.data + start, i - start);
    *at = i;
    return true;
}

whit_status wit_version_parse(slice text, wit_version *out, whit_error *error)
{
    size_t at = 0;
    *out = (wit_version){.text = text};
    bool good = number(text, &at, &out->major) && at < text.size &&
                text.data[at++] == '.' && number(text, &at, &out->minor) &&
                at < text.size && text.data[at++] == '.' &&
                number(text, &at, &out->patch);
    if (good && at < text.size && text.data[at] == '-') {
        at++;
        good = parts(text, &at, true, &out->pre);
    }
    if (good && at < text.size && text.data[at] == '+') {
        at++;
        good = parts(text, &at, false, &out->build);
    }
    if (!good || at != text.size)
        return error_set(error, WHIT_MALFORMED,
                         "'%.*s' is no version: write three numbers like "
                         "1.2.3, without needless zeros",
                         text.size < 64 ? (int)text.size : 64,
                         (const char *)text.data);
    return WHIT_OK;
}

size_t wit_version_scan(slice text)
{
    size_t i = 0;
    while (i < text.size) {
        uint8_t c = text.data[i];
        bool next = i + 1 < text.size && is_part(text.data[i + 1]);
        if (is_part(c) || ((c == '.' || c == '+') && next))
            i++;
        else
            break;
    }
    return i;
}

static slice next_part(slice *rest)
{
    const uint8_t *dot =
        rest->size ? memchr(rest->data, '.', rest->size) : NULL;
    size_t size = dot ? (size_t)(dot - rest->data) : rest->size;
    slice part = slice_of(rest->data, size);
    size_t skip = dot ? size + 1 : size;
    *rest = slice_of(rest->data + skip, rest->size - skip);
    return part;
}

static bool is_number(slice part)
{
    for (size_t i = 0; i < part.size; i++)
        if (!is_digit(part.data[i]))
            return false;
    return true;
}

static int compare_parts(slice a, slice b)
{
    bool a_number = is_number(a), b_number = is_number(b);
    if (a_number != b_number)
        return a_number ? -1 : 1;
    if (a_number && a.size != b.size)
        return a.size < b.size ? -1 : 1;
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size ? memcmp(a.data, b.data, size) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

int wit_version_compare(const wit_version *a, const wit_version *b)
{
    const uint64_t left[] = {a->major, a->minor, a->patch};
    const uint64_t right[] = {b->major, b->minor, b->patch};
    for (unsigned i = 0; i < COUNT_OF(left); i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    slice x = a->pre, y = b->pre;
    if (!x.size || !y.size)
        return (x.size == 0) - (y.size == 0);
    while (x.size && y.size) {
        int order = compare_parts(next_part(&x), next_part(&y));
        if (order)
            return order;
    }
    return (x.size > 0) - (y.size > 0);
}

bool wit_version_equal(const wit_version *a, const wit_version *b)
{
    return slice_equal(a->text, b->text);
}

size_t wit_version_track(const wit_version *self)
{
    unsigned dots = self->major ? 1 : self->minor ? 2 : 3;
    for (size_t i = 0; i < self->text.size; i++) {
        uint8_t c = self->text.data[i];
        if (c == '-' || c == '+' || (c == '.' && --dots == 0))
            return i;
    }
    return self->text.size;
}

bool wit_version_satisfies(const wit_version *offered,
                           const wit_version *wanted)
{
    if (!wit_version_present(offered) || !wit_version_present(wanted))
        return wit_version_present(offered) == wit_version_present(wanted);
    slice a = slice_of(offered->text.data, wit_version_track(offered));
    slice b = slice_of(wanted->text.data, wit_version_track(wanted));
    return slice_equal(a, b) && wit_version_compare(offered, wanted) >= 0;
}
