/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of validation share; nobody else includes this.
 *
 * Value types inside validation are canonical: they hold ids of `table`.
 * Everything that grows is kept from body to body, so that a module costs a
 * handful of allocations. */
#ifndef WASM_VALIDATE_PRIVATE_H
#define WASM_VALIDATE_PRIVATE_H

#include "wasm/instruction.h"
#include "wasm/type_table.h"
#include "wasm/validate.h"

/* Local types up to this index lie in an array, the others are searched in
 * their groups: a body of a few bytes may declare 50,000 locals. */
#define VALIDATE_FLAT_LOCALS 512u

/* How the loop treats a one-byte opcode without calling anything. */
typedef enum validate_kind {
    VALIDATE_SLOW,
    VALIDATE_UNARY,
    VALIDATE_BINARY,
    VALIDATE_LOAD,
    VALIDATE_STORE,
    VALIDATE_LOCAL_GET,
    VALIDATE_LOCAL_SET,
    VALIDATE_LOCAL_TEE,
    VALIDATE_CONST,
    VALIDATE_DROP
} validate_kind;

typedef struct validate_shape {
    uint8_t kind;
    uint8_t first; /* operand types, as bytes */
    uint8_t second;
    uint8_t result;
    uint8_t align;
} validate_shape;

typedef struct validate_frame {
    uint8_t op; /* BLOCK, LOOP, IF, ELSE, TRY_TABLE; UNREACHABLE: function */
    bool unreachable;
    uint32_t height; /* operands below it */
    uint32_t init_height;
    uint32_t param_count;
    uint32_t result_count;
    const wasm_valtype *params;
    const wasm_valtype *results; /* NULL: `single` */
    wasm_valtype single;
} validate_frame;

typedef struct validate_group {
    uint32_t end; /* first local behind the group */
    wasm_valtype type;
} validate_group;

typedef struct wasm_validator {
    wasm_module *module;
    wasm_features features;
    whit_error *error;
    wasm_type_table *table;
    const wasm_type **types; /* by type index */
    uint8_t *declared;       /* by function: ref.func may name it */

    /* The body or expression in hand. */
    wasm_reader reader;
    const uint8_t *current; /* instruction */
    bool constant;
    uint32_t visible_globals; /* constant expressions */
    const wasm_functype *func;

    /* Operands: stack <= sp <= limit; `base` is the frame's height. */
    wasm_valtype *stack;
    wasm_valtype *base;
    wasm_valtype *sp;
    wasm_valtype *limit;

    validate_frame *frames;
    size_t frame_room;
    size_t frame_count;
    validate_frame *frame; /* innermost */

    uint32_t local_count;
    uint32_t flat_count; /* locals in `flat` */
    validate_group *groups;
    size_t group_room;
    uint32_t group_count;
    /* Locals without a default value that have been set: a bit each, and
     * their indices in order, to unset them where a block ends. */
    uint64_t *init_bits;
    uint32_t *inits;
    size_t init_room;
    uint32_t init_count;

    validate_shape shapes[256]; /* by one-byte opcode, for bodies */
    wasm_valtype flat[VALIDATE_FLAT_LOCALS];
} wasm_validator;

/* validate_stack.c */
whit_status wasm_validator_fail(wasm_validator *v, const char *format, ...)
    WHIT_PRINTF(2, 3);
whit_status wasm_validator_fail_malformed(wasm_validator *v,
                                          const char *text) WHIT_MUST_CHECK;
whit_status wasm_validator_grow(wasm_validator *v,
                                uint32_t extra) WHIT_MUST_CHECK;
whit_status wasm_validator_pop_slow(wasm_validator *v,
                                    wasm_valtype expected) WHIT_MUST_CHECK;
/* Pops anything; BOTTOM below unreachable code's floor. */
whit_status wasm_validator_pop_any(wasm_validator *v,
                                   wasm_valtype *out) WHIT_MUST_CHECK;
/* Pops a reference; below the floor: a non-null one to the bottom type. */
whit_status wasm_validator_pop_ref(wasm_validator *v,
                                   wasm_valtype *out) WHIT_MUST_CHECK;
whit_status wasm_validator_pop_types(wasm_validator *v,
                                     const wasm_valtype *types,
                                     uint32_t count) WHIT_MUST_CHECK;
whit_status wasm_validator_push_types(wasm_validator *v,
                                      const wasm_valtype *types,
                                      uint32_t count) WHIT_MUST_CHECK;
