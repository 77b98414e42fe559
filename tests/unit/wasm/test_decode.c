/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * What the decoder makes of good modules and says about bad ones. */
#include "test.h"

#include "everything.h"
#include "base/memory.h"
#include "wasm/decode.h"

#define HEAD "\0asm\1\0\0\0"

static whit_status decode(slice bytes, wasm_module **out, whit_error *error)
{
    const wasm_decode_options options = {WASM_FEATURES_ALL, false};
    return wasm_decode(bytes, &options, out, error);
}

/* Fails to decode, with this status, offset and beginning of the message. */
#define CHECK_BAD(bytes, status, at, text)                                 \
    do {                                                                   \
        wasm_module *module_ = NULL;                                       \
        whit_error error_ = {0};                                           \
        CHECK_INT(                                                         \
            decode(slice_of(bytes, sizeof(bytes) - 1), &module_, &error_), \
            status);                                                       \
        CHECK(module_ == NULL);                                            \
        CHECK_INT(error_.offset, at);                                      \
        if (strncmp(error_.message, text, strlen(text)))                   \
            CHECK_TEXT(error_.message, text);                              \
    } while (0)

#define CHECK_MALFORMED(bytes, at, text) \
    CHECK_BAD(bytes, WHIT_MALFORMED, at, text)

TEST(empty_module)
{
    wasm_module *m = NULL;
    CHECK_INT(decode(slice_of(HEAD, 8), &m, NULL), WHIT_OK);
    CHECK_INT(m->function_count, 0);
    CHECK_INT(m->start, WASM_NO_INDEX);
    wasm_module_free(m);
}

TEST(module_with_everything)
{
    wasm_module *m = NULL;
    CHECK_INT(decode(slice_of(everything, sizeof everything), &m, NULL),
              WHIT_OK);
    CHECK_INT(m->type_count, 6);
    CHECK_INT(m->types[2].rec_first, 2);
    CHECK_INT(m->types[2].rec_count, 2);
    CHECK_INT(m->types[3].super, 2);
    CHECK(m->types[3].final && !m->types[2].final);
    CHECK(m->types[5].rec_explicit && m->types[5].rec_count == 1);
    CHECK_INT(m->types[3].fields[1].type, wasm_ref(2, true));
    CHECK_INT(m->import_count, 4);
    CHECK_INT(m->imported[WASM_EXTERN_TAG], 1);
    CHECK_INT(m->function_count, 3);
    CHECK(m->functions[0].imported && !m->functions[1].imported);
    CHECK_INT(m->functions[1].code.local_count, 3);
    CHECK_INT(m->functions[1].code.body.data[0], 0x02);
    CHECK(m->functions[2].code.body.data ==
          everything + m->functions[2].code.offset);
    CHECK_INT(m->table_count, 3);
    CHECK(m->tables[1].init.size == 3 && m->tables[2].limits.is64);
    CHECK_INT(m->memory_count, 3);
    CHECK(m->memories[1].limits.shared && m->memories[2].limits.is64);
    CHECK_INT(m->memories[2].limits.max, 16);
    CHECK_INT(m->global_count, 4);
    CHECK_INT(m->tag_count, 2);
    CHECK_INT(m->export_count, 6);
    CHECK(wasm_module_export(m, slice_text("mem"))->index == 0);
    CHECK(wasm_module_export(m, slice_text("nobody")) == NULL);
    CHECK_INT(m->start, 1);
    CHECK_INT(m->elem_count, 8);
    CHECK(!m->elems[1].is_exprs && m->elems[1].count == 2);
    CHECK(m->elems[6].is_exprs && m->elems[6].table == 1);
    CHECK_INT(m->elems[7].mode, WASM_SEGMENT_DECLARATIVE);
    CHECK_INT(m->data_count, 3);
    CHECK_INT(m->datas[2].memory, 2);
    CHECK(m->has_data_count);
    CHECK_INT(m->custom_count, 3);
    CHECK_INT(m->customs[0].after, 0);
    CHECK_INT(m->customs[1].after, WASM_SECTION_IMPORT);
    CHECK_INT(m->customs[2].after, WASM_SECTION_DATA);
    wasm_module_free(m);
}

TEST(every_cut_is_malformed)
{
    unsigned whole = 0;
    for (size_t size = 0; size < sizeof everything; size++) {
        wasm_module *m = NULL;
        uint8_t *exact = mem_dup(everything, size);
        whit_status status = decode(slice_of(exact, size), &m, NULL);
        CHECK(status == WHIT_OK || status == WHIT_MALFORMED);
        whole += status == WHIT_OK;
        wasm_module_free(m);
        mem_free(exact);
    }
    /* Behind the preamble, the four sections in front of the functions, and
     * the data: elsewhere a section that was announced is missing. */
    CHECK_INT(whole, 6);
}

TEST(a_copy_outlives_its_bytes)
{
    wasm_module *m = NULL;
    uint8_t *bytes = mem_dup(everything, sizeof everything);
    const wasm_decode_options options = {WASM_FEATURES_ALL, true};
    CHECK_INT(
        wasm_decode(slice_of(bytes, sizeof everything), &options, &m, NULL),
        WHIT_OK);
    mem_free(bytes);
    CHECK(slice_is(m->exports[0].name, "f"));
    wasm_module_free(m);
}

