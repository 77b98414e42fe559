/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a module to bytes. */
#include "wasm/encode.h"

#include "base/leb128.h"
#include "wasm/instruction.h"
#include "wasm/piece.h"

/* The sections of a module in their order. */
static const uint8_t section_order[] = {
    WASM_SECTION_TYPE,    WASM_SECTION_IMPORT,     WASM_SECTION_FUNCTION,
    WASM_SECTION_TABLE,   WASM_SECTION_MEMORY,     WASM_SECTION_TAG,
    WASM_SECTION_GLOBAL,  WASM_SECTION_EXPORT,     WASM_SECTION_START,
    WASM_SECTION_ELEMENT, WASM_SECTION_DATA_COUNT, WASM_SECTION_CODE,
    WASM_SECTION_DATA,
};

static void put_name(buffer *out, slice name)
{
    buffer_uleb(out, name.size);
    buffer_slice(out, name);
}

/* ---- Types ---- */

static void put_valtypes(buffer *out, const wasm_valtype *types, uint32_t count)
{
    buffer_uleb(out, count);
    for (uint32_t i = 0; i < count; i++)
        wasm_write_valtype(out, types[i]);
}

static void put_subtype(buffer *out, const wasm_subtype *type)
{
    if (!type->final || type->super != WASM_NO_INDEX) {
        buffer_put(out, type->final ? 0x4f : 0x50);
        buffer_uleb(out, type->super != WASM_NO_INDEX);
        if (type->super != WASM_NO_INDEX)
            buffer_uleb(out, type->super);
    }
    buffer_put(out, type->kind);
    if (type->kind == WASM_COMP_FUNC) {
        put_valtypes(out, type->func.params, type->func.param_count);
        put_valtypes(out, type->func.results, type->func.result_count);
        return;
    }
    if (type->kind == WASM_COMP_STRUCT)
        buffer_uleb(out, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++) {
        wasm_write_valtype(out, type->fields[i].type);
        buffer_put(out, type->fields[i].mutable_);
    }
}

static uint32_t put_types(buffer *out, const wasm_module *m)
{
    uint32_t groups = 0;
    for (uint32_t i = 0; i < m->type_count; i += m->types[i].rec_count)
        groups++;
    buffer_uleb(out, groups);
    for (uint32_t i = 0; i < m->type_count; i++) {
        const wasm_subtype *type = &m->types[i];
        if (i == type->rec_first &&
            (type->rec_explicit || type->rec_count > 1)) {
            buffer_put(out, 0x4e);
            buffer_uleb(out, type->rec_count);
        }
        put_subtype(out, type);
    }
    return groups;
}

static void put_limits(buffer *out, const wasm_limits *limits)
{
    buffer_put(out, (uint8_t)(limits->has_max | limits->shared << 1 |
                              limits->is64 << 2));
    buffer_uleb(out, limits->min);
    if (limits->has_max)
        buffer_uleb(out, limits->max);
}

static void put_table_type(buffer *out, const wasm_table *table)
{
    wasm_write_valtype(out, table->type);
    put_limits(out, &table->limits);
}

static void put_global_type(buffer *out, const wasm_global *global)
{
    wasm_write_valtype(out, global->type);
    buffer_put(out, global->mutable_);
}

static void put_tag(buffer *out, const wasm_tag *tag)
{
    buffer_put(out, 0);
    buffer_uleb(out, tag->type);
}

void wasm_write_group(buffer *out, const wasm_subtype *types, uint32_t count)
{
    if (count != 1 || types->rec_explicit) {
        buffer_put(out, 0x4e);
        buffer_uleb(out, count);
    }
    for (uint32_t i = 0; i < count; i++)
        put_subtype(out, &types[i]);
}

void wasm_write_external(buffer *out, const wasm_external *what)
{
    buffer_put(out, (uint8_t)what->kind);
    switch (what->kind) {
    case WASM_EXTERN_FUNC:
        buffer_uleb(out, what->type);
        break;
    case WASM_EXTERN_TABLE:
        put_table_type(out, &what->table);
        break;
    case WASM_EXTERN_MEMORY:
        put_limits(out, &what->memory.limits);
        break;
    case WASM_EXTERN_GLOBAL:
        put_global_type(out, &what->global);
        break;
    case WASM_EXTERN_TAG:
        put_tag(out, &(wasm_tag){.type = what->type});
        break;
    case WASM_EXTERN_KINDS:
        break;
    }
}

/* ---- Sections: each returns how many items it wrote ---- */

