/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Names and definitions of types in Rust. */
#include "bindgen/rust_private.h"

static const char *const keywords[] = {
    "abstract", "as",       "async",   "await", "become", "box",    "break",
    "const",    "continue", "do",      "dyn",   "else",   "enum",   "extern",
    "false",    "final",    "fn",      "for",   "gen",    "if",     "impl",
    "in",       "let",      "loop",    "macro", "match",  "mod",    "move",
    "mut",      "override", "priv",    "pub",   "ref",    "return", "static",
    "struct",   "trait",    "true",    "try",   "type",   "typeof", "unsafe",
    "unsized",  "use",      "virtual", "where", "while",  "yield"};
/* These cannot be raw identifiers. */
static const char *const words[] = {"self", "super", "crate"};
static const char *const locals[] = {"area",  "arrays", "given", "base",
                                     "value", "whit",   "core",  "params",
                                     "lent",  "call",   "i"};
static const char *const reserved[] = {
    "Box",    "BTreeMap", "Copy",  "Drop",      "Err",    "Fn",
    "Guest",  "None",     "Ok",    "Option",    "Ord",    "Eq",
    "Result", "Self",     "Send",  "Some",      "String", "Sync",
    "Vec",    "Clone",    "Debug", "PartialEq", "T"};

static bool is_among(const char *const *list, size_t count, const buffer *name)
{
    for (size_t i = 0; i < count; i++)
        if (slice_is(buffer_view(name), list[i]))
            return true;
    return false;
}

#define IS_AMONG(list, name) is_among(list, sizeof(list) / sizeof *(list), name)

const char *rust_identifier(rust_generator *self, slice name)
{
    buffer out;
    buffer_init(&out);
    bind_snake(name, &out);
    bool raw = IS_AMONG(keywords, &out);
    if (IS_AMONG(words, &out))
        buffer_put(&out, '_');
    const char *text =
        rust_text(self, "%s%s", raw ? "r#" : "", rust_copy(self, &out));
    buffer_release(&out);
    return text;
}

const char *rust_local(rust_generator *self, slice name)
{
    const char *text = rust_identifier(self, name);
    bool taken = rust_is_variable(text);
    for (size_t i = 0; i < sizeof locals / sizeof *locals; i++)
        taken |= !strcmp(text, locals[i]);
    return taken ? rust_text(self, "%s_", text) : text;
}

const char *rust_camel(rust_generator *self, slice name)
{
    buffer out;
    buffer_init(&out);
    bind_camel(name, &out);
    if (slice_is(buffer_view(&out), "Self"))
        buffer_put(&out, '_');
    const char *text = rust_copy(self, &out);
    buffer_release(&out);
    return text;
}

/* A key of the table of names lives in the arena. */
static slice type_key(rust_generator *self, uint32_t scope, wit_type type)
{
    uint32_t *key = arena_alloc(&self->memory, 2 * sizeof *key);
    if (!key) {
        self->failed = true;
        return slice_of(NULL, 0);
    }
    key[0] = scope;
    key[1] = type;
    return slice_of(key, 2 * sizeof *key);
}

/* The three names that a resource of the component's own has are claimed
 * together. */
static void name_type(rust_generator *self, uint32_t scope, wit_type type,
                      bind_names *taken)
{
    const wit_type_def *def = &self->set->types[type];
    buffer name;
    buffer_init(&name);
    bind_camel(def->name, &name);
    bind_names_claim(taken, &name, 0);
    const char *text = rust_copy(self, &name);
    if (def->kind == WIT_RESOURCE && self->world->scopes[scope].exported) {
        bind_names_reserve(taken, rust_text(self, "%sBorrow", text));
        bind_names_reserve(taken, rust_text(self, "Guest%s", text));
    }
    buffer_release(&name);
    slice key = type_key(self, scope, type);
    if (map_set(&self->types, key, (uint64_t)(uintptr_t)text, NULL) != WHIT_OK)
        self->failed = true;
}

whit_status rust_name_types(rust_generator *self, whit_error *error)
{
    for (uint32_t s = 0; s < self->world->scope_count; s++) {
        const bind_scope *scope = &self->world->scopes[s];
        bind_names taken;
        bind_names_init(&taken);
        for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
            bind_names_reserve(&taken, reserved[i]);
        for (uint32_t i = 0; i < scope->type_count; i++)
            name_type(self, s, scope->types[i], &taken);
        whit_status status = bind_names_status(&taken, error);
        bind_names_release(&taken);
        TRY(status);
    }
    return self->failed ? error_memory(error) : WHIT_OK;
}

