/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Two modules with one memory become one module.
 *
 * Types, globals and functions of the adapter stand behind the program's, so
 * that of the program's indices only those of functions change: its imports
 * of preview 1 go, and what the adapter imports comes. */
#include "toolchain/adapter.h"

#include <stdlib.h>
#include "toolchain/shrink.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/instruction.h"
#include "wasm/names.h"
#include "wasm/validate.h"

#define MAIN "__main_module__"
#define RUN "wasi:cli/run@"
#define REALLOC "cabi_import_realloc"
/* The section that is only for programs. */
#define PROGRAM_TYPE "component-type:preview1-run"

typedef struct linker {
    wasm_module *main;
    wasm_module *adapter;
    wasm_module *out;
    uint32_t *main_map;    /* functions, old to new */
    uint32_t *adapter_map; /* the same; WASM_NO_INDEX: not needed */
    uint32_t *type_map;    /* the adapter's */
    bool *needed;          /* functions of the adapter */
    uint32_t *stack;       /* needed, not yet looked at */
    uint32_t depth;
    uint32_t trap;        /* type of the function that stands in for what the
                           * program does not have, or WASM_NO_INDEX */
    uint32_t realloc;     /* in the adapter; WASM_NO_INDEX: not needed */
    uint32_t memory_size; /* the same */
    uint32_t fixed_count; /* imports of the program that stay */
    buffer trimmed;       /* the adapter's bytes */
    buffer scratch;
    whit_error *error;
} linker;

static void *array(linker *l, size_t count, size_t size)
{
    return arena_array(&l->out->arena, count + 1, size);
}

static const wasm_export *function_export(const wasm_module *module,
                                          const char *name)
{
    const wasm_export *export = wasm_module_export(module, slice_text(name));
    return export && export->kind == WASM_EXTERN_FUNC ? export : NULL;
}

static bool same_types(const wasm_valtype *a, const wasm_valtype *b,
                       uint32_t count)
{
    for (uint32_t n = 0; n < count; n++)
        if (a[n] != b[n])
            return false;
    return true;
}

/* The adapter has numeric types only. */
static bool same_signature(const wasm_functype *a, const wasm_functype *b)
{
    return a->param_count == b->param_count &&
           a->result_count == b->result_count &&
           same_types(a->params, b->params, a->param_count) &&
           same_types(a->results, b->results, a->result_count);
}

static bool has_prefix(slice name, const char *prefix)
{
    size_t size = strlen(prefix);
    return name.size >= size && !memcmp(name.data, prefix, size);
}

static bool is_preview1(const wasm_import *import)
{
    return slice_is(import->module, TOOL_ADAPTER_NAME);
}

/* What the program has for an import of the adapter from it. */
static const wasm_export *main_export(const linker *l, slice name)
{
    if (slice_is(name, "_start"))
        return function_export(l->main, "_start");
    const wasm_export *export = function_export(l->main, REALLOC);
    return export ? export : function_export(l->main, "cabi_realloc");
}

/* Whether the program imports a function of preview 1 by that name. */
static bool is_imported(const linker *l, slice name)
{
    for (uint32_t n = 0; n < l->main->import_count; n++)
        if (is_preview1(&l->main->imports[n]) &&
            slice_equal(l->main->imports[n].name, name))
            return true;
    return false;
}

/* Whether it is the function that runs the program, which has a start. */
static bool is_run(const linker *l, const wasm_export *export)
{
    return has_prefix(export->name, RUN) && function_export(l->main, "_start");
}

static void need(linker *l, uint32_t function)
{
    if (l->needed[function])
        return;
    l->needed[function] = true;
    l->stack[l->depth++] = function;
}

/* Follows calls. `grows`: memory.grow was found; `sets`: the global `sink`
 * is set. */
