/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Lines and columns of modules from text, and that errors say where. */
#include "test.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "everything.h"
#include "everything_text.h"
#include "wasm/decode.h"
#include "wasm/instruction.h"
#include "wasm/positions.h"
#include "wasm/script.h"
#include "wasm/text.h"
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

static void at(const wasm_module *module, uint32_t function, uint32_t offset,
               uint32_t line, uint32_t column)
{
    wasm_position found = {0};
    CHECK(wasm_module_position(module, function, offset, &found));
    CHECK_INT(found.line, line);
    CHECK_INT(found.column, column);
}

TEST(instructions)
{
    wasm_module *module = parse("(func (param i32)\n"
                                "  local.get 0\n"
                                "  i32.const 1000 drop\n"
                                "  if (; a ;) nop\n"
                                "  else unreachable end\n"
                                "  )");
    at(module, 0, 0, 2, 3);
    at(module, 0, 1, 2, 3);
    at(module, 0, 2, 3, 3);
    at(module, 0, 4, 3, 3);
    at(module, 0, 5, 3, 18);
    at(module, 0, 6, 4, 3);
    at(module, 0, 8, 4, 14);
    at(module, 0, 9, 5, 3);
    at(module, 0, 10, 5, 8);
    at(module, 0, 11, 5, 20);
    at(module, 0, 12, 6, 3);
    wasm_position none = {7, 8};
    CHECK(!wasm_module_position(module, 0, 13, &none));
    CHECK(!wasm_module_position(module, 1, 0, &none));
    CHECK(!wasm_code_position(module, everything, &none));
    CHECK_INT(none.line, 7);
    wasm_module_free(module);
}

TEST(folded_instructions)
{
    /* Operands come first in the code, and stand behind in the text. */
    wasm_module *module = parse("(func (result i32)\n"
                                "  (if (result i32) (i32.eqz\n"
                                "    (i32.const 1))\n"
                                "   (then (i32.const 2))\n"
                                "   (else\n"
                                "    (block $b (result i32)\n"
                                "      (i32.const 3)))))");
    at(module, 0, 0, 3, 6);  /* i32.const */
    at(module, 0, 2, 2, 21); /* i32.eqz */
    at(module, 0, 3, 2, 4);  /* if */
    at(module, 0, 5, 4, 11);
    at(module, 0, 7, 5, 5);  /* else */
    at(module, 0, 8, 6, 6);  /* block */
    at(module, 0, 10, 7, 8); /* i32.const */
    at(module, 0, 12, 7, 20);
    at(module, 0, 13, 7, 22);
    at(module, 0, 14, 7, 23);
    wasm_module_free(module);
}

TEST(far_columns_and_lines)
{
    char text[2000];
    size_t size = (size_t)snprintf(text, sizeof text, "(func (;\u00e9\u20ac;)");
    memset(text + size, ' ', 300);
    size += 300;
    size += (size_t)snprintf(text + size, sizeof text - size, "nop nop");
    memset(text + size, '\n', 100);
    size += 100;
    snprintf(text + size, sizeof text - size, "nop\r\nnop\rnop)");
    wasm_module *module = parse(text);
    at(module, 0, 0, 1, 313);
    at(module, 0, 1, 1, 317);
    at(module, 0, 2, 101, 1);
    at(module, 0, 3, 102, 1);
    at(module, 0, 4, 103, 1);
    at(module, 0, 5, 103, 4);
    wasm_module_free(module);
}

static void item(const wasm_module *module, wasm_section_id section,
                 uint32_t index, uint32_t line, uint32_t column)
{
    wasm_position found = {0};
    CHECK(wasm_item_position(module, section, index, &found));
    CHECK_INT(found.line, line);
    CHECK_INT(found.column, column);
}

