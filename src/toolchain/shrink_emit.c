/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * The finished module: new indices, the live items, their bytes. */
#include <stdlib.h>
#include "toolchain/shrink_module.h"
#include "wasm/encode.h"
#include "wasm/names.h"

typedef struct emitter {
    shrink_module *shrink;
    const wasm_module *source;
    wasm_module *out;
    uint32_t total[SHRINK_SPACES]; /* items of each space that are written */
    buffer scratch, lists;
    whit_error *error;
} emitter;

static uint32_t map_index(const emitter *e, shrink_space space, uint32_t index)
{
    if (space == SHRINK_FUNCTIONS)
        index = e->shrink->alias[index];
    else if (space == SHRINK_TYPES)
        index = e->shrink->type_alias[index];
    return e->shrink->map[space][index];
}

static wasm_heaptype map_heap(const emitter *e, wasm_heaptype heap)
{
    return wasm_heap_is_index(heap) ? map_index(e, SHRINK_TYPES, heap) : heap;
}

static wasm_valtype map_valtype(const emitter *e, wasm_valtype type)
{
    return wasm_is_ref(type)
               ? wasm_ref(map_heap(e, wasm_heap(type)), wasm_is_nullable(type))
               : type;
}

typedef struct ranked {
    uint32_t index, uses;
} ranked;

