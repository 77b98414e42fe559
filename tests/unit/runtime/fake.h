/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * An executor that runs whatever a test puts in `fake_body`, and helpers to
 * make engines, stores and modules from text. */
#ifndef TESTS_RUNTIME_FAKE_H
#define TESTS_RUNTIME_FAKE_H

#include "../test.h"

#include <stdlib.h>
#include "base/memory.h"
#include "runtime/heap.h"
#include "runtime/operations.h"
#include "wasm/text.h"
#include "wasm/validate.h"

typedef whit_status (*fake_function)(rt_context *context, rt_function *function,
                                     rt_slot *slots);

/* What guest functions do: by default nothing. */
static fake_function fake_body;
/* What frames hold. */
static rt_ref fake_roots[16];
static unsigned fake_root_count;
static unsigned fake_faults;

static whit_status fake_call(rt_context *context, rt_function *function,
                             rt_slot *slots)
{
    int frame;
    void *before = context->activation;
    context->activation = &frame;
    context->depth++;
    whit_status status =
        fake_body ? fake_body(context, function, slots) : WHIT_OK;
    context->depth--;
    context->activation = before;
    return status;
}

static void fake_visit(rt_context *context, rt_root_visitor *visitor)
{
    (void)context;
    for (unsigned i = 0; i < fake_root_count; i++)
        visitor->ref(visitor, fake_roots[i]);
}

static rt_module *fake_module;

static uint32_t fake_backtrace(rt_context *context, rt_frame *frames,
                               uint32_t max)
{
    if (!fake_module || max == 0 || context->depth == 0)
        return 0;
    frames[0] = (rt_frame){fake_module, 0, 0x42};
    return 1;
}

static void fake_fault(rt_context *context, void *machine)
{
    (void)context;
    (void)machine;
    fake_faults++;
}

static void fake_code_free(void *code)
{
    mem_free(code);
}

static const rt_executor fake_executor = {
    "fake", fake_call, fake_visit, fake_backtrace, fake_fault, fake_code_free,
};

static inline rt_engine *fake_engine(bool guard_pages)
{
    rt_config config;
    rt_config_init(&config);
    config.guard_pages = guard_pages;
    rt_engine *engine = NULL;
    if (rt_engine_new(&config, &fake_executor, &engine, NULL) != WHIT_OK)
        abort();
    fake_body = NULL;
    fake_module = NULL;
    fake_root_count = 0;
    return engine;
}

static inline rt_store *fake_store(rt_engine *engine, const rt_limits *limits)
{
    rt_store *store = NULL;
    if (rt_store_new(engine, limits, &store, NULL) != WHIT_OK)
        abort();
    return store;
}

static inline wasm_module *fake_parse(const char *text)
{
    whit_error error = {.code = WHIT_OK};
    wasm_module *wasm = NULL;
    if (wasm_text_parse(slice_text(text), &wasm, &error) != WHIT_OK ||
        wasm_validate(wasm, WASM_FEATURES_ALL, &error) != WHIT_OK) {
        printf("%s\n", error.message);
        abort();
    }
    return wasm;
}

static inline rt_module *fake_load(rt_engine *engine, const char *text)
{
    rt_module *module = NULL;
    if (rt_module_new(engine, fake_parse(text), &module, NULL) != WHIT_OK)
        abort();
    return module;
}

/* Loads and instantiates; the store keeps the module. */
static inline whit_status fake_instance(rt_store *store, const char *text,
                                        const rt_extern *imports,
                                        uint32_t count, rt_instance **out,
                                        whit_error *error)
{
    rt_module *module = fake_load(store->engine, text);
    whit_status status =
        rt_instance_new(store, module, imports, count, out, error);
    rt_module_release(module);
    return status;
}

static inline rt_extern fake_export(rt_instance *instance, const char *name)
{
    rt_extern out = {.kind = WASM_EXTERN_KINDS};
    if (!rt_instance_export(instance, slice_text(name), &out))
        abort();
    return out;
}

static inline const wasm_type *fake_signature(rt_engine *engine,
                                              const wasm_valtype *params,
                                              uint32_t param_count,
                                              const wasm_valtype *results,
                                              uint32_t result_count)
{
    wasm_functype func = {params, results, param_count, result_count};
    const wasm_type *type = NULL;
    if (wasm_type_table_func(engine->types, &func, &type, NULL) != WHIT_OK)
        abort();
    return type;
}

static inline bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

#endif
