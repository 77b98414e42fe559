/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Built-ins as core modules import them (legacy spelling only), and the check
 * of core types. */
#include "base/near.h"
#include "component/new_private.h"

enum {
    MAY_ASYNC = 1,    /* `[async-lower]` in front */
    MAY_CANCEL = 2,   /* `[cancellable]` in front */
    MAY_WIDTH = 4,    /* "-i32" or "-i64" behind: of the second parameter */
    USES_MEMORY = 8,  /* writes to memory */
    USES_STRING = 16, /* reads a string from it */
    MAKES_STRING = 32 /* allocates a string in it */
};

typedef struct builtin {
    const char *name;
    const char *type;
    component_canon_kind canon;
    unsigned flags;
    component_option_kind encoding;
} builtin;

#define CANON(name) COMPONENT_CANON_##name

static const builtin builtins[] = {
    {"task-cancel", ":", CANON(TASK_CANCEL), 0, 0},
    {"backpressure-inc", ":", CANON(BACKPRESSURE_INC), 0, 0},
    {"backpressure-dec", ":", CANON(BACKPRESSURE_DEC), 0, 0},
    {"waitable-set-new", ":i", CANON(WAITABLE_SET_NEW), 0, 0},
    {"waitable-set-wait", "ii:i", CANON(WAITABLE_SET_WAIT),
     MAY_CANCEL | MAY_WIDTH | USES_MEMORY, 0},
    {"waitable-set-poll", "ii:i", CANON(WAITABLE_SET_POLL),
     MAY_CANCEL | MAY_WIDTH | USES_MEMORY, 0},
    {"waitable-set-drop", "i:", CANON(WAITABLE_SET_DROP), 0, 0},
    {"waitable-join", "ii:", CANON(WAITABLE_JOIN), 0, 0},
    {"subtask-drop", "i:", CANON(SUBTASK_DROP), 0, 0},
    {"subtask-cancel", "i:i", CANON(SUBTASK_CANCEL), MAY_ASYNC, 0},
    {"error-context-new-utf8", "ii:i", CANON(ERROR_CONTEXT_NEW), USES_STRING,
     COMPONENT_OPTION_UTF8},
    {"error-context-new-utf16", "ii:i", CANON(ERROR_CONTEXT_NEW), USES_STRING,
     COMPONENT_OPTION_UTF16},
    {"error-context-new-latin1+utf16", "ii:i", CANON(ERROR_CONTEXT_NEW),
     USES_STRING, COMPONENT_OPTION_LATIN1_UTF16},
    {"error-context-debug-message-utf8", "ii:",
     CANON(ERROR_CONTEXT_DEBUG_MESSAGE), MAKES_STRING, COMPONENT_OPTION_UTF8},
    {"error-context-debug-message-utf16", "ii:",
     CANON(ERROR_CONTEXT_DEBUG_MESSAGE), MAKES_STRING, COMPONENT_OPTION_UTF16},
    {"error-context-debug-message-latin1+utf16",
     "ii:", CANON(ERROR_CONTEXT_DEBUG_MESSAGE), MAKES_STRING,
     COMPONENT_OPTION_LATIN1_UTF16},
    {"error-context-drop", "i:", CANON(ERROR_CONTEXT_DROP), 0, 0},
    {"thread-index", ":i", CANON(THREAD_INDEX), 0, 0},
    {"thread-new-indirect-v0", "ii:i", CANON(THREAD_NEW_INDIRECT), 0, 0},
    {"thread-resume-later", "i:", CANON(THREAD_RESUME_LATER), 0, 0},
    {"thread-suspend", ":i", CANON(THREAD_SUSPEND), MAY_CANCEL, 0},
    {"thread-yield", ":i", CANON(THREAD_YIELD), MAY_CANCEL, 0},
    {"thread-suspend-then-resume", "i:i", CANON(THREAD_SUSPEND_THEN_RESUME),
     MAY_CANCEL, 0},
    {"thread-yield-then-resume", "i:i", CANON(THREAD_YIELD_THEN_RESUME),
     MAY_CANCEL, 0},
    {"thread-suspend-then-promote", "i:i", CANON(THREAD_SUSPEND_THEN_PROMOTE),
     MAY_CANCEL, 0},
    {"thread-yield-then-promote", "i:i", CANON(THREAD_YIELD_THEN_PROMOTE),
     MAY_CANCEL, 0},
};

