/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The decoder: preamble, sections, and definitions but types. */
#include "component/decode.h"

#include "base/memory.h"
#include "component/decode_private.h"
#include "wasm/decode.h"

enum { PREAMBLE_SIZE = 8, ITEM_CORE_INSTANCE = 0x12 };

/* ---- Pieces ---- */

whit_status component_decode_fail_byte(component_decoder *d, uint8_t byte,
                                       const char *what)
{
    return error_at(d->error, WHIT_MALFORMED,
                    wasm_reader_offset(&d->reader) - 1,
                    "invalid leading byte (0x%x) for %s", byte, what);
}

whit_status component_decode_byte(component_decoder *d, uint8_t *out)
{
    *out = 0;
    return wasm_read_byte(&d->reader, out, d->error);
}

whit_status component_decode_u32(component_decoder *d, uint32_t *out)
{
    *out = 0;
    return wasm_read_u32(&d->reader, out, d->error);
}

whit_status component_decode_name(component_decoder *d, slice *out)
{
    return wasm_read_name(&d->reader, out, d->error);
}

whit_status component_decode_flag(component_decoder *d, bool *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    *out = byte;
    return byte > 1 ? error_at(d->error, WHIT_MALFORMED,
                               wasm_reader_offset(&d->reader) - 1,
                               "invalid boolean value 0x%x", byte)
                    : WHIT_OK;
}

whit_status component_decode_vector(component_decoder *d, size_t size,
                                    const char *what, void *items,
                                    uint32_t *count)
{
    TRY(wasm_read_count(&d->reader, LIMIT_COMPONENT_ITEMS, what, count,
                        d->error));
    void *array = arena_array(d->arena, *count, size);
    TRY_ALLOC(array, d->error);
    memcpy(items, &array, sizeof array);
    return WHIT_OK;
}

whit_status component_decode_enter(component_decoder *d)
{
    if (++d->depth > LIMIT_COMPONENT_NESTING)
        return error_at(d->error, WHIT_LIMIT, wasm_reader_offset(&d->reader),
                        "components and types nest deeper than %u",
                        LIMIT_COMPONENT_NESTING);
    return WHIT_OK;
}

/* ---- Definitions ---- */

static whit_status read_core_item(component_decoder *d, bool is_export,
                                  component_item *out)
{
    uint8_t byte;
    TRY(component_decode_name(d, &out->name.text));
    TRY(component_decode_byte(d, &byte));
    if (is_export) {
        if (byte >= WASM_EXTERN_KINDS)
            return component_decode_fail_byte(d, byte, "core external kind");
        out->sort = (component_sort)byte;
    } else {
        if (byte != ITEM_CORE_INSTANCE)
            return component_decode_fail_byte(d, byte,
                                              "instantiation arg kind");
        out->sort = COMPONENT_SORT_CORE_INSTANCE;
    }
    return component_decode_u32(d, &out->index);
}

static whit_status read_item(component_decoder *d, bool is_export,
                             component_item *out)
{
    if (is_export)
        TRY(component_decode_component_name(d, &out->name));
    else
        TRY(component_decode_name(d, &out->name.text));
    TRY(component_decode_sort(d, "component external kind", &out->sort));
    if (component_sort_is_core(out->sort) &&
        out->sort != COMPONENT_SORT_CORE_MODULE)
        return component_decode_fail_byte(d, component_sort_byte(out->sort),
                                          "component external kind");
    return component_decode_u32(d, &out->index);
}

static whit_status read_instance(component_decoder *d, bool is_core,
                                 component_instance *out)
{
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    if (byte > 1)
        return component_decode_fail_byte(
            d, byte, is_core ? "core instance" : "instance");
    out->is_exports = byte;
    if (!byte)
        TRY(component_decode_u32(d, &out->callee));
    component_item *items;
    TRY(component_decode_vector(d, sizeof *items,
                                out->is_exports ? "exports" : "arguments",
                                &items, &out->item_count));
    out->items = items;
    for (uint32_t i = 0; i < out->item_count; i++)
        TRY(is_core ? read_core_item(d, byte, &items[i])
                    : read_item(d, byte, &items[i]));
    return WHIT_OK;
}

