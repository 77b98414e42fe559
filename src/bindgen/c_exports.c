/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions that the component exports: the user writes them, core functions
 * around them speak the canonical ABI. */
#include "bindgen/c_private.h"

/* The head of a core export: attribute, prototype, and head again. */
static void core_head(c_generator *self, slice export_name, const char *name,
                      const uint8_t *params, unsigned count, const char *result,
                      buffer *out)
{
    const char *types[WIT_MAX_FLAT_PARAMS + 1];
    const char *named[WIT_MAX_FLAT_PARAMS + 1];
    size_t n = 0;
    for (; n < count && n < COUNT_OF(types); n++) {
        types[n] = c_core_name(params[n]);
        named[n] = c_text(self, "%s a%zu_", types[n], n);
    }
    if (!n)
        types[0] = named[0] = "void";
    const char *head = c_text(self, "%s %s", result, name);
    buffer_printf(out, "\n__attribute__((__export_name__(%s)))\n",
                  c_quote(self, export_name));
    c_write_call(head, types, n ? n : 1, 0, out);
    buffer_text(out, ";\n");
    c_write_call(head, named, n ? n : 1, 0, out);
    buffer_text(out, "\n{\n");
}

/* Puts the parameters together; `places` become lvalues. */
static void lift_params(c_generator *self, c_body *body, uint32_t scope,
                        const c_signature *signature, const wit_signature *core,
                        const char **places)
{
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        places[i] = param->field;
    }
    if (core->params_indirect) {
        c_write_args(self, scope, signature, "struct args_area_", 4, body->out);
        buffer_text(body->out, ";\n    struct args_area_ args_area_ = "
                               "*(struct args_area_ *)pointer_to(a0_);\n    "
                               "free(pointer_to(a0_));\n");
        for (uint32_t i = 0; i < signature->param_count; i++)
            places[i] = c_text(self, "args_area_.%s", places[i]);
        return;
    }
    unsigned at = 0;
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        c_flat values = {.count = 0};
        unsigned count = wit_layout_of(self->set, param->wit, 4)->flat_count;
        while (values.count < count && at < core->param_count)
            values.values[values.count++] = c_text(self, "a%u_", at++);
        c_line(body, "%s %s;", c_type_name(self, scope, param->wit), places[i]);
        c_lift(self, body, scope, param->wit, &values, places[i]);
    }
}

/* The arguments of the user's function, with `more` behind. */
static void write_user_call(c_generator *self, c_body *body, const char *head,
                            const c_signature *signature,
                            const char *const *places, const char **parts,
                            const char *first, const char *second)
{
    size_t count = 0;
    for (uint32_t i = 0; i < signature->param_count; i++) {
        const c_param *param = &signature->params[i];
        parts[count++] = param->maybe
                             ? c_text(self, "%s.is_some ? &%s.val : NULL",
                                      places[i], places[i])
                         : param->pointer ? c_text(self, "&%s", places[i])
                                          : places[i];
    }
    if (first)
        parts[count++] = first;
    if (second)
        parts[count++] = second;
    const char *line =
        c_text(self, "%*s%s%s", (int)body->indent, "", head, signature->name);
    c_write_call(line, parts, count, body->indent, body->out);
}

/* Calls a function that gives a result<>, through values of their own: what
 * the other one holds must not matter. */
static void call_for_result(c_generator *self, c_body *body,
                            const c_signature *signature,
                            const char *const *places, const char **parts)
{
    bool ok = signature->ok != WIT_NONE;
    bool error = signature->error != WIT_NONE;
    if (ok)
        c_line(body, "%s ok_value_;",
               c_type_name(self, signature->result_scope, signature->ok));
    if (error)
        c_line(body, "%s err_value_;",
               c_type_name(self, signature->result_scope, signature->error));
    write_user_call(self, body, "area_.is_err = !", signature, places, parts,
                    ok      ? "&ok_value_"
                    : error ? "&err_value_"
                            : NULL,
                    ok && error ? "&err_value_" : NULL);
    buffer_text(body->out, ";\n");
    if (ok) {
        c_line(body, "if (!area_.is_err)");
        c_line(body, "    area_.val.ok = ok_value_;");
    }
    if (error) {
        c_line(body, "if (area_.is_err)");
        c_line(body, "    area_.val.err = err_value_;");
    }
}

