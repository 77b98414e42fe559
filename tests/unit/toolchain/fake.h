/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * A machine in a directory: scripts that answer as rustc, cargo, clang and
 * wasm-ld do, so that searches and builds are tested without any of them.
 *
 * fake_begin makes the directory and points WHIT_TOOL_PATH at its bin/;
 * fake_end removes it. fake_path gives one of a few rotating strings. */
#ifndef FAKE_H
#define FAKE_H

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "platform/file.h"
#include "../test.h"

/* No test needs all of it. */
#define FAKE __attribute__((unused)) static

static buffer fake_root;
static whit_error fake_error;

FAKE const char *fake_path(const char *rest)
{
    static char paths[8][600];
    static unsigned turn;
    char *path = paths[turn++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", (char *)fake_root.data, rest);
    return path;
}

FAKE void fake_file(const char *rest, const char *text)
{
    char path[600];
    snprintf(path, sizeof path, "%s", fake_path(rest));
    char *slash = strrchr(path, '/');
    *slash = 0;
    CHECK_INT(file_make_directories(path, &fake_error), WHIT_OK);
    *slash = '/';
    CHECK_INT(file_write(path, slice_text(text), &fake_error), WHIT_OK);
}

/* A shell script; "@" in the text stands for the machine's directory. */
FAKE void fake_program(const char *rest, const char *text)
{
    buffer script;
    buffer_init(&script);
    buffer_text(&script, "#!/bin/sh\n");
    for (; *text; text++)
        if (*text == '@')
            buffer_text(&script, (char *)fake_root.data);
        else
            buffer_put(&script, (uint8_t)*text);
    fake_file(rest, buffer_string(&script) ? (char *)script.data : "");
    buffer_release(&script);
    CHECK_INT(chmod(fake_path(rest), 0755), 0);
}

/* What its first argument asks a rustc for. `release` and the sysroot are
 * what it answers; it knows both targets. As a compiler it writes its
 * arguments and RUSTC_BOOTSTRAP to @/rustc.log and a module to -o. */
FAKE void fake_rustc(const char *rest, const char *release, const char *sysroot)
{
    char text[2000];
    snprintf(text, sizeof text,
             "case \"$1\" in\n"
             "-vV) printf 'rustc %s\\nbinary: rustc\\nhost: h-os\\n"
             "release: %s\\n' ;;\n"
             "--print) echo @/%s; for a in $*; do t=$a; done\n"
             "  echo @/%s/lib/rustlib/$t/lib ;;\n"
             "*) echo \"$RUSTC_BOOTSTRAP $*\" >@/rustc.log\n"
             "  test -f @/fail && { echo 'error: no' >&2; exit 3; }\n"
             "  while [ $# -gt 1 ]; do shift; test \"$1\" = -o && "
             "printf '\\0asm\\1\\0\\0\\0' >\"$2\"; done; true ;;\n"
             "esac\n",
             release, release, sysroot, sysroot);
    fake_program(rest, text);
}

FAKE void fake_std(const char *sysroot, const char *triple)
{
    char name[300];
    static const char *const crates[] = {"core", "std"};
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s/lib/rustlib/%s/lib/lib%s-1.rlib",
                 sysroot, triple, crates[i]);
        fake_file(name, "");
    }
}

FAKE void fake_source(const char *sysroot, const char *release)
{
    char name[300];
    snprintf(name, sizeof name,
             "%s/lib/rustlib/src/rust/library/core/Cargo.toml", sysroot);
    fake_file(name, "");
    snprintf(name, sizeof name,
             "%s/lib/rustlib/src/rust/library/vendor/x/Cargo.toml", sysroot);
    fake_file(name, "");
    snprintf(name, sizeof name, "%s/lib/rustlib/src/rust/src/version", sysroot);
    if (release)
        fake_file(name, release);
}

/* Its build-std leaves two crates, or fails when @/fail is there; each run
 * adds a line to @/cargo.log. */
