/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The streaming reader: one walk over the bytes of a module, which calls a
 * visitor for each section and item in order. Decoder, object dump and size
 * statistics are visitors. Each call may be NULL; one that returns anything
 * but WHIT_OK ends the walk with that status. Offsets are bytes from the
 * start of the module. Slices point into the module. */
#ifndef WASM_VISIT_H
#define WASM_VISIT_H

#include "base/error.h"
#include "wasm/features.h"
#include "wasm/module.h"

/* The bytes of one item, without its section's header. */
typedef struct wasm_span {
    uint64_t offset;
    uint64_t size;
} wasm_span;

typedef struct wasm_visitor {
    void *self;
    /* `payload` is what follows the section's size. */
    whit_status (*section)(void *self, wasm_section_id id, wasm_span header,
                           slice payload, whit_error *error);
    /* Items announced by the vector of the section that follows. */
    whit_status (*count)(void *self, wasm_section_id id, uint32_t count,
                         whit_error *error);
    whit_status (*type)(void *self, uint32_t index, wasm_span span,
                        const wasm_subtype *type, whit_error *error);
    whit_status (*import)(void *self, uint32_t index, wasm_span span,
                          const wasm_import *import, const void *what,
                          whit_error *error); /* what: wasm_function ... */
    whit_status (*function)(void *self, uint32_t index, wasm_span span,
                            uint32_t type, whit_error *error);
    whit_status (*table)(void *self, uint32_t index, wasm_span span,
                         const wasm_table *table, whit_error *error);
    whit_status (*memory)(void *self, uint32_t index, wasm_span span,
                          const wasm_memory *memory, whit_error *error);
    whit_status (*tag)(void *self, uint32_t index, wasm_span span,
                       const wasm_tag *tag, whit_error *error);
    whit_status (*global)(void *self, uint32_t index, wasm_span span,
                          const wasm_global *global, whit_error *error);
    whit_status (*export)(void *self, uint32_t index, wasm_span span,
                          const wasm_export *export, whit_error *error);
    whit_status (*start)(void *self, wasm_span span, uint32_t function,
                         whit_error *error);
    whit_status (*elem)(void *self, uint32_t index, wasm_span span,
                        const wasm_elem *elem, whit_error *error);
    /* `span` covers size, locals and body. */
    whit_status (*code)(void *self, uint32_t function, wasm_span span,
                        const wasm_code *code, whit_error *error);
    whit_status (*data)(void *self, uint32_t index, wasm_span span,
                        const wasm_data *data, whit_error *error);
    whit_status (*data_count)(void *self, wasm_span span, uint32_t count,
                              whit_error *error);
    whit_status (*custom)(void *self, wasm_span span, const wasm_custom *custom,
                          whit_error *error);
    /* Memory for what the calls above pass in pointers; NULL: they are
     * valid during the call only. */
    arena *arena;
} wasm_visitor;

whit_status wasm_visit(slice bytes, wasm_features features,
                       const wasm_visitor *visitor,
                       whit_error *error) WHIT_MUST_CHECK;

#endif
