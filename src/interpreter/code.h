/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Register code: what translation makes and execution runs.
 *
 * An instruction is the address of its handler (8 bytes) followed by its
 * fields, 4 or 8 bytes each, without padding; formats are in ops.def. Slots
 * are signed byte offsets from the frame pointer. Branch offsets count from
 * the branch's own field.
 *
 * Three accumulators hold the newest integer or reference, f32 and f64. An
 * instruction's name ends with the shapes of its operands: S slot, A
 * accumulator, I immediate. Every scalar result goes to its accumulator; a
 * trailing D says that it is stored to a slot too. The form without D keeps
 * the field, so that translation can turn one into the other in place.
 *
 * A frame, in slots of 8 bytes, the frame pointer being 0:
 *
 *     [-params, 0)   parameters, which the caller computed in place
 *     [0, 3)         interp_header
 *     [3, ...)       declared locals, then operand positions
 *
 * Results replace the parameters. The operand positions of the caller, from
 * the callee's parameters on, are the callee's frame: nothing is copied.
 *
 * Two kinds of frame have no code (header.code is NULL): the first frame of
 * an activation (header.caller is NULL), and an adapter between functions
 * of different instances, interp_adapter. */
#ifndef INTERPRETER_CODE_H
#define INTERPRETER_CODE_H

#include "runtime/store.h"

/* X(name, format) for every instruction; families expand to their shapes,
 * the order of which translation relies on. Formats, one letter for each
 * field: s slot read, d slot written, '.' slot not written, i 32-bit
 * integer, l 64-bit integer, f f32, g f64, b branch, t branch table (count,
 * then branches), p pointer. */
#define INTERP_IMM_i32 "i"
#define INTERP_IMM_i64 "l"
#define INTERP_IMM_f32 "f"
#define INTERP_IMM_f64 "g"

