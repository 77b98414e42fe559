/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The text parser's definitions. */
#include "base/memory.h"
#include "component/decode.h"
#include "component/text_private.h"
#include "wasm/decode.h"
#include "wasm/text.h"
#include "wasm/text_numbers.h"

/* ---- Inline exports, imports and aliases ---- */

/* (export "name")* in front of a definition's body. */
static whit_status read_exports(parser *t, text_list *list)
{
    while (component_parse_at_inline(t, "export")) {
        component_name name;
        TRY(wasm_text_enter(t->p));
        TRY(component_parse_name(t, &name));
        TRY(wasm_text_close(t->p));
        TRY(wasm_text_push(t->p, list, &name, sizeof name,
                           LIMIT_COMPONENT_ITEMS, "exports"));
    }
    return WHIT_OK;
}

static whit_status emit_exports(parser *t, const text_list *list,
                                component_sort sort, uint32_t index,
                                wasm_place place)
{
    for (size_t i = 0; i < list->count; i++) {
        component_definition d = {.kind = COMPONENT_DEF_EXPORT};
        d.external.name = ((const component_name *)list->items)[i];
        d.external.has_item = true;
        d.external.sort = sort;
        d.external.index = index;
        TRY(component_parse_emit(t, &d, place, NULL));
    }
    return WHIT_OK;
}

/* (import "name" ...) in a definition; the rest is its type. Takes the
 * definition's ')' too. */
static whit_status emit_import(parser *t, component_sort sort, slice id,
                               wasm_place place, uint32_t *index)
{
    component_definition d = {.kind = COMPONENT_DEF_IMPORT};
    TRY(wasm_text_enter(t->p));
    TRY(component_parse_name(t, &d.external.name));
    TRY(wasm_text_close(t->p));
    d.external.has_type = true;
    d.external.sort = sort;
    TRY(component_parse_extern_rest(t, sort, place, &d.external.type));
    TRY(component_parse_emit(t, &d, place, index));
    return component_parse_bind(t, sort, *index, id);
}

/* ---- Aliases ---- */

static whit_status read_outer(parser *t, component_sort sort,
                              component_alias *out, const wasm_token *index)
{
    text_parser *p = t->p;
    const parse_scope *scope = t->scope;
    uint64_t value;
    slice id;
    for (uint32_t i = 0; scope && i < out->instance; i++)
        scope = scope->outer;
    if (index->kind == WASM_TOKEN_NAT) {
        if (!wasm_text_integer(index->text, 32, &value))
            return wasm_place_error(index->place, p->error,
                                    "index out of range: %.*s",
                                    SLICE_ARG(index->text));
        out->index = (uint32_t)value;
        return WHIT_OK;
    }
    TRY(wasm_token_decode(index, &p->scratch, &id, p->error));
    if (!scope || !map_get(&scope->ids[sort], id, &value))
        return wasm_place_error(index->place, p->error, "unknown %s $%.*s",
                                component_sort_text(sort), SLICE_ARG(id));
    out->index = (uint32_t)value;
    return WHIT_OK;
}

/* The scope an outer alias names, as a count. */
static whit_status read_outer_count(parser *t, uint32_t *out)
{
    text_parser *p = t->p;
    uint64_t value;
    slice id;
    if (p->token.kind == WASM_TOKEN_NAT) {
        TRY(wasm_text_nat(p, 32, "i32", &value));
        *out = (uint32_t)value;
        return WHIT_OK;
    }
    if (p->token.kind != WASM_TOKEN_ID)
        return wasm_text_unexpected(p, "an index or identifier");
    wasm_place place = p->token.place;
    TRY(component_parse_id(t, &id));
    *out = 0;
    const parse_scope *scope = t->scope;
    for (; scope && !slice_equal(scope->id, id); scope = scope->outer)
        ++*out;
    return scope ? WHIT_OK
                 : wasm_place_error(place, p->error,
                                    "outer component `%.*s` not found",
                                    SLICE_ARG(id));
}

/* `export i "n"`, `core export i "n"` or `outer i j`. The index of the last
 * is left in *token, as its sort may stand behind it. */
static whit_status read_target(parser *t, component_alias *out,
                               wasm_token *token)
{
    text_parser *p = t->p;
    bool core = wasm_text_at_keyword(p, "core");
    if (core)
        TRY(wasm_text_advance(p));
    if (!core && wasm_text_at_keyword(p, "outer")) {
        out->target = COMPONENT_ALIAS_OUTER;
        TRY(wasm_text_advance(p));
        TRY(read_outer_count(t, &out->instance));
        if (!wasm_text_at_index(p))
            return wasm_text_unexpected(p, "an index or identifier");
        *token = p->token;
        return wasm_text_advance(p);
    }
    TRY(wasm_text_keyword(p, "export"));
    out->target = core ? COMPONENT_ALIAS_CORE_EXPORT : COMPONENT_ALIAS_EXPORT;
    TRY(component_parse_reference(
        t, core ? COMPONENT_SORT_CORE_INSTANCE : COMPONENT_SORT_INSTANCE,
        &out->instance));
    return wasm_text_name_string(p, &out->name);
}

