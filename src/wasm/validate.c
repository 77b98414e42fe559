/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Validation of a module: types, index spaces, segments, then bodies. */
#include "wasm/validate.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/map.h"
#include "base/memory.h"
#include "wasm/validate_locate.h"
#include "wasm/validate_private.h"

/* Passes a failure on, with the item it happened in behind the message. */
#define IN_ITEM(v, expr, section, index)                          \
    do {                                                          \
        whit_status item_status = (expr);                         \
        if (UNLIKELY(item_status != WHIT_OK)) {                   \
            wasm_locate((v)->module, section, index, (v)->error); \
            return item_status;                                   \
        }                                                         \
    } while (0)

/* ---- Types ---- */

/* Mutable fields are equal, others may become more precise. */
static bool field_matches(const wasm_validator *v, const wasm_field *sub,
                          const wasm_field *super)
{
    if (sub->mutable_ != super->mutable_)
        return false;
    if (sub->mutable_ || wasm_is_packed(sub->type) ||
        wasm_is_packed(super->type))
        return sub->type == super->type;
    return wasm_validator_matches(v, sub->type, super->type);
}

static bool func_matches(const wasm_validator *v, const wasm_functype *sub,
                         const wasm_functype *super)
{
    if (sub->param_count != super->param_count ||
        sub->result_count != super->result_count)
        return false;
    for (uint32_t i = 0; i < sub->param_count; i++)
        if (!wasm_validator_matches(v, super->params[i], sub->params[i]))
            return false;
    for (uint32_t i = 0; i < sub->result_count; i++)
        if (!wasm_validator_matches(v, sub->results[i], super->results[i]))
            return false;
    return true;
}

static bool structure_matches(const wasm_validator *v, const wasm_type *sub,
                              const wasm_type *super)
{
    if (sub->kind != super->kind)
        return false;
    if (sub->kind == WASM_COMP_FUNC)
        return func_matches(v, &sub->func, &super->func);
    if (sub->field_count < super->field_count)
        return false;
    for (uint32_t i = 0; i < super->field_count; i++)
        if (!field_matches(v, &sub->fields[i], &super->fields[i]))
            return false;
    return true;
}

static whit_status check_type_features(wasm_validator *v,
                                       const wasm_subtype *type)
{
    if (type->kind != WASM_COMP_FUNC)
        return wasm_validator_feature(v, WASM_FEATURE_GC,
                                      "struct and array types");
    if (v->features & WASM_FEATURE_SIMD)
        return WHIT_OK;
    wasm_valtype ignored;
    for (uint32_t i = 0; i < type->func.param_count; i++)
        TRY(wasm_validator_valtype(v, type->func.params[i], &ignored));
    for (uint32_t i = 0; i < type->func.result_count; i++)
        TRY(wasm_validator_valtype(v, type->func.results[i], &ignored));
    return WHIT_OK;
}

static whit_status check_type(wasm_validator *v, uint32_t index)
{
    const wasm_type *type = v->types[index], *super = type->super;
    TRY(check_type_features(v, &v->module->types[index]));
    if (!super)
        return WHIT_OK;
    if (super->final)
        return wasm_validator_fail(v, "sub type: super type %u is final",
                                   v->module->types[index].super);
    if (!structure_matches(v, type, super))
        return wasm_validator_fail(v,
                                   "sub type: the type does not match its "
                                   "super type %u",
                                   v->module->types[index].super);
    return WHIT_OK;
}

static whit_status check_types(wasm_validator *v)
{
    const wasm_module *m = v->module;
    v->table = wasm_type_table_new();
    TRY_ALLOC(v->table, v->error);
    v->types = mem_calloc(m->type_count, sizeof *v->types);
    TRY_ALLOC(v->types, v->error);
    for (uint32_t i = 0; i < m->type_count; i += m->types[i].rec_count)
        IN_ITEM(v,
                wasm_type_table_group(v->table, m->types + i, i,
                                      m->types[i].rec_count, v->types,
                                      v->error),
                WASM_SECTION_TYPE, i);
    for (uint32_t i = 0; i < m->type_count; i++)
        IN_ITEM(v, check_type(v, i), WASM_SECTION_TYPE, i);
    return WHIT_OK;
}

