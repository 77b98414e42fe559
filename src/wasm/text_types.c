/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types in the text format (specification 3.0, section 6.4). */
#include "base/memory.h"
#include "wasm/text_internal.h"

typedef struct type_word {
    const char *word;
    uint32_t value;
} type_word;

static const type_word number_types[] = {
    {"i32", WASM_I32}, {"i64", WASM_I64},   {"f32", WASM_F32},
    {"f64", WASM_F64}, {"v128", WASM_V128},
};

static const type_word heap_types[] = {
    {"func", WASM_HEAP_FUNC},         {"extern", WASM_HEAP_EXTERN},
    {"any", WASM_HEAP_ANY},           {"eq", WASM_HEAP_EQ},
    {"i31", WASM_HEAP_I31},           {"struct", WASM_HEAP_STRUCT},
    {"array", WASM_HEAP_ARRAY},       {"none", WASM_HEAP_NONE},
    {"nofunc", WASM_HEAP_NOFUNC},     {"exn", WASM_HEAP_EXN},
    {"noextern", WASM_HEAP_NOEXTERN}, {"noexn", WASM_HEAP_NOEXN},
};

static const type_word ref_types[] = {
    {"funcref", WASM_HEAP_FUNC},
    {"externref", WASM_HEAP_EXTERN},
    {"anyref", WASM_HEAP_ANY},
    {"eqref", WASM_HEAP_EQ},
    {"i31ref", WASM_HEAP_I31},
    {"structref", WASM_HEAP_STRUCT},
    {"arrayref", WASM_HEAP_ARRAY},
    {"nullref", WASM_HEAP_NONE},
    {"nullfuncref", WASM_HEAP_NOFUNC},
    {"exnref", WASM_HEAP_EXN},
    {"nullexternref", WASM_HEAP_NOEXTERN},
    {"nullexnref", WASM_HEAP_NOEXN},
};

