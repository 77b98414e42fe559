/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The generator of C for guests: <world>.h and <world>.c. */
#include "bindgen/c_private.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"

/* The end of the name in "(*name)" at `at`; 0 when there is none. */
static size_t pointed(const char *text, size_t size, size_t at)
{
    size_t end = at + 2;
    if (at + 3 > size || text[at] != '(' || text[at + 1] != '*')
        return 0;
    while (end < size &&
           (text[end] == '_' || (text[end] >= 'a' && text[end] <= 'z') ||
            (text[end] >= '0' && text[end] <= '9')))
        end++;
    return end < size && end > at + 2 && text[end] == ')' ? end : 0;
}

size_t c_use_arrows(char *text, size_t size)
{
    size_t to = 0;
    for (size_t at = 0; at < size;) {
        bool address = text[at] == '&';
        size_t end = pointed(text, size, at + address);
        bool member = !address && end && end + 1 < size && text[end + 1] == '.';
        if (!end || !(address || member)) {
            text[to++] = text[at++];
            continue;
        }
        size_t start = at + address + 2;
        memmove(text + to, text + start, end - start);
        to += end - start;
        at = end + 1;
        if (member) {
            text[to++] = '-';
            text[to++] = '>';
            at++;
        }
    }
    return to;
}

const char *c_text(c_generator *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *out = size >= 0 ? arena_alloc(&self->memory, (size_t)size + 1) : NULL;
    if (!out) {
        self->failed = true;
        return "";
    }
    va_start(args, format);
    vsnprintf(out, (size_t)size + 1, format, args);
    va_end(args);
    out[c_use_arrows(out, (size_t)size)] = 0;
    return out;
}

const char *c_copy(c_generator *self, const buffer *text)
{
    if (text->failed) {
        self->failed = true;
        return "";
    }
    return c_text(self, "%.*s", (int)text->size, (const char *)text->data);
}

const char *c_claim(c_generator *self, const char *name)
{
    buffer text;
    buffer_init(&text);
    buffer_text(&text, name);
    bind_names_claim(&self->names, &text, 0);
    const char *out = c_copy(self, &text);
    buffer_release(&text);
    return out;
}

/* Keywords of C and C++ and macros that compilers bring. */
static const char *const keywords[] = {"alignas",
                                       "alignof",
                                       "and",
                                       "asm",
                                       "assert",
                                       "auto",
                                       "bitand",
                                       "bitor",
                                       "bool",
                                       "break",
                                       "case",
                                       "catch",
                                       "char",
                                       "class",
                                       "compl",
                                       "concept",
                                       "const",
                                       "constexpr",
                                       "constinit",
                                       "consteval",
                                       "continue",
                                       "decltype",
                                       "default",
                                       "delete",
                                       "do",
                                       "double",
                                       "else",
                                       "enum",
                                       "errno",
                                       "explicit",
                                       "export",
                                       "extern",
                                       "false",
                                       "float",
                                       "for",
                                       "friend",
                                       "goto",
                                       "if",
                                       "inline",
                                       "int",
                                       "linux",
                                       "long",
                                       "mutable",
                                       "namespace",
                                       "new",
                                       "noexcept",
                                       "not",
                                       "nullptr",
                                       "operator",
                                       "or",
                                       "private",
                                       "protected",
                                       "public",
                                       "register",
                                       "requires",
                                       "restrict",
                                       "return",
                                       "short",
                                       "signed",
                                       "sizeof",
                                       "static",
                                       "struct",
                                       "switch",
                                       "template",
                                       "this",
                                       "throw",
                                       "true",
                                       "try",
                                       "typedef",
                                       "typeid",
                                       "typename",
                                       "typeof",
                                       "union",
                                       "unix",
                                       "unsigned",
                                       "using",
                                       "virtual",
                                       "void",
                                       "volatile",
                                       "while",
                                       "xor",
                                       "wchar_t",
                                       "and_eq",
                                       "or_eq",
                                       "xor_eq",
                                       "not_eq",
                                       "co_await",
                                       "co_return",
                                       "co_yield",
                                       "const_cast",
                                       "static_cast",
                                       "dynamic_cast",
                                       "static_assert",
                                       "thread_local",
                                       "free",
                                       "realloc",
                                       "bits_of_float",
                                       "float_of_bits",
                                       "bits_of_double",
                                       "double_of_bits",
                                       "address_of",
                                       "pointer_to",
                                       "allocate",
                                       "size_t",
                                       "char8_t",
                                       "char16_t",
                                       "char32_t",
                                       "reinterpret_cast",
                                       "int8_t",
                                       "int16_t",
                                       "int32_t",
                                       "int64_t",
                                       "uint8_t",
                                       "uint16_t",
                                       "uint32_t",
                                       "uint64_t"};

