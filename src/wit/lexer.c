/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tokens of a WIT text. */
#include "wit/lexer.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

static const char *const kind_texts[] = {
    [WIT_TOKEN_EOF] = "the end of the text",
    [WIT_TOKEN_EQUALS] = "'='",
    [WIT_TOKEN_COMMA] = "','",
    [WIT_TOKEN_COLON] = "':'",
    [WIT_TOKEN_SEMICOLON] = "';'",
    [WIT_TOKEN_LPAR] = "'('",
    [WIT_TOKEN_RPAR] = "')'",
    [WIT_TOKEN_LBRACE] = "'{'",
    [WIT_TOKEN_RBRACE] = "'}'",
    [WIT_TOKEN_LESS] = "'<'",
    [WIT_TOKEN_GREATER] = "'>'",
    [WIT_TOKEN_STAR] = "'*'",
    [WIT_TOKEN_SLASH] = "'/'",
    [WIT_TOKEN_DOT] = "'.'",
    [WIT_TOKEN_AT] = "'@'",
    [WIT_TOKEN_ARROW] = "'->'",
    [WIT_TOKEN_UNDERSCORE] = "'_'",
    [WIT_TOKEN_ID] = "a name",
    [WIT_TOKEN_KEYWORD] = "a keyword",
    [WIT_TOKEN_INTEGER] = "a number",
    [WIT_TOKEN_STRING] = "a string",
};

const char *wit_token_kind_text(wit_token_kind kind)
{
    return kind_texts[kind];
}

void wit_token_describe(const wit_token *self, char *out, size_t size)
{
    if (self->kind == WIT_TOKEN_ID || self->kind == WIT_TOKEN_INTEGER)
        snprintf(out, size, "'%.*s'",
                 self->name.size < 64 ? (int)self->name.size : 64,
                 (const char *)self->name.data);
    else if (self->kind == WIT_TOKEN_KEYWORD)
        snprintf(out, size, "the keyword '%s'",
                 wit_keyword_text(self->keyword));
    else
        snprintf(out, size, "%s", kind_texts[self->kind]);
}

whit_status wit_lexer_error(const wit_lexer *self, uint32_t offset,
                            whit_error *error, const char *format, ...)
{
    if (!error)
        return WHIT_MALFORMED;
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    whit_status status = error_set(error, WHIT_MALFORMED, "%s", message);
    return wit_place_error(self->set, (wit_place){self->source, offset}, status,
                           error);
}

