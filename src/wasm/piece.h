/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Pieces of the core format that stand outside of modules, inside
 * components: recursion groups, external types, names; and modules that are
 * a part of a larger text. */
#ifndef WASM_PIECE_H
#define WASM_PIECE_H

#include "base/buffer.h"
#include "wasm/instruction.h"
#include "wasm/lexer.h"
#include "wasm/module.h"
#include "wasm/print.h"

/* What a module imports or exports, with its type. */
typedef struct wasm_external {
    wasm_external_kind kind;
    union {
        uint32_t type; /* function and tag: a type index */
        wasm_table table;
        wasm_memory memory;
        wasm_global global;
    };
} wasm_external;

/* ---- Bytes (visit_items.c, encode.c) ---- */

whit_status wasm_read_byte(wasm_reader *self, uint8_t *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* A name in UTF-8, borrowed from the bytes. */
whit_status wasm_read_name(wasm_reader *self, slice *out,
                           whit_error *error) WHIT_MUST_CHECK;
/* The count of a vector whose items take one byte or more each. */
whit_status wasm_read_count(wasm_reader *self, uint32_t limit, const char *what,
                            uint32_t *out, whit_error *error) WHIT_MUST_CHECK;
/* A `rec` or one type alone; rec_first counts from 0. */
whit_status wasm_read_group(wasm_reader *self, arena *memory,
                            wasm_subtype **types, uint32_t *count,
                            whit_error *error) WHIT_MUST_CHECK;
whit_status wasm_read_external(wasm_reader *self, wasm_external *out,
                               whit_error *error) WHIT_MUST_CHECK;
void wasm_write_group(buffer *out, const wasm_subtype *types, uint32_t count);
void wasm_write_external(buffer *out, const wasm_external *what);

/* ---- Text (text.c, print.c) ---- */

/* Parses the fields from the lexer's place to its end. `name` (data NULL:
 * none) is the module's unless an annotation says another. */
whit_status wasm_text_parse_fields(const wasm_lexer *start, slice name,
                                   wasm_module **out,
                                   whit_error *error) WHIT_MUST_CHECK;
/* Prints the fields on lines of their own, indented below `indent`; in front
 * of them the name as an annotation when it is not `name`. */
whit_status wasm_print_fields(const wasm_module *module,
                              const wasm_print_options *options,
                              unsigned indent, slice name, buffer *out,
                              whit_error *error) WHIT_MUST_CHECK;

#endif
