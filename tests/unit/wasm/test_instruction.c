/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The opcode table, and readers and writer against each other. */
#include "test.h"

#include "wasm/instruction.h"

static const uint8_t label_bytes[] = {3, 0x81, 0x01, 0};
static const uint8_t type_bytes[] = {0x7f, 0x63, 0x05};
static const uint8_t catch_bytes[] = {0, 2, 1, 1, 3, 0, 2, 4, 3, 5};

/* Immediates with values of more than one byte where there is room. */
static wasm_instruction sample(uint16_t op)
{
    wasm_instruction i = {.op = op, .index = 300, .index2 = 70000};
    switch ((wasm_immediates)wasm_opcodes[op].immediates) {
    case WASM_IMM_BLOCK:
        i.block = (wasm_blocktype){200, WASM_BOTTOM};
        break;
    case WASM_IMM_TRY_TABLE:
        i.block = (wasm_blocktype){WASM_NO_INDEX, WASM_I64};
        i.catch_count = 4;
        i.catches = catch_bytes;
        break;
    case WASM_IMM_LABELS:
        i.label_count = 2;
        i.labels = label_bytes;
        i.index = 0;
        break;
    case WASM_IMM_VALTYPES:
        i.type_count = 2;
        i.types = type_bytes;
        break;
    case WASM_IMM_MEMARG:
    case WASM_IMM_MEMARG_LANE:
        i.memarg.align = 2;
        i.memarg.memory = 5;
        i.memarg.offset = UINT64_MAX;
        i.lane = 9;
        break;
    case WASM_IMM_LANE:
        i.lane = 7;
        break;
    case WASM_IMM_I32:
        i.value = (uint64_t)INT32_MIN;
        break;
    case WASM_IMM_I64:
        i.value = (uint64_t)INT64_MIN;
        break;
    case WASM_IMM_F32:
        i.value = 0x7fa00001;
        break;
    case WASM_IMM_F64:
        i.value = 0xfff4000000000001;
        break;
    case WASM_IMM_SHUFFLE:
    case WASM_IMM_V128:
        memcpy(i.bytes, "0123456789abcdef", 16);
        break;
    case WASM_IMM_HEAPTYPE:
        i.heap = 1234;
        break;
    case WASM_IMM_CAST:
        i.cast_from = WASM_ANYREF;
        i.cast_to = wasm_ref(100, false);
        break;
    default:
        break;
    }
    return i;
}

static bool same_bytes(const buffer *a, const buffer *b)
{
    return slice_equal(buffer_view(a), buffer_view(b));
}

/* Writes, reads with both readers, writes again; and every cut is noticed. */
static void round_trip(uint16_t op)
{
    wasm_instruction i = sample(op), checked = {0}, fast = {0};
    buffer bytes, again;
    buffer_init(&bytes);
    buffer_init(&again);
    wasm_write_instruction(&bytes, &i);
    wasm_reader reader = wasm_reader_new(buffer_view(&bytes), 0);
    CHECK_INT(wasm_read_instruction(&reader, &checked, NULL), WHIT_OK);
    CHECK(reader.cursor == reader.end);
    CHECK_INT(checked.op, op);
    wasm_write_instruction(&again, &checked);
    CHECK(same_bytes(&bytes, &again));
    reader = wasm_reader_new(buffer_view(&bytes), 0);
    wasm_next_instruction(&reader, &fast);
    CHECK(reader.cursor == reader.end);
    buffer_clear(&again);
    wasm_write_instruction(&again, &fast);
    CHECK(same_bytes(&bytes, &again));
    for (size_t cut = 0; cut < bytes.size; cut++) {
        whit_error error;
        reader = wasm_reader_new(slice_of(bytes.data, cut), 0);
        CHECK_INT(wasm_read_instruction(&reader, &checked, &error),
                  WHIT_MALFORMED);
        CHECK(strstr(error.message, "unexpected end") == error.message);
    }
    buffer_release(&bytes);
    buffer_release(&again);
}

TEST(every_instruction_round_trips)
{
    unsigned count = 0;
    for (unsigned op = 0; op < WASM_OP_COUNT; op++) {
        if (!wasm_opcodes[op].text)
            continue;
        count++;
        int before = test_failures;
        round_trip((uint16_t)op);
        if (test_failures != before)
            printf("in %s\n", wasm_opcodes[op].text);
    }
    /* The instructions of 3.0 with relaxed vectors, and of threads. */
    CHECK(count > 560);
}

static whit_status read_bytes(const char *bytes, size_t size,
                              wasm_instruction *out, whit_error *error)
{
    wasm_reader reader = wasm_reader_new(slice_of(bytes, size), 0x10);
    return wasm_read_instruction(&reader, out, error);
}

