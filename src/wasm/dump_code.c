/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The object dump's instructions. */
#include "wasm/dump_private.h"
#include "wasm/instruction_private.h"

#include <inttypes.h>

enum { INDENT_MAX = 40 }; /* deeper blocks are not indented further */

static void put_type(buffer *out, wasm_valtype type)
{
    char text[40];
    wasm_valtype_text(type, text, sizeof text);
    buffer_printf(out, " %s", text);
}

static void put_heap(buffer *out, wasm_heaptype heap)
{
    char text[40];
    wasm_heaptype_text(heap, text, sizeof text);
    buffer_printf(out, " %s", text);
}

static void put_block(buffer *out, const wasm_blocktype *block)
{
    if (block->index != WASM_NO_INDEX)
        buffer_printf(out, " type %u", block->index);
    else if (block->type != WASM_BOTTOM)
        put_type(out, block->type);
}

static void put_catches(buffer *out, const wasm_instruction *i)
{
    static const char *const words[] = {"catch", "catch_ref", "catch_all",
                                        "catch_all_ref"};
    const uint8_t *cursor = i->catches;
    for (uint32_t n = 0; n < i->catch_count; n++) {
        wasm_catch c = wasm_next_catch(&cursor);
        buffer_printf(out, " (%s", words[c.kind]);
        if (c.kind == WASM_CATCH || c.kind == WASM_CATCH_REF)
            buffer_printf(out, " %u", c.tag);
        buffer_printf(out, " %u)", c.label);
    }
}

static void put_labels(buffer *out, const wasm_instruction *i)
{
    const uint8_t *cursor = i->labels;
    for (uint32_t n = 0; n < i->label_count; n++)
        buffer_printf(out, " %u", wasm_next_index(&cursor));
    buffer_printf(out, " %u", i->index);
}

static void put_memarg(buffer *out, const wasm_instruction *i)
{
    if (i->memarg.memory)
        buffer_printf(out, " %u", i->memarg.memory);
    buffer_printf(out, " offset=%" PRIu64 " align=2**%u", i->memarg.offset,
                  i->memarg.align);
}

static void put_sixteen(buffer *out, const wasm_instruction *i)
{
    for (unsigned n = 0; n < sizeof i->bytes; n++)
        buffer_printf(out, " %u", i->bytes[n]);
}

static double bits_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static double bits_float(uint64_t bits)
{
    float value;
    uint32_t half = (uint32_t)bits;
    memcpy(&value, &half, sizeof value);
    return value;
}

static void put_immediates(buffer *out, const wasm_instruction *i)
{
    const uint8_t *cursor;
    wasm_immediates immediates = wasm_opcodes[i->op].immediates;
    unsigned indices = immediate_indices(immediates);
    if (indices)
        buffer_printf(out, " %u", i->index);
    if (indices == 2)
        buffer_printf(out, " %u", i->index2);
    switch (immediates) {
    case WASM_IMM_BLOCK:
        put_block(out, &i->block);
        break;
    case WASM_IMM_TRY_TABLE:
        put_block(out, &i->block);
        put_catches(out, i);
        break;
    case WASM_IMM_LABELS:
        put_labels(out, i);
        break;
    case WASM_IMM_MEMARG:
        put_memarg(out, i);
        break;
    case WASM_IMM_MEMARG_LANE:
        put_memarg(out, i);
        buffer_printf(out, " %u", i->lane);
        break;
    case WASM_IMM_LANE:
        buffer_printf(out, " %u", i->lane);
        break;
    case WASM_IMM_I32:
    case WASM_IMM_I64:
        buffer_printf(out, " %" PRId64, (int64_t)i->value);
        break;
    case WASM_IMM_F32:
        buffer_printf(out, " %a", bits_float(i->value));
        break;
    case WASM_IMM_F64:
        buffer_printf(out, " %a", bits_double(i->value));
        break;
    case WASM_IMM_SHUFFLE:
    case WASM_IMM_V128:
        put_sixteen(out, i);
        break;
    case WASM_IMM_VALTYPES:
        cursor = i->types;
        for (uint32_t n = 0; n < i->type_count; n++)
            put_type(out, wasm_next_valtype(&cursor));
        break;
    case WASM_IMM_HEAPTYPE:
        put_heap(out, i->heap);
        break;
    case WASM_IMM_CAST:
        buffer_printf(out, " %u", i->index);
        put_type(out, i->cast_from);
        put_type(out, i->cast_to);
        break;
    default:
        break;
    }
}

/* Adds to the nesting what an instruction opens (1) or closes (-1). */
static int nesting_of(uint16_t op)
{
    switch (op) {
    case WASM_OP_BLOCK:
    case WASM_OP_LOOP:
    case WASM_OP_IF:
    case WASM_OP_TRY_TABLE:
        return 1;
    case WASM_OP_END:
        return -1;
    }
    return 0;
}

whit_status wasm_dump_code(wasm_dumper *self, slice code, whit_error *error)
{
    uint64_t offset = (uint64_t)(code.data - self->bytes.data);
    wasm_reader reader = wasm_reader_new(code, offset);
    int64_t depth = 1;
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        TRY(wasm_read_instruction(&reader, &i, error));
        bool outdented = i.op == WASM_OP_END || i.op == WASM_OP_ELSE;
        int64_t indent = depth - outdented;
        if (indent > INDENT_MAX)
            indent = INDENT_MAX;
        for (int64_t n = 0; n < indent; n++)
            buffer_text(&self->text, "  ");
        buffer_text(&self->text, wasm_opcodes[i.op].text);
        put_immediates(&self->text, &i);
        wasm_dump_line(self, wasm_reader_offset(&reader),
                       buffer_view(&self->text));
        self->out->failed |= self->text.failed;
        buffer_clear(&self->text);
        depth += nesting_of(i.op);
    }
    return WHIT_OK;
}