/* ---- Index spaces ---- */

static whit_status check_functions(wasm_validator *v)
{
    const wasm_module *m = v->module;
    const wasm_type *type;
    for (uint32_t i = 0; i < m->function_count; i++)
        IN_ITEM(
            v,
            wasm_validator_type(v, m->functions[i].type, WASM_COMP_FUNC, &type),
            WASM_SECTION_FUNCTION, i);
    return WHIT_OK;
}

static whit_status check_limits(wasm_validator *v, const wasm_limits *limits,
                                uint64_t most, const char *what,
                                const char *unit)
{
    if (limits->is64)
        TRY(wasm_validator_feature(v, WASM_FEATURE_MEMORY64,
                                   "an address type of i64"));
    if (limits->min > most || (limits->has_max && limits->max > most))
        return wasm_validator_fail(
            v, "%s must be at most %" PRIu64 " %s, it is %" PRIu64, what, most,
            unit, limits->min > most ? limits->min : limits->max);
    if (limits->has_max && limits->min > limits->max)
        return wasm_validator_fail(
            v,
            "size minimum must not be greater than maximum: %" PRIu64
            " and %" PRIu64,
            limits->min, limits->max);
    return WHIT_OK;
}

static whit_status check_table(wasm_validator *v, const wasm_table *table)
{
    wasm_valtype type = 0;
    uint64_t most = table->limits.is64 ? UINT64_MAX : UINT32_MAX;
    TRY(check_limits(v, &table->limits, most, "table size", "elements"));
    TRY(wasm_validator_valtype(v, table->type, &type));
    if (table->init.size) {
        /* Only imports stand in front of tables. */
        v->visible_globals = v->module->imported[WASM_EXTERN_GLOBAL];
        return wasm_validator_expr(v, table->init, type);
    }
    if (!table->imported && !wasm_is_nullable(type))
        return wasm_validator_fail(
            v, "type mismatch: a table of non-null references needs an "
               "initial value");
    return WHIT_OK;
}

static whit_status check_tables(wasm_validator *v)
{
    const wasm_module *m = v->module;
    for (uint32_t i = 0; i < m->table_count; i++)
        IN_ITEM(v, check_table(v, &m->tables[i]), WASM_SECTION_TABLE, i);
    if (m->table_count > 1 && !(v->features & WASM_FEATURE_MULTI_TABLE))
        IN_ITEM(v,
                wasm_validator_fail(v, "multiple tables: there are %u",
                                    m->table_count),
                WASM_SECTION_TABLE, 1);
    return WHIT_OK;
}

static whit_status check_memory(wasm_validator *v, const wasm_memory *memory)
{
    const wasm_limits *limits = &memory->limits;
    /* Limits were 32-bit numbers in the grammar before memory64. */
    if (!(v->features & WASM_FEATURE_MEMORY64) &&
        (limits->min > UINT32_MAX ||
         (limits->has_max && limits->max > UINT32_MAX)))
        return wasm_validator_fail_malformed(v, "i32 constant out of range: "
                                                "pages of a memory");
    if (limits->is64)
        TRY(check_limits(v, limits, LIMIT_MEMORY64_PAGES, "memory size",
                         "pages"));
    else
        TRY(check_limits(v, limits, LIMIT_MEMORY32_PAGES, "memory size",
                         "pages (4GiB)"));
    if (!limits->shared)
        return WHIT_OK;
    TRY(wasm_validator_feature(v, WASM_FEATURE_THREADS, "shared memory"));
    if (!limits->has_max)
        return wasm_validator_fail(v, "shared memory must have maximum");
    return WHIT_OK;
}

