/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * From a module to text: the fields in the order of the binary. */
#include "wasm/print.h"

#include <inttypes.h>

#include "base/memory.h"
#include "wasm/piece.h"
#include "wasm/print_internal.h"

static const wasm_name_kind name_kinds[WASM_EXTERN_KINDS] = {
    WASM_NAME_FUNCTION, WASM_NAME_TABLE, WASM_NAME_MEMORY, WASM_NAME_GLOBAL,
    WASM_NAME_TAG};

static const char *const kind_words[WASM_EXTERN_KINDS] = {
    "func", "table", "memory", "global", "tag"};

static void print_word(printer *p, const char *word)
{
    buffer_text(p->out, word);
}

static void field_line(printer *p, const char *word)
{
    wasm_print_newline(p);
    buffer_put(p->out, '(');
    print_word(p, word);
}

static void print_limits(printer *p, const wasm_limits *limits)
{
    if (limits->is64)
        print_word(p, " i64");
    buffer_put(p->out, ' ');
    wasm_print_number(p, limits->min);
    if (limits->has_max) {
        buffer_put(p->out, ' ');
        wasm_print_number(p, limits->max);
    }
    if (limits->shared)
        print_word(p, " shared");
}

static void print_tabletype(printer *p, const wasm_table *table)
{
    print_limits(p, &table->limits);
    buffer_put(p->out, ' ');
    wasm_print_valtype(p, table->type);
}

static void print_globaltype(printer *p, const wasm_global *global)
{
    print_word(p, global->mutable_ ? " (mut " : " ");
    wasm_print_valtype(p, global->type);
    if (global->mutable_)
        buffer_put(p->out, ')');
}

static whit_status print_import(printer *p, const wasm_import *import)
{
    const wasm_module *m = p->module;
    field_line(p, "import ");
    wasm_string_write(import->module, true, p->out);
    buffer_put(p->out, ' ');
    wasm_string_write(import->name, true, p->out);
    print_word(p, " (");
    print_word(p, kind_words[import->kind]);
    TRY(wasm_print_definition(p, name_kinds[import->kind], 0, import->index));
    switch (import->kind) {
    case WASM_EXTERN_FUNC:
        wasm_print_typeuse(p, m->functions[import->index].type);
        break;
    case WASM_EXTERN_TABLE:
        print_tabletype(p, &m->tables[import->index]);
        break;
    case WASM_EXTERN_MEMORY:
        print_limits(p, &m->memories[import->index].limits);
        break;
    case WASM_EXTERN_GLOBAL:
        print_globaltype(p, &m->globals[import->index]);
        break;
    default:
        wasm_print_typeuse(p, m->tags[import->index].type);
    }
    print_word(p, "))");
    return WHIT_OK;
}

/* ---- Functions ---- */

static whit_status print_params(printer *p, const wasm_functype *type)
{
    bool open = false;
    for (uint32_t i = 0; i < type->param_count; i++) {
        slice name = wasm_names_get(&p->names, WASM_NAME_LOCAL, p->function, i);
        bool has = name.data != NULL;
        if (open && has)
            buffer_put(p->out, ')');
        if (!open || has)
            print_word(p, " (param");
        if (has)
            TRY(wasm_print_bare_name(p, WASM_NAME_LOCAL, p->function, i, &has));
        buffer_put(p->out, ' ');
        wasm_print_valtype(p, type->params[i]);
        if (has)
            buffer_put(p->out, ')');
        open = !has;
    }
    if (open)
        buffer_put(p->out, ')');
    return WHIT_OK;
}

static whit_status print_locals(printer *p, const wasm_code *code,
                                uint32_t params)
{
    uint32_t index = params;
    bool open = false, any = false;
    for (uint32_t g = 0; g < code->local_group_count; g++) {
        for (uint32_t n = 0; n < code->locals[g].count; n++, index++) {
            slice name =
                wasm_names_get(&p->names, WASM_NAME_LOCAL, p->function, index);
            bool has = name.data != NULL;
            if (open && has)
                buffer_put(p->out, ')');
            if (!any)
                wasm_print_newline(p);
            else if (has || !open)
                buffer_put(p->out, ' ');
            any = true;
            if (!open || has)
                print_word(p, "(local");
            if (has)
                TRY(wasm_print_bare_name(p, WASM_NAME_LOCAL, p->function, index,
                                         &has));
            buffer_put(p->out, ' ');
            wasm_print_valtype(p, code->locals[g].type);
            if (has)
                buffer_put(p->out, ')');
            open = !has;
        }
    }
    if (open)
        buffer_put(p->out, ')');
    return WHIT_OK;
}

