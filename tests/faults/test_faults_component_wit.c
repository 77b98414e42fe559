/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of the encoder and decoder of binary WIT fails in turn: the
 * call reports it and leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "base/memory.h"
#include "component/decode.h"
#include "component/metadata.h"
#include "component/targets.h"
#include "component/validate.h"
#include "component/wit_decode.h"
#include "component/wit_encode.h"
#include "toolchain/wit_dummy.h"
#include "wit/resolve.h"

static const char text[] =
    "/// P \\u.\npackage a:b@1.2.0;\n"
    "interface t { /// R.\n record r { /// F.\n x: u8 } resource s {\n"
    "  constructor(); @since(version = 1.0.0) m: func(); }\n"
    "  @external-id(\"v\") variant v { a(r), b } }\n"
    "interface u { use t.{r, s}; f: async func(x: stream<r>, y: borrow<s>)\n"
    "  -> result<list<r>, map<string, tuple<s, u8>>>; }\n"
    "world w { import u; export u; export t; use t.{r}; type o = r;\n"
    "  import k: interface { g: func(); } import l: u;\n"
    "  export run: func(x: o); }\n";

/* Made before the fault starts. */
static wit_set *set;
static buffer package, section;

static whit_status encode_package(whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status =
        component_wit_package_encode(set, 0, false, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status encode_world(whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status =
        component_metadata_encode(set, 0, COMPONENT_OPTION_UTF8, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status decode(slice bytes, whit_error *error)
{
    uint32_t root;
    wit_set *back = wit_set_new();
    if (!back)
        return error_memory(error);
    whit_status status = component_wit_decode(back, bytes, &root, error);
    wit_set_free(back);
    return status;
}

static whit_status decode_package(whit_error *error)
{
    return decode(buffer_view(&package), error);
}

static whit_status read_sections(whit_error *error)
{
    wasm_module *module = wasm_module_new();
    if (!module)
        return error_memory(error);
    wasm_custom customs[2] = {{.name = slice_text("component-type:1"),
                               .bytes = buffer_view(&section)},
                              {.name = slice_text("component-type:2"),
                               .bytes = buffer_view(&section)}};
    const wasm_module *modules[] = {module};
    component_metadata metadata;
    module->customs = customs;
    module->custom_count = 2;
    whit_status status =
        component_metadata_read(modules, 1, true, &metadata, error);
    if (status == WHIT_OK)
        component_metadata_release(&metadata);
    module->customs = NULL;
    module->custom_count = 0;
    wasm_module_free(module);
    return status;
}

static whit_status make_dummy(whit_error *error)
{
    buffer out;
    buffer_init(&out);
    whit_status status =
        tool_wit_dummy(set, 0, WIT_NAMES_LEGACY, WIT_ABI_ASYNC, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status target(whit_error *error)
{
    static const uint8_t nothing[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
    component_file *file;
    TRY(component_decode(slice_of(nothing, sizeof nothing), &file, error));
    whit_status status = component_validate(file, error);
    if (status == WHIT_OK)
        status = component_targets(file, set, 0, error);
    component_file_free(file);
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

TEST(encoding)
{
    fail_each(encode_package, WHIT_OK);
    fail_each(encode_world, WHIT_OK);
}

TEST(decoding)
{
    fail_each(decode_package, WHIT_OK);
}

TEST(sections)
{
    fail_each(read_sections, WHIT_OK);
}

TEST(dummies)
{
    fail_each(make_dummy, WHIT_OK);
}

TEST(targets)
{
    fail_each(target, WHIT_INVALID);
}

int main(void)
{
    wit_source source = {slice_text("t.wit"), slice_text(text), 0};
    whit_error error;
    uint32_t root;
    set = wit_set_new();
    if (wit_resolve(set, &source, 1, NULL, &root, &error) != WHIT_OK) {
        printf("%u:%u: %s\n0 passed, 1 failed\n", error.line, error.column,
               error.message);
        return 1;
    }
    buffer_init(&package);
    buffer_init(&section);
    test_failures = 0;
    CHECK_INT(component_wit_package_encode(set, 0, false, &package, &error),
              WHIT_OK);
    CHECK_INT(component_metadata_encode(set, 0, COMPONENT_OPTION_UTF8, &section,
                                        &error),
              WHIT_OK);
    test_failed = test_failures != 0;
    RUN(encoding)
    RUN(decoding) RUN(sections) RUN(dummies) RUN(targets) wit_set_free(set);
    buffer_release(&package);
    buffer_release(&section);
    printf("%d passed, %d failed\n", test_passed, test_failed);
    return test_failed != 0;
}
