/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Which items of a module can be reached from outside. */
#include "base/memory.h"
#include "toolchain/shrink_module.h"

typedef struct mark_item {
    uint8_t space;
    uint32_t index;
} mark_item;

typedef struct marker {
    shrink_module *shrink;
    mark_item *items; /* to be looked at */
    size_t count, capacity;
    /* Active segments as lists: heads per table and memory, links per
     * segment; WASM_NO_INDEX ends one. */
    uint32_t *elem_heads, *elem_next;
    uint32_t *data_heads, *data_next;
    whit_error *error;
    whit_status status;
} marker;

void shrink_spaces(uint16_t op, shrink_space *index, shrink_space *index2)
{
    *index = *index2 = SHRINK_SPACES;
    switch ((wasm_immediates)wasm_opcodes[op].immediates) {
    case WASM_IMM_FUNC:
        *index = SHRINK_FUNCTIONS;
        break;
    case WASM_IMM_TYPE_TABLE:
        *index = SHRINK_TYPES;
        *index2 = SHRINK_TABLES;
        break;
    case WASM_IMM_TYPE:
    case WASM_IMM_TYPE_FIELD:
    case WASM_IMM_TYPE_COUNT:
        *index = SHRINK_TYPES;
        break;
    case WASM_IMM_TAG:
        *index = SHRINK_TAGS;
        break;
    case WASM_IMM_GLOBAL:
        *index = SHRINK_GLOBALS;
        break;
    case WASM_IMM_TABLE:
        *index = SHRINK_TABLES;
        break;
    case WASM_IMM_TABLE_TABLE:
        *index = *index2 = SHRINK_TABLES;
        break;
    case WASM_IMM_ELEM_TABLE:
        *index = SHRINK_ELEMS;
        *index2 = SHRINK_TABLES;
        break;
    case WASM_IMM_ELEM:
        *index = SHRINK_ELEMS;
        break;
    case WASM_IMM_MEMORY:
        *index = SHRINK_MEMORIES;
        break;
    case WASM_IMM_MEMORY_MEMORY:
        *index = *index2 = SHRINK_MEMORIES;
        break;
    case WASM_IMM_DATA_MEMORY:
        *index = SHRINK_DATAS;
        *index2 = SHRINK_MEMORIES;
        break;
    case WASM_IMM_DATA:
        *index = SHRINK_DATAS;
        break;
    case WASM_IMM_TYPE_DATA:
        *index = SHRINK_TYPES;
        *index2 = SHRINK_DATAS;
        break;
    case WASM_IMM_TYPE_ELEM:
        *index = SHRINK_TYPES;
        *index2 = SHRINK_ELEMS;
        break;
    case WASM_IMM_TYPE_TYPE:
        *index = *index2 = SHRINK_TYPES;
        break;
    default:
        break;
    }
}

bool shrink_constant(slice expr, uint64_t *value)
{
    wasm_reader reader = wasm_reader_new(expr, 0);
    wasm_instruction i, end;
    wasm_next_instruction(&reader, &i);
    if (reader.cursor == reader.end)
        return false;
    wasm_next_instruction(&reader, &end);
    if (end.op != WASM_OP_END)
        return false;
    if (i.op == WASM_OP_I32_CONST)
        *value = (uint32_t)i.value;
    else if (i.op == WASM_OP_I64_CONST)
        *value = i.value;
    else
        return false;
    return true;
}

static void use(marker *m, shrink_space space, uint32_t index)
{
    shrink_module *s = m->shrink;
    if (space == SHRINK_FUNCTIONS)
        index = s->alias[index];
    else if (space == SHRINK_TYPES)
        index = s->type_alias[index];
    s->uses[space][index]++;
    if (s->live[space][index] || m->status != WHIT_OK)
        return;
    s->live[space][index] = true;
    m->status =
        mem_grow((void **)&m->items, &m->capacity, m->count, sizeof *m->items,
                 SIZE_MAX / sizeof *m->items, "items to mark", m->error);
    if (m->status == WHIT_OK)
        m->items[m->count++] = (mark_item){(uint8_t)space, index};
}

