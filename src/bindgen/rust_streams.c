/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Streams and futures in Rust: an impl for each type of elements, with the
 * intrinsics of the first function that mentions it. */
#include "bindgen/rust_private.h"

#include "base/memory.h"

typedef struct stream_job {
    uint32_t index; /* of the scope */
    const wit_function *function;
    wit_type type;
    bool future;
    uint32_t number; /* among the streams of the function */
    const char *element;
    unsigned id;
} stream_job;

static void extern_line(rust_generator *self, rust_body *body,
                        const stream_job *job, wit_stream_intrinsic intrinsic,
                        const char *text)
{
    buffer name;
    buffer_init(&name);
    bool is_async =
        intrinsic == WIT_STREAM_READ || intrinsic == WIT_STREAM_WRITE;
    wit_core_stream_write(job->function, job->future, job->number, intrinsic,
                          is_async, &name);
    rust_line(body, "#[link_name = %s]", rust_quoted(self, &name));
    rust_line(body, "%s", text);
    buffer_release(&name);
}

static void write_intrinsics(rust_generator *self, rust_body *body,
                             const stream_job *job)
{
    buffer module;
    buffer_init(&module);
    bind_write_module(self->world, &self->world->scopes[job->index], &module);
    rust_attribute(
        body->out, body->indent, "#[link(",
        rust_text(self, "wasm_import_module = %s", rust_quoted(self, &module)),
        ")]");
    buffer_release(&module);
    rust_line(body, "unsafe extern \"C\" {");
    rust_body inner = *body;
    inner.indent += 4;
    const char *size = job->future ? "" : ", _: usize";
    extern_line(self, &inner, job, WIT_STREAM_NEW, "fn new() -> u64;");
    extern_line(self, &inner, job, WIT_STREAM_READ,
                rust_text(self, "fn read(_: u32, _: *mut u8%s) -> u32;", size));
    extern_line(
        self, &inner, job, WIT_STREAM_WRITE,
        rust_text(self, "fn write(_: u32, _: *const u8%s) -> u32;", size));
    extern_line(self, &inner, job, WIT_STREAM_CANCEL_READ,
                "fn cancel_read(_: u32) -> u32;");
    extern_line(self, &inner, job, WIT_STREAM_CANCEL_WRITE,
                "fn cancel_write(_: u32) -> u32;");
    extern_line(self, &inner, job, WIT_STREAM_DROP_READABLE,
                "fn drop_readable(_: u32);");
    extern_line(self, &inner, job, WIT_STREAM_DROP_WRITABLE,
                "fn drop_writable(_: u32);");
    rust_line(body, "}");
}

static bool is_plain(const rust_generator *self, wit_type element)
{
    return element == WIT_NONE || rust_is_plain(self, element);
}

static void write_elements(rust_generator *self, rust_body *body,
                           const stream_job *job)
{
    wit_type element = self->set->types[job->type].element;
    unsigned temporaries = 0;
    rust_body inner = *body;
    inner.temporaries = &temporaries;
    inner.indent += 8;
    inner.journal = true;
    rust_line(body, "unsafe fn lift(base: *mut u8) -> %s {", job->element);
    buffer statements;
    buffer_init(&statements);
    rust_body lifting = inner;
    lifting.out = &statements;
    const char *value = "";
    if (element == WIT_NONE)
        rust_line(&lifting, "let _ = base;");
    else
        value = rust_load(self, &lifting, job->index, element, "base", 0);
    rust_body block = *body;
    block.indent += 4;
    bool fits = block.indent + strlen(value) + 11 <= RUST_WIDTH;
    if (!statements.size && fits)
        rust_line(&block, "unsafe { %s }", value);
    else
        rust_arm(&block, "unsafe", &statements, value, "");
    buffer_release(&statements);
    rust_line(body, "}");
    rust_list params = {0};
    rust_add(self, &params, rust_text(self, "value: &%s", job->element));
    rust_add(self, &params, "base: *mut u8");
    rust_add(self, &params, "arrays: &whit::abi::Arrays");
    rust_add(self, &params, "given: &whit::abi::Given");
    rust_items(body->out, body->indent, "unsafe fn lower(", &params, ") {",
               RUST_WIDTH);
    rust_line(body, "    unsafe {");
    if (element == WIT_NONE)
        rust_line(&inner, "let _ = (value, base);");
    else
        rust_store(self, &inner, job->index, element,
                   rust_is_scalar(self, element) ? "*value" : "value", "base",
                   0);
    rust_line(body, "    }");
    rust_line(body, "}");
}

