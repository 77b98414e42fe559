/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What validates, what does not, and what the messages say. */
#include "test.h"

#include "everything.h"
#include "base/buffer.h"
#include "wasm/decode.h"
#include "wasm/validate.h"

#define HEAD "\0asm\1\0\0\0"

static whit_status validate(slice bytes, wasm_features features,
                            whit_error *error)
{
    const wasm_decode_options options = {WASM_FEATURES_ALL, false};
    wasm_module *module = NULL;
    TRY(wasm_decode(bytes, &options, &module, error));
    whit_status status = wasm_validate(module, features, error);
    CHECK(module->validated == (status == WHIT_OK));
    wasm_module_free(module);
    return status;
}

/* ---- Bodies, in a module that has something of everything ---- */

/* Types: 0 [] -> []; 1 [] -> [i32]; 2 [i32] -> [i32]; 3 struct (mut i8)
 * (i32); 4 array (mut i16); 5 array i32; 6 [i32] -> []; 7 sub of 3. */
static const char types[] = "\x60\0\0"
                            "\x60\0\1\x7f"
                            "\x60\1\x7f\1\x7f"
                            "\x50\0\x5f\2\x78\1\x7f\0"
                            "\x5e\x77\1"
                            "\x5e\x7f\0"
                            "\x60\1\x7f\0"
                            "\x50\1\3\x5f\2\x78\1\x7f\0";

static void put_section(buffer *out, uint8_t id, const void *bytes, size_t size)
{
    buffer_put(out, id);
    buffer_uleb(out, size);
    buffer_append(out, bytes, size);
}

#define SECTION(out, id, text) put_section(out, id, text, sizeof(text) - 1)

/* Function 0 has the type and the code (locals, body) of the test; function
 * 1 is [] -> [], declared; function 2 is [] -> [], undeclared. */
static void make_module(buffer *out, uint8_t type, slice code)
{
    buffer part;
    buffer_init(&part);
    buffer_append(out, HEAD, 8);
    buffer_put(&part, 8);
    buffer_append(&part, types, sizeof types - 1);
    put_section(out, WASM_SECTION_TYPE, part.data, part.size);
    const uint8_t functions[] = {3, type, 0, 0};
    put_section(out, WASM_SECTION_FUNCTION, functions, sizeof functions);
    SECTION(out, WASM_SECTION_TABLE, "\2\x70\0\x0a\x6f\4\x0a");
    SECTION(out, WASM_SECTION_MEMORY, "\2\0\1\4\1");
    SECTION(out, WASM_SECTION_TAG, "\1\0\6");
    SECTION(out, WASM_SECTION_GLOBAL, "\2\x7f\1\x41\0\x0b\x7f\0\x41\0\x0b");
    SECTION(out, WASM_SECTION_EXPORT, "\2\4test\0\0\1f\0\1");
    SECTION(out, WASM_SECTION_ELEMENT, "\1\1\0\1\1");
    SECTION(out, WASM_SECTION_DATA_COUNT, "\1");
    buffer_clear(&part);
    buffer_put(&part, 3);
    buffer_uleb(&part, code.size);
    buffer_slice(&part, code);
    buffer_append(&part, "\2\0\x0b\2\0\x0b", 6);
    put_section(out, WASM_SECTION_CODE, part.data, part.size);
    SECTION(out, WASM_SECTION_DATA, "\1\1\1x");
    buffer_release(&part);
}

static void check_body(int line, uint8_t type, slice code, const char *message)
{
    buffer bytes;
    whit_error error = {0};
    buffer_init(&bytes);
    make_module(&bytes, type, code);
    whit_status status =
        validate(buffer_view(&bytes), WASM_FEATURES_ALL, &error);
    buffer_release(&bytes);
    bool as_expected =
        message ? status != WHIT_OK &&
                      !strncmp(error.message, message, strlen(message))
                : status == WHIT_OK;
    if (!as_expected) {
        test_failures++;
        printf("line %d: status %d, \"%s\", not \"%s\"\n", line, status,
               error.message, message ? message : "valid");
    }
}

