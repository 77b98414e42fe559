/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/module.h. */
#include "api/api.h"

#include "engine/engine.h"

whit_status whit_module_new(whit_engine *engine, const void *bytes, size_t size,
                            whit_module **out, whit_error *error)
{
    rt_module *module;
    TRY(engine_load(RT_ENGINE(engine), slice_of(bytes, size), &module, error));
    *out = (whit_module *)(void *)module;
    return WHIT_OK;
}

void whit_module_free(whit_module *module)
{
    if (module)
        rt_module_release(RT_MODULE(module));
}

static whit_name to_name(slice s)
{
    return (whit_name){(const char *)s.data, s.size};
}

size_t whit_module_import_count(const whit_module *module)
{
    return RT_MODULE(module)->wasm->import_count;
}

whit_item whit_module_import(const whit_module *module, size_t i)
{
    const wasm_import *import = &RT_MODULE(module)->wasm->imports[i];
    return (whit_item){to_name(import->module), to_name(import->name),
                       (whit_extern_kind)import->kind, import->index};
}

size_t whit_module_export_count(const whit_module *module)
{
    return RT_MODULE(module)->wasm->export_count;
}

whit_item whit_module_export(const whit_module *module, size_t i)
{
    const wasm_export *export = &RT_MODULE(module)->wasm->exports[i];
    return (whit_item){{"", 0},
                       to_name(export->name),
                       (whit_extern_kind)export->kind,
                       export->index};
}
