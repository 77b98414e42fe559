/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * host ident user [time] "request" status bytes "referer" "agent" seconds */

#include "parse.h"

#include <string.h>

typedef struct {
    const char *at, *end;
} reader;

static void skip_blanks(reader *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t'))
        in->at++;
}

/* Everything up to the next blank. */
static span word(reader *in)
{
    span found;

    skip_blanks(in);
    found.at = in->at;
    while (in->at < in->end && *in->at != ' ' && *in->at != '\t')
        in->at++;
    found.size = (size_t)(in->at - found.at);
    return found;
}

/* The text between `open` and `close`; a backslash hides a quote. */
static bool enclosed(reader *in, char open, char close, span *out)
{
    skip_blanks(in);
    if (in->at == in->end || *in->at != open)
        return false;
    out->at = ++in->at;
    for (; in->at < in->end; in->at++) {
        if (*in->at == close) {
            out->size = (size_t)(in->at++ - out->at);
            return true;
        }
        if (*in->at == '\\' && in->at + 1 < in->end)
            in->at++;
    }
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A whole number of at most 18 digits. */
static bool number(span text, uint64_t *out)
{
    uint64_t value = 0;

    if (text.size < 1 || text.size > 18)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.at[i]))
            return false;
        value = value * 10 + (uint64_t)(text.at[i] - '0');
    }
    *out = value;
    return true;
}

/* "12.345" seconds. */
static bool seconds(span text, uint64_t *microseconds)
{
    span whole = text, part = {text.at, 0};
    const char *point = memchr(text.at, '.', text.size);
    uint64_t value, fraction = 0;

    if (point) {
        whole.size = (size_t)(point - text.at);
        part.at = point + 1;
        part.size = text.size - whole.size - 1;
    }
    if (whole.size > 9 || part.size > 6 || !number(whole, &value) ||
        (part.size && !number(part, &fraction)))
        return false;
    for (size_t i = part.size; i < 6; i++)
        fraction *= 10;
    *microseconds = value * 1000000 + fraction;
    return true;
}

/* "20/Nov/2026:08:15:30 +0000" */
static bool parse_time(span text, record *out)
{
    static const char FORM[] = "dd/aaa/dddd:dd:dd:dd";

    if (text.size < sizeof FORM - 1)
        return false;
    for (size_t i = 0; i < sizeof FORM - 1; i++) {
        char c = text.at[i];
        bool fits = FORM[i] == 'd'   ? is_digit(c)
                    : FORM[i] == 'a' ? (c | 32) >= 'a' && (c | 32) <= 'z'
                                     : c == FORM[i];
        if (!fits)
            return false;
    }
    out->day = (span){text.at, 11};
    out->hour = (text.at[12] - '0') * 10 + (text.at[13] - '0');
    return out->hour < 24;
}

/* "GET /path?query HTTP/1.1". Scanners send anything: that is no reason to
 * drop the line, so such a request counts under the path "(bad request)". */
static void parse_request(span text, record *out)
{
    reader in = {text.at, text.at + text.size};
    span method = word(&in), path = word(&in);

    out->method = (span){"", 0};
    out->path = (span){"(bad request)", 13};
    if (!path.size || (path.at[0] != '/' && path.at[0] != '*' &&
                       !memchr(path.at, ':', path.size)))
        return;
    const char *query = memchr(path.at, '?', path.size);
    if (query)
        path.size = (size_t)(query - path.at);
    out->method = method;
    out->path = path;
}

bool record_parse(const char *line, size_t size, record *out)
{
    reader in = {line, line + size};
    span time, request, bytes, referer;
    uint64_t status;

    *out = (record){.host = word(&in)};
    word(&in);
    word(&in);
    if (!out->host.size || !enclosed(&in, '[', ']', &time) ||
        !parse_time(time, out) || !enclosed(&in, '"', '"', &request))
        return false;
    parse_request(request, out);
    if (!number(word(&in), &status) || status < 100 || status > 599)
        return false;
    out->status = (int)status;
    bytes = word(&in);
    if (!number(bytes, &out->bytes) && !(bytes.size == 1 && *bytes.at == '-'))
        return false;
    if (enclosed(&in, '"', '"', &referer) &&
        enclosed(&in, '"', '"', &out->agent))
        out->has_time = seconds(word(&in), &out->microseconds);
    return true;
}