static whit_status print_function(printer *p, uint32_t index)
{
    const wasm_function *function = &p->module->functions[index];
    const wasm_functype *type = wasm_print_functype(p, function->type);
    p->function = index;
    p->label_count = 0;
    p->frames.count = 0;
    field_line(p, "func");
    TRY(wasm_print_definition(p, WASM_NAME_FUNCTION, 0, index));
    if (p->options.offsets)
        buffer_printf(p->out, " (;@%" PRIx32 ";)", function->code.offset);
    print_word(p, " (type ");
    wasm_print_reference(p, WASM_NAME_TYPE, 0, function->type);
    buffer_put(p->out, ')');
    if (type) {
        TRY(print_params(p, type));
        wasm_print_results(p, type);
    }
    if (p->options.skeleton) {
        print_word(p, " ...)");
        return WHIT_OK;
    }
    p->indent++;
    TRY(print_locals(p, &function->code, type ? type->param_count : 0));
    TRY(p->options.fold ? wasm_print_body_folded(p, &function->code)
                        : wasm_print_body(p, &function->code));
    p->indent--;
    wasm_print_newline(p);
    buffer_put(p->out, ')');
    return buffer_status(p->out, p->error);
}

/* ---- Segments ---- */

static whit_status print_elem(printer *p, uint32_t index)
{
    const wasm_elem *elem = &p->module->elems[index];
    field_line(p, "elem");
    TRY(wasm_print_definition(p, WASM_NAME_ELEM, 0, index));
    if (elem->mode == WASM_SEGMENT_DECLARATIVE)
        print_word(p, " declare");
    if (elem->mode == WASM_SEGMENT_ACTIVE) {
        if (elem->table) {
            print_word(p, " (table ");
            wasm_print_reference(p, WASM_NAME_TABLE, 0, elem->table);
            buffer_put(p->out, ')');
        }
        TRY(wasm_print_wrapped(p, elem->offset, "offset"));
    }
    if (elem->is_exprs) {
        buffer_put(p->out, ' ');
        wasm_print_valtype(p, elem->type);
    } else {
        print_word(p, " func");
    }
    if (p->options.skeleton && elem->count) {
        print_word(p, " ...)");
        return WHIT_OK;
    }
    for (uint32_t i = 0; i < elem->count; i++) {
        if (elem->is_exprs) {
            TRY(wasm_print_wrapped(p, elem->exprs[i], "item"));
        } else {
            buffer_put(p->out, ' ');
            wasm_print_reference(p, WASM_NAME_FUNCTION, 0, elem->functions[i]);
        }
    }
    buffer_put(p->out, ')');
    return buffer_status(p->out, p->error);
}

static whit_status print_data(printer *p, uint32_t index)
{
    const wasm_data *data = &p->module->datas[index];
    field_line(p, "data");
    TRY(wasm_print_definition(p, WASM_NAME_DATA, 0, index));
    if (data->mode == WASM_SEGMENT_ACTIVE) {
        if (data->memory) {
            print_word(p, " (memory ");
            wasm_print_reference(p, WASM_NAME_MEMORY, 0, data->memory);
            buffer_put(p->out, ')');
        }
        TRY(wasm_print_wrapped(p, data->offset, "offset"));
    }
    buffer_put(p->out, ' ');
    if (p->options.skeleton)
        print_word(p, "...");
    else
        wasm_string_write(data->bytes, false, p->out);
    buffer_put(p->out, ')');
    return buffer_status(p->out, p->error);
}

/* ---- Definitions ---- */

static whit_status print_tables(printer *p)
{
    const wasm_module *m = p->module;
    for (uint32_t i = m->imported[WASM_EXTERN_TABLE]; i < m->table_count; i++) {
        field_line(p, "table");
        TRY(wasm_print_definition(p, WASM_NAME_TABLE, 0, i));
        print_tabletype(p, &m->tables[i]);
        if (m->tables[i].init.size)
            TRY(wasm_print_constant(p, m->tables[i].init));
        buffer_put(p->out, ')');
    }
    return WHIT_OK;
}

static whit_status print_memories(printer *p)
{
    const wasm_module *m = p->module;
    for (uint32_t i = m->imported[WASM_EXTERN_MEMORY]; i < m->memory_count;
         i++) {
        field_line(p, "memory");
        TRY(wasm_print_definition(p, WASM_NAME_MEMORY, 0, i));
        print_limits(p, &m->memories[i].limits);
        buffer_put(p->out, ')');
    }
    return WHIT_OK;
}

static whit_status print_tags(printer *p)
{
    const wasm_module *m = p->module;
    for (uint32_t i = m->imported[WASM_EXTERN_TAG]; i < m->tag_count; i++) {
        field_line(p, "tag");
        TRY(wasm_print_definition(p, WASM_NAME_TAG, 0, i));
        wasm_print_typeuse(p, m->tags[i].type);
        buffer_put(p->out, ')');
    }
    return WHIT_OK;
}

