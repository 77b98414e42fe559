/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions that a component in Rust imports. */
#include "bindgen/rust_private.h"

static const char *core_type(uint8_t core)
{
    static const char *const names[] = {[WIT_CORE_I32] = "i32",
                                        [WIT_CORE_I64] = "i64",
                                        [WIT_CORE_F32] = "f32",
                                        [WIT_CORE_F64] = "f64"};
    return names[core];
}

void rust_write_extern(rust_generator *self, rust_body *body,
                       const char *module, const char *link_name,
                       const char *name, const wit_signature *signature)
{
    rust_attribute(body->out, body->indent, "#[link(",
                   rust_text(self, "wasm_import_module = %s", module), ")]");
    rust_line(body, "unsafe extern \"C\" {");
    rust_line(body, "    #[link_name = %s]", link_name);
    rust_list params = {0};
    for (unsigned i = 0; i < signature->param_count; i++)
        rust_add(self, &params,
                 rust_text(self, "_: %s", core_type(signature->params[i])));
    const char *tail = ");";
    if (signature->result_count)
        tail = rust_text(self, ") -> %s;", core_type(signature->results[0]));
    rust_items(body->out, body->indent + 4, rust_text(self, "fn %s(", name),
               &params, tail, RUST_WIDTH);
    rust_line(body, "}");
}

static const char *result_type(rust_generator *self, uint32_t scope,
                               const rust_head *head)
{
    const wit_function *function = head->function;
    if (function->result == WIT_NONE)
        return NULL;
    if (!head->constructs_self)
        return rust_type(self, scope, function->result, RUST_OWNED);
    uint32_t owner = scope;
    wit_type type = bind_world_strip(self->world, &owner, function->result);
    const wit_type_def *def = &self->set->types[type];
    if (def->kind != WIT_RESULT)
        return "Self";
    return rust_text(self, "Result<Self, %s>",
                     def->other == WIT_NONE
                         ? "()"
                         : rust_type(self, owner, def->other, RUST_OWNED));
}

static const char *function_name(rust_generator *self,
                                 const wit_function *function)
{
    if (function->kind == WIT_CONSTRUCTOR)
        return "new";
    const char *name = rust_identifier(self, function->item_name);
    bool clash = function->kind != WIT_FREESTANDING && !strcmp(name, "new");
    return clash ? "new_" : name;
}

void rust_write_head(rust_generator *self, uint32_t scope,
                     const rust_head *head, buffer *out, unsigned indent)
{
    const wit_function *function = head->function;
    rust_list params = {0};
    uint32_t first = function->kind == WIT_METHOD;
    if (first)
        rust_add(self, &params, "&self");
    for (uint32_t i = first; i < function->param_count; i++)
        rust_add(self, &params,
                 rust_text(self, "%s: %s",
                           rust_local(self, function->params[i].name),
                           rust_type(self, scope, function->params[i].type,
                                     head->mode)));
    const char *result = result_type(self, scope, head);
    const char *tail = result ? rust_text(self, ") -> %s%s", result, head->tail)
                              : rust_text(self, ")%s", head->tail);
    bind_write_docs(function->about.docs, indent, "/// ", out);
    rust_items(out, indent,
               rust_text(self, "%s%sfn %s(", head->before,
                         function->is_async ? "async " : "",
                         function_name(self, function)),
               &params, tail, RUST_WIDTH);
}

/* Parameters in the form that the core function takes. */
static void lower_params(rust_generator *self, rust_body *body, uint32_t scope,
                         const wit_function *function,
                         const wit_signature *signature, rust_list *flat)
{
    wit_layout_walk walk = wit_walk_start(self->set, 4);
    if (signature->params_indirect) {
        rust_line(body, "let mut params = whit::abi::Area::<%llu>::new();",
                  (unsigned long long)signature->param_size);
        rust_line(body, "let params = params.pointer();");
        rust_add(self, flat, "params as i32");
    }
    for (uint32_t i = 0; i < function->param_count; i++) {
        const wit_field *param = &function->params[i];
        const char *name = function->kind == WIT_METHOD && !i
                               ? "self"
                               : rust_local(self, param->name);
        uint64_t offset = wit_walk_next(&walk, param->type);
        if (signature->params_indirect)
            rust_store(self, body, scope, param->type, name, "params", offset);
        else
            rust_lower(self, body, scope, param->type, name, flat);
    }
}

static bool has_taken_arrays(const buffer *text)
{
    slice rest = buffer_view(text);
    static const char word[] = "arrays.add(";
    for (; rest.size >= sizeof word - 1; rest.data++, rest.size--)
        if (!memcmp(rest.data, word, sizeof word - 1))
            return true;
    return false;
}