TEST(items)
{
    wasm_module *module = parse("(module\n"
                                " (import \"a\" \"b\" (func))\n"
                                "  (func (import \"a\" \"c\") (param i32))\n"
                                " (memory (export \"m\") 1) (memory 2)\n"
                                " (func (export \"x\") (export \"y\"))\n"
                                " (table funcref\n"
                                "   (elem 0)) (elem func 0)\n"
                                " (memory\n"
                                "  (data \"hi\")) (data \"x\")\n"
                                " (global i32 (i32.const 0))\n"
                                " (tag) (start 2)\n"
                                " (export \"z\" (func 1))\n"
                                " (rec (type (func (result i64)))\n"
                                "  (type (struct))))");
    CHECK_INT(module->type_count, 4);
    item(module, WASM_SECTION_TYPE, 0, 13, 7);
    item(module, WASM_SECTION_TYPE, 1, 14, 3);
    item(module, WASM_SECTION_TYPE, 2, 2, 23); /* of the type use */
    item(module, WASM_SECTION_TYPE, 3, 3, 26);
    item(module, WASM_SECTION_FUNCTION, 0, 2, 2);
    item(module, WASM_SECTION_FUNCTION, 1, 3, 3);
    item(module, WASM_SECTION_FUNCTION, 2, 5, 2);
    item(module, WASM_SECTION_CODE, 2, 5, 2);
    item(module, WASM_SECTION_TABLE, 0, 6, 2);
    item(module, WASM_SECTION_MEMORY, 0, 4, 2);
    item(module, WASM_SECTION_MEMORY, 1, 4, 26);
    item(module, WASM_SECTION_MEMORY, 2, 8, 2);
    item(module, WASM_SECTION_GLOBAL, 0, 10, 2);
    item(module, WASM_SECTION_TAG, 0, 11, 2);
    item(module, WASM_SECTION_START, 0, 11, 8);
    item(module, WASM_SECTION_EXPORT, 0, 4, 10);
    item(module, WASM_SECTION_EXPORT, 1, 5, 8);
    item(module, WASM_SECTION_EXPORT, 2, 5, 21);
    item(module, WASM_SECTION_EXPORT, 3, 12, 2);
    item(module, WASM_SECTION_ELEMENT, 0, 7, 4);
    item(module, WASM_SECTION_ELEMENT, 1, 7, 14);
    item(module, WASM_SECTION_DATA, 0, 9, 3);
    item(module, WASM_SECTION_DATA, 1, 9, 16);
    item(module, WASM_SECTION_MEMORY, WASM_NO_INDEX, 4, 2);
    wasm_position none;
    CHECK(!wasm_item_position(module, WASM_SECTION_TAG, 1, &none));
    CHECK(!wasm_item_position(module, WASM_SECTION_CUSTOM, 0, &none));
    wasm_position offset = {0};
    CHECK(wasm_code_position(module, module->datas[0].offset.data, &offset));
    CHECK_INT(offset.line, 9);
    wasm_module_free(module);
}

/* ---- Every expression of a module with everything ---- */

static slice text_at(const char *text, wasm_position position)
{
    for (uint32_t line = 1; line < position.line; line++)
        text = strchr(text, '\n') + 1;
    for (uint32_t column = 1; column < position.column; text++)
        column += (text[1] & 0xc0) != 0x80;
    return slice_of(text, strcspn(text, " \n()"));
}

static void check_expression(const wasm_module *module, slice code)
{
    wasm_reader reader = wasm_reader_new(code, 0);
    while (reader.cursor < reader.end) {
        wasm_position position = {0};
        wasm_instruction instruction;
        const uint8_t *cursor = reader.cursor;
        CHECK_INT(wasm_read_instruction(&reader, &instruction, NULL), WHIT_OK);
        for (; cursor < reader.cursor; cursor++) {
            CHECK(wasm_code_position(module, cursor, &position));
            slice word = text_at(everything_text, position);
            /* `end` is often a parenthesis; what is implied has one too. */
            if (word.size && !slice_is(word, wasm_opcodes[instruction.op].text))
                printf("%u:%u is no %s\n", position.line, position.column,
                       wasm_opcodes[instruction.op].text);
            CHECK(!word.size ||
                  slice_is(word, wasm_opcodes[instruction.op].text));
            CHECK(word.size || *word.data == '(' || *word.data == ')');
        }
    }
}

