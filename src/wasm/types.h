/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Types of the core specification (3.0, section 2.3) in memory.
 *
 * A value type is one 32-bit number, so that equal types are equal numbers:
 *
 *      31                       8 7        0
 *     | heap type                | code     |
 *
 * code: the byte of the binary format; 0x64 (ref) and 0x63 (ref null) carry
 * a heap type, all others have 0 there. A heap type below HEAP_ABSTRACT is a
 * type index; from HEAP_ABSTRACT on it is HEAP_ABSTRACT + the byte of an
 * abstract heap type. Which space a type index is in (a module's, or that
 * of a wasm_type_table) is said where the type is stored. */
#ifndef WASM_TYPES_H
#define WASM_TYPES_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t wasm_valtype;
typedef uint32_t wasm_heaptype; /* 24 bits */

#define WASM_HEAP_ABSTRACT 0x800000u

enum {
    WASM_BOTTOM = 0x00, /* below every type; only inside validation */
    WASM_I32 = 0x7f,
    WASM_I64 = 0x7e,
    WASM_F32 = 0x7d,
    WASM_F64 = 0x7c,
    WASM_V128 = 0x7b,
    WASM_I8 = 0x78, /* packed: storage types of fields only */
    WASM_I16 = 0x77,
    WASM_REF = 0x64,
    WASM_REF_NULL = 0x63
};

enum {
    WASM_HEAP_NOEXN = WASM_HEAP_ABSTRACT + 0x74,
    WASM_HEAP_NOFUNC = WASM_HEAP_ABSTRACT + 0x73,
    WASM_HEAP_NOEXTERN = WASM_HEAP_ABSTRACT + 0x72,
    WASM_HEAP_NONE = WASM_HEAP_ABSTRACT + 0x71,
    WASM_HEAP_FUNC = WASM_HEAP_ABSTRACT + 0x70,
    WASM_HEAP_EXTERN = WASM_HEAP_ABSTRACT + 0x6f,
    WASM_HEAP_ANY = WASM_HEAP_ABSTRACT + 0x6e,
    WASM_HEAP_EQ = WASM_HEAP_ABSTRACT + 0x6d,
    WASM_HEAP_I31 = WASM_HEAP_ABSTRACT + 0x6c,
    WASM_HEAP_STRUCT = WASM_HEAP_ABSTRACT + 0x6b,
    WASM_HEAP_ARRAY = WASM_HEAP_ABSTRACT + 0x6a,
    WASM_HEAP_EXN = WASM_HEAP_ABSTRACT + 0x69,
    WASM_HEAP_BOTTOM = WASM_HEAP_ABSTRACT /* only inside validation */
};

static inline wasm_valtype wasm_ref(wasm_heaptype heap, bool nullable)
{
    return heap << 8 | (nullable ? WASM_REF_NULL : WASM_REF);
}

static inline bool wasm_is_ref(wasm_valtype t)
{
    return (t & 0xff) == WASM_REF || (t & 0xff) == WASM_REF_NULL;
}

static inline bool wasm_is_nullable(wasm_valtype t)
{
    return (t & 0xff) == WASM_REF_NULL;
}

static inline wasm_heaptype wasm_heap(wasm_valtype t)
{
    return t >> 8;
}

static inline bool wasm_heap_is_index(wasm_heaptype heap)
{
    return heap < WASM_HEAP_ABSTRACT;
}

static inline bool wasm_is_packed(wasm_valtype t)
{
    return t == WASM_I8 || t == WASM_I16;
}

#define WASM_FUNCREF ((wasm_valtype)WASM_HEAP_FUNC << 8 | WASM_REF_NULL)
#define WASM_EXTERNREF ((wasm_valtype)WASM_HEAP_EXTERN << 8 | WASM_REF_NULL)
#define WASM_EXNREF ((wasm_valtype)WASM_HEAP_EXN << 8 | WASM_REF_NULL)
#define WASM_ANYREF ((wasm_valtype)WASM_HEAP_ANY << 8 | WASM_REF_NULL)

#define WASM_NO_INDEX 0xffffffffu

typedef enum wasm_comp_kind {
    WASM_COMP_FUNC = 0x60,
    WASM_COMP_STRUCT = 0x5f,
    WASM_COMP_ARRAY = 0x5e
} wasm_comp_kind;

typedef struct wasm_field {
    wasm_valtype type; /* may be packed */
    bool mutable_;
} wasm_field;

typedef struct wasm_functype {
    const wasm_valtype *params;
    const wasm_valtype *results;
    uint32_t param_count;
    uint32_t result_count;
} wasm_functype;

/* One sub type of a recursion group. Indices inside are the module's. */
typedef struct wasm_subtype {
    uint8_t kind; /* wasm_comp_kind */
    bool final;
    uint32_t super;     /* WASM_NO_INDEX: none */
    uint32_t rec_first; /* first type index of the recursion group */
    uint32_t rec_count; /* types in the group */
    bool rec_explicit;  /* written with `rec`, though it may hold one type */
    wasm_functype func; /* kind FUNC */
    const wasm_field *fields; /* kind STRUCT, or one for kind ARRAY */
    uint32_t field_count;
} wasm_subtype;

typedef enum wasm_external_kind {
    WASM_EXTERN_FUNC,
    WASM_EXTERN_TABLE,
    WASM_EXTERN_MEMORY,
    WASM_EXTERN_GLOBAL,
    WASM_EXTERN_TAG,
    WASM_EXTERN_KINDS
} wasm_external_kind;

/* Of memories (units: pages) and tables (units: elements). */
typedef struct wasm_limits {
    uint64_t min;
    uint64_t max; /* only when has_max */
    bool has_max;
    bool shared; /* memories only */
    bool is64;   /* address type i64 */
} wasm_limits;

#define WASM_PAGE_SIZE 65536u

/* The spec's spelling of a numeric, vector or abstract type; heap type
 * indices print as numbers. Writes at most `size` bytes, always with NUL. */
void wasm_valtype_text(wasm_valtype type, char *out, unsigned size);
void wasm_heaptype_text(wasm_heaptype heap, char *out, unsigned size);
const char *wasm_external_kind_text(wasm_external_kind kind);

#endif
