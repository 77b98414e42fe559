/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Guest bindings in Rust: one file of modules for a world. */
#include "bindgen/rust_private.h"

/* The modules of a scope, outermost first. */
typedef struct module_path {
    const char *names[4];
    unsigned count;
} module_path;

static module_path path_of(rust_generator *self, uint32_t index)
{
    const bind_scope *scope = &self->world->scopes[index];
    module_path path = {0};
    if (!scope->item)
        return path;
    if (scope->exported)
        path.names[path.count++] = "exports";
    if (scope->item->name.size) {
        path.names[path.count++] = rust_identifier(self, scope->item->name);
        return path;
    }
    const wit_interface *it = &self->set->interfaces[scope->interface];
    const wit_package *package = &self->set->packages[it->package];
    const char *name = rust_identifier(self, package->name);
    if (bind_world_needs_version(self->world, it->package)) {
        buffer text;
        buffer_init(&text);
        bind_snake(package->name, &text);
        bind_version(&package->version, &text);
        name = rust_copy(self, &text);
        buffer_release(&text);
    }
    path.names[path.count++] = rust_identifier(self, package->space);
    path.names[path.count++] = name;
    path.names[path.count++] = rust_identifier(self, it->name);
    return path;
}

static void name_modules(rust_generator *self)
{
    self->modules = arena_array(&self->memory, self->world->scope_count,
                                sizeof *self->modules);
    if (!self->modules) {
        self->failed = true;
        return;
    }
    for (uint32_t i = 0; i < self->world->scope_count; i++) {
        module_path path = path_of(self, i);
        const char *text = "";
        for (unsigned k = 0; k < path.count; k++)
            text =
                rust_text(self, "%s%s%s", text, k ? "::" : "", path.names[k]);
        self->modules[i] = text;
    }
}

/* What an interface or the world has: types, and functions or traits. */
static void write_scope(rust_generator *self, uint32_t index, unsigned indent,
                        buffer *out)
{
    const bind_scope *scope = &self->world->scopes[index];
    self->here = index;
    if (scope->item) {
        rust_body body = {.out = out, .indent = indent};
        rust_line(&body, "use whit::{BTreeMap, String, Vec};");
        buffer_put(out, '\n');
    }
    rust_define_types(self, index, out, indent);
    if (scope->exported)
        rust_exports(self, index, out, indent);
    else
        rust_imports(self, index, out, indent);
    /* The last of them left an empty line. */
    if (!out->failed && out->size > 1 && out->data[out->size - 1] == '\n' &&
        out->data[out->size - 2] == '\n')
        out->size--;
}

static bool same_prefix(const module_path *a, const module_path *b,
                        unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (i >= a->count || i >= b->count ||
            strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}

/* All scopes whose modules begin with the first `depth` names of `path`:
 * a module is written when its first scope comes. */
static void write_modules(rust_generator *self, bool exported,
                          const module_path *path, unsigned depth, buffer *out)
{
    const bind_world *world = self->world;
    bool first = true;
    for (uint32_t i = 0; i < world->scope_count; i++) {
        if (!world->scopes[i].item || world->scopes[i].exported != exported)
            continue;
        module_path own = path_of(self, i);
        if (own.count <= depth || !same_prefix(path, &own, depth))
            continue;
        bool seen = false;
        for (uint32_t k = 0; k < i && !seen; k++) {
            module_path other = path_of(self, k);
            seen = world->scopes[k].item &&
                   world->scopes[k].exported == exported &&
                   same_prefix(&other, &own, depth + 1);
        }
        if (seen)
            continue;
        if (!first || !depth)
            buffer_put(out, '\n');
        first = false;
        bool leaf = own.count == depth + 1;
        if (leaf)
            bind_write_docs(world->scopes[i].docs, depth * 4, "/// ", out);
        buffer_printf(out, "%*spub mod %s {\n", (int)depth * 4, "",
                      own.names[depth]);
        self->depth = depth + 1;
        if (leaf)
            write_scope(self, i, depth * 4 + 4, out);
        else
            write_modules(self, exported, &own, depth + 1, out);
        buffer_printf(out, "%*s}\n", (int)depth * 4, "");
    }
}

static void write_root(rust_generator *self, uint32_t index, buffer *out)
{
    buffer text;
    buffer_init(&text);
    self->depth = 0;
    write_scope(self, index, 0, &text);
    if (text.size)
        buffer_put(out, '\n');
    buffer_slice(out, buffer_view(&text));
    buffer_release(&text);
}

/* Bytes as a literal of the language, 64 of them or so on a line. */
static void write_bytes(slice bytes, buffer *out)
{
    size_t column = 0;
    buffer_text(out, "b\"\\\n");
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t c = bytes.data[i];
        size_t before = out->size;
        bool blank = c == ' ' && !column;
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c >= 32 && c < 127 && !blank)
            buffer_put(out, c);
        else
            buffer_printf(out, "\\x%02x", c);
        column += out->size - before;
        if (column >= 72 && i + 1 < bytes.size) {
            buffer_text(out, "\\\n");
            column = 0;
        }
    }
    buffer_put(out, '"');
}