static uint32_t put_imports(buffer *out, const wasm_module *m)
{
    buffer_uleb(out, m->import_count);
    for (uint32_t i = 0; i < m->import_count; i++) {
        const wasm_import *import = &m->imports[i];
        put_name(out, import->module);
        put_name(out, import->name);
        buffer_put(out, (uint8_t)import->kind);
        switch (import->kind) {
        case WASM_EXTERN_FUNC:
            buffer_uleb(out, m->functions[import->index].type);
            break;
        case WASM_EXTERN_TABLE:
            put_table_type(out, &m->tables[import->index]);
            break;
        case WASM_EXTERN_MEMORY:
            put_limits(out, &m->memories[import->index].limits);
            break;
        case WASM_EXTERN_GLOBAL:
            put_global_type(out, &m->globals[import->index]);
            break;
        case WASM_EXTERN_TAG:
            put_tag(out, &m->tags[import->index]);
            break;
        case WASM_EXTERN_KINDS:
            break;
        }
    }
    return m->import_count;
}

static uint32_t put_functions(buffer *out, const wasm_module *m)
{
    uint32_t first = m->imported[WASM_EXTERN_FUNC];
    buffer_uleb(out, m->function_count - first);
    for (uint32_t i = first; i < m->function_count; i++)
        buffer_uleb(out, m->functions[i].type);
    return m->function_count - first;
}

static uint32_t put_tables(buffer *out, const wasm_module *m)
{
    uint32_t first = m->imported[WASM_EXTERN_TABLE];
    buffer_uleb(out, m->table_count - first);
    for (uint32_t i = first; i < m->table_count; i++) {
        const wasm_table *table = &m->tables[i];
        if (table->init.size)
            buffer_append(out, "\x40\0", 2);
        put_table_type(out, table);
        buffer_slice(out, table->init);
    }
    return m->table_count - first;
}

static uint32_t put_memories(buffer *out, const wasm_module *m)
{
    uint32_t first = m->imported[WASM_EXTERN_MEMORY];
    buffer_uleb(out, m->memory_count - first);
    for (uint32_t i = first; i < m->memory_count; i++)
        put_limits(out, &m->memories[i].limits);
    return m->memory_count - first;
}

static uint32_t put_tags(buffer *out, const wasm_module *m)
{
    uint32_t first = m->imported[WASM_EXTERN_TAG];
    buffer_uleb(out, m->tag_count - first);
    for (uint32_t i = first; i < m->tag_count; i++)
        put_tag(out, &m->tags[i]);
    return m->tag_count - first;
}

static uint32_t put_globals(buffer *out, const wasm_module *m)
{
    uint32_t first = m->imported[WASM_EXTERN_GLOBAL];
    buffer_uleb(out, m->global_count - first);
    for (uint32_t i = first; i < m->global_count; i++) {
        put_global_type(out, &m->globals[i]);
        buffer_slice(out, m->globals[i].init);
    }
    return m->global_count - first;
}

static uint32_t put_exports(buffer *out, const wasm_module *m)
{
    buffer_uleb(out, m->export_count);
    for (uint32_t i = 0; i < m->export_count; i++) {
        put_name(out, m->exports[i].name);
        buffer_put(out, (uint8_t)m->exports[i].kind);
        buffer_uleb(out, m->exports[i].index);
    }
    return m->export_count;
}

/* The flags with the shortest form of a segment, see the specification's
 * table of element segments. */
static uint32_t elem_flags(const wasm_elem *elem)
{
    uint32_t flags = elem->is_exprs ? 4 : 0;
    switch (elem->mode) {
    case WASM_SEGMENT_ACTIVE:
        if (elem->table || (elem->is_exprs && elem->type != WASM_FUNCREF))
            flags |= 2;
        break;
    case WASM_SEGMENT_PASSIVE:
        flags |= 1;
        break;
    case WASM_SEGMENT_DECLARATIVE:
        flags |= 3;
        break;
    }
    return flags;
}

static void put_elem(buffer *out, const wasm_elem *elem)
{
    uint32_t flags = elem_flags(elem);
    buffer_uleb(out, flags);
    if (elem->mode == WASM_SEGMENT_ACTIVE) {
        if (flags & 2)
            buffer_uleb(out, elem->table);
        buffer_slice(out, elem->offset);
    }
    if (flags & 3) {
        if (elem->is_exprs)
            wasm_write_valtype(out, elem->type);
        else
            buffer_put(out, 0);
    }
    buffer_uleb(out, elem->count);
    for (uint32_t i = 0; i < elem->count; i++) {
        if (elem->is_exprs)
            buffer_slice(out, elem->exprs[i]);
        else
            buffer_uleb(out, elem->functions[i]);
    }
}

static uint32_t put_elems(buffer *out, const wasm_module *m)
{
    buffer_uleb(out, m->elem_count);
    for (uint32_t i = 0; i < m->elem_count; i++)
        put_elem(out, &m->elems[i]);
    return m->elem_count;
}

static size_t valtype_size(wasm_valtype type)
{
    if (!wasm_is_ref(type))
        return 1;
    if (wasm_heap_is_index(wasm_heap(type)))
        return 1 + leb128_size_s((int64_t)wasm_heap(type));
    return wasm_is_nullable(type) ? 1 : 2;
}

