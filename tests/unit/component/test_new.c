/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Components made of core modules: what they import and export, how large
 * they are, and what is said of modules that do not fit their world. */
#include "test.h"

#include "base/memory.h"
#include "component/decode.h"
#include "component/new.h"
#include "component/validate.h"
#include "component/wit_decode.h"
#include "wasm/encode.h"
#include "wasm/text.h"
#include "wit/print.h"
#include "wit/resolve.h"

#define REALLOC                                                             \
    "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) " \
    "i32.const 0)"
#define MEMORY "(memory (export \"memory\") 1)"

/* ---- Making ---- */

static wit_set *read_wit(const char *text, uint32_t *world)
{
    uint32_t root;
    whit_error error;
    wit_source source = {slice_text("t.wit"), slice_text(text), 0};
    wit_set *set = wit_set_new();
    if (!set || wit_resolve(set, &source, 1, NULL, &root, &error) != WHIT_OK ||
        wit_select_world(set, root, slice_text("w"), world, &error) !=
            WHIT_OK) {
        printf("%s\n", set ? error.message : "out of memory");
        wit_set_free(set);
        return NULL;
    }
    return set;
}

static bool read_wat(const char *text, buffer *out)
{
    wasm_module *module = NULL;
    whit_error error;
    bool good = wasm_text_parse(slice_text(text), &module, &error) == WHIT_OK &&
                wasm_encode(module, out, &error) == WHIT_OK;
    if (!good)
        printf("%s\n", error.message);
    wasm_module_free(module);
    return good;
}

/* `adapter` is named "old", or NULL. */
static whit_status make(const char *wit, const char *wat, const char *adapter,
                        const component_new_options *given, buffer *out,
                        whit_error *error)
{
    uint32_t world;
    buffer module, old;
    component_new_options options = {0};
    if (given)
        options = *given;
    buffer_init(&module);
    buffer_init(&old);
    wit_set *set = read_wit(wit, &world);
    bool good =
        set && read_wat(wat, &module) && (!adapter || read_wat(adapter, &old));
    component_new_module main = {.bytes = buffer_view(&module)};
    component_new_module other = {.name = slice_text("old"),
                                  .bytes = buffer_view(&old)};
    options.adapters = &other;
    options.adapter_count = adapter != NULL;
    whit_status status =
        good ? component_new(&main, set, world, &options, out, error)
             : error_set(error, WHIT_MALFORMED, "the test is broken");
    wit_set_free(set);
    buffer_release(&module);
    buffer_release(&old);
    return status;
}

/* The world of a component as WIT. */
static void write_world(slice bytes, buffer *out)
{
    uint32_t package;
    whit_error error;
    wit_print_options how = {0};
    wit_set *set = wit_set_new();
    CHECK(set &&
          component_wit_decode(set, bytes, &package, &error) == WHIT_OK &&
          wit_print_package(set, package, &how, out, &error) == WHIT_OK);
    wit_set_free(set);
}

/* ---- Counting ---- */

typedef struct counts {
    uint32_t of[COMPONENT_DEF_KINDS];
    uint32_t functions; /* imported ones, in instances too */
    uint32_t aliases_of_core;
} counts;

static void count(slice bytes, counts *out)
{
    component_file *file = NULL;
    whit_error error;
    memset(out, 0, sizeof *out);
    CHECK(component_decode(bytes, &file, &error) == WHIT_OK);
    if (!file)
        return;
    for (uint32_t i = 0; i < file->root.definition_count; i++) {
        const component_definition *it = &file->root.definitions[i];
        out->of[it->kind]++;
        if (it->kind == COMPONENT_DEF_ALIAS &&
            it->alias.target == COMPONENT_ALIAS_CORE_EXPORT)
            out->aliases_of_core++;
    }
    component_file_free(file);
}

/* Makes it and compares its world; prints size and modules when they are
 * others than said. */
