/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types and functions as the runtime spells them (canon_type_write). */
#include "base/limits.h"
#include "bindgen/host_private.h"

static void write_type(host_generator *self, uint32_t scope, wit_type type,
                       buffer *out);

static const wit_type_def *def_of(const host_generator *self, wit_type type)
{
    return wit_type_get(self->set, type);
}

static void write_members(host_generator *self, uint32_t scope,
                          const wit_field *fields, uint32_t count,
                          const char *before, const char *after, buffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            buffer_text(out, ", ");
        buffer_slice(out, fields[i].name);
        if (fields[i].type == WIT_NONE)
            continue;
        if (fields[i].name.size)
            buffer_text(out, before);
        write_type(self, scope, fields[i].type, out);
        if (fields[i].name.size)
            buffer_text(out, after);
    }
}

static void write_braces(host_generator *self, uint32_t scope,
                         const wit_type_def *def, const char *word, buffer *out)
{
    bool variant = def->kind == WIT_VARIANT;
    buffer_printf(out, "%s { ", word);
    write_members(self, scope, def->fields, def->field_count,
                  variant ? "(" : ": ", variant ? ")" : "", out);
    buffer_text(out, " }");
}

static void write_angles(host_generator *self, uint32_t scope, const char *word,
                         wit_type first, wit_type second, buffer *out)
{
    buffer_text(out, word);
    if (first == WIT_NONE && second == WIT_NONE)
        return;
    buffer_put(out, '<');
    if (first == WIT_NONE)
        buffer_put(out, '_');
    else
        write_type(self, scope, first, out);
    if (second != WIT_NONE) {
        buffer_text(out, ", ");
        write_type(self, scope, second, out);
    }
    buffer_put(out, '>');
}

static void write_handle(host_generator *self, uint32_t scope,
                         const wit_type_def *def, buffer *out)
{
    wit_type resource = bind_world_strip(self->world, &scope, def->element);
    buffer_printf(out, "%s<%.*s>", wit_kind_text(def->kind),
                  SLICE_ARG(def_of(self, resource)->name));
}

static void write_definition(host_generator *self, uint32_t scope,
                             const wit_type_def *def, buffer *out)
{
    const char *word = wit_kind_text(def->kind);
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_VARIANT:
    case WIT_ENUM:
    case WIT_FLAGS:
        write_braces(self, scope, def, word, out);
        return;
    case WIT_TUPLE:
        buffer_text(out, "tuple<");
        write_members(self, scope, def->fields, def->field_count, "", "", out);
        buffer_put(out, '>');
        return;
    case WIT_FIXED_LIST:
        buffer_text(out, "list<");
        write_type(self, scope, def->element, out);
        buffer_printf(out, ", %u>", def->length);
        return;
    case WIT_MAP:
        write_angles(self, scope, word, def->other, def->element, out);
        return;
    case WIT_OWN:
    case WIT_BORROW:
        write_handle(self, scope, def, out);
        return;
    case WIT_RESULT:
        write_angles(self, scope, word, def->element, def->other, out);
        return;
    default:
        write_angles(self, scope, word, def->element, WIT_NONE, out);
        return;
    }
}

static void write_type(host_generator *self, uint32_t scope, wit_type type,
                       buffer *out)
{
    if (out->size > LIMIT_BIND_SIGNATURE) {
        self->too_long = true;
        return;
    }
    if (type < WIT_PRIMITIVES) {
        buffer_text(out, wit_kind_text((wit_kind)type));
        return;
    }
    type = bind_world_strip(self->world, &scope, type);
    if (type < WIT_PRIMITIVES)
        buffer_text(out, wit_kind_text((wit_kind)type));
    else
        write_definition(self, scope, def_of(self, type), out);
}

const char *host_type_text(host_generator *self, uint32_t scope, wit_type type)
{
    buffer out;
    buffer_init(&out);
    write_type(self, scope, type, &out);
    const char *text = c_copy(&self->base, &out);
    buffer_release(&out);
    return text;
}

const char *host_function_text(host_generator *self, uint32_t scope,
                               const wit_function *function)
{
    buffer out;
    buffer_init(&out);
    buffer_text(&out, function->is_async ? "async func(" : "func(");
    write_members(self, scope, function->params, function->param_count, ": ",
                  "", &out);
    buffer_put(&out, ')');
    if (function->result != WIT_NONE) {
        buffer_text(&out, " -> ");
        write_type(self, scope, function->result, &out);
    }
    const char *text = c_copy(&self->base, &out);
    buffer_release(&out);
    return text;
}

/* Breaks behind blanks, as prose does. */
void host_write_literal(const char *text, unsigned indent, buffer *out)
{
    size_t size = strlen(text);
    size_t room = 76 - indent;
    for (size_t at = 0; at < size || !size;) {
        size_t line = size - at < room ? size - at : room;
        for (size_t i = line; at + line < size && i > 0; i--) {
            if (text[at + i - 1] == ' ') {
                line = i;
                break;
            }
        }
        if (at)
            buffer_printf(out, "\n%*s", (int)indent, "");
        buffer_printf(out, "\"%.*s\"", (int)line, text + at);
        at += line;
        if (!size)
            return;
    }
}