static void sync_body(c_generator *self, c_body *body, uint32_t scope,
                      const c_signature *signature, const wit_signature *core,
                      const char *const *places, const char **parts)
{
    if (signature->result == C_RESULT_NONE) {
        write_user_call(self, body, "", signature, places, parts, NULL, NULL);
        buffer_text(body->out, ";\n");
        return;
    }
    c_line(body, "%s%s area_;", core->result_indirect ? "static " : "",
           c_type_name(self, scope, signature->result_type));
    switch (signature->result) {
    case C_RESULT_SCALAR:
        write_user_call(self, body, "area_ = ", signature, places, parts, NULL,
                        NULL);
        buffer_text(body->out, ";\n");
        break;
    case C_RESULT_POINTER:
        write_user_call(self, body, "", signature, places, parts, "&area_",
                        NULL);
        buffer_text(body->out, ";\n");
        break;
    case C_RESULT_OPTION:
        write_user_call(self, body, "area_.is_some = ", signature, places,
                        parts, "&area_.val", NULL);
        buffer_text(body->out, ";\n");
        break;
    default:
        call_for_result(self, body, signature, places, parts);
        break;
    }
    if (core->result_indirect) {
        c_line(body, "return address_of(&area_);");
        return;
    }
    c_flat result = {.count = 0};
    c_lower(self, body, scope, signature->result_type, "area_", &result);
    c_line(body, "return %s;", result.count ? result.values[0] : "0");
}

static void write_post_return(c_generator *self, uint32_t scope,
                              const wit_function *function,
                              const c_signature *signature)
{
    buffer name;
    wit_signature core;
    if (function->result == WIT_NONE ||
        !c_needs_free(self, function->result, false))
        return;
    wit_signature_post_return(self->set, function, 4, &core);
    buffer_init(&name);
    bind_write_export(self->world, &self->world->scopes[scope], function,
                      WIT_CORE_POST_RETURN, &name);
    buffer *out = &self->c_functions;
    buffer body;
    buffer_init(&body);
    c_write_free(self, scope, function->result, "(*ret)", false, 4, &body);
    core_head(self, buffer_view(&name),
              c_claim(self, c_text(self, "wasm_post_%s", signature->name)),
              core.params, core.param_count, "void", out);
    buffer_printf(out, "    %s *ret = pointer_to(a0_);\n",
                  c_type_name(self, scope, function->result));
    buffer_slice(out, buffer_view(&body));
    buffer_text(out, "}\n");
    buffer_release(&body);
    buffer_release(&name);
}

/* "cb_t f(args)": the user's part of an async export. */
static void async_head(c_generator *self, const c_signature *signature,
                       const char **parts, buffer *out)
{
    size_t count = c_write_params(self, signature, false, parts);
    if (!count)
        parts[count++] = "void";
    c_write_call(
        c_text(self, "%s_callback_code_t %s", self->prefix, signature->name),
        parts, count, 0, out);
    buffer_text(out, ";\n");
}

static void write_callback(c_generator *self, uint32_t scope,
                           const wit_function *function,
                           const c_signature *signature)
{
    static const uint8_t params[] = {WIT_CORE_I32, WIT_CORE_I32, WIT_CORE_I32};
    const char *name =
        c_claim(self, c_text(self, "%s_callback", signature->name));
    buffer_printf(&self->h_exports,
                  "%s_callback_code_t %s(%s_event_t *event);\n", self->prefix,
                  name, self->prefix);
    buffer *out = &self->c_functions;
    buffer_printf(out,
                  "\n__attribute__((__weak__)) %s_callback_code_t %s(\n"
                  "    %s_event_t *event)\n{\n    (void)event;\n"
                  "    __builtin_trap();\n}\n",
                  self->prefix, name, self->prefix);
    buffer export;
    buffer_init(&export);
    bind_write_export(self->world, &self->world->scopes[scope], function,
                      WIT_CORE_CALLBACK, &export);
    core_head(self, buffer_view(&export),
              c_claim(self, c_text(self, "wasm_callback_%s", signature->name)),
              params, 3, "int32_t", out);
    buffer_release(&export);
    buffer_printf(out,
                  "    %s_event_t event = {\n"
                  "        (%s_event_code_t)a0_, (uint32_t)a1_, "
                  "(uint32_t)a2_};\n"
                  "    return (int32_t)%s(&event);\n}\n",
                  self->prefix, self->prefix, name);
}

