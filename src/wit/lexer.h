/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tokens of a WIT text. */
#ifndef WIT_LEXER_H
#define WIT_LEXER_H

#include "wit/name.h"
#include "wit/wit.h"

typedef enum wit_token_kind {
    WIT_TOKEN_EOF,
    WIT_TOKEN_EQUALS,
    WIT_TOKEN_COMMA,
    WIT_TOKEN_COLON,
    WIT_TOKEN_SEMICOLON,
    WIT_TOKEN_LPAR,
    WIT_TOKEN_RPAR,
    WIT_TOKEN_LBRACE,
    WIT_TOKEN_RBRACE,
    WIT_TOKEN_LESS,
    WIT_TOKEN_GREATER,
    WIT_TOKEN_STAR,
    WIT_TOKEN_SLASH,
    WIT_TOKEN_DOT,
    WIT_TOKEN_AT,
    WIT_TOKEN_ARROW,
    WIT_TOKEN_UNDERSCORE,
    WIT_TOKEN_ID,      /* name without '%', a label */
    WIT_TOKEN_KEYWORD, /* without '%' */
    WIT_TOKEN_INTEGER,
    WIT_TOKEN_STRING
} wit_token_kind;

typedef struct wit_token {
    wit_token_kind kind;
    wit_keyword keyword; /* of KEYWORD */
    slice name;          /* of ID; otherwise the token's text */
    uint32_t start;      /* bytes into the text */
    uint32_t end;
    uint32_t gap; /* where the space and comments before it begin */
} wit_token;

/* Owns nothing: copies of it are bookmarks. */
typedef struct wit_lexer {
    wit_set *set;
    uint32_t source;
    slice text;
    uint32_t at;
} wit_lexer;

/* Checks the characters of the whole text: UTF-8, no control characters, none
 * that change the direction of writing or that Unicode discourages. */
whit_status wit_lexer_start(wit_lexer *self, wit_set *set, uint32_t source,
                            whit_error *error) WHIT_MUST_CHECK;
/* The end of the text gives EOF, again and again. */
whit_status wit_lexer_next(wit_lexer *self, wit_token *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* A version that begins at the cursor, right behind '@' or '='. */
whit_status wit_lexer_version(wit_lexer *self, wit_version *out,
                              whit_error *error) WHIT_MUST_CHECK;
/* The characters a STRING stands for, in the set's arena. */
whit_status wit_lexer_string(const wit_lexer *self, const wit_token *token,
                             slice *out, whit_error *error) WHIT_MUST_CHECK;
/* The documentation in the space before a token; empty when there is none. */
whit_status wit_lexer_docs(const wit_lexer *self, const wit_token *token,
                           slice *out, whit_error *error) WHIT_MUST_CHECK;

/* An error at an offset of the text: MALFORMED. */
whit_status wit_lexer_error(const wit_lexer *self, uint32_t offset,
                            whit_error *error, const char *format, ...)
    WHIT_PRINTF(4, 5);
/* How messages call a token: "'x'", "the end of the text". */
void wit_token_describe(const wit_token *self, char *out, size_t size);
const char *wit_token_kind_text(wit_token_kind kind);

#endif
