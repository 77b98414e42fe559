/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Linker: gives names to host functions and instances, and instantiates. */
#ifndef WHIT_LINKER_H
#define WHIT_LINKER_H

#include <whit/function.h>
#include <whit/module.h>
#include <whit/store.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct whit_linker whit_linker;
typedef struct whit_instance whit_instance; /* belongs to its store */
typedef struct whit_memory whit_memory;
typedef struct whit_table whit_table;
typedef struct whit_global whit_global;
typedef struct whit_tag whit_tag;

/* An item by kind; each belongs to a store. */
typedef struct whit_extern {
    whit_extern_kind kind;
    union {
        whit_func *func;
        whit_table *table;
        whit_memory *memory;
        whit_global *global;
        whit_tag *tag;
    };
} whit_extern;

/* A linker belongs to one store and must be freed before it. A later
 * definition of a name replaces an earlier one. */
WHIT_API WHIT_MUST_CHECK whit_status whit_linker_new(whit_store *store,
                                                     whit_linker **out,
                                                     whit_error *error);
WHIT_API void whit_linker_free(whit_linker *linker);

WHIT_API WHIT_MUST_CHECK whit_status whit_linker_define_function(
    whit_linker *linker, const char *module, const char *name,
    const char *signature, whit_host_function function, void *env,
    whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_linker_define_slots(
    whit_linker *linker, const char *module, const char *name,
    const char *signature, whit_slot_function function, void *env,
    whit_error *error);
WHIT_API WHIT_MUST_CHECK whit_status whit_linker_define(whit_linker *linker,
                                                        const char *module,
                                                        const char *name,
                                                        whit_extern item,
                                                        whit_error *error);
/* Every export of an instance under a module name. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_linker_define_instance(whit_linker *linker, const char *module,
                            whit_instance *instance, whit_error *error);

/* Resolves every import, instantiates, runs the start function. UNLINKABLE
 * names the import that is missing or does not fit. */
WHIT_API WHIT_MUST_CHECK whit_status
whit_linker_instantiate(whit_linker *linker, whit_module *module,
                        whit_instance **out, whit_error *error);

/* false: no export of that name. */
WHIT_API bool whit_instance_export(whit_instance *instance, const char *name,
                                   whit_extern *out);
/* NULL: no such export, or not of that kind. */
WHIT_API whit_func *whit_instance_func(whit_instance *instance,
                                       const char *name);
WHIT_API whit_memory *whit_instance_memory(whit_instance *instance,
                                           const char *name);

#ifdef __cplusplus
}
#endif
#endif