static whit_status print_globals(printer *p)
{
    const wasm_module *m = p->module;
    for (uint32_t i = m->imported[WASM_EXTERN_GLOBAL]; i < m->global_count;
         i++) {
        field_line(p, "global");
        TRY(wasm_print_definition(p, WASM_NAME_GLOBAL, 0, i));
        print_globaltype(p, &m->globals[i]);
        TRY(wasm_print_constant(p, m->globals[i].init));
        buffer_put(p->out, ')');
    }
    return WHIT_OK;
}

static void print_exports(printer *p)
{
    const wasm_module *m = p->module;
    for (uint32_t i = 0; i < m->export_count; i++) {
        const wasm_export *export = &m->exports[i];
        field_line(p, "export ");
        wasm_string_write(export->name, true, p->out);
        print_word(p, " (");
        print_word(p, kind_words[export->kind]);
        buffer_put(p->out, ' ');
        wasm_print_reference(p, name_kinds[export->kind], 0, export->index);
        print_word(p, "))");
    }
    if (m->start != WASM_NO_INDEX) {
        field_line(p, "start ");
        wasm_print_reference(p, WASM_NAME_FUNCTION, 0, m->start);
        buffer_put(p->out, ')');
    }
}

/* ---- Custom sections ---- */

/* In the order of the binary. */
static const struct {
    uint8_t id;
    const char *word;
} section_order[] = {
    {WASM_SECTION_TYPE, "type"},
    {WASM_SECTION_IMPORT, "import"},
    {WASM_SECTION_FUNCTION, "func"},
    {WASM_SECTION_TABLE, "table"},
    {WASM_SECTION_MEMORY, "memory"},
    {WASM_SECTION_TAG, "tag"},
    {WASM_SECTION_GLOBAL, "global"},
    {WASM_SECTION_EXPORT, "export"},
    {WASM_SECTION_START, "start"},
    {WASM_SECTION_ELEMENT, "elem"},
    {WASM_SECTION_DATA_COUNT, "datacount"},
    {WASM_SECTION_CODE, "code"},
    {WASM_SECTION_DATA, "data"},
};

static void print_custom(printer *p, const wasm_custom *custom, bool contents)
{
    size_t i = 0;
    while (i < COUNT_OF(section_order) && section_order[i].id != custom->after)
        i++;
    field_line(p, "@custom ");
    wasm_string_write(custom->name, true, p->out);
    print_word(p, i == COUNT_OF(section_order) ? " (before first" : " (after ");
    if (i < COUNT_OF(section_order))
        print_word(p, section_order[i].word);
    buffer_put(p->out, ')');
    if (contents) {
        buffer_put(p->out, ' ');
        if (p->options.skeleton)
            print_word(p, "...");
        else
            wasm_string_write(custom->bytes, false, p->out);
    }
    buffer_put(p->out, ')');
}

static bool is_present(const wasm_module *m, uint8_t id)
{
    switch (id) {
    case WASM_SECTION_TYPE:
        return m->type_count;
    case WASM_SECTION_IMPORT:
        return m->import_count;
    case WASM_SECTION_FUNCTION:
    case WASM_SECTION_CODE:
        return m->function_count > m->imported[WASM_EXTERN_FUNC];
    case WASM_SECTION_TABLE:
        return m->table_count > m->imported[WASM_EXTERN_TABLE];
    case WASM_SECTION_MEMORY:
        return m->memory_count > m->imported[WASM_EXTERN_MEMORY];
    case WASM_SECTION_TAG:
        return m->tag_count > m->imported[WASM_EXTERN_TAG];
    case WASM_SECTION_GLOBAL:
        return m->global_count > m->imported[WASM_EXTERN_GLOBAL];
    case WASM_SECTION_EXPORT:
        return m->export_count;
    case WASM_SECTION_START:
        return m->start != WASM_NO_INDEX;
    case WASM_SECTION_ELEMENT:
        return m->elem_count;
    case WASM_SECTION_DATA_COUNT:
        return m->has_data_count;
    default:
        return m->data_count;
    }
}

static size_t rank_of(uint32_t id)
{
    size_t rank = 0;
    while (rank < COUNT_OF(section_order) && section_order[rank].id != id)
        rank++;
    return id ? rank + 1 : 0;
}

/* Whether the parser puts a section that it makes from identifiers where
 * this one stands, without being told: behind every custom section up to
 * section `place`, and no section lies between. */
