/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Preview 1 becomes part of a program: which functions of the adapter it
 * takes, and which index every function gets. */
#include "toolchain/adapter_private.h"

#include "toolchain/shrink.h"
#include "wasm/decode.h"
#include "wasm/encode.h"
#include "wasm/instruction.h"
#include "wasm/validate.h"

#define MAIN "__main_module__"
#define RUN "wasi:cli/run@"
void *adapter_array(adapter_linker *l, size_t count, size_t size)
{
    return arena_array(&l->out->arena, count + 1, size);
}

const wasm_export *adapter_function(const wasm_module *module, const char *name)
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
bool adapter_same_signature(const wasm_functype *a, const wasm_functype *b)
{
    return a->param_count == b->param_count &&
           a->result_count == b->result_count &&
           same_types(a->params, b->params, a->param_count) &&
           same_types(a->results, b->results, a->result_count);
}

bool adapter_has_prefix(slice name, const char *prefix)
{
    size_t size = strlen(prefix);
    return name.size >= size && !memcmp(name.data, prefix, size);
}

bool adapter_is_preview1(const wasm_import *import)
{
    return slice_is(import->module, TOOL_ADAPTER_NAME);
}

/* What the program has for an import of the adapter from it. */
static const wasm_export *main_export(const adapter_linker *l, slice name)
{
    if (slice_is(name, "_start"))
        return adapter_function(l->main, "_start");
    const wasm_export *export = adapter_function(l->main, ADAPTER_REALLOC);
    return export ? export : adapter_function(l->main, "cabi_realloc");
}

/* Whether the program imports a function of preview 1 by that name. */
static bool is_imported(const adapter_linker *l, slice name)
{
    for (uint32_t n = 0; n < l->main->import_count; n++)
        if (adapter_is_preview1(&l->main->imports[n]) &&
            slice_equal(l->main->imports[n].name, name))
            return true;
    return false;
}

/* Whether it is the function that runs the program, which has a start. */
bool adapter_is_run(const adapter_linker *l, const wasm_export *export)
{
    return adapter_has_prefix(export->name, RUN) &&
           adapter_function(l->main, "_start");
}

static void need(adapter_linker *l, uint32_t function)
{
    if (l->needed[function])
        return;
    l->needed[function] = true;
    l->stack[l->depth++] = function;
}

/* Follows calls. `grows`: memory.grow was found; `sets`: the global `sink`
 * is set. */
static void follow(adapter_linker *l, uint32_t sink, bool *grows, bool *sets)
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

static whit_status check_import(adapter_linker *l, const wasm_import *import)
{
    const wasm_export *export = wasm_module_export(l->adapter, import->name);
    if (adapter_same_signature(wasm_function_type(l->main, import->index),
                               wasm_function_type(l->adapter, export->index)))
        return WHIT_OK;
    return error_set(l->error, WHIT_INVALID,
                     "%.*s is imported with another type than it has in "
                     "preview 1",
                     SLICE_ARG(import->name));
}

static whit_status need_imports(adapter_linker *l)
{
    for (uint32_t n = 0; n < l->main->import_count; n++) {
        const wasm_import *import = &l->main->imports[n];
        if (!adapter_is_preview1(import))
            continue;
        TRY(check_import(l, import));
        need(l, wasm_module_export(l->adapter, import->name)->index);
    }
    for (uint32_t n = 0; n < l->adapter->export_count; n++)
        if (adapter_is_run(l, &l->adapter->exports[n]))
            need(l, l->adapter->exports[n].index);
    return WHIT_OK;
}