static void write_impl(rust_generator *self, const stream_job *job)
{
    buffer *out = job->future ? &self->future_impls : &self->stream_impls;
    wit_type element = self->set->types[job->type].element;
    const char *word = job->future ? "Future" : "Stream";
    rust_body body = {.out = out, .indent = 4};
    rust_line(&body, "impl %sPayload for %s {", word, job->element);
    rust_line(&body, "    const OPS: &'static whit::stream::%sOps<Self> = {",
              word);
    rust_body inner = body;
    inner.indent += 8;
    write_intrinsics(self, &inner, job);
    write_elements(self, &inner, job);
    rust_line(&inner, "&whit::stream::%sOps {", word);
    static const char *const names[] = {
        "new",          "read",          "write",        "cancel_read",
        "cancel_write", "drop_readable", "drop_writable"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        rust_line(&inner, "    %s,", names[i]);
    rust_line(&inner, "    elements: whit::stream::Elements {");
    rust_line(&inner, "        size: %u,",
              element == WIT_NONE ? 0u
                                  : wit_layout_of(self->set, element, 4)->size);
    rust_line(&inner, "        plain: %s,",
              is_plain(self, element) ? "true" : "false");
    rust_line(&inner, "        lift,");
    rust_line(&inner, "        lower,");
    rust_line(&inner, "    },");
    rust_line(&inner, "}");
    rust_line(&body, "    };");
    rust_line(&body, "}");
    buffer_put(out, '\n');
}

static void add_stream(rust_generator *self, stream_job *job)
{
    const wit_type_def *def = &self->set->types[job->type];
    job->future = def->kind == WIT_FUTURE;
    job->element = def->element == WIT_NONE
                       ? "()"
                       : rust_type(self, job->index, def->element, RUST_OWNED);
    slice key = slice_text(rust_text(
        self, "%s %s", job->future ? "future" : "stream", job->element));
    uint64_t known;
    if (map_get(&self->streams, key, &known))
        return;
    if (map_set(&self->streams, key, 1, NULL) != WHIT_OK)
        self->failed = true;
    self->stream_count++;
    write_impl(self, job);
}

whit_status rust_streams(rust_generator *self, uint32_t index,
                         whit_error *error)
{
    const bind_scope *scope = &self->world->scopes[index];
    self->here = WIT_NONE;
    self->depth = 1;
    self->no_aliases = true;
    for (uint32_t i = 0; i < scope->function_count; i++) {
        wit_type *types;
        uint32_t count;
        TRY(wit_function_streams(self->set, scope->functions[i], &types, &count,
                                 error));
        for (uint32_t k = 0; k < count; k++) {
            stream_job job = {.index = index,
                              .function = scope->functions[i],
                              .type = types[k],
                              .number = k};
            add_stream(self, &job);
        }
        mem_free(types);
    }
    return WHIT_OK;
}

static void write_module(const buffer *impls, bool future, buffer *out)
{
    const char *word = future ? "Future" : "Stream";
    if (!impls->size)
        return;
    rust_body body = {.out = out};
    buffer_put(out, '\n');
    rust_line(&body, "/// %ss of the types that this world has.", word);
    rust_line(&body, "pub mod wit_%s {", future ? "future" : "stream");
    body.indent = 4;
    rust_line(&body, "use whit::{BTreeMap, String, Vec};");
    buffer_put(out, '\n');
    rust_line(&body, "/// What a %s may carry.", future ? "future" : "stream");
    rust_line(&body, "pub trait %sPayload: Sized + 'static {", word);
    rust_line(&body, "    #[doc(hidden)]");
    rust_line(&body, "    const OPS: &'static whit::stream::%sOps<Self>;",
              word);
    rust_line(&body, "}");
    buffer_put(out, '\n');
    if (future) {
        rust_line(&body, "/// Both ends of a new future; `default` makes its "
                         "value when the writer is");
        rust_line(&body, "/// dropped without one.");
        rust_line(&body, "pub fn new<T: FuturePayload>(");
        rust_line(&body, "    default: fn() -> T,");
        rust_line(&body,
                  ") -> (whit::FutureWriter<T>, whit::FutureReader<T>) {");
        rust_line(&body, "    whit::stream::future(T::OPS, default)");
    } else {
        rust_line(&body, "/// Both ends of a new stream.");
        rust_line(&body, "pub fn new<T: StreamPayload>() -> "
                         "(whit::StreamWriter<T>, whit::StreamReader<T>) {");
        rust_line(&body, "    whit::stream::stream(T::OPS)");
    }
    rust_line(&body, "}");
    buffer_put(out, '\n');
    rust_line(&body, "#[doc(hidden)]");
    rust_line(&body,
              "pub unsafe fn reader<T: %sPayload>(handle: u32) -> "
              "whit::%sReader<T> {",
              word, word);
    rust_line(&body,
              "    unsafe { whit::%sReader::_from_handle(handle, T::OPS) }",
              word);
    rust_line(&body, "}");
    buffer_put(out, '\n');
    buffer_append(out, impls->data, impls->size - 1);
    buffer_text(out, "}\n");
}

void rust_write_streams(rust_generator *self, buffer *out)
{
    write_module(&self->stream_impls, false, out);
    write_module(&self->future_impls, true, out);
}
