/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The reader of instructions that are known to be well-formed. */
#include "wasm/instruction_private.h"

#include <string.h>

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
    wasm_immediates immediates = wasm_opcodes[out->op].immediates;
    unsigned indices = immediate_indices(immediates);
    if (indices) {
        out->index = (uint32_t)next_u(cursor);
        if (indices == 2)
            out->index2 = (uint32_t)next_u(cursor);
        return;
    }
    switch (immediates) {
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
    default:
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
