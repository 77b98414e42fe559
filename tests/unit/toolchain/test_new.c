/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * New projects, what a project says of itself, and bindings that follow the
 * WIT. */
#include "toolchain/new_project.h"

#include "fake.h"
#include "toolchain/project.h"

static whit_error error;

static whit_status make(const char *name, const char *language, const char *wit,
                        const char *world)
{
    char path[600];
    snprintf(path, sizeof path, "%s", fake_path(name));
    tool_new_options options = {.path = path,
                                .language = bind_language_find(language),
                                .wit = wit,
                                .world = world};
    return tool_new_project(&options, &error);
}

static bool contains(const char *rest, const char *part)
{
    buffer text;
    buffer_init(&text);
    bool found = file_read(fake_path(rest), 1 << 20, &text, NULL) == WHIT_OK &&
                 buffer_string(&text) && strstr((char *)text.data, part);
    buffer_release(&text);
    return found;
}

TEST(libraries_have_a_function_and_all_they_need)
{
    CHECK_INT(make("my-lib", "rust", NULL, NULL), WHIT_OK);
    CHECK(contains("my-lib/Cargo.toml", "name = \"my-lib\""));
    CHECK(contains("my-lib/wit/world.wit", "world my-lib {"));
    CHECK(contains("my-lib/src/bindings.rs", "fn greet(name: String)"));
    CHECK(contains("my-lib/src/lib.rs", "bindings::export!(Component"));
    CHECK(contains("my-lib/whit/src/lib.rs", "#![no_std]"));
    CHECK(contains("my-lib/README.md", "whit build"));
    CHECK_INT(make("my-lib-c", "c", NULL, "library"), WHIT_OK);
    CHECK(contains("my-lib-c/src/component.c", "exports_my_lib_c_greet"));
    CHECK(contains("my-lib-c/bindings/my_lib_c.h", "exports_my_lib_c_greet"));
}

TEST(commands_have_a_main_function)
{
    CHECK_INT(make("cmd", "rust", NULL, "command"), WHIT_OK);
    CHECK(contains("cmd/src/main.rs", "Hello from cmd"));
    CHECK(contains("cmd/Cargo.toml", "default-features = false"));
    CHECK_INT(make("cmd-c", "c", NULL, "command"), WHIT_OK);
    CHECK(contains("cmd-c/src/main.c", "int main("));
}

static const char own[] = "package a:b;\n"
                          "interface i {\n"
                          "  resource r { m: async func(x: list<u8>); }\n"
                          "  f: func() -> option<string>;\n"
                          "}\n"
                          "world one { export i; }\n"
                          "world two { export g: func(x: u32); }\n";

TEST(any_world_gets_a_skeleton)
{
    fake_file("own.wit", own);
    char wit[600];
    snprintf(wit, sizeof wit, "%s", fake_path("own.wit"));
    CHECK_INT(make("skeleton", "rust", wit, "one"), WHIT_OK);
    CHECK(contains("skeleton/wit/own.wit", "world two"));
    CHECK(contains("skeleton/Cargo.toml", "world = \"one\""));
    const char *source = "skeleton/src/lib.rs";
    CHECK(contains(source, "impl bindings::exports::a::b::i::Guest for "
                           "Component {\n    type R = MyR;\n\n"
                           "    fn f() -> Option<String> {\n"));
    CHECK(contains(source, "impl bindings::exports::a::b::i::GuestR for MyR"));
    CHECK(contains(source, "async fn m(&self, x: Vec<u8>) {"));
    CHECK_INT(make("skeleton-c", "c", wit, "two"), WHIT_OK);
    CHECK(contains("skeleton-c/src/component.c",
                   "void exports_two_g(uint32_t x)\n{\n"));
    CHECK(make("none", "rust", wit, "three") != WHIT_OK);
    CHECK(has(error.message, "three"));
    CHECK(!file_exists(fake_path("none")));
    CHECK(make("none", "rust", wit, NULL) != WHIT_OK);
    CHECK(!file_exists(fake_path("none")));
}

