/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A core module becomes a component: which world it was made for, what
 * answers its imports that are no WIT, and component/new.h.
 *
 * The world is that of the custom sections in the module and its adapters,
 * or one that is given. Preview 1 is linked in where no adapter has its name
 * (toolchain/adapter.h). Adapters lose what is not used; those that were made
 * for wit-component's contract get the stack and the allocator that it
 * promises. */
#ifndef TOOLCHAIN_COMPONENTIZE_H
#define TOOLCHAIN_COMPONENTIZE_H

#include "component/new.h"

typedef struct tool_componentize_adapter {
    slice name; /* the import module it answers */
    slice bytes;
} tool_componentize_adapter;

typedef struct tool_componentize_options {
    const tool_componentize_adapter *adapters;
    uint32_t adapter_count;
    /* NULL: the world is in the module's custom sections. */
    const wit_set *set;
    uint32_t world;
    component_option_kind encoding; /* with `set` */
    /* Adapters take memory by memory.grow even where the module exports an
     * allocator. */
    bool realloc_via_memory_grow;
    /* Imports of compatible versions of an interface become one. */
    bool merge_versions;
    /* Make the module itself smaller too: code that nothing reaches, imports
     * that nothing uses (toolchain/shrink.h). */
    bool shrink;
    /* For component_new; its adapters are ignored. */
    component_new_options component;
} tool_componentize_options;

whit_status tool_componentize(slice module,
                              const tool_componentize_options *options,
                              buffer *out, whit_error *error) WHIT_MUST_CHECK;

/* What wit-component's contract gives an adapter: with a global
 * `__stack_pointer`, memory for a stack. It is taken at the first call of an
 * export where there is a global `allocation_state` to remember it by and
 * the main module has an allocator (`lazy`), otherwise at instantiation. An
 * adapter without stack pointer is copied. */
whit_status tool_adapter_stack(slice adapter, bool lazy, buffer *out,
                               whit_error *error) WHIT_MUST_CHECK;
/* Whether the module wants to hear of its tasks, and the module with calls of
 * its hook around all that is used of it. */
bool tool_task_hooks_wanted(const wasm_module *module);
whit_status tool_task_hooks(slice module, const component_new_exports *used,
                            buffer *out, whit_error *error) WHIT_MUST_CHECK;
/* A core module that exports an allocator which grows the memory that it
 * imports as `env` `memory`, a page at a time. */
slice tool_adapter_allocator(void);

#endif