static int rank_compare(const void *left, const void *right)
{
    const ranked *a = left, *b = right;
    if (a->uses != b->uses)
        return a->uses > b->uses ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* New indices of a space: the first `fixed` items (imports) in their order,
 * then the others, by use when `sorted` and there are so many that an index
 * could take two bytes. */
static bool order(emitter *e, shrink_space space, uint32_t fixed, bool sorted,
                  uint32_t one_byte)
{
    shrink_module *s = e->shrink;
    uint32_t next = 0, count = s->count[space], rest = 0;
    ranked *items = arena_array(&s->arena, count + 1, sizeof *items);
    if (!items)
        return false;
    for (uint32_t n = 0; n < count; n++) {
        s->map[space][n] = WASM_NO_INDEX;
        if (!s->live[space][n])
            continue;
        if (n < fixed)
            s->map[space][n] = next++;
        else
            items[rest++] = (ranked){n, s->uses[space][n]};
    }
    if (sorted && next + rest > one_byte)
        qsort(items, rest, sizeof *items, rank_compare);
    for (uint32_t n = 0; n < rest; n++)
        s->map[space][items[n].index] = next++;
    e->total[space] = next;
    return true;
}

/* Globals may be reordered when no initial value reads a defined one. */
static bool globals_are_free(const emitter *e)
{
    uint32_t imported = e->source->imported[WASM_EXTERN_GLOBAL];
    for (uint32_t n = imported; n < e->source->global_count; n++) {
        wasm_reader reader = wasm_reader_new(e->source->globals[n].init, 0);
        while (reader.cursor < reader.end) {
            wasm_instruction i;
            wasm_next_instruction(&reader, &i);
            if (i.op == WASM_OP_GLOBAL_GET && i.index >= imported)
                return false;
        }
    }
    return true;
}

static whit_status order_all(emitter *e)
{
    const uint32_t *imported = e->source->imported;
    bool ok =
        order(e, SHRINK_TYPES, 0, e->shrink->plain_types, 64) &&
        order(e, SHRINK_FUNCTIONS, imported[WASM_EXTERN_FUNC], true, 128) &&
        order(e, SHRINK_TABLES, imported[WASM_EXTERN_TABLE], false, 0) &&
        order(e, SHRINK_MEMORIES, imported[WASM_EXTERN_MEMORY], false, 0) &&
        order(e, SHRINK_GLOBALS, imported[WASM_EXTERN_GLOBAL],
              globals_are_free(e), 128) &&
        order(e, SHRINK_TAGS, imported[WASM_EXTERN_TAG], false, 0) &&
        order(e, SHRINK_ELEMS, 0, false, 0) &&
        order(e, SHRINK_DATAS, 0, false, 0);
    return ok ? WHIT_OK : error_memory(e->error);
}

static void map_lists(emitter *e, wasm_instruction *i)
{
    buffer *lists = &e->lists;
    const uint8_t *cursor;
    buffer_clear(lists);
    if (i->op == WASM_OP_TRY_TABLE) {
        cursor = i->catches;
        for (uint32_t n = 0; n < i->catch_count; n++) {
            wasm_catch c = wasm_next_catch(&cursor);
            if (c.kind == WASM_CATCH || c.kind == WASM_CATCH_REF)
                c.tag = map_index(e, SHRINK_TAGS, c.tag);
            wasm_write_catch(lists, &c);
        }
        i->catches = lists->data;
    } else if (i->op == WASM_OP_SELECT_T) {
        cursor = i->types;
        for (uint32_t n = 0; n < i->type_count; n++)
            wasm_write_valtype(lists,
                               map_valtype(e, wasm_next_valtype(&cursor)));
        i->types = lists->data;
    }
    if (lists->failed)
        e->scratch.failed = true;
}

static void map_instruction(emitter *e, wasm_instruction *i)
{
    shrink_space first, second;
    shrink_spaces(i->op, &first, &second);
    if (first != SHRINK_SPACES)
        i->index = map_index(e, first, i->index);
    if (second != SHRINK_SPACES)
        i->index2 = map_index(e, second, i->index2);
    switch ((wasm_immediates)wasm_opcodes[i->op].immediates) {
    case WASM_IMM_MEMARG:
    case WASM_IMM_MEMARG_LANE:
        i->memarg.memory = map_index(e, SHRINK_MEMORIES, i->memarg.memory);
        break;
    case WASM_IMM_BLOCK:
    case WASM_IMM_TRY_TABLE:
        if (i->block.index != WASM_NO_INDEX)
            i->block.index = map_index(e, SHRINK_TYPES, i->block.index);
        else
            i->block.type = map_valtype(e, i->block.type);
        map_lists(e, i);
        break;
    case WASM_IMM_VALTYPES:
        map_lists(e, i);
        break;
    case WASM_IMM_HEAPTYPE:
        i->heap = map_heap(e, i->heap);
        break;
    case WASM_IMM_CAST:
        i->cast_from = map_valtype(e, i->cast_from);
        i->cast_to = map_valtype(e, i->cast_to);
        break;
    default:
        break;
    }
}

/* A body or constant expression with the new indices. */
static whit_status map_code(emitter *e, slice code, slice *out)
{
    buffer_clear(&e->scratch);
    wasm_reader reader = wasm_reader_new(code, 0);
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        wasm_next_instruction(&reader, &i);
        map_instruction(e, &i);
        wasm_write_instruction(&e->scratch, &i);
    }
    TRY(buffer_status(&e->scratch, e->error));
    out->size = e->scratch.size;
    out->data = arena_dup(&e->out->arena, e->scratch.data, out->size);
    TRY_ALLOC(out->data, e->error);
    return WHIT_OK;
}

static void *make_array(emitter *e, size_t count, size_t size)
{
    return arena_array(&e->out->arena, count + 1, size);
}

static whit_status map_types(emitter *e, const wasm_valtype *types,
                             uint32_t count, const wasm_valtype **out)
{
    wasm_valtype *copy = make_array(e, count, sizeof *copy);
    TRY_ALLOC(copy, e->error);
    for (uint32_t n = 0; n < count; n++)
        copy[n] = map_valtype(e, types[n]);
    *out = copy;
    return WHIT_OK;
}

