/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The text parser's frame: the three readings and the finished module. */
#include "wasm/text.h"

#include "base/memory.h"
#include "wasm/piece.h"
#include "wasm/text_internal.h"

static const struct {
    const char *word;
    text_space space; /* TEXT_SPACES: has no identifier of its own */
} field_words[] = {
    {"type", TEXT_TYPE},     {"rec", TEXT_SPACES},    {"func", TEXT_FUNC},
    {"table", TEXT_TABLE},   {"memory", TEXT_MEMORY}, {"global", TEXT_GLOBAL},
    {"tag", TEXT_TAG},       {"elem", TEXT_ELEM},     {"data", TEXT_DATA},
    {"import", TEXT_SPACES}, {"export", TEXT_SPACES}, {"start", TEXT_SPACES},
};

/* ---- First reading: identifiers ---- */

static whit_status declare_id(text_parser *p, text_space space)
{
    slice id = slice_of(NULL, 0);
    wasm_place place = p->token.place;
    if (p->token.kind == WASM_TOKEN_ID) {
        TRY(wasm_token_decode(&p->token, &p->scratch, &id, p->error));
        TRY(wasm_text_advance(p));
    }
    return wasm_text_declare(p, space, id, place);
}

/* Skips to behind the ')' of a form whose '(' is `opened`, declaring the
 * items that forms directly inside declare. */
static whit_status skip_form(text_parser *p, const wasm_token *opened,
                             slice field)
{
    size_t depth = 1;
    bool rec = slice_is(field, "rec"), import = slice_is(field, "import");
    bool table = slice_is(field, "table"), memory = slice_is(field, "memory");
    while (depth) {
        if (p->token.kind == WASM_TOKEN_EOF)
            return wasm_text_fail(p,
                                  "unexpected token: the text ends inside the "
                                  "'(' of line %u, column %u",
                                  opened->place.line,
                                  wasm_place_column(opened->place));
        if (p->token.kind == WASM_TOKEN_RPAR) {
            depth--;
        } else if (p->token.kind == WASM_TOKEN_LPAR && depth++ == 1) {
            slice word = wasm_text_ahead(p);
            text_space space = TEXT_SPACES;
            if (rec && slice_is(word, "type"))
                space = TEXT_TYPE;
            else if (table && slice_is(word, "elem"))
                p->declared[TEXT_ELEM]++;
            else if (memory && slice_is(word, "data"))
                p->declared[TEXT_DATA]++;
            for (size_t i = 0; import && i < COUNT_OF(field_words); i++)
                if (slice_is(word, field_words[i].word))
                    space = field_words[i].space;
            if (space != TEXT_SPACES) {
                TRY(wasm_text_enter(p));
                TRY(declare_id(p, space));
                continue;
            }
        }
        if (depth)
            TRY(wasm_text_advance(p));
    }
    return WHIT_OK;
}

/* Where the lexer stands behind the current token. */
static wasm_lexer behind_token(const text_parser *p)
{
    wasm_lexer lexer = p->lexer;
    lexer.cursor = p->token.text.data + p->token.text.size;
    lexer.line = p->token.place.line;
    lexer.line_start = p->token.place.line_start;
    return lexer;
}

static whit_status declare_field(text_parser *p)
{
    wasm_token opened = p->token;
    slice word = wasm_text_ahead(p);
    size_t i = 0;
    while (i < COUNT_OF(field_words) && !slice_is(word, field_words[i].word))
        i++;
    TRY(wasm_text_advance(p));
    if (i == COUNT_OF(field_words))
        return wasm_text_unexpected(p, "a module field");
    TRY(wasm_text_advance(p));
    if (field_words[i].space != TEXT_SPACES)
        TRY(declare_id(p, field_words[i].space));
    TRY(skip_form(p, &opened, word));
    if (slice_is(word, "type") || slice_is(word, "rec")) {
        /* Later readings go straight to the field, and over it. */
        wasm_lexer marks[2] = {p->lexer, behind_token(p)};
        marks[0].cursor = opened.place.at;
        marks[0].line = opened.place.line;
        marks[0].line_start = opened.place.line_start;
        TRY(wasm_text_push(p, &p->type_ends, marks, sizeof marks, LIMIT_TYPES,
                           "types"));
    }
    return wasm_text_advance(p);
}

