/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * C types of WIT types: their names and definitions. */
#include "bindgen/c_private.h"

#include "base/limits.h"
#include "base/memory.h"

static const char *const primitive_types[WIT_PRIMITIVES] = {
    [WIT_BOOL] = "bool",    [WIT_S8] = "int8_t",    [WIT_U8] = "uint8_t",
    [WIT_S16] = "int16_t",  [WIT_U16] = "uint16_t", [WIT_S32] = "int32_t",
    [WIT_U32] = "uint32_t", [WIT_S64] = "int64_t",  [WIT_U64] = "uint64_t",
    [WIT_F32] = "float",    [WIT_F64] = "double",   [WIT_CHAR] = "uint32_t"};

static const char *const primitive_words[WIT_PRIMITIVES] = {
    [WIT_BOOL] = "bool",     [WIT_S8] = "s8",
    [WIT_U8] = "u8",         [WIT_S16] = "s16",
    [WIT_U16] = "u16",       [WIT_S32] = "s32",
    [WIT_U32] = "u32",       [WIT_S64] = "s64",
    [WIT_U64] = "u64",       [WIT_F32] = "f32",
    [WIT_F64] = "f64",       [WIT_CHAR] = "char32",
    [WIT_STRING] = "string", [WIT_ERROR_CONTEXT] = "error_context"};

static const wit_type_def *def_of(const c_generator *self, wit_type type)
{
    return wit_type_get(self->set, type);
}

/* The words of a type without a name: "list_u8", "result_void_string". */
static void write_words(const c_generator *self, wit_type type, buffer *out)
{
    if (type == WIT_NONE) {
        buffer_text(out, "void");
        return;
    }
    const wit_type_def *def = def_of(self, type);
    if (type < WIT_PRIMITIVES) {
        buffer_text(out, primitive_words[type]);
        return;
    }
    if (def->name.size) {
        bind_snake(def->name, out);
        return;
    }
    if (def->kind == WIT_FIXED_LIST)
        buffer_printf(out, "array%u", def->length);
    else
        buffer_text(out, wit_kind_text(def->kind));
    if (def->kind == WIT_TUPLE) {
        buffer_printf(out, "%u", def->field_count);
        for (uint32_t i = 0; i < def->field_count; i++) {
            buffer_put(out, '_');
            write_words(self, def->fields[i].type, out);
        }
        return;
    }
    buffer_put(out, '_');
    if (def->kind == WIT_MAP) {
        write_words(self, def->other, out);
        buffer_put(out, '_');
    }
    write_words(self, def->element, out);
    if (def->kind == WIT_RESULT) {
        buffer_put(out, '_');
        write_words(self, def->other, out);
    }
}

enum { MIXED = WIT_NONE - 1 };

/* Where the names in a type without one are defined: WIT_NONE when there are
 * none, MIXED when in several scopes. */
static uint32_t leaf_scope(const c_generator *self, uint32_t from,
                           wit_type type, uint32_t so_far)
{
    if (type == WIT_NONE || type < WIT_PRIMITIVES || so_far == MIXED)
        return so_far;
    const wit_type_def *def = def_of(self, type);
    if (def->owner.kind != WIT_OWNER_NONE) {
        uint32_t scope = bind_world_scope(self->world, from, type);
        return so_far == WIT_NONE || so_far == scope ? scope : (uint32_t)MIXED;
    }
    so_far = leaf_scope(self, from, def->element, so_far);
    so_far = leaf_scope(self, from, def->other, so_far);
    for (uint32_t i = 0; i < def->field_count; i++)
        so_far = leaf_scope(self, from, def->fields[i].type, so_far);
    return so_far;
}

/* The scope that a type belongs to: its definition's, or for one without a
 * name the only one that its parts are defined in. What is made of primitives
 * alone is the world's. */
static uint32_t home_of(const c_generator *self, uint32_t from, wit_type type)
{
    if (def_of(self, type)->owner.kind != WIT_OWNER_NONE)
        return bind_world_scope(self->world, from, type);
    uint32_t scope = leaf_scope(self, from, type, WIT_NONE);
    if (scope == WIT_NONE)
        return self->world->root_import;
    return scope == MIXED ? from : scope;
}