/* ---- Core types ---- */

static wasm_valtype letter_type(char letter)
{
    switch (letter) {
    case 'i':
        return WASM_I32;
    case 'l':
        return WASM_I64;
    case 'f':
        return WASM_F32;
    default:
        return WASM_F64;
    }
}

static void write_types(const wasm_valtype *types, uint32_t count, buffer *out)
{
    buffer_put(out, '(');
    for (uint32_t i = 0; i < count; i++) {
        char text[32];
        wasm_valtype_text(types[i], text, sizeof text);
        buffer_printf(out, "%s%s", i ? ", " : "", text);
    }
    buffer_put(out, ')');
}

static void write_functype(const wasm_functype *type, buffer *out)
{
    write_types(type->params, type->param_count, out);
    buffer_text(out, " -> ");
    write_types(type->results, type->result_count, out);
}

static bool same_types(const wasm_valtype *a, uint32_t a_count,
                       const wasm_valtype *b, uint32_t b_count)
{
    return a_count == b_count &&
           (!a_count || !memcmp(a, b, a_count * sizeof *a));
}

static bool same_functype(const wasm_functype *a, const wasm_functype *b)
{
    return same_types(a->params, a->param_count, b->params, b->param_count) &&
           same_types(a->results, a->result_count, b->results, b->result_count);
}

/* "(i32) -> (), but (i32) -> (i32) is needed" */
static whit_status fail_types(new_maker *self, const wasm_functype *found,
                              const wasm_functype *expected, const char *what,
                              slice name)
{
    buffer text;
    buffer_init(&text);
    write_functype(found, &text);
    buffer_text(&text, ", but it has to be ");
    write_functype(expected, &text);
    const char *types = buffer_string(&text);
    whit_status status =
        types ? error_set(self->error, WHIT_INVALID, "%s '%.*s' has type %s",
                          what, SLICE_ARG(name), types)
              : error_memory(self->error);
    buffer_release(&text);
    return status;
}

whit_status component_new_check_text(new_maker *self, const wasm_functype *type,
                                     const char *expected, slice module,
                                     slice name)
{
    wasm_valtype types[8];
    wasm_functype want = {.params = types};
    const char *c = expected;
    uint32_t count = 0;
    for (; *c != ':'; c++)
        types[count++] = letter_type(*c);
    want.param_count = count;
    want.results = types + count;
    for (c++; *c; c++)
        types[count++] = letter_type(*c);
    want.result_count = count - want.param_count;
    if (same_functype(type, &want))
        return WHIT_OK;
    whit_status status =
        fail_types(self, type, &want, module.size ? "import" : "export", name);
    if (module.size)
        error_suffix(self->error, " (module '%.*s')", SLICE_ARG(module));
    return status;
}

static wasm_valtype core_valtype(uint8_t core)
{
    static const wasm_valtype types[] = {
        [WIT_CORE_I32] = WASM_I32,
        [WIT_CORE_I64] = WASM_I64,
        [WIT_CORE_F32] = WASM_F32,
        [WIT_CORE_F64] = WASM_F64,
    };
    return types[core];
}

