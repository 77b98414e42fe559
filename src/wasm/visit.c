/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The streaming reader: header, sections, their order and their vectors. */
#include "wasm/visit_private.h"

#include "base/limits.h"
#include "base/utf8.h"

/* Places of the sections in a module; custom sections stand anywhere. */
static const uint8_t section_order[WASM_SECTION_IDS] = {
    [WASM_SECTION_TYPE] = 1,        [WASM_SECTION_IMPORT] = 2,
    [WASM_SECTION_FUNCTION] = 3,    [WASM_SECTION_TABLE] = 4,
    [WASM_SECTION_MEMORY] = 5,      [WASM_SECTION_TAG] = 6,
    [WASM_SECTION_GLOBAL] = 7,      [WASM_SECTION_EXPORT] = 8,
    [WASM_SECTION_START] = 9,       [WASM_SECTION_ELEMENT] = 10,
    [WASM_SECTION_DATA_COUNT] = 11, [WASM_SECTION_CODE] = 12,
    [WASM_SECTION_DATA] = 13,
};

/* The items of a section, for messages, and how many there may be. */
static const struct {
    const char *noun;
    uint32_t limit;
} section_items[WASM_SECTION_IDS] = {
    [WASM_SECTION_TYPE] = {"recursion group", LIMIT_REC_GROUPS},
    [WASM_SECTION_IMPORT] = {"import", LIMIT_IMPORTS},
    [WASM_SECTION_FUNCTION] = {"function", LIMIT_FUNCTIONS},
    [WASM_SECTION_TABLE] = {"table", LIMIT_TABLES},
    [WASM_SECTION_MEMORY] = {"memory", LIMIT_MEMORIES},
    [WASM_SECTION_GLOBAL] = {"global", LIMIT_GLOBALS},
    [WASM_SECTION_EXPORT] = {"export", LIMIT_EXPORTS},
    [WASM_SECTION_ELEMENT] = {"element segment", LIMIT_ELEMS},
    [WASM_SECTION_CODE] = {"function", LIMIT_FUNCTIONS},
    [WASM_SECTION_DATA] = {"data segment", LIMIT_DATAS},
    [WASM_SECTION_TAG] = {"tag", LIMIT_TAGS},
};

whit_status wasm_walk_fail(const wasm_walk *self, whit_error *error,
                           const char *text)
{
    return error_at(error, WHIT_MALFORMED, wasm_reader_offset(&self->reader),
                    "%s", text);
}

wasm_span wasm_walk_span(const wasm_walk *self, uint64_t start)
{
    return (wasm_span){start, wasm_reader_offset(&self->reader) - start};
}

whit_status wasm_walk_byte(wasm_walk *self, uint8_t *out, whit_error *error)
{
    wasm_reader *reader = &self->reader;
    if (UNLIKELY(reader->cursor == reader->end))
        return wasm_walk_fail(self, error,
                              "unexpected end of section or function");
    *out = *reader->cursor++;
    return WHIT_OK;
}

whit_status wasm_walk_count(wasm_walk *self, uint32_t limit, const char *what,
                            uint32_t *out, whit_error *error)
{
    wasm_reader *reader = &self->reader;
    uint64_t start = wasm_reader_offset(reader);
    TRY(wasm_read_u32(reader, out, error));
    if (*out > (size_t)(reader->end - reader->cursor))
        return error_at(error, WHIT_MALFORMED, start,
                        "unexpected end of section or function: length out of "
                        "bounds, %u %s announced",
                        *out, what);
    if (*out > limit)
        return error_at(error, WHIT_LIMIT, start,
                        "too many %s: %u, the limit is %u", what, *out, limit);
    return WHIT_OK;
}

whit_status wasm_walk_name(wasm_walk *self, slice *out, whit_error *error)
{
    wasm_reader *reader = &self->reader;
    uint64_t start = wasm_reader_offset(reader);
    uint32_t size;
    TRY(wasm_read_u32(reader, &size, error));
    if (size > (size_t)(reader->end - reader->cursor))
        return error_at(error, WHIT_MALFORMED, start,
                        "length out of bounds: a name of %u bytes", size);
    if (size > LIMIT_NAME_BYTES)
        return error_at(error, WHIT_LIMIT, start,
                        "name of %u bytes: the limit is %u", size,
                        LIMIT_NAME_BYTES);
    *out = slice_of(reader->cursor, size);
    if (!utf8_valid(*out))
        return wasm_walk_fail(self, error, "malformed UTF-8 encoding");
    reader->cursor += size;
    return WHIT_OK;
}

