/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Freeing values. A value that is given up frees everything in it; one that
 * was handed to the caller of an export frees its memory alone ("shed"), for
 * its handles are the caller's by then. Borrows are never dropped here: the
 * borrow of an own handle is that same handle. */
#include "bindgen/c_private.h"

enum {
    HANDLES =
        WIT_HAS_OWN | WIT_HAS_STREAM | WIT_HAS_FUTURE | WIT_HAS_ERROR_CONTEXT
};

bool c_needs_free(const c_generator *self, wit_type type, bool handles)
{
    if (type == WIT_NONE)
        return false;
    unsigned has = wit_type_get(self->set, type)->has;
    return has & (WIT_HAS_MEMORY | (handles ? HANDLES : 0u));
}

static void write_body(c_generator *self, const c_type *entry, bool handles,
                       buffer *out);

/* The function that frees memory alone, written when it is first needed. */
static const char *shed_of(c_generator *self, c_type *entry)
{
    if (entry->shed)
        return entry->shed;
    if (!(wit_type_get(self->set, entry->type)->has & HANDLES))
        return entry->shed = entry->free;
    entry->shed = c_claim(self, c_text(self, "%s_shed", entry->base));
    buffer body;
    buffer_init(&body);
    write_body(self, entry, false, &body);
    buffer_printf(&self->c_helpers, "\nstatic void %s(%s *ptr)\n{\n",
                  entry->shed, entry->name);
    buffer_slice(&self->c_helpers, buffer_view(&body));
    buffer_text(&self->c_helpers, "}\n");
    buffer_release(&body);
    return entry->shed;
}

void c_write_free(c_generator *self, uint32_t scope, wit_type type,
                  const char *value, bool handles, unsigned indent, buffer *out)
{
    if (!c_needs_free(self, type, handles))
        return;
    c_type *entry = c_type_of(self, scope, type);
    const wit_type_def *def = wit_type_get(self->set, type);
    if (entry && def->kind != WIT_STREAM && def->kind != WIT_FUTURE &&
        def->kind != WIT_OWN) {
        const char *name = handles ? entry->free : shed_of(self, entry);
        if (name)
            buffer_text(out, c_text(self, "%*s%s(&%s);\n", (int)indent, "",
                                    name, value));
        return;
    }
    switch (def->kind) {
    case WIT_STRING:
        buffer_text(out, c_text(self, "%*s%s_string_free(&%s);\n", (int)indent,
                                "", self->prefix, value));
        break;
    case WIT_ERROR_CONTEXT:
        buffer_printf(out, "%*sif (%s)\n%*s%s_error_context_drop(%s);\n",
                      (int)indent, "", value, (int)indent + 4, "", self->prefix,
                      value);
        break;
    case WIT_OWN: {
        const c_type *resource = c_resource_of(self, scope, type);
        if (resource)
            buffer_printf(out, "%*sif (%s.__handle)\n%*s%s(%s);\n", (int)indent,
                          "", value, (int)indent + 4, "", resource->drop,
                          value);
        break;
    }
    default:
        if (entry && entry->drop)
            buffer_printf(out, "%*sif (%s)\n%*s%s(%s);\n", (int)indent, "",
                          value, (int)indent + 4, "", entry->drop, value);
        break;
    }
}

static void free_elements(c_generator *self, const c_type *entry,
                          const wit_type_def *def, bool handles, buffer *out)
{
    bool fixed = def->kind == WIT_FIXED_LIST;
    const char *field = fixed ? "items" : "ptr";
    bool values = c_needs_free(self, def->element, handles);
    bool keys = c_needs_free(self, def->other, handles);
    if (values || keys) {
        if (fixed)
            buffer_printf(out, "    for (size_t i = 0; i < %u; i++) {\n",
                          def->length);
        else
            buffer_text(out, "    for (size_t i = 0; i < ptr->len; i++) {\n");
        if (def->kind == WIT_MAP) {
            c_write_free(self, entry->scope, def->other, "ptr->ptr[i].key",
                         handles, 8, out);
            c_write_free(self, entry->scope, def->element, "ptr->ptr[i].value",
                         handles, 8, out);
        } else {
            c_write_free(self, entry->scope, def->element,
                         c_text(self, "ptr->%s[i]", field), handles, 8, out);
        }
        buffer_text(out, "    }\n");
    }
    if (!fixed)
        buffer_text(out, "    if (ptr->len)\n        free(ptr->ptr);\n"
                         "    ptr->ptr = NULL;\n    ptr->len = 0;\n");
}

