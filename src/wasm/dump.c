/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The object dump: a visitor that accounts for every byte of a module.
 *
 *     00000b | 60 02 7f 7f 01 7f       | type 0: func (param i32 i32) ...
 *
 * Bytes between the items (vector counts, sizes) get lines of their own. */
#include "wasm/dump_private.h"
#include "wasm/print.h"

#include <inttypes.h>

enum { BYTES_PER_LINE = 8 };

/* ---- Lines ---- */

static void put_bytes(wasm_dumper *self, uint64_t start, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    buffer_printf(self->out, "%06" PRIx64 " |", start);
    for (size_t i = 0; i < BYTES_PER_LINE; i++) {
        uint8_t byte = i < count ? self->bytes.data[start + i] : 0;
        char text[] = {' ', digits[byte >> 4], digits[byte & 15]};
        buffer_append(self->out, i < count ? text : "   ", sizeof text);
    }
    buffer_text(self->out, " |");
}

void wasm_dump_line(wasm_dumper *self, uint64_t end, slice meaning)
{
    bool first = true;
    while (self->place < end || first) {
        size_t left = (size_t)(end - self->place);
        size_t count = left < BYTES_PER_LINE ? left : BYTES_PER_LINE;
        put_bytes(self, self->place, count);
        if (first && meaning.size) {
            buffer_put(self->out, ' ');
            buffer_slice(self->out, meaning);
        }
        buffer_put(self->out, '\n');
        self->place += count;
        first = false;
    }
}

/* Ends the meaning in `text` with a line for the bytes up to `end`. */
static void finish(wasm_dumper *self, uint64_t end)
{
    wasm_dump_line(self, end, buffer_view(&self->text));
    self->out->failed |= self->text.failed;
    buffer_clear(&self->text);
}

/* Bytes in front of an item that no call announced. */
static void skip_to(wasm_dumper *self, uint64_t start, const char *meaning)
{
    if (self->place < start)
        wasm_dump_line(self, start, slice_text(meaning));
}

static uint64_t span_end(wasm_span span)
{
    return span.offset + span.size;
}

/* ---- Types in words ---- */

static void put_type(buffer *out, wasm_valtype type)
{
    char text[40];
    wasm_valtype_text(type, text, sizeof text);
    buffer_text(out, text);
}

static void put_types(buffer *out, const char *word, const wasm_valtype *types,
                      uint32_t count)
{
    if (!count)
        return;
    buffer_printf(out, " (%s", word);
    for (uint32_t i = 0; i < count; i++) {
        buffer_put(out, ' ');
        put_type(out, types[i]);
    }
    buffer_put(out, ')');
}

static void put_fields(buffer *out, const wasm_subtype *type)
{
    for (uint32_t i = 0; i < type->field_count; i++) {
        buffer_text(out, type->fields[i].mutable_ ? " (mut " : " (");
        put_type(out, type->fields[i].type);
        buffer_put(out, ')');
    }
}

static void put_limits(buffer *out, const wasm_limits *limits)
{
    buffer_printf(out, "%s %" PRIu64, limits->is64 ? " i64" : "", limits->min);
    if (limits->has_max)
        buffer_printf(out, " to %" PRIu64, limits->max);
    if (limits->shared)
        buffer_text(out, " shared");
}

static void put_name(buffer *out, slice name)
{
    buffer_put(out, '"');
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
            buffer_printf(out, "\\%02x", c);
        else
            buffer_put(out, c);
    }
    buffer_put(out, '"');
}

/* ---- Visits ---- */

static whit_status on_section(void *context, wasm_section_id id,
                              wasm_span header, slice payload,
                              whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    skip_to(self, header.offset, "");
    buffer_printf(&self->text, "section %u: %s, %zu bytes", id,
                  wasm_section_text(id), payload.size);
    finish(self, span_end(header));
    return WHIT_OK;
}

static whit_status on_count(void *context, wasm_section_id id, uint32_t count,
                            whit_error *error)
{
    wasm_dumper *self = context;
    (void)id, (void)error;
    self->count = count;
    return WHIT_OK;
}

/* The vector's count, in front of its first item. */
static void begin_item(wasm_dumper *self, wasm_span span)
{
    if (self->place < span.offset) {
        char text[32];
        snprintf(text, sizeof text, "count %u", self->count);
        skip_to(self, span.offset, text);
    }
}

