/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Fuzz target: run every exported function of a module, with fuel, behind
 * guard pages and with explicit checks. Both codes must end the same way. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "engine/engine.h"
#include "interpreter/interpreter.h"
#include "wasm/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_SLOTS = 64, MAX_EXPORTS = 16, FUEL = 20000 };

/* How one call ended, and what it left. */
typedef struct outcome {
    whit_status status;
    rt_trap_code trap;
    uint32_t frames;
    rt_slot slots[MAX_SLOTS];
} outcome;

typedef struct outcomes {
    bool instantiated;
    uint32_t count;
    outcome calls[MAX_EXPORTS];
} outcomes;

static void limits_of(rt_limits *limits)
{
    rt_limits_init(limits);
    limits->memory_bytes = 4 << 20;
    limits->table_elements = 10000;
    limits->gc_heap_bytes = 1 << 20;
    limits->call_depth = 200;
}

static void call(rt_store *store, rt_function *function, outcome *out)
{
    const wasm_type *type = function->header.type;
    rt_slot slots[MAX_SLOTS] = {0};
    whit_error error;
    memset(out, 0, sizeof *out);
    if (type->param_slots > MAX_SLOTS || type->result_slots > MAX_SLOTS)
        return;
    for (uint32_t i = 0; i < type->func.param_count; i++)
        if (wasm_is_ref(type->func.params[i]) &&
            !wasm_is_nullable(type->func.params[i]))
            return;
    store->context.fuel = FUEL;
    out->status = rt_call(store, function, slots, &error);
    out->trap =
        out->status == WHIT_TRAP ? store->context.trap.code : RT_TRAP_NONE;
    out->frames =
        out->status == WHIT_TRAP ? store->context.trap.frame_count : 0;
    if (out->status != WHIT_OK)
        return;
    /* NaNs and references may differ from run to run. */
    const rt_slot *slot = slots;
    for (uint32_t i = 0; i < type->func.result_count; i++) {
        wasm_valtype result = type->func.results[i];
        if (result == WASM_I32)
            out->slots[i].u64 = slot->u32;
        else if (result == WASM_I64)
            out->slots[i].u64 = slot->u64;
        slot += wasm_slots(result);
    }
}

/* Every defined function is translated and dumped, called or not. */
static void translate(rt_module *module, bool checked)
{
    buffer text;
    buffer_init(&text);
    for (uint32_t i = module->wasm->imported[WASM_EXTERN_FUNC];
         i < module->wasm->function_count; i++)
        if (interp_dump(module, checked, i, &text, NULL) != WHIT_OK)
            abort();
    buffer_release(&text);
}

static void run(slice bytes, bool guard, outcomes *out)
{
    rt_config config;
    rt_limits limits;
    rt_engine *engine;
    rt_store *store;
    rt_module *module;
    rt_instance *instance;
    memset(out, 0, sizeof *out);
    rt_config_init(&config);
    config.fuel = true;
    config.guard_pages = guard;
    limits_of(&limits);
    if (engine_new(&config, &engine, NULL) != WHIT_OK)
        return;
    if (rt_store_new(engine, &limits, &store, NULL) == WHIT_OK) {
        store->context.fuel = FUEL;
        if (engine_load(engine, bytes, &module, NULL) == WHIT_OK) {
            translate(module, !guard);
            const wasm_module *wasm = module->wasm;
            out->instantiated = wasm->import_count == 0 &&
                                rt_instance_new(store, module, NULL, 0,
                                                &instance, NULL) == WHIT_OK;
            for (uint32_t i = 0; out->instantiated && i < wasm->export_count &&
                                 out->count < MAX_EXPORTS;
                 i++) {
                const wasm_export *e = &wasm->exports[i];
                if (e->kind == WASM_EXTERN_FUNC)
                    call(store, instance->functions[e->index],
                         &out->calls[out->count++]);
            }
            rt_module_release(module);
        }
        rt_store_free(store);
    }
    rt_engine_release(engine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static outcomes guarded, checked;
    slice bytes = slice_of(data, size);
    if (!wasm_is_module(bytes))
        return 0;
    run(bytes, true, &guarded);
    run(bytes, false, &checked);
    if (memcmp(&guarded, &checked, sizeof guarded) != 0)
        abort();
    return 0;
}