/* A key of the maps, in the arena. */
static slice key_of(c_generator *self, uint32_t scope, wit_type type)
{
    uint32_t key[2] = {scope, type};
    const void *copy = arena_dup(&self->memory, key, sizeof key);
    if (!copy)
        self->failed = true;
    return slice_of(copy, copy ? sizeof key : 0);
}

static c_type *add_entry(c_generator *self, uint32_t scope, wit_type type)
{
    c_type *entry = arena_zalloc(&self->memory, sizeof *entry);
    slice key = key_of(self, scope, type);
    if (!entry || self->failed ||
        mem_grow((void **)&self->types, &self->type_capacity, self->type_count,
                 sizeof(*self->types), LIMIT_WIT_TYPES, "types",
                 NULL) != WHIT_OK ||
        map_set(&self->known, key, self->type_count, NULL) != WHIT_OK) {
        self->failed = true;
        return NULL;
    }
    self->types[self->type_count++] = entry;
    entry->scope = scope;
    entry->type = type;
    return entry;
}

static void name_entry(c_generator *self, c_type *entry)
{
    buffer words;
    buffer_init(&words);
    write_words(self, entry->type, &words);
    entry->words = c_copy(self, &words);
    entry->base =
        c_text(self, "%s_%s", self->prefixes[entry->scope], entry->words);
    buffer_release(&words);
    entry->name = c_claim(self, c_text(self, "%s_t", entry->base));
}

const char *c_member(c_generator *self, const wit_type_def *def, uint32_t index)
{
    if (def->kind == WIT_TUPLE)
        return c_text(self, "f%u", index);
    return c_identifier(self, def->fields[index].name);
}

static void write_fields(c_generator *self, const c_type *entry,
                         const wit_type_def *def, buffer *out)
{
    buffer_printf(out, "typedef struct %s {\n", entry->name);
    for (uint32_t i = 0; i < def->field_count; i++) {
        const wit_field *field = &def->fields[i];
        bind_write_docs(field->docs, 4, "// ", out);
        buffer_printf(out, "    %s %s;\n",
                      c_type_name(self, entry->scope, field->type),
                      c_member(self, def, i));
    }
    buffer_printf(out, "} %s;\n", entry->name);
}

/* "type name(param);" wrapped, behind a comment. */
static void write_prototype(const char *docs, const char *head,
                            const char *param, buffer *out)
{
    buffer_text(out, docs);
    c_write_call(head, &param, 1, 0, out);
    buffer_text(out, ";\n");
}

static const char *const tag_types[] = {
    [1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t"};

static void write_constants(c_generator *self, const c_type *entry,
                            const wit_type_def *def, bool bits, buffer *out)
{
    for (uint32_t i = 0; i < def->field_count; i++) {
        const char *name = c_constant(self, entry->base, def->fields[i].name);
        bind_write_docs(def->fields[i].docs, 0, "// ", out);
        if (bits)
            buffer_printf(out, "#define %s (1u << %u)\n", name, i);
        else
            buffer_printf(out, "#define %s %u\n", name, i);
    }
}

static void write_variant(c_generator *self, const c_type *entry,
                          const wit_type_def *def, buffer *out)
{
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
                      c_type_name(self, entry->scope, def->fields[i].type),
                      c_member(self, def, i));
    }
    if (values)
        buffer_text(out, "    } val;\n");
    buffer_printf(out, "} %s;\n", entry->name);
    write_constants(self, entry, def, false, out);
}

static void write_result(c_generator *self, const c_type *entry,
                         const wit_type_def *def, buffer *out)
{
    buffer_printf(out, "typedef struct %s {\n    bool is_err;\n", entry->name);
    if (def->element != WIT_NONE || def->other != WIT_NONE) {
        buffer_text(out, "    union {\n");
        if (def->element != WIT_NONE)
            buffer_printf(out, "        %s ok;\n",
                          c_type_name(self, entry->scope, def->element));
        if (def->other != WIT_NONE)
            buffer_printf(out, "        %s err;\n",
                          c_type_name(self, entry->scope, def->other));
        buffer_text(out, "    } val;\n");
    }
    buffer_printf(out, "} %s;\n", entry->name);
}

