/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values and their types (core specification 3.0, section 4.2.1). */
#ifndef WHIT_VALUE_H
#define WHIT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <whit/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct whit_store whit_store;
typedef struct whit_func whit_func;

/* What kind of value. References of the specification's richer types appear
 * as the nearest of the last four. */
typedef enum whit_kind {
    WHIT_I32,
    WHIT_I64,
    WHIT_F32,
    WHIT_F64,
    WHIT_V128,
    WHIT_FUNCREF,
    WHIT_EXTERNREF,
    WHIT_EXNREF,
    WHIT_ANYREF /* eq, i31, struct, array and concrete types too */
} whit_kind;

/* "i32", "funcref", ... */
WHIT_API const char *whit_kind_text(whit_kind kind);

/* A reference kept alive for the host until whit_ref_free. */
typedef struct whit_ref whit_ref;

/* A value with its kind. */
typedef struct whit_val {
    whit_kind kind;
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        uint8_t v128[16]; /* lane 0 first, little-endian */
        whit_func *func;  /* FUNCREF; NULL is null; the store's */
        whit_ref *ref;    /* other references; NULL is null */
    };
} whit_val;

/* A value without its kind, for typed calls. i32 and f32 leave the upper
 * half unspecified; v128 takes two slots, low half first. */
typedef union whit_slot {
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    uint64_t u64;
    float f32;
    double f64;
} whit_slot;

/* Makes an externref that carries a host value; `finalize` (may be NULL) is
 * called when no guest and no whit_ref can reach it any more. The caller
 * owns *out. */
WHIT_API WHIT_MUST_CHECK whit_status whit_ref_new_host(
    whit_store *store, uint64_t value, void (*finalize)(uint64_t value),
    whit_ref **out, whit_error *error);
/* Whether the reference carries a host value, and which. */
WHIT_API bool whit_ref_host_value(const whit_ref *ref, uint64_t *value);
/* Whether it is an i31, and its value, sign-extended. */
WHIT_API bool whit_ref_i31_value(const whit_ref *ref, int32_t *value);
/* Before its store is freed; NULL is allowed. */
WHIT_API void whit_ref_free(whit_ref *ref);

#ifdef __cplusplus
}
#endif
#endif