static void check_new(const char *wit, const char *wat, const char *adapter,
                      const component_new_options *options, size_t size,
                      uint32_t modules, const char *world)
{
    buffer bytes, text;
    counts seen;
    whit_error error;
    buffer_init(&bytes);
    buffer_init(&text);
    whit_status status = make(wit, wat, adapter, options, &bytes, &error);
    if (status != WHIT_OK)
        printf("%s\n", error.message);
    CHECK_INT(status, WHIT_OK);
    if (status == WHIT_OK) {
        count(buffer_view(&bytes), &seen);
        CHECK_INT(bytes.size, size);
        CHECK_INT(seen.of[COMPONENT_DEF_CORE_MODULE], modules);
        CHECK_INT(seen.of[COMPONENT_DEF_CUSTOM], 0);
        write_world(buffer_view(&bytes), &text);
        CHECK_TEXT(buffer_string(&text), world);
    }
    buffer_release(&bytes);
    buffer_release(&text);
}

#define ROOT(items) "package root:component;\n\nworld root {\n" items "}\n"

/* ---- Functions of the world ---- */

TEST(numbers_need_one_module)
{
    check_new("package a:b; world w { export add: func(a: u32, b: u32) -> u32; "
              "import unused: func(s: string); }",
              "(module (func (export \"add\") (param i32 i32) (result i32) "
              "local.get 0 local.get 1 i32.add))",
              NULL, NULL, 94, 1,
              ROOT("  export add: func(a: u32, b: u32) -> u32;\n"));
}

TEST(strings_out_need_no_shim)
{
    check_new("package a:b; world w { export greet: func(s: string) -> "
              "string; }",
              "(module " MEMORY REALLOC
              "(func (export \"greet\") (param i32 i32) (result i32) "
              "i32.const 0) (func (export \"cabi_post_greet\") (param i32)))",
              NULL, NULL, 153, 1,
              ROOT("  export greet: func(s: string) -> string;\n"));
}

TEST(strings_in_go_through_the_shim)
{
    check_new("package a:b; world w { import log: func(s: string); "
              "import read: func() -> string; import now: func() -> u64; "
              "export run: func(); }",
              "(module (import \"$root\" \"log\" (func (param i32 i32)))"
              "(import \"$root\" \"read\" (func (param i32)))"
              "(import \"$root\" \"now\" (func (result i64)))" MEMORY REALLOC
              "(func (export \"run\")))",
              NULL, NULL, 390, 3,
              ROOT("  import log: func(s: string);\n"
                   "  import read: func() -> string;\n"
                   "  import now: func() -> u64;\n\n"
                   "  export run: func();\n"));
}

TEST(memory_may_be_imported)
{
    check_new("package a:b; world w { import log: func(s: string); }",
              "(module (import \"$root\" \"log\" (func (param i32 i32)))"
              "(import \"env\" \"memory\" (memory 1 2)))",
              NULL, NULL, 126, 2, ROOT("  import log: func(s: string);\n"));
}

TEST(initialize_runs_when_all_is_there)
{
    check_new("package a:b; world w { import log: func(s: string); }",
              "(module (import \"$root\" \"log\" (func (param i32 i32)))" MEMORY
              "(func (export \"_initialize\")))",
              NULL, NULL, 246, 3, ROOT("  import log: func(s: string);\n"));
    check_new("package a:b; world w { }",
              "(module (func (export \"_initialize\")))", NULL, NULL, 94, 2,
              ROOT(""));
}

/* ---- Interfaces ---- */

#define TYPES                                                                \
    "package a:b@1.2.3; interface t { record r { x: u32 } flags f { a, b } " \
    "type bytes = list<u8>; get: func(f: f) -> r; more: func(b: bytes); } "

TEST(interfaces_are_imported_as_far_as_used)
{
    check_new(TYPES "world w { import t; }",
              "(module (import \"a:b/t@1.2.3\" \"get\" (func (param i32) "
              "(result i32))))",
              NULL, NULL, 130, 1, ROOT("  import a:b/t@1.2.3;\n"));
    /* An older version of the module's side will do. */
    check_new(TYPES "world w { import t; }",
              "(module (import \"a:b/t@1.0.0\" \"get\" (func (param i32) "
              "(result i32))))",
              NULL, NULL, 130, 1, ROOT("  import a:b/t@1.2.3;\n"));
    check_new(TYPES "world w { import t; }", "(module)", NULL, NULL, 24, 1,
              ROOT(""));
}