const char *c_identifier(c_generator *self, slice name)
{
    buffer text;
    buffer_init(&text);
    bind_snake(name, &text);
    const char *out = c_copy(self, &text);
    buffer_release(&text);
    for (size_t i = 0; i < COUNT_OF(keywords); i++)
        if (!strcmp(out, keywords[i]))
            return c_text(self, "%s_", out);
    return out;
}

const char *c_constant(c_generator *self, const char *base, slice name)
{
    buffer text;
    buffer_init(&text);
    bind_shouty(slice_text(base), &text);
    buffer_put(&text, '_');
    bind_shouty(name, &text);
    bind_names_claim(&self->names, &text, 0);
    const char *out = c_copy(self, &text);
    buffer_release(&text);
    return out;
}

const char *c_quote(c_generator *self, slice text)
{
    buffer out;
    buffer_init(&out);
    buffer_put(&out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            buffer_put(&out, '\\');
        buffer_put(&out, text.data[i]);
    }
    buffer_put(&out, '"');
    const char *quoted = c_copy(self, &out);
    buffer_release(&out);
    return quoted;
}

void c_interface_words(const c_generator *self, uint32_t interface, buffer *out)
{
    const wit_interface *it = &self->set->interfaces[interface];
    const wit_package *package = &self->set->packages[it->package];
    bind_snake(package->space, out);
    buffer_put(out, '_');
    bind_snake(package->name, out);
    buffer_put(out, '_');
    if (bind_world_needs_version(self->world, it->package) &&
        wit_version_present(&package->version)) {
        bind_version(&package->version, out);
        buffer_put(out, '_');
    }
    bind_snake(it->name, out);
}

/* "exports_ns_pkg_interface", with the version where it must tell two
 * packages apart. */
static const char *scope_prefix(c_generator *self, const bind_scope *scope)
{
    buffer out;
    buffer_init(&out);
    if (scope->exported)
        buffer_text(&out, "exports_");
    if (!scope->item) {
        buffer_text(&out, self->prefix);
    } else if (scope->item->name.size) {
        bind_snake(scope->item->name, &out);
    } else {
        c_interface_words(self, scope->interface, &out);
    }
    const char *prefix = c_copy(self, &out);
    buffer_release(&out);
    return prefix;
}

static const char *const reserved[] = {"address_of",
                                       "pointer_to",
                                       "bits_of_float",
                                       "float_of_bits",
                                       "bits_of_double",
                                       "double_of_bits",
                                       "string_length",
                                       "allocate",
                                       "cabi_realloc",
                                       "free",
                                       "realloc",
                                       "wasm_error_context_new",
                                       "wasm_error_context_debug_message",
                                       "wasm_error_context_drop"};

/* Names that every header of this world may have. */
static const char *const own_names[] = {"string_t",
                                        "string_set",
                                        "string_dup",
                                        "string_dup_n",
                                        "string_free",
                                        "error_context_t",
                                        "error_context_new",
                                        "error_context_debug_message",
                                        "error_context_drop",
                                        "subtask_t",
                                        "subtask_status_t",
                                        "subtask_state_t",
                                        "subtask_state",
                                        "subtask_cancel",
                                        "subtask_drop",
                                        "subtask_await",
                                        "waitable_set_t",
                                        "event_code_t",
                                        "event_code",
                                        "event_t",
                                        "event",
                                        "waitable_set_new",
                                        "waitable_join",
                                        "waitable_set_wait",
                                        "waitable_set_poll",
                                        "waitable_set_drop",
                                        "waitable_status_t",
                                        "waitable_state_t",
                                        "waitable_state",
                                        "callback_code_t",
                                        "task_cancel",
                                        "backpressure_inc",
                                        "backpressure_dec",
                                        "context_get_0",
                                        "context_set_0",
                                        "thread_yield"};

static void prepare_names(c_generator *self)
{
    buffer text;
    buffer_init(&text);
    bind_snake(self->world->world->name, &text);
    self->prefix = c_copy(self, &text);
    buffer_clear(&text);
    bind_shouty(self->world->world->name, &text);
    self->shouty = c_copy(self, &text);
    buffer_release(&text);
    self->string = c_text(self, "%s_string_t", self->prefix);
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        bind_names_reserve(&self->names, reserved[i]);
    for (size_t i = 0; i < COUNT_OF(own_names); i++)
        bind_names_reserve(&self->names,
                           c_text(self, "%s_%s", self->prefix, own_names[i]));
    self->prefixes = arena_array(&self->memory, self->world->scope_count + 1u,
                                 sizeof(*self->prefixes));
    if (!self->prefixes) {
        self->failed = true;
        return;
    }
    for (uint32_t i = 0; i < self->world->scope_count; i++)
        self->prefixes[i] = scope_prefix(self, &self->world->scopes[i]);
}

