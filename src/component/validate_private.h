/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of validation share; nobody else includes this. */
#ifndef COMPONENT_VALIDATE_PRIVATE_H
#define COMPONENT_VALIDATE_PRIVATE_H

#include "base/limits.h"
#include "base/map.h"
#include "component/extern_name.h"
#include "component/flatten.h"
#include "component/validate.h"

/* A growing array on the heap. */
typedef struct check_list {
    void *items;
    size_t count;
    size_t room;
} check_list;

typedef enum check_scope_kind {
    CHECK_COMPONENT,
    CHECK_COMPONENT_TYPE,
    CHECK_INSTANCE_TYPE
} check_scope_kind;

/* The names of imports or of exports in a scope. */
typedef struct check_names {
    map unique; /* canonical name: index in `originals` */
    check_list originals;
    map resources; /* node: index in `labels` of its name */
    map known;     /* labels of resources */
    check_list labels;
} check_names;

typedef struct check_scope {
    struct check_scope *outer;
    check_scope_kind kind;
    const component *component;        /* CHECK_COMPONENT */
    check_list items[COMPONENT_SORTS]; /* component_space_item */
    check_list imports;                /* component_entity */
    check_list exports;
    check_list imported; /* component_resource *: bound by imports */
    check_list defined;  /* component_resource *: bound by exports */
    map import_visible;  /* nodes that imports may mention */
    map export_visible;
    check_names import_names;
    check_names export_names;
    wasm_valtype context_type; /* of context.get and set; 0: none yet */
} check_scope;

typedef struct checker {
    component_file *file;
    arena *arena;
    wasm_type_table *types;
    whit_error *error;
    check_scope *scope;
    const component_definition *current;
    const component_node *primitives[COMPONENT_BOOL + 1];
    uint32_t generation; /* of substitutions */
    uint32_t stamps;     /* of bindings */
    uint64_t work;
    uint64_t nodes;
    check_list undo; /* bindings of resources, to be taken back */
} checker;

/* ---- validate.c ---- */

/* An INVALID error at the current definition. */
whit_status component_check_fail(checker *v, const char *format, ...)
    WHIT_PRINTF(2, 3);
whit_status component_check_push(checker *v, check_list *list, const void *item,
                                 size_t size) WHIT_MUST_CHECK;
whit_status component_check_keep(checker *v, const check_list *list,
                                 size_t size, void *items,
                                 uint32_t *count) WHIT_MUST_CHECK;
/* Counts steps against LIMIT_COMPONENT_WORK. */
whit_status component_check_work(checker *v, uint64_t steps) WHIT_MUST_CHECK;
/* An item of an index space, or "... index out of bounds". */
whit_status
component_check_item(checker *v, const check_scope *scope, component_sort sort,
                     uint32_t index,
                     const component_space_item **out) WHIT_MUST_CHECK;
whit_status
component_check_add_item(checker *v, component_sort sort,
                         const component_space_item *item) WHIT_MUST_CHECK;
void component_check_scope_open(checker *v, check_scope *scope,
                                check_scope_kind kind,
                                const component *concrete);
void component_check_scope_close(checker *v, check_scope *scope);
whit_status component_check_type(checker *v, uint32_t index,
                                 const component_node **out) WHIT_MUST_CHECK;
whit_status component_check_alias(checker *v,
                                  const component_alias *alias) WHIT_MUST_CHECK;
whit_status component_check_external(checker *v, const component_definition *d)
    WHIT_MUST_CHECK;

/* ---- validate_nodes.c ---- */

whit_status component_check_primitives(checker *v) WHIT_MUST_CHECK;
whit_status component_check_node_new(checker *v, uint8_t kind,
                                     component_node **out) WHIT_MUST_CHECK;
/* Sums up the parts of a complete node and checks the limits. */
whit_status component_check_node_finish(checker *v,
                                        component_node *node) WHIT_MUST_CHECK;
/* A node of its own for the same type. */
whit_status
component_check_node_alias(checker *v, const component_node *node,
                           const component_node **out) WHIT_MUST_CHECK;
whit_status
component_check_resource_new(checker *v, const component *owner,
                             component_resource **out) WHIT_MUST_CHECK;
whit_status
component_check_resource_node(checker *v, component_resource *resource,
                              const component_node **out) WHIT_MUST_CHECK;
