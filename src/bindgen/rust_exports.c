/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Functions that a component in Rust exports: the traits that users implement,
 * functions that lift and lower around them, and shells with the core names,
 * which the export! macro makes for the user's type. */
#include "bindgen/rust_private.h"

typedef struct export_job {
    uint32_t index; /* of the scope */
    const bind_scope *scope;
    const wit_function *function;
    const char *name;   /* method_blob_f */
    const char *shouty; /* METHOD_BLOB_F */
    const char *bound;  /* the trait */
    wit_signature lift;
    wit_signature back; /* async: of task.return */
} export_job;

static const char *core_type(uint8_t core)
{
    static const char *const names[] = {[WIT_CORE_I32] = "i32",
                                        [WIT_CORE_I64] = "i64",
                                        [WIT_CORE_F32] = "f32",
                                        [WIT_CORE_F64] = "f64"};
    return names[core];
}

static bool is_self(const wit_function *function, uint32_t index)
{
    return function->kind == WIT_METHOD && !index;
}

/* Whether the result owns memory that post-return gives back. */
static bool is_kept(const rust_generator *self, const wit_function *function)
{
    return function->result != WIT_NONE &&
           (self->set->types[function->result].has & WIT_HAS_MEMORY);
}

/* Strings and lists of plain values lie in memory as the host reads them: the
 * type of their elements, or NULL. */
static const char *plain_list(rust_generator *self, uint32_t scope,
                              const wit_function *function)
{
    if (function->result == WIT_NONE)
        return NULL;
    wit_type type = bind_world_strip(self->world, &scope, function->result);
    const wit_type_def *def = &self->set->types[type];
    if (def->kind == WIT_STRING)
        return "u8";
    if (def->kind != WIT_LIST || !rust_is_plain(self, def->element))
        return NULL;
    return rust_type(self, scope, def->element, RUST_OWNED);
}

static void write_trait(rust_generator *self, uint32_t index, wit_type resource,
                        buffer *out, unsigned indent)
{
    const bind_scope *scope = &self->world->scopes[index];
    bool first = true;
    if (resource == WIT_NONE)
        for (uint32_t i = 0; i < scope->type_count; i++) {
            wit_type type = scope->types[i];
            if (self->set->types[type].kind != WIT_RESOURCE)
                continue;
            const char *name = rust_path(self, index, type);
            buffer_printf(out, "%*stype %s: Guest%s;\n", (int)indent + 4, "",
                          name, name);
            first = false;
        }
    for (uint32_t i = 0; i < scope->function_count; i++) {
        const wit_function *function = scope->functions[i];
        if (function->resource != resource)
            continue;
        if (!first)
            buffer_put(out, '\n');
        first = false;
        rust_head head = {.function = function,
                          .before = "",
                          .tail = ";",
                          .mode = RUST_OWNED,
                          .constructs_self = function->kind == WIT_CONSTRUCTOR};
        rust_write_head(self, index, &head, out, indent + 4);
    }
}

static void write_traits(rust_generator *self, uint32_t index, buffer *out,
                         unsigned indent)
{
    const bind_scope *scope = &self->world->scopes[index];
    for (uint32_t i = 0; i <= scope->type_count; i++) {
        wit_type resource = i ? scope->types[i - 1] : WIT_NONE;
        if (i && self->set->types[resource].kind != WIT_RESOURCE)
            continue;
        const char *name = i ? rust_text(self, "Guest%s: Sized + 'static",
                                         rust_path(self, index, resource))
                             : "Guest";
        buffer inside;
        buffer_init(&inside);
        write_trait(self, index, resource, &inside, indent);
        if (inside.size)
            buffer_printf(out, "%*spub trait %s {\n%.*s%*s}\n\n", (int)indent,
                          "", name, (int)inside.size, (char *)inside.data,
                          (int)indent, "");
        else
            buffer_printf(out, "%*spub trait %s {}\n\n", (int)indent, "", name);
        buffer_release(&inside);
    }
}

/* Arguments of the user's function, as expressions. A parameter that is
 * borrowed of an import becomes a local that is dropped in time. */
