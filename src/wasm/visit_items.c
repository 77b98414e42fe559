/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The streaming reader's items: types, imports, segments, code. */
#include "wasm/visit_private.h"

#include <inttypes.h>

#include "base/leb128.h"
#include "base/limits.h"
#include "base/memory.h"
#include "wasm/piece.h"

enum {
    TYPE_REC = 0x4e,
    TYPE_SUB_FINAL = 0x4f,
    TYPE_SUB = 0x50,
    TABLE_WITH_INIT = 0x40,
    LIMITS_HAS_MAX = 1,
    LIMITS_SHARED = 2,
    LIMITS_IS64 = 4,
    ELEM_NOT_ACTIVE = 1,
    ELEM_EXPLICIT = 2, /* active: a table index; else: declarative */
    ELEM_EXPRS = 4
};

/* ---- Types ---- */

static whit_status read_mutability(wasm_walk *self, bool *out,
                                   whit_error *error)
{
    uint8_t byte = 0;
    TRY(wasm_walk_byte(self, &byte, error));
    if (byte > 1) {
        self->reader.cursor--;
        return wasm_walk_fail(self, error, "malformed mutability");
    }
    *out = byte;
    return WHIT_OK;
}

static whit_status read_valtypes(wasm_walk *self, uint32_t limit,
                                 const char *what, const wasm_valtype **out,
                                 uint32_t *count, whit_error *error)
{
    *out = NULL;
    TRY(wasm_walk_count(self, limit, what, count, error));
    if (!*count)
        return WHIT_OK;
    wasm_valtype *types = arena_alloc(self->arena, *count * sizeof *types);
    TRY_ALLOC(types, error);
    for (uint32_t i = 0; i < *count; i++)
        TRY(wasm_read_valtype(&self->reader, &types[i], error));
    *out = types;
    return WHIT_OK;
}

static whit_status read_fields(wasm_walk *self, uint32_t count,
                               wasm_subtype *out, whit_error *error)
{
    wasm_field *fields = arena_array(self->arena, count, sizeof *fields);
    TRY_ALLOC(fields, error);
    out->fields = fields;
    out->field_count = count;
    wasm_reader *reader = &self->reader;
    for (uint32_t i = 0; i < count; i++) {
        if (reader->cursor < reader->end && wasm_is_packed(*reader->cursor))
            fields[i].type = *reader->cursor++;
        else
            TRY(wasm_read_valtype(reader, &fields[i].type, error));
        TRY(read_mutability(self, &fields[i].mutable_, error));
    }
    return WHIT_OK;
}

static whit_status read_comptype(wasm_walk *self, uint8_t kind,
                                 wasm_subtype *out, whit_error *error)
{
    out->kind = kind;
    switch (kind) {
    case WASM_COMP_FUNC:
        TRY(read_valtypes(self, LIMIT_PARAMS, "parameters", &out->func.params,
                          &out->func.param_count, error));
        return read_valtypes(self, LIMIT_RESULTS, "results", &out->func.results,
                             &out->func.result_count, error);
    case WASM_COMP_STRUCT: {
        uint32_t count;
        TRY(wasm_walk_count(self, LIMIT_FIELDS, "fields", &count, error));
        return read_fields(self, count, out, error);
    }
    case WASM_COMP_ARRAY:
        return read_fields(self, 1, out, error);
    }
    self->reader.cursor--;
    return error_at(error, WHIT_MALFORMED, wasm_reader_offset(&self->reader),
                    "malformed definition type 0x%02x", kind);
}

/* The byte `kind` has been read. */
static whit_status read_subtype(wasm_walk *self, uint8_t kind,
                                wasm_subtype *out, whit_error *error)
{
    out->super = WASM_NO_INDEX;
    out->final = true;
    if (kind == TYPE_SUB || kind == TYPE_SUB_FINAL) {
        out->final = kind == TYPE_SUB_FINAL;
        uint32_t count;
        TRY(wasm_walk_count(self, UINT32_MAX, "super types", &count, error));
        if (count > 1)
            return error_at(error, WHIT_INVALID,
                            wasm_reader_offset(&self->reader),
                            "sub type with %u super types", count);
        if (count)
            TRY(wasm_read_u32(&self->reader, &out->super, error));
        TRY(wasm_walk_byte(self, &kind, error));
    }
    return read_comptype(self, kind, out, error);
}

