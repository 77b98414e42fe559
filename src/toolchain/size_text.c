/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Sizes as tables of text. */
#include <stdio.h>
#include "base/utf8.h"
#include "toolchain/size.h"

#define BAR 16u /* cells of the longest bar */

typedef struct row {
    slice name;
    uint64_t bytes, before;
    uint32_t items; /* 0: not shown */
} row;

typedef struct table {
    const tool_size_style *style;
    buffer *out;
    uint64_t total; /* 100 % */
    unsigned width; /* of the name column */
    bool compared;
} table;

/* 1,234,567 */
static void with_commas(uint64_t value, char out[32])
{
    char digits[24];
    int size =
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    int at = 0;
    for (int n = 0; n < size; n++) {
        if (n && (size - n) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[n];
    }
    out[at] = 0;
}

/* 14.4 KB, with 1,000 bytes to the KB. */
static void short_size(uint64_t bytes, char out[32])
{
    static const char *const units[] = {"B", "KB", "MB", "GB"};
    double value = (double)bytes;
    unsigned unit = 0;
    while (value >= 999.5 && unit < 3) {
        value /= 1000;
        unit++;
    }
    snprintf(out, 32, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* Characters up to the width; the rest is an ellipsis in the middle, for
 * the ends of paths tell more than their middles. */
static void put_name(buffer *out, slice name, unsigned width)
{
    unsigned count = 0;
    for (size_t n = 0; n < name.size; n++)
        count += (name.data[n] & 0xc0) != 0x80;
    unsigned head = width, skip = 0;
    if (count > width) {
        head = (width - 1) / 3;
        skip = count - (width - 1);
    }
    unsigned at = 0;
    for (size_t n = 0; n < name.size;) {
        uint32_t code;
        unsigned taken =
            utf8_decode(slice_of(name.data + n, name.size - n), &code);
        taken = taken ? taken : 1;
        if (at == head && skip)
            buffer_text(out, "\xe2\x80\xa6");
        if (at < head || at >= head + skip)
            buffer_append(out, name.data + n, taken);
        at++;
        n += taken;
    }
    for (; count < width; count++)
        buffer_put(out, ' ');
}

/* The bar's cells in eighths. */
static void put_bar(buffer *out, double share)
{
    unsigned eighths = (unsigned)(share * BAR * 8 + 0.5);
    while (eighths >= 8) {
        buffer_text(out, "\xe2\x96\x88");
        eighths -= 8;
    }
    if (eighths) {
        uint8_t cell[4];
        buffer_append(out, cell, utf8_encode(0x2590 - eighths, cell));
    }
}

static void put_color(const table *t, const char *code)
{
    if (t->style->color)
        buffer_printf(t->out, "\x1b[%sm", code);
}

static void put_header(const table *t, const char *what, const char *items)
{
    put_color(t, "1");
    buffer_text(t->out, "\n");
    put_name(t->out, slice_text(what), t->width);
    buffer_printf(t->out, " %6s", items);
    if (t->compared)
        buffer_printf(t->out, " %11s", "before");
    buffer_printf(t->out, " %11s %6s\n", "bytes", "%");
    put_color(t, "0");
}

static void put_row(const table *t, const row *r)
{
    char text[32];
    double share = t->total ? (double)r->bytes / (double)t->total : 0;
    put_name(t->out, r->name, t->width);
    if (r->items)
        buffer_printf(t->out, " %6u", r->items);
    else
        buffer_printf(t->out, " %6s", "");
    if (t->compared) {
        with_commas(r->before, text);
        buffer_printf(t->out, " %11s", text);
    }
    with_commas(r->bytes, text);
    buffer_printf(t->out, " %11s %6.1f", text, share * 100);
    if (r->bytes) {
        buffer_text(t->out, " ");
        put_color(t, "36");
        put_bar(t->out, share > 1 ? 1 : share);
        put_color(t, "0");
    }
    buffer_text(t->out, "\n");
}

static uint32_t shown(const table *t, uint32_t count)
{
    return t->style->top && t->style->top < count ? t->style->top : count;
}

static void put_rest(const table *t, uint32_t count)
{
    uint32_t rest = count - shown(t, count);
    if (rest)
        buffer_printf(t->out, "... and %u more\n", rest);
}

static uint64_t section_before(const tool_size *self,
                               const tool_size_section *section)
{
    uint64_t bytes = 0;
    for (uint32_t n = 0; n < self->before_section_count; n++)
        if (self->before_sections[n].id == section->id &&
            slice_equal(self->before_sections[n].name, section->name))
            bytes += self->before_sections[n].bytes;
    return bytes;
}

static bool has_section(const tool_size *self, const tool_size_section *s)
{
    for (uint32_t n = 0; n < self->section_count; n++)
        if (self->sections[n].id == s->id &&
            slice_equal(self->sections[n].name, s->name))
            return true;
    return false;
}

static void put_sections(const table *t, const tool_size *self)
{
    put_header(t, "section", "items");
    for (uint32_t n = 0; n < self->section_count; n++) {
        const tool_size_section *s = &self->sections[n];
        row r = {s->name, s->bytes, section_before(self, s), s->items};
        put_row(t, &r);
    }
    uint64_t gone = 0;
    for (uint32_t n = 0; n < self->before_section_count; n++)
        if (!has_section(self, &self->before_sections[n]))
            gone += self->before_sections[n].bytes;
    row r = {slice_text("(sections that are gone)"), 0, gone, 0};
    if (gone)
        put_row(t, &r);
    r = (row){slice_text("total"), self->total, self->before, 0};
    put_row(t, &r);
}

static void put_groups(const table *t, const char *what,
                       const tool_size_group *groups, uint32_t count)
{
    put_header(t, what, "funcs");
    for (uint32_t n = 0; n < shown(t, count); n++) {
        row r = {groups[n].name, groups[n].bytes, groups[n].before,
                 groups[n].functions};
        put_row(t, &r);
    }
    put_rest(t, count);
}

static void put_functions(const table *t, const tool_size *self)
{
    put_header(t, "function", "");
    for (uint32_t n = 0; n < shown(t, self->function_count); n++) {
        const tool_size_function *f = &self->functions[n];
        row r = {f->name, f->bytes, f->before, 0};
        put_row(t, &r);
    }
    put_rest(t, self->function_count);
}

static void put_datas(const table *t, const tool_size *self)
{
    put_header(t, "data segment", "");
    for (uint32_t n = 0; n < shown(t, self->data_count); n++) {
        const tool_size_data *data = &self->datas[n];
        char text[96];
        int size = snprintf(text, sizeof text, "segment %u", data->index);
        if (data->has_offset)
            size += snprintf(text + size, sizeof text - (size_t)size,
                             " at %llu", (unsigned long long)data->offset);
        row r = {data->name.size ? data->name : slice_of(text, (size_t)size),
                 data->bytes, 0, 0};
        put_row(t, &r);
    }
    put_rest(t, self->data_count);
}

static table make_table(const tool_size *self, const tool_size_style *style,
                        buffer *out)
{
    unsigned width = style->width ? style->width : 80;
    unsigned other = 7 + 12 + 7 + 1 + BAR + (self->compared ? 12u : 0u);
    table t = {.style = style,
               .out = out,
               .total = self->total,
               .width = width > other + 20 ? width - other : 20,
               .compared = self->compared};
    return t;
}

whit_status tool_size_text(const tool_size *self, const tool_size_style *style,
                           buffer *out, whit_error *error)
{
    table t = make_table(self, style, out);
    char before[32], after[32];
    with_commas(self->total, after);
    with_commas(self->before, before);
    put_color(&t, "1");
    buffer_text(out, style->title ? style->title : "module");
    put_color(&t, "0");
    if (self->compared)
        buffer_printf(out, "  %s -> %s bytes\n", before, after);
    else
        buffer_printf(out, "  %s bytes\n", after);
    put_sections(&t, self);
    if (self->crate_count)
        put_groups(&t, "crate", self->crates, self->crate_count);
    if (self->function_count)
        put_functions(&t, self);
    if (self->group_count < self->function_count)
        put_groups(&t, "function, instances together", self->groups,
                   self->group_count);
    table data = t;
    data.compared = false;
    data.width += self->compared ? 12 : 0;
    if (self->data_count)
        put_datas(&data, self);
    return buffer_status(out, error);
}

static bool has_custom(const tool_size *self, slice name)
{
    for (uint32_t n = 0; n < self->section_count; n++)
        if (self->sections[n].id == WASM_SECTION_CUSTOM &&
            slice_equal(self->sections[n].name, name))
            return true;
    return false;
}

/* Bytes of the module but for the custom sections that were dropped. */
static uint64_t without_customs(const tool_size *self, const tool_size *after)
{
    uint64_t bytes = self->total;
    for (uint32_t n = 0; n < self->section_count; n++)
        if (self->sections[n].id == WASM_SECTION_CUSTOM &&
            !has_custom(after, self->sections[n].name))
            bytes -= self->sections[n].bytes;
    return bytes;
}

static void put_headline(const char *file, const tool_size *before,
                         const tool_size *after, buffer *out)
{
    char from[32], to[32], customs[32];
    uint64_t bare = without_customs(before, after);
    short_size(bare, from);
    short_size(after->total, to);
    short_size(before->total - bare, customs);
    buffer_printf(out, "%s  %s -> %s", file, from, to);
    if (bare)
        buffer_printf(out, " (%+.1f %%)",
                      ((double)after->total / (double)bare - 1) * 100);
    if (before->total > bare)
        buffer_printf(out, ", and %s of notes and debug information dropped",
                      customs);
    buffer_text(out, "\n");
}

static void put_short_sections(const tool_size *self, buffer *out)
{
    buffer_text(out, "  ");
    for (uint32_t n = 0; n < self->section_count && n < 4; n++) {
        char text[32];
        short_size(self->sections[n].bytes, text);
        buffer_text(out, n ? ", " : "");
        buffer_slice(out, self->sections[n].name);
        buffer_printf(out, " %s", text);
    }
    buffer_text(out, "\n");
}

whit_status tool_size_summary(const char *file, slice linked, slice module,
                              const tool_shrink_stats *stats, buffer *out,
                              whit_error *error)
{
    tool_size_names names;
    tool_size *before = NULL, *after = NULL;
    bool mapped = stats && stats->map;
    whit_status status =
        tool_size_names_init(&names, linked, mapped ? stats->map : NULL,
                             mapped ? stats->map_count : 0, error);
    if (status == WHIT_OK)
        status = tool_size_new(linked, NULL, &before, error);
    if (status == WHIT_OK)
        status = tool_size_new(module, &names, &after, error);
    if (status == WHIT_OK)
        status = tool_size_compare(after, before, error);
    if (status == WHIT_OK) {
        tool_size_style style = {.title = file, .top = 10};
        put_headline(file, before, after, out);
        put_short_sections(after, out);
        table t = make_table(after, &style, out);
        put_groups(&t, "crate", after->crates, after->crate_count);
        put_functions(&t, after);
        status = buffer_status(out, error);
    }
    tool_size_free(before);
    tool_size_free(after);
    tool_size_names_release(&names);
    return status;
}
