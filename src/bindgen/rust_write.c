/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Text of Rust, laid out as rustfmt does. */
#include "bindgen/rust_private.h"

#include <stdarg.h>
#include <stdio.h>

const char *rust_text(rust_generator *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = size < 0 ? NULL : arena_alloc(&self->memory, (size_t)size + 1);
    if (!text) {
        self->failed = true;
        return "";
    }
    va_start(arguments, format);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return text;
}

const char *rust_copy(rust_generator *self, const buffer *text)
{
    if (text->failed)
        self->failed = true;
    return rust_text(self, "%.*s", (int)text->size,
                     text->size ? (const char *)text->data : "");
}

void rust_add(rust_generator *self, rust_list *list, const char *item)
{
    if (list->count == list->capacity) {
        unsigned capacity = list->capacity ? list->capacity * 2 : 8;
        const char **items =
            arena_array(&self->memory, capacity, sizeof *items);
        if (!items) {
            self->failed = true;
            return;
        }
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

static void indent_to(buffer *out, unsigned indent)
{
    buffer_printf(out, "%*s", (int)indent, "");
}

void rust_line(rust_body *body, const char *format, ...)
{
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line) {
        body->out->failed = true;
        return;
    }
    indent_to(body->out, body->indent);
    buffer_text(body->out, line);
    buffer_put(body->out, '\n');
}

/* Short arguments fill lines; anything else stands on a line of its own. */
static void write_filled(buffer *out, unsigned indent, const rust_list *items)
{
    size_t column = 0;
    for (unsigned i = 0; i < items->count; i++) {
        size_t width = strlen(items->items[i]) + 1;
        if (!column || column + 1 + width > RUST_WIDTH) {
            buffer_put(out, '\n');
            indent_to(out, indent + 4);
            column = indent + 4;
        } else {
            buffer_put(out, ' ');
            column++;
        }
        buffer_printf(out, "%s,", items->items[i]);
        column += width;
    }
}

void rust_items(buffer *out, unsigned indent, const char *head,
                const rust_list *items, const char *tail, unsigned most)
{
    size_t width = 0;
    bool all_short = most == RUST_LIST_WIDTH && items->count > 1;
    for (unsigned i = 0; i < items->count; i++) {
        width += strlen(items->items[i]) + (i ? 2 : 0);
        all_short &= strlen(items->items[i]) <= 10;
    }
    bool wide = width > most ||
                indent + strlen(head) + width + strlen(tail) > RUST_WIDTH;
    indent_to(out, indent);
    buffer_text(out, head);
    if (wide && all_short)
        write_filled(out, indent, items);
    for (unsigned i = 0; i < items->count && !(wide && all_short); i++) {
        if (wide) {
            buffer_put(out, '\n');
            indent_to(out, indent + 4);
        } else if (i) {
            buffer_text(out, " ");
        }
        buffer_text(out, items->items[i]);
        if (wide || i + 1 < items->count)
            buffer_put(out, ',');
    }
    if (wide && items->count) {
        buffer_put(out, '\n');
        indent_to(out, indent);
    }
    buffer_text(out, tail);
    buffer_put(out, '\n');
}

const char *rust_fresh(rust_generator *self, rust_body *body)
{
    return rust_text(self, "v%u", (*body->temporaries)++);
}

const char *rust_bind(rust_generator *self, rust_body *body, const char *value)
{
    const char *name = rust_fresh(self, body);
    size_t width = body->indent + strlen(name) + strlen(value) + 8;
    if (width <= RUST_WIDTH) {
        rust_line(body, "let %s = %s;", name, value);
    } else {
        rust_line(body, "let %s =", name);
        rust_line(body, "    %s;", value);
    }
    return name;
}

bool rust_is_variable(const char *text)
{
    size_t digits = *text == 'v' ? strspn(text + 1, "0123456789") : 0;
    return digits && !text[digits + 1];
}

const char *rust_keep(rust_generator *self, rust_body *body, const char *value)
{
    return rust_is_variable(value) ? value : rust_bind(self, body, value);
}

rust_body rust_inner(const rust_body *body, buffer *out)
{
    rust_body inner = *body;
    inner.out = out;
    inner.indent += 4;
    return inner;
}

/* The last expression of a block; a long tuple stands on several lines. */
static void write_value(rust_body *body, const char *value)
{
    size_t size = strlen(value);
    bool tuple = *value == '(' && size && value[size - 1] == ')';
    bool wide = size - 2 > RUST_LIST_WIDTH || body->indent + size > RUST_WIDTH;
    if (!tuple || !wide) {
        rust_line(body, "%s", value);
        return;
    }
    rust_line(body, "(");
    unsigned depth = 0;
    const char *from = value + 1;
    for (const char *at = from; at < value + size; at++) {
        bool last = at == value + size - 1;
        depth += *at == '(';
        if (last || (*at == ',' && !depth)) {
            rust_line(body, "    %.*s,", (int)(at - from), from);
            from = at + 2;
        }
        depth -= *at == ')' && depth;
    }
    rust_line(body, ")");
}

void rust_arm(rust_body *body, const char *head, const buffer *statements,
              const char *value, const char *tail)
{
    size_t width = body->indent + strlen(head) + strlen(value) + strlen(tail);
    bool tuple = *value == '(' && strlen(value) > RUST_LIST_WIDTH + 2;
    if (!statements->size && width + 1 <= RUST_WIDTH && !tuple) {
        rust_line(body, "%s %s%s", head, value, tail);
        return;
    }
    rust_line(body, "%s {", head);
    buffer_slice(body->out, buffer_view(statements));
    rust_body inner = *body;
    inner.indent += 4;
    if (*value)
        write_value(&inner, value);
    rust_line(body, "}%s", *tail == ',' ? "" : tail);
}

const char *rust_quoted(rust_generator *self, const buffer *text)
{
    return rust_text(self, "\"%s\"", rust_copy(self, text));
}

void rust_attribute(buffer *out, unsigned indent, const char *open,
                    const char *argument, const char *close)
{
    rust_list list = {.items = &argument, .count = 1};
    bool wide =
        strlen(argument) > 70 ||
        indent + strlen(open) + strlen(argument) + strlen(close) > RUST_WIDTH;
    if (!wide) {
        rust_items(out, indent, open, &list, close, RUST_WIDTH);
        return;
    }
    indent_to(out, indent);
    buffer_printf(out, "%s\n", open);
    indent_to(out, indent + 4);
    buffer_printf(out, "%s\n", argument);
    indent_to(out, indent);
    buffer_printf(out, "%s\n", close);
}
