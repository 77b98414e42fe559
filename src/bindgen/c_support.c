/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What generated sources need whatever the world: strings, error contexts,
 * memory for what comes in. */
#include "bindgen/c_private.h"

void c_expand(const c_generator *self, const char *template, buffer *out)
{
    for (const char *at = template; *at; at++) {
        if (at[0] == '@' && (at[1] == 'w' || at[1] == 'W')) {
            buffer_text(out, at[1] == 'w' ? self->prefix : self->shouty);
            at++;
            continue;
        }
        buffer_put(out, (uint8_t)*at);
    }
}

static const char string_utf8[] = "\n// Text in UTF-8; `len` counts bytes.\n"
                                  "typedef struct @w_string_t {\n"
                                  "    uint8_t *ptr;\n"
                                  "    size_t len;\n"
                                  "} @w_string_t;\n";

static const char string_utf16[] =
    "\n// Text in UTF-16; `len` counts code units.\n"
    "typedef struct @w_string_t {\n"
    "    uint16_t *ptr;\n"
    "    size_t len;\n"
    "} @w_string_t;\n";

static const char string_latin1_utf16[] =
    "\n// Text in Latin-1, or in UTF-16 when the topmost bit of `len` is set;\n"
    "// without that bit it counts bytes or code units. UTF-16 lies at even\n"
    "// addresses.\n"
    "typedef struct @w_string_t {\n"
    "    uint8_t *ptr;\n"
    "    size_t len;\n"
    "} @w_string_t;\n"
    "#define @W_STRING_UTF16 0x80000000u\n";

static const char string_functions[] =
    "// Makes `ret` refer to a text, without a copy.\n"
    "void @w_string_set(@w_string_t *ret, const @C *s);\n"
    "// Makes `ret` a copy, which @w_string_free frees.\n"
    "void @w_string_dup(@w_string_t *ret, const @C *s);\n"
    "void @w_string_dup_n(@w_string_t *ret, const @C *s, size_t len);\n"
    "void @w_string_free(@w_string_t *ret);\n";

static const char string_source[] =
    "\nstatic size_t string_length(const @C *s)\n"
    "{\n"
    "    size_t len = 0;\n"
    "    while (s[len])\n"
    "        len++;\n"
    "    return len;\n"
    "}\n"
    "\n"
    "void @w_string_set(@w_string_t *ret, const @C *s)\n"
    "{\n"
    "    ret->ptr = (@U *)s;\n"
    "    ret->len = string_length(s);\n"
    "}\n"
    "\n"
    "void @w_string_dup(@w_string_t *ret, const @C *s)\n"
    "{\n"
    "    @w_string_dup_n(ret, s, string_length(s));\n"
    "}\n"
    "\n"
    "void @w_string_dup_n(@w_string_t *ret, const @C *s, size_t len)\n"
    "{\n"
    "    ret->ptr = NULL;\n"
    "    ret->len = len;\n"
    "    if (!len)\n"
    "        return;\n"
    "    ret->ptr = allocate(len * sizeof *ret->ptr);\n"
    "    __builtin_memcpy(ret->ptr, s, len * sizeof *ret->ptr);\n"
    "}\n"
    "\n"
    "void @w_string_free(@w_string_t *ret)\n"
    "{\n"
    "    if (ret->len)\n"
    "        free(ret->ptr);\n"
    "    ret->ptr = NULL;\n"
    "    ret->len = 0;\n"
    "}\n";

static const char error_functions[] =
    "// An error context with a message for people.\n"
    "@w_error_context_t @w_error_context_new(const @w_string_t *message);\n"
    "void @w_error_context_debug_message(@w_error_context_t error,\n"
    "                                    @w_string_t *ret);\n"
    "void @w_error_context_drop(@w_error_context_t error);\n";

static const char error_source[] =
    "\n@w_error_context_t @w_error_context_new(const @w_string_t *message)\n"
    "{\n"
    "    return (uint32_t)wasm_error_context_new(address_of(message->ptr),\n"
    "                                            (int32_t)message->len);\n"
    "}\n"
    "\n"
    "void @w_error_context_debug_message(@w_error_context_t error,\n"
    "                                    @w_string_t *ret)\n"
    "{\n"
    "    wasm_error_context_debug_message((int32_t)error, address_of(ret));\n"
    "}\n"
    "\n"
    "void @w_error_context_drop(@w_error_context_t error)\n"
    "{\n"
    "    wasm_error_context_drop((int32_t)error);\n"
    "}\n";

