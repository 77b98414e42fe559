/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A core module in memory (specification 3.0, section 2.5), as decoder and
 * text parser make it and everything else reads it.
 *
 * Invariants
 * - Every index space holds its imports first, in import order.
 * - Function bodies and constant expressions are bytes of the binary format,
 *   whoever made the module: a body ends with `end` (0x0b), without the size
 *   and the locals in front. wasm/instruction.h reads them.
 * - Slices point into `bytes` or into `arena`; both live as long as the
 *   module. A decoded module borrows its bytes unless it was told to copy.
 * - Value types hold type indices of this module.
 * - A module is immutable after decode or parse, except that validation
 *   fills `validated`. It may be read by several threads. */
#ifndef WASM_MODULE_H
#define WASM_MODULE_H

#include "base/arena.h"
#include "base/slice.h"
#include "wasm/types.h"

typedef enum wasm_section_id {
    WASM_SECTION_CUSTOM,
    WASM_SECTION_TYPE,
    WASM_SECTION_IMPORT,
    WASM_SECTION_FUNCTION,
    WASM_SECTION_TABLE,
    WASM_SECTION_MEMORY,
    WASM_SECTION_GLOBAL,
    WASM_SECTION_EXPORT,
    WASM_SECTION_START,
    WASM_SECTION_ELEMENT,
    WASM_SECTION_CODE,
    WASM_SECTION_DATA,
    WASM_SECTION_DATA_COUNT,
    WASM_SECTION_TAG,
    WASM_SECTION_IDS
} wasm_section_id;

/* "type", "code", ... */
const char *wasm_section_text(wasm_section_id id);

typedef struct wasm_import {
    slice module;
    slice name;
    wasm_external_kind kind;
    uint32_t index; /* in the index space of its kind */
} wasm_import;

typedef struct wasm_local_group {
    uint32_t count;
    wasm_valtype type;
} wasm_local_group;

/* The code of a defined function. */
typedef struct wasm_code {
    slice body;
    const wasm_local_group *locals;
    uint32_t local_group_count;
    uint32_t local_count; /* declared locals, without parameters */
    uint32_t offset;      /* of body.data in the module; 0 from text */
} wasm_code;

typedef struct wasm_function {
    uint32_t type; /* type index */
    bool imported;
    wasm_code code; /* zero when imported */
} wasm_function;

typedef struct wasm_table {
    wasm_limits limits;
    wasm_valtype type;
    slice init; /* constant expression with `end`; size 0: none */
    bool imported;
} wasm_table;

typedef struct wasm_memory {
    wasm_limits limits;
    bool imported;
} wasm_memory;

typedef struct wasm_global {
    wasm_valtype type;
    bool mutable_;
    bool imported;
    slice init;
} wasm_global;

typedef struct wasm_tag {
    uint32_t type;
    bool imported;
} wasm_tag;

typedef struct wasm_export {
    slice name;
    wasm_external_kind kind;
    uint32_t index;
} wasm_export;

typedef enum wasm_segment_mode {
    WASM_SEGMENT_ACTIVE,
    WASM_SEGMENT_PASSIVE,
    WASM_SEGMENT_DECLARATIVE /* element segments only */
} wasm_segment_mode;

/* Exactly one of `functions` and `exprs` is used, by is_exprs. */
typedef struct wasm_elem {
    wasm_segment_mode mode;
    uint32_t table; /* active */
    slice offset;   /* active: constant expression */
    wasm_valtype type;
    bool is_exprs;
    uint32_t count;
    const uint32_t *functions; /* function indices */
    const slice *exprs;        /* constant expressions */
} wasm_elem;

typedef struct wasm_data {
    wasm_segment_mode mode;
    uint32_t memory;
    slice offset;
    slice bytes;
} wasm_data;

typedef struct wasm_custom {
    slice name;
    slice bytes;
    uint32_t after;  /* id of the section it stands behind; 0: at the front */
    uint32_t offset; /* of `bytes` in the module; 0 from text */
} wasm_custom;

typedef struct wasm_module {
    arena arena;
    slice bytes; /* the binary; size 0 from text */
    void *owned; /* heap copy of `bytes`, or NULL */
    /* Lines and columns (wasm/positions.h); NULL but from text. */
    const struct wasm_positions *positions;

    wasm_subtype *types;
    uint32_t type_count;
    wasm_import *imports;
    uint32_t import_count;
    wasm_function *functions;
    uint32_t function_count;
    wasm_table *tables;
    uint32_t table_count;
    wasm_memory *memories;
    uint32_t memory_count;
    wasm_global *globals;
    uint32_t global_count;
    wasm_tag *tags;
    uint32_t tag_count;
    wasm_export *exports;
    uint32_t export_count;
    wasm_elem *elems;
    uint32_t elem_count;
    wasm_data *datas;
    uint32_t data_count;
    wasm_custom *customs;
    uint32_t custom_count;

    uint32_t imported[WASM_EXTERN_KINDS]; /* imports of each kind */
    uint32_t start;                       /* WASM_NO_INDEX: none */
    bool has_data_count; /* a data count section is present or needed */
    bool validated;
} wasm_module;

/* An empty module, or NULL when memory is exhausted. */
wasm_module *wasm_module_new(void);
/* NULL is allowed. */
void wasm_module_free(wasm_module *self);

const wasm_functype *wasm_function_type(const wasm_module *self,
                                        uint32_t function);
/* The export of that name, or NULL. */
const wasm_export *wasm_module_export(const wasm_module *self, slice name);
/* The first custom section of that name, or NULL. */
const wasm_custom *wasm_module_custom(const wasm_module *self,
                                      const char *name);

#endif