whit_status wasm_walk_type(wasm_walk *self, whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader);
    uint8_t kind = 0;
    uint32_t count = 1;
    TRY(wasm_walk_byte(self, &kind, error));
    bool explicit = kind == TYPE_REC;
    if (explicit)
        TRY(wasm_walk_count(self, LIMIT_TYPES, "types", &count, error));
    if (count > LIMIT_TYPES - self->type_count)
        return error_at(error, WHIT_LIMIT, start,
                        "too many types: the limit is %u", LIMIT_TYPES);
    uint32_t first = self->type_count;
    for (uint32_t i = 0; i < count; i++) {
        wasm_subtype type = {
            .rec_first = first, .rec_count = count, .rec_explicit = explicit};
        if (explicit) {
            start = wasm_reader_offset(&self->reader);
            TRY(wasm_walk_byte(self, &kind, error));
        }
        TRY(read_subtype(self, kind, &type, error));
        VISIT(self, type, first + i, wasm_walk_span(self, start), &type, error);
        self->type_count++;
    }
    return WHIT_OK;
}

/* ---- Tables, memories, globals, tags, imports ---- */

static whit_status read_reftype(wasm_walk *self, wasm_valtype *out,
                                whit_error *error)
{
    const uint8_t *start = self->reader.cursor;
    TRY(wasm_read_valtype(&self->reader, out, error));
    if (wasm_is_ref(*out))
        return WHIT_OK;
    self->reader.cursor = start;
    return wasm_walk_fail(self, error, "malformed reference type");
}

static whit_status read_u64(wasm_walk *self, uint64_t *out, whit_error *error)
{
    leb128_result result =
        leb128_read_u(&self->reader.cursor, self->reader.end, 64, out);
    if (result == LEB128_OK)
        return WHIT_OK;
    return wasm_walk_fail(self, error, leb128_text(result));
}

static whit_status read_limits(wasm_walk *self, uint8_t allowed,
                               wasm_limits *out, whit_error *error)
{
    uint8_t flags = 0;
    TRY(wasm_walk_byte(self, &flags, error));
    if (flags & ~allowed) {
        self->reader.cursor--;
        return error_at(error, WHIT_MALFORMED,
                        wasm_reader_offset(&self->reader),
                        "malformed limits flags 0x%02x", flags);
    }
    out->has_max = flags & LIMITS_HAS_MAX;
    out->shared = flags & LIMITS_SHARED;
    out->is64 = flags & LIMITS_IS64;
    TRY(read_u64(self, &out->min, error));
    if (out->has_max)
        TRY(read_u64(self, &out->max, error));
    return WHIT_OK;
}

static whit_status read_table_type(wasm_walk *self, wasm_table *out,
                                   whit_error *error)
{
    TRY(read_reftype(self, &out->type, error));
    return read_limits(self, LIMITS_HAS_MAX | LIMITS_IS64, &out->limits, error);
}

whit_status wasm_walk_table(wasm_walk *self, wasm_table *out, whit_error *error)
{
    wasm_reader *reader = &self->reader;
    if (reader->cursor == reader->end || *reader->cursor != TABLE_WITH_INIT)
        return read_table_type(self, out, error);
    reader->cursor++;
    uint8_t zero = 0;
    TRY(wasm_walk_byte(self, &zero, error));
    if (zero) {
        reader->cursor--;
        return wasm_walk_fail(self, error, "zero byte expected");
    }
    TRY(read_table_type(self, out, error));
    return wasm_walk_expr(self, &out->init, error);
}

whit_status wasm_walk_memory(wasm_walk *self, wasm_memory *out,
                             whit_error *error)
{
    return read_limits(self, LIMITS_HAS_MAX | LIMITS_SHARED | LIMITS_IS64,
                       &out->limits, error);
}

