/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Specification scripts as data. */
#include "test.h"

#include <stdlib.h>

#include "wasm/script.h"
#include "wasm/text.h"

static wasm_script *parse(const char *text)
{
    whit_error error = {0};
    wasm_script *script = NULL;
    CHECK_INT(wasm_script_parse(slice_text(text), &script, &error), WHIT_OK);
    CHECK_TEXT(error.message, "");
    if (!script)
        exit(1);
    return script;
}

TEST(modules)
{
    wasm_script *s = parse("(module $a (func))\n"
                           "  (module definition $b (func \")\"))\n"
                           "(module $c binary \"\\00a\" \"sm\")\n"
                           "(module quote \"(fu\" \"nc)\")\n"
                           "(module instance $i $b) (module instance)");
    CHECK_INT(s->command_count, 6);
    const wasm_command *c = s->commands;
    CHECK(slice_is(c[0].module.bytes, "(module $a (func))"));
    CHECK(slice_is(c[0].id, "$a"));
    CHECK(c[1].module.definition && slice_is(c[1].module.id, "$b"));
    CHECK_INT(c[1].module.line, 2);
    CHECK_INT(c[1].module.column, 3);
    CHECK_INT(c[2].module.form, WASM_FORM_BINARY);
    CHECK(slice_equal(c[2].module.bytes, slice_of("\0asm", 4)));
    CHECK(slice_is(c[3].module.bytes, "(func)"));
    CHECK_INT(c[4].kind, WASM_COMMAND_INSTANCE);
    CHECK(slice_is(c[4].id, "$i") && slice_is(c[4].id2, "$b"));
    CHECK_INT(c[5].id.size, 0);
    wasm_script_free(s);
}

TEST(actions)
{
    wasm_script *s = parse(
        "(register \"m\" $a) (invoke $a \"f\" (i32.const -1) (ref.extern 3))\n"
        "(assert_return (get \"g\") (f32.const nan:canonical))\n"
        "(assert_trap (invoke \"f\") \"why\")\n"
        "(assert_trap (module (func)) \"start\")\n"
        "(assert_exception (invoke \"f\"))\n"
        "(assert_malformed (module quote \"(\") \"unexpected\")\n");
    const wasm_command *c = s->commands;
    CHECK_INT(s->command_count, 7);
    CHECK(slice_is(c[0].text, "m") && slice_is(c[0].id, "$a"));
    CHECK_INT(c[1].action.argument_count, 2);
    CHECK(c[1].action.arguments[0].value == 0xffffffff);
    CHECK_INT(c[1].action.arguments[1].kind, WASM_CONST_REF_EXTERN);
    CHECK(c[2].action.is_get);
    CHECK_INT(c[2].results[0].nan, WASM_NAN_CANONICAL);
    CHECK(!c[3].on_module && c[4].on_module);
    CHECK_INT(c[6].line, 6);
    CHECK(slice_is(c[6].text, "unexpected"));
    wasm_script_free(s);
}

TEST(patterns)
{
    wasm_script *s = parse(
        "(assert_return (invoke \"f\") (ref.null) (ref.null any) (ref.func)"
        " (ref.i31) (ref.extern) (ref.host 2) (either (i32.const 1)"
        " (i32.const 2)) (v128.const f32x4 nan:arithmetic 1 nan:canonical 2))");
    const wasm_const *r = s->commands[0].results;
    CHECK_INT(s->commands[0].result_count, 8);
    CHECK(r[0].kind == WASM_CONST_REF_NULL && r[0].heap == WASM_HEAP_BOTTOM);
    CHECK(r[1].heap == WASM_HEAP_ANY);
    CHECK(r[2].kind == WASM_CONST_REF_KIND && r[2].heap == WASM_HEAP_FUNC);
    CHECK(r[3].heap == WASM_HEAP_I31);
    CHECK(r[4].kind == WASM_CONST_REF_EXTERN && !r[4].has_value);
    CHECK(r[5].kind == WASM_CONST_REF_HOST && r[5].value == 2);
    CHECK(r[6].kind == WASM_CONST_EITHER && r[6].alternative_count == 2);
    CHECK(r[6].alternatives[1].value == 2);
    CHECK_INT(r[7].lanes, 4);
    CHECK_INT(r[7].lane_nan[0], WASM_NAN_ARITHMETIC);
    CHECK_INT(r[7].lane_nan[2], WASM_NAN_CANONICAL);
    CHECK(!memcmp(r[7].bytes + 4, "\0\0\x80\x3f", 4));
    wasm_script_free(s);
}

TEST(threads)
{
    wasm_script *s = parse("(thread $t (shared (module $m))\n"
                           "  (register \"m\" $m) (invoke \"run\"))\n"
                           "(wait $t)");
    CHECK_INT(s->command_count, 2);
    CHECK(slice_is(s->commands[0].id, "$t"));
    CHECK(slice_is(s->commands[0].text, "$m"));
    CHECK_INT(s->commands[0].command_count, 2);
    CHECK_INT(s->commands[0].commands[1].kind, WASM_COMMAND_ACTION);
    CHECK_INT(s->commands[1].kind, WASM_COMMAND_WAIT);
    wasm_script_free(s);
}

TEST(inline_module)
{
    wasm_script *s = parse("(func) (memory 0)");
    CHECK_INT(s->command_count, 1);
    CHECK(slice_is(s->commands[0].module.bytes, "(func) (memory 0)"));
    wasm_script_free(s);
}

TEST(positions)
{
    wasm_script *s = parse("(module)\n\n (module (func\n  (bad)))"
                           " (module (worse))");
    whit_error error;
    wasm_module *module;
    for (int i = 1; i < 3; i++) {
        const wasm_script_module *m = &s->commands[i].module;
        CHECK_INT(wasm_text_parse(m->bytes, &module, &error), WHIT_MALFORMED);
        wasm_script_locate(m, &error);
        CHECK_INT(error.line, 4);
        CHECK_INT(error.column, i == 1 ? 4 : 20);
    }
    wasm_script_free(s);
}

TEST(errors)
{
    static const char *const texts[] = {
        "(module",
        "(assert_return)",
        "(invoke f)",
        "(bogus)",
        ")",
        "(module quote 1)",
        "(invoke \"f\" (i32.const x))",
        "(wait)",
        "(invoke \"f\" (either (either (i32.const 0))))",
        "(thread $a (thread $b))",
        "(assert_trap (func) \"\")",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        wasm_script *script = NULL;
        whit_error error = {0};
        CHECK_INT(wasm_script_parse(slice_text(texts[i]), &script, &error),
                  WHIT_MALFORMED);
        CHECK(script == NULL && error.line == 1);
    }
}

TEST_MAIN(RUN(modules) RUN(actions) RUN(patterns) RUN(threads)
              RUN(inline_module) RUN(positions) RUN(errors))