static whit_status read_options(component_decoder *d, component_canon *out)
{
    component_option *items;
    TRY(component_decode_vector(d, sizeof *items, "canonical options", &items,
                                &out->option_count));
    out->options = items;
    for (uint32_t i = 0; i < out->option_count; i++) {
        uint8_t byte;
        TRY(component_decode_byte(d, &byte));
        if (byte >= COMPONENT_OPTION_KINDS)
            return component_decode_fail_byte(d, byte, "canonical option");
        items[i].kind = byte;
        if (byte >= COMPONENT_OPTION_MEMORY && byte != COMPONENT_OPTION_ASYNC)
            TRY(component_decode_u32(d, &items[i].index));
    }
    return WHIT_OK;
}

static whit_status read_operand(component_decoder *d, char operand,
                                component_canon *out)
{
    switch (operand) {
    case 't':
    case 'g':
        return component_decode_u32(d, &out->type);
    case 'b':
        return component_decode_u32(d, &out->table);
    case 'm':
        return component_decode_u32(d, &out->memory);
    case 'n':
        return component_decode_u32(d, &out->number);
    case 'o':
        return read_options(d, out);
    case 'r':
        return component_decode_resultlist(d, &out->result);
    case 'v':
        return wasm_read_valtype(&d->reader, &out->core_type, d->error);
    case 'a':
        return component_decode_flag(d, &out->is_async);
    case 'c':
        return component_decode_flag(d, &out->cancellable);
    default:
        return component_decode_flag(d, &out->shared);
    }
}

static whit_status read_canon(component_decoder *d, const component_canon **out)
{
    component_canon *canon = arena_zalloc(d->arena, sizeof *canon);
    TRY_ALLOC(canon, d->error);
    *out = canon;
    uint8_t byte;
    TRY(component_decode_byte(d, &byte));
    const char *operands = component_canon_operands(byte);
    if (!operands)
        return component_decode_fail_byte(d, byte, "canonical function");
    canon->kind = byte;
    if (byte == COMPONENT_CANON_LIFT || byte == COMPONENT_CANON_LOWER) {
        bool lift = byte == COMPONENT_CANON_LIFT;
        TRY(component_decode_byte(d, &byte));
        if (byte)
            return component_decode_fail_byte(
                d, byte,
                lift ? "canonical function lift" : "canonical function lower");
        TRY(component_decode_u32(d, &canon->callee));
        TRY(read_options(d, canon));
        return lift ? component_decode_u32(d, &canon->type) : WHIT_OK;
    }
    for (; *operands; operands++)
        TRY(read_operand(d, *operands, canon));
    return WHIT_OK;
}

static whit_status read_start(component_decoder *d, component_start *out)
{
    uint32_t *arguments;
    TRY(component_decode_u32(d, &out->function));
    TRY(component_decode_vector(d, sizeof *arguments, "arguments", &arguments,
                                &out->argument_count));
    out->arguments = arguments;
    for (uint32_t i = 0; i < out->argument_count; i++)
        TRY(component_decode_u32(d, &arguments[i]));
    TRY(component_decode_u32(d, &out->result_count));
    if (out->result_count <= 1)
        return WHIT_OK;
    return error_at(d->error, WHIT_INVALID, wasm_reader_offset(&d->reader),
                    "start with %u results: functions have one at most",
                    out->result_count);
}

static whit_status read_external(component_decoder *d,
                                 component_definition *out)
{
    TRY(component_decode_component_name(d, &out->external.name));
    out->external.has_item = out->kind == COMPONENT_DEF_EXPORT;
    out->external.has_type = !out->external.has_item;
    if (out->external.has_item) {
        uint8_t byte;
        TRY(component_decode_sort(d, "component external kind",
                                  &out->external.sort));
        TRY(component_decode_u32(d, &out->external.index));
        TRY(component_decode_byte(d, &byte));
        if (byte > 1)
            return component_decode_fail_byte(d, byte,
                                              "optional component export type");
        out->external.has_type = byte;
    }
    if (!out->external.has_type)
        return WHIT_OK;
    TRY(component_decode_extern(d, &out->external.type));
    if (!out->external.has_item)
        out->external.sort = out->external.type.sort;
    return WHIT_OK;
}

