/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What `whit build` finds on this machine, what it misses, and what to type. */
#ifndef TOOLCHAIN_DOCTOR_H
#define TOOLCHAIN_DOCTOR_H

#include "toolchain/find.h"

typedef enum tool_finding_state {
    TOOL_FOUND,
    TOOL_MISSING, /* something cannot be built without it */
    TOOL_ADVISED, /* modules would be smaller with it */
    TOOL_NOTED    /* seen and not used; `detail` says why */
} tool_finding_state;

/* "found", "missing", "advised", "noted". */
const char *tool_finding_state_text(tool_finding_state state);

/* Strings live in the arena or longer; path, detail, apt and rustup may be
 * NULL. Where both commands are given either one is enough. */
typedef struct tool_finding {
    const char *name; /* "clang" */
    tool_finding_state state;
    const char *path;
    const char *detail; /* version and condition */
    const char *why;    /* what it is needed for */
    const char *apt;    /* "apt install ..." */
    const char *rustup; /* "rustup target add ..." */
} tool_finding;

typedef struct tool_findings {
    tool_finding *items;
    size_t count;
    bool rust; /* Rust can be built for both targets */
    bool c;    /* C can be built */
} tool_findings;

/* Runs every tool that it finds for its version, nothing else; takes about a
 * second. Findings about missing things are not errors. */
whit_status tool_doctor(arena *memory, tool_findings *out,
                        whit_error *error) WHIT_MUST_CHECK;

#endif
