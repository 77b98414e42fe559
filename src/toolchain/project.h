/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Projects with a world: a folder with `wit` in it, whose bindings are made
 * anew when its WIT has changed.
 *
 * In Rust, [package.metadata.whit] of Cargo.toml may say `wit` (a path),
 * `world` and `target` ("unknown" or "wasip1"); what cargo-component keeps
 * under [package.metadata.component] is understood too. Bindings are
 * src/bindings.rs. A project in C has wit/, src with .c files, and bindings/,
 * where its bindings are. Files that are not whit's are never replaced. */
#ifndef TOOLCHAIN_PROJECT_H
#define TOOLCHAIN_PROJECT_H

#include "base/arena.h"
#include "bindgen/generator.h"
#include "toolchain/build_progress.h"

typedef struct tool_project {
    const char *directory;
    const char *wit;    /* NULL: the project has no world */
    const char *world;  /* "": the only one */
    const char *target; /* NULL: nothing said */
} tool_project;

/* Strings live in the arena. `manifest` is a Cargo.toml, or NULL: a folder
 * with a program in C. */
whit_status tool_project_read(tool_project *self, const char *directory,
                              const char *manifest, arena *memory,
                              whit_error *error) WHIT_MUST_CHECK;
/* Whether a folder is a project in C. */
bool tool_project_is_c(const char *directory, arena *memory);

/* Makes the bindings where they are missing or out of date. */
whit_status tool_project_bind(const tool_project *self,
                              const bind_language *language,
                              const bind_options *options, arena *memory,
                              const tool_progress *progress,
                              whit_error *error) WHIT_MUST_CHECK;

/* A world of the package at a path: loads and takes it apart. `set` and
 * `world` are the caller's after success: release both. */
whit_status tool_project_load(const char *wit, const char *name, wit_set **set,
                              bind_world *world,
                              whit_error *error) WHIT_MUST_CHECK;

#endif