static void use_valtype(marker *m, wasm_valtype type)
{
    if (wasm_is_ref(type) && wasm_heap_is_index(wasm_heap(type)))
        use(m, SHRINK_TYPES, wasm_heap(type));
}

static void use_instruction(marker *m, const wasm_instruction *i)
{
    shrink_space first, second;
    shrink_spaces(i->op, &first, &second);
    if (first != SHRINK_SPACES)
        use(m, first, i->index);
    if (second != SHRINK_SPACES)
        use(m, second, i->index2);
    const uint8_t *cursor;
    switch ((wasm_immediates)wasm_opcodes[i->op].immediates) {
    case WASM_IMM_FUNC:
        if (i->op == WASM_OP_CALL)
            m->shrink->calls[m->shrink->alias[i->index]]++;
        else if (i->op == WASM_OP_REF_FUNC)
            m->shrink->referenced[m->shrink->alias[i->index]] = true;
        break;
    case WASM_IMM_MEMARG:
    case WASM_IMM_MEMARG_LANE:
        use(m, SHRINK_MEMORIES, i->memarg.memory);
        break;
    case WASM_IMM_BLOCK:
    case WASM_IMM_TRY_TABLE:
        if (i->block.index != WASM_NO_INDEX)
            use(m, SHRINK_TYPES, i->block.index);
        else
            use_valtype(m, i->block.type);
        cursor = i->catches;
        for (uint32_t n = 0; i->op == WASM_OP_TRY_TABLE && n < i->catch_count;
             n++) {
            wasm_catch c = wasm_next_catch(&cursor);
            if (c.kind == WASM_CATCH || c.kind == WASM_CATCH_REF)
                use(m, SHRINK_TAGS, c.tag);
        }
        break;
    case WASM_IMM_VALTYPES:
        cursor = i->types;
        for (uint32_t n = 0; n < i->type_count; n++)
            use_valtype(m, wasm_next_valtype(&cursor));
        break;
    case WASM_IMM_HEAPTYPE:
        use_valtype(m, wasm_ref(i->heap, true));
        break;
    case WASM_IMM_CAST:
        use_valtype(m, i->cast_from);
        use_valtype(m, i->cast_to);
        break;
    default:
        break;
    }
}

static void use_code(marker *m, slice code)
{
    wasm_reader reader = wasm_reader_new(code, 0);
    while (reader.cursor < reader.end && m->status == WHIT_OK) {
        wasm_instruction i;
        wasm_next_instruction(&reader, &i);
        use_instruction(m, &i);
    }
}

static void look_at_function(marker *m, uint32_t index)
{
    const wasm_function *function = &m->shrink->source->functions[index];
    use(m, SHRINK_TYPES, function->type);
    if (function->imported)
        return;
    const body_bytes *bytes = &m->shrink->bodies[index];
    for (uint32_t g = 0; g < bytes->group_count; g++)
        use_valtype(m, bytes->groups[g].type);
    use_code(m, bytes->code);
}

static void look_at_type(marker *m, uint32_t index)
{
    const wasm_subtype *type = &m->shrink->source->types[index];
    /* A recursion group is one: its members' identity depends on all. */
    if (type->rec_count > 1)
        for (uint32_t n = 0; n < type->rec_count; n++)
            use(m, SHRINK_TYPES, type->rec_first + n);
    if (type->super != WASM_NO_INDEX)
        use(m, SHRINK_TYPES, type->super);
    for (uint32_t n = 0; n < type->field_count; n++)
        use_valtype(m, type->fields[n].type);
    for (uint32_t n = 0; n < type->func.param_count; n++)
        use_valtype(m, type->func.params[n]);
    for (uint32_t n = 0; n < type->func.result_count; n++)
        use_valtype(m, type->func.results[n]);
}

static void look_at_elem(marker *m, uint32_t index)
{
    const wasm_elem *elem = &m->shrink->source->elems[index];
    use_valtype(m, elem->type);
    if (elem->mode == WASM_SEGMENT_ACTIVE) {
        use(m, SHRINK_TABLES, elem->table);
        use_code(m, elem->offset);
    }
    for (uint32_t n = 0; n < elem->count; n++) {
        if (elem->is_exprs)
            use_code(m, elem->exprs[n]);
        else
            use(m, SHRINK_FUNCTIONS, elem->functions[n]);
    }
}