TEST(interfaces_without_resources_are_plain_instances)
{
    buffer bytes;
    counts seen;
    whit_error error;
    buffer_init(&bytes);
    CHECK(make(TYPES "world w { export t; }",
               "(module " MEMORY REALLOC
               "(func (export \"a:b/t@1.2.3#get\") (param i32) (result i32) "
               "i32.const 0)"
               "(func (export \"a:b/t@1.2.3#more\") (param i32 i32)))",
               NULL, NULL, &bytes, &error) == WHIT_OK);
    count(buffer_view(&bytes), &seen);
    CHECK_INT(seen.of[COMPONENT_DEF_COMPONENT], 0);
    CHECK_INT(seen.of[COMPONENT_DEF_INSTANCE], 1);
    buffer_release(&bytes);
}

#define RESOURCES                                                             \
    "package a:b; interface t { resource r { constructor(x: u32); get: "      \
    "func() -> u32; make: static func() -> r; } take: func(r: r); } "         \
    "interface u { use t.{r}; type s = r; pass: func(r: borrow<r>, s: s) -> " \
    "list<r>; } "
#define RESOURCE_EXPORTS                                                \
    "(func (export \"a:b/t#[constructor]r\") (param i32) (result i32) " \
    "unreachable)"                                                      \
    "(func (export \"a:b/t#[method]r.get\") (param i32) (result i32) "  \
    "unreachable)"                                                      \
    "(func (export \"a:b/t#[static]r.make\") (result i32) unreachable)" \
    "(func (export \"a:b/t#take\") (param i32))"                        \
    "(func (export \"a:b/t#[dtor]r\") (param i32))"

TEST(resources_with_intrinsics_have_early_types)
{
    check_new(RESOURCES "world w { export t; }",
              "(module (import \"[export]a:b/t\" \"[resource-new]r\" (func "
              "(param i32) (result i32)))"
              "(import \"[export]a:b/t\" \"[resource-rep]r\" (func "
              "(param i32) (result i32)))"
              "(import \"[export]a:b/t\" \"[resource-drop]r\" (func "
              "(param i32)))" RESOURCE_EXPORTS ")",
              NULL, NULL, 589, 3, ROOT("  export a:b/t;\n"));
}

TEST(resources_without_intrinsics_need_no_shim)
{
    check_new(RESOURCES "world w { export t; }",
              "(module " RESOURCE_EXPORTS ")", NULL, NULL, 421, 1,
              ROOT("  export a:b/t;\n"));
}

TEST(exports_use_types_of_other_exports)
{
    check_new(RESOURCES "world w { export t; export u; }",
              "(module " MEMORY RESOURCE_EXPORTS
              "(func (export \"a:b/u#pass\") (param i32 i32) (result i32) "
              "unreachable))",
              NULL, NULL, 620, 1, ROOT("  export a:b/t;\n  export a:b/u;\n"));
}

TEST(exports_use_types_of_imports)
{
    check_new(RESOURCES "world w { import t; export u; }",
              "(module (import \"a:b/t\" \"[resource-drop]r\" (func (param "
              "i32)))" MEMORY
              "(func (export \"a:b/u#pass\") (param i32 i32) (result i32) "
              "unreachable))",
              NULL, NULL, 283, 1, ROOT("  import a:b/t;\n\n  export a:b/u;\n"));
}

TEST(both_sides_have_types_of_their_own)
{
    check_new(RESOURCES "world w { import t; export t; }",
              "(module (import \"a:b/t\" \"[static]r.make\" (func (result "
              "i32))) (import \"[export]a:b/t\" \"[resource-new]r\" (func "
              "(param i32) (result i32)))" RESOURCE_EXPORTS ")",
              NULL, NULL, 651, 3, ROOT("  import a:b/t;\n\n  export a:b/t;\n"));
}

/* ---- The other spelling ---- */

