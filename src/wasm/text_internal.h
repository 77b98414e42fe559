/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the text parser share; included by text*.c alone, and by
 * the text parser of components, which reads core types with it.
 *
 * The text is read three times: once to give every identifier its index
 * (fields may refer forwards), once for the types, once for the rest. Every
 * function returns a status and leaves the details in `error` of the
 * parser. Nothing recurses: expressions have a stack of frames. */
#ifndef WASM_TEXT_INTERNAL_H
#define WASM_TEXT_INTERNAL_H

#include "base/buffer.h"
#include "base/limits.h"
#include "base/map.h"
#include "wasm/features.h"
#include "wasm/instruction.h"
#include "wasm/lexer.h"
#include "wasm/module.h"
#include "wasm/names.h"
#include "wasm/positions.h"

typedef enum text_space {
    TEXT_TYPE,
    TEXT_FUNC,
    TEXT_TABLE,
    TEXT_MEMORY,
    TEXT_GLOBAL,
    TEXT_TAG,
    TEXT_ELEM,
    TEXT_DATA,
    TEXT_SPACES
} text_space;

/* An annotation that stands in front of the token at `before`. Whoever
 * understands it there takes it; one that is left is misplaced. */
typedef struct text_note {
    wasm_annotation kind;
    const uint8_t *before;
    wasm_place place;
    slice name;     /* custom: section name */
    slice bytes;    /* name: the name; others: contents */
    uint32_t after; /* custom: see wasm_custom */
} text_note;

/* A growing array on the heap. */
typedef struct text_list {
    void *items;
    size_t count;
    size_t capacity;
} text_list;

typedef enum text_frame_kind {
    TEXT_FRAME_BLOCK, /* block, loop, try_table; ends with `end` */
    TEXT_FRAME_IF,    /* ends with `else` or `end` */
    TEXT_FRAME_ELSE,
    TEXT_FRAME_FOLDED,       /* (op ...: waits for its operands */
    TEXT_FRAME_FOLDED_BLOCK, /* (block ... */
    TEXT_FRAME_FOLDED_IF,    /* (if ...: condition, then `(then` */
    TEXT_FRAME_FOLDED_THEN,
    TEXT_FRAME_BEHIND_THEN,
    TEXT_FRAME_FOLDED_ELSE,
    TEXT_FRAME_BEHIND_ELSE
} text_frame_kind;

typedef struct text_frame {
    text_frame_kind kind;
    bool has_hint;
    uint8_t hint;
    slice label;            /* data NULL: none */
    slice label_name;       /* for the name section */
    uint64_t shadowed;      /* level that `label` stood for outside */
    size_t pending;         /* start of the waiting instruction in `pending` */
    wasm_position position; /* of the instruction's name */
    wasm_place place;
} text_frame;

/* A branch hint of the current body. */
typedef struct text_hint {
    size_t offset;
    uint8_t value;
} text_hint;

typedef struct text_parser {
    wasm_lexer lexer;
    wasm_token token; /* the current token */
    wasm_token ahead; /* the next, when has_ahead */
    bool has_ahead;
    whit_status ahead_status; /* of reading `ahead` */
    whit_error *error;
    wasm_features features;
    wasm_module *module;
    arena scratch; /* until the end of the parse */
    text_list notes;

    map ids[TEXT_SPACES];
    uint32_t declared[TEXT_SPACES];
    map field_ids;  /* 4 bytes type index, then the id */
    map signatures; /* encoded function type: type index */
    map locals;     /* of the current function */
    map labels;     /* level from 1, or 0 when out of scope */
    uint32_t label_depth;
    uint32_t label_count; /* blocks of the current function so far */
    uint32_t function;    /* current function */
    bool in_function;

    text_list type_ends; /* wasm_lexer behind each `type` or `rec` field */
    text_list types, imports, functions, tables, memories, globals, tags,
        exports, elems, datas, customs;
    bool defined[WASM_EXTERN_KINDS]; /* a definition was seen: no imports */
    text_list params;                /* wasm_valtype of the last type use */
    text_list results;
    text_list param_names; /* wasm_name of the last type use */
    text_list locals_list; /* wasm_local_group */
    text_list frames;
    text_list hints;
    text_list names[WASM_NAME_KINDS];
    slice module_name; /* data NULL: none */
    buffer code;       /* the current expression */
    buffer pending;    /* instructions that wait for their operands */
    buffer list;       /* LEB-coded immediates of one instruction */
    buffer key;
    buffer hint_section; /* entries of the branch hint section */
    uint32_t hint_functions;

    wasm_place counted; /* last place whose column was counted */
    uint32_t counted_column;
    wasm_position field;                        /* of the current field */
    text_list item_positions[WASM_SECTION_IDS]; /* as in wasm_positions */
    text_list runs;
    buffer steps;
    size_t run_step;    /* first step of the current expression */
    size_t step_code;   /* bytes of `code` in front of the last step's */
    uint32_t step_line; /* of the last step */
} text_parser;

