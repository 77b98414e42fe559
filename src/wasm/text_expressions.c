/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sequences of instructions, flat and folded, with a stack of frames instead
 * of recursion: generated files nest thousands of levels deep. */
#include "wasm/text_internal.h"

static text_frame *top_frame(text_parser *p)
{
    return p->frames.count ? (text_frame *)p->frames.items + p->frames.count - 1
                           : NULL;
}

static whit_status push_frame(text_parser *p, const text_frame *frame)
{
    /* Blocks have their own limit; folded operands may nest besides. */
    return wasm_text_push(p, &p->frames, frame, sizeof *frame,
                          2 * LIMIT_NESTING, "nested instructions");
}

static whit_status open_label(text_parser *p, text_frame *frame)
{
    uint32_t index = p->label_count++;
    if (p->label_depth++ == LIMIT_NESTING)
        return error_line(p->error, WHIT_LIMIT, frame->place.line,
                          wasm_place_column(frame->place),
                          "too many nested blocks: the limit is %u",
                          LIMIT_NESTING);
    if (p->in_function)
        TRY(wasm_text_name_add(p, WASM_NAME_LABEL, p->function, index,
                               frame->label_name));
    frame->shadowed = 0;
    if (!frame->label.data)
        return WHIT_OK;
    map_get(&p->labels, frame->label, &frame->shadowed);
    return map_set(&p->labels, frame->label, p->label_depth, p->error);
}

static whit_status pop_frame(text_parser *p, bool label)
{
    text_frame *frame = top_frame(p);
    p->frames.count--;
    if (!label)
        return WHIT_OK;
    p->label_depth--;
    if (!frame->label.data)
        return WHIT_OK;
    return map_set(&p->labels, frame->label, frame->shadowed, p->error);
}

/* Notes the hint of the instruction that is written next. */
static whit_status place_hint(text_parser *p, const text_frame *frame)
{
    if (!frame->has_hint)
        return WHIT_OK;
    text_hint hint = {p->code.size, frame->hint};
    return wasm_text_push(p, &p->hints, &hint, sizeof hint,
                          LIMIT_FUNCTION_BYTES, "branch hints");
}

/* Takes a branch hint in front of the current token. */
static whit_status take_hint(text_parser *p, text_frame *frame)
{
    text_note note;
    while (p->in_function && p->notes.count &&
           wasm_text_note_take(p, WASM_ANNOTATION_BRANCH_HINT, &note)) {
        if (frame->has_hint)
            return wasm_place_error(note.place, p->error,
                                    "@metadata.code.branch_hint annotation: "
                                    "duplicate annotation");
        if (note.bytes.size != 1 || note.bytes.data[0] > 1)
            return wasm_place_error(note.place, p->error,
                                    "@metadata.code.branch_hint annotation: "
                                    "malformed hint, expected \"\\00\" or "
                                    "\"\\01\"");
        frame->has_hint = true;
        frame->hint = note.bytes.data[0];
    }
    return WHIT_OK;
}

/* Label, block type and catches; leaves the written instruction to `out`. */
static whit_status block_head(text_parser *p, uint16_t op, text_frame *frame,
                              buffer *out)
{
    wasm_instruction instruction = {.op = op};
    TRY(wasm_text_id(p, &frame->label, &frame->label_name));
    TRY(wasm_text_blocktype(p, &instruction.block));
    if (op == WASM_OP_TRY_TABLE)
        TRY(wasm_text_catches(p, &instruction));
    wasm_write_instruction(out, &instruction);
    return WHIT_OK;
}

static bool is_block(uint16_t op)
{
    return op == WASM_OP_BLOCK || op == WASM_OP_LOOP || op == WASM_OP_TRY_TABLE;
}

static whit_status flat_block(text_parser *p, uint16_t op, text_frame *frame)
{
    frame->kind = op == WASM_OP_IF ? TEXT_FRAME_IF : TEXT_FRAME_BLOCK;
    TRY(wasm_text_advance(p));
    TRY(place_hint(p, frame));
    wasm_text_step(p, frame->position);
    TRY(block_head(p, op, frame, &p->code));
    TRY(open_label(p, frame));
    return push_frame(p, frame);
}