static void lift_params(rust_generator *self, rust_body *body,
                        const export_job *job, rust_list *arguments)
{
    const wit_function *function = job->function;
    wit_layout_walk walk = wit_walk_start(self->set, 4);
    rust_list flat = {0};
    unsigned at = 0;
    for (unsigned i = 0; i < job->lift.param_count; i++)
        rust_add(self, &flat, rust_text(self, "a%u", i));
    if (job->lift.params_indirect)
        rust_line(body, "let base = a0 as *mut u8;");
    for (uint32_t i = 0; i < function->param_count; i++) {
        wit_type type = function->params[i].type;
        uint64_t offset = wit_walk_next(&walk, type);
        const char *value =
            job->lift.params_indirect
                ? rust_load(self, body, job->index, type, "base", offset)
                : rust_lift(self, body, job->index, type, &flat, &at);
        const char *name = rust_keep(self, body, value);
        if (is_self(function, i))
            name = rust_text(self, "%s.get::<T>()", name);
        rust_add(self, arguments, name);
    }
    if (job->lift.params_indirect)
        rust_line(body, "whit::abi::free(base, %llu, %u);",
                  (unsigned long long)job->lift.param_size,
                  job->lift.param_alignment);
}

static bool needs_lent(rust_generator *self, const wit_function *function)
{
    for (uint32_t i = function->kind == WIT_METHOD; i < function->param_count;
         i++)
        if (self->set->types[function->params[i].type].has & WIT_HAS_BORROW)
            return true;
    return false;
}

static const char *callee(rust_generator *self, const wit_function *function)
{
    if (function->kind == WIT_CONSTRUCTOR)
        return "T::new(";
    const char *name = rust_identifier(self, function->item_name);
    bool clash = function->kind != WIT_FREESTANDING && !strcmp(name, "new");
    return rust_text(self, "T::%s(", clash ? "new_" : name);
}

/* Calls the user's function; the name of the result, or "". */
static const char *call_user(rust_generator *self, rust_body *body,
                             const export_job *job)
{
    const wit_function *function = job->function;
    rust_list arguments = {0};
    bool lent = needs_lent(self, function);
    bool has_result = function->result != WIT_NONE;
    rust_body inner = *body;
    const char *result = has_result ? rust_fresh(self, body) : "";
    const char *let = has_result ? rust_text(self, "let %s = ", result) : "";
    if (lent) {
        rust_line(body, "%s{", let);
        inner.indent += 4;
        rust_line(&inner, "let lent = whit::abi::Lent::new();");
    }
    lift_params(self, &inner, job, &arguments);
    const char *tail = function->is_async ? ").await" : ")";
    const char *head = callee(self, function);
    if (lent && has_result) {
        /* What borrows ends before `lent` does. */
        rust_items(inner.out, inner.indent,
                   rust_text(self, "let result = %s", head), &arguments,
                   rust_text(self, "%s;", tail), RUST_LIST_WIDTH);
        rust_line(&inner, "result");
    } else {
        rust_items(inner.out, inner.indent,
                   rust_text(self, "%s%s", lent ? "" : let, head), &arguments,
                   rust_text(self, "%s;", tail), RUST_LIST_WIDTH);
    }
    if (lent)
        rust_line(body, has_result ? "};" : "}");
    if (function->kind != WIT_CONSTRUCTOR)
        return result;
    const char *path = rust_path(self, job->index, function->resource);
    uint32_t owner = job->index;
    wit_type type = bind_world_strip(self->world, &owner, function->result);
    bool fallible = self->set->types[type].kind == WIT_RESULT;
    return rust_bind(self, body,
                     rust_text(self,
                               fallible ? "%s.map(%s::new)" : "%2$s::new(%1$s)",
                               result, path));
}

static bool mentions(const buffer *text, const char *word)
{
    slice rest = buffer_view(text);
    size_t size = strlen(word);
    for (; rest.size >= size; rest.data++, rest.size--)
        if (!memcmp(rest.data, word, size))
            return true;
    return false;
}

