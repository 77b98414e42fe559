/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Text to module: what comes out, and what errors say. */
#include "test.h"

#include <locale.h>
#include <stdlib.h>

#include "base/memory.h"
#include "everything_text.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/names.h"
#include "wasm/text.h"
#include "wasm/text_numbers.h"
#include "wasm/validate.h"

static wasm_module *parse(const char *text)
{
    whit_error error = {0};
    wasm_module *module = NULL;
    if (wasm_text_parse(slice_text(text), &module, &error) != WHIT_OK)
        printf("%u:%u: %s\n", error.line, error.column, error.message);
    CHECK(module != NULL);
    if (!module)
        exit(1);
    return module;
}

static void fails(const char *text, const char *message, unsigned line,
                  unsigned column)
{
    whit_error error = {0};
    wasm_module *module = NULL;
    CHECK_INT(wasm_text_parse(slice_text(text), &module, &error),
              WHIT_MALFORMED);
    CHECK(module == NULL);
    error.message[strlen(message)] = 0;
    CHECK_TEXT(error.message, message);
    CHECK_INT(error.line, line);
    CHECK_INT(error.column, column);
}

/* The body of the first function is these bytes. */
static void body(const char *text, const char *bytes, size_t size)
{
    wasm_module *module = parse(text);
    slice code = module->functions[0].code.body;
    CHECK(slice_equal(code, slice_of(bytes, size)));
    for (size_t i = 0; i < code.size && test_failures; i++)
        printf("%02x%s", code.data[i], i + 1 == code.size ? "\n" : " ");
    wasm_module_free(module);
}
#define BODY(text, bytes) body(text, bytes, sizeof bytes - 1)

TEST(everything)
{
    whit_error error = {0};
    wasm_module *module = parse(everything_text), *decoded = NULL;
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    buffer bytes;
    buffer_init(&bytes);
    CHECK_INT(wasm_validate(module, WASM_FEATURES_ALL, &error), WHIT_OK);
    CHECK_TEXT(error.message, "");
    CHECK_INT(wasm_encode(module, &bytes, &error), WHIT_OK);
    CHECK_INT(wasm_decode(buffer_view(&bytes), &options, &decoded, &error),
              WHIT_OK);
    CHECK_INT(module->function_count, 4);
    CHECK_INT(module->elem_count, 3);
    CHECK_INT(module->data_count, 3);
    CHECK(module->has_data_count);
    CHECK_INT(module->custom_count, 4);
    wasm_module_free(decoded);
    wasm_module_free(module);
    buffer_release(&bytes);
}

TEST(instructions)
{
    BODY("(func (i32.add (i32.const 1) (i32.const -1)))",
         "\x41\x01\x41\x7f\x6a\x0b");
    BODY("(func block $a loop $a br $a br 1 end br $a end)",
         "\x02\x40\x03\x40\x0c\x00\x0c\x01\x0b\x0c\x00\x0b\x0b");
    BODY("(func (if (i32.const 0) (then (nop)) (else)))",
         "\x41\x00\x04\x40\x01\x05\x0b\x0b");
    BODY("(func (block (result i32) (i32.const 0)) drop)",
         "\x02\x7f\x41\x00\x0b\x1a\x0b");
    BODY("(func (block (result i32 i32) unreachable) drop drop)",
         "\x02\x01\x00\x0b\x1a\x1a\x0b");
    BODY("(memory 1) (memory 1) (func i32.const 0 i32.load 1 offset=2 drop)",
         "\x41\x00\x28\x42\x01\x02\x1a\x0b");
    BODY("(memory 1) (func (v128.load8_lane 3 (i32.const 0) "
         "(v128.const i64x2 0 0)) drop)",
         "\x41\x00\xfd\x0c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xfd\x54\x00\x00\x03"
         "\x1a\x0b");
    BODY("(func f32.const 0.1 drop)", "\x43\xcd\xcc\xcc\x3d\x1a\x0b");
    BODY("(func i32.const 0xffffffff drop)", "\x41\x7f\x1a\x0b");
}

TEST(implicit_types)
{
    wasm_module *module =
        parse("(func (result f64) (f64.const 0)) (func (param i32))"
              "(func (result f64) (f64.const 1)) (type $t (func (param i32)))"
              "(func (type $t))");
    CHECK_INT(module->type_count, 2);
    CHECK_INT(module->functions[0].type, 1);
    CHECK_INT(module->functions[1].type, 0);
    CHECK_INT(module->functions[2].type, 1);
    CHECK_INT(module->functions[3].type, 0);
    wasm_module_free(module);
    /* A type that refers to itself is not what its signature says. */
    module = parse("(type $f (func (param (ref $f))))"
                   "(func (param (ref $f)))");
    CHECK_INT(module->functions[0].type, 1);
    wasm_module_free(module);
}

