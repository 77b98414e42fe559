/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of each generator fails in turn: the call reports it and
 * leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "base/memory.h"
#include "bindgen/generator.h"
#include "wit/resolve.h"

static const char everything[] =
    "package a:b@1.0.0;\n"
    "interface t {\n"
    "  record rec { a: var, b: map<string, fl>, c: list<u8, 4>, int: f32 }\n"
    "  variant var { a, b(result<_, e>), c(f64), d(string) }\n"
    "  enum e { a, b } flags fl { c, d }\n"
    "  resource res { constructor(a: rec); m: async func(x: borrow<res>);\n"
    "    st: static func() -> result<res, string>; }\n"
    "  f: func(a: stream<list<res>>, b: option<var>) -> list<rec>;\n"
    "  g: async func(a: u32, b: u32, c: u32, d: option<u64>, e: string)\n"
    "    -> result<future<string>, error-context>;\n"
    "}\n"
    "world w { import t; export t; export run: func() -> tuple<u8, s64>; }\n";

static wit_set *set;
static uint32_t world_index;
static const bind_language *language;

static whit_status work(whit_error *error)
{
    static const bind_options options = {.encoding = BIND_UTF8};
    bind_world world;
    bind_output out;
    TRY(bind_world_init(&world, set, world_index, error));
    bind_output_init(&out);
    whit_status status = language->generate(&world, &options, &out, error);
    CHECK(status != WHIT_OK || out.count >= 1);
    bind_output_release(&out);
    bind_world_release(&world);
    return status;
}

TEST(generators)
{
    uint32_t root;
    whit_error error;
    wit_source source = {slice_text("t.wit"), slice_text(everything), 0};
    wit_resolve_options all = {.all_features = true};
    set = wit_set_new();
    CHECK_INT(wit_resolve(set, &source, 1, &all, &root, &error), WHIT_OK);
    world_index = wit_find_world(set, root, slice_text("w"));
    for (size_t i = 0; i == 0 || bind_languages[i - 1]; i++) {
        language = i ? bind_languages[i - 1] : &bind_language_c_host;
        mem_fail_after(0);
        CHECK_INT(work(&error), WHIT_OK);
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
    wit_set_free(set);
}

TEST_MAIN(RUN(generators))
