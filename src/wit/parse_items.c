/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What interfaces and worlds are made of. */
#include "base/limits.h"
#include "base/near.h"
#include "wit/parse_private.h"

/* "a, b as c }" behind a '{'. */
static whit_status parse_names(parser *self, bool as_needed, const char *what,
                               ast_used **out, whit_error *error)
{
    ast_used **tail = out;
    for (;;) {
        bool taken;
        if (!as_needed && wit_parse_is(self, WIT_TOKEN_RBRACE))
            return wit_parse_next(self, error);
        ast_used *used = arena_zalloc(self->memory, sizeof *used);
        TRY_ALLOC(used, error);
        *tail = used;
        tail = &used->next;
        TRY(wit_parse_name(self, what, &used->name, error));
        if (as_needed && !wit_parse_is_keyword(self, WIT_KEYWORD_AS))
            return wit_parse_unexpected(self, "'as' and the new name", error);
        TRY(wit_parse_take_keyword(self, WIT_KEYWORD_AS, &taken, error));
        if (taken)
            TRY(wit_parse_name(self, "the new name", &used->as, error));
        TRY(wit_parse_take(self, WIT_TOKEN_COMMA, &taken, error));
        if (wit_parse_is(self, WIT_TOKEN_RBRACE))
            return wit_parse_next(self, error);
        if (!taken)
            return wit_parse_unexpected(self, "',' or '}'", error);
    }
}

static whit_status parse_use(parser *self, ast_item *out, whit_error *error)
{
    out->kind = AST_USE;
    TRY(wit_parse_path(self, "an interface", &out->path, error));
    TRY(wit_parse_expect(self, WIT_TOKEN_DOT, "and '{' behind the interface",
                         error));
    TRY(wit_parse_expect(self, WIT_TOKEN_LBRACE, "before the types to use",
                         error));
    TRY(parse_names(self, false, "the name of a type", &out->names, error));
    return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind 'use'", error);
}

/* Fields, cases or flags and the '}'. `typed`: 1 ": type", 2 "(type)" which
 * may be missing, 0 nothing. */
static whit_status parse_fields(parser *self, ast_item *out, int typed,
                                const char *what, whit_error *error)
{
    ast_field **tail = &out->fields;
    TRY(wit_parse_expect(self, WIT_TOKEN_LBRACE, "behind the type's name",
                         error));
    while (!wit_parse_is(self, WIT_TOKEN_RBRACE)) {
        bool taken = typed == 1;
        ast_field *field = arena_zalloc(self->memory, sizeof *field);
        TRY_ALLOC(field, error);
        *tail = field;
        tail = &field->next;
        if (++out->field_count > LIMIT_WIT_FIELDS)
            return wit_lexer_error(&self->lexer, out->at, error,
                                   "a type with more than %u parts",
                                   LIMIT_WIT_FIELDS);
        TRY(wit_lexer_docs(&self->lexer, &self->token, &field->docs, error));
        TRY(wit_parse_name(self, what, &field->name, error));
        if (typed == 1)
            TRY(wit_parse_expect(self, WIT_TOKEN_COLON,
                                 "behind the field's name", error));
        if (typed == 2)
            TRY(wit_parse_take(self, WIT_TOKEN_LPAR, &taken, error));
        if (taken)
            TRY(wit_parse_type(self, &field->type, error));
        if (typed == 2 && taken)
            TRY(wit_parse_expect(self, WIT_TOKEN_RPAR, "behind the case's type",
                                 error));
        if (wit_parse_is(self, WIT_TOKEN_RBRACE))
            break;
        if (!wit_parse_is(self, WIT_TOKEN_COMMA))
            return wit_parse_unexpected(self, "',' or '}'", error);
        TRY(wit_parse_next(self, error));
    }
    return wit_parse_next(self, error);
}

static whit_status parse_constructor(parser *self, ast_function *out,
                                     whit_error *error)
{
    out->kind = WIT_CONSTRUCTOR;
    out->name.at = self->token.start;
    TRY(wit_parse_next(self, error));
    TRY(wit_parse_params(self, out, error));
    TRY(wit_parse_result(self, out, error));
    return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind the constructor",
                            error);
}