#define BODY(type, code, message) \
    check_body(__LINE__, type, slice_of(code, sizeof(code) - 1), message)

TEST(plain_instructions)
{
    BODY(0, "\0\x0b", NULL);
    BODY(1, "\0\x41\1\x0b", NULL);
    BODY(1, "\0\x42\1\x0b",
         "type mismatch: expected i32, found i64 (code "
         "section, function 0 \"test\")");
    BODY(1, "\0\x0b", "type mismatch: expected i32, found an empty stack");
    BODY(0, "\0\x41\1\x0b", "type mismatch: 1 values remain");
    BODY(1, "\0\x41\1\x41\2\x6a\x0b", NULL);
    BODY(1, "\0\x41\1\x42\2\x6a\x0b", "type mismatch");
    BODY(0, "\0\x0b\1\x0b", "section size mismatch");
    BODY(0, "\0\x41\0\x1a\x42\0\x1a\x43\0\0\0\0\x1a\x0b", NULL);
    BODY(0, "\0\x1a\x0b", "type mismatch");
    BODY(1, "\0\x41\1\x41\2\x41\3\x1b\x0b", NULL);
    BODY(1, "\0\x41\1\x42\2\x41\3\x1b\x0b", "type mismatch");
    BODY(0, "\0\xd0\x70\xd0\x70\x41\3\x1b\x1a\x0b", "type mismatch: select");
    BODY(0, "\0\xd0\x70\xd0\x70\x41\3\x1c\1\x70\x1a\x0b", NULL);
    BODY(0, "\0\x41\0\x41\0\x41\0\x1c\0\x1a\x0b", "invalid result arity");
}

TEST(variables)
{
    BODY(2, "\0\x20\0\x0b", NULL);
    BODY(2, "\0\x20\1\x0b", "unknown local 1: there are 1");
    BODY(2, "\1\1\x7e\x20\1\x0b", "type mismatch: expected i32, found i64");
    BODY(0, "\1\1\x7e\x42\0\x22\0\x21\0\x0b", NULL);
    BODY(0, "\0\x23\0\x24\0\x0b", NULL);
    BODY(0, "\0\x23\2\x1a\x0b", "unknown global 2");
    BODY(0, "\0\x23\0\x24\1\x0b", "immutable global 1");
    /* 50,000 locals in two groups, the last of another type. */
    BODY(0, "\2\xcf\x86\3\x7f\1\x7c\x20\xcf\x86\3\x9a\x21\xcf\x86\3\x0b", NULL);
    BODY(0, "\2\xcf\x86\3\x7f\1\x7c\x20\xce\x86\3\x9a\x1a\x0b",
         "type mismatch");
    BODY(0, "\2\xcf\x86\3\x7f\1\x7c\x20\xd0\x86\3\x1a\x0b", "unknown local");
}

TEST(locals_without_default)
{
    BODY(0, "\1\1\x64\x70\x20\0\x1a\x0b", "uninitialized local 0");
    BODY(0, "\1\1\x64\x70\xd2\1\x21\0\x20\0\x1a\x0b", NULL);
    BODY(0, "\1\1\x64\x70\x02\x40\xd2\1\x21\0\x0b\x20\0\x1a\x0b",
         "uninitialized local 0");
    BODY(0, "\1\1\x64\x70\xd2\1\x21\0\x02\x40\x20\0\x1a\x0b\x0b", NULL);
    BODY(6, "\1\1\x64\x70\x20\0\x04\x40\xd2\1\x21\1\x05\x20\1\x1a\x0b\x0b",
         "uninitialized local 1");
}