static inline component_resource *check_resolve(component_resource *resource)
{
    return resource->to ? resource->to : resource;
}
/* Puts `to` in the place of `from` until component_check_unbind(v, mark). */
whit_status component_check_bind(checker *v, component_resource *from,
                                 component_resource *to) WHIT_MUST_CHECK;
void component_check_unbind(checker *v, size_t mark);
/* Begins a substitution; component_check_substitute then replaces bound
 * resources and the nodes whose `copy` was set for this generation. */
void component_check_substitution(checker *v);
void component_check_node_replace(checker *v, const component_node *from,
                                  const component_node *to);
whit_status
component_check_substitute(checker *v, const component_node *node,
                           const component_node **out) WHIT_MUST_CHECK;
/* An instance type that binds nothing: fresh resources in the place of those
 * it binds, which are added to `list`. */
whit_status
component_check_open_instance(checker *v, check_list *list,
                              const component_node **node) WHIT_MUST_CHECK;
/* Binds fresh resources to each of `bound` and adds them to `list`. */
whit_status component_check_freshen(checker *v,
                                    component_resource *const *bound,
                                    uint32_t count,
                                    check_list *list) WHIT_MUST_CHECK;
/* Whether a resource is mentioned that the type does not bind itself. */
whit_status component_check_has_free(checker *v, const component_node *node,
                                     bool *out) WHIT_MUST_CHECK;

/* ---- validate_match.c ---- */

/* Binds the resources that a pattern binds to those of the actual entities
 * of the same names; with `replace`, its type nodes too. */
whit_status
component_check_match_bind(checker *v, component_resource *const *bound,
                           uint32_t bound_count,
                           const component_entity *pattern, uint32_t count,
                           const component_entity *actual,
                           uint32_t actual_count, bool replace) WHIT_MUST_CHECK;
/* Whether `sub` may stand where `super` is expected. */
whit_status
component_check_match(checker *v, const component_entity *sub,
                      const component_entity *super) WHIT_MUST_CHECK;
whit_status
component_check_match_core(checker *v, const component_core_extern *sub,
                           const component_core_extern *super) WHIT_MUST_CHECK;
const char *component_check_kind_text(const component_node *node);

/* ---- validate_core.c ---- */

whit_status
component_check_core_module(checker *v, const component_core_module *module,
                            const component_core_shape **out) WHIT_MUST_CHECK;
whit_status
component_check_core_type(checker *v,
                          const component_core_type *type) WHIT_MUST_CHECK;
whit_status component_check_core_instance(
    checker *v, const component_instance *instance) WHIT_MUST_CHECK;
const component_core_extern *
component_check_core_find(const component_core_shape *shape, slice name);
whit_status component_check_outer_scope(checker *v, uint32_t count,
                                        check_scope **out) WHIT_MUST_CHECK;

/* ---- validate_types.c ---- */

whit_status component_check_valtype(checker *v, component_valtype type,
                                    const component_node **out) WHIT_MUST_CHECK;
whit_status component_check_define_type(checker *v, const component_type *type)
    WHIT_MUST_CHECK;
/* What an import or export declares; abstract resources are made fresh. */
whit_status component_check_extern(checker *v, const component_extern *type,
                                   component_entity *out) WHIT_MUST_CHECK;
/* The COMPONENT or INSTANCE node that a scope describes. */
whit_status
component_check_scope_type(checker *v, const check_scope *scope,
                           const component_node **out) WHIT_MUST_CHECK;

/* ---- validate_names.c ---- */

void component_check_names_init(check_names *self);
void component_check_names_release(check_names *self);
/* The name of an import or export: grammar, uniqueness, attributes, and what
 * an annotated name asks of the type. Names of resources become known. */
whit_status
component_check_name(checker *v, check_names *names, bool is_import,
                     const component_name *name,
                     const component_entity *entity) WHIT_MUST_CHECK;
/* Labels of fields, cases and parameters. */
whit_status component_check_labels(checker *v, const component_field *fields,
                                   uint32_t count, const char *type,
                                   const char *noun) WHIT_MUST_CHECK;
/* Whether everything an import or export mentions has a name outside; its
 * own types have one afterwards. */
whit_status
component_check_visible(checker *v, bool is_import,
                        const component_entity *entity) WHIT_MUST_CHECK;

/* ---- validate_canon.c ---- */

whit_status component_check_canon(checker *v,
                                  const component_canon *canon) WHIT_MUST_CHECK;

#endif
