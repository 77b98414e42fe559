/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Reading the section "package-docs": JSON of objects, strings and null. */
#include "component/wit_docs.h"

#include "base/limits.h"
#include "base/memory.h"
#include "base/utf8.h"

enum { DOCS_NESTING = 32 };

typedef struct docs_reader {
    component_docs *docs;
    slice text;
    size_t at;
    whit_error *error;
} docs_reader;

void component_docs_init(component_docs *self)
{
    *self = (component_docs){0};
    map_init(&self->children);
}

void component_docs_release(component_docs *self)
{
    mem_free(self->nodes);
    map_release(&self->children);
    component_docs_init(self);
}

static whit_status fail(docs_reader *r, const char *wanted)
{
    return error_set(r->error, WHIT_MALFORMED,
                     "section '%s': expected %s at byte %zu",
                     COMPONENT_DOCS_SECTION, wanted, r->at + 1);
}

/* The next character that is no space, or 0. */
static uint8_t peek(docs_reader *r)
{
    while (r->at < r->text.size && strchr(" \t\n\r", r->text.data[r->at]) &&
           r->text.data[r->at])
        r->at++;
    return r->at < r->text.size ? r->text.data[r->at] : 0;
}

static bool take(docs_reader *r, char wanted)
{
    if (peek(r) != (uint8_t)wanted)
        return false;
    r->at++;
    return true;
}

/* ---- Strings ---- */

static whit_status read_hex(docs_reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        uint8_t c = r->at < r->text.size ? r->text.data[r->at] : 0;
        uint8_t lower = c | 0x20;
        if (c >= '0' && c <= '9')
            *out = *out << 4 | (uint32_t)(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            *out = *out << 4 | (uint32_t)(lower - 'a' + 10);
        else
            return fail(r, "four hexadecimal digits");
    }
    return WHIT_OK;
}