static whit_status emit_types(emitter *e)
{
    wasm_module *out = e->out;
    out->types = make_array(e, e->total[SHRINK_TYPES], sizeof *out->types);
    TRY_ALLOC(out->types, e->error);
    out->type_count = e->total[SHRINK_TYPES];
    for (uint32_t n = 0; n < e->source->type_count; n++) {
        uint32_t at = e->shrink->map[SHRINK_TYPES][n];
        if (at == WASM_NO_INDEX)
            continue;
        wasm_subtype *type = &out->types[at];
        *type = e->source->types[n];
        /* The group's first type lives as this one does. */
        type->rec_first = type->rec_count > 1
                              ? map_index(e, SHRINK_TYPES, type->rec_first)
                              : at;
        if (type->super != WASM_NO_INDEX)
            type->super = map_index(e, SHRINK_TYPES, type->super);
        TRY(map_types(e, type->func.params, type->func.param_count,
                      &type->func.params));
        TRY(map_types(e, type->func.results, type->func.result_count,
                      &type->func.results));
        wasm_field *fields = make_array(e, type->field_count, sizeof *fields);
        TRY_ALLOC(fields, e->error);
        for (uint32_t f = 0; f < type->field_count; f++) {
            fields[f] = type->fields[f];
            fields[f].type = map_valtype(e, fields[f].type);
        }
        type->fields = fields;
    }
    return WHIT_OK;
}

static whit_status emit_function(emitter *e, uint32_t from,
                                 wasm_function *function)
{
    *function = e->source->functions[from];
    function->type = map_index(e, SHRINK_TYPES, function->type);
    if (function->imported)
        return WHIT_OK;
    const body_bytes *from_bytes = &e->shrink->bodies[from];
    wasm_local_group *groups =
        make_array(e, from_bytes->group_count, sizeof *groups);
    TRY_ALLOC(groups, e->error);
    wasm_code code = {.locals = groups,
                      .local_group_count = from_bytes->group_count};
    for (uint32_t g = 0; g < from_bytes->group_count; g++) {
        groups[g].count = from_bytes->groups[g].count;
        groups[g].type = map_valtype(e, from_bytes->groups[g].type);
        code.local_count += groups[g].count;
    }
    TRY(map_code(e, from_bytes->code, &code.body));
    function->code = code;
    return WHIT_OK;
}

static whit_status emit_functions(emitter *e)
{
    wasm_module *out = e->out;
    out->function_count = e->total[SHRINK_FUNCTIONS];
    out->functions = make_array(e, out->function_count, sizeof *out->functions);
    TRY_ALLOC(out->functions, e->error);
    for (uint32_t n = 0; n < e->source->function_count; n++) {
        uint32_t at = e->shrink->map[SHRINK_FUNCTIONS][n];
        if (at != WASM_NO_INDEX)
            TRY(emit_function(e, n, &out->functions[at]));
    }
    return WHIT_OK;
}

static whit_status emit_stores(emitter *e)
{
    wasm_module *out = e->out;
    const wasm_module *source = e->source;
    uint32_t *const *map = e->shrink->map;
    out->table_count = e->total[SHRINK_TABLES];
    out->memory_count = e->total[SHRINK_MEMORIES];
    out->global_count = e->total[SHRINK_GLOBALS];
    out->tag_count = e->total[SHRINK_TAGS];
    out->tables = make_array(e, out->table_count, sizeof *out->tables);
    out->memories = make_array(e, out->memory_count, sizeof *out->memories);
    out->globals = make_array(e, out->global_count, sizeof *out->globals);
    out->tags = make_array(e, out->tag_count, sizeof *out->tags);
    if (!out->tables || !out->memories || !out->globals || !out->tags)
        return error_memory(e->error);
    for (uint32_t n = 0; n < source->table_count; n++) {
        if (map[SHRINK_TABLES][n] == WASM_NO_INDEX)
            continue;
        wasm_table *table = &out->tables[map[SHRINK_TABLES][n]];
        *table = source->tables[n];
        table->type = map_valtype(e, table->type);
        if (table->init.size)
            TRY(map_code(e, table->init, &table->init));
    }
    for (uint32_t n = 0; n < source->memory_count; n++)
        if (map[SHRINK_MEMORIES][n] != WASM_NO_INDEX)
            out->memories[map[SHRINK_MEMORIES][n]] = source->memories[n];
    for (uint32_t n = 0; n < source->global_count; n++) {
        if (map[SHRINK_GLOBALS][n] == WASM_NO_INDEX)
            continue;
        wasm_global *global = &out->globals[map[SHRINK_GLOBALS][n]];
        *global = source->globals[n];
        global->type = map_valtype(e, global->type);
        if (!global->imported)
            TRY(map_code(e, global->init, &global->init));
    }
    for (uint32_t n = 0; n < source->tag_count; n++)
        if (map[SHRINK_TAGS][n] != WASM_NO_INDEX) {
            wasm_tag *tag = &out->tags[map[SHRINK_TAGS][n]];
            *tag = source->tags[n];
            tag->type = map_index(e, SHRINK_TYPES, tag->type);
        }
    return WHIT_OK;
}