static const char *result_value(rust_generator *self, rust_body *body,
                                uint32_t scope, const wit_function *function,
                                const wit_signature *signature,
                                const char *direct)
{
    if (function->result == WIT_NONE)
        return "";
    if (signature->result_indirect)
        return rust_load(self, body, scope, function->result, "area", 0);
    rust_list flat = {0};
    unsigned at = 0;
    rust_add(self, &flat, direct);
    return rust_lift(self, body, scope, function->result, &flat, &at);
}

static void call_sync(rust_generator *self, rust_body *body, uint32_t scope,
                      const wit_function *function,
                      const wit_signature *signature, const rust_list *flat)
{
    const char *direct = "";
    const char *head = "call(";
    if (signature->result_count) {
        direct = rust_fresh(self, body);
        head = rust_text(self, "let %s = call(", direct);
    }
    rust_items(body->out, body->indent, head, flat, ");", RUST_LIST_WIDTH);
    const char *value =
        result_value(self, body, scope, function, signature, direct);
    if (*value)
        rust_line(body, "%s", value);
}

static void call_async(rust_generator *self, rust_body *body, uint32_t scope,
                       const wit_function *function,
                       const wit_signature *signature, const rust_list *flat)
{
    const char *status = rust_fresh(self, body);
    rust_items(body->out, body->indent,
               rust_text(self, "let %s = call(", status), flat, ");",
               RUST_LIST_WIDTH);
    buffer statements;
    buffer_init(&statements);
    rust_body inner = rust_inner(body, &statements);
    const char *value =
        result_value(self, &inner, scope, function, signature, "0");
    const char *head =
        rust_text(self, "let call = whit::task::call(%s, ||", status);
    rust_arm(body, head, &statements, *value ? value : "()", ");");
    buffer_release(&statements);
    rust_line(body, "call.finish().await");
}

static void write_import(rust_generator *self, uint32_t index,
                         const wit_function *function, buffer *out,
                         unsigned indent)
{
    const bind_scope *scope = &self->world->scopes[index];
    wit_signature signature;
    wit_signature_lower(self->set, function, bind_abi(function), 4, &signature);
    rust_head head = {.function = function,
                      .before = "pub ",
                      .tail = " {",
                      .mode = function->is_async ? RUST_OWNED : RUST_BORROWED};
    rust_write_head(self, index, &head, out, indent);
    unsigned temporaries = 0;
    buffer module, name, inside;
    buffer_init(&module);
    buffer_init(&name);
    buffer_init(&inside);
    bind_write_module(self->world, scope, &module);
    wit_core_import_write(function, WIT_NAMES_LEGACY, bind_abi(function),
                          &name);
    rust_body body = {
        .out = out, .indent = indent + 4, .temporaries = &temporaries};
    rust_write_extern(self, &body, rust_quoted(self, &module),
                      rust_quoted(self, &name), "call", &signature);
    rust_body inner = rust_inner(&body, &inside);
    rust_list flat = {0};
    lower_params(self, &inner, index, function, &signature, &flat);
    rust_line(&body, "unsafe {");
    if (has_taken_arrays(&inside))
        rust_line(&body, "    let arrays = whit::abi::Arrays::new();");
    if (signature.result_indirect) {
        rust_line(&body, "    let mut area = whit::abi::Area::<%llu>::new();",
                  (unsigned long long)signature.result_size);
        rust_line(&body, "    let area = area.pointer();");
        rust_add(self, &flat, "area as i32");
    }
    if (function->is_async)
        call_async(self, &inner, index, function, &signature, &flat);
    else
        call_sync(self, &inner, index, function, &signature, &flat);
    buffer_slice(out, buffer_view(&inside));
    rust_line(&body, "}");
    buffer_printf(out, "%*s}\n", (int)indent, "");
    buffer_release(&module);
    buffer_release(&name);
    buffer_release(&inside);
}

/* The functions of one resource stand together in an impl. */
void rust_imports(rust_generator *self, uint32_t index, buffer *out,
                  unsigned indent)
{
    const bind_scope *scope = &self->world->scopes[index];
    wit_type resource = WIT_NONE;
    for (uint32_t i = 0; i < scope->function_count; i++) {
        const wit_function *function = scope->functions[i];
        if (function->resource != resource) {
            if (resource != WIT_NONE)
                buffer_printf(out, "%*s}\n\n", (int)indent, "");
            resource = function->resource;
            if (resource != WIT_NONE)
                buffer_printf(out, "%*simpl %s {\n", (int)indent, "",
                              rust_path(self, index, resource));
        } else if (i && resource != WIT_NONE) {
            buffer_put(out, '\n');
        }
        write_import(self, index, function, out,
                     indent + (resource == WIT_NONE ? 0 : 4));
        if (resource == WIT_NONE)
            buffer_put(out, '\n');
    }
    if (resource != WIT_NONE)
        buffer_printf(out, "%*s}\n\n", (int)indent, "");
}
