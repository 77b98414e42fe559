/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Type expressions, parameters and results. */
#include "base/limits.h"
#include "wit/parse_private.h"

static whit_status new_type(parser *self, wit_kind kind, ast_type **out,
                            whit_error *error)
{
    *out = arena_zalloc(self->memory, sizeof **out);
    TRY_ALLOC(*out, error);
    (*out)->kind = kind;
    (*out)->at = self->token.start;
    return WHIT_OK;
}

/* Only some types are the keys of a map, and that is known here. */
static whit_status parse_map(parser *self, ast_type *out, whit_error *error)
{
    TRY(wit_parse_type(self, &out->other, error));
    TRY(wit_parse_expect(self, WIT_TOKEN_COMMA, "behind the key of a map",
                         error));
    return wit_parse_type(self, &out->element, error);
}

static whit_status parse_length(parser *self, ast_type *out, whit_error *error)
{
    slice digits = self->token.name;
    if (!wit_parse_is(self, WIT_TOKEN_INTEGER))
        return wit_parse_unexpected(self, "the length of the list", error);
    uint64_t value = 0;
    for (size_t i = 0; i < digits.size && value < LIMIT_WIT_VALUE_BYTES; i++)
        value = value * 10 + (uint64_t)(digits.data[i] - '0');
    if (digits.data[0] == '0')
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "the length of a list is a number from 1 on, "
                               "without needless zeros");
    if (value >= LIMIT_WIT_VALUE_BYTES)
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "a value of this type would take %u MiB or "
                               "more",
                               LIMIT_WIT_VALUE_BYTES >> 20);
    out->kind = WIT_FIXED_LIST;
    out->length = (uint32_t)value;
    return wit_parse_next(self, error);
}

static whit_status parse_list(parser *self, ast_type *out, whit_error *error)
{
    bool taken;
    TRY(wit_parse_type(self, &out->element, error));
    TRY(wit_parse_take(self, WIT_TOKEN_COMMA, &taken, error));
    return taken ? parse_length(self, out, error) : WHIT_OK;
}

static whit_status parse_tuple(parser *self, ast_type *out, whit_error *error)
{
    ast_type **tail = &out->members;
    for (;;) {
        bool taken;
        if (wit_parse_is(self, WIT_TOKEN_GREATER) && out->member_count)
            return WHIT_OK;
        TRY(wit_parse_type(self, tail, error));
        tail = &(*tail)->next;
        if (++out->member_count > LIMIT_WIT_FIELDS)
            return wit_lexer_error(&self->lexer, out->at, error,
                                   "a tuple with more than %u members",
                                   LIMIT_WIT_FIELDS);
        TRY(wit_parse_take(self, WIT_TOKEN_COMMA, &taken, error));
        if (!taken)
            return WHIT_OK;
    }
}

/* "<_, E>", "<T>" or "<T, E>". */
static whit_status parse_result_type(parser *self, ast_type *out,
                                     whit_error *error)
{
    bool taken;
    TRY(wit_parse_take(self, WIT_TOKEN_UNDERSCORE, &taken, error));
    if (taken) {
        TRY(wit_parse_expect(self, WIT_TOKEN_COMMA, "behind '_'", error));
        return wit_parse_type(self, &out->other, error);
    }
    TRY(wit_parse_type(self, &out->element, error));
    TRY(wit_parse_take(self, WIT_TOKEN_COMMA, &taken, error));
    return taken ? wit_parse_type(self, &out->other, error) : WHIT_OK;
}

static whit_status parse_handle(parser *self, ast_type *out, whit_error *error)
{
    return wit_parse_name(self, "the name of a resource", &out->name, error);
}

static whit_status parse_one(parser *self, ast_type *out, whit_error *error)
{
    return wit_parse_type(self, &out->element, error);
}

/* The types with '<' behind them. */
static const struct {
    wit_keyword keyword;
    wit_kind kind;
    bool optional; /* the '<' may be missing */
    whit_status (*parse)(parser *, ast_type *, whit_error *);
} generic[] = {
    {WIT_KEYWORD_BORROW, WIT_BORROW, false, parse_handle},
    {WIT_KEYWORD_FUTURE, WIT_FUTURE, true, parse_one},
    {WIT_KEYWORD_LIST, WIT_LIST, false, parse_list},
    {WIT_KEYWORD_MAP, WIT_MAP, false, parse_map},
    {WIT_KEYWORD_OPTION, WIT_OPTION, false, parse_one},
    {WIT_KEYWORD_OWN, WIT_OWN, false, parse_handle},
    {WIT_KEYWORD_RESULT, WIT_RESULT, true, parse_result_type},
    {WIT_KEYWORD_STREAM, WIT_STREAM, true, parse_one},
    {WIT_KEYWORD_TUPLE, WIT_TUPLE, false, parse_tuple},
};