/* The label that `end` and `else` may repeat. */
static whit_status check_label(text_parser *p, const text_frame *frame)
{
    slice id;
    if (p->token.kind != WASM_TOKEN_ID)
        return WHIT_OK;
    TRY(wasm_token_decode(&p->token, &p->scratch, &id, p->error));
    if (!frame->label.data || !slice_equal(id, frame->label))
        return wasm_text_fail(
            p,
            "mismatching label %.*s: the block of line %u has %s"
            "%.*s",
            SLICE_ARG(p->token.text), frame->place.line,
            frame->label.data ? "$" : "no label", SLICE_ARG(frame->label));
    return wasm_text_advance(p);
}

static whit_status flat_end(text_parser *p, uint16_t op, wasm_position position)
{
    text_frame *frame = top_frame(p);
    bool fits =
        frame && (frame->kind == TEXT_FRAME_IF ||
                  (op == WASM_OP_END && (frame->kind == TEXT_FRAME_BLOCK ||
                                         frame->kind == TEXT_FRAME_ELSE)));
    if (!fits)
        return wasm_text_unexpected(p, "an instruction: no block is open here");
    TRY(wasm_text_advance(p));
    TRY(check_label(p, frame));
    wasm_text_step(p, position);
    buffer_put(&p->code, (uint8_t)op);
    if (op == WASM_OP_END)
        return pop_frame(p, true);
    frame->kind = TEXT_FRAME_ELSE;
    return WHIT_OK;
}

static whit_status flat(text_parser *p)
{
    text_frame *top = top_frame(p);
    if (top &&
        (top->kind == TEXT_FRAME_FOLDED || top->kind == TEXT_FRAME_FOLDED_IF ||
         top->kind == TEXT_FRAME_BEHIND_THEN ||
         top->kind == TEXT_FRAME_BEHIND_ELSE))
        return wasm_text_unexpected(p, "'(' or ')'");
    text_frame frame = {.place = p->token.place,
                        .position = wasm_text_position(p, p->token.place)};
    TRY(take_hint(p, &frame));
    uint16_t op;
    if (!wasm_text_opcode(p->token.text, &op))
        return wasm_text_unexpected(p, "an instruction");
    if (op == WASM_OP_END || op == WASM_OP_ELSE)
        return flat_end(p, op, frame.position);
    if (is_block(op) || op == WASM_OP_IF)
        return flat_block(p, op, &frame);
    wasm_instruction instruction = {.op = op};
    TRY(wasm_text_advance(p));
    TRY(wasm_text_immediates(p, &instruction));
    TRY(place_hint(p, &frame));
    wasm_text_step(p, frame.position);
    wasm_write_instruction(&p->code, &instruction);
    return WHIT_OK;
}

/* Writes the instruction that waited for its operands. */
static whit_status flush_pending(text_parser *p, const text_frame *frame)
{
    TRY(buffer_status(&p->pending, p->error));
    TRY(place_hint(p, frame));
    wasm_text_step(p, frame->position);
    buffer_append(&p->code, p->pending.data + frame->pending,
                  p->pending.size - frame->pending);
    p->pending.size = frame->pending;
    return WHIT_OK;
}

static whit_status open_then(text_parser *p)
{
    text_frame *frame = top_frame(p);
    TRY(wasm_text_enter(p));
    TRY(flush_pending(p, frame));
    frame->kind = TEXT_FRAME_FOLDED_THEN;
    return open_label(p, frame);
}

static whit_status open_else(text_parser *p)
{
    if (!wasm_text_at_form(p, "else")) {
        if (p->token.kind == WASM_TOKEN_LPAR)
            TRY(wasm_text_advance(p));
        return wasm_text_unexpected(p, "(else or ')'");
    }
    wasm_text_step(p, wasm_text_position(p, p->ahead.place));
    buffer_put(&p->code, WASM_OP_ELSE);
    TRY(wasm_text_enter(p));
    top_frame(p)->kind = TEXT_FRAME_FOLDED_ELSE;
    return WHIT_OK;
}