static const shrink_space space_of[WASM_EXTERN_KINDS] = {
    [WASM_EXTERN_FUNC] = SHRINK_FUNCTIONS,
    [WASM_EXTERN_TABLE] = SHRINK_TABLES,
    [WASM_EXTERN_MEMORY] = SHRINK_MEMORIES,
    [WASM_EXTERN_GLOBAL] = SHRINK_GLOBALS,
    [WASM_EXTERN_TAG] = SHRINK_TAGS};

static whit_status emit_edges(emitter *e)
{
    wasm_module *out = e->out;
    const wasm_module *source = e->source;
    out->imports = make_array(e, source->import_count, sizeof *out->imports);
    out->exports = make_array(e, source->export_count, sizeof *out->exports);
    TRY_ALLOC(out->imports, e->error);
    TRY_ALLOC(out->exports, e->error);
    for (uint32_t n = 0; n < source->import_count; n++) {
        wasm_import import = source->imports[n];
        import.index = e->shrink->map[space_of[import.kind]][import.index];
        if (import.index == WASM_NO_INDEX)
            continue;
        out->imports[out->import_count++] = import;
        out->imported[import.kind]++;
    }
    for (uint32_t n = 0; n < source->export_count; n++) {
        if (!e->shrink->kept_export[n])
            continue;
        wasm_export export = source->exports[n];
        export.index = map_index(e, space_of[export.kind], export.index);
        out->exports[out->export_count++] = export;
    }
    out->start = source->start == WASM_NO_INDEX
                     ? WASM_NO_INDEX
                     : map_index(e, SHRINK_FUNCTIONS, source->start);
    return WHIT_OK;
}

static whit_status emit_elem(emitter *e, const wasm_elem *from, wasm_elem *elem)
{
    *elem = *from;
    elem->type = map_valtype(e, elem->type);
    if (elem->mode == WASM_SEGMENT_ACTIVE) {
        elem->table = map_index(e, SHRINK_TABLES, elem->table);
        TRY(map_code(e, elem->offset, &elem->offset));
    }
    if (elem->is_exprs) {
        slice *exprs = make_array(e, elem->count, sizeof *exprs);
        TRY_ALLOC(exprs, e->error);
        for (uint32_t n = 0; n < elem->count; n++)
            TRY(map_code(e, elem->exprs[n], &exprs[n]));
        elem->exprs = exprs;
        return WHIT_OK;
    }
    uint32_t *functions = make_array(e, elem->count, sizeof *functions);
    TRY_ALLOC(functions, e->error);
    for (uint32_t n = 0; n < elem->count; n++)
        functions[n] = map_index(e, SHRINK_FUNCTIONS, elem->functions[n]);
    elem->functions = functions;
    return WHIT_OK;
}

/* Functions that the module names outside of bodies, by new index. */
static void declare_code(bool *declared, slice code)
{
    wasm_reader reader = wasm_reader_new(code, 0);
    while (reader.cursor < reader.end) {
        wasm_instruction i;
        wasm_next_instruction(&reader, &i);
        if (i.op == WASM_OP_REF_FUNC)
            declared[i.index] = true;
    }
}

