/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The text parser's types, and what imports and exports declare. */
#include "base/memory.h"
#include "component/text_private.h"

/* ---- Value types ---- */

static unsigned primitive_of(const parser *t)
{
    if (t->p->token.kind != WASM_TOKEN_KEYWORD)
        return 0;
    for (unsigned i = COMPONENT_ERROR_CONTEXT; i <= COMPONENT_BOOL; i++) {
        const char *text = component_primitive_text(i);
        if (text && slice_is(t->p->token.text, text))
            return i;
    }
    return 0;
}

static whit_status read_value_form(parser *t, component_type *out);

whit_status component_parse_valtype(parser *t, component_valtype *out)
{
    text_parser *p = t->p;
    unsigned primitive = primitive_of(t);
    *out = (component_valtype){COMPONENT_INDEXED, 0};
    if (primitive) {
        out->primitive = (uint8_t)primitive;
        return wasm_text_advance(p);
    }
    if (p->token.kind != WASM_TOKEN_LPAR)
        return component_parse_index(t, COMPONENT_SORT_TYPE, &out->index);
    if (wasm_text_at_form(p, "type"))
        return component_parse_reference(t, COMPONENT_SORT_TYPE, &out->index);
    component_definition d = {.kind = COMPONENT_DEF_TYPE};
    component_type *type = arena_zalloc(t->arena, sizeof *type);
    TRY_ALLOC(type, p->error);
    wasm_place place = p->token.place;
    TRY(component_parse_enter_nesting(t));
    TRY(wasm_text_advance(p));
    TRY(read_value_form(t, type));
    TRY(wasm_text_close(p));
    t->depth--;
    d.type = type;
    return component_parse_emit(t, &d, place, &out->index);
}

static whit_status push_field(parser *t, text_list *list,
                              const component_field *field)
{
    return wasm_text_push(t->p, list, field, sizeof *field,
                          LIMIT_COMPONENT_ITEMS, "fields");
}

/* (word "name" type?) forms. */
static whit_status read_named(parser *t, const char *word, bool optional,
                              text_list *list)
{
    text_parser *p = t->p;
    while (wasm_text_at_form(p, word)) {
        component_field field = {.name = slice_of(NULL, 0)};
        TRY(wasm_text_enter(p));
        if (optional && p->token.kind == WASM_TOKEN_ID)
            TRY(wasm_text_advance(p));
        TRY(wasm_text_name_string(p, &field.name));
        if (!optional || p->token.kind != WASM_TOKEN_RPAR)
            TRY(component_parse_valtype(t, &field.type));
        TRY(wasm_text_close(p));
        TRY(push_field(t, list, &field));
    }
    return WHIT_OK;
}

static whit_status read_members(parser *t, uint8_t kind, text_list *list)
{
    text_parser *p = t->p;
    switch (kind) {
    case COMPONENT_TYPE_RECORD:
        return read_named(t, "field", false, list);
    case COMPONENT_TYPE_VARIANT:
        return read_named(t, "case", true, list);
    case COMPONENT_TYPE_FUNC:
        return read_named(t, "param", false, list);
    }
    while (p->token.kind != WASM_TOKEN_RPAR) {
        component_field field = {.name = slice_of(NULL, 0)};
        if (kind == COMPONENT_TYPE_TUPLE)
            TRY(component_parse_valtype(t, &field.type));
        else
            TRY(wasm_text_name_string(p, &field.name));
        TRY(push_field(t, list, &field));
    }
    return WHIT_OK;
}

static whit_status read_fields(parser *t, component_type *out)
{
    text_list list = {0};
    whit_status status = read_members(t, out->kind, &list);
    if (status == WHIT_OK)
        status = component_parse_keep(t, &list, sizeof *out->fields,
                                      &out->fields, &out->field_count);
    mem_free(list.items);
    return status;
}

whit_status component_parse_result(parser *t, component_valtype *out)
{
    *out = (component_valtype){COMPONENT_NO_TYPE, 0};
    if (!wasm_text_at_form(t->p, "result"))
        return WHIT_OK;
    TRY(wasm_text_enter(t->p));
    TRY(component_parse_valtype(t, out));
    return wasm_text_close(t->p);
}

