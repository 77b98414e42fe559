/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a core module and the world it was made for to a component.
 *
 * The result is the smallest component that does it: it imports what the
 * module really imports, types are defined once, core modules keep only the
 * exports that the component uses and, unless asked, no custom sections.
 *
 * A core module that needs an import which in turn needs its memory or its
 * allocator cannot have it before it exists. Such imports go through a shim,
 * a small module with a table of trampolines, instantiated first; a second
 * one, the fixup, fills the table when all is there. Without such imports
 * there is neither.
 *
 * An adapter is a core module that answers imports of the main module which
 * are no WIT, under its own name. It imports the main module's memory as
 * `env` `memory`, exports of the main module as `__main_module__` and
 * functions of the world, and may export functions of the world. */
#ifndef COMPONENT_NEW_H
#define COMPONENT_NEW_H

#include "base/buffer.h"
#include "component/component.h"
#include "wit/wit.h"

typedef struct component_new_module {
    slice name; /* adapters: the import module it answers */
    slice bytes;
    component_option_kind encoding; /* of strings: UTF8 .. LATIN1_UTF16 */
} component_new_module;

typedef struct component_new_options {
    const component_new_module *adapters;
    uint32_t adapter_count;
    /* Imported interfaces under other names; names that nothing has are
     * ignored. */
    const wit_rename *renames;
    uint32_t rename_count;
    bool reject_legacy_names;
    bool keep_customs; /* of core modules: names, debug information */
    bool debug_names;  /* names for what the component defines */
    bool skip_validation;
} component_new_options;

/* Appends the component to `out`. Errors say what the world wants and what
 * the module has. */
whit_status component_new(const component_new_module *main, const wit_set *set,
                          uint32_t world, const component_new_options *options,
                          buffer *out, whit_error *error) WHIT_MUST_CHECK;

/* Which exports of a core module take part in a component. */
typedef struct component_new_exports {
    uint8_t *used; /* by index of wasm_module.exports; heap */
    uint32_t count;
    bool any; /* a function that somebody asks for is among them */
} component_new_exports;

/* Those of a module, 0 being the main one, then adapters: what the world
 * wants, what serves that, what the main module imports from the adapter and
 * adapters from the main module. Release with mem_free(out->used). */
whit_status component_new_used_exports(const component_new_module *main,
                                       const wit_set *set, uint32_t world,
                                       const component_new_options *options,
                                       uint32_t module,
                                       component_new_exports *out,
                                       whit_error *error) WHIT_MUST_CHECK;
/* Appends a core module with fewer exports and without the custom sections
 * that describe components; without `keep_customs`, without any. */
whit_status component_new_trim(slice module, const component_new_exports *used,
                               bool keep_customs, buffer *out,
                               whit_error *error) WHIT_MUST_CHECK;

#endif
