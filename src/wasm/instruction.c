/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The opcode table, and the readers and the writer of instructions. */
#include "wasm/instruction.h"

#include <inttypes.h>
#include <string.h>

#include "base/leb128.h"
#include "base/limits.h"

const wasm_opcode_info wasm_opcodes[WASM_OP_COUNT] = {
#define OP(name, id, string, imm, operands, alignment) \
    [id] = {string, operands, WASM_IMM_##imm, alignment},
#include "wasm/opcodes.def"
#undef OP
};

enum {
    PREFIX_GC = 0xfb,
    PREFIX_MISC = 0xfc,
    PREFIX_SIMD = 0xfd,
    PREFIX_ATOMIC = 0xfe,
    MEMARG_HAS_MEMORY = 0x40
};

wasm_reader wasm_reader_new(slice bytes, uint64_t offset)
{
    return (wasm_reader){bytes.data, bytes.data + bytes.size, bytes.data,
                         offset};
}

uint64_t wasm_reader_offset(const wasm_reader *self)
{
    return self->offset + (uint64_t)(self->cursor - self->base);
}

/* ---- Checked parts ---- */

static whit_status fail(const wasm_reader *self, whit_error *error,
                        const char *text)
{
    return error_at(error, WHIT_MALFORMED, wasm_reader_offset(self), "%s",
                    text);
}

static whit_status fail_end(const wasm_reader *self, whit_error *error)
{
    return error_at(error, WHIT_MALFORMED,
                    self->offset + (uint64_t)(self->end - self->base),
                    "unexpected end of section or function");
}

static whit_status leb_fail(const wasm_reader *self, leb128_result result,
                            whit_error *error)
{
    if (result == LEB128_TRUNCATED)
        return fail_end(self, error);
    return fail(self, error, leb128_text(result));
}

static whit_status read_u(wasm_reader *self, unsigned bits, uint64_t *out,
                          whit_error *error)
{
    leb128_result result = leb128_read_u(&self->cursor, self->end, bits, out);
    return result == LEB128_OK ? WHIT_OK : leb_fail(self, result, error);
}

static whit_status read_s(wasm_reader *self, unsigned bits, int64_t *out,
                          whit_error *error)
{
    leb128_result result = leb128_read_s(&self->cursor, self->end, bits, out);
    return result == LEB128_OK ? WHIT_OK : leb_fail(self, result, error);
}

static whit_status read_u32_slow(wasm_reader *self, uint32_t *out,
                                 whit_error *error)
{
    uint64_t value;
    TRY(read_u(self, 32, &value, error));
    *out = (uint32_t)value;
    return WHIT_OK;
}

static inline whit_status read_u32(wasm_reader *self, uint32_t *out,
                                   whit_error *error)
{
    if (LIKELY(self->cursor < self->end && *self->cursor < 0x80)) {
        *out = *self->cursor++;
        return WHIT_OK;
    }
    return read_u32_slow(self, out, error);
}

static inline whit_status read_u64(wasm_reader *self, uint64_t *out,
                                   whit_error *error)
{
    if (LIKELY(self->cursor < self->end && *self->cursor < 0x80)) {
        *out = *self->cursor++;
        return WHIT_OK;
    }
    return read_u(self, 64, out, error);
}

static inline whit_status read_byte(wasm_reader *self, uint8_t *out,
                                    whit_error *error)
{
    if (UNLIKELY(self->cursor == self->end))
        return fail_end(self, error);
    *out = *self->cursor++;
    return WHIT_OK;
}

static whit_status skip(wasm_reader *self, size_t size, whit_error *error)
{
    if ((size_t)(self->end - self->cursor) < size)
        return fail_end(self, error);
    self->cursor += size;
    return WHIT_OK;
}

whit_status wasm_read_u32(wasm_reader *self, uint32_t *out, whit_error *error)
{
    return read_u32(self, out, error);
}

static bool is_abstract_heap(uint8_t byte)
{
    return byte >= 0x69 && byte <= 0x74;
}

whit_status wasm_read_heaptype(wasm_reader *self, wasm_heaptype *out,
                               whit_error *error)
{
    const uint8_t *start = self->cursor;
    if (start < self->end && is_abstract_heap(*start)) {
        *out = WASM_HEAP_ABSTRACT + *start;
        self->cursor++;
        return WHIT_OK;
    }
    int64_t value;
    TRY(read_s(self, 33, &value, error));
    if (value < 0) {
        self->cursor = start;
        return error_at(error, WHIT_MALFORMED, wasm_reader_offset(self),
                        "malformed heap type 0x%02x", *start);
    }
    if (value >= LIMIT_TYPES) {
        self->cursor = start;
        return error_at(error, WHIT_INVALID, wasm_reader_offset(self),
                        "unknown type %" PRId64, value);
    }
    *out = (wasm_heaptype)value;
    return WHIT_OK;
}

static whit_status read_reftype(wasm_reader *self, wasm_valtype *out,
                                whit_error *error)
{
    bool nullable = *self->cursor++ == WASM_REF_NULL;
    wasm_heaptype heap;
    TRY(wasm_read_heaptype(self, &heap, error));
    *out = wasm_ref(heap, nullable);
    return WHIT_OK;
}

whit_status wasm_read_valtype(wasm_reader *self, wasm_valtype *out,
                              whit_error *error)
{
    if (UNLIKELY(self->cursor == self->end))
        return fail_end(self, error);
    uint8_t byte = *self->cursor;
    if (byte >= WASM_V128 && byte <= WASM_I32) {
        self->cursor++;
        *out = byte;
        return WHIT_OK;
    }
    if (byte == WASM_REF || byte == WASM_REF_NULL)
        return read_reftype(self, out, error);
    if (is_abstract_heap(byte)) {
        self->cursor++;
        *out = wasm_ref(WASM_HEAP_ABSTRACT + byte, true);
        return WHIT_OK;
    }
    return error_at(error, WHIT_MALFORMED, wasm_reader_offset(self),
                    "malformed value type 0x%02x", byte);
}

static whit_status read_block(wasm_reader *self, wasm_blocktype *out,
                              whit_error *error)
{
    if (UNLIKELY(self->cursor == self->end))
        return fail_end(self, error);
    out->index = WASM_NO_INDEX;
    uint8_t byte = *self->cursor;
    if (byte == 0x40) {
        self->cursor++;
        out->type = WASM_BOTTOM;
        return WHIT_OK;
    }
    if ((byte & 0xc0) == 0x40)
        return wasm_read_valtype(self, &out->type, error);
    const uint8_t *start = self->cursor;
    int64_t value;
    TRY(read_s(self, 33, &value, error));
    if (value < 0) {
        self->cursor = start;
        return fail(self, error, "malformed block type");
    }
    out->index = (uint32_t)value;
    out->type = WASM_BOTTOM;
    return WHIT_OK;
}

/* A vector's count; an item takes at least one byte. */
static whit_status read_count(wasm_reader *self, uint32_t *out,
                              whit_error *error)
{
    TRY(read_u32(self, out, error));
    if (UNLIKELY(*out > (size_t)(self->end - self->cursor)))
        return fail_end(self, error);
    return WHIT_OK;
}

static whit_status read_try_table(wasm_reader *self, wasm_instruction *out,
                                  whit_error *error)
{
    TRY(read_block(self, &out->block, error));
    TRY(read_count(self, &out->catch_count, error));
    out->catches = self->cursor;
    for (uint32_t i = 0; i < out->catch_count; i++) {
        uint8_t kind = 0;
        uint32_t index;
        TRY(read_byte(self, &kind, error));
        if (kind > WASM_CATCH_ALL_REF) {
            self->cursor--;
            return fail(self, error, "malformed catch clause");
        }
        if (kind == WASM_CATCH || kind == WASM_CATCH_REF)
            TRY(read_u32(self, &index, error));
        TRY(read_u32(self, &index, error));
    }
    return WHIT_OK;
}

static whit_status read_labels(wasm_reader *self, wasm_instruction *out,
                               whit_error *error)
{
    TRY(read_count(self, &out->label_count, error));
    if (out->label_count > LIMIT_BR_TABLE)
        return error_at(error, WHIT_LIMIT, wasm_reader_offset(self),
                        "br_table has %u labels, the limit is %u",
                        out->label_count, LIMIT_BR_TABLE);
    out->labels = self->cursor;
    for (uint32_t i = 0; i <= out->label_count; i++)
        TRY(read_u32(self, &out->index, error));
    return WHIT_OK;
}

static whit_status read_types(wasm_reader *self, wasm_instruction *out,
                              whit_error *error)
{
    TRY(read_count(self, &out->type_count, error));
    out->types = self->cursor;
    for (uint32_t i = 0; i < out->type_count; i++) {
        wasm_valtype type;
        TRY(wasm_read_valtype(self, &type, error));
    }
    return WHIT_OK;
}

static whit_status read_memarg(wasm_reader *self, wasm_instruction *out,
                               whit_error *error)
{
    const uint8_t *start = self->cursor;
    TRY(read_u32(self, &out->memarg.align, error));
    out->memarg.memory = 0;
    if (UNLIKELY(out->memarg.align >= MEMARG_HAS_MEMORY)) {
        if (out->memarg.align >= 2 * MEMARG_HAS_MEMORY) {
            self->cursor = start;
            return fail(self, error, "malformed memop flags");
        }
        out->memarg.align -= MEMARG_HAS_MEMORY;
        TRY(read_u32(self, &out->memarg.memory, error));
    }
    return read_u64(self, &out->memarg.offset, error);
}

static whit_status read_cast(wasm_reader *self, wasm_instruction *out,
                             whit_error *error)
{
    uint8_t flags = 0;
    wasm_heaptype from, to;
    TRY(read_byte(self, &flags, error));
    if (flags > 3) {
        self->cursor--;
        return fail(self, error, "malformed cast flags");
    }
    TRY(read_u32(self, &out->index, error));
    TRY(wasm_read_heaptype(self, &from, error));
    TRY(wasm_read_heaptype(self, &to, error));
    out->cast_from = wasm_ref(from, flags & 1);
    out->cast_to = wasm_ref(to, flags & 2);
    return WHIT_OK;
}

static whit_status read_signed(wasm_reader *self, unsigned bits,
                               wasm_instruction *out, whit_error *error)
{
    if (LIKELY(self->cursor < self->end && *self->cursor < 0x80)) {
        int64_t byte = *self->cursor++;
        out->value = (uint64_t)((byte ^ 0x40) - 0x40);
        return WHIT_OK;
    }
    int64_t value;
    TRY(read_s(self, bits, &value, error));
    out->value = (uint64_t)value;
    return WHIT_OK;
}

static uint64_t little_endian(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static whit_status read_bits(wasm_reader *self, unsigned size,
                             wasm_instruction *out, whit_error *error)
{
    TRY(skip(self, size, error));
    out->value = little_endian(self->cursor - size, size);
    return WHIT_OK;
}

static whit_status read_bytes(wasm_reader *self, wasm_instruction *out,
                              whit_error *error)
{
    TRY(skip(self, sizeof out->bytes, error));
    memcpy(out->bytes, self->cursor - sizeof out->bytes, sizeof out->bytes);
    return WHIT_OK;
}

static whit_status read_fence(wasm_reader *self, whit_error *error)
{
    uint8_t byte = 0;
    TRY(read_byte(self, &byte, error));
    if (byte) {
        self->cursor--;
        return fail(self, error, "zero byte expected");
    }
    return WHIT_OK;
}

static whit_status read_two(wasm_reader *self, uint32_t *first,
                            uint32_t *second, whit_error *error)
{
    TRY(read_u32(self, first, error));
    return read_u32(self, second, error);
}

/* First number of the ids behind a prefix, and one past the last. */
static bool prefix_range(uint8_t byte, uint32_t *first, uint32_t *end)
{
    switch (byte) {
    case PREFIX_GC:
        *first = 0x100, *end = 0x200;
        return true;
    case PREFIX_MISC:
        *first = 0x200, *end = 0x300;
        return true;
    case PREFIX_SIMD:
        *first = 0x300, *end = 0x500;
        return true;
    case PREFIX_ATOMIC:
        *first = 0x500, *end = WASM_OP_COUNT;
        return true;
    }
    return false;
}

static whit_status read_prefixed(wasm_reader *self, wasm_instruction *out,
                                 uint8_t prefix, whit_error *error)
{
    uint32_t first, end, number;
    TRY(read_u32(self, &number, error));
    if (prefix_range(prefix, &first, &end) && number < end - first &&
        wasm_opcodes[first + number].text) {
        out->op = (uint16_t)(first + number);
        return WHIT_OK;
    }
    self->cursor = out->start;
    return error_at(error, WHIT_MALFORMED, wasm_reader_offset(self),
                    "illegal opcode %02x %02x", prefix, number);
}

static whit_status read_immediates(wasm_reader *self, wasm_instruction *out,
                                   whit_error *error)
{
    switch ((wasm_immediates)wasm_opcodes[out->op].immediates) {
    case WASM_IMM_NONE:
        return WHIT_OK;
    case WASM_IMM_LABEL:
    case WASM_IMM_FUNC:
    case WASM_IMM_TYPE:
    case WASM_IMM_TAG:
    case WASM_IMM_LOCAL:
    case WASM_IMM_GLOBAL:
    case WASM_IMM_TABLE:
    case WASM_IMM_ELEM:
    case WASM_IMM_MEMORY:
    case WASM_IMM_DATA:
        return read_u32(self, &out->index, error);
    case WASM_IMM_TYPE_TABLE:
    case WASM_IMM_TABLE_TABLE:
    case WASM_IMM_MEMORY_MEMORY:
    case WASM_IMM_ELEM_TABLE:
    case WASM_IMM_DATA_MEMORY:
    case WASM_IMM_TYPE_FIELD:
    case WASM_IMM_TYPE_COUNT:
    case WASM_IMM_TYPE_DATA:
    case WASM_IMM_TYPE_ELEM:
    case WASM_IMM_TYPE_TYPE:
        return read_two(self, &out->index, &out->index2, error);
    case WASM_IMM_MEMARG:
        return read_memarg(self, out, error);
    case WASM_IMM_MEMARG_LANE:
        TRY(read_memarg(self, out, error));
        return read_byte(self, &out->lane, error);
    case WASM_IMM_LANE:
        return read_byte(self, &out->lane, error);
    case WASM_IMM_I32:
        return read_signed(self, 32, out, error);
    case WASM_IMM_I64:
        return read_signed(self, 64, out, error);
    case WASM_IMM_F32:
        return read_bits(self, 4, out, error);
    case WASM_IMM_F64:
        return read_bits(self, 8, out, error);
    case WASM_IMM_SHUFFLE:
    case WASM_IMM_V128:
        return read_bytes(self, out, error);
    case WASM_IMM_BLOCK:
        return read_block(self, &out->block, error);
    case WASM_IMM_TRY_TABLE:
        return read_try_table(self, out, error);
    case WASM_IMM_LABELS:
        return read_labels(self, out, error);
    case WASM_IMM_VALTYPES:
        return read_types(self, out, error);
    case WASM_IMM_HEAPTYPE:
        return wasm_read_heaptype(self, &out->heap, error);
    case WASM_IMM_CAST:
        return read_cast(self, out, error);
    case WASM_IMM_FENCE:
        return read_fence(self, error);
    }
    return fail(self, error, "illegal opcode");
}

whit_status wasm_read_instruction(wasm_reader *self, wasm_instruction *out,
                                  whit_error *error)
{
    if (UNLIKELY(self->cursor == self->end))
        return fail_end(self, error);
    out->start = self->cursor;
    uint8_t byte = *self->cursor++;
    out->op = byte;
    if (UNLIKELY(!wasm_opcodes[byte].text)) {
        if (byte < PREFIX_GC || byte > PREFIX_ATOMIC) {
            self->cursor--;
            return error_at(error, WHIT_MALFORMED, wasm_reader_offset(self),
                            "illegal opcode %02x", byte);
        }
        TRY(read_prefixed(self, out, byte, error));
    }
    return read_immediates(self, out, error);
}

/* ---- Unchecked parts ---- */

static uint64_t next_u_slow(const uint8_t **cursor)
{
    const uint8_t *p = *cursor;
    uint64_t result = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = *p++;
        result |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    *cursor = p;
    return result;
}

static inline uint64_t next_u(const uint8_t **cursor)
{
    if (LIKELY(**cursor < 0x80))
        return *(*cursor)++;
    return next_u_slow(cursor);
}

static inline int64_t next_s(const uint8_t **cursor)
{
    const uint8_t *p = *cursor;
    uint64_t result = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = *p++;
        result |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while (byte & 0x80);
    if (shift < 64 && (byte & 0x40))
        result |= ~(uint64_t)0 << shift;
    *cursor = p;
    return (int64_t)result;
}

uint32_t wasm_next_index(const uint8_t **cursor)
{
    return (uint32_t)next_u(cursor);
}

static wasm_heaptype next_heaptype(const uint8_t **cursor)
{
    if (is_abstract_heap(**cursor))
        return WASM_HEAP_ABSTRACT + *(*cursor)++;
    return (wasm_heaptype)next_s(cursor);
}

wasm_valtype wasm_next_valtype(const uint8_t **cursor)
{
    uint8_t byte = *(*cursor)++;
    if (byte >= WASM_V128)
        return byte;
    if (is_abstract_heap(byte))
        return wasm_ref(WASM_HEAP_ABSTRACT + byte, true);
    return wasm_ref(next_heaptype(cursor), byte == WASM_REF_NULL);
}

wasm_catch wasm_next_catch(const uint8_t **cursor)
{
    wasm_catch result = {0};
    result.kind = *(*cursor)++;
    if (result.kind == WASM_CATCH || result.kind == WASM_CATCH_REF)
        result.tag = wasm_next_index(cursor);
    result.label = wasm_next_index(cursor);
    return result;
}

static void next_block(const uint8_t **cursor, wasm_blocktype *out)
{
    uint8_t byte = **cursor;
    out->index = WASM_NO_INDEX;
    out->type = WASM_BOTTOM;
    if (byte == 0x40)
        (*cursor)++;
    else if ((byte & 0xc0) == 0x40)
        out->type = wasm_next_valtype(cursor);
    else
        out->index = (uint32_t)next_s(cursor);
}

static void next_try_table(const uint8_t **cursor, wasm_instruction *out)
{
    next_block(cursor, &out->block);
    out->catch_count = wasm_next_index(cursor);
    out->catches = *cursor;
    for (uint32_t i = 0; i < out->catch_count; i++)
        wasm_next_catch(cursor);
}

static void next_labels(const uint8_t **cursor, wasm_instruction *out)
{
    out->label_count = wasm_next_index(cursor);
    out->labels = *cursor;
    for (uint32_t i = 0; i <= out->label_count; i++)
        out->index = wasm_next_index(cursor);
}

static void next_types(const uint8_t **cursor, wasm_instruction *out)
{
    out->type_count = wasm_next_index(cursor);
    out->types = *cursor;
    for (uint32_t i = 0; i < out->type_count; i++)
        wasm_next_valtype(cursor);
}

static inline void next_memarg(const uint8_t **cursor, wasm_instruction *out)
{
    out->memarg.align = (uint32_t)next_u(cursor);
    out->memarg.memory = 0;
    if (UNLIKELY(out->memarg.align & MEMARG_HAS_MEMORY)) {
        out->memarg.align -= MEMARG_HAS_MEMORY;
        out->memarg.memory = (uint32_t)next_u(cursor);
    }
    out->memarg.offset = next_u(cursor);
}

static void next_cast(const uint8_t **cursor, wasm_instruction *out)
{
    uint8_t flags = *(*cursor)++;
    out->index = wasm_next_index(cursor);
    out->cast_from = wasm_ref(next_heaptype(cursor), flags & 1);
    out->cast_to = wasm_ref(next_heaptype(cursor), flags & 2);
}

static void next_immediates(const uint8_t **cursor, wasm_instruction *out)
{
    switch ((wasm_immediates)wasm_opcodes[out->op].immediates) {
    case WASM_IMM_NONE:
        break;
    case WASM_IMM_LABEL:
    case WASM_IMM_FUNC:
    case WASM_IMM_TYPE:
    case WASM_IMM_TAG:
    case WASM_IMM_LOCAL:
    case WASM_IMM_GLOBAL:
    case WASM_IMM_TABLE:
    case WASM_IMM_ELEM:
    case WASM_IMM_MEMORY:
    case WASM_IMM_DATA:
        out->index = (uint32_t)next_u(cursor);
        break;
    case WASM_IMM_TYPE_TABLE:
    case WASM_IMM_TABLE_TABLE:
    case WASM_IMM_MEMORY_MEMORY:
    case WASM_IMM_ELEM_TABLE:
    case WASM_IMM_DATA_MEMORY:
    case WASM_IMM_TYPE_FIELD:
    case WASM_IMM_TYPE_COUNT:
    case WASM_IMM_TYPE_DATA:
    case WASM_IMM_TYPE_ELEM:
    case WASM_IMM_TYPE_TYPE:
        out->index = (uint32_t)next_u(cursor);
        out->index2 = (uint32_t)next_u(cursor);
        break;
    case WASM_IMM_MEMARG:
        next_memarg(cursor, out);
        break;
    case WASM_IMM_MEMARG_LANE:
        next_memarg(cursor, out);
        out->lane = *(*cursor)++;
        break;
    case WASM_IMM_LANE:
        out->lane = *(*cursor)++;
        break;
    case WASM_IMM_I32:
    case WASM_IMM_I64:
        out->value = (uint64_t)next_s(cursor);
        break;
    case WASM_IMM_F32:
        out->value = little_endian(*cursor, 4);
        *cursor += 4;
        break;
    case WASM_IMM_F64:
        out->value = little_endian(*cursor, 8);
        *cursor += 8;
        break;
    case WASM_IMM_SHUFFLE:
    case WASM_IMM_V128:
        memcpy(out->bytes, *cursor, sizeof out->bytes);
        *cursor += sizeof out->bytes;
        break;
    case WASM_IMM_BLOCK:
        next_block(cursor, &out->block);
        break;
    case WASM_IMM_TRY_TABLE:
        next_try_table(cursor, out);
        break;
    case WASM_IMM_LABELS:
        next_labels(cursor, out);
        break;
    case WASM_IMM_VALTYPES:
        next_types(cursor, out);
        break;
    case WASM_IMM_HEAPTYPE:
        out->heap = next_heaptype(cursor);
        break;
    case WASM_IMM_CAST:
        next_cast(cursor, out);
        break;
    case WASM_IMM_FENCE:
        (*cursor)++;
        break;
    }
}

void wasm_next_instruction(wasm_reader *self, wasm_instruction *out)
{
    out->start = self->cursor;
    uint8_t byte = *self->cursor++;
    out->op = byte;
    uint32_t first, end;
    if (UNLIKELY(byte >= PREFIX_GC) && prefix_range(byte, &first, &end))
        out->op = (uint16_t)(first + next_u(&self->cursor));
    next_immediates(&self->cursor, out);
}

/* ---- Writer ---- */

void wasm_write_heaptype(buffer *out, wasm_heaptype heap)
{
    if (wasm_heap_is_index(heap))
        buffer_sleb(out, heap);
    else
        buffer_put(out, (uint8_t)(heap - WASM_HEAP_ABSTRACT));
}

void wasm_write_valtype(buffer *out, wasm_valtype type)
{
    if (!wasm_is_ref(type)) {
        buffer_put(out, (uint8_t)type);
        return;
    }
    wasm_heaptype heap = wasm_heap(type);
    if (wasm_heap_is_index(heap) || !wasm_is_nullable(type))
        buffer_put(out, (uint8_t)type);
    wasm_write_heaptype(out, heap);
}

void wasm_write_catch(buffer *out, const wasm_catch *c)
{
    buffer_put(out, c->kind);
    if (c->kind == WASM_CATCH || c->kind == WASM_CATCH_REF)
        buffer_uleb(out, c->tag);
    buffer_uleb(out, c->label);
}

static void write_block(buffer *out, const wasm_blocktype *block)
{
    if (block->index != WASM_NO_INDEX)
        buffer_sleb(out, block->index);
    else if (block->type == WASM_BOTTOM)
        buffer_put(out, 0x40);
    else
        wasm_write_valtype(out, block->type);
}

static void write_try_table(buffer *out, const wasm_instruction *i)
{
    const uint8_t *cursor = i->catches;
    write_block(out, &i->block);
    buffer_uleb(out, i->catch_count);
    for (uint32_t n = 0; n < i->catch_count; n++) {
        wasm_catch c = wasm_next_catch(&cursor);
        wasm_write_catch(out, &c);
    }
}

static void write_labels(buffer *out, const wasm_instruction *i)
{
    const uint8_t *cursor = i->labels;
    buffer_uleb(out, i->label_count);
    for (uint32_t n = 0; n < i->label_count; n++)
        buffer_uleb(out, wasm_next_index(&cursor));
    buffer_uleb(out, i->index);
}

static void write_types(buffer *out, const wasm_instruction *i)
{
    const uint8_t *cursor = i->types;
    buffer_uleb(out, i->type_count);
    for (uint32_t n = 0; n < i->type_count; n++)
        wasm_write_valtype(out, wasm_next_valtype(&cursor));
}

static void write_memarg(buffer *out, const wasm_instruction *i)
{
    if (i->memarg.memory) {
        buffer_uleb(out, i->memarg.align | MEMARG_HAS_MEMORY);
        buffer_uleb(out, i->memarg.memory);
    } else {
        buffer_uleb(out, i->memarg.align);
    }
    buffer_uleb(out, i->memarg.offset);
}

static void write_cast(buffer *out, const wasm_instruction *i)
{
    buffer_put(out, (uint8_t)(wasm_is_nullable(i->cast_from) |
                              wasm_is_nullable(i->cast_to) << 1));
    buffer_uleb(out, i->index);
    wasm_write_heaptype(out, wasm_heap(i->cast_from));
    wasm_write_heaptype(out, wasm_heap(i->cast_to));
}

static void write_opcode(buffer *out, uint16_t op)
{
    static const uint16_t firsts[] = {0x100, 0x200, 0x300, 0x500};
    if (op < firsts[0]) {
        buffer_put(out, (uint8_t)op);
        return;
    }
    unsigned n = COUNT_OF(firsts) - 1;
    while (op < firsts[n])
        n--;
    buffer_put(out, (uint8_t)(PREFIX_GC + n));
    buffer_uleb(out, op - firsts[n]);
}

void wasm_write_instruction(buffer *out, const wasm_instruction *i)
{
    write_opcode(out, i->op);
    switch ((wasm_immediates)wasm_opcodes[i->op].immediates) {
    case WASM_IMM_NONE:
        break;
    case WASM_IMM_LABEL:
    case WASM_IMM_FUNC:
    case WASM_IMM_TYPE:
    case WASM_IMM_TAG:
    case WASM_IMM_LOCAL:
    case WASM_IMM_GLOBAL:
    case WASM_IMM_TABLE:
    case WASM_IMM_ELEM:
    case WASM_IMM_MEMORY:
    case WASM_IMM_DATA:
        buffer_uleb(out, i->index);
        break;
    case WASM_IMM_TYPE_TABLE:
    case WASM_IMM_TABLE_TABLE:
    case WASM_IMM_MEMORY_MEMORY:
    case WASM_IMM_ELEM_TABLE:
    case WASM_IMM_DATA_MEMORY:
    case WASM_IMM_TYPE_FIELD:
    case WASM_IMM_TYPE_COUNT:
    case WASM_IMM_TYPE_DATA:
    case WASM_IMM_TYPE_ELEM:
    case WASM_IMM_TYPE_TYPE:
        buffer_uleb(out, i->index);
        buffer_uleb(out, i->index2);
        break;
    case WASM_IMM_MEMARG:
        write_memarg(out, i);
        break;
    case WASM_IMM_MEMARG_LANE:
        write_memarg(out, i);
        buffer_put(out, i->lane);
        break;
    case WASM_IMM_LANE:
        buffer_put(out, i->lane);
        break;
    case WASM_IMM_I32:
    case WASM_IMM_I64:
        buffer_sleb(out, (int64_t)i->value);
        break;
    case WASM_IMM_F32:
        buffer_u32(out, (uint32_t)i->value);
        break;
    case WASM_IMM_F64:
        buffer_u64(out, i->value);
        break;
    case WASM_IMM_SHUFFLE:
    case WASM_IMM_V128:
        buffer_append(out, i->bytes, sizeof i->bytes);
        break;
    case WASM_IMM_BLOCK:
        write_block(out, &i->block);
        break;
    case WASM_IMM_TRY_TABLE:
        write_try_table(out, i);
        break;
    case WASM_IMM_LABELS:
        write_labels(out, i);
        break;
    case WASM_IMM_VALTYPES:
        write_types(out, i);
        break;
    case WASM_IMM_HEAPTYPE:
        wasm_write_heaptype(out, i->heap);
        break;
    case WASM_IMM_CAST:
        write_cast(out, i);
        break;
    case WASM_IMM_FENCE:
        buffer_put(out, 0);
        break;
    }
}