static whit_status read_result_type(parser *t, component_type *out)
{
    text_parser *p = t->p;
    if (p->token.kind != WASM_TOKEN_RPAR && !wasm_text_at_form(p, "error"))
        TRY(component_parse_valtype(t, &out->element));
    if (!wasm_text_at_form(p, "error"))
        return WHIT_OK;
    TRY(wasm_text_enter(p));
    TRY(component_parse_valtype(t, &out->other));
    return wasm_text_close(p);
}

static whit_status read_list(parser *t, component_type *out)
{
    uint64_t length;
    TRY(component_parse_valtype(t, &out->element));
    if (t->p->token.kind != WASM_TOKEN_NAT)
        return WHIT_OK;
    TRY(wasm_text_nat(t->p, 32, "list length", &length));
    out->kind = COMPONENT_TYPE_FIXED_LIST;
    out->length = (uint32_t)length;
    return WHIT_OK;
}

static const struct {
    const char *word;
    uint8_t kind;
} type_words[] = {
    {"record", COMPONENT_TYPE_RECORD},
    {"variant", COMPONENT_TYPE_VARIANT},
    {"list", COMPONENT_TYPE_LIST},
    {"tuple", COMPONENT_TYPE_TUPLE},
    {"flags", COMPONENT_TYPE_FLAGS},
    {"enum", COMPONENT_TYPE_ENUM},
    {"option", COMPONENT_TYPE_OPTION},
    {"result", COMPONENT_TYPE_RESULT},
    {"map", COMPONENT_TYPE_MAP},
    {"own", COMPONENT_TYPE_OWN},
    {"borrow", COMPONENT_TYPE_BORROW},
    {"stream", COMPONENT_TYPE_STREAM},
    {"future", COMPONENT_TYPE_FUTURE},
    {"func", COMPONENT_TYPE_FUNC},
    {"resource", COMPONENT_TYPE_RESOURCE},
    {"component", COMPONENT_TYPE_COMPONENT},
    {"instance", COMPONENT_TYPE_INSTANCE},
};

/* The kind a keyword begins; 0: none. */
static uint8_t kind_here(const parser *t)
{
    for (size_t i = 0; i < COUNT_OF(type_words); i++)
        if (wasm_text_at_keyword(t->p, type_words[i].word))
            return type_words[i].kind;
    return 0;
}

/* The word that is the current token, and what follows up to ')'. */
static whit_status read_value_form(parser *t, component_type *out)
{
    text_parser *p = t->p;
    out->kind = kind_here(t);
    if (out->kind <= COMPONENT_TYPE_ASYNC_FUNC)
        return wasm_text_unexpected(p, "a value type");
    TRY(wasm_text_advance(p));
    switch (out->kind) {
    case COMPONENT_TYPE_LIST:
        return read_list(t, out);
    case COMPONENT_TYPE_OPTION:
        return component_parse_valtype(t, &out->element);
    case COMPONENT_TYPE_RESULT:
        return read_result_type(t, out);
    case COMPONENT_TYPE_MAP:
        TRY(component_parse_valtype(t, &out->element));
        return component_parse_valtype(t, &out->other);
    case COMPONENT_TYPE_OWN:
    case COMPONENT_TYPE_BORROW:
        return component_parse_reference(t, COMPONENT_SORT_TYPE, &out->index);
    case COMPONENT_TYPE_STREAM:
    case COMPONENT_TYPE_FUTURE:
        return p->token.kind == WASM_TOKEN_RPAR
                   ? WHIT_OK
                   : component_parse_valtype(t, &out->element);
    default:
        return read_fields(t, out);
    }
}

/* ---- Other types ---- */

static whit_status read_function(parser *t, component_type *out)
{
    out->kind = COMPONENT_TYPE_FUNC;
    out->is_async = wasm_text_at_keyword(t->p, "async");
    if (out->is_async)
        TRY(wasm_text_advance(t->p));
    TRY(read_fields(t, out));
    return component_parse_result(t, &out->element);
}

