/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Builds on a machine of scripts: what tools are told, where outputs go, and
 * what is left behind when something fails. */
#include "toolchain/build.h"

#include "fake.h"

static tool_build_result result;
static whit_error error;
static tool_build_options options;
static char temporary[600];

/* Every build has its temporary directory where the test can look. */
static whit_status build(const char *first, const char *second)
{
    const char *inputs[] = {first, first ? second : NULL, NULL};
    snprintf(temporary, sizeof temporary, "%s", fake_path("tmp"));
    CHECK_INT(file_make_directories(temporary, &error), WHIT_OK);
    setenv("TMPDIR", temporary, 1);
    options.inputs = inputs;
    tool_build_result_release(&result);
    tool_build_result_init(&result);
    whit_status status = tool_build(&options, &result, &error);
    unsetenv("TMPDIR");
    options.inputs = NULL;
    CHECK_INT(rmdir(temporary), 0); /* nothing is left in it */
    return status;
}

static bool logged(const char *log, const char *part)
{
    bool found = has(fake_log(log), part);
    if (!found)
        printf("%s: %s\n", log, fake_log(log));
    return found;
}

static void install_rust(void)
{
    fake_rustc("bin/rustc", "1.0.0", "a");
    fake_cargo("bin/cargo");
    fake_linker("bin/wasm-ld-19");
}

static void install_c(void)
{
    fake_clang("bin/clang-19", "19.1.0", true);
    fake_linker("bin/wasm-ld-19");
    fake_wasi();
}

static void enter(const char *rest)
{
    CHECK_INT(file_make_directories(fake_path(rest), &error), WHIT_OK);
    CHECK_INT(chdir(fake_path(rest)), 0);
}

TEST(inputs_that_cannot_be_built_say_what_can)
{
    enter("in");
    fake_file("in/a.c", "");
    fake_file("in/a.rs", "");
    fake_file("in/a.txt", "");
    CHECK_INT(build("none.c", NULL), WHIT_NOT_FOUND);
    CHECK(has(error.message, "none.c: no such file"));
    CHECK_INT(build("a.txt", NULL), WHIT_ARGUMENT);
    CHECK(has(error.message, "one .rs file, or one or more .c files"));
    CHECK_INT(build("a.c", "a.rs"), WHIT_ARGUMENT);
    CHECK_INT(build("a.rs", "a.c"), WHIT_ARGUMENT);
    CHECK_INT(build("a.c", "b.c"), WHIT_NOT_FOUND);
    CHECK_INT(build(".", NULL), WHIT_NOT_FOUND);
    CHECK(has(error.message, "no Cargo.toml"));
    options.manifest_path = "x/Cargo.toml";
    CHECK_INT(build("a.c", NULL), WHIT_ARGUMENT);
    CHECK_INT(build(NULL, NULL), WHIT_NOT_FOUND);
    CHECK_INT(result.exit_code, 0);
}

TEST(missing_tools_are_missing_tools)
{
    enter("in");
    fake_file("in/a.c", "");
    fake_file("in/a.rs", "");
    CHECK_INT(build("a.c", NULL), WHIT_MISSING_TOOL);
    CHECK_INT(build("a.rs", NULL), WHIT_MISSING_TOOL);
    fake_rustc("bin/rustc", "1.0.0", "a");
    fake_std("a", "wasm32-wasip1");
    CHECK_INT(build("a.rs", NULL), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "lld"));
    fake_clang("bin/clang-19", "19.1.0", false);
    fake_wasi();
    CHECK_INT(build("a.c", NULL), WHIT_MISSING_TOOL);
    CHECK(has(error.message, "libclang-rt-19-dev-wasm32"));
}

TEST(a_rust_file_with_the_stock_library_is_untouched)
{
    install_rust();
    fake_std("a", "wasm32-wasip1");
    enter("in");
    fake_file("in/my-app.rs", "fn main() {}");
    CHECK_INT(build("my-app.rs", NULL), WHIT_OK);
    CHECK_INT(result.count, 1);
    CHECK_TEXT(result.modules[0].name, "my-app");
    CHECK_TEXT(result.modules[0].output, "my-app.wasm");
    CHECK_INT(file_exists("my-app.wasm"), true);
    CHECK(logged("rustc.log", "--crate-type=bin"));
    CHECK(logged("rustc.log", "--target wasm32-wasip1"));
    CHECK(!has(fake_log("rustc.log"), "--sysroot"));
    CHECK(fake_log("rustc.log")[0] == ' '); /* no RUSTC_BOOTSTRAP */
}