static void write_list(c_generator *self, const c_type *entry,
                       const wit_type_def *def, buffer *out)
{
    const char *element = c_type_name(self, entry->scope, def->element);
    if (def->kind == WIT_FIXED_LIST) {
        buffer_printf(out, "typedef struct %s {\n    %s items[%u];\n} %s;\n",
                      entry->name, element, def->length, entry->name);
        return;
    }
    if (def->kind == WIT_MAP) {
        const char *key = c_type_name(self, entry->scope, def->other);
        const char *pair =
            c_claim(self, c_text(self, "%s_entry_t", entry->base));
        buffer_printf(out,
                      "typedef struct %s {\n    %s key;\n    %s value;\n"
                      "} %s;\n",
                      pair, key, element, pair);
        element = pair;
    }
    buffer_printf(out,
                  "typedef struct %s {\n    %s *ptr;\n    size_t len;\n"
                  "} %s;\n",
                  entry->name, element, entry->name);
}

/* The two handles of a resource that is imported. */
static void imported_resource(c_generator *self, c_type *entry,
                              const wit_type_def *def)
{
    const bind_scope *scope = &self->world->scopes[entry->scope];
    buffer_printf(&self->h_types,
                  "typedef struct %s {\n    int32_t __handle;\n} %s;\n"
                  "typedef struct %s {\n    int32_t __handle;\n} %s;\n",
                  entry->own, entry->own, entry->borrow, entry->borrow);
    const char *prefix = self->prefixes[entry->scope];
    const char *snake = entry->words;
    const char *borrow =
        c_claim(self, c_text(self, "%s_borrow_%s", prefix, snake));
    const char *drop_borrow =
        c_claim(self, c_text(self, "%s_drop_borrow", entry->base));
    const char *own = c_text(self, "%s handle", entry->own);
    write_prototype(
        c_text(self, "// Gives up a `%.*s`.\n", SLICE_ARG(def->name)),
        c_text(self, "void %s", entry->drop), own, &self->h_functions);
    write_prototype("// Ends a borrow that came as an argument.\n",
                    c_text(self, "void %s", drop_borrow),
                    c_text(self, "%s handle", entry->borrow),
                    &self->h_functions);
    write_prototype("// Lends it to a call.\n",
                    c_text(self, "%s %s", entry->borrow, borrow), own,
                    &self->h_functions);
    buffer text, name;
    buffer_init(&text);
    buffer_init(&name);
    bind_write_module(self->world, scope, &text);
    wit_core_resource_write(self->set, entry->type, WIT_NAMES_LEGACY,
                            WIT_RESOURCE_DROP, &name);
    const char *import =
        c_claim(self, c_text(self, "wasm_import_%s_drop", entry->base));
    static const uint8_t params[] = {WIT_CORE_I32};
    c_write_import(self, c_copy(self, &text), c_copy(self, &name), import,
                   params, 1, "void", &self->c_functions);
    buffer_release(&text);
    buffer_release(&name);
    buffer_printf(&self->c_functions,
                  "\nvoid %s(%s handle)\n{\n    %s(handle.__handle);\n}\n"
                  "\nvoid %s(%s handle)\n{\n    %s(handle.__handle);\n}\n"
                  "\n%s %s(%s handle)\n{\n    return (%s){handle.__handle};\n"
                  "}\n",
                  entry->drop, entry->own, import, drop_borrow, entry->borrow,
                  import, entry->borrow, borrow, entry->own, entry->borrow);
}

/* Declares the import of an intrinsic of an exported resource. */
static const char *resource_import(c_generator *self, const c_type *entry,
                                   wit_resource_intrinsic intrinsic,
                                   const char *word, const char *result)
{
    static const uint8_t params[] = {WIT_CORE_I32};
    buffer module, name;
    buffer_init(&module);
    buffer_init(&name);
    bind_write_module(self->world, &self->world->scopes[entry->scope], &module);
    wit_core_resource_write(self->set, entry->type, WIT_NAMES_LEGACY, intrinsic,
                            &name);
    const char *import =
        c_claim(self, c_text(self, "wasm_import_%s_%s", entry->base, word));
    c_write_import(self, c_copy(self, &module), c_copy(self, &name), import,
                   params, 1, result, &self->c_functions);
    buffer_release(&module);
    buffer_release(&name);
    return import;
}

