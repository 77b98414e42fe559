/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The custom section "package-docs" of binary WIT packages: documentation and
 * gates, as JSON behind a byte with the version.
 *
 * Read, it is a tree of objects and strings. Node 0 is the document; a node
 * is asked for by its parent and name, and node WIT_NONE has no children and
 * no text, so that a path may be walked without a look at each step. */
#ifndef COMPONENT_WIT_DOCS_H
#define COMPONENT_WIT_DOCS_H

#include "wit/wit.h"

#define COMPONENT_DOCS_SECTION "package-docs"

typedef struct component_docs_node {
    bool is_text;
    slice text;
} component_docs_node;

typedef struct component_docs {
    arena *arena; /* of names and texts */
    component_docs_node *nodes;
    size_t count;
    size_t room;
    map children; /* parent and name: node */
} component_docs;

/* Without a document: everything asked for is absent. */
void component_docs_init(component_docs *self);
/* Reads the payload of the section; what is kept goes to `memory`. */
whit_status component_docs_read(component_docs *self, arena *memory,
                                slice payload,
                                whit_error *error) WHIT_MUST_CHECK;
void component_docs_release(component_docs *self);
uint32_t component_docs_child(const component_docs *self, uint32_t parent,
                              slice name);
uint32_t component_docs_get(const component_docs *self, uint32_t parent,
                            const char *name);
/* Empty when the node is none, or an object. */
slice component_docs_text(const component_docs *self, uint32_t node);

/* Appends the payload for a package. */
whit_status component_docs_write(const wit_set *set, uint32_t package,
                                 buffer *out,
                                 whit_error *error) WHIT_MUST_CHECK;

#endif