static void follow(linker *l, uint32_t sink, bool *grows, bool *sets)
{
    while (l->depth) {
        const wasm_function *f = &l->adapter->functions[l->stack[--l->depth]];
        if (f->imported)
            continue;
        wasm_reader reader = wasm_reader_new(f->code.body, 0);
        while (reader.cursor < reader.end) {
            wasm_instruction i;
            wasm_next_instruction(&reader, &i);
            if (i.op == WASM_OP_CALL)
                need(l, i.index);
            else if (i.op == WASM_OP_MEMORY_GROW)
                *grows = true;
            else if (i.op == WASM_OP_GLOBAL_SET && i.index == sink)
                *sets = true;
        }
    }
}

static whit_status check_import(linker *l, const wasm_import *import)
{
    const wasm_export *export = wasm_module_export(l->adapter, import->name);
    if (same_signature(wasm_function_type(l->main, import->index),
                       wasm_function_type(l->adapter, export->index)))
        return WHIT_OK;
    return error_set(l->error, WHIT_INVALID,
                     "%.*s is imported with another type than it has in "
                     "preview 1",
                     SLICE_ARG(import->name));
}

static whit_status need_imports(linker *l)
{
    for (uint32_t n = 0; n < l->main->import_count; n++) {
        const wasm_import *import = &l->main->imports[n];
        if (!is_preview1(import))
            continue;
        TRY(check_import(l, import));
        need(l, wasm_module_export(l->adapter, import->name)->index);
    }
    for (uint32_t n = 0; n < l->adapter->export_count; n++)
        if (is_run(l, &l->adapter->exports[n]))
            need(l, l->adapter->exports[n].index);
    return WHIT_OK;
}

/* Which functions of the adapter become part of the program. */
static whit_status choose_functions(linker *l)
{
    const wasm_module *adapter = l->adapter;
    l->needed = arena_zalloc(&l->out->arena, adapter->function_count + 1);
    l->stack = array(l, adapter->function_count, sizeof *l->stack);
    TRY_ALLOC(l->needed, l->error);
    TRY_ALLOC(l->stack, l->error);
    TRY(need_imports(l));
    const wasm_export *sink = wasm_module_export(adapter, slice_text("sink"));
    bool grows = false, sets = false;
    follow(l, sink->index, &grows, &sets);
    l->realloc = l->memory_size = WASM_NO_INDEX;
    if (sets) {
        l->realloc = function_export(adapter, REALLOC)->index;
        need(l, l->realloc);
        follow(l, sink->index, &grows, &sets);
    }
    if (grows) {
        l->memory_size = function_export(adapter, "memory_size")->index;
        need(l, l->memory_size);
        follow(l, sink->index, &grows, &sets);
    }
    return WHIT_OK;
}

/* Leaves the adapter with only what was chosen, made smaller as far as that
 * allows: what has one caller now, for instance, becomes part of it. */
static whit_status trim_adapter(linker *l)
{
    static const tool_shrink_options shrink = {.keep_customs = true};
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *adapter = l->adapter;
    uint32_t kept = 0;
    for (uint32_t n = 0; n < adapter->export_count; n++) {
        const wasm_export *export = &adapter->exports[n];
        /* Others call some of the exported ones; that makes them needed too,
         * but not exported. */
        if (export->kind != WASM_EXTERN_FUNC || export->index == l->realloc ||
            export->index == l->memory_size || is_run(l, export) ||
            is_imported(l, export->name))
            adapter->exports[kept++] = *export;
    }
    adapter->export_count = kept;
    buffer_clear(&l->scratch);
    TRY(wasm_encode(adapter, &l->scratch, l->error));
    TRY(tool_shrink(buffer_view(&l->scratch), &shrink, &l->trimmed, NULL,
                    l->error));
    wasm_module_free(l->adapter);
    l->adapter = NULL;
    return wasm_decode(buffer_view(&l->trimmed), &options, &l->adapter,
                       l->error);
}