static void declare_all(const wasm_module *out, bool *declared)
{
    for (uint32_t n = 0; n < out->export_count; n++)
        if (out->exports[n].kind == WASM_EXTERN_FUNC)
            declared[out->exports[n].index] = true;
    for (uint32_t n = 0; n < out->global_count; n++)
        declare_code(declared, out->globals[n].init);
    for (uint32_t n = 0; n < out->table_count; n++)
        declare_code(declared, out->tables[n].init);
    for (uint32_t n = 0; n < out->elem_count; n++)
        for (uint32_t i = 0; i < out->elems[n].count; i++) {
            if (out->elems[n].is_exprs)
                declare_code(declared, out->elems[n].exprs[i]);
            else
                declared[out->elems[n].functions[i]] = true;
        }
}

/* Functions that bodies take references to must be named elsewhere: one
 * declarative segment does it for those that nothing else names. */
static whit_status emit_declarations(emitter *e)
{
    wasm_module *out = e->out;
    bool *declared = make_array(e, out->function_count, sizeof *declared);
    uint32_t *list = make_array(e, out->function_count, sizeof *list);
    TRY_ALLOC(declared, e->error);
    TRY_ALLOC(list, e->error);
    declare_all(out, declared);
    uint32_t count = 0;
    for (uint32_t n = 0; n < e->source->function_count; n++) {
        uint32_t at = e->shrink->map[SHRINK_FUNCTIONS][n];
        if (at != WASM_NO_INDEX && e->shrink->referenced[n] && !declared[at])
            list[count++] = at;
    }
    if (count)
        out->elems[out->elem_count++] =
            (wasm_elem){.mode = WASM_SEGMENT_DECLARATIVE,
                        .type = WASM_FUNCREF,
                        .count = count,
                        .functions = list};
    return WHIT_OK;
}

static whit_status emit_segments(emitter *e)
{
    wasm_module *out = e->out;
    const wasm_module *source = e->source;
    shrink_module *s = e->shrink;
    out->elems = make_array(e, source->elem_count + 1, sizeof *out->elems);
    out->datas = make_array(e, s->data_count, sizeof *out->datas);
    TRY_ALLOC(out->elems, e->error);
    TRY_ALLOC(out->datas, e->error);
    for (uint32_t n = 0; n < source->elem_count; n++)
        if (s->live[SHRINK_ELEMS][n])
            TRY(emit_elem(e, &source->elems[n],
                          &out->elems[out->elem_count++]));
    TRY(emit_declarations(e));
    for (uint32_t n = 0; n < s->data_count; n++) {
        wasm_data data = s->datas[n];
        if (data.mode == WASM_SEGMENT_ACTIVE) {
            data.memory = map_index(e, SHRINK_MEMORIES, data.memory);
            TRY(map_code(e, data.offset, &data.offset));
        }
        out->datas[out->data_count++] = data;
    }
    for (uint32_t n = 0; n < source->data_count; n++)
        if (s->uses[SHRINK_DATAS][n] >
            (source->datas[n].mode == WASM_SEGMENT_ACTIVE))
            out->has_data_count = true;
    return WHIT_OK;
}

/* Name kinds that survive, and their spaces. */
static shrink_space name_space(wasm_name_kind kind)
{
    switch (kind) {
    case WASM_NAME_FUNCTION:
        return SHRINK_FUNCTIONS;
    case WASM_NAME_TYPE:
        return SHRINK_TYPES;
    case WASM_NAME_TABLE:
        return SHRINK_TABLES;
    case WASM_NAME_MEMORY:
        return SHRINK_MEMORIES;
    case WASM_NAME_GLOBAL:
        return SHRINK_GLOBALS;
    case WASM_NAME_ELEM:
        return SHRINK_ELEMS;
    case WASM_NAME_TAG:
        return SHRINK_TAGS;
    default:
        return SHRINK_SPACES;
    }
}