/* Whether the topmost operands have these types; pops nothing. */
whit_status wasm_validator_check_top(wasm_validator *v,
                                     const wasm_valtype *types,
                                     uint32_t count) WHIT_MUST_CHECK;
whit_status
wasm_validator_push_frame(wasm_validator *v, uint8_t op,
                          const wasm_blocktype *type) WHIT_MUST_CHECK;
/* The frame's results must be on the stack, and nothing else. */
whit_status wasm_validator_pop_frame(wasm_validator *v,
                                     validate_frame *out) WHIT_MUST_CHECK;
/* Re-enters a frame that was popped, with its parameters as operands. */
whit_status wasm_validator_enter(wasm_validator *v,
                                 const validate_frame *frame) WHIT_MUST_CHECK;
void wasm_validator_unreachable(wasm_validator *v);
whit_status wasm_validator_label(wasm_validator *v, uint32_t label,
                                 const wasm_valtype **types,
                                 uint32_t *count) WHIT_MUST_CHECK;
bool wasm_validator_matches(const wasm_validator *v, wasm_valtype sub,
                            wasm_valtype super);
whit_status wasm_validator_mismatch(wasm_validator *v, wasm_valtype found,
                                    wasm_valtype expected) WHIT_MUST_CHECK;

static inline const wasm_valtype *
wasm_frame_results(const validate_frame *frame)
{
    return frame->results ? frame->results : &frame->single;
}

static inline whit_status wasm_validator_push(wasm_validator *v,
                                              wasm_valtype type)
{
    if (UNLIKELY(v->sp == v->limit))
        TRY(wasm_validator_grow(v, 1));
    *v->sp++ = type;
    return WHIT_OK;
}

static inline whit_status wasm_validator_pop(wasm_validator *v,
                                             wasm_valtype expected)
{
    if (LIKELY(v->sp > v->base && v->sp[-1] == expected)) {
        v->sp--;
        return WHIT_OK;
    }
    return wasm_validator_pop_slow(v, expected);
}

/* validate_types.c: index spaces and types as instructions name them. */
whit_status wasm_validator_valtype(wasm_validator *v, wasm_valtype type,
                                   wasm_valtype *out) WHIT_MUST_CHECK;
whit_status wasm_validator_heaptype(wasm_validator *v, wasm_heaptype heap,
                                    wasm_heaptype *out) WHIT_MUST_CHECK;
whit_status wasm_validator_type(wasm_validator *v, uint32_t index,
                                wasm_comp_kind kind,
                                const wasm_type **out) WHIT_MUST_CHECK;
whit_status wasm_validator_index(wasm_validator *v, uint32_t index,
                                 uint32_t count,
                                 const char *what) WHIT_MUST_CHECK;
whit_status wasm_validator_feature(wasm_validator *v, wasm_features feature,
                                   const char *what) WHIT_MUST_CHECK;
/* Types that belong to no index error: the module's spaces are checked
 * before bodies are read. */
wasm_valtype wasm_validator_address(wasm_limits limits);
wasm_valtype wasm_validator_canonical(const wasm_validator *v,
                                      wasm_valtype type);

/* validate_body.c */
void wasm_validator_shapes(wasm_validator *v);
whit_status wasm_validator_body(wasm_validator *v,
                                uint32_t function) WHIT_MUST_CHECK;
/* The type of a local; "unknown local". */
whit_status wasm_validator_local(wasm_validator *v, uint32_t index,
                                 wasm_valtype *out) WHIT_MUST_CHECK;
whit_status wasm_validator_init_local(wasm_validator *v,
                                      uint32_t index) WHIT_MUST_CHECK;
/* A constant expression of one result (canonical). Errors of both say where
 * their instruction stands. */
whit_status wasm_validator_expr(wasm_validator *v, slice expr,
                                wasm_valtype type) WHIT_MUST_CHECK;

/* validate_ops.c: everything but control flow and plain signatures. */
whit_status wasm_validator_op(wasm_validator *v,
                              const wasm_instruction *i) WHIT_MUST_CHECK;
/* validate_gc.c: prefix 0xfb. */
whit_status wasm_validator_gc(wasm_validator *v,
                              const wasm_instruction *i) WHIT_MUST_CHECK;
/* validate_control.c: any instruction; passes on what is not control. */
whit_status wasm_validator_control(wasm_validator *v,
                                   const wasm_instruction *i) WHIT_MUST_CHECK;

#endif