static whit_status emit_alias(parser *t, component_alias *alias,
                              const wasm_token *token, slice id,
                              wasm_place place)
{
    component_definition d = {.kind = COMPONENT_DEF_ALIAS};
    component_sort sort = alias->sort;
    uint32_t index;
    bool fits = sort == COMPONENT_SORT_CORE_MODULE ||
                (alias->target == COMPONENT_ALIAS_CORE_EXPORT
                     ? sort <= COMPONENT_SORT_CORE_TAG
                     : !component_sort_is_core(sort));
    if (alias->target == COMPONENT_ALIAS_OUTER) {
        fits = sort == COMPONENT_SORT_CORE_MODULE ||
               sort == COMPONENT_SORT_CORE_TYPE ||
               sort == COMPONENT_SORT_TYPE || sort == COMPONENT_SORT_COMPONENT;
        if (fits)
            TRY(read_outer(t, sort, alias, token));
    }
    if (!fits || (sort == COMPONENT_SORT_CORE_MODULE &&
                  alias->target == COMPONENT_ALIAS_CORE_EXPORT))
        return wasm_place_error(place, t->p->error,
                                "unexpected token: no alias of this kind has "
                                "the sort %s",
                                component_sort_text(sort));
    d.alias = *alias;
    TRY(component_parse_emit(t, &d, place, &index));
    return component_parse_bind(t, sort, index, id);
}

/* (alias ... (sort id?)), behind the word `alias`. */
whit_status component_parse_alias(parser *t, wasm_place place)
{
    component_alias alias = {.index = 0};
    wasm_token token = {.kind = WASM_TOKEN_EOF};
    slice id;
    TRY(wasm_text_advance(t->p));
    TRY(read_target(t, &alias, &token));
    TRY(component_parse_sort_open(t, false, &alias.sort));
    TRY(component_parse_id(t, &id));
    TRY(wasm_text_close(t->p));
    return emit_alias(t, &alias, &token, id, place);
}

whit_status component_parse_inline_alias(parser *t, component_sort sort,
                                         slice id, wasm_place place)
{
    component_alias alias = {.sort = sort};
    wasm_token token = {.kind = WASM_TOKEN_EOF};
    TRY(wasm_text_enter(t->p));
    TRY(read_target(t, &alias, &token));
    TRY(wasm_text_close(t->p));
    return emit_alias(t, &alias, &token, id, place);
}

/* ---- Core modules ---- */

static wasm_lexer behind_token(const text_parser *p)
{
    wasm_lexer lexer = p->lexer;
    lexer.cursor = p->token.text.data + p->token.text.size;
    lexer.line = p->token.place.line;
    lexer.line_start = p->token.place.line_start;
    return lexer;
}

/* Moves to the ')' that closes the form around `from`. */
static whit_status skip_to_close(parser *t, wasm_lexer from, wasm_token *close)
{
    size_t depth = 1;
    from.annotations = false;
    for (;;) {
        TRY(wasm_lexer_next(&from, close, t->p->error));
        if (close->kind == WASM_TOKEN_EOF)
            return wasm_place_error(close->place, t->p->error,
                                    "unexpected token: the text ends in a "
                                    "core module");
        depth += close->kind == WASM_TOKEN_LPAR;
        depth -= close->kind == WASM_TOKEN_RPAR;
        if (!depth)
            break;
    }
    t->p->lexer = from;
    t->p->lexer.annotations = true;
    t->p->lexer.cursor = close->text.data;
    t->p->lexer.line = close->place.line;
    t->p->lexer.line_start = close->place.line_start;
    return wasm_text_start(t->p);
}

static whit_status read_strings(parser *t, slice *out)
{
    text_parser *p = t->p;
    buffer bytes;
    buffer_init(&bytes);
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && p->token.kind == WASM_TOKEN_STRING) {
        slice piece;
        status = wasm_text_string(p, &piece);
        if (status == WHIT_OK)
            buffer_slice(&bytes, piece);
    }
    if (status == WHIT_OK)
        status = buffer_status(&bytes, p->error);
    if (status == WHIT_OK) {
        *out = buffer_view(&bytes);
        out->data = arena_dup(t->arena, out->data, out->size);
        if (!out->data)
            status = error_memory(p->error);
    }
    buffer_release(&bytes);
    return status;
}

