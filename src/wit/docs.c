/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Documentation: lines of "///" and blocks of slash, star, star, without the
 * signs, without the indentation they have in common, without empty lines at
 * both ends. Printing and reading it again gives the same. */
#include "wit/lexer.h"

/* Lines collected from comments; `indent` is what all share. */
typedef struct doc_lines {
    uint8_t *bytes; /* '\n' behind each line */
    size_t size;
    size_t indent;
} doc_lines;

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void add_line(doc_lines *self, slice line)
{
    size_t indent = 0;
    while (line.size && is_blank(line.data[line.size - 1]))
        line.size--;
    while (indent < line.size && line.data[indent] == ' ')
        indent++;
    if (line.size && indent < self->indent)
        self->indent = indent;
    if (line.size)
        memcpy(self->bytes + self->size, line.data, line.size);
    self->size += line.size;
    self->bytes[self->size++] = '\n';
}

/* Every line of a comment's inside. */
static void add_comment(doc_lines *self, slice inside)
{
    for (;;) {
        const uint8_t *end =
            inside.size ? memchr(inside.data, '\n', inside.size) : NULL;
        size_t size = end ? (size_t)(end - inside.data) : inside.size;
        add_line(self, slice_of(inside.data, size));
        if (!end)
            return;
        inside = slice_of(end + 1, inside.size - size - 1);
    }
}

/* The end of a block comment; the lexer has seen that there is one. */
static size_t block_size(slice text)
{
    size_t depth = 0, i = 0;
    do {
        if (text.data[i] == '/' && text.data[i + 1] == '*') {
            depth++;
            i += 2;
        } else if (text.data[i] == '*' && text.data[i + 1] == '/') {
            depth--;
            i += 2;
        } else {
            i++;
        }
    } while (depth);
    return i;
}

static void collect(doc_lines *self, slice gap)
{
    while (gap.size) {
        size_t size = 1;
        bool line = gap.size > 1 && !memcmp(gap.data, "//", 2);
        bool block = gap.size > 1 && !memcmp(gap.data, "/*", 2);
        if (line) {
            const uint8_t *end = memchr(gap.data, '\n', gap.size);
            size = end ? (size_t)(end - gap.data) : gap.size;
            size_t slashes = 2;
            while (slashes < size && gap.data[slashes] == '/')
                slashes++;
            if (slashes > 2)
                add_line(self, slice_of(gap.data + slashes, size - slashes));
        } else if (block) {
            size = block_size(gap);
            if (size > 4 && gap.data[2] == '*')
                add_comment(self, slice_of(gap.data + 3, size - 5));
        }
        gap = slice_of(gap.data + size, gap.size - size);
    }
}

/* Takes the common indentation away, in place. */
static slice dedent(doc_lines *self)
{
    size_t from = 0, to = 0;
    while (from < self->size) {
        bool empty = self->bytes[from] == '\n';
        from += empty ? 0 : self->indent;
        while (self->bytes[from] != '\n')
            self->bytes[to++] = self->bytes[from++];
        self->bytes[to++] = self->bytes[from++];
    }
    from = 0;
    while (from < to && self->bytes[from] == '\n')
        from++;
    while (to > from && self->bytes[to - 1] == '\n')
        to--;
    return slice_of(self->bytes + from, to - from);
}

whit_status wit_lexer_docs(const wit_lexer *self, const wit_token *token,
                           slice *out, whit_error *error)
{
    slice gap =
        slice_of(self->text.data + token->gap, token->start - token->gap);
    *out = slice_of(NULL, 0);
    if (!gap.size || !memchr(gap.data, '/', gap.size))
        return WHIT_OK;
    /* Each line is shorter than its comment, and has room for its '\n'. */
    doc_lines lines = {.indent = SIZE_MAX};
    lines.bytes = arena_alloc(&self->set->memory, gap.size + 1);
    TRY_ALLOC(lines.bytes, error);
    collect(&lines, gap);
    *out = dedent(&lines);
    if (!out->size)
        *out = slice_of(NULL, 0);
    return WHIT_OK;
}