static const char *type_name(rust_generator *self, uint32_t scope,
                             wit_type type)
{
    uint32_t key[2] = {scope, type};
    uint64_t found;
    if (!map_get(&self->types, slice_of(key, sizeof key), &found))
        return "";
    return (const char *)(uintptr_t)found;
}

const char *rust_top(rust_generator *self, const char *name)
{
    const char *text = name;
    for (unsigned i = 0; i < self->depth; i++)
        text = rust_text(self, "super::%s", text);
    return self->prefix ? rust_text(self, "%s%s", self->prefix, text) : text;
}

const char *rust_path(rust_generator *self, uint32_t scope, wit_type type)
{
    scope = bind_world_scope(self->world, scope, type);
    const char *name = type_name(self, scope, type);
    if (scope == self->here)
        return name;
    const char *module = self->modules[scope];
    return rust_top(self,
                    *module ? rust_text(self, "%s::%s", module, name) : name);
}

bool rust_is_scalar(const rust_generator *self, wit_type type)
{
    switch (self->set->types[wit_type_strip(self->set, type)].kind) {
    case WIT_STRING:
    case WIT_ERROR_CONTEXT:
        return false;
    case WIT_ENUM:
    case WIT_FLAGS:
        return true;
    default:
        return wit_type_strip(self->set, type) < WIT_PRIMITIVES;
    }
}

bool rust_is_plain(const rust_generator *self, wit_type type)
{
    type = wit_type_strip(self->set, type);
    const wit_type_def *def = &self->set->types[type];
    if (def->kind == WIT_FIXED_LIST)
        return rust_is_plain(self, def->element);
    if (def->kind != WIT_RECORD)
        return rust_is_scalar(self, type);
    for (uint32_t i = 0; i < def->field_count; i++)
        if (!rust_is_plain(self, def->fields[i].type))
            return false;
    return true;
}

bool rust_is_exported(rust_generator *self, uint32_t scope, wit_type handle)
{
    (void)bind_world_resource(self->world, &scope, handle);
    return self->world->scopes[scope].exported;
}

static const char *primitive(wit_kind kind)
{
    static const char *const names[WIT_PRIMITIVES] = {
        [WIT_BOOL] = "bool",
        [WIT_S8] = "i8",
        [WIT_U8] = "u8",
        [WIT_S16] = "i16",
        [WIT_U16] = "u16",
        [WIT_S32] = "i32",
        [WIT_U32] = "u32",
        [WIT_S64] = "i64",
        [WIT_U64] = "u64",
        [WIT_F32] = "f32",
        [WIT_F64] = "f64",
        [WIT_CHAR] = "char",
        [WIT_STRING] = "String",
        [WIT_ERROR_CONTEXT] = "whit::abi::ErrorContext"};
    return names[kind];
}

/* Borrowed parameters own nothing that the call would take. */
enum {
    TAKEN =
        WIT_HAS_OWN | WIT_HAS_STREAM | WIT_HAS_FUTURE | WIT_HAS_ERROR_CONTEXT
};

static const char *lifetime(rust_mode mode)
{
    return mode == RUST_FIELD ? "<'a>" : "<'_>";
}

static const char *handle_type(rust_generator *self, uint32_t scope,
                               wit_type type, rust_mode mode)
{
    const wit_type_def *def = &self->set->types[type];
    uint32_t owner = scope;
    wit_type resource = bind_world_resource(self->world, &owner, type);
    const char *path = rust_path(self, owner, resource);
    if (def->kind == WIT_OWN)
        return path;
    if (rust_is_exported(self, scope, type))
        return rust_text(self, "%sBorrow%s", path, lifetime(mode));
    return rust_text(self, mode == RUST_FIELD ? "&'a %s" : "&%s", path);
}

static const char *optional(rust_generator *self, uint32_t scope, wit_type type,
                            rust_mode mode)
{
    return type == WIT_NONE ? "()" : rust_type(self, scope, type, mode);
}