static whit_status parse_method(parser *self, ast_function *out,
                                whit_error *error)
{
    bool is_static;
    TRY(wit_parse_head(self, &out->head, error));
    if (wit_parse_is_keyword(self, WIT_KEYWORD_CONSTRUCTOR))
        return parse_constructor(self, out, error);
    if (wit_parse_is_keyword(self, WIT_KEYWORD_ASYNC))
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "expected 'constructor' or a function's name; "
                               "'async' stands before 'func', and a "
                               "constructor cannot be async");
    TRY(wit_parse_name(self, "'constructor' or a function's name", &out->name,
                       error));
    TRY(wit_parse_expect(self, WIT_TOKEN_COLON, "behind the function's name",
                         error));
    TRY(wit_parse_take_keyword(self, WIT_KEYWORD_STATIC, &is_static, error));
    out->kind = is_static ? WIT_STATIC : WIT_METHOD;
    TRY(wit_parse_function_type(self, out, error));
    return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind the function",
                            error);
}

static whit_status parse_resource(parser *self, ast_item *out,
                                  whit_error *error)
{
    ast_function **tail = &out->functions;
    bool taken;
    TRY(wit_parse_take(self, WIT_TOKEN_SEMICOLON, &taken, error));
    if (taken)
        return WHIT_OK;
    if (!wit_parse_is(self, WIT_TOKEN_LBRACE))
        return wit_parse_unexpected(
            self, "';' or '{' behind the resource's name", error);
    TRY(wit_parse_next(self, error));
    for (;;) {
        TRY(wit_parse_take(self, WIT_TOKEN_RBRACE, &taken, error));
        if (taken)
            return WHIT_OK;
        ast_function *function = arena_zalloc(self->memory, sizeof *function);
        TRY_ALLOC(function, error);
        *tail = function;
        tail = &function->next;
        TRY(parse_method(self, function, error));
    }
}

static whit_status parse_alias(parser *self, ast_item *out, whit_error *error)
{
    TRY(wit_parse_expect(self, WIT_TOKEN_EQUALS, "behind the type's name",
                         error));
    TRY(wit_parse_type(self, &out->type, error));
    return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind the type",
                            error);
}

static whit_status parse_type_item(parser *self, wit_kind kind, ast_item *out,
                                   whit_error *error)
{
    out->kind = AST_TYPE;
    out->type_kind = kind;
    if (wit_parse_is(self, WIT_TOKEN_COLON)) {
        slice word =
            slice_of(self->lexer.text.data + out->at, self->last_end - out->at);
        return wit_lexer_error(&self->lexer, out->at, error,
                               "'%.*s' is a keyword; write %%%.*s to use it "
                               "as a name",
                               SLICE_ARG(word), SLICE_ARG(word));
    }
    TRY(wit_parse_name(self, "a name for the type", &out->name, error));
    switch (kind) {
    case WIT_RECORD:
        return parse_fields(self, out, 1, "a field or '}'", error);
    case WIT_VARIANT:
        return parse_fields(self, out, 2, "a case or '}'", error);
    case WIT_ENUM:
        return parse_fields(self, out, 0, "a case or '}'", error);
    case WIT_FLAGS:
        return parse_fields(self, out, 0, "a flag or '}'", error);
    case WIT_RESOURCE:
        return parse_resource(self, out, error);
    default:
        return parse_alias(self, out, error);
    }
}