/* Frees what the parser holds, but not its module (text.c). */
void wasm_text_release(text_parser *p);

/* ---- Tokens (text_tokens.c) ---- */

whit_status wasm_text_push(text_parser *p, text_list *list, const void *item,
                           size_t size, size_t limit, const char *what);
/* Reads the first token at the lexer's place. */
whit_status wasm_text_start(text_parser *p);
whit_status wasm_text_advance(text_parser *p);
/* Fails when an annotation in front of the current token was not taken. */
whit_status wasm_text_no_notes(text_parser *p);
/* Whether the next tokens are '(' and this keyword. */
bool wasm_text_at_form(text_parser *p, const char *keyword);
bool wasm_text_at_keyword(const text_parser *p, const char *keyword);
bool wasm_text_at_index(const text_parser *p);
/* Kind of the token behind the current one; EOF when it is no token. */
wasm_token_kind wasm_text_ahead_kind(text_parser *p);
slice wasm_text_ahead(text_parser *p);
/* Moves behind '(' and the keyword that follows. */
whit_status wasm_text_enter(text_parser *p);
whit_status wasm_text_close(text_parser *p); /* ')' */
whit_status wasm_text_keyword(text_parser *p, const char *keyword);
/* The error for a token that has no place here. */
whit_status wasm_text_unexpected(text_parser *p, const char *expected);
whit_status wasm_text_fail(text_parser *p, const char *format, ...)
    WHIT_PRINTF(2, 3);
/* A string, in the module's memory; with or without a check for UTF-8. */
whit_status wasm_text_string(text_parser *p, slice *out);
whit_status wasm_text_name_string(text_parser *p, slice *out);
/* An optional identifier, then perhaps (@name): the first is *id, what the
 * name section shall say is *name. Absent ones have data NULL. */
whit_status wasm_text_id(text_parser *p, slice *id, slice *name);
/* NAT of at most `bits` bits. */
whit_status wasm_text_nat(text_parser *p, unsigned bits, const char *what,
                          uint64_t *out);
whit_status wasm_text_index(text_parser *p, text_space space, uint32_t *out);
whit_status wasm_text_local(text_parser *p, uint32_t *out);
whit_status wasm_text_label(text_parser *p, uint32_t *out);
whit_status wasm_text_declare(text_parser *p, text_space space, slice id,
                              wasm_place place);
whit_status wasm_text_name_add(text_parser *p, wasm_name_kind kind,
                               uint32_t outer, uint32_t index, slice name);
bool wasm_text_field_get(text_parser *p, uint32_t type, slice id,
                         uint64_t *out);
whit_status wasm_text_field_set(text_parser *p, uint32_t type, slice id,
                                uint64_t field);

/* ---- Annotations (text_annotations.c) ---- */

/* Reads an annotation whose start is *start into the notes. */
whit_status wasm_text_note_read(text_parser *p, const wasm_token *start);
whit_status wasm_text_note_misplaced(text_parser *p, const text_note *note);
/* Takes the first note of a kind in front of the current token. */
bool wasm_text_note_take(text_parser *p, wasm_annotation kind, text_note *out);
/* Handles those in front of a module field. */
whit_status wasm_text_module_notes(text_parser *p, bool first);
/* Closes a body that begins behind `locals_size` bytes. */
whit_status wasm_text_hints_end(text_parser *p, size_t locals_size);
/* Puts customs into the order of the binary, name and hints with them. */
whit_status wasm_text_customs_finish(text_parser *p);

