/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The generator's state. Types are letters: i l f d v as in opcodes.def, and
 * s (ref null $s), r (ref null $r), n anyref, c funcref, x exnref. */
#ifndef FUZZ_GENERATE_PRIVATE_H
#define FUZZ_GENERATE_PRIVATE_H

#include "generate.h"
#include "wasm/instruction.h"

enum {
    TYPE_STRUCT, /* i32, i8, f64, (ref null $s), i64; all mutable */
    TYPE_ARRAY,  /* mutable i32 */
    TYPE_FIRST_FUNCTION,
    TYPES_MOST = 200,
    FUNCTIONS_MOST = 6,
    LOCALS_MOST = 60,
    STACK_MOST = 48,
    FRAMES_MOST = 9,
    SIGNATURE_MOST = 12,
    GLOBALS = 8,
    TAGS = 3
};

extern const char generate_globals[GLOBALS + 1]; /* their types */
extern const char *const generate_tags[TAGS];    /* their parameters */

typedef enum local_role {
    ROLE_PLAIN,
    ROLE_INDEX,   /* small numbers only: part of addresses */
    ROLE_COUNTER, /* of a loop, which alone writes it */
    ROLE_HIDDEN
} local_role;

typedef struct signature {
    char params[SIGNATURE_MOST];
    char results[SIGNATURE_MOST];
} signature;

typedef struct frame {
    char label[SIGNATURE_MOST]; /* what a branch carries */
    char results[SIGNATURE_MOST];
    unsigned height;
    bool branchable;
    bool dead; /* the rest of the block is not reached */
} frame;

typedef struct generator {
    slice choices;
    size_t at;
    bool watch;
    bool vectors; /* the function uses v128 */
    bool fresh;   /* operands are not taken from the stack */
    buffer *code;
    signature types[TYPES_MOST];
    unsigned type_count;
    unsigned functions[FUNCTIONS_MOST]; /* index in types */
    unsigned function_count;
    unsigned memory_count;
    bool is64[2];
    char locals[LOCALS_MOST + 1];
    uint8_t roles[LOCALS_MOST];
    unsigned local_count;
    unsigned param_count;
    unsigned watch_f32, watch_f64;
    char stack[STACK_MOST * 2 + 1];
    unsigned height;
    frame frames[FRAMES_MOST];
    unsigned depth;
    unsigned loops; /* open ones */
    unsigned steps; /* left in the function */
    const signature *own;
} generator;

/* generate.c */
unsigned generate_choose(generator *g, unsigned below);
uint64_t generate_number(generator *g);
/* The number of a function type, made if need be. */
unsigned generate_type(generator *g, const char *params, const char *results);
void generate_valtype(buffer *out, char type);
void generate_op(generator *g, uint32_t op);
/* An instruction and one number. */
void generate_op1(generator *g, uint32_t op, uint64_t number);
void generate_types(generator *g, char *out, unsigned most);

/* generate_value.c: the operand stack. */
void generate_push(generator *g, char type);
void generate_push_all(generator *g, const char *types);
void generate_pop(generator *g, unsigned count);
unsigned generate_available(const generator *g);
char generate_top(const generator *g);
unsigned generate_local(generator *g, char type, local_role role);
/* A local of the type that may be written, made if need be. */
unsigned generate_any_local(generator *g, char type);
void generate_const(generator *g, char type, uint64_t value);
void generate_value(generator *g, char type);
/* Brings values of the types onto the stack; some may be there already. */
void generate_require(generator *g, const char *types);
/* Takes operands off the stack and puts results there. */
void generate_apply(generator *g, const char *operands, const char *results);
/* Operands and an instruction that has no immediates. */
void generate_simple(generator *g, uint32_t op);
void generate_compare(generator *g);
void generate_integer(generator *g);
void generate_float(generator *g);
void generate_vector(generator *g);
/* A truth value. */
void generate_condition(generator *g);
/* Small numbers as they come in addresses. */
void generate_index(generator *g);
void generate_address(generator *g, unsigned memory);
void generate_load(generator *g);
void generate_store(generator *g);
/* Takes off the top, keeping its value somewhere. */
void generate_sink(generator *g);
/* Makes the stack above `height` be these types. */
void generate_settle(generator *g, const char *types, unsigned height);

/* generate_body.c */
void generate_body(generator *g, const signature *own);

#endif
