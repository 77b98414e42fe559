/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From components back to WIT. */
#ifndef COMPONENT_WIT_DECODE_H
#define COMPONENT_WIT_DECODE_H

#include "component/model.h"
#include "wit/wit.h"

/* Whether a component that is valid holds WIT instead of code: a package, or
 * the world of a core module. */
bool component_wit_is_package(const component *self);

/* Adds what the bytes of a component say to the set, with every package it
 * refers to, and gives the package it is about: that of a binary package, that
 * of the world of a `component-type` section, or root:component with the
 * world `root` of any other component. Packages that are in the set already
 * are extended by what they lack; what both have must be equal. The bytes
 * need not live longer than the call. */
whit_status component_wit_decode(wit_set *set, slice bytes, uint32_t *package,
                                 whit_error *error) WHIT_MUST_CHECK;

/* The same for a component that is valid; it need not live longer either. */
whit_status component_wit_decode_file(wit_set *set, const component_file *file,
                                      uint32_t *package,
                                      whit_error *error) WHIT_MUST_CHECK;

#endif