/* The fields from `from` to the form's ')', or (binary ...), (quote ...). */
static whit_status read_module(parser *t, slice id, wasm_lexer from,
                               component_core_module *out)
{
    text_parser *p = t->p;
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    bool binary = wasm_text_at_keyword(p, "binary");
    if (!binary && !wasm_text_at_keyword(p, "quote")) {
        wasm_token close;
        TRY(skip_to_close(t, from, &close));
        from.end = close.text.data;
        from.annotations = false;
        TRY(wasm_text_parse_fields(&from, id, &out->module, p->error));
    } else {
        slice bytes;
        TRY(wasm_text_advance(p));
        TRY(read_strings(t, &bytes));
        if (binary)
            out->bytes = bytes;
        TRY(binary ? wasm_decode(bytes, &options, &out->module, p->error)
                   : wasm_text_parse(bytes, &out->module, p->error));
    }
    return component_file_keep(t->file, out->module, p->error);
}

static whit_status module_rest(parser *t, slice id, wasm_place place,
                               wasm_lexer from, const text_list *exports)
{
    component_definition d = {.kind = COMPONENT_DEF_CORE_MODULE};
    uint32_t index;
    if (component_parse_at_inline(t, "import")) {
        TRY(emit_import(t, COMPONENT_SORT_CORE_MODULE, id, place, &index));
        return emit_exports(t, exports, COMPONENT_SORT_CORE_MODULE, index,
                            place);
    }
    if (wasm_text_at_form(t->p, "alias")) {
        index = t->scope->counts[COMPONENT_SORT_CORE_MODULE];
        TRY(component_parse_inline_alias(t, COMPONENT_SORT_CORE_MODULE, id,
                                         place));
    } else {
        TRY(read_module(t, id, from, &d.core_module));
        TRY(component_parse_emit(t, &d, place, &index));
        TRY(component_parse_bind(t, COMPONENT_SORT_CORE_MODULE, index, id));
    }
    TRY(wasm_text_close(t->p));
    return emit_exports(t, exports, COMPONENT_SORT_CORE_MODULE, index, place);
}

static whit_status read_core_module(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    slice id = slice_of(NULL, 0);
    wasm_lexer from = behind_token(p);
    TRY(wasm_text_advance(p));
    if (p->token.kind == WASM_TOKEN_ID) {
        from = behind_token(p);
        TRY(component_parse_id(t, &id));
    }
    text_list exports = {0};
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && component_parse_at_inline(t, "export")) {
        component_name name;
        status = wasm_text_enter(p);
        if (status == WHIT_OK)
            status = component_parse_name(t, &name);
        if (status == WHIT_OK)
            status = wasm_text_push(p, &exports, &name, sizeof name,
                                    LIMIT_COMPONENT_ITEMS, "exports");
        if (status == WHIT_OK && p->token.kind == WASM_TOKEN_RPAR)
            from = behind_token(p);
        if (status == WHIT_OK)
            status = wasm_text_close(p);
    }
    if (status == WHIT_OK)
        status = module_rest(t, id, place, from, &exports);
    mem_free(exports.items);
    return status;
}

/* ---- Instances ---- */

static whit_status read_items(parser *t, bool is_core, text_list *list);

/* (instance (export ...)*) as an argument: an instance of its own. */
static whit_status read_argument_instance(parser *t, bool is_core,
                                          wasm_place place, uint32_t *out)
{
    component_definition d = {.kind = is_core ? COMPONENT_DEF_CORE_INSTANCE
                                              : COMPONENT_DEF_INSTANCE};
    text_list items = {0};
    whit_status status = read_items(t, is_core, &items);
    d.instance.is_exports = true;
    if (status == WHIT_OK)
        status =
            component_parse_keep(t, &items, sizeof *d.instance.items,
                                 &d.instance.items, &d.instance.item_count);
    mem_free(items.items);
    TRY(status);
    return component_parse_emit(t, &d, place, out);
}

static whit_status read_argument(parser *t, bool is_core, component_item *out)
{
    text_parser *p = t->p;
    wasm_place place = p->token.place;
    TRY(wasm_text_enter(p));
    TRY(wasm_text_name_string(p, &out->name.text));
    TRY(component_parse_sort_open(t, is_core, &out->sort));
    bool is_instance = out->sort == (is_core ? COMPONENT_SORT_CORE_INSTANCE
                                             : COMPONENT_SORT_INSTANCE);
    if (is_core && !is_instance)
        return wasm_text_unexpected(
            p, "an instance: core arguments are instances");
    if (!is_core && component_sort_is_core(out->sort) &&
        out->sort != COMPONENT_SORT_CORE_MODULE)
        return wasm_text_unexpected(p, "another sort");
    if (is_instance && !wasm_text_at_index(p)) {
        TRY(read_argument_instance(t, is_core, place, &out->index));
        TRY(wasm_text_close(p));
    } else {
        TRY(component_parse_sort_rest(t, out->sort, &out->index));
    }
    return wasm_text_close(p);
}