TEST(blocks)
{
    BODY(0, "\0\x02\x40\x0b\x03\x40\x0b\x0b", NULL);
    BODY(1, "\0\x02\x7f\x41\0\x0b\x0b", NULL);
    BODY(1, "\0\x02\x7f\x0b\x0b", "type mismatch");
    BODY(1, "\0\x41\0\x02\2\x0b\x0b", NULL);
    BODY(1, "\0\x02\2\x0b\x0b", "type mismatch");
    BODY(0, "\0\x02\x08\x0b\x0b", "unknown type 8");
    BODY(0, "\0\x02\3\x0b\x0b", "type mismatch: type 3 is of kind struct");
    BODY(0, "\0\x41\0\x04\x40\x05\x0b\x0b", NULL);
    BODY(1, "\0\x41\0\x04\x7f\x41\0\x0b\x0b", "type mismatch: if without");
    BODY(1, "\0\x41\0\x41\0\x04\2\x0b\x0b", NULL);
    BODY(1, "\0\x41\0\x04\x7f\x41\0\x05\x42\0\x0b\x0b", "type mismatch");
    BODY(0, "\0\x05\x0b", "END opcode expected");
    BODY(0, "\0\x02\x40\x0b", "unexpected end");
    BODY(0, "\0\x06\x0b", "illegal opcode 06");
}

TEST(branches)
{
    BODY(0, "\0\x0c\0\x0b", NULL);
    BODY(0, "\0\x0c\1\x0b", "unknown label 1");
    BODY(1, "\0\x41\0\x0c\0\x0b", NULL);
    BODY(1, "\0\x0c\0\x0b", "type mismatch");
    BODY(0, "\0\x03\x7f\x0c\0\x0b\x1a\x0b", NULL);
    BODY(1, "\0\x41\0\x41\0\x0d\0\x0b", NULL);
    BODY(0, "\0\x41\0\x0e\2\0\0\0\x0b", NULL);
    BODY(0, "\0\x02\x7f\x41\0\x0e\1\0\1\x0b\x1a\x0b",
         "type mismatch: br_table");
    BODY(1, "\0\x41\0\x0f\x0b", NULL);
    BODY(1, "\0\x42\0\x0f\x0b", "type mismatch");
}

TEST(unreachable_code)
{
    BODY(1, "\0\x00\x0b", NULL);
    BODY(1, "\0\x00\x6a\x0b", NULL);
    BODY(1, "\0\x00\x42\0\x6a\x0b", "type mismatch");
    BODY(1, "\0\x00\x1b\x0b", NULL);
    BODY(1, "\0\x00\x42\0\x41\0\x1b\x0b", "type mismatch");
    BODY(1, "\0\x00\xd1\x0b", NULL);
    BODY(1, "\0\x00\xd4\x0b", "type mismatch");
    BODY(0, "\0\x00\x02\x40\x6a\x0b\x0b", "type mismatch");
}

TEST(calls)
{
    BODY(0, "\0\x10\1\x0b", NULL);
    BODY(0, "\0\x10\3\x0b", "unknown function 3");
    BODY(1, "\0\x41\0\x41\0\x11\2\0\x0b", NULL);
    BODY(1, "\0\x41\0\x41\0\x11\2\1\x0b",
         "type mismatch: expected funcref, found externref");
    BODY(1, "\0\x41\0\x11\2\2\x0b", "unknown table 2");
    BODY(0, "\0\x12\1\x0b", NULL);
    BODY(1, "\0\x12\1\x0b", "type mismatch: the callee gives 0 results");
    BODY(0, "\0\xd2\1\x14\0\x0b", NULL);
    BODY(0, "\0\xd2\1\x15\0\x0b", NULL);
    BODY(1, "\0\xd2\1\x14\1\x0b", "type mismatch: expected (ref null 1)");
    BODY(0, "\0\xd2\2\x1a\x0b", "undeclared function reference");
}

