/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of canonical definitions, and the core types they make
 * (CanonicalABI.md, "Canonical Definitions"). */
#include "component/validate_private.h"

typedef struct canon_options {
    bool has[COMPONENT_OPTION_KINDS];
    uint32_t index[COMPONENT_OPTION_KINDS];
    bool has_encoding;
    wasm_valtype pointer; /* address type of the memory; i32 without one */
} canon_options;

static const char *const option_words[COMPONENT_OPTION_KINDS] = {
    "utf8",    "utf16",       "latin1-utf16", "memory",
    "realloc", "post-return", "async",        "callback"};

/* ---- Core functions ---- */

static whit_status core_function(checker *v, uint32_t index,
                                 const wasm_functype **out)
{
    const component_space_item *item = NULL;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_FUNC, index,
                             &item));
    *out = &item->core.type->func;
    return WHIT_OK;
}

static bool has_signature(const wasm_functype *func, const wasm_valtype *params,
                          uint32_t param_count, const wasm_valtype *results,
                          uint32_t result_count)
{
    return func->param_count == param_count &&
           func->result_count == result_count &&
           (!param_count ||
            !memcmp(func->params, params, param_count * sizeof *params)) &&
           (!result_count ||
            !memcmp(func->results, results, result_count * sizeof *results));
}

static whit_status
option_function(checker *v, const canon_options *o, component_option_kind kind,
                const wasm_valtype *params, uint32_t param_count,
                const wasm_valtype *results, uint32_t result_count)
{
    const wasm_functype *func = NULL;
    if (!o->has[kind])
        return WHIT_OK;
    TRY(core_function(v, o->index[kind], &func));
    if (has_signature(func, params, param_count, results, result_count))
        return WHIT_OK;
    return component_check_fail(
        v,
        "canonical option `%s` uses a core function with an "
        "incorrect signature",
        option_words[kind]);
}

/* Adds the core function a definition makes. */
static whit_status add_function(checker *v, const wasm_valtype *params,
                                uint32_t param_count,
                                const wasm_valtype *results,
                                uint32_t result_count)
{
    wasm_functype func = {params, results, param_count, result_count};
    component_space_item item = {.core = {.kind = WASM_EXTERN_FUNC}};
    TRY(wasm_type_table_func(v->types, &func, &item.core.type, v->error));
    return component_check_add_item(v, COMPONENT_SORT_CORE_FUNC, &item);
}

/* The same from letters: "Pi>i" takes a pointer and an i32 and returns an
 * i32; T stands for `type`. */
static whit_status add_plain(checker *v, const char *signature,
                             wasm_valtype pointer, wasm_valtype type)
{
    wasm_valtype types[2][4];
    uint32_t counts[2] = {0, 0};
    int side = 0;
    for (; *signature; signature++) {
        if (*signature == '>') {
            side = 1;
            continue;
        }
        types[side][counts[side]++] = *signature == 'i'   ? WASM_I32
                                      : *signature == 'I' ? WASM_I64
                                      : *signature == 'P' ? pointer
                                                          : type;
    }
    return add_function(v, types[0], counts[0], types[1], counts[1]);
}

/* ---- Options ---- */

static whit_status memory_pointer(checker *v, uint32_t index, wasm_valtype *out)
{
    const component_space_item *item = NULL;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_MEMORY, index,
                             &item));
    const wasm_limits *limits = &item->core.memory.limits;
    *out = limits->is64 ? WASM_I64 : WASM_I32;
    if (limits->shared)
        return component_check_fail(
            v, "canonical option `memory` cannot be shared: "
               "mismatch in the shared flag for memories");
    return WHIT_OK;
}

static whit_status take_option(checker *v, const component_option *option,
                               canon_options *o)
{
    component_option_kind kind = option->kind;
    if (kind <= COMPONENT_OPTION_LATIN1_UTF16) {
        for (int i = 0; o->has_encoding && i <= COMPONENT_OPTION_LATIN1_UTF16;
             i++)
            if (o->has[i])
                return component_check_fail(
                    v,
                    "canonical encoding option `%s` conflicts "
                    "with option `%s`",
                    option_words[i], option_words[kind]);
        o->has_encoding = true;
    } else if (o->has[kind]) {
        return component_check_fail(
            v, "canonical option `%s` is specified more than once",
            option_words[kind]);
    }
    o->has[kind] = true;
    o->index[kind] = option->index;
    if (kind == COMPONENT_OPTION_MEMORY)
        return memory_pointer(v, option->index, &o->pointer);
    return WHIT_OK;
}

