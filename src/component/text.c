/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The text parser: scopes, identifiers, references, names. */
#include "component/text.h"

#include "base/memory.h"
#include "component/decode.h"
#include "component/text_private.h"

/* ---- Scopes ---- */

void component_parse_scope_open(parser *t, parse_scope *scope, bool is_type)
{
    memset(scope, 0, sizeof *scope);
    scope->outer = t->scope;
    scope->is_type = is_type;
    t->scope = scope;
}

void component_parse_scope_close(parser *t, parse_scope *scope)
{
    mem_free(scope->definitions.items);
    mem_free(scope->names.items);
    for (int i = 0; i < COMPONENT_SORTS; i++)
        map_release(&scope->ids[i]);
    t->scope = scope->outer;
}

whit_status component_parse_keep(parser *t, const text_list *list, size_t size,
                                 void *items, uint32_t *count)
{
    void *copy = arena_dup(t->arena, list->items, list->count * size);
    TRY_ALLOC(copy, t->p->error);
    memcpy(items, &copy, sizeof copy);
    *count = (uint32_t)list->count;
    return WHIT_OK;
}

whit_status component_parse_enter_nesting(parser *t)
{
    if (++t->depth <= LIMIT_COMPONENT_NESTING)
        return WHIT_OK;
    return error_line(t->p->error, WHIT_LIMIT, t->p->token.place.line,
                      wasm_place_column(t->p->token.place),
                      "components and types nest deeper than %u",
                      LIMIT_COMPONENT_NESTING);
}

whit_status component_parse_emit(parser *t, component_definition *d,
                                 wasm_place place, uint32_t *index)
{
    component_sort sort;
    parse_scope *scope = t->scope;
    uint32_t count = component_defines(d, &sort);
    d->line = place.line;
    d->column = wasm_place_column(place);
    if (index)
        *index = scope->counts[sort];
    scope->counts[sort] += count;
    return wasm_text_push(t->p, &scope->definitions, d, sizeof *d,
                          LIMIT_COMPONENT_ITEMS, "definitions");
}

whit_status component_parse_bind(parser *t, component_sort sort, uint32_t index,
                                 slice id)
{
    uint64_t other;
    parse_scope *scope = t->scope;
    if (!id.data)
        return WHIT_OK;
    if (map_get(&scope->ids[sort], id, &other) && other < PARSE_IMPLICIT)
        return wasm_text_fail(t->p, "duplicate %s identifier $%.*s",
                              component_sort_text(sort), SLICE_ARG(id));
    TRY(map_set(&scope->ids[sort], id, index, t->p->error));
    component_item_name name = {sort, index, id};
    return wasm_text_push(t->p, &scope->names, &name, sizeof name,
                          LIMIT_COMPONENT_ITEMS, "names");
}

/* ---- References ---- */

whit_status component_parse_id(parser *t, slice *id)
{
    *id = slice_of(NULL, 0);
    if (t->p->token.kind != WASM_TOKEN_ID)
        return WHIT_OK;
    TRY(wasm_token_decode(&t->p->token, &t->p->scratch, id, t->p->error));
    return wasm_text_advance(t->p);
}

static bool is_outer_sort(component_sort sort)
{
    return sort == COMPONENT_SORT_CORE_MODULE ||
           sort == COMPONENT_SORT_CORE_TYPE || sort == COMPONENT_SORT_TYPE ||
           sort == COMPONENT_SORT_COMPONENT;
}