/* ---- Positions (text_positions.c) ---- */

/* Fast when places are asked for in the order of the text. */
wasm_position wasm_text_position(text_parser *p, wasm_place place);
/* Of the item that is next in the index space of a section. */
whit_status wasm_text_item(text_parser *p, wasm_section_id section,
                           wasm_position position);
/* Begins an expression in `code`. */
void wasm_text_run_begin(text_parser *p);
/* The instruction that is appended to `code` next stands there. */
void wasm_text_step(text_parser *p, wasm_position position);
/* Appends the `end`, which stands at `end`, and moves the expression into
 * the module's memory. */
whit_status wasm_text_run_end(text_parser *p, wasm_position end, slice *out);
whit_status wasm_text_positions_finish(text_parser *p);
void wasm_text_positions_release(text_parser *p);

/* ---- Hints for errors (text_hints.c) ---- */

/* Whether the format has this word at all. */
bool wasm_text_word_known(slice word);
/* Whether it is offset=N or align=N, which are one token. */
bool wasm_text_memarg_word(slice word);
/* The known word nearest to a wrong one, or NULL. */
slice wasm_text_word_near(slice word);
/* The first instruction of that name. */
bool wasm_text_opcode(slice word, uint16_t *op);

/* ---- Types (text_types.c) ---- */

typedef struct text_typeuse {
    bool has_type;
    bool has_inline; /* some (param) or (result) was written */
    uint32_t type;
} text_typeuse;

whit_status wasm_text_valtype(text_parser *p, wasm_valtype *out);
bool wasm_text_at_reftype(text_parser *p);
whit_status wasm_text_reftype(text_parser *p, wasm_valtype *out);
whit_status wasm_text_heaptype(text_parser *p, wasm_heaptype *out);
/* An optional i32 or i64 in front of limits; not part of the two below. */
whit_status wasm_text_address_type(text_parser *p, bool *is64);
whit_status wasm_text_tabletype(text_parser *p, wasm_table *out);
whit_status wasm_text_memtype(text_parser *p, wasm_memory *out);
whit_status wasm_text_globaltype(text_parser *p, wasm_global *out);
/* Fills params, results and param_names of the parser. */
whit_status wasm_text_typeuse_read(text_parser *p, bool named,
                                   text_typeuse *out);
/* The type index of a type use, made when there is none yet. */
whit_status wasm_text_typeuse_index(text_parser *p, const text_typeuse *use,
                                    wasm_place place, uint32_t *out);
whit_status wasm_text_results(text_parser *p, bool *any);
/* (sub ...), (func ...), (struct ...) or (array ...). */
whit_status wasm_text_subtype(text_parser *p, wasm_subtype *out);
/* Reads a `type` or `rec` field. */
whit_status wasm_text_type_field(text_parser *p);
/* Parameters of a type; 0 when there is no such function type. */
uint32_t wasm_text_param_count(const text_parser *p, uint32_t type);

/* ---- Expressions ---- */

/* Immediates of the instruction whose name was just read (text_immediates.c);
 * may change the opcode to a variant. */
whit_status wasm_text_immediates(text_parser *p, wasm_instruction *out);
whit_status wasm_text_blocktype(text_parser *p, wasm_blocktype *out);
whit_status wasm_text_catches(text_parser *p, wasm_instruction *out);
/* Instructions up to the ')' that closes the form around them, or one folded
 * instruction; appended to `code` (text_expressions.c). */
whit_status wasm_text_instructions(text_parser *p);
whit_status wasm_text_folded(text_parser *p);
/* A constant expression with its `end`, in the module's memory. */
whit_status wasm_text_constant(text_parser *p, bool folded, slice *out);

/* ---- Fields (text_fields.c, text_segments.c) ---- */

whit_status wasm_text_field(text_parser *p);
whit_status wasm_text_elem_field(text_parser *p);
whit_status wasm_text_data_field(text_parser *p);
/* The (elem ...) or (data ...) inside of a table or memory field; *count is
 * the size they give it. */
whit_status wasm_text_inline_elem(text_parser *p, uint32_t table,
                                  const wasm_table *type, uint64_t *count);
whit_status wasm_text_inline_data(text_parser *p, uint32_t memory, bool is64,
                                  uint64_t *pages);

#endif