whit_status wit_parse_shared_item(parser *self, ast_item *out, bool *taken,
                                  whit_error *error)
{
    static const struct {
        wit_keyword keyword;
        wit_kind kind;
    } rows[] = {
        {WIT_KEYWORD_RECORD, WIT_RECORD},
        {WIT_KEYWORD_VARIANT, WIT_VARIANT},
        {WIT_KEYWORD_ENUM, WIT_ENUM},
        {WIT_KEYWORD_FLAGS, WIT_FLAGS},
        {WIT_KEYWORD_RESOURCE, WIT_RESOURCE},
        {WIT_KEYWORD_TYPE, WIT_ALIAS},
    };
    *taken = true;
    if (wit_parse_is_keyword(self, WIT_KEYWORD_USE)) {
        TRY(wit_parse_no_external(self, &out->head, "'use'", error));
        TRY(wit_parse_next(self, error));
        return parse_use(self, out, error);
    }
    for (unsigned i = 0; i < COUNT_OF(rows); i++)
        if (wit_parse_is_keyword(self, rows[i].keyword)) {
            TRY(wit_parse_next(self, error));
            return parse_type_item(self, rows[i].kind, out, error);
        }
    *taken = false;
    return WHIT_OK;
}

/* Words that begin an item, for "did you mean". */
static whit_status no_item(const parser *self, const char *what,
                           whit_error *error)
{
    static const char *const known[] = {
        "use",   "type",     "record", "variant", "enum",
        "flags", "resource", "import", "export",  "include"};
    whit_status status = wit_parse_unexpected(self, what, error);
    if (wit_parse_is(self, WIT_TOKEN_ID)) {
        near_word near = near_new(self->token.name);
        for (unsigned i = 0; i < COUNT_OF(known); i++)
            near_try(&near, slice_text(known[i]));
        near_suffix(&near, error);
    }
    return status;
}

static whit_status new_function(parser *self, ast_item *out, whit_error *error)
{
    out->kind = AST_FUNCTION;
    out->function = arena_zalloc(self->memory, sizeof *out->function);
    TRY_ALLOC(out->function, error);
    out->function->head = out->head;
    out->function->name = out->name;
    return WHIT_OK;
}

static whit_status parse_function(parser *self, ast_item *out,
                                  whit_error *error)
{
    if (!wit_parse_is(self, WIT_TOKEN_ID))
        return no_item(self, "a type, a function, 'use' or '}'", error);
    parser before = *self;
    TRY(wit_parse_name(self, "a function's name", &out->name, error));
    if (!wit_parse_is(self, WIT_TOKEN_COLON)) {
        whit_status status = no_item(&before,
                                     "a type, a function, 'use' or "
                                     "'}'",
                                     error);
        return status;
    }
    TRY(wit_parse_next(self, error));
    TRY(new_function(self, out, error));
    TRY(wit_parse_function_type(self, out->function, error));
    return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind the function",
                            error);
}

static whit_status new_item(parser *self, ast_item ***tail, ast_item **out,
                            whit_error *error)
{
    ast_item *item = arena_zalloc(self->memory, sizeof *item);
    TRY_ALLOC(item, error);
    **tail = item;
    *tail = &item->next;
    *out = item;
    TRY(wit_parse_head(self, &item->head, error));
    item->at = self->token.start;
    return WHIT_OK;
}

whit_status wit_parse_interface_body(parser *self, ast_item **out,
                                     whit_error *error)
{
    ast_item **tail = out;
    TRY(wit_parse_expect(self, WIT_TOKEN_LBRACE, "before the interface's items",
                         error));
    while (!wit_parse_is(self, WIT_TOKEN_RBRACE)) {
        ast_item *item;
        bool taken;
        TRY(new_item(self, &tail, &item, error));
        TRY(wit_parse_shared_item(self, item, &taken, error));
        if (!taken)
            TRY(parse_function(self, item, error));
    }
    return wit_parse_next(self, error);
}

