/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The name section: reading what is sound, finding, writing. */
#include "wasm/names.h"

#include <stdlib.h>

#include "base/leb128.h"
#include "base/utf8.h"

/* Reads without errors: `sound` becomes false and everything is zero. */
typedef struct name_reader {
    const uint8_t *cursor;
    const uint8_t *end;
    bool sound;
} name_reader;

static uint32_t read_u32(name_reader *self)
{
    uint64_t value = 0;
    if (self->sound &&
        leb128_read_u(&self->cursor, self->end, 32, &value) != LEB128_OK)
        self->sound = false;
    return (uint32_t)value;
}

static slice read_bytes(name_reader *self)
{
    uint32_t size = read_u32(self);
    if (size > (size_t)(self->end - self->cursor))
        self->sound = false;
    if (!self->sound)
        return (slice){0};
    slice result = slice_of(self->cursor, size);
    self->cursor += size;
    return result;
}

static slice read_name(name_reader *self)
{
    slice result = read_bytes(self);
    if (!utf8_valid(result))
        self->sound = false;
    return result;
}

static bool is_indirect(wasm_name_kind kind)
{
    return kind == WASM_NAME_LOCAL || kind == WASM_NAME_LABEL ||
           kind == WASM_NAME_FIELD;
}

/* Reads a name map into `out`, or counts when it is NULL. */
static uint32_t read_map(name_reader *self, uint32_t outer, wasm_name *out)
{
    uint32_t count = read_u32(self), done = 0;
    while (done < count && self->sound) {
        uint32_t index = read_u32(self);
        slice text = read_name(self);
        if (!self->sound)
            break;
        if (out)
            out[done] = (wasm_name){outer, index, text};
        done++;
    }
    return done;
}

static uint32_t read_names(slice payload, wasm_name_kind kind, wasm_name *out)
{
    name_reader reader = {payload.data, payload.data + payload.size, true};
    if (!is_indirect(kind))
        return read_map(&reader, 0, out);
    uint32_t outers = read_u32(&reader), done = 0;
    for (uint32_t i = 0; i < outers && reader.sound; i++) {
        uint32_t outer = read_u32(&reader);
        if (!reader.sound)
            break;
        done += read_map(&reader, outer, out ? out + done : NULL);
    }
    return done;
}

static int compare(const void *a, const void *b)
{
    const wasm_name *x = a, *y = b;
    if (x->outer != y->outer)
        return x->outer < y->outer ? -1 : 1;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    /* Equal pairs keep their order in the section. */
    return x->text.data < y->text.data ? -1 : x->text.data > y->text.data;
}

/* Sorts, and keeps the first name of every pair. */
static uint32_t normalize(wasm_name *items, uint32_t count)
{
    bool sorted = true;
    for (uint32_t i = 1; i < count && sorted; i++)
        sorted = items[i - 1].outer < items[i].outer ||
                 (items[i - 1].outer == items[i].outer &&
                  items[i - 1].index < items[i].index);
    if (sorted)
        return count;
    qsort(items, count, sizeof *items, compare);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < count; i++)
        if (items[i].outer != items[kept - 1].outer ||
            items[i].index != items[kept - 1].index)
            items[kept++] = items[i];
    return kept;
}

static whit_status read_subsection(wasm_name_kind kind, slice payload,
                                   arena *memory, wasm_names *out,
                                   whit_error *error)
{
    if (kind == WASM_NAME_MODULE) {
        name_reader reader = {payload.data, payload.data + payload.size, true};
        slice name = read_name(&reader);
        if (reader.sound)
            out->module = name;
        return WHIT_OK;
    }
    if (out->of[kind].count)
        return WHIT_OK;
    uint32_t count = read_names(payload, kind, NULL);
    if (!count)
        return WHIT_OK;
    wasm_name *items = arena_alloc(memory, count * sizeof *items);
    TRY_ALLOC(items, error);
    read_names(payload, kind, items);
    out->of[kind].items = items;
    out->of[kind].count = normalize(items, count);
    return WHIT_OK;
}

whit_status wasm_names_read(const wasm_module *module, arena *memory,
                            wasm_names *out, whit_error *error)
{
    *out = (wasm_names){0};
    const wasm_custom *custom = wasm_module_custom(module, "name");
    if (!custom)
        return WHIT_OK;
    name_reader reader = {custom->bytes.data,
                          custom->bytes.data + custom->bytes.size, true};
    while (reader.sound && reader.cursor < reader.end) {
        uint8_t kind = *reader.cursor++;
        slice payload = read_bytes(&reader);
        if (reader.sound && kind < WASM_NAME_KINDS)
            TRY(read_subsection(kind, payload, memory, out, error));
    }
    return WHIT_OK;
}

slice wasm_names_get(const wasm_names *self, wasm_name_kind kind,
                     uint32_t outer, uint32_t index)
{
    if (kind == WASM_NAME_MODULE)
        return self->module;
    const wasm_name *items = self->of[kind].items;
    uint32_t low = 0, high = self->of[kind].count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const wasm_name *item = &items[middle];
        if (item->outer < outer ||
            (item->outer == outer && item->index < index))
            low = middle + 1;
        else
            high = middle;
    }
    if (low < self->of[kind].count && items[low].outer == outer &&
        items[low].index == index)
        return items[low].text;
    return (slice){0};
}

/* ---- Writing ---- */

static void write_name(buffer *out, slice name)
{
    buffer_uleb(out, name.size);
    buffer_slice(out, name);
}

static void write_subsection(buffer *out, wasm_name_kind kind, buffer *payload)
{
    buffer_put(out, (uint8_t)kind);
    buffer_uleb(out, payload->size);
    buffer_slice(out, buffer_view(payload));
    out->failed |= payload->failed;
}

/* The names from `first` on that have the same outer index. */
static uint32_t run_length(const wasm_name *items, uint32_t first,
                           uint32_t count)
{
    uint32_t end = first;
    while (end < count && items[end].outer == items[first].outer)
        end++;
    return end - first;
}

static void write_run(buffer *out, const wasm_name *items, uint32_t count)
{
    buffer_uleb(out, count);
    for (uint32_t i = 0; i < count; i++) {
        buffer_uleb(out, items[i].index);
        write_name(out, items[i].text);
    }
}

static void write_kind(buffer *out, wasm_name_kind kind, const wasm_name *items,
                       uint32_t count)
{
    if (!is_indirect(kind)) {
        write_run(out, items, count);
        return;
    }
    uint32_t outers = 0;
    for (uint32_t i = 0; i < count; i += run_length(items, i, count))
        outers++;
    buffer_uleb(out, outers);
    for (uint32_t i = 0; i < count;) {
        uint32_t length = run_length(items, i, count);
        buffer_uleb(out, items[i].outer);
        write_run(out, items + i, length);
        i += length;
    }
}

void wasm_names_write(const wasm_names *self, buffer *out)
{
    buffer payload;
    buffer_init(&payload);
    if (self->module.size) {
        write_name(&payload, self->module);
        write_subsection(out, WASM_NAME_MODULE, &payload);
    }
    for (int kind = WASM_NAME_FUNCTION; kind < WASM_NAME_KINDS; kind++) {
        if (!self->of[kind].count)
            continue;
        buffer_clear(&payload);
        write_kind(&payload, kind, self->of[kind].items, self->of[kind].count);
        write_subsection(out, kind, &payload);
    }
    buffer_release(&payload);
}
