/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the files behind component/new.h share.
 *
 * Making a component has three steps: modules are read, and each of their
 * imports and exports is classified (new_import.c, new_builtin.c,
 * new_export.c); it is decided what goes through the shim (new_plan.c); the
 * component is built (new_build.c, new_lift.c, new_shim.c). */
#ifndef COMPONENT_NEW_PRIVATE_H
#define COMPONENT_NEW_PRIVATE_H

#include "component/new.h"
#include "component/wit_encode.h"
#include "wasm/module.h"
#include "wit/abi_names.h"

#define NEW_NONE UINT32_MAX
#define NEW_DIRECT_SHIM (UINT32_MAX - 1)

typedef enum new_source {
    NEW_CANON,   /* a canonical definition */
    NEW_MEMORY,  /* the main module's memory */
    NEW_MAIN,    /* an export of the main module, for an adapter */
    NEW_ADAPTER, /* an export of an adapter, for the main module */
    NEW_TLS      /* the base of thread-local storage: a function of the shim */
} new_source;

/* An import of a core module, and where it comes from. */
typedef struct new_import {
    const wasm_import *core;
    new_source source;
    component_canon_kind canon;
    const wit_item *item; /* the world's item that `function` or `type` is
                             of; NULL: none */
    const wit_function *function;
    wit_type type; /* resource, stream or future */
    component_wit_side side;
    wit_abi abi;
    bool is_async;
    bool cancellable;
    bool is_unit; /* a stream or future without element: no `type` */
    uint32_t number;
    wasm_valtype core_type;
    component_option_kind encoding;
    unsigned needs;   /* WIT_NEEDS_ */
    uint32_t adapter; /* MAIN, ADAPTER: index of the module */
    slice name;       /* MAIN: of the export */
    uint32_t shim;    /* NEW_NONE: none; else the index of the trampoline */
    slice from;       /* module and name that it is imported by in the end */
    slice field;
    uint32_t direct;  /* index of the module, or NEW_DIRECT_SHIM, whose instance
                         is where it is imported from; NEW_NONE: neither */
    uint32_t operand; /* function or type index of the definition */
    uint32_t index;   /* core index of what is imported */
} new_import;

/* A function that the world exports, as a module has it. */
typedef struct new_lift {
    const wit_item *item;
    const wit_function *function;
    uint32_t module; /* index */
    wit_abi abi;
    slice name;
    slice callback;    /* size 0: none */
    slice post_return; /* size 0: none */
    uint32_t type;
    uint32_t index; /* function */
} new_lift;

/* A resource of an exported interface. */
typedef struct new_resource {
    const wit_item *item;
    wit_type type;
    uint32_t module; /* that exports the destructor, or NEW_NONE */
    slice destructor;
    uint32_t shim;  /* NEW_NONE: none */
    uint32_t index; /* type */
} new_resource;

typedef struct new_module {
    const component_new_module *given;
    wasm_module *wasm;   /* owned */
    map exports;         /* name to index */
    uint8_t *used;       /* by export: it takes part */
    slice *export_names; /* by export: what it is called in the end */
    new_import *imports;
    uint32_t import_count;
    bool imports_memory;
    slice memory, realloc, import_realloc, export_realloc, adapter_realloc;
    slice initialize;
    uint32_t index;    /* core module */
    uint32_t instance; /* core instance */
} new_module;

/* Of an interface: its name, and how far compatible versions share it. */
typedef struct new_item_name {
    slice full;
    slice track;
} new_item_name;

/* A trampoline: for an import, or with NULL for a destructor. */
typedef struct new_shim {
    new_import *import;
    new_module *module;
} new_shim;

/* Names of what the shim exports beside trampolines and their table. */
#define NEW_SHIM_MEMORY "-"
#define NEW_SHIM_TLS_GET "<"
#define NEW_SHIM_TLS_SET ">"

typedef struct new_maker {
    const component_new_options *options;
    const wit_set *set;
    const wit_world *world;
    arena memory;
    new_module *modules; /* the main one, then adapters */
    uint32_t module_count;
    new_lift *lifts;
    uint32_t lift_count;
    new_resource *resources;
    uint32_t resource_count;
    new_item_name *import_names; /* of world->imports */
    new_item_name *export_names;
    whit_error *error;

    /* The plan. */
    new_shim *shims;
    uint32_t shim_count;
    bool early_resources; /* resources are defined before the main module */
    bool shim_memory;     /* the shim has the memory */
    const new_import *tls;

    /* Building. */
    component_file *file;
    component_builder builder;
    component_wit_scope scope;
    component_wit_live live;
    map aliases;            /* core instance and name to core index */
    uint32_t *import_index; /* by item of world->imports: instance or func */
    uint32_t shim_module, fixup_module;
    uint32_t shim_instance;
    buffer *bytes; /* of core modules, the shim, the fixup */
} new_maker;

