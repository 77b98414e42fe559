/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The writer of instructions. */
#include "wasm/instruction_private.h"

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
    wasm_immediates immediates = wasm_opcodes[i->op].immediates;
    unsigned indices = immediate_indices(immediates);
    if (indices)
        buffer_uleb(out, i->index);
    if (indices == 2)
        buffer_uleb(out, i->index2);
    switch (immediates) {
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
    default:
        break;
    }
}
