/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Core modules that fit a world, as text. */
#include "toolchain/wit_dummy.h"

#include "base/memory.h"

typedef struct dummy {
    const wit_set *set;
    wit_naming naming;
    wit_abi abi;
    buffer *out;
    buffer module; /* of the imports that are being written */
    whit_error *error;
} dummy;

static const char *const core_texts[] = {[WIT_CORE_I32] = "i32",
                                         [WIT_CORE_I64] = "i64",
                                         [WIT_CORE_F32] = "f32",
                                         [WIT_CORE_F64] = "f64"};

static void put_core_list(buffer *out, const char *word, const uint8_t *types,
                          uint32_t count)
{
    if (!count)
        return;
    buffer_printf(out, " (%s", word);
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(out, " %s", core_texts[types[i]]);
    buffer_put(out, ')');
}

static void put_signature(buffer *out, const wit_signature *signature)
{
    put_core_list(out, "param", signature->params, signature->param_count);
    put_core_list(out, "result", signature->results, signature->result_count);
}

static wit_abi abi_of(const dummy *d, const wit_function *function)
{
    return function->is_async ? d->abi : WIT_ABI_SYNC;
}

/* `(import "module" "`, the rest of which the caller writes. */
static void begin_import(dummy *d)
{
    buffer_text(d->out, "  (import \"");
    buffer_slice(d->out, buffer_view(&d->module));
    buffer_text(d->out, "\" \"");
}

static void end_import(dummy *d, const char *signature)
{
    buffer_printf(d->out, "\" (func%s))\n", signature);
}

static void set_module(dummy *d, const wit_item *interface, bool exported)
{
    buffer_clear(&d->module);
    wit_core_module_write(d->set, interface, d->naming, exported, &d->module);
}

/* ---- Imports ---- */

static void import_resource(dummy *d, wit_type type,
                            wit_resource_intrinsic intrinsic)
{
    begin_import(d);
    wit_core_resource_write(d->set, type, d->naming, intrinsic, d->out);
    end_import(d, intrinsic == WIT_RESOURCE_DROP ? " (param i32)"
                                                 : " (param i32) (result i32)");
}

static void import_stream(dummy *d, const wit_function *function, wit_type type,
                          uint32_t index)
{
    static const char *const signatures[WIT_STREAM_INTRINSICS] = {
        [WIT_STREAM_NEW] = " (result i64)",
        [WIT_STREAM_READ] = " (param i32 i32 i32) (result i32)",
        [WIT_STREAM_WRITE] = " (param i32 i32 i32) (result i32)",
        [WIT_STREAM_CANCEL_READ] = " (param i32) (result i32)",
        [WIT_STREAM_CANCEL_WRITE] = " (param i32) (result i32)",
        [WIT_STREAM_DROP_READABLE] = " (param i32)",
        [WIT_STREAM_DROP_WRITABLE] = " (param i32)"};
    const wit_type_def *def = &d->set->types[type];
    bool future = def->kind == WIT_FUTURE;
    for (int i = 0; i < WIT_STREAM_INTRINSICS; i++) {
        bool copies = i == WIT_STREAM_READ || i == WIT_STREAM_WRITE;
        begin_import(d);
        wit_core_stream_write(function, future,
                              def->element == WIT_NONE ? WIT_NONE : index,
                              (wit_stream_intrinsic)i, false, d->out);
        end_import(d, future && copies ? " (param i32 i32) (result i32)"
                                       : signatures[i]);
    }
}

/* One set of intrinsics for each stream and future that a function
 * mentions, but for those without an element, which share a name. */
static whit_status import_streams(dummy *d, const wit_function *function)
{
    wit_type *types = NULL;
    uint32_t count;
    bool unit[2] = {false, false};
    if (d->naming != WIT_NAMES_LEGACY)
        return WHIT_OK;
    TRY(wit_function_streams(d->set, function, &types, &count, d->error));
    for (uint32_t i = 0; i < count; i++) {
        const wit_type_def *def = &d->set->types[types[i]];
        bool *seen = &unit[def->kind == WIT_FUTURE];
        if (def->element == WIT_NONE && *seen)
            continue;
        *seen = *seen || def->element == WIT_NONE;
        import_stream(d, function, types[i], i);
    }
    mem_free(types);
    return WHIT_OK;
}

static whit_status import_function(dummy *d, const wit_function *function)
{
    wit_signature signature;
    wit_abi abi = abi_of(d, function);
    begin_import(d);
    wit_core_import_write(function, d->naming, abi, d->out);
    buffer_text(d->out, "\" (func");
    wit_signature_lower(d->set, function, abi, 4, &signature);
    put_signature(d->out, &signature);
    buffer_text(d->out, "))\n");
    return import_streams(d, function);
}

/* What an exported function needs from outside. */
static whit_status import_for_export(dummy *d, const wit_function *function)
{
    wit_signature signature;
    if (abi_of(d, function) != WIT_ABI_SYNC) {
        begin_import(d);
        wit_core_task_return_write(function, d->out);
        buffer_text(d->out, "\" (func");
        wit_signature_task_return(d->set, function, 4, &signature);
        put_signature(d->out, &signature);
        buffer_text(d->out, "))\n");
    }
    return import_streams(d, function);
}