static whit_status on_type(void *context, uint32_t index, wasm_span span,
                           const wasm_subtype *type, whit_error *error)
{
    wasm_dumper *self = context;
    buffer *out = &self->text;
    (void)error;
    if (index == 0)
        begin_item(self, span);
    skip_to(self, span.offset, "recursion group");
    buffer_printf(out, "type %u:%s", index, type->final ? "" : " sub");
    if (type->super != WASM_NO_INDEX)
        buffer_printf(out, " of %u", type->super);
    if (type->kind == WASM_COMP_FUNC) {
        buffer_text(out, " func");
        put_types(out, "param", type->func.params, type->func.param_count);
        put_types(out, "result", type->func.results, type->func.result_count);
    } else {
        buffer_text(out, type->kind == WASM_COMP_STRUCT ? " struct" : " array");
        put_fields(out, type);
    }
    finish(self, span_end(span));
    return WHIT_OK;
}

static void put_table(buffer *out, const wasm_table *table)
{
    put_limits(out, &table->limits);
    buffer_put(out, ' ');
    put_type(out, table->type);
}

static void put_global(buffer *out, const wasm_global *global)
{
    buffer_text(out, global->mutable_ ? " mut " : " ");
    put_type(out, global->type);
}

static void put_external(buffer *out, wasm_external_kind kind, const void *what)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        buffer_printf(out, " type %u", ((const wasm_function *)what)->type);
        break;
    case WASM_EXTERN_TABLE:
        put_table(out, what);
        break;
    case WASM_EXTERN_MEMORY:
        put_limits(out, &((const wasm_memory *)what)->limits);
        break;
    case WASM_EXTERN_GLOBAL:
        put_global(out, what);
        break;
    case WASM_EXTERN_TAG:
        buffer_printf(out, " type %u", ((const wasm_tag *)what)->type);
        break;
    case WASM_EXTERN_KINDS:
        break;
    }
}

static whit_status on_import(void *context, uint32_t index, wasm_span span,
                             const wasm_import *import, const void *what,
                             whit_error *error)
{
    wasm_dumper *self = context;
    buffer *out = &self->text;
    (void)error;
    begin_item(self, span);
    buffer_printf(out, "import %u: ", index);
    put_name(out, import->module);
    buffer_put(out, ' ');
    put_name(out, import->name);
    buffer_printf(out, " %s %u:", wasm_external_kind_text(import->kind),
                  import->index);
    put_external(out, import->kind, what);
    finish(self, span_end(span));
    return WHIT_OK;
}

static whit_status defined(wasm_dumper *self, wasm_external_kind kind,
                           uint32_t index, wasm_span span, const void *what)
{
    begin_item(self, span);
    buffer_printf(&self->text, "%s %u:", wasm_external_kind_text(kind), index);
    put_external(&self->text, kind, what);
    return WHIT_OK;
}

static whit_status on_function(void *context, uint32_t index, wasm_span span,
                               uint32_t type, whit_error *error)
{
    wasm_dumper *self = context;
    wasm_function function = {.type = type};
    (void)error;
    TRY(defined(self, WASM_EXTERN_FUNC, index, span, &function));
    finish(self, span_end(span));
    return WHIT_OK;
}

/* The start of an expression inside the item, as a byte offset. */
static uint64_t offset_of(const wasm_dumper *self, slice expr)
{
    return (uint64_t)(expr.data - self->bytes.data);
}

static whit_status on_table(void *context, uint32_t index, wasm_span span,
                            const wasm_table *table, whit_error *error)
{
    wasm_dumper *self = context;
    TRY(defined(self, WASM_EXTERN_TABLE, index, span, table));
    if (!table->init.size) {
        finish(self, span_end(span));
        return WHIT_OK;
    }
    finish(self, offset_of(self, table->init));
    return wasm_dump_code(self, table->init, error);
}

static whit_status on_memory(void *context, uint32_t index, wasm_span span,
                             const wasm_memory *memory, whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    TRY(defined(self, WASM_EXTERN_MEMORY, index, span, memory));
    finish(self, span_end(span));
    return WHIT_OK;
}

static whit_status on_tag(void *context, uint32_t index, wasm_span span,
                          const wasm_tag *tag, whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    TRY(defined(self, WASM_EXTERN_TAG, index, span, tag));
    finish(self, span_end(span));
    return WHIT_OK;
}

static whit_status on_global(void *context, uint32_t index, wasm_span span,
                             const wasm_global *global, whit_error *error)
{
    wasm_dumper *self = context;
    TRY(defined(self, WASM_EXTERN_GLOBAL, index, span, global));
    finish(self, offset_of(self, global->init));
    return wasm_dump_code(self, global->init, error);
}

static whit_status on_export(void *context, uint32_t index, wasm_span span,
                             const wasm_export *export, whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    begin_item(self, span);
    buffer_printf(&self->text, "export %u: ", index);
    put_name(&self->text, export->name);
    buffer_printf(&self->text, " %s %u", wasm_external_kind_text(export->kind),
                  export->index);
    finish(self, span_end(span));
    return WHIT_OK;
}

