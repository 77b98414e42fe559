/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Values at run time: slots, references and the objects they point to.
 *
 * A slot is 8 bytes; v128 takes two neighbours, low half first. i32 and f32
 * use the low 4 bytes, the rest is unspecified.
 *
 * A reference is 64 bits: 0 is null of every type; bit 0 set is an i31 with
 * the value in bits 1..31; anything else is the address of an rt_object.
 * extern and any share this form, so their conversions do nothing. */
#ifndef RUNTIME_VALUE_H
#define RUNTIME_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include "wasm/type_table.h"

typedef uint64_t rt_ref;

typedef union rt_slot {
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    uint64_t u64;
    float f32;
    double f64;
    rt_ref ref;
} rt_slot;

typedef enum rt_object_kind {
    RT_OBJECT_FUNCTION,  /* rt_function: belongs to its instance or store */
    RT_OBJECT_STRUCT,    /* header, then the fields at type->field_offsets */
    RT_OBJECT_ARRAY,     /* header, then `length` elements of type->size */
    RT_OBJECT_EXCEPTION, /* rt_exception */
    RT_OBJECT_HOST       /* rt_host_object */
} rt_object_kind;

/* 16 bytes, so that what follows is aligned for v128. */
typedef struct rt_object {
    uint8_t kind; /* rt_object_kind */
    uint8_t mark; /* collector's */
    uint16_t size_class;
    uint32_t length;       /* arrays: elements; exceptions: slots */
    const wasm_type *type; /* NULL for host objects; exceptions: the tag's */
} rt_object;

struct rt_tag;

typedef struct rt_exception {
    rt_object header;
    struct rt_tag *tag;
    rt_slot values[]; /* header.length slots, as the tag's parameters */
} rt_exception;

/* What (ref.extern n) and whit_val of a host are: a number or a pointer. */
typedef struct rt_host_object {
    rt_object header;
    uint64_t value;
    void (*finalize)(uint64_t value); /* NULL: nothing to do */
} rt_host_object;

static inline rt_object *rt_ref_object(rt_ref ref)
{
    return (rt_object *)(uintptr_t)ref;
}

static inline rt_ref rt_object_ref(const void *object)
{
    return (rt_ref)(uintptr_t)object;
}

static inline bool rt_ref_is_i31(rt_ref ref)
{
    return ref & 1;
}

static inline rt_ref rt_i31(uint32_t value)
{
    return (rt_ref)(value & 0x7fffffffu) << 1 | 1;
}

static inline uint8_t *rt_object_data(rt_object *object)
{
    return (uint8_t *)(object + 1);
}

/* Whether a reference belongs to a reference type given in canonical ids
 * (ref.test). */
bool rt_ref_matches(const wasm_type_table *types, rt_ref ref,
                    wasm_valtype type);

#endif
