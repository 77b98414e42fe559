/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names of imports and exports. */
#include "component/extern_name.h"

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

/* Fragments between hyphens; `words` allows no acronyms. */
static bool fragments_valid(slice text, bool words)
{
    size_t i = 0;
    for (bool first = true;; first = false) {
        bool lower = false, upper = false;
        size_t start = i;
        while (i < text.size && text.data[i] != '-') {
            uint8_t c = text.data[i++];
            lower |= is_lower(c);
            upper |= is_upper(c);
            if (!is_lower(c) && !is_upper(c) && !is_digit(c))
                return false;
        }
        if (i == start || (lower && upper) || (words && upper))
            return false;
        if (first && is_digit(text.data[start]))
            return false;
        if (i == text.size)
            return true;
        i++;
    }
}

bool component_label_valid(slice label)
{
    return fragments_valid(label, false);
}

static slice part(slice text, size_t from, size_t to)
{
    return slice_of(text.data + from, to - from);
}

/* Position of a byte from `from` on, or the size. */
static size_t find(slice text, size_t from, uint8_t byte)
{
    while (from < text.size && text.data[from] != byte)
        from++;
    return from;
}

/* ---- Versions ---- */

/* A number without leading zeros; moves behind it. */
static whit_status read_number(slice version, size_t *at, whit_error *error)
{
    size_t start = *at;
    while (*at < version.size && is_digit(version.data[*at]))
        ++*at;
    if (*at == start && *at == version.size)
        return error_set(error, WHIT_INVALID,
                         "unexpected end of input in version \"%.*s\"",
                         SLICE_ARG(version));
    if (*at == start)
        return error_set(error, WHIT_INVALID,
                         "unexpected character '%c' in version \"%.*s\"",
                         version.data[*at], SLICE_ARG(version));
    if (version.data[start] == '0' && *at - start > 1)
        return error_set(error, WHIT_INVALID,
                         "leading zero in version \"%.*s\"",
                         SLICE_ARG(version));
    return WHIT_OK;
}

/* Identifiers between dots; numbers of a pre-release have no leading zero. */
static whit_status check_identifiers(slice version, slice text,
                                     bool pre_release, whit_error *error)
{
    for (size_t i = 0;; i++) {
        size_t end = find(text, i, '.'), digits = 0;
        if (end == i)
            return error_set(error, WHIT_INVALID,
                             "empty identifier segment in version \"%.*s\"",
                             SLICE_ARG(version));
        for (size_t k = i; k < end; k++) {
            uint8_t c = text.data[k];
            digits += is_digit(c);
            if (!is_lower(c) && !is_upper(c) && !is_digit(c) && c != '-')
                return error_set(error, WHIT_INVALID,
                                 "unexpected character '%c' in version "
                                 "\"%.*s\"",
                                 c, SLICE_ARG(version));
        }
        if (pre_release && digits == end - i && digits > 1 &&
            text.data[i] == '0')
            return error_set(error, WHIT_INVALID,
                             "leading zero in version \"%.*s\"",
                             SLICE_ARG(version));
        if (end == text.size)
            return WHIT_OK;
        i = end;
    }
}

whit_status component_version_check(slice version, whit_error *error)
{
    size_t at = 0;
    if (!version.size)
        return error_set(error, WHIT_INVALID,
                         "empty string where a version is expected");
    for (int i = 0; i < 3; i++) {
        TRY(read_number(version, &at, error));
        if (i == 2)
            break;
        if (at == version.size)
            return error_set(error, WHIT_INVALID,
                             "unexpected end of input in version \"%.*s\"",
                             SLICE_ARG(version));
        if (version.data[at] != '.')
            return error_set(error, WHIT_INVALID,
                             "unexpected character '%c' in version \"%.*s\"",
                             version.data[at], SLICE_ARG(version));
        at++;
    }
    if (at < version.size && version.data[at] == '-') {
        size_t end = find(version, at, '+');
        TRY(check_identifiers(version, part(version, at + 1, end), true,
                              error));
        at = end;
    }
    if (at < version.size && version.data[at] == '+') {
        return check_identifiers(version, part(version, at + 1, version.size),
                                 false, error);
    }
    if (at < version.size)
        return error_set(error, WHIT_INVALID,
                         "unexpected character '%c' in version \"%.*s\"",
                         version.data[at], SLICE_ARG(version));
    return WHIT_OK;
}

bool component_version_is_canonical(slice version)
{
    size_t at = 0;
    int numbers = 0;
    bool zero = true;
    while (zero && numbers < 3) {
        size_t start = at;
        if (numbers && (at == version.size || version.data[at] != '.'))
            return false;
        at += numbers > 0;
        start = at;
        if (read_number(version, &at, NULL) != WHIT_OK)
            return false;
        zero = at - start == 1 && version.data[start] == '0';
        numbers++;
    }
    return at == version.size;
}

/* ---- Names ---- */

