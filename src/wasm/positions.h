/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Where the items and instructions of a module stand in the text it came
 * from. The text parser makes it, errors and backtraces ask it; modules
 * from bytes have none.
 *
 * Costs 8 bytes for each item, 16 for each expression (a body or a constant
 * expression), and about 3 for each instruction: these lie in `steps` one
 * behind the other, the first of an expression at `first_step`. A step is
 *   bytes from the instruction before it    unsigned LEB128; 0 for the first
 *   lines from the one before it            signed LEB128; the first: from 0
 *   column                                  unsigned LEB128
 * The last step is the one of the `end` in the expression's last byte. */
#ifndef WASM_POSITIONS_H
#define WASM_POSITIONS_H

#include "wasm/module.h"

/* Both count from 1; columns are characters. */
typedef struct wasm_position {
    uint32_t line;
    uint32_t column;
} wasm_position;

typedef struct wasm_position_run {
    const uint8_t *code; /* the expression's first byte */
    uint32_t size;       /* of the expression */
    uint32_t first_step; /* offset in `steps` */
} wasm_position_run;

/* Invariants: every expression of the module has its run, runs are sorted by
 * address; all of it lies in the module's arena. */
typedef struct wasm_positions {
    /* By section, then by index in the index space: imported items stand
     * at their import, functions under FUNCTION alone. */
    const wasm_position *items[WASM_SECTION_IDS];
    uint32_t item_counts[WASM_SECTION_IDS];
    const wasm_position_run *runs;
    uint32_t run_count;
    const uint8_t *steps;
} wasm_positions;

/* The three leave *out alone and return false when nothing is known. */

/* Of an item; WASM_NO_INDEX: of the section's first. CODE is the same as
 * FUNCTION. */
bool wasm_item_position(const wasm_module *module, wasm_section_id section,
                        uint32_t index, wasm_position *out);
/* Of the instruction that the byte at `at` is part of. */
bool wasm_code_position(const wasm_module *module, const uint8_t *at,
                        wasm_position *out);
/* The same by function and offset, as backtraces have it: bytes from the
 * start of the module, or of the body in a module from text. */
bool wasm_module_position(const wasm_module *module, uint32_t function,
                          uint32_t offset, wasm_position *out);

#endif
