/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Signatures in C, and functions that are imported. */
#include "bindgen/c_private.h"

static const wit_type_def *def_of(const c_generator *self, wit_type type)
{
    return wit_type_get(self->set, type);
}

/* Names that the generated bodies use themselves. */
static const char *parameter_name(c_generator *self, slice name)
{
    static const char *const taken[] = {"ret", "err", "result", "args", "area"};
    const char *out = c_identifier(self, name);
    for (size_t i = 0; i < COUNT_OF(taken); i++)
        if (!strcmp(out, taken[i]))
            return c_text(self, "%s_", out);
    return out;
}

static void signature_param(c_generator *self, uint32_t scope,
                            const wit_field *param, c_param *out)
{
    uint32_t inner = scope;
    wit_type type = bind_world_strip(self->world, &inner, param->type);
    const char *name = parameter_name(self, param->name);
    *out = (c_param){.name = name,
                     .field = name,
                     .type = c_type_name(self, scope, param->type),
                     .wit = param->type,
                     .pointer = c_by_pointer(self, param->type)};
    if (def_of(self, type)->kind != WIT_OPTION)
        return;
    out->maybe = true;
    out->type = c_type_name(self, inner, def_of(self, type)->element);
    out->name = c_text(self, "maybe_%s", name);
}

void c_signature_of(c_generator *self, uint32_t scope,
                    const wit_function *function, c_signature *out)
{
    buffer name;
    buffer_init(&name);
    bind_snake(function->name, &name);
    *out = (c_signature){
        .name = c_claim(self, c_text(self, "%s_%s", self->prefixes[scope],
                                     c_copy(self, &name))),
        .params = arena_array(&self->memory, function->param_count + 1u,
                              sizeof *out->params),
        .result_type = function->result,
        .result_scope = scope,
        .ok = WIT_NONE,
        .error = WIT_NONE};
    buffer_release(&name);
    if (!out->params) {
        self->failed = true;
        return;
    }
    for (; out->param_count < function->param_count; out->param_count++)
        signature_param(self, scope, &function->params[out->param_count],
                        &out->params[out->param_count]);
    if (function->result == WIT_NONE)
        return;
    (void)c_type_name(self, scope, function->result);
    wit_type type =
        bind_world_strip(self->world, &out->result_scope, function->result);
    const wit_type_def *def = def_of(self, type);
    out->ok = def->element;
    out->error = def->other;
    out->result = C_RESULT_SCALAR;
    if (c_by_pointer(self, type))
        out->result = C_RESULT_POINTER;
    if (def->kind == WIT_OPTION)
        out->result = C_RESULT_OPTION;
    if (def->kind == WIT_RESULT)
        out->result = C_RESULT_RESULT;
}

/* Where the name in "type name" begins; 0 when the head has no type. */
static size_t name_start(const char *head)
{
    const char *space = strrchr(head, ' ');
    if (!space)
        return 0;
    return (size_t)(space - head) + 1 + (space[1] == '*');
}

void c_write_call(const char *head, const char *const *parts, size_t count,
                  unsigned indent, buffer *out)
{
    size_t column = strlen(head) + 1;
    size_t longest = 0;
    for (size_t i = 0; i < count; i++)
        longest = strlen(parts[i]) > longest ? strlen(parts[i]) : longest;
    size_t next = column;
    if (column + longest + 2 > 80) {
        size_t name = indent ? 0 : name_start(head);
        if (name <= strlen("void "))
            name = 0;
        next = indent + 4;
        if (name && column - name + longest + 2 <= 80) {
            size_t type = name;
            while (head[type - 1] == ' ')
                type--;
            buffer_printf(out, "%.*s\n", (int)type, head);
            head += name;
            next = column -= name;
        }
    }
    buffer_printf(out, "%s(", head);
    if (next < column) {
        buffer_printf(out, "\n%*s", (int)next, "");
        column = next;
    }
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(parts[i]);
        if (column + size + 1 + (i + 1 == count) > 80 && column > next) {
            if (i)
                out->size -= out->size > 0;
            buffer_printf(out, "\n%*s", (int)next, "");
            column = next;
        }
        buffer_text(out, parts[i]);
        if (i + 1 < count)
            buffer_text(out, ", ");
        column += size + 2;
    }
    buffer_put(out, ')');
}

