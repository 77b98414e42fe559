/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rust's standard library, built from its sources once and kept. */
#ifndef TOOLCHAIN_STDLIB_H
#define TOOLCHAIN_STDLIB_H

#include "toolchain/build_progress.h"
#include "toolchain/find.h"

/* The cache is $WHIT_CACHE, else $XDG_CACHE_HOME/whit, else ~/.cache/whit:
 *
 *   rust/<release>-<target>-<profile>-<hash>/    a sysroot for rustc
 *       lib/rustlib/<target>/lib/lib*.rlib
 *       lib/rustlib/<target>/lib/self-contained/ -> wasi-libc
 *       about                                    what the hash is made of
 *   guest/runtime-<hash>.o                       see build_guest.c
 *   rust/lock                                    held while one is built
 *
 * A sysroot appears there by one rename when it is whole, so that it is never
 * seen half built; processes that want the same one wait for the first. */

typedef struct tool_stdlib_options {
    const tool_rust *rust; /* with `source` and `cargo` */
    tool_target target;
    bool release;          /* smallest: panic=immediate-abort, opt-level z */
    const tool_wasi *wasi; /* NULL unless the target is wasip1 */
    const tool_progress *progress;
} tool_stdlib_options;

/* The sysroot's path in `memory`, after building it when it is not there. */
whit_status tool_stdlib(const tool_stdlib_options *options, arena *memory,
                        const char **sysroot,
                        whit_error *error) WHIT_MUST_CHECK;

/* The cache directory, which need not exist; NULL when there is no place. */
const char *tool_cache(arena *memory);

#endif
