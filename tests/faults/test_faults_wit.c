/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of the WIT reader and printer fails in turn: the call
 * reports it and leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "base/memory.h"
#include "toolchain/wit_files.h"
#include "wit/print.h"

static const char everything[] =
    "/// Package.\npackage a:root@1.0.0;\n"
    "use x:y/types@0.1.0 as foreign;\n"
    "/// Types.\n"
    "interface types {\n"
    "  use foreign.{t, r as s};\n"
    "  type o = list<tuple<t, option<u8>>>;\n"
    "  record rec { a: var, b: map<string, fl>, c: list<u8, 4> }\n"
    "  variant var { a, b(result<_, e>) }\n"
    "  enum e { a, b } flags fl { c, d }\n"
    "  @since(version = 1.0.0)\n"
    "  resource res { constructor(a: rec); m: async func(x: borrow<res>);\n"
    "    st: static func() -> result<res, string>; }\n"
    "  @external-id(\"x\\u{41}\") f: func(a: stream<u8>) -> future<string>;\n"
    "  @unstable(feature = off) g: func();\n"
    "}\n"
    "interface more { use types.{res, e as ee}; h: func() -> ee; }\n"
    "world base { record own-type { a: u8 } import k: func(x: own-type);\n"
    "  import host: interface { use types.{e}; l: func(x: e); }\n"
    "  export run: func(); }\n"
    "world w { include base with { k as kk, own-type as other } import more;\n"
    "  export more; import plain: types; use types.{rec}; }\n"
    "package x:y@0.1.0 { interface types { type t = u8; resource r; } }\n";

static const char wrong[] = "package a:b; interface i { use j.{x}; }"
                            "interface j { type y = u8; f: func(a: z); }";

static whit_status read_text(const char *text, whit_error *error)
{
    uint32_t root;
    wit_source source = {slice_text("t.wit"), slice_text(text), 0};
    wit_set *set = wit_set_new();
    if (!set)
        return error_set(error, WHIT_OUT_OF_MEMORY, "out of memory");
    whit_status status = wit_resolve(set, &source, 1, NULL, &root, error);
    wit_set_free(set);
    return status;
}

static whit_status read_right(whit_error *error)
{
    return read_text(everything, error);
}

static whit_status read_wrong(whit_error *error)
{
    return read_text(wrong, error);
}

static whit_status read_folder(whit_error *error)
{
    uint32_t root;
    buffer failed;
    buffer_init(&failed);
    wit_set *set = wit_set_new();
    whit_status status =
        set ? tool_wit_load(set, "tests/wit/good/folder_deps", NULL, NULL,
                            &root, &failed, error)
            : error_set(error, WHIT_OUT_OF_MEMORY, "out of memory");
    buffer_release(&failed);
    wit_set_free(set);
    return status;
}

/* The set is made before the fault starts. */
static const wit_set *printed;
static uint32_t printed_root;

static whit_status print(whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status =
        wit_print_set(printed, printed_root, NULL, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status streams(whit_error *error)
{
    whit_status status = WHIT_OK;
    for (uint32_t i = 0; i < printed->interface_count; i++) {
        const wit_interface *it = &printed->interfaces[i];
        for (uint32_t j = 0; j < it->function_count; j++) {
            wit_type *types = NULL;
            uint32_t count;
            status = wit_function_streams(printed, &it->functions[j], &types,
                                          &count, error);
            mem_free(types);
            if (status != WHIT_OK)
                return status;
        }
    }
    return status;
}

/* Lets the n-th allocation and all later ones fail, for every n that the
 * work reaches; `want` is its result when nothing fails. */
static void fail_each(whit_status (*work)(whit_error *), whit_status want)
{
    whit_error error;
    mem_fail_after(0);
    CHECK_INT(work(&error), want);
    uint64_t total = mem_count();
    CHECK(total > 0);
    for (uint64_t n = 1; n <= total; n++) {
        error.code = WHIT_OK;
        mem_fail_after(n);
        whit_status status = work(&error);
        mem_fail_after(0);
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        CHECK_INT(error.code, WHIT_OUT_OF_MEMORY);
    }
}

TEST(reading)
{
    fail_each(read_right, WHIT_OK);
}

TEST(reading_errors)
{
    fail_each(read_wrong, WHIT_INVALID);
}

TEST(reading_folders)
{
    fail_each(read_folder, WHIT_OK);
}

TEST(printing)
{
    wit_source source = {slice_text("t.wit"), slice_text(everything), 0};
    wit_set *set = wit_set_new();
    CHECK_INT(wit_resolve(set, &source, 1, NULL, &printed_root, NULL), WHIT_OK);
    printed = set;
    fail_each(print, WHIT_OK);
    fail_each(streams, WHIT_OK);
    wit_set_free(set);
}

TEST_MAIN(RUN(reading) RUN(reading_errors) RUN(reading_folders) RUN(printing))
