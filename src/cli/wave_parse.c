/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading values of components. */
#include "cli/wave.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf8.h"

typedef struct parser {
    const char *at;
    arena *arena;
    whit_error *error;
} parser;

static whit_status parse_value(parser *p, const whit_type *type, whit_val *out);

static void skip_space(parser *p)
{
    p->at += strspn(p->at, " \t\r\n");
}

static bool take(parser *p, char c)
{
    skip_space(p);
    if (*p->at != c)
        return false;
    p->at++;
    return true;
}

static whit_status fail(parser *p, const char *wanted)
{
    char near[24];
    skip_space(p);
    snprintf(near, sizeof near, "%s", p->at);
    return error_set(p->error, WHIT_ARGUMENT, "%s was expected at \"%s\"",
                     wanted, near);
}

static whit_status fail_type(parser *p, const whit_type *type)
{
    char text[200];
    whit_type_text(type, text, sizeof text);
    return fail(p, text);
}

static whit_status fail_missing(parser *p, whit_name field)
{
    char text[64];
    snprintf(text, sizeof text, "the field %.*s in front of the record's end",
             (int)field.size, field.data);
    return fail(p, text);
}

/* The bytes of a name; none when there is none. */
static slice peek_name(parser *p)
{
    skip_space(p);
    const char *start = p->at + (*p->at == '%');
    size_t size = 0;
    while ((start[size] >= 'a' && start[size] <= 'z') ||
           (start[size] >= 'A' && start[size] <= 'Z') ||
           (size &&
            ((start[size] >= '0' && start[size] <= '9') || start[size] == '-')))
        size++;
    return slice_of(start, size);
}

static void take_name(parser *p, slice name)
{
    p->at = (const char *)name.data + name.size;
}

static bool take_word(parser *p, const char *word)
{
    slice name = peek_name(p);
    if (!slice_is(name, word))
        return false;
    take_name(p, name);
    return true;
}

/* The field, case or flag of that name, or the count. */
static size_t find_name(const whit_type *type, slice name)
{
    size_t count = whit_type_count(type);
    for (size_t i = 0; i < count; i++) {
        whit_name found = whit_type_name(type, i);
        if (slice_equal(slice_of(found.data, found.size), name))
            return i;
    }
    return count;
}

/* ---- Numbers ---- */

static whit_status parse_integer(parser *p, const whit_type *type,
                                 whit_val *out)
{
    static const struct {
        whit_kind kind;
        bool is_signed;
        unsigned bits;
    } kinds[] = {{WHIT_S8, true, 8},   {WHIT_U8, false, 8},
                 {WHIT_S16, true, 16}, {WHIT_U16, false, 16},
                 {WHIT_S32, true, 32}, {WHIT_U32, false, 32},
                 {WHIT_S64, true, 64}, {WHIT_U64, false, 64}};
    size_t i = 0;
    while (kinds[i].kind != out->kind)
        i++;
    skip_space(p);
    bool negative = *p->at == '-';
    const char *start = p->at + negative;
    char *end;
    errno = 0;
    uint64_t magnitude = strtoull(start, &end, 10);
    uint64_t most = UINT64_MAX >> (64 - kinds[i].bits);
    if (kinds[i].is_signed)
        most = (most >> 1) + negative;
    if (*start < '0' || *start > '9' || errno || magnitude > most ||
        (negative && !kinds[i].is_signed && magnitude))
        return fail_type(p, type);
    p->at = end;
    out->u64 = negative ? 0 - magnitude : magnitude;
    return WHIT_OK;
}

static whit_status parse_float(parser *p, const whit_type *type, whit_val *out)
{
    skip_space(p);
    char *end;
    double number = strtod(p->at, &end);
    /* Hexadecimal and the like are the host's notation, not WAVE's. */
    for (const char *c = p->at; c < end; c++)
        if (!strchr("0123456789.eE+-infa", *c))
            end = NULL;
    if (!end || end == p->at)
        return fail_type(p, type);
    p->at = end;
    if (out->kind == WHIT_F32)
        out->f32 = (float)number;
    else
        out->f64 = number;
    return WHIT_OK;
}

/* ---- Texts ---- */

static bool parse_escape(parser *p, uint32_t *code)
{
    static const char names[] = "'\"\\tnr";
    static const char values[] = "'\"\\\t\n\r";
    const char *found = *p->at ? strchr(names, *p->at) : NULL;
    if (found) {
        *code = (uint8_t)values[found - names];
        p->at++;
        return true;
    }
    if (strncmp(p->at, "u{", 2) != 0 ||
        !strspn(p->at + 2, "0123456789abcdefABCDEF"))
        return false;
    char *end;
    unsigned long value = strtoul(p->at + 2, &end, 16);
    if (*end != '}' || value > 0x10ffff)
        return false;
    *code = (uint32_t)value;
    p->at = end + 1;
    return true;
}