static whit_status read_resource(parser *t, component_type *out)
{
    text_parser *p = t->p;
    if (!wasm_text_at_form(p, "rep"))
        return wasm_text_unexpected(p, "(rep");
    TRY(wasm_text_enter(p));
    TRY(wasm_text_valtype(p, &out->rep));
    TRY(wasm_text_close(p));
    out->has_destructor = wasm_text_at_form(p, "dtor");
    if (!out->has_destructor)
        return WHIT_OK;
    TRY(wasm_text_enter(p));
    TRY(component_parse_reference(t, COMPONENT_SORT_CORE_FUNC,
                                  &out->destructor));
    return wasm_text_close(p);
}

static whit_status read_declarators(parser *t, component_type *out)
{
    parse_scope *scope = mem_alloc(sizeof *scope);
    TRY_ALLOC(scope, t->p->error);
    component_parse_scope_open(t, scope, true);
    whit_status status = component_parse_enter_nesting(t);
    if (status == WHIT_OK)
        status = component_parse_definitions(t);
    if (status == WHIT_OK)
        status = component_parse_keep(
            t, &scope->definitions, sizeof *out->declarators, &out->declarators,
            &out->declarator_count);
    t->depth--;
    component_parse_scope_close(t, scope);
    mem_free(scope);
    return status;
}

/* The word that is the current token, and what follows up to ')'. */
static whit_status read_type_form(parser *t, component_type *out)
{
    uint8_t kind = kind_here(t);
    switch (kind) {
    case COMPONENT_TYPE_FUNC:
        TRY(wasm_text_advance(t->p));
        return read_function(t, out);
    case COMPONENT_TYPE_RESOURCE:
        out->kind = kind;
        TRY(wasm_text_advance(t->p));
        return read_resource(t, out);
    case COMPONENT_TYPE_COMPONENT:
    case COMPONENT_TYPE_INSTANCE:
        out->kind = kind;
        TRY(wasm_text_advance(t->p));
        return read_declarators(t, out);
    default:
        return read_value_form(t, out);
    }
}

static whit_status read_type(parser *t, component_type *out)
{
    unsigned primitive = primitive_of(t);
    if (primitive) {
        out->kind = COMPONENT_TYPE_PRIMITIVE;
        out->element.primitive = (uint8_t)primitive;
        return wasm_text_advance(t->p);
    }
    if (t->p->token.kind != WASM_TOKEN_LPAR)
        return wasm_text_unexpected(t->p, "a type");
    TRY(wasm_text_advance(t->p));
    TRY(read_type_form(t, out));
    return wasm_text_close(t->p);
}

whit_status component_parse_type_definition(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    slice id;
    TRY(wasm_text_advance(p));
    TRY(component_parse_id(t, &id));
    text_list exports = {0};
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && component_parse_at_inline(t, "export")) {
        component_name name = {.attribute_count = 0};
        status = wasm_text_enter(p);
        if (status == WHIT_OK)
            status = component_parse_name(t, &name);
        if (status == WHIT_OK)
            status = wasm_text_close(p);
        if (status == WHIT_OK)
            status = wasm_text_push(p, &exports, &name, sizeof name,
                                    LIMIT_COMPONENT_ITEMS, "exports");
    }
    uint32_t index = t->scope->counts[COMPONENT_SORT_TYPE];
    if (status == WHIT_OK && wasm_text_at_form(p, "alias")) {
        status =
            component_parse_inline_alias(t, COMPONENT_SORT_TYPE, id, place);
        index = t->scope->counts[COMPONENT_SORT_TYPE] - 1;
    } else if (status == WHIT_OK) {
        component_definition d = {.kind = COMPONENT_DEF_TYPE};
        component_type *type = arena_zalloc(t->arena, sizeof *type);
        d.type = type;
        status = type ? read_type(t, type) : error_memory(p->error);
        if (status == WHIT_OK)
            status = component_parse_emit(t, &d, place, &index);
        if (status == WHIT_OK)
            status = component_parse_bind(t, COMPONENT_SORT_TYPE, index, id);
    }
    for (size_t i = 0; status == WHIT_OK && i < exports.count; i++) {
        component_definition d = {.kind = COMPONENT_DEF_EXPORT};
        d.external.name = ((component_name *)exports.items)[i];
        d.external.has_item = true;
        d.external.sort = COMPONENT_SORT_TYPE;
        d.external.index = index;
        status = component_parse_emit(t, &d, place, NULL);
    }
    mem_free(exports.items);
    return status;
}

