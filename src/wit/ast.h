/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What one WIT text says, before names mean anything. Lives in an arena; the
 * slices lie in the set's sources. Lists are linked in the order of the
 * text. */
#ifndef WIT_AST_H
#define WIT_AST_H

#include "wit/wit.h"

typedef struct ast_name {
    slice text;
    uint32_t at; /* bytes into the text */
} ast_name;

/* Documentation and attributes in front of an item. */
typedef struct ast_head {
    slice docs;
    const wit_gate *gate;
    slice external_id;
    bool has_external_id;
    uint32_t gate_at;
    uint32_t external_at;
} ast_head;

/* All slices but the version's lie in the set's arena. */
typedef struct ast_package_name {
    slice space;
    slice name;
    slice text; /* "space:name" */
    slice full; /* "space:name@version" */
    wit_version version;
    uint32_t at;
} ast_package_name;

/* "name" (package empty) or "ns:package/name@version". */
typedef struct ast_path {
    ast_package_name package;
    ast_name name;
} ast_path;

/* ALIAS stands for a name; OWN and BORROW have one too. */
typedef struct ast_type {
    wit_kind kind;
    uint32_t at;
    ast_name name;
    struct ast_type *element;
    struct ast_type *other;
    struct ast_type *members; /* of a tuple, by `next` */
    struct ast_type *next;
    uint32_t member_count;
    uint32_t length;
} ast_type;

/* A field, case, flag or parameter. */
typedef struct ast_field {
    struct ast_field *next;
    slice docs;
    ast_name name;
    ast_type *type; /* NULL: none */
} ast_field;

typedef struct ast_function {
    struct ast_function *next; /* of a resource */
    ast_head head;
    ast_name name;
    wit_function_kind kind;
    bool is_async;
    ast_field *params;
    uint32_t param_count;
    ast_type *result; /* NULL: none */
} ast_function;

typedef struct ast_used {
    struct ast_used *next;
    ast_name name;
    ast_name as; /* empty: the same */
} ast_used;

typedef enum ast_item_kind {
    AST_USE,
    AST_TYPE,
    AST_FUNCTION,
    AST_PATH,      /* import or export of an interface by its path */
    AST_INTERFACE, /* of one written in place */
    AST_INCLUDE
} ast_item_kind;

/* A member of an interface or world. */
typedef struct ast_item {
    struct ast_item *next;
    ast_item_kind kind;
    ast_head head;
    bool exported;
    ast_name name;          /* what it defines; PATH: possibly empty */
    ast_path path;          /* USE, PATH, INCLUDE */
    ast_used *names;        /* USE; INCLUDE: with */
    ast_function *function; /* FUNCTION */
    struct ast_item *items; /* INTERFACE */
    uint32_t at;
    /* TYPE. */
    wit_kind type_kind; /* RECORD .. RESOURCE, or ALIAS for `type` */
    ast_field *fields;
    uint32_t field_count;
    ast_type *type;
    ast_function *functions; /* of a resource */
} ast_item;

/* An interface, a world, or a `use` of a file. */
typedef enum ast_top_kind {
    AST_TOP_INTERFACE,
    AST_TOP_WORLD,
    AST_TOP_USE
} ast_top_kind;

typedef struct ast_top {
    struct ast_top *next;
    ast_top_kind kind;
    ast_head head;
    ast_name name; /* USE: the name it gives */
    ast_path path; /* USE */
    ast_item *items;
    uint32_t at;
} ast_top;

/* What one file, or one `package a:b { }` in it, says of a package. */
typedef struct ast_part {
    struct ast_part *next; /* the nested ones of a file */
    uint32_t source;
    bool named; /* there is a `package` line */
    ast_package_name name;
    slice docs;
    uint32_t docs_at;
    ast_top *tops;
    uint32_t end; /* of a nested one: behind its '}' */
} ast_part;

/* Reads one source: the first part is the file's own, the nested ones
 * follow. */
whit_status wit_parse_source(wit_set *set, arena *memory, uint32_t source,
                             ast_part **out, whit_error *error) WHIT_MUST_CHECK;

#endif
