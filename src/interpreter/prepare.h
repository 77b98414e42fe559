/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Translation of one function to register code, in one pass.
 *
 * The operand stack is kept as entries that say where each value is. Locals
 * and constants are not copied until they must be: an instruction reads
 * them where they are. Each entry has a home, the slot of its position,
 * which the value gets at calls and where control flow meets.
 *
 * Invariants
 * - At most one entry is in each accumulator; the instruction that made it
 *   can still be turned into its storing form (spill).
 * - acc[].slot is a slot whose value the accumulator equals, or NO_SLOT.
 * - Entries below `flushed` are neither in locals nor in accumulators, and
 *   null references there are in their homes: a place where the collector
 *   may run, which brings them there, may lie on one of two paths.
 * - While `failed` is set (no memory), emission writes into the first bytes
 *   of the buffer again and again, and nothing else is done. */
#ifndef INTERPRETER_PREPARE_H
#define INTERPRETER_PREPARE_H

#include "interpreter/code.h"
#include "wasm/instruction.h"

typedef enum interp_class {
    CLASS_I32,
    CLASS_I64,
    CLASS_F32,
    CLASS_F64,
    CLASS_V128,
    CLASS_REF
} interp_class;

typedef enum interp_kind {
    KIND_TEMP,  /* in its home */
    KIND_LOCAL, /* in a local that has not changed since */
    KIND_CONST,
    KIND_ACC
} interp_kind;

#define NO_INDEX 0xffffffffu
#define NO_SLOT INT32_MIN

typedef struct interp_entry {
    uint8_t kind;
    uint8_t class;
    int32_t home;
    int32_t slot; /* TEMP and LOCAL */
    uint32_t local;
    uint32_t next; /* LOCAL: other entries of the same local */
    uint32_t previous;
    uint32_t node;  /* references: of the list for safepoints */
    uint64_t value; /* CONST */
} interp_entry;

/* A popped entry, as an instruction reads it. */
typedef enum interp_shape { SHAPE_S, SHAPE_A, SHAPE_I } interp_shape;

typedef struct interp_operand {
    uint8_t shape;
    uint8_t class;
    int32_t slot; /* S, or A that mirrors a slot; else NO_SLOT */
    int32_t home;
    uint64_t value; /* I */
} interp_operand;

typedef struct interp_acc {
    int32_t slot;
    uint32_t entry; /* the entry that is only here, or NO_INDEX */
    uint32_t start; /* its instruction, */
    uint32_t field; /* that one's field for the slot, */
    uint32_t end;   /* and where it ends */
    uint16_t op;
} interp_acc;

typedef enum interp_block {
    BLOCK_FUNCTION,
    BLOCK_BLOCK,
    BLOCK_LOOP,
    BLOCK_IF,
    BLOCK_ELSE,
    BLOCK_TRY
} interp_block;

typedef struct interp_label {
    uint8_t block;
    bool targeted;
    bool dead;            /* the block began where nothing arrives */
    uint32_t height;      /* entries below the parameters */
    int32_t base;         /* home of the first value */
    uint32_t start;       /* LOOP: code position; TRY: where the range begins */
    uint32_t chain;       /* forward branches, through their fields */
    uint32_t catches;     /* catches that come here, through their targets */
    uint32_t otherwise;   /* IF: the branch to else */
    uint32_t first_catch; /* TRY */
    uint32_t catch_count;
    const wasm_valtype *params;
    const wasm_valtype *results; /* NULL: `single` */
    uint32_t param_count;
    uint32_t result_count;
    wasm_valtype single;
} interp_label;

/* What the newest instructions computed, if a branch may take it over. */
typedef struct interp_compare {
    uint32_t start;
    uint32_t end;
    uint16_t op; /* WASM_OP_, a comparison or an eqz */
    bool inverted;
    int32_t acc_slot; /* acc[0].slot before */
    interp_operand a;
    interp_operand b;
} interp_compare;

/* The newest instruction, if it computed a sum or product that a following
 * one may take over: x + y, x * factor, or x * factor + y when both are;
 * doubles: x * y. */
typedef struct interp_recent {
    uint32_t start;
    uint32_t end;
    bool is_sum;
    bool is_product;
    uint32_t factor;
    int32_t acc_slot; /* the accumulator's slot before */
    interp_operand x;
    interp_operand y;
} interp_recent;

typedef struct interp_growing {
    void *items;
    size_t count;
    size_t capacity;
} interp_growing;

