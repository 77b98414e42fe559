/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Source in Rust that implements a world and does nothing yet. */
#include "bindgen/rust_private.h"

static void write_functions(rust_generator *self, uint32_t index,
                            wit_type resource, buffer *out)
{
    const bind_scope *scope = &self->world->scopes[index];
    bool first = true;
    for (uint32_t i = 0; i < scope->function_count; i++) {
        wit_function function = *scope->functions[i];
        if (function.resource != resource)
            continue;
        if (!first)
            buffer_put(out, '\n');
        first = false;
        rust_head head = {.function = &function,
                          .before = "",
                          .tail = " {",
                          .mode = RUST_OWNED,
                          .constructs_self = function.kind == WIT_CONSTRUCTOR};
        rust_write_head(self, index, &head, out, 4);
        buffer_text(out, "        todo!()\n    }\n");
    }
}

static void write_impl(rust_generator *self, uint32_t index, wit_type resource,
                       const char *type, const char *inside, buffer *out)
{
    const char *module = self->modules[index];
    const char *trait =
        resource == WIT_NONE
            ? "Guest"
            : rust_text(self, "Guest%s",
                        rust_camel(self, self->set->types[resource].name));
    buffer functions;
    buffer_init(&functions);
    write_functions(self, index, resource, &functions);
    buffer_printf(out, "\nimpl bindings::%s%s%s for %s {%s", module,
                  *module ? "::" : "", trait, type,
                  *inside || functions.size ? "\n" : "");
    buffer_text(out, inside);
    if (*inside && functions.size)
        buffer_put(out, '\n');
    buffer_slice(out, buffer_view(&functions));
    buffer_text(out, "}\n");
    buffer_release(&functions);
}

static void write_scope(rust_generator *self, uint32_t index, bind_names *names,
                        buffer *out)
{
    const bind_scope *scope = &self->world->scopes[index];
    const char *inside = "";
    buffer resources;
    buffer_init(&resources);
    for (uint32_t i = 0; i < scope->type_count; i++) {
        wit_type type = scope->types[i];
        if (self->set->types[type].kind != WIT_RESOURCE)
            continue;
        const char *name = rust_camel(self, self->set->types[type].name);
        buffer own;
        buffer_init(&own);
        buffer_printf(&own, "My%s", name);
        bind_names_claim(names, &own, 0);
        const char *mine = rust_copy(self, &own);
        buffer_release(&own);
        inside = rust_text(self, "%s    type %s = %s;\n", inside, name, mine);
        buffer_printf(&resources, "\nstruct %s;\n", mine);
        write_impl(self, index, type, mine, "", &resources);
    }
    write_impl(self, index, WIT_NONE, "Component", inside, out);
    buffer_slice(out, buffer_view(&resources));
    buffer_release(&resources);
}

whit_status rust_skeleton(const bind_world *world, const bind_options *options,
                          bind_output *out, whit_error *error)
{
    buffer *text;
    TRY(bind_output_add(out, "src/lib.rs", &text, error));
    rust_generator self;
    bind_names names;
    bind_names_init(&names);
    whit_status status = rust_init(&self, world, options, error);
    self.prefix = "bindings::";
    self.here = WIT_NONE;
    buffer all;
    buffer_init(&all);
    for (uint32_t i = 0; status == WHIT_OK && i < world->scope_count; i++)
        if (world->scopes[i].exported &&
            (world->scopes[i].item || world->scopes[i].function_count))
            write_scope(&self, i, &names, &all);
    buffer_text(text, "#![no_std]\n#![allow(unused_variables)]\n\n"
                      "mod bindings;\n");
    if (all.size) {
        buffer_text(text, "\n#[allow(unused_imports)]\n"
                          "use whit::{BTreeMap, String, Vec};\n"
                          "\nstruct Component;\n");
        buffer_slice(text, buffer_view(&all));
        buffer_text(text, "\nbindings::export!(Component with_types_in "
                          "bindings);\n");
    }
    if (status == WHIT_OK && (self.failed || all.failed))
        status = error_memory(error);
    if (status == WHIT_OK)
        status = bind_names_status(&names, error);
    if (status == WHIT_OK)
        status = buffer_status(text, error);
    buffer_release(&all);
    bind_names_release(&names);
    rust_release(&self);
    return status;
}
