/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Single instructions as text, and the labels around them. */
#include "base/limits.h"
#include "wasm/print_internal.h"
#include "wasm/text_numbers.h"

static print_frame *frame_at(printer *p, uint32_t depth)
{
    if (depth >= p->frames.count)
        return NULL;
    return (print_frame *)p->frames.items + (p->frames.count - 1 - depth);
}

/* The label's name when no block inside has the same, else its depth. */
static void print_label(printer *p, uint32_t depth)
{
    const print_frame *frame = frame_at(p, depth);
    uint64_t level = 0;
    if (frame && frame->label.data)
        map_get(&p->labels, frame->label, &level);
    if (level && level == p->frames.count - depth) {
        wasm_print_identifier(p, frame->label);
        return;
    }
    wasm_print_number(p, depth);
    if (frame) {
        buffer_text(p->out, " (;@");
        wasm_print_number(p, p->frames.count - depth);
        buffer_text(p->out, ";)");
    }
}

whit_status wasm_print_enter(printer *p, const wasm_instruction *i)
{
    print_frame frame = {.op = i->op,
                         .label = wasm_print_label_name(p, p->label_count++)};
    uint64_t level = p->frames.count + 1;
    if (frame.label.data) {
        map_get(&p->labels, frame.label, &frame.shadowed);
        TRY(map_set(&p->labels, frame.label, level, p->error));
    }
    return wasm_print_push(p, &p->frames, &frame, sizeof frame, LIMIT_NESTING,
                           "nested blocks");
}

whit_status wasm_print_leave(printer *p, const wasm_instruction *i,
                             uint64_t offset)
{
    print_frame *frame = frame_at(p, 0);
    if (!frame || (i->op == WASM_OP_ELSE && frame->op != WASM_OP_IF))
        return error_at(p->error, WHIT_MALFORMED, offset,
                        "unexpected %s in function %u",
                        i->op == WASM_OP_ELSE ? "else" : "end", p->function);
    if (i->op == WASM_OP_ELSE) {
        frame->op = WASM_OP_ELSE;
        return WHIT_OK;
    }
    p->frames.count--;
    if (!frame->label.data)
        return WHIT_OK;
    return map_set(&p->labels, frame->label, frame->shadowed, p->error);
}

/* Label, block type and catches, in front of wasm_print_enter. */
static whit_status print_block(printer *p, const wasm_instruction *i)
{
    bool has;
    TRY(wasm_print_bare_name(p, WASM_NAME_LABEL, p->function, p->label_count,
                             &has));
    if (i->block.index != WASM_NO_INDEX) {
        wasm_print_typeuse(p, i->block.index);
    } else if (i->block.type != WASM_BOTTOM) {
        buffer_text(p->out, " (result ");
        wasm_print_valtype(p, i->block.type);
        buffer_put(p->out, ')');
    }
    if (!has) {
        buffer_text(p->out, " (;@");
        wasm_print_number(p, p->frames.count + 1);
        buffer_text(p->out, ";)");
    }
    if (i->op != WASM_OP_TRY_TABLE)
        return WHIT_OK;
    static const char *const words[] = {" (catch ", " (catch_ref ",
                                        " (catch_all ", " (catch_all_ref "};
    const uint8_t *cursor = i->catches;
    for (uint32_t n = 0; n < i->catch_count; n++) {
        wasm_catch item = wasm_next_catch(&cursor);
        buffer_text(p->out, words[item.kind]);
        if (item.kind == WASM_CATCH || item.kind == WASM_CATCH_REF) {
            wasm_print_reference(p, WASM_NAME_TAG, 0, item.tag);
            buffer_put(p->out, ' ');
        }
        print_label(p, item.label);
        buffer_put(p->out, ')');
    }
    return WHIT_OK;
}

static void print_memarg(printer *p, const wasm_instruction *i)
{
    if (i->memarg.memory) {
        buffer_put(p->out, ' ');
        wasm_print_reference(p, WASM_NAME_MEMORY, 0, i->memarg.memory);
    }
    if (i->memarg.offset) {
        buffer_text(p->out, " offset=");
        wasm_print_number(p, i->memarg.offset);
    }
    if (i->memarg.align != wasm_opcodes[i->op].align) {
        buffer_text(p->out, " align=");
        wasm_print_number(p, (uint64_t)1 << (i->memarg.align & 63));
    }
}