whit_status component_parse_function_type(parser *t, wasm_place place,
                                          uint32_t *out)
{
    if (wasm_text_at_form(t->p, "type"))
        return component_parse_reference(t, COMPONENT_SORT_TYPE, out);
    component_definition d = {.kind = COMPONENT_DEF_TYPE};
    component_type *type = arena_zalloc(t->arena, sizeof *type);
    TRY_ALLOC(type, t->p->error);
    TRY(read_function(t, type));
    d.type = type;
    return component_parse_emit(t, &d, place, out);
}

/* ---- Core types ---- */

/* Core types come from the parser of modules, which for a while knows the
 * identifiers of this scope only. */
static whit_status read_core_group(parser *t, bool is_rec,
                                   component_core_type *out)
{
    text_parser *p = t->p;
    map_release(&p->field_ids);
    map_init(&p->field_ids);
    map ids = p->ids[TEXT_TYPE];
    p->ids[TEXT_TYPE] = t->scope->ids[COMPONENT_SORT_CORE_TYPE];
    text_list types = {0};
    whit_status status = WHIT_OK;
    do {
        wasm_subtype type = {.rec_explicit = is_rec};
        slice id = slice_of(NULL, 0);
        if (is_rec) {
            if (!wasm_text_at_form(p, "type"))
                break;
            status = wasm_text_enter(p);
            if (status == WHIT_OK)
                status = component_parse_id(t, &id);
        }
        if (status == WHIT_OK)
            status = wasm_text_subtype(p, &type);
        if (status == WHIT_OK && is_rec)
            status = wasm_text_close(p);
        if (status == WHIT_OK)
            status = wasm_text_push(p, &types, &type, sizeof type, LIMIT_TYPES,
                                    "types");
    } while (status == WHIT_OK && is_rec);
    p->ids[TEXT_TYPE] = ids;
    wasm_subtype *items = types.items;
    for (size_t i = 0; i < types.count; i++)
        items[i].rec_count = (uint32_t)types.count;
    if (status == WHIT_OK)
        status = component_parse_keep(t, &types, sizeof *items, &out->types,
                                      &out->type_count);
    mem_free(types.items);
    return status;
}

/* Gives the types of a `rec` or a `type` field their identifiers. */
static whit_status declare_types(parser *t)
{
    text_parser *p = t->p;
    wasm_lexer lexer = p->lexer;
    wasm_token token = p->ahead;
    bool rec = slice_is(token.text, "rec");
    size_t depth = 1, wanted = rec ? 2 : 1;
    while (depth) {
        if (depth == wanted && token.kind == WASM_TOKEN_KEYWORD &&
            slice_is(token.text, "type")) {
            slice id = slice_of(NULL, 0);
            TRY(wasm_lexer_next(&lexer, &token, p->error));
            if (token.kind == WASM_TOKEN_ID)
                TRY(wasm_token_decode(&token, &p->scratch, &id, p->error));
            TRY(wasm_text_declare(p, TEXT_TYPE, id, token.place));
            continue;
        }
        depth += token.kind == WASM_TOKEN_LPAR;
        depth -= token.kind == WASM_TOKEN_RPAR;
        if (token.kind == WASM_TOKEN_EOF)
            return wasm_text_fail(p,
                                  "unexpected token: the text ends in a type");
        if (depth)
            TRY(wasm_lexer_next(&lexer, &token, p->error));
    }
    return WHIT_OK;
}

static whit_status push_declarator(parser *t, text_list *list,
                                   const component_declarator *item)
{
    return wasm_text_push(t->p, list, item, sizeof *item, LIMIT_COMPONENT_ITEMS,
                          "declarators");
}