static void put_code(buffer *out, const wasm_code *code)
{
    size_t size = leb128_size_u(code->local_group_count) + code->body.size;
    for (uint32_t i = 0; i < code->local_group_count; i++)
        size += leb128_size_u(code->locals[i].count) +
                valtype_size(code->locals[i].type);
    buffer_uleb(out, size);
    buffer_uleb(out, code->local_group_count);
    for (uint32_t i = 0; i < code->local_group_count; i++) {
        buffer_uleb(out, code->locals[i].count);
        wasm_write_valtype(out, code->locals[i].type);
    }
    buffer_slice(out, code->body);
}

static uint32_t put_codes(buffer *out, const wasm_module *m)
{
    uint32_t first = m->imported[WASM_EXTERN_FUNC];
    buffer_uleb(out, m->function_count - first);
    for (uint32_t i = first; i < m->function_count; i++)
        put_code(out, &m->functions[i].code);
    return m->function_count - first;
}

static uint32_t put_datas(buffer *out, const wasm_module *m)
{
    buffer_uleb(out, m->data_count);
    for (uint32_t i = 0; i < m->data_count; i++) {
        const wasm_data *data = &m->datas[i];
        bool active = data->mode == WASM_SEGMENT_ACTIVE;
        buffer_put(out, !active ? 1 : data->memory ? 2 : 0);
        if (active && data->memory)
            buffer_uleb(out, data->memory);
        if (active)
            buffer_slice(out, data->offset);
        put_name(out, data->bytes);
    }
    return m->data_count;
}

/* ---- The whole ---- */

/* Writes a section's payload; 0: the section is not needed. */
static uint32_t put_payload(buffer *out, const wasm_module *m,
                            wasm_section_id id)
{
    switch (id) {
    case WASM_SECTION_TYPE:
        return put_types(out, m);
    case WASM_SECTION_IMPORT:
        return put_imports(out, m);
    case WASM_SECTION_FUNCTION:
        return put_functions(out, m);
    case WASM_SECTION_TABLE:
        return put_tables(out, m);
    case WASM_SECTION_MEMORY:
        return put_memories(out, m);
    case WASM_SECTION_TAG:
        return put_tags(out, m);
    case WASM_SECTION_GLOBAL:
        return put_globals(out, m);
    case WASM_SECTION_EXPORT:
        return put_exports(out, m);
    case WASM_SECTION_START:
        buffer_uleb(out, m->start);
        return m->start != WASM_NO_INDEX;
    case WASM_SECTION_ELEMENT:
        return put_elems(out, m);
    case WASM_SECTION_DATA_COUNT:
        buffer_uleb(out, m->data_count);
        return m->has_data_count;
    case WASM_SECTION_CODE:
        return put_codes(out, m);
    case WASM_SECTION_DATA:
        return put_datas(out, m);
    case WASM_SECTION_CUSTOM:
    case WASM_SECTION_IDS:
        break;
    }
    return 0;
}

static void put_section(buffer *out, wasm_section_id id, const buffer *payload)
{
    buffer_put(out, (uint8_t)id);
    buffer_uleb(out, payload->size);
    buffer_slice(out, buffer_view(payload));
}

static void put_customs(buffer *out, buffer *scratch, const wasm_module *m,
                        uint32_t after)
{
    for (uint32_t i = 0; i < m->custom_count; i++) {
        const wasm_custom *custom = &m->customs[i];
        if (custom->after != after)
            continue;
        buffer_clear(scratch);
        put_name(scratch, custom->name);
        buffer_slice(scratch, custom->bytes);
        put_section(out, WASM_SECTION_CUSTOM, scratch);
        out->failed |= scratch->failed;
    }
}

whit_status wasm_encode(const wasm_module *module, buffer *out,
                        whit_error *error)
{
    buffer scratch;
    buffer_init(&scratch);
    buffer_append(out, "\0asm\1\0\0\0", 8);
    put_customs(out, &scratch, module, WASM_SECTION_CUSTOM);
    for (unsigned i = 0; i < COUNT_OF(section_order); i++) {
        buffer_clear(&scratch);
        if (put_payload(&scratch, module, section_order[i]))
            put_section(out, section_order[i], &scratch);
        out->failed |= scratch.failed;
        put_customs(out, &scratch, module, section_order[i]);
    }
    buffer_release(&scratch);
    return buffer_status(out, error);
}

void wasm_reencode_body(slice body, buffer *out)
{
    wasm_reader reader = wasm_reader_new(body, 0);
    while (reader.cursor < reader.end) {
        wasm_instruction instruction;
        wasm_next_instruction(&reader, &instruction);
        wasm_write_instruction(out, &instruction);
    }
}