static void print_signed(printer *p, uint64_t value)
{
    buffer_put(p->out, ' ');
    if ((int64_t)value < 0) {
        buffer_put(p->out, '-');
        value = 0 - value;
    }
    wasm_print_number(p, value);
}

static void print_v128(printer *p, const uint8_t *bytes)
{
    static const char hex[] = "0123456789abcdef";
    buffer_text(p->out, " i32x4");
    for (int lane = 0; lane < 4; lane++) {
        buffer_text(p->out, " 0x");
        for (int byte = 3; byte >= 0; byte--) {
            uint8_t value = bytes[lane * 4 + byte];
            buffer_put(p->out, (uint8_t)hex[value >> 4]);
            buffer_put(p->out, (uint8_t)hex[value & 15]);
        }
    }
}

static void print_index(printer *p, wasm_name_kind kind, uint32_t index)
{
    buffer_put(p->out, ' ');
    wasm_print_reference(p, kind, 0, index);
}

/* An index that the text leaves out when it is 0. */
static void print_optional(printer *p, wasm_name_kind kind, uint32_t index)
{
    if (index)
        print_index(p, kind, index);
}

static void print_pair(printer *p, wasm_name_kind kind,
                       const wasm_instruction *i)
{
    if (!i->index && !i->index2)
        return;
    print_index(p, kind, i->index);
    print_index(p, kind, i->index2);
}

static void print_labels(printer *p, const wasm_instruction *i)
{
    const uint8_t *cursor = i->labels;
    for (uint32_t n = 0; n < i->label_count; n++) {
        buffer_put(p->out, ' ');
        print_label(p, wasm_next_index(&cursor));
    }
    buffer_put(p->out, ' ');
    print_label(p, i->index);
}

static void print_select_types(printer *p, const wasm_instruction *i)
{
    const uint8_t *cursor = i->types;
    buffer_text(p->out, " (result");
    for (uint32_t n = 0; n < i->type_count; n++) {
        buffer_put(p->out, ' ');
        wasm_print_valtype(p, wasm_next_valtype(&cursor));
    }
    buffer_put(p->out, ')');
}

static void print_cast(printer *p, const wasm_instruction *i)
{
    buffer_put(p->out, ' ');
    print_label(p, i->index);
    buffer_put(p->out, ' ');
    wasm_print_valtype(p, i->cast_from);
    buffer_put(p->out, ' ');
    wasm_print_valtype(p, i->cast_to);
}

static void print_heap(printer *p, const wasm_instruction *i)
{
    buffer_put(p->out, ' ');
    if (i->op == WASM_OP_REF_NULL)
        wasm_print_heaptype(p, i->heap);
    else
        wasm_print_valtype(
            p, wasm_ref(i->heap, i->op == WASM_OP_REF_TEST_NULL ||
                                     i->op == WASM_OP_REF_CAST_NULL));
}

/* A type index and a second index. */
static void print_typed(printer *p, const wasm_instruction *i)
{
    print_index(p, WASM_NAME_TYPE, i->index);
    buffer_put(p->out, ' ');
    switch (wasm_opcodes[i->op].immediates) {
    case WASM_IMM_TYPE_FIELD:
        wasm_print_reference(p, WASM_NAME_FIELD, i->index, i->index2);
        break;
    case WASM_IMM_TYPE_DATA:
        wasm_print_reference(p, WASM_NAME_DATA, 0, i->index2);
        break;
    case WASM_IMM_TYPE_ELEM:
        wasm_print_reference(p, WASM_NAME_ELEM, 0, i->index2);
        break;
    case WASM_IMM_TYPE_TYPE:
        wasm_print_reference(p, WASM_NAME_TYPE, 0, i->index2);
        break;
    default:
        wasm_print_number(p, i->index2);
    }
}

static void print_indirect(printer *p, const wasm_instruction *i)
{
    print_optional(p, WASM_NAME_TABLE, i->index2);
    buffer_text(p->out, " (type ");
    wasm_print_reference(p, WASM_NAME_TYPE, 0, i->index);
    buffer_put(p->out, ')');
}