/* A name of its own for each world, because linkers join sections with the
 * same one. */
static whit_status write_section(rust_generator *self, buffer *out,
                                 whit_error *error)
{
    buffer bytes, name;
    buffer_init(&bytes);
    buffer_init(&name);
    whit_status status =
        bind_component_type(self->world, self->options, &bytes, error);
    buffer_text(&name, "component-type:whit:");
    wit_package_write(self->set, self->world->world->package, &name);
    buffer_put(&name, ':');
    buffer_slice(&name, self->world->world->name);
    buffer_text(out, "\n#[doc(hidden)]\n");
    buffer_text(out, "#[rustfmt::skip]\n");
    buffer_text(out, "#[cfg(target_arch = \"wasm32\")]\n");
    buffer_printf(out, "#[unsafe(link_section = %s)]\n",
                  rust_quoted(self, &name));
    buffer_printf(out, "pub static _COMPONENT_TYPE: [u8; %zu] = *", bytes.size);
    write_bytes(buffer_view(&bytes), out);
    buffer_text(out, ";\n");
    buffer_release(&bytes);
    buffer_release(&name);
    return status;
}

/* Whether the host has to put values into memory of the component. */
static bool needs_realloc(const rust_generator *self)
{
    for (uint32_t i = 0; i < self->world->scope_count; i++) {
        const bind_scope *scope = &self->world->scopes[i];
        for (uint32_t k = 0; k < scope->function_count; k++) {
            const wit_function *function = scope->functions[k];
            wit_abi abi = bind_abi(function);
            unsigned needs = scope->exported
                                 ? wit_needs_of_lift(self->set, function, abi)
                                 : wit_needs_of_lower(self->set, function, abi);
            if (needs & WIT_NEEDS_REALLOC)
                return true;
        }
    }
    return self->stream_count > 0;
}

static void write_realloc(rust_generator *self, buffer *out)
{
    if (!needs_realloc(self))
        return;
    rust_body body = {.out = out};
    rust_list params = {0};
    rust_add(self, &params, "old: *mut u8");
    rust_add(self, &params, "old_size: usize");
    rust_add(self, &params, "align: usize");
    rust_add(self, &params, "size: usize");
    buffer_put(out, '\n');
    rust_line(&body, "#[doc(hidden)]");
    rust_line(&body, "#[cfg(target_arch = \"wasm32\")]");
    rust_line(&body, "#[unsafe(export_name = \"%s\")]",
              wit_core_realloc_name(WIT_NAMES_LEGACY));
    rust_items(out, 0, "pub unsafe extern \"C\" fn _realloc(", &params,
               ") -> *mut u8 {", RUST_WIDTH);
    rust_line(&body,
              "    unsafe { whit::abi::resize(old, old_size, align, size) }");
    rust_line(&body, "}");
}

/* The only trait there is to implement, or NULL. */
static const char *only_trait(rust_generator *self)
{
    const char *found = NULL;
    for (uint32_t i = 0; i < self->world->scope_count; i++) {
        const bind_scope *scope = &self->world->scopes[i];
        bool resources = false;
        for (uint32_t k = 0; k < scope->type_count; k++)
            resources |= self->set->types[scope->types[k]].kind == WIT_RESOURCE;
        bool has = scope->item ? true : scope->function_count > 0;
        if (!scope->exported || !has)
            continue;
        if (found || resources)
            return NULL;
        const char *module = self->modules[i];
        found = rust_text(self, "%s%sGuest", module, *module ? "::" : "");
    }
    return found;
}

