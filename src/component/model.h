/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What validation finds out: types without indices, and the type of every
 * item of every index space.
 *
 * Types are nodes that point to nodes; they live in the component_file and
 * are immutable. Value, function, instance and component types are equal
 * when they have the same structure; resource types are equal when they have
 * the same component_resource. Two nodes of the same structure still differ
 * in their names: an import or export makes a node of its own, and what may
 * be seen from outside is decided by node.
 *
 * An instance type may bind resources (`resources`: its abstract exports), a
 * component type binds those it imports and those it defines: whoever uses
 * such a type puts other resources in their place. */
#ifndef COMPONENT_MODEL_H
#define COMPONENT_MODEL_H

#include "component/component.h"
#include "wasm/type_table.h"

typedef struct component_node component_node;

/* A resource type's identity. */
typedef struct component_resource {
    const component *owner; /* that defines it; NULL: abstract */
    wasm_valtype rep;       /* with owner */
    bool has_destructor;
    uint32_t destructor; /* core function index in the owner */
    slice name;          /* its first import or export; size 0: none */
    /* Used while types are compared and substituted. */
    struct component_resource *to;
    uint32_t stamp;
    uint32_t bound;
} component_resource;

typedef struct component_member {
    slice name;                 /* empty in tuples */
    const component_node *type; /* NULL: none */
} component_member;

/* An import or export of core: its type in canonical types. */
typedef struct component_core_extern {
    slice module; /* imports only */
    slice name;
    wasm_external_kind kind;
    union {
        const wasm_type *type; /* function, tag */
        wasm_table table;
        wasm_memory memory;
        wasm_global global;
    };
} component_core_extern;

/* Of a core module, or of a core instance, which imports nothing. */
typedef struct component_core_shape {
    const component_core_extern *imports;
    uint32_t import_count;
    const component_core_extern *exports;
    uint32_t export_count;
} component_core_shape;

/* An import or export, with its type. */
typedef struct component_entity {
    slice name;
    const component_attribute *attributes; /* of the name */
    uint32_t attribute_count;
    component_sort sort;               /* as in component_extern */
    const component_node *type;        /* all but core modules */
    const component_core_shape *shape; /* core modules */
} component_entity;

/* Size and alignment in linear memory. */
typedef struct component_layout {
    uint32_t size;
    uint32_t align;
} component_layout;

struct component_node {
    uint8_t kind; /* component_type_kind */
    uint8_t primitive;
    bool is_async;
    bool has_borrow;    /* somewhere inside */
    bool has_pointer;   /* a list, string or map inside: needs memory */
    bool has_resource;  /* some resource inside, bound ones too */
    uint8_t flat_count; /* flat values, COMPONENT_FLAT_MAX at most */
    uint16_t depth;
    uint32_t size;              /* nodes, counted as a tree */
    component_layout layout[2]; /* with 32-bit and with 64-bit pointers */
    /* As in component_type. OWN, BORROW: element is the RESOURCE. */
    const component_node *element;
    const component_node *other;
    uint32_t length;
    component_resource *resource; /* RESOURCE */
    const component_member *members;
    uint32_t member_count;
    const component_entity *imports; /* COMPONENT */
    uint32_t import_count;
    const component_entity *exports; /* COMPONENT, INSTANCE */
    uint32_t export_count;
    component_resource *const *imported; /* COMPONENT: bound by imports */
    uint32_t imported_count;
    component_resource *const *resources; /* bound by exports */
    uint32_t resource_count;
    /* The type that an import or export gave a new name, or NULL. */
    const component_node *alias_of;
    /* Used while types are substituted. */
    const component_node *self;
    const component_node *copy;
    uint32_t stamp;
};

/* An item of an index space. Which member counts follows from the sort. */
typedef struct component_space_item {
    union {
        component_core_extern core; /* FUNC .. TAG */
        const wasm_type *core_type; /* CORE_TYPE; NULL: `shape` */
        const component_node *type; /* component sorts */
    };
    const component_core_shape *shape; /* modules, their types, instances */
} component_space_item;

/* The index spaces of a component that is valid. */
typedef struct component_info {
    const component_space_item *items[COMPONENT_SORTS];
    uint32_t counts[COMPONENT_SORTS];
    const component_node *type; /* COMPONENT */
} component_info;

/* The first entity of that name, or NULL. */
const component_entity *component_entity_find(const component_entity *entities,
                                              uint32_t count, slice name);

#endif
