/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the resolver share. */
#ifndef WIT_RESOLVE_PRIVATE_H
#define WIT_RESOLVE_PRIVATE_H

#include "wit/ast.h"
#include "wit/name.h"
#include "wit/resolve.h"

/* A package of the texts. */
typedef struct pending_package {
    const ast_package_name *name;
    uint32_t named_in; /* the source whose name it is */
    slice docs;
    uint32_t documented_in; /* WIT_NONE: nowhere */
    const ast_part *only;   /* its part, while it has one */
    uint32_t group;
    uint32_t index; /* in the set, once it is there */
} pending_package;

/* A part with its package; `use` at the top of a file is seen in it alone. */
typedef struct pending_part {
    const ast_part *ast;
    uint32_t package; /* pending */
} pending_part;

/* An interface or world of the texts. */
typedef struct definition {
    const ast_top *top;
    uint32_t part;
    uint32_t index; /* in the set; WIT_NONE: not yet, or its gate is shut */
    bool shut;
} definition;

/* A name of a type in a scope: what `use` brings, or what is declared. */
typedef struct type_entry {
    slice name;
    uint32_t scope;
    const ast_item *item; /* NULL: from a `use` */
    wit_type type;        /* WIT_NONE: not yet, or shut */
    bool shut;            /* its gate is */
} type_entry;

typedef struct resolver {
    wit_set *set;
    const wit_resolve_options *options;
    arena memory; /* of syntax trees and lists; gone at the end */
    map names;
    buffer key;
    pending_package *packages;
    pending_part *parts;
    definition *definitions;
    const ast_top **tops; /* everything at the top of a part */
    type_entry *entries;
    size_t package_count, package_room;
    size_t part_count, part_room;
    size_t definition_count, definition_room;
    size_t top_count, top_room;
    size_t entry_count, entry_room;
    uint32_t scopes; /* of types, so far */
} resolver;

/* Names of the resolver, by exact spelling. */
typedef enum resolve_space {
    SPACE_PACKAGE,    /* pending packages, by full text */
    SPACE_DEFINITION, /* of a pending package */
    SPACE_FILE,       /* index of the top of a part */
    SPACE_TYPE,       /* of a scope of types: index of the entry */
    SPACE_FUNCTION    /* of the same: nothing */
} resolve_space;

whit_status wit_resolve_put(resolver *self, resolve_space space, uint32_t owner,
                            slice name, uint64_t value, bool *taken,
                            whit_error *error) WHIT_MUST_CHECK;
bool wit_resolve_get(resolver *self, resolve_space space, uint32_t owner,
                     slice name, uint64_t *value);

/* What a path means: a definition of the texts, or of the set alone. */
typedef struct target {
    uint32_t definition; /* WIT_NONE: in the set from before */
    bool world;
    uint32_t index; /* in the set, when definition is WIT_NONE */
} target;

static inline uint32_t part_source(const resolver *self, uint32_t part)
{
    return self->parts[part].ast->source;
}

/* MALFORMED or INVALID errors at an offset of a part's text. */
whit_status wit_resolve_error(resolver *self, uint32_t part, uint32_t at,
                              whit_error *error, const char *format, ...)
    WHIT_PRINTF(5, 6);
/* Gives an error of the set a position. */
whit_status wit_resolve_at(resolver *self, uint32_t part, uint32_t at,
                           whit_status status, whit_error *error);

/* A name may be one that a `use` at the top of the file gives. */
whit_status wit_resolve_path(resolver *self, uint32_t part,
                             const ast_path *path, target *out,
                             whit_error *error) WHIT_MUST_CHECK;
/* The path of such a `use` itself: names are those of the package. */
whit_status wit_resolve_use(resolver *self, uint32_t part, const ast_path *path,
                            target *out, whit_error *error) WHIT_MUST_CHECK;
/* A path leads to an interface although a world is meant, or the reverse. */
whit_status wit_resolve_kind_error(resolver *self, uint32_t part,
                                   const ast_path *path, bool world,
                                   whit_error *error);
/* As resolve_path, and it must be an interface (or a world) that is in the set.
 */
whit_status wit_resolve_ready(resolver *self, uint32_t part,
                              const ast_path *path, bool world, uint32_t *out,
                              whit_error *error) WHIT_MUST_CHECK;

/* Whether what is behind a gate takes part. */
whit_status wit_resolve_gate(resolver *self, uint32_t part,
                             const ast_head *head, bool *open,
                             whit_error *error) WHIT_MUST_CHECK;
wit_about wit_resolve_about(const resolver *self, uint32_t part,
                            const ast_head *head, uint32_t at);

/* An arrow of "depends on": at `at`, `from` mentions `to`. */
typedef struct arrow {
    uint32_t from;
    uint32_t to;
    uint32_t part;
    uint32_t at;
} arrow;

typedef struct arrow_list {
    arrow *items;
    size_t count;
    size_t room;
} arrow_list;

whit_status wit_arrow_push(arrow_list *self, arrow item,
                           whit_error *error) WHIT_MUST_CHECK;
/* An order of 0..nodes-1 in which what is depended on comes first, otherwise
 * as `starts` lists them (NULL: as they are), into `out`. *circle: an arrow of
 * a circle, if there is one. */
whit_status wit_resolve_order(arrow_list *arrows, uint32_t nodes,
                              const uint32_t *starts, uint32_t *out,
                              const arrow **circle,
                              whit_error *error) WHIT_MUST_CHECK;

/* The types and functions of an interface or world. */
whit_status wit_resolve_members(resolver *self, uint32_t part,
                                const ast_item *items, wit_owner owner,
                                uint32_t *scope,
                                whit_error *error) WHIT_MUST_CHECK;
/* A function in a scope of types. */
whit_status wit_resolve_function(resolver *self, uint32_t part, uint32_t scope,
                                 const ast_function *ast, wit_type resource,
                                 wit_owner owner, bool exported,
                                 whit_error *error) WHIT_MUST_CHECK;
/* A whole definition. */
whit_status wit_resolve_definition(resolver *self, uint32_t index,
                                   whit_error *error) WHIT_MUST_CHECK;

#endif