static void write_macro(rust_generator *self, buffer *out)
{
    const char *trait = only_trait(self);
    buffer name;
    buffer_init(&name);
    bind_snake(self->world->world->name, &name);
    const char *world = rust_copy(self, &name);
    buffer_release(&name);
    if (!self->shells.size)
        return;
    buffer_text(out,
                "\n/// Exports what a type implements: `export!(MyType)`, or, "
                "with these bindings in a\n"
                "/// module, `bindings::export!(MyType with_types_in "
                "bindings)`.\n");
    if (trait)
        buffer_text(out, "/// Ordinary functions will do as well: "
                         "`bindings::export! { in bindings; fn ... }`.\n");
    buffer_text(out, "#[doc(hidden)]\n#[allow(unused_macros)]\n"
                     "#[rustfmt::skip]\n");
    buffer_printf(out, "macro_rules! __export_%s {\n", world);
    if (trait)
        buffer_printf(out,
                      "    (in $path:ident; $($item:item)*) => {\n"
                      "        struct Exports;\n"
                      "        impl $path::%s for Exports {\n"
                      "            $($item)*\n"
                      "        }\n"
                      "        $path::export!(Exports with_types_in $path);\n"
                      "    };\n",
                      trait);
    buffer_text(out, "    ($ty:ident) => {\n"
                     "        self::export!($ty with_types_in self);\n"
                     "    };\n"
                     "    ($ty:ident with_types_in $($path:tt)*) => {\n"
                     "        const _: () = {\n");
    buffer_slice(out, buffer_view(&self->shells));
    buffer_text(out, "        };\n    };\n}\n");
    buffer_text(out, "#[doc(inline)]\n#[allow(unused_imports)]\n");
    buffer_printf(out, "pub(crate) use __export_%s as export;\n", world);
}

static void write_head(rust_generator *self, buffer *out)
{
    buffer name;
    buffer_init(&name);
    wit_world_write(self->set, self->world->index, &name);
    buffer_printf(out,
                  "// Generated by whit bind rust. Changes will be lost.\n"
                  "// Bindings for the world %s.\n",
                  rust_copy(self, &name));
    buffer_release(&name);
    bind_write_docs(self->world->world->about.docs, 0, "//! ", out);
    buffer_text(out, "#![allow(async_fn_in_trait, clippy::all, dead_code, "
                     "unused)]\n");
    buffer_text(out, "\nuse whit::{BTreeMap, String, Vec};\n");
}

static bool has_exports(const rust_generator *self)
{
    for (uint32_t i = 0; i < self->world->scope_count; i++)
        if (self->world->scopes[i].item && self->world->scopes[i].exported)
            return true;
    return false;
}

static whit_status write_all(rust_generator *self, buffer *out,
                             whit_error *error)
{
    const bind_world *world = self->world;
    write_head(self, out);
    module_path none = {0};
    write_modules(self, false, &none, 0, out);
    if (has_exports(self))
        write_modules(self, true, &none, 0, out);
    write_root(self, world->root_import, out);
    const bind_scope *root = &world->scopes[world->root_export];
    if (root->function_count)
        write_root(self, world->root_export, out);
    for (uint32_t i = 0; i < world->scope_count; i++)
        TRY(rust_streams(self, i, error));
    rust_write_streams(self, out);
    write_macro(self, out);
    write_realloc(self, out);
    return write_section(self, out, error);
}

whit_status rust_init(rust_generator *self, const bind_world *world,
                      const bind_options *options, whit_error *error)
{
    *self =
        (rust_generator){.world = world, .options = options, .set = world->set};
    arena_init(&self->memory);
    map_init(&self->types);
    map_init(&self->streams);
    buffer_init(&self->stream_impls);
    buffer_init(&self->future_impls);
    buffer_init(&self->shells);
    TRY(rust_name_types(self, error));
    name_modules(self);
    return self->failed ? error_memory(error) : WHIT_OK;
}

void rust_release(rust_generator *self)
{
    buffer_release(&self->stream_impls);
    buffer_release(&self->future_impls);
    buffer_release(&self->shells);
    map_release(&self->types);
    map_release(&self->streams);
    arena_release(&self->memory);
}

static whit_status generate(const bind_world *world,
                            const bind_options *options, bind_output *out,
                            whit_error *error)
{
    if (options->encoding != BIND_UTF8)
        return error_set(error, WHIT_ARGUMENT,
                         "strings of Rust are UTF-8: leave out "
                         "--string-encoding");
    buffer *text;
    TRY(bind_output_add(out, "bindings.rs", &text, error));
    rust_generator self;
    whit_status status = rust_init(&self, world, options, error);
    if (status == WHIT_OK)
        status = write_all(&self, text, error);
    if (status == WHIT_OK && (self.failed || self.stream_impls.failed ||
                              self.future_impls.failed || self.shells.failed))
        status = error_memory(error);
    if (status == WHIT_OK)
        status = buffer_status(text, error);
    rust_release(&self);
    return status;
}

const bind_language bind_language_rust = {
    .name = "rust",
    .summary = "Rust of a component: a module for a crate with `whit`",
    .generate = generate,
    .skeleton = rust_skeleton};