whit_status wasm_walk_expr(wasm_walk *self, slice *out, whit_error *error)
{
    const uint8_t *start = self->reader.cursor;
    uint32_t depth = 1;
    while (depth) {
        wasm_instruction instruction;
        TRY(wasm_read_instruction(&self->reader, &instruction, error));
        switch (instruction.op) {
        case WASM_OP_BLOCK:
        case WASM_OP_LOOP:
        case WASM_OP_IF:
        case WASM_OP_TRY_TABLE:
            depth++;
            break;
        case WASM_OP_END:
            depth--;
            break;
        }
    }
    *out = slice_of(start, (size_t)(self->reader.cursor - start));
    return WHIT_OK;
}

/* ---- Items ---- */

static whit_status read_export(wasm_walk *self, wasm_export *out,
                               whit_error *error)
{
    uint8_t kind = 0;
    TRY(wasm_walk_name(self, &out->name, error));
    TRY(wasm_walk_byte(self, &kind, error));
    if (kind >= WASM_EXTERN_KINDS) {
        self->reader.cursor--;
        return wasm_walk_fail(self, error, "malformed export kind");
    }
    out->kind = kind;
    return wasm_read_u32(&self->reader, &out->index, error);
}

/* Index in its space of the item that is being read. */
static uint32_t space_index(const wasm_walk *self, wasm_external_kind kind)
{
    return self->imported[kind] + self->item;
}

static whit_status visit_table(wasm_walk *self, uint64_t start,
                               whit_error *error)
{
    wasm_table table = {0};
    TRY(wasm_walk_table(self, &table, error));
    VISIT(self, table, space_index(self, WASM_EXTERN_TABLE),
          wasm_walk_span(self, start), &table, error);
    return WHIT_OK;
}

static whit_status visit_memory(wasm_walk *self, uint64_t start,
                                whit_error *error)
{
    wasm_memory memory = {0};
    TRY(wasm_walk_memory(self, &memory, error));
    VISIT(self, memory, space_index(self, WASM_EXTERN_MEMORY),
          wasm_walk_span(self, start), &memory, error);
    return WHIT_OK;
}

static whit_status visit_global(wasm_walk *self, uint64_t start,
                                whit_error *error)
{
    wasm_global global = {0};
    TRY(wasm_walk_global(self, &global, error));
    VISIT(self, global, space_index(self, WASM_EXTERN_GLOBAL),
          wasm_walk_span(self, start), &global, error);
    return WHIT_OK;
}

static whit_status visit_tag(wasm_walk *self, uint64_t start, whit_error *error)
{
    wasm_tag tag = {0};
    TRY(wasm_walk_tag(self, &tag, error));
    VISIT(self, tag, space_index(self, WASM_EXTERN_TAG),
          wasm_walk_span(self, start), &tag, error);
    return WHIT_OK;
}

static whit_status visit_function(wasm_walk *self, uint64_t start,
                                  whit_error *error)
{
    uint32_t type;
    TRY(wasm_read_u32(&self->reader, &type, error));
    VISIT(self, function, space_index(self, WASM_EXTERN_FUNC),
          wasm_walk_span(self, start), type, error);
    return WHIT_OK;
}

static whit_status visit_export(wasm_walk *self, uint64_t start,
                                whit_error *error)
{
    wasm_export export = {0};
    TRY(read_export(self, &export, error));
    VISIT(self, export, self->item, wasm_walk_span(self, start), &export,
          error);
    return WHIT_OK;
}

static whit_status visit_elem(wasm_walk *self, uint64_t start,
                              whit_error *error)
{
    wasm_elem elem = {0};
    TRY(wasm_walk_elem(self, &elem, error));
    VISIT(self, elem, self->item, wasm_walk_span(self, start), &elem, error);
    return WHIT_OK;
}

static whit_status visit_code(wasm_walk *self, uint64_t start,
                              whit_error *error)
{
    wasm_code code = {0};
    TRY(wasm_walk_code(self, &code, error));
    VISIT(self, code, space_index(self, WASM_EXTERN_FUNC),
          wasm_walk_span(self, start), &code, error);
    return WHIT_OK;
}