static whit_status find_outer(parser *t, component_sort sort, slice id,
                              wasm_place place, uint32_t *out)
{
    uint32_t depth = 1;
    uint64_t index = 0;
    const parse_scope *scope = t->scope->outer;
    while (scope && (!map_get(&scope->ids[sort], id, &index) ||
                     index >= PARSE_IMPLICIT)) {
        scope = scope->outer;
        depth++;
    }
    if (!scope)
        return wasm_text_fail(t->p,
                              "unknown %s $%.*s: identifiers refer to what "
                              "stands in front of them",
                              component_sort_text(sort), SLICE_ARG(id));
    if (!is_outer_sort(sort))
        return wasm_text_fail(t->p,
                              "outer item `%.*s` is not a module, type, or "
                              "component",
                              SLICE_ARG(id));
    component_definition d = {.kind = COMPONENT_DEF_ALIAS};
    d.alias = (component_alias){.sort = sort,
                                .target = COMPONENT_ALIAS_OUTER,
                                .instance = depth,
                                .index = (uint32_t)index};
    TRY(component_parse_emit(t, &d, place, out));
    return map_set(&t->scope->ids[sort], id, *out | PARSE_IMPLICIT,
                   t->p->error);
}

whit_status component_parse_index(parser *t, component_sort sort, uint32_t *out)
{
    text_parser *p = t->p;
    uint64_t value;
    if (p->token.kind != WASM_TOKEN_ID) {
        if (p->token.kind != WASM_TOKEN_NAT)
            return wasm_text_unexpected(p, "an index or identifier");
        TRY(wasm_text_nat(p, 32, "i32", &value));
        *out = (uint32_t)value;
        return WHIT_OK;
    }
    slice id;
    wasm_place place = p->token.place;
    TRY(wasm_token_decode(&p->token, &p->scratch, &id, p->error));
    if (map_get(&t->scope->ids[sort], id, &value))
        *out = (uint32_t)value;
    else
        TRY(find_outer(t, sort, id, place, out));
    return wasm_text_advance(p);
}

static const struct {
    const char *word;
    component_sort core; /* COMPONENT_SORTS: none */
    component_sort plain;
} sort_words[] = {
    {"func", COMPONENT_SORT_CORE_FUNC, COMPONENT_SORT_FUNC},
    {"table", COMPONENT_SORT_CORE_TABLE, COMPONENT_SORTS},
    {"memory", COMPONENT_SORT_CORE_MEMORY, COMPONENT_SORTS},
    {"global", COMPONENT_SORT_CORE_GLOBAL, COMPONENT_SORTS},
    {"tag", COMPONENT_SORT_CORE_TAG, COMPONENT_SORTS},
    {"type", COMPONENT_SORT_CORE_TYPE, COMPONENT_SORT_TYPE},
    {"module", COMPONENT_SORT_CORE_MODULE, COMPONENT_SORTS},
    {"instance", COMPONENT_SORT_CORE_INSTANCE, COMPONENT_SORT_INSTANCE},
    {"value", COMPONENT_SORTS, COMPONENT_SORT_VALUE},
    {"component", COMPONENT_SORTS, COMPONENT_SORT_COMPONENT},
};

whit_status component_parse_sort_open(parser *t, bool in_core,
                                      component_sort *out)
{
    text_parser *p = t->p;
    if (p->token.kind != WASM_TOKEN_LPAR)
        return wasm_text_unexpected(p, "(func, (type or another sort");
    TRY(wasm_text_advance(p));
    bool core = wasm_text_at_keyword(p, "core");
    if (core)
        TRY(wasm_text_advance(p));
    *out = COMPONENT_SORTS;
    for (size_t i = 0; i < COUNT_OF(sort_words); i++)
        if (wasm_text_at_keyword(p, sort_words[i].word))
            *out = core || in_core ? sort_words[i].core : sort_words[i].plain;
    if (*out == COMPONENT_SORTS)
        return wasm_text_unexpected(p, core ? "a core sort" : "a sort");
    return wasm_text_advance(p);
}

static whit_status alias_name(parser *t, component_sort sort, wasm_place place,
                              uint32_t *index)
{
    component_definition d = {.kind = COMPONENT_DEF_ALIAS};
    bool core = sort <= COMPONENT_SORT_CORE_TAG;
    d.alias = (component_alias){.sort = sort,
                                .target = core ? COMPONENT_ALIAS_CORE_EXPORT
                                               : COMPONENT_ALIAS_EXPORT,
                                .instance = *index};
    TRY(wasm_text_name_string(t->p, &d.alias.name));
    if (t->p->token.kind == WASM_TOKEN_STRING) {
        if (core)
            return wasm_text_unexpected(t->p,
                                        "')': core instances do not nest");
        d.alias.sort = COMPONENT_SORT_INSTANCE;
    }
    return component_parse_emit(t, &d, place, index);
}

