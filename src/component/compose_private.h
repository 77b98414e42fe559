/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files of the graph share. */
#ifndef COMPONENT_COMPOSE_PRIVATE_H
#define COMPONENT_COMPOSE_PRIVATE_H

#include "component/compose.h"

typedef struct compose_package {
    slice name;
    component_file *file;       /* owned */
    const component_node *type; /* COMPONENT */
    uint8_t *text_bytes;        /* owned: what a text was encoded to */
    slice bytes;                /* empty: a world */
    uint32_t component;         /* index in the result, or COMPOSE_NONE */
    uint32_t *groups;           /* of the imports, in the arena */
} compose_package;

typedef enum compose_value_kind {
    COMPOSE_IMPORT,
    COMPOSE_INSTANCE,
    COMPOSE_ACCESS
} compose_value_kind;

typedef struct compose_value {
    compose_value_kind kind;
    compose_place place;
    slice name;                     /* IMPORT */
    uint32_t package;               /* IMPORT, INSTANCE */
    uint32_t index;                 /* IMPORT: of the package; ACCESS: export */
    uint32_t of;                    /* ACCESS */
    compose_place *places;          /* INSTANCE: of the arguments */
    uint32_t *arguments;            /* INSTANCE: values, in the arena */
    bool is_begun;                  /* INSTANCE: its arguments are being made */
    uint32_t group;                 /* IMPORT */
    uint32_t made;                  /* index in the result, or COMPOSE_NONE */
    uint32_t next_access;           /* of the same instance */
    uint32_t first_access;          /* instances */
    const component_entity *entity; /* IMPORT, ACCESS */
} compose_value;

typedef struct compose_export {
    slice name;
    uint32_t value;
    compose_place place;
} compose_export;

struct component_compose {
    arena memory;
    compose_package *packages;
    size_t package_count, package_room;
    compose_value *values;
    size_t value_count, value_room;
    compose_export *exports;
    size_t export_count, export_room;
    map export_names;
    map import_names; /* of explicit imports: value */
};

#endif
