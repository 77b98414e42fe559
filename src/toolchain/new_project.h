/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * `whit new`: a project for a world that builds as it is, with `whit build`
 * and with the language's own tools, without network.
 *
 * A project in Rust has its bindings and the crate `whit` inside. Its source
 * implements the world: an example for the two worlds that whit has itself,
 * functions that end the instance for any other. */
#ifndef TOOLCHAIN_NEW_PROJECT_H
#define TOOLCHAIN_NEW_PROJECT_H

#include "bindgen/generator.h"
#include "toolchain/build_progress.h"

typedef struct tool_new_options {
    const char *path; /* of the folder to make; its last part is the name */
    const bind_language *language;
    /* A WIT file or folder, copied into the project; NULL: the world is
     * "library" (the default) or "command", and whit has its WIT. */
    const char *wit;
    const char *world; /* NULL: the only one */
    tool_progress progress;
} tool_new_options;

/* EXISTS-like mistakes are ARGUMENT errors: the folder has something in it,
 * the name is no name. Nothing is left behind by a failure that can be seen
 * before the first file is written. */
whit_status tool_new_project(const tool_new_options *options,
                             whit_error *error) WHIT_MUST_CHECK;

#endif