static void print_lanes(printer *p, const wasm_instruction *i)
{
    for (size_t lane = 0; lane < sizeof i->bytes; lane++) {
        buffer_put(p->out, ' ');
        wasm_print_number(p, i->bytes[lane]);
    }
}

whit_status wasm_print_instruction(printer *p, const wasm_instruction *i)
{
    buffer_text(p->out, wasm_opcodes[i->op].text);
    switch ((wasm_immediates)wasm_opcodes[i->op].immediates) {
    case WASM_IMM_NONE:
    case WASM_IMM_FENCE:
        break;
    case WASM_IMM_BLOCK:
    case WASM_IMM_TRY_TABLE:
        return print_block(p, i);
    case WASM_IMM_LABEL:
        buffer_put(p->out, ' ');
        print_label(p, i->index);
        break;
    case WASM_IMM_LABELS:
        print_labels(p, i);
        break;
    case WASM_IMM_FUNC:
        print_index(p, WASM_NAME_FUNCTION, i->index);
        break;
    case WASM_IMM_TYPE_TABLE:
        print_indirect(p, i);
        break;
    case WASM_IMM_TYPE:
        print_index(p, WASM_NAME_TYPE, i->index);
        break;
    case WASM_IMM_TAG:
        print_index(p, WASM_NAME_TAG, i->index);
        break;
    case WASM_IMM_LOCAL:
        buffer_put(p->out, ' ');
        wasm_print_reference(p, WASM_NAME_LOCAL, p->function, i->index);
        break;
    case WASM_IMM_GLOBAL:
        print_index(p, WASM_NAME_GLOBAL, i->index);
        break;
    case WASM_IMM_TABLE:
        print_optional(p, WASM_NAME_TABLE, i->index);
        break;
    case WASM_IMM_TABLE_TABLE:
        print_pair(p, WASM_NAME_TABLE, i);
        break;
    case WASM_IMM_ELEM_TABLE:
        print_optional(p, WASM_NAME_TABLE, i->index2);
        print_index(p, WASM_NAME_ELEM, i->index);
        break;
    case WASM_IMM_ELEM:
        print_index(p, WASM_NAME_ELEM, i->index);
        break;
    case WASM_IMM_MEMORY:
        print_optional(p, WASM_NAME_MEMORY, i->index);
        break;
    case WASM_IMM_MEMORY_MEMORY:
        print_pair(p, WASM_NAME_MEMORY, i);
        break;
    case WASM_IMM_DATA_MEMORY:
        print_optional(p, WASM_NAME_MEMORY, i->index2);
        print_index(p, WASM_NAME_DATA, i->index);
        break;
    case WASM_IMM_DATA:
        print_index(p, WASM_NAME_DATA, i->index);
        break;
    case WASM_IMM_MEMARG:
        print_memarg(p, i);
        break;
    case WASM_IMM_MEMARG_LANE:
        print_memarg(p, i);
        buffer_put(p->out, ' ');
        wasm_print_number(p, i->lane);
        break;
    case WASM_IMM_LANE:
        buffer_put(p->out, ' ');
        wasm_print_number(p, i->lane);
        break;
    case WASM_IMM_SHUFFLE:
        print_lanes(p, i);
        break;
    case WASM_IMM_I32:
    case WASM_IMM_I64:
        print_signed(p, i->value);
        break;
    case WASM_IMM_F32:
        buffer_put(p->out, ' ');
        wasm_text_print_float(p->out, 32, i->value);
        break;
    case WASM_IMM_F64:
        buffer_put(p->out, ' ');
        wasm_text_print_float(p->out, 64, i->value);
        break;
    case WASM_IMM_V128:
        print_v128(p, i->bytes);
        break;
    case WASM_IMM_VALTYPES:
        print_select_types(p, i);
        break;
    case WASM_IMM_HEAPTYPE:
        print_heap(p, i);
        break;
    case WASM_IMM_CAST:
        print_cast(p, i);
        break;
    case WASM_IMM_TYPE_FIELD:
    case WASM_IMM_TYPE_COUNT:
    case WASM_IMM_TYPE_DATA:
    case WASM_IMM_TYPE_ELEM:
    case WASM_IMM_TYPE_TYPE:
        print_typed(p, i);
        break;
    }
    return WHIT_OK;
}