/* One character of a text, escaped or not; false at its end. */
static bool parse_scalar(parser *p, char quote, uint32_t *code)
{
    if (!*p->at || *p->at == quote || *p->at == '\n')
        return false;
    if (*p->at == '\\') {
        p->at++;
        return parse_escape(p, code);
    }
    unsigned size = utf8_decode(slice_text(p->at), code);
    p->at += size;
    return size != 0;
}

static whit_status parse_char(parser *p, whit_val *out)
{
    uint8_t bytes[4];
    if (!take(p, '\'') || !parse_scalar(p, '\'', &out->u32) || *p->at != '\'' ||
        !utf8_encode(out->u32, bytes))
        return fail(p, "a character in single quotes");
    p->at++;
    return WHIT_OK;
}

static whit_status parse_string(parser *p, whit_val *out)
{
    if (!take(p, '"'))
        return fail(p, "a string in double quotes");
    uint8_t *text = arena_alloc(p->arena, strlen(p->at) + 1);
    TRY_ALLOC(text, p->error);
    size_t size = 0;
    uint32_t code;
    while (parse_scalar(p, '"', &code)) {
        unsigned step = utf8_encode(code, text + size);
        if (!step)
            return fail(p, "a character");
        size += step;
    }
    if (*p->at != '"')
        return fail(p, "the end of a string");
    p->at++;
    out->string.data = (const char *)text;
    out->string.size = size;
    return WHIT_OK;
}

/* ---- Values of values ---- */

static whit_status items_new(parser *p, whit_val *out, size_t count)
{
    out->list.items = arena_array(p->arena, count + 1, sizeof(whit_val));
    TRY_ALLOC(out->list.items, p->error);
    out->list.count = count;
    return WHIT_OK;
}

/* Doubles what is full. */
static whit_status items_grow(parser *p, whit_val *out, size_t *room)
{
    if (out->list.count < *room)
        return WHIT_OK;
    size_t count = out->list.count, more = 2 * count + 4;
    whit_val *items = arena_array(p->arena, more, sizeof *items);
    TRY_ALLOC(items, p->error);
    if (count)
        memcpy(items, out->list.items, count * sizeof *items);
    out->list.items = items;
    *room = more;
    return WHIT_OK;
}

static whit_status parse_pair(parser *p, const whit_type *type, whit_val *out)
{
    out->kind = WHIT_TUPLE;
    TRY(items_new(p, out, 2));
    if (!take(p, '('))
        return fail(p, "a pair of key and value");
    TRY(parse_value(p, whit_type_part(type, 0), &out->list.items[0]));
    if (!take(p, ','))
        return fail(p, "','");
    TRY(parse_value(p, whit_type_part(type, 1), &out->list.items[1]));
    return take(p, ')') ? WHIT_OK : fail(p, "')'");
}

static whit_status parse_list(parser *p, const whit_type *type, whit_val *out)
{
    size_t room = 0;
    if (!take(p, '['))
        return fail_type(p, type);
    out->list.items = NULL;
    out->list.count = 0;
    for (bool first = true; !take(p, ']'); first = false) {
        if (!first && !take(p, ','))
            return fail(p, "',' or ']'");
        if (!first && take(p, ']'))
            break;
        TRY(items_grow(p, out, &room));
        whit_val *item = &out->list.items[out->list.count++];
        TRY(out->kind == WHIT_MAP
                ? parse_pair(p, type, item)
                : parse_value(p, whit_type_part(type, 0), item));
    }
    if (out->kind == WHIT_FIXED_LIST &&
        out->list.count != whit_type_length(type))
        return fail_type(p, type);
    return WHIT_OK;
}

static whit_status parse_tuple(parser *p, const whit_type *type, whit_val *out)
{
    size_t count = whit_type_count(type);
    TRY(items_new(p, out, count));
    if (!take(p, '('))
        return fail_type(p, type);
    for (size_t i = 0; i < count; i++) {
        if (i && !take(p, ','))
            return fail(p, "','");
        TRY(parse_value(p, whit_type_part(type, i), &out->list.items[i]));
    }
    take(p, ',');
    return take(p, ')') ? WHIT_OK : fail(p, "')'");
}

/* Options that are none may be left out. */
static whit_status parse_record(parser *p, const whit_type *type, whit_val *out)
{
    size_t count = whit_type_count(type);
    TRY(items_new(p, out, count));
    uint8_t *given = arena_zalloc(p->arena, count + 1);
    TRY_ALLOC(given, p->error);
    if (!take(p, '{'))
        return fail_type(p, type);
    for (bool first = true; !take(p, '}'); first = false) {
        if (!first && !take(p, ','))
            return fail(p, "',' or '}'");
        if (!first && take(p, '}'))
            break;
        slice name = peek_name(p);
        size_t i = find_name(type, name);
        if (i == count || given[i])
            return fail(p, "the name of a field");
        take_name(p, name);
        if (!take(p, ':'))
            return fail(p, "':'");
        TRY(parse_value(p, whit_type_part(type, i), &out->list.items[i]));
        given[i] = 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (given[i])
            continue;
        if (whit_type_kind(whit_type_part(type, i)) != WHIT_OPTION)
            return fail_missing(p, whit_type_name(type, i));
        out->list.items[i] = (whit_val){.kind = WHIT_OPTION};
    }
    return WHIT_OK;
}

