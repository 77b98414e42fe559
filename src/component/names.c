/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The custom section "component-name". */
#include "component/names.h"

#include <stdlib.h>

#include "base/leb128.h"
#include "base/utf8.h"

enum { SUBSECTION_COMPONENT, SUBSECTION_SORT };

/* Reads what is not trusted: `sound` turns false at the first damage. */
typedef struct name_reader {
    const uint8_t *cursor;
    const uint8_t *end;
    bool sound;
} name_reader;

static uint32_t read_u32(name_reader *r)
{
    uint64_t value = 0;
    r->sound =
        r->sound && leb128_read_u(&r->cursor, r->end, 32, &value) == LEB128_OK;
    return (uint32_t)value;
}

static slice read_bytes(name_reader *r)
{
    uint32_t size = read_u32(r);
    if (!r->sound || size > (size_t)(r->end - r->cursor)) {
        r->sound = false;
        return slice_of(NULL, 0);
    }
    slice bytes = slice_of(r->cursor, size);
    r->cursor += size;
    return bytes;
}

static bool read_sort(name_reader *r, component_sort *out)
{
    component_sort first = COMPONENT_SORT_FUNC, end = COMPONENT_SORTS;
    if (r->cursor < r->end && *r->cursor == 0) {
        r->cursor++;
        first = COMPONENT_SORT_CORE_FUNC;
        end = COMPONENT_SORT_FUNC;
    }
    uint8_t byte = r->cursor < r->end ? *r->cursor++ : 0xff;
    for (component_sort sort = first; sort < end; sort++) {
        if (component_sort_byte(sort) == byte) {
            *out = sort;
            return true;
        }
    }
    return false;
}

/* Names of one subsection; counts only when `items` is NULL. */
static uint32_t read_names(slice payload, component_item_name *items)
{
    name_reader r = {payload.data, payload.data + payload.size, true};
    component_sort sort;
    if (!read_sort(&r, &sort))
        return 0;
    uint32_t announced = read_u32(&r), count = 0;
    while (r.sound && count < announced) {
        uint32_t index = read_u32(&r);
        slice text = read_bytes(&r);
        if (!r.sound || !utf8_valid(text))
            break;
        if (items)
            items[count] = (component_item_name){sort, index, text};
        count++;
    }
    return count;
}

static uint32_t read_section(slice bytes, component_names *out)
{
    name_reader r = {bytes.data, bytes.data + bytes.size, true};
    uint32_t count = 0;
    while (r.sound && r.cursor < r.end) {
        uint8_t kind = *r.cursor++;
        slice payload = read_bytes(&r);
        if (!r.sound)
            break;
        if (kind == SUBSECTION_COMPONENT) {
            name_reader inner = {payload.data, payload.data + payload.size,
                                 true};
            slice name = read_bytes(&inner);
            if (inner.sound && utf8_valid(name))
                out->component = name;
        } else if (kind == SUBSECTION_SORT) {
            count +=
                read_names(payload, out->items ? out->items + count : NULL);
        }
    }
    return count;
}

static int compare(const void *a, const void *b)
{
    const component_item_name *x = a, *y = b;
    if (x->sort != y->sort)
        return x->sort < y->sort ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

void component_names_sort(component_names *self)
{
    uint32_t kept = 0;
    if (!self->count)
        return;
    qsort(self->items, self->count, sizeof *self->items, compare);
    for (uint32_t i = 1; i < self->count; i++)
        if (compare(&self->items[kept], &self->items[i]))
            self->items[++kept] = self->items[i];
    self->count = kept + 1;
}

whit_status component_names_read(const component *c, arena *memory,
                                 component_names *out, whit_error *error)
{
    *out = (component_names){.count = 0};
    for (uint32_t i = 0; i < c->definition_count; i++) {
        const component_definition *d = &c->definitions[i];
        if (d->kind != COMPONENT_DEF_CUSTOM ||
            !slice_is(d->custom.name, COMPONENT_NAME_SECTION))
            continue;
        uint32_t count = read_section(d->custom.bytes, out);
        out->items = arena_array(memory, count, sizeof *out->items);
        TRY_ALLOC(out->items, error);
        out->count = read_section(d->custom.bytes, out);
        component_names_sort(out);
        return WHIT_OK;
    }
    return WHIT_OK;
}

slice component_names_get(const component_names *self, component_sort sort,
                          uint32_t index)
{
    component_item_name key = {sort, index, slice_of(NULL, 0)};
    uint32_t low = 0, high = self->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(&self->items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < self->count && !compare(&self->items[low], &key))
        return self->items[low].text;
    return key.text;
}

static void write_subsection(buffer *out, uint8_t kind, buffer *payload)
{
    buffer_put(out, kind);
    buffer_uleb(out, payload->size);
    buffer_slice(out, buffer_view(payload));
    out->failed |= payload->failed;
    buffer_clear(payload);
}

void component_names_write(const component_names *self, buffer *out)
{
    buffer payload;
    buffer_init(&payload);
    if (self->component.size) {
        buffer_uleb(&payload, self->component.size);
        buffer_slice(&payload, self->component);
        write_subsection(out, SUBSECTION_COMPONENT, &payload);
    }
    for (uint32_t i = 0; i < self->count;) {
        uint32_t end = i;
        component_sort sort = self->items[i].sort;
        while (end < self->count && self->items[end].sort == sort)
            end++;
        if (component_sort_is_core(sort))
            buffer_put(&payload, 0);
        buffer_put(&payload, component_sort_byte(sort));
        buffer_uleb(&payload, end - i);
        for (; i < end; i++) {
            buffer_uleb(&payload, self->items[i].index);
            buffer_uleb(&payload, self->items[i].text.size);
            buffer_slice(&payload, self->items[i].text);
        }
        write_subsection(out, SUBSECTION_SORT, &payload);
    }
    buffer_release(&payload);
}