TEST(memories)
{
    BODY(1, "\0\x41\0\x28\2\0\x0b", NULL);
    BODY(1, "\0\x41\0\x28\3\0\x0b", "alignment must not be larger than");
    BODY(1, "\0\x42\0\x28\2\0\x0b", "type mismatch");
    BODY(1, "\0\x42\0\x28\x42\1\0\x0b", NULL);
    BODY(1, "\0\x42\0\x28\x42\2\0\x0b", "unknown memory 2");
    BODY(1, "\0\x41\0\x28\2\xff\xff\xff\xff\x0f\x0b", NULL);
    BODY(1, "\0\x41\0\x28\2\x80\x80\x80\x80\x10\x0b", "offset out of range");
    BODY(1, "\0\x42\0\x28\x42\1\x80\x80\x80\x80\x10\x0b", NULL);
    BODY(0, "\0\x41\0\x41\0\x36\2\0\x0b", NULL);
    BODY(1, "\0\x3f\0\x0b", NULL);
    BODY(1, "\0\x3f\1\x0b", "type mismatch: expected i32, found i64");
    BODY(0, "\0\x42\0\x41\0\x41\0\xfc\x0a\1\0\x0b", NULL);
    BODY(0, "\0\x42\0\x41\0\x42\0\xfc\x0a\1\0\x0b", "type mismatch");
    BODY(0, "\0\x41\0\x41\0\x41\0\xfc\x08\0\0\x0b", NULL);
    BODY(0, "\0\x41\0\x41\0\x41\0\xfc\x08\1\0\x0b", "unknown data segment 1");
    BODY(0, "\0\x41\0\x41\0\xfe\0\2\0\x1a\x0b", NULL);
    BODY(0, "\0\x41\0\x41\0\xfe\0\1\0\x1a\x0b", "alignment must be natural");
}

TEST(tables)
{
    BODY(0, "\0\x41\0\x25\0\x1a\x0b", NULL);
    BODY(0, "\0\x41\0\x25\1\x1a\x0b", "type mismatch");
    BODY(0, "\0\x42\0\xd0\x6f\x26\1\x0b", NULL);
    BODY(0, "\0\x42\0\xd0\x70\x26\1\x0b", "type mismatch");
    BODY(0, "\0\x41\0\x41\0\x41\0\xfc\x0c\0\0\x0b", NULL);
    BODY(0, "\0\x42\0\x41\0\x41\0\xfc\x0c\0\1\x0b", "type mismatch");
    BODY(0, "\0\xfc\x0d\1\x0b", "unknown elem segment 1");
    BODY(0, "\0\x42\0\x41\0\x41\0\xfc\x0e\1\0\x0b", "type mismatch");
    BODY(0, "\0\xd0\x70\x41\1\xfc\x0f\0\x1a\x0b", NULL);
}

TEST(vectors)
{
#define ZEROS "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define V128 "\xfd\x0c" ZEROS
    BODY(1, "\0" V128 "\xfd\x15\x0f\x0b", NULL);
    BODY(1, "\0" V128 "\xfd\x15\x10\x0b", "invalid lane index 16");
    BODY(0, "\0" V128 "\xfd\x1d\2\x1a\x0b", "invalid lane index 2");
    BODY(0, "\0\x41\0" V128 "\xfd\x56\2\0\4\x1a\x0b", "invalid lane index 4");
    BODY(0, "\0\x41\0" V128 "\xfd\x56\2\0\3\x1a\x0b", NULL);
    BODY(0,
         "\0" V128 V128 "\xfd\x0d\x20"
         "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x1a"
         "\x0b",
         "invalid lane index 32");
    BODY(0, "\0" V128 V128 V128 "\xfd\x85\2\x1a\x0b", NULL);
}

