/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Canonical types: equal types of different modules become one object
 * (iso-recursive equivalence, specification 3.0, section 3.1 and 3.3).
 *
 * A table owns its types until it is freed. Callers serialise access; the
 * types themselves are immutable and may be read by any thread. */
#ifndef WASM_TYPE_TABLE_H
#define WASM_TYPE_TABLE_H

#include "base/error.h"
#include "wasm/module.h"

/* Value types inside hold canonical ids instead of module indices. */
typedef struct wasm_type {
    uint32_t id;
    uint8_t kind; /* wasm_comp_kind */
    bool final;
    const struct wasm_type *super; /* NULL: none */
    uint32_t depth;                /* number of super types above */
    /* supers[0..depth]: the chain from the root to this type itself. A is a
     * sub type of B exactly when A->depth >= B->depth and
     * A->supers[B->depth] == B. */
    const struct wasm_type *const *supers;
    wasm_functype func;
    /* Slots of 8 bytes that parameters and results take; v128 takes two. */
    uint32_t param_slots;
    uint32_t result_slots;
    const wasm_field *fields;
    uint32_t field_count;
    /* Structs: bytes from the start of the fields; arrays: [0] unused. */
    const uint32_t *field_offsets;
    uint32_t size; /* structs: bytes of all fields; arrays: of one */
    bool has_refs; /* some field is a reference */
} wasm_type;

typedef struct wasm_type_table wasm_type_table;

wasm_type_table *wasm_type_table_new(void);
void wasm_type_table_free(wasm_type_table *self);

/* Interns every type of a module; out[i] is the type of index i. The
 * module's own order guarantees that groups refer only to earlier groups
 * (checked: INVALID otherwise, "unknown type"). */
whit_status wasm_type_table_add(wasm_type_table *self,
                                const wasm_module *module,
                                const wasm_type **out,
                                whit_error *error) WHIT_MUST_CHECK;
/* Interns one recursion group: `group` has `count` types, the first of which
 * has index `first`; types[0..first] hold what stands in front (NULL where an
 * index is no type), and types[first..] receives the group. */
whit_status wasm_type_table_group(wasm_type_table *self,
                                  const wasm_subtype *items, uint32_t first,
                                  uint32_t count, const wasm_type **types,
                                  whit_error *error) WHIT_MUST_CHECK;
/* Interns one final function type without super type, given in canonical
 * ids (hosts define functions this way). */
whit_status wasm_type_table_func(wasm_type_table *self,
                                 const wasm_functype *func,
                                 const wasm_type **out,
                                 whit_error *error) WHIT_MUST_CHECK;
const wasm_type *wasm_type_table_get(const wasm_type_table *self, uint32_t id);

/* Replaces a module's type indices in a value type by canonical ids. */
wasm_valtype wasm_type_canonical(wasm_valtype type,
                                 const wasm_type *const *types);

/* Matching (section 3.3) of canonical types. */
bool wasm_type_is_sub(const wasm_type *sub, const wasm_type *super);
bool wasm_heap_matches(const wasm_type_table *self, wasm_heaptype sub,
                       wasm_heaptype super);
bool wasm_valtype_matches(const wasm_type_table *self, wasm_valtype sub,
                          wasm_valtype super);

/* Slots of 8 bytes a value takes. */
static inline uint32_t wasm_slots(wasm_valtype type)
{
    return type == WASM_V128 ? 2 : 1;
}

/* Bytes of a field or array element in memory. */
uint32_t wasm_storage_size(wasm_valtype type);

#endif
