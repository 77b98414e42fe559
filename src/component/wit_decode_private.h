/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the WIT decoder share; nobody else includes this. */
#ifndef COMPONENT_WIT_DECODE_PRIVATE_H
#define COMPONENT_WIT_DECODE_PRIVATE_H

#include "component/extern_name.h"
#include "component/wit_decode.h"
#include "component/wit_docs.h"

typedef struct wit_decoder {
    wit_set *set;
    whit_error *error;
    arena scratch; /* keys of the maps */
    component_docs docs;
    uint32_t docs_package; /* which package the documents are about */
    map types;             /* node: wit_type */
    map resources;         /* component_resource: wit_type */
    map functions;         /* interface and name: index of the function */
    map indexed;           /* interfaces whose functions are in the map */
    map items;             /* world, side and name: index of the item;
                              sides 2 and 3: the index of an interface that
                              stands there under its own name */
    map versions;          /* "ns:name/interface@version": version to take */
    wit_owner owner;       /* what is being filled */
} wit_decoder;

void component_decoder_init(wit_decoder *d, wit_set *set, whit_error *error);
void component_decoder_release(wit_decoder *d);

/* ---- wit_decode_names.c ---- */

/* A copy in the set. */
whit_status component_decoder_keep(wit_decoder *d, slice text,
                                   slice *out) WHIT_MUST_CHECK;
/* The attribute of that kind, or one without data. */
slice component_decoder_attribute(const component_entity *entity,
                                  component_attribute_kind kind);
/* Documentation, gate and external id; `node` of the documents may be
 * WIT_NONE. */
whit_status component_decoder_about(wit_decoder *d, uint32_t node,
                                    const component_entity *entity,
                                    wit_about *out) WHIT_MUST_CHECK;
/* The gate that a node "stability" describes; *out stays when it is none. */
whit_status component_decoder_gate(wit_decoder *d, uint32_t node,
                                   const wit_gate **out) WHIT_MUST_CHECK;
/* The package of a full name of an interface or world, which `parts` becomes;
 * made when it is not there. `suffix` completes a canonical version. */
whit_status component_decoder_package(wit_decoder *d, slice name, slice suffix,
                                      component_name_parts *parts,
                                      uint32_t *out) WHIT_MUST_CHECK;
/* The interface of that full name, made when it is not there. */
whit_status component_decoder_interface(wit_decoder *d, slice name,
                                        slice suffix,
                                        uint32_t *out) WHIT_MUST_CHECK;
/* The same for what an instance is called; WIT_NONE when it has no full
 * name. */
whit_status component_decoder_instance(wit_decoder *d,
                                       const component_entity *instance,
                                       uint32_t *out) WHIT_MUST_CHECK;
/* The full name of an interface that an instance has or implements. */
bool component_decoder_full_name(const component_entity *instance, slice *name,
                                 slice *suffix);
/* Where the documents of an interface are, or WIT_NONE. */
uint32_t component_decoder_interface_docs(const wit_decoder *d,
                                          uint32_t interface);
uint32_t component_decoder_world_docs(const wit_decoder *d, uint32_t package,
                                      slice name);
whit_status component_decoder_set_docs(wit_decoder *d, const component *root,
                                       uint32_t package) WHIT_MUST_CHECK;

/* Maps of names in a scope of two numbers. */
bool component_decoder_find(const map *where, uint32_t a, uint32_t b,
                            slice name, uint64_t *value);
whit_status component_decoder_remember(wit_decoder *d, map *where, uint32_t a,
                                       uint32_t b, slice name,
                                       uint64_t value) WHIT_MUST_CHECK;

/* ---- wit_decode_packages.c ---- */

/* Makes the packages that components refer to, each behind those it depends
 * on; with_worlds: those of the worlds they describe too. */
whit_status component_decoder_make_packages(
    wit_decoder *d, const component_node *const *components, uint32_t count,
    bool with_worlds) WHIT_MUST_CHECK;
/* From now on the highest of the compatible versions is taken of each
 * interface that is only imported. */
whit_status
component_decoder_unify_versions(wit_decoder *d,
                                 const component_node *const *components,
                                 uint32_t count) WHIT_MUST_CHECK;

/* ---- wit_decode_types.c ---- */

whit_status component_decoder_type(wit_decoder *d,
                                   const component_entity *entity,
                                   uint32_t docs) WHIT_MUST_CHECK;
whit_status component_decoder_function(wit_decoder *d, bool exported,
                                       const component_entity *entity,
                                       uint32_t docs) WHIT_MUST_CHECK;
/* Adds what an instance exports to an interface. */
whit_status component_decoder_fill_interface(wit_decoder *d, uint32_t interface,
                                             const component_entity *instance,
                                             uint32_t docs) WHIT_MUST_CHECK;

/* ---- wit_decode.c ---- */

/* Adds imports and exports of a component to a world. With `strict`, what WIT
 * cannot say is an error, otherwise it is passed over. */
whit_status component_decoder_fill_world(wit_decoder *d, uint32_t world,
                                         const component_node *type,
                                         bool strict,
                                         uint32_t docs) WHIT_MUST_CHECK;
/* The one world of a component that is valid: a component type with one
 * export, which is a component; its name is the world's. */
whit_status
component_decoder_world_of(wit_decoder *d, const component *root,
                           const component_entity **out) WHIT_MUST_CHECK;
/* The world of that full name in its package, made when it is not there. */
whit_status component_decoder_world(wit_decoder *d,
                                    const component_entity *entity,
                                    uint32_t *out) WHIT_MUST_CHECK;

#endif
