/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What `whit bind c` writes: that it says what the WIT says, is the same each
 * time, and that clang takes all of it for the whole corpus, with the layouts
 * that it asserts. */
#include "support.h"

#include "platform/process.h"

static const char sample[] =
    "package demo:a@1.0.0;\n"
    "interface types {\n"
    "  /// A point.\n"
    "  record point { x: f32, /// vertical\n y: f64, name: string }\n"
    "  variant shape { none, circle(f32), many(list<point>) }\n"
    "  flags perms { read, write }\n"
    "  resource file { constructor(name: string);\n"
    "    read: func(n: u32) -> result<list<u8>, string>; }\n"
    "  /// Moves a point.\\\n"
    "  move: func(p: point, by: option<u8>) -> point;\n"
    "  slow: async func(a: u32, b: string) -> u64;\n"
    "  pipe: func(s: stream<u8>) -> future<string>;\n"
    "}\n"
    "world my-world { import types; export types; }\n";

/* The text of a generated file; empty after a failure. */
static slice text_of(const bind_output *out, const char *path)
{
    for (size_t i = 0; i < out->count; i++)
        if (!strcmp(out->files[i].path, path))
            return buffer_view(&out->files[i].text);
    printf("no file %s\n", path);
    test_failures++;
    return (slice){0};
}

static void check_has(slice text, const char *part)
{
    if (text.size && memmem(text.data, text.size, part, strlen(part)))
        return;
    printf("missing: %s\n", part);
    test_failures++;
}

TEST(header)
{
    static const char *const parts[] = {
        "#ifndef WHIT_BINDINGS_MY_WORLD_H\n",
        "// A point.\ntypedef struct demo_a_types_point_t {\n    float x;\n"
        "    // vertical\n    double y;\n    my_world_string_t name;\n}",
        "#define DEMO_A_TYPES_SHAPE_CIRCLE 1\n",
        "#define EXPORTS_DEMO_A_TYPES_PERMS_WRITE (1u << 1)\n",
        "typedef struct demo_a_types_own_file_t {\n    int32_t __handle;\n",
        "typedef struct exports_demo_a_types_file_t "
        "exports_demo_a_types_file_t;\n",
        "bool demo_a_types_method_file_read(demo_a_types_borrow_file_t self,",
        "// Moves a point.\\ .\nvoid demo_a_types_move(",
        "const uint8_t *maybe_by,",
        "void exports_demo_a_types_file_destructor(",
        "my_world_subtask_status_t demo_a_types_slow(uint32_t a,",
        "uint64_t demo_a_types_slow_blocking(",
        "my_world_callback_code_t exports_demo_a_types_slow(uint32_t a,",
        "void exports_demo_a_types_slow_return(uint64_t ret);\n",
        "my_world_stream_u8_t\nmy_world_stream_u8_new("
        "my_world_stream_u8_writer_t *writer);",
        "void demo_a_types_shape_free(demo_a_types_shape_t *ptr);\n",
    };
    uint32_t root;
    bind_output out;
    bind_options options = {.encoding = BIND_UTF8};
    wit_set *set = set_of(sample, &root);
    uint32_t world = wit_find_world(set, root, slice_text("my-world"));
    if (generate(set, world, &bind_language_c, &options, &out)) {
        slice text = text_of(&out, "my_world.h");
        for (size_t i = 0; i < COUNT_OF(parts); i++)
            check_has(text, parts[i]);
        bind_output_release(&out);
    }
    wit_set_free(set);
}