TEST(every_expression)
{
    wasm_module *m = parse(everything_text);
    for (uint32_t i = 0; i < m->function_count; i++)
        check_expression(m, m->functions[i].code.body);
    for (uint32_t i = 0; i < m->table_count; i++)
        check_expression(m, m->tables[i].init);
    for (uint32_t i = 0; i < m->global_count; i++)
        check_expression(m, m->globals[i].init);
    for (uint32_t i = 0; i < m->data_count; i++)
        check_expression(m, m->datas[i].offset);
    for (uint32_t i = 0; i < m->elem_count; i++) {
        check_expression(m, m->elems[i].offset);
        for (uint32_t k = 0; m->elems[i].is_exprs && k < m->elems[i].count; k++)
            check_expression(m, m->elems[i].exprs[k]);
    }
    wasm_module_free(m);
}

/* Enough for many blocks of memory, at whatever addresses. */
TEST(many_functions)
{
    enum { COUNT = 20000 };
    buffer text;
    buffer_init(&text);
    for (unsigned i = 0; i < COUNT; i++)
        buffer_printf(&text, "(func i32.const %u\n drop)\n", i * 1000);
    wasm_module *module = parse(buffer_string(&text));
    unsigned wrong = 0;
    for (uint32_t i = 0; i < COUNT; i++) {
        wasm_position position = {0};
        uint32_t size = (uint32_t)module->functions[i].code.body.size;
        wrong += !wasm_module_position(module, i, 0, &position) ||
                 position.line != 2 * i + 1 || position.column != 7;
        wrong += !wasm_module_position(module, i, size - 2, &position) ||
                 position.line != 2 * i + 2 || position.column != 2;
    }
    CHECK_INT(wrong, 0);
    wasm_module_free(module);
    buffer_release(&text);
}

TEST(modules_from_bytes_have_none)
{
    whit_error error = {0};
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    wasm_module *module = NULL;
    wasm_position position;
    CHECK_INT(wasm_decode(slice_of(everything, sizeof everything), &options,
                          &module, &error),
              WHIT_OK);
    CHECK(module->positions == NULL);
    CHECK(!wasm_item_position(module, WASM_SECTION_TYPE, 0, &position));
    CHECK(!wasm_module_position(
        module, module->function_count - 1,
        module->functions[module->function_count - 1].code.offset, &position));
    wasm_module_free(module);
}

/* ---- Errors ---- */

static void invalid(const char *text, uint32_t line, uint32_t column,
                    const char *behind)
{
    whit_error error = {0};
    wasm_module *module = parse(text);
    CHECK(wasm_validate(module, WASM_FEATURES_ALL, &error) != WHIT_OK);
    CHECK_INT(error.position, WHIT_POSITION_LINE);
    CHECK_INT(error.line, line);
    CHECK_INT(error.column, column);
    const char *found = strrchr(error.message, '(');
    CHECK_TEXT(found ? found : error.message, behind);
    wasm_module_free(module);
}

TEST(validation_says_where)
{
    invalid("(module (func)\n (func $a nop\n  drop))", 3, 3,
            "(code section, function 1 \"a\")");
    invalid("(func (result i32)\n nop\n )", 3, 2, "(code section, function 0)");
    invalid("(type (func))\n(type $t (func (param (ref 9))))", 2, 1,
            "(type section, type 1 \"t\")");
    invalid("(type (func))\n (rec (type (sub 0 (func))))", 2, 7,
            "(type section, type 1)");
    invalid("(func)\n(func (type 7))", 2, 1, "(function section, function 1)");
    invalid("(memory 1)\n (memory $m 3 2)", 2, 2,
            "(memory section, memory 1 \"m\")");
    invalid("(table 1 funcref\n (i32.const 0))", 2, 15,
            "(table section, table 0)");
    invalid("(tag (export \"t\") (result i32))", 1, 1,
            "(tag section, tag 0 \"t\")");
    invalid("(global i32 (i32.const 0)\n (global.get 7))", 2, 3,
            "(global section, global 0)");
    invalid("(func) (export \"a\" (func 0))\n(export \"b\" (func 9))", 2, 1,
            "(export section, export 1)");
    invalid("(func $f (param i32))\n(start $f)", 2, 1,
            "(start section, function 0 \"f\")");
    invalid("(table 1 funcref)\n (elem (i32.const 0)\n func 3)", 2, 2,
            "(element section, element segment 0)");
    invalid("(table 1 funcref)\n(elem $e (i64.const 0) func)", 2, 10,
            "(element section, element segment 0 \"e\")");
    invalid("(memory 1)\n(data (offset\n i64.const 0) \"\")", 3, 13,
            "(data section, data segment 0)");
    invalid("(memory i64\n (data \"a\")) (data (memory 1) (i32.const 0))", 2,
            14, "(data section, data segment 1)");
}