static whit_status check_options(checker *v, const component_canon *canon,
                                 canon_options *o)
{
    *o = (canon_options){.pointer = WASM_I32};
    for (uint32_t i = 0; i < canon->option_count; i++)
        TRY(take_option(v, &canon->options[i], o));
    if (o->has[COMPONENT_OPTION_REALLOC] && !o->has[COMPONENT_OPTION_MEMORY])
        return component_check_fail(
            v, "canonical option `realloc` requires `memory` to "
               "also be specified");
    wasm_valtype p = o->pointer;
    const wasm_valtype realloc_params[] = {p, p, p, p};
    TRY(option_function(v, o, COMPONENT_OPTION_REALLOC, realloc_params, 4, &p,
                        1));
    if (canon->kind != COMPONENT_CANON_LIFT) {
        if (o->has[COMPONENT_OPTION_POST_RETURN])
            return component_check_fail(
                v, "canonical option `post-return` cannot be "
                   "specified for lowerings");
        if (o->has[COMPONENT_OPTION_CALLBACK])
            return component_check_fail(v,
                                        "canonical option `callback` cannot be "
                                        "specified for lowerings");
    }
    static const wasm_valtype three[] = {WASM_I32, WASM_I32, WASM_I32};
    if (o->has[COMPONENT_OPTION_CALLBACK] && !o->has[COMPONENT_OPTION_ASYNC])
        return component_check_fail(v, "cannot specify callback without async");
    TRY(option_function(v, o, COMPONENT_OPTION_CALLBACK, three, 3, three, 1));
    if (o->has[COMPONENT_OPTION_ASYNC] && o->has[COMPONENT_OPTION_POST_RETURN])
        return component_check_fail(
            v, "cannot specify post-return function in async");
    return WHIT_OK;
}

static whit_status require(checker *v, const canon_options *o,
                           component_option_kind kind, bool needed)
{
    if (!needed || o->has[kind])
        return WHIT_OK;
    return component_check_fail(v, "canonical option `%s` is required",
                                option_words[kind]);
}

/* Memory, and what allocates in it. */
static whit_status require_both(checker *v, const canon_options *o, bool memory,
                                bool realloc)
{
    TRY(require(v, o, COMPONENT_OPTION_MEMORY, memory || realloc));
    return require(v, o, COMPONENT_OPTION_REALLOC, realloc);
}

static whit_status only(checker *v, const canon_options *o, const bool *allowed,
                        const char *what)
{
    for (int i = COMPONENT_OPTION_MEMORY; i < COMPONENT_OPTION_KINDS; i++)
        if (o->has[i] && !allowed[i])
            return component_check_fail(v, "cannot specify option `%s` on `%s`",
                                        option_words[i], what);
    return WHIT_OK;
}

/* ---- Lift and lower ---- */

static bool params_have_pointer(const component_node *func)
{
    for (uint32_t i = 0; i < func->member_count; i++)
        if (func->members[i].type->has_pointer)
            return true;
    return false;
}

static bool result_has_pointer(const component_node *func)
{
    return func->element && func->element->has_pointer;
}

static void put_types(buffer *out, const wasm_valtype *types, uint32_t count)
{
    buffer_put(out, '[');
    for (uint32_t i = 0; i < count && i < 2 * COMPONENT_FLAT_MAX; i++) {
        char text[48];
        wasm_valtype_text(types[i], text, sizeof text);
        for (char *c = text; *c; c++)
            buffer_put(out, *c >= 'a' && *c <= 'z' ? (uint8_t)(*c & ~0x20)
                                                   : (uint8_t)*c);
        if (i + 1 < count)
            buffer_text(out, ", ");
    }
    buffer_put(out, ']');
}

static whit_status compare_types(checker *v, const char *what,
                                 const component_flat *flat,
                                 const wasm_valtype *types, uint32_t count)
{
    if (flat->count == count &&
        (!count || !memcmp(flat->types, types, count * sizeof *types)))
        return WHIT_OK;
    buffer text;
    buffer_init(&text);
    buffer_printf(&text, "lowered %s types `", what);
    put_types(&text, flat->types, flat->count);
    buffer_printf(&text, "` do not match %s types `", what);
    put_types(&text, types, count);
    buffer_put(&text, '`');
    const char *message = buffer_string(&text);
    whit_status status = message ? component_check_fail(v, "%s", message)
                                 : error_memory(v->error);
    buffer_release(&text);
    return status;
}