static const char *tuple_type(rust_generator *self, uint32_t scope,
                              const wit_type_def *def, rust_mode mode)
{
    const char *text = "(";
    for (uint32_t i = 0; i < def->field_count; i++)
        text = rust_text(self, "%s%s%s", text, i ? ", " : "",
                         rust_type(self, scope, def->fields[i].type, mode));
    return rust_text(self, "%s%s)", text, def->field_count == 1 ? "," : "");
}

/* Inside of lists and maps values are owned, whatever is around them. */
static rust_mode inside(rust_mode mode)
{
    return mode == RUST_BORROWED ? RUST_OWNED : mode;
}

static const char *list_type(rust_generator *self, uint32_t scope,
                             const wit_type_def *def, rust_mode mode)
{
    const char *element = rust_type(self, scope, def->element, inside(mode));
    if (mode == RUST_BORROWED)
        return rust_text(self, "&[%s]", element);
    return rust_text(self, "Vec<%s>", element);
}

static const char *end_type(rust_generator *self, uint32_t scope,
                            const wit_type_def *def, rust_mode mode)
{
    return rust_text(self, "whit::%sReader<%s>",
                     def->kind == WIT_STREAM ? "Stream" : "Future",
                     optional(self, scope, def->element, inside(mode)));
}

static const char *anonymous(rust_generator *self, uint32_t scope,
                             wit_type type, rust_mode mode)
{
    const wit_type_def *def = &self->set->types[type];
    bool borrowed = mode == RUST_BORROWED;
    switch (def->kind) {
    case WIT_TUPLE:
        return tuple_type(self, scope, def, mode);
    case WIT_LIST:
        return list_type(self, scope, def, mode);
    case WIT_FIXED_LIST:
        return rust_text(self, "%s[%s; %u]", borrowed ? "&" : "",
                         rust_type(self, scope, def->element, inside(mode)),
                         def->length);
    case WIT_MAP:
        return rust_text(self, "%sBTreeMap<%s, %s>", borrowed ? "&" : "",
                         rust_type(self, scope, def->other, inside(mode)),
                         rust_type(self, scope, def->element, inside(mode)));
    case WIT_OPTION:
        return rust_text(self, "Option<%s>",
                         rust_type(self, scope, def->element, mode));
    case WIT_RESULT:
        return rust_text(self, "Result<%s, %s>",
                         optional(self, scope, def->element, mode),
                         optional(self, scope, def->other, mode));
    case WIT_OWN:
    case WIT_BORROW:
        return handle_type(self, scope, type, mode);
    case WIT_STREAM:
    case WIT_FUTURE:
        return end_type(self, scope, def, mode);
    default:
        return borrowed && def->kind == WIT_STRING ? "&str"
                                                   : primitive(def->kind);
    }
}

static bool is_nominal(wit_kind kind)
{
    return kind == WIT_RECORD || kind == WIT_VARIANT || kind == WIT_ENUM ||
           kind == WIT_FLAGS || kind == WIT_RESOURCE;
}

const char *rust_type(rust_generator *self, uint32_t scope, wit_type type,
                      rust_mode mode)
{
    const wit_type_def *def = &self->set->types[type];
    if (mode == RUST_BORROWED && (def->has & TAKEN))
        mode = RUST_OWNED;
    uint32_t owner = scope;
    wit_type behind = bind_world_strip(self->world, &owner, type);
    bool nominal = is_nominal(self->set->types[behind].kind);
    if (self->no_aliases && behind != type)
        return rust_type(self, owner, behind, mode);
    if (self->no_aliases && !nominal)
        return anonymous(self, owner, behind, mode);
    if (!def->name.size)
        return anonymous(self, scope, type, mode);
    if (!nominal && mode == RUST_BORROWED)
        return anonymous(self, owner, behind, mode);
    const char *path = rust_path(self, scope, type);
    if (def->has & WIT_HAS_BORROW)
        path = rust_text(self, "%s%s", path, lifetime(mode));
    bool by_reference = mode == RUST_BORROWED && (def->has & WIT_HAS_MEMORY);
    return by_reference ? rust_text(self, "&%s", path) : path;
}

static void write_derive(rust_generator *self, wit_type type, buffer *out,
                         unsigned indent)
{
    uint8_t has = self->set->types[type].has;
    const char *traits = "Debug";
    if (!has)
        traits = "Clone, Copy, Debug, PartialEq";
    else if (has == WIT_HAS_MEMORY)
        traits = "Clone, Debug, PartialEq";
    buffer_printf(out, "%*s#[derive(%s)]\n", (int)indent, "", traits);
}

