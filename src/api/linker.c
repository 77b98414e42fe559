/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * whit/linker.h. */
#include "api/api.h"

#include "base/map.h"
#include "base/memory.h"

/* Definitions by "module\0name", newest last. */
struct whit_linker {
    rt_store *store;
    arena arena;
    map names; /* to an rt_extern in the arena */
};

whit_status whit_linker_new(whit_store *store, whit_linker **out,
                            whit_error *error)
{
    whit_linker *self = mem_alloc(sizeof *self);
    TRY_ALLOC(self, error);
    self->store = RT_STORE(store);
    arena_init(&self->arena);
    map_init(&self->names);
    *out = self;
    return WHIT_OK;
}

void whit_linker_free(whit_linker *self)
{
    if (!self)
        return;
    map_release(&self->names);
    arena_release(&self->arena);
    mem_free(self);
}

rt_store *api_linker_store(whit_linker *linker)
{
    return linker->store;
}

static bool make_key(arena *memory, slice module, slice name, slice *out)
{
    uint8_t *key = arena_alloc(memory, module.size + 1 + name.size);
    if (!key)
        return false;
    if (module.size)
        memcpy(key, module.data, module.size);
    key[module.size] = 0;
    if (name.size)
        memcpy(key + module.size + 1, name.data, name.size);
    *out = slice_of(key, module.size + 1 + name.size);
    return true;
}

static whit_status define(whit_linker *self, slice module, slice name,
                          rt_extern item, whit_error *error)
{
    slice key;
    rt_extern *kept = arena_dup(&self->arena, &item, sizeof item);
    if (!kept || !make_key(&self->arena, module, name, &key))
        return error_memory(error);
    return map_set(&self->names, key, (uintptr_t)kept, error);
}

whit_status whit_linker_define_function(whit_linker *self, const char *module,
                                        const char *name, const char *signature,
                                        whit_host_function function, void *env,
                                        whit_error *error)
{
    rt_extern item = {.kind = WASM_EXTERN_FUNC};
    whit_func *func;
    TRY(whit_func_new((whit_store *)(void *)self->store, signature, function,
                      env, NULL, &func, error));
    item.function = RT_FUNCTION(func);
    return define(self, slice_text(module), slice_text(name), item, error);
}

whit_status api_linker_define_raw(whit_linker *self, const char *module,
                                  const char *name, const char *signature,
                                  rt_host_function function, void *env,
                                  whit_error *error)
{
    const wasm_type *type;
    TRY(api_signature(self->store->engine, signature, &type, error));
    rt_extern item = {.kind = WASM_EXTERN_FUNC};
    TRY(rt_function_new(self->store, type, function, env, NULL, &item.function,
                        error));
    return define(self, slice_text(module), slice_text(name), item, error);
}

/* The public form differs from the runtime's in names only, but C calls
 * through a pointer of another type undefined: hence this step. */
typedef struct slot_env {
    whit_slot_function function;
    void *env;
} slot_env;

static whit_status slot_trampoline(rt_caller *caller, void *pointer,
                                   rt_slot *slots, whit_error *error)
{
    const slot_env *env = pointer;
    return env->function((whit_caller *)(void *)caller, env->env,
                         (whit_slot *)(void *)slots, error);
}

whit_status whit_linker_define_slots(whit_linker *self, const char *module,
                                     const char *name, const char *signature,
                                     whit_slot_function function, void *env,
                                     whit_error *error)
{
    const wasm_type *type;
    TRY(api_signature(self->store->engine, signature, &type, error));
    slot_env *kept = mem_alloc(sizeof *kept);
    TRY_ALLOC(kept, error);
    *kept = (slot_env){function, env};
    rt_extern item = {.kind = WASM_EXTERN_FUNC};
    whit_status status = rt_function_new(self->store, type, slot_trampoline,
                                         kept, mem_free, &item.function, error);
    if (status != WHIT_OK) {
        mem_free(kept);
        return status;
    }
    return define(self, slice_text(module), slice_text(name), item, error);
}

static rt_extern to_runtime(whit_extern item)
{
    rt_extern out = {.kind = (wasm_external_kind)item.kind};
    out.function = RT_FUNCTION(item.func);
    return out;
}

static whit_extern to_public(rt_extern item)
{
    whit_extern out = {.kind = (whit_extern_kind)item.kind};
    out.func = (whit_func *)(void *)item.function;
    return out;
}

whit_status whit_linker_define(whit_linker *self, const char *module,
                               const char *name, whit_extern item,
                               whit_error *error)
{
    return define(self, slice_text(module), slice_text(name), to_runtime(item),
                  error);
}

whit_status whit_linker_define_instance(whit_linker *self, const char *module,
                                        whit_instance *instance,
                                        whit_error *error)
{
    rt_instance *source = (rt_instance *)(void *)instance;
    const wasm_module *wasm = source->module->wasm;
    for (uint32_t i = 0; i < wasm->export_count; i++) {
        const wasm_export *export = &wasm->exports[i];
        TRY(define(self, slice_text(module), export->name,
                   rt_instance_extern(source, export->kind, export->index),
                   error));
    }
    return WHIT_OK;
}

static whit_status resolve(whit_linker *self, const wasm_import *import,
                           arena *scratch, rt_extern *out, whit_error *error)
{
    slice key;
    uint64_t value;
    if (!make_key(scratch, import->module, import->name, &key))
        return error_memory(error);
    if (!map_get(&self->names, key, &value))
        return error_set(error, WHIT_UNLINKABLE,
                         "unknown import: nothing is defined as %.*s.%.*s "
                         "(a %s)",
                         SLICE_ARG(import->module), SLICE_ARG(import->name),
                         wasm_external_kind_text(import->kind));
    *out = *(const rt_extern *)(uintptr_t)value;
    return WHIT_OK;
}

static whit_status instantiate(whit_linker *self, rt_module *module,
                               arena *scratch, rt_instance **out,
                               whit_error *error)
{
    const wasm_module *wasm = module->wasm;
    rt_extern *imports =
        arena_array(scratch, wasm->import_count, sizeof *imports);
    TRY_ALLOC(imports, error);
    for (uint32_t i = 0; i < wasm->import_count; i++)
        TRY(resolve(self, &wasm->imports[i], scratch, &imports[i], error));
    return rt_instance_new(self->store, module, imports, wasm->import_count,
                           out, error);
}

whit_status whit_linker_instantiate(whit_linker *self, whit_module *module,
                                    whit_instance **out, whit_error *error)
{
    arena scratch;
    arena_init(&scratch);
    rt_instance *instance;
    whit_status status =
        instantiate(self, RT_MODULE(module), &scratch, &instance, error);
    arena_release(&scratch);
    if (status == WHIT_OK)
        *out = (whit_instance *)(void *)instance;
    return status;
}

bool whit_instance_export(whit_instance *instance, const char *name,
                          whit_extern *out)
{
    rt_extern item;
    if (!rt_instance_export((rt_instance *)(void *)instance, slice_text(name),
                            &item))
        return false;
    *out = to_public(item);
    return true;
}

whit_func *whit_instance_func(whit_instance *instance, const char *name)
{
    whit_extern item;
    if (!whit_instance_export(instance, name, &item) ||
        item.kind != WHIT_EXTERN_FUNC)
        return NULL;
    return item.func;
}

whit_memory *whit_instance_memory(whit_instance *instance, const char *name)
{
    whit_extern item;
    if (!whit_instance_export(instance, name, &item) ||
        item.kind != WHIT_EXTERN_MEMORY)
        return NULL;
    return item.memory;
}
