/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Two modules with one memory become one module.
 *
 * Types, globals and functions of the adapter stand behind the program's, so
 * that of the program's indices only those of functions change: its imports
 * of preview 1 go, and what the adapter imports comes. */
#include "toolchain/adapter_private.h"

#include <stdlib.h>
#include "wasm/instruction.h"
#include "wasm/names.h"

/* The section that is only for programs. */
#define PROGRAM_TYPE "component-type:preview1-run"

static bool is_function_index(uint16_t op)
{
    return op == WASM_OP_CALL || op == WASM_OP_RETURN_CALL ||
           op == WASM_OP_REF_FUNC;
}

static void map_main(const adapter_linker *l, wasm_instruction *i)
{
    if (is_function_index(i->op)) {
        i->index = l->main_map[i->index];
    } else if (i->op == WASM_OP_MEMORY_SIZE && !i->index &&
               l->memory_size != WASM_NO_INDEX) {
        *i = (wasm_instruction){.op = WASM_OP_CALL,
                                .index = l->adapter_map[l->memory_size]};
    }
}

static bool has_block_type(uint16_t op)
{
    return op == WASM_OP_BLOCK || op == WASM_OP_LOOP || op == WASM_OP_IF;
}

static void map_adapter(const adapter_linker *l, wasm_instruction *i)
{
    if (is_function_index(i->op))
        i->index = l->adapter_map[i->index];
    else if (i->op == WASM_OP_GLOBAL_GET || i->op == WASM_OP_GLOBAL_SET)
        i->index += l->main->global_count;
    else if (has_block_type(i->op) && i->block.index != WASM_NO_INDEX)
        i->block.index = l->type_map[i->block.index];
}

typedef void map_function(const adapter_linker *l, wasm_instruction *i);

static whit_status map_code(adapter_linker *l, slice code, map_function *map,
                            slice *out)
{
    wasm_reader reader = wasm_reader_new(code, 0);
    buffer_clear(&l->scratch);
    while (reader.cursor < reader.end) {
        const uint8_t *start = reader.cursor;
        wasm_instruction i, mapped;
        wasm_next_instruction(&reader, &i);
        mapped = i;
        map(l, &mapped);
        if (mapped.op != i.op || mapped.index != i.index ||
            (has_block_type(i.op) && mapped.block.index != i.block.index))
            wasm_write_instruction(&l->scratch, &mapped);
        else
            buffer_slice(&l->scratch,
                         slice_of(start, (size_t)(reader.cursor - start)));
    }
    TRY(buffer_status(&l->scratch, l->error));
    out->data = arena_dup(&l->out->arena, l->scratch.data, l->scratch.size);
    out->size = l->scratch.size;
    TRY_ALLOC(out->data, l->error);
    return WHIT_OK;
}

/* A type of the program that is the same function type, or WASM_NO_INDEX. */
static uint32_t find_type(const wasm_module *main, const wasm_subtype *type)
{
    for (uint32_t n = 0; n < main->type_count; n++) {
        const wasm_subtype *have = &main->types[n];
        if (have->kind == WASM_COMP_FUNC && have->final &&
            have->super == WASM_NO_INDEX && have->rec_count == 1 &&
            adapter_same_signature(&have->func, &type->func))
            return n;
    }
    return WASM_NO_INDEX;
}

static whit_status link_types(adapter_linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main, *adapter = l->adapter;
    out->type_count = main->type_count;
    out->types = adapter_array(l, main->type_count + adapter->type_count,
                               sizeof *out->types);
    l->type_map = adapter_array(l, adapter->type_count, sizeof *l->type_map);
    TRY_ALLOC(out->types, l->error);
    TRY_ALLOC(l->type_map, l->error);
    for (uint32_t n = 0; n < main->type_count; n++)
        out->types[n] = main->types[n];
    for (uint32_t n = 0; n < adapter->type_count; n++) {
        l->type_map[n] = find_type(main, &adapter->types[n]);
        if (l->type_map[n] != WASM_NO_INDEX)
            continue;
        l->type_map[n] = out->type_count;
        out->types[out->type_count] = adapter->types[n];
        out->types[out->type_count].rec_first = out->type_count;
        out->type_count++;
    }
    return WHIT_OK;
}

static whit_status link_imports(adapter_linker *l)
{
    wasm_module *out = l->out;
    out->imports =
        adapter_array(l, l->main->import_count + l->adapter->import_count,
                      sizeof *out->imports);
    TRY_ALLOC(out->imports, l->error);
    for (uint32_t n = 0; n < l->main->import_count; n++) {
        wasm_import import = l->main->imports[n];
        if (adapter_is_preview1(&import))
            continue;
        if (import.kind == WASM_EXTERN_FUNC)
            import.index = l->main_map[import.index];
        out->imports[out->import_count++] = import;
        out->imported[import.kind]++;
    }
    for (uint32_t n = 0; n < l->adapter->import_count; n++) {
        wasm_import import = l->adapter->imports[n];
        if (!adapter_is_from_host(l, &import))
            continue;
        import.index = l->adapter_map[import.index];
        out->imports[out->import_count++] = import;
        out->imported[import.kind]++;
    }
    return WHIT_OK;
}