size_t c_write_params(c_generator *self, const c_signature *signature,
                      bool constant, const char **parts)
{
    size_t count = 0;
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        parts[count++] =
            param->pointer ? c_text(self, "%s%s *%s", constant ? "const " : "",
                                    param->type, param->name)
                           : c_text(self, "%s %s", param->type, param->name);
    }
    return count;
}

/* An array for a signature's parts with room for ret and err; never NULL. */
static const char **parts_of(c_generator *self, const c_signature *signature)
{
    static const char *none[3];
    const char **parts =
        arena_array(&self->memory, signature->param_count + 3u, sizeof(*parts));
    if (!parts)
        self->failed = true;
    return parts ? parts : none;
}

void c_write_signature(c_generator *self, uint32_t scope, const c_signature *it,
                       bool constant, buffer *out)
{
    const char **parts = parts_of(self, it);
    if (self->failed)
        return;
    size_t count = c_write_params(self, it, constant, parts);
    const char *type = "bool";
    if (it->result == C_RESULT_NONE || it->result == C_RESULT_POINTER)
        type = "void";
    if (it->result == C_RESULT_SCALAR)
        type = c_type_name(self, scope, it->result_type);
    if (it->result == C_RESULT_POINTER)
        parts[count++] =
            c_text(self, "%s *ret", c_type_name(self, scope, it->result_type));
    if (it->result >= C_RESULT_OPTION && it->ok != WIT_NONE)
        parts[count++] = c_text(self, "%s *ret",
                                c_type_name(self, it->result_scope, it->ok));
    if (it->result == C_RESULT_RESULT && it->error != WIT_NONE)
        parts[count++] = c_text(self, "%s *err",
                                c_type_name(self, it->result_scope, it->error));
    if (!count)
        parts[count++] = "void";
    c_write_call(c_text(self, "%s %s", type, it->name), parts, count, 0, out);
}

void c_write_import(c_generator *self, const char *module, const char *name,
                    const char *c_name, const uint8_t *params,
                    unsigned param_count, const char *result, buffer *out)
{
    const char *parts[WIT_MAX_FLAT_PARAMS + 1];
    size_t count = 0;
    for (unsigned i = 0; i < param_count && i < COUNT_OF(parts); i++)
        parts[count++] = c_core_name(params[i]);
    if (!count)
        parts[count++] = "void";
    buffer_printf(out,
                  "\n__attribute__((__import_module__(%s),\n"
                  "               __import_name__(%s)))\n",
                  c_quote(self, slice_text(module)),
                  c_quote(self, slice_text(name)));
    c_write_call(c_text(self, "extern %s %s", result, c_name), parts, count, 0,
                 out);
    buffer_text(out, ";\n");
}

void c_write_args(c_generator *self, uint32_t scope,
                  const c_signature *signature, const char *head,
                  unsigned indent, buffer *out)
{
    buffer_printf(out, "%*s%s {\n", (int)indent, "", head);
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        buffer_printf(out, "%*s%s %s;\n", (int)indent + 4, "",
                      c_type_name(self, scope, param->wit), param->field);
    }
    buffer_printf(out, "%*s}", (int)indent, "");
}

