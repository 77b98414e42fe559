/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Tokens of the text format (specification 3.0, section 6.3). */
#ifndef WASM_LEXER_H
#define WASM_LEXER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/slice.h"

typedef enum wasm_token_kind {
    WASM_TOKEN_EOF,
    WASM_TOKEN_LPAR,
    WASM_TOKEN_RPAR,
    WASM_TOKEN_STRING,    /* text with its quotes and escapes */
    WASM_TOKEN_ID,        /* text with '$', possibly $"quoted" */
    WASM_TOKEN_KEYWORD,   /* begins with a lower-case letter */
    WASM_TOKEN_NAT,       /* unsigned integer */
    WASM_TOKEN_INT,       /* integer with a sign */
    WASM_TOKEN_FLOAT,     /* with a point or exponent, inf, nan, nan:0x... */
    WASM_TOKEN_RESERVED,  /* anything else that hangs together */
    WASM_TOKEN_ANNOTATION /* "(@id" of an annotation that was asked for */
} wasm_token_kind;

/* Annotations a reader may ask for; all others are skipped as white space. */
typedef enum wasm_annotation {
    WASM_ANNOTATION_CUSTOM,
    WASM_ANNOTATION_NAME,
    WASM_ANNOTATION_BRANCH_HINT,
    WASM_ANNOTATION_KINDS
} wasm_annotation;

/* Where a token or an error lies. */
typedef struct wasm_place {
    const uint8_t *at;
    const uint8_t *line_start;
    uint32_t line; /* from 1 */
} wasm_place;

typedef struct wasm_token {
    wasm_token_kind kind;
    wasm_annotation annotation; /* kind ANNOTATION */
    slice text;                 /* in the source */
    wasm_place place;
} wasm_token;

/* Owns nothing: copies of it are bookmarks. Invariant: cursor <= end. */
typedef struct wasm_lexer {
    const uint8_t *cursor;
    const uint8_t *end;
    const uint8_t *line_start;
    uint32_t line;
    bool annotations; /* report the known ones instead of skipping them */
} wasm_lexer;

wasm_lexer wasm_lexer_new(slice text);
/* The end of the text gives EOF, again and again. Errors are MALFORMED with
 * the specification suite's sentence and a position. */
whit_status wasm_lexer_next(wasm_lexer *self, wasm_token *out,
                            whit_error *error) WHIT_MUST_CHECK;
/* Skips to behind the ')' of an annotation whose start was returned. */
whit_status wasm_lexer_skip_annotation(wasm_lexer *self, wasm_place start,
                                       whit_error *error) WHIT_MUST_CHECK;

/* Column of a place, from 1, in characters. */
uint32_t wasm_place_column(wasm_place place);
whit_status wasm_place_error(wasm_place place, whit_error *error,
                             const char *format, ...) WHIT_PRINTF(3, 4);

/* The bytes a STRING stands for, or an ID's name without '$'; in `memory`
 * whenever it differs from the source. */
whit_status wasm_token_decode(const wasm_token *self, arena *memory, slice *out,
                              whit_error *error) WHIT_MUST_CHECK;

#endif