static whit_status read_global_type(wasm_walk *self, wasm_global *out,
                                    whit_error *error)
{
    TRY(wasm_read_valtype(&self->reader, &out->type, error));
    return read_mutability(self, &out->mutable_, error);
}

whit_status wasm_walk_global(wasm_walk *self, wasm_global *out,
                             whit_error *error)
{
    TRY(read_global_type(self, out, error));
    return wasm_walk_expr(self, &out->init, error);
}

whit_status wasm_walk_tag(wasm_walk *self, wasm_tag *out, whit_error *error)
{
    uint8_t attribute = 0;
    TRY(wasm_walk_byte(self, &attribute, error));
    if (attribute) {
        self->reader.cursor--;
        return wasm_walk_fail(self, error, "malformed tag attribute");
    }
    return wasm_read_u32(&self->reader, &out->type, error);
}

typedef union external_type {
    wasm_function function;
    wasm_table table;
    wasm_memory memory;
    wasm_global global;
    wasm_tag tag;
} external_type;

static whit_status read_external_type(wasm_walk *self, wasm_external_kind kind,
                                      external_type *out, whit_error *error)
{
    switch (kind) {
    case WASM_EXTERN_FUNC:
        out->function = (wasm_function){.imported = true};
        return wasm_read_u32(&self->reader, &out->function.type, error);
    case WASM_EXTERN_TABLE:
        out->table = (wasm_table){.imported = true};
        return read_table_type(self, &out->table, error);
    case WASM_EXTERN_MEMORY:
        out->memory = (wasm_memory){.imported = true};
        return wasm_walk_memory(self, &out->memory, error);
    case WASM_EXTERN_GLOBAL:
        out->global = (wasm_global){.imported = true};
        return read_global_type(self, &out->global, error);
    case WASM_EXTERN_TAG:
        out->tag = (wasm_tag){.imported = true};
        return wasm_walk_tag(self, &out->tag, error);
    case WASM_EXTERN_KINDS:
        break;
    }
    self->reader.cursor--;
    return wasm_walk_fail(self, error, "malformed import kind");
}

whit_status wasm_walk_import(wasm_walk *self, whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader);
    wasm_import import = {0};
    uint8_t kind = 0;
    external_type what;
    TRY(wasm_walk_name(self, &import.module, error));
    TRY(wasm_walk_name(self, &import.name, error));
    TRY(wasm_walk_byte(self, &kind, error));
    import.kind = kind < WASM_EXTERN_KINDS ? kind : WASM_EXTERN_KINDS;
    TRY(read_external_type(self, import.kind, &what, error));
    import.index = self->imported[import.kind]++;
    VISIT(self, import, self->item, wasm_walk_span(self, start), &import, &what,
          error);
    return WHIT_OK;
}

/* ---- Pieces ---- */

whit_status wasm_read_byte(wasm_reader *self, uint8_t *out, whit_error *error)
{
    wasm_walk walk = {.reader = *self};
    TRY(wasm_walk_byte(&walk, out, error));
    *self = walk.reader;
    return WHIT_OK;
}

whit_status wasm_read_name(wasm_reader *self, slice *out, whit_error *error)
{
    wasm_walk walk = {.reader = *self};
    TRY(wasm_walk_name(&walk, out, error));
    *self = walk.reader;
    return WHIT_OK;
}

whit_status wasm_read_count(wasm_reader *self, uint32_t limit, const char *what,
                            uint32_t *out, whit_error *error)
{
    wasm_walk walk = {.reader = *self};
    TRY(wasm_walk_count(&walk, limit, what, out, error));
    *self = walk.reader;
    return WHIT_OK;
}

typedef struct group_list {
    void *items;
    size_t capacity;
    size_t count;
} group_list;

static whit_status on_group_type(void *context, uint32_t index, wasm_span span,
                                 const wasm_subtype *type, whit_error *error)
{
    group_list *list = context;
    (void)index, (void)span;
    TRY(mem_grow(&list->items, &list->capacity, list->count, sizeof *type,
                 LIMIT_TYPES, "types", error));
    ((wasm_subtype *)list->items)[list->count++] = *type;
    return WHIT_OK;
}