TEST(source)
{
    static const char *const parts[] = {
        "__import_module__(\"demo:a/types@1.0.0\"),\n"
        "               __import_name__(\"[async-lower]slow\")",
        "__export_name__(\"demo:a/types@1.0.0#[method]file.read\")",
        "__export_name__(\"cabi_post_demo:a/types@1.0.0#move\")",
        "__export_name__(\"[callback][async-lift]demo:a/types@1.0.0#slow\")",
        "__import_name__(\"[task-return]slow\")",
        "__import_name__(\"[stream-new-0]pipe\")",
        "__import_name__(\"[async-lower][future-read-1]pipe\")",
        "__import_module__(\"[export]demo:a/types@1.0.0\"),\n"
        "               __import_name__(\"[resource-new]file\")",
        "__export_name__(\"demo:a/types@1.0.0#[dtor]file\")",
        "LAYOUT(demo_a_types_point_t, 24, 8);\n",
        ".section \\\".custom_section.component-type:my-world\\\"",
        "#include <stdlib.h>\n",
    };
    uint32_t root;
    bind_output out;
    bind_options options = {.encoding = BIND_UTF8};
    wit_set *set = set_of(sample, &root);
    uint32_t world = wit_find_world(set, root, slice_text("my-world"));
    if (generate(set, world, &bind_language_c, &options, &out)) {
        slice text = text_of(&out, "my_world.c");
        for (size_t i = 0; i < COUNT_OF(parts); i++)
            check_has(text, parts[i]);
        bind_output_release(&out);
    }
    options.freestanding = true;
    if (generate(set, world, &bind_language_c, &options, &out)) {
        slice text = text_of(&out, "my_world.c");
        CHECK(!memmem(text.data, text.size, "#include <", 10));
        check_has(text_of(&out, "whit_guest.h"), "void free(void *pointer);");
        check_has(text_of(&out, "whit_guest.c"), "WEAK void *malloc(");
        bind_output_release(&out);
    }
    wit_set_free(set);
}

TEST(spellings)
{
    static const char *const names[][4] = {
        {"my-URL-2", "my_url_2", "MY_URL_2", "MyUrl2"},
        {"[method]r.get-it", "method_r_get_it", "METHOD_R_GET_IT",
         "MethodRGetIt"},
        {"a", "a", "A", "A"}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        static void (*const verbs[])(slice, buffer *) = {
            bind_snake, bind_shouty, bind_camel};
        for (size_t j = 0; j < COUNT_OF(verbs); j++) {
            buffer out;
            buffer_init(&out);
            verbs[j](slice_text(names[i][0]), &out);
            CHECK_TEXT(buffer_string(&out), names[i][j + 1]);
            buffer_release(&out);
        }
    }
}

TEST(documentation)
{
    buffer out;
    buffer_init(&out);
    bind_write_docs(slice_text("one\n\n  two \nthree\\"), 2, "// ", &out);
    CHECK_TEXT(buffer_string(&out),
               "  // one\n  //\n  //   two\n  // three\\ .\n");
    buffer_release(&out);
}

/* An interface that is exported and one that is imported, seen from each. */
TEST(scopes)
{
    uint32_t root;
    wit_set *set =
        set_of("package a:b; interface t { resource r; }\n"
               "interface i { use t.{r}; f: func(x: borrow<r>); }\n"
               "world w { import i; import j: i; export t; export i; }",
               &root);
    bind_world world;
    whit_error error;
    uint32_t index = wit_find_world(set, root, slice_text("w"));
    CHECK_INT(bind_world_init(&world, set, index, &error), WHIT_OK);
    /* t and i, j, the world's imports; t, i, the world's exports. */
    CHECK_INT(world.scope_count, 7);
    CHECK_INT(world.root_import, 3);
    CHECK_INT(world.root_export, 6);
    for (uint32_t i = 0; i < world.scope_count; i++) {
        const bind_scope *scope = &world.scopes[i];
        if (!scope->function_count)
            continue;
        uint32_t at = i;
        wit_type handle = scope->functions[0]->params[0].type;
        wit_type resource = bind_world_resource(&world, &at, handle);
        CHECK_INT(set->types[resource].kind, WIT_RESOURCE);
        CHECK_INT(at, scope->exported ? 4 : 0);
    }
    bind_world_release(&world);
    wit_set_free(set);
}

/* The corpus. */
typedef struct corpus {
    buffer folder;
    buffer files; /* paths of sources, each ended by a NUL */
    unsigned count;
} corpus;

static void write_file(corpus *self, const char *folder, const bind_file *file)
{
    buffer path;
    whit_error error;
    buffer_init(&path);
    buffer_printf(&path, "%s/%s", folder, file->path);
    const char *name = buffer_string(&path);
    CHECK_INT(file_write(name, buffer_view(&file->text), &error), WHIT_OK);
    if (!strcmp(path_extension(name), ".c")) {
        buffer_append(&self->files, name, path.size + 1);
        self->count++;
    }
    buffer_release(&path);
}

