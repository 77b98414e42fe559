/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The custom section "component-name" (Binary.md, "Name Section"). */
#ifndef COMPONENT_NAMES_H
#define COMPONENT_NAMES_H

#include "base/buffer.h"
#include "component/component.h"

#define COMPONENT_NAME_SECTION "component-name"

typedef struct component_item_name {
    component_sort sort;
    uint32_t index;
    slice text;
} component_item_name;

/* Sorted by sort and index, each pair once. */
typedef struct component_names {
    slice component; /* size 0: none */
    component_item_name *items;
    uint32_t count;
} component_names;

/* Reads the first such section of a component into `memory`; a damaged one
 * is no error: what could be read stays. */
whit_status component_names_read(const component *c, arena *memory,
                                 component_names *out,
                                 whit_error *error) WHIT_MUST_CHECK;
/* Data NULL when there is none. */
slice component_names_get(const component_names *self, component_sort sort,
                          uint32_t index);
/* Sorts the names, dropping repetitions. */
void component_names_sort(component_names *self);
/* Appends the payload of the section; the names are sorted. */
void component_names_write(const component_names *self, buffer *out);

#endif