/* What heads the part of a scope in the header. */
static void write_title(c_generator *self, const bind_scope *scope,
                        const char *what, buffer *out)
{
    buffer_printf(out, "\n// %s", what);
    if (!scope->item) {
        buffer_printf(out, " world %.*s", SLICE_ARG(self->world->world->name));
    } else {
        buffer_put(out, ' ');
        wit_item_write(self->set, scope->item, out);
    }
    buffer_text(out, "\n");
    if (scope->docs.size && scope->item) {
        buffer_text(out, "//\n");
        bind_write_docs(scope->docs, 0, "// ", out);
    }
}

static void write_scope(c_generator *self, uint32_t index)
{
    const bind_scope *scope = &self->world->scopes[index];
    if (!scope->type_count && !scope->function_count)
        return;
    if (scope->type_count)
        write_title(self, scope,
                    scope->exported ? "Types exported by" : "Types of",
                    &self->h_types);
    if (scope->exported)
        write_title(self, scope, "To be written: exports of", &self->h_exports);
    else if (scope->function_count)
        write_title(self, scope, "Imports from", &self->h_functions);
    c_define_scope(self, index);
    for (uint32_t i = 0; i < scope->function_count; i++) {
        if (scope->exported)
            c_export_function(self, index, scope->functions[i]);
        else
            c_import_function(self, index, scope->functions[i]);
    }
}

static const char banner[] =
    "// Generated by whit bind c. Changes will be lost.\n"
    "// clang-format off\n";

/* Small helpers of the source, written when it uses them. */
typedef struct helper {
    const char *name;
    const char *text;
} helper;

static const helper helpers[] = {
    {"address_of(",
     "\n#define address_of(pointer) ((int32_t)(intptr_t)(pointer))\n"},
    {"pointer_to(", "\n#define pointer_to(address) "
                    "((void *)(uintptr_t)(uint32_t)(address))\n"},
    {"bits_of_float(", "\nstatic inline int32_t bits_of_float(float value)\n"
                       "{\n"
                       "    int32_t bits;\n"
                       "    __builtin_memcpy(&bits, &value, sizeof bits);\n"
                       "    return bits;\n"
                       "}\n"},
    {"float_of_bits(", "\nstatic inline float float_of_bits(int32_t bits)\n"
                       "{\n"
                       "    float value;\n"
                       "    __builtin_memcpy(&value, &bits, sizeof value);\n"
                       "    return value;\n"
                       "}\n"},
    {"bits_of_double(", "\nstatic inline int64_t bits_of_double(double value)\n"
                        "{\n"
                        "    int64_t bits;\n"
                        "    __builtin_memcpy(&bits, &value, sizeof bits);\n"
                        "    return bits;\n"
                        "}\n"},
    {"double_of_bits(", "\nstatic inline double double_of_bits(int64_t bits)\n"
                        "{\n"
                        "    double value;\n"
                        "    __builtin_memcpy(&value, &bits, sizeof value);\n"
                        "    return value;\n"
                        "}\n"},
};

static bool mentions(const buffer *text, const char *name)
{
    return text->size && memmem(text->data, text->size, name, strlen(name));
}

static void write_helpers(c_generator *self, const buffer *support, buffer *out)
{
    for (size_t i = 0; i < COUNT_OF(helpers); i++)
        if (mentions(support, helpers[i].name) ||
            mentions(&self->c_helpers, helpers[i].name) ||
            mentions(&self->c_functions, helpers[i].name))
            buffer_text(out, helpers[i].text);
}