static void free_variant(c_generator *self, const c_type *entry,
                         const wit_type_def *def, bool handles, buffer *out)
{
    buffer_text(out, "    switch (ptr->tag) {\n");
    for (uint32_t i = 0; i < def->field_count; i++) {
        if (!c_needs_free(self, def->fields[i].type, handles))
            continue;
        buffer_printf(out, "    case %u:\n", i);
        c_write_free(self, entry->scope, def->fields[i].type,
                     c_text(self, "ptr->val.%s", c_member(self, def, i)),
                     handles, 8, out);
        buffer_text(out, "        break;\n");
    }
    buffer_text(out, "    default:\n        break;\n    }\n");
}

static void free_result(c_generator *self, const c_type *entry,
                        const wit_type_def *def, bool handles, buffer *out)
{
    bool ok = c_needs_free(self, def->element, handles);
    if (ok) {
        buffer_text(out, "    if (!ptr->is_err) {\n");
        c_write_free(self, entry->scope, def->element, "ptr->val.ok", handles,
                     8, out);
    }
    if (c_needs_free(self, def->other, handles)) {
        buffer_text(out, ok ? "    } else {\n" : "    if (ptr->is_err) {\n");
        c_write_free(self, entry->scope, def->other, "ptr->val.err", handles, 8,
                     out);
    }
    buffer_text(out, "    }\n");
}

static void write_body(c_generator *self, const c_type *entry, bool handles,
                       buffer *out)
{
    const wit_type_def *def = wit_type_get(self->set, entry->type);
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        for (uint32_t i = 0; i < def->field_count; i++)
            c_write_free(self, entry->scope, def->fields[i].type,
                         c_text(self, "ptr->%s", c_member(self, def, i)),
                         handles, 4, out);
        break;
    case WIT_VARIANT:
        free_variant(self, entry, def, handles, out);
        break;
    case WIT_OPTION:
        buffer_text(out, "    if (ptr->is_some) {\n");
        c_write_free(self, entry->scope, def->element, "ptr->val", handles, 8,
                     out);
        buffer_text(out, "    }\n");
        break;
    case WIT_RESULT:
        free_result(self, entry, def, handles, out);
        break;
    case WIT_ALIAS:
        c_write_free(self, entry->scope, def->element, "(*ptr)", handles, 4,
                     out);
        break;
    default:
        free_elements(self, entry, def, handles, out);
        break;
    }
}

void c_define_free(c_generator *self, c_type *entry)
{
    const wit_type_def *def = wit_type_get(self->set, entry->type);
    if (!c_needs_free(self, entry->type, true) || def->kind == WIT_OWN ||
        def->kind == WIT_STREAM || def->kind == WIT_FUTURE)
        return;
    entry->free = c_claim(self, c_text(self, "%s_free", entry->base));
    const char *parts[] = {c_text(self, "%s *ptr", entry->name)};
    c_write_call(c_text(self, "void %s", entry->free), parts, 1, 0,
                 &self->h_helpers);
    buffer_text(&self->h_helpers, ";\n");
    buffer body;
    buffer_init(&body);
    write_body(self, entry, true, &body);
    buffer_put(&self->c_helpers, '\n');
    c_write_call(c_text(self, "void %s", entry->free), parts, 1, 0,
                 &self->c_helpers);
    buffer_text(&self->c_helpers, "\n{\n");
    if (!body.size)
        buffer_text(&self->c_helpers, "    (void)ptr;\n");
    buffer_slice(&self->c_helpers, buffer_view(&body));
    buffer_text(&self->c_helpers, "}\n");
    buffer_release(&body);
}
