/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Wiring components: a graph of imports, instances and their exports, and the
 * component that it becomes.
 *
 * Packages are components that can be instantiated, any number of times; each
 * is in the result once, its bytes unchanged. Values are numbered in the
 * order they are made; none may depend on itself. What an
 * instance is not given is imported by the result, under the name that the
 * package has for it: imports of the same name are one import, which has what
 * any of them asks for. Names of interfaces whose versions are compatible are
 * the same name; the newest stays. Resource types keep their identity: who
 * imports the same interface gets the same types.
 *
 * Types are checked when the result is made, by component_validate, which
 * has the last word. Errors about a value are at the line and column it was
 * made with.
 *
 * Everything given as a slice must outlive the graph. */
#ifndef COMPONENT_COMPOSE_H
#define COMPONENT_COMPOSE_H

#include "base/buffer.h"
#include "component/model.h"
#include "wit/wit.h"

#define COMPOSE_NONE UINT32_MAX

typedef struct component_compose component_compose;

/* In the text that the graph is made from; line 0: none. */
typedef struct compose_place {
    uint32_t line;
    uint32_t column;
} compose_place;

/* NULL when the heap is exhausted. */
component_compose *component_compose_new(void);
void component_compose_free(component_compose *self);

/* A component, binary or text. The name is for messages. */
whit_status component_compose_package(component_compose *self, slice name,
                                      slice bytes, uint32_t *out,
                                      whit_error *error) WHIT_MUST_CHECK;
/* A COMPONENT node. */
const component_node *
component_compose_package_type(const component_compose *self, uint32_t package);

/* A world, whose imports can be imported; the set is only read. */
whit_status component_compose_world(component_compose *self, const wit_set *set,
                                    uint32_t world, uint32_t *out,
                                    whit_error *error) WHIT_MUST_CHECK;

/* Imports what a package imports, import `index` of it, under a name. No
 * other import has this name. */
whit_status component_compose_import(component_compose *self, slice name,
                                     uint32_t package, uint32_t index,
                                     compose_place place, uint32_t *out,
                                     whit_error *error) WHIT_MUST_CHECK;
whit_status component_compose_instantiate(component_compose *self,
                                          uint32_t package, compose_place place,
                                          uint32_t *out,
                                          whit_error *error) WHIT_MUST_CHECK;
/* The instance gets the value for import `index` of its package. */
void component_compose_argument(component_compose *self, uint32_t instance,
                                uint32_t index, uint32_t value,
                                compose_place place);
/* What was given, or COMPOSE_NONE. */
uint32_t component_compose_argument_get(const component_compose *self,
                                        uint32_t instance, uint32_t index);
/* Export `index` of a value that is an instance: the same value each time. */
whit_status component_compose_access(component_compose *self, uint32_t value,
                                     uint32_t index, compose_place place,
                                     uint32_t *out,
                                     whit_error *error) WHIT_MUST_CHECK;
whit_status component_compose_export(component_compose *self, slice name,
                                     uint32_t value, compose_place place,
                                     whit_error *error) WHIT_MUST_CHECK;
/* Whether there is an export of this name. */
bool component_compose_exported(const component_compose *self, slice name);

/* The sort of a value, and an instance's exports. */
component_sort component_compose_sort(const component_compose *self,
                                      uint32_t value);
const component_entity *component_compose_exports(const component_compose *self,
                                                  uint32_t value,
                                                  uint32_t *count);
/* The name it was imported, or accessed, by; empty: an instance. */
slice component_compose_name(const component_compose *self, uint32_t value);
/* The same, but what the world calls that the import is from. */
slice component_compose_interface(const component_compose *self,
                                  uint32_t value);

/* Puts the exports of the plugs into the imports of the socket that have
 * their names; every plug must fit somewhere. What the socket exports, the
 * result exports. */
whit_status component_compose_plug(component_compose *self, uint32_t socket,
                                   const uint32_t *plugs, uint32_t count,
                                   whit_error *error) WHIT_MUST_CHECK;

typedef struct compose_options {
    bool skip_validation;
} compose_options;

/* Makes the component; once. */
whit_status component_compose_encode(component_compose *self,
                                     const compose_options *options,
                                     buffer *out,
                                     whit_error *error) WHIT_MUST_CHECK;

/* Whether an export of this name may be given to an import of that one: the
 * same name, or a compatible version that is not older. */
bool component_compose_satisfies(slice offered, slice wanted);
/* How much of a name of an import tells it from others: without the part of
 * the version that may differ. */
slice component_compose_track(slice name);
/* Compares the versions in two names of the same track. */
bool component_compose_newer(slice a, slice b);

#endif
