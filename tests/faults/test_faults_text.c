/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Each allocation of text parser, printer and script reader fails in turn:
 * the call reports it and leaves nothing behind (the leak checker looks). */
#include "test.h"

#include "../unit/wasm/everything_text.h"
#include "base/memory.h"
#include "wasm/print.h"
#include "wasm/script.h"
#include "wasm/text.h"
#include "wasm/validate.h"

typedef whit_status work(slice text, whit_error *error);

static whit_status parse(slice text, whit_error *error)
{
    wasm_module *module = NULL;
    whit_status status = wasm_text_parse(text, &module, error);
    CHECK((status == WHIT_OK) == (module != NULL));
    wasm_module_free(module);
    return status;
}

/* Positions are looked up without memory. */
static whit_status validate(slice text, whit_error *error)
{
    wasm_module *module = NULL;
    TRY(wasm_text_parse(text, &module, error));
    whit_status status = wasm_validate(module, WASM_FEATURES_ALL, error);
    CHECK(status != WHIT_INVALID || error->position == WHIT_POSITION_LINE);
    wasm_module_free(module);
    return status;
}

/* The module is made before the fault starts. */
static const wasm_module *printed;

static whit_status print(slice text, whit_error *error)
{
    wasm_print_options options = {.fold = text.size != 0};
    buffer out;
    buffer_init(&out);
    whit_status status = wasm_print(printed, &options, &out, error);
    buffer_release(&out);
    return status;
}

static whit_status script(slice text, whit_error *error)
{
    wasm_script *read = NULL;
    whit_status status = wasm_script_parse(text, &read, error);
    CHECK((status == WHIT_OK) == (read != NULL));
    wasm_script_free(read);
    return status;
}

/* Lets the n-th allocation and all later ones fail, for every n that the
 * work reaches; `want` is its result when nothing fails. */
static void fail_each(work *run, slice text, whit_status want)
{
    whit_error error;
    mem_fail_after(0);
    CHECK_INT(run(text, &error), want);
    uint64_t total = mem_count();
    CHECK(total > 0);
    for (uint64_t n = 1; n <= total; n++) {
        error.code = WHIT_OK;
        mem_fail_after(n);
        whit_status status = run(text, &error);
        mem_fail_after(0);
        CHECK_INT(status, WHIT_OUT_OF_MEMORY);
        CHECK_INT(error.code, WHIT_OUT_OF_MEMORY);
    }
}

TEST(parsing)
{
    fail_each(parse, slice_text(everything_text), WHIT_OK);
    fail_each(parse, slice_text("(module (func $a (local $b i32) (bad)))"),
              WHIT_MALFORMED);
    fail_each(validate, slice_text("(module (func (local i32) drop))"),
              WHIT_INVALID);
}

TEST(printing)
{
    whit_error error;
    wasm_module *module = NULL;
    CHECK_INT(wasm_text_parse(slice_text(everything_text), &module, &error),
              WHIT_OK);
    printed = module;
    fail_each(print, slice_of(NULL, 0), WHIT_OK);
    fail_each(print, slice_text("fold"), WHIT_OK);
    wasm_module_free(module);
}

TEST(scripts)
{
    fail_each(script,
              slice_text("(module $m (func)) (module binary \"\\00a\" \"b\")"
                         "(assert_return (invoke \"f\\n\" (i32.const 1))"
                         " (either (ref.null) (v128.const i64x2 1 2)))"
                         "(thread $t (shared (module $m)) (invoke \"g\"))"
                         "(wait $t)"),
              WHIT_OK);
}

TEST_MAIN(RUN(parsing) RUN(printing) RUN(scripts))
