/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * JSON: write a document of nested records, parse it into a tree, write the
 * tree back and compare; n times. */

#include "kernel.h"

enum { TEXT_MAX = 256 << 10, RECORDS = 150 };

typedef enum { JSON_NULL, FALSE, TRUE, NUMBER, STRING, ARRAY, OBJECT } kind;

typedef struct value value;
struct value {
    kind kind;
    uint32_t size;   /* of `text` */
    char *text;      /* STRING */
    double number;   /* NUMBER */
    value *children; /* ARRAY, OBJECT: the first */
    value *next;
    char *name; /* of a member */
    uint32_t name_size;
};

typedef struct {
    char *text;
    uint32_t size;
} writer;

typedef struct {
    const char *at;
    const char *end;
    uint32_t errors;
} parser;

/* --- writing --- */

static void put(writer *out, char c)
{
    if (out->size < TEXT_MAX)
        out->text[out->size++] = c;
}

static void put_text(writer *out, const char *text)
{
    while (*text)
        put(out, *text++);
}

static void put_string(writer *out, const char *text, uint32_t size)
{
    static const char HEX[] = "0123456789abcdef";

    put(out, '"');
    for (uint32_t i = 0; i < size; i++) {
        uint8_t c = (uint8_t)text[i];
        if (c == '"' || c == '\\') {
            put(out, '\\');
            put(out, (char)c);
        } else if (c == '\n') {
            put_text(out, "\\n");
        } else if (c < 32) {
            put_text(out, "\\u00");
            put(out, HEX[c >> 4]);
            put(out, HEX[c & 15]);
        } else {
            put(out, (char)c);
        }
    }
    put(out, '"');
}

static void put_integer(writer *out, uint64_t number, int digits_min)
{
    char digits[24];
    int count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number || count < digits_min);
    while (count)
        put(out, digits[--count]);
}

/* Numbers have at most three decimals here, so this is exact. */
static void put_number(writer *out, double number)
{
    if (number < 0) {
        put(out, '-');
        number = -number;
    }
    uint64_t thousandths = (uint64_t)(number * 1000 + 0.5);
    put_integer(out, thousandths / 1000, 1);
    if (thousandths % 1000) {
        put(out, '.');
        put_integer(out, thousandths % 1000, 3);
    }
}

static void put_value(writer *out, const value *self)
{
    switch (self->kind) {
    case JSON_NULL:
        put_text(out, "null");
        break;
    case FALSE:
        put_text(out, "false");
        break;
    case TRUE:
        put_text(out, "true");
        break;
    case NUMBER:
        put_number(out, self->number);
        break;
    case STRING:
        put_string(out, self->text, self->size);
        break;
    case ARRAY:
    case OBJECT:
        put(out, self->kind == ARRAY ? '[' : '{');
        for (const value *child = self->children; child; child = child->next) {
            if (child != self->children)
                put(out, ',');
            if (self->kind == OBJECT) {
                put_string(out, child->name, child->name_size);
                put(out, ':');
            }
            put_value(out, child);
        }
        put(out, self->kind == ARRAY ? ']' : '}');
        break;
    }
}

/* --- parsing --- */

static void skip_space(parser *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' ||
                                *in->at == '\r' || *in->at == '\t'))
        in->at++;
}

static int accept(parser *in, char c)
{
    skip_space(in);
    if (in->at == in->end || *in->at != c)
        return 0;
    in->at++;
    return 1;
}

static void expect(parser *in, char c)
{
    if (!accept(in, c))
        in->errors++;
}

static uint32_t hex4(parser *in)
{
    uint32_t code = 0;

    for (int i = 0; i < 4 && in->at < in->end; i++) {
        char c = *in->at++;
        code = code << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    }
    return code;
}

static char *parse_string(parser *in, uint32_t *size)
{
    const char *close = in->at;

    while (close < in->end && *close != '"')
        close += *close == '\\' ? 2 : 1;
    if (close >= in->end) {
        in->errors++;
        in->at = in->end;
        return NULL;
    }
    char *text = kernel_alloc((size_t)(close - in->at) + 1), *to = text;
    while (*in->at != '"') {
        char c = *in->at++;
        if (c == '\\') {
            c = *in->at++;
            c = c == 'n'   ? '\n'
                : c == 't' ? '\t'
                : c == 'u' ? (char)hex4(in)
                           : c;
        }
        *to++ = c;
    }
    in->at++;
    *size = (uint32_t)(to - text);
    return text;
}