static const char *generics(rust_generator *self, wit_type type)
{
    return self->set->types[type].has & WIT_HAS_BORROW ? "<'a>" : "";
}

static void define_record(rust_generator *self, uint32_t scope, wit_type type,
                          buffer *out, unsigned indent)
{
    const wit_type_def *def = &self->set->types[type];
    write_derive(self, type, out, indent);
    if (rust_is_plain(self, type))
        buffer_printf(out, "%*s#[repr(C)]\n", (int)indent, "");
    buffer_printf(out, "%*spub struct %s%s {\n", (int)indent, "",
                  type_name(self, scope, type), generics(self, type));
    for (uint32_t i = 0; i < def->field_count; i++) {
        const wit_field *field = &def->fields[i];
        bind_write_docs(field->docs, indent + 4, "/// ", out);
        buffer_printf(out, "%*spub %s: %s,\n", (int)indent + 4, "",
                      rust_identifier(self, field->name),
                      rust_type(self, scope, field->type, RUST_FIELD));
    }
    buffer_printf(out, "%*s}\n", (int)indent, "");
}

static void define_variant(rust_generator *self, uint32_t scope, wit_type type,
                           buffer *out, unsigned indent)
{
    const wit_type_def *def = &self->set->types[type];
    write_derive(self, type, out, indent);
    buffer_printf(out, "%*spub enum %s%s {\n", (int)indent, "",
                  type_name(self, scope, type), generics(self, type));
    for (uint32_t i = 0; i < def->field_count; i++) {
        const wit_field *field = &def->fields[i];
        bind_write_docs(field->docs, indent + 4, "/// ", out);
        buffer_printf(out, "%*s%s", (int)indent + 4, "",
                      rust_camel(self, field->name));
        if (field->type != WIT_NONE)
            buffer_printf(out, "(%s)",
                          rust_type(self, scope, field->type, RUST_FIELD));
        buffer_text(out, ",\n");
    }
    buffer_printf(out, "%*s}\n", (int)indent, "");
}

static void define_enum(rust_generator *self, uint32_t scope, wit_type type,
                        buffer *out, unsigned indent)
{
    const wit_type_def *def = &self->set->types[type];
    const char *name = type_name(self, scope, type);
    unsigned bits = wit_discriminant_size(def->field_count) * 8;
    buffer_printf(out, "%*s#[repr(u%u)]\n", (int)indent, "", bits);
    buffer_printf(out,
                  "%*s#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, "
                  "Ord, Hash)]\n",
                  (int)indent, "");
    buffer_printf(out, "%*spub enum %s {\n", (int)indent, "", name);
    for (uint32_t i = 0; i < def->field_count; i++) {
        bind_write_docs(def->fields[i].docs, indent + 4, "/// ", out);
        buffer_printf(out, "%*s%s,\n", (int)indent + 4, "",
                      rust_camel(self, def->fields[i].name));
    }
    buffer_printf(out, "%*s}\n\n", (int)indent, "");
    buffer_printf(out, "%*simpl %s {\n", (int)indent, "", name);
    rust_body body = {.out = out, .indent = indent + 4};
    rust_line(&body, "#[inline]");
    rust_line(&body, "#[doc(hidden)]");
    rust_line(&body, "pub unsafe fn _lift(value: i32) -> Self {");
    rust_line(&body, "    unsafe { core::mem::transmute(value as u%u) }", bits);
    rust_line(&body, "}");
    buffer_printf(out, "%*s}\n", (int)indent, "");
}

static void define_flags(rust_generator *self, uint32_t scope, wit_type type,
                         buffer *out, unsigned indent)
{
    const wit_type_def *def = &self->set->types[type];
    buffer_printf(out, "%*spub struct %s: u%u {\n", (int)indent + 4, "",
                  type_name(self, scope, type),
                  wit_flags_size(def->field_count) * 8);
    for (uint32_t i = 0; i < def->field_count; i++) {
        bind_write_docs(def->fields[i].docs, indent + 8, "/// ", out);
        buffer name;
        buffer_init(&name);
        bind_shouty(def->fields[i].name, &name);
        buffer_printf(out, "%*sconst %s = 1 << %u;\n", (int)indent + 8, "",
                      rust_copy(self, &name), i);
        buffer_release(&name);
    }
    buffer_printf(out, "%*s}\n%*s}\n", (int)indent + 4, "", (int)indent, "");
}

