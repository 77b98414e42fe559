/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the printer share; included by print*.c alone. */
#ifndef WASM_PRINT_INTERNAL_H
#define WASM_PRINT_INTERNAL_H

#include "base/map.h"
#include "wasm/instruction.h"
#include "wasm/names.h"
#include "wasm/print.h"

/* An open block of the body that is printed. */
typedef struct print_frame {
    uint16_t op;
    slice label;       /* data NULL: none */
    uint64_t shadowed; /* level its label stood for outside */
} print_frame;

/* A branch hint: offset from the first byte of the locals. */
typedef struct print_hint {
    uint32_t function;
    uint32_t offset;
    uint8_t value;
} print_hint;

/* A growing array on the heap. */
typedef struct print_list {
    void *items;
    size_t count;
    size_t capacity;
} print_list;

typedef struct printer {
    const wasm_module *module;
    wasm_print_options options;
    buffer *out;
    whit_error *error;
    arena scratch;
    unsigned indent;

    wasm_names names;
    /* Per name: whether it is the first of its text in its space, so that it
     * can be an identifier. Parallel to names.of[].items. */
    bool *usable[WASM_NAME_KINDS];
    /* The names a parser will find in the text, in the section's order. */
    print_list printed[WASM_NAME_KINDS];

    print_hint *hints; /* sorted; empty unless the section is canonical */
    uint32_t hint_count;
    uint32_t hints_printed;
    const wasm_code *hint_code; /* the body that hint_base is known of */
    size_t hint_base;           /* bytes of its locals */

    /* The current body. */
    uint32_t function;
    uint32_t label_count; /* index of the next block in the binary */
    map labels;           /* name: level from 1, 0 out of scope */
    print_list frames;
} printer;

/* ---- Pieces (print_pieces.c) ---- */

void wasm_print_newline(printer *p);
void wasm_print_number(printer *p, uint64_t value);
/* $name or $"name". */
void wasm_print_identifier(printer *p, slice name);
/* " $name" or " (@name ...)", and a comment with the index. */
whit_status wasm_print_definition(printer *p, wasm_name_kind kind,
                                  uint32_t outer, uint32_t index);
/* The name of something without a comment; *has tells whether it is named. */
whit_status wasm_print_bare_name(printer *p, wasm_name_kind kind,
                                 uint32_t outer, uint32_t index, bool *has);
/* Identifier or number. */
void wasm_print_reference(printer *p, wasm_name_kind kind, uint32_t outer,
                          uint32_t index);
whit_status wasm_print_names_open(printer *p);
/* Whether the printed identifiers give back these bytes. */
whit_status wasm_print_names_match(printer *p, slice section, bool *out);
/* The label names of blocks; data NULL: none. */
slice wasm_print_label_name(printer *p, uint32_t index);
whit_status wasm_print_push(printer *p, print_list *list, const void *item,
                            size_t size, size_t limit, const char *what);

/* ---- Types (print_types.c) ---- */

void wasm_print_heaptype(printer *p, wasm_heaptype heap);
void wasm_print_valtype(printer *p, wasm_valtype type);
/* " (param ...) (result ...)" of types; without names. */
void wasm_print_signature(printer *p, const wasm_functype *func);
void wasm_print_results(printer *p, const wasm_functype *func);
/* The function type of an index, or NULL. */
const wasm_functype *wasm_print_functype(const printer *p, uint32_t type);
/* " (type n) (param ...) (result ...)" */
void wasm_print_typeuse(printer *p, uint32_t type);
whit_status wasm_print_types(printer *p);

/* ---- Instructions (print_instructions.c, print_body.c, print_fold.c) ---- */

/* Name and immediates, without newline. */
whit_status wasm_print_instruction(printer *p, const wasm_instruction *i);
/* Block structure around it: frames and label names. */
whit_status wasm_print_enter(printer *p, const wasm_instruction *i);
whit_status wasm_print_leave(printer *p, const wasm_instruction *i,
                             uint64_t offset);
bool wasm_print_is_block(uint16_t op);
/* A new line for the instruction at `at`, its branch hint in front. */
void wasm_print_line(printer *p, const wasm_code *code, const uint8_t *at);
whit_status wasm_print_body(printer *p, const wasm_code *code);
whit_status wasm_print_body_folded(printer *p, const wasm_code *code);
/* All instructions but the last `end`, on one line, each after a space. */
whit_status wasm_print_constant(printer *p, slice expr);
/* The instruction of an expression that has one, in parentheses, or all of
 * them behind `(word`. */
whit_status wasm_print_wrapped(printer *p, slice expr, const char *word);

/* ---- Branch hints (print_hints.c) ---- */

whit_status wasm_print_hints_open(printer *p);
/* The annotation of the instruction at `at`, if it has a hint. */
void wasm_print_hint_of(printer *p, const wasm_code *code, const uint8_t *at);

#endif