static whit_status open_folded(text_parser *p)
{
    text_frame *top = top_frame(p);
    if (top && top->kind == TEXT_FRAME_FOLDED_IF &&
        wasm_text_at_form(p, "then"))
        return open_then(p);
    if (top && top->kind == TEXT_FRAME_BEHIND_THEN)
        return open_else(p);
    if (top && top->kind == TEXT_FRAME_BEHIND_ELSE)
        return wasm_text_unexpected(p, "')'");
    text_frame frame = {.place = p->token.place};
    TRY(take_hint(p, &frame));
    TRY(wasm_text_advance(p));
    TRY(take_hint(p, &frame));
    uint16_t op;
    if (p->token.kind != WASM_TOKEN_KEYWORD ||
        !wasm_text_opcode(p->token.text, &op) || op == WASM_OP_END ||
        op == WASM_OP_ELSE)
        return wasm_text_unexpected(p, "an instruction");
    frame.position = wasm_text_position(p, p->token.place);
    TRY(wasm_text_advance(p));
    frame.pending = p->pending.size;
    if (is_block(op)) {
        frame.kind = TEXT_FRAME_FOLDED_BLOCK;
        TRY(place_hint(p, &frame));
        wasm_text_step(p, frame.position);
        TRY(block_head(p, op, &frame, &p->code));
        TRY(open_label(p, &frame));
    } else if (op == WASM_OP_IF) {
        frame.kind = TEXT_FRAME_FOLDED_IF;
        TRY(block_head(p, op, &frame, &p->pending));
    } else {
        wasm_instruction instruction = {.op = op};
        frame.kind = TEXT_FRAME_FOLDED;
        TRY(wasm_text_immediates(p, &instruction));
        wasm_write_instruction(&p->pending, &instruction);
    }
    return push_frame(p, &frame);
}

static whit_status close_folded(text_parser *p)
{
    text_frame *frame = top_frame(p);
    switch (frame->kind) {
    case TEXT_FRAME_FOLDED:
        TRY(wasm_text_advance(p));
        TRY(flush_pending(p, frame));
        return pop_frame(p, false);
    case TEXT_FRAME_FOLDED_BLOCK:
    case TEXT_FRAME_BEHIND_THEN:
    case TEXT_FRAME_BEHIND_ELSE:
        wasm_text_step(p, wasm_text_position(p, p->token.place));
        buffer_put(&p->code, WASM_OP_END);
        TRY(wasm_text_advance(p));
        return pop_frame(p, true);
    case TEXT_FRAME_FOLDED_THEN:
        frame->kind = TEXT_FRAME_BEHIND_THEN;
        return wasm_text_advance(p);
    case TEXT_FRAME_FOLDED_ELSE:
        frame->kind = TEXT_FRAME_BEHIND_ELSE;
        return wasm_text_advance(p);
    case TEXT_FRAME_FOLDED_IF:
        return wasm_text_unexpected(p, "(then");
    case TEXT_FRAME_BLOCK:
    case TEXT_FRAME_IF:
    case TEXT_FRAME_ELSE:
        break;
    }
    return wasm_text_unexpected(p, "end");
}

static whit_status run(text_parser *p, bool single)
{
    do {
        switch (p->token.kind) {
        case WASM_TOKEN_KEYWORD:
            TRY(flat(p));
            break;
        case WASM_TOKEN_LPAR:
            TRY(open_folded(p));
            break;
        case WASM_TOKEN_RPAR:
            if (!p->frames.count && !single)
                return buffer_status(&p->code, p->error);
            if (!p->frames.count)
                return wasm_text_unexpected(p, "'('");
            TRY(close_folded(p));
            break;
        default:
            return wasm_text_unexpected(p, "an instruction");
        }
    } while (!single || p->frames.count);
    return buffer_status(&p->code, p->error);
}

whit_status wasm_text_instructions(text_parser *p)
{
    return run(p, false);
}

whit_status wasm_text_folded(text_parser *p)
{
    if (p->token.kind != WASM_TOKEN_LPAR)
        return wasm_text_unexpected(p, "'(' and an instruction");
    return run(p, true);
}

whit_status wasm_text_constant(text_parser *p, bool folded, slice *out)
{
    wasm_position position = wasm_text_position(p, p->token.place);
    wasm_text_run_begin(p);
    p->label_count = 0;
    TRY(folded ? wasm_text_folded(p) : wasm_text_instructions(p));
    /* The `end` of a body is the ')' behind it. */
    if (!folded)
        position = wasm_text_position(p, p->token.place);
    return wasm_text_run_end(p, position, out);
}