/* Moves behind "(module id?", when the text has it. */
static whit_status open_module(text_parser *p, bool *wrapped)
{
    *wrapped = wasm_text_at_form(p, "module");
    if (!*wrapped)
        return WHIT_OK;
    TRY(wasm_text_enter(p));
    bool definition = wasm_text_at_keyword(p, "definition");
    if (definition)
        TRY(wasm_text_advance(p));
    if (p->token.kind == WASM_TOKEN_ID) {
        TRY(wasm_token_decode(&p->token, &p->scratch, &p->module_name,
                              p->error));
        TRY(wasm_text_advance(p));
    }
    if (!definition && wasm_text_at_keyword(p, "definition"))
        TRY(wasm_text_advance(p));
    return WHIT_OK;
}

static whit_status close_module(text_parser *p, bool wrapped)
{
    if (wrapped) {
        if (p->token.kind != WASM_TOKEN_RPAR)
            return wasm_text_unexpected(p, "a module field or ')'");
        TRY(wasm_text_advance(p));
    }
    if (p->token.kind != WASM_TOKEN_EOF)
        return wasm_text_unexpected(p, wrapped ? "nothing behind the module"
                                               : "a module field");
    return WHIT_OK;
}

static whit_status declare_fields(text_parser *p)
{
    bool wrapped;
    TRY(wasm_text_start(p));
    TRY(open_module(p, &wrapped));
    while (p->token.kind == WASM_TOKEN_LPAR)
        TRY(declare_field(p));
    return close_module(p, wrapped);
}

/* ---- Second and third reading ---- */

static whit_status read_types(text_parser *p)
{
    const wasm_lexer(*marks)[2] = p->type_ends.items;
    for (size_t i = 0; i < p->type_ends.count; i++) {
        p->lexer = marks[i][0];
        p->lexer.annotations = true;
        TRY(wasm_text_start(p));
        TRY(wasm_text_type_field(p));
    }
    return WHIT_OK;
}

static whit_status read_fields(text_parser *p)
{
    const wasm_lexer(*marks)[2] = p->type_ends.items;
    bool wrapped;
    TRY(wasm_text_start(p));
    TRY(open_module(p, &wrapped));
    for (bool first = true;; first = false) {
        TRY(wasm_text_module_notes(p, first));
        if (p->token.kind != WASM_TOKEN_LPAR)
            break;
        if (wasm_text_at_form(p, "type") || wasm_text_at_form(p, "rec")) {
            TRY(wasm_text_no_notes(p));
            p->lexer = (*marks++)[1];
            p->lexer.annotations = true;
            TRY(wasm_text_start(p));
        } else {
            p->field = wasm_text_position(p, p->token.place);
            TRY(wasm_text_field(p));
        }
    }
    return close_module(p, wrapped);
}

/* ---- The module ---- */

static whit_status move_list(text_parser *p, const text_list *list, size_t size,
                             void *out, uint32_t *count)
{
    void *copy = arena_dup(&p->module->arena, list->items, list->count * size);
    TRY_ALLOC(copy, p->error);
    memcpy(out, &copy, sizeof copy);
    *count = (uint32_t)list->count;
    return WHIT_OK;
}