static void import_resources(dummy *d, wit_type type, bool exported)
{
    if (d->set->types[type].kind != WIT_RESOURCE)
        return;
    import_resource(d, type, WIT_RESOURCE_DROP);
    if (!exported)
        return;
    import_resource(d, type, WIT_RESOURCE_NEW);
    import_resource(d, type, WIT_RESOURCE_REP);
}

static whit_status import_item(dummy *d, const wit_item *item, bool exported)
{
    bool is_interface = item->kind == WIT_ITEM_INTERFACE;
    set_module(d, is_interface ? item : NULL, exported);
    if (item->kind == WIT_ITEM_TYPE)
        import_resources(d, item->index, false);
    if (item->kind == WIT_ITEM_FUNCTION)
        return exported ? import_for_export(d, item->function)
                        : import_function(d, item->function);
    if (!is_interface)
        return WHIT_OK;
    const wit_interface *interface = &d->set->interfaces[item->index];
    for (uint32_t i = 0; i < interface->type_count; i++)
        import_resources(d, interface->types[i], exported);
    for (uint32_t i = 0; i < interface->function_count; i++)
        TRY(exported ? import_for_export(d, &interface->functions[i])
                     : import_function(d, &interface->functions[i]));
    return WHIT_OK;
}

/* ---- Exports ---- */

static void export_part(dummy *d, const wit_item *interface,
                        const wit_function *function, wit_core_part part,
                        const wit_signature *signature)
{
    buffer_text(d->out, "  (func (export \"");
    wit_core_export_write(d->set, interface, function, d->naming,
                          abi_of(d, function), part, d->out);
    buffer_text(d->out, "\")");
    put_signature(d->out, signature);
    buffer_text(d->out, " unreachable)\n");
}

static void export_function(dummy *d, const wit_item *interface,
                            const wit_function *function)
{
    static const wit_signature callback = {
        .params = {WIT_CORE_I32, WIT_CORE_I32, WIT_CORE_I32},
        .results = {WIT_CORE_I32},
        .param_count = 3,
        .result_count = 1};
    wit_signature signature;
    wit_abi abi = abi_of(d, function);
    wit_signature_lift(d->set, function, abi, 4, &signature);
    export_part(d, interface, function, WIT_CORE_FUNCTION, &signature);
    if (abi == WIT_ABI_ASYNC)
        export_part(d, interface, function, WIT_CORE_CALLBACK, &callback);
    if (abi != WIT_ABI_SYNC || function->result == WIT_NONE ||
        !(d->set->types[function->result].has & WIT_HAS_MEMORY))
        return;
    wit_signature_post_return(d->set, function, 4, &signature);
    export_part(d, interface, function, WIT_CORE_POST_RETURN, &signature);
}

static void export_item(dummy *d, const wit_item *item)
{
    if (item->kind == WIT_ITEM_FUNCTION) {
        export_function(d, NULL, item->function);
        return;
    }
    const wit_interface *interface = &d->set->interfaces[item->index];
    for (uint32_t i = 0; i < interface->type_count; i++) {
        if (d->set->types[interface->types[i]].kind != WIT_RESOURCE)
            continue;
        buffer_text(d->out, "  (func (export \"");
        wit_core_destructor_write(d->set, item, interface->types[i], d->naming,
                                  d->out);
        buffer_text(d->out, "\") (param i32) unreachable)\n");
    }
    for (uint32_t i = 0; i < interface->function_count; i++)
        export_function(d, item, &interface->functions[i]);
}

static whit_status put_module(dummy *d, const wit_world *world)
{
    buffer_text(d->out, "(module\n");
    for (uint32_t i = 0; i < world->import_count; i++)
        TRY(import_item(d, &world->imports[i], false));
    for (uint32_t i = 0; i < world->export_count; i++)
        TRY(import_item(d, &world->exports[i], true));
    for (uint32_t i = 0; i < world->export_count; i++)
        export_item(d, &world->exports[i]);
    buffer_printf(d->out,
                  "  (memory (export \"%s\") 0)\n"
                  "  (func (export \"%s\") (param i32 i32 i32 i32) "
                  "(result i32) unreachable)\n"
                  "  (func (export \"%s\")))\n",
                  wit_core_memory_name(d->naming),
                  wit_core_realloc_name(d->naming),
                  wit_core_initialize_name(d->naming));
    TRY(buffer_status(&d->module, d->error));
    return buffer_status(d->out, d->error);
}

whit_status tool_wit_dummy(const wit_set *set, uint32_t world,
                           wit_naming naming, wit_abi abi, buffer *out,
                           whit_error *error)
{
    dummy d = {
        .set = set, .naming = naming, .abi = abi, .out = out, .error = error};
    buffer_init(&d.module);
    whit_status status = put_module(&d, &set->worlds[world]);
    buffer_release(&d.module);
    return status;
}