whit_status component_parse_sort_rest(parser *t, component_sort sort,
                                      uint32_t *out)
{
    text_parser *p = t->p;
    wasm_place place = p->token.place;
    if (wasm_text_ahead_kind(p) != WASM_TOKEN_STRING) {
        TRY(component_parse_index(t, sort, out));
        return wasm_text_close(p);
    }
    TRY(component_parse_index(t,
                              sort <= COMPONENT_SORT_CORE_TAG
                                  ? COMPONENT_SORT_CORE_INSTANCE
                                  : COMPONENT_SORT_INSTANCE,
                              out));
    while (p->token.kind == WASM_TOKEN_STRING)
        TRY(alias_name(t, sort, place, out));
    return wasm_text_close(p);
}

whit_status component_parse_reference(parser *t, component_sort sort,
                                      uint32_t *out)
{
    component_sort found;
    if (t->p->token.kind != WASM_TOKEN_LPAR)
        return component_parse_index(t, sort, out);
    wasm_place place = t->p->token.place;
    TRY(component_parse_sort_open(t, component_sort_is_core(sort), &found));
    if (found != sort)
        return wasm_place_error(place, t->p->error,
                                "unexpected token: expected (%s",
                                component_sort_text(sort));
    return component_parse_sort_rest(t, sort, out);
}

/* ---- Names ---- */

static const char *const attribute_words[] = {"implements", "versionsuffix",
                                              "external-id"};

static whit_status parse_attributes(parser *t, text_list *list)
{
    bool seen[3] = {false};
    for (;;) {
        size_t kind = 0;
        while (kind < 3 && !wasm_text_at_form(t->p, attribute_words[kind]))
            kind++;
        if (kind == 3)
            return WHIT_OK;
        if (seen[kind]) {
            TRY(wasm_text_advance(t->p));
            return wasm_text_unexpected(t->p, "each attribute once");
        }
        seen[kind] = true;
        component_attribute item = {.kind = (component_attribute_kind)kind};
        TRY(wasm_text_enter(t->p));
        TRY(wasm_text_name_string(t->p, &item.text));
        TRY(wasm_text_close(t->p));
        TRY(wasm_text_push(t->p, list, &item, sizeof item, 3, "attributes"));
    }
}

whit_status component_parse_name(parser *t, component_name *out)
{
    *out = (component_name){.attribute_count = 0};
    TRY(wasm_text_name_string(t->p, &out->text));
    text_list list = {0};
    whit_status status = parse_attributes(t, &list);
    if (status == WHIT_OK && list.count)
        status = component_parse_keep(t, &list, sizeof *out->attributes,
                                      &out->attributes, &out->attribute_count);
    mem_free(list.items);
    return status;
}

/* The next token, or EOF when there is none. */
static wasm_token peek(wasm_lexer *lexer)
{
    wasm_token token;
    if (wasm_lexer_next(lexer, &token, NULL) != WHIT_OK)
        token.kind = WASM_TOKEN_EOF;
    return token;
}

bool component_parse_at_inline(parser *t, const char *word)
{
    if (!wasm_text_at_form(t->p, word))
        return false;
    /* The word is the token ahead, so the lexer stands behind it. */
    wasm_lexer lexer = t->p->lexer;
    lexer.annotations = false;
    if (peek(&lexer).kind != WASM_TOKEN_STRING)
        return false;
    for (;;) {
        wasm_token token = peek(&lexer);
        if (token.kind != WASM_TOKEN_LPAR)
            return token.kind == WASM_TOKEN_RPAR;
        token = peek(&lexer);
        bool attribute = false;
        for (size_t i = 0; i < COUNT_OF(attribute_words); i++)
            attribute |= token.kind == WASM_TOKEN_KEYWORD &&
                         slice_is(token.text, attribute_words[i]);
        if (!attribute || peek(&lexer).kind != WASM_TOKEN_STRING ||
            peek(&lexer).kind != WASM_TOKEN_RPAR)
            return false;
    }
}