static whit_status read_export_item(parser *t, bool is_core,
                                    component_item *out)
{
    text_parser *p = t->p;
    TRY(wasm_text_enter(p));
    if (is_core)
        TRY(wasm_text_name_string(p, &out->name.text));
    else
        TRY(component_parse_name(t, &out->name));
    TRY(component_parse_sort_open(t, is_core, &out->sort));
    bool fits = is_core ? out->sort <= COMPONENT_SORT_CORE_TAG
                        : !component_sort_is_core(out->sort) ||
                              out->sort == COMPONENT_SORT_CORE_MODULE;
    if (!fits)
        return wasm_text_unexpected(p, "another sort");
    TRY(component_parse_sort_rest(t, out->sort, &out->index));
    return wasm_text_close(p);
}

/* (with ...) or (export ...) forms. */
static whit_status read_items(parser *t, bool is_core, text_list *list)
{
    for (;;) {
        component_item item = {.index = 0};
        if (wasm_text_at_form(t->p, "with"))
            TRY(read_argument(t, is_core, &item));
        else if (wasm_text_at_form(t->p, "export"))
            TRY(read_export_item(t, is_core, &item));
        else
            return WHIT_OK;
        TRY(wasm_text_push(t->p, list, &item, sizeof item,
                           LIMIT_COMPONENT_ITEMS, "items"));
    }
}

static whit_status instance_body(parser *t, bool is_core,
                                 component_instance *out)
{
    text_parser *p = t->p;
    text_list items = {0};
    out->is_exports = !wasm_text_at_form(p, "instantiate");
    whit_status status = WHIT_OK;
    if (!out->is_exports) {
        status = wasm_text_enter(p);
        if (status == WHIT_OK)
            status = component_parse_reference(
                t,
                is_core ? COMPONENT_SORT_CORE_MODULE : COMPONENT_SORT_COMPONENT,
                &out->callee);
    }
    if (status == WHIT_OK)
        status = read_items(t, is_core, &items);
    if (status == WHIT_OK && !out->is_exports)
        status = wasm_text_close(p);
    if (status == WHIT_OK)
        status = component_parse_keep(t, &items, sizeof *out->items,
                                      &out->items, &out->item_count);
    mem_free(items.items);
    return status;
}

static whit_status instance_rest(parser *t, bool is_core, slice id,
                                 wasm_place place, const text_list *exports)
{
    component_sort sort =
        is_core ? COMPONENT_SORT_CORE_INSTANCE : COMPONENT_SORT_INSTANCE;
    component_definition d = {.kind = is_core ? COMPONENT_DEF_CORE_INSTANCE
                                              : COMPONENT_DEF_INSTANCE};
    uint32_t index;
    if (!is_core && component_parse_at_inline(t, "import")) {
        TRY(emit_import(t, sort, id, place, &index));
        return emit_exports(t, exports, sort, index, place);
    }
    if (!is_core && wasm_text_at_form(t->p, "alias")) {
        index = t->scope->counts[sort];
        TRY(component_parse_inline_alias(t, sort, id, place));
    } else {
        TRY(instance_body(t, is_core, &d.instance));
        TRY(component_parse_emit(t, &d, place, &index));
        TRY(component_parse_bind(t, sort, index, id));
    }
    TRY(wasm_text_close(t->p));
    return emit_exports(t, exports, sort, index, place);
}

static whit_status read_instance(parser *t, bool is_core, wasm_place place)
{
    slice id;
    text_list exports = {0};
    TRY(wasm_text_advance(t->p));
    TRY(component_parse_id(t, &id));
    whit_status status = is_core ? WHIT_OK : read_exports(t, &exports);
    if (status == WHIT_OK)
        status = instance_rest(t, is_core, id, place, &exports);
    mem_free(exports.items);
    return status;
}

/* ---- Canonical definitions ---- */

static const char *const option_words[COMPONENT_OPTION_KINDS] = {
    "string-encoding=utf8",
    "string-encoding=utf16",
    "string-encoding=latin1+utf16",
    "memory",
    "realloc",
    "post-return",
    "async",
    "callback"};

static bool option_has_index(int kind)
{
    return kind >= COMPONENT_OPTION_MEMORY && kind != COMPONENT_OPTION_ASYNC;
}