whit_status component_new_check_type(new_maker *self, const wasm_functype *type,
                                     const wit_signature *expected,
                                     const char *what, slice name,
                                     const wit_function *function)
{
    wasm_valtype types[WIT_MAX_FLAT_PARAMS + 1 + WIT_MAX_FLAT_RESULTS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < expected->param_count; i++)
        types[count++] = core_valtype(expected->params[i]);
    for (uint32_t i = 0; i < expected->result_count; i++)
        types[count++] = core_valtype(expected->results[i]);
    wasm_functype want = {types, types + expected->param_count,
                          expected->param_count, expected->result_count};
    if (same_functype(type, &want))
        return WHIT_OK;
    whit_status status = fail_types(self, type, &want, what, name);
    error_suffix(self->error, " for function '%.*s'",
                 SLICE_ARG(function->name));
    return status;
}

/* ---- Names ---- */

/* "[context-get-0]", "[context-set-i64-1]" */
static whit_status context(new_maker *self, slice name, bool *found,
                           new_import *out, const wasm_functype *type)
{
    slice rest = name;
    bool get = slice_take(&rest, "[context-get-");
    if (!get && !slice_take(&rest, "[context-set-"))
        return WHIT_OK;
    bool wide = slice_take(&rest, "i64-");
    if (!wide)
        slice_take(&rest, "i32-");
    if (!slice_take_end(&rest, "]") || rest.size != 1 || rest.data[0] < '0' ||
        rest.data[0] > '9')
        return WHIT_OK;
    *found = true;
    out->canon = get ? CANON(CONTEXT_GET) : CANON(CONTEXT_SET);
    out->number = rest.data[0] - '0';
    out->core_type = wide ? WASM_I64 : WASM_I32;
    return component_new_check_text(self, type,
                                    get    ? wide ? ":l" : ":i"
                                    : wide ? "l:"
                                           : "i:",
                                    out->core->module, name);
}

static whit_status accept(new_maker *self, const builtin *it, slice name,
                          bool is_async, bool cancellable, bool wide,
                          const wasm_functype *type, new_import *out)
{
    out->canon = it->canon;
    out->is_async = is_async;
    out->cancellable = cancellable;
    out->encoding = it->encoding;
    if (it->flags & USES_MEMORY)
        out->needs = WIT_NEEDS_MEMORY;
    if (it->flags & (USES_STRING | MAKES_STRING))
        out->needs = WIT_NEEDS_MEMORY | WIT_NEEDS_ENCODING;
    if (it->flags & MAKES_STRING)
        out->needs |= WIT_NEEDS_REALLOC;
    return component_new_check_text(self, type, wide ? "il:i" : it->type,
                                    out->core->module, name);
}

whit_status component_new_builtin(new_maker *self, slice name,
                                  const wasm_functype *type, bool *found,
                                  new_import *out)
{
    *found = false;
    TRY(context(self, name, found, out, type));
    slice rest = name;
    bool is_async = slice_take(&rest, "[async-lower]");
    bool cancellable = !is_async && slice_take(&rest, "[cancellable]");
    if (*found || !slice_take(&rest, "[") || !slice_take_end(&rest, "]"))
        return WHIT_OK;
    for (size_t i = 0; i < COUNT_OF(builtins); i++) {
        const builtin *it = &builtins[i];
        slice word = rest;
        bool wide = false;
        if (it->flags & MAY_WIDTH) {
            wide = slice_take_end(&word, "-i64");
            if (!wide)
                slice_take_end(&word, "-i32");
        }
        if (!slice_is(word, it->name) ||
            (is_async && !(it->flags & MAY_ASYNC)) ||
            (cancellable && !(it->flags & MAY_CANCEL)))
            continue;
        *found = true;
        return accept(self, it, name, is_async, cancellable, wide, type, out);
    }
    return WHIT_OK;
}

void component_new_near_builtin(slice name, whit_error *error)
{
    slice rest = name;
    if (!slice_take(&rest, "[") || !slice_take_end(&rest, "]"))
        return;
    near_word near = near_new(rest);
    for (size_t i = 0; i < COUNT_OF(builtins); i++)
        near_try(&near, slice_text(builtins[i].name));
    if (near.best.size)
        error_suffix(error, "; did you mean '[%.*s]'?", SLICE_ARG(near.best));
}