TEST(standard_names)
{
    component_new_options options = {.reject_legacy_names = true};
    check_new(RESOURCES "world w { import f: func(s: string) -> string; "
                        "import u; export t; export g: func() -> string; }",
              "(module (import \"cm32p2\" \"f\" (func (param i32 i32 i32)))"
              "(import \"cm32p2|a:b/u\" \"pass\" (func (param i32 i32 i32)))"
              "(import \"cm32p2|a:b/t\" \"r_drop\" (func (param i32)))"
              "(import \"cm32p2|_ex_a:b/t\" \"r_new\" (func (param i32) "
              "(result i32)))"
              "(memory (export \"cm32p2_memory\") 1)"
              "(func (export \"cm32p2_realloc\") (param i32 i32 i32 i32) "
              "(result i32) unreachable)"
              "(func (export \"cm32p2_initialize\"))"
              "(func (export \"cm32p2||g\") (result i32) unreachable)"
              "(func (export \"cm32p2||g_post\") (param i32))"
              "(func (export \"cm32p2|a:b/t|[constructor]r\") (param i32) "
              "(result i32) unreachable)"
              "(func (export \"cm32p2|a:b/t|[method]r.get\") (param i32) "
              "(result i32) unreachable)"
              "(func (export \"cm32p2|a:b/t|[static]r.make\") (result i32) "
              "unreachable)"
              "(func (export \"cm32p2|a:b/t|take\") (param i32))"
              "(func (export \"cm32p2|a:b/t|r_dtor\") (param i32)))",
              NULL, &options, 930, 3,
              ROOT("  import a:b/t;\n  import a:b/u;\n"
                   "  import f: func(s: string) -> string;\n\n"
                   "  export g: func() -> string;\n  export a:b/t;\n"));
}

/* ---- Async ---- */

#define ASYNC_WIT                                                          \
    "package a:b; interface i { work: async func(s: string) -> string; } " \
    "world w { import i; import in: async func(a: stream<u8>, b: "         \
    "future<string>) -> u32; export i; export stack: async func() -> u8; " \
    "export plain: async func(); }"

#define BUILTIN(name, type) "(import \"$root\" \"" name "\" (func " type "))"