static whit_status read_option(parser *t, text_list *list, bool *any)
{
    text_parser *p = t->p;
    *any = true;
    for (int i = 0; i < COMPONENT_OPTION_KINDS; i++) {
        component_option item = {.kind = (component_option_kind)i};
        if (option_has_index(i)) {
            if (!wasm_text_at_form(p, option_words[i]))
                continue;
            TRY(wasm_text_enter(p));
            TRY(component_parse_reference(t,
                                          i == COMPONENT_OPTION_MEMORY
                                              ? COMPONENT_SORT_CORE_MEMORY
                                              : COMPONENT_SORT_CORE_FUNC,
                                          &item.index));
            TRY(wasm_text_close(p));
        } else {
            if (!wasm_text_at_keyword(p, option_words[i]))
                continue;
            TRY(wasm_text_advance(p));
        }
        return wasm_text_push(p, list, &item, sizeof item,
                              LIMIT_COMPONENT_ITEMS, "canonical options");
    }
    *any = false;
    return WHIT_OK;
}

static whit_status read_options(parser *t, component_canon *out)
{
    text_list list = {0};
    bool any = true;
    whit_status status = WHIT_OK;
    while (status == WHIT_OK && any)
        status = read_option(t, &list, &any);
    if (status == WHIT_OK)
        status = component_parse_keep(t, &list, sizeof *out->options,
                                      &out->options, &out->option_count);
    mem_free(list.items);
    return status;
}

static whit_status read_flag(parser *t, const char *word, bool *out)
{
    *out = wasm_text_at_keyword(t->p, word);
    return *out ? wasm_text_advance(t->p) : WHIT_OK;
}

static whit_status read_operand(parser *t, char operand, component_canon *out)
{
    text_parser *p = t->p;
    uint64_t value;
    switch (operand) {
    case 't':
        return component_parse_reference(t, COMPONENT_SORT_TYPE, &out->type);
    case 'g':
        return component_parse_reference(t, COMPONENT_SORT_CORE_TYPE,
                                         &out->type);
    case 'b':
        return component_parse_reference(t, COMPONENT_SORT_CORE_TABLE,
                                         &out->table);
    case 'm':
        if (!wasm_text_at_form(p, "memory"))
            return wasm_text_unexpected(p, "(memory");
        TRY(wasm_text_enter(p));
        TRY(component_parse_reference(t, COMPONENT_SORT_CORE_MEMORY,
                                      &out->memory));
        return wasm_text_close(p);
    case 'n':
        TRY(wasm_text_nat(p, 32, "i32", &value));
        out->number = (uint32_t)value;
        return WHIT_OK;
    case 'o':
        return read_options(t, out);
    case 'r':
        return component_parse_result(t, &out->result);
    case 'v':
        return wasm_text_valtype(p, &out->core_type);
    case 'a':
        return read_flag(t, "async", &out->is_async);
    case 'c':
        return read_flag(t, "cancellable", &out->cancellable);
    default:
        return read_flag(t, "shared", &out->shared);
    }
}

/* The kind whose word is the current token. */
static whit_status read_canon_kind(parser *t, component_canon *out)
{
    for (unsigned kind = 0; kind < 0x100; kind++) {
        const char *text = component_canon_text(kind);
        if (text && wasm_text_at_keyword(t->p, text)) {
            out->kind = (component_canon_kind)kind;
            return wasm_text_advance(t->p);
        }
    }
    return wasm_text_unexpected(t->p, "lift, lower or a canonical built-in");
}

/* What stands behind `canon`, but not the function that comes of it. */
static whit_status canon_body(parser *t, component_canon *out)
{
    TRY(read_canon_kind(t, out));
    if (out->kind <= COMPONENT_CANON_LOWER) {
        TRY(component_parse_reference(t,
                                      out->kind == COMPONENT_CANON_LIFT
                                          ? COMPONENT_SORT_CORE_FUNC
                                          : COMPONENT_SORT_FUNC,
                                      &out->callee));
        return read_options(t, out);
    }
    for (const char *o = component_canon_operands(out->kind); *o; o++)
        TRY(read_operand(t, *o, out));
    return WHIT_OK;
}

static whit_status emit_canon(parser *t, component_canon *canon, slice id,
                              wasm_place place, uint32_t *index)
{
    component_definition d = {.kind = COMPONENT_DEF_CANON};
    d.canon = canon;
    TRY(component_parse_emit(t, &d, place, index));
    return component_parse_bind(t,
                                canon->kind == COMPONENT_CANON_LIFT
                                    ? COMPONENT_SORT_FUNC
                                    : COMPONENT_SORT_CORE_FUNC,
                                *index, id);
}

static whit_status new_canon(parser *t, component_canon **out)
{
    *out = arena_zalloc(t->arena, sizeof **out);
    TRY_ALLOC(*out, t->p->error);
    return WHIT_OK;
}