/* Declarators for the types from `first` on that the reader has made. */
static whit_status take_types(parser *t, size_t first, text_list *list)
{
    text_parser *p = t->p;
    while (first < p->types.count) {
        const wasm_subtype *types = (wasm_subtype *)p->types.items + first;
        uint32_t count = types->rec_count;
        if (!count || count > p->types.count - first)
            count = (uint32_t)(p->types.count - first);
        wasm_subtype *copy = arena_dup(t->arena, types, count * sizeof *copy);
        TRY_ALLOC(copy, p->error);
        for (uint32_t i = 0; i < count; i++)
            copy[i].rec_first = 0;
        component_declarator item = {.kind = COMPONENT_DECLARATOR_TYPE,
                                     .types = copy,
                                     .type_count = count};
        TRY(push_declarator(t, list, &item));
        first += count;
    }
    p->declared[TEXT_TYPE] = (uint32_t)p->types.count;
    return WHIT_OK;
}

/* (alias outer $C $T (type $id?)) */
static whit_status read_core_alias(parser *t, text_list *list)
{
    text_parser *p = t->p;
    component_declarator item = {.kind = COMPONENT_DECLARATOR_ALIAS};
    slice id;
    uint64_t value;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_keyword(p, "outer"));
    const parse_scope *scope = t->scope;
    if (p->token.kind == WASM_TOKEN_NAT) {
        TRY(wasm_text_nat(p, 32, "i32", &value));
        item.outer = (uint32_t)value;
        for (uint64_t i = 1; scope && i < value; i++)
            scope = scope->outer;
    } else {
        TRY(component_parse_id(t, &id));
        for (item.outer = 1; scope && !slice_equal(scope->id, id); item.outer++)
            scope = scope->outer;
        if (!scope || !id.size)
            return wasm_text_fail(p, "outer component `%.*s` not found",
                                  SLICE_ARG(id));
    }
    if (p->token.kind == WASM_TOKEN_NAT) {
        TRY(wasm_text_nat(p, 32, "i32", &value));
    } else {
        TRY(component_parse_id(t, &id));
        if (!scope || !id.data ||
            !map_get(&scope->ids[COMPONENT_SORT_CORE_TYPE], id, &value))
            return wasm_text_fail(p, "unknown core type $%.*s", SLICE_ARG(id));
    }
    item.index = (uint32_t)value;
    if (!wasm_text_at_form(p, "type"))
        return wasm_text_unexpected(p, "(type");
    TRY(wasm_text_enter(p));
    wasm_place place = p->token.place;
    TRY(component_parse_id(t, &id));
    TRY(wasm_text_close(p));
    TRY(wasm_text_declare(p, TEXT_TYPE, id, place));
    /* Keeps the count; no type use finds it by its signature. */
    wasm_subtype hole = {.rec_count = 1, .super = WASM_NO_INDEX};
    TRY(wasm_text_push(p, &p->types, &hole, sizeof hole, LIMIT_TYPES, "types"));
    TRY(push_declarator(t, list, &item));
    return wasm_text_close(p);
}

static whit_status read_core_extern(parser *t, wasm_external *out)
{
    static const char *const words[] = {"func", "table", "memory", "global",
                                        "tag"};
    text_parser *p = t->p;
    size_t kind = 0;
    while (kind < COUNT_OF(words) && !wasm_text_at_form(p, words[kind]))
        kind++;
    if (kind == COUNT_OF(words))
        return wasm_text_unexpected(p,
                                    "(func, (table, (memory, (global or (tag");
    slice id;
    TRY(wasm_text_enter(p));
    TRY(component_parse_id(t, &id));
    *out = (wasm_external){.kind = (wasm_external_kind)kind};
    text_typeuse use;
    wasm_place place = p->token.place;
    switch (out->kind) {
    case WASM_EXTERN_TABLE:
        out->table = (wasm_table){.imported = true};
        TRY(wasm_text_address_type(p, &out->table.limits.is64));
        TRY(wasm_text_tabletype(p, &out->table));
        break;
    case WASM_EXTERN_MEMORY:
        out->memory = (wasm_memory){.imported = true};
        TRY(wasm_text_address_type(p, &out->memory.limits.is64));
        TRY(wasm_text_memtype(p, &out->memory));
        break;
    case WASM_EXTERN_GLOBAL:
        out->global = (wasm_global){.imported = true};
        TRY(wasm_text_globaltype(p, &out->global));
        break;
    default:
        TRY(wasm_text_typeuse_read(p, true, &use));
        TRY(wasm_text_typeuse_index(p, &use, place, &out->type));
    }
    return wasm_text_close(p);
}

