/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures in the hands of a host. */
#include "base/memory.h"
#include "bindgen/host_private.h"

#define NAME(self, ...) c_text(&(self)->base, __VA_ARGS__)

void host_note_streams(host_generator *self, uint32_t scope,
                       const wit_function *function, const char *field)
{
    wit_type *types;
    uint32_t count;
    if (wit_function_streams(self->set, function, &types, &count, NULL) !=
        WHIT_OK) {
        self->base.failed = true;
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        host_type *entry = host_type_of(self, scope, types[i]);
        if (!entry || !entry->writer)
            continue;
        if (field && !entry->maker)
            entry->maker = field;
        entry->in_import |= !field;
        self->has_streams = true;
    }
    mem_free(types);
}

/* A function in both files; `body` is what it returns. */
static void write_function(host_generator *self, const char *docs,
                           const char *name, const char *const *parts,
                           size_t count, const char *head,
                           const char *const *values, size_t value_count)
{
    const char *start = NAME(self, "whit_status %s", name);
    buffer_text(&self->h_functions, docs);
    buffer_text(&self->h_functions, "WHIT_MUST_CHECK\n");
    c_write_call(start, parts, count, 0, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer *out = &self->c_functions;
    buffer_put(out, '\n');
    c_write_call(start, parts, count, 0, out);
    buffer_text(out, "\n{\n");
    c_write_call(NAME(self, "    return %s", head), values, value_count, 4,
                 out);
    buffer_text(out, ";\n}\n");
}

static void write_new(host_generator *self, const host_type *entry,
                      const char *text)
{
    const char *readable = NAME(self, "%s *readable", entry->name);
    const char *writable = NAME(self, "%s *writable", entry->writer);
    const char *quoted = c_quote(&self->base, slice_text(text));
    if (entry->maker) {
        const char *const parts[] = {
            NAME(self, "const struct %s *world", self->prefix), readable,
            writable, "whit_error *error"};
        const char *const values[] = {
            NAME(self, "world->functions.%s", entry->maker), quoted,
            "&readable->handle", "&writable->handle", "error"};
        write_function(self, "// Makes one.\n",
                       c_claim(&self->base, NAME(self, "%s_new", entry->base)),
                       parts, 4, "new_ends", values, 5);
    }
    if (entry->in_import) {
        const char *const parts[] = {"whit_host_call *call", readable, writable,
                                     "whit_error *error"};
        const char *const values[] = {"call", quoted, "&readable->handle",
                                      "&writable->handle", "error"};
        write_function(
            self, "// Makes one in a call of an import that mentions it.\n",
            c_claim(&self->base, NAME(self, "%s_new_for_call", entry->base)),
            parts, 4, "new_ends_for_call", values, 5);
    }
}

/* Reading, or writing. */
static void write_copy(host_generator *self, const host_type *entry,
                       const wit_type_def *def, bool writes)
{
    bool future = def->kind == WIT_FUTURE;
    bool memory = def->element != WIT_NONE && !writes &&
                  wit_type_get(self->set, def->element)->has & WIT_HAS_MEMORY;
    const char *parts[8];
    size_t count = 0;
    parts[count++] = "whit_store *store";
    parts[count++] = NAME(self, "%s end", writes ? entry->writer : entry->name);
    if (def->element != WIT_NONE)
        parts[count++] = NAME(self, "%s%s *%s", writes ? "const " : "",
                              host_type_name(self, entry->scope, def->element),
                              future ? "value" : "elements");
    if (!future)
        parts[count++] = "size_t count";
    if (memory)
        parts[count++] = "whit_region *region";
    parts[count++] = "whit_copy_done done";
    parts[count++] = "void *env";
    parts[count++] = "whit_error *error";
    const char *values[8];
    size_t used = 0;
    values[used++] = "store";
    values[used++] = "end.handle";
    values[used++] = def->element == WIT_NONE ? "NULL"
                     : future                 ? "value"
                                              : "elements";
    values[used++] = future ? "1" : "count";
    if (!writes)
        values[used++] = memory ? "region" : "NULL";
    values[used++] = "done";
    values[used++] = "env";
    values[used++] = "error";
    write_function(self, "",
                   c_claim(&self->base, NAME(self, "%s_%s", entry->base,
                                             writes ? "write" : "read")),
                   parts, count,
                   writes ? "whit_stream_write" : "whit_stream_read", values,
                   used);
}

static void write_drop(host_generator *self, const host_type *entry,
                       bool writes)
{
    const char *const parts[] = {
        "whit_store *store",
        NAME(self, "%s end", writes ? entry->writer : entry->name),
        "whit_error *error"};
    static const char *const values[] = {"store", "end.handle", "error"};
    write_function(self, "",
                   c_claim(&self->base, NAME(self, "%s_drop_%s", entry->base,
                                             writes ? "writable" : "readable")),
                   parts, 3, "whit_stream_drop", values, 3);
}

void host_write_streams(host_generator *self)
{
    if (!self->has_streams)
        return;
    buffer_text(&self->h_functions,
                "\n// Streams and futures. Elements must stay until `done` is "
                "called;\n// whit_stream_cancel takes a handle.\n");
    /* Elements that are defined on the way have been noted before. */
    for (size_t i = 0; i < self->type_count; i++) {
        const host_type *entry = self->types[i];
        const wit_type_def *def = wit_type_get(self->set, entry->type);
        if (!entry->writer || (!entry->maker && !entry->in_import))
            continue;
        const char *text = host_type_text(self, entry->scope, entry->type);
        if (strlen(text) > self->longest)
            self->longest = strlen(text);
        write_new(self, entry, text);
        write_copy(self, entry, def, false);
        write_copy(self, entry, def, true);
        write_drop(self, entry, false);
        write_drop(self, entry, true);
    }
}