TEST(limits_of_the_text_say_where)
{
    buffer text;
    whit_error error = {0};
    wasm_module *module;
    buffer_init(&text);
    buffer_text(&text, "(func\n (local");
    for (unsigned i = 0; i <= LIMIT_LOCALS; i++)
        buffer_text(&text, " i32");
    buffer_text(&text, "))");
    CHECK_INT(wasm_text_parse(buffer_view(&text), &module, &error), WHIT_LIMIT);
    CHECK_INT(error.position, WHIT_POSITION_LINE);
    CHECK_INT(error.line, 2);
    buffer_release(&text);
}

TEST(places_in_scripts)
{
    whit_error error = {0};
    wasm_script *script = NULL;
    const char *text = "(module)\n\n  (module (func drop))\n"
                       "(module\n (func drop))";
    CHECK_INT(wasm_script_parse(slice_text(text), &script, &error), WHIT_OK);
    static const uint32_t places[][2] = {{3, 17}, {5, 8}};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        const wasm_script_module *source = &script->commands[i + 1].module;
        wasm_module *module = NULL;
        CHECK_INT(wasm_text_parse(source->bytes, &module, &error), WHIT_OK);
        CHECK_INT(wasm_validate(module, WASM_FEATURES_ALL, &error),
                  WHIT_INVALID);
        wasm_script_locate(source, &error);
        CHECK_INT(error.line, places[i][0]);
        CHECK_INT(error.column, places[i][1]);
        wasm_module_free(module);
    }
    wasm_script_free(script);
}

/* Any one byte changed: what is found says its offset and its section. */
TEST(corrupt_bytes_say_where)
{
    static const uint8_t changes[] = {0x01, 0x80, 0x40, 0x7f, 0x3f, 0xff};
    uint8_t bytes[sizeof everything];
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    unsigned failures = 0, silent = 0;
    for (size_t i = 8 * COUNT_OF(changes); i < sizeof bytes * COUNT_OF(changes);
         i++) {
        size_t place = i / COUNT_OF(changes);
        whit_error error = {0};
        wasm_module *module = NULL;
        memcpy(bytes, everything, sizeof bytes);
        bytes[place] ^= changes[i % COUNT_OF(changes)];
        whit_status status = wasm_decode(slice_of(bytes, sizeof bytes),
                                         &options, &module, &error);
        if (status == WHIT_OK)
            status = wasm_validate(module, WASM_FEATURES_ALL, &error);
        wasm_module_free(module);
        if (status == WHIT_OK)
            continue;
        failures++;
        bool says = error.position == WHIT_POSITION_OFFSET &&
                    error.offset <= sizeof bytes &&
                    strstr(error.message, "section") != NULL;
        if (!says && silent++ < 10)
            printf("byte %zu: position %d, %s\n", place, error.position,
                   error.message);
    }
    CHECK(failures > 500);
    CHECK_INT(silent, 0);
}

TEST_MAIN(RUN(instructions) RUN(folded_instructions) RUN(far_columns_and_lines)
              RUN(items) RUN(every_expression) RUN(many_functions)
                  RUN(modules_from_bytes_have_none) RUN(validation_says_where)
                      RUN(limits_of_the_text_say_where) RUN(places_in_scripts)
                          RUN(corrupt_bytes_say_where))