/* Whether the adapter takes it from the program. */
static bool is_from_main(const linker *l, const wasm_import *import)
{
    return import->kind == WASM_EXTERN_FUNC && l->needed[import->index] &&
           slice_is(import->module, MAIN);
}

static bool is_from_host(const linker *l, const wasm_import *import)
{
    return import->kind == WASM_EXTERN_FUNC && l->needed[import->index] &&
           !slice_is(import->module, MAIN);
}

static whit_status number_from_main(linker *l, const wasm_import *import,
                                    uint32_t *next)
{
    const wasm_export *export = main_export(l, import->name);
    if (!export) {
        l->trap = l->adapter->functions[import->index].type;
        l->adapter_map[import->index] = (*next)++;
        return WHIT_OK;
    }
    l->adapter_map[import->index] = l->main_map[export->index];
    if (same_signature(wasm_function_type(l->main, export->index),
                       wasm_function_type(l->adapter, import->index)))
        return WHIT_OK;
    return error_set(l->error, WHIT_INVALID,
                     "the export %.*s has an unexpected type",
                     SLICE_ARG(export->name));
}

static uint32_t number_imports(linker *l)
{
    uint32_t next = 0;
    for (uint32_t n = 0; n < l->main->import_count; n++) {
        const wasm_import *import = &l->main->imports[n];
        if (import->kind == WASM_EXTERN_FUNC && !is_preview1(import))
            l->main_map[import->index] = next++;
    }
    l->fixed_count = next;
    for (uint32_t n = 0; n < l->adapter->function_count; n++)
        l->adapter_map[n] = WASM_NO_INDEX;
    for (uint32_t n = 0; n < l->adapter->import_count; n++)
        if (is_from_host(l, &l->adapter->imports[n]))
            l->adapter_map[l->adapter->imports[n].index] = next++;
    return next;
}

/* Gives every function its new index: first what is imported. */
static whit_status number_functions(linker *l)
{
    const wasm_module *main = l->main, *adapter = l->adapter;
    l->main_map = array(l, main->function_count, sizeof *l->main_map);
    l->adapter_map = array(l, adapter->function_count, sizeof *l->adapter_map);
    TRY_ALLOC(l->main_map, l->error);
    TRY_ALLOC(l->adapter_map, l->error);
    uint32_t next = number_imports(l);
    for (uint32_t n = 0; n < main->function_count; n++)
        if (!main->functions[n].imported)
            l->main_map[n] = next++;
    for (uint32_t n = 0; n < adapter->function_count; n++)
        if (!adapter->functions[n].imported && l->needed[n])
            l->adapter_map[n] = next++;
    for (uint32_t n = 0; n < main->import_count; n++) {
        const wasm_import *import = &main->imports[n];
        if (is_preview1(import))
            l->main_map[import->index] =
                l->adapter_map[wasm_module_export(adapter, import->name)
                                   ->index];
    }
    l->trap = WASM_NO_INDEX;
    for (uint32_t n = 0; n < adapter->import_count; n++)
        if (is_from_main(l, &adapter->imports[n]))
            TRY(number_from_main(l, &adapter->imports[n], &next));
    l->out->function_count = next;
    return WHIT_OK;
}

static bool is_function_index(uint16_t op)
{
    return op == WASM_OP_CALL || op == WASM_OP_RETURN_CALL ||
           op == WASM_OP_REF_FUNC;
}

static void map_main(const linker *l, wasm_instruction *i)
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

static void map_adapter(const linker *l, wasm_instruction *i)
{
    if (is_function_index(i->op))
        i->index = l->adapter_map[i->index];
    else if (i->op == WASM_OP_GLOBAL_GET || i->op == WASM_OP_GLOBAL_SET)
        i->index += l->main->global_count;
    else if (has_block_type(i->op) && i->block.index != WASM_NO_INDEX)
        i->block.index = l->type_map[i->block.index];
}

typedef void map_function(const linker *l, wasm_instruction *i);

