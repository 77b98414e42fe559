/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What visit.c and its parts share; nobody else includes this. */
#ifndef WASM_VISIT_PRIVATE_H
#define WASM_VISIT_PRIVATE_H

#include "wasm/instruction.h"
#include "wasm/visit.h"

/* Calls a visitor's function when there is one. */
#define VISIT(w, call, ...)                                           \
    do {                                                              \
        if ((w)->visitor->call)                                       \
            TRY((w)->visitor->call((w)->visitor->self, __VA_ARGS__)); \
    } while (0)

/* The state of one walk. `reader` ends with the section or body that is
 * being read; its offsets count from the start of the module. */
typedef struct wasm_walk {
    const wasm_visitor *visitor;
    wasm_features features;
    wasm_reader reader;
    arena *arena;
    wasm_section_id section;
    bool in_item;
    uint32_t item; /* within the section, for messages */
    uint32_t type_count;
    uint32_t imported[WASM_EXTERN_KINDS];
    uint32_t function_count; /* of the function section */
    uint32_t code_count;
    uint32_t data_count;
    uint32_t data_announced;
    bool has_data_count;
} wasm_walk;

whit_status wasm_walk_fail(const wasm_walk *self, whit_error *error,
                           const char *text) WHIT_MUST_CHECK;
whit_status wasm_walk_byte(wasm_walk *self, uint8_t *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* The count of a vector whose items take one byte or more each. */
whit_status wasm_walk_count(wasm_walk *self, uint32_t limit, const char *what,
                            uint32_t *out, whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_name(wasm_walk *self, slice *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* A constant expression, its `end` included. */
whit_status wasm_walk_expr(wasm_walk *self, slice *out,
                           whit_error *error) WHIT_MUST_CHECK;
wasm_span wasm_walk_span(const wasm_walk *self, uint64_t start);

/* Sections whose items need more than a line. */
whit_status wasm_walk_type(wasm_walk *self, whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_import(wasm_walk *self,
                             whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_table(wasm_walk *self, wasm_table *out,
                            whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_memory(wasm_walk *self, wasm_memory *out,
                             whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_global(wasm_walk *self, wasm_global *out,
                             whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_tag(wasm_walk *self, wasm_tag *out,
                          whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_elem(wasm_walk *self, wasm_elem *out,
                           whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_data(wasm_walk *self, wasm_data *out,
                           whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_walk_code(wasm_walk *self, wasm_code *out,
                           whit_error *error) WHIT_MUST_CHECK;

#endif
