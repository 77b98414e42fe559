/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * WIT as definitions of a component.
 *
 * A component_wit_scope knows which WIT types, interfaces and resources have
 * an index already in one scope under construction (the "world scope"): a
 * component, or a component type. Its verbs append what is missing to the
 * builder of that scope; instance types nest in it and reach what they use
 * through outer aliases.
 *
 * Each side of a world has types of its own: an interface that is imported
 * and exported has two sets of them. On the import side a type of another
 * interface is an alias of an export of the imported instance. On the export
 * side the exported instance comes first, then the imported one. Types of an
 * interface that is not there as an instance are defined in the scope, plain
 * and without names; its resources must have been placed by
 * component_wit_place. Types of the world itself are imports, on both sides.
 *
 * Failures are sticky in the builder. The set is only read. */
#ifndef COMPONENT_WIT_ENCODE_H
#define COMPONENT_WIT_ENCODE_H

#include "component/builder.h"
#include "wit/wit.h"

typedef enum component_wit_side {
    COMPONENT_WIT_IMPORT,
    COMPONENT_WIT_EXPORT
} component_wit_side;

/* Which functions and types are used: what is not can be left out of an
 * import. */
typedef struct component_wit_live {
    const wit_set *set;
    uint8_t *types;           /* by wit_type */
    uint8_t *functions;       /* of all interfaces */
    uint32_t *first_function; /* by interface: where its functions begin */
} component_wit_live;

whit_status component_wit_live_init(component_wit_live *self,
                                    const wit_set *set,
                                    whit_error *error) WHIT_MUST_CHECK;
void component_wit_live_release(component_wit_live *self);
/* A function of an interface, or WIT_NONE: a world's; with its types. */
void component_wit_live_function(component_wit_live *self, uint32_t interface,
                                 const wit_function *function);
/* With all that it is made of, in other interfaces too. */
void component_wit_live_type(component_wit_live *self, wit_type type);
bool component_wit_live_has(const component_wit_live *self, uint32_t interface,
                            const wit_function *function);
/* Whether anything of the interface is used. */
bool component_wit_live_interface(const component_wit_live *self,
                                  uint32_t interface);

/* An index with the stamp of the scope it counts in. */
typedef struct component_wit_slot {
    uint32_t stamp;
    uint32_t index;
} component_wit_slot;

typedef struct component_wit_scope {
    const wit_set *set;
    component_builder *builder;       /* of the world scope */
    component_wit_slot *types[2];     /* by side and wit_type */
    component_wit_slot *instances[2]; /* by side and interface */
    uint32_t stamp;
    /* The instance type that is being made: NULL, or its builder. */
    component_builder *inner;
    component_wit_slot *inner_types;
    uint32_t inner_stamp;
    uint32_t interface; /* whose types `inner` exports */
    component_wit_side side;
    bool importing; /* named types of the world become imports */
} component_wit_scope;

whit_status component_wit_scope_init(component_wit_scope *self,
                                     const wit_set *set,
                                     whit_error *error) WHIT_MUST_CHECK;
void component_wit_scope_release(component_wit_scope *self);
/* Forgets everything: definitions go to this builder from now on. */
void component_wit_scope_begin(component_wit_scope *self,
                               component_builder *builder);

/* The type has this index in the world scope, on that side. */
void component_wit_place(component_wit_scope *self, component_wit_side side,
                         wit_type type, uint32_t index);
/* The interface is this instance on that side: its types are aliases of the
 * instance's exports from now on. */
void component_wit_place_instance(component_wit_scope *self,
                                  component_wit_side side, uint32_t interface,
                                  uint32_t instance);
/* Types of the interface are made in the world scope itself, even when the
 * other side has an instance of it: what lifting an exported interface
 * needs. */
void component_wit_place_here(component_wit_scope *self,
                              component_wit_side side, uint32_t interface);
/* An index, or WIT_NONE when it has none yet. */
uint32_t component_wit_placed(const component_wit_scope *self,
                              component_wit_side side, wit_type type);
uint32_t component_wit_instance(const component_wit_scope *self,
                                component_wit_side side, uint32_t interface);

/* Each makes what it needs in the world scope. */
component_valtype component_wit_valtype(component_wit_scope *self,
                                        component_wit_side side, wit_type type);
/* The index of a type that has one: resources, and whatever is not a
 * primitive. */
uint32_t component_wit_type_index(component_wit_scope *self,
                                  component_wit_side side, wit_type type);
uint32_t component_wit_function_type(component_wit_scope *self,
                                     component_wit_side side,
                                     const wit_function *function);
/* An instance type of all functions and types, or of those that live
 * (NULL: all). */
uint32_t component_wit_instance_type(component_wit_scope *self,
                                     component_wit_side side,
                                     uint32_t interface,
                                     const component_wit_live *live);

/* An instance type of all types alone. */
uint32_t component_wit_types_type(component_wit_scope *self,
                                  component_wit_side side, uint32_t interface);

/* Imports an item of a world into the world scope; the index of the instance,
 * function or type. Interfaces it uses must have been imported before (items
 * of a world are in such an order). */
uint32_t component_wit_import(component_wit_scope *self, const wit_item *item,
                              const component_wit_live *live);
/* Declares an export in a component type. */
uint32_t component_wit_declare_export(component_wit_scope *self,
                                      const wit_item *item);
/* Imports and exports of a world: the world scope is a component type. */
void component_wit_world(component_wit_scope *self, uint32_t world);
/* The name of an item of a world, with `implements` and `external-id`. In
 * the builder's arena. */
component_name component_wit_item_name(component_wit_scope *self,
                                       const wit_item *item);

/* Appends the bytes of a binary package: a component type for each interface
 * and world of it, and the documentation. */
whit_status component_wit_package_encode(const wit_set *set, uint32_t package,
                                         bool no_docs, buffer *out,
                                         whit_error *error) WHIT_MUST_CHECK;

#endif