static whit_status parse_generic(parser *self, unsigned row, ast_type **out,
                                 whit_error *error)
{
    TRY(new_type(self, generic[row].kind, out, error));
    TRY(wit_parse_next(self, error));
    if (generic[row].optional && !wit_parse_is(self, WIT_TOKEN_LESS))
        return WHIT_OK;
    char where[48] = "behind '";
    const char *word = wit_keyword_text(generic[row].keyword);
    size_t size = strlen(where), length = strlen(word);
    memcpy(where + size, word, length);
    memcpy(where + size + length, "'", 2);
    TRY(wit_parse_expect(self, WIT_TOKEN_LESS, where, error));
    TRY(generic[row].parse(self, *out, error));
    return wit_parse_expect(self, WIT_TOKEN_GREATER, "at the end of the type",
                            error);
}

static whit_status parse_keyword_type(parser *self, ast_type **out,
                                      whit_error *error)
{
    wit_keyword keyword = self->token.keyword;
    if ((int)keyword < WIT_PRIMITIVES) {
        TRY(new_type(self, (wit_kind)keyword, out, error));
        return wit_parse_next(self, error);
    }
    for (unsigned i = 0; i < COUNT_OF(generic); i++)
        if (generic[i].keyword == keyword)
            return parse_generic(self, i, out, error);
    const char *word = wit_keyword_text(keyword);
    whit_status status = wit_parse_unexpected(self, "a type", error);
    error_suffix(error, "; write %%%s to use it as a name", word);
    return status;
}

whit_status wit_parse_type(parser *self, ast_type **out, whit_error *error)
{
    if (self->depth >= LIMIT_WIT_NESTING)
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "types are written inside each other more than "
                               "%u times: give one of them a name",
                               LIMIT_WIT_NESTING);
    if (wit_parse_is(self, WIT_TOKEN_KEYWORD)) {
        self->depth++;
        whit_status status = parse_keyword_type(self, out, error);
        self->depth--;
        return status;
    }
    if (!wit_parse_is(self, WIT_TOKEN_ID))
        return wit_parse_unexpected(self, "a type", error);
    TRY(new_type(self, WIT_ALIAS, out, error));
    return wit_parse_name(self, "a type", &(*out)->name, error);
}

whit_status wit_parse_params(parser *self, ast_function *out, whit_error *error)
{
    ast_field **tail = &out->params;
    TRY(wit_parse_expect(self, WIT_TOKEN_LPAR, "before the parameters", error));
    while (!wit_parse_is(self, WIT_TOKEN_RPAR)) {
        ast_field *param = arena_zalloc(self->memory, sizeof *param);
        TRY_ALLOC(param, error);
        *tail = param;
        tail = &param->next;
        out->param_count++;
        TRY(wit_parse_name(self, "a parameter or ')'", &param->name, error));
        TRY(wit_parse_expect(self, WIT_TOKEN_COLON,
                             "behind the parameter's name", error));
        TRY(wit_parse_type(self, &param->type, error));
        if (wit_parse_is(self, WIT_TOKEN_RPAR))
            break;
        TRY(wit_parse_expect(self, WIT_TOKEN_COMMA, "or ')' behind a parameter",
                             error));
    }
    return wit_parse_next(self, error);
}

whit_status wit_parse_result(parser *self, ast_function *out, whit_error *error)
{
    bool taken;
    TRY(wit_parse_take(self, WIT_TOKEN_ARROW, &taken, error));
    if (!taken)
        return WHIT_OK;
    if (wit_parse_is(self, WIT_TOKEN_LPAR))
        return wit_lexer_error(&self->lexer, self->token.start, error,
                               "a function has one result without a name; "
                               "several go into a tuple or a record");
    return wit_parse_type(self, &out->result, error);
}

whit_status wit_parse_function_type(parser *self, ast_function *out,
                                    whit_error *error)
{
    TRY(wit_parse_take_keyword(self, WIT_KEYWORD_ASYNC, &out->is_async, error));
    TRY(wit_parse_expect_keyword(self, WIT_KEYWORD_FUNC, "in a function's type",
                                 error));
    TRY(wit_parse_params(self, out, error));
    return wit_parse_result(self, out, error);
}