static void look_at(marker *m, mark_item item)
{
    const wasm_module *source = m->shrink->source;
    uint32_t index = item.index;
    switch ((shrink_space)item.space) {
    case SHRINK_TYPES:
        look_at_type(m, index);
        break;
    case SHRINK_FUNCTIONS:
        look_at_function(m, index);
        break;
    case SHRINK_TABLES:
        for (uint32_t n = m->elem_heads[index]; n != WASM_NO_INDEX;
             n = m->elem_next[n])
            use(m, SHRINK_ELEMS, n);
        use_valtype(m, source->tables[index].type);
        use_code(m, source->tables[index].init);
        break;
    case SHRINK_MEMORIES:
        for (uint32_t n = m->data_heads[index]; n != WASM_NO_INDEX;
             n = m->data_next[n])
            use(m, SHRINK_DATAS, n);
        break;
    case SHRINK_GLOBALS:
        use_valtype(m, source->globals[index].type);
        use_code(m, source->globals[index].init);
        break;
    case SHRINK_TAGS:
        use(m, SHRINK_TYPES, source->tags[index].type);
        break;
    case SHRINK_ELEMS:
        look_at_elem(m, index);
        break;
    case SHRINK_DATAS:
        if (source->datas[index].mode == WASM_SEGMENT_ACTIVE) {
            use(m, SHRINK_MEMORIES, source->datas[index].memory);
            use_code(m, source->datas[index].offset);
        }
        break;
    default:
        break;
    }
}

/* Active segments whose effect can be seen although no live code names
 * their memory: imported ones, and those that may trap. */
static bool elem_matters(const shrink_module *s, const wasm_elem *elem)
{
    const wasm_table *table = &s->source->tables[elem->table];
    uint64_t offset;
    return table->imported || !shrink_constant(elem->offset, &offset) ||
           offset > table->limits.min ||
           elem->count > table->limits.min - offset;
}

static bool data_matters(const shrink_module *s, const wasm_data *data)
{
    const wasm_memory *memory = &s->source->memories[data->memory];
    uint64_t offset, size = memory->limits.min > UINT64_MAX / WASM_PAGE_SIZE
                                ? UINT64_MAX
                                : memory->limits.min * WASM_PAGE_SIZE;
    return memory->imported || !shrink_constant(data->offset, &offset) ||
           offset > size || data->bytes.size > size - offset;
}

static void drain(marker *m)
{
    while (m->count && m->status == WHIT_OK)
        look_at(m, m->items[--m->count]);
}

static bool list_segments(marker *m)
{
    shrink_module *s = m->shrink;
    const wasm_module *source = s->source;
    arena *memory = &s->arena;
    m->elem_heads = arena_array(memory, source->table_count + 1, 4);
    m->elem_next = arena_array(memory, source->elem_count + 1, 4);
    m->data_heads = arena_array(memory, source->memory_count + 1, 4);
    m->data_next = arena_array(memory, source->data_count + 1, 4);
    if (!m->elem_heads || !m->elem_next || !m->data_heads || !m->data_next)
        return false;
    memset(m->elem_heads, 0xff, source->table_count * sizeof(uint32_t));
    memset(m->data_heads, 0xff, source->memory_count * sizeof(uint32_t));
    for (uint32_t n = 0; n < source->elem_count; n++)
        if (source->elems[n].mode == WASM_SEGMENT_ACTIVE) {
            m->elem_next[n] = m->elem_heads[source->elems[n].table];
            m->elem_heads[source->elems[n].table] = n;
        }
    for (uint32_t n = 0; n < source->data_count; n++)
        if (source->datas[n].mode == WASM_SEGMENT_ACTIVE) {
            m->data_next[n] = m->data_heads[source->datas[n].memory];
            m->data_heads[source->datas[n].memory] = n;
        }
    return true;
}

