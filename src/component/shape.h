/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Where the parts of a value lie: cases of variants of every kind, members of
 * records. `wide` is the index of component_node.layout: 1 for pointers of 8
 * bytes. */
#ifndef COMPONENT_SHAPE_H
#define COMPONENT_SHAPE_H

#include "component/model.h"

/* VARIANT, ENUM, OPTION (none, some), RESULT (ok, error). */
uint32_t component_case_count(const component_node *type);
/* NULL: the case has no value. */
const component_node *component_case_type(const component_node *type,
                                          uint32_t i);
uint32_t component_payload_offset(const component_node *type, int wide);
/* Of member i of a record, tuple or list of parameters. */
uint32_t component_member_offset(const component_node *type, uint32_t i,
                                 int wide);
/* What a map is a list of: `members` is room for key and value. */
component_node component_map_entry(const component_node *map,
                                   component_member members[2]);

#endif