/* Which functions of the adapter become part of the program. */
static whit_status choose_functions(adapter_linker *l)
{
    const wasm_module *adapter = l->adapter;
    l->needed = arena_zalloc(&l->out->arena, adapter->function_count + 1);
    l->stack = adapter_array(l, adapter->function_count, sizeof *l->stack);
    TRY_ALLOC(l->needed, l->error);
    TRY_ALLOC(l->stack, l->error);
    TRY(need_imports(l));
    const wasm_export *sink = wasm_module_export(adapter, slice_text("sink"));
    bool grows = false, sets = false;
    follow(l, sink->index, &grows, &sets);
    l->realloc = l->memory_size = WASM_NO_INDEX;
    if (sets) {
        l->realloc = adapter_function(adapter, ADAPTER_REALLOC)->index;
        need(l, l->realloc);
        follow(l, sink->index, &grows, &sets);
    }
    if (grows) {
        l->memory_size = adapter_function(adapter, "memory_size")->index;
        need(l, l->memory_size);
        follow(l, sink->index, &grows, &sets);
    }
    return WHIT_OK;
}

/* Leaves the adapter with only what was chosen, made smaller as far as that
 * allows: what has one caller now, for instance, becomes part of it. */
static whit_status trim_adapter(adapter_linker *l)
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
            export->index == l->memory_size || adapter_is_run(l, export) ||
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
static bool is_from_main(const adapter_linker *l, const wasm_import *import)
{
    return import->kind == WASM_EXTERN_FUNC && l->needed[import->index] &&
           slice_is(import->module, MAIN);
}

bool adapter_is_from_host(const adapter_linker *l, const wasm_import *import)
{
    return import->kind == WASM_EXTERN_FUNC && l->needed[import->index] &&
           !slice_is(import->module, MAIN);
}

static whit_status number_from_main(adapter_linker *l,
                                    const wasm_import *import, uint32_t *next)
{
    const wasm_export *export = main_export(l, import->name);
    if (!export) {
        l->trap = l->adapter->functions[import->index].type;
        l->adapter_map[import->index] = (*next)++;
        return WHIT_OK;
    }
    l->adapter_map[import->index] = l->main_map[export->index];
    if (adapter_same_signature(wasm_function_type(l->main, export->index),
                               wasm_function_type(l->adapter, import->index)))
        return WHIT_OK;
    return error_set(l->error, WHIT_INVALID,
                     "the export %.*s has an unexpected type",
                     SLICE_ARG(export->name));
}

static uint32_t number_imports(adapter_linker *l)
{
    uint32_t next = 0;
    for (uint32_t n = 0; n < l->main->import_count; n++) {
        const wasm_import *import = &l->main->imports[n];
        if (import->kind == WASM_EXTERN_FUNC && !adapter_is_preview1(import))
            l->main_map[import->index] = next++;
    }
    l->fixed_count = next;
    for (uint32_t n = 0; n < l->adapter->function_count; n++)
        l->adapter_map[n] = WASM_NO_INDEX;
    for (uint32_t n = 0; n < l->adapter->import_count; n++)
        if (adapter_is_from_host(l, &l->adapter->imports[n]))
            l->adapter_map[l->adapter->imports[n].index] = next++;
    return next;
}

/* Gives every function its new index: first what is imported. */
static whit_status number_functions(adapter_linker *l)
{
    const wasm_module *main = l->main, *adapter = l->adapter;
    l->main_map = adapter_array(l, main->function_count, sizeof *l->main_map);
    l->adapter_map =
        adapter_array(l, adapter->function_count, sizeof *l->adapter_map);
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
        if (adapter_is_preview1(import))
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

/* The adapter uses the memory that the host uses, as memory 0. */
static whit_status check_memory(const adapter_linker *l)
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
    else if (l->main->memories[0].limits.shared)
        problem = "its memory is shared";
    else if (l->main->memories[0].limits.is64)
        problem = "its memory has 64-bit addresses";
    if (!problem)
        return WHIT_OK;
    return error_set(l->error, WHIT_INVALID,
                     "cannot link preview 1 to the module: %s", problem);
}

static whit_status link_all(adapter_linker *l)
{
    TRY(check_memory(l));
    TRY(choose_functions(l));
    TRY(trim_adapter(l));
    TRY(choose_functions(l));
    TRY(number_functions(l));
    return adapter_merge(l);
}

static whit_status link_decoded(wasm_module *main, buffer *out,
                                whit_error *error)
{
    wasm_decode_options options = {.features = WASM_FEATURES_ALL};
    adapter_linker l = {.main = main, .error = error};
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