static void exported_destructor(c_generator *self, const c_type *entry,
                                const char *destructor)
{
    buffer name;
    buffer_init(&name);
    wit_core_destructor_write(self->set, self->world->scopes[entry->scope].item,
                              entry->type, WIT_NAMES_LEGACY, &name);
    const char *quoted = c_quote(self, buffer_view(&name));
    buffer_release(&name);
    buffer_printf(
        &self->c_functions,
        "\n__attribute__((__export_name__(%s)))\n"
        "void %s(int32_t rep);\n"
        "void %s(int32_t rep)\n{\n    %s((%s *)pointer_to(rep));\n}\n",
        quoted, c_claim(self, c_text(self, "wasm_export_%s_dtor", entry->base)),
        c_text(self, "wasm_export_%s_dtor", entry->base), destructor,
        entry->name);
}

static void exported_resource(c_generator *self, c_type *entry,
                              const wit_type_def *def)
{
    buffer_printf(&self->h_types,
                  "typedef struct %s %s;\n"
                  "typedef struct %s {\n    int32_t __handle;\n} %s;\n"
                  "typedef %s *%s;\n",
                  entry->name, entry->name, entry->own, entry->own, entry->name,
                  entry->borrow);
    const char *make = c_claim(self, c_text(self, "%s_new", entry->base));
    const char *rep = c_claim(self, c_text(self, "%s_rep", entry->base));
    const char *destructor =
        c_claim(self, c_text(self, "%s_destructor", entry->base));
    const char *handle = c_text(self, "%s handle", entry->own);
    const char *pointer = c_text(self, "%s *rep", entry->name);
    write_prototype(c_text(self,
                           "// Makes a handle of a `%.*s`; `rep` is the "
                           "component's until its\n// destructor is called.\n",
                           SLICE_ARG(def->name)),
                    c_text(self, "%s %s", entry->own, make), pointer,
                    &self->h_functions);
    write_prototype("// What a handle was made of.\n",
                    c_text(self, "%s *%s", entry->name, rep), handle,
                    &self->h_functions);
    write_prototype("// Gives up a handle.\n",
                    c_text(self, "void %s", entry->drop), handle,
                    &self->h_functions);
    write_prototype("// Called when the last handle is dropped.\n",
                    c_text(self, "void %s", destructor), pointer,
                    &self->h_exports);
    const char *import_new =
        resource_import(self, entry, WIT_RESOURCE_NEW, "new", "int32_t");
    const char *import_rep =
        resource_import(self, entry, WIT_RESOURCE_REP, "rep", "int32_t");
    const char *import_drop =
        resource_import(self, entry, WIT_RESOURCE_DROP, "drop", "void");
    buffer_printf(
        &self->c_functions,
        "\n%s %s(%s *rep)\n{\n    return (%s){%s(address_of(rep))};\n}\n"
        "\n%s *%s(%s handle)\n{\n    return (%s *)pointer_to(%s("
        "handle.__handle));\n}\n"
        "\nvoid %s(%s handle)\n{\n    %s(handle.__handle);\n}\n",
        entry->own, make, entry->name, entry->own, import_new, entry->name, rep,
        entry->own, entry->name, import_rep, entry->drop, entry->own,
        import_drop);
    exported_destructor(self, entry, destructor);
}

static void define_resource(c_generator *self, c_type *entry,
                            const wit_type_def *def)
{
    const char *prefix = self->prefixes[entry->scope];
    const char *snake = entry->words;
    entry->own = c_claim(self, c_text(self, "%s_own_%s_t", prefix, snake));
    entry->borrow =
        c_claim(self, c_text(self, "%s_borrow_%s_t", prefix, snake));
    entry->drop = c_claim(self, c_text(self, "%s_drop_own", entry->base));
    if (self->world->scopes[entry->scope].exported)
        exported_resource(self, entry, def);
    else
        imported_resource(self, entry, def);
}