bool component_parse_at_type_use(parser *t)
{
    if (!wasm_text_at_form(t->p, "type"))
        return false;
    wasm_lexer lexer = t->p->lexer;
    lexer.annotations = false;
    wasm_token token = peek(&lexer);
    if (token.kind != WASM_TOKEN_ID && token.kind != WASM_TOKEN_NAT)
        return false;
    do
        token = peek(&lexer);
    while (token.kind == WASM_TOKEN_STRING);
    return token.kind == WASM_TOKEN_RPAR;
}

/* ---- Components ---- */

whit_status component_parse_names_emit(parser *t)
{
    parse_scope *scope = t->scope;
    component_names names = {scope->id, scope->names.items,
                             (uint32_t)scope->names.count};
    if (!names.component.size && !names.count)
        return WHIT_OK;
    component_names_sort(&names);
    buffer bytes;
    buffer_init(&bytes);
    component_names_write(&names, &bytes);
    component_definition d = {.kind = COMPONENT_DEF_CUSTOM};
    d.custom.name = slice_text(COMPONENT_NAME_SECTION);
    d.custom.bytes = buffer_view(&bytes);
    whit_status status = buffer_status(&bytes, t->p->error);
    if (status == WHIT_OK) {
        d.custom.bytes.data =
            arena_dup(t->arena, bytes.data, d.custom.bytes.size);
        status = d.custom.bytes.data
                     ? component_parse_emit(t, &d, t->p->token.place, NULL)
                     : error_memory(t->p->error);
    }
    buffer_release(&bytes);
    return status;
}

static whit_status read_root(parser *t)
{
    text_parser *p = t->p;
    TRY(wasm_text_start(p));
    bool wrapped = wasm_text_at_form(p, "component");
    if (wrapped) {
        TRY(wasm_text_enter(p));
        if (wasm_text_at_keyword(p, "definition"))
            TRY(wasm_text_advance(p));
        TRY(component_parse_id(t, &t->scope->id));
    }
    TRY(component_parse_definitions(t));
    TRY(component_parse_names_emit(t));
    if (wrapped)
        TRY(wasm_text_close(p));
    if (p->token.kind != WASM_TOKEN_EOF)
        return wasm_text_unexpected(p, "a definition");
    return component_parse_keep(
        t, &t->scope->definitions, sizeof *t->file->root.definitions,
        &t->file->root.definitions, &t->file->root.definition_count);
}

static whit_status parse_file(parser *t, slice text, whit_error *error)
{
    text_parser *p = t->p;
    if (text.size > LIMIT_TEXT_BYTES)
        return error_set(error, WHIT_LIMIT, "the text is longer than %u bytes",
                         LIMIT_TEXT_BYTES);
    p->error = error;
    p->features = WASM_FEATURES_ALL;
    p->module = wasm_module_new();
    TRY_ALLOC(p->module, error);
    /* Strings live in this module's arena. */
    wasm_module *module = p->module;
    TRY(component_file_keep(t->file, module, error));
    p->lexer = wasm_lexer_new(text);
    p->lexer.annotations = true;
    parse_scope scope;
    component_parse_scope_open(t, &scope, false);
    whit_status status = read_root(t);
    component_parse_scope_close(t, &scope);
    return status;
}

whit_status component_text_parse(slice text, component_file **out,
                                 whit_error *error)
{
    *out = NULL;
    text_parser *p = mem_zalloc(sizeof *p);
    component_file *file = component_file_new();
    whit_status status = p && file ? WHIT_OK : error_memory(error);
    if (status == WHIT_OK) {
        parser t = {.p = p, .file = file, .arena = &file->arena};
        file->is_text = true;
        status = parse_file(&t, text, error);
    }
    if (p)
        wasm_text_release(p);
    mem_free(p);
    if (status == WHIT_OK)
        *out = file;
    else
        component_file_free(file);
    return status;
}