/* (canon ... (core func id?)) or (canon lift ... (func id? type)) */
static whit_status read_canon(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    component_canon *canon;
    component_sort sort;
    uint32_t index;
    slice id;
    TRY(new_canon(t, &canon));
    TRY(wasm_text_advance(p));
    TRY(canon_body(t, canon));
    bool lift = canon->kind == COMPONENT_CANON_LIFT;
    TRY(component_parse_sort_open(t, false, &sort));
    if (sort != (lift ? COMPONENT_SORT_FUNC : COMPONENT_SORT_CORE_FUNC))
        return wasm_text_unexpected(p, lift ? "(func" : "(core func");
    TRY(component_parse_id(t, &id));
    if (lift)
        TRY(component_parse_function_type(t, place, &canon->type));
    TRY(wasm_text_close(p));
    TRY(emit_canon(t, canon, id, place, &index));
    return wasm_text_close(p);
}

/* (core func id? (canon ...)) or with an alias. */
static whit_status read_core_function(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    component_canon *canon;
    uint32_t index;
    slice id;
    TRY(wasm_text_advance(p));
    TRY(component_parse_id(t, &id));
    if (wasm_text_at_form(p, "alias")) {
        TRY(component_parse_inline_alias(t, COMPONENT_SORT_CORE_FUNC, id,
                                         place));
        return wasm_text_close(p);
    }
    /* The type of what a definition makes may be written, and follows from
     * the definition. */
    while (wasm_text_at_form(p, "param") || wasm_text_at_form(p, "result")) {
        TRY(wasm_text_enter(p));
        while (p->token.kind == WASM_TOKEN_KEYWORD)
            TRY(wasm_text_advance(p));
        TRY(wasm_text_close(p));
    }
    if (!wasm_text_at_form(p, "canon"))
        return wasm_text_unexpected(p, "(canon or (alias");
    TRY(new_canon(t, &canon));
    TRY(wasm_text_enter(p));
    TRY(canon_body(t, canon));
    TRY(wasm_text_close(p));
    if (canon->kind == COMPONENT_CANON_LIFT)
        return wasm_text_fail(
            p, "unexpected token: `canon lift` makes a func, not "
               "a core func");
    TRY(emit_canon(t, canon, id, place, &index));
    return wasm_text_close(p);
}

typedef whit_status (*rest_reader)(parser *t, slice id, wasm_place place,
                                   const text_list *exports);

/* `(func` or `(component`: an id, inline exports, and what is its own. */
static whit_status read_with_exports(parser *t, wasm_place place,
                                     rest_reader rest)
{
    slice id;
    text_list exports = {0};
    TRY(wasm_text_advance(t->p));
    TRY(component_parse_id(t, &id));
    whit_status status = read_exports(t, &exports);
    if (status == WHIT_OK)
        status = rest(t, id, place, &exports);
    mem_free(exports.items);
    return status;
}

static whit_status function_rest(parser *t, slice id, wasm_place place,
                                 const text_list *exports)
{
    text_parser *p = t->p;
    component_canon *canon;
    uint32_t index;
    if (component_parse_at_inline(t, "import")) {
        TRY(emit_import(t, COMPONENT_SORT_FUNC, id, place, &index));
        return emit_exports(t, exports, COMPONENT_SORT_FUNC, index, place);
    }
    if (wasm_text_at_form(p, "alias")) {
        index = t->scope->counts[COMPONENT_SORT_FUNC];
        TRY(component_parse_inline_alias(t, COMPONENT_SORT_FUNC, id, place));
    } else {
        uint32_t type;
        TRY(new_canon(t, &canon));
        TRY(component_parse_function_type(t, place, &type));
        if (!wasm_text_at_form(p, "canon"))
            return wasm_text_unexpected(p, "(canon lift");
        TRY(wasm_text_enter(p));
        TRY(canon_body(t, canon));
        TRY(wasm_text_close(p));
        canon->type = type;
        if (canon->kind != COMPONENT_CANON_LIFT)
            return wasm_text_fail(p,
                                  "unexpected token: only `canon lift` makes a "
                                  "func");
        TRY(emit_canon(t, canon, id, place, &index));
    }
    TRY(wasm_text_close(p));
    return emit_exports(t, exports, COMPONENT_SORT_FUNC, index, place);
}

/* ---- Components ---- */

static whit_status nested_body(parser *t, slice id, component *out)
{
    parse_scope *scope = mem_alloc(sizeof *scope);
    TRY_ALLOC(scope, t->p->error);
    component_parse_scope_open(t, scope, false);
    scope->id = id;
    whit_status status = component_parse_enter_nesting(t);
    if (status == WHIT_OK)
        status = component_parse_definitions(t);
    if (status == WHIT_OK)
        status = component_parse_names_emit(t);
    if (status == WHIT_OK)
        status = component_parse_keep(
            t, &scope->definitions, sizeof *out->definitions, &out->definitions,
            &out->definition_count);
    t->depth--;
    component_parse_scope_close(t, scope);
    mem_free(scope);
    return status;
}