/* The result of a sync export. */
static void answer_sync(rust_generator *self, rust_body *body,
                        const export_job *job, const char *result)
{
    const wit_function *function = job->function;
    if (function->result == WIT_NONE)
        return;
    const char *place = rust_text(self, "%s_RESULT", job->shouty);
    if (plain_list(self, job->index, function)) {
        uint32_t scope = job->index;
        wit_type type = bind_world_strip(self->world, &scope, function->result);
        bool is_string = self->set->types[type].kind == WIT_STRING;
        rust_line(body, "%s.keep(%s%s)", place, result,
                  is_string ? ".into_bytes()" : "");
        return;
    }
    buffer inside;
    buffer_init(&inside);
    rust_body inner = *body;
    inner.out = &inside;
    rust_list flat = {0};
    /* Scalars go by value, everything else by reference or place. */
    if (job->lift.result_indirect)
        rust_store(self, &inner, job->index, function->result, result, "area",
                   0);
    else
        rust_lower(self, &inner, job->index, function->result, result, &flat);
    bool arrays = mentions(&inside, "arrays.add(");
    if (is_kept(self, function)) {
        if (arrays)
            rust_line(body,
                      "let (%s, arrays) = %s.keep((%s, whit::abi::"
                      "Arrays::new()));",
                      result, place, result);
        else
            rust_line(body, "let (%s,) = %s.keep((%s,));", result, place,
                      result);
    } else if (!rust_is_scalar(self, function->result)) {
        rust_line(body, "let %s = &%s;", result, result);
    }
    if (job->lift.result_indirect)
        rust_line(body, "let area = %s.area();", place);
    buffer_slice(body->out, buffer_view(&inside));
    rust_line(body, "%s",
              job->lift.result_indirect ? "area as i32"
              : flat.count              ? flat.items[0]
                                        : "0");
    buffer_release(&inside);
}

static void answer_async(rust_generator *self, rust_body *body,
                         const export_job *job, const char *result)
{
    const wit_function *function = job->function;
    buffer inside;
    buffer_init(&inside);
    rust_body inner = *body;
    inner.out = &inside;
    rust_list flat = {0};
    if (job->back.params_indirect)
        rust_store(self, &inner, job->index, function->result, result, "area",
                   0);
    else if (function->result != WIT_NONE)
        rust_lower(self, &inner, job->index, function->result, result, &flat);
    if (function->result != WIT_NONE && !rust_is_scalar(self, function->result))
        rust_line(body, "let %s = &%s;", result, result);
    if (mentions(&inside, "arrays.add("))
        rust_line(body, "let arrays = whit::abi::Arrays::new();");
    if (job->back.params_indirect) {
        rust_line(body, "let mut area = whit::abi::Area::<%llu>::new();",
                  (unsigned long long)job->back.param_size);
        rust_line(body, "let area = area.pointer();");
        rust_add(self, &flat, "area as i32");
    }
    buffer_slice(body->out, buffer_view(&inside));
    rust_items(body->out, body->indent, "task_return(", &flat, ");",
               RUST_LIST_WIDTH);
    buffer_release(&inside);
}

static const char *shell_params(rust_generator *self, const wit_signature *it,
                                bool names_only)
{
    const char *text = "";
    for (unsigned i = 0; i < it->param_count; i++)
        text = names_only ? rust_text(self, "%s%sa%u", text, i ? ", " : "", i)
                          : rust_text(self, "%s%sa%u: %s", text, i ? ", " : "",
                                      i, core_type(it->params[i]));
    return text;
}

static void write_static_line(rust_generator *self, const export_job *job,
                              buffer *out, unsigned indent, const char *type,
                              const char *value)
{
    const char *head = rust_text(self, "static %s_RESULT:", job->shouty);
    size_t width = indent + strlen(head) + strlen(type) + strlen(value) + 4;
    const char *comma = strrchr(type, ',');
    const char *open = strchr(type, '<');
    if (width <= RUST_WIDTH)
        buffer_printf(out, "%*s%s %s = %s\n\n", (int)indent, "", head, type,
                      value);
    else if (indent + strlen(head) + strlen(type) + 3 > RUST_WIDTH && comma &&
             open)
        buffer_printf(out, "%*s%s %.*s<\n%*s%.*s,\n%*s%.*s,\n%*s> = %s\n\n",
                      (int)indent, "", head, (int)(open - type), type,
                      (int)indent + 4, "", (int)(comma - open - 1), open + 1,
                      (int)indent + 4, "", (int)strlen(comma) - 3, comma + 2,
                      (int)indent, "", value);
    else
        buffer_printf(out, "%*s%s %s =\n%*s%s\n\n", (int)indent, "", head, type,
                      (int)indent + 4, "", value);
}