static const char realloc_source[] =
    "\n// What the host puts into memory lies in memory from here.\n"
    "__attribute__((__weak__, __export_name__(\"cabi_realloc\")))\n"
    "void *cabi_realloc(void *ptr, size_t old_size, size_t align,\n"
    "                   size_t new_size);\n"
    "__attribute__((__weak__))\n"
    "void *cabi_realloc(void *ptr, size_t old_size, size_t align,\n"
    "                   size_t new_size)\n"
    "{\n"
    "    (void)old_size;\n"
    "    if (!new_size)\n"
    "        return (void *)align;\n"
    "    void *out = realloc(ptr, new_size);\n"
    "    if (!out)\n"
    "        __builtin_trap();\n"
    "    return out;\n"
    "}\n";

static const char *const encodings[] = {[BIND_UTF8] = "utf8",
                                        [BIND_UTF16] = "utf16",
                                        [BIND_LATIN1_UTF16] = "latin1+utf16"};

/* The same with the characters of texts: @C of literals, @U of units. */
static void expand_string(c_generator *self, const char *template, buffer *out)
{
    bool wide = self->options->encoding == BIND_UTF16;
    buffer text;
    buffer_init(&text);
    for (const char *at = template; *at; at++) {
        if (at[0] == '@' && (at[1] == 'C' || at[1] == 'U')) {
            buffer_text(&text, wide           ? "uint16_t"
                               : at[1] == 'C' ? "char"
                                              : "uint8_t");
            at++;
            continue;
        }
        buffer_put(&text, (uint8_t)*at);
    }
    const char *string = buffer_string(&text);
    if (string)
        c_expand(self, string, out);
    else
        self->failed = true;
    buffer_release(&text);
}

/* Whether the host ever allocates in the component. */
static bool needs_realloc(const c_generator *self)
{
    unsigned needs = 0;
    for (uint32_t i = 0; i < self->world->scope_count; i++) {
        const bind_scope *scope = &self->world->scopes[i];
        for (uint32_t j = 0; j < scope->function_count; j++) {
            const wit_function *it = scope->functions[j];
            needs |= scope->exported
                         ? wit_needs_of_lift(self->set, it, bind_abi(it))
                         : wit_needs_of_lower(self->set, it, bind_abi(it));
        }
    }
    return needs & WIT_NEEDS_REALLOC || self->streams_bring_memory ||
           self->needs_error_context;
}

static void write_error_context(c_generator *self, buffer *source)
{
    static const uint8_t params[] = {WIT_CORE_I32, WIT_CORE_I32};
    const char *encoding = encodings[self->options->encoding];
    c_write_import(self, "$root",
                   c_text(self, "[error-context-new-%s]", encoding),
                   "wasm_error_context_new", params, 2, "int32_t", source);
    c_write_import(self, "$root",
                   c_text(self, "[error-context-debug-message-%s]", encoding),
                   "wasm_error_context_debug_message", params, 2, "void",
                   source);
    c_write_import(self, "$root", "[error-context-drop]",
                   "wasm_error_context_drop", params, 1, "void", source);
    c_expand(self, error_source, source);
}

void c_write_support(c_generator *self, buffer *header, buffer *source)
{
    static const char *const strings[] = {[BIND_UTF8] = string_utf8,
                                          [BIND_UTF16] = string_utf16,
                                          [BIND_LATIN1_UTF16] =
                                              string_latin1_utf16};
    if (self->needs_error_context)
        self->needs_string = true;
    if (self->needs_string) {
        c_expand(self, strings[self->options->encoding], header);
        expand_string(self, string_functions, &self->h_helpers);
        buffer_text(source, "\nstatic void *allocate(size_t size)\n{\n"
                            "    void *out = realloc(NULL, size);\n"
                            "    if (!out)\n        __builtin_trap();\n"
                            "    return out;\n}\n");
        expand_string(self, string_source, source);
    }
    if (self->needs_error_context) {
        c_expand(self, "\ntypedef uint32_t @w_error_context_t;\n", header);
        c_expand(self, error_functions, &self->h_helpers);
        write_error_context(self, source);
    }
    if (needs_realloc(self))
        buffer_text(source, realloc_source);
}