static bool find_word(const text_parser *p, const type_word *words,
                      size_t count, uint32_t *out)
{
    if (p->token.kind != WASM_TOKEN_KEYWORD)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (slice_is(p->token.text, words[i].word)) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

whit_status wasm_text_heaptype(text_parser *p, wasm_heaptype *out)
{
    if (find_word(p, heap_types, COUNT_OF(heap_types), out))
        return wasm_text_advance(p);
    if (!wasm_text_at_index(p))
        return wasm_text_unexpected(p, "a heap type");
    wasm_place place = p->token.place;
    TRY(wasm_text_index(p, TEXT_TYPE, out));
    if (*out >= LIMIT_TYPES)
        return error_line(p->error, WHIT_INVALID, place.line,
                          wasm_place_column(place), "unknown type %u", *out);
    return WHIT_OK;
}

bool wasm_text_at_reftype(text_parser *p)
{
    uint32_t heap;
    return find_word(p, ref_types, COUNT_OF(ref_types), &heap) ||
           wasm_text_at_form(p, "ref");
}

whit_status wasm_text_reftype(text_parser *p, wasm_valtype *out)
{
    wasm_heaptype heap;
    if (find_word(p, ref_types, COUNT_OF(ref_types), &heap)) {
        *out = wasm_ref(heap, true);
        return wasm_text_advance(p);
    }
    if (!wasm_text_at_form(p, "ref"))
        return wasm_text_unexpected(p, "a reference type");
    TRY(wasm_text_enter(p));
    bool nullable = wasm_text_at_keyword(p, "null");
    if (nullable)
        TRY(wasm_text_advance(p));
    TRY(wasm_text_heaptype(p, &heap));
    *out = wasm_ref(heap, nullable);
    return wasm_text_close(p);
}

whit_status wasm_text_valtype(text_parser *p, wasm_valtype *out)
{
    if (find_word(p, number_types, COUNT_OF(number_types), out))
        return wasm_text_advance(p);
    if (wasm_text_at_reftype(p))
        return wasm_text_reftype(p, out);
    return wasm_text_unexpected(p, "a value type");
}

whit_status wasm_text_address_type(text_parser *p, bool *is64)
{
    *is64 = wasm_text_at_keyword(p, "i64");
    if (*is64 || wasm_text_at_keyword(p, "i32"))
        return wasm_text_advance(p);
    return WHIT_OK;
}

static whit_status text_limits(text_parser *p, wasm_limits *out)
{
    /* Without 64-bit memories the grammar itself knows 32 bits only. */
    bool wide = p->features & WASM_FEATURE_MEMORY64;
    unsigned bits = wide ? 64 : 32;
    const char *what = wide ? "i64" : "i32";
    TRY(wasm_text_nat(p, bits, what, &out->min));
    if (p->token.kind == WASM_TOKEN_NAT) {
        out->has_max = true;
        TRY(wasm_text_nat(p, bits, what, &out->max));
    }
    return WHIT_OK;
}

whit_status wasm_text_tabletype(text_parser *p, wasm_table *out)
{
    TRY(text_limits(p, &out->limits));
    return wasm_text_reftype(p, &out->type);
}

whit_status wasm_text_memtype(text_parser *p, wasm_memory *out)
{
    TRY(text_limits(p, &out->limits));
    out->limits.shared = wasm_text_at_keyword(p, "shared");
    if (out->limits.shared || wasm_text_at_keyword(p, "unshared"))
        TRY(wasm_text_advance(p));
    return WHIT_OK;
}

whit_status wasm_text_globaltype(text_parser *p, wasm_global *out)
{
    out->mutable_ = wasm_text_at_form(p, "mut");
    if (!out->mutable_)
        return wasm_text_valtype(p, &out->type);
    TRY(wasm_text_enter(p));
    TRY(wasm_text_valtype(p, &out->type));
    return wasm_text_close(p);
}

static whit_status push_type(text_parser *p, text_list *list, size_t limit,
                             const char *what)
{
    wasm_valtype type;
    TRY(wasm_text_valtype(p, &type));
    return wasm_text_push(p, list, &type, sizeof type, limit, what);
}

/* (param ...) forms; identifiers only when `named`. */
static whit_status read_params(text_parser *p, bool named, bool *any)
{
    p->params.count = p->param_names.count = 0;
    while (wasm_text_at_form(p, "param")) {
        *any = true;
        TRY(wasm_text_enter(p));
        slice id = slice_of(NULL, 0), name = id;
        if (named)
            TRY(wasm_text_id(p, &id, &name));
        if (name.data || id.data) {
            /* `outer` tells where the name section's text differs. */
            wasm_name item = {0, (uint32_t)p->params.count, id};
            TRY(wasm_text_push(p, &p->param_names, &item, sizeof item,
                               LIMIT_LOCALS, "parameters"));
            item = (wasm_name){1, (uint32_t)p->params.count, name};
            TRY(wasm_text_push(p, &p->param_names, &item, sizeof item,
                               LIMIT_LOCALS * 2, "parameters"));
            TRY(push_type(p, &p->params, LIMIT_PARAMS, "parameters"));
        } else {
            while (p->token.kind != WASM_TOKEN_RPAR)
                TRY(push_type(p, &p->params, LIMIT_PARAMS, "parameters"));
        }
        TRY(wasm_text_close(p));
    }
    return WHIT_OK;
}

whit_status wasm_text_results(text_parser *p, bool *any)
{
    p->results.count = 0;
    while (wasm_text_at_form(p, "result")) {
        *any = true;
        TRY(wasm_text_enter(p));
        while (p->token.kind != WASM_TOKEN_RPAR)
            TRY(push_type(p, &p->results, LIMIT_RESULTS, "results"));
        TRY(wasm_text_close(p));
    }
    return WHIT_OK;
}

whit_status wasm_text_typeuse_read(text_parser *p, bool named,
                                   text_typeuse *out)
{
    *out = (text_typeuse){.type = WASM_NO_INDEX};
    if (wasm_text_at_form(p, "type")) {
        out->has_type = true;
        TRY(wasm_text_enter(p));
        TRY(wasm_text_index(p, TEXT_TYPE, &out->type));
        TRY(wasm_text_close(p));
    }
    TRY(read_params(p, named, &out->has_inline));
    TRY(wasm_text_results(p, &out->has_inline));
    if (!wasm_text_at_form(p, "param") && !wasm_text_at_form(p, "type"))
        return WHIT_OK;
    TRY(wasm_text_advance(p));
    return wasm_text_unexpected(p, "another order: (type), (param), (result)");
}

static bool types_equal(const wasm_valtype *types, uint32_t count,
                        const text_list *list)
{
    return count == list->count &&
           (!count || !memcmp(types, list->items, count * sizeof *types));
}

static slice signature_key(text_parser *p, const wasm_valtype *params,
                           size_t param_count, const wasm_valtype *results,
                           size_t result_count)
{
    buffer_clear(&p->key);
    buffer_u32(&p->key, (uint32_t)param_count);
    buffer_append(&p->key, params, param_count * sizeof *params);
    buffer_append(&p->key, results, result_count * sizeof *results);
    return buffer_view(&p->key);
}

static whit_status key_keep(text_parser *p, slice key, uint32_t index)
{
    uint64_t other;
    TRY(buffer_status(&p->key, p->error));
    if (map_get(&p->signatures, key, &other))
        return WHIT_OK;
    key.data = arena_dup(&p->scratch, key.data, key.size);
    TRY_ALLOC(key.data, p->error);
    return map_set(&p->signatures, key, index, p->error);
}

static whit_status copy_types(text_parser *p, const text_list *list,
                              const wasm_valtype **out, uint32_t *count)
{
    *out = arena_dup(&p->module->arena, list->items,
                     list->count * sizeof(wasm_valtype));
    TRY_ALLOC(*out, p->error);
    *count = (uint32_t)list->count;
    return WHIT_OK;
}

static whit_status copy_signature(text_parser *p, wasm_functype *out)
{
    TRY(copy_types(p, &p->params, &out->params, &out->param_count));
    return copy_types(p, &p->results, &out->results, &out->result_count);
}

static whit_status push_subtype(text_parser *p, const wasm_subtype *type,
                                wasm_place place)
{
    TRY(wasm_text_item(p, WASM_SECTION_TYPE, wasm_text_position(p, place)));
    return wasm_text_push(p, &p->types, type, sizeof *type, LIMIT_TYPES,
                          "types");
}

static whit_status implicit_type(text_parser *p, wasm_place place,
                                 uint32_t *out)
{
    slice key = signature_key(p, p->params.items, p->params.count,
                              p->results.items, p->results.count);
    uint64_t found;
    TRY(buffer_status(&p->key, p->error));
    if (map_get(&p->signatures, key, &found)) {
        *out = (uint32_t)found;
        return WHIT_OK;
    }
    *out = (uint32_t)p->types.count;
    wasm_subtype type = {.kind = WASM_COMP_FUNC,
                         .final = true,
                         .super = WASM_NO_INDEX,
                         .rec_first = *out,
                         .rec_count = 1};
    TRY(copy_signature(p, &type.func));
    TRY(push_subtype(p, &type, place));
    return key_keep(p, key, *out);
}

whit_status wasm_text_typeuse_index(text_parser *p, const text_typeuse *use,
                                    wasm_place place, uint32_t *out)
{
    if (!use->has_type)
        return implicit_type(p, place, out);
    *out = use->type;
    if (!use->has_inline)
        return WHIT_OK;
    const wasm_subtype *type = (wasm_subtype *)p->types.items + use->type;
    if (use->type >= p->types.count)
        return wasm_place_error(place, p->error, "unknown type %u", use->type);
    if (type->kind != WASM_COMP_FUNC)
        return wasm_place_error(place, p->error, "non-function type %u",
                                use->type);
    if (!types_equal(type->func.params, type->func.param_count, &p->params) ||
        !types_equal(type->func.results, type->func.result_count, &p->results))
        return wasm_place_error(place, p->error,
                                "inline function type differs from type %u",
                                use->type);
    return WHIT_OK;
}

uint32_t wasm_text_param_count(const text_parser *p, uint32_t type)
{
    const wasm_subtype *types = p->types.items;
    if (type >= p->types.count || types[type].kind != WASM_COMP_FUNC)
        return 0;
    return types[type].func.param_count;
}

/* ---- Definitions ---- */

static whit_status read_storage(text_parser *p, wasm_field *out)
{
    out->mutable_ = wasm_text_at_form(p, "mut");
    if (out->mutable_)
        TRY(wasm_text_enter(p));
    if (wasm_text_at_keyword(p, "i8") || wasm_text_at_keyword(p, "i16")) {
        out->type = wasm_text_at_keyword(p, "i8") ? WASM_I8 : WASM_I16;
        TRY(wasm_text_advance(p));
    } else {
        TRY(wasm_text_valtype(p, &out->type));
    }
    return out->mutable_ ? wasm_text_close(p) : WHIT_OK;
}

static whit_status push_field(text_parser *p)
{
    wasm_field field;
    TRY(read_storage(p, &field));
    return wasm_text_push(p, &p->params, &field, sizeof field, LIMIT_FIELDS,
                          "fields");
}

static whit_status named_field(text_parser *p, uint32_t type, slice id,
                               slice name, wasm_place place)
{
    uint32_t index = (uint32_t)p->params.count;
    uint64_t other;
    if (id.data && wasm_text_field_get(p, type, id, &other))
        return wasm_place_error(place, p->error, "duplicate field $%.*s",
                                SLICE_ARG(id));
    if (id.data)
        TRY(wasm_text_field_set(p, type, id, index));
    TRY(wasm_text_name_add(p, WASM_NAME_FIELD, type, index, name));
    return push_field(p);
}

static whit_status read_struct(text_parser *p, uint32_t index)
{
    while (wasm_text_at_form(p, "field")) {
        TRY(wasm_text_enter(p));
        wasm_place place = p->token.place;
        slice id, name;
        TRY(wasm_text_id(p, &id, &name));
        if (id.data || name.data)
            TRY(named_field(p, index, id, name, place));
        else
            while (p->token.kind != WASM_TOKEN_RPAR)
                TRY(push_field(p));
        TRY(wasm_text_close(p));
    }
    return WHIT_OK;
}

/* (func ...), (struct ...) or (array ...). While fields are read, `params`
 * holds them instead of parameters. */
static whit_status read_composite(text_parser *p, wasm_subtype *out)
{
    uint32_t index = (uint32_t)p->types.count;
    if (wasm_text_at_form(p, "func")) {
        bool any;
        out->kind = WASM_COMP_FUNC;
        TRY(wasm_text_enter(p));
        TRY(read_params(p, true, &any));
        TRY(wasm_text_results(p, &any));
        TRY(copy_signature(p, &out->func));
        return wasm_text_close(p);
    }
    text_list params = p->params;
    p->params = (text_list){0};
    whit_status status = WHIT_OK;
    if (wasm_text_at_form(p, "struct")) {
        out->kind = WASM_COMP_STRUCT;
        status = wasm_text_enter(p);
        if (status == WHIT_OK)
            status = read_struct(p, index);
    } else if (wasm_text_at_form(p, "array")) {
        out->kind = WASM_COMP_ARRAY;
        status = wasm_text_enter(p);
        if (status == WHIT_OK)
            status = push_field(p);
    } else {
        status = wasm_text_unexpected(p, "(func, (struct or (array");
    }
    text_list fields = p->params;
    p->params = params;
    if (status == WHIT_OK) {
        out->fields = arena_dup(&p->module->arena, fields.items,
                                fields.count * sizeof(wasm_field));
        out->field_count = (uint32_t)fields.count;
        if (!out->fields)
            status = error_memory(p->error);
    }
    mem_free(fields.items);
    return status == WHIT_OK ? wasm_text_close(p) : status;
}

whit_status wasm_text_subtype(text_parser *p, wasm_subtype *out)
{
    out->final = true;
    out->super = WASM_NO_INDEX;
    if (!wasm_text_at_form(p, "sub"))
        return read_composite(p, out);
    TRY(wasm_text_enter(p));
    out->final = wasm_text_at_keyword(p, "final");
    if (out->final)
        TRY(wasm_text_advance(p));
    if (wasm_text_at_index(p))
        TRY(wasm_text_index(p, TEXT_TYPE, &out->super));
    if (wasm_text_at_index(p))
        return error_line(p->error, WHIT_INVALID, p->token.place.line,
                          wasm_place_column(p->token.place),
                          "sub type: a type has at most one super type");
    TRY(read_composite(p, out));
    return wasm_text_close(p);
}

/* (type id? subtype) */
static whit_status read_definition(text_parser *p, wasm_subtype *type)
{
    slice id, name;
    wasm_place place = p->token.place;
    if (!wasm_text_at_form(p, "type"))
        return wasm_text_unexpected(p, "(type");
    TRY(wasm_text_enter(p));
    TRY(wasm_text_id(p, &id, &name));
    TRY(wasm_text_name_add(p, WASM_NAME_TYPE, 0, (uint32_t)p->types.count,
                           name));
    TRY(wasm_text_subtype(p, type));
    TRY(push_subtype(p, type, place));
    return wasm_text_close(p);
}

static bool refers_to(const wasm_functype *func, uint32_t index)
{
    for (uint32_t i = 0; i < func->param_count; i++)
        if (wasm_is_ref(func->params[i]) && wasm_heap(func->params[i]) == index)
            return true;
    for (uint32_t i = 0; i < func->result_count; i++)
        if (wasm_is_ref(func->results[i]) &&
            wasm_heap(func->results[i]) == index)
            return true;
    return false;
}

whit_status wasm_text_type_field(text_parser *p)
{
    uint32_t first = (uint32_t)p->types.count;
    wasm_subtype type = {.rec_first = first, .rec_count = 1};
    if (wasm_text_at_form(p, "rec")) {
        type.rec_explicit = true;
        TRY(wasm_text_enter(p));
        while (p->token.kind != WASM_TOKEN_RPAR) {
            wasm_subtype member = type;
            TRY(read_definition(p, &member));
        }
        wasm_subtype *types = p->types.items;
        for (size_t i = first; i < p->types.count; i++)
            types[i].rec_count = (uint32_t)p->types.count - first;
        TRY(wasm_text_close(p));
    } else {
        TRY(read_definition(p, &type));
    }
    /* Type uses find plain function types by their signature; one that
     * refers to itself is another type than its signature says. */
    const wasm_subtype *made = (wasm_subtype *)p->types.items + first;
    if (p->types.count != first + 1 || made->kind != WASM_COMP_FUNC ||
        !made->final || made->super != WASM_NO_INDEX ||
        refers_to(&made->func, first))
        return WHIT_OK;
    slice key = signature_key(p, made->func.params, made->func.param_count,
                              made->func.results, made->func.result_count);
    return key_keep(p, key, first);
}