whit_status wasm_read_group(wasm_reader *self, arena *memory,
                            wasm_subtype **types, uint32_t *count,
                            whit_error *error)
{
    group_list list = {0};
    wasm_visitor visitor = {.self = &list, .type = on_group_type};
    wasm_walk walk = {.visitor = &visitor, .reader = *self, .arena = memory};
    whit_status status = wasm_walk_type(&walk, error);
    if (status == WHIT_OK) {
        *self = walk.reader;
        *count = (uint32_t)list.count;
        *types = arena_dup(memory, list.items, list.count * sizeof **types);
        if (!*types)
            status = error_memory(error);
    }
    mem_free(list.items);
    return status;
}

whit_status wasm_read_external(wasm_reader *self, wasm_external *out,
                               whit_error *error)
{
    wasm_walk walk = {.reader = *self};
    uint8_t kind = 0;
    external_type what = {0};
    TRY(wasm_walk_byte(&walk, &kind, error));
    out->kind = kind < WASM_EXTERN_KINDS ? kind : WASM_EXTERN_KINDS;
    TRY(read_external_type(&walk, out->kind, &what, error));
    *self = walk.reader;
    switch (out->kind) {
    case WASM_EXTERN_FUNC:
        out->type = what.function.type;
        break;
    case WASM_EXTERN_TABLE:
        out->table = what.table;
        break;
    case WASM_EXTERN_MEMORY:
        out->memory = what.memory;
        break;
    case WASM_EXTERN_GLOBAL:
        out->global = what.global;
        break;
    default:
        out->type = what.tag.type;
    }
    return WHIT_OK;
}

/* ---- Segments ---- */

static whit_status read_elem_functions(wasm_walk *self, wasm_elem *out,
                                       whit_error *error)
{
    out->type = wasm_ref(WASM_HEAP_FUNC, false);
    TRY(wasm_walk_count(self, LIMIT_ELEM_ITEMS, "items", &out->count, error));
    uint32_t *items = arena_alloc(self->arena, out->count * sizeof *items);
    TRY_ALLOC(items, error);
    for (uint32_t i = 0; i < out->count; i++)
        TRY(wasm_read_u32(&self->reader, &items[i], error));
    out->functions = items;
    return WHIT_OK;
}

static whit_status read_elem_exprs(wasm_walk *self, wasm_elem *out,
                                   whit_error *error)
{
    TRY(wasm_walk_count(self, LIMIT_ELEM_ITEMS, "items", &out->count, error));
    slice *items = arena_alloc(self->arena, out->count * sizeof *items);
    TRY_ALLOC(items, error);
    for (uint32_t i = 0; i < out->count; i++)
        TRY(wasm_walk_expr(self, &items[i], error));
    out->exprs = items;
    out->is_exprs = true;
    return WHIT_OK;
}

static whit_status read_elem_kind(wasm_walk *self, whit_error *error)
{
    uint8_t kind = 0;
    TRY(wasm_walk_byte(self, &kind, error));
    if (!kind)
        return WHIT_OK;
    self->reader.cursor--;
    return wasm_walk_fail(self, error, "malformed element kind");
}

whit_status wasm_walk_elem(wasm_walk *self, wasm_elem *out, whit_error *error)
{
    uint32_t flags;
    TRY(wasm_read_u32(&self->reader, &flags, error));
    if (flags > 7)
        return wasm_walk_fail(self, error, "malformed elements segment kind");
    if (!(flags & ELEM_NOT_ACTIVE)) {
        out->mode = WASM_SEGMENT_ACTIVE;
        if (flags & ELEM_EXPLICIT)
            TRY(wasm_read_u32(&self->reader, &out->table, error));
        TRY(wasm_walk_expr(self, &out->offset, error));
    } else {
        out->mode = flags & ELEM_EXPLICIT ? WASM_SEGMENT_DECLARATIVE
                                          : WASM_SEGMENT_PASSIVE;
    }
    bool typed = flags & (ELEM_NOT_ACTIVE | ELEM_EXPLICIT);
    if (flags & ELEM_EXPRS) {
        out->type = WASM_FUNCREF;
        if (typed)
            TRY(read_reftype(self, &out->type, error));
        return read_elem_exprs(self, out, error);
    }
    if (typed)
        TRY(read_elem_kind(self, error));
    return read_elem_functions(self, out, error);
}

