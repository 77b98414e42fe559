/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The world that a core module was made for: custom sections whose names begin
 * with "component-type".
 *
 * Each such section holds a component with one exported type, that of a
 * world, and a section "wit-component-encoding": version 4 of the format and
 * the encoding of strings. A linker collects sections from many libraries;
 * together they say what the module imports and exports. */
#ifndef COMPONENT_METADATA_H
#define COMPONENT_METADATA_H

#include "component/component.h"
#include "wit/wit.h"

#define COMPONENT_TYPE_SECTION "component-type"
#define COMPONENT_METADATA_SECTION "wit-component-encoding"
#define COMPONENT_METADATA_VERSION 4

typedef struct component_metadata {
    wit_set *set;   /* owned */
    uint32_t world; /* all of them in one; WIT_NONE: there is no section */
    component_option_kind encoding; /* UTF8, UTF16 or LATIN1_UTF16 */
} component_metadata;

/* Reads the sections of some modules that become one component (the main
 * module, its libraries and adapters), and merges the worlds: what several
 * import is imported once. With `by_version`, imports of interfaces whose
 * versions are compatible become one, of the highest version. The modules
 * need not outlive the result. Nothing is allocated on failure. */
whit_status component_metadata_read(const wasm_module *const *modules,
                                    uint32_t count, bool by_version,
                                    component_metadata *out,
                                    whit_error *error) WHIT_MUST_CHECK;
void component_metadata_release(component_metadata *self);

/* Appends the payload of such a section. */
whit_status component_metadata_encode(const wit_set *set, uint32_t world,
                                      component_option_kind encoding,
                                      buffer *out,
                                      whit_error *error) WHIT_MUST_CHECK;

#endif