static whit_status link_functions(adapter_linker *l)
{
    static const uint8_t unreachable[] = {0x00, 0x0b};
    wasm_module *out = l->out;
    out->functions =
        adapter_array(l, out->function_count, sizeof *out->functions);
    TRY_ALLOC(out->functions, l->error);
    for (uint32_t n = 0; n < l->main->function_count; n++) {
        wasm_function f = l->main->functions[n];
        if (f.imported && l->main_map[n] >= l->fixed_count)
            continue;
        if (!f.imported)
            TRY(map_code(l, f.code.body, map_main, &f.code.body));
        out->functions[l->main_map[n]] = f;
    }
    for (uint32_t n = 0; n < l->adapter->function_count; n++) {
        wasm_function f = l->adapter->functions[n];
        uint32_t at = l->adapter_map[n];
        if (at == WASM_NO_INDEX ||
            (f.imported && at >= out->imported[WASM_EXTERN_FUNC]))
            continue;
        f.type = l->type_map[f.type];
        if (!f.imported)
            TRY(map_code(l, f.code.body, map_adapter, &f.code.body));
        out->functions[at] = f;
    }
    if (l->trap != WASM_NO_INDEX)
        out->functions[out->function_count - 1] = (wasm_function){
            .type = l->type_map[l->trap],
            .code.body = slice_of(unreachable, sizeof unreachable)};
    return WHIT_OK;
}

static whit_status link_stores(adapter_linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main;
    out->memories = main->memories;
    out->memory_count = main->memory_count;
    out->tags = main->tags;
    out->tag_count = main->tag_count;
    out->table_count = main->table_count;
    out->global_count = main->global_count + l->adapter->global_count;
    out->tables = adapter_array(l, out->table_count, sizeof *out->tables);
    out->globals = adapter_array(l, out->global_count, sizeof *out->globals);
    TRY_ALLOC(out->tables, l->error);
    TRY_ALLOC(out->globals, l->error);
    for (uint32_t n = 0; n < main->table_count; n++) {
        out->tables[n] = main->tables[n];
        if (out->tables[n].init.size)
            TRY(map_code(l, out->tables[n].init, map_main,
                         &out->tables[n].init));
    }
    for (uint32_t n = 0; n < main->global_count; n++) {
        out->globals[n] = main->globals[n];
        if (!out->globals[n].imported)
            TRY(map_code(l, out->globals[n].init, map_main,
                         &out->globals[n].init));
    }
    for (uint32_t n = 0; n < l->adapter->global_count; n++)
        out->globals[main->global_count + n] = l->adapter->globals[n];
    return WHIT_OK;
}

static whit_status link_elem(adapter_linker *l, wasm_elem *elem)
{
    if (elem->mode == WASM_SEGMENT_ACTIVE)
        TRY(map_code(l, elem->offset, map_main, &elem->offset));
    if (elem->is_exprs) {
        slice *exprs = adapter_array(l, elem->count, sizeof *exprs);
        TRY_ALLOC(exprs, l->error);
        for (uint32_t n = 0; n < elem->count; n++)
            TRY(map_code(l, elem->exprs[n], map_main, &exprs[n]));
        elem->exprs = exprs;
        return WHIT_OK;
    }
    uint32_t *functions = adapter_array(l, elem->count, sizeof *functions);
    TRY_ALLOC(functions, l->error);
    for (uint32_t n = 0; n < elem->count; n++)
        functions[n] = l->main_map[elem->functions[n]];
    elem->functions = functions;
    return WHIT_OK;
}

static whit_status link_segments(adapter_linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main;
    out->datas = main->datas;
    out->data_count = main->data_count;
    out->has_data_count = main->has_data_count;
    out->elem_count = main->elem_count;
    out->elems = adapter_array(l, out->elem_count, sizeof *out->elems);
    TRY_ALLOC(out->elems, l->error);
    for (uint32_t n = 0; n < out->elem_count; n++) {
        out->elems[n] = main->elems[n];
        TRY(link_elem(l, &out->elems[n]));
    }
    return WHIT_OK;
}

static void add_export(adapter_linker *l, slice name, uint32_t function)
{
    l->out->exports[l->out->export_count++] =
        (wasm_export){.name = name, .index = function};
}

