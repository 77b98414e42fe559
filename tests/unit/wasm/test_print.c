/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Module to text: how it looks, and that it reads back to the same bytes. */
#include "test.h"

#include <stdlib.h>

#include "base/memory.h"
#include "everything_text.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/print.h"
#include "wasm/text.h"
#include "wasm/text_numbers.h"

static const wasm_decode_options all = {WASM_FEATURES_ALL, true};

/* The module of a text, through the binary format. */
static wasm_module *module_of(const char *text, buffer *bytes)
{
    whit_error error = {0};
    wasm_module *parsed = NULL, *module = NULL;
    CHECK_INT(wasm_text_parse(slice_text(text), &parsed, &error), WHIT_OK);
    CHECK_TEXT(error.message, "");
    if (!parsed)
        exit(1);
    CHECK_INT(wasm_encode(parsed, bytes, &error), WHIT_OK);
    CHECK_INT(wasm_decode(buffer_view(bytes), &all, &module, &error), WHIT_OK);
    wasm_module_free(parsed);
    return module;
}

static void prints(const char *text, wasm_print_options options,
                   const char *want)
{
    whit_error error;
    buffer bytes, out;
    buffer_init(&bytes);
    buffer_init(&out);
    wasm_module *module = module_of(text, &bytes);
    CHECK_INT(wasm_print(module, &options, &out, &error), WHIT_OK);
    CHECK_TEXT(buffer_string(&out), want);
    wasm_module_free(module);
    buffer_release(&bytes);
    buffer_release(&out);
}

static void reads_back(const char *text, bool fold)
{
    whit_error error = {0};
    wasm_print_options options = {.fold = fold};
    buffer bytes, out, again;
    buffer_init(&bytes);
    buffer_init(&out);
    buffer_init(&again);
    wasm_module *module = module_of(text, &bytes), *other;
    CHECK_INT(wasm_print(module, &options, &out, &error), WHIT_OK);
    other = module_of(buffer_string(&out), &again);
    CHECK(slice_equal(buffer_view(&bytes), buffer_view(&again)));
    wasm_module_free(module);
    wasm_module_free(other);
    buffer_release(&bytes);
    buffer_release(&out);
    buffer_release(&again);
}

TEST(empty)
{
    prints("", (wasm_print_options){0}, "(module)\n");
    prints("(module $m)", (wasm_print_options){0}, "(module $m)\n");
}

TEST(flat)
{
    prints("(func $f (param $a i32) (param i32) (local i32) (local $t f32)"
           " (block $b (br_if $b (local.get $a)) (loop (br 1) (br 0))))",
           (wasm_print_options){0},
           "(module\n"
           "  (type (;0;) (func (param i32 i32)))\n"
           "  (func $f (;0;) (type 0) (param $a i32) (param i32)\n"
           "    (local i32) (local $t f32)\n"
           "    block $b\n"
           "      local.get $a\n"
           "      br_if $b\n"
           "      loop (;@2;)\n"
           "        br $b\n"
           "        br 0 (;@2;)\n"
           "      end\n"
           "    end\n"
           "  )\n"
           ")\n");
}

TEST(folded)
{
    prints("(func (result i32) i32.const 1 nop i32.const 2 i32.const 3 i32.add"
           " i32.add)",
           (wasm_print_options){.fold = true},
           "(module\n"
           "  (type (;0;) (func (result i32)))\n"
           "  (func (;0;) (type 0) (result i32)\n"
           "    (i32.const 1)\n"
           "    (nop)\n"
           "    (i32.add\n"
           "      (i32.add\n"
           "        (i32.const 2)\n"
           "        (i32.const 3)\n"
           "      )\n"
           "    )\n"
           "  )\n"
           ")\n");
}

TEST(skeleton)
{
    prints("(func $f (nop)) (memory 1) (data (i32.const 0) \"abc\")",
           (wasm_print_options){.skeleton = true},
           "(module\n"
           "  (type (;0;) (func))\n"
           "  (memory (;0;) 1)\n"
           "  (func $f (;0;) (type 0) ...)\n"
           "  (data (;0;) (i32.const 0) ...)\n"
           ")\n");
}