static bool stands_at(const wasm_module *m, uint32_t index, uint32_t place)
{
    size_t first = rank_of(m->customs[index].after), last = rank_of(place);
    if (first > last)
        return false;
    for (size_t rank = first; rank < last; rank++)
        if (is_present(m, section_order[rank].id))
            return false;
    return index + 1 == m->custom_count ||
           rank_of(m->customs[index + 1].after) > last;
}

/* A second section of the same name would be taken for the made one. */
static bool is_only(const wasm_module *m, const wasm_custom *custom)
{
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (&m->customs[i] != custom &&
            slice_equal(m->customs[i].name, custom->name))
            return false;
    return true;
}

static whit_status print_customs(printer *p)
{
    const wasm_module *m = p->module;
    const wasm_custom *names = wasm_module_custom(m, "name");
    const wasm_custom *hints =
        wasm_module_custom(m, "metadata.code.branch_hint");
    for (uint32_t i = 0; i < m->custom_count; i++) {
        const wasm_custom *custom = &m->customs[i];
        bool made = false, placed = false;
        if (custom == names) {
            TRY(wasm_print_names_match(p, custom->bytes, &made));
            placed = stands_at(m, i, WASM_SECTION_DATA);
        } else if (custom == hints) {
            made = p->hint_count && p->hints_printed == p->hint_count;
            placed = stands_at(m, i, WASM_SECTION_DATA_COUNT);
        }
        /* Nothing tells names apart from others where bodies are left out. */
        if (p->options.skeleton && (custom == names || custom == hints))
            continue;
        if (!made || !placed || !is_only(m, custom))
            print_custom(p, custom, !made);
    }
    return WHIT_OK;
}

static whit_status print_fields(printer *p)
{
    const wasm_module *m = p->module;
    TRY(wasm_print_types(p));
    for (uint32_t i = 0; i < m->import_count; i++)
        TRY(print_import(p, &m->imports[i]));
    TRY(print_tables(p));
    TRY(print_memories(p));
    TRY(print_tags(p));
    TRY(print_globals(p));
    print_exports(p);
    for (uint32_t i = 0; i < m->elem_count; i++)
        TRY(print_elem(p, i));
    for (uint32_t i = m->imported[WASM_EXTERN_FUNC]; i < m->function_count; i++)
        TRY(print_function(p, i));
    for (uint32_t i = 0; i < m->data_count; i++)
        TRY(print_data(p, i));
    return print_customs(p);
}

static whit_status print_module(printer *p)
{
    TRY(wasm_print_names_open(p));
    TRY(wasm_print_hints_open(p));
    print_word(p, "(module");
    if (p->names.module.size) {
        buffer_put(p->out, ' ');
        wasm_print_identifier(p, p->names.module);
    }
    size_t before = p->out->size;
    p->indent = 1;
    TRY(print_fields(p));
    p->indent = 0;
    if (p->out->size != before)
        wasm_print_newline(p);
    print_word(p, ")\n");
    return buffer_status(p->out, p->error);
}

static void open_printer(printer *p, const wasm_module *module,
                         const wasm_print_options *options, buffer *out,
                         whit_error *error)
{
    p->module = module;
    if (options)
        p->options = *options;
    p->out = out;
    p->error = error;
}

static void close_printer(printer *p)
{
    for (int kind = 0; kind < WASM_NAME_KINDS; kind++)
        mem_free(p->printed[kind].items);
    mem_free(p->frames.items);
    map_release(&p->labels);
    arena_release(&p->scratch);
    mem_free(p);
}

whit_status wasm_print(const wasm_module *module,
                       const wasm_print_options *options, buffer *out,
                       whit_error *error)
{
    printer *p = mem_zalloc(sizeof *p);
    TRY_ALLOC(p, error);
    open_printer(p, module, options, out, error);
    whit_status status = print_module(p);
    close_printer(p);
    return status;
}

static whit_status print_nested(printer *p, unsigned indent, slice name)
{
    TRY(wasm_print_names_open(p));
    TRY(wasm_print_hints_open(p));
    if (!slice_equal(p->names.module, name)) {
        print_word(p, " (@name ");
        wasm_string_write(p->names.module, true, p->out);
        buffer_put(p->out, ')');
    }
    size_t before = p->out->size;
    p->indent = indent + 1;
    TRY(print_fields(p));
    p->indent = indent;
    if (p->out->size != before)
        wasm_print_newline(p);
    return buffer_status(p->out, p->error);
}

whit_status wasm_print_fields(const wasm_module *module,
                              const wasm_print_options *options,
                              unsigned indent, slice name, buffer *out,
                              whit_error *error)
{
    printer *p = mem_zalloc(sizeof *p);
    TRY_ALLOC(p, error);
    open_printer(p, module, options, out, error);
    whit_status status = print_nested(p, indent, name);
    close_printer(p);
    return status;
}