/* Makes the import of a function as `abi` has it; gives its C name. */
static const char *core_import(c_generator *self, uint32_t scope,
                               const wit_function *function, wit_abi abi,
                               const char *name, const wit_signature *core)
{
    buffer module, field;
    buffer_init(&module);
    buffer_init(&field);
    bind_write_module(self->world, &self->world->scopes[scope], &module);
    wit_core_import_write(function, WIT_NAMES_LEGACY, abi, &field);
    const char *import = c_claim(self, c_text(self, "wasm_import_%s", name));
    c_write_import(self, c_copy(self, &module), c_copy(self, &field), import,
                   core->params, core->param_count,
                   core->result_count ? c_core_name(core->results[0]) : "void",
                   &self->c_functions);
    buffer_release(&module);
    buffer_release(&field);
    return import;
}

/* The arguments of the core call; statements go before. */
static void lower_params(c_generator *self, c_body *body, uint32_t scope,
                         const c_signature *signature, c_flat *out)
{
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        if (param->maybe)
            c_lower_maybe(self, body, scope, param->wit, param->name, out);
        else
            c_lower(self, body, scope, param->wit,
                    param->pointer ? c_text(self, "(*%s)", param->name)
                                   : param->name,
                    out);
    }
}

/* The same when there are too many: a struct of them. */
static void gather_params(c_generator *self, c_body *body, uint32_t scope,
                          const c_signature *signature, c_flat *out)
{
    c_write_args(self, scope, signature, "struct", 4, body->out);
    buffer_text(body->out, " args;\n");
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        if (!param->maybe) {
            c_line(body, "args.%s = %s%s;", param->name,
                   param->pointer ? "*" : "", param->name);
            continue;
        }
        const char *field = param->field;
        c_line(body, "args.%s.is_some = %s != NULL;", field, param->name);
        c_line(body, "if (%s)", param->name);
        c_line(body, "    args.%s.val = *%s;", field, param->name);
    }
    out->values[out->count++] = "address_of(&args)";
}

/* Gives a result that lies in `area` to the caller. */
static void return_area(c_body *body, const c_signature *signature)
{
    if (signature->result == C_RESULT_SCALAR) {
        c_line(body, "return area;");
    } else if (signature->result == C_RESULT_OPTION) {
        c_line(body, "if (area.is_some)");
        c_line(body, "    *ret = area.val;");
        c_line(body, "return area.is_some;");
    } else if (signature->result == C_RESULT_RESULT) {
        if (signature->ok != WIT_NONE) {
            c_line(body, "if (!area.is_err)");
            c_line(body, "    *ret = area.val.ok;");
        }
        if (signature->error != WIT_NONE) {
            c_line(body, "if (area.is_err)");
            c_line(body, "    *err = area.val.err;");
        }
        c_line(body, "return !area.is_err;");
    }
}

static void write_core_call(c_generator *self, c_body *body, const char *head,
                            const c_flat *arguments)
{
    const char *line = c_text(self, "%*s%s", (int)body->indent, "", head);
    c_write_call(line, arguments->values, arguments->count, body->indent + 4,
                 body->out);
    buffer_text(body->out, ";\n");
}

/* The body of a call that returns its result. */
static void sync_body(c_generator *self, uint32_t scope,
                      const c_signature *signature, const wit_signature *core,
                      const char *import, buffer *out)
{
    c_body body = {.out = out, .indent = 4};
    c_flat arguments = {.count = 0};
    if (core->params_indirect)
        gather_params(self, &body, scope, signature, &arguments);
    else
        lower_params(self, &body, scope, signature, &arguments);
    bool direct =
        core->result_indirect && signature->result == C_RESULT_POINTER;
    if (signature->result == C_RESULT_NONE) {
        write_core_call(self, &body, import, &arguments);
        return;
    }
    if (!direct && signature->result != C_RESULT_POINTER)
        c_line(&body, "%s area;",
               c_type_name(self, scope, signature->result_type));
    if (core->result_indirect) {
        arguments.values[arguments.count++] =
            direct ? "address_of(ret)" : "address_of(&area)";
        write_core_call(self, &body, import, &arguments);
    } else {
        write_core_call(self, &body,
                        c_text(self, "%s core_ = %s",
                               c_core_name(core->results[0]), import),
                        &arguments);
        c_flat result = {.values = {"core_"}, .count = 1};
        c_lift(self, &body, scope, signature->result_type, &result,
               signature->result == C_RESULT_POINTER ? "(*ret)" : "area");
    }
    return_area(&body, signature);
}

