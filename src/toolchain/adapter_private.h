/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the two halves of linking preview 1 share: what becomes part of the
 * program (adapter_link.c), and how (adapter_merge.c). */
#ifndef TOOLCHAIN_ADAPTER_PRIVATE_H
#define TOOLCHAIN_ADAPTER_PRIVATE_H

#include "toolchain/adapter.h"
#include "wasm/module.h"

#define ADAPTER_REALLOC "cabi_import_realloc"

typedef struct adapter_linker {
    wasm_module *main;
    wasm_module *adapter;
    wasm_module *out;
    uint32_t *main_map;    /* functions, old to new */
    uint32_t *adapter_map; /* the same; WASM_NO_INDEX: not needed */
    uint32_t *type_map;    /* the adapter's */
    bool *needed;          /* functions of the adapter */
    uint32_t *stack;       /* needed, not yet looked at */
    uint32_t depth;
    uint32_t trap;        /* type of the function that stands in for what the
                           * program does not have, or WASM_NO_INDEX */
    uint32_t realloc;     /* in the adapter; WASM_NO_INDEX: not needed */
    uint32_t memory_size; /* the same */
    uint32_t fixed_count; /* imports of the program that stay */
    buffer trimmed;       /* the adapter's bytes */
    buffer scratch;
    whit_error *error;
} adapter_linker;

/* Room for count + 1, with the linked module; NULL when there is none. */
void *adapter_array(adapter_linker *l, size_t count, size_t size);
bool adapter_has_prefix(slice name, const char *prefix);
/* The exported function of that name, or NULL. */
const wasm_export *adapter_function(const wasm_module *module,
                                    const char *name);
/* The adapter has numeric types only. */
bool adapter_same_signature(const wasm_functype *a, const wasm_functype *b);
bool adapter_is_preview1(const wasm_import *import);
/* Whether it is the function that runs the program, which has a start. */
bool adapter_is_run(const adapter_linker *l, const wasm_export *export);
/* Whether the adapter takes it from the host, and it is needed. */
bool adapter_is_from_host(const adapter_linker *l, const wasm_import *import);

/* Fills `out` but for its functions' count; all maps are there. */
whit_status adapter_merge(adapter_linker *l) WHIT_MUST_CHECK;

#endif
