/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Which Rust, clang, linker and wasi-libc are taken, and what is said when
 * there are none. */
#include "toolchain/find.h"

#include "base/memory.h"
#include "fake.h"

static arena memory;
static whit_error error;
static tool_rust rust;

static whit_status find(tool_target target)
{
    tool_rust_choice choice = {.target = target};
    return tool_find_rust(&choice, &memory, &rust, &error);
}

TEST(nothing_installed_names_the_packages)
{
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "apt install rustc-web rust-web-src cargo-web"));
    CHECK(has(error.message, "rustup target add wasm32-wasip1"));
    CHECK(has(error.message, "rustup component add rust-src"));
    CHECK_INT(find(TOOL_UNKNOWN), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "rustup target add wasm32-unknown-unknown"));
}

TEST(a_toolchain_with_the_target_wins_over_sources)
{
    char path[1300];
    snprintf(path, sizeof path, "%s:%s", fake_path("a/bin"),
             fake_path("b/bin"));
    setenv("WHIT_TOOL_PATH", path, 1);
    fake_rustc("a/bin/rustc", "1.0.0", "a");
    fake_source("a", "1.0.0");
    fake_cargo("a/bin/cargo");
    fake_rustc("b/bin/rustc", "2.0.0", "b");
    fake_std("b", "wasm32-wasip1");
    CHECK_INT(find(TOOL_WASIP1), WHIT_OK);
    CHECK_TEXT(rust.release, "2.0.0");
    CHECK(rust.has_std && !rust.source);
    CHECK_INT(find(TOOL_UNKNOWN), WHIT_OK);
    CHECK_TEXT(rust.release, "1.0.0");
    CHECK(!rust.has_std && rust.source);
    CHECK_TEXT(rust.cargo, fake_path("a/bin/cargo"));
    CHECK_TEXT(rust.host, "h-os");
}

TEST(core_alone_is_no_standard_library)
{
    fake_rustc("bin/rustc", "1.0.0", "a");
    fake_file("a/lib/rustlib/wasm32-wasip1/lib/libcore-1.rlib", "");
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
}

TEST(sources_of_another_release_are_not_taken)
{
    fake_rustc("bin/rustc", "1.5.0", "a");
    fake_cargo("bin/cargo");
    fake_source("a", "1.6.0\n");
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
    fake_source("a", "1.5.0\n");
    CHECK_INT(find(TOOL_WASIP1), WHIT_OK);
}

TEST(rustups_sources_say_no_release)
{
    fake_rustc("bin/rustc", "1.5.0-nightly", "a");
    fake_cargo("bin/cargo");
    fake_source("a", NULL);
    CHECK_INT(find(TOOL_WASIP1), WHIT_OK);
}

TEST(sources_without_cargo_build_nothing)
{
    fake_rustc("bin/rustc", "1.5.0", "a");
    fake_source("a", "1.5.0");
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
}

TEST(a_proxy_is_replaced_by_the_compiler_behind_it)
{
    fake_rustc("bin/rustc", "1.0.0", "real");
    fake_rustc("real/bin/rustc", "1.0.0", "real");
    fake_std("real", "wasm32-wasip1");
    CHECK_INT(find(TOOL_WASIP1), WHIT_OK);
    CHECK_TEXT(rust.rustc, fake_path("real/bin/rustc"));
}

TEST(the_users_choice_is_the_only_candidate)
{
    fake_rustc("bin/rustc", "1.0.0", "a");
    fake_std("a", "wasm32-wasip1");
    fake_rustc("c/bin/rustc", "3.0.0", "c");
    setenv("WHIT_RUSTC", fake_path("c/bin/rustc"), 1);
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
    fake_std("c", "wasm32-wasip1");
    CHECK_INT(find(TOOL_WASIP1), WHIT_OK);
    CHECK_TEXT(rust.release, "3.0.0");
    setenv("WHIT_RUSTC", fake_path("none"), 1);
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "WHIT_RUSTC"));
}

TEST(rustup_toolchains_go_by_short_names)
{
    fake_rustc("rustup/toolchains/nightly-h-os/bin/rustc", "9.0.0", "n");
    fake_std("n", "wasm32-wasip1");
    tool_rust_choice choice = {.toolchain = "nightly", .target = TOOL_WASIP1};
    CHECK_INT(tool_find_rust(&choice, &memory, &rust, &error), WHIT_OK);
    CHECK_TEXT(rust.release, "9.0.0");
    choice.toolchain = "+nightly-h-os";
    CHECK_INT(tool_find_rust(&choice, &memory, &rust, &error), WHIT_OK);
    choice.toolchain = "night";
    CHECK_INT(tool_find_rust(&choice, &memory, &rust, &error),
              WHIT_MISSING_TOOL);
    CHECK(has(error.message, "rustup toolchain install night"));
}