/* "(value)" where the case has one. */
static whit_status parse_payload(parser *p, const whit_type *type,
                                 whit_val *out)
{
    out->payload = NULL;
    if (!type)
        return WHIT_OK;
    out->payload = arena_zalloc(p->arena, sizeof *out->payload);
    TRY_ALLOC(out->payload, p->error);
    if (!take(p, '('))
        return fail(p, "'('");
    TRY(parse_value(p, type, out->payload));
    return take(p, ')') ? WHIT_OK : fail(p, "')'");
}

static whit_status parse_case(parser *p, const whit_type *type, whit_val *out)
{
    slice name = peek_name(p);
    size_t found = find_name(type, name);
    if (found == whit_type_count(type))
        return fail_type(p, type);
    take_name(p, name);
    out->index = (uint32_t)found;
    return parse_payload(
        p, out->kind == WHIT_ENUM ? NULL : whit_type_part(type, found), out);
}

static whit_status parse_option(parser *p, const whit_type *type, whit_val *out)
{
    const whit_type *some = whit_type_part(type, 1);
    out->index = 0;
    out->payload = NULL;
    if (take_word(p, "none"))
        return WHIT_OK;
    out->index = 1;
    if (take_word(p, "some"))
        return parse_payload(p, some, out);
    whit_kind kind = whit_type_kind(some);
    if (kind == WHIT_OPTION || kind == WHIT_RESULT)
        return fail(p, "some(...) or none");
    out->payload = arena_zalloc(p->arena, sizeof *out->payload);
    TRY_ALLOC(out->payload, p->error);
    return parse_value(p, some, out->payload);
}

static whit_status parse_result(parser *p, const whit_type *type, whit_val *out)
{
    out->index = take_word(p, "err");
    if (!out->index && !take_word(p, "ok"))
        return fail(p, "ok or err");
    return parse_payload(p, whit_type_part(type, out->index), out);
}

static whit_status parse_flags(parser *p, const whit_type *type, whit_val *out)
{
    out->u32 = 0;
    if (!take(p, '{'))
        return fail_type(p, type);
    for (bool first = true; !take(p, '}'); first = false) {
        if (!first && !take(p, ','))
            return fail(p, "',' or '}'");
        slice name = peek_name(p);
        size_t found = find_name(type, name);
        if (found == whit_type_count(type))
            return fail(p, "the name of a flag");
        take_name(p, name);
        out->u32 |= 1u << found;
    }
    return WHIT_OK;
}

static whit_status parse_bool(parser *p, whit_val *out)
{
    out->boolean = take_word(p, "true");
    return out->boolean || take_word(p, "false") ? WHIT_OK
                                                 : fail(p, "true or false");
}

static whit_status parse_value(parser *p, const whit_type *type, whit_val *out)
{
    *out = (whit_val){.kind = whit_type_kind(type)};
    switch (out->kind) {
    case WHIT_BOOL:
        return parse_bool(p, out);
    case WHIT_F32:
    case WHIT_F64:
        return parse_float(p, type, out);
    case WHIT_CHAR:
        return parse_char(p, out);
    case WHIT_STRING:
        return parse_string(p, out);
    case WHIT_LIST:
    case WHIT_FIXED_LIST:
    case WHIT_MAP:
        return parse_list(p, type, out);
    case WHIT_TUPLE:
        return parse_tuple(p, type, out);
    case WHIT_RECORD:
        return parse_record(p, type, out);
    case WHIT_VARIANT:
    case WHIT_ENUM:
        return parse_case(p, type, out);
    case WHIT_OPTION:
        return parse_option(p, type, out);
    case WHIT_RESULT:
        return parse_result(p, type, out);
    case WHIT_FLAGS:
        return parse_flags(p, type, out);
    case WHIT_OWN:
    case WHIT_BORROW:
    case WHIT_STREAM:
    case WHIT_FUTURE:
    case WHIT_ERROR_CONTEXT:
        return error_set(p->error, WHIT_UNSUPPORTED,
                         "a handle has no text: call the function from C");
    default:
        return parse_integer(p, type, out);
    }
}

whit_status cli_wave_parse(const whit_type *type, const char **at,
                           arena *memory, whit_val *out, whit_error *error)
{
    parser p = {*at, memory, error};
    TRY(parse_value(&p, type, out));
    *at = p.at;
    return WHIT_OK;
}
