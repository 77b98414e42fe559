/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Matching imports. */
#include "runtime/import.h"

#include <inttypes.h>
#include "base/buffer.h"
#include "runtime/memory.h"

/* The type of an external item, canonical. */
typedef struct extern_type {
    wasm_external_kind kind;
    const wasm_type *type; /* functions, tags */
    wasm_valtype value;    /* globals, tables */
    bool mutable_;
    wasm_limits limits; /* tables, memories: min is the size now */
} extern_type;

static extern_type wanted_type(const rt_module *module,
                               const wasm_import *import)
{
    const wasm_module *wasm = module->wasm;
    uint32_t index = import->index;
    extern_type out = {.kind = import->kind};
    switch (import->kind) {
    case WASM_EXTERN_FUNC:
        out.type = module->types[wasm->functions[index].type];
        break;
    case WASM_EXTERN_TABLE:
        out.value =
            wasm_type_canonical(wasm->tables[index].type, module->types);
        out.limits = wasm->tables[index].limits;
        break;
    case WASM_EXTERN_MEMORY:
        out.limits = wasm->memories[index].limits;
        break;
    case WASM_EXTERN_GLOBAL:
        out.value =
            wasm_type_canonical(wasm->globals[index].type, module->types);
        out.mutable_ = wasm->globals[index].mutable_;
        break;
    case WASM_EXTERN_TAG:
        out.type = module->types[wasm->tags[index].type];
        break;
    case WASM_EXTERN_KINDS:
        break;
    }
    return out;
}

static extern_type given_type(const rt_extern *given)
{
    extern_type out = {.kind = given->kind};
    switch (given->kind) {
    case WASM_EXTERN_FUNC:
        out.type = given->function->header.type;
        break;
    case WASM_EXTERN_TABLE:
        out.value = given->table->type;
        out.limits = (wasm_limits){.min = given->table->size,
                                   .max = given->table->max,
                                   .has_max = given->table->has_max,
                                   .is64 = given->table->is64};
        break;
    case WASM_EXTERN_MEMORY:
        out.limits =
            (wasm_limits){.min = memory_size(given->memory) / WASM_PAGE_SIZE,
                          .max = given->memory->max_pages,
                          .has_max = given->memory->has_max,
                          .shared = given->memory->shared,
                          .is64 = given->memory->is64};
        break;
    case WASM_EXTERN_GLOBAL:
        out.value = given->global->type;
        out.mutable_ = given->global->mutable_;
        break;
    case WASM_EXTERN_TAG:
        out.type = given->tag->type;
        break;
    case WASM_EXTERN_KINDS:
        break;
    }
    return out;
}

static bool limits_match(const wasm_limits *given, const wasm_limits *wanted)
{
    if (given->is64 != wanted->is64 || given->shared != wanted->shared ||
        given->min < wanted->min)
        return false;
    return !wanted->has_max || (given->has_max && given->max <= wanted->max);
}

/* The table is locked. */
static bool types_match(const wasm_type_table *types, const extern_type *given,
                        const extern_type *wanted)
{
    if (given->kind != wanted->kind)
        return false;
    switch (given->kind) {
    case WASM_EXTERN_FUNC:
        return wasm_type_is_sub(given->type, wanted->type);
    case WASM_EXTERN_TABLE:
        return given->value == wanted->value &&
               limits_match(&given->limits, &wanted->limits);
    case WASM_EXTERN_MEMORY:
        return limits_match(&given->limits, &wanted->limits);
    case WASM_EXTERN_GLOBAL:
        if (given->mutable_ != wanted->mutable_)
            return false;
        return given->mutable_
                   ? given->value == wanted->value
                   : wasm_valtype_matches(types, given->value, wanted->value);
    case WASM_EXTERN_TAG:
        return given->type == wanted->type;
    case WASM_EXTERN_KINDS:
        break;
    }
    return false;
}

static void put_types(buffer *out, const char *word, const wasm_valtype *types,
                      uint32_t count)
{
    if (count == 0)
        return;
    buffer_printf(out, " (%s", word);
    for (uint32_t i = 0; i < count; i++) {
        char text[48];
        wasm_valtype_text(types[i], text, sizeof text);
        buffer_printf(out, " %s", text);
    }
    buffer_put(out, ')');
}

static void put_limits(buffer *out, const wasm_limits *limits)
{
    buffer_printf(out, "%s %" PRIu64, limits->is64 ? " i64" : "", limits->min);
    if (limits->has_max)
        buffer_printf(out, " %" PRIu64, limits->max);
    if (limits->shared)
        buffer_text(out, " shared");
}

/* As the text format writes it, type indices being canonical ids. */
static void put_type(buffer *out, const extern_type *type)
{
    char text[48];
    wasm_valtype_text(type->value, text, sizeof text);
    switch (type->kind) {
    case WASM_EXTERN_FUNC:
    case WASM_EXTERN_TAG:
        buffer_text(out, type->kind == WASM_EXTERN_TAG ? "(tag" : "(func");
        put_types(out, "param", type->type->func.params,
                  type->type->func.param_count);
        put_types(out, "result", type->type->func.results,
                  type->type->func.result_count);
        break;
    case WASM_EXTERN_TABLE:
        buffer_text(out, "(table");
        put_limits(out, &type->limits);
        buffer_printf(out, " %s", text);
        break;
    case WASM_EXTERN_MEMORY:
        buffer_text(out, "(memory");
        put_limits(out, &type->limits);
        break;
    case WASM_EXTERN_GLOBAL:
        buffer_printf(out, type->mutable_ ? "(global (mut %s)" : "(global %s",
                      text);
        break;
    case WASM_EXTERN_KINDS:
        break;
    }
    buffer_put(out, ')');
}

static whit_status mismatch(const wasm_import *import,
                            const extern_type *wanted, const extern_type *given,
                            whit_error *error)
{
    buffer text;
    buffer_init(&text);
    buffer_printf(&text, "\"%.*s\".\"%.*s\" must be ",
                  SLICE_ARG(import->module), SLICE_ARG(import->name));
    put_type(&text, wanted);
    if (given) {
        buffer_text(&text, ", but is ");
        put_type(&text, given);
        /* The same words with another meaning. */
        if (wanted->type && given->type && wanted->type != given->type)
            buffer_printf(&text, " (declared as types %u and %u)",
                          wanted->type->id, given->type->id);
    }
    const char *sentence =
        given ? "incompatible import type" : "unknown import";
    const char *string = buffer_string(&text);
    whit_status status = error_set(error, WHIT_UNLINKABLE, "%s: %s", sentence,
                                   string ? string : "no memory to say which");
    buffer_release(&text);
    return status;
}

whit_status rt_import_check(rt_module *module, uint32_t index,
                            const rt_extern *given, whit_error *error)
{
    const wasm_import *import = &module->wasm->imports[index];
    rt_engine *engine = module->engine;
    extern_type wanted = wanted_type(module, import);
    if (!given || given->kind >= WASM_EXTERN_KINDS)
        return mismatch(import, &wanted, NULL, error);
    extern_type actual = given_type(given);
    pthread_mutex_lock(&engine->types_lock);
    bool match = types_match(engine->types, &actual, &wanted);
    pthread_mutex_unlock(&engine->types_lock);
    return match ? WHIT_OK : mismatch(import, &wanted, &actual, error);
}