static void write_static(rust_generator *self, const export_job *job,
                         buffer *out, unsigned indent)
{
    const wit_function *function = job->function;
    bool kept = is_kept(self, function);
    if (function->is_async || (!kept && !job->lift.result_indirect))
        return;
    const char *element = plain_list(self, job->index, function);
    if (element) {
        write_static_line(self, job, out, indent,
                          rust_text(self, "whit::abi::KeptList<%s>", element),
                          "whit::abi::KeptList::new();");
        return;
    }
    /* Whether there are arrays shows only when the result is lowered. */
    unsigned temporaries = 0;
    buffer unused;
    buffer_init(&unused);
    rust_body body = {.out = &unused, .temporaries = &temporaries};
    rust_store(self, &body, job->index, function->result, "v0", "area", 0);
    bool arrays = mentions(&unused, "arrays.add(");
    buffer_release(&unused);
    const char *type =
        kept ? rust_text(
                   self, arrays ? "(%s, whit::abi::Arrays)" : "(%s,)",
                   rust_type(self, job->index, function->result, RUST_OWNED))
             : "()";
    write_static_line(self, job, out, indent,
                      rust_text(self, "whit::abi::Kept<%s, %llu>", type,
                                (unsigned long long)job->lift.result_size),
                      "whit::abi::Kept::new();");
}

static void write_sync(rust_generator *self, const export_job *job,
                       rust_body *body)
{
    rust_line(body, "unsafe {");
    rust_body inner = *body;
    inner.indent += 4;
    const char *result = call_user(self, &inner, job);
    answer_sync(self, &inner, job, result);
    rust_line(body, "}");
}

static void write_async(rust_generator *self, const export_job *job,
                        rust_body *body)
{
    buffer module, name;
    buffer_init(&module);
    buffer_init(&name);
    wit_core_module_write(self->set, job->scope->item, WIT_NAMES_LEGACY, true,
                          &module);
    wit_core_task_return_write(job->function, &name);
    rust_write_extern(self, body, rust_quoted(self, &module),
                      rust_quoted(self, &name), "task_return", &job->back);
    buffer_release(&module);
    buffer_release(&name);
    rust_line(body, "whit::task::start(async move {");
    rust_line(body, "    unsafe {");
    rust_body inner = *body;
    inner.indent += 8;
    const char *result = call_user(self, &inner, job);
    answer_async(self, &inner, job, result);
    rust_line(body, "    }");
    rust_line(body, "})");
}

/* A core function of the macro, which calls `name` of the module. */
static void write_shell(rust_generator *self, const export_job *job,
                        const wit_signature *it, wit_core_part part,
                        const char *name, const char *generic)
{
    buffer core;
    buffer_init(&core);
    bind_write_export(self->world, job->scope, job->function, part, &core);
    const char *module = self->modules[job->index];
    buffer_printf(&self->shells, "            #[unsafe(export_name = %s)]\n",
                  rust_quoted(self, &core));
    const char *result = "";
    if (it->result_count)
        result = rust_text(self, " -> %s", core_type(it->results[0]));
    buffer_printf(
        &self->shells, "            unsafe extern \"C\" fn %s(%s)%s {\n",
        rust_text(self, "%s%s",
                  *module ? rust_text(self, "e%u", job->index) : "", name),
        shell_params(self, it, false), result);
    buffer_printf(&self->shells,
                  "                unsafe { $($path)*::%s%s%s%s(%s) }\n",
                  module, *module ? "::" : "", name, generic,
                  shell_params(self, it, true));
    buffer_text(&self->shells, "            }\n");
    buffer_release(&core);
}

static const char *guest(rust_generator *self, const export_job *job)
{
    const char *module = self->modules[job->index];
    if (job->function->resource == WIT_NONE)
        return "::<$ty>";
    return rust_text(self, "::<<$ty as $($path)*::%s%sGuest>::%s>", module,
                     *module ? "::" : "",
                     rust_path(self, job->index, job->function->resource));
}

static void write_post_return(rust_generator *self, const export_job *job,
                              buffer *out, unsigned indent)
{
    rust_body body = {.out = out, .indent = indent};
    wit_signature post;
    wit_signature_post_return(self->set, job->function, 4, &post);
    rust_line(&body, "#[doc(hidden)]");
    rust_line(&body, "#[inline]");
    rust_line(&body, "pub unsafe fn _post_%s(_: i32) {", job->name);
    rust_line(&body, "    unsafe { %s_RESULT.drop() }", job->shouty);
    rust_line(&body, "}");
    buffer_put(out, '\n');
    write_shell(self, job, &post, WIT_CORE_POST_RETURN,
                rust_text(self, "_post_%s", job->name), "");
}

