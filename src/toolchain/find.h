/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Finding the compilers, linkers and libraries that `whit build` drives. */
#ifndef TOOLCHAIN_FIND_H
#define TOOLCHAIN_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "base/error.h"

/* Where tools are looked for:
 *   WHIT_RUSTC, WHIT_CARGO, WHIT_CLANG, WHIT_LINKER   exactly this program
 *   WHIT_TOOL_PATH    directories with colons between, instead of PATH and of
 *                     the places where distributions and rustup put tools
 *   WASI_SYSROOT, WASI_SDK_PATH    wasi-libc */

typedef enum tool_target { TOOL_WASIP1, TOOL_UNKNOWN } tool_target;

/* The name rustc has for it: "wasm32-wasip1", "wasm32-unknown-unknown". */
const char *tool_target_triple(tool_target target);

/* printf into an arena; NULL when the heap is exhausted. */
char *tool_text(arena *memory, const char *format, ...) WHIT_PRINTF(2, 3);

/* A NULL-terminated list of strings that live in an arena or longer. A failed
 * growth is remembered, and tool_list_status reports it. */
typedef struct tool_list {
    arena *memory;
    const char **items; /* NULL while empty */
    size_t count;
    size_t capacity;
    bool failed;
} tool_list;

void tool_list_init(tool_list *self, arena *memory);
/* NULL is a failure, so that the result of tool_text can be added. */
void tool_list_add(tool_list *self, const char *text);
void tool_list_addf(tool_list *self, const char *format, ...) WHIT_PRINTF(2, 3);
/* Copies a NULL-terminated array, which may be NULL. */
void tool_list_all(tool_list *self, const char *const *items);
whit_status tool_list_status(const tool_list *self,
                             whit_error *error) WHIT_MUST_CHECK;

/* One installed Rust. Strings live in the arena of the search; those that do
 * not apply are NULL. */
typedef struct tool_rust {
    const char *rustc;    /* the compiler itself, not rustup's proxy */
    const char *cargo;    /* its own cargo, else the first in PATH, or NULL */
    const char *release;  /* "1.96.0" */
    const char *host;     /* "x86_64-unknown-linux-gnu" */
    const char *identity; /* all that `rustc -vV` says */
    const char *sysroot;
    const char *libdir; /* where std for the target is or would be; NULL when
                           this rustc does not know the target */
    const char *source; /* directory with library/ of this release, or NULL */
    bool has_std;       /* libdir has core and std */
    bool by_rustup;
} tool_rust;

typedef struct tool_rust_choice {
    const char *rustc;     /* only this one; NULL */
    const char *toolchain; /* only this rustup toolchain or directory; NULL */
    const char *directory; /* where rust-toolchain.toml is looked for; NULL */
    tool_target target;
} tool_rust_choice;

/* Every Rust there is, in order of preference, without duplicates. */
whit_status tool_list_rust(const tool_rust_choice *choice, arena *memory,
                           tool_rust **all, size_t *count,
                           whit_error *error) WHIT_MUST_CHECK;
/* The first that has std for the target, else the first whose std can be
 * built; else MISSING_TOOL with the one message that says what to install. */
whit_status tool_find_rust(const tool_rust_choice *choice, arena *memory,
                           tool_rust *out, whit_error *error) WHIT_MUST_CHECK;
/* That message: packages for apt, components for rustup. */
extern const char tool_rust_advice[];

/* A linker for WebAssembly: WHIT_LINKER, the Rust's own rust-lld (`rust` may
 * be NULL), wasm-ld of LLVM `major` (0: any), the newest wasm-ld. */
whit_status tool_find_linker(const tool_rust *rust, int major, arena *memory,
                             const char **path,
                             whit_error *error) WHIT_MUST_CHECK;

/* wasi-libc. The files are lib/crt1-command.o, lib/libc.a, include/stdio.h.
 * A Rust with the wasip1 target brings one without headers, which is taken
 * when `rust` is given. */
typedef struct tool_wasi {
    const char *lib;
    const char *include; /* NULL when there are no headers */
} tool_wasi;

whit_status tool_find_wasi(const tool_rust *rust, arena *memory, tool_wasi *out,
                           whit_error *error) WHIT_MUST_CHECK;

typedef struct tool_clang {
    const char *path;
    const char *version; /* "clang version 22.1.8 ..." */
    int major;
    const char *builtins; /* compiler-rt's archive for wasm32, or NULL */
} tool_clang;

/* WHIT_CLANG, else the newest with builtins, else the newest. */
whit_status tool_find_clang(arena *memory, tool_clang *out,
                            whit_error *error) WHIT_MUST_CHECK;

/* The first line a program prints when asked for its version, or NULL. */
const char *tool_version(const char *path, arena *memory);
/* What a program prints, without the last line feed; NULL when it cannot be
 * run or fails. `environment` as in process_spec. */
const char *tool_ask(const char *const *argv, const char *const *environment,
                     const char *directory, arena *memory);
/* The executable `name` in the places described above, or NULL. */
const char *tool_which(const char *name, arena *memory);

#endif