TEST(names_and_folders_are_looked_at_first)
{
    CHECK_INT(make("Upper", "rust", NULL, NULL), WHIT_ARGUMENT);
    CHECK(has(error.message, "\"Upper\" is no name"));
    CHECK_INT(make("a--b", "rust", NULL, NULL), WHIT_ARGUMENT);
    CHECK_INT(make("a-", "rust", NULL, NULL), WHIT_ARGUMENT);
    CHECK_INT(make("other", "rust", NULL, "proxy"), WHIT_ARGUMENT);
    CHECK(has(error.message, "library and command"));
    fake_file("full/some.txt", "");
    CHECK_INT(make("full", "rust", NULL, NULL), WHIT_ARGUMENT);
    CHECK(has(error.message, "has something in it"));
    fake_file("file", "");
    CHECK_INT(make("file", "rust", NULL, NULL), WHIT_ARGUMENT);
}

static tool_project project;

static void read_project(const char *manifest, arena *memory)
{
    fake_file("p/Cargo.toml", manifest);
    const char *directory = fake_path("p");
    const char *kept = arena_dup(memory, directory, strlen(directory) + 1);
    CHECK_INT(tool_project_read(&project, kept, fake_path("p/Cargo.toml"),
                                memory, &error),
              WHIT_OK);
}

TEST(manifests_say_what_the_world_is)
{
    arena memory;
    arena_init(&memory);
    read_project("[package]\nname = \"p\"\n", &memory);
    CHECK(!project.wit);
    fake_file("p/wit/w.wit", own);
    read_project("[package]\nworld = \"not-this\"\n", &memory);
    CHECK(project.wit && !*project.world && !project.target);
    read_project("[package.metadata.whit]\nworld = \"two\"\n"
                 "target=\"unknown\"\n[lib]\nworld = \"other\"\n",
                 &memory);
    CHECK_TEXT(project.world, "two");
    CHECK_TEXT(project.target, "unknown");
    read_project("[package.metadata.component]\n"
                 "target = { path = \"wit\", world = \"one\" }\n",
                 &memory);
    CHECK_TEXT(project.world, "one");
    CHECK(!project.target);
    read_project("[package.metadata.whit]\nwit = \"elsewhere\"\n", &memory);
    CHECK(!project.wit);
    arena_release(&memory);
}

static whit_status bind_project(arena *memory)
{
    bind_options options = {.encoding = BIND_UTF8};
    return tool_project_bind(&project, &bind_language_rust, &options, memory,
                             NULL, &error);
}

TEST(bindings_follow_the_wit)
{
    arena memory;
    arena_init(&memory);
    fake_file("p/wit/w.wit", "package a:b;\nworld w { export f: func(); }\n");
    read_project("", &memory);
    CHECK_INT(bind_project(&memory), WHIT_OK);
    CHECK(!file_exists(fake_path("p/src/bindings.rs")));
    fake_file("p/src/lib.rs", "mod bindings;\n");
    CHECK_INT(bind_project(&memory), WHIT_OK);
    CHECK(contains("p/src/bindings.rs", "fn f();"));
    fake_file("p/wit/w.wit", "package a:b;\nworld w { export g: func(); }\n");
    CHECK_INT(bind_project(&memory), WHIT_OK);
    CHECK(contains("p/src/bindings.rs", "fn g();"));
    /* What somebody else wrote stays. */
    fake_file("p/src/bindings.rs", "// mine\n");
    CHECK_INT(bind_project(&memory), WHIT_OK);
    CHECK(contains("p/src/bindings.rs", "// mine"));
    fake_file("p/wit/w.wit", "package a:b;\nworld w { export g func(); }\n");
    CHECK(bind_project(&memory) != WHIT_OK);
    CHECK(has(error.message, "w.wit"));
    arena_release(&memory);
}

TEST(projects_in_c_are_known_by_their_folders)
{
    arena memory;
    arena_init(&memory);
    fake_file("c1/src/a.c", "");
    CHECK(!tool_project_is_c(fake_path("c1"), &memory));
    fake_file("c1/wit/w.wit", "");
    CHECK(tool_project_is_c(fake_path("c1"), &memory));
    fake_file("c2/wit/w.wit", "");
    fake_file("c2/src/a.rs", "");
    CHECK(!tool_project_is_c(fake_path("c2"), &memory));
    arena_release(&memory);
}

int main(void)
{
    RUN_FAKE(libraries_have_a_function_and_all_they_need);
    RUN_FAKE(commands_have_a_main_function);
    RUN_FAKE(any_world_gets_a_skeleton);
    RUN_FAKE(names_and_folders_are_looked_at_first);
    RUN_FAKE(manifests_say_what_the_world_is);
    RUN_FAKE(bindings_follow_the_wit);
    RUN_FAKE(projects_in_c_are_known_by_their_folders);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