static void import_sync(c_generator *self, uint32_t scope,
                        const wit_function *function,
                        const c_signature *signature)
{
    wit_signature core;
    wit_signature_lower(self->set, function, WIT_ABI_SYNC, 4, &core);
    const char *import = core_import(self, scope, function, WIT_ABI_SYNC,
                                     signature->name, &core);
    c_write_signature(self, scope, signature, true, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer_put(&self->c_functions, '\n');
    c_write_signature(self, scope, signature, true, &self->c_functions);
    buffer_text(&self->c_functions, "\n{\n");
    sync_body(self, scope, signature, &core, import, &self->c_functions);
    buffer_text(&self->c_functions, "}\n");
}

/* The head of the function that starts a call. */
static void async_head(c_generator *self, uint32_t scope,
                       const c_signature *signature, const char *args,
                       buffer *out)
{
    const char **parts = parts_of(self, signature);
    if (self->failed)
        return;
    size_t count = 0;
    if (args)
        parts[count++] = c_text(self, "const %s *args", args);
    else
        count = c_write_params(self, signature, true, parts);
    if (signature->result_type != WIT_NONE)
        parts[count++] =
            c_text(self, "%s *result",
                   c_type_name(self, scope, signature->result_type));
    if (!count)
        parts[count++] = "void";
    c_write_call(
        c_text(self, "%s_subtask_status_t %s", self->prefix, signature->name),
        parts, count, 0, out);
}

static void import_async(c_generator *self, uint32_t scope,
                         const wit_function *function,
                         const c_signature *signature)
{
    wit_signature core;
    const char *args = NULL;
    wit_signature_lower(self->set, function, WIT_ABI_ASYNC, 4, &core);
    const char *import = core_import(self, scope, function, WIT_ABI_ASYNC,
                                     signature->name, &core);
    if (core.params_indirect) {
        args = c_claim(self, c_text(self, "%s_args_t", signature->name));
        buffer_put(&self->h_types, '\n');
        c_write_args(self, scope, signature,
                     c_text(self, "typedef struct %s", args), 0,
                     &self->h_types);
        buffer_printf(&self->h_types, " %s;\n", args);
        buffer_text(&self->h_functions,
                    "// `args` must live until the call has started.\n");
    }
    async_head(self, scope, signature, args, &self->h_functions);
    buffer_text(&self->h_functions, ";\n");
    buffer *out = &self->c_functions;
    buffer_put(out, '\n');
    async_head(self, scope, signature, args, out);
    buffer_text(out, "\n{\n");
    c_body body = {.out = out, .indent = 4};
    c_flat arguments = {.count = 0};
    if (args)
        arguments.values[arguments.count++] = "address_of(args)";
    else
        lower_params(self, &body, scope, signature, &arguments);
    if (signature->result_type != WIT_NONE)
        arguments.values[arguments.count++] = "address_of(result)";
    write_core_call(self, &body, c_text(self, "return (uint32_t)%s", import),
                    &arguments);
    buffer_text(out, "}\n");
}

void c_import_function(c_generator *self, uint32_t scope,
                       const wit_function *function)
{
    c_signature signature;
    c_signature_of(self, scope, function, &signature);
    if (self->failed)
        return;
    bind_write_docs(function->about.docs, 0, "// ", &self->h_functions);
    if (function->is_async) {
        self->needs_async = true;
        import_async(self, scope, function, &signature);
        signature.name =
            c_claim(self, c_text(self, "%s_blocking", signature.name));
        buffer_text(&self->h_functions,
                    "// The same, returning only with the result.\n");
    }
    import_sync(self, scope, function, &signature);
    c_stream_functions(self, scope, function);
}