static void write_header(c_generator *self, const buffer *support, buffer *out)
{
    buffer_text(out, banner);
    buffer_printf(out,
                  "#ifndef WHIT_BINDINGS_%s_H\n"
                  "#define WHIT_BINDINGS_%s_H\n",
                  self->shouty, self->shouty);
    bind_write_docs(self->world->world->about.docs, 0, "// ", out);
    buffer_text(out, "\n#include <stdbool.h>\n#include <stddef.h>\n"
                     "#include <stdint.h>\n"
                     "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    buffer_slice(out, buffer_view(support));
    buffer_slice(out, buffer_view(&self->h_types));
    buffer_slice(out, buffer_view(&self->h_functions));
    buffer_slice(out, buffer_view(&self->h_exports));
    if (self->h_helpers.size)
        buffer_text(out, "\n// Helpers. What ends in _free frees what a value "
                         "holds,\n// handles too (but not borrows), and not "
                         "the value itself.\n");
    buffer_slice(out, buffer_view(&self->h_helpers));
    buffer_text(out, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

/* The section from which `component new` learns the world. */
static void write_section(c_generator *self, slice payload, buffer *out)
{
    buffer_printf(out,
                  "\n// The world, for tools that make components.\n"
                  "#ifdef __wasm__\n__asm__(\".section \\\".custom_section."
                  "component-type:%.*s\\\",\\\"\\\",@\\n\"\n",
                  SLICE_ARG(self->world->world->name));
    for (size_t i = 0; i < payload.size; i++) {
        if (i % 14 == 0)
            buffer_printf(out, "%s        \".byte ", i ? "\\n\"\n" : "");
        else
            buffer_put(out, ',');
        buffer_printf(out, "%u", payload.data[i]);
    }
    buffer_text(out, "\\n\");\n#endif\n");
}

static whit_status write_source(c_generator *self, const buffer *support,
                                buffer *out, whit_error *error)
{
    buffer_text(out, banner);
    buffer_printf(out, "#include \"%s.h\"\n", self->prefix);
    if (self->options->freestanding)
        buffer_text(out, "\nvoid *realloc(void *ptr, size_t size);\n"
                         "void free(void *ptr);\n");
    else
        buffer_text(out, "\n#include <stdlib.h>\n");
    write_helpers(self, support, out);
    if (self->c_asserts.size) {
        buffer_text(out, "\n// Every type lies in memory as its WIT type does."
                         "\n#ifdef __wasm32__\n#define LAYOUT(type, size, "
                         "alignment) \\\n"
                         "    _Static_assert(sizeof(type) == (size) && \\\n"
                         "                       _Alignof(type) == "
                         "(alignment), \\\n"
                         "                   \"layout of \" #type)\n");
        buffer_slice(out, buffer_view(&self->c_asserts));
        buffer_text(out, "#endif\n");
    }
    buffer_slice(out, buffer_view(support));
    buffer_slice(out, buffer_view(&self->c_helpers));
    buffer_slice(out, buffer_view(&self->c_functions));
    buffer payload;
    buffer_init(&payload);
    whit_status status =
        bind_component_type(self->world, self->options, &payload, error);
    if (status == WHIT_OK && payload.size)
        write_section(self, buffer_view(&payload), out);
    buffer_release(&payload);
    return status;
}

static whit_status write_files(c_generator *self, bind_output *out,
                               whit_error *error)
{
    buffer *file;
    buffer header, source;
    buffer_init(&header);
    buffer_init(&source);
    c_write_support(self, &header, &source);
    c_write_async(self, &header, &source);
    whit_status status =
        bind_output_add(out, c_text(self, "%s.h", self->prefix), &file, error);
    if (status == WHIT_OK) {
        write_header(self, &header, file);
        status = buffer_status(file, error);
    }
    if (status == WHIT_OK)
        status = bind_output_add(out, c_text(self, "%s.c", self->prefix), &file,
                                 error);
    if (status == WHIT_OK)
        status = write_source(self, &source, file, error);
    if (status == WHIT_OK)
        status = buffer_status(file, error);
    if (status == WHIT_OK && self->options->freestanding)
        status = c_add_guest(out, error);
    buffer_release(&header);
    buffer_release(&source);
    return status;
}

static buffer *const *sections(c_generator *self, buffer *out[7])
{
    out[0] = &self->h_types;
    out[1] = &self->h_functions;
    out[2] = &self->h_exports;
    out[3] = &self->h_helpers;
    out[4] = &self->c_asserts;
    out[5] = &self->c_helpers;
    out[6] = &self->c_functions;
    return out;
}

static whit_status generate(const bind_world *world,
                            const bind_options *options, bind_output *out,
                            whit_error *error)
{
    c_generator self = {.world = world, .options = options, .set = world->set};
    buffer *parts[7];
    arena_init(&self.memory);
    bind_names_init(&self.names);
    map_init(&self.known);
    map_init(&self.used_streams);
    sections(&self, parts);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        buffer_init(parts[i]);
    prepare_names(&self);
    c_find_streams(&self);
    for (uint32_t i = 0; i < world->scope_count && !self.failed; i++)
        write_scope(&self, i);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        self.failed |= parts[i]->failed;
    whit_status status = bind_names_status(&self.names, error);
    if (status == WHIT_OK && self.failed)
        status = error_memory(error);
    if (status == WHIT_OK)
        status = write_files(&self, out, error);
    if (status == WHIT_OK && self.failed)
        status = error_memory(error);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        buffer_release(parts[i]);
    map_release(&self.used_streams);
    map_release(&self.known);
    bind_names_release(&self.names);
    arena_release(&self.memory);
    mem_free(self.types);
    return status;
}

const bind_language bind_language_c = {
    .name = "c",
    .summary = "C17 for guests: <world>.h and <world>.c",
    .generate = generate,
};