static whit_status read_value(component_decoder *d, component_value *out)
{
    uint32_t size;
    TRY(component_decode_valtype(d, &out->type));
    TRY(wasm_read_count(&d->reader, LIMIT_MODULE_BYTES, "bytes", &size,
                        d->error));
    out->bytes = slice_of(d->reader.cursor, size);
    d->reader.cursor += size;
    return WHIT_OK;
}

static whit_status read_definition(component_decoder *d,
                                   component_definition *out)
{
    out->offset = wasm_reader_offset(&d->reader);
    switch (out->kind) {
    case COMPONENT_DEF_CORE_INSTANCE:
    case COMPONENT_DEF_INSTANCE:
        return read_instance(d, out->kind == COMPONENT_DEF_CORE_INSTANCE,
                             &out->instance);
    case COMPONENT_DEF_CORE_TYPE:
        return component_decode_core_type(d, &out->core_type);
    case COMPONENT_DEF_ALIAS:
        return component_decode_alias(d, &out->alias);
    case COMPONENT_DEF_TYPE:
        return component_decode_type(d, &out->type);
    case COMPONENT_DEF_CANON:
        return read_canon(d, &out->canon);
    case COMPONENT_DEF_START:
        return read_start(d, &out->start);
    case COMPONENT_DEF_VALUE:
        return read_value(d, &out->value);
    default:
        return read_external(d, out);
    }
}

/* ---- Sections ---- */

typedef struct definition_list {
    void *items;
    size_t count;
    size_t room;
} definition_list;

static whit_status push(component_decoder *d, definition_list *list,
                        const component_definition *definition)
{
    TRY(mem_grow(&list->items, &list->room, list->count, sizeof *definition,
                 LIMIT_COMPONENT_ITEMS, "definitions", d->error));
    ((component_definition *)list->items)[list->count++] = *definition;
    return WHIT_OK;
}

static whit_status read_core_module(component_decoder *d,
                                    component_definition *out)
{
    wasm_decode_options options = {WASM_FEATURES_ALL, false};
    wasm_reader *reader = &d->reader;
    out->core_module.bytes =
        slice_of(reader->cursor, (size_t)(reader->end - reader->cursor));
    whit_status status = wasm_decode(out->core_module.bytes, &options,
                                     &out->core_module.module, d->error);
    if (status != WHIT_OK) {
        if (d->error && d->error->position == WHIT_POSITION_OFFSET)
            d->error->offset += out->offset;
        return status;
    }
    reader->cursor = reader->end;
    return component_file_keep(d->file, out->core_module.module, d->error);
}

static whit_status read_component(component_decoder *d, component *out);

static whit_status read_nested(component_decoder *d, component_definition *out)
{
    out->component = arena_zalloc(d->arena, sizeof *out->component);
    TRY_ALLOC(out->component, d->error);
    TRY(component_decode_enter(d));
    TRY(read_component(d, out->component));
    d->depth--;
    return WHIT_OK;
}

static whit_status read_section(component_decoder *d, uint8_t id,
                                definition_list *list)
{
    component_definition definition = {
        .kind = id, .offset = wasm_reader_offset(&d->reader)};
    wasm_reader *reader = &d->reader;
    uint32_t count = 1;
    switch (id) {
    case COMPONENT_DEF_CUSTOM:
        TRY(component_decode_name(d, &definition.custom.name));
        definition.custom.bytes =
            slice_of(reader->cursor, (size_t)(reader->end - reader->cursor));
        definition.custom.offset = (uint32_t)wasm_reader_offset(reader);
        reader->cursor = reader->end;
        return push(d, list, &definition);
    case COMPONENT_DEF_CORE_MODULE:
        TRY(read_core_module(d, &definition));
        return push(d, list, &definition);
    case COMPONENT_DEF_COMPONENT:
        TRY(read_nested(d, &definition));
        return push(d, list, &definition);
    case COMPONENT_DEF_START:
        break;
    default:
        TRY(wasm_read_count(reader, LIMIT_COMPONENT_ITEMS, "definitions",
                            &count, d->error));
    }
    for (uint32_t i = 0; i < count; i++) {
        definition = (component_definition){.kind = id};
        TRY(read_definition(d, &definition));
        TRY(push(d, list, &definition));
    }
    return WHIT_OK;
}

