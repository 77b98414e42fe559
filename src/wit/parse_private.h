/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the parser share. */
#ifndef WIT_PARSE_PRIVATE_H
#define WIT_PARSE_PRIVATE_H

#include "wit/ast.h"
#include "wit/lexer.h"

/* Invariant: `token` is the next token, `last_end` where the one before it
 * ended. */
typedef struct parser {
    wit_lexer lexer;
    wit_token token;
    uint32_t last_end;
    arena *memory;
    uint32_t depth; /* of type expressions */
} parser;

whit_status wit_parse_next(parser *self, whit_error *error) WHIT_MUST_CHECK;
static inline bool wit_parse_is(const parser *self, wit_token_kind kind)
{
    return self->token.kind == kind;
}
static inline bool wit_parse_is_keyword(const parser *self, wit_keyword keyword)
{
    return self->token.kind == WIT_TOKEN_KEYWORD &&
           self->token.keyword == keyword;
}
/* Takes the token when it is this one. */
whit_status wit_parse_take(parser *self, wit_token_kind kind, bool *taken,
                           whit_error *error) WHIT_MUST_CHECK;
whit_status wit_parse_take_keyword(parser *self, wit_keyword keyword,
                                   bool *taken,
                                   whit_error *error) WHIT_MUST_CHECK;
/* The token must be this one; `where` says what for ("after the name"). */
whit_status wit_parse_expect(parser *self, wit_token_kind kind,
                             const char *where,
                             whit_error *error) WHIT_MUST_CHECK;
whit_status wit_parse_expect_keyword(parser *self, wit_keyword keyword,
                                     const char *where,
                                     whit_error *error) WHIT_MUST_CHECK;
/* "expected WHAT, found ..." at the token. */
whit_status wit_parse_unexpected(const parser *self, const char *what,
                                 whit_error *error);
/* The ID that names a WHAT; a keyword gets the advice to write '%'. */
whit_status wit_parse_name(parser *self, const char *what, ast_name *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* Documentation, gates and external ids. */
whit_status wit_parse_head(parser *self, ast_head *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* No attributes of these kinds belong here. */
whit_status wit_parse_no_external(const parser *self, const ast_head *head,
                                  const char *what,
                                  whit_error *error) WHIT_MUST_CHECK;
whit_status wit_parse_path(parser *self, const char *what, ast_path *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* The rest of a path whose first name is taken: ":package/name@version", or
 * nothing. */
whit_status wit_parse_path_rest(parser *self, ast_name first, ast_path *out,
                                whit_error *error) WHIT_MUST_CHECK;
/* "a:b@1.0.0" behind `package`. */
whit_status wit_parse_package_name(parser *self, ast_package_name *out,
                                   whit_error *error) WHIT_MUST_CHECK;

whit_status wit_parse_type(parser *self, ast_type **out,
                           whit_error *error) WHIT_MUST_CHECK;
/* "(a: b, ...)" and "-> c". */
whit_status wit_parse_params(parser *self, ast_function *out,
                             whit_error *error) WHIT_MUST_CHECK;
whit_status wit_parse_result(parser *self, ast_function *out,
                             whit_error *error) WHIT_MUST_CHECK;

/* "{ ... }" of an interface or world. */
whit_status wit_parse_interface_body(parser *self, ast_item **out,
                                     whit_error *error) WHIT_MUST_CHECK;
whit_status wit_parse_world_body(parser *self, ast_item **out,
                                 whit_error *error) WHIT_MUST_CHECK;

/* A member that both have: `use` or a type. *taken false: something else. */
whit_status wit_parse_shared_item(parser *self, ast_item *out, bool *taken,
                                  whit_error *error) WHIT_MUST_CHECK;
/* "async func(...) -> ...", the name being there already. */
whit_status wit_parse_function_type(parser *self, ast_function *out,
                                    whit_error *error) WHIT_MUST_CHECK;

#endif