static whit_status check_async(checker *v, const canon_options *o,
                               const component_node *func)
{
    if (o->has[COMPONENT_OPTION_ASYNC] && !func->is_async)
        return component_check_fail(
            v, "the `async` canonical option requires an async "
               "function type");
    return WHIT_OK;
}

static whit_status check_lift(checker *v, const component_canon *canon,
                              const canon_options *o)
{
    const component_node *func = NULL;
    const wasm_functype *core = NULL;
    component_signature signature;
    TRY(component_check_type(v, canon->type, &func));
    if (func->kind != COMPONENT_TYPE_FUNC)
        return component_check_fail(v, "type index %u is not a function type",
                                    canon->type);
    TRY(core_function(v, canon->callee, &core));
    TRY(check_async(v, o, func));
    component_flatten_function(
        func, COMPONENT_FLAT_LIFT, o->has[COMPONENT_OPTION_ASYNC],
        o->has[COMPONENT_OPTION_CALLBACK], o->pointer, &signature);
    TRY(require_both(v, o,
                     result_has_pointer(func) || signature.results_in_memory,
                     params_have_pointer(func) || signature.params_in_memory));
    TRY(compare_types(v, "parameter", &signature.params, core->params,
                      core->param_count));
    TRY(compare_types(v, "result", &signature.results, core->results,
                      core->result_count));
    TRY(option_function(v, o, COMPONENT_OPTION_POST_RETURN,
                        signature.results.types, signature.results.count, NULL,
                        0));
    component_space_item item = {.type = func};
    return component_check_add_item(v, COMPONENT_SORT_FUNC, &item);
}

static whit_status check_lower(checker *v, const component_canon *canon,
                               const canon_options *o)
{
    const component_space_item *item = NULL;
    component_signature signature;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_FUNC, canon->callee,
                             &item));
    const component_node *func = item->type;
    TRY(check_async(v, o, func));
    component_flatten_function(func, COMPONENT_FLAT_LOWER,
                               o->has[COMPONENT_OPTION_ASYNC], false,
                               o->pointer, &signature);
    TRY(require_both(v, o,
                     params_have_pointer(func) || signature.params_in_memory ||
                         signature.results_in_memory,
                     result_has_pointer(func)));
    return add_function(v, signature.params.types, signature.params.count,
                        signature.results.types, signature.results.count);
}

/* ---- Built-ins ---- */

static whit_status check_resource(checker *v, const component_canon *canon)
{
    const component_node *type = NULL;
    TRY(component_check_type(v, canon->type, &type));
    if (type->kind != COMPONENT_TYPE_RESOURCE)
        return component_check_fail(v, "type index %u is not a resource type",
                                    canon->type);
    if (canon->kind == COMPONENT_CANON_RESOURCE_DROP)
        return add_plain(v, "i", WASM_I32, 0);
    const component_resource *resource = type->resource;
    if (resource->owner != v->scope->component)
        return component_check_fail(v, "type index %u is not a local resource",
                                    canon->type);
    return add_plain(
        v, canon->kind == COMPONENT_CANON_RESOURCE_NEW ? "T>i" : "i>T",
        WASM_I32, resource->rep);
}

static whit_status check_task_return(checker *v, const component_canon *canon,
                                     const canon_options *o)
{
    static const bool allowed[COMPONENT_OPTION_KINDS] = {
        [COMPONENT_OPTION_MEMORY] = true};
    component_member member = {.name = slice_of(NULL, 0)};
    component_signature signature;
    TRY(only(v, o, allowed, "task.return"));
    TRY(component_check_valtype(v, canon->result, &member.type));
    if (member.type && member.type->has_borrow)
        return component_check_fail(
            v, "task.return: a result cannot contain a `borrow` "
               "type");
    component_node func = {.kind = COMPONENT_TYPE_FUNC,
                           .members = &member,
                           .member_count = member.type != NULL};
    component_flatten_function(&func, COMPONENT_FLAT_LOWER, false, false,
                               o->pointer, &signature);
    TRY(require(v, o, COMPONENT_OPTION_MEMORY,
                params_have_pointer(&func) || signature.params_in_memory));
    return add_function(v, signature.params.types, signature.params.count, NULL,
                        0);
}