TEST(a_release_uses_a_library_built_for_size)
{
    install_rust();
    install_c();
    fake_source("a", "1.0.0");
    enter("in");
    fake_file("in/a.rs", "pub fn f() {}");
    options.release = true;
    CHECK_INT(build("a.rs", NULL), WHIT_OK);
    CHECK(logged("rustc.log", "--crate-type=cdylib"));
    CHECK(logged("rustc.log", "-Copt-level=z -Clto=fat"));
    CHECK(logged("rustc.log", "cache/rust/1.0.0-wasm32-wasip1-release-"));
    CHECK(logged("rustc.log", "-Cpanic=immediate-abort"));
    CHECK(logged("rustc.log", "-Zpre-link-args="));
    CHECK(fake_log("rustc.log")[0] == '1');
    options.small_malloc_off = true;
    CHECK_INT(build("a.rs", NULL), WHIT_OK);
    CHECK(!has(fake_log("rustc.log"), "-Zpre-link-args="));
}

TEST(the_compilers_exit_code_comes_back)
{
    install_rust();
    install_c();
    fake_std("a", "wasm32-wasip1");
    fake_file("fail", "");
    enter("in");
    fake_file("in/a.rs", "fn main() {}");
    fake_file("in/a.c", "");
    CHECK_INT(build("a.rs", NULL), WHIT_TOOL);
    CHECK_INT(result.exit_code, 3);
    CHECK_INT(file_exists("a.wasm"), false);
    CHECK_INT(build("a.c", NULL), WHIT_TOOL);
    CHECK_INT(result.exit_code, 1);
    CHECK_INT(file_exists("a.wasm"), false);
}

TEST(c_files_are_compiled_and_linked)
{
    install_c();
    enter("in");
    fake_file("in/a.c", "");
    fake_file("in/b.c", "");
    const char *words[] = {"-DX=1", "-lm", "-Wl,--a,--b", NULL};
    options.clang_args = words;
    CHECK_INT(build("a.c", "b.c"), WHIT_OK);
    CHECK_TEXT(result.modules[0].output, "a.wasm");
    CHECK(logged("clang.log", "-O1 -g"));
    CHECK(logged("clang.log", "-DX=1 b.c"));
    CHECK(!has(fake_log("clang.log"), "-lm"));
    CHECK(logged("ld.log", "crt1-command.o"));
    CHECK(logged("ld.log", "-lm --a --b -lc"));
    CHECK(!has(fake_log("ld.log"), "runtime-"));
    options.release = true;
    CHECK_INT(build("a.c", NULL), WHIT_OK);
    CHECK(logged("clang.log", "-Oz"));
    CHECK(logged("ld.log", "--gc-sections"));
    CHECK(logged("ld.log", "cache/guest/runtime-"));
    options.target = TOOL_UNKNOWN;
    CHECK_INT(build("a.c", NULL), WHIT_OK);
    CHECK(logged("ld.log", "--no-entry"));
    CHECK(!has(fake_log("ld.log"), "crt1"));
}

TEST(an_output_is_written_whole_or_not_at_all)
{
    install_c();
    enter("in");
    fake_file("in/a.c", "");
    options.output = "out.wasm";
    CHECK_INT(build("a.c", NULL), WHIT_OK);
    CHECK_INT(file_exists("out.wasm"), true);
    CHECK_INT(file_exists("a.wasm"), false);
    options.output = "none/out.wasm";
    CHECK_INT(build("a.c", NULL), WHIT_NOT_FOUND);
    CHECK_INT(file_exists("none"), false);
    if (!file_exists("/dev/full"))
        return;
    options.output = "/dev/full";
    CHECK_INT(build("a.c", NULL), WHIT_IO);
}

/* What cargo says about one module, that it also makes. */
static void message(buffer *all, const char *kind, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "in/target/wasm32-wasip1/debug/%s.wasm", name);
    fake_file(path, "");
    FILE *file = fopen(fake_path(path), "wb");
    CHECK(file && fwrite("\0asm\1\0\0\0", 8, 1, file) == 1);
    if (file)
        fclose(file);
    buffer_printf(all,
                  "{\"reason\":\"compiler-artifact\",\"target\":{\"kind\":"
                  "[\"%s\"],\"name\":\"%s\"},\"filenames\":[\"%s\"]}\n",
                  kind, name, fake_path(path));
}

