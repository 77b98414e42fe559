/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The object dump of components: a line for each section and definition,
 * core modules as the core format's dump shows them.
 *
 *     000008 | 07 05 | type section, 5 bytes
 *     00000a | 01 | 1 definitions */
#include <inttypes.h>
#include <stdio.h>

#include "base/leb128.h"
#include "component/decode.h"
#include "component/print_private.h"

enum { BYTES_PER_LINE = 8, PREAMBLE_SIZE = 8 };

/* Invariant: every byte in front of `place` has been written. */
typedef struct dumper {
    slice bytes;
    buffer *out;
    uint64_t place;
    unsigned depth;
} dumper;

/* Lines for the bytes up to `end`, the meaning on the first. */
static void put_line(dumper *d, uint64_t end, const char *meaning)
{
    bool first = true;
    if (end > d->bytes.size)
        end = d->bytes.size;
    while (d->place < end) {
        uint64_t left = end - d->place;
        size_t count = left < BYTES_PER_LINE ? (size_t)left : BYTES_PER_LINE;
        buffer_printf(d->out, "%06" PRIx64 " |", d->place);
        for (size_t i = 0; i < BYTES_PER_LINE; i++) {
            if (i < count)
                buffer_printf(d->out, " %02x", d->bytes.data[d->place + i]);
            else
                buffer_text(d->out, "   ");
        }
        buffer_text(d->out, " |");
        if (first) {
            buffer_put(d->out, ' ');
            for (unsigned i = 0; i < d->depth; i++)
                buffer_text(d->out, "  ");
            buffer_text(d->out, meaning);
        }
        buffer_put(d->out, '\n');
        d->place += count;
        first = false;
    }
}

static const char *definition_word(const component_definition *item)
{
    component_sort sort;
    component_defines(item, &sort);
    switch (item->kind) {
    case COMPONENT_DEF_CANON:
        return component_canon_text(item->canon->kind);
    case COMPONENT_DEF_ALIAS:
    case COMPONENT_DEF_IMPORT:
    case COMPONENT_DEF_EXPORT:
        return component_sort_text(sort);
    default:
        return "";
    }
}

static void put_definition_line(dumper *d, const component_definition *item,
                                uint32_t *counts, uint64_t end)
{
    component_sort sort;
    uint32_t count = component_defines(item, &sort);
    buffer text;
    buffer_init(&text);
    buffer_text(&text, component_definition_text(item->kind));
    if (*definition_word(item))
        buffer_printf(&text, " %s", definition_word(item));
    if (count)
        buffer_printf(&text, ": %s %u", component_sort_text(sort),
                      counts[sort]);
    slice name = slice_of(NULL, 0);
    if (item->kind == COMPONENT_DEF_ALIAS)
        name = item->alias.name;
    if (item->kind == COMPONENT_DEF_IMPORT ||
        item->kind == COMPONENT_DEF_EXPORT)
        name = item->external.name.text;
    if (name.size)
        buffer_printf(&text, " \"%.*s\"", SLICE_ARG(name));
    counts[sort] += count;
    const char *line = buffer_string(&text);
    put_line(d, end, line ? line : "");
    d->out->failed |= text.failed;
    buffer_release(&text);
}

/* A core module's own dump, moved to its place. */
static whit_status put_module(dumper *d, uint64_t end, whit_error *error)
{
    slice module = slice_of(d->bytes.data + d->place, (size_t)(end - d->place));
    buffer inner;
    buffer_init(&inner);
    whit_status status = wasm_dump(module, WASM_FEATURES_ALL, &inner, error);
    /* Offsets are six digits at the start of each line. */
    for (size_t i = 0; i < inner.size;) {
        uint64_t offset = 0;
        while (i < inner.size && inner.data[i] != ' ') {
            uint8_t c = inner.data[i++];
            offset =
                offset * 16 + (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
        }
        buffer_printf(d->out, "%06" PRIx64, offset + d->place);
        while (i < inner.size && inner.data[i] != '\n')
            buffer_put(d->out, inner.data[i++]);
        buffer_put(d->out, '\n');
        i++;
    }
    d->out->failed |= inner.failed;
    buffer_release(&inner);
    d->place = end;
    return status;
}

static whit_status put_component(dumper *d, const component *c, uint64_t end,
                                 whit_error *error);

static uint32_t read_u32(const dumper *d, uint64_t *at)
{
    const uint8_t *cursor = d->bytes.data + *at;
    uint64_t value = 0;
    if (leb128_read_u(&cursor, d->bytes.data + d->bytes.size, 32, &value) !=
        LEB128_OK)
        return 0;
    *at = (uint64_t)(cursor - d->bytes.data);
    return (uint32_t)value;
}

/* One section that was decoded; *next is its first definition. */
static whit_status put_section(dumper *d, const component *c, uint32_t *next,
                               uint32_t *counts, whit_error *error)
{
    char text[80];
    uint64_t at = d->place + 1;
    uint8_t id = d->bytes.data[d->place];
    uint32_t size = read_u32(d, &at);
    uint64_t end = at + size;
    snprintf(text, sizeof text, "%s section, %u bytes",
             component_definition_text(id), size);
    put_line(d, at, text);
    d->depth++;
    whit_status status = WHIT_OK;
    uint32_t items = 1;
    if (id == COMPONENT_DEF_COMPONENT) {
        status = put_component(d, c->definitions[*next].component, end, error);
    } else if (id == COMPONENT_DEF_CORE_MODULE) {
        status = put_module(d, end, error);
    } else if (id == COMPONENT_DEF_CUSTOM) {
        uint64_t name = d->place;
        uint32_t name_size = read_u32(d, &name);
        put_line(d, name + name_size, "name");
        put_line(d, end, "contents");
    } else if (id != COMPONENT_DEF_START) {
        uint64_t first = d->place;
        items = read_u32(d, &first);
        snprintf(text, sizeof text, "%u definitions", items);
        put_line(d, first, text);
    }
    for (uint32_t i = 0; i < items; i++, ++*next) {
        bool last = i + 1 == items;
        const component_definition *item = &c->definitions[*next];
        put_definition_line(d, item, counts, last ? end : item[1].offset);
    }
    put_line(d, end, "");
    d->depth--;
    return status;
}

static whit_status put_component(dumper *d, const component *c, uint64_t end,
                                 whit_error *error)
{
    uint32_t counts[COMPONENT_SORTS] = {0}, next = 0;
    put_line(d, d->place + PREAMBLE_SIZE, "magic, version and layer");
    while (d->place < end)
        TRY(put_section(d, c, &next, counts, error));
    return WHIT_OK;
}

whit_status component_dump(slice bytes, buffer *out, whit_error *error)
{
    dumper d = {.bytes = bytes, .out = out};
    component_file *file;
    whit_status status = component_decode(bytes, &file, error);
    if (status != WHIT_OK) {
        put_line(&d, bytes.size, "damaged component");
        return status;
    }
    status = put_component(&d, &file->root, bytes.size, error);
    component_file_free(file);
    return status == WHIT_OK ? buffer_status(out, error) : status;
}