static whit_status read_preamble(component_decoder *d)
{
    static const uint8_t magic[] = {0, 'a', 's', 'm'};
    static const uint8_t version[] = {0x0d, 0, 1, 0};
    wasm_reader *reader = &d->reader;
    size_t size = (size_t)(reader->end - reader->cursor);
    uint64_t start = wasm_reader_offset(reader);
    if (size < sizeof magic || memcmp(reader->cursor, magic, sizeof magic))
        return error_at(d->error, WHIT_MALFORMED, start,
                        "magic header not detected");
    if (size < PREAMBLE_SIZE)
        return error_at(d->error, WHIT_MALFORMED, start + 4,
                        "unexpected end-of-file in the version");
    if (memcmp(reader->cursor + 4, version, sizeof version))
        return error_at(d->error, WHIT_MALFORMED, start + 4,
                        "unknown binary version: expected a version header "
                        "for a component");
    reader->cursor += PREAMBLE_SIZE;
    return WHIT_OK;
}

static whit_status read_sections(component_decoder *d, definition_list *list)
{
    const uint8_t *end = d->reader.end;
    TRY(read_preamble(d));
    while (d->reader.cursor < end) {
        uint8_t id;
        uint32_t size;
        TRY(component_decode_byte(d, &id));
        if (id >= COMPONENT_DEF_KINDS)
            return error_at(d->error, WHIT_MALFORMED,
                            wasm_reader_offset(&d->reader) - 1,
                            "malformed section id %u", id);
        TRY(component_decode_u32(d, &size));
        if (size > (size_t)(end - d->reader.cursor))
            return error_at(d->error, WHIT_MALFORMED,
                            wasm_reader_offset(&d->reader),
                            "unexpected end-of-file: the %s section has %u "
                            "bytes",
                            component_definition_text(id), size);
        d->reader.end = d->reader.cursor + size;
        whit_status status = read_section(d, id, list);
        if (status == WHIT_OK && d->reader.cursor != d->reader.end)
            status = error_at(d->error, WHIT_MALFORMED,
                              wasm_reader_offset(&d->reader),
                              "section size mismatch: unexpected content");
        if (status != WHIT_OK && id != COMPONENT_DEF_COMPONENT)
            error_suffix(d->error, " (%s section)",
                         component_definition_text(id));
        TRY(status);
        d->reader.end = end;
    }
    return WHIT_OK;
}

/* The reader is left at its end. */
static whit_status read_component(component_decoder *d, component *out)
{
    definition_list list = {0};
    whit_status status = read_sections(d, &list);
    if (status == WHIT_OK) {
        out->definitions = arena_dup(d->arena, list.items,
                                     list.count * sizeof *out->definitions);
        out->definition_count = (uint32_t)list.count;
        if (!out->definitions)
            status = error_memory(d->error);
    }
    mem_free(list.items);
    return status;
}

whit_status component_decode(slice bytes, component_file **out,
                             whit_error *error)
{
    *out = NULL;
    if (bytes.size > LIMIT_MODULE_BYTES)
        return error_set(error, WHIT_LIMIT,
                         "the component is longer than %u bytes",
                         LIMIT_MODULE_BYTES);
    component_file *file = component_file_new();
    TRY_ALLOC(file, error);
    component_decoder d = {.file = file,
                           .arena = &file->arena,
                           .reader = wasm_reader_new(bytes, 0),
                           .error = error};
    whit_status status = read_component(&d, &file->root);
    if (status == WHIT_OK)
        *out = file;
    else
        component_file_free(file);
    return status;
}
