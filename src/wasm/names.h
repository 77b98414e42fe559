/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The name section (specification 3.0, appendix 7.4.1). */
#ifndef WASM_NAMES_H
#define WASM_NAMES_H

#include "base/buffer.h"
#include "wasm/module.h"

/* Subsections; the number is the id in the binary. */
typedef enum wasm_name_kind {
    WASM_NAME_MODULE,
    WASM_NAME_FUNCTION,
    WASM_NAME_LOCAL, /* indirect: function, local */
    WASM_NAME_LABEL, /* indirect: function, label */
    WASM_NAME_TYPE,
    WASM_NAME_TABLE,
    WASM_NAME_MEMORY,
    WASM_NAME_GLOBAL,
    WASM_NAME_ELEM,
    WASM_NAME_DATA,
    WASM_NAME_FIELD, /* indirect: type, field */
    WASM_NAME_TAG,
    WASM_NAME_KINDS
} wasm_name_kind;

typedef struct wasm_name {
    uint32_t outer; /* indirect kinds: function or type; else 0 */
    uint32_t index;
    slice text;
} wasm_name;

/* Names of each kind, sorted by (outer, index), each pair once. */
typedef struct wasm_names {
    slice module;
    struct {
        wasm_name *items;
        uint32_t count;
    } of[WASM_NAME_KINDS];
} wasm_names;

/* Reads the section of a module into `memory`. A damaged section
 * is no error: what could be read stays (the specification asks so). */
whit_status wasm_names_read(const wasm_module *module, arena *memory,
                            wasm_names *out, whit_error *error) WHIT_MUST_CHECK;
/* Finds a name; size 0 when there is none. */
slice wasm_names_get(const wasm_names *self, wasm_name_kind kind,
                     uint32_t outer, uint32_t index);
/* Appends the payload of a name section. */
void wasm_names_write(const wasm_names *self, buffer *out);

#endif