static const char async_module[] =
    "(module"
    "(import \"a:b/i\" \"[async-lower]work\" (func (param i32 i32 i32) (result "
    "i32)))"
    "(import \"a:b/i\" \"work\" (func (param i32 i32 i32)))"
    "(import \"$root\" \"[async-lower]in\" (func (param i32 i32 i32) (result "
    "i32)))"
    "(import \"[export]a:b/i\" \"[task-return]work\" (func (param i32 i32)))"
    "(import \"[export]$root\" \"[task-return]stack\" (func (param i32)))"
    "(import \"[export]$root\" \"[task-cancel]\" (func))"
    "(import \"$root\" \"[stream-new-0]in\" (func (result i64)))"
    "(import \"$root\" \"[async-lower][stream-read-0]in\" (func (param i32 i32 "
    "i32) (result i32)))"
    "(import \"$root\" \"[stream-write-0]in\" (func (param i32 i32 i32) "
    "(result i32)))"
    "(import \"$root\" \"[stream-cancel-read-0]in\" (func (param i32) (result "
    "i32)))"
    "(import \"$root\" \"[async-lower][stream-cancel-write-0]in\" (func (param "
    "i32) (result i32)))"
    "(import \"$root\" \"[stream-drop-readable-0]in\" (func (param i32)))"
    "(import \"$root\" \"[stream-drop-writable-0]in\" (func (param i32)))"
    "(import \"$root\" \"[future-new-1]in\" (func (result i64)))"
    "(import \"$root\" \"[future-read-1]in\" (func (param i32 i32) (result "
    "i32)))"
    "(import \"$root\" \"[async-lower][future-write-1]in\" (func (param i32 "
    "i32) (result i32)))"
    "(import \"$root\" \"[future-cancel-read-1]in\" (func (param i32) (result "
    "i32)))"
    "(import \"$root\" \"[future-drop-writable-1]in\" (func (param i32)))"
    "(import \"$root\" \"[future-new-unit]\" (func (result i64)))" BUILTIN(
        "[backpressure-inc]",
        "") BUILTIN("[backpressure-dec]",
                    "") BUILTIN("[waitable-set-new]",
                                "(result i32)") BUILTIN("[waitable-set-wait]",
                                                        "(param i32 i32) "
                                                        "(result i32)")
        BUILTIN(
            "[cancellable][waitable-set-poll]",
            "(param i32 i32) (result "
            "i32)") BUILTIN("[waitable-set-poll-i32]",
                            "(param i32 i32) (result "
                            "i32)") BUILTIN("[waitable-set-drop]",
                                            "(param i32)") BUILTIN("[waitable-"
                                                                   "join]",
                                                                   "(param i32 "
                                                                   "i32)")
            BUILTIN("[subtask-drop]", "(param i32)") BUILTIN(
                "[subtask-cancel]",
                "(param i32) (result i32)") BUILTIN("[async-lower][subtask-"
                                                    "cancel]",
                                                    "(param i32) (result i32)")
                BUILTIN("[context-get-0]", "(result i32)") BUILTIN(
                    "[context-set-i32-1]",
                    "(param i32)") BUILTIN("[error-context-new-utf8]",
                                           "(param i32 i32) (result i32)")
                    BUILTIN("[error-context-debug-message-utf16]",
                            "(param i32 i32)") BUILTIN("[error-context-drop]",
                                                       "(param i32)")
                        BUILTIN("[thread-index]", "(result i32)") BUILTIN(
                            "[thread-new-indirect-v0]",
                            "(param i32 i32) (result i32)")
                            BUILTIN("[thread-resume-later]",
                                    "(param i32)") BUILTIN("[thread-suspend]",
                                                           "(result i32)")
                                BUILTIN("[cancellable][thread-yield]",
                                        "(result i32)")
                                    BUILTIN("[thread-suspend-then-resume]",
                                            "(param i32) (result i32)")
                                        BUILTIN("[thread-yield-then-resume]",
                                                "(param i32) (result i32)")
                                            BUILTIN("[thread-suspend-then-"
                                                    "promote]",
                                                    "(param i32) (result i32)")
                                                BUILTIN(
                                                    "[thread-yield-then-"
                                                    "promote]",
                                                    "(param i32) (result "
                                                    "i32)") "(import "
                                                            "\"env\" "
                                                            "\"__wasm_get_"
                                                            "stack_"
                                                            "pointer\" "
                                                            "(func (result "
                                                            "i32)))"
                                                            "(import "
                                                            "\"env\" "
                                                            "\"__wasm_set_"
                                                            "tls_base\" "
                                                            "(func (param "
                                                            "i32))"
                                                            ")" MEMORY REALLOC
                                                            "(table "
                                                            "(export "
                                                            "\"__indirect_"
                                                            "function_"
                                                            "table\") 1 "
                                                            "funcref)"
                                                            "(func (export "
                                                            "\"[async-lift]"
                                                            "a:b/i#work\") "
                                                            "(param i32 "
                                                            "i32) (result "
                                                            "i32) "
                                                            "unreachable)"
                                                            "(func (export "
                                                            "\"[callback]["
                                                            "async-lift]a:"
                                                            "b/i#work\") "
                                                            "(param i32 "
                                                            "i32 i32) "
                                                            "(result i32) "
                                                            "unreachable)"
                                                            "(func (export "
                                                            "\"[async-lift-"
                                                            "stackful]"
                                                            "stack\"))"
                                                            "(func (export "
                                                            "\"plain\")))";

TEST(async_of_every_kind)
{
    check_new(ASYNC_WIT, async_module, NULL, NULL, 1420, 3,
              ROOT("  import a:b/i;\n"
                   "  import in: async func(a: stream<u8>, b: future<string>) "
                   "-> u32;\n\n"
                   "  export stack: async func() -> u8;\n"
                   "  export plain: async func();\n"
                   "  export a:b/i;\n"));
}

TEST(thread_local_storage_is_in_the_shim_without_threads)
{
    check_new("package a:b; world w { }",
              "(module (import \"env\" \"__wasm_get_tls_base\" (func (result "
              "i32))) (import \"env\" \"__wasm_set_tls_base\" (func (param "
              "i32))))",
              NULL, NULL, 117, 2, ROOT(""));
}

/* ---- Adapters ---- */

