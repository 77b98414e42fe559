/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the generators share: files, names, documentation. */
#include "bindgen/generator.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"

void bind_output_init(bind_output *self)
{
    *self = (bind_output){0};
}

void bind_output_release(bind_output *self)
{
    for (size_t i = 0; i < self->count; i++) {
        mem_free(self->files[i].path);
        buffer_release(&self->files[i].text);
    }
    mem_free(self->files);
    *self = (bind_output){0};
}

whit_status bind_output_add(bind_output *self, const char *path, buffer **out,
                            whit_error *error)
{
    TRY(mem_grow((void **)&self->files, &self->capacity, self->count,
                 sizeof *self->files, LIMIT_BIND_FILES, "generated files",
                 error));
    bind_file *file = &self->files[self->count];
    *file = (bind_file){.path = mem_strdup(path)};
    TRY_ALLOC(file->path, error);
    buffer_init(&file->text);
    *out = &file->text;
    self->count++;
    return WHIT_OK;
}

static bool is_letter(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
}

static uint8_t upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 32) : c;
}

static bool is_word(uint8_t c)
{
    return is_letter(c) || (c >= '0' && c <= '9');
}

/* Whatever is neither letter nor digit separates words: '-' of names, and the
 * brackets and dots of "[method]r.f". */
static void write_words(slice name, uint8_t (*letter)(uint8_t), buffer *out)
{
    bool separate = false;
    size_t start = out->size;
    for (size_t i = 0; i < name.size; i++) {
        if (!is_word(name.data[i])) {
            separate = out->size > start;
            continue;
        }
        if (separate)
            buffer_put(out, '_');
        separate = false;
        buffer_put(out, letter(name.data[i]));
    }
}

void bind_snake(slice name, buffer *out)
{
    write_words(name, lower, out);
}

void bind_shouty(slice name, buffer *out)
{
    write_words(name, upper, out);
}

void bind_camel(slice name, buffer *out)
{
    bool start = true;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        if (!is_word(c)) {
            start = true;
            continue;
        }
        buffer_put(out, start ? upper(c) : lower(c));
        start = false;
    }
}

void bind_version(const wit_version *version, buffer *out)
{
    for (size_t i = 0; i < version->text.size; i++) {
        uint8_t c = version->text.data[i];
        buffer_put(out, is_word(c) ? lower(c) : '_');
    }
}

void bind_names_init(bind_names *self)
{
    *self = (bind_names){0};
    map_init(&self->taken);
    arena_init(&self->memory);
}

void bind_names_release(bind_names *self)
{
    map_release(&self->taken);
    arena_release(&self->memory);
}

static void take(bind_names *self, slice name)
{
    void *copy = arena_dup(&self->memory, name.data, name.size);
    if (!copy ||
        map_set(&self->taken, slice_of(copy, name.size), 1, NULL) != WHIT_OK)
        self->failed = true;
}

void bind_names_claim(bind_names *self, buffer *out, size_t start)
{
    uint64_t unused;
    while (!out->failed &&
           map_get(&self->taken, slice_of(out->data + start, out->size - start),
                   &unused))
        buffer_put(out, '_');
    if (!out->failed)
        take(self, slice_of(out->data + start, out->size - start));
}

void bind_names_reserve(bind_names *self, const char *name)
{
    take(self, slice_text(name));
}

whit_status bind_names_status(const bind_names *self, whit_error *error)
{
    return self->failed ? error_memory(error) : WHIT_OK;
}

void bind_write_docs(slice docs, unsigned indent, const char *sign, buffer *out)
{
    size_t at = 0;
    while (at < docs.size) {
        const uint8_t *line = docs.data + at;
        const uint8_t *end = memchr(line, '\n', docs.size - at);
        size_t size = end ? (size_t)(end - line) : docs.size - at;
        at += size + 1;
        while (size && (line[size - 1] == ' ' || line[size - 1] == '\t' ||
                        line[size - 1] == '\r'))
            size--;
        buffer_printf(out, "%*s", (int)indent, "");
        buffer_text(out, sign);
        buffer_append(out, line, size);
        /* A backslash at the end would draw the next line into a comment of
         * C. */
        if (size && line[size - 1] == '\\')
            buffer_text(out, " .");
        else
            while (!out->failed && out->data[out->size - 1] == ' ')
                out->size--;
        buffer_put(out, '\n');
    }
}
