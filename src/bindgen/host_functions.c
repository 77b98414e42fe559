/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions of a host: calls of exports, and what imports are given as. */
#include "bindgen/host_private.h"

#define NAME(self, ...) c_text(&(self)->base, __VA_ARGS__)

static const wit_type_def *def_of(const host_generator *self, wit_type type)
{
    return wit_type_get(self->set, type);
}

/* Names that generated functions have for themselves. */
static const char *param_name(host_generator *self, slice name)
{
    static const char *const own[] = {"world",     "env",   "call", "args",
                                      "arguments", "given", "out",  "result",
                                      "region",    "error"};
    const char *text = c_identifier(&self->base, name);
    for (size_t i = 0; i < COUNT_OF(own); i++)
        if (!strcmp(text, own[i]))
            return NAME(self, "%s_", text);
    return text;
}

/* Room for all parameters and five more. */
static const char **new_parts(host_generator *self,
                              const wit_function *function)
{
    const char **parts = arena_array(&self->base.memory,
                                     function->param_count + 6u, sizeof *parts);
    if (!parts)
        self->base.failed = true;
    return parts;
}

static size_t add_params(host_generator *self, uint32_t scope,
                         const wit_function *function, const char **parts,
                         size_t count)
{
    for (uint32_t i = 0; i < function->param_count; i++) {
        const wit_field *param = &function->params[i];
        const char *type = host_type_name(self, scope, param->type);
        const char *name = param_name(self, param->name);
        parts[count++] = host_by_pointer(self, param->type)
                             ? NAME(self, "const %s *%s", type, name)
                             : NAME(self, "%s %s", type, name);
    }
    return count;
}

static size_t add_result(host_generator *self, uint32_t scope,
                         const wit_function *function, const char **parts,
                         size_t count)
{
    if (function->result != WIT_NONE)
        parts[count++] = NAME(self, "%s *result",
                              host_type_name(self, scope, function->result));
    return count;
}

/* The struct of a function's parameters: "struct x_args"; NULL: it has none.
 */
static const char *define_args(host_generator *self, uint32_t scope,
                               const wit_function *function, const char *base)
{
    if (!function->param_count)
        return NULL;
    const char *tag = c_claim(&self->base, NAME(self, "%s_args", base));
    wit_layout_walk walk = wit_walk_start(self->set, 8);
    for (uint32_t i = 0; i < function->param_count; i++)
        (void)host_type_name(self, scope, function->params[i].type);
    buffer_printf(&self->h_types, "\nstruct %s {\n", tag);
    for (uint32_t i = 0; i < function->param_count; i++) {
        const wit_field *param = &function->params[i];
        const char *name = c_identifier(&self->base, param->name);
        buffer_printf(&self->h_types, "    %s %s;\n",
                      host_type_name(self, scope, param->type), name);
        buffer_printf(&self->c_asserts, "OFFSET(struct %s, %s, %llu);\n", tag,
                      name,
                      (unsigned long long)wit_walk_next(&walk, param->type));
    }
    wit_walk_end(&walk);
    buffer_text(&self->h_types, "};\n");
    buffer_printf(&self->c_asserts, "LAYOUT(struct %s, %llu, %u);\n", tag,
                  (unsigned long long)walk.size, walk.alignment);
    return NAME(self, "struct %s", tag);
}

/* ---- Exports ---- */

static bool needs_region(const host_generator *self,
                         const wit_function *function)
{
    return function->result != WIT_NONE &&
           def_of(self, function->result)->has & WIT_HAS_MEMORY;
}

/* "    const struct x_args args = {...};" */
static void write_args(host_generator *self, const wit_function *function,
                       const char *args, buffer *out)
{
    buffer_printf(out, "    const %s args = {\n", args);
    for (uint32_t i = 0; i < function->param_count; i++) {
        const wit_field *param = &function->params[i];
        buffer_printf(out, "        .%s = %s%s,\n",
                      c_identifier(&self->base, param->name),
                      host_by_pointer(self, param->type) ? "*" : "",
                      param_name(self, param->name));
    }
    buffer_text(out, "    };\n");
}