static whit_status on_start(void *context, wasm_span span, uint32_t function,
                            whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    buffer_printf(&self->text, "start: function %u", function);
    finish(self, span_end(span));
    return WHIT_OK;
}

static const char *mode_text(wasm_segment_mode mode)
{
    switch (mode) {
    case WASM_SEGMENT_ACTIVE:
        return "active";
    case WASM_SEGMENT_PASSIVE:
        return "passive";
    case WASM_SEGMENT_DECLARATIVE:
        return "declarative";
    }
    return "";
}

static whit_status on_elem(void *context, uint32_t index, wasm_span span,
                           const wasm_elem *elem, whit_error *error)
{
    wasm_dumper *self = context;
    buffer *out = &self->text;
    begin_item(self, span);
    buffer_printf(out, "element segment %u: %s", index, mode_text(elem->mode));
    if (elem->mode == WASM_SEGMENT_ACTIVE) {
        buffer_printf(out, ", table %u", elem->table);
        finish(self, offset_of(self, elem->offset));
        TRY(wasm_dump_code(self, elem->offset, error));
    }
    buffer_printf(out, "%s%u items of ", out->size ? ", " : "", elem->count);
    put_type(out, elem->type);
    if (!elem->is_exprs) {
        buffer_text(out, ": functions");
        for (uint32_t i = 0; i < elem->count; i++)
            buffer_printf(out, " %u", elem->functions[i]);
        finish(self, span_end(span));
        return WHIT_OK;
    }
    finish(self,
           elem->count ? offset_of(self, elem->exprs[0]) : span_end(span));
    for (uint32_t i = 0; i < elem->count; i++)
        TRY(wasm_dump_code(self, elem->exprs[i], error));
    return WHIT_OK;
}

static whit_status on_code(void *context, uint32_t function, wasm_span span,
                           const wasm_code *code, whit_error *error)
{
    wasm_dumper *self = context;
    buffer *out = &self->text;
    begin_item(self, span);
    buffer_printf(out, "function %u: %" PRIu64 " bytes", function, span.size);
    for (uint32_t i = 0; i < code->local_group_count; i++) {
        buffer_printf(out, ", %u locals ", code->locals[i].count);
        put_type(out, code->locals[i].type);
    }
    finish(self, code->offset);
    return wasm_dump_code(self, code->body, error);
}

static whit_status on_data(void *context, uint32_t index, wasm_span span,
                           const wasm_data *data, whit_error *error)
{
    wasm_dumper *self = context;
    buffer *out = &self->text;
    begin_item(self, span);
    buffer_printf(out, "data segment %u: %s", index, mode_text(data->mode));
    if (data->mode == WASM_SEGMENT_ACTIVE) {
        buffer_printf(out, ", memory %u", data->memory);
        finish(self, offset_of(self, data->offset));
        TRY(wasm_dump_code(self, data->offset, error));
    }
    buffer_printf(out, "%s%zu bytes", out->size ? ", " : "", data->bytes.size);
    finish(self, offset_of(self, data->bytes));
    if (data->bytes.size)
        wasm_dump_line(self, span_end(span), slice_text("data"));
    return WHIT_OK;
}

static whit_status on_data_count(void *context, wasm_span span, uint32_t count,
                                 whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    buffer_printf(&self->text, "data count: %u", count);
    finish(self, span_end(span));
    return WHIT_OK;
}

static whit_status on_custom(void *context, wasm_span span,
                             const wasm_custom *custom, whit_error *error)
{
    wasm_dumper *self = context;
    (void)error;
    buffer_text(&self->text, "name ");
    put_name(&self->text, custom->name);
    finish(self, custom->offset);
    if (custom->bytes.size)
        wasm_dump_line(self, span_end(span), slice_text("contents"));
    return WHIT_OK;
}

whit_status wasm_dump(slice bytes, wasm_features features, buffer *out,
                      whit_error *error)
{
    wasm_dumper self = {.bytes = bytes, .out = out};
    buffer_init(&self.text);
    wasm_visitor visitor = {
        .self = &self,
        .section = on_section,
        .count = on_count,
        .type = on_type,
        .import = on_import,
        .function = on_function,
        .table = on_table,
        .memory = on_memory,
        .tag = on_tag,
        .global = on_global,
        .export = on_export,
        .start = on_start,
        .elem = on_elem,
        .code = on_code,
        .data = on_data,
        .data_count = on_data_count,
        .custom = on_custom,
    };
    if (bytes.size >= 8)
        wasm_dump_line(&self, 8, slice_text("magic and version"));
    whit_status status = wasm_visit(bytes, features, &visitor, error);
    if (status == WHIT_OK)
        skip_to(&self, bytes.size, "");
    out->failed |= self.text.failed;
    buffer_release(&self.text);
    return status == WHIT_OK ? buffer_status(out, error) : status;
}