static whit_status component_rest(parser *t, slice id, wasm_place place,
                                  const text_list *exports)
{
    text_parser *p = t->p;
    component_definition d = {.kind = COMPONENT_DEF_COMPONENT};
    uint32_t index;
    if (component_parse_at_inline(t, "import")) {
        TRY(emit_import(t, COMPONENT_SORT_COMPONENT, id, place, &index));
        return emit_exports(t, exports, COMPONENT_SORT_COMPONENT, index, place);
    }
    d.component = arena_zalloc(t->arena, sizeof *d.component);
    TRY_ALLOC(d.component, p->error);
    TRY(nested_body(t, id, d.component));
    TRY(wasm_text_close(p));
    TRY(component_parse_emit(t, &d, place, &index));
    TRY(component_parse_bind(t, COMPONENT_SORT_COMPONENT, index, id));
    return emit_exports(t, exports, COMPONENT_SORT_COMPONENT, index, place);
}

/* ---- Imports, exports, start, values ---- */

whit_status component_parse_import(parser *t, wasm_place place)
{
    component_definition d = {.kind = COMPONENT_DEF_IMPORT};
    uint32_t index;
    slice id;
    TRY(wasm_text_advance(t->p));
    TRY(component_parse_name(t, &d.external.name));
    TRY(component_parse_extern(t, &d.external.type, &id));
    d.external.has_type = true;
    d.external.sort = d.external.type.sort;
    TRY(component_parse_emit(t, &d, place, &index));
    TRY(component_parse_bind(t, d.external.sort, index, id));
    return wasm_text_close(t->p);
}

static whit_status read_export_declarator(parser *t, wasm_place place)
{
    component_definition d = {.kind = COMPONENT_DEF_EXPORT};
    uint32_t index;
    slice id;
    TRY(wasm_text_advance(t->p));
    TRY(component_parse_name(t, &d.external.name));
    TRY(component_parse_extern(t, &d.external.type, &id));
    d.external.has_type = true;
    d.external.sort = d.external.type.sort;
    TRY(component_parse_emit(t, &d, place, &index));
    TRY(component_parse_bind(t, d.external.sort, index, id));
    return wasm_text_close(t->p);
}

static whit_status read_export(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    component_definition d = {.kind = COMPONENT_DEF_EXPORT};
    uint32_t index;
    slice id, unused;
    TRY(wasm_text_advance(p));
    TRY(component_parse_id(t, &id));
    TRY(component_parse_name(t, &d.external.name));
    d.external.has_item = true;
    TRY(component_parse_sort_open(t, false, &d.external.sort));
    if (component_sort_is_core(d.external.sort) &&
        d.external.sort != COMPONENT_SORT_CORE_MODULE)
        return wasm_text_unexpected(p, "another sort: a core item cannot be "
                                       "exported");
    TRY(component_parse_sort_rest(t, d.external.sort, &d.external.index));
    d.external.has_type = p->token.kind == WASM_TOKEN_LPAR;
    if (d.external.has_type)
        TRY(component_parse_extern(t, &d.external.type, &unused));
    TRY(component_parse_emit(t, &d, place, &index));
    TRY(component_parse_bind(t, d.external.sort, index, id));
    return wasm_text_close(p);
}

static whit_status start_arguments(parser *t, text_list *list)
{
    while (wasm_text_at_form(t->p, "value")) {
        uint32_t index;
        TRY(component_parse_reference(t, COMPONENT_SORT_VALUE, &index));
        TRY(wasm_text_push(t->p, list, &index, sizeof index,
                           LIMIT_COMPONENT_ITEMS, "arguments"));
    }
    return WHIT_OK;
}

static whit_status read_start(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    component_definition d = {.kind = COMPONENT_DEF_START};
    text_list arguments = {0};
    uint32_t index;
    slice id = slice_of(NULL, 0);
    TRY(wasm_text_advance(p));
    TRY(component_parse_reference(t, COMPONENT_SORT_FUNC, &d.start.function));
    whit_status status = start_arguments(t, &arguments);
    if (status == WHIT_OK)
        status =
            component_parse_keep(t, &arguments, sizeof(uint32_t),
                                 &d.start.arguments, &d.start.argument_count);
    mem_free(arguments.items);
    TRY(status);
    if (wasm_text_at_form(p, "result")) {
        TRY(wasm_text_enter(p));
        if (!wasm_text_at_form(p, "value"))
            return wasm_text_unexpected(p, "(value");
        TRY(wasm_text_enter(p));
        TRY(component_parse_id(t, &id));
        TRY(wasm_text_close(p));
        TRY(wasm_text_close(p));
        d.start.result_count = 1;
    }
    TRY(component_parse_emit(t, &d, place, &index));
    TRY(component_parse_bind(t, COMPONENT_SORT_VALUE, index, id));
    return wasm_text_close(p);
}

