/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The doctor's findings on machines with much, little and nothing. */
#include "toolchain/doctor.h"

#include "base/memory.h"
#include "fake.h"

static arena memory;
static whit_error error;
static tool_findings findings;

static const tool_finding *named(const char *name)
{
    for (size_t i = 0; i < findings.count; i++)
        if (!strcmp(findings.items[i].name, name))
            return &findings.items[i];
    static const tool_finding none = {.name = "", .state = TOOL_NOTED};
    return &none;
}

TEST(a_bare_machine_gets_commands)
{
    CHECK_INT(tool_doctor(&memory, &findings, &error), WHIT_OK);
    CHECK(!findings.rust && !findings.c);
    const tool_finding *rust = named("rust wasm32-wasip1");
    CHECK_INT(rust->state, TOOL_MISSING);
    CHECK(has(rust->apt, "rust-web-src"));
    CHECK_TEXT(rust->rustup, "rustup target add wasm32-wasip1");
    CHECK_INT(named("clang")->state, TOOL_MISSING);
    CHECK(has(named("clang")->apt, "clang-22"));
    CHECK_TEXT(named("wasi-libc")->apt, "apt install wasi-libc");
    CHECK_INT(named("cargo")->state, TOOL_MISSING);
    for (size_t i = 0; i < findings.count; i++) {
        CHECK(findings.items[i].why != NULL);
        if (findings.items[i].state == TOOL_MISSING)
            CHECK(findings.items[i].apt || findings.items[i].rustup);
    }
}

TEST(a_full_machine_is_healthy)
{
    fake_rustc("bin/rustc", "1.2.3", "a");
    fake_source("a", "1.2.3");
    fake_cargo("bin/cargo");
    fake_clang("bin/clang-22", "22.1.8", true);
    fake_linker("bin/wasm-ld-22");
    fake_wasi();
    CHECK_INT(tool_doctor(&memory, &findings, &error), WHIT_OK);
    CHECK(findings.rust && findings.c);
    CHECK_TEXT(named("rust wasm32-wasip1")->path, fake_path("bin/rustc"));
    CHECK(has(named("rust wasm32-wasip1")->detail, "1.2.3, std is built"));
    CHECK_TEXT(named("clang")->detail, "clang version 22.1.8");
    CHECK_TEXT(named("cache")->path, fake_path("cache"));
    for (size_t i = 0; i < findings.count; i++)
        CHECK(findings.items[i].state == TOOL_FOUND);
}

TEST(a_target_without_sources_is_advised_to_get_them)
{
    fake_rustc("bin/rustc", "1.2.3", "toolchains/stable");
    fake_std("toolchains/stable", "wasm32-wasip1");
    CHECK_INT(tool_doctor(&memory, &findings, &error), WHIT_OK);
    CHECK_INT(named("rust wasm32-wasip1")->state, TOOL_FOUND);
    CHECK_INT(named("rust wasm32-unknown-unknown")->state, TOOL_MISSING);
    CHECK_INT(named("rust-src")->state, TOOL_ADVISED);
    CHECK_TEXT(named("rust-src")->rustup, "rustup component add rust-src");
    CHECK(!findings.rust);
}

TEST(a_rust_that_is_not_taken_is_explained)
{
    char path[1300];
    snprintf(path, sizeof path, "%s:%s", fake_path("bin"), fake_path("b/bin"));
    setenv("WHIT_TOOL_PATH", path, 1);
    fake_rustc("bin/rustc", "1.0.0", "a");
    fake_rustc("b/bin/rustc", "2.0.0", "b");
    fake_std("b", "wasm32-wasip1");
    fake_std("b", "wasm32-unknown-unknown");
    CHECK_INT(tool_doctor(&memory, &findings, &error), WHIT_OK);
    CHECK_TEXT(named("rust wasm32-wasip1")->path, fake_path("b/bin/rustc"));
    CHECK_INT(named("rust")->state, TOOL_NOTED);
    CHECK_TEXT(named("rust")->path, fake_path("bin/rustc"));
    CHECK(has(named("rust")->detail, "neither the target nor its sources"));
}

int main(void)
{
    arena_init(&memory);
    RUN_FAKE(a_bare_machine_gets_commands)
    RUN_FAKE(a_full_machine_is_healthy)
    RUN_FAKE(a_target_without_sources_is_advised_to_get_them)
    RUN_FAKE(a_rust_that_is_not_taken_is_explained)
    arena_release(&memory);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
