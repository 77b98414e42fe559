/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Makes a core module smaller without changing what it does.
 *
 * What is kept: every export that somebody may use, the start function, the
 * effects of instantiation, results and traps of every call. What may
 * change: indices, which trap is hit first by code that cannot continue
 * anyway, the depth of the call stack (small functions are inlined), the
 * identity of functions whose code is equal, and imports that nothing uses:
 * they disappear.
 *
 * The result is valid, and never larger than the input: when nothing was
 * won, the input itself is the result; so it is for object files and shared
 * libraries, whose sections for the linker would no longer be true. */
#ifndef TOOLCHAIN_SHRINK_H
#define TOOLCHAIN_SHRINK_H

#include <stdbool.h>
#include "base/buffer.h"
#include "base/error.h"
#include "base/slice.h"

typedef struct tool_shrink_options {
    /* Keep the name section, renumbered. Names of locals and labels go. */
    bool keep_names;
    /* Keep custom sections that refer to no code (unknown ones are taken for
     * such). Debug information, hints and toolchain notes go in any case:
     * they would be wrong afterwards. */
    bool keep_customs;
    /* Drop exports that linkers add for themselves, and an exported memory
     * that neither code, data nor a host function can use. */
    bool drop_linker_exports;
    /* Names that drop_linker_exports spares. */
    const char *const *keep_exports;
    unsigned keep_export_count;
    /* Keep imports that nothing uses, for hosts that count on being asked. */
    bool keep_imports;
    /* Leave function bodies alone but for their indices. */
    bool keep_bodies;
} tool_shrink_options;

/* Where bytes went; each group is measured on its own. */
typedef enum tool_shrink_group {
    TOOL_SHRINK_CUSTOM,  /* custom sections */
    TOOL_SHRINK_DEAD,    /* code that nothing reaches */
    TOOL_SHRINK_REWRITE, /* rewritten bodies, locals, short LEBs */
    TOOL_SHRINK_INLINE,  /* functions moved into their callers */
    TOOL_SHRINK_MERGE,   /* equal functions */
    TOOL_SHRINK_DATA,    /* zeros in data segments, segments */
    TOOL_SHRINK_INDEX,   /* the rest: declarations, order, sections */
    TOOL_SHRINK_GROUPS
} tool_shrink_group;

typedef struct tool_shrink_stats {
    uint64_t before, after;
    int64_t saved[TOOL_SHRINK_GROUPS]; /* bytes; may be negative */
    uint32_t functions_before, functions_after;
    uint32_t dead, merged, inlined; /* functions */
    bool unchanged;                 /* the input is the result */
    /* ... because the smaller module was not valid: a mistake of ours that
     * costs size, not correctness. */
    bool rejected;
    /* Function index of the input to that of the result, or WASM_NO_INDEX
     * for one that is gone. NULL exactly when `unchanged`. */
    uint32_t *map;
    uint32_t map_count;
} tool_shrink_stats;

/* "custom sections", "unreachable code", ... */
const char *tool_shrink_group_text(tool_shrink_group group);

/* Appends the smaller module. WHIT_MALFORMED or WHIT_INVALID when the input
 * is no valid module. `stats` may be NULL; else it is filled and the caller
 * releases it, after failures too. */
whit_status tool_shrink(slice module, const tool_shrink_options *options,
                        buffer *out, tool_shrink_stats *stats,
                        whit_error *error) WHIT_MUST_CHECK;
void tool_shrink_stats_release(tool_shrink_stats *self);

#endif