TEST(names)
{
    /* The second of two equal names cannot be an identifier. */
    prints("(func $a) (func (@name \"a\")) (func $\"b c\") (start $a)",
           (wasm_print_options){0},
           "(module\n"
           "  (type (;0;) (func))\n"
           "  (start $a)\n"
           "  (func $a (;0;) (type 0)\n"
           "  )\n"
           "  (func (@name \"a\") (;1;) (type 0)\n"
           "  )\n"
           "  (func $\"b c\" (;2;) (type 0)\n"
           "  )\n"
           ")\n");
    /* A label that an inner one hides prints as a number. */
    prints("(func block $l block $l br $l br 1 end end)",
           (wasm_print_options){0},
           "(module\n"
           "  (type (;0;) (func))\n"
           "  (func (;0;) (type 0)\n"
           "    block $l\n"
           "      block $l\n"
           "        br $l\n"
           "        br 1 (;@1;)\n"
           "      end\n"
           "    end\n"
           "  )\n"
           ")\n");
}

TEST(everything_reads_back)
{
    reads_back(everything_text, false);
    reads_back(everything_text, true);
}

TEST(odd_sections_read_back)
{
    static const char *const texts[] = {
        "(func $f) (@custom \"name\" \"broken\")",
        "(@custom \"name\") (func $f) (@custom \"z\")",
        "(@custom \"name\") (@custom \"name\" \"\\00\\02\\01m\")",
        "(@custom \"name\" (before first)) (func $f)",
        "(@custom \"metadata.code.branch_hint\" \"\\01\\00\\00\") (func)",
        "(@custom \"metadata.code.branch_hint\" (after type))"
        "(func (@metadata.code.branch_hint \"\\00\") (if (i32.const 1)"
        " (then (@metadata.code.branch_hint \"\\01\") (if (i32.const 0)"
        " (then)))))",
        "(type (sub final (func))) (rec (type (func)))",
        "(table 1 externref ref.null extern) (elem (offset) (ref func) (item))",
        "(func (block $a (if $b (i32.const 0) (then (br $b)))))",
        "(func (if $b (block $c (result i32) (i32.const 0)) (then)))",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        reads_back(texts[i], false);
        reads_back(texts[i], true);
    }
}

/* Bodies that decode but do not nest give an error. */
TEST(broken_nesting)
{
    static const char *const bodies[] = {"\x02\x40\x0b", "\x0b\x0b",
                                         "\x05\x0b\x0b", "\x02\x40\x05\x0b\x0b",
                                         "\xff\x0b"};
    for (size_t i = 0; i < 5; i++) {
        wasm_function function = {.code.body = slice_text(bodies[i])};
        wasm_subtype type = {.kind = WASM_COMP_FUNC,
                             .final = true,
                             .super = WASM_NO_INDEX,
                             .rec_count = 1};
        wasm_module module = {.types = &type,
                              .type_count = 1,
                              .functions = &function,
                              .function_count = 1,
                              .start = WASM_NO_INDEX};
        for (int fold = 0; fold < 2; fold++) {
            wasm_print_options options = {.fold = fold};
            whit_error error;
            buffer out;
            buffer_init(&out);
            CHECK_INT(wasm_print(&module, &options, &out, &error),
                      WHIT_MALFORMED);
            buffer_release(&out);
        }
    }
}

static void prints_float(unsigned bits, uint64_t value, const char *want)
{
    buffer out;
    buffer_init(&out);
    wasm_text_print_float(&out, bits, value);
    CHECK_TEXT(buffer_string(&out), want);
    buffer_release(&out);
}

TEST(floats)
{
    prints_float(64, 0x3fb999999999999a, "0.1");
    prints_float(32, 0x3dcccccd, "0.1");
    prints_float(64, 0x8000000000000000, "-0");
    prints_float(64, 1, "5e-324");
    prints_float(64, 0x7fefffffffffffff, "1.7976931348623157e308");
    prints_float(64, 0x4059000000000000, "100");
    prints_float(32, 0xff800000, "-inf");
    prints_float(32, 0x7fc00000, "nan");
    prints_float(32, 0x7fa00000, "nan:0x200000");
}

TEST_MAIN(RUN(empty) RUN(flat) RUN(folded) RUN(skeleton) RUN(names)
              RUN(everything_reads_back) RUN(odd_sections_read_back)
                  RUN(broken_nesting) RUN(floats))