static whit_status read_declarator(parser *t, text_list *list)
{
    text_parser *p = t->p;
    component_declarator item = {.kind = COMPONENT_DECLARATOR_EXPORT};
    size_t first = p->types.count;
    if (wasm_text_at_form(p, "type") || wasm_text_at_form(p, "rec")) {
        TRY(declare_types(t));
        TRY(wasm_text_type_field(p));
        return take_types(t, first, list);
    }
    if (wasm_text_at_form(p, "alias"))
        return read_core_alias(t, list);
    if (wasm_text_at_form(p, "import")) {
        item.kind = COMPONENT_DECLARATOR_IMPORT;
        TRY(wasm_text_enter(p));
        TRY(wasm_text_name_string(p, &item.module));
    } else if (wasm_text_at_form(p, "export")) {
        TRY(wasm_text_enter(p));
    } else {
        return wasm_text_unexpected(p, "(type, (import, (export or (alias");
    }
    TRY(wasm_text_name_string(p, &item.name));
    TRY(read_core_extern(t, &item.what));
    TRY(wasm_text_close(p));
    TRY(take_types(t, first, list));
    return push_declarator(t, list, &item);
}

/* The declarators of a module type, with index spaces of their own. */
static whit_status read_module_type(parser *t, component_core_type *out)
{
    text_parser *p = t->p;
    map ids = p->ids[TEXT_TYPE], signatures = p->signatures;
    text_list types = p->types, list = {0};
    map_init(&p->ids[TEXT_TYPE]);
    map_init(&p->signatures);
    p->types = (text_list){0};
    p->declared[TEXT_TYPE] = 0;
    whit_status status = WHIT_OK;
    map_release(&p->field_ids);
    map_init(&p->field_ids);
    while (status == WHIT_OK && p->token.kind == WASM_TOKEN_LPAR)
        status = read_declarator(t, &list);
    map_release(&p->ids[TEXT_TYPE]);
    map_release(&p->signatures);
    mem_free(p->types.items);
    p->ids[TEXT_TYPE] = ids;
    p->signatures = signatures;
    p->types = types;
    out->is_module = true;
    if (status == WHIT_OK)
        status =
            component_parse_keep(t, &list, sizeof *out->declarators,
                                 &out->declarators, &out->declarator_count);
    mem_free(list.items);
    return status;
}

static whit_status emit_core_type(parser *t, component_core_type *type,
                                  wasm_place place, uint32_t *index)
{
    component_definition d = {.kind = COMPONENT_DEF_CORE_TYPE};
    d.core_type = type;
    return component_parse_emit(t, &d, place, index);
}

whit_status component_parse_core_type_definition(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    slice id;
    uint32_t index;
    TRY(wasm_text_advance(p));
    TRY(component_parse_id(t, &id));
    if (wasm_text_at_form(p, "alias"))
        return component_parse_inline_alias(t, COMPONENT_SORT_CORE_TYPE, id,
                                            place);
    component_core_type *type = arena_zalloc(t->arena, sizeof *type);
    TRY_ALLOC(type, p->error);
    if (wasm_text_at_form(p, "module")) {
        TRY(wasm_text_enter(p));
        TRY(read_module_type(t, type));
        TRY(wasm_text_close(p));
    } else {
        TRY(read_core_group(t, false, type));
    }
    TRY(emit_core_type(t, type, place, &index));
    return component_parse_bind(t, COMPONENT_SORT_CORE_TYPE, index, id);
}

