/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types that validation found, as definitions of another component.
 *
 * A component_node_scope is a scope under construction that knows which
 * nodes have an index in it. Resources, and types that an import or export
 * named, must be known, in this scope or one further out, or be found by
 * `missing`; every other type is written out. */
#ifndef COMPONENT_NODE_ENCODE_H
#define COMPONENT_NODE_ENCODE_H

#include "component/builder.h"
#include "component/model.h"

typedef struct component_node_scope {
    component_builder *builder;
    struct component_node_scope *outer;
    map known; /* pointers of nodes and resources: type index */
    /* The outermost scope only: finds what no scope knows; UINT32_MAX when
     * there is no such thing. Failures go to the builder. */
    uint32_t (*missing)(void *context, const void *key);
    void *context;
} component_node_scope;

void component_node_scope_init(component_node_scope *self,
                               component_builder *builder,
                               component_node_scope *outer);
void component_node_scope_release(component_node_scope *self);

/* The node, and its resource when it is one, has this index. */
void component_node_known(component_node_scope *self,
                          const component_node *node, uint32_t index);

/* The instance type that has the exports of the first `exported` of these
 * instances. Where several have an export of a name, the first one's type
 * counts; as a type it is known for all `count`. */
uint32_t component_node_instance_type(component_node_scope *self,
                                      const component_node *const *nodes,
                                      uint32_t exported, uint32_t count);
/* What an import or export of this type declares. */
component_extern component_node_extern(component_node_scope *self,
                                       const component_entity *entity);

#endif
