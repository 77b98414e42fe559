/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Making components, component types and instance types piece by piece.
 *
 * A builder is one scope under construction. Each verb appends a definition
 * and gives the index of what it defines in its index space, counted in this
 * scope. Nothing is checked but memory and limits: component_validate says
 * whether the whole makes sense.
 *
 * Everything goes to the arena of the component_file; slices and arrays
 * given to the verbs are copied, except the bytes of core modules. Failures
 * are sticky: after one, verbs do nothing, and component_builder_finish or the
 * outer builder reports it. Indices given after a failure mean nothing.
 *
 *     component_builder b;
 *     component_builder_init(&b, file, COMPONENT_SCOPE_COMPONENT);
 *     ... verbs ...
 *     status = component_builder_finish(&b, &file->root, error);
 */
#ifndef COMPONENT_BUILDER_H
#define COMPONENT_BUILDER_H

#include "base/map.h"
#include "component/component.h"

typedef enum component_scope_kind {
    COMPONENT_SCOPE_COMPONENT,
    COMPONENT_SCOPE_COMPONENT_TYPE, /* declarators of a component type */
    COMPONENT_SCOPE_INSTANCE_TYPE   /* of an instance type */
} component_scope_kind;

typedef struct component_builder {
    component_file *file;
    component_scope_kind kind;
    component_definition *definitions; /* heap */
    size_t count;
    size_t room;
    uint32_t counts[COMPONENT_SORTS];
    map shared; /* encoded type to index, of component_builder_shared_type */
    struct component_item_name *names; /* heap */
    size_t name_count;
    size_t name_room;
    slice name;
    whit_status status;
    whit_error error;
} component_builder;

void component_builder_init(component_builder *self, component_file *file,
                            component_scope_kind kind);
/* Only needed for a builder that was neither finished nor put into another
 * one; harmless after that. */
void component_builder_release(component_builder *self);
/* Ends the scope and releases the builder, whatever the outcome. Of types,
 * `definitions` are the declarators. */
whit_status component_builder_finish(component_builder *self, component *out,
                                     whit_error *error) WHIT_MUST_CHECK;
/* Makes the builder fail. */
void component_builder_fail(component_builder *self, whit_status status,
                            const whit_error *error);

/* Items in an index space so far: the index of the next one. */
static inline uint32_t component_builder_next(const component_builder *self,
                                              component_sort sort)
{
    return self->counts[sort];
}

/* ---- Core ---- */

/* The file owns the module from now on, even on failure. */
uint32_t component_builder_core_module(component_builder *self,
                                       wasm_module *module);
/* Decodes the bytes, which must outlive the file, and keeps them as they
 * are. */
uint32_t component_builder_core_bytes(component_builder *self, slice bytes);
/* Arguments: core instances by name. */
uint32_t component_builder_core_instantiate(component_builder *self,
                                            uint32_t module,
                                            const component_item *arguments,
                                            uint32_t count);
uint32_t component_builder_core_exports(component_builder *self,
                                        const component_item *items,
                                        uint32_t count);
uint32_t component_builder_core_type(component_builder *self,
                                     const component_core_type *type);
/* Lift gives a function, everything else a core function. */
uint32_t component_builder_canon(component_builder *self,
                                 const component_canon *canon);
uint32_t component_builder_lift(component_builder *self, uint32_t core_function,
                                uint32_t type, const component_option *options,
                                uint32_t count);
uint32_t component_builder_lower(component_builder *self, uint32_t function,
                                 const component_option *options,
                                 uint32_t count);

/* ---- Aliases ---- */

/* What an instance exports; core sorts: what a core instance exports. */
uint32_t component_builder_alias(component_builder *self, component_sort sort,
                                 uint32_t instance, slice name);
/* An item of the scope `out` levels further out. */
uint32_t component_builder_alias_outer(component_builder *self,
                                       component_sort sort, uint32_t out,
                                       uint32_t index);

/* ---- Types ---- */

/* Always a new index. */
uint32_t component_builder_type(component_builder *self,
                                const component_type *type);
/* The index of an equal type that this verb gave before, else a new one. Not
 * for resources, component and instance types. */
uint32_t component_builder_shared_type(component_builder *self,
                                       const component_type *type);
/* A component or instance type: its declarators are what `scope` holds, which
 * is finished and released. */
uint32_t component_builder_scope_type(component_builder *self,
                                      component_builder *scope);

/* ---- Components and instances ---- */

/* A nested component, which is finished and released. */
uint32_t component_builder_component(component_builder *self,
                                     component_builder *nested);
/* One that lives in the same file, or outlives it. */
uint32_t component_builder_component_of(component_builder *self,
                                        const component *nested);
uint32_t component_builder_instantiate(component_builder *self, uint32_t callee,
                                       const component_item *arguments,
                                       uint32_t count);
uint32_t component_builder_instance_exports(component_builder *self,
                                            const component_item *items,
                                            uint32_t count);

/* ---- Imports and exports ---- */

uint32_t component_builder_import(component_builder *self,
                                  const component_name *name,
                                  const component_extern *type);
/* Of a component: an item, with a type (NULL: its own). The index is that of
 * the exported item, which is another one than the item's. */
uint32_t component_builder_export(component_builder *self,
                                  const component_name *name,
                                  component_sort sort, uint32_t index,
                                  const component_extern *type);
/* In a component or instance type. */
uint32_t component_builder_declare_export(component_builder *self,
                                          const component_name *name,
                                          const component_extern *type);

static inline component_name component_name_of(slice text)
{
    return (component_name){.text = text};
}

/* Bounds of types. */
static inline component_extern component_extern_resource(void)
{
    return (component_extern){.sort = COMPONENT_SORT_TYPE};
}

static inline component_extern component_extern_eq(uint32_t type)
{
    return (component_extern){
        .sort = COMPONENT_SORT_TYPE, .index = type, .is_eq = true};
}

/* A function, instance, component or core module of a type. */
static inline component_extern component_extern_of(component_sort sort,
                                                   uint32_t type)
{
    return (component_extern){.sort = sort, .index = type};
}

/* ---- Custom sections ---- */

void component_builder_custom(component_builder *self, slice name, slice bytes);
/* A name for the section "component-name", which finishing appends. */
void component_builder_name(component_builder *self, component_sort sort,
                            uint32_t index, slice text);
/* The component's own name there. */
void component_builder_name_self(component_builder *self, slice text);
/* The section "producers": processed-by, one tool. */
void component_builder_producer(component_builder *self, slice tool,
                                slice version);

#endif