TEST(structs_and_arrays)
{
    BODY(0, "\0\x41\0\x41\0\xfb\0\3\x1a\x0b", NULL);
    BODY(0, "\0\x41\0\xfb\0\3\x1a\x0b", "type mismatch");
    BODY(1, "\0\xfb\1\3\xfb\4\3\0\x0b", NULL);
    BODY(1, "\0\xfb\1\7\xfb\4\3\0\x0b", NULL);
    BODY(1, "\0\xfb\1\3\xfb\4\7\0\x0b", "type mismatch: expected (ref null 7)");
    BODY(1, "\0\xfb\1\3\xfb\2\3\0\x0b", "type mismatch: a packed field");
    BODY(1, "\0\xfb\1\3\xfb\2\3\2\x0b", "unknown field 2");
    BODY(0, "\0\xfb\1\3\x41\0\xfb\5\3\0\x0b", NULL);
    BODY(0, "\0\xfb\1\3\x41\0\xfb\5\3\1\x0b", "immutable field 1");
    BODY(0, "\0\x41\0\xfb\7\4\x41\0\x41\0\xfb\x0e\4\x0b", NULL);
    BODY(0, "\0\x41\0\xfb\7\5\x41\0\x41\0\xfb\x0e\5\x0b", "immutable array");
    BODY(1, "\0\x41\0\x41\0\xfb\x09\4\0\xfb\x0f\x0b", NULL);
    BODY(1, "\0\x41\0\xfb\7\3\xfb\x0f\x0b", "type mismatch: type 3");
    BODY(1, "\0\x41\0\xfb\x1c\xfb\x1d\x0b", NULL);
    BODY(1, "\0\xd0\x6e\xfb\x14\3\x0b", NULL);
    BODY(1, "\0\xd0\x70\xfb\x14\3\x0b", "type mismatch");
    BODY(0, "\0\xd0\x6f\xfb\x1a\xfb\x1b\x1a\x0b", NULL);
    BODY(0, "\0\x02\x63\3\xd0\x6e\xfb\x18\3\0\x6e\3\x1a\xd0\3\x0b\x1a\x0b",
         NULL);
    BODY(0, "\0\x02\x63\3\xd0\3\xfb\x18\3\0\3\x6e\x1a\xd0\3\x0b\x1a\x0b",
         "type mismatch: expected (ref null 3), found anyref");
}

TEST(exceptions)
{
    BODY(0, "\0\x41\0\x08\0\x0b", NULL);
    BODY(0, "\0\x08\0\x0b", "type mismatch");
    BODY(0, "\0\x08\1\x0b", "unknown tag 1");
    BODY(1, "\0\x1f\x40\1\0\0\0\x0b\x41\0\x0b", NULL);
    BODY(0, "\0\x1f\x40\1\0\0\0\x0b\x0b", "type mismatch: a catch clause");
    BODY(0, "\0\x02\x69\x1f\x40\1\3\0\x0b\0\x0b\x0a\x0b", NULL);
    BODY(0, "\0\x1f\x40\1\2\1\x0b\x0b", "unknown label 1");
    BODY(0, "\0\x41\0\x0a\x0b", "type mismatch: expected exnref");
}

/* A body of `count` times the two bytes, none of them closed. */
static void check_repeated(const char pair[2], uint32_t count,
                           const char *message)
{
    buffer code, bytes;
    whit_error error = {0};
    buffer_init(&code);
    buffer_init(&bytes);
    buffer_put(&code, 0);
    for (uint32_t i = 0; i < count; i++)
        buffer_append(&code, pair, 2);
    buffer_put(&code, 0x0b);
    make_module(&bytes, 0, buffer_view(&code));
    CHECK_INT(validate(buffer_view(&bytes), WASM_FEATURES_ALL, &error),
              WHIT_LIMIT);
    CHECK(!strncmp(error.message, message, strlen(message)));
    buffer_release(&code);
    buffer_release(&bytes);
}

TEST(hostile_bodies_reach_limits)
{
    check_repeated("\x02\x40", 100001, "too many nested blocks: the limit is");
    check_repeated("\x41\0", 1000001, "too many operands: the limit is");
}

/* ---- Modules ---- */

