/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Data segments without the zeros that memory holds anyway. */
#include <stdlib.h>
#include "base/leb128.h"
#include "base/limits.h"
#include "toolchain/shrink_module.h"

/* Bytes of a segment beside its contents: flag, offset, end, size. */
#define SEGMENT_OVERHEAD 8u

typedef struct piece {
    uint64_t offset;
    slice bytes;
} piece;

typedef struct pieces {
    arena *arena;
    piece *items;
    uint32_t count, capacity;
    bool failed;
} pieces;

static void add_piece(pieces *p, uint64_t offset, slice bytes)
{
    if (p->count == p->capacity) {
        uint32_t capacity = p->capacity * 2 + 16;
        piece *items = arena_array(p->arena, capacity, sizeof *items);
        if (!items) {
            p->failed = true;
            return;
        }
        if (p->count)
            memcpy(items, p->items, p->count * sizeof *items);
        p->items = items;
        p->capacity = capacity;
    }
    p->items[p->count++] = (piece){offset, bytes};
}

/* The parts of one segment between runs of zeros that pay. */
static void split(pieces *p, uint64_t offset, slice bytes)
{
    size_t start = 0, end = 0;
    for (size_t n = 0; n < bytes.size; n++) {
        if (!bytes.data[n])
            continue;
        if (end > start && n - end > SEGMENT_OVERHEAD) {
            add_piece(p, offset + start,
                      slice_of(bytes.data + start, end - start));
            start = n;
        } else if (end == start) {
            start = n;
        }
        end = n + 1;
    }
    if (end > start)
        add_piece(p, offset + start, slice_of(bytes.data + start, end - start));
}

static int piece_compare(const void *left, const void *right)
{
    const piece *a = left, *b = right;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static uint64_t piece_end(const piece *p)
{
    return p->offset + p->bytes.size;
}

/* Sorts. Overlapping segments depend on their order, zeros included. */
static bool overlaps(pieces *p)
{
    if (p->count)
        qsort(p->items, p->count, sizeof *p->items, piece_compare);
    for (uint32_t n = 1; n < p->count; n++)
        if (p->items[n].offset < piece_end(&p->items[n - 1]))
            return true;
    return false;
}

/* Sorts, and joins neighbours whose gap is cheaper than a segment. */
static bool join(pieces *p)
{
    if (p->count > LIMIT_DATAS)
        return false;
    if (p->count)
        qsort(p->items, p->count, sizeof *p->items, piece_compare);
    uint32_t next = 0;
    for (uint32_t n = 0, end; n < p->count; n = end) {
        for (end = n + 1; end < p->count; end++)
            if (p->items[end].offset - piece_end(&p->items[end - 1]) >
                SEGMENT_OVERHEAD - 2)
                break;
        uint64_t start = p->items[n].offset;
        size_t size = (size_t)(piece_end(&p->items[end - 1]) - start);
        uint8_t *joined = arena_zalloc(p->arena, size);
        if (!joined)
            return false;
        for (uint32_t k = n; k < end; k++)
            memcpy(joined + (p->items[k].offset - start),
                   p->items[k].bytes.data, p->items[k].bytes.size);
        p->items[next++] = (piece){start, slice_of(joined, size)};
    }
    p->count = next;
    return true;
}

/* Every live segment is active, unnamed by code, in the one defined 32-bit
 * memory, at a constant offset inside of it. */
static bool applies(const shrink_module *s)
{
    uint32_t memory = WASM_NO_INDEX;
    for (uint32_t n = 0; n < s->source->data_count; n++) {
        const wasm_data *data = &s->source->datas[n];
        uint64_t offset;
        if (!s->live[SHRINK_DATAS][n])
            continue;
        if (data->mode != WASM_SEGMENT_ACTIVE ||
            s->uses[SHRINK_DATAS][n] != 1 ||
            !shrink_constant(data->offset, &offset))
            return false;
        const wasm_memory *m = &s->source->memories[data->memory];
        uint64_t size = m->limits.min * WASM_PAGE_SIZE;
        if (m->imported || m->limits.is64 || offset > size ||
            data->bytes.size > size - offset)
            return false;
        if (memory != WASM_NO_INDEX && memory != data->memory)
            return false;
        memory = data->memory;
    }
    return true;
}

static slice offset_expr(arena *memory, uint64_t offset)
{
    uint8_t bytes[LEB128_MAX + 2] = {WASM_OP_I32_CONST};
    size_t size = 1 + leb128_write_s(bytes + 1, (int32_t)(uint32_t)offset);
    bytes[size++] = WASM_OP_END;
    return slice_of(arena_dup(memory, bytes, size), size);
}

static uint64_t segment_size(const wasm_data *data)
{
    return 1 + (data->memory ? 1 : 0) + data->offset.size +
           leb128_size_u(data->bytes.size) + data->bytes.size;
}

static whit_status pack(shrink_module *s, const pieces *p, uint64_t before,
                        uint32_t memory, whit_error *error)
{
    wasm_data *datas = arena_array(&s->arena, p->count + 1, sizeof *datas);
    TRY_ALLOC(datas, error);
    uint64_t after = 0;
    for (uint32_t n = 0; n < p->count; n++) {
        datas[n].mode = WASM_SEGMENT_ACTIVE;
        datas[n].memory = memory;
        datas[n].offset = offset_expr(&s->arena, p->items[n].offset);
        datas[n].bytes = p->items[n].bytes;
        TRY_ALLOC(datas[n].offset.data, error);
        after += segment_size(&datas[n]);
    }
    if (after < before) {
        s->datas = datas;
        s->data_count = p->count;
    }
    return WHIT_OK;
}

whit_status shrink_data(shrink_module *self, whit_error *error)
{
    const wasm_module *source = self->source;
    self->datas =
        arena_array(&self->arena, source->data_count + 1, sizeof(wasm_data));
    TRY_ALLOC(self->datas, error);
    pieces whole = {.arena = &self->arena};
    uint64_t before = 0;
    uint32_t memory = 0;
    bool pieces_fit = applies(self);
    for (uint32_t n = 0; n < source->data_count; n++) {
        const wasm_data *data = &source->datas[n];
        uint64_t offset = 0;
        if (!self->live[SHRINK_DATAS][n])
            continue;
        self->map[SHRINK_DATAS][n] = self->data_count;
        self->datas[self->data_count++] = *data;
        before += segment_size(data);
        if (!pieces_fit)
            continue;
        memory = data->memory;
        shrink_constant(data->offset, &offset);
        if (data->bytes.size)
            add_piece(&whole, offset, data->bytes);
    }
    pieces p = {.arena = &self->arena};
    if (whole.failed || !pieces_fit || overlaps(&whole))
        return whole.failed ? error_memory(error) : WHIT_OK;
    for (uint32_t n = 0; n < whole.count; n++)
        split(&p, whole.items[n].offset, whole.items[n].bytes);
    if (p.failed)
        return error_memory(error);
    return join(&p) ? pack(self, &p, before, memory, error) : WHIT_OK;
}