#define CHECK_MALFORMED(bytes, text)                                      \
    do {                                                                  \
        wasm_instruction instruction_;                                    \
        whit_error error_ = {0};                                          \
        CHECK_INT(                                                        \
            read_bytes(bytes, sizeof(bytes) - 1, &instruction_, &error_), \
            WHIT_MALFORMED);                                              \
        CHECK(!strncmp(error_.message, text, strlen(text)));              \
        CHECK_INT(error_.position, WHIT_POSITION_OFFSET);                 \
    } while (0)

TEST(malformed_instructions_say_why)
{
    CHECK_MALFORMED("\xff", "illegal opcode ff");
    CHECK_MALFORMED("\x06", "illegal opcode 06");
    CHECK_MALFORMED("\xfb\x7f", "illegal opcode fb 7f");
    CHECK_MALFORMED("\xfc\x12", "illegal opcode fc 12");
    CHECK_MALFORMED("\xfd\x94\x02", "illegal opcode fd 114");
    CHECK_MALFORMED("\xfe\x04", "illegal opcode fe 04");
    CHECK_MALFORMED("\x20\x80\x80\x80\x80\x80\x00",
                    "integer representation too long");
    CHECK_MALFORMED("\x41\x80\x80\x80\x80\x70", "integer too large");
    CHECK_MALFORMED("\x28\x80\x01\x00", "malformed memop flags");
    CHECK_MALFORMED("\xfe\x03\x01", "zero byte expected");
    CHECK_MALFORMED("\xd0\x7f", "malformed heap type");
    CHECK_MALFORMED("\x02\x41", "malformed value type");
    CHECK_MALFORMED("\x1c\x01\x77", "malformed value type");
    CHECK_MALFORMED("\xfb\x18\x04\x00\x6e\x6e", "malformed cast flags");
    CHECK_MALFORMED("\x1f\x40\x01\x04\x00", "malformed catch clause");
}

TEST(offsets_count_from_the_module)
{
    wasm_instruction i;
    whit_error error;
    CHECK_INT(read_bytes("\xff", 1, &i, &error), WHIT_MALFORMED);
    CHECK_INT(error.offset, 0x10);
}

TEST(prefixed_numbers_may_be_long)
{
    wasm_instruction i;
    CHECK_INT(read_bytes("\xfd\x80\x82\x00", 4, &i, NULL), WHIT_OK);
    CHECK_INT(i.op, WASM_OP_I8X16_RELAXED_SWIZZLE);
    CHECK_INT(read_bytes("\xfc\x80\x80\x00", 4, &i, NULL), WHIT_OK);
    CHECK_INT(i.op, WASM_OP_I32_TRUNC_SAT_F32_S);
}

TEST(value_types_of_every_kind)
{
    const wasm_valtype types[] = {WASM_I32,
                                  WASM_I64,
                                  WASM_F32,
                                  WASM_F64,
                                  WASM_V128,
                                  WASM_FUNCREF,
                                  WASM_EXTERNREF,
                                  WASM_EXNREF,
                                  WASM_ANYREF,
                                  wasm_ref(0, 0),
                                  wasm_ref(63, 1),
                                  wasm_ref(64, 0),
                                  wasm_ref(WASM_HEAP_NONE, 1),
                                  wasm_ref(WASM_HEAP_NOEXN, 0)};
    for (size_t n = 0; n < COUNT_OF(types); n++) {
        buffer bytes;
        buffer_init(&bytes);
        wasm_write_valtype(&bytes, types[n]);
        wasm_reader reader = wasm_reader_new(buffer_view(&bytes), 0);
        wasm_valtype type = 0;
        CHECK_INT(wasm_read_valtype(&reader, &type, NULL), WHIT_OK);
        CHECK(reader.cursor == reader.end);
        CHECK_INT(type, types[n]);
        const uint8_t *cursor = bytes.data;
        CHECK_INT(wasm_next_valtype(&cursor), types[n]);
        buffer_release(&bytes);
    }
}

TEST(types_in_words)
{
    char text[32];
    wasm_valtype_text(WASM_F64, text, sizeof text);
    CHECK_TEXT(text, "f64");
    wasm_valtype_text(WASM_FUNCREF, text, sizeof text);
    CHECK_TEXT(text, "funcref");
    wasm_valtype_text(wasm_ref(WASM_HEAP_NOEXN, true), text, sizeof text);
    CHECK_TEXT(text, "nullexnref");
    wasm_valtype_text(wasm_ref(WASM_HEAP_I31, false), text, sizeof text);
    CHECK_TEXT(text, "(ref i31)");
    wasm_valtype_text(wasm_ref(12, true), text, sizeof text);
    CHECK_TEXT(text, "(ref null 12)");
    wasm_valtype_text(wasm_ref(12, true), text, 4);
    CHECK_TEXT(text, "(re");
}

TEST_MAIN(RUN(every_instruction_round_trips) RUN(malformed_instructions_say_why)
              RUN(offsets_count_from_the_module)
                  RUN(prefixed_numbers_may_be_long)
                      RUN(value_types_of_every_kind) RUN(types_in_words))