static void define_alias(c_generator *self, c_type *entry,
                         const wit_type_def *def)
{
    uint32_t scope = entry->scope;
    wit_type target = bind_world_strip(self->world, &scope, entry->type);
    if (def_of(self, target)->kind != WIT_RESOURCE) {
        buffer_printf(&self->h_types, "typedef %s %s;\n",
                      c_type_name(self, entry->scope, def->element),
                      entry->name);
        return;
    }
    const c_type *resource = c_type_of(self, scope, target);
    if (!resource)
        return;
    const char *prefix = self->prefixes[entry->scope];
    const char *snake = entry->words;
    entry->own = c_claim(self, c_text(self, "%s_own_%s_t", prefix, snake));
    entry->borrow =
        c_claim(self, c_text(self, "%s_borrow_%s_t", prefix, snake));
    buffer_printf(&self->h_types, "typedef %s %s;\ntypedef %s %s;\n",
                  resource->own, entry->own, resource->borrow, entry->borrow);
}

bool c_is_own_resource(c_generator *self, uint32_t scope, wit_type handle)
{
    (void)bind_world_resource(self->world, &scope, handle);
    return self->world->scopes[scope].exported;
}

c_type *c_resource_of(c_generator *self, uint32_t scope, wit_type handle)
{
    wit_type resource = bind_world_resource(self->world, &scope, handle);
    return c_type_of(self, scope, resource);
}

/* So that parts are defined before what is made of them. */
static void define_parts(c_generator *self, const c_type *entry,
                         const wit_type_def *def)
{
    if (def->element != WIT_NONE && def->kind != WIT_RESOURCE)
        (void)c_type_of(self, entry->scope, def->element);
    if (def->other != WIT_NONE)
        (void)c_type_of(self, entry->scope, def->other);
    for (uint32_t i = 0; i < def->field_count; i++)
        if (def->fields[i].type != WIT_NONE)
            (void)c_type_of(self, entry->scope, def->fields[i].type);
}

static void write_layout_assertion(c_generator *self, const c_type *entry)
{
    const wit_layout *layout = wit_layout_of(self->set, entry->type, 4);
    buffer_printf(&self->c_asserts, "LAYOUT(%s, %u, %u);\n", entry->name,
                  layout->size, layout->alignment);
}

static void define_aggregate(c_generator *self, c_type *entry,
                             const wit_type_def *def)
{
    buffer *out = &self->h_types;
    switch (def->kind) {
    case WIT_RECORD:
    case WIT_TUPLE:
        write_fields(self, entry, def, out);
        break;
    case WIT_VARIANT:
        write_variant(self, entry, def, out);
        break;
    case WIT_OPTION:
        buffer_printf(out,
                      "typedef struct %s {\n    bool is_some;\n    %s val;\n"
                      "} %s;\n",
                      entry->name,
                      c_type_name(self, entry->scope, def->element),
                      entry->name);
        break;
    case WIT_RESULT:
        write_result(self, entry, def, out);
        break;
    default:
        write_list(self, entry, def, out);
        break;
    }
    write_layout_assertion(self, entry);
}