static void check_module(int line, slice bytes, wasm_features features,
                         whit_status want, const char *message)
{
    whit_error error = {0};
    whit_status status = validate(bytes, features, &error);
    if (status == want && !strncmp(error.message, message, strlen(message)))
        return;
    test_failures++;
    printf("line %d: status %d, \"%s\", not \"%s\"\n", line, status,
           error.message, message);
}

#define MODULE_WITH(text, features, want, message)                     \
    check_module(__LINE__, slice_of(HEAD text, sizeof(HEAD text) - 1), \
                 features, want, message)
#define INVALID(text, message) \
    MODULE_WITH(text, WASM_FEATURES_ALL, WHIT_INVALID, message)
#define VALID(text) MODULE_WITH(text, WASM_FEATURES_ALL, WHIT_OK, "")

#define TYPE_SECTION "\1\4\1\x60\0\0"

TEST(module_with_everything)
{
    whit_error error = {0};
    CHECK_INT(validate(slice_of(everything, sizeof everything),
                       WASM_FEATURES_ALL, &error),
              WHIT_OK);
    CHECK_TEXT(error.message, "");
}

TEST(index_spaces)
{
    INVALID("\2\6\1\0\1n\0\0", "unknown type 0: there are 0 (function "
                               "section, function 0, imported as \"\" \"n\")");
    INVALID("\4\5\1\x70\1\2\1", "size minimum must not be greater than "
                                "maximum: 2 and 1 (table section, table 0)");
    INVALID("\4\5\1\x64\x70\0\0", "type mismatch: a table of non-null");
}

TEST(limits)
{
    INVALID("\5\5\1\0\x81\x80\4", "memory size must be at most 65536 pages");
    VALID("\5\5\1\0\x80\x80\4");
    INVALID("\5\3\1\2\1", "shared memory must have maximum");
    INVALID("\4\x08\1\x70\0\x80\x80\x80\x80\x10", "table size");
}

TEST(tags_and_start)
{
    INVALID("\1\5\1\x60\0\1\x7f\x0d\3\1\0\0", "non-empty tag result type");
    INVALID("\1\5\1\x60\1\x7f\0\3\2\1\0\x08\1\0\x0a\4\1\2\0\x0b",
            "start function 0 must have neither");
    INVALID("\x08\1\0", "unknown function 0: there are 0 (start section)");
}

TEST(constant_expressions)
{
    VALID("\6\x09\1\x7f\0\x41\1\x41\2\x6c\x0b");
    INVALID("\6\x0a\1\x7f\0\x41\1\x41\2\x6d\x1a\x0b",
            "constant expression required: i32.div_s is not constant (global "
            "section, global 0)");
    INVALID("\6\6\1\x7e\0\x41\0\x0b", "type mismatch");
    INVALID("\6\6\1\x7f\0\x23\0\x0b", "unknown global 0");
    VALID("\6\x0b\2\x7f\0\x41\0\x0b\x7f\0\x23\0\x0b");
    INVALID("\6\x0b\2\x7f\1\x41\0\x0b\x7f\0\x23\0\x0b",
            "constant expression required: global 0 is mutable");
}

TEST(exports)
{
    INVALID("\7\5\1\1a\0\0", "unknown function 0");
    INVALID("\5\3\1\0\0\7\x09\2\1a\2\0\1a\2\0",
            "duplicate export name \"a\" of exports 0 and 1 (export section, "
            "export 1)");
}

TEST(sub_types)
{
    VALID("\1\x0c\2\x50\0\x60\0\0\x4f\1\0\x60\0\0");
    INVALID("\1\x0a\2\x60\0\0\x50\1\0\x60\0\0",
            "sub type: super type 0 is final (type section, type 1)");
    INVALID("\1\x0d\2\x50\0\x60\0\0\x4f\1\0\x60\1\x7f\0",
            "sub type: the type does not match its super type 0");
    INVALID("\1\x0e\2\x50\0\x5f\1\x7f\1\x50\1\0\x5f\1\x7f\0",
            "sub type: the type does not match");
    INVALID("\1\6\1\x60\1\x63\1\0", "unknown type 1");
    INVALID("\1\7\1\x50\1\0\x60\0\0", "unknown type 0");
}

