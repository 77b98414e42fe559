/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of WAC share. */
#ifndef COMPONENT_WAC_PRIVATE_H
#define COMPONENT_WAC_PRIVATE_H

#include "base/near.h"
#include "component/compose.h"
#include "component/wac.h"
#include "wit/name.h"

enum { WAC_NESTING = 100 }; /* of expressions */

typedef enum wac_token_kind {
    WAC_EOF,
    WAC_ID,
    WAC_STRING,
    WAC_NUMBER,
    WAC_ELLIPSIS,
    WAC_ARROW,
    WAC_PUNCTUATION
} wac_token_kind;

typedef struct wac_token {
    wac_token_kind kind;
    char sign;    /* PUNCTUATION */
    bool escaped; /* ID with '%' */
    slice text;   /* ID without '%', STRING without quotes */
    size_t start, end;
} wac_token;

/* Copies are bookmarks. Invariant: `token` is the next token. */
typedef struct wac_lexer {
    slice text;
    size_t at;
    wac_token token;
    size_t last_end;
} wac_lexer;

/* ---- wac_lexer.c ---- */

whit_status wac_lexer_start(wac_lexer *self, slice text,
                            whit_error *error) WHIT_MUST_CHECK;
whit_status wac_next(wac_lexer *self, whit_error *error) WHIT_MUST_CHECK;
compose_place wac_place(slice text, size_t offset);
/* INVALID, or MALFORMED for syntax. */
whit_status wac_error(slice text, size_t offset, whit_status status,
                      whit_error *error, const char *format, ...)
    WHIT_PRINTF(5, 6);
whit_status wac_unexpected(const wac_lexer *self, const char *wanted,
                           whit_error *error);
bool wac_is(const wac_lexer *self, char sign);
bool wac_is_word(const wac_lexer *self, const char *word);
whit_status wac_take(wac_lexer *self, char sign, bool *taken,
                     whit_error *error) WHIT_MUST_CHECK;
whit_status wac_expect(wac_lexer *self, char sign,
                       whit_error *error) WHIT_MUST_CHECK;
whit_status wac_id(wac_lexer *self, const char *what, slice *out,
                   whit_error *error) WHIT_MUST_CHECK;

/* "ns:name@version", or with '/' behind the name "ns:name/item@version". */
typedef struct wac_name {
    slice package; /* "ns:name" */
    slice item;    /* or empty */
    slice version; /* or empty */
    size_t start, end;
} wac_name;

/* Whether such a name begins at the token; the lexer then is behind it. Its
 * parts touch each other. */
whit_status wac_try_name(wac_lexer *self, wac_name *out, bool *is_name,
                         whit_error *error) WHIT_MUST_CHECK;
/* Past what is left of a statement, braces and brackets balanced. `end` is
 * behind the last token in front of ';'. */
whit_status wac_skip_statement(wac_lexer *self, size_t *end,
                               whit_error *error) WHIT_MUST_CHECK;

/* ---- The document ---- */

typedef struct wac_package {
    slice key; /* "ns:name@version" */
    slice bytes;
    bool is_wit;
    bool in_set;        /* its WIT is */
    uint32_t component; /* of the graph, or COMPOSE_NONE */
    uint32_t wit;       /* of the set, when is_wit */
} wac_package;

typedef struct wac_import {
    slice id;
    slice as;   /* or empty */
    slice path; /* "ns:name/item@version" of an interface, or empty */
    size_t start;
} wac_import;

/* A name for a function type. */
typedef struct wac_alias {
    slice name;
    slice type; /* text */
    size_t start;
} wac_alias;

/* Where a run of the WIT text comes from. */
typedef struct wac_segment {
    size_t out;
    size_t in;
    bool is_copy;
} wac_segment;

typedef struct wac_local {
    slice name;
    uint32_t value; /* COMPOSE_NONE: a type */
    size_t start;
} wac_local;

typedef struct wac_document {
    slice text;
    wac_lexer lexer;
    const wac_options *options;
    arena memory;
    component_compose *graph;
    wit_set *set;
    wac_package *packages;
    size_t package_count, package_room;
    wac_import *imports;
    size_t import_count, import_room;
    wac_alias *aliases;
    size_t alias_count, alias_room;
    wac_segment *segments;
    size_t segment_count, segment_room;
    wac_local *locals;
    size_t local_count, local_room;
    map local_names;
    buffer wit;       /* the package of WIT */
    wac_alias *types; /* types outside of interfaces, and their text */
    size_t type_count, type_room;
    slice name; /* "ns:name" of the document */
    slice version;
    wac_name target;
    uint32_t target_world;
    unsigned depth;
    size_t placed; /* the offset of `place` */
    compose_place place;
    bool only_check; /* the syntax: nothing is looked up */
} wac_document;

/* ---- wac_types.c ---- */

/* Reads the document's imports and types into the set. */
whit_status wac_read_types(wac_document *self,
                           whit_error *error) WHIT_MUST_CHECK;
whit_status wac_add_local(wac_document *self, slice name, size_t start,
                          uint32_t value, whit_error *error) WHIT_MUST_CHECK;

/* ---- wac.c ---- */

whit_status wac_find(wac_document *self, const wac_name *name, uint32_t *out,
                     whit_error *error) WHIT_MUST_CHECK;

/* ---- wac_eval.c ---- */

whit_status wac_evaluate(wac_document *self, whit_error *error) WHIT_MUST_CHECK;

#endif