/* Behind "import name:"; the ':' is taken. */
static whit_status parse_named_extern(parser *self, ast_item *out,
                                      whit_error *error)
{
    if (wit_parse_is_keyword(self, WIT_KEYWORD_INTERFACE)) {
        out->kind = AST_INTERFACE;
        TRY(wit_parse_next(self, error));
        return wit_parse_interface_body(self, &out->items, error);
    }
    if (wit_parse_is(self, WIT_TOKEN_ID)) {
        out->kind = AST_PATH;
        TRY(wit_parse_path(self, "an interface", &out->path, error));
    } else if (wit_parse_is_keyword(self, WIT_KEYWORD_FUNC) ||
               wit_parse_is_keyword(self, WIT_KEYWORD_ASYNC)) {
        TRY(new_function(self, out, error));
        TRY(wit_parse_function_type(self, out->function, error));
    } else {
        return wit_parse_unexpected(self,
                                    "'func', 'interface' or the path of an "
                                    "interface",
                                    error);
    }
    return wit_parse_expect(
        self, WIT_TOKEN_SEMICOLON,
        out->exported ? "behind the export" : "behind the import", error);
}

/* "a:b" without space is the beginning of a path, "a: b" a name and what it
 * is. The ':' is the token. */
static bool begins_path(const parser *self)
{
    slice text = self->lexer.text;
    uint32_t behind = self->token.end;
    wit_lexer look = self->lexer;
    wit_token next;
    return self->token.start == self->last_end && behind < text.size &&
           wit_lexer_next(&look, &next, NULL) == WHIT_OK &&
           next.start == behind && next.kind == WIT_TOKEN_ID;
}

static whit_status parse_extern(parser *self, ast_item *out, whit_error *error)
{
    ast_name name;
    TRY(wit_parse_name(self, "a name or the path of an interface", &name,
                       error));
    if (wit_parse_is(self, WIT_TOKEN_COLON) && !begins_path(self)) {
        out->name = name;
        TRY(wit_parse_next(self, error));
        return parse_named_extern(self, out, error);
    }
    out->kind = AST_PATH;
    TRY(wit_parse_path_rest(self, name, &out->path, error));
    return wit_parse_expect(
        self, WIT_TOKEN_SEMICOLON,
        out->exported ? "behind the export" : "behind the import", error);
}

static whit_status parse_include(parser *self, ast_item *out, whit_error *error)
{
    bool taken;
    out->kind = AST_INCLUDE;
    TRY(wit_parse_no_external(self, &out->head, "'include'", error));
    TRY(wit_parse_path(self, "a world", &out->path, error));
    TRY(wit_parse_take_keyword(self, WIT_KEYWORD_WITH, &taken, error));
    if (!taken)
        return wit_parse_expect(self, WIT_TOKEN_SEMICOLON, "behind 'include'",
                                error);
    TRY(wit_parse_expect(self, WIT_TOKEN_LBRACE, "behind 'with'", error));
    TRY(parse_names(self, true, "a plain name of the world", &out->names,
                    error));
    /* A semicolon behind the brace is common, and nothing else. */
    return wit_parse_take(self, WIT_TOKEN_SEMICOLON, &taken, error);
}

static whit_status parse_world_item(parser *self, ast_item *out,
                                    whit_error *error)
{
    bool taken;
    TRY(wit_parse_shared_item(self, out, &taken, error));
    if (taken)
        return WHIT_OK;
    TRY(wit_parse_take_keyword(self, WIT_KEYWORD_INCLUDE, &taken, error));
    if (taken)
        return parse_include(self, out, error);
    out->exported = wit_parse_is_keyword(self, WIT_KEYWORD_EXPORT);
    if (!out->exported && !wit_parse_is_keyword(self, WIT_KEYWORD_IMPORT))
        return no_item(
            self, "'import', 'export', 'include', 'use', a type or '}'", error);
    TRY(wit_parse_next(self, error));
    return parse_extern(self, out, error);
}

whit_status wit_parse_world_body(parser *self, ast_item **out,
                                 whit_error *error)
{
    ast_item **tail = out;
    TRY(wit_parse_expect(self, WIT_TOKEN_LBRACE, "before the world's items",
                         error));
    while (!wit_parse_is(self, WIT_TOKEN_RBRACE)) {
        ast_item *item;
        TRY(new_item(self, &tail, &item, error));
        TRY(parse_world_item(self, item, error));
    }
    return wit_parse_next(self, error);
}