TEST(segments)
{
    INVALID("\x0b\6\1\0\x41\0\x0b\0", "unknown memory 0");
    INVALID("\5\3\1\4\1\x0b\6\1\0\x41\0\x0b\0", "type mismatch");
    INVALID("\x09\6\1\0\x41\0\x0b\0", "unknown table 0");
    INVALID("\4\4\1\x6f\0\0\x09\6\1\0\x41\0\x0b\0", "type mismatch");
    INVALID("\x09\5\1\1\0\1\0", "unknown function 0");
}

TEST(data_count_is_required)
{
    MODULE_WITH(TYPE_SECTION "\3\2\1\0\x0a\7\1\5\0\xfc\x09\0\x0b\x0b\3\1\1\0",
                WASM_FEATURES_ALL, WHIT_MALFORMED,
                "data count section required");
}

TEST(features_can_be_off)
{
    MODULE_WITH("\5\5\2\0\0\0\0",
                WASM_FEATURES_ALL & ~WASM_FEATURE_MULTI_MEMORY, WHIT_INVALID,
                "multiple memories");
    MODULE_WITH("\4\7\2\x70\0\0\x70\0\0",
                WASM_FEATURES_ALL & ~WASM_FEATURE_MULTI_TABLE, WHIT_INVALID,
                "multiple tables");
    MODULE_WITH("\5\3\1\4\1", WASM_FEATURES_ALL & ~WASM_FEATURE_MEMORY64,
                WHIT_UNSUPPORTED, "an address type of i64");
    MODULE_WITH("\1\5\1\x60\1\x7b\0", WASM_FEATURES_ALL & ~WASM_FEATURE_SIMD,
                WHIT_UNSUPPORTED, "v128");
    MODULE_WITH("\1\3\1\x5f\0", WASM_FEATURES_ALL & ~WASM_FEATURE_GC,
                WHIT_UNSUPPORTED, "struct and array types");
}

TEST(errors_know_their_place)
{
    whit_error error = {0};
    static const char two_globals[] =
        HEAD "\6\x0b\2\x7f\0\x41\0\x0b\x7f\0\x42\0\x0b";
    CHECK_INT(validate(slice_of(two_globals, sizeof two_globals - 1),
                       WASM_FEATURES_ALL, &error),
              WHIT_INVALID);
    /* The `end` that finds an i64 where an i32 is expected. */
    CHECK_INT(error.position, WHIT_POSITION_OFFSET);
    CHECK_INT(error.offset, 8 + 3 + 5 + 4);
    static const char memory[] = HEAD "\5\5\2\0\0\2\0";
    CHECK_INT(validate(slice_of(memory, sizeof memory - 1), WASM_FEATURES_ALL,
                       &error),
              WHIT_INVALID);
    CHECK_INT(error.offset, 8 + 3 + 2);
    CHECK_TEXT(error.message,
               "shared memory must have maximum (memory section, memory 1)");
}

TEST_MAIN(RUN(plain_instructions) RUN(variables) RUN(locals_without_default)
              RUN(blocks) RUN(branches) RUN(unreachable_code) RUN(calls)
                  RUN(memories) RUN(tables) RUN(vectors) RUN(structs_and_arrays)
                      RUN(exceptions) RUN(hostile_bodies_reach_limits)
                          RUN(module_with_everything) RUN(index_spaces)
                              RUN(limits) RUN(tags_and_start)
                                  RUN(constant_expressions) RUN(exports)
                                      RUN(sub_types) RUN(segments)
                                          RUN(data_count_is_required)
                                              RUN(features_can_be_off)
                                                  RUN(errors_know_their_place))
