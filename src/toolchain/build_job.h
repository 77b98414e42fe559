/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the parts of one build share; for src/toolchain/build*.c only. */
#ifndef TOOLCHAIN_BUILD_JOB_H
#define TOOLCHAIN_BUILD_JOB_H

#include "toolchain/build.h"

typedef struct tool_job {
    const tool_build_options *options;
    tool_build_result *result;
    arena *memory;         /* the result's */
    char *work;            /* private directory, removed in the end */
    const char *directory; /* where tools run, NULL is here */
    const char *name;      /* of the result; NULL: that of the first source */
} tool_job;

/* Runs a tool with inherited standard error. Its standard output is inherited
 * too when `output` is NULL, else appended there. A tool that fails is a TOOL
 * error and sets the result's exit_code. */
whit_status tool_job_run(tool_job *job, const tool_list *argv,
                         const tool_list *environment, buffer *output,
                         whit_error *error) WHIT_MUST_CHECK;
/* Reads the linked file, shrinks it, writes it to `output` (job options win
 * when they name one) and adds it to the result. */
whit_status tool_job_finish(tool_job *job, const char *name, const char *linked,
                            const char *output,
                            whit_error *error) WHIT_MUST_CHECK;

/* How to call rustc so that it makes wasm: the compiler, and flags with the
 * sysroot, the linker and the profile's needs. */
typedef struct tool_rust_setup {
    tool_rust rust;
    tool_list flags;
    bool bootstrap; /* flags need RUSTC_BOOTSTRAP=1 */
    bool own_std;   /* std is ours, not the toolchain's */
} tool_rust_setup;

whit_status tool_rust_prepare(tool_job *job, tool_rust_setup *setup,
                              whit_error *error) WHIT_MUST_CHECK;

/* The three kinds of input. */
whit_status tool_build_package(tool_job *job, const char *manifest,
                               whit_error *error) WHIT_MUST_CHECK;
whit_status tool_build_rust_file(tool_job *job, const char *path,
                                 whit_error *error) WHIT_MUST_CHECK;
whit_status tool_build_c(tool_job *job, const char *const *paths,
                         whit_error *error) WHIT_MUST_CHECK;

/* The object of whit's own allocator and memory functions for guests, compiled
 * when the cache does not have it. */
whit_status tool_guest_object(tool_job *job, const tool_clang *clang,
                              const char **object,
                              whit_error *error) WHIT_MUST_CHECK;

/* "--target=..." in the spelling this clang likes. */
const char *tool_clang_target(const tool_clang *clang, tool_target target);

/* What a Rust source file makes when nothing says otherwise. */
typedef enum tool_source_kind {
    TOOL_SOURCE_PROGRAM, /* has a main function at its top level */
    TOOL_SOURCE_LIBRARY,
    TOOL_SOURCE_DECLARED /* says #![crate_type] itself */
} tool_source_kind;

tool_source_kind tool_rust_source_kind(slice source);

#endif
