/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The canonical ABI's arithmetic: size, alignment, flat core types, offsets,
 * and the core signatures that lift and lower have.
 *
 * Layouts are computed once, when a type enters a set, for memories with
 * pointers of 4 and of 8 bytes: wit_layout_of is a table look-up. Every other
 * answer here is computed from those in time linear in the fields of one type,
 * without memory. `pointer` is 4 or 8 throughout.
 *
 * VARIANT, ENUM, OPTION and RESULT are variants: a discriminant of 1, 2 or 4
 * bytes, then at wit_payload_offset whatever the case carries. Flat, they are
 * an i32 and then the join of all cases: position by position, a type is
 * itself, i32 when i32 and f32 meet, and i64 otherwise. MAP is a LIST of
 * TUPLEs of key and value. */
#ifndef WIT_ABI_LAYOUT_H
#define WIT_ABI_LAYOUT_H

#include "wit/wit.h"

enum {
    WIT_MAX_FLAT_PARAMS = 16,
    WIT_MAX_FLAT_ASYNC_PARAMS = 4, /* of an async lower */
    WIT_MAX_FLAT_RESULTS = 1,
    /* The most bytes of one string or list, and elements of one stream copy. */
    WIT_MAX_BYTES = (1 << 28) - 1
};

/* From the parts, which are in the set; false: a value would be too big.
 * wit_set_add_type calls it. */
bool wit_layout_compute(const wit_set *self, const wit_type_def *type,
                        unsigned pointer, wit_layout *out) WHIT_MUST_CHECK;

static inline const wit_layout *wit_layout_of(const wit_set *self,
                                              wit_type type, unsigned pointer)
{
    return &self->types[type].layout[pointer == 8];
}

/* Variants of all kinds; 0 for other types. The order of an OPTION is none,
 * some, of a RESULT ok, error. */
uint32_t wit_case_count(const wit_type_def *type);
/* WIT_NONE when the case carries nothing. */
wit_type wit_case_type(const wit_type_def *type, uint32_t index);
/* Bytes of the discriminant of that many cases: 1, 2 or 4. */
unsigned wit_discriminant_size(uint32_t cases);
/* Bytes from the start of a variant to what its case carries. */
uint32_t wit_payload_offset(const wit_set *self, const wit_type_def *type,
                            unsigned pointer);

/* Bytes of a FLAGS value: 1, 2 or 4. */
unsigned wit_flags_size(uint32_t flags);

/* A walk over values that lie one behind the other, as the fields of a record
 * or tuple do:
 *     wit_layout_walk walk = wit_walk_start(set, 4);
 *     for (...) offset = wit_walk_next(&walk, type);
 *     wit_walk_end(&walk);    now size and alignment are those of the whole */
typedef struct wit_layout_walk {
    const wit_set *set;
    unsigned pointer;
    uint64_t size;
    unsigned alignment;
} wit_layout_walk;

wit_layout_walk wit_walk_start(const wit_set *set, unsigned pointer);
uint64_t wit_walk_next(wit_layout_walk *self, wit_type type);
void wit_walk_end(wit_layout_walk *self);

/* The join of two core types. */
wit_core wit_core_join(wit_core a, wit_core b);

/* A core function type. Indirect parameters and results travel in memory, by
 * a pointer: `param_*` and `result_*` say how large that memory is (values one
 * behind the other; a single result is just that value). */
typedef struct wit_signature {
    uint8_t params[WIT_MAX_FLAT_PARAMS + 1];
    uint8_t results[WIT_MAX_FLAT_RESULTS];
    uint8_t param_count;
    uint8_t result_count;
    bool params_indirect; /* params[0] is the pointer to them */
    bool result_indirect; /* lower: the last parameter is where it goes;
                             lift: the core result is where it lies */
    uint64_t param_size;  /* when indirect; 0 otherwise */
    uint64_t result_size;
    uint8_t param_alignment;
    uint8_t result_alignment;
} wit_signature;

typedef enum wit_abi {
    WIT_ABI_SYNC,
    WIT_ABI_ASYNC,         /* lift with a callback; lower with a subtask */
    WIT_ABI_ASYNC_STACKFUL /* lift without a callback */
} wit_abi;

/* What core code imports to call a function (canon lower). */
void wit_signature_lower(const wit_set *self, const wit_function *function,
                         wit_abi abi, unsigned pointer, wit_signature *out);
/* What core code exports to be called (canon lift). */
void wit_signature_lift(const wit_set *self, const wit_function *function,
                        wit_abi abi, unsigned pointer, wit_signature *out);
/* What an async lift calls with its result (canon task.return). */
void wit_signature_task_return(const wit_set *self,
                               const wit_function *function, unsigned pointer,
                               wit_signature *out);
/* What runs behind a lift to free its result (post-return): takes what the
 * lift returned. */
void wit_signature_post_return(const wit_set *self,
                               const wit_function *function, unsigned pointer,
                               wit_signature *out);

/* Canonical options a lift or lower cannot do without. */
enum { WIT_NEEDS_MEMORY = 1, WIT_NEEDS_REALLOC = 2, WIT_NEEDS_ENCODING = 4 };
unsigned wit_needs_of_lower(const wit_set *self, const wit_function *function,
                            wit_abi abi);
unsigned wit_needs_of_lift(const wit_set *self, const wit_function *function,
                           wit_abi abi);

#endif