static whit_status not_kebab(slice name, slice label, whit_error *error)
{
    return error_set(error, WHIT_INVALID,
                     "`%.*s` is not in kebab case (at most lower-case words "
                     "and upper-case acronyms with hyphens between them), so "
                     "`%.*s` is not a valid extern name",
                     SLICE_ARG(label), SLICE_ARG(name));
}

static whit_status parse_interface(slice name, bool canonical,
                                   component_name_parts *out, whit_error *error)
{
    size_t colon = find(name, 0, ':');
    size_t at = find(name, colon, '@');
    slice body = part(name, 0, at);
    size_t slash = find(body, colon, '/');
    out->kind = COMPONENT_NAME_INTERFACE;
    out->namespace_ = part(name, 0, colon);
    out->package = part(name, colon + 1, slash);
    if (slash < body.size)
        out->interface = part(body, slash + 1, body.size);
    if (!fragments_valid(out->namespace_, true))
        return not_kebab(name, out->namespace_, error);
    size_t nested = find(out->package, 0, ':');
    if (nested < out->package.size)
        return error_set(error, WHIT_INVALID,
                         "expected `/` after package name in `%.*s`: nested "
                         "namespaces are gated",
                         SLICE_ARG(name));
    if (!fragments_valid(out->package, true))
        return not_kebab(name, out->package, error);
    if (slash == body.size)
        return error_set(error, WHIT_INVALID,
                         "expected `/` after package name in `%.*s`",
                         SLICE_ARG(name));
    nested = find(out->interface, 0, '/');
    if (nested < out->interface.size)
        return error_set(
            error, WHIT_INVALID, "trailing characters found: `%.*s` in `%.*s`",
            (int)(out->interface.size - nested),
            (const char *)out->interface.data + nested, SLICE_ARG(name));
    if (!component_label_valid(out->interface))
        return not_kebab(name, out->interface, error);
    if (at == name.size)
        return WHIT_OK;
    out->version = part(name, at + 1, name.size);
    if (!canonical)
        return component_version_check(out->version, error);
    if (component_version_is_canonical(out->version))
        return WHIT_OK;
    return error_set(error, WHIT_INVALID,
                     "`%.*s` with a version suffix needs a canonical version "
                     "such as 1, 0.2 or 0.0.3",
                     SLICE_ARG(name));
}

/* "resource.member" behind an annotation. */
static whit_status parse_member(slice name, slice rest,
                                component_name_parts *out, whit_error *error)
{
    size_t dot = find(rest, 0, '.');
    if (dot == rest.size)
        return error_set(error, WHIT_INVALID,
                         "failed to find `.` character in `%.*s`",
                         SLICE_ARG(name));
    out->resource = part(rest, 0, dot);
    out->member = part(rest, dot + 1, rest.size);
    if (!component_label_valid(out->resource))
        return not_kebab(name, out->resource, error);
    if (!component_label_valid(out->member))
        return not_kebab(name, out->member, error);
    return WHIT_OK;
}

whit_status component_name_parse(slice name, bool canonical,
                                 component_name_parts *out, whit_error *error)
{
    slice rest = name;
    *out = (component_name_parts){.kind = COMPONENT_NAME_LABEL};
    if (slice_take(&rest, "[constructor]")) {
        out->kind = COMPONENT_NAME_CONSTRUCTOR;
        out->resource = rest;
    } else if (slice_take(&rest, "[method]")) {
        out->kind = COMPONENT_NAME_METHOD;
        return parse_member(name, rest, out, error);
    } else if (slice_take(&rest, "[static]")) {
        out->kind = COMPONENT_NAME_STATIC;
        return parse_member(name, rest, out, error);
    } else if (find(name, 0, ':') < name.size) {
        return parse_interface(name, canonical, out, error);
    } else {
        out->resource = name;
    }
    return component_label_valid(out->resource)
               ? WHIT_OK
               : not_kebab(name, out->resource, error);
}

static void put_lower(buffer *out, slice text)
{
    for (size_t i = 0; i < text.size; i++)
        buffer_put(out,
                   is_upper(text.data[i]) ? text.data[i] | 0x20 : text.data[i]);
}

static bool equal_lower(slice a, slice b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if ((is_upper(a.data[i]) ? a.data[i] | 0x20 : a.data[i]) !=
            (is_upper(b.data[i]) ? b.data[i] | 0x20 : b.data[i]))
            return false;
    return true;
}

void component_name_canonical(slice name, const component_name_parts *parts,
                              buffer *out)
{
    switch (parts->kind) {
    case COMPONENT_NAME_METHOD:
    case COMPONENT_NAME_STATIC:
        put_lower(out, parts->resource);
        if (equal_lower(parts->resource, parts->member))
            return;
        buffer_put(out, '.');
        put_lower(out, parts->member);
        return;
    case COMPONENT_NAME_INTERFACE: {
        size_t at = find(name, 0, '@');
        put_lower(out, part(name, 0, at));
        buffer_slice(out, part(name, at, name.size));
        return;
    }
    default:
        put_lower(out, name);
    }
}
