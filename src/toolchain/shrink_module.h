/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the stages of tool_shrink share: the source module, which of its
 * items live, and the present code of each function.
 *
 * Order of the stages: mark (liveness), rewrite, inline, mark again, merge,
 * data, emit. All indices are the source module's until emission. */
#ifndef TOOLCHAIN_SHRINK_MODULE_H
#define TOOLCHAIN_SHRINK_MODULE_H

#include "toolchain/shrink.h"
#include "toolchain/shrink_body.h"

typedef enum shrink_space {
    SHRINK_TYPES,
    SHRINK_FUNCTIONS,
    SHRINK_TABLES,
    SHRINK_MEMORIES,
    SHRINK_GLOBALS,
    SHRINK_TAGS,
    SHRINK_ELEMS,
    SHRINK_DATAS,
    SHRINK_SPACES
} shrink_space;

typedef struct shrink_module {
    arena arena;
    const wasm_module *source;
    const tool_shrink_options *options;
    body_bytes *bodies; /* per function; imports have none */
    uint32_t count[SHRINK_SPACES];
    bool *live[SHRINK_SPACES];
    uint32_t *uses[SHRINK_SPACES]; /* references from live code and items */
    uint32_t *calls;               /* per function: uses that are plain calls */
    bool *referenced;              /* per function: ref.func in live code */
    bool *kept_export;             /* per export */
    uint32_t *alias; /* per function: the equal one that stays, or itself */
    uint32_t *type_alias;
    bool plain_types; /* function types alone: may be merged and reordered */
    wasm_data *datas; /* the data segments as they will be written */
    uint32_t data_count;
    uint32_t *map[SHRINK_SPACES]; /* emission: old to new */
} shrink_module;

whit_status shrink_mark(shrink_module *self, whit_error *error) WHIT_MUST_CHECK;
whit_status shrink_rewrite_all(shrink_module *self,
                               whit_error *error) WHIT_MUST_CHECK;
whit_status shrink_inline(shrink_module *self, uint32_t *inlined,
                          whit_error *error) WHIT_MUST_CHECK;
whit_status shrink_merge(shrink_module *self, uint32_t *merged,
                         whit_error *error) WHIT_MUST_CHECK;
whit_status shrink_data(shrink_module *self, whit_error *error) WHIT_MUST_CHECK;
/* Appends the finished module. */
whit_status shrink_emit(shrink_module *self, buffer *out,
                        whit_error *error) WHIT_MUST_CHECK;

/* Which index space an immediate kind's index and index2 are in;
 * SHRINK_SPACES: none. */
void shrink_spaces(uint16_t op, shrink_space *index, shrink_space *index2);
/* Value of an offset expression that is one constant. */
bool shrink_constant(slice expr, uint64_t *value);
/* Bytes of all live functions in the code section. */
uint64_t shrink_code_size(const shrink_module *self);

#endif