static whit_status check_memories(wasm_validator *v)
{
    const wasm_module *m = v->module;
    for (uint32_t i = 0; i < m->memory_count; i++)
        IN_ITEM(v, check_memory(v, &m->memories[i]), WASM_SECTION_MEMORY, i);
    if (m->memory_count > 1 && !(v->features & WASM_FEATURE_MULTI_MEMORY))
        IN_ITEM(v,
                wasm_validator_fail(v, "multiple memories: there are %u",
                                    m->memory_count),
                WASM_SECTION_MEMORY, 1);
    return WHIT_OK;
}

static whit_status check_tag(wasm_validator *v, const wasm_tag *tag)
{
    const wasm_type *type;
    TRY(wasm_validator_feature(v, WASM_FEATURE_EXCEPTIONS, "tag"));
    TRY(wasm_validator_type(v, tag->type, WASM_COMP_FUNC, &type));
    if (type->func.result_count)
        return wasm_validator_fail(v, "non-empty tag result type: type %u",
                                   tag->type);
    return WHIT_OK;
}

static whit_status check_global(wasm_validator *v, uint32_t index)
{
    const wasm_global *global = &v->module->globals[index];
    wasm_valtype type = 0;
    TRY(wasm_validator_valtype(v, global->type, &type));
    if (global->imported)
        return WHIT_OK;
    v->visible_globals = index;
    return wasm_validator_expr(v, global->init, type);
}

static whit_status check_globals(wasm_validator *v)
{
    const wasm_module *m = v->module;
    for (uint32_t i = 0; i < m->tag_count; i++)
        IN_ITEM(v, check_tag(v, &m->tags[i]), WASM_SECTION_TAG, i);
    for (uint32_t i = 0; i < m->global_count; i++)
        IN_ITEM(v, check_global(v, i), WASM_SECTION_GLOBAL, i);
    v->visible_globals = m->global_count;
    return WHIT_OK;
}

/* ---- Exports and start ---- */

static uint32_t space_size(const wasm_module *m, wasm_external_kind kind)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        return m->function_count;
    case WASM_EXTERN_TABLE:
        return m->table_count;
    case WASM_EXTERN_MEMORY:
        return m->memory_count;
    case WASM_EXTERN_GLOBAL:
        return m->global_count;
    case WASM_EXTERN_TAG:
        return m->tag_count;
    case WASM_EXTERN_KINDS:
        break;
    }
    return 0;
}

static whit_status check_export(wasm_validator *v, map *names, uint32_t index)
{
    const wasm_export *export = &v->module->exports[index];
    uint64_t other;
    if (map_get(names, export->name, &other))
        return wasm_validator_fail(v,
                                   "duplicate export name \"%.*s\" of exports "
                                   "%" PRIu64 " and %u",
                                   SLICE_ARG(export->name), other, index);
    TRY(map_set(names, export->name, index, v->error));
    TRY(wasm_validator_index(v, export->index,
                             space_size(v->module, export->kind),
                             wasm_external_kind_text(export->kind)));
    if (export->kind == WASM_EXTERN_FUNC)
        v->declared[export->index] = 1;
    return WHIT_OK;
}

static whit_status check_exports(wasm_validator *v)
{
    map names;
    whit_status status = WHIT_OK;
    map_init(&names);
    for (uint32_t i = 0; i < v->module->export_count; i++) {
        status = check_export(v, &names, i);
        if (status != WHIT_OK) {
            wasm_locate(v->module, WASM_SECTION_EXPORT, i, v->error);
            break;
        }
    }
    map_release(&names);
    return status;
}

static whit_status check_start(wasm_validator *v)
{
    const wasm_module *m = v->module;
    if (m->start == WASM_NO_INDEX)
        return WHIT_OK;
    TRY(wasm_validator_index(v, m->start, m->function_count, "function"));
    const wasm_functype *type = &v->types[m->functions[m->start].type]->func;
    if (type->param_count || type->result_count)
        return wasm_validator_fail(
            v, "start function %u must have neither parameters nor results",
            m->start);
    return WHIT_OK;
}

/* ---- Segments ---- */