/* (rec (type $a ...) ...), the word being the current token. */
whit_status component_parse_core_rec_definition(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    component_core_type *type = arena_zalloc(t->arena, sizeof *type);
    TRY_ALLOC(type, p->error);
    TRY(wasm_text_advance(p));
    /* Types of a group may refer to later ones: names come first. */
    wasm_lexer lexer = p->lexer;
    wasm_token token = p->token;
    bool has_ahead = p->has_ahead;
    wasm_token ahead = p->ahead;
    uint32_t index = t->scope->counts[COMPONENT_SORT_CORE_TYPE];
    size_t depth = 0;
    for (;;) {
        if (p->token.kind == WASM_TOKEN_EOF ||
            (!depth && p->token.kind == WASM_TOKEN_RPAR))
            break;
        if (!depth && wasm_text_at_form(p, "type")) {
            slice id;
            TRY(wasm_text_enter(p));
            depth++;
            TRY(component_parse_id(t, &id));
            TRY(component_parse_bind(t, COMPONENT_SORT_CORE_TYPE, index++, id));
            continue;
        }
        depth += p->token.kind == WASM_TOKEN_LPAR;
        depth -= p->token.kind == WASM_TOKEN_RPAR;
        TRY(wasm_text_advance(p));
    }
    p->lexer = lexer;
    p->token = token;
    p->has_ahead = has_ahead;
    p->ahead = ahead;
    TRY(read_core_group(t, true, type));
    return emit_core_type(t, type, place, NULL);
}

/* ---- What imports and exports declare ---- */

static whit_status inline_module_type(parser *t, wasm_place place,
                                      uint32_t *out)
{
    component_core_type *type = arena_zalloc(t->arena, sizeof *type);
    TRY_ALLOC(type, t->p->error);
    TRY(read_module_type(t, type));
    return emit_core_type(t, type, place, out);
}

static whit_status inline_declarators(parser *t, uint8_t kind, wasm_place place,
                                      uint32_t *out)
{
    component_definition d = {.kind = COMPONENT_DEF_TYPE};
    component_type *type = arena_zalloc(t->arena, sizeof *type);
    TRY_ALLOC(type, t->p->error);
    type->kind = kind;
    TRY(read_declarators(t, type));
    d.type = type;
    return component_parse_emit(t, &d, place, out);
}

static whit_status read_bound(parser *t, component_extern *out)
{
    text_parser *p = t->p;
    if (wasm_text_at_form(p, "eq")) {
        out->is_eq = true;
        TRY(wasm_text_enter(p));
        TRY(component_parse_reference(t, out->sort, &out->index));
        return wasm_text_close(p);
    }
    if (out->sort == COMPONENT_SORT_VALUE)
        return component_parse_valtype(t, &out->value);
    if (!wasm_text_at_form(p, "sub"))
        return wasm_text_unexpected(p, "(eq or (sub");
    TRY(wasm_text_enter(p));
    TRY(wasm_text_keyword(p, "resource"));
    return wasm_text_close(p);
}

whit_status component_parse_extern_rest(parser *t, component_sort sort,
                                        wasm_place place, component_extern *out)
{
    text_parser *p = t->p;
    *out = (component_extern){.sort = sort};
    switch (sort) {
    case COMPONENT_SORT_TYPE:
    case COMPONENT_SORT_VALUE:
        TRY(read_bound(t, out));
        break;
    case COMPONENT_SORT_FUNC:
        TRY(component_parse_function_type(t, place, &out->index));
        break;
    case COMPONENT_SORT_CORE_MODULE:
        /* A module type's own types begin with their definition. */
        if (wasm_text_at_form(p, "type") && component_parse_at_type_use(t))
            TRY(component_parse_reference(t, COMPONENT_SORT_CORE_TYPE,
                                          &out->index));
        else
            TRY(inline_module_type(t, place, &out->index));
        break;
    case COMPONENT_SORT_COMPONENT:
    case COMPONENT_SORT_INSTANCE:
        if (wasm_text_at_form(p, "type") && component_parse_at_type_use(t))
            TRY(component_parse_reference(t, COMPONENT_SORT_TYPE, &out->index));
        else
            TRY(inline_declarators(t,
                                   sort == COMPONENT_SORT_INSTANCE
                                       ? COMPONENT_TYPE_INSTANCE
                                       : COMPONENT_TYPE_COMPONENT,
                                   place, &out->index));
        break;
    default:
        return wasm_text_fail(p, "%s cannot be imported or exported",
                              component_sort_text(sort));
    }
    return wasm_text_close(p);
}

whit_status component_parse_extern(parser *t, component_extern *out, slice *id)
{
    component_sort sort;
    wasm_place place = t->p->token.place;
    TRY(component_parse_sort_open(t, false, &sort));
    TRY(component_parse_id(t, id));
    return component_parse_extern_rest(t, sort, place, out);
}