#define INTERP_RESULT(X, name, operands) \
    X(name, operands ".")                \
    X(name##D, operands "d")
#define INTERP_SHAPES_4(X, name, T)                 \
    INTERP_RESULT(X, name##_SS, "ss")               \
    INTERP_RESULT(X, name##_AS, "s")                \
    INTERP_RESULT(X, name##_SI, "s" INTERP_IMM_##T) \
    INTERP_RESULT(X, name##_AI, INTERP_IMM_##T)
#define INTERP_SHAPES_7(X, name, T)                 \
    INTERP_SHAPES_4(X, name, T)                     \
    INTERP_RESULT(X, name##_SA, "s")                \
    INTERP_RESULT(X, name##_IS, INTERP_IMM_##T "s") \
    INTERP_RESULT(X, name##_IA, INTERP_IMM_##T)
#define INTERP_BRANCH_4(X, name, T)      \
    X(name##_SS, "ssb")                  \
    X(name##_AS, "sb")                   \
    X(name##_SI, "s" INTERP_IMM_##T "b") \
    X(name##_AI, INTERP_IMM_##T "b")

typedef enum interp_op {
#define X(name, format) INTERP_##name,
#include "interpreter/ops_expand.h"
#undef X
    INTERP_OP_COUNT
} interp_op;

/* Positions of shapes within a family. */
enum { SHAPE_SS, SHAPE_AS, SHAPE_SI, SHAPE_AI, SHAPE_SA, SHAPE_IS, SHAPE_IA };

typedef struct interp_header {
    const uint8_t *ret; /* where the caller goes on */
    uint8_t *caller;    /* its frame pointer */
    const struct interp_code *code;
} interp_header;

#define INTERP_HEADER_SLOTS 3

typedef struct interp_adapter {
    interp_header header;
    rt_instance *instance; /* the caller's */
    uint32_t param_slots;
    uint32_t result_slots;
} interp_adapter;

#define INTERP_ADAPTER_SLOTS 5

/* From which byte of the module an instruction comes: the entry with the
 * greatest `code` not above the position. */
typedef struct interp_origin {
    uint32_t code;
    uint32_t wasm;
} interp_origin;

/* Where the collector may run: operand positions that hold references, a
 * list through `nodes`. Instructions without an entry hold none. */
typedef struct interp_safepoint {
    uint32_t start; /* of the instruction */
    uint32_t end;
    uint32_t node;
} interp_safepoint;

typedef struct interp_node {
    int32_t slot;
    uint32_t next; /* 0: none */
} interp_node;

typedef struct interp_catch {
    uint8_t kind; /* wasm_catch_kind */
    uint32_t tag;
    uint32_t target; /* code position */
    int32_t slot;    /* where the values go */
} interp_catch;

/* try_table: inner ones come before the outer ones around them. */
typedef struct interp_try {
    uint32_t start;
    uint32_t end;
    uint32_t first; /* of catches */
    uint32_t count;
} interp_try;

/* One allocation; the arrays stand behind the code. */
typedef struct interp_code {
    uint32_t frame_bytes; /* above the frame pointer */
    uint32_t param_slots;
    uint32_t size; /* bytes of code */
    uint32_t function;
    rt_module *module;
    const interp_origin *origins;
    const interp_safepoint *safepoints;
    const interp_node *nodes;
    const interp_try *tries;
    const interp_catch *catches;
    const int32_t *refs; /* slots of locals that hold references */
    uint32_t origin_count;
    uint32_t safepoint_count;
    uint32_t try_count;
    uint32_t ref_count;
    uint8_t bytes[];
} interp_code;

/* One call from the host into guests; newest in context->activation. `ip`
 * and `fp` are where the guest is while it is not running: `ip` lies in the
 * instruction that traps, allocates or calls. */
typedef struct interp_activation {
    struct interp_activation *outer;
    const uint8_t *ip;
    uint8_t *fp;
    const void *exit_stub;  /* instructions that outermost and adapted */
    const void *cross_stub; /* functions return to */
} interp_activation;

/* Handlers by interp_op; instructions begin with one of these. */
const void *const *interp_handlers(void);
/* Whether handlers have ip and fp in machine registers. */
bool interp_keeps_registers(void);

/* Makes the code of a defined function, or finds it made. */
whit_status interp_prepare(rt_module *module, bool checked, uint32_t function,
                           const interp_code **out,
                           whit_error *error) WHIT_MUST_CHECK;

/* Runs from `ip` on until an exit instruction or a failure. */
whit_status interp_run(const uint8_t *ip, uint8_t *fp, rt_instance *instance,
                       rt_context *context);

/* frames.c: walks, and what handlers do out of line. */
static inline interp_activation *interp_active(rt_context *context)
{
    return (interp_activation *)context->activation;
}

static inline uint8_t *interp_memory(const rt_instance *instance)
{
    if (!instance->module->wasm->memory_count)
        return NULL;
    return instance->memories[0]->base;
}

void interp_visit_roots(rt_context *context, rt_root_visitor *visitor);
uint32_t interp_backtrace(rt_context *context, rt_frame *frames, uint32_t max);
/* Raises a trap at an instruction; returns WHIT_TRAP. */
whit_status interp_trap(rt_context *context, const uint8_t *ip, uint8_t *fp,
                        rt_trap_code code);
whit_status interp_trap_element(rt_context *context, const uint8_t *ip,
                                uint8_t *fp, rt_trap_code code, uint64_t index);

/* Where a guest goes on. */
typedef struct interp_state {
    const uint8_t *ip;
    uint8_t *fp;
    rt_instance *instance;
} interp_state;

/* Finds the handler of context->exception from `state->ip` on; false: it
 * leaves the activation. */
bool interp_unwind(rt_context *context, interp_state *state);
/* Calls any function. On entry `state` is where to return to; on WHIT_OK it
 * is where to go on: in the callee, or behind a host function. */
whit_status interp_call_function(rt_context *context, interp_state *state,
                                 rt_function *function, uint8_t *next);
/* The same as a tail call: arguments are at `from`. */
whit_status interp_tail_call(rt_context *context, interp_state *state,
                             rt_function *function, const uint8_t *from);

#endif