static whit_status link_exports(adapter_linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main;
    bool answers = l->realloc != WASM_NO_INDEX;
    out->exports =
        adapter_array(l, main->export_count + 2, sizeof *out->exports);
    TRY_ALLOC(out->exports, l->error);
    for (uint32_t n = 0; n < main->export_count; n++) {
        wasm_export export = main->exports[n];
        if (export.kind != WASM_EXTERN_FUNC) {
            out->exports[out->export_count++] = export;
            continue;
        }
        if (!slice_is(export.name, "_start") &&
            !(answers && slice_is(export.name, ADAPTER_REALLOC)))
            add_export(l, export.name, l->main_map[export.index]);
    }
    if (answers)
        add_export(l, slice_text(ADAPTER_REALLOC), l->adapter_map[l->realloc]);
    for (uint32_t n = 0; n < l->adapter->export_count; n++) {
        const wasm_export *export = &l->adapter->exports[n];
        if (adapter_is_run(l, export))
            add_export(l, export->name, l->adapter_map[export->index]);
    }
    out->start =
        main->start == WASM_NO_INDEX ? WASM_NO_INDEX : l->main_map[main->start];
    return WHIT_OK;
}

static int compare_names(const void *left, const void *right)
{
    const wasm_name *a = left, *b = right;
    if (a->outer != b->outer)
        return a->outer < b->outer ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

/* Types and what else has names kept its index. */
static whit_status link_names(adapter_linker *l, wasm_custom *custom)
{
    wasm_names names;
    TRY(wasm_names_read(l->main, &l->out->arena, &names, l->error));
    for (uint32_t kind = 0; kind < WASM_NAME_KINDS; kind++) {
        wasm_name *items = names.of[kind].items;
        uint32_t count = names.of[kind].count;
        bool outer = kind == WASM_NAME_LOCAL || kind == WASM_NAME_LABEL;
        if (!count || (!outer && kind != WASM_NAME_FUNCTION))
            continue;
        for (uint32_t n = 0; n < count; n++) {
            uint32_t *index = outer ? &items[n].outer : &items[n].index;
            *index = *index < l->main->function_count ? l->main_map[*index]
                                                      : WASM_NO_INDEX;
        }
        qsort(items, count, sizeof *items, compare_names);
        /* Two imports of one function have become one; names of nothing,
         * which a damaged section may have, are last. */
        uint32_t kept = 0;
        for (uint32_t n = 0; n < count; n++)
            if ((outer ? items[n].outer : items[n].index) != WASM_NO_INDEX &&
                (!kept || compare_names(&items[kept - 1], &items[n])))
                items[kept++] = items[n];
        names.of[kind].count = kept;
    }
    buffer_clear(&l->scratch);
    wasm_names_write(&names, &l->scratch);
    TRY(buffer_status(&l->scratch, l->error));
    custom->bytes =
        slice_of(arena_dup(&l->out->arena, l->scratch.data, l->scratch.size),
                 l->scratch.size);
    TRY_ALLOC(custom->bytes.data, l->error);
    return WHIT_OK;
}

/* What would say wrong things about code that has moved. */
static bool is_about_code(slice name)
{
    static const char *const names[] = {".debug_",
                                        "metadata.code.",
                                        "build_id",
                                        "sourceMappingURL",
                                        "external_debug_info",
                                        "linking",
                                        "reloc."};
    for (size_t n = 0; n < COUNT_OF(names); n++)
        if (adapter_has_prefix(name, names[n]))
            return true;
    return false;
}

static whit_status link_customs(adapter_linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main, *adapter = l->adapter;
    out->customs = adapter_array(l, main->custom_count + adapter->custom_count,
                                 sizeof *out->customs);
    TRY_ALLOC(out->customs, l->error);
    for (uint32_t n = 0; n < main->custom_count; n++) {
        wasm_custom custom = main->customs[n];
        if (is_about_code(custom.name))
            continue;
        if (slice_is(custom.name, "name"))
            TRY(link_names(l, &custom));
        out->customs[out->custom_count++] = custom;
    }
    bool program = adapter_function(main, "_start") != NULL;
    for (uint32_t n = 0; n < adapter->custom_count; n++) {
        wasm_custom custom = adapter->customs[n];
        if (!adapter_has_prefix(custom.name, "component-type") ||
            (adapter_has_prefix(custom.name, PROGRAM_TYPE) && !program))
            continue;
        custom.after = WASM_SECTION_DATA;
        out->customs[out->custom_count++] = custom;
    }
    return WHIT_OK;
}

whit_status adapter_merge(adapter_linker *l)
{
    TRY(link_types(l));
    TRY(link_imports(l));
    TRY(link_functions(l));
    TRY(link_stores(l));
    TRY(link_segments(l));
    TRY(link_exports(l));
    return link_customs(l);
}
