/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * C types of a host: their names and definitions. */
#include "base/limits.h"
#include "base/memory.h"
#include "bindgen/host_private.h"

static const char *const primitive_types[WIT_PRIMITIVES] = {
    [WIT_BOOL] = "bool",    [WIT_S8] = "int8_t",    [WIT_U8] = "uint8_t",
    [WIT_S16] = "int16_t",  [WIT_U16] = "uint16_t", [WIT_S32] = "int32_t",
    [WIT_U32] = "uint32_t", [WIT_S64] = "int64_t",  [WIT_U64] = "uint64_t",
    [WIT_F32] = "float",    [WIT_F64] = "double",   [WIT_CHAR] = "uint32_t"};

static const char *const tag_types[] = {
    [1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t"};

enum {
    HANDLES = WIT_HAS_OWN | WIT_HAS_BORROW | WIT_HAS_STREAM | WIT_HAS_FUTURE,
    MIXED = WIT_NONE - 1
};

static const wit_type_def *def_of(const host_generator *self, wit_type type)
{
    return wit_type_get(self->set, type);
}

/* Ends of streams mean the same everywhere, unless they bring handles. */
static bool has_handles(const host_generator *self, wit_type type)
{
    const wit_type_def *def = def_of(self, wit_type_strip(self->set, type));
    if (def->kind == WIT_STREAM || def->kind == WIT_FUTURE)
        return def->element != WIT_NONE && has_handles(self, def->element);
    return def->kind == WIT_RESOURCE || def->has & HANDLES;
}

/* The imported scope of an interface that is exported as well. */
static uint32_t other_side(const host_generator *self, uint32_t scope)
{
    const bind_scope *it = &self->world->scopes[scope];
    if (!it->exported || !it->item || it->item->name.size)
        return scope;
    for (uint32_t i = 0; i < self->world->scope_count; i++) {
        const bind_scope *that = &self->world->scopes[i];
        if (!that->exported && that->item && !that->item->name.size &&
            that->interface == it->interface)
            return i;
    }
    return scope;
}

static uint32_t owner_scope(const host_generator *self, uint32_t from,
                            wit_type type)
{
    uint32_t scope = bind_world_scope(self->world, from, type);
    return has_handles(self, type) ? scope : other_side(self, scope);
}

static uint32_t leaf_scope(const host_generator *self, uint32_t from,
                           wit_type type, uint32_t so_far)
{
    if (type == WIT_NONE || type < WIT_PRIMITIVES || so_far == MIXED)
        return so_far;
    const wit_type_def *def = def_of(self, type);
    if (def->owner.kind != WIT_OWNER_NONE) {
        uint32_t scope = owner_scope(self, from, type);
        return so_far == WIT_NONE || so_far == scope ? scope : (uint32_t)MIXED;
    }
    so_far = leaf_scope(self, from, def->element, so_far);
    so_far = leaf_scope(self, from, def->other, so_far);
    for (uint32_t i = 0; i < def->field_count; i++)
        so_far = leaf_scope(self, from, def->fields[i].type, so_far);
    return so_far;
}

/* The scope that a type belongs to: its definition's, or that of all its
 * parts. What is made of primitives alone is the world's. */
static uint32_t home_of(const host_generator *self, uint32_t from,
                        wit_type type)
{
    if (def_of(self, type)->owner.kind != WIT_OWNER_NONE)
        return owner_scope(self, from, type);
    uint32_t scope = leaf_scope(self, from, type, WIT_NONE);
    if (scope == WIT_NONE)
        return self->world->root_import;
    return scope == MIXED ? from : scope;
}

static const char *words_of(host_generator *self, wit_type type);

/* "array4_u8", "map_string_u32", "result_void_string", "tuple2_u8_u8". */
static void write_words(host_generator *self, const wit_type_def *def,
                        buffer *out)
{
    if (def->kind == WIT_FIXED_LIST)
        buffer_printf(out, "array%u", def->length);
    else
        buffer_text(out, wit_kind_text(def->kind));
    if (def->kind == WIT_TUPLE) {
        buffer_printf(out, "%u", def->field_count);
        for (uint32_t i = 0; i < def->field_count; i++)
            buffer_printf(out, "_%s", words_of(self, def->fields[i].type));
        return;
    }
    if (def->kind == WIT_MAP)
        buffer_printf(out, "_%s", words_of(self, def->other));
    buffer_printf(out, "_%s", words_of(self, def->element));
    if (def->kind == WIT_RESULT)
        buffer_printf(out, "_%s", words_of(self, def->other));
}

static const char *words_of(host_generator *self, wit_type type)
{
    buffer out;
    buffer_init(&out);
    const wit_type_def *def = type == WIT_NONE ? NULL : def_of(self, type);
    if (!def)
        buffer_text(&out, "void");
    else if (def->name.size)
        bind_snake(def->name, &out);
    else if (type == WIT_CHAR)
        buffer_text(&out, "char32");
    else if (type < WIT_PRIMITIVES)
        bind_snake(slice_text(wit_kind_text(def->kind)), &out);
    else
        write_words(self, def, &out);
    const char *words = c_copy(&self->base, &out);
    buffer_release(&out);
    return words;
}

/* Where the host's own handles begin with what the guest's begin with. */
static const char *prefix_of(host_generator *self, uint32_t scope,
                             wit_type type)
{
    const bind_scope *it = &self->world->scopes[scope];
    const char *prefix = self->prefixes[scope];
    if (!it->item || it->exported || !has_handles(self, type))
        return prefix;
    return c_text(&self->base, "%s_host%s", self->prefix,
                  host_behind_prefix(self, prefix));
}

static void define_parts(host_generator *self, const host_type *entry,
                         const wit_type_def *def)
{
    if (def->kind == WIT_RESOURCE)
        return;
    if (def->element != WIT_NONE)
        (void)host_type_of(self, entry->scope, def->element);
    if (def->other != WIT_NONE)
        (void)host_type_of(self, entry->scope, def->other);
    for (uint32_t i = 0; i < def->field_count; i++)
        if (def->fields[i].type != WIT_NONE)
            (void)host_type_of(self, entry->scope, def->fields[i].type);
}

static void assert_offset(host_generator *self, const char *type,
                          const char *field, uint64_t offset)
{
    buffer_printf(&self->c_asserts, "OFFSET(%s, %s, %llu);\n", type, field,
                  (unsigned long long)offset);
}

static void define_fields(host_generator *self, const host_type *entry,
                          const wit_type_def *def)
{
    buffer *out = &self->h_types;
    wit_layout_walk walk = wit_walk_start(self->set, 8);
    buffer_printf(out, "typedef struct %s {\n", entry->name);
    for (uint32_t i = 0; i < def->field_count; i++) {
        const wit_field *field = &def->fields[i];
        const char *name = c_member(&self->base, def, i);
        bind_write_docs(field->docs, 4, "// ", out);
        buffer_printf(out, "    %s %s;\n",
                      host_type_name(self, entry->scope, field->type), name);
        assert_offset(self, entry->name, name,
                      wit_walk_next(&walk, field->type));
    }
    buffer_printf(out, "} %s;\n", entry->name);
}

static void define_constants(host_generator *self, const host_type *entry,
                             const wit_type_def *def)
{
    buffer *out = &self->h_types;
    for (uint32_t i = 0; i < def->field_count; i++) {
        const char *name =
            c_constant(&self->base, entry->base, def->fields[i].name);
        bind_write_docs(def->fields[i].docs, 0, "// ", out);
        buffer_printf(out,
                      def->kind == WIT_FLAGS ? "#define %s (1u << %u)\n"
                                             : "#define %s %u\n",
                      name, i);
    }
}

static void define_variant(host_generator *self, const host_type *entry,
                           const wit_type_def *def)
{
    buffer *out = &self->h_types;
    bool values = false;
    buffer_printf(out, "typedef struct %s {\n    %s tag;\n", entry->name,
                  tag_types[wit_discriminant_size(def->field_count)]);
    for (uint32_t i = 0; i < def->field_count; i++) {
        if (def->fields[i].type == WIT_NONE)
            continue;
        if (!values)
            buffer_text(out, "    union {\n");
        values = true;
        buffer_printf(out, "        %s %s;\n",
                      host_type_name(self, entry->scope, def->fields[i].type),
                      c_member(&self->base, def, i));
    }
    if (values) {
        buffer_text(out, "    } val;\n");
        assert_offset(self, entry->name, "val",
                      wit_payload_offset(self->set, def, 8));
    }
    buffer_printf(out, "} %s;\n", entry->name);
    define_constants(self, entry, def);
}

static void define_result(host_generator *self, const host_type *entry,
                          const wit_type_def *def)
{
    buffer *out = &self->h_types;
    buffer_printf(out, "typedef struct %s {\n    bool is_err;\n", entry->name);
    if (def->element != WIT_NONE || def->other != WIT_NONE) {
        buffer_text(out, "    union {\n");
        if (def->element != WIT_NONE)
            buffer_printf(out, "        %s ok;\n",
                          host_type_name(self, entry->scope, def->element));
        if (def->other != WIT_NONE)
            buffer_printf(out, "        %s err;\n",
                          host_type_name(self, entry->scope, def->other));
        buffer_text(out, "    } val;\n");
        assert_offset(self, entry->name, "val",
                      wit_payload_offset(self->set, def, 8));
    }
    buffer_printf(out, "} %s;\n", entry->name);
}

static void define_list(host_generator *self, const host_type *entry,
                        const wit_type_def *def)
{
    buffer *out = &self->h_types;
    const char *element = host_type_name(self, entry->scope, def->element);
    if (def->kind == WIT_FIXED_LIST) {
        buffer_printf(out, "typedef struct %s {\n    %s items[%u];\n} %s;\n",
                      entry->name, element, def->length, entry->name);
        return;
    }
    if (def->kind == WIT_MAP) {
        const char *key = host_type_name(self, entry->scope, def->other);
        const char *pair = c_claim(
            &self->base, c_text(&self->base, "%s_entry_t", entry->base));
        buffer_printf(out,
                      "typedef struct %s {\n    %s key;\n    %s value;\n"
                      "} %s;\n",
                      pair, key, element, pair);
        wit_layout_walk walk = wit_walk_start(self->set, 8);
        (void)wit_walk_next(&walk, def->other);
        assert_offset(self, pair, "value", wit_walk_next(&walk, def->element));
        element = pair;
    }
    buffer_printf(out,
                  "typedef struct %s {\n    const %s *ptr;\n"
                  "    size_t len;\n} %s;\n",
                  entry->name, element, entry->name);
}

static void define_aggregate(host_generator *self, const host_type *entry,
                             const wit_type_def *def)
{
    const wit_layout *layout = wit_layout_of(self->set, entry->type, 8);
    buffer_printf(&self->c_asserts, "LAYOUT(%s, %u, %u);\n", entry->name,
                  layout->size, layout->alignment);
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        define_fields(self, entry, def);
        return;
    case WIT_VARIANT:
        define_variant(self, entry, def);
        return;
    case WIT_OPTION:
        buffer_printf(&self->h_types,
                      "typedef struct %s {\n    bool is_some;\n    %s val;\n"
                      "} %s;\n",
                      entry->name,
                      host_type_name(self, entry->scope, def->element),
                      entry->name);
        assert_offset(self, entry->name, "val",
                      wit_payload_offset(self->set, def, 8));
        return;
    case WIT_RESULT:
        define_result(self, entry, def);
        return;
    default:
        define_list(self, entry, def);
    }
}

static void define_handle(host_generator *self, const char *name)
{
    buffer_printf(&self->h_types,
                  "typedef struct %s {\n    uint32_t handle;\n} %s;\n", name,
                  name);
}

static void define_resource(host_generator *self, const host_type *entry)
{
    if (host_is_guests(self, entry->scope, entry->type)) {
        define_handle(self, entry->name);
        return;
    }
    buffer_text(&self->h_types, "// The host's: values are representations, "
                                "numbers that it chooses.\n");
    buffer_printf(&self->h_types, "typedef uint32_t %s;\n", entry->name);
}

static void define(host_generator *self, host_type *entry)
{
    const wit_type_def *def = def_of(self, entry->type);
    buffer *out = &self->h_types;
    define_parts(self, entry, def);
    buffer_put(out, '\n');
    bind_write_docs(def->about.docs, 0, "// ", out);
    switch (def->kind) {
    case WIT_RESOURCE:
        define_resource(self, entry);
        return;
    case WIT_ALIAS:
    case WIT_OWN:
    case WIT_BORROW:
        buffer_printf(out, "typedef %s %s;\n",
                      host_type_name(self, entry->scope, def->element),
                      entry->name);
        return;
    case WIT_ENUM:
    case WIT_FLAGS:
        buffer_printf(out, "typedef %s %s;\n",
                      tag_types[def->kind == WIT_FLAGS
                                    ? wit_flags_size(def->field_count)
                                    : wit_discriminant_size(def->field_count)],
                      entry->name);
        define_constants(self, entry, def);
        return;
    case WIT_STREAM:
    case WIT_FUTURE:
        entry->writer = c_claim(
            &self->base, c_text(&self->base, "%s_writer_t", entry->base));
        define_handle(self, entry->name);
        define_handle(self, entry->writer);
        return;
    default:
        define_aggregate(self, entry, def);
    }
}

static host_type *add_entry(host_generator *self, uint32_t scope, wit_type type)
{
    uint32_t key[2] = {scope, type};
    const void *kept = arena_dup(&self->base.memory, key, sizeof key);
    host_type *entry = arena_zalloc(&self->base.memory, sizeof *entry);
    if (!entry || !kept ||
        mem_grow((void **)&self->types, &self->type_capacity, self->type_count,
                 sizeof(*self->types), LIMIT_WIT_TYPES, "types",
                 NULL) != WHIT_OK ||
        map_set(&self->known, slice_of(kept, sizeof key), self->type_count,
                NULL) != WHIT_OK) {
        self->base.failed = true;
        return NULL;
    }
    self->types[self->type_count++] = entry;
    entry->scope = scope;
    entry->type = type;
    entry->base = c_text(&self->base, "%s_%s", prefix_of(self, scope, type),
                         words_of(self, type));
    entry->name =
        c_claim(&self->base, c_text(&self->base, "%s_t", entry->base));
    return entry;
}

host_type *host_type_of(host_generator *self, uint32_t scope, wit_type type)
{
    if (type < WIT_PRIMITIVES || self->base.failed)
        return NULL;
    const wit_type_def *def = def_of(self, type);
    /* Handles without a name of their own are named by the resource. */
    if ((def->kind == WIT_OWN || def->kind == WIT_BORROW) && !def->name.size)
        return host_type_of(self, home_of(self, scope, type), def->element);
    uint32_t key[2] = {home_of(self, scope, type), type};
    uint64_t index;
    if (map_get(&self->known, slice_of(key, sizeof key), &index))
        return self->types[index];
    host_type *entry = add_entry(self, key[0], type);
    if (entry)
        define(self, entry);
    return entry;
}

const char *host_type_name(host_generator *self, uint32_t scope, wit_type type)
{
    if (type == WIT_STRING)
        return c_text(&self->base, "%s_string_t", self->prefix);
    if (type == WIT_ERROR_CONTEXT)
        return c_text(&self->base, "%s_error_context_t", self->prefix);
    if (type < WIT_PRIMITIVES)
        return primitive_types[type];
    const host_type *entry = host_type_of(self, scope, type);
    return entry ? entry->name : "";
}

bool host_is_guests(host_generator *self, uint32_t scope, wit_type type)
{
    const wit_type_def *def = def_of(self, type);
    if (def->kind == WIT_OWN || def->kind == WIT_BORROW)
        type = def->element;
    (void)bind_world_strip(self->world, &scope, type);
    return self->world->scopes[scope].exported;
}

bool host_by_pointer(const host_generator *self, wit_type type)
{
    switch (def_of(self, wit_type_strip(self->set, type))->kind) {
    case WIT_RECORD:
    case WIT_VARIANT:
    case WIT_TUPLE:
    case WIT_FIXED_LIST:
    case WIT_OPTION:
    case WIT_RESULT:
        return true;
    default:
        return false;
    }
}

void host_define_scope(host_generator *self, uint32_t scope)
{
    const bind_scope *it = &self->world->scopes[scope];
    for (uint32_t i = 0; i < it->type_count; i++)
        (void)host_type_of(self, scope, it->types[i]);
}