/* ---- Classification ---- */

/* Whether the name is that of a built-in; out->core is set, the rest is
 * filled. */
whit_status component_new_builtin(new_maker *self, slice name,
                                  const wasm_functype *type, bool *found,
                                  new_import *out);
void component_new_near_builtin(slice name, whit_error *error);
/* `expected` is like "ii:l". `module` is empty for exports. */
whit_status component_new_check_text(new_maker *self, const wasm_functype *type,
                                     const char *expected, slice module,
                                     slice name);
whit_status component_new_check_type(new_maker *self, const wasm_functype *type,
                                     const wit_signature *expected,
                                     const char *what, slice name,
                                     const wit_function *function);
whit_status component_new_imports(new_maker *self, uint32_t module);
whit_status component_new_exports_of(new_maker *self);
/* Marks an export as taking part. */
void component_new_use(new_module *module, slice name);
const wasm_functype *component_new_export_type(const new_module *module,
                                               slice name);
/* What the module gives to reallocate; empty: nothing. */
slice component_new_realloc(const new_module *module, bool for_exports);

/* Reads and validates a core module. */
whit_status component_new_load(new_maker *self, new_module *out,
                               const component_new_module *given);
void component_new_unload(new_module *self);
/* Appends the module with the exports in `used` and without descriptions of
 * worlds. `as` may be NULL; else names are changed. */
whit_status component_new_trim_module(const wasm_module *module, uint8_t *used,
                                      const new_module *as, bool keep_customs,
                                      buffer *out, whit_error *error);

/* ---- Plan ---- */

whit_status component_new_plan(new_maker *self);
/* The module whose allocator serves imports of this one. */
new_module *component_new_allocator(new_maker *self, const new_module *module);

/* Gives every export that is used and every import its final name. */
whit_status component_new_names(new_maker *self);
slice component_new_export_name(const new_module *module, slice name);

/* ---- Building ---- */

whit_status component_new_build(new_maker *self);
bool component_new_has_shim(const new_maker *self);
bool component_new_has_fixup(const new_maker *self);
whit_status component_new_shim(new_maker *self, buffer *out);
whit_status component_new_fixup(new_maker *self, buffer *out);
/* For the section of names, when it was asked for. */
void component_new_label_item(new_maker *self, component_sort sort,
                              uint32_t index, slice text);
/* The name of the i-th thing between shim, fixup and component: "", "0",
 * "1", ... in the arena. */
slice component_new_short_name(new_maker *self, uint32_t i);
/* A label for the i-th import of a component that nobody else sees. */
slice component_new_label(new_maker *self, uint32_t i);
/* What an instance exports; each alias is made once. */
uint32_t component_new_alias(new_maker *self, component_sort sort,
                             uint32_t instance, slice name);
/* The same of a module, by the name it came with. */
uint32_t component_new_module_alias(new_maker *self, component_sort sort,
                                    const new_module *module, slice name);
uint32_t component_new_memory(new_maker *self);
/* Options in the smallest form; returns how many. */
uint32_t component_new_canon_options(new_maker *self, const new_module *module,
                                     unsigned needs,
                                     component_option_kind encoding,
                                     bool for_exports, component_option *out);
/* Marks what exports of the world use of its imports. */
void component_new_live_exports(new_maker *self);
/* Types of exported interfaces are made in the component itself. */
void component_new_place_exports(new_maker *self);
/* Defines resources of exported interfaces. */
void component_new_resources(new_maker *self);
/* Aliases of what lifting uses. */
void component_new_lift_aliases(new_maker *self);
/* Exports of the world from `first` on that do not use each other's types:
 * types, then functions, then what is exported. Each returns where the next
 * run begins. */
uint32_t component_new_run_end(new_maker *self, uint32_t first);
void component_new_run_types(new_maker *self, uint32_t first, uint32_t end);
void component_new_run_lifts(new_maker *self, uint32_t first, uint32_t end);
void component_new_run_exports(new_maker *self, uint32_t first, uint32_t end);

#endif
