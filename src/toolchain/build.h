/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit build`: from Rust or C sources to a core module, with the user's own
 * rustc, cargo and clang, unchanged, and on to a component when the module
 * says which world it was made for. */
#ifndef TOOLCHAIN_BUILD_H
#define TOOLCHAIN_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include "base/buffer.h"
#include "toolchain/build_progress.h"
#include "toolchain/find.h"
#include "toolchain/shrink.h"

/* Every pointer may be NULL and every flag false; lists end with NULL. The
 * words are cargo's where cargo has them. */
typedef struct tool_build_options {
    /* One cargo package (its directory or its Cargo.toml), the directory of a
     * project in C (toolchain/project.h), one .rs file, or one or more .c
     * files. NULL or empty: the package around ".". */
    const char *const *inputs;
    const char *manifest_path; /* instead of inputs */
    const char *output;        /* -o; "-" is standard output */
    tool_target target;
    bool target_given; /* else a project may have one of its own */
    bool core;         /* never a component */
    bool release;
    const char *opt_level; /* 0 1 2 3 s z, instead of the profile's */
    bool debug;            /* keep debug information in release too */
    bool small_malloc_off; /* link libc's allocator in release */

    /* Choosing tools. */
    const char *rustc;
    const char *toolchain;

    /* Choosing what of a package is built. For a .rs or .c file `lib` makes a
     * library that only exports, and `bins` a program. */
    bool lib;
    bool bins;
    const char *const *packages; /* -p */
    const char *const *bin;      /* --bin NAME */
    const char *const *example;  /* --example NAME */
    const char *const *features; /* as given, commas included */
    bool all_features;
    bool no_default_features;

    /* Passed on. */
    const char *target_dir;
    const char *jobs;
    bool locked;
    bool offline;
    bool frozen;
    bool verbose;
    bool quiet;
    const char *color;             /* auto, always, never */
    const char *const *cargo_args; /* after our own */
    const char *const *rustc_args;
    const char *const *clang_args;
    const char *const *link_args; /* wasm-ld's own words */

    tool_progress progress;
} tool_build_options;

/* One module that was built. Release modules are shrunk; those with debug
 * information, which shrinking would make wrong, are as linked. What is
 * written is the component if there is one. */
typedef struct tool_built {
    const char *name;        /* "hello" */
    const char *output;      /* where it was written */
    buffer linked;           /* as the linker left it, with its names */
    buffer module;           /* shrunk */
    buffer component;        /* of that module; empty: it has no world */
    tool_shrink_stats stats; /* from linked to module; zero if not shrunk */
} tool_built;

/* Owned by the caller: init before, release after, also after a failure. */
typedef struct tool_build_result {
    arena memory;
    tool_built *modules;
    size_t count;
    /* What the tool that failed ended with (1 when a signal ended it); 0 when
     * the failure was not a tool's. */
    int exit_code;
    int signal; /* the signal that interrupted the build, or 0 */
} tool_build_result;

void tool_build_result_init(tool_build_result *self);
void tool_build_result_release(tool_build_result *self);

/* Tools' diagnostics go to standard error untouched. Temporary files are gone
 * when this returns, also after SIGINT, SIGTERM and SIGHUP, which end the
 * build with TOOL and `signal` set. Outputs are written whole or not at all.
 * TOOL: a tool said no and told why; MISSING_TOOL: the message names the
 * packages; ARGUMENT: the inputs cannot be built together. */
whit_status tool_build(const tool_build_options *options,
                       tool_build_result *result,
                       whit_error *error) WHIT_MUST_CHECK;

#endif
