/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The opcode table, and the reader that checks. */
#include "wasm/instruction_private.h"

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

wasm_reader wasm_reader_new(slice bytes, uint64_t offset)
{
    return (wasm_reader){bytes.data, bytes.data + bytes.size, bytes.data,
                         offset};
}

uint64_t wasm_reader_offset(const wasm_reader *self)
{
    return self->offset + (uint64_t)(self->cursor - self->base);
}

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
    wasm_immediates immediates = wasm_opcodes[out->op].immediates;
    switch (immediate_indices(immediates)) {
    case 1:
        return read_u32(self, &out->index, error);
    case 2:
        return read_two(self, &out->index, &out->index2, error);
    }
    switch (immediates) {
    case WASM_IMM_NONE:
        return WHIT_OK;
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
    default:
        return fail(self, error, "illegal opcode");
    }
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