TEST(adapters_answer_and_export)
{
    check_new("package a:b; interface i { f: func(s: string); g: func() -> "
              "string; } world w { import i; export run: func(); }",
              "(module (import \"old\" \"write\" (func (param i32 "
              "i32)))" MEMORY REALLOC "(func (export \"start\")))",
              "(module (import \"env\" \"memory\" (memory 0))"
              "(import \"__main_module__\" \"start\" (func))"
              "(import \"__main_module__\" \"cabi_realloc\" (func (param i32 "
              "i32 i32 i32) (result i32)))"
              "(import \"a:b/i\" \"f\" (func $f (param i32 i32)))"
              "(import \"a:b/i\" \"g\" (func (param i32)))"
              "(func (export \"write\") (param i32 i32) local.get 0 local.get "
              "1 call $f) (func (export \"unused\"))"
              "(func (export \"run\")))",
              NULL, 454, 4, ROOT("  import a:b/i;\n\n  export run: func();\n"));
}

/* ---- Options ---- */

TEST(imports_can_be_renamed)
{
    wit_rename renames[] = {{slice_text("a:b/t@1.2.3"), slice_text("x:y/z")},
                            {slice_text("q:q/q"), slice_text("r:r/r")}};
    component_new_options options = {.renames = renames, .rename_count = 2};
    check_new(TYPES "world w { import t; }",
              "(module (import \"a:b/t@1.2.3\" \"get\" (func (param i32) "
              "(result i32))))",
              NULL, &options, 124, 1, ROOT("  import x:y/z;\n"));
}

static bool contains(const buffer *bytes, const char *text)
{
    return bytes->data &&
           memmem(bytes->data, bytes->size, text, strlen(text)) != NULL;
}

TEST(custom_sections_are_kept_when_asked)
{
    const char *wit = "package a:b; world w { import f: func(); import f2: "
                      "func(s: string); }";
    const char *wat = "(module (import \"$root\" \"f\" (func $named)) "
                      "(import \"$root\" \"f\" (func)) (import \"$root\" "
                      "\"f2\" (func (param i32 i32)))" MEMORY
                      "(@custom \"component-type:x\" \"xyz\")"
                      "(@custom \"other\" \"kept\"))";
    component_new_options options = {.keep_customs = true};
    whit_error error;
    buffer bytes;
    buffer_init(&bytes);
    CHECK(make(wit, wat, NULL, &options, &bytes, &error) == WHIT_OK);
    CHECK(contains(&bytes, "named"));
    CHECK(contains(&bytes, "kept"));
    CHECK(contains(&bytes, "$root"));
    CHECK(!contains(&bytes, "component-type"));
    buffer_clear(&bytes);
    options.keep_customs = false;
    CHECK(make(wit, wat, NULL, &options, &bytes, &error) == WHIT_OK);
    CHECK(!contains(&bytes, "named"));
    CHECK(!contains(&bytes, "kept"));
    CHECK(!contains(&bytes, "$root"));
    CHECK(!contains(&bytes, "component-type"));
    buffer_release(&bytes);
}

TEST(exports_that_allow_references_stay)
{
    check_new("package a:b; world w { export f: func(); }",
              "(module (func $g (export \"g\")) (func (export \"f\") ref.func "
              "$g drop))",
              NULL, NULL, 89, 1, ROOT("  export f: func();\n"));
}

/* ---- Errors ---- */

typedef struct mistake {
    const char *wit, *wat, *message;
} mistake;