TEST(a_rustc_that_fails_is_passed_over)
{
    fake_program("bin/rustc", "exit 1\n");
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
    fake_program("bin/rustc", "kill -SEGV $$\n");
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
    fake_program("bin/rustc", "echo nonsense\n");
    CHECK_INT(find(TOOL_WASIP1), WHIT_MISSING_TOOL);
}

TEST(linkers_are_tried_newest_first)
{
    const char *path;
    CHECK_INT(tool_find_linker(NULL, 0, &memory, &path, &error),
              WHIT_MISSING_TOOL);
    CHECK(has(error.message, "apt install lld-22"));
    fake_linker("bin/wasm-ld");
    CHECK_INT(tool_find_linker(NULL, 0, &memory, &path, &error), WHIT_OK);
    CHECK_TEXT(path, fake_path("bin/wasm-ld"));
    fake_linker("bin/wasm-ld-14");
    fake_linker("bin/wasm-ld-19");
    CHECK_INT(tool_find_linker(NULL, 0, &memory, &path, &error), WHIT_OK);
    CHECK_TEXT(path, fake_path("bin/wasm-ld-19"));
    CHECK_INT(tool_find_linker(NULL, 14, &memory, &path, &error), WHIT_OK);
    CHECK_TEXT(path, fake_path("bin/wasm-ld-14"));
    tool_rust own = {.sysroot = fake_path("r"), .host = "h-os"};
    fake_linker("r/lib/rustlib/h-os/bin/rust-lld");
    CHECK_INT(tool_find_linker(&own, 0, &memory, &path, &error), WHIT_OK);
    CHECK(has(path, "rust-lld"));
    setenv("WHIT_LINKER", "no-such-linker", 1);
    CHECK_INT(tool_find_linker(&own, 0, &memory, &path, &error),
              WHIT_MISSING_TOOL);
}

TEST(clang_with_builtins_wins_over_a_newer_one)
{
    tool_clang clang;
    CHECK_INT(tool_find_clang(&memory, &clang, &error), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "apt install clang-22"));
    fake_clang("bin/clang-20", "20.1.0", false);
    CHECK_INT(tool_find_clang(&memory, &clang, &error), WHIT_OK);
    CHECK_INT(clang.major, 20);
    CHECK(!clang.builtins);
    fake_clang("bin/clang-16", "16.0.6", true);
    CHECK_INT(tool_find_clang(&memory, &clang, &error), WHIT_OK);
    CHECK_INT(clang.major, 16);
    CHECK(clang.builtins != NULL);
}

TEST(wasi_libc_comes_from_its_sysroot)
{
    tool_wasi wasi;
    CHECK_INT(tool_find_wasi(NULL, &memory, &wasi, &error), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "apt install wasi-libc"));
    fake_wasi();
    CHECK_INT(tool_find_wasi(NULL, &memory, &wasi, &error), WHIT_OK);
    CHECK_TEXT(wasi.lib, fake_path("wasi/lib/wasm32-wasi"));
    CHECK_TEXT(wasi.include, fake_path("wasi/include/wasm32-wasi"));
}

TEST(a_failed_allocation_never_passes_for_success)
{
    fake_rustc("bin/rustc", "1.0.0", "a");
    fake_std("a", "wasm32-wasip1");
    for (uint64_t n = 1; n < 200; n++) {
        arena_release(&memory);
        mem_fail_after(n);
        whit_status status = find(TOOL_WASIP1);
        uint64_t used = mem_count();
        mem_fail_after(0);
        if (used < n) {
            CHECK_INT(status, WHIT_OK);
            return;
        }
        CHECK(status != WHIT_OK);
    }
    CHECK(!"the search never ran out of allocations");
}

int main(void)
{
    arena_init(&memory);
    RUN_FAKE(nothing_installed_names_the_packages)
    RUN_FAKE(a_toolchain_with_the_target_wins_over_sources)
    RUN_FAKE(core_alone_is_no_standard_library)
    RUN_FAKE(sources_of_another_release_are_not_taken)
    RUN_FAKE(rustups_sources_say_no_release)
    RUN_FAKE(sources_without_cargo_build_nothing)
    RUN_FAKE(a_proxy_is_replaced_by_the_compiler_behind_it)
    RUN_FAKE(the_users_choice_is_the_only_candidate)
    RUN_FAKE(rustup_toolchains_go_by_short_names)
    RUN_FAKE(a_rustc_that_fails_is_passed_over)
    RUN_FAKE(linkers_are_tried_newest_first)
    RUN_FAKE(clang_with_builtins_wins_over_a_newer_one)
    RUN_FAKE(wasi_libc_comes_from_its_sysroot)
    RUN_FAKE(a_failed_allocation_never_passes_for_success)
    arena_release(&memory);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