/* Why a character may not be in a text, or NULL. */
static const char *discouraged(uint32_t code)
{
    static const uint32_t deprecated[] = {
        0x149,  0x673,  0xf77,  0xf79,  0x17a3, 0x17a4, 0x17b4, 0x17b5, 0x206a,
        0x206b, 0x206c, 0x206d, 0x206e, 0x206f, 0x2329, 0x232a, 0xe0001};
    if ((code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
        (code >= 0x7f && code < 0xa0))
        return "control characters do not belong in a text";
    if ((code >= 0x202a && code <= 0x202e) ||
        (code >= 0x2066 && code <= 0x2069))
        return "characters that change the direction of writing can make a "
               "text look different from what it says";
    for (unsigned i = 0; i < COUNT_OF(deprecated); i++)
        if (code == deprecated[i])
            return "Unicode discourages this character";
    return NULL;
}

whit_status wit_lexer_start(wit_lexer *self, wit_set *set, uint32_t source,
                            whit_error *error)
{
    slice text = set->sources[source].text;
    *self = (wit_lexer){.set = set, .source = source, .text = text};
    for (size_t i = 0; i < text.size;) {
        uint8_t byte = text.data[i];
        uint32_t code = byte;
        unsigned size = 1;
        if (byte >= 0x80) {
            size = utf8_decode(slice_of(text.data + i, text.size - i), &code);
            if (!size)
                return wit_lexer_error(self, (uint32_t)i, error,
                                       "the text is not UTF-8");
        }
        const char *why =
            byte >= 0x20 && byte < 0x7f ? NULL : discouraged(code);
        if (why)
            return wit_lexer_error(self, (uint32_t)i, error,
                                   "character U+%04X: %s", code, why);
        i += size;
    }
    /* A byte order mark is no part of the text. */
    if (text.size >= 3 && !memcmp(text.data, "\xef\xbb\xbf", 3))
        self->at = 3;
    return WHIT_OK;
}

static bool ahead(const wit_lexer *self, size_t offset, const char *what)
{
    size_t size = strlen(what);
    return self->text.size - offset >= size &&
           !memcmp(self->text.data + offset, what, size);
}

/* The end of a block comment that begins at `start`; 0: it has none. */
static uint32_t block_end(const wit_lexer *self, uint32_t start)
{
    size_t depth = 0;
    for (size_t i = start; i < self->text.size;) {
        if (ahead(self, i, "/*")) {
            depth++;
            i += 2;
        } else if (ahead(self, i, "*/")) {
            i += 2;
            if (!--depth)
                return (uint32_t)i;
        } else {
            i++;
        }
    }
    return 0;
}

static uint32_t line_end(const wit_lexer *self, uint32_t start)
{
    const uint8_t *from = self->text.data + start;
    const uint8_t *end = memchr(from, '\n', self->text.size - start);
    return end ? (uint32_t)(end - self->text.data) : (uint32_t)self->text.size;
}

static whit_status skip_space(wit_lexer *self, whit_error *error)
{
    while (self->at < self->text.size) {
        uint8_t c = self->text.data[self->at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            self->at++;
        } else if (ahead(self, self->at, "//")) {
            self->at = line_end(self, self->at);
        } else if (ahead(self, self->at, "/*")) {
            uint32_t end = block_end(self, self->at);
            if (!end)
                return wit_lexer_error(self, self->at, error,
                                       "this comment has no end: each '/*' "
                                       "needs its '*/'");
            self->at = end;
        } else {
            break;
        }
    }
    return WHIT_OK;
}

static bool is_word(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The cursor is at the first character, or at a '%'. */
static whit_status lex_word(wit_lexer *self, wit_token *out, whit_error *error)
{
    bool plain = self->text.data[self->at] != '%';
    self->at += !plain;
    uint32_t start = self->at;
    bool digits = true;
    while (self->at < self->text.size && is_word(self->text.data[self->at])) {
        /* "a->b" is no word with a hyphen at its end. */
        if (ahead(self, self->at, "->"))
            break;
        uint8_t c = self->text.data[self->at++];
        digits = digits && c >= '0' && c <= '9';
    }
    slice word = slice_of(self->text.data + start, self->at - start);
    out->name = word;
    if (plain && slice_is(word, "_")) {
        out->kind = WIT_TOKEN_UNDERSCORE;
        return WHIT_OK;
    }
    if (plain && digits) {
        out->kind = WIT_TOKEN_INTEGER;
        return WHIT_OK;
    }
    out->keyword = plain ? wit_keyword_find(word) : WIT_KEYWORD_NONE;
    if (out->keyword != WIT_KEYWORD_NONE) {
        out->kind = WIT_TOKEN_KEYWORD;
        return WHIT_OK;
    }
    out->kind = WIT_TOKEN_ID;
    return wit_place_error(self->set, (wit_place){self->source, out->start},
                           wit_label_check(word, error), error);
}

static whit_status lex_string(wit_lexer *self, wit_token *out,
                              whit_error *error)
{
    uint32_t start = self->at++;
    while (self->at < self->text.size) {
        uint8_t c = self->text.data[self->at];
        if (c == '\n')
            break;
        self->at += c == '\\' && self->at + 1 < self->text.size ? 2 : 1;
        if (c == '"') {
            out->kind = WIT_TOKEN_STRING;
            return WHIT_OK;
        }
    }
    return wit_lexer_error(self, start, error,
                           "this string has no end: its line ends before '\"'");
}

static wit_token_kind punctuation(uint8_t c)
{
    static const char marks[] = "=,:;(){}<>*/.@";
    const char *mark = c ? strchr(marks, c) : NULL;
    return mark ? (wit_token_kind)(WIT_TOKEN_EQUALS + (mark - marks))
                : WIT_TOKEN_EOF;
}

static whit_status lex_mark(wit_lexer *self, wit_token *out, whit_error *error)
{
    uint8_t c = self->text.data[self->at];
    out->kind = punctuation(c);
    if (ahead(self, self->at, "->")) {
        out->kind = WIT_TOKEN_ARROW;
        self->at++;
    } else if (out->kind == WIT_TOKEN_EOF) {
        slice rest =
            slice_of(self->text.data + self->at, self->text.size - self->at);
        uint32_t code = c;
        unsigned size = c < 0x80 ? 1 : utf8_decode(rest, &code);
        return wit_lexer_error(self, self->at, error,
                               "'%.*s' means nothing in WIT; names have "
                               "letters, digits and hyphens",
                               (int)size, (const char *)rest.data);
    }
    self->at++;
    return WHIT_OK;
}

whit_status wit_lexer_next(wit_lexer *self, wit_token *out, whit_error *error)
{
    *out = (wit_token){.gap = self->at, .keyword = WIT_KEYWORD_NONE};
    TRY(skip_space(self, error));
    out->start = out->end = self->at;
    if (self->at == self->text.size)
        return WHIT_OK;
    uint8_t c = self->text.data[self->at];
    if (c == '"')
        TRY(lex_string(self, out, error));
    else if ((is_word(c) && !ahead(self, self->at, "->")) || c == '%')
        TRY(lex_word(self, out, error));
    else
        TRY(lex_mark(self, out, error));
    out->end = self->at;
    if (out->kind != WIT_TOKEN_ID)
        out->name =
            slice_of(self->text.data + out->start, out->end - out->start);
    return WHIT_OK;
}

whit_status wit_lexer_version(wit_lexer *self, wit_version *out,
                              whit_error *error)
{
    TRY(skip_space(self, error));
    slice rest =
        slice_of(self->text.data + self->at, self->text.size - self->at);
    slice version = slice_of(rest.data, wit_version_scan(rest));
    TRY(wit_place_error(self->set, (wit_place){self->source, self->at},
                        wit_version_parse(version, out, error), error));
    self->at += (uint32_t)version.size;
    return WHIT_OK;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "{" digits "}" behind "\u"; 0 bytes: not so. */
static size_t unicode_escape(slice in, uint8_t out[4], unsigned *written)
{
    size_t i = 1;
    uint32_t code = 0;
    bool digit = false;
    if (!in.size || in.data[0] != '{')
        return 0;
    for (; i < in.size && in.data[i] != '}'; i++) {
        int value = hex_digit(in.data[i]);
        if (value < 0 && !(in.data[i] == '_' && digit))
            return 0;
        digit = value >= 0;
        if (digit && code < 0x1000000)
            code = code * 16 + (uint32_t)value;
    }
    *written = digit ? utf8_encode(code, out) : 0;
    return i < in.size && *written ? i + 1 : 0;
}

/* One escape behind its backslash: bytes read, 0 when it is none. */
static size_t escape(slice in, uint8_t out[4], unsigned *written)
{
    static const char from[] = "tnr\"'\\", to[] = "\t\n\r\"'\\";
    const char *simple =
        in.size && in.data[0] ? strchr(from, in.data[0]) : NULL;
    *written = 1;
    if (simple) {
        out[0] = (uint8_t)to[simple - from];
        return 1;
    }
    if (in.size && in.data[0] == 'u') {
        size_t size =
            unicode_escape(slice_of(in.data + 1, in.size - 1), out, written);
        return size ? size + 1 : 0;
    }
    if (in.size < 2 || hex_digit(in.data[0]) < 0 || hex_digit(in.data[1]) < 0)
        return 0;
    out[0] = (uint8_t)(hex_digit(in.data[0]) * 16 + hex_digit(in.data[1]));
    return 2;
}

whit_status wit_lexer_string(const wit_lexer *self, const wit_token *token,
                             slice *out, whit_error *error)
{
    slice in = slice_of(self->text.data + token->start + 1,
                        token->end - token->start - 2);
    uint8_t *bytes = arena_alloc(&self->set->memory, in.size + 4);
    TRY_ALLOC(bytes, error);
    size_t size = 0;
    for (size_t i = 0; i < in.size;) {
        if (in.data[i] != '\\') {
            bytes[size++] = in.data[i++];
            continue;
        }
        unsigned written;
        size_t read = escape(slice_of(in.data + i + 1, in.size - i - 1),
                             bytes + size, &written);
        if (!read)
            return wit_lexer_error(self, token->start + 1 + (uint32_t)i, error,
                                   "no such escape: use \\t \\n \\r \\\" \\' "
                                   "\\\\ \\u{...} or two hexadecimal digits");
        size += written;
        i += 1 + read;
    }
    *out = slice_of(bytes, size);
    if (!utf8_valid(*out))
        return wit_lexer_error(self, token->start, error,
                               "the escapes of this string make no UTF-8");
    return WHIT_OK;
}