TEST(preambles)
{
    CHECK_MALFORMED("", 0, "unexpected end");
    CHECK_MALFORMED("\0as", 3, "unexpected end");
    CHECK_MALFORMED("wasm\1\0\0\0", 0, "magic header not detected");
    CHECK_MALFORMED("\0asm\2\0\0\0", 4, "unknown binary version");
    CHECK_MALFORMED("\0asm\x0d\0\1\0", 4,
                    "unknown binary version: this is a component");
    CHECK(wasm_is_module(slice_of(HEAD, 8)));
    CHECK(!wasm_is_module(slice_of("\0asm\x0d\0\1\0", 8)));
    CHECK(!wasm_is_module(slice_of(HEAD, 7)));
}

TEST(sections)
{
    CHECK_MALFORMED(HEAD "\x0e\0", 8, "malformed section id 14");
    CHECK_MALFORMED(HEAD "\1\2\0", 8, "length out of bounds");
    CHECK_MALFORMED(HEAD "\1\2\0\0", 11,
                    "section size mismatch (type section)");
    CHECK_MALFORMED(HEAD "\3\1\0\1\1\0", 11,
                    "unexpected content after last section");
    CHECK_MALFORMED(HEAD "\1\1\0\1\1\0", 11,
                    "unexpected content after last section");
    CHECK_MALFORMED(HEAD "\0\0", 10, "unexpected end");
    CHECK_MALFORMED(HEAD "\0\2\1\xff", 11, "malformed UTF-8 encoding");
    CHECK_MALFORMED(HEAD "\0\2\2x", 10, "length out of bounds");
    CHECK_MALFORMED(HEAD "\3\2\1\0", 12,
                    "function and code section have inconsistent lengths");
    CHECK_MALFORMED(HEAD "\x0c\1\1", 11,
                    "data count and data section have inconsistent lengths");
}

TEST(items)
{
    CHECK_MALFORMED(HEAD "\1\2\1\x40", 11, "malformed definition type 0x40");
    CHECK_MALFORMED(HEAD "\1\4\1\x5e\x7f\2", 13,
                    "malformed mutability (type section, recursion group 0)");
    CHECK_BAD(HEAD "\1\6\1\x50\2\0\0\x5f", WHIT_INVALID, 13, "sub type");
    CHECK_MALFORMED(HEAD "\2\4\1\0\0\5", 13,
                    "malformed import kind (import section, import 0)");
    CHECK_MALFORMED(HEAD "\4\4\1\x7f\0\0", 11, "malformed reference type");
    CHECK_MALFORMED(HEAD "\4\4\1\x70\2\0", 12, "malformed limits flags 0x02");
    CHECK_MALFORMED(HEAD "\4\6\1\x40\1\x70\0\0", 12, "zero byte expected");
    CHECK_MALFORMED(HEAD "\5\3\1\x08\0", 11, "malformed limits flags 0x08");
    CHECK_MALFORMED(HEAD "\6\5\1\x7f\2\x0b\x0b", 12, "malformed mutability");
    CHECK_MALFORMED(HEAD "\x0d\3\1\1\0", 11, "malformed tag attribute");
    CHECK_MALFORMED(HEAD "\7\4\1\0\5\0", 12, "malformed export kind");
    CHECK_MALFORMED(HEAD "\x09\3\1\x08\0", 12,
                    "malformed elements segment kind");
    CHECK_MALFORMED(HEAD "\x09\4\1\1\1\0", 12, "malformed element kind");
    CHECK_MALFORMED(HEAD "\x0b\3\1\3\0", 12, "malformed data segment kind");
    CHECK_MALFORMED(HEAD "\6\4\1\x7f\0\x41", 14, "unexpected end");
}

#define ONE_FUNCTION HEAD "\1\4\1\x60\0\0\3\2\1\0"

TEST(code)
{
    CHECK_MALFORMED(ONE_FUNCTION "\x0a\4\1\2\0\1", 24, "END opcode expected");
    CHECK_MALFORMED(ONE_FUNCTION "\x0a\4\1\2\0\xff", 23, "illegal opcode ff");
    CHECK_MALFORMED(ONE_FUNCTION "\x0a\4\1\3\0\x0b", 22, "unexpected end");
    CHECK_MALFORMED(ONE_FUNCTION
                    "\x0a\x0c\1\x0a\2\xff\xff\xff\xff\x0f\x7f\2\x7e\x0b",
                    22, "too many locals: 4294967297");
    CHECK_BAD(ONE_FUNCTION "\x0a\x08\1\6\1\xd1\x86\3\x7f\x0b", WHIT_LIMIT, 22,
              "too many locals: 50001, the limit is 50000");
}

TEST_MAIN(RUN(empty_module) RUN(module_with_everything)
              RUN(every_cut_is_malformed) RUN(a_copy_outlives_its_bytes)
                  RUN(preambles) RUN(sections) RUN(items) RUN(code))