static void package(void)
{
    buffer all;
    buffer_init(&all);
    install_rust();
    fake_std("a", "wasm32-wasip1");
    enter("in");
    fake_file("in/Cargo.toml", "");
    buffer_text(&all, "not json\n{broken\n{\"reason\":\"other\"}\n");
    message(&all, "bin", "one");
    message(&all, "bin", "two");
    message(&all, "cdylib", "shared");
    fake_file("messages", buffer_string(&all));
    buffer_release(&all);
}

TEST(a_package_makes_all_its_modules)
{
    package();
    CHECK_INT(build(NULL, NULL), WHIT_OK);
    CHECK_INT(result.count, 3);
    CHECK_TEXT(result.modules[1].output,
               fake_path("in/target/whit/dev/two.wasm"));
    CHECK_INT(file_exists(fake_path("in/target/whit/dev/shared.wasm")), true);
    options.output = "o.wasm";
    CHECK_INT(build(".", NULL), WHIT_ARGUMENT);
    CHECK(has(error.message, "3 modules"));
    CHECK_INT(file_exists("o.wasm"), false);
    const char *bin[] = {"two", NULL};
    options.bin = bin;
    CHECK_INT(build(".", NULL), WHIT_OK);
    CHECK_INT(result.count, 1);
    CHECK_TEXT(result.modules[0].name, "two");
    CHECK(logged("cargo.log", "--bin two"));
}

TEST(a_package_without_modules_says_how_to_get_one)
{
    package();
    fake_file("messages", "{\"reason\":\"build-finished\"}\n");
    CHECK_INT(build(".", NULL), WHIT_ARGUMENT);
    CHECK(has(error.message, "crate-type"));
}

TEST(the_users_rustflags_stay)
{
    package();
    setenv("RUSTFLAGS", "--cfg  mine", 1);
    CHECK_INT(build(".", NULL), WHIT_OK);
    CHECK(logged("cargo.log", "|--cfg\x1fmine\x1f-Clinker="));
    setenv("CARGO_ENCODED_RUSTFLAGS",
           "--cfg\x1f"
           "b c",
           1);
    CHECK_INT(build(".", NULL), WHIT_OK);
    CHECK(logged("cargo.log", "|--cfg\x1f"
                              "b c\x1f-Clinker="));
}

TEST(what_cargo_users_expect_is_passed_on)
{
    package();
    const char *features[] = {"a,b", "c", NULL};
    const char *more[] = {"--keep-going", NULL};
    options.features = features;
    options.cargo_args = more;
    options.no_default_features = options.locked = options.offline = true;
    options.jobs = "2";
    options.release = true;
    CHECK_INT(build(".", NULL), WHIT_OK);
    CHECK(logged("cargo.log", "--features a,b --features c"));
    CHECK(logged("cargo.log", "--no-default-features"));
    CHECK(logged("cargo.log", "--jobs 2 --locked --offline"));
    CHECK(logged("cargo.log", "--keep-going"));
    CHECK(logged("cargo.log", "--release"));
}

#define RUN_BUILD(test)                \
    options = (tool_build_options){0}; \
    RUN_FAKE(test)

int main(void)
{
    tool_build_result_init(&result);
    RUN_BUILD(inputs_that_cannot_be_built_say_what_can)
    RUN_BUILD(missing_tools_are_missing_tools)
    RUN_BUILD(a_rust_file_with_the_stock_library_is_untouched)
    RUN_BUILD(a_release_uses_a_library_built_for_size)
    RUN_BUILD(the_compilers_exit_code_comes_back)
    RUN_BUILD(c_files_are_compiled_and_linked)
    RUN_BUILD(an_output_is_written_whole_or_not_at_all)
    RUN_BUILD(a_package_makes_all_its_modules)
    RUN_BUILD(a_package_without_modules_says_how_to_get_one)
    RUN_BUILD(the_users_rustflags_stay)
    RUN_BUILD(what_cargo_users_expect_is_passed_on)
    tool_build_result_release(&result);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