/* The stream or future type of a built-in. */
static whit_status async_type(checker *v, const component_canon *canon,
                              const component_node **out)
{
    bool stream = canon->kind <= COMPONENT_CANON_STREAM_DROP_WRITABLE;
    TRY(component_check_type(v, canon->type, out));
    if ((*out)->kind ==
        (stream ? COMPONENT_TYPE_STREAM : COMPONENT_TYPE_FUTURE))
        return WHIT_OK;
    return component_check_fail(
        v, "`%s` requires a %s type, which type index %u is not",
        component_canon_text(canon->kind), stream ? "stream" : "future",
        canon->type);
}

static whit_status check_copy(checker *v, const component_canon *canon,
                              const canon_options *o)
{
    static const bool allowed[COMPONENT_OPTION_KINDS] = {
        [COMPONENT_OPTION_MEMORY] = true,
        [COMPONENT_OPTION_REALLOC] = true,
        [COMPONENT_OPTION_ASYNC] = true};
    const component_node *type = NULL;
    bool stream = canon->kind <= COMPONENT_CANON_STREAM_DROP_WRITABLE;
    bool reads = canon->kind == COMPONENT_CANON_STREAM_READ ||
                 canon->kind == COMPONENT_CANON_FUTURE_READ;
    TRY(async_type(v, canon, &type));
    TRY(only(v, o, allowed, component_canon_text(canon->kind)));
    if (type->element)
        TRY(require_both(v, o, true, reads && type->element->has_pointer));
    return add_plain(v, stream ? "iPP>P" : "iP>i", o->pointer, 0);
}

static whit_status check_stream(checker *v, const component_canon *canon,
                                const char *signature)
{
    const component_node *type = NULL;
    TRY(async_type(v, canon, &type));
    return add_plain(v, signature, WASM_I32, 0);
}

static whit_status check_context(checker *v, const component_canon *canon)
{
    if (canon->core_type != WASM_I32 && canon->core_type != WASM_I64)
        return component_check_fail(v, "`%s` only supports `i32` and `i64`",
                                    component_canon_text(canon->kind));
    if (canon->number >= 2)
        return component_check_fail(v, "`%s` immediate must be less than 2: %u",
                                    component_canon_text(canon->kind),
                                    canon->number);
    check_scope *scope = v->scope;
    if (scope->context_type && scope->context_type != canon->core_type)
        return component_check_fail(v,
                                    "all `context.get` and `context.set` of a "
                                    "component must have one type");
    scope->context_type = canon->core_type;
    return add_plain(v, canon->kind == COMPONENT_CANON_CONTEXT_GET ? ">T" : "T",
                     WASM_I32, canon->core_type);
}

static whit_status check_error_context(checker *v, const component_canon *canon,
                                       const canon_options *o)
{
    static const bool allowed[COMPONENT_OPTION_KINDS] = {
        [COMPONENT_OPTION_MEMORY] = true, [COMPONENT_OPTION_REALLOC] = true};
    bool is_new = canon->kind == COMPONENT_CANON_ERROR_CONTEXT_NEW;
    TRY(only(v, o, allowed, component_canon_text(canon->kind)));
    TRY(require_both(v, o, true, !is_new));
    return add_plain(v, is_new ? "PP>i" : "iP", o->pointer, 0);
}

static whit_status check_new_thread(checker *v, const component_canon *canon)
{
    const component_space_item *item = NULL;
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_TYPE, canon->type,
                             &item));
    const wasm_type *type = item->core_type;
    if (!type || type->kind != WASM_COMP_FUNC || type->func.param_count != 1 ||
        type->func.result_count ||
        (type->func.params[0] != WASM_I32 && type->func.params[0] != WASM_I64))
        return component_check_fail(
            v,
            "start function must be `(func (param i32))`, "
            "which core type %u is not",
            canon->type);
    TRY(component_check_item(v, v->scope, COMPONENT_SORT_CORE_TABLE,
                             canon->table, &item));
    if (!wasm_valtype_matches(v->types, item->core.table.type, WASM_FUNCREF))
        return component_check_fail(
            v,
            "a table of `funcref` elements is needed, which "
            "core table %u is not",
            canon->table);
    return add_plain(v, "PT>i",
                     item->core.table.limits.is64 ? WASM_I64 : WASM_I32,
                     type->func.params[0]);
}