static const mistake mistakes[] = {
    {"world w { export add: func() -> u32; }", "(module)",
     "the world exports the function 'add', but the module has no export "
     "'add'"},
    {"world w { export add: func() -> u32; }",
     "(module (func (export \"addd\") (result i32) unreachable))",
     "the world exports the function 'add', but the module has no export "
     "'add'; did you mean 'addd'?"},
    {"world w { export add: func(x: string) -> u32; }",
     "(module (func (export \"add\") (param i64) (result i32) unreachable))",
     "export 'add' has type (i64) -> (i32), but it has to be (i32, i32) -> "
     "(i32) for function 'add'"},
    {"interface i { f: func(); } world w { export i; }",
     "(module (func (export \"a:b/j#f\")))",
     "the world exports the function 'f', but the module has no export "
     "'a:b/i#f'; did you mean 'a:b/j#f'?"},
    {"world w { import log: func(s: string); }",
     "(module (import \"$root\" \"lag\" (func (param i32 i32))))",
     "import 'lag' from '$root': the world imports no such function; did you "
     "mean 'log'?"},
    {"world w { import log: func(s: string); }",
     "(module (import \"$root\" \"log\" (func (param i32))))",
     "import 'log' has type (i32) -> (), but it has to be (i32, i32) -> () "
     "for function 'log'"},
    {"world w { import log: func(s: string); }",
     "(module (import \"$root\" \"log\" (func (param i32 i32))))",
     "import 'log' from '$root' needs memory: the module has to export it as "
     "'memory'"},
    {"world w { import get: func() -> string; }",
     "(module (import \"$root\" \"get\" (func (param i32)))" MEMORY ")",
     "import 'get' from '$root' needs an allocator: the module has to export "
     "'cabi_realloc' with type (i32, i32, i32, i32) -> (i32)"},
    {"world w { export put: func(s: string); }",
     "(module (func (export \"put\") (param i32 i32))" MEMORY ")",
     "export 'put' needs an allocator: the module has to export "
     "'cabi_realloc' with type (i32, i32, i32, i32) -> (i32)"},
    {"world w { export get: func() -> string; }",
     "(module (func (export \"get\") (result i32) unreachable))",
     "export 'get' needs memory: the module has to export it as 'memory'"},
    {"interface i { f: func(); } world w { import i; }",
     "(module (import \"a:b/i\" \"g\" (func)))",
     "import 'g' from 'a:b/i': the interface has no such function; did you "
     "mean 'f'?"},
    {"interface i { f: func(); } world w { import i; }",
     "(module (import \"a:b/ii\" \"f\" (func)))",
     "import 'f' from 'a:b/ii': the world imports no such interface; did you "
     "mean 'a:b/i'?"},
    {"interface i { f: func(); } world w { import i; }",
     "(module (import \"wasi_snapshot_preview1\" \"fd_write\" (func)))",
     "import 'fd_write' from 'wasi_snapshot_preview1': this module is no "
     "interface of the world; an adapter for it would answer (--adapt)"},
    {"world w { }", "(module (import \"$root\" \"x\" (global i32)))",
     "import 'x' from '$root' is a global: only functions can be imported"},
    {"world w { }",
     "(module (import \"$root\" \"[waitable-set-knew]\" (func)))",
     "import '[waitable-set-knew]' from '$root': the world imports no such "
     "function; did you mean '[waitable-set-new]'?"},
    {"world w { }", "(module (import \"$root\" \"[waitable-join]\" (func)))",
     "import '[waitable-join]' has type () -> (), but it has to be (i32, i32) "
     "-> () (module '$root')"},
    {"world w { export f: async func(); }",
     "(module (func (export \"[async-lift]f\") (result i32) unreachable))",
     "export '[async-lift]f' has no callback: '[callback][async-lift]f' is "
     "missing"},
    {"world w { export f: async func(); }",
     "(module (import \"[export]$root\" \"[task-return]g\" (func)) (func "
     "(export \"f\")))",
     "import '[task-return]g' from '[export]$root': the world exports no such "
     "function; did you mean 'f'?"},
    {"world w { import f: func(s: stream<u8>); }",
     "(module (import \"$root\" \"[stream-new-1]f\" (func (result i64))))",
     "import '[stream-new-1]f' from '$root': the function has fewer streams "
     "and futures"},
    {"world w { import f: func(s: stream<u8>); }",
     "(module (import \"$root\" \"[future-new-0]f\" (func (result i64))))",
     "import '[future-new-0]f' from '$root': that type of the function is a "
     "stream"},
    {"interface i { resource r; } world w { import i; }",
     "(module (import \"a:b/i\" \"[resource-new]r\" (func (param i32) (result "
     "i32))))",
     "import '[resource-new]r' from 'a:b/i': the interface has no such "
     "function"},
    {"interface i { resource r; } world w { export i; }",
     "(module (func (export \"a:b/i#[dtor]r\")))",
     "export 'a:b/i#[dtor]r' has type () -> (), but it has to be (i32) -> ()"},
    {"world w { }", "(module (func (export \"cabi_realloc\")))",
     "export 'cabi_realloc' has type () -> (), but it has to be (i32, i32, "
     "i32, i32) -> (i32)"},
};

