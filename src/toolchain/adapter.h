/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Programs of preview 1 as programs of WASI 0.2.
 *
 * The adapter is a core module of our own (guest/adapter) that answers the
 * functions of `wasi_snapshot_preview1` by those of WASI 0.2. It comes in two
 * sizes: TOOL_ADAPTER_STDIO for programs that cannot come by a descriptor
 * beyond the three streams, and TOOL_ADAPTER_FILES, which has everything.
 *
 * It can be given to `component new` as any adapter is. Linking it is the
 * smaller way: what the program uses of it becomes part of the program's own
 * module, which then imports WASI 0.2 by its core names and says so in
 * `component-type` sections, like a program written for a world. Then there
 * is neither a second module nor a shim between the two.
 *
 * Linking also answers the program's `memory.size`: as long as memory that
 * the adapter took is the last there is, the program does not see it, because
 * many an allocator takes all that is there when it is first used. */
#ifndef TOOLCHAIN_ADAPTER_H
#define TOOLCHAIN_ADAPTER_H

#include "base/buffer.h"
#include "base/error.h"
#include "wasm/module.h"

#define TOOL_ADAPTER_NAME "wasi_snapshot_preview1"

typedef enum tool_adapter_size {
    TOOL_ADAPTER_STDIO,
    TOOL_ADAPTER_FILES
} tool_adapter_size;

/* The smallest that answers all the module imports; WHIT_INVALID names an
 * import that is none of preview 1. */
whit_status tool_adapter_choose(const wasm_module *module,
                                tool_adapter_size *size,
                                whit_error *error) WHIT_MUST_CHECK;
/* A core module, with the `component-type` sections of a command (exports
 * wasi:cli/run) or of a library. */
slice tool_adapter_module(tool_adapter_size size);
/* Whether anything is imported from preview 1. */
bool tool_adapter_wanted(const wasm_module *module);

/* Appends `module` with preview 1 linked in; a module that imports nothing of
 * it is copied. A program with `_start` exports wasi:cli/run instead. Debug
 * information is dropped, names are kept. WHIT_INVALID or WHIT_MALFORMED when
 * the module is not valid or cannot be linked: unknown names, other types,
 * a memory that is imported, 64-bit or not exported. */
whit_status tool_adapter_link(slice module, buffer *out,
                              whit_error *error) WHIT_MUST_CHECK;

#endif