/* (value id? type (binary "...")) */
static whit_status read_value(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    component_definition d = {.kind = COMPONENT_DEF_VALUE};
    uint32_t index;
    slice id;
    TRY(wasm_text_advance(p));
    TRY(component_parse_id(t, &id));
    TRY(component_parse_valtype(t, &d.value.type));
    if (!wasm_text_at_form(p, "binary"))
        return wasm_text_unexpected(p, "(binary");
    TRY(wasm_text_enter(p));
    TRY(read_strings(t, &d.value.bytes));
    TRY(wasm_text_close(p));
    TRY(component_parse_emit(t, &d, place, &index));
    TRY(component_parse_bind(t, COMPONENT_SORT_VALUE, index, id));
    return wasm_text_close(p);
}

/* ---- All definitions ---- */

/* (core table $t (alias core export $i "t")) and its like. */
static whit_status read_core_alias(parser *t, wasm_place place)
{
    static const char *const words[] = {"table", "memory", "global", "tag"};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        slice id;
        if (!wasm_text_at_keyword(t->p, words[i]))
            continue;
        TRY(wasm_text_advance(t->p));
        TRY(component_parse_id(t, &id));
        if (!wasm_text_at_form(t->p, "alias"))
            return wasm_text_unexpected(t->p, "(alias");
        TRY(component_parse_inline_alias(
            t, (component_sort)(COMPONENT_SORT_CORE_TABLE + i), id, place));
        return wasm_text_close(t->p);
    }
    return wasm_text_unexpected(t->p, "a core definition");
}

static whit_status read_core(parser *t, wasm_place place)
{
    text_parser *p = t->p;
    TRY(wasm_text_advance(p));
    if (wasm_text_at_keyword(p, "type")) {
        TRY(component_parse_core_type_definition(t, place));
        return wasm_text_close(p);
    }
    if (wasm_text_at_keyword(p, "rec")) {
        TRY(component_parse_core_rec_definition(t, place));
        return wasm_text_close(p);
    }
    if (t->scope->is_type)
        return wasm_text_unexpected(p, "type");
    if (wasm_text_at_keyword(p, "module"))
        return read_core_module(t, place);
    if (wasm_text_at_keyword(p, "instance"))
        return read_instance(t, true, place);
    if (wasm_text_at_keyword(p, "func"))
        return read_core_function(t, place);
    return read_core_alias(t, place);
}

whit_status component_parse_definition(parser *t)
{
    text_parser *p = t->p;
    wasm_place place = p->token.place;
    bool is_type = t->scope->is_type;
    TRY(wasm_text_advance(p));
    if (wasm_text_at_keyword(p, "core"))
        return read_core(t, place);
    if (wasm_text_at_keyword(p, "type")) {
        TRY(component_parse_type_definition(t, place));
        return wasm_text_close(p);
    }
    if (wasm_text_at_keyword(p, "alias")) {
        TRY(component_parse_alias(t, place));
        return wasm_text_close(p);
    }
    if (wasm_text_at_keyword(p, "import"))
        return component_parse_import(t, place);
    if (wasm_text_at_keyword(p, "export"))
        return is_type ? read_export_declarator(t, place)
                       : read_export(t, place);
    if (is_type)
        return wasm_text_unexpected(p, "a declarator");
    if (wasm_text_at_keyword(p, "component"))
        return read_with_exports(t, place, component_rest);
    if (wasm_text_at_keyword(p, "instance"))
        return read_instance(t, false, place);
    if (wasm_text_at_keyword(p, "func"))
        return read_with_exports(t, place, function_rest);
    if (wasm_text_at_keyword(p, "canon"))
        return read_canon(t, place);
    if (wasm_text_at_keyword(p, "start"))
        return read_start(t, place);
    if (wasm_text_at_keyword(p, "value"))
        return read_value(t, place);
    return wasm_text_unexpected(p, "a definition");
}

/* Custom sections written as annotations in front of a definition. */
static whit_status read_customs(parser *t)
{
    text_note note;
    while (wasm_text_note_take(t->p, WASM_ANNOTATION_CUSTOM, &note)) {
        component_definition d = {.kind = COMPONENT_DEF_CUSTOM};
        d.custom.name = note.name;
        d.custom.bytes = note.bytes;
        TRY(component_parse_emit(t, &d, note.place, NULL));
    }
    return wasm_text_no_notes(t->p);
}

whit_status component_parse_definitions(parser *t)
{
    for (;;) {
        if (!t->scope->is_type)
            TRY(read_customs(t));
        if (t->p->token.kind != WASM_TOKEN_LPAR)
            return WHIT_OK;
        TRY(component_parse_definition(t));
    }
}
