/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tokens of the text format. */
#include "wasm/lexer.h"

#include <stdio.h>

#include "base/utf8.h"

enum { STRING_PIECE = 4 }; /* most bytes that one escape stands for */

static const char *const annotation_ids[WASM_ANNOTATION_KINDS] = {
    [WASM_ANNOTATION_CUSTOM] = "custom",
    [WASM_ANNOTATION_NAME] = "name",
    [WASM_ANNOTATION_BRANCH_HINT] = "metadata.code.branch_hint",
};

wasm_lexer wasm_lexer_new(slice text)
{
    return (wasm_lexer){.cursor = text.data,
                        .end = text.data ? text.data + text.size : NULL,
                        .line_start = text.data,
                        .line = 1};
}

uint32_t wasm_place_column(wasm_place place)
{
    uint32_t column = 1;
    for (const uint8_t *p = place.line_start; p < place.at; p++)
        column += (*p & 0xc0) != 0x80;
    return column;
}

whit_status wasm_place_error(wasm_place place, whit_error *error,
                             const char *format, ...)
{
    if (!error)
        return WHIT_MALFORMED;
    char message[WHIT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_line(error, WHIT_MALFORMED, place.line,
                      wasm_place_column(place), "%s", message);
}

static wasm_place here(const wasm_lexer *self)
{
    return (wasm_place){self->cursor, self->line_start, self->line};
}

static bool is_idchar(uint8_t c)
{
    if (c <= 0x20 || c >= 0x7f)
        return false;
    switch (c) {
    case '"':
    case '(':
    case ')':
    case ',':
    case ';':
    case '[':
    case ']':
    case '{':
    case '}':
        return false;
    default:
        return true;
    }
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static int hex_digit(uint8_t c)
{
    if (is_digit(c))
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Moves over one character; newlines count as "\n", "\r" or "\r\n". */
static whit_status skip_char(wasm_lexer *self, whit_error *error)
{
    uint8_t c = *self->cursor;
    if (c >= 0x80) {
        uint32_t code;
        size_t left = (size_t)(self->end - self->cursor);
        unsigned size = utf8_decode(slice_of(self->cursor, left), &code);
        if (!size)
            return wasm_place_error(here(self), error,
                                    "malformed UTF-8 encoding");
        self->cursor += size;
        return WHIT_OK;
    }
    self->cursor++;
    bool pair = c == '\r' && self->cursor < self->end && *self->cursor == '\n';
    if (c == '\n' || (c == '\r' && !pair)) {
        self->line++;
        self->line_start = self->cursor;
    }
    return WHIT_OK;
}

static bool next_is(const wasm_lexer *self, uint8_t c)
{
    return self->end - self->cursor > 1 && self->cursor[1] == c;
}

static whit_status skip_line_comment(wasm_lexer *self, whit_error *error)
{
    while (self->cursor < self->end && *self->cursor != '\n' &&
           *self->cursor != '\r')
        TRY(skip_char(self, error));
    return WHIT_OK;
}

static whit_status skip_block_comment(wasm_lexer *self, whit_error *error)
{
    wasm_place start = here(self);
    size_t depth = 0;
    while (self->cursor < self->end) {
        uint8_t c = *self->cursor;
        if (c == '(' && next_is(self, ';')) {
            depth++;
            self->cursor += 2;
        } else if (c == ';' && next_is(self, ')')) {
            self->cursor += 2;
            if (--depth == 0)
                return WHIT_OK;
        } else {
            TRY(skip_char(self, error));
        }
    }
    return wasm_place_error(start, error,
                            "unclosed comment: add ';)' where it ends");
}

/* Reads one character or escape of a string whose syntax is known to be
 * right, at most STRING_PIECE bytes. */
static unsigned string_piece(const uint8_t **cursor, uint8_t *out)
{
    const uint8_t *p = *cursor;
    if (*p != '\\') {
        *out = *p;
        *cursor = p + 1;
        return 1;
    }
    p++;
    if (*p == 'u') {
        uint32_t code = 0;
        for (p += 2; *p != '}'; p++)
            if (*p != '_')
                code = code * 16 + (uint32_t)hex_digit(*p);
        *cursor = p + 1;
        return utf8_encode(code, out);
    }
    int high = hex_digit(p[0]);
    if (high >= 0) {
        *out = (uint8_t)(high * 16 + hex_digit(p[1]));
        *cursor = p + 2;
        return 1;
    }
    *out = *p == 't' ? '\t' : *p == 'n' ? '\n' : *p == 'r' ? '\r' : *p;
    *cursor = p + 1;
    return 1;
}

/* The characters between the quotes of a string. */
static slice between_quotes(slice text)
{
    return slice_of(text.data + 1, text.size - 2);
}

/* Whether the bytes a string stands for are UTF-8, without memory for them. */
static bool string_is_utf8(slice body)
{
    uint8_t window[2 * STRING_PIECE];
    size_t filled = 0;
    const uint8_t *p = body.data, *end = p + body.size;
    while (p < end) {
        filled += string_piece(&p, window + filled);
        uint32_t code;
        uint8_t lead = window[0];
        size_t need = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        while (filled && filled >= need) {
            unsigned size = utf8_decode(slice_of(window, filled), &code);
            if (!size)
                return false;
            filled -= size;
            memmove(window, window + size, filled);
            lead = window[0];
            need = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        }
    }
    return filled == 0;
}

static whit_status lex_unicode(wasm_lexer *self, wasm_place escape,
                               whit_error *error)
{
    const uint8_t *p = self->cursor;
    uint32_t code = 0;
    bool digit = false;
    if (p < self->end && *p == '{') {
        for (p++; p < self->end; p++) {
            int value = hex_digit(*p);
            if (value < 0 && !(*p == '_' && digit))
                break;
            digit = value >= 0;
            if (digit)
                code = code < 0x1000000 ? code * 16 + (uint32_t)value : code;
        }
    }
    uint8_t bytes[4];
    if (!digit || p >= self->end || *p != '}' || !utf8_encode(code, bytes))
        return wasm_place_error(escape, error,
                                "illegal escape: \\u{...} takes the "
                                "hexadecimal number of a character");
    self->cursor = p + 1;
    return WHIT_OK;
}

/* The cursor is behind the backslash. */
static whit_status lex_escape(wasm_lexer *self, wasm_place escape,
                              whit_error *error)
{
    if (self->cursor < self->end) {
        uint8_t c = *self->cursor;
        if (memchr("tnr\"'\\", c, 6)) {
            self->cursor++;
            return WHIT_OK;
        }
        if (c == 'u') {
            self->cursor++;
            return lex_unicode(self, escape, error);
        }
        if (hex_digit(c) >= 0 && self->end - self->cursor > 1 &&
            hex_digit(self->cursor[1]) >= 0) {
            self->cursor += 2;
            return WHIT_OK;
        }
    }
    return wasm_place_error(escape, error,
                            "illegal escape in a string: use \\t \\n \\r \\\" "
                            "\\' \\\\ \\u{...} or two hexadecimal digits");
}

/* The cursor is at the opening quote. */
static whit_status lex_string(wasm_lexer *self, whit_error *error)
{
    wasm_place start = here(self);
    self->cursor++;
    while (self->cursor < self->end) {
        uint8_t c = *self->cursor;
        if (c == '"') {
            self->cursor++;
            return WHIT_OK;
        }
        if (c == '\n' || c == '\r')
            break;
        if (c < 0x20 || c == 0x7f)
            return wasm_place_error(here(self), error,
                                    "illegal character in a string: write it "
                                    "as \\%02x",
                                    c);
        if (c == '\\') {
            wasm_place escape = here(self);
            self->cursor++;
            TRY(lex_escape(self, escape, error));
        } else {
            TRY(skip_char(self, error));
        }
    }
    return wasm_place_error(start, error,
                            "unclosed string: its line ends before '\"'");
}

/* Whether a string at `cursor` has an end and no control characters. */
static bool string_closes(const uint8_t *cursor, const uint8_t *end)
{
    for (cursor++; cursor < end && *cursor >= 0x20 && *cursor != 0x7f;
         cursor++) {
        if (*cursor == '"')
            return true;
        if (*cursor == '\\' && ++cursor == end)
            return false;
    }
    return false;
}

/* Moves over digits with single underscores between them. */
static bool digits(const uint8_t **cursor, const uint8_t *end, bool hex)
{
    const uint8_t *p = *cursor;
    bool last = false;
    for (; p < end; p++) {
        if (*p == '_' && last) {
            last = false;
            continue;
        }
        if (!(hex ? hex_digit(*p) >= 0 : is_digit(*p)))
            break;
        last = true;
    }
    *cursor = p;
    return last;
}

static bool has(const uint8_t *p, const uint8_t *end, const char *text)
{
    size_t size = strlen(text);
    return (size_t)(end - p) >= size && !memcmp(p, text, size);
}

/* NAT, INT, FLOAT, or RESERVED when the word is no number. */
static wasm_token_kind number_kind(slice text)
{
    const uint8_t *p = text.data, *end = p + text.size;
    wasm_token_kind whole = WASM_TOKEN_NAT;
    if (p < end && (*p == '+' || *p == '-')) {
        whole = WASM_TOKEN_INT;
        p++;
    }
    if ((has(p, end, "inf") || has(p, end, "nan")) && end - p == 3)
        return WASM_TOKEN_FLOAT;
    if (has(p, end, "nan:0x")) {
        p += 6;
        return digits(&p, end, true) && p == end ? WASM_TOKEN_FLOAT
                                                 : WASM_TOKEN_RESERVED;
    }
    bool hex = has(p, end, "0x");
    if (hex)
        p += 2;
    if (!digits(&p, end, hex))
        return WASM_TOKEN_RESERVED;
    if (p == end)
        return whole;
    if (*p == '.') {
        p++;
        if (p < end && *p != '_' && (hex ? hex_digit(*p) >= 0 : is_digit(*p)))
            if (!digits(&p, end, hex))
                return WASM_TOKEN_RESERVED;
    }
    if (p < end && (*p | 0x20) == (hex ? 'p' : 'e')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        if (!digits(&p, end, false))
            return WASM_TOKEN_RESERVED;
    }
    return p == end ? WASM_TOKEN_FLOAT : WASM_TOKEN_RESERVED;
}

static wasm_token_kind word_kind(slice text)
{
    wasm_token_kind number = number_kind(text);
    if (number != WASM_TOKEN_RESERVED)
        return number;
    uint8_t first = text.data[0];
    return first >= 'a' && first <= 'z' ? WASM_TOKEN_KEYWORD
                                        : WASM_TOKEN_RESERVED;
}

/* Identifier characters and strings that hang together are one token. */
static whit_status lex_word(wasm_lexer *self, wasm_token *out,
                            whit_error *error)
{
    const uint8_t *start = self->cursor;
    bool id = *start == '$';
    size_t strings = 0, runs = 0;
    if (id) {
        self->cursor++;
        bool quoted = self->cursor < self->end && *self->cursor == '"' &&
                      string_closes(self->cursor, self->end);
        bool plain = self->cursor < self->end && is_idchar(*self->cursor);
        if (!quoted && !plain)
            return wasm_place_error(out->place, error,
                                    "empty identifier: '$' needs a name "
                                    "right behind it");
    }
    while (self->cursor < self->end) {
        if (*self->cursor == '"') {
            TRY(lex_string(self, error));
            strings++;
        } else if (is_idchar(*self->cursor)) {
            while (self->cursor < self->end && is_idchar(*self->cursor))
                self->cursor++;
            runs++;
        } else {
            break;
        }
    }
    out->text = slice_of(start, (size_t)(self->cursor - start));
    if (strings + runs == 1 && id) {
        slice quoted = slice_of(start + 1, out->text.size - 1);
        out->kind = WASM_TOKEN_ID;
        if (strings && quoted.size == 2)
            return wasm_place_error(out->place, error, "empty identifier");
        if (strings && !string_is_utf8(between_quotes(quoted)))
            return wasm_place_error(out->place, error,
                                    "malformed UTF-8 encoding of an "
                                    "identifier");
    } else if (strings + runs == 1 && strings) {
        out->kind = WASM_TOKEN_STRING;
    } else {
        out->kind = strings ? WASM_TOKEN_RESERVED : word_kind(out->text);
    }
    return WHIT_OK;
}

/* Whether a string stands for exactly these characters. */
static bool string_is(slice body, const char *text)
{
    const uint8_t *p = body.data, *end = p + body.size;
    while (p < end) {
        uint8_t bytes[STRING_PIECE];
        unsigned size = string_piece(&p, bytes);
        for (unsigned i = 0; i < size; i++)
            if (!*text || (uint8_t)*text++ != bytes[i])
                return false;
    }
    return !*text;
}

/* The cursor is at "(@". */
static whit_status lex_annotation(wasm_lexer *self, wasm_token *out,
                                  bool *skipped, whit_error *error)
{
    wasm_place start = here(self);
    self->cursor += 2;
    const uint8_t *id = self->cursor;
    bool quoted = id < self->end && *id == '"' && string_closes(id, self->end);
    if (quoted)
        TRY(lex_string(self, error));
    else
        while (self->cursor < self->end && is_idchar(*self->cursor))
            self->cursor++;
    slice name = slice_of(id, (size_t)(self->cursor - id));
    if (name.size == 0 || (quoted && name.size == 2))
        return wasm_place_error(start, error,
                                "empty annotation id: '(@' needs a name right "
                                "behind it");
    if (quoted && !string_is_utf8(between_quotes(name)))
        return wasm_place_error(start, error,
                                "malformed UTF-8 encoding of an annotation "
                                "id");
    *skipped = true;
    for (int i = 0; self->annotations && i < WASM_ANNOTATION_KINDS; i++) {
        if (quoted ? string_is(between_quotes(name), annotation_ids[i])
                   : slice_is(name, annotation_ids[i])) {
            out->kind = WASM_TOKEN_ANNOTATION;
            out->annotation = (wasm_annotation)i;
            out->text = name;
            out->place = start;
            *skipped = false;
            return WHIT_OK;
        }
    }
    return wasm_lexer_skip_annotation(self, start, error);
}

whit_status wasm_lexer_skip_annotation(wasm_lexer *self, wasm_place start,
                                       whit_error *error)
{
    size_t depth = 1;
    while (self->cursor < self->end) {
        uint8_t c = *self->cursor;
        if (c == ';' && next_is(self, ';')) {
            TRY(skip_line_comment(self, error));
        } else if (c == '(' && next_is(self, ';')) {
            TRY(skip_block_comment(self, error));
        } else if (c == '"') {
            TRY(lex_string(self, error));
        } else if (c == '(' || c == ')') {
            self->cursor++;
            depth += c == '(' ? 1 : (size_t)-1;
            if (!depth)
                return WHIT_OK;
        } else {
            wasm_place place = here(self);
            TRY(skip_char(self, error));
            if (c >= 0x7f || (c < 0x20 && !memchr("\t\n\r", c, 3)))
                return wasm_place_error(place, error,
                                        "illegal character in an annotation");
        }
    }
    return wasm_place_error(start, error,
                            "unclosed annotation: add ')' where it ends");
}

/* Moves to the next character that begins a token, or to an annotation that
 * was asked for (then out->kind is set and *found true). */
static whit_status skip_space(wasm_lexer *self, wasm_token *out, bool *found,
                              whit_error *error)
{
    *found = false;
    while (self->cursor < self->end) {
        uint8_t c = *self->cursor;
        if (c == ' ' || c == '\t') {
            self->cursor++;
        } else if (c == '\n' || c == '\r') {
            TRY(skip_char(self, error));
        } else if (c == ';' && next_is(self, ';')) {
            TRY(skip_line_comment(self, error));
        } else if (c == '(' && next_is(self, ';')) {
            TRY(skip_block_comment(self, error));
        } else if (c == '(' && next_is(self, '@')) {
            bool skipped = true;
            TRY(lex_annotation(self, out, &skipped, error));
            if (!skipped) {
                *found = true;
                return WHIT_OK;
            }
        } else {
            break;
        }
    }
    return WHIT_OK;
}

whit_status wasm_lexer_next(wasm_lexer *self, wasm_token *out,
                            whit_error *error)
{
    bool found;
    TRY(skip_space(self, out, &found, error));
    if (found)
        return WHIT_OK;
    out->place = here(self);
    out->text = slice_of(self->cursor, 0);
    out->kind = WASM_TOKEN_EOF;
    if (self->cursor == self->end)
        return WHIT_OK;
    uint8_t c = *self->cursor;
    if (is_idchar(c) || c == '"')
        return lex_word(self, out, error);
    out->text.size = 1;
    if (c < 0x20 || c >= 0x7f) {
        TRY(skip_char(self, error));
        return wasm_place_error(out->place, error,
                                "illegal character: outside of strings and "
                                "comments the text format is ASCII");
    }
    self->cursor++;
    out->kind = c == '('   ? WASM_TOKEN_LPAR
                : c == ')' ? WASM_TOKEN_RPAR
                           : WASM_TOKEN_RESERVED;
    return WHIT_OK;
}

whit_status wasm_token_decode(const wasm_token *self, arena *memory, slice *out,
                              whit_error *error)
{
    slice text = self->text;
    if (self->kind == WASM_TOKEN_ID) {
        text = slice_of(text.data + 1, text.size - 1);
        if (*text.data != '"') {
            *out = text;
            return WHIT_OK;
        }
    }
    slice body = between_quotes(text);
    if (!body.size || !memchr(body.data, '\\', body.size)) {
        *out = body;
        return WHIT_OK;
    }
    /* No escape is shorter than what it stands for. */
    uint8_t *bytes = arena_alloc(memory, body.size);
    TRY_ALLOC(bytes, error);
    size_t size = 0;
    const uint8_t *p = body.data, *end = p + body.size;
    while (p < end)
        size += string_piece(&p, bytes + size);
    *out = slice_of(bytes, size);
    return WHIT_OK;
}
