/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Scripts about components; private to this folder. */
#ifndef WAST_COMPONENT_H
#define WAST_COMPONENT_H

#include "canonical/instance.h"
#include "component/flatten.h"
#include "wast/runner.h"

/* A script's components share a store. What they import are earlier
 * instances, by their $id without the sign. */
typedef struct wast_components {
    canon_store *store;
    canon_linker *linker;
    arena arena;
    struct wast_named *definitions; /* newest first */
    struct wast_named *instances;
} wast_components;

/* NULL: out of memory. */
wast_components *wast_components_new(rt_engine *engine);
/* NULL is allowed. */
void wast_components_free(wast_components *self);

/* Takes over a validated component, to be instantiated or only kept under its
 * $id. */
whit_status wast_component_define(wast_components *self, rt_engine *engine,
                                  slice id, component_file *file, bool instance,
                                  whit_error *error) WHIT_MUST_CHECK;
/* (component instance $id $definition). */
whit_status wast_component_instance(wast_components *self, slice id,
                                    slice definition,
                                    whit_error *error) WHIT_MUST_CHECK;
/* Calls; `command`'s results are compared when it is an ASSERT_RETURN. */
whit_status wast_component_invoke(wast_components *self,
                                  const wasm_command *command,
                                  whit_error *error) WHIT_MUST_CHECK;

/* A constant as a native value of that type, with lists in the arena. */
whit_status wast_component_write(arena *room, const component_node *type,
                                 const wasm_const *value, uint8_t *out,
                                 whit_error *error) WHIT_MUST_CHECK;
bool wast_component_matches(const component_node *type,
                            const wasm_const *pattern, const uint8_t *at);

#endif