whit_status wasm_walk_data(wasm_walk *self, wasm_data *out, whit_error *error)
{
    uint32_t flags, size;
    wasm_reader *reader = &self->reader;
    TRY(wasm_read_u32(reader, &flags, error));
    if (flags > 2)
        return wasm_walk_fail(self, error, "malformed data segment kind");
    out->mode = flags == 1 ? WASM_SEGMENT_PASSIVE : WASM_SEGMENT_ACTIVE;
    if (flags == 2)
        TRY(wasm_read_u32(reader, &out->memory, error));
    if (flags != 1)
        TRY(wasm_walk_expr(self, &out->offset, error));
    TRY(wasm_read_u32(reader, &size, error));
    if (size > (size_t)(reader->end - reader->cursor))
        return wasm_walk_fail(self, error,
                              "unexpected end of section or function");
    out->bytes = slice_of(reader->cursor, size);
    reader->cursor += size;
    return WHIT_OK;
}

/* ---- Code ---- */

static whit_status read_locals(wasm_walk *self, wasm_code *out,
                               whit_error *error)
{
    uint64_t start = wasm_reader_offset(&self->reader), total = 0;
    uint32_t count;
    TRY(wasm_walk_count(self, UINT32_MAX, "locals", &count, error));
    wasm_local_group *groups = NULL;
    if (count) {
        groups = arena_alloc(self->arena, count * sizeof *groups);
        TRY_ALLOC(groups, error);
    }
    for (uint32_t i = 0; i < count; i++) {
        TRY(wasm_read_u32(&self->reader, &groups[i].count, error));
        TRY(wasm_read_valtype(&self->reader, &groups[i].type, error));
        total += groups[i].count;
    }
    if (total > UINT32_MAX)
        return error_at(error, WHIT_MALFORMED, start,
                        "too many locals: %" PRIu64, total);
    if (total > LIMIT_LOCALS)
        return error_at(error, WHIT_LIMIT, start,
                        "too many locals: %" PRIu64 ", the limit is %u", total,
                        LIMIT_LOCALS);
    out->locals = groups;
    out->local_group_count = count;
    out->local_count = (uint32_t)total;
    return WHIT_OK;
}

/* Of a body that cannot be whole, finds the first thing that is wrong. */
static whit_status missing_end(wasm_walk *self, whit_error *error)
{
    wasm_instruction instruction;
    while (self->reader.cursor < self->reader.end)
        TRY(wasm_read_instruction(&self->reader, &instruction, error));
    return wasm_walk_fail(self, error,
                          "END opcode expected, unexpected end of section or "
                          "function");
}

whit_status wasm_walk_code(wasm_walk *self, wasm_code *out, whit_error *error)
{
    wasm_reader *reader = &self->reader;
    uint32_t size;
    TRY(wasm_read_u32(reader, &size, error));
    if (size > (size_t)(reader->end - reader->cursor))
        return wasm_walk_fail(self, error,
                              "unexpected end of section or function");
    if (size > LIMIT_FUNCTION_BYTES)
        return error_at(error, WHIT_LIMIT, wasm_reader_offset(reader),
                        "function of %u bytes: the limit is %u", size,
                        LIMIT_FUNCTION_BYTES);
    const uint8_t *section_end = reader->end;
    reader->end = reader->cursor + size;
    TRY(read_locals(self, out, error));
    out->body =
        slice_of(reader->cursor, (size_t)(reader->end - reader->cursor));
    out->offset = (uint32_t)wasm_reader_offset(reader);
    if (!out->body.size || reader->end[-1] != WASM_OP_END)
        return missing_end(self, error);
    reader->cursor = reader->end;
    reader->end = section_end;
    return WHIT_OK;
}