static void write_callback(rust_generator *self, const export_job *job)
{
    buffer core;
    buffer_init(&core);
    bind_write_export(self->world, job->scope, job->function, WIT_CORE_CALLBACK,
                      &core);
    buffer_printf(&self->shells, "            #[unsafe(export_name = %s)]\n",
                  rust_quoted(self, &core));
    buffer_printf(&self->shells,
                  "            unsafe extern \"C\" fn e%u_callback_%s(a0: "
                  "i32, a1: i32, a2: i32) -> i32 {\n"
                  "                unsafe { whit::task::callback(a0, a1, a2) "
                  "}\n            }\n",
                  job->index, job->name);
    buffer_release(&core);
}

static void write_export(rust_generator *self, const export_job *job,
                         buffer *out, unsigned indent)
{
    unsigned temporaries = 0;
    rust_body body = {
        .out = out, .indent = indent, .temporaries = &temporaries};
    const wit_function *function = job->function;
    write_static(self, job, out, indent);
    rust_list params = {0};
    for (unsigned i = 0; i < job->lift.param_count; i++)
        rust_add(self, &params,
                 rust_text(self, "a%u: %s", i, core_type(job->lift.params[i])));
    const char *tail = ") {";
    if (job->lift.result_count)
        tail = rust_text(self, ") -> %s {", core_type(job->lift.results[0]));
    rust_line(&body, "#[doc(hidden)]");
    rust_line(&body, "#[inline]");
    const char *head =
        rust_text(self, "pub unsafe fn _export_%s<T: %s%s>(", job->name,
                  job->bound, function->is_async ? " + 'static" : "");
    rust_items(out, indent, head, &params, tail, RUST_WIDTH);
    rust_body inner = body;
    inner.indent += 4;
    if (function->is_async)
        write_async(self, job, &inner);
    else
        write_sync(self, job, &inner);
    rust_line(&body, "}");
    buffer_put(out, '\n');
    write_shell(self, job, &job->lift, WIT_CORE_FUNCTION,
                rust_text(self, "_export_%s", job->name), guest(self, job));
    if (function->is_async)
        write_callback(self, job);
    else if (is_kept(self, function))
        write_post_return(self, job, out, indent);
}

static void write_destructor(rust_generator *self, uint32_t index,
                             wit_type resource)
{
    const bind_scope *scope = &self->world->scopes[index];
    buffer core;
    buffer_init(&core);
    wit_core_destructor_write(self->set, scope->item, resource,
                              WIT_NAMES_LEGACY, &core);
    const char *name = rust_path(self, index, resource);
    buffer snake;
    buffer_init(&snake);
    bind_snake(self->set->types[resource].name, &snake);
    const char *module = self->modules[index];
    buffer_printf(&self->shells, "            #[unsafe(export_name = %s)]\n",
                  rust_quoted(self, &core));
    buffer_printf(
        &self->shells,
        "            unsafe extern \"C\" fn e%u_drop_%s(rep: i32) {\n"
        "                type Value = <$ty as $($path)*::%s::Guest>::%s;\n"
        "                unsafe { $($path)*::%s::%sBorrow::_drop::<Value>(rep) "
        "}\n            }\n",
        index, rust_copy(self, &snake), module, name, module, name);
    buffer_release(&snake);
    buffer_release(&core);
}

void rust_exports(rust_generator *self, uint32_t index, buffer *out,
                  unsigned indent)
{
    const bind_scope *scope = &self->world->scopes[index];
    write_traits(self, index, out, indent);
    bind_names names;
    bind_names_init(&names);
    for (uint32_t i = 0; i < scope->function_count; i++) {
        const wit_function *function = scope->functions[i];
        buffer name, shouty;
        buffer_init(&name);
        buffer_init(&shouty);
        bind_snake(function->name, &name);
        bind_names_claim(&names, &name, 0);
        bind_shouty(buffer_view(&name), &shouty);
        export_job job = {.index = index,
                          .scope = scope,
                          .function = function,
                          .name = rust_copy(self, &name),
                          .shouty = rust_copy(self, &shouty),
                          .bound = "Guest"};
        buffer_release(&name);
        buffer_release(&shouty);
        if (function->resource != WIT_NONE)
            job.bound = rust_text(self, "Guest%s",
                                  rust_path(self, index, function->resource));
        wit_signature_lift(self->set, function, bind_abi(function), 4,
                           &job.lift);
        wit_signature_task_return(self->set, function, 4, &job.back);
        write_export(self, &job, out, indent);
    }
    for (uint32_t i = 0; i < scope->type_count; i++)
        if (self->set->types[scope->types[i]].kind == WIT_RESOURCE)
            write_destructor(self, index, scope->types[i]);
    if (names.failed)
        self->failed = true;
    bind_names_release(&names);
}
