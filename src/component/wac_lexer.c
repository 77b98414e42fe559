/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tokens of WAC. */
#include <stdio.h>

#include "component/extern_name.h"
#include "component/wac_private.h"

compose_place wac_place(slice text, size_t offset)
{
    compose_place place = {1, 1};
    for (size_t i = 0; i < offset && i < text.size; i++) {
        if (text.data[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if ((text.data[i] & 0xc0) != 0x80)
            place.column++;
    }
    return place;
}

whit_status wac_error(slice text, size_t offset, whit_status status,
                      whit_error *error, const char *format, ...)
{
    char message[WHIT_MESSAGE_SIZE];
    compose_place place = wac_place(text, offset);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_line(error, status, place.line, place.column, "%s", message);
}

static bool is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static uint8_t peek(const wac_lexer *self, size_t ahead)
{
    return self->at + ahead < self->text.size
               ? self->text.data[self->at + ahead]
               : 0;
}

static whit_status skip_block(wac_lexer *self, whit_error *error)
{
    size_t start = self->at, depth = 0;
    do {
        if (self->at >= self->text.size)
            return wac_error(self->text, start, WHIT_MALFORMED, error,
                             "this comment has no end");
        bool opens = peek(self, 0) == '/' && peek(self, 1) == '*';
        bool closes = peek(self, 0) == '*' && peek(self, 1) == '/';
        depth += opens;
        depth -= closes;
        self->at += opens || closes ? 2 : 1;
    } while (depth);
    return WHIT_OK;
}

static whit_status skip_space(wac_lexer *self, whit_error *error)
{
    for (;;) {
        uint8_t c = peek(self, 0);
        if (self->at >= self->text.size)
            return WHIT_OK;
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t')
            self->at++;
        else if (c == '/' && peek(self, 1) == '/')
            while (self->at < self->text.size && peek(self, 0) != '\n')
                self->at++;
        else if (c == '/' && peek(self, 1) == '*')
            TRY(skip_block(self, error));
        else
            return WHIT_OK;
    }
}

static whit_status read_id(wac_lexer *self, whit_error *error)
{
    wac_token *t = &self->token;
    t->kind = WAC_ID;
    t->escaped = peek(self, 0) == '%';
    self->at += t->escaped;
    size_t start = self->at;
    while (is_name_byte(peek(self, 0)) &&
           !(peek(self, 0) == '-' && peek(self, 1) == '>'))
        self->at++;
    t->text = slice_of(self->text.data + start, self->at - start);
    if (!component_label_valid(t->text))
        return wac_error(self->text, t->start, WHIT_MALFORMED, error,
                         "'%.*s' is no name: words of letters and digits with "
                         "'-' between them, each beginning with a letter",
                         SLICE_ARG(t->text));
    return WHIT_OK;
}

static whit_status read_string(wac_lexer *self, whit_error *error)
{
    wac_token *t = &self->token;
    size_t start = ++self->at;
    t->kind = WAC_STRING;
    while (self->at < self->text.size && peek(self, 0) != '"')
        self->at++;
    if (self->at >= self->text.size)
        return wac_error(self->text, t->start, WHIT_MALFORMED, error,
                         "this string has no end");
    t->text = slice_of(self->text.data + start, self->at++ - start);
    return WHIT_OK;
}

static whit_status read_sign(wac_lexer *self, whit_error *error)
{
    static const char signs[] = "=,:;(){}<>*/.@[]_";
    wac_token *t = &self->token;
    uint8_t c = peek(self, 0);
    if (c == '.' && peek(self, 1) == '.' && peek(self, 2) == '.') {
        t->kind = WAC_ELLIPSIS;
        self->at += 3;
    } else if (c == '-' && peek(self, 1) == '>') {
        t->kind = WAC_ARROW;
        self->at += 2;
    } else if (c && strchr(signs, c)) {
        t->kind = WAC_PUNCTUATION;
        t->sign = (char)c;
        self->at++;
    } else if (c > ' ' && c < 0x7f)
        return wac_error(self->text, t->start, WHIT_MALFORMED, error,
                         "unexpected '%c'", c);
    else
        return wac_error(self->text, t->start, WHIT_MALFORMED, error,
                         "unexpected byte 0x%02x", c);
    t->text = slice_of(self->text.data + t->start, self->at - t->start);
    return WHIT_OK;
}

whit_status wac_next(wac_lexer *self, whit_error *error)
{
    self->last_end = self->token.end;
    TRY(skip_space(self, error));
    self->token = (wac_token){.start = self->at, .end = self->at};
    uint8_t c = peek(self, 0);
    if (self->at >= self->text.size)
        return WHIT_OK;
    if (c == '%' || (is_name_byte(c) && c != '-' && !is_digit(c)))
        TRY(read_id(self, error));
    else if (is_digit(c)) {
        self->token.kind = WAC_NUMBER;
        while (is_digit(peek(self, 0)))
            self->at++;
    } else if (c == '"')
        TRY(read_string(self, error));
    else
        TRY(read_sign(self, error));
    self->token.end = self->at;
    return WHIT_OK;
}

whit_status wac_lexer_start(wac_lexer *self, slice text, whit_error *error)
{
    *self = (wac_lexer){.text = text};
    return wac_next(self, error);
}

whit_status wac_unexpected(const wac_lexer *self, const char *wanted,
                           whit_error *error)
{
    const wac_token *t = &self->token;
    if (t->kind == WAC_EOF)
        return wac_error(self->text, t->start, WHIT_MALFORMED, error,
                         "expected %s, found the end of the text", wanted);
    return wac_error(self->text, t->start, WHIT_MALFORMED, error,
                     "expected %s, found '%.*s'", wanted,
                     (int)(t->end - t->start), self->text.data + t->start);
}

bool wac_is(const wac_lexer *self, char sign)
{
    return self->token.kind == WAC_PUNCTUATION && self->token.sign == sign;
}

bool wac_is_word(const wac_lexer *self, const char *word)
{
    return self->token.kind == WAC_ID && !self->token.escaped &&
           slice_is(self->token.text, word);
}

whit_status wac_take(wac_lexer *self, char sign, bool *taken, whit_error *error)
{
    *taken = wac_is(self, sign);
    return *taken ? wac_next(self, error) : WHIT_OK;
}

whit_status wac_expect(wac_lexer *self, char sign, whit_error *error)
{
    char wanted[] = {'\'', sign, '\'', 0};
    return wac_is(self, sign) ? wac_next(self, error)
                              : wac_unexpected(self, wanted, error);
}

static bool is_keyword(const wac_token *token)
{
    static const char *const more[] = {"new", "let", "targets"};
    if (token->escaped)
        return false;
    for (size_t i = 0; i < COUNT_OF(more); i++)
        if (slice_is(token->text, more[i]))
            return true;
    return wit_keyword_find(token->text) != WIT_KEYWORD_NONE;
}

whit_status wac_id(wac_lexer *self, const char *what, slice *out,
                   whit_error *error)
{
    if (self->token.kind != WAC_ID)
        return wac_unexpected(self, what, error);
    if (is_keyword(&self->token))
        return wac_error(self->text, self->token.start, WHIT_MALFORMED, error,
                         "expected %s, found the keyword '%.*s'; write "
                         "'%%%.*s' to use it as a name",
                         what, SLICE_ARG(self->token.text),
                         SLICE_ARG(self->token.text));
    *out = self->token.text;
    return wac_next(self, error);
}

/* ---- Names of packages ---- */

static bool touches(const wac_lexer *self, char sign)
{
    return wac_is(self, sign) && self->token.start == self->last_end;
}

static whit_status read_version(wac_lexer *self, wac_name *out,
                                whit_error *error)
{
    /* The cursor is right behind '@'. */
    slice rest =
        slice_of(self->text.data + self->at, self->text.size - self->at);
    wit_version version;
    size_t start = self->at;
    out->version = slice_of(rest.data, wit_version_scan(rest));
    whit_status status = wit_version_parse(out->version, &version, error);
    if (status == WHIT_OUT_OF_MEMORY)
        return status;
    if (status != WHIT_OK)
        return wac_error(self->text, start, WHIT_MALFORMED, error,
                         "'%.*s' is no version like 1.2.3",
                         SLICE_ARG(out->version));
    self->at += out->version.size;
    self->token.end = self->at;
    return wac_next(self, error);
}

whit_status wac_try_name(wac_lexer *self, wac_name *out, bool *is_name,
                         whit_error *error)
{
    wac_lexer l = *self;
    *is_name = false;
    *out = (wac_name){.start = l.token.start};
    if (l.token.kind != WAC_ID)
        return WHIT_OK;
    TRY(wac_next(&l, error));
    unsigned colons = 0;
    while (touches(&l, ':') && is_name_byte(peek(&l, 0))) {
        TRY(wac_next(&l, error));
        if (l.token.kind != WAC_ID)
            return WHIT_OK;
        TRY(wac_next(&l, error));
        colons++;
    }
    if (!colons)
        return WHIT_OK;
    const uint8_t *start = l.text.data + out->start;
    out->package = slice_of(start, l.last_end - out->start);
    if (touches(&l, '/')) {
        TRY(wac_next(&l, error));
        out->item = l.token.text;
        if (l.token.kind != WAC_ID)
            return wac_unexpected(&l, "the name of an interface or world",
                                  error);
        TRY(wac_next(&l, error));
    }
    if (touches(&l, '@'))
        TRY(read_version(&l, out, error));
    out->end = l.last_end;
    *is_name = true;
    *self = l;
    return WHIT_OK;
}

whit_status wac_skip_statement(wac_lexer *self, size_t *end, whit_error *error)
{
    size_t depth = 0;
    while (depth || !wac_is(self, ';')) {
        if (self->token.kind == WAC_EOF)
            return wac_unexpected(self, "';'", error);
        if (wac_is(self, '{') || wac_is(self, '('))
            depth++;
        if (wac_is(self, '}') || wac_is(self, ')')) {
            if (!depth)
                return wac_unexpected(self, "';'", error);
            depth--;
        }
        if (wac_is(self, '@')) {
            wac_name version;
            TRY(read_version(self, &version, error));
        } else
            TRY(wac_next(self, error));
    }
    *end = self->last_end;
    return wac_next(self, error);
}