/* The function that hands over the result of an async export. */
static void write_task_return(c_generator *self, uint32_t scope,
                              const wit_function *function,
                              const c_signature *signature)
{
    wit_signature core;
    wit_signature_task_return(self->set, function, 4, &core);
    buffer module, field;
    buffer_init(&module);
    buffer_init(&field);
    wit_core_module_write(self->set, self->world->scopes[scope].item,
                          WIT_NAMES_LEGACY, true, &module);
    wit_core_task_return_write(function, &field);
    const char *import =
        c_claim(self, c_text(self, "wasm_return_%s", signature->name));
    buffer *out = &self->c_functions;
    c_write_import(self, c_copy(self, &module), c_copy(self, &field), import,
                   core.params, core.param_count, "void", out);
    buffer_release(&module);
    buffer_release(&field);
    const char *name =
        c_claim(self, c_text(self, "%s_return", signature->name));
    const char *parts[] = {"void"};
    if (function->result != WIT_NONE)
        parts[0] =
            c_text(self, "%s ret", c_type_name(self, scope, function->result));
    const char *head = c_text(self, "void %s", name);
    c_write_call(head, parts, 1, 0, &self->h_exports);
    buffer_text(&self->h_exports, ";\n");
    buffer_put(out, '\n');
    c_write_call(head, parts, 1, 0, out);
    buffer_text(out, "\n{\n");
    c_body body = {.out = out, .indent = 4};
    c_flat values = {.count = 0};
    if (core.params_indirect)
        values.values[values.count++] = "address_of(&ret)";
    else if (function->result != WIT_NONE)
        c_lower(self, &body, scope, function->result, "ret", &values);
    c_write_call(c_text(self, "    %s", import), values.values, values.count, 4,
                 out);
    buffer_text(out, ";\n}\n");
}

void c_export_function(c_generator *self, uint32_t scope,
                       const wit_function *function)
{
    c_signature signature;
    wit_signature core;
    c_signature_of(self, scope, function, &signature);
    size_t room = signature.param_count + 3u;
    const char **places = arena_array(&self->memory, room, sizeof(*places));
    const char **parts = arena_array(&self->memory, room, sizeof(*parts));
    if (self->failed || !places || !parts) {
        self->failed = true;
        return;
    }
    c_stream_functions(self, scope, function);
    wit_signature_lift(self->set, function, bind_abi(function), 4, &core);
    bind_write_docs(function->about.docs, 0, "// ", &self->h_exports);
    if (function->is_async) {
        self->needs_async = true;
        async_head(self, &signature, parts, &self->h_exports);
        write_callback(self, scope, function, &signature);
        write_task_return(self, scope, function, &signature);
    } else {
        c_write_signature(self, scope, &signature, false, &self->h_exports);
        buffer_text(&self->h_exports, ";\n");
    }
    buffer name;
    buffer_init(&name);
    bind_write_export(self->world, &self->world->scopes[scope], function,
                      WIT_CORE_FUNCTION, &name);
    buffer *out = &self->c_functions;
    core_head(self, buffer_view(&name),
              c_claim(self, c_text(self, "wasm_export_%s", signature.name)),
              core.params, core.param_count,
              core.result_count ? c_core_name(core.results[0]) : "void", out);
    buffer_release(&name);
    c_body body = {.out = out, .indent = 4};
    lift_params(self, &body, scope, &signature, &core, places);
    if (function->is_async) {
        write_user_call(self, &body, "return (int32_t)", &signature, places,
                        parts, NULL, NULL);
        buffer_text(out, ";\n");
    } else {
        sync_body(self, &body, scope, &signature, &core, places, parts);
    }
    buffer_text(out, "}\n");
    if (!function->is_async)
        write_post_return(self, scope, function, &signature);
}