static whit_status finish(text_parser *p)
{
    wasm_module *m = p->module;
    TRY(move_list(p, &p->types, sizeof *m->types, &m->types, &m->type_count));
    TRY(move_list(p, &p->imports, sizeof *m->imports, &m->imports,
                  &m->import_count));
    TRY(move_list(p, &p->functions, sizeof *m->functions, &m->functions,
                  &m->function_count));
    TRY(move_list(p, &p->tables, sizeof *m->tables, &m->tables,
                  &m->table_count));
    TRY(move_list(p, &p->memories, sizeof *m->memories, &m->memories,
                  &m->memory_count));
    TRY(move_list(p, &p->globals, sizeof *m->globals, &m->globals,
                  &m->global_count));
    TRY(move_list(p, &p->tags, sizeof *m->tags, &m->tags, &m->tag_count));
    TRY(move_list(p, &p->exports, sizeof *m->exports, &m->exports,
                  &m->export_count));
    TRY(move_list(p, &p->elems, sizeof *m->elems, &m->elems, &m->elem_count));
    TRY(move_list(p, &p->datas, sizeof *m->datas, &m->datas, &m->data_count));
    TRY(wasm_text_positions_finish(p));
    return wasm_text_customs_finish(p);
}

static whit_status parse(text_parser *p, const wasm_lexer *start, slice name)
{
    if ((size_t)(start->end - start->cursor) > LIMIT_TEXT_BYTES)
        return error_set(p->error, WHIT_LIMIT,
                         "the text is longer than %u bytes", LIMIT_TEXT_BYTES);
    p->lexer = *start;
    TRY(declare_fields(p));
    TRY(read_types(p));
    p->lexer = *start;
    p->lexer.annotations = true;
    p->module_name = name;
    TRY(read_fields(p));
    return finish(p);
}

void wasm_text_release(text_parser *p)
{
    text_list *lists[] = {
        &p->notes,       &p->type_ends, &p->types,    &p->imports,
        &p->functions,   &p->tables,    &p->memories, &p->globals,
        &p->tags,        &p->exports,   &p->elems,    &p->datas,
        &p->customs,     &p->params,    &p->results,  &p->param_names,
        &p->locals_list, &p->frames,    &p->hints};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        mem_free(lists[i]->items);
    for (size_t i = 0; i < WASM_NAME_KINDS; i++)
        mem_free(p->names[i].items);
    for (size_t i = 0; i < TEXT_SPACES; i++)
        map_release(&p->ids[i]);
    map_release(&p->field_ids);
    map_release(&p->signatures);
    map_release(&p->locals);
    map_release(&p->labels);
    buffer_release(&p->code);
    buffer_release(&p->pending);
    buffer_release(&p->list);
    buffer_release(&p->key);
    buffer_release(&p->hint_section);
    wasm_text_positions_release(p);
    arena_release(&p->scratch);
}

/* Limits and the like: they are met at the current token. */
static void locate(text_parser *p)
{
    whit_error *error = p->error;
    if (!error || error->code == WHIT_OUT_OF_MEMORY ||
        error->position != WHIT_POSITION_NONE || !p->token.place.line)
        return;
    error->position = WHIT_POSITION_LINE;
    error->line = p->token.place.line;
    error->column = wasm_place_column(p->token.place);
}

static whit_status parse_module(const wasm_lexer *start, slice name,
                                wasm_features features, wasm_module **out,
                                whit_error *error)
{
    *out = NULL;
    text_parser *p = mem_zalloc(sizeof *p);
    TRY_ALLOC(p, error);
    p->error = error;
    p->features = features;
    p->module = wasm_module_new();
    whit_status status =
        p->module ? parse(p, start, name) : error_memory(error);
    if (status == WHIT_OK)
        *out = p->module;
    else
        wasm_module_free(p->module);
    if (status != WHIT_OK)
        locate(p);
    wasm_text_release(p);
    mem_free(p);
    return status;
}

whit_status wasm_text_parse_as(slice text, wasm_features features,
                               wasm_module **out, whit_error *error)
{
    wasm_lexer start = wasm_lexer_new(text);
    return parse_module(&start, slice_of(NULL, 0), features, out, error);
}

whit_status wasm_text_parse_fields(const wasm_lexer *start, slice name,
                                   wasm_module **out, whit_error *error)
{
    return parse_module(start, name, WASM_FEATURES_ALL, out, error);
}

whit_status wasm_text_parse(slice text, wasm_module **out, whit_error *error)
{
    return wasm_text_parse_as(text, WASM_FEATURES_ALL, out, error);
}