FAKE void fake_cargo(const char *rest)
{
    fake_program(
        rest, "test \"$1\" = build || exit 1\n"
              "echo \"$RUSTC_BOOTSTRAP|$CARGO_ENCODED_RUSTFLAGS|$*\" "
              ">>@/cargo.log\n"
              "test -f @/fail && { echo 'error: broken' >&2; exit 101; }\n"
              "case \"$*\" in *build-std*)\n"
              "  echo '   Compiling core v0.0.0 (/x)' >&2\n"
              "  d=$CARGO_TARGET_DIR/$4/release/deps; mkdir -p $d\n"
              "  touch $d/libcore-1.rlib $d/libstd-1.rlib $d/libcore-1.rmeta "
              "$d/libwhit_std-1.rlib ;;\n"
              "*) cat @/messages ;;\n"
              "esac\n");
}

FAKE void fake_wasi(void)
{
    fake_file("wasi/lib/wasm32-wasi/crt1-command.o", "");
    fake_file("wasi/lib/wasm32-wasi/libc.a", "");
    fake_file("wasi/include/wasm32-wasi/stdio.h", "");
    setenv("WASI_SYSROOT", fake_path("wasi"), 1);
}

/* Logs to @/clang.log, and makes whatever -o names. */
FAKE void fake_clang(const char *rest, const char *version, bool builtins)
{
    char text[1000];
    snprintf(text, sizeof text,
             "case \"$*\" in\n"
             "--version) echo 'clang version %s' ;;\n"
             "*print-libgcc*) echo @/builtins%s ;;\n"
             "*) echo \"$*\" >>@/clang.log\n"
             "  test -f @/fail && exit 1\n"
             "  while [ $# -gt 1 ]; do shift; test \"$1\" = -o && "
             ">\"$2\"; done; true ;;\n"
             "esac\n",
             version, builtins ? ".a" : "-none.a");
    fake_program(rest, text);
    fake_file("builtins.a", "");
}

FAKE void fake_linker(const char *rest)
{
    fake_program(rest, "test \"$1\" = --version && echo LLD && exit\n"
                       "echo \"$*\" >@/ld.log\n"
                       "while [ $# -gt 1 ]; do shift; test \"$1\" = -o && "
                       "printf '\\0asm\\1\\0\\0\\0' >\"$2\"; done; true\n");
}

/* The whole text of a log, or "". Valid until the next call. */
FAKE const char *fake_log(const char *rest)
{
    static buffer text;
    buffer_clear(&text);
    if (file_read(fake_path(rest), 100000, &text, &fake_error) != WHIT_OK)
        return "";
    return buffer_string(&text);
}

FAKE bool has(const char *text, const char *part)
{
    return text && strstr(text, part) != NULL;
}

FAKE void fake_begin(void)
{
    static const char *const unset[] = {
        "WHIT_RUSTC",     "WHIT_CARGO",   "WHIT_CLANG",
        "WHIT_LINKER",    "WASI_SYSROOT", "WASI_SDK_PATH",
        "RUSTC",          "RUSTFLAGS",    "CARGO_ENCODED_RUSTFLAGS",
        "RUSTC_BOOTSTRAP"};
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++)
        unsetenv(unset[i]);
    buffer_init(&fake_root);
    if (file_temporary_directory("whit-fake", &fake_root, &fake_error)) {
        printf("%s\n", fake_error.message);
        exit(1);
    }
    setenv("WHIT_TOOL_PATH", fake_path("bin"), 1);
    setenv("WHIT_CACHE", fake_path("cache"), 1);
    setenv("RUSTUP_HOME", fake_path("rustup"), 1);
}

FAKE void fake_end(void)
{
    CHECK_INT(file_remove_tree((char *)fake_root.data, &fake_error), WHIT_OK);
    buffer_release(&fake_root);
}

#define RUN_FAKE(test)                                 \
    do {                                               \
        test_failures = 0;                             \
        fake_begin();                                  \
        test();                                        \
        fake_end();                                    \
        test_failures ? test_failed++ : test_passed++; \
        if (test_failures)                             \
            printf("FAILED %s\n", #test);              \
    } while (0);

#endif