static void resource_line(rust_generator *self, buffer *out, unsigned indent,
                          const char *key, wit_type type,
                          wit_resource_intrinsic intrinsic)
{
    buffer name;
    buffer_init(&name);
    wit_core_resource_write(self->set, type, WIT_NAMES_LEGACY, intrinsic,
                            &name);
    buffer_printf(out, "%*s%s: %s,\n", (int)indent, "", key,
                  rust_quoted(self, &name));
    buffer_release(&name);
}

static void define_resource(rust_generator *self, uint32_t index, wit_type type,
                            buffer *out, unsigned indent)
{
    const bind_scope *scope = &self->world->scopes[index];
    const char *name = type_name(self, index, type);
    buffer module;
    buffer_init(&module);
    bind_write_module(self->world, scope, &module);
    if (scope->exported)
        buffer_printf(out, "%*spub struct %s, %sBorrow, Guest%s;\n",
                      (int)indent + 4, "", name, name, name);
    else
        buffer_printf(out, "%*spub struct %s;\n", (int)indent + 4, "", name);
    buffer_printf(out, "%*smodule: %s,\n", (int)indent + 4, "",
                  rust_quoted(self, &module));
    resource_line(self, out, indent + 4, "drop", type, WIT_RESOURCE_DROP);
    if (scope->exported) {
        resource_line(self, out, indent + 4, "new", type, WIT_RESOURCE_NEW);
        resource_line(self, out, indent + 4, "rep", type, WIT_RESOURCE_REP);
    }
    buffer_printf(out, "%*s}\n", (int)indent, "");
    buffer_release(&module);
}

static void define_alias(rust_generator *self, uint32_t scope, wit_type type,
                         buffer *out, unsigned indent)
{
    const wit_type_def *def = &self->set->types[type];
    const char *to;
    if (def->kind == WIT_ALIAS) {
        uint32_t owner = scope;
        wit_type behind = bind_world_strip(self->world, &owner, type);
        if (self->set->types[behind].kind == WIT_RESOURCE)
            to = rust_path(self, owner, behind);
        else
            to = rust_type(self, scope, def->element, RUST_FIELD);
    } else {
        to = anonymous(self, scope, type, RUST_FIELD);
    }
    const char *head =
        rust_text(self, "pub type %s%s =", type_name(self, scope, type),
                  generics(self, type));
    bool wide = indent + strlen(head) + strlen(to) + 2 > RUST_WIDTH;
    buffer_printf(out, "%*s%s", (int)indent, "", head);
    if (wide)
        buffer_printf(out, "\n%*s%s;\n", (int)indent + 4, "", to);
    else
        buffer_printf(out, " %s;\n", to);
}

static void define(rust_generator *self, uint32_t scope, wit_type type,
                   buffer *out, unsigned indent)
{
    const wit_type_def *def = &self->set->types[type];
    bool macro = def->kind == WIT_FLAGS || def->kind == WIT_RESOURCE;
    if (macro)
        buffer_printf(out, "%*swhit::%s! {\n", (int)indent, "",
                      def->kind == WIT_FLAGS ? "flags"
                      : self->world->scopes[scope].exported
                          ? "exported_resource"
                          : "imported_resource");
    bind_write_docs(def->about.docs, indent + (macro ? 4 : 0), "/// ", out);
    switch (def->kind) {
    case WIT_RECORD:
        define_record(self, scope, type, out, indent);
        return;
    case WIT_VARIANT:
        define_variant(self, scope, type, out, indent);
        return;
    case WIT_ENUM:
        define_enum(self, scope, type, out, indent);
        return;
    case WIT_FLAGS:
        define_flags(self, scope, type, out, indent);
        return;
    case WIT_RESOURCE:
        define_resource(self, scope, type, out, indent);
        return;
    default:
        define_alias(self, scope, type, out, indent);
    }
}

void rust_define_types(rust_generator *self, uint32_t scope, buffer *out,
                       unsigned indent)
{
    const bind_scope *it = &self->world->scopes[scope];
    for (uint32_t i = 0; i < it->type_count; i++) {
        define(self, scope, it->types[i], out, indent);
        buffer_put(out, '\n');
    }
}