static int name_compare(const void *left, const void *right)
{
    const wasm_name *a = left, *b = right;
    return a->index < b->index ? -1 : a->index > b->index;
}

static whit_status emit_names(emitter *e, wasm_custom *custom)
{
    wasm_names names, out = {0};
    TRY(wasm_names_read(e->source, &e->out->arena, &names, e->error));
    out.module = names.module;
    for (int kind = 0; kind < WASM_NAME_KINDS; kind++) {
        shrink_space space = name_space((wasm_name_kind)kind);
        uint32_t count = names.of[kind].count, next = 0;
        if (space == SHRINK_SPACES || !count)
            continue;
        wasm_name *items = make_array(e, count, sizeof *items);
        TRY_ALLOC(items, e->error);
        for (uint32_t n = 0; n < count; n++) {
            wasm_name name = names.of[kind].items[n];
            if (name.index >= e->shrink->count[space])
                continue;
            /* The name of the function that stays stands for all equal
             * ones. */
            name.index = e->shrink->map[space][name.index];
            if (name.index != WASM_NO_INDEX)
                items[next++] = name;
        }
        qsort(items, next, sizeof *items, name_compare);
        out.of[kind].items = items;
        out.of[kind].count = next;
    }
    buffer_clear(&e->scratch);
    wasm_names_write(&out, &e->scratch);
    TRY(buffer_status(&e->scratch, e->error));
    custom->name = slice_text("name");
    custom->bytes =
        slice_of(arena_dup(&e->out->arena, e->scratch.data, e->scratch.size),
                 e->scratch.size);
    custom->after = WASM_SECTION_DATA;
    TRY_ALLOC(custom->bytes.data, e->error);
    return WHIT_OK;
}

/* Sections that tools write for each other, or that speak of code. */
static bool is_tool_section(slice name)
{
    static const char *const names[] = {
        "name",     "producers",        "target_features",
        "build_id", "sourceMappingURL", "external_debug_info",
        "linking",  "dylink",           "metadata.code.",
        "reloc.",   ".debug_"};
    for (size_t n = 0; n < COUNT_OF(names); n++)
        if (slice_starts(name, names[n]))
            return true;
    return false;
}

static whit_status emit_customs(emitter *e)
{
    wasm_module *out = e->out;
    const wasm_module *source = e->source;
    out->customs =
        make_array(e, source->custom_count + 1, sizeof *out->customs);
    TRY_ALLOC(out->customs, e->error);
    bool named = false;
    for (uint32_t n = 0; n < source->custom_count; n++) {
        const wasm_custom *custom = &source->customs[n];
        if (slice_is(custom->name, "name"))
            named = true;
        else if (e->shrink->options->keep_customs &&
                 !is_tool_section(custom->name))
            out->customs[out->custom_count++] = *custom;
    }
    if (named && e->shrink->options->keep_names)
        TRY(emit_names(e, &out->customs[out->custom_count++]));
    return WHIT_OK;
}

static whit_status emit_module(emitter *e)
{
    TRY(order_all(e));
    TRY(emit_types(e));
    TRY(emit_functions(e));
    TRY(emit_stores(e));
    TRY(emit_edges(e));
    TRY(emit_segments(e));
    return emit_customs(e);
}

whit_status shrink_emit(shrink_module *self, buffer *out, whit_error *error)
{
    emitter e = {.shrink = self,
                 .source = self->source,
                 .out = wasm_module_new(),
                 .error = error};
    TRY_ALLOC(e.out, error);
    buffer_init(&e.scratch);
    buffer_init(&e.lists);
    whit_status status = emit_module(&e);
    if (status == WHIT_OK)
        status = wasm_encode(e.out, out, error);
    buffer_release(&e.scratch);
    buffer_release(&e.lists);
    wasm_module_free(e.out);
    return status;
}
