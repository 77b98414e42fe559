/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of the object dump share; nobody else includes this. */
#ifndef WASM_DUMP_PRIVATE_H
#define WASM_DUMP_PRIVATE_H

#include <stdio.h>

#include "base/buffer.h"
#include "wasm/visit.h"

/* Invariant: every byte in front of `place` has been written. */
typedef struct wasm_dumper {
    slice bytes;
    buffer *out;
    buffer text;    /* the meaning of the line under construction */
    uint64_t place; /* byte offset */
    uint32_t count; /* of the vector whose items come next */
} wasm_dumper;

/* Lines for the bytes from the place to `end`, the meaning on the first. */
void wasm_dump_line(wasm_dumper *self, uint64_t end, slice meaning);
/* A line for each instruction of a body or expression. */
whit_status wasm_dump_code(wasm_dumper *self, slice code,
                           whit_error *error) WHIT_MUST_CHECK;

#endif
