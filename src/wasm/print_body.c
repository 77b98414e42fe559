/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Function bodies and constant expressions as text. */
#include <inttypes.h>

#include "wasm/print_internal.h"

bool wasm_print_is_block(uint16_t op)
{
    return op == WASM_OP_BLOCK || op == WASM_OP_LOOP || op == WASM_OP_IF ||
           op == WASM_OP_TRY_TABLE;
}

void wasm_print_line(printer *p, const wasm_code *code, const uint8_t *at)
{
    wasm_print_newline(p);
    if (p->options.offsets)
        buffer_printf(p->out, "(;@%-6" PRIx64 ";) ",
                      code->offset + (uint64_t)(at - code->body.data));
    wasm_print_hint_of(p, code, at);
}

static whit_status open_end(printer *p, const wasm_reader *reader)
{
    return error_at(p->error, WHIT_MALFORMED, wasm_reader_offset(reader),
                    "unexpected end of a body: a block is still open in "
                    "function %u",
                    p->function);
}

whit_status wasm_print_body(printer *p, const wasm_code *code)
{
    wasm_reader reader = wasm_reader_new(code->body, code->offset);
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        TRY(wasm_read_instruction(&reader, &i, p->error));
        bool last = reader.cursor == reader.end;
        if (i.op == WASM_OP_END && last && !p->frames.count)
            return WHIT_OK;
        if (i.op == WASM_OP_END || i.op == WASM_OP_ELSE) {
            TRY(wasm_print_leave(p, &i, wasm_reader_offset(&reader)));
            p->indent--;
        }
        wasm_print_line(p, code, i.start);
        TRY(wasm_print_instruction(p, &i));
        if (wasm_print_is_block(i.op))
            TRY(wasm_print_enter(p, &i));
        if (wasm_print_is_block(i.op) || i.op == WASM_OP_ELSE)
            p->indent++;
        TRY(buffer_status(p->out, p->error));
    }
    return open_end(p, &reader);
}

/* Instructions of a constant expression; *count says how many. */
static whit_status print_all(printer *p, slice expr, uint32_t *count)
{
    wasm_reader reader = wasm_reader_new(expr, 0);
    p->function = WASM_NO_INDEX;
    p->label_count = 0;
    p->frames.count = 0;
    *count = 0;
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        TRY(wasm_read_instruction(&reader, &i, p->error));
        if (i.op == WASM_OP_END && reader.cursor == reader.end &&
            !p->frames.count)
            return WHIT_OK;
        if (i.op == WASM_OP_END || i.op == WASM_OP_ELSE)
            TRY(wasm_print_leave(p, &i, wasm_reader_offset(&reader)));
        if ((*count)++)
            buffer_put(p->out, ' ');
        TRY(wasm_print_instruction(p, &i));
        if (wasm_print_is_block(i.op))
            TRY(wasm_print_enter(p, &i));
    }
    return open_end(p, &reader);
}

whit_status wasm_print_constant(printer *p, slice expr)
{
    uint32_t count;
    buffer_put(p->out, ' ');
    return print_all(p, expr, &count);
}

whit_status wasm_print_wrapped(printer *p, slice expr, const char *word)
{
    uint32_t count;
    size_t start = p->out->size;
    buffer_text(p->out, " (");
    TRY(print_all(p, expr, &count));
    if (count != 1) {
        p->out->size = start;
        buffer_text(p->out, " (");
        buffer_text(p->out, word);
        buffer_put(p->out, ' ');
        TRY(print_all(p, expr, &count));
    }
    buffer_put(p->out, ')');
    return buffer_status(p->out, p->error);
}