TEST(mistakes_are_named)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        char wit[256];
        whit_error error = {0};
        buffer bytes;
        buffer_init(&bytes);
        snprintf(wit, sizeof wit, "package a:b; %s", mistakes[i].wit);
        CHECK(make(wit, mistakes[i].wat, NULL, NULL, &bytes, &error) ==
              WHIT_INVALID);
        CHECK_TEXT(error.message, mistakes[i].message);
        buffer_release(&bytes);
    }
}

TEST(legacy_names_can_be_refused)
{
    component_new_options options = {.reject_legacy_names = true};
    whit_error error = {0};
    buffer bytes;
    buffer_init(&bytes);
    CHECK(make("package a:b; world w { import f: func(); }",
               "(module (import \"$root\" \"f\" (func)))", NULL, &options,
               &bytes, &error) == WHIT_INVALID);
    CHECK_TEXT(error.message, "import 'f' from '$root': this is a legacy name, "
                              "which --reject-legacy-names forbids");
    CHECK(make("package a:b; world w { export f: func(); }",
               "(module (func (export \"f\")))", NULL, &options, &bytes,
               &error) == WHIT_INVALID);
    CHECK_TEXT(error.message, "the world exports the function 'f', but the "
                              "module has no export 'cm32p2||f'");
    buffer_release(&bytes);
}

TEST(mistakes_of_adapters_are_named)
{
    static const char wit[] =
        "package a:b; interface i { f: func(); } world w { import i; }";
    static const struct {
        const char *wat, *adapter, *message;
    } cases[] = {
        {"(module (import \"old\" \"x\" (func)))", "(module)",
         "import 'x' from 'old': the adapter exports no such function"},
        {"(module (import \"old\" \"x\" (func)))",
         "(module (func (export \"x\") (param i32)))",
         "import 'x' from 'old': the adapter's function has another type"},
        {"(module (import \"old\" \"x\" (func)))",
         "(module (import \"__main_module__\" \"y\" (func)) (func (export "
         "\"x\")))",
         "adapter 'old': import 'y' from '__main_module__': the main module "
         "has no export of this name"},
        {"(module (import \"old\" \"x\" (func)))",
         "(module (import \"env\" \"memory\" (memory 0)) (func (export "
         "\"x\")))",
         "import 'memory' from 'env' needs memory: the module has to export "
         "it as 'memory'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        whit_error error = {0};
        buffer bytes;
        buffer_init(&bytes);
        CHECK(make(wit, cases[i].wat, cases[i].adapter, NULL, &bytes, &error) ==
              WHIT_INVALID);
        CHECK_TEXT(error.message, cases[i].message);
        buffer_release(&bytes);
    }
}

TEST_MAIN(
    RUN(numbers_need_one_module) RUN(strings_out_need_no_shim) RUN(
        strings_in_go_through_the_shim) RUN(memory_may_be_imported)
        RUN(initialize_runs_when_all_is_there) RUN(
            interfaces_are_imported_as_far_as_used)
            RUN(interfaces_without_resources_are_plain_instances) RUN(
                resources_with_intrinsics_have_early_types)
                RUN(resources_without_intrinsics_need_no_shim) RUN(
                    exports_use_types_of_other_exports)
                    RUN(exports_use_types_of_imports) RUN(
                        both_sides_have_types_of_their_own) RUN(standard_names)
                        RUN(async_of_every_kind) RUN(
                            thread_local_storage_is_in_the_shim_without_threads)
                            RUN(adapters_answer_and_export)
                                RUN(imports_can_be_renamed) RUN(
                                    custom_sections_are_kept_when_asked)
                                    RUN(exports_that_allow_references_stay)
                                        RUN(mistakes_are_named) RUN(
                                            legacy_names_can_be_refused)
                                            RUN(mistakes_of_adapters_are_named))
