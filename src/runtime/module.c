/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Modules that are ready to be instantiated. */
#include "base/memory.h"
#include "runtime/store.h"

static uint32_t defined_count(const rt_module *self)
{
    return self->wasm->function_count - self->wasm->imported[WASM_EXTERN_FUNC];
}

static void module_free(rt_module *self)
{
    const rt_executor *executor = self->engine->executor;
    for (int checked = 0; checked < 2; checked++) {
        uint32_t count = self->code[checked] ? defined_count(self) : 0;
        for (uint32_t i = 0; i < count; i++) {
            void *code = atomic_load_explicit(&self->code[checked][i],
                                              memory_order_acquire);
            if (code)
                executor->code_free(code);
        }
        mem_free((void *)self->code[checked]);
    }
    mem_free((void *)self->types);
    wasm_module_free(self->wasm);
    arena_release(&self->names_arena);
    pthread_mutex_destroy(&self->code_lock);
    pthread_mutex_destroy(&self->names_lock);
    rt_engine_release(self->engine);
    mem_free(self);
}

static whit_status module_fill(rt_module *self, whit_error *error)
{
    rt_engine *engine = self->engine;
    uint32_t count = defined_count(self);
    self->types = mem_calloc(self->wasm->type_count, sizeof *self->types);
    TRY_ALLOC(self->types, error);
    for (int checked = 0; checked < 2; checked++) {
        self->code[checked] = mem_calloc(count, sizeof *self->code[checked]);
        TRY_ALLOC(self->code[checked], error);
    }
    pthread_mutex_lock(&engine->types_lock);
    whit_status status =
        wasm_type_table_add(engine->types, self->wasm, self->types, error);
    pthread_mutex_unlock(&engine->types_lock);
    return status;
}

whit_status rt_module_new(rt_engine *engine, wasm_module *wasm, rt_module **out,
                          whit_error *error)
{
    rt_module *self = mem_zalloc(sizeof *self);
    if (!self) {
        wasm_module_free(wasm);
        return error_memory(error);
    }
    rt_engine_retain(engine);
    self->engine = engine;
    self->wasm = wasm;
    atomic_init(&self->references, 1);
    pthread_mutex_init(&self->code_lock, NULL);
    pthread_mutex_init(&self->names_lock, NULL);
    arena_init(&self->names_arena);
    whit_status status = module_fill(self, error);
    if (status != WHIT_OK) {
        module_free(self);
        return status;
    }
    *out = self;
    return WHIT_OK;
}

void rt_module_retain(rt_module *self)
{
    atomic_fetch_add_explicit(&self->references, 1, memory_order_relaxed);
}

void rt_module_release(rt_module *self)
{
    if (self && atomic_fetch_sub_explicit(&self->references, 1,
                                          memory_order_acq_rel) == 1)
        module_free(self);
}

slice rt_module_function_name(rt_module *self, uint32_t function)
{
    pthread_mutex_lock(&self->names_lock);
    if (!self->names_read) {
        /* Without memory for them there are no names. */
        if (wasm_names_read(self->wasm, &self->names_arena, &self->names,
                            NULL) != WHIT_OK)
            memset(&self->names, 0, sizeof self->names);
        self->names_read = true;
    }
    slice name = wasm_names_get(&self->names, WASM_NAME_FUNCTION, 0, function);
    pthread_mutex_unlock(&self->names_lock);
    for (uint32_t i = 0; !name.size && i < self->wasm->export_count; i++) {
        const wasm_export *e = &self->wasm->exports[i];
        if (e->kind == WASM_EXTERN_FUNC && e->index == function)
            name = e->name;
    }
    return name;
}
