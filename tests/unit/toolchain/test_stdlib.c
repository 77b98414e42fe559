/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The cache of standard libraries: built once, whole or not at all. */
#include "toolchain/stdlib.h"

#include <sys/wait.h>
#include "fake.h"

static arena memory;
static whit_error error;
static char said[4000];
static const char *sysroot;

static void say(void *context, tool_saying kind, const char *text)
{
    (void)context;
    size_t used = strlen(said);
    snprintf(said + used, sizeof said - used, "%d %s\n", (int)kind, text);
}

static const tool_progress progress = {say, NULL};

static whit_status build(const char *release, tool_target target, bool small)
{
    static tool_rust rust;
    tool_wasi wasi = {.lib = tool_text(&memory, "%s/wasi/lib/wasm32-wasi",
                                       (char *)fake_root.data)};
    tool_rust_choice choice = {.target = target};
    fake_rustc("bin/rustc", release, "a");
    fake_source("a", release);
    fake_cargo("bin/cargo");
    fake_wasi();
    CHECK_INT(tool_find_rust(&choice, &memory, &rust, &error), WHIT_OK);
    tool_stdlib_options options = {.rust = &rust,
                                   .target = target,
                                   .release = small,
                                   .wasi = target == TOOL_WASIP1 ? &wasi : NULL,
                                   .progress = &progress};
    said[0] = 0;
    return tool_stdlib(&options, &memory, &sysroot, &error);
}

static int runs_of_cargo(void)
{
    int count = 0;
    for (const char *p = fake_log("cargo.log"); (p = strchr(p, '\n')); p++)
        count++;
    return count;
}

static bool in_sysroot(const char *rest)
{
    return file_exists(tool_text(&memory, "%s/%s", sysroot, rest));
}

static bool add_name(void *context, const char *name)
{
    size_t used = strlen(context);
    snprintf((char *)context + used, 1000 - used, "%s ", name);
    return true;
}

/* "1.0-...-0123456789abcdef lock " without the hash. */
static const char *cached(void)
{
    static char names[1000];
    names[0] = 0;
    CHECK_INT(file_list(fake_path("cache/rust"), add_name, names, &error),
              WHIT_OK);
    return names;
}

TEST(a_release_library_is_built_for_size)
{
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_OK);
    const char *log = fake_log("cargo.log");
    CHECK(has(log, "-Cpanic=immediate-abort"));
    CHECK(has(log, "-Cembed-bitcode=yes"));
    CHECK(has(log, "optimize_for_size"));
    CHECK(has(log, "--target wasm32-wasip1"));
    CHECK(!strncmp(log, "1|", 2));
    CHECK(in_sysroot("lib/rustlib/wasm32-wasip1/lib/libcore-1.rlib"));
    CHECK(in_sysroot("lib/rustlib/wasm32-wasip1/lib/libstd-1.rlib"));
    CHECK(in_sysroot("lib/rustlib/wasm32-wasip1/lib/self-contained/libc.a"));
    CHECK(!in_sysroot("lib/rustlib/wasm32-wasip1/lib/libcore-1.rmeta"));
    CHECK(!in_sysroot("lib/rustlib/wasm32-wasip1/lib/libwhit_std-1.rlib"));
    CHECK(has(said, "0 building the Rust 1.0.0 standard library"));
    CHECK(has(said, "1 standard library: crate 1, core"));
}

TEST(a_development_library_aborts_as_the_stock_one)
{
    CHECK_INT(build("1.0.0", TOOL_UNKNOWN, false), WHIT_OK);
    CHECK(!has(fake_log("cargo.log"), "immediate-abort"));
    CHECK(has(fake_log("cargo.log"), "--target wasm32-unknown-unknown"));
    CHECK(!in_sysroot("lib/rustlib/wasm32-wasip1/lib/self-contained"));
}

TEST(it_is_built_once_for_each_compiler_and_profile)
{
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_OK);
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_OK);
    CHECK_INT(runs_of_cargo(), 1);
    CHECK_TEXT(said, "");
    CHECK_INT(build("1.0.0", TOOL_WASIP1, false), WHIT_OK);
    CHECK_INT(runs_of_cargo(), 2);
    CHECK_INT(build("1.0.0", TOOL_UNKNOWN, true), WHIT_OK);
    CHECK_INT(runs_of_cargo(), 3);
    CHECK_INT(build("1.0.1", TOOL_WASIP1, true), WHIT_OK);
    CHECK_INT(runs_of_cargo(), 4);
}

TEST(a_failed_build_leaves_nothing_and_shows_the_words)
{
    fake_file("fail", "");
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_TOOL);
    CHECK(has(said, "3 error: broken"));
    CHECK(has(error.message, "1.0.0"));
    CHECK_TEXT(cached(), "lock ");
    CHECK_INT(unlink(fake_path("fail")), 0);
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_OK);
    CHECK(strncmp(cached(), "1.0.0-wasm32-wasip1-release-", 28) == 0);
}

TEST(two_processes_build_it_once)
{
    fflush(stdout);
    pid_t other = fork();
    if (other == 0)
        _exit(build("1.0.0", TOOL_WASIP1, true) == WHIT_OK ? 0 : 1);
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_OK);
    int status = -1;
    CHECK_INT(waitpid(other, &status, 0), other);
    CHECK_INT(status, 0);
    CHECK_INT(runs_of_cargo(), 1);
}

TEST(a_cache_that_cannot_be_made_is_an_error)
{
    fake_file("plain", "");
    setenv("WHIT_CACHE", fake_path("plain/cache"), 1);
    CHECK_INT(build("1.0.0", TOOL_WASIP1, true), WHIT_IO);
    CHECK(has(error.message, "plain"));
}

TEST(the_cache_is_where_the_environment_says)
{
    CHECK_TEXT(tool_cache(&memory), fake_path("cache"));
    setenv("WHIT_CACHE", "", 1);
    setenv("XDG_CACHE_HOME", "/x", 1);
    CHECK_TEXT(tool_cache(&memory), "/x/whit");
    setenv("XDG_CACHE_HOME", "relative", 1);
    setenv("HOME", "/h", 1);
    CHECK_TEXT(tool_cache(&memory), "/h/.cache/whit");
    unsetenv("HOME");
    CHECK(tool_cache(&memory) == NULL);
}

int main(void)
{
    arena_init(&memory);
    RUN_FAKE(a_release_library_is_built_for_size)
    RUN_FAKE(a_development_library_aborts_as_the_stock_one)
    RUN_FAKE(it_is_built_once_for_each_compiler_and_profile)
    RUN_FAKE(a_failed_build_leaves_nothing_and_shows_the_words)
    RUN_FAKE(two_processes_build_it_once)
    RUN_FAKE(a_cache_that_cannot_be_made_is_an_error)
    RUN_FAKE(the_cache_is_where_the_environment_says)
    arena_release(&memory);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
