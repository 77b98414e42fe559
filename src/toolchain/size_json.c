/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sizes as JSON. */
#include "toolchain/size_json.h"
#include <jansson.h>

static json_t *text(slice s)
{
    return json_stringn(s.size ? (const char *)s.data : "", s.size);
}

/* Sets a member; forgets nothing: a NULL value is out of memory. */
static bool set(json_t *object, const char *key, json_t *value)
{
    return json_object_set_new(object, key, value) == 0;
}

static bool set_bytes(json_t *object, const tool_size *self, uint64_t bytes,
                      uint64_t before)
{
    return set(object, "bytes", json_integer((json_int_t)bytes)) &&
           (!self->compared ||
            set(object, "before", json_integer((json_int_t)before)));
}

static bool append(json_t *list, json_t *object, bool filled)
{
    if (filled)
        return json_array_append_new(list, object) == 0;
    json_decref(object);
    return false;
}

static bool add_sections(json_t *list, const tool_size_section *sections,
                         uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        const tool_size_section *s = &sections[n];
        json_t *object = json_object();
        bool filled =
            object && set(object, "name", text(s->name)) &&
            set(object, "custom", json_boolean(s->id == WASM_SECTION_CUSTOM)) &&
            set(object, "bytes", json_integer((json_int_t)s->bytes)) &&
            set(object, "items", json_integer(s->items));
        if (!append(list, object, filled))
            return false;
    }
    return true;
}

static bool add_functions(json_t *list, const tool_size *self)
{
    for (uint32_t n = 0; n < self->function_count; n++) {
        const tool_size_function *f = &self->functions[n];
        json_t *object = json_object();
        bool filled = object && set(object, "name", text(f->name)) &&
                      set(object, "group", text(f->group)) &&
                      set(object, "crate", text(f->crate)) &&
                      set_bytes(object, self, f->bytes, f->before);
        if (filled && f->index != WASM_NO_INDEX)
            filled = set(object, "index", json_integer(f->index));
        if (!append(list, object, filled))
            return false;
    }
    return true;
}

static bool add_groups(json_t *list, const tool_size *self,
                       const tool_size_group *groups, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        json_t *object = json_object();
        bool filled =
            object && set(object, "name", text(groups[n].name)) &&
            set_bytes(object, self, groups[n].bytes, groups[n].before) &&
            set(object, "functions", json_integer(groups[n].functions));
        if (!append(list, object, filled))
            return false;
    }
    return true;
}

static bool add_datas(json_t *list, const tool_size *self)
{
    for (uint32_t n = 0; n < self->data_count; n++) {
        const tool_size_data *data = &self->datas[n];
        json_t *object = json_object();
        bool filled =
            object && set(object, "index", json_integer(data->index)) &&
            set(object, "bytes", json_integer((json_int_t)data->bytes)) &&
            (!data->name.size || set(object, "name", text(data->name))) &&
            (!data->has_offset ||
             set(object, "offset", json_integer((json_int_t)data->offset)));
        if (!append(list, object, filled))
            return false;
    }
    return true;
}

/* A new list member of `object`, or NULL. */
static json_t *list_member(json_t *object, const char *key)
{
    json_t *list = json_array();
    return set(object, key, list) ? list : NULL;
}

static bool fill(json_t *root, const tool_size *self, const char *title)
{
    json_t *list;
    if (!set(root, "file", text(slice_text(title ? title : ""))) &&
        !set(root, "file", json_string("")))
        return false;
    if (!set_bytes(root, self, self->total, self->before))
        return false;
    if (!(list = list_member(root, "sections")) ||
        !add_sections(list, self->sections, self->section_count))
        return false;
    if (self->compared && (!(list = list_member(root, "before_sections")) ||
                           !add_sections(list, self->before_sections,
                                         self->before_section_count)))
        return false;
    return (list = list_member(root, "crates")) &&
           add_groups(list, self, self->crates, self->crate_count) &&
           (list = list_member(root, "groups")) &&
           add_groups(list, self, self->groups, self->group_count) &&
           (list = list_member(root, "functions")) &&
           add_functions(list, self) && (list = list_member(root, "data")) &&
           add_datas(list, self);
}

/* In a script element neither "</script" nor "<!--" may appear. */
static int put_piece(const char *piece, size_t size, void *to)
{
    buffer *out = to;
    for (size_t n = 0; n < size; n++) {
        if (piece[n] == '<' || piece[n] == '>' || piece[n] == '&')
            buffer_printf(out, "\\u%04x", (unsigned)(uint8_t)piece[n]);
        else
            buffer_put(out, (uint8_t)piece[n]);
    }
    return out->failed ? -1 : 0;
}

whit_status size_json_write(const tool_size *self, const char *title,
                            unsigned indent, buffer *out, whit_error *error)
{
    json_t *root = json_object();
    TRY_ALLOC(root, error);
    size_t flags =
        indent ? JSON_INDENT(indent) : JSON_COMPACT | JSON_ENSURE_ASCII;
    bool done = fill(root, self, title) &&
                json_dump_callback(root, put_piece, out, flags) == 0;
    json_decref(root);
    return done ? buffer_status(out, error) : error_memory(error);
}

whit_status tool_size_json(const tool_size *self, const tool_size_style *style,
                           buffer *out, whit_error *error)
{
    TRY(size_json_write(self, style->title, 2, out, error));
    buffer_text(out, "\n");
    return buffer_status(out, error);
}