static whit_status read_code(docs_reader *r, buffer *out)
{
    uint32_t code, low;
    uint8_t bytes[4];
    TRY(read_hex(r, &code));
    if (code >= 0xd800 && code < 0xdc00) {
        if (r->text.size - r->at < 2 ||
            memcmp(r->text.data + r->at, "\\u", 2) != 0)
            return fail(r, "the other half of a surrogate pair");
        r->at += 2;
        TRY(read_hex(r, &low));
        if (low < 0xdc00 || low >= 0xe000)
            return fail(r, "the other half of a surrogate pair");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    unsigned size = utf8_encode(code, bytes);
    if (!size)
        return fail(r, "a character");
    buffer_append(out, bytes, size);
    return WHIT_OK;
}

static whit_status read_escape(docs_reader *r, buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t c = r->at < r->text.size ? r->text.data[r->at] : 0;
    const char *found = c ? strchr(from, c) : NULL;
    if (!found && c != 'u')
        return fail(r, "an escape");
    r->at++;
    if (!found)
        return read_code(r, out);
    buffer_put(out, (uint8_t)to[found - from]);
    return WHIT_OK;
}

static whit_status read_characters(docs_reader *r, buffer *out)
{
    for (;;) {
        uint8_t c = r->at < r->text.size ? r->text.data[r->at] : 0;
        if (c < 0x20)
            return fail(r, "the end of the string");
        r->at++;
        if (c == '"')
            return buffer_status(out, r->error);
        if (c == '\\')
            TRY(read_escape(r, out));
        else
            buffer_put(out, c);
    }
}

static whit_status read_string(docs_reader *r, slice *out)
{
    buffer text;
    if (!take(r, '"'))
        return fail(r, "a string");
    buffer_init(&text);
    whit_status status = read_characters(r, &text);
    if (status == WHIT_OK) {
        *out = slice_of(arena_dup(r->docs->arena, text.data, text.size),
                        text.size);
        if (!out->data)
            status = error_memory(r->error);
    }
    buffer_release(&text);
    return status;
}

/* ---- Nodes ---- */

static whit_status add_node(docs_reader *r, uint32_t *out)
{
    component_docs *d = r->docs;
    TRY(mem_grow((void **)&d->nodes, &d->room, d->count, sizeof *d->nodes,
                 LIMIT_WIT_MEMBERS, "entries of documentation", r->error));
    *out = (uint32_t)d->count++;
    d->nodes[*out] = (component_docs_node){0};
    return WHIT_OK;
}

static whit_status add_child(docs_reader *r, uint32_t parent, slice name,
                             uint32_t *out)
{
    uint8_t *key = arena_alloc(r->docs->arena, name.size + sizeof parent);
    TRY_ALLOC(key, r->error);
    memcpy(key, &parent, sizeof parent);
    memcpy(key + sizeof parent, name.data, name.size);
    TRY(add_node(r, out));
    return map_set(&r->docs->children, slice_of(key, name.size + sizeof parent),
                   *out, r->error);
}

static whit_status read_value(docs_reader *r, uint32_t node, unsigned depth);

static whit_status read_object(docs_reader *r, uint32_t node, unsigned depth)
{
    if (depth == DOCS_NESTING)
        return fail(r, "fewer objects in each other");
    if (take(r, '}'))
        return WHIT_OK;
    do {
        slice name;
        uint32_t child;
        TRY(read_string(r, &name));
        if (!take(r, ':'))
            return fail(r, "':'");
        TRY(add_child(r, node, name, &child));
        TRY(read_value(r, child, depth + 1));
    } while (take(r, ','));
    return take(r, '}') ? WHIT_OK : fail(r, "',' or '}'");
}

static whit_status read_value(docs_reader *r, uint32_t node, unsigned depth)
{
    if (take(r, '{'))
        return read_object(r, node, depth);
    if (peek(r) == '"') {
        slice text;
        TRY(read_string(r, &text));
        r->docs->nodes[node] = (component_docs_node){true, text};
        return WHIT_OK;
    }
    if (r->text.size - r->at >= 4 && !memcmp(r->text.data + r->at, "null", 4)) {
        r->at += 4;
        return WHIT_OK;
    }
    return fail(r, "an object, a string or null");
}

whit_status component_docs_read(component_docs *self, arena *memory,
                                slice payload, whit_error *error)
{
    docs_reader r = {.docs = self, .error = error};
    uint32_t root;
    self->arena = memory;
    if (!payload.size || payload.data[0] > 1)
        return error_set(error, WHIT_UNSUPPORTED,
                         "section '%s' has version %u; versions 0 and 1 are "
                         "known",
                         COMPONENT_DOCS_SECTION,
                         payload.size ? payload.data[0] : 0);
    r.text = slice_of(payload.data + 1, payload.size - 1);
    if (!utf8_valid(r.text))
        return error_set(error, WHIT_MALFORMED, "section '%s' is not UTF-8",
                         COMPONENT_DOCS_SECTION);
    TRY(add_node(&r, &root));
    TRY(read_value(&r, root, 0));
    return peek(&r) || r.at < r.text.size ? fail(&r, "the end") : WHIT_OK;
}

/* ---- Finding ---- */

uint32_t component_docs_child(const component_docs *self, uint32_t parent,
                              slice name)
{
    uint8_t small[128], *key = small;
    uint64_t value = WIT_NONE;
    size_t size = name.size + sizeof parent;
    if (parent == WIT_NONE || !self->children.count)
        return WIT_NONE;
    if (size > sizeof small)
        key = mem_alloc(size);
    if (!key)
        return WIT_NONE;
    memcpy(key, &parent, sizeof parent);
    if (name.size)
        memcpy(key + sizeof parent, name.data, name.size);
    if (!map_get(&self->children, slice_of(key, size), &value))
        value = WIT_NONE;
    if (key != small)
        mem_free(key);
    return (uint32_t)value;
}

uint32_t component_docs_get(const component_docs *self, uint32_t parent,
                            const char *name)
{
    return component_docs_child(self, parent, slice_text(name));
}

slice component_docs_text(const component_docs *self, uint32_t node)
{
    if (node == WIT_NONE || !self->nodes[node].is_text)
        return (slice){0};
    return self->nodes[node].text;
}