static void define(c_generator *self, c_type *entry)
{
    const wit_type_def *def = def_of(self, entry->type);
    buffer *out = &self->h_types;
    define_parts(self, entry, def);
    buffer_put(out, '\n');
    bind_write_docs(def->about.docs, 0, "// ", out);
    switch (def->kind) {
    case WIT_RESOURCE:
        define_resource(self, entry, def);
        break;
    case WIT_ALIAS:
        define_alias(self, entry, def);
        break;
    case WIT_ENUM:
    case WIT_FLAGS:
        buffer_printf(out, "typedef %s %s;\n",
                      tag_types[def->kind == WIT_FLAGS
                                    ? wit_flags_size(def->field_count)
                                    : wit_discriminant_size(def->field_count)],
                      entry->name);
        write_constants(self, entry, def, def->kind == WIT_FLAGS, out);
        break;
    case WIT_STREAM:
    case WIT_FUTURE:
        self->needs_async = true;
        buffer_printf(out, "typedef uint32_t %s;\n", entry->name);
        entry->own = c_claim(self, c_text(self, "%s_writer_t", entry->base));
        buffer_printf(out, "typedef uint32_t %s;\n", entry->own);
        if (c_stream_is_used(self, entry->scope, entry->type))
            entry->drop =
                c_claim(self, c_text(self, "%s_drop_readable", entry->base));
        break;
    case WIT_OWN:
    case WIT_BORROW: {
        const c_type *resource = c_resource_of(self, entry->scope, entry->type);
        if (resource)
            buffer_printf(out, "typedef %s %s;\n",
                          def->kind == WIT_OWN ? resource->own
                                               : resource->borrow,
                          entry->name);
        break;
    }
    default:
        define_aggregate(self, entry, def);
        break;
    }
    c_define_free(self, entry);
}

bool c_stream_is_used(const c_generator *self, uint32_t scope, wit_type type)
{
    uint32_t key[2] = {home_of(self, scope, type), type};
    uint64_t unused;
    return map_get(&self->used_streams, slice_of(key, sizeof key), &unused);
}

void c_stream_use(c_generator *self, uint32_t scope, wit_type type)
{
    slice key = key_of(self, home_of(self, scope, type), type);
    wit_type element = def_of(self, type)->element;
    if (element != WIT_NONE && def_of(self, element)->has & WIT_HAS_MEMORY)
        self->streams_bring_memory = true;
    if (!self->failed && map_set(&self->used_streams, key, 1, NULL) != WHIT_OK)
        self->failed = true;
}

c_type *c_type_of(c_generator *self, uint32_t scope, wit_type type)
{
    if (type < WIT_PRIMITIVES) {
        self->needs_string |= type == WIT_STRING;
        self->needs_error_context |= type == WIT_ERROR_CONTEXT;
        return NULL;
    }
    const wit_type_def *def = def_of(self, type);
    scope = home_of(self, scope, type);
    /* Handles without a name of their own are named by the resource. */
    if ((def->kind == WIT_OWN || def->kind == WIT_BORROW) && !def->name.size) {
        (void)c_resource_of(self, scope, type);
        return NULL;
    }
    uint32_t key[2] = {scope, type};
    uint64_t index;
    if (map_get(&self->known, slice_of(key, sizeof key), &index))
        return self->types[index];
    c_type *entry = add_entry(self, scope, type);
    if (!entry)
        return NULL;
    name_entry(self, entry);
    define(self, entry);
    return entry;
}

const char *c_type_name(c_generator *self, uint32_t scope, wit_type type)
{
    const c_type *entry = c_type_of(self, scope, type);
    if (entry)
        return entry->name;
    if (type == WIT_STRING)
        return self->string;
    if (type == WIT_ERROR_CONTEXT)
        return c_text(self, "%s_error_context_t", self->prefix);
    if (type < WIT_PRIMITIVES)
        return primitive_types[type];
    if (self->failed)
        return "";
    const c_type *resource =
        c_resource_of(self, home_of(self, scope, type), type);
    if (!resource)
        return "";
    return def_of(self, type)->kind == WIT_OWN ? resource->own
                                               : resource->borrow;
}

bool c_by_pointer(const c_generator *self, wit_type type)
{
    switch (def_of(self, wit_type_strip(self->set, type))->kind) {
    case WIT_STRING:
    case WIT_RECORD:
    case WIT_VARIANT:
    case WIT_TUPLE:
    case WIT_LIST:
    case WIT_FIXED_LIST:
    case WIT_MAP:
    case WIT_OPTION:
    case WIT_RESULT:
        return true;
    default:
        return false;
    }
}

void c_define_scope(c_generator *self, uint32_t scope)
{
    const bind_scope *it = &self->world->scopes[scope];
    for (uint32_t i = 0; i < it->type_count; i++)
        (void)c_type_of(self, scope, it->types[i]);
}