static whit_status visit_data(wasm_walk *self, uint64_t start,
                              whit_error *error)
{
    wasm_data data = {0};
    TRY(wasm_walk_data(self, &data, error));
    VISIT(self, data, self->item, wasm_walk_span(self, start), &data, error);
    return WHIT_OK;
}

static whit_status visit_item(wasm_walk *self, whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader);
    switch (self->section) {
    case WASM_SECTION_TYPE:
        return wasm_walk_type(self, error);
    case WASM_SECTION_IMPORT:
        return wasm_walk_import(self, error);
    case WASM_SECTION_FUNCTION:
        return visit_function(self, start, error);
    case WASM_SECTION_TABLE:
        return visit_table(self, start, error);
    case WASM_SECTION_MEMORY:
        return visit_memory(self, start, error);
    case WASM_SECTION_GLOBAL:
        return visit_global(self, start, error);
    case WASM_SECTION_EXPORT:
        return visit_export(self, start, error);
    case WASM_SECTION_ELEMENT:
        return visit_elem(self, start, error);
    case WASM_SECTION_CODE:
        return visit_code(self, start, error);
    case WASM_SECTION_DATA:
        return visit_data(self, start, error);
    case WASM_SECTION_TAG:
        return visit_tag(self, start, error);
    case WASM_SECTION_CUSTOM:
    case WASM_SECTION_START:
    case WASM_SECTION_DATA_COUNT:
    case WASM_SECTION_IDS:
        break;
    }
    return WHIT_OK;
}

/* ---- Sections ---- */

static whit_status visit_vector(wasm_walk *self, whit_error *error)
{
    uint32_t count;
    TRY(wasm_walk_count(self, section_items[self->section].limit,
                        section_items[self->section].noun, &count, error));
    if (self->section == WASM_SECTION_FUNCTION)
        self->function_count = count;
    if (self->section == WASM_SECTION_DATA)
        self->data_count = count;
    if (self->section == WASM_SECTION_CODE) {
        self->code_count = count;
        if (count != self->function_count)
            return wasm_walk_fail(self, error,
                                  "function and code section have "
                                  "inconsistent lengths");
    }
    VISIT(self, count, self->section, count, error);
    self->in_item = true;
    for (self->item = 0; self->item < count; self->item++)
        TRY(visit_item(self, error));
    self->in_item = false;
    return WHIT_OK;
}

static whit_status visit_custom(wasm_walk *self, wasm_section_id after,
                                uint64_t start, whit_error *error)
{
    wasm_custom custom = {.after = after};
    wasm_reader *reader = &self->reader;
    TRY(wasm_walk_name(self, &custom.name, error));
    custom.offset = (uint32_t)wasm_reader_offset(reader);
    custom.bytes =
        slice_of(reader->cursor, (size_t)(reader->end - reader->cursor));
    reader->cursor = reader->end;
    VISIT(self, custom, wasm_walk_span(self, start), &custom, error);
    return WHIT_OK;
}

static whit_status visit_start(wasm_walk *self, whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader);
    uint32_t function;
    TRY(wasm_read_u32(&self->reader, &function, error));
    VISIT(self, start, wasm_walk_span(self, start), function, error);
    return WHIT_OK;
}

static whit_status visit_data_count(wasm_walk *self, whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader);
    TRY(wasm_read_u32(&self->reader, &self->data_announced, error));
    self->has_data_count = true;
    VISIT(self, data_count, wasm_walk_span(self, start), self->data_announced,
          error);
    return WHIT_OK;
}

static whit_status visit_section(wasm_walk *self, wasm_section_id after,
                                 whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader);
    switch (self->section) {
    case WASM_SECTION_CUSTOM:
        TRY(visit_custom(self, after, start, error));
        break;
    case WASM_SECTION_START:
        TRY(visit_start(self, error));
        break;
    case WASM_SECTION_DATA_COUNT:
        TRY(visit_data_count(self, error));
        break;
    default:
        TRY(visit_vector(self, error));
    }
    if (self->reader.cursor != self->reader.end)
        return wasm_walk_fail(self, error, "section size mismatch");
    return WHIT_OK;
}

