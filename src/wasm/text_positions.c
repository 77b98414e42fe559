/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Records where items and instructions stand in the text. */
#include <stdlib.h>

#include "base/leb128.h"
#include "base/memory.h"
#include "wasm/text_internal.h"

/* Characters from `from` to `to`: all bytes but those that continue one. */
static uint32_t count_characters(const uint8_t *from, const uint8_t *to)
{
    const uint64_t high = 0x8080808080808080;
    size_t count = (size_t)(to - from);
    for (; to - from >= 8; from += 8) {
        uint64_t word;
        memcpy(&word, from, sizeof word);
        word &= ~(word << 1) & high;
        if (UNLIKELY(word))
            count -= (unsigned)__builtin_popcountll(word);
    }
    for (; from < to; from++)
        count -= (*from & 0xc0) == 0x80;
    return (uint32_t)count;
}

wasm_position wasm_text_position(text_parser *p, wasm_place place)
{
    /* Counted on from the last one, as a text may be one long line. */
    if (place.line_start == p->counted.line_start && p->counted.at <= place.at)
        p->counted_column += count_characters(p->counted.at, place.at);
    else
        p->counted_column = 1 + count_characters(place.line_start, place.at);
    p->counted = place;
    return (wasm_position){place.line, p->counted_column};
}

whit_status wasm_text_item(text_parser *p, wasm_section_id section,
                           wasm_position position)
{
    return wasm_text_push(p, &p->item_positions[section], &position,
                          sizeof position, LIMIT_TEXT_BYTES, "items");
}

/* ---- Steps ---- */

void wasm_text_step(text_parser *p, wasm_position position)
{
    size_t bytes = p->code.size - p->step_code;
    int64_t lines = (int64_t)position.line - p->step_line;
    p->step_code = p->code.size;
    p->step_line = position.line;
    if (!buffer_reserve(&p->steps, 3 * LEB128_MAX))
        return;
    uint8_t *out = p->steps.data + p->steps.size;
    if (LIKELY(bytes < 0x80 && lines >= 0 && lines < 0x40 &&
               position.column < 0x80)) {
        out[0] = (uint8_t)bytes;
        out[1] = (uint8_t)lines;
        out[2] = (uint8_t)position.column;
        p->steps.size += 3;
        return;
    }
    out += leb128_write_u(out, bytes);
    out += leb128_write_s(out, lines);
    out += leb128_write_u(out, position.column);
    p->steps.size = (size_t)(out - p->steps.data);
}

void wasm_text_run_begin(text_parser *p)
{
    buffer_clear(&p->code);
    p->run_step = p->steps.size;
    p->step_code = 0;
    p->step_line = 0;
}

whit_status wasm_text_run_end(text_parser *p, wasm_position end, slice *out)
{
    wasm_text_step(p, end);
    buffer_put(&p->code, WASM_OP_END);
    TRY(buffer_status(&p->code, p->error));
    TRY(buffer_status(&p->steps, p->error));
    *out = buffer_view(&p->code);
    out->data = arena_dup(&p->module->arena, out->data, out->size);
    TRY_ALLOC(out->data, p->error);
    wasm_position_run run = {out->data, (uint32_t)out->size,
                             (uint32_t)p->run_step};
    return wasm_text_push(p, &p->runs, &run, sizeof run, LIMIT_TEXT_BYTES,
                          "expressions");
}

/* ---- The finished table ---- */

static int compare_runs(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t)((const wasm_position_run *)a)->code;
    uintptr_t y = (uintptr_t)((const wasm_position_run *)b)->code;
    return (x > y) - (x < y);
}

static bool runs_sorted(const wasm_position_run *runs, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (compare_runs(&runs[i - 1], &runs[i]) > 0)
            return false;
    return true;
}

whit_status wasm_text_positions_finish(text_parser *p)
{
    arena *memory = &p->module->arena;
    wasm_positions *out = arena_zalloc(memory, sizeof *out);
    TRY_ALLOC(out, p->error);
    for (size_t i = 0; i < WASM_SECTION_IDS; i++) {
        const text_list *list = &p->item_positions[i];
        out->items[i] =
            arena_dup(memory, list->items, list->count * sizeof(wasm_position));
        TRY_ALLOC(out->items[i], p->error);
        out->item_counts[i] = (uint32_t)list->count;
    }
    if (!runs_sorted(p->runs.items, p->runs.count))
        qsort(p->runs.items, p->runs.count, sizeof *out->runs, compare_runs);
    out->runs =
        arena_dup(memory, p->runs.items, p->runs.count * sizeof *out->runs);
    TRY_ALLOC(out->runs, p->error);
    out->run_count = (uint32_t)p->runs.count;
    out->steps = arena_dup(memory, p->steps.data, p->steps.size);
    TRY_ALLOC(out->steps, p->error);
    p->module->positions = out;
    return WHIT_OK;
}

void wasm_text_positions_release(text_parser *p)
{
    for (size_t i = 0; i < WASM_SECTION_IDS; i++)
        mem_free(p->item_positions[i].items);
    mem_free(p->runs.items);
    buffer_release(&p->steps);
}
