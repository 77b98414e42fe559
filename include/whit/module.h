/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Modules: validated code, and what it imports and exports. */
#ifndef WHIT_MODULE_H
#define WHIT_MODULE_H

#include <whit/engine.h>
#include <whit/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct whit_module whit_module;

typedef enum whit_extern_kind {
    WHIT_EXTERN_FUNC,
    WHIT_EXTERN_TABLE,
    WHIT_EXTERN_MEMORY,
    WHIT_EXTERN_GLOBAL,
    WHIT_EXTERN_TAG
} whit_extern_kind;

/* Borrowed from its owner, not ended by NUL. */
typedef struct whit_name {
    const char *data;
    size_t size;
} whit_name;

/* An import or export as declared. `module` is empty for exports. */
typedef struct whit_item {
    whit_name module;
    whit_name name;
    whit_extern_kind kind;
    uint32_t index; /* in the module's index space of the kind */
} whit_item;

/* Decodes binary or parses text (told apart by the first byte) and
 * validates. The bytes are copied. The caller's (whit_module_free). */
WHIT_API WHIT_MUST_CHECK whit_status whit_module_new(whit_engine *engine,
                                                     const void *bytes,
                                                     size_t size,
                                                     whit_module **out,
                                                     whit_error *error);
WHIT_API void whit_module_free(whit_module *module);

WHIT_API size_t whit_module_import_count(const whit_module *module);
WHIT_API whit_item whit_module_import(const whit_module *module, size_t i);
WHIT_API size_t whit_module_export_count(const whit_module *module);
WHIT_API whit_item whit_module_export(const whit_module *module, size_t i);

#ifdef __cplusplus
}
#endif
#endif
