/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values and their types (core specification 3.0, section 4.2.1; component
 * model, Explainer.md, "Type Definitions"). */
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
    WHIT_ANYREF, /* eq, i31, struct, array and concrete types too */
    /* Of components, which have F32 and F64 too. */
    WHIT_BOOL,
    WHIT_S8,
    WHIT_U8,
    WHIT_S16,
    WHIT_U16,
    WHIT_S32,
    WHIT_U32,
    WHIT_S64,
    WHIT_U64,
    WHIT_CHAR,
    WHIT_STRING,
    WHIT_LIST,
    WHIT_FIXED_LIST,
    WHIT_MAP,
    WHIT_RECORD,
    WHIT_TUPLE,
    WHIT_VARIANT,
    WHIT_ENUM,
    WHIT_OPTION,
    WHIT_RESULT,
    WHIT_FLAGS,
    WHIT_OWN,
    WHIT_BORROW,
    WHIT_STREAM,
    WHIT_FUTURE,
    WHIT_ERROR_CONTEXT,
    /* Values only: a LIST or FIXED_LIST of numbers, packed. */
    WHIT_NUMBERS
} whit_kind;

/* "i32", "funcref", ... */
WHIT_API const char *whit_kind_text(whit_kind kind);

/* A reference kept alive for the host until whit_ref_free. */
typedef struct whit_ref whit_ref;

/* A value with its kind. */
typedef struct whit_val {
    whit_kind kind;
    /* VARIANT, ENUM: the case. OPTION: 0 none, 1 some. RESULT: 0 ok, 1 error.
     * NUMBERS: the whit_kind of the elements. */
    uint32_t index;
    union {
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        uint8_t v128[16]; /* lane 0 first, little-endian */
        whit_func *func;  /* FUNCREF; NULL is null; the store's */
        whit_ref *ref;    /* other references; NULL is null */
        bool boolean;
        int8_t s8;
        uint8_t u8;
        int16_t s16;
        uint16_t u16;
        int32_t s32;
        uint32_t u32; /* CHAR, FLAGS (bit i is flag i) and handles too */
        int64_t s64;
        uint64_t u64;
        struct {
            const char *data; /* UTF-8, without NUL */
            size_t size;
        } string;
        /* LIST, FIXED_LIST, RECORD, TUPLE, in the type's order; MAP: a TUPLE
         * of key and value for each entry. */
        struct {
            struct whit_val *items;
            size_t count;
        } list;
        struct {
            const void *data; /* in the machine's byte order */
            size_t count;     /* elements */
        } numbers;
        struct whit_val *payload; /* VARIANT, OPTION, RESULT; NULL: none */
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