static void each_world(void *context, const char *name, wit_set *set,
                       uint32_t world)
{
    corpus *self = context;
    bind_output out, again;
    bind_options options = {.freestanding = true,
                            .encoding = (bind_encoding)(self->count % 3)};
    if (!generate(set, world, &bind_language_c, &options, &out))
        return;
    if (generate(set, world, &bind_language_c, &options, &again)) {
        CHECK_INT(again.count, out.count);
        for (size_t i = 0; i < out.count && i < again.count; i++)
            CHECK(slice_equal(buffer_view(&out.files[i].text),
                              buffer_view(&again.files[i].text)));
        bind_output_release(&again);
    }
    buffer folder;
    whit_error error;
    buffer_init(&folder);
    buffer_printf(&folder, "%s/%s-%u", buffer_string(&self->folder), name,
                  world);
    const char *path = buffer_string(&folder);
    CHECK_INT(file_make_directories(path, &error), WHIT_OK);
    /* Without whit_guest.*, which is always the same. */
    for (size_t i = 0; i < out.count; i++)
        if (!memmem(out.files[i].path, strlen(out.files[i].path), "whit_", 5))
            write_file(self, path, &out.files[i]);
    buffer_release(&folder);
    bind_output_release(&out);
}

/* A clang that knows WebAssembly; NULL after saying that there is none. */
static const char *find_clang(void)
{
    static const char *const names[] = {"clang-22", "clang"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *argv[] = {names[i], "--print-targets", NULL};
        process_spec spec = {
            .argv = argv, .output = PROCESS_CAPTURE, .error = PROCESS_NULL};
        process_result result;
        process_result_init(&result);
        bool found =
            process_run(&spec, &result, NULL) == WHIT_OK && !result.code &&
            result.output.size &&
            memmem(result.output.data, result.output.size, "wasm32", 6);
        process_result_release(&result);
        if (found)
            return names[i];
    }
    printf("skipped: no clang for wasm32\n");
    return NULL;
}

static void compile(const char *clang, const corpus *self)
{
    static const char *const flags[] = {"--target=wasm32",
                                        "-fsyntax-only",
                                        "-std=c17",
                                        "-Wall",
                                        "-Wextra",
                                        "-Werror",
                                        "-Wmissing-prototypes"};
    size_t count = 0;
    const char **argv =
        mem_calloc(self->count + COUNT_OF(flags) + 2, sizeof(*argv));
    argv[count++] = clang;
    for (size_t i = 0; i < COUNT_OF(flags); i++)
        argv[count++] = flags[i];
    const char *end = (const char *)self->files.data + self->files.size;
    for (const char *at = (const char *)self->files.data; at < end;
         at += strlen(at) + 1)
        argv[count++] = at;
    process_spec spec = {
        .argv = argv, .output = PROCESS_NULL, .error = PROCESS_CAPTURE};
    process_result result;
    whit_error error;
    process_result_init(&result);
    CHECK_INT(process_run(&spec, &result, &error), WHIT_OK);
    CHECK_INT(result.code, 0);
    if (result.code)
        printf("%.2000s\n", buffer_string(&result.error));
    process_result_release(&result);
    mem_free(argv);
}

TEST(whole_corpus)
{
    corpus self = {.count = 0};
    whit_error error;
    buffer_init(&self.folder);
    buffer_init(&self.files);
    CHECK_INT(file_temporary_directory("bind-c", &self.folder, &error),
              WHIT_OK);
    for_each_world(each_world, &self);
    CHECK(self.count >= 170);
    const char *clang = find_clang();
    if (clang)
        compile(clang, &self);
    CHECK_INT(file_remove_tree(buffer_string(&self.folder), &error), WHIT_OK);
    buffer_release(&self.folder);
    buffer_release(&self.files);
}

TEST_MAIN(RUN(header) RUN(source) RUN(spellings) RUN(documentation) RUN(scopes)
              RUN(whole_corpus))