static void add_context(const wasm_walk *self, whit_status status,
                        whit_error *error)
{
    if (status != WHIT_MALFORMED && status != WHIT_INVALID &&
        status != WHIT_LIMIT)
        return;
    const char *name = wasm_section_text(self->section);
    if (!self->in_item) {
        error_suffix(error, " (%s section)", name);
        return;
    }
    uint32_t item = self->item;
    if (self->section == WASM_SECTION_CODE)
        item += self->imported[WASM_EXTERN_FUNC];
    error_suffix(error, " (%s section, %s %u)", name,
                 section_items[self->section].noun, item);
}

/* Reads a section's id and size; the reader then ends with the section. */
static whit_status read_header(wasm_walk *self, whit_error *error)
{
    wasm_reader *reader = &self->reader;
    uint64_t start = wasm_reader_offset(reader);
    uint8_t id = *reader->cursor++;
    if (id >= WASM_SECTION_IDS)
        return error_at(error, WHIT_MALFORMED, start, "malformed section id %u",
                        id);
    uint32_t size;
    self->section = id;
    TRY(wasm_read_u32(reader, &size, error));
    wasm_span header = wasm_walk_span(self, start);
    if (size > (size_t)(reader->end - reader->cursor))
        return error_at(error, WHIT_MALFORMED, start,
                        "length out of bounds: unexpected end of the %s "
                        "section of %u bytes",
                        wasm_section_text(id), size);
    slice payload = slice_of(reader->cursor, size);
    VISIT(self, section, id, header, payload, error);
    reader->end = reader->cursor + size;
    return WHIT_OK;
}

static whit_status walk_sections(wasm_walk *self, whit_error *error)
{
    const uint8_t *end = self->reader.end;
    wasm_section_id last = WASM_SECTION_CUSTOM;
    while (self->reader.cursor < end) {
        uint64_t start = wasm_reader_offset(&self->reader);
        TRY(read_header(self, error));
        if (self->section != WASM_SECTION_CUSTOM &&
            section_order[self->section] <= section_order[last])
            return error_at(error, WHIT_MALFORMED, start,
                            "unexpected content after last section: the %s "
                            "section cannot stand behind the %s section",
                            wasm_section_text(self->section),
                            wasm_section_text(last));
        whit_status status = visit_section(self, last, error);
        if (status != WHIT_OK) {
            add_context(self, status, error);
            return status;
        }
        self->reader.end = end;
        if (self->section != WASM_SECTION_CUSTOM)
            last = self->section;
    }
    if (self->function_count != self->code_count)
        return wasm_walk_fail(self, error,
                              "function and code section have inconsistent "
                              "lengths");
    if (self->has_data_count && self->data_announced != self->data_count)
        return wasm_walk_fail(self, error,
                              "data count and data section have inconsistent "
                              "lengths");
    return WHIT_OK;
}

static whit_status read_preamble(slice bytes, whit_error *error)
{
    static const uint8_t magic[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (bytes.size < 4)
        return error_at(error, WHIT_MALFORMED, bytes.size, "unexpected end");
    if (memcmp(bytes.data, magic, 4))
        return error_at(error, WHIT_MALFORMED, 0,
                        "magic header not detected: no WebAssembly module");
    if (bytes.size < sizeof magic)
        return error_at(error, WHIT_MALFORMED, bytes.size, "unexpected end");
    if (!memcmp(bytes.data + 6, "\1\0", 2))
        return error_at(error, WHIT_MALFORMED, 4,
                        "unknown binary version: this is a component, a core "
                        "module is expected");
    if (memcmp(bytes.data, magic, sizeof magic))
        return error_at(error, WHIT_MALFORMED, 4, "unknown binary version");
    return WHIT_OK;
}

whit_status wasm_visit(slice bytes, wasm_features features,
                       const wasm_visitor *visitor, whit_error *error)
{
    if (bytes.size > LIMIT_MODULE_BYTES)
        return error_set(error, WHIT_LIMIT,
                         "module of %zu bytes: the limit is %u", bytes.size,
                         LIMIT_MODULE_BYTES);
    TRY(read_preamble(bytes, error));
    arena scratch;
    arena_init(&scratch);
    wasm_walk walk = {
        .visitor = visitor,
        .features = features,
        .arena = visitor->arena ? visitor->arena : &scratch,
        .reader = wasm_reader_new(bytes, 0),
    };
    walk.reader.cursor += 8;
    whit_status status = walk_sections(&walk, error);
    arena_release(&scratch);
    return status;
}