typedef struct interp_translator {
    const wasm_module *wasm;
    rt_module *module;
    const rt_config *config;
    const void *const *handlers;
    bool checked;
    bool failed;
    bool reachable;
    uint32_t skipped; /* blocks opened in unreachable code */

    wasm_reader reader;
    wasm_instruction in;
    const wasm_code *body;
    const wasm_functype *type;

    uint8_t *code;
    size_t size;
    size_t capacity;

    interp_entry *stack;
    uint32_t height;
    size_t stack_capacity;
    uint32_t flushed;
    uint32_t lazy_refs; /* reference entries that are not in their home */
    uint32_t top_node;
    int32_t stack_base; /* home of entry 0 */
    int32_t frame_end;

    interp_label *labels;
    uint32_t label_count;
    size_t label_capacity;

    uint32_t local_count;
    int32_t *local_slots;
    uint8_t *local_classes;
    uint32_t *local_heads;
    int32_t param_bytes;

    interp_acc acc[3];
    interp_compare compare;
    interp_recent recent;
    uint32_t inc_start; /* an INC that ends at inc_end */
    uint32_t inc_end;
    uint32_t inc_op;
    uint32_t copy_start; /* a COPY that ends at copy_end */
    uint32_t copy_end;
    uint32_t temp_field; /* result slot of what ends at temp_end, */
    int32_t temp_home;   /* and the home of its entry */
    uint32_t temp_end;
    uint32_t fuel_field;
    uint32_t fuel;

    uint64_t nowhere[8]; /* what failing appends give */
    interp_growing origins;
    interp_growing safepoints;
    interp_growing nodes;
    interp_growing tries;
    interp_growing catches;
    interp_growing refs;
} interp_translator;

/* prepare.c: emission and the operand stack. */
interp_class interp_class_of(wasm_valtype type);
/* Marks where the next instruction comes from: needed when it can trap. */
void interp_origin_here(interp_translator *t);
void interp_emit(interp_translator *t, uint32_t op);
void interp_put32(interp_translator *t, uint32_t value);
void interp_put64(interp_translator *t, uint64_t value);
bool interp_reserve(interp_translator *t, size_t bytes);
void interp_patch32(interp_translator *t, uint32_t at, uint32_t value);
void *interp_append(interp_translator *t, interp_growing *list, size_t size);

interp_entry *interp_top(interp_translator *t, uint32_t depth);
int32_t interp_next_home(const interp_translator *t);
void interp_push(interp_translator *t, interp_kind kind, interp_class class);
void interp_push_const(interp_translator *t, interp_class class,
                       uint64_t value);
void interp_push_local(interp_translator *t, uint32_t local);
void interp_push_types(interp_translator *t, const wasm_valtype *types,
                       uint32_t count);
interp_operand interp_pop(interp_translator *t);
void interp_drop(interp_translator *t, uint32_t count);
/* Brings an entry into its home. */
void interp_materialize(interp_translator *t, uint32_t index);
void interp_materialize_top(interp_translator *t, uint32_t count);
/* Every entry that is in a local or an accumulator, and every null, into its
 * home. */
void interp_flush(interp_translator *t);
/* The accumulators' contents are about to be lost. */
void interp_clobber(interp_translator *t);
/* A slot changed by other ways than through accumulator `except` (3: none).
 */
void interp_wrote(interp_translator *t, int32_t slot, unsigned except);
/* Control flow meets here: nothing before can be changed any more. */
void interp_barrier(interp_translator *t);

/* The instruction at `start` becomes another, with more fields to come. */
void interp_extend(interp_translator *t, uint32_t start, uint32_t op);
/* Takes back the instructions from `start` on. */
void interp_take_back(interp_translator *t, uint32_t start);
void interp_copy(interp_translator *t, interp_class class, int32_t from,
                 int32_t to);
void interp_immediate(interp_translator *t, uint64_t value, int32_t to);
/* Stores a popped operand to a slot. */
void interp_store(interp_translator *t, const interp_operand *o, int32_t to);
/* Makes an operand one in a slot: its home unless it is in one. */
void interp_in_slot(interp_translator *t, interp_operand *o);
/* Fields of an operand by its shape. */
void interp_put_operand(interp_translator *t, const interp_operand *o);
/* The result field of the instruction at `start`, which has a D form, and
 * its entry. */
void interp_result(interp_translator *t, uint32_t start, uint32_t op,
                   interp_class class);
/* The result field of an instruction that stores in any case. */
void interp_result_slot(interp_translator *t, interp_class class);
void interp_local_set(interp_translator *t, uint32_t local, bool tee);

/* A place where the collector may run: between begin and end one
 * instruction is emitted. */
typedef struct interp_safe {
    uint32_t node;
    uint32_t start;
} interp_safe;
interp_safe interp_safe_begin(interp_translator *t);
void interp_safe_end(interp_translator *t, interp_safe safe);

/* Stack form: `count` operands into their homes, off the stack; the
 * instruction and its first field. Results are pushed by the caller. */
void interp_stack_form(interp_translator *t, uint32_t op, uint32_t count);

/* prepare_numeric.c: false when the instruction is not of its kind. */
bool interp_numeric(interp_translator *t);
bool interp_is_compare(const interp_translator *t);
/* Pops a condition. */
typedef struct interp_condition {
    uint16_t op; /* comparison; or I32_EQZ, I64_EQZ: a is zero */
    bool inverted;
    interp_operand a;
    interp_operand b;
} interp_condition;
interp_condition interp_pop_condition(interp_translator *t);
/* Emits a branch but for its field. */
void interp_branch_if(interp_translator *t, interp_condition *c, bool sense);

/* prepare_object.c */
bool interp_object(interp_translator *t);

/* prepare_control.c */
void interp_begin_function(interp_translator *t);
bool interp_control(interp_translator *t);
/* In unreachable code: only what ends it. */
void interp_skip(interp_translator *t);

#endif
