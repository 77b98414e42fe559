/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What `whit bind c --host` writes; tests/contract/run compiles and runs it. */
#include "support.h"

static const char sample[] =
    "package demo:a@1.0.0;\n"
    "interface types {\n"
    "  /// A point.\n"
    "  record point { x: f32, /// vertical\n y: f64, name: string }\n"
    "  variant shape { none, circle(f32), many(list<point>) }\n"
    "  flags perms { read, write }\n"
    "  resource file { constructor(name: string);\n"
    "    read: func(n: u32) -> result<list<u8>, string>; }\n"
    "  /// Moves a point.\n"
    "  move: func(p: point, by: option<u8>) -> point;\n"
    "  slow: async func(a: u32, m: map<string, list<u8, 4>>) -> tuple<u8>;\n"
    "  pipe: func(s: stream<own<file>>) -> future;\n"
    "}\n"
    "world my-world { import types; export types;\n"
    "  import int: func(error: shape, env: result<_, perms>);\n"
    "  use types.{shape, perms}; }\n";

static void check_has(const bind_output *out, size_t file, const char *part)
{
    slice text = buffer_view(&out->files[file].text);
    if (memmem(text.data, text.size, part, strlen(part)))
        return;
    printf("missing: %s\n", part);
    test_failures++;
}

TEST(both_files)
{
    static const char *const header[] = {
        "#ifndef WHIT_BINDINGS_MY_WORLD_HOST_H\n",
        /* One type for both sides, unless it holds handles. */
        "// A point.\ntypedef struct my_world_demo_a_types_point_t {\n"
        "    float x;\n    // vertical\n    double y;\n"
        "    my_world_string_t name;\n}",
        "typedef uint32_t my_world_host_demo_a_types_file_t;\n",
        "typedef struct my_world_demo_a_types_file_t {\n    uint32_t handle;\n",
        "#define MY_WORLD_DEMO_A_TYPES_PERMS_WRITE (1u << 1)\n",
        "        // Moves a point.\n        whit_status (*move)(",
        "void (*drop_file)(",
        "my_world_demo_a_types_file_drop_own(",
        "my_world_demo_a_types_slow_start(",
        "void my_world_demo_a_types_slow_complete(",
        "my_world_demo_a_types_stream_own_file_new(",
        "my_world_host_demo_a_types_stream_own_file_new_for_call(",
        "whit_status (*int_)(",
        /* Names that the generated function has for itself. */
        "const my_world_shape_t *error_,",
    };
    static const char *const source[] = {
        "#include \"my_world_host.h\"\n",
        "LAYOUT(my_world_demo_a_types_point_t, 32, 8);\n",
        "OFFSET(my_world_demo_a_types_shape_t, val, 8);\n",
        "{\"demo:a/types@1.0.0#[method]file.read\",\n"
        "     \"func(self: borrow<file>, n: u32) -> result<list<u8>, "
        "string>\",\n",
        "\"async func(a: u32, m: map<string, list<u8, 4>>) -> tuple<u8>\"",
        "\"func(s: stream<own<file>>) -> future\"",
        "\"func(error: variant { none, circle(f32), ",
        "}>)\"",
    };
    uint32_t root;
    bind_output out;
    bind_options options = {.encoding = BIND_UTF8};
    wit_set *set = set_of(sample, &root);
    uint32_t world = wit_find_world(set, root, slice_text("my-world"));
    if (generate(set, world, &bind_language_c_host, &options, &out)) {
        CHECK_INT(out.count, 2);
        CHECK_TEXT(out.files[0].path, "my_world_host.h");
        CHECK_TEXT(out.files[1].path, "my_world_host.c");
        for (size_t i = 0; i < COUNT_OF(header); i++)
            check_has(&out, 0, header[i]);
        for (size_t i = 0; i < COUNT_OF(source); i++)
            check_has(&out, 1, source[i]);
        bind_output_release(&out);
    }
    wit_set_free(set);
}

/* Thirty records, each of two of the one before: 2^30 names as text. */
TEST(signatures_have_a_limit)
{
    buffer text;
    bind_output out;
    whit_error error;
    bind_world world;
    uint32_t root;
    bind_options options = {.encoding = BIND_UTF8};
    buffer_init(&text);
    buffer_text(&text, "package a:b; interface i { record r0 { a: u8 }\n");
    for (unsigned i = 1; i <= 24; i++)
        buffer_printf(&text, "record r%u { a: r%u, b: r%u }\n", i, i - 1,
                      i - 1);
    buffer_text(&text, "f: func(x: r24); } world w { export i; }");
    wit_set *set = set_of(buffer_string(&text), &root);
    uint32_t index = wit_find_world(set, root, slice_text("w"));
    bind_output_init(&out);
    CHECK_INT(bind_world_init(&world, set, index, &error), WHIT_OK);
    CHECK_INT(bind_language_c_host.generate(&world, &options, &out, &error),
              WHIT_LIMIT);
    bind_output_release(&out);
    bind_world_release(&world);
    wit_set_free(set);
    buffer_release(&text);
}

TEST_MAIN(RUN(both_files) RUN(signatures_have_a_limit))
