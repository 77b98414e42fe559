/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Branch hints as annotations. */
#include <inttypes.h>

#include "base/leb128.h"
#include "wasm/print_internal.h"

typedef struct hint_reader {
    const uint8_t *cursor;
    const uint8_t *end;
    bool sound;
} hint_reader;

static uint32_t read_u32(hint_reader *r)
{
    uint64_t value = 0;
    if (leb128_read_u(&r->cursor, r->end, 32, &value) != LEB128_OK)
        r->sound = false;
    return (uint32_t)value;
}

/* Reads the hints into `out`, or counts them when it is NULL. */
static uint32_t read_hints(slice bytes, print_hint *out)
{
    hint_reader r = {bytes.data, bytes.data + bytes.size, true};
    uint32_t functions = read_u32(&r), done = 0;
    for (uint32_t i = 0; i < functions && r.sound; i++) {
        uint32_t function = read_u32(&r), count = read_u32(&r);
        for (uint32_t n = 0; n < count && r.sound; n++) {
            uint32_t offset = read_u32(&r), size = read_u32(&r);
            uint32_t value = read_u32(&r);
            if (size != 1 || value > 1)
                r.sound = false;
            if (out && r.sound)
                out[done] = (print_hint){function, offset, (uint8_t)value};
            done += r.sound;
        }
    }
    return r.sound && r.cursor == r.end ? done : 0;
}

static bool is_sorted(const print_hint *hints, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (hints[i - 1].function > hints[i].function ||
            (hints[i - 1].function == hints[i].function &&
             hints[i - 1].offset >= hints[i].offset))
            return false;
    return true;
}

static void write_hints(const print_hint *hints, uint32_t count, buffer *out)
{
    uint32_t functions = 0;
    for (uint32_t i = 0; i < count; i++)
        functions += !i || hints[i].function != hints[i - 1].function;
    buffer_uleb(out, functions);
    for (uint32_t i = 0; i < count;) {
        uint32_t end = i;
        while (end < count && hints[end].function == hints[i].function)
            end++;
        buffer_uleb(out, hints[i].function);
        buffer_uleb(out, end - i);
        for (; i < end; i++) {
            buffer_uleb(out, hints[i].offset);
            buffer_uleb(out, 1);
            buffer_put(out, hints[i].value);
        }
    }
}

whit_status wasm_print_hints_open(printer *p)
{
    const wasm_custom *custom =
        wasm_module_custom(p->module, "metadata.code.branch_hint");
    uint32_t count = custom ? read_hints(custom->bytes, NULL) : 0;
    if (!count)
        return WHIT_OK;
    print_hint *hints = arena_array(&p->scratch, count, sizeof *hints);
    TRY_ALLOC(hints, p->error);
    read_hints(custom->bytes, hints);
    buffer again;
    buffer_init(&again);
    write_hints(hints, count, &again);
    if (is_sorted(hints, count) &&
        slice_equal(buffer_view(&again), custom->bytes)) {
        p->hints = hints;
        p->hint_count = count;
    }
    whit_status status = buffer_status(&again, p->error);
    buffer_release(&again);
    return status;
}

/* Hints count from the first byte of the locals in their shortest form. */
static size_t locals_size(const wasm_code *code)
{
    uint8_t bytes[LEB128_MAX];
    size_t size = leb128_write_u(bytes, code->local_group_count);
    for (uint32_t i = 0; i < code->local_group_count; i++) {
        wasm_valtype type = code->locals[i].type;
        size += leb128_write_u(bytes, code->locals[i].count) + 1;
        if (!wasm_is_ref(type))
            continue;
        wasm_heaptype heap = wasm_heap(type);
        if (wasm_heap_is_index(heap))
            size += leb128_write_s(bytes, heap);
        else
            size += !wasm_is_nullable(type);
    }
    return size;
}

void wasm_print_hint_of(printer *p, const wasm_code *code, const uint8_t *at)
{
    if (!p->hint_count)
        return;
    if (p->hint_code != code) {
        p->hint_code = code;
        p->hint_base = locals_size(code);
    }
    size_t offset = p->hint_base + (size_t)(at - code->body.data);
    uint32_t low = 0, high = p->hint_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const print_hint *hint = &p->hints[middle];
        if (hint->function < p->function ||
            (hint->function == p->function && hint->offset < offset))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == p->hint_count || p->hints[low].function != p->function ||
        p->hints[low].offset != offset)
        return;
    p->hints_printed++;
    buffer_printf(p->out, "(@metadata.code.branch_hint \"\\0%u\") ",
                  p->hints[low].value);
}
