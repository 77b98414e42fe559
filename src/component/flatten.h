/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * How values travel: flat core values, and layout in linear memory
 * (CanonicalABI.md, "Flattening", "Alignment" and "Element Size"). */
#ifndef COMPONENT_FLATTEN_H
#define COMPONENT_FLATTEN_H

#include "component/model.h"

#define COMPONENT_FLAT_PARAMS 16u
#define COMPONENT_FLAT_ASYNC_PARAMS 4u
#define COMPONENT_FLAT_RESULTS 1u
#define COMPONENT_FLAT_MAX (COMPONENT_FLAT_PARAMS + 1)

/* Flat types; more than fit are counted as COMPONENT_FLAT_MAX. */
typedef struct component_flat {
    wasm_valtype types[COMPONENT_FLAT_MAX];
    uint32_t count;
} component_flat;

/* Appends the flat types of a value; `pointer` is i32 or i64. */
void component_flatten(const component_node *type, wasm_valtype pointer,
                       component_flat *out);

typedef enum component_flat_context {
    COMPONENT_FLAT_LIFT,
    COMPONENT_FLAT_LOWER
} component_flat_context;

/* The core signature of a lifted or lowered function, and whether its
 * parameters or results go through memory. */
typedef struct component_signature {
    component_flat params;
    component_flat results;
    bool params_in_memory;
    bool results_in_memory;
} component_signature;

void component_flatten_function(const component_node *function,
                                component_flat_context context, bool is_async,
                                bool has_callback, wasm_valtype pointer,
                                component_signature *out);

/* Bytes of a variant's or enum's discriminant: 1, 2 or 4. */
uint32_t component_discriminant_size(uint32_t cases);
/* Fills `layout` and `flat_count` of a value type's node from its parts;
 * false when the 64-bit size reaches LIMIT_COMPONENT_VALUE_BYTES. */
bool component_layout_of(component_node *self);

#endif