static whit_status map_code(linker *l, slice code, map_function *map,
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
            same_signature(&have->func, &type->func))
            return n;
    }
    return WASM_NO_INDEX;
}

static whit_status link_types(linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main, *adapter = l->adapter;
    out->type_count = main->type_count;
    out->types =
        array(l, main->type_count + adapter->type_count, sizeof *out->types);
    l->type_map = array(l, adapter->type_count, sizeof *l->type_map);
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

static whit_status link_imports(linker *l)
{
    wasm_module *out = l->out;
    out->imports = array(l, l->main->import_count + l->adapter->import_count,
                         sizeof *out->imports);
    TRY_ALLOC(out->imports, l->error);
    for (uint32_t n = 0; n < l->main->import_count; n++) {
        wasm_import import = l->main->imports[n];
        if (is_preview1(&import))
            continue;
        if (import.kind == WASM_EXTERN_FUNC)
            import.index = l->main_map[import.index];
        out->imports[out->import_count++] = import;
        out->imported[import.kind]++;
    }
    for (uint32_t n = 0; n < l->adapter->import_count; n++) {
        wasm_import import = l->adapter->imports[n];
        if (!is_from_host(l, &import))
            continue;
        import.index = l->adapter_map[import.index];
        out->imports[out->import_count++] = import;
        out->imported[import.kind]++;
    }
    return WHIT_OK;
}

static whit_status link_functions(linker *l)
{
    static const uint8_t unreachable[] = {0x00, 0x0b};
    wasm_module *out = l->out;
    out->functions = array(l, out->function_count, sizeof *out->functions);
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

static whit_status link_stores(linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main;
    out->memories = main->memories;
    out->memory_count = main->memory_count;
    out->tags = main->tags;
    out->tag_count = main->tag_count;
    out->table_count = main->table_count;
    out->global_count = main->global_count + l->adapter->global_count;
    out->tables = array(l, out->table_count, sizeof *out->tables);
    out->globals = array(l, out->global_count, sizeof *out->globals);
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

static whit_status link_elem(linker *l, wasm_elem *elem)
{
    if (elem->mode == WASM_SEGMENT_ACTIVE)
        TRY(map_code(l, elem->offset, map_main, &elem->offset));
    if (elem->is_exprs) {
        slice *exprs = array(l, elem->count, sizeof *exprs);
        TRY_ALLOC(exprs, l->error);
        for (uint32_t n = 0; n < elem->count; n++)
            TRY(map_code(l, elem->exprs[n], map_main, &exprs[n]));
        elem->exprs = exprs;
        return WHIT_OK;
    }
    uint32_t *functions = array(l, elem->count, sizeof *functions);
    TRY_ALLOC(functions, l->error);
    for (uint32_t n = 0; n < elem->count; n++)
        functions[n] = l->main_map[elem->functions[n]];
    elem->functions = functions;
    return WHIT_OK;
}

static whit_status link_segments(linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main;
    out->datas = main->datas;
    out->data_count = main->data_count;
    out->has_data_count = main->has_data_count;
    out->elem_count = main->elem_count;
    out->elems = array(l, out->elem_count, sizeof *out->elems);
    TRY_ALLOC(out->elems, l->error);
    for (uint32_t n = 0; n < out->elem_count; n++) {
        out->elems[n] = main->elems[n];
        TRY(link_elem(l, &out->elems[n]));
    }
    return WHIT_OK;
}

static void add_export(linker *l, slice name, uint32_t function)
{
    l->out->exports[l->out->export_count++] =
        (wasm_export){.name = name, .index = function};
}

static whit_status link_exports(linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main;
    bool answers = l->realloc != WASM_NO_INDEX;
    out->exports = array(l, main->export_count + 2, sizeof *out->exports);
    TRY_ALLOC(out->exports, l->error);
    for (uint32_t n = 0; n < main->export_count; n++) {
        wasm_export export = main->exports[n];
        if (export.kind != WASM_EXTERN_FUNC) {
            out->exports[out->export_count++] = export;
            continue;
        }
        if (!slice_is(export.name, "_start") &&
            !(answers && slice_is(export.name, REALLOC)))
            add_export(l, export.name, l->main_map[export.index]);
    }
    if (answers)
        add_export(l, slice_text(REALLOC), l->adapter_map[l->realloc]);
    for (uint32_t n = 0; n < l->adapter->export_count; n++) {
        const wasm_export *export = &l->adapter->exports[n];
        if (is_run(l, export))
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
static whit_status link_names(linker *l, wasm_custom *custom)
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
        if (has_prefix(name, names[n]))
            return true;
    return false;
}

static whit_status link_customs(linker *l)
{
    wasm_module *out = l->out;
    const wasm_module *main = l->main, *adapter = l->adapter;
    out->customs = array(l, main->custom_count + adapter->custom_count,
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
    bool program = function_export(main, "_start") != NULL;
    for (uint32_t n = 0; n < adapter->custom_count; n++) {
        wasm_custom custom = adapter->customs[n];
        if (!has_prefix(custom.name, "component-type") ||
            (has_prefix(custom.name, PROGRAM_TYPE) && !program))
            continue;
        custom.after = WASM_SECTION_DATA;
        out->customs[out->custom_count++] = custom;
    }
    return WHIT_OK;
}

/* The adapter uses the memory that the host uses, as memory 0. */
static whit_status check_memory(const linker *l)
{
    const wasm_export *export =
        wasm_module_export(l->main, slice_text("memory"));
    const char *problem = NULL;
    if (!export || export->kind != WASM_EXTERN_MEMORY)
        problem = "it exports no memory";
    else if (export->index)
        problem = "the memory it exports is not its first one";
    else if (l->main->memories[0].imported)
        problem = "its memory is imported";
    else if (l->main->memories[0].limits.is64)
        problem = "its memory has 64-bit addresses";
    if (!problem)
        return WHIT_OK;
    return error_set(l->error, WHIT_INVALID,
                     "cannot link preview 1 to the module: %s", problem);
}

static whit_status link_all(linker *l)
{
    TRY(check_memory(l));
    TRY(choose_functions(l));
    TRY(trim_adapter(l));
    TRY(choose_functions(l));
    TRY(number_functions(l));
    TRY(link_types(l));
    TRY(link_imports(l));
    TRY(link_functions(l));
    TRY(link_stores(l));
    TRY(link_segments(l));
    TRY(link_exports(l));
    return link_customs(l);
}

static whit_status link_decoded(wasm_module *main, buffer *out,
                                whit_error *error)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    linker l = {.main = main, .error = error};
    tool_adapter_size size;
    TRY(wasm_validate(main, WASM_FEATURES_ALL, error));
    TRY(tool_adapter_choose(main, &size, error));
    TRY(wasm_decode(tool_adapter_module(size), &options, &l.adapter, error));
    buffer_init(&l.trimmed);
    buffer_init(&l.scratch);
    l.out = wasm_module_new();
    whit_status status = l.out ? link_all(&l) : error_memory(error);
    if (status == WHIT_OK)
        status = wasm_encode(l.out, out, error);
    wasm_module_free(l.out);
    wasm_module_free(l.adapter);
    buffer_release(&l.trimmed);
    buffer_release(&l.scratch);
    return status;
}

whit_status tool_adapter_link(slice module, buffer *out, whit_error *error)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    wasm_module *main = NULL;
    TRY(wasm_decode(module, &options, &main, error));
    whit_status status;
    if (tool_adapter_wanted(main)) {
        status = link_decoded(main, out, error);
    } else {
        buffer_slice(out, module);
        status = buffer_status(out, error);
    }
    wasm_module_free(main);
    return status;
}