TEST(locals)
{
    wasm_module *module = parse("(func (param $a i32) (local $b i32)"
                                " (local i32 i32) (local f32) (local i32)"
                                " (local.set $b (local.get $a)))");
    const wasm_code *code = &module->functions[0].code;
    CHECK_INT(code->local_count, 5);
    CHECK_INT(code->local_group_count, 3);
    CHECK_INT(code->locals[0].count, 3);
    CHECK(slice_equal(code->body, slice_of("\x20\x00\x21\x01\x0b", 5)));
    wasm_module_free(module);
}

TEST(names)
{
    wasm_module *module = parse(everything_text);
    whit_error error;
    wasm_names names;
    arena memory;
    arena_init(&memory);
    CHECK_INT(wasm_names_read(module, &memory, &names, &error), WHIT_OK);
    CHECK(slice_is(names.module, "all"));
    CHECK(
        slice_is(wasm_names_get(&names, WASM_NAME_FUNCTION, 0, 2), "odd name"));
    CHECK(slice_is(wasm_names_get(&names, WASM_NAME_LOCAL, 2, 0), "x"));
    CHECK(slice_is(wasm_names_get(&names, WASM_NAME_LOCAL, 2, 3), "t"));
    CHECK(slice_is(wasm_names_get(&names, WASM_NAME_LABEL, 3, 1), "exit"));
    CHECK(slice_is(wasm_names_get(&names, WASM_NAME_FIELD, 0, 1), "value"));
    CHECK(slice_is(wasm_names_get(&names, WASM_NAME_TAG, 0, 0), "oops"));
    CHECK(slice_is(wasm_names_get(&names, WASM_NAME_DATA, 0, 2), "passive"));
    arena_release(&memory);
    wasm_module_free(module);
    module = parse("(func $f (@name \"x y\"))");
    CHECK(slice_is(module->customs[0].name, "name"));
    CHECK(slice_equal(module->customs[0].bytes,
                      slice_of("\x01\x06\x01\x00\x03x y", 8)));
    wasm_module_free(module);
    module = parse("(func)");
    CHECK_INT(module->custom_count, 0);
    wasm_module_free(module);
}

TEST(customs)
{
    wasm_module *module = parse("(@custom \"z\") (@custom \"b\" (before code))"
                                "(func $f (if (i32.const 0) (then)))"
                                "(@custom \"a\" (before first) \"1\" \"2\")");
    CHECK_INT(module->custom_count, 4);
    CHECK(slice_is(module->customs[0].name, "a"));
    CHECK(slice_is(module->customs[0].bytes, "12"));
    CHECK_INT(module->customs[0].after, 0);
    CHECK_INT(module->customs[1].after, WASM_SECTION_DATA_COUNT);
    CHECK(slice_is(module->customs[2].name, "z"));
    CHECK(slice_is(module->customs[3].name, "name"));
    wasm_module_free(module);
    /* Offsets count from the locals: 1 byte, then i32.const 0. */
    module = parse("(func (@metadata.code.branch_hint \"\\01\")"
                   "(if (i32.const 0) (then)))");
    CHECK(slice_equal(module->customs[0].bytes,
                      slice_of("\x01\x00\x01\x03\x01\x01", 6)));
    wasm_module_free(module);
}

TEST(errors)
{
    fails("(func\n  (i32.ad))",
          "unknown operator i32.ad; did you mean "
          "i32.add?",
          2, 4);
    fails("(func (get_local 0))",
          "unknown operator get_local; did you mean local.get?", 1, 8);
    fails("(func (i32.const 4294967296))", "constant out of range", 1, 18);
    fails("(func (f32.const 1e39))", "constant out of range", 1, 18);
    fails("(func (call $f))", "unknown function $f", 1, 13);
    fails("(func (local.get $x))", "unknown local $x", 1, 18);
    fails("(func (br $x))", "unknown label $x", 1, 11);
    fails("(func (block $x) (br $x))", "unknown label $x", 1, 22);
    fails("(func $f) (func $f)", "duplicate func $f", 1, 17);
    fails("(func block $a end $b)", "mismatching label $b", 1, 20);
    fails("(func block)", "unexpected token ), expected end", 1, 12);
    fails("(func end)", "unexpected token end", 1, 7);
    fails("(func (if (then)) (else))", "unexpected token else", 1, 20);
    fails("(module (func)",
          "unexpected token: the text ends, expected a module field or ')'", 1,
          15);
    fails("(module\n (func",
          "unexpected token: the text ends inside the '(' of line 2, column 2",
          2, 7);
    fails("(func", "unexpected token: the text ends inside the '('", 1, 6);
    fails("(func) (import \"\" \"\" (func))", "import after function", 1, 8);
    fails("(type (func (param i32))) (func (type 0) (param i64))",
          "inline function type", 1, 33);
    fails("(memory 1) (func (drop (i32.load align=3 (i32.const 0))))",
          "alignment must be a power of two", 1, 34);
    fails("(start 0) (start 0)", "multiple start sections", 1, 11);
    fails("(func (nop (@custom \"x\")))", "misplaced @custom annotation", 1,
          12);
    fails("(export \"\\ff\" (func 0))", "malformed UTF-8 encoding", 1, 9);
}