static whit_status check_builtin(checker *v, const component_canon *canon)
{
    wasm_valtype pointer;
    switch (canon->kind) {
    case COMPONENT_CANON_STREAM_NEW:
    case COMPONENT_CANON_FUTURE_NEW:
        return check_stream(v, canon, ">I");
    case COMPONENT_CANON_STREAM_CANCEL_READ:
    case COMPONENT_CANON_STREAM_CANCEL_WRITE:
    case COMPONENT_CANON_FUTURE_CANCEL_READ:
    case COMPONENT_CANON_FUTURE_CANCEL_WRITE:
        return check_stream(v, canon, "i>i");
    case COMPONENT_CANON_STREAM_DROP_READABLE:
    case COMPONENT_CANON_STREAM_DROP_WRITABLE:
    case COMPONENT_CANON_FUTURE_DROP_READABLE:
    case COMPONENT_CANON_FUTURE_DROP_WRITABLE:
        return check_stream(v, canon, "i");
    case COMPONENT_CANON_WAITABLE_SET_WAIT:
    case COMPONENT_CANON_WAITABLE_SET_POLL:
        TRY(memory_pointer(v, canon->memory, &pointer));
        return add_plain(v, "iP>i", pointer, 0);
    case COMPONENT_CANON_WAITABLE_SET_NEW:
    case COMPONENT_CANON_THREAD_INDEX:
    case COMPONENT_CANON_THREAD_SUSPEND:
    case COMPONENT_CANON_THREAD_YIELD:
        return add_plain(v, ">i", WASM_I32, 0);
    case COMPONENT_CANON_SUBTASK_CANCEL:
    case COMPONENT_CANON_THREAD_SUSPEND_THEN_RESUME:
    case COMPONENT_CANON_THREAD_YIELD_THEN_RESUME:
    case COMPONENT_CANON_THREAD_SUSPEND_THEN_PROMOTE:
    case COMPONENT_CANON_THREAD_YIELD_THEN_PROMOTE:
        return add_plain(v, "i>i", WASM_I32, 0);
    case COMPONENT_CANON_WAITABLE_JOIN:
        return add_plain(v, "ii", WASM_I32, 0);
    case COMPONENT_CANON_SUBTASK_DROP:
    case COMPONENT_CANON_WAITABLE_SET_DROP:
    case COMPONENT_CANON_THREAD_RESUME_LATER:
    case COMPONENT_CANON_ERROR_CONTEXT_DROP:
        return add_plain(v, "i", WASM_I32, 0);
    case COMPONENT_CANON_TASK_CANCEL:
    case COMPONENT_CANON_BACKPRESSURE_INC:
    case COMPONENT_CANON_BACKPRESSURE_DEC:
        return add_plain(v, "", WASM_I32, 0);
    default:
        return error_set(v->error, WHIT_UNSUPPORTED,
                         "`%s` is gated: it needs shared-everything threads",
                         component_canon_text(canon->kind));
    }
}

whit_status component_check_canon(checker *v, const component_canon *canon)
{
    canon_options o;
    TRY(check_options(v, canon, &o));
    switch (canon->kind) {
    case COMPONENT_CANON_LIFT:
        return check_lift(v, canon, &o);
    case COMPONENT_CANON_LOWER:
        return check_lower(v, canon, &o);
    case COMPONENT_CANON_RESOURCE_NEW:
    case COMPONENT_CANON_RESOURCE_DROP:
    case COMPONENT_CANON_RESOURCE_REP:
        return check_resource(v, canon);
    case COMPONENT_CANON_TASK_RETURN:
        return check_task_return(v, canon, &o);
    case COMPONENT_CANON_STREAM_READ:
    case COMPONENT_CANON_STREAM_WRITE:
    case COMPONENT_CANON_FUTURE_READ:
    case COMPONENT_CANON_FUTURE_WRITE:
        return check_copy(v, canon, &o);
    case COMPONENT_CANON_CONTEXT_GET:
    case COMPONENT_CANON_CONTEXT_SET:
        return check_context(v, canon);
    case COMPONENT_CANON_ERROR_CONTEXT_NEW:
    case COMPONENT_CANON_ERROR_CONTEXT_DEBUG_MESSAGE:
        return check_error_context(v, canon, &o);
    case COMPONENT_CANON_THREAD_NEW_INDIRECT:
        return check_new_thread(v, canon);
    default:
        return check_builtin(v, canon);
    }
}