static whit_status check_elem_functions(wasm_validator *v,
                                        const wasm_elem *elem,
                                        wasm_valtype type)
{
    const wasm_module *m = v->module;
    bool any = wasm_heap(type) == WASM_HEAP_FUNC;
    for (uint32_t i = 0; i < elem->count; i++) {
        uint32_t function = elem->functions[i];
        TRY(wasm_validator_index(v, function, m->function_count, "function"));
        v->declared[function] = 1;
        if (any)
            continue;
        wasm_valtype found =
            wasm_ref(v->types[m->functions[function].type]->id, false);
        if (!wasm_validator_matches(v, found, type))
            return wasm_validator_mismatch(v, found, type);
    }
    return WHIT_OK;
}

static whit_status check_elem(wasm_validator *v, const wasm_elem *elem)
{
    const wasm_module *m = v->module;
    wasm_valtype type = 0;
    TRY(wasm_validator_valtype(v, elem->type, &type));
    if (elem->is_exprs)
        for (uint32_t i = 0; i < elem->count; i++)
            TRY(wasm_validator_expr(v, elem->exprs[i], type));
    else
        TRY(check_elem_functions(v, elem, type));
    if (elem->mode != WASM_SEGMENT_ACTIVE)
        return WHIT_OK;
    TRY(wasm_validator_index(v, elem->table, m->table_count, "table"));
    const wasm_table *table = &m->tables[elem->table];
    wasm_valtype table_type = wasm_validator_canonical(v, table->type);
    if (!wasm_validator_matches(v, type, table_type))
        return wasm_validator_mismatch(v, type, table_type);
    return wasm_validator_expr(v, elem->offset,
                               wasm_validator_address(table->limits));
}

static whit_status check_data(wasm_validator *v, const wasm_data *data)
{
    const wasm_module *m = v->module;
    if (data->mode != WASM_SEGMENT_ACTIVE)
        return WHIT_OK;
    TRY(wasm_validator_index(v, data->memory, m->memory_count, "memory"));
    wasm_limits limits = m->memories[data->memory].limits;
    return wasm_validator_expr(v, data->offset, wasm_validator_address(limits));
}

static whit_status check_segments(wasm_validator *v)
{
    const wasm_module *m = v->module;
    for (uint32_t i = 0; i < m->elem_count; i++)
        IN_ITEM(v, check_elem(v, &m->elems[i]), WASM_SECTION_ELEMENT, i);
    for (uint32_t i = 0; i < m->data_count; i++)
        IN_ITEM(v, check_data(v, &m->datas[i]), WASM_SECTION_DATA, i);
    return WHIT_OK;
}

static whit_status check_bodies(wasm_validator *v)
{
    const wasm_module *m = v->module;
    wasm_validator_shapes(v);
    for (uint32_t i = m->imported[WASM_EXTERN_FUNC]; i < m->function_count; i++)
        IN_ITEM(v, wasm_validator_body(v, i), WASM_SECTION_CODE, i);
    return WHIT_OK;
}

static whit_status check_module(wasm_validator *v)
{
    v->declared = mem_calloc(v->module->function_count, 1);
    TRY_ALLOC(v->declared, v->error);
    TRY(check_types(v));
    TRY(check_functions(v));
    TRY(check_tables(v));
    TRY(check_memories(v));
    TRY(check_globals(v));
    TRY(check_exports(v));
    IN_ITEM(v, check_start(v), WASM_SECTION_START, 0);
    TRY(check_segments(v));
    return check_bodies(v);
}

whit_status wasm_validate(wasm_module *module, wasm_features features,
                          whit_error *error)
{
    wasm_validator *v = mem_zalloc(sizeof *v);
    TRY_ALLOC(v, error);
    v->module = module;
    v->features = features;
    v->error = error;
    whit_status status = check_module(v);
    wasm_type_table_free(v->table);
    mem_free(v->types);
    mem_free(v->declared);
    mem_free(v->stack);
    mem_free(v->frames);
    mem_free(v->groups);
    mem_free(v->init_bits);
    mem_free(v->inits);
    mem_free(v);
    if (status == WHIT_OK)
        module->validated = true;
    return status;
}