static char *repeat(const char *before, const char *piece, size_t count,
                    const char *middle, const char *close, const char *after)
{
    buffer text;
    buffer_init(&text);
    buffer_text(&text, before);
    for (size_t i = 0; i < count; i++)
        buffer_text(&text, piece);
    buffer_text(&text, middle);
    for (size_t i = 0; i < count; i++)
        buffer_text(&text, close);
    buffer_text(&text, after);
    return buffer_string(&text);
}

/* Depth costs memory of the heap, never of the C stack, and has limits. */
TEST(nesting)
{
    whit_error error = {0};
    wasm_module *module = NULL;
    char *text =
        repeat("(func (drop ", "(i32.eqz ", 50000, "(i32.const 0)", ")", "))");
    CHECK_INT(wasm_text_parse(slice_text(text), &module, &error), WHIT_OK);
    CHECK(module && module->functions[0].code.body.size == 50000 + 2 + 1 + 1);
    wasm_module_free(module);
    mem_free(text);
    text = repeat("(func ", "(block ", 1000000, "", ")", ")");
    CHECK_INT(wasm_text_parse(slice_text(text), &module, &error), WHIT_LIMIT);
    mem_free(text);
    text = repeat("", "(", 1000000, "", ")", "");
    CHECK_INT(wasm_text_parse(slice_text(text), &module, &error),
              WHIT_MALFORMED);
    mem_free(text);
    text = repeat("(@a ", "(@b (", 1000000, "", "))", ")");
    CHECK_INT(wasm_text_parse(slice_text(text), &module, &error), WHIT_OK);
    wasm_module_free(module);
    mem_free(text);
}

static uint64_t float_bits(const char *literal, unsigned bits)
{
    uint64_t value = 0;
    CHECK(wasm_text_float(slice_text(literal), bits, &value));
    return value;
}

TEST(floats)
{
    uint64_t value;
    CHECK(float_bits("0.1", 64) == 0x3fb999999999999a);
    CHECK(float_bits("-0", 64) == 0x8000000000000000);
    CHECK(float_bits("4.9406564584124654e-324", 64) == 1);
    CHECK(float_bits("2.4703282292062327208e-324", 64) == 0);
    CHECK(float_bits("2.4703282292062328e-324", 64) == 1);
    CHECK(float_bits("1.7976931348623158e308", 64) == 0x7fefffffffffffff);
    CHECK(!wasm_text_float(slice_text("1.7976931348623159e308"), 64, &value));
    CHECK(!wasm_text_float(slice_text("1e1000000000"), 64, &value));
    CHECK(float_bits("1e-1000000000", 64) == 0);
    /* Halfway in f32: rounding through f64 first would go up. */
    CHECK(float_bits("1.00000005960464477539062500000000000000001", 32) ==
          0x3f800001);
    CHECK(float_bits("1.000000059604644775390625", 32) == 0x3f800000);
    CHECK(float_bits("0x1.000001p0", 32) == 0x3f800000);
    CHECK(float_bits("0x1.00000100000000000000001p0", 32) == 0x3f800001);
    CHECK(float_bits("0x1.fffffefffffff8p127", 32) == 0x7f7fffff);
    CHECK(!wasm_text_float(slice_text("0x1.ffffffp127"), 32, &value));
    CHECK(float_bits("nan:0x1", 32) == 0x7f800001);
    CHECK(!wasm_text_float(slice_text("nan:0x0"), 32, &value));
    CHECK(!wasm_text_float(slice_text("nan:0x800000"), 32, &value));
}

/* With whatever locales the machine has that write a comma. */
TEST(locale_does_not_matter)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8"};
    for (int i = 0; i < 2; i++) {
        if (!setlocale(LC_ALL, locales[i]))
            continue;
        buffer out;
        buffer_init(&out);
        CHECK(float_bits("2.5", 64) == 0x4004000000000000);
        wasm_text_print_float(&out, 64, 0x4004000000000000);
        CHECK_TEXT(buffer_string(&out), "2.5");
        buffer_release(&out);
    }
    setlocale(LC_ALL, "C");
}

TEST(features)
{
    whit_error error = {0};
    wasm_module *module;
    slice text = slice_text("(memory 0x1_0000_0000)");
    CHECK_INT(wasm_text_parse_as(text,
                                 WASM_FEATURES_ALL & ~WASM_FEATURE_MEMORY64,
                                 &module, &error),
              WHIT_MALFORMED);
    error.message[25] = 0;
    CHECK_TEXT(error.message, "i32 constant out of range");
    CHECK_INT(wasm_text_parse(text, &module, &error), WHIT_OK);
    wasm_module_free(module);
}

TEST_MAIN(RUN(everything) RUN(instructions) RUN(implicit_types) RUN(locals)
              RUN(names) RUN(customs) RUN(errors) RUN(nesting) RUN(floats)
                  RUN(locale_does_not_matter) RUN(features))