static double parse_number(parser *in)
{
    int negative = in->at < in->end && *in->at == '-';
    double number = 0, scale = 1;

    in->at += negative;
    for (; in->at < in->end && *in->at >= '0' && *in->at <= '9'; in->at++)
        number = number * 10 + (*in->at - '0');
    if (in->at < in->end && *in->at == '.')
        for (in->at++; in->at < in->end && *in->at >= '0' && *in->at <= '9';
             in->at++) {
            number = number * 10 + (*in->at - '0');
            scale *= 10;
        }
    return (negative ? -number : number) / scale;
}

static int parse_word(parser *in, const char *word)
{
    const char *at = in->at;

    for (; *word; word++, at++)
        if (at == in->end || *at != *word)
            return 0;
    in->at = at;
    return 1;
}

static value *parse_value(parser *in);

static void parse_children(parser *in, value *self, char close)
{
    value **last = &self->children;

    if (accept(in, close))
        return;
    do {
        char *name = NULL;
        uint32_t size = 0;
        if (self->kind == OBJECT) {
            expect(in, '"');
            name = parse_string(in, &size);
            expect(in, ':');
        }
        *last = parse_value(in);
        (*last)->name = name;
        (*last)->name_size = size;
        last = &(*last)->next;
    } while (!in->errors && accept(in, ','));
    expect(in, close);
}

static value *parse_value(parser *in)
{
    value *self = kernel_alloc(sizeof *self);

    memset(self, 0, sizeof *self);
    if (accept(in, '{')) {
        self->kind = OBJECT;
        parse_children(in, self, '}');
    } else if (accept(in, '[')) {
        self->kind = ARRAY;
        parse_children(in, self, ']');
    } else if (accept(in, '"')) {
        self->kind = STRING;
        self->text = parse_string(in, &self->size);
    } else if (parse_word(in, "true")) {
        self->kind = TRUE;
    } else if (parse_word(in, "false")) {
        self->kind = FALSE;
    } else if (!parse_word(in, "null")) {
        self->kind = NUMBER;
        self->number = parse_number(in);
    }
    return self;
}

/* --- the document --- */

static void put_record(writer *out, uint32_t id, uint32_t *seed)
{
    static const char *const CITIES[] = {"Oslo", "Porto \"Invicta\"", "Kyoto",
                                         "San Jos\xc3\xa9", "back\\slash"};
    const char *city = CITIES[id % 5];
    uint32_t size = 0;

    while (city[size])
        size++;
    put_text(out, "{\"id\":");
    put_integer(out, id, 1);
    put_text(out, ",\"city\":");
    put_string(out, city, size);
    put_text(out, id % 3 ? ",\"active\":true" : ",\"active\":false");
    put_text(out, ",\"parent\":null,\"balance\":");
    put_number(out, (kernel_random(seed) % 2000000 - 1000000.0) / 1000);
    put_text(out, ",\"note\":\"line one\\nline two\\u0007\",\"points\":[");
    for (uint32_t i = 0; i < 1 + id % 7; i++) {
        put_text(out, i ? ",{\"x\":" : "{\"x\":");
        put_number(out, kernel_random(seed) % 10000 / 8.0);
        put_text(out, ",\"y\":");
        put_integer(out, kernel_random(seed) % 1000, 1);
        put(out, '}');
    }
    put_text(out, "]}");
}

uint32_t run(uint32_t n)
{
    uint32_t sum = 1, seed = 1234;

    for (uint32_t round = 0; round < n; round++) {
        kernel_reset();
        writer first = {kernel_alloc(TEXT_MAX), 0};
        writer second = {kernel_alloc(TEXT_MAX), 0};
        put(&first, '[');
        for (uint32_t i = 0; i < RECORDS; i++) {
            if (i)
                put(&first, ',');
            put_record(&first, i + round, &seed);
        }
        put(&first, ']');

        parser in = {first.text, first.text + first.size, 0};
        value *tree = parse_value(&in);
        put_value(&second, tree);
        sum = kernel_mix(kernel_mix(sum, in.errors), second.size);
        sum = kernel_mix(sum, first.size == second.size &&
                                  !memcmp(first.text, second.text, first.size));
        for (uint32_t i = 0; i < second.size; i += 61)
            sum = kernel_mix(sum, (uint8_t)second.text[i]);
    }
    return sum;
}