static void use_segments(marker *m)
{
    const wasm_module *source = m->shrink->source;
    for (uint32_t n = 0; n < source->elem_count; n++)
        if (source->elems[n].mode == WASM_SEGMENT_ACTIVE &&
            elem_matters(m->shrink, &source->elems[n]))
            use(m, SHRINK_ELEMS, n);
    for (uint32_t n = 0; n < source->data_count; n++)
        if (source->datas[n].mode == WASM_SEGMENT_ACTIVE &&
            data_matters(m->shrink, &source->datas[n]))
            use(m, SHRINK_DATAS, n);
}

static bool is_linker_export(const wasm_module *source, slice name)
{
    static const char *const names[] = {
        "__data_end",    "__heap_base",           "__heap_end",
        "__memory_base", "__table_base",          "__stack_pointer",
        "__dso_handle",  "__global_base",         "__stack_low",
        "__stack_high",  "__rodata_start",        "__rodata_end",
        "__tls_base",    "__wasm_first_page_end", "__indirect_function_table"};
    for (size_t n = 0; n < COUNT_OF(names); n++)
        if (slice_is(name, names[n]))
            return true;
    /* Commands are entered through _start. */
    return slice_is(name, "__main_void") &&
           wasm_module_export(source, slice_text("_start"));
}

static bool is_asked_for(const tool_shrink_options *options, slice name)
{
    for (unsigned n = 0; n < options->keep_export_count; n++)
        if (slice_is(name, options->keep_exports[n]))
            return true;
    return false;
}

static const shrink_space space_of[WASM_EXTERN_KINDS] = {
    [WASM_EXTERN_FUNC] = SHRINK_FUNCTIONS,
    [WASM_EXTERN_TABLE] = SHRINK_TABLES,
    [WASM_EXTERN_MEMORY] = SHRINK_MEMORIES,
    [WASM_EXTERN_GLOBAL] = SHRINK_GLOBALS,
    [WASM_EXTERN_TAG] = SHRINK_TAGS};

/* Exports; that of the memory waits, with drop_linker_exports, until it is
 * known whether anything needs the memory. */
static void use_exports(marker *m, bool memories)
{
    shrink_module *s = m->shrink;
    for (uint32_t n = 0; n < s->source->export_count; n++) {
        const wasm_export *export = &s->source->exports[n];
        bool optional = s->options->drop_linker_exports &&
                        !is_asked_for(s->options, export->name);
        bool memory = optional && export->kind == WASM_EXTERN_MEMORY;
        if (memory != memories)
            continue;
        s->kept_export[n] =
            !optional || memory || !is_linker_export(s->source, export->name);
        if (s->kept_export[n])
            use(m, space_of[export->kind], export->index);
    }
}

static bool memory_is_needed(const shrink_module *s)
{
    for (uint32_t n = 0; n < s->source->imported[WASM_EXTERN_FUNC]; n++)
        if (s->live[SHRINK_FUNCTIONS][n])
            return true;
    for (uint32_t n = 0; n < s->source->memory_count; n++)
        if (s->live[SHRINK_MEMORIES][n] || s->source->memories[n].imported)
            return true;
    return s->source->data_count > 0;
}

static void use_roots(marker *m)
{
    shrink_module *s = m->shrink;
    if (s->source->start != WASM_NO_INDEX)
        use(m, SHRINK_FUNCTIONS, s->source->start);
    for (uint32_t n = 0;
         s->options->keep_imports && n < s->source->import_count; n++)
        use(m, space_of[s->source->imports[n].kind],
            s->source->imports[n].index);
    use_segments(m);
    use_exports(m, false);
    drain(m);
    if (memory_is_needed(s)) {
        use_exports(m, true);
        drain(m);
    }
}

whit_status shrink_mark(shrink_module *self, whit_error *error)
{
    for (int space = 0; space < SHRINK_SPACES; space++) {
        memset(self->live[space], 0, self->count[space]);
        memset(self->uses[space], 0,
               self->count[space] * sizeof *self->uses[space]);
    }
    uint32_t functions = self->count[SHRINK_FUNCTIONS];
    memset(self->calls, 0, functions * sizeof *self->calls);
    memset(self->referenced, 0, functions);
    memset(self->kept_export, 0, self->source->export_count);
    marker m = {.shrink = self, .error = error};
    if (!list_segments(&m))
        return error_memory(error);
    use_roots(&m);
    mem_free(m.items);
    return m.status;
}
