/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Telling a program from a library by a Rust file's tokens. */
#include "toolchain/build_job.h"

#include "../test.h"

static int kind(const char *text)
{
    return (int)tool_rust_source_kind(slice_text(text));
}

TEST(a_main_at_the_top_makes_a_program)
{
    CHECK_INT(kind("fn main() {}"), TOOL_SOURCE_PROGRAM);
    CHECK_INT(kind("use a::{b, c};\npub async fn f() {}\npub fn main(){}"),
              TOOL_SOURCE_PROGRAM);
    CHECK_INT(kind("fn f<'a>(x: &'a str) {}\nfn main() {}"),
              TOOL_SOURCE_PROGRAM);
    CHECK_INT(kind("const A: char = '{'; const B: char = '\\''; fn main(){}"),
              TOOL_SOURCE_PROGRAM);
    CHECK_INT(kind("const A: &str = r#\"{ \" {\"#; fn main(){}"),
              TOOL_SOURCE_PROGRAM);
    CHECK_INT(kind("fn/**/main() {}"), TOOL_SOURCE_PROGRAM);
}

TEST(everything_else_is_a_library)
{
    CHECK_INT(kind(""), TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("// fn main() {}\n"), TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("/* /* */ fn main() {} */"), TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("const A: &str = \"\\\"fn main() {}\";"),
              TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("const A: &str = r##\"\"# fn main() {}\"##;"),
              TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("mod m { fn main() {} }"), TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("fn main_loop() {}"), TOOL_SOURCE_LIBRARY);
    CHECK_INT(kind("fn domain() {}"), TOOL_SOURCE_LIBRARY);
}

TEST(a_declared_type_is_left_alone)
{
    CHECK_INT(kind("#![crate_type = \"cdylib\"]\nfn main() {}"),
              TOOL_SOURCE_DECLARED);
}

TEST(text_that_ends_anywhere_is_no_harm)
{
    static const char *const texts[] = {
        "/*", "\"", "\"\\", "'", "'\\", "r#\"", "r#", "fn", "/", "b'", "'\xc3"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        CHECK_INT(kind(texts[i]), TOOL_SOURCE_LIBRARY);
}

TEST_MAIN(RUN(a_main_at_the_top_makes_a_program)
              RUN(everything_else_is_a_library)
                  RUN(a_declared_type_is_left_alone)
                      RUN(text_that_ends_anywhere_is_no_harm))