static void write_call(host_generator *self, uint32_t scope,
                       const wit_function *function, const char *name,
                       const char *args, const char *field)
{
    bool region = needs_region(self, function);
    const char **parts = new_parts(self, function);
    if (!parts)
        return;
    parts[0] = NAME(self, "const struct %s *world", self->prefix);
    size_t count = add_params(self, scope, function, parts, 1);
    count = add_result(self, scope, function, parts, count);
    if (region)
        parts[count++] = "whit_region *region";
    parts[count++] = "whit_error *error";
    const char *head = NAME(self, "whit_status %s", name);
    bind_write_docs(function->about.docs, 0, "// ", &self->h_functions);
    buffer_text(&self->h_functions, "WHIT_MUST_CHECK\n");
    c_write_call(head, parts, count, 0, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer *out = &self->c_functions;
    buffer_put(out, '\n');
    c_write_call(head, parts, count, 0, out);
    buffer_text(out, "\n{\n");
    if (args)
        write_args(self, function, args, out);
    const char *const values[] = {
        NAME(self, "world->functions.%s", field), args ? "&args" : "NULL",
        function->result != WIT_NONE ? "result" : "NULL",
        region ? "region" : "NULL", "error"};
    c_write_call("    return whit_component_call_typed", values, 5, 4, out);
    buffer_text(out, ";\n}\n");
}

static void write_start(host_generator *self, uint32_t scope,
                        const wit_function *function, const char *name,
                        const char *args, const char *field)
{
    const char *parts[6];
    size_t count = 0;
    parts[count++] = NAME(self, "const struct %s *world", self->prefix);
    if (args)
        parts[count++] = NAME(self, "const %s *args", args);
    count = add_result(self, scope, function, parts, count);
    parts[count++] = "whit_call **out";
    parts[count++] = "whit_error *error";
    const char *head = NAME(self, "whit_status %s", name);
    buffer_text(&self->h_functions, "WHIT_MUST_CHECK\n");
    c_write_call(head, parts, count, 0, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer *out = &self->c_functions;
    buffer_put(out, '\n');
    c_write_call(head, parts, count, 0, out);
    buffer_text(out, "\n{\n");
    const char *const values[] = {
        NAME(self, "world->functions.%s", field), args ? "args" : "NULL",
        function->result != WIT_NONE ? "result" : "NULL", "out", "error"};
    c_write_call("    return whit_call_start_typed", values, 5, 4, out);
    buffer_text(out, ";\n}\n");
}

/* A name in the struct of imports or of the world. */
static const char *claim_field(host_generator *self, bind_names *names,
                               const char *text)
{
    buffer out;
    buffer_init(&out);
    buffer_text(&out, text);
    bind_names_claim(names, &out, 0);
    const char *name = c_copy(&self->base, &out);
    buffer_release(&out);
    return name;
}

const char *host_behind_prefix(const host_generator *self, const char *name)
{
    size_t size = strlen(self->prefix);
    return strncmp(name, self->prefix, size) ? name : name + size;
}

/* What a name is without the world's prefix. */
static const char *short_name(host_generator *self, const char *name)
{
    const char *rest = host_behind_prefix(self, name);
    return c_identifier(&self->base,
                        slice_text(*rest == '_' ? rest + 1 : rest));
}

static const char *function_base(host_generator *self, uint32_t scope,
                                 const wit_function *function)
{
    buffer out;
    buffer_init(&out);
    buffer_printf(&out, "%s_", self->prefixes[scope]);
    bind_snake(function->name, &out);
    const char *base = c_copy(&self->base, &out);
    buffer_release(&out);
    return base;
}

static void export_function(host_generator *self, uint32_t scope,
                            const wit_function *function)
{
    const bind_scope *it = &self->world->scopes[scope];
    const char *base = function_base(self, scope, function);
    const char *name = c_claim(&self->base, base);
    const char *start = c_claim(&self->base, NAME(self, "%s_start", base));
    const char *field =
        claim_field(self, &self->world_fields, short_name(self, base));
    const char *args = define_args(self, scope, function, base);
    buffer_printf(&self->h_world, "        whit_component_func *%s;\n", field);
    write_call(self, scope, function, name, args, field);
    write_start(self, scope, function, start, args, field);
    host_note_streams(self, scope, function, field);
    buffer path;
    buffer_init(&path);
    if (it->item) {
        wit_item_write(self->set, it->item, &path);
        buffer_put(&path, '#');
    }
    buffer_slice(&path, function->name);
    const char *text = c_copy(&self->base, &path);
    buffer_release(&path);
    buffer *out = &self->c_exports;
    buffer_text(out, "    {");
    host_write_literal(text, 5, out);
    buffer_text(out, ",\n     ");
    host_write_literal(host_function_text(self, scope, function), 5, out);
    buffer_printf(out, ",\n     offsetof(struct %s, functions.%s)},\n",
                  self->prefix, field);
    self->exported++;
}

/* How a handle of a guest's resource is given up. */
static void export_drop(host_generator *self, uint32_t scope, wit_type type)
{
    const host_type *entry = host_type_of(self, scope, type);
    if (!entry)
        return;
    const char *name =
        c_claim(&self->base, NAME(self, "%s_drop_own", entry->base));
    const char *const parts[] = {
        NAME(self, "const struct %s *world", self->prefix),
        NAME(self, "%s handle", entry->name), "whit_error *error"};
    const char *head = NAME(self, "whit_status %s", name);
    buffer_printf(&self->h_functions,
                  "// Gives up a `%.*s`: its destructor runs.\n",
                  SLICE_ARG(def_of(self, type)->name));
    buffer_text(&self->h_functions, "WHIT_MUST_CHECK\n");
    c_write_call(head, parts, 3, 0, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer_put(&self->c_functions, '\n');
    c_write_call(head, parts, 3, 0, &self->c_functions);
    buffer_text(&self->c_functions,
                "\n{\n    return whit_resource_drop(world->store, "
                "handle.handle, error);\n}\n");
}

/* ---- Imports ---- */

/* An imported scope as it is written. */
typedef struct group {
    const char *path;      /* "group." or nothing */
    const char *interface; /* as a literal, or NULL */
    unsigned indent;
    bind_names *names;
    buffer given; /* whether anything is: "from->a || ..." a line each */
} group;

static void import_trampoline(host_generator *self,
                              const wit_function *function, const char *name,
                              const char *args, const char *member)
{
    static const char *const shared[] = {"whit_host_call *call", "void *env",
                                         "const void *arguments",
                                         "void *result", "whit_error *error"};
    const char **parts = new_parts(self, function);
    if (!parts)
        return;
    buffer *out = &self->c_functions;
    buffer_put(out, '\n');
    c_write_call(NAME(self, "static whit_status %s", name), shared, 5, 0, out);
    buffer_printf(out, "\n{\n    const struct %s_imports *given = env;\n",
                  self->prefix);
    if (args)
        buffer_printf(out, "    const %s *args =%sarguments;\n", args,
                      strlen(args) > 47 ? "\n        " : " ");
    else
        buffer_text(out, "    (void)arguments;\n");
    if (function->result == WIT_NONE)
        buffer_text(out, "    (void)result;\n");
    size_t count = 0;
    parts[count++] = "given->env";
    parts[count++] = "call";
    for (uint32_t i = 0; i < function->param_count; i++) {
        const wit_field *param = &function->params[i];
        parts[count++] = NAME(self, "%sargs->%s",
                              host_by_pointer(self, param->type) ? "&" : "",
                              c_identifier(&self->base, param->name));
    }
    if (function->result != WIT_NONE)
        parts[count++] = "result";
    parts[count++] = "error";
    c_write_call(NAME(self, "    return given->%s", member), parts, count, 4,
                 out);
    buffer_text(out, ";\n}\n");
}

static void write_complete(host_generator *self, uint32_t scope,
                           const wit_function *function, const char *base)
{
    const char *name = c_claim(&self->base, NAME(self, "%s_complete", base));
    const char *parts[2] = {"whit_completion *completion", NULL};
    size_t count = 1;
    bool pointer = false;
    if (function->result != WIT_NONE) {
        const char *type = host_type_name(self, scope, function->result);
        pointer = host_by_pointer(self, function->result);
        parts[count++] = pointer ? NAME(self, "const %s *result", type)
                                 : NAME(self, "%s result", type);
    }
    const char *head = NAME(self, "void %s", name);
    c_write_call(head, parts, count, 0, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer_put(&self->c_functions, '\n');
    c_write_call(head, parts, count, 0, &self->c_functions);
    buffer_printf(&self->c_functions,
                  "\n{\n    whit_complete_typed(completion, %s);\n}\n",
                  count == 1 ? "NULL"
                  : pointer  ? "result"
                             : "&result");
}

static void import_function(host_generator *self, uint32_t scope,
                            const wit_function *function, group *into)
{
    const char *base = function_base(self, scope, function);
    const char **parts = new_parts(self, function);
    if (!parts)
        return;
    const char *args = define_args(self, scope, function,
                                   c_text(&self->base, "%s_host", base));
    buffer text;
    buffer_init(&text);
    bind_snake(function->name, &text);
    const char *field = claim_field(
        self, into->names, c_identifier(&self->base, buffer_view(&text)));
    buffer_release(&text);
    parts[0] = "void *env";
    parts[1] = "whit_host_call *call";
    size_t count = add_params(self, scope, function, parts, 2);
    count = add_result(self, scope, function, parts, count);
    parts[count++] = "whit_error *error";
    bind_write_docs(function->about.docs, into->indent, "// ",
                    &self->h_imports);
    c_write_call(
        NAME(self, "%*swhit_status (*%s)", (int)into->indent, "", field), parts,
        count, into->indent, &self->h_imports);
    buffer_text(&self->h_imports, ";\n");
    const char *member = NAME(self, "%s%s", into->path, field);
    const char *trampoline = c_claim(&self->base, NAME(self, "call_%s", base));
    import_trampoline(self, function, trampoline, args, member);
    write_complete(self, scope, function, base);
    host_note_streams(self, scope, function, NULL);
    buffer_printf(&into->given, "        given |= from->%s != NULL;\n", member);
    buffer *out = &self->c_define;
    buffer_printf(out,
                  "    if (status == WHIT_OK && from->%s)\n"
                  "        status = whit_imports_define_typed(\n"
                  "            to, ",
                  member);
    if (into->interface)
        host_write_literal(into->interface, 12, out);
    else
        buffer_text(out, "NULL");
    buffer_text(out, ",\n            ");
    buffer name = {0};
    buffer_init(&name);
    buffer_slice(&name, function->name);
    host_write_literal(c_copy(&self->base, &name), 12, out);
    buffer_release(&name);
    buffer_text(out, ",\n            ");
    host_write_literal(host_function_text(self, scope, function), 12, out);
    buffer_printf(out, ",\n            %s, env, error);\n", trampoline);
}

/* A resource is defined with the first of its interface's functions. */
static void import_resource(host_generator *self, uint32_t scope, wit_type type,
                            group *into)
{
    const wit_type_def *def = def_of(self, type);
    const host_type *entry = host_type_of(self, scope, type);
    if (!entry)
        return;
    buffer text;
    buffer_init(&text);
    buffer_text(&text, "drop_");
    bind_snake(def->name, &text);
    const char *field =
        claim_field(self, into->names, c_copy(&self->base, &text));
    buffer_release(&text);
    const char *trampoline =
        c_claim(&self->base, NAME(self, "drop_%s", entry->base));
    buffer_printf(&self->h_imports,
                  "%*s// The guest's last handle of this `%.*s` is gone.\n",
                  (int)into->indent, "", SLICE_ARG(def->name));
    const char *const parts[] = {"void *env",
                                 NAME(self, "%s representation", entry->name)};
    c_write_call(NAME(self, "%*svoid (*%s)", (int)into->indent, "", field),
                 parts, 2, into->indent, &self->h_imports);
    buffer_text(&self->h_imports, ";\n");
    const char *member = NAME(self, "%s%s", into->path, field);
    buffer *out = &self->c_functions;
    buffer_put(out, '\n');
    const char *const shared[] = {"void *env", "uint32_t representation"};
    c_write_call(NAME(self, "static void %s", trampoline), shared, 2, 0, out);
    buffer_printf(out,
                  "\n{\n    const struct %s_imports *given = env;\n"
                  "    if (given->%s)\n"
                  "        given->%s(given->env, representation);\n}\n",
                  self->prefix, member, member);
    buffer_printf(&into->given, "        given |= from->%s != NULL;\n", member);
    out = &self->c_define;
    buffer_text(out, "    if (status == WHIT_OK && given)\n"
                     "        status = whit_imports_define_resource(\n"
                     "            to, ");
    if (into->interface)
        host_write_literal(into->interface, 12, out);
    else
        buffer_text(out, "NULL");
    buffer_printf(out, ", \"%.*s\",\n            %s, env, error);\n",
                  SLICE_ARG(def->name), trampoline);
}

static void write_title(host_generator *self, const bind_scope *scope,
                        const char *what, unsigned indent, buffer *out)
{
    buffer_printf(out, "\n%*s// %s", (int)indent, "", what);
    if (!scope->item) {
        buffer_printf(out, " world %.*s\n",
                      SLICE_ARG(self->world->world->name));
        return;
    }
    buffer_put(out, ' ');
    wit_item_write(self->set, scope->item, out);
    buffer_put(out, '\n');
    if (!scope->docs.size)
        return;
    buffer_printf(out, "%*s//\n", (int)indent, "");
    bind_write_docs(scope->docs, indent, "// ", out);
}

static bool is_resource(const host_generator *self, wit_type type)
{
    return def_of(self, type)->kind == WIT_RESOURCE;
}

static void import_all(host_generator *self, uint32_t scope, group *into)
{
    const bind_scope *it = &self->world->scopes[scope];
    buffer later, *out = &self->c_define;
    uint32_t resources = 0;
    buffer_init(&later);
    for (uint32_t i = 0; i < it->type_count; i++)
        resources += is_resource(self, it->types[i]);
    buffer before = *out; /* what follows stands behind `given` */
    buffer_init(out);
    for (uint32_t i = 0; i < it->type_count; i++)
        if (is_resource(self, it->types[i]))
            import_resource(self, scope, it->types[i], into);
    for (uint32_t i = 0; i < it->function_count; i++)
        import_function(self, scope, it->functions[i], into);
    later = *out;
    *out = before;
    if (resources) {
        buffer_text(out, "    given = false;\n    if (status == WHIT_OK) {\n");
        buffer_slice(out, buffer_view(&into->given));
        buffer_text(out, "    }\n");
    }
    buffer_slice(out, buffer_view(&later));
    self->base.failed |= later.failed || into->given.failed;
    buffer_release(&later);
}

static void import_scope(host_generator *self, uint32_t scope)
{
    const bind_scope *it = &self->world->scopes[scope];
    bind_names names;
    buffer text;
    group into = {.path = "", .indent = 4, .names = &self->import_fields};
    buffer_init(&into.given);
    buffer_init(&text);
    bind_names_init(&names);
    write_title(self, it, it->item ? "interface" : "of", 4, &self->h_imports);
    const char *field = NULL;
    if (it->item) {
        wit_item_write(self->set, it->item, &text);
        into.interface = c_copy(&self->base, &text);
        field = claim_field(self, &self->import_fields,
                            short_name(self, self->prefixes[scope]));
        into.path = NAME(self, "%s.", field);
        into.indent = 8;
        into.names = &names;
        buffer_text(&self->h_imports, "    struct {\n");
    }
    import_all(self, scope, &into);
    if (field)
        buffer_printf(&self->h_imports, "    } %s;\n", field);
    self->base.failed |= names.failed;
    bind_names_release(&names);
    buffer_release(&into.given);
    buffer_release(&text);
}

/* Only functions and resources are a host's business. */
static bool gives_something(const host_generator *self, const bind_scope *it)
{
    if (it->function_count)
        return true;
    for (uint32_t i = 0; i < it->type_count; i++)
        if (is_resource(self, it->types[i]))
            return true;
    return false;
}

void host_write_scope(host_generator *self, uint32_t scope)
{
    const bind_scope *it = &self->world->scopes[scope];
    if (it->type_count)
        write_title(self, it, it->exported ? "Types exported by" : "Types of",
                    0, &self->h_types);
    host_define_scope(self, scope);
    if (!gives_something(self, it))
        return;
    write_title(self, it,
                it->exported ? "Exports of" : "Late answers to imports from", 0,
                &self->h_functions);
    if (!it->exported) {
        import_scope(self, scope);
        return;
    }
    for (uint32_t i = 0; i < it->type_count; i++)
        if (is_resource(self, it->types[i]))
            export_drop(self, scope, it->types[i]);
    for (uint32_t i = 0; i < it->function_count; i++)
        export_function(self, scope, it->functions[i]);
}
