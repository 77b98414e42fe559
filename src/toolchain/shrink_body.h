/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A function body as a list of instructions that can be rewritten.
 *
 * Labels are numbers of their own, not depths: blocks can come and go
 * without touching the branches inside. Label 0 is the function itself.
 * All indices are the source module's until emission. */
#ifndef TOOLCHAIN_SHRINK_BODY_H
#define TOOLCHAIN_SHRINK_BODY_H

#include "base/arena.h"
#include "wasm/instruction.h"
#include "wasm/module.h"

typedef struct body_ins {
    wasm_instruction i; /* branches: index is a label number */
    uint32_t label;     /* block, loop, if, try_table, else, end: its own */
    bool eqz;           /* body_index is to put i32.eqz in front */
    union {
        uint32_t *labels;    /* br_table: all but the default */
        wasm_catch *catches; /* try_table */
    };
} body_ins;

/* What body_index finds out about a label. Positions are of instructions. */
typedef struct body_label {
    uint32_t start;
    uint32_t middle; /* `else`, or 0 */
    uint32_t end;
    uint32_t refs;      /* branches to it */
    uint32_t first_ref; /* position of the first of them */
    uint32_t parent;    /* label of the block around */
    uint32_t params;    /* counts */
    uint32_t results;
    uint16_t op; /* WASM_OP_BLOCK for the function */
} body_label;

/* Invariant after body_index: the list ends with the function's `end`, and
 * nothing stands between an unconditional branch and the next end or else. */
typedef struct body {
    arena *arena;
    const wasm_module *module;
    uint32_t type; /* of the function */
    body_ins *code;
    uint32_t count;
    uint32_t capacity;
    wasm_valtype *locals; /* parameters first */
    uint32_t param_count;
    uint32_t local_count;
    uint32_t local_capacity;
    uint32_t label_count;
    body_label *labels; /* valid after body_index */
    uint32_t *heights;  /* operands in the innermost block, before each */
    uint32_t *inside;   /* label of the innermost block, for each */
    bool failed;        /* out of memory */
    /* Memory used in turns, so that passes do not pile it up. */
    body_ins *spare;
    uint32_t spare_capacity;
    uint32_t index_capacity;
    uint32_t index_labels;
    uint32_t *outside;
} body;

/* A function's code between passes; bytes of the binary format. */
typedef struct body_bytes {
    slice code;
    const wasm_local_group *groups;
    uint32_t group_count;
} body_bytes;

whit_status body_read(body *self, arena *memory, const wasm_module *module,
                      uint32_t type, const body_bytes *bytes,
                      whit_error *error) WHIT_MUST_CHECK;
/* Shortest form, locals counted, ordered and grouped anew. *bytes gets
 * memory from `keep`. */
whit_status body_write(body *self, arena *keep, body_bytes *bytes,
                       whit_error *error) WHIT_MUST_CHECK;
/* Bytes that the function takes in the code section. */
uint64_t body_bytes_size(const body_bytes *bytes);

void body_push(body *self, const body_ins *ins);
uint32_t body_add_local(body *self, wasm_valtype type);
/* Removes code that cannot run and nops, then fills labels and heights. */
bool body_index(body *self);
/* Operands taken and results given. False for control instructions whose
 * effect is not local. */
bool body_effect(const body *self, const body_ins *ins, uint32_t *pops,
                 uint32_t *pushes);
/* First instruction of the expression that ends at `last` in `code` and
 * leaves one value; WASM_NO_INDEX when control is in the way. */
uint32_t body_expression(const body *self, const body_ins *code, uint32_t last);
/* Neither effects nor traps nor a write: may be dropped or moved past
 * instructions that write no local or global. */
bool body_is_pure(const body_ins *ins);
/* br, br_table, return, unreachable, throw, tail calls. */
bool body_is_jump(uint16_t op);
bool body_is_opening(uint16_t op);
/* Whether a local index is the immediate. */
bool body_is_local(uint16_t op);
/* A plain branch: br, br_if, br_on_*: `index` is a label. */
bool body_is_branch(const wasm_instruction *i);
body_ins body_make(uint16_t op);
body_ins body_i32(int32_t value);

/* The rewriting passes; each returns whether it changed something. Each
 * needs and keeps a valid body; none makes it larger. */
bool shrink_peephole(body *self);
bool shrink_flow(body *self);
bool shrink_locals(body *self);
/* All of them until nothing changes any more. */
void shrink_rewrite(body *self);
/* Gives an empty list in `code` and returns the full one, which stays
 * readable until the next call or body_index. */
body_ins *body_swap(body *self, uint32_t room);

#endif
