/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the script reader share; included by script*.c alone. */
#ifndef WASM_SCRIPT_INTERNAL_H
#define WASM_SCRIPT_INTERNAL_H

#include "wasm/lexer.h"
#include "wasm/script.h"

typedef struct script_reader {
    wasm_lexer lexer;
    wasm_token token; /* the current token */
    slice text;
    arena *arena; /* of the script */
    whit_error *error;
    wasm_place last; /* last place whose column was counted */
    uint32_t last_column;
} script_reader;

/* A growing array on the heap, moved to the arena when it is complete. */
typedef struct script_list {
    void *items;
    size_t count;
    size_t capacity;
} script_list;

whit_status wasm_script_advance(script_reader *r);
whit_status wasm_script_fail(script_reader *r, const char *expected);
whit_status wasm_script_close(script_reader *r); /* ')' */
bool wasm_script_at_keyword(const script_reader *r, const char *word);
/* The keyword behind the current '('; empty when there is none. */
slice wasm_script_ahead(const script_reader *r);
/* Moves behind '(' and the keyword that follows. */
whit_status wasm_script_enter(script_reader *r);
whit_status wasm_script_string(script_reader *r, slice *out);
whit_status wasm_script_push(script_reader *r, script_list *list,
                             const void *item, size_t size, const char *what);
/* Copies a list into the arena; the list stays the caller's to free. */
whit_status wasm_script_keep(script_reader *r, const script_list *list,
                             size_t size, void *out, uint32_t *count);

/* Constants and patterns up to the next ')' (script_values.c). */
whit_status wasm_script_values(script_reader *r, const wasm_const **out,
                               uint32_t *count);

#endif
